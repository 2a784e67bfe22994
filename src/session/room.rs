//! How much a run may have, so that none of them takes all the memory there is.

use super::Session;
use crate::sim::Time;
use crate::world::CONTENTS_LIMIT_BYTES;

/// The most events of one run, give or take those of a second: its history has to fit into the memory of a page.
pub const EVENTS_LIMIT: usize = 2_000_000;

/// A run has as much as one may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunIsFull {
    /// It has [`EVENTS_LIMIT`] events.
    #[error(
        "the run has {EVENTS_LIMIT} events at {at}, which is as many as one may have: end it earlier, or give it less \
         to do"
    )]
    Events {
        /// When.
        at: Time,
    },
    /// It had that many before the learner could enter.
    #[error(
        "the run has {EVENTS_LIMIT} events at {at}, which is as many as one may have, and its files at first are not \
         written yet: give it less to do, or files that are written sooner"
    )]
    EventsOfOpening {
        /// When.
        at: Time,
    },
    /// It has made contents of [`CONTENTS_LIMIT_BYTES`] bytes.
    #[error(
        "the run has written {CONTENTS_LIMIT_BYTES} bytes of contents by {at}, which is as many as one may: end it \
         earlier, or write less"
    )]
    Contents {
        /// When.
        at: Time,
    },
}

impl Session {
    /// Whether the run may go on.
    ///
    /// # Errors
    /// If it has [`EVENTS_LIMIT`] events already, or something could not be written since it has contents of
    /// [`CONTENTS_LIMIT_BYTES`] bytes: then [`Self::advance`] lets no more time pass.
    pub fn check_room(&self) -> Result<(), RunIsFull> {
        let at = self.now();
        if self.world.is_out_of_room() {
            Err(RunIsFull::Contents { at })
        } else if self.events.len() < EVENTS_LIMIT {
            Ok(())
        } else if at == self.start {
            Err(RunIsFull::EventsOfOpening { at })
        } else {
            Err(RunIsFull::Events { at })
        }
    }
}
