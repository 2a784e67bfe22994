//! A server's own clock, which may be off and may run fast or slow.

use serde::{Deserialize, Serialize};

use super::{Span, Time};

/// The most that a clock may drift, in parts per million: a tenth.
pub const DRIFT_LIMIT_PPM: i32 = 100_000;

/// A clock: what it shows at a moment of virtual time.
///
/// Only differences between its readings matter to a protocol, so an offset alone harms nobody who
/// measures spans on one clock; a drift does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// What it showed more than the truth when it was set, in microseconds; negative if it was behind.
    offset_us: i64,
    /// How much faster than the truth it runs, in parts per million; negative if it is slow.
    drift_ppm: i32,
    /// When it was set.
    set_at: Time,
}

impl Clock {
    /// A clock that at `now` is off by `offset_us` and from then on runs `drift_ppm` too fast.
    #[must_use]
    pub fn skewed(now: Time, offset_us: i64, drift_ppm: i32) -> Self {
        Self { offset_us, drift_ppm: drift_ppm.clamp(-DRIFT_LIMIT_PPM, DRIFT_LIMIT_PPM), set_at: now }
    }

    /// What the clock shows at `now`.
    #[must_use]
    pub fn reading(&self, now: Time) -> Time {
        if self.is_true() {
            return now;
        }
        let passed = i128::from(now.since(self.set_at).as_micros());
        let shown =
            i128::from(now.as_micros()) + i128::from(self.offset_us) + passed * i128::from(self.drift_ppm) / 1_000_000;
        Time::from_micros(u64::try_from(shown.max(0)).unwrap_or(u64::MAX))
    }

    /// How long it really takes until this clock has advanced by `span`.
    #[must_use]
    pub fn real(&self, span: Span) -> Span {
        if self.drift_ppm == 0 {
            return span;
        }
        let rate = u128::try_from(1_000_000 + i64::from(self.drift_ppm)).unwrap_or(1_000_000);
        let real = u128::from(span.as_micros()) * 1_000_000 / rate;
        Span::from_micros(u64::try_from(real).unwrap_or(u64::MAX))
    }

    /// Whether it shows the truth and keeps to it.
    #[must_use]
    pub fn is_true(&self) -> bool {
        self.offset_us == 0 && self.drift_ppm == 0
    }

    /// How much faster than the truth it runs, in parts per million.
    #[must_use]
    pub fn drift_ppm(&self) -> i32 {
        self.drift_ppm
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_true_clock_shows_the_time_and_a_fast_one_runs_ahead() {
        let now = Time::from_millis(2_000);
        assert_eq!(Clock::default().reading(now), now);
        let fast = Clock::skewed(Time::from_millis(1_000), 500, 100_000);
        assert_eq!(fast.reading(now), Time::from_micros(2_100_500));
        assert_eq!(fast.real(Span::from_millis(110)), Span::from_millis(100));
        let behind = Clock::skewed(Time::ZERO, -5_000_000, 0);
        assert_eq!(behind.reading(now), Time::ZERO, "a clock never shows a time before the beginning");
    }
}
