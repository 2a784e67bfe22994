//! Failure detectors: when is a peer that was not heard for a while taken to have failed?
//!
//! A crash, a pause and a cut look the same from outside: silence. A [`Pulse`] keeps the times at which
//! one peer's heartbeats arrived, and a [`Detector`] judges the silence since the last one.
//!
//! **Sources**: Hayashibara, Défago, Yared and Katayama, "The φ accrual failure detector" (SRDS 2004),
//! where φ grows with the silence and each application picks its own threshold; the least deviation, the
//! accepted pause and the first samples are Akka's (`PhiAccrualFailureDetector`). Where Akka approximates
//! the normal distribution by a logistic curve, this takes the distribution itself, as the paper does.
//!
//! **Promises**: a peer that stays silent is suspected for ever after (completeness). **Does not promise**
//! that a suspected peer has failed: with threshold t one suspicion in 10^t intervals is wrong if the
//! intervals are normally distributed, which they seldom are.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::sim::{Span, Time};

/// How many intervals a pulse keeps.
const WINDOW: usize = 100;
/// An interval longer than so many times the mean is taken to be an outage.
const OUTAGE_FACTOR: u64 = 4;
/// A longer interval counts as this long (some 13 days), so that no sum of squares overflows.
const INTERVAL_LIMIT_MICROS: u64 = 1 << 40;
/// Beyond so many deviations the tail of the normal distribution is too small for a 64-bit float.
const EXACT_DEVIATIONS: f64 = 37.0;

/// By which rule silence becomes suspicion.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Detector {
    /// A peer that was not heard for a fixed time is suspected.
    TimeOut {
        /// The longest silence that is not suspect.
        after: Span,
    },
    /// A peer is suspected when its silence is improbable, judged by the intervals between its past
    /// heartbeats: when φ = −log₁₀(probability that its next heartbeat comes even later) reaches a threshold
    /// (Hayashibara et al. 2004).
    PhiAccrual {
        /// The least φ that is suspect, in tenths: 80 is the usual threshold of 8.
        threshold_tenths: u32,
        /// The least standard deviation to reckon with, so that a very regular peer is not suspected
        /// because of a trifle. Akka: 100 ms, where heartbeats come each second.
        deviation_min: Span,
        /// The silence to accept on top of the mean interval, for lost heartbeats and pauses. Akka: 0 for
        /// the bare detector, 3 s in a cluster, where heartbeats come each second.
        pause_accepted: Span,
    },
}

impl Detector {
    /// The φ accrual detector as an Akka cluster sets it, scaled to how often heartbeats are sent: threshold
    /// 8, a deviation of at least a tenth of the interval, and a pause of three intervals accepted.
    #[must_use]
    pub const fn phi_accrual(heartbeat_every: Span) -> Self {
        let interval = heartbeat_every.as_micros();
        Self::PhiAccrual {
            threshold_tenths: 80,
            deviation_min: Span::from_micros(interval / 10),
            pause_accepted: Span::from_micros(interval.saturating_mul(3)),
        }
    }
}

/// When the heartbeats of one peer arrived: the last time, and the last 100 intervals.
///
/// **An outage is not an interval.** When a peer comes back after a long silence, that silence says nothing
/// about how regularly it beats, and as a sample it would make the detector blind for the next 100
/// heartbeats. So an interval that is longer than four times the mean is left out of the history, unless
/// the interval before was as long: two in a row are the peer's new rhythm, and the detector adapts to it.
/// (Akka leaves out every interval during which the peer was suspected, and so never adapts to a peer that
/// became slower for good; the paper leaves out none.) A silence that was suspected but is shorter does
/// count: from a false suspicion a detector learns.
///
/// A heartbeat costs the same few operations however long the history is: the sums are kept up to date, in
/// whole microseconds and so exactly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    last_heard: Time,
    intervals: VecDeque<u64>,
    sum: u64,
    sum_of_squares: u128,
    after_outage: bool,
}

impl Pulse {
    /// The pulse of a peer that is first heard, or first expected, at `now` and should beat each `expected`.
    ///
    /// As in Akka the history begins with two made-up intervals whose mean is `expected` and whose standard
    /// deviation is a quarter of it: wide enough for a peer that nobody knows yet.
    #[must_use]
    pub fn new(now: Time, expected: Span) -> Self {
        let expected = expected.as_micros().min(INTERVAL_LIMIT_MICROS);
        let mut pulse = Self {
            last_heard: now,
            intervals: VecDeque::with_capacity(WINDOW),
            sum: 0,
            sum_of_squares: 0,
            after_outage: false,
        };
        pulse.remember(expected - expected / 4);
        pulse.remember(expected + expected / 4);
        pulse
    }

