//! How much virtual time passes in one piece: as much as brings a few events.

use crate::sim::{Span, Time};

/// The events of one piece: below the first number it is made longer, above the second shorter.
const EVENTS: (usize, usize) = (50, 200);
/// The shortest and the longest piece.
const SHORTEST: Span = Span::from_micros(20);
const LONGEST: Span = Span::from_millis(20);

/// The length of the next piece. What happens does not depend on it, only how long it takes until something else can be
/// done between two pieces.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stride(Span);

impl Default for Stride {
    fn default() -> Self {
        Self(Span::from_millis(1))
    }
}

impl Stride {
    /// The end of a piece that begins now and goes no further than `until`.
    pub fn from(self, now: Time, until: Time) -> Time {
        (now + self.0).min(until)
    }

    /// The last piece had so many events.
    pub fn was(&mut self, events: usize) {
        let micros = self.0.as_micros();
        let next = match events {
            few if few < EVENTS.0 => micros * 2,
            many if many > EVENTS.1 => micros / 2,
            _ => micros,
        };
        self.0 = Span::from_micros(next.clamp(SHORTEST.as_micros(), LONGEST.as_micros()));
    }
}
