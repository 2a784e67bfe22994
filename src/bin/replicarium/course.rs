//! Lets a run go on to a time, unless something ends it before.

use replicarium::session::{RunIsFull, Session};
use replicarium::sim::{Span, Time};

use crate::interruption::Interruption;

/// How much time passes between two looks at whether the run is interrupted or full.
const SLICE: Span = Span::from_millis(100);

/// How a run came to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Course {
    /// It went as far as was asked for.
    Whole,
    /// There was no room for more. The session is at the last moment, in whole milliseconds, for which there was.
    Full(RunIsFull),
    /// Somebody wanted it to stop.
    Interrupted,
}

/// Lets the session go on until then.
pub fn run_to(session: &mut Session, until: Time, interruption: Interruption) -> Course {
    loop {
        if let Err(full) = session.check_room() {
            // What comes after is not what would have come with room for it.
            if let Some(room_for) = full.room_for() {
                session.seek(session.start() + room_for);
            }
            return Course::Full(full);
        }
        if session.now() >= until {
            return Course::Whole;
        }
        if interruption.has_come() {
            return Course::Interrupted;
        }
        session.advance(until.min(session.now() + SLICE));
    }
}
