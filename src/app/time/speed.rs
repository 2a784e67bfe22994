//! The clock of the page: how fast virtual time runs, and how a frame's time becomes a step of it.

use crate::sim::Span;

/// How fast virtual time runs beside the wall clock: so many times as fast, and that divided by so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Speed {
    times: u32,
    divided_by: u32,
}

const fn times(times: u32) -> Speed {
    Speed { times, divided_by: 1 }
}

const fn slower(divided_by: u32) -> Speed {
    Speed { times: 1, divided_by }
}

/// The speeds, fastest first.
pub(crate) const SPEEDS: [Speed; 14] = [
    times(60),
    times(20),
    times(10),
    times(5),
    times(2),
    times(1),
    slower(2),
    slower(5),
    slower(10),
    slower(25),
    slower(50),
    slower(100),
    slower(250),
    slower(1_000),
];

/// The speed at which the page opens: slow enough to follow one message.
pub(crate) const DEFAULT_SPEED: usize = 9;

/// A frame never counts for more than this: a tab that slept must not leap.
const LONGEST_FRAME_MS: f64 = 100.0;

/// The label of a speed, as in `1/25×` or `20×`.
pub(crate) fn label(speed: usize) -> String {
    match SPEEDS.get(speed) {
        Some(Speed { times, divided_by: 1 }) => format!("{times}×"),
        Some(Speed { times, divided_by }) => format!("{times}/{divided_by}×"),
        None => "1×".to_owned(),
    }
}

/// Turns frames into whole microseconds of virtual time, and keeps the rest for the next frame.
#[derive(Default)]
pub(crate) struct Pacer {
    last_ms: Option<f64>,
    rest_micros: f64,
    /// Which share of the time that was due the last frames went on by, from 0 to 1.
    kept_up: Share,
    is_behind: bool,
}

/// A share; all of it to begin with.
struct Share(f64);

impl Default for Share {
    fn default() -> Self {
        Self(1.0)
    }
}

/// A clock is behind below the first share, and no longer above the second.
const BEHIND: [f64; 2] = [0.9, 0.97];
/// How much a single frame counts.
const WEIGHT: f64 = 0.1;

impl Pacer {
    /// Forgets the last frame, so that the time since then does not count.
    pub(crate) fn pause(&mut self) {
        self.last_ms = None;
    }

    /// Tells how much of the time that was due a frame went on by. What is missing is not made up for: the clock runs
    /// slower, and the frames go on.
    pub(crate) fn went_on(&mut self, due: Span, by: Span) {
        // A frame's time fits a float exactly.
        #[allow(clippy::cast_precision_loss)]
        let share = by.as_micros() as f64 / due.as_micros().max(1) as f64;
        self.kept_up.0 += WEIGHT * (share.min(1.0) - self.kept_up.0);
        self.is_behind = self.kept_up.0 < BEHIND[usize::from(self.is_behind)];
    }

    /// Whether the clock runs slower than it should, since the machine can't compute that much.
    pub(crate) fn is_behind(&self) -> bool {
        self.is_behind
    }

    /// The virtual time to advance for a frame at `now_ms`.
    pub(crate) fn frame(&mut self, now_ms: f64, speed: usize) -> Span {
        let passed_ms = self.last_ms.map_or(0.0, |last| (now_ms - last).clamp(0.0, LONGEST_FRAME_MS));
        self.last_ms = Some(now_ms);
        let Speed { times, divided_by } = SPEEDS.get(speed).copied().unwrap_or(times(1));
        let micros = self.rest_micros + passed_ms * 1_000.0 * f64::from(times) / f64::from(divided_by);
        let whole = micros.floor();
        self.rest_micros = micros - whole;
        // A frame is at most 100 ms, so the value is small and not negative at any speed.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        Span::from_micros(whole as u64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_frame_does_not_count_and_a_long_one_is_capped() {
        let mut pacer = Pacer::default();
        assert_eq!(pacer.frame(5_000.0, 5), Span::ZERO);
        assert_eq!(pacer.frame(5_016.0, 5), Span::from_micros(16_000));
        assert_eq!(pacer.frame(60_000.0, 5), Span::from_micros(100_000));
    }

    #[test]
    fn a_speed_is_told_as_it_is() {
        let labels: Vec<String> = (0..SPEEDS.len()).map(label).collect();
        assert_eq!(
            [labels[0].as_str(), &labels[5], &labels[DEFAULT_SPEED], &labels[13]],
            ["60×", "1×", "1/25×", "1/1000×"]
        );
        let mut pacer = Pacer::default();
        pacer.frame(0.0, 0);
        assert_eq!(pacer.frame(16.0, 0), Span::from_millis(960));
    }

    #[test]
    fn a_clock_is_behind_after_some_frames_and_for_some_frames() {
        let mut pacer = Pacer::default();
        let due = Span::from_millis(16);
        pacer.went_on(due, Span::from_millis(4));
        assert!(!pacer.is_behind(), "one slow frame is none");
        pacer.went_on(due, Span::from_millis(4));
        assert!(pacer.is_behind());
        pacer.went_on(due, due);
        assert!(pacer.is_behind(), "one good frame is not enough");
        (0..30).for_each(|_| pacer.went_on(due, due));
        assert!(!pacer.is_behind());
    }

    #[test]
    fn nothing_is_lost_between_slow_frames() {
        let mut pacer = Pacer::default();
        pacer.frame(0.0, 13);
        let total: u64 = (1..=1_000).map(|frame| pacer.frame(f64::from(frame), 13).as_micros()).sum();
        assert!((999..=1_000).contains(&total));
    }
}
