//! One stretch of time that a run goes through, in pieces.

use super::stride::Stride;
use crate::session::{LOOK_EVERY, Session, next_multiple};
use crate::sim::{Span, Time};

/// The way to a moment. In pieces it ends where [`Session::advance`] would end in one piece: a run that becomes full is
/// found to be so at the same moment.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    until: Time,
    has_begun: bool,
    stride: Stride,
}

impl Leg {
    pub fn to(until: Time) -> Self {
        Self { until, has_begun: false, stride: Stride::default() }
    }

    /// Goes on by one piece; whether it is over.
    pub fn step(&mut self, session: &mut Session) -> bool {
        let now = session.now();
        if now >= self.until {
            return true;
        }
        let is_look = now.since(session.start).as_micros().is_multiple_of(LOOK_EVERY.as_micros());
        if (is_look || !self.has_begun) && session.check_room().is_err() {
            return true;
        }
        self.has_begun = true;
        let look = next_multiple(session.start, now, LOOK_EVERY);
        let events = session.events().len();
        session.advance_and_save(self.stride.from(now, self.until.min(look)));
        session.end = session.end.max(session.now());
        self.stride.was(session.events().len() - events);
        session.now() >= self.until
    }
}

impl Session {
    /// How long after the learner entered a moment is.
    pub(super) fn since_entry(&self, at: Time) -> Span {
        at.max(self.start).since(self.start)
    }
}
