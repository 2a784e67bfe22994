//! The clock of the page: how fast virtual time runs, and how a frame's time becomes a step of it.

use crate::sim::Span;

/// How many times slower than the wall clock; the first is as fast as life.
pub(crate) const SPEEDS: [u32; 9] = [1, 2, 5, 10, 25, 50, 100, 250, 1000];

/// The speed at which the page opens: slow enough to follow one message.
pub(crate) const DEFAULT_SPEED: usize = 4;

/// A frame never counts for more than this: a tab that slept must not leap.
const LONGEST_FRAME_MS: f64 = 100.0;

/// The label of a speed, as in `1/25×`.
pub(crate) fn label(speed: usize) -> String {
    match SPEEDS.get(speed) {
        Some(1) | None => "1×".to_owned(),
        Some(slower) => format!("1/{slower}×"),
    }
}

/// Turns frames into whole microseconds of virtual time, and keeps the rest for the next frame.
#[derive(Default)]
pub(crate) struct Pacer {
    last_ms: Option<f64>,
    rest_micros: f64,
}

impl Pacer {
    /// Forgets the last frame, so that the time since then does not count.
    pub(crate) fn pause(&mut self) {
        self.last_ms = None;
    }

    /// The virtual time to advance for a frame at `now_ms`.
    pub(crate) fn frame(&mut self, now_ms: f64, speed: usize) -> Span {
        let passed_ms = self.last_ms.map_or(0.0, |last| (now_ms - last).clamp(0.0, LONGEST_FRAME_MS));
        self.last_ms = Some(now_ms);
        let slower = f64::from(SPEEDS.get(speed).copied().unwrap_or(1));
        let micros = self.rest_micros + passed_ms * 1_000.0 / slower;
        let whole = micros.floor();
        self.rest_micros = micros - whole;
        // A frame is at most 100 ms, so the value is small and not negative.
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
        assert_eq!(pacer.frame(5_000.0, 0), Span::ZERO);
        assert_eq!(pacer.frame(5_016.0, 0), Span::from_micros(16_000));
        assert_eq!(pacer.frame(60_000.0, 0), Span::from_micros(100_000));
    }

    #[test]
    fn nothing_is_lost_between_slow_frames() {
        let mut pacer = Pacer::default();
        pacer.frame(0.0, 8);
        let total: u64 = (1..=1_000).map(|frame| pacer.frame(f64::from(frame), 8).as_micros()).sum();
        assert!((999..=1_000).contains(&total));
    }
}