    /// A heartbeat arrived.
    pub fn heard(&mut self, now: Time) {
        let interval = now.since(self.last_heard).as_micros();
        let outage = interval > self.mean().as_micros().saturating_mul(OUTAGE_FACTOR);
        if !outage || self.after_outage {
            self.remember(interval);
        }
        self.after_outage = outage;
        self.last_heard = self.last_heard.max(now);
    }

    /// When the last heartbeat arrived.
    #[must_use]
    pub fn last_heard(&self) -> Time {
        self.last_heard
    }

    /// The mean of the intervals in the history, rounded down to a microsecond.
    #[must_use]
    pub fn mean(&self) -> Span {
        Span::from_micros(self.sum / self.count())
    }

    /// The standard deviation of the intervals in the history (of all of them, not an estimate from a
    /// sample, as in Akka), rounded to a microsecond.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the root of a sum of squares is not negative and far below 2^52 microseconds"
    )]
    pub fn deviation(&self) -> Span {
        let count = self.count();
        let spread = u128::from(count) * self.sum_of_squares - u128::from(self.sum) * u128::from(self.sum);
        Span::from_micros(libm::round(libm::sqrt(spread as f64) / count as f64) as u64)
    }

    /// How suspect the silence is: φ = −log₁₀(1 − F(silence)), where F is the normal distribution with the
    /// mean of the history, plus `pause_accepted`, and its standard deviation, or `deviation_min` if that is
    /// greater. It never falls while the peer is silent, and it is always finite.
    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "spans are far below 2^52 microseconds")]
    pub fn phi(&self, deviation_min: Span, pause_accepted: Span, now: Time) -> f64 {
        let silence = now.since(self.last_heard).as_micros() as f64;
        let mean = (self.mean() + pause_accepted).as_micros() as f64;
        let deviation = self.deviation().max(deviation_min).max(Span::from_micros(1)).as_micros() as f64;
        minus_log_of_tail((silence - mean) / deviation)
    }

    /// Whether the silence since the last heartbeat is suspect by the rules of `detector`.
    #[must_use]
    pub fn is_silent(&self, detector: Detector, now: Time) -> bool {
        match detector {
            Detector::TimeOut { after } => now.since(self.last_heard) > after,
            Detector::PhiAccrual { threshold_tenths, deviation_min, pause_accepted } => {
                self.phi(deviation_min, pause_accepted, now) * 10.0 >= f64::from(threshold_tenths)
            }
        }
    }

    /// Takes an interval into the history; the oldest goes when there are too many.
    fn remember(&mut self, interval: u64) {
        if self.intervals.len() == WINDOW
            && let Some(oldest) = self.intervals.pop_front()
        {
            self.sum -= oldest;
            self.sum_of_squares -= u128::from(oldest) * u128::from(oldest);
        }
        let interval = interval.min(INTERVAL_LIMIT_MICROS);
        self.intervals.push_back(interval);
        self.sum += interval;
        self.sum_of_squares += u128::from(interval) * u128::from(interval);
    }

    /// How many intervals there are, at least 1.
    fn count(&self) -> u64 {
        (self.intervals.len() as u64).max(1)
    }
}

/// −log₁₀ of the probability that a normally distributed value lies more than so many deviations above its
/// mean.
fn minus_log_of_tail(deviations: f64) -> f64 {
    if deviations < EXACT_DEVIATIONS {
        return -libm::log10(libm::erfc(deviations * core::f64::consts::FRAC_1_SQRT_2) / 2.0);
    }
    // The tail is below 10^-299. Its asymptotic series, two terms of it, is exact to six digits there:
    // e^(-z²/2) / (z √(2π)) · (1 - 1/z²) (Abramowitz and Stegun 1964, 26.2.12).
    let square = deviations * deviations;
    let factor = deviations * libm::sqrt(2.0 * core::f64::consts::PI) / (1.0 - 1.0 / square);
    square / 2.0 * core::f64::consts::LOG10_E + libm::log10(factor)
}

#[cfg(test)]
mod tests;
