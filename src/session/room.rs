//! How much a run may have, so that none of them takes all the memory there is.

use super::Session;
use crate::sim::{Span, Time};
use crate::world::CONTENTS_LIMIT_BYTES;

/// The most events of one run, give or take those of a second: its history has to fit into the memory of a page.
pub const EVENTS_LIMIT: usize = 2_000_000;

/// A run has as much as one may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RunIsFull {
    /// It has [`EVENTS_LIMIT`] events.
    #[error(
        "the run is full: a run has at most {EVENTS_LIMIT} events, enough for {} from its opening; end it by then, or give it less to do",
        Time::ZERO + *room_for
    )]
    Events {
        /// How much time from its opening it has room for, in whole milliseconds: a run of this length is not full.
        room_for: Span,
    },
    /// It had that many before the learner could enter.
    #[error(
        "the run is full: {EVENTS_LIMIT} events happened before its opening files were written; give it less to do"
    )]
    EventsOfOpening,
    /// It has made contents of [`CONTENTS_LIMIT_BYTES`] bytes.
    #[error(
        "the run is full: a run writes at most {CONTENTS_LIMIT_BYTES} bytes, enough for {} from its opening; end it \
         by then, or write less",
        Time::ZERO + *room_for
    )]
    Contents {
        /// How much time from its opening it has room for, in whole milliseconds: a run of this length is not full.
        room_for: Span,
    },
    /// It had made that many by the moment at which the learner enters.
    #[error("the run is full: {CONTENTS_LIMIT_BYTES} bytes were written by the moment of its opening; write less")]
    ContentsOfOpening,
}

impl RunIsFull {
    /// How much time from its opening the run has room for; none if its opening filled it.
    #[must_use]
    pub fn room_for(self) -> Option<Span> {
        match self {
            Self::Events { room_for } | Self::Contents { room_for } => Some(room_for),
            Self::EventsOfOpening | Self::ContentsOfOpening => None,
        }
    }
}

impl Session {
    /// Whether the run may go on.
    ///
    /// # Errors
    /// If it has [`EVENTS_LIMIT`] events already, or something could not be written since it has contents of
    /// [`CONTENTS_LIMIT_BYTES`] bytes: then [`Self::advance`] lets no more time pass.
    pub fn check_room(&self) -> Result<(), RunIsFull> {
        if let Some(at) = self.world.out_of_room_at() {
            let room_for = self.room_before(at);
            return Err(room_for.map_or(RunIsFull::ContentsOfOpening, |room_for| RunIsFull::Contents { room_for }));
        }
        match self.events().get(EVENTS_LIMIT - 1) {
            None => Ok(()),
            Some(last) => {
                let room_for = self.room_before(last.at);
                Err(room_for.map_or(RunIsFull::EventsOfOpening, |room_for| RunIsFull::Events { room_for }))
            }
        }
    }

    /// The whole milliseconds from the opening to the last moment before `full`; none if that is in the opening.
    fn room_before(&self, full: Time) -> Option<Span> {
        let last = full - Span::from_micros(1);
        (last >= self.start && self.now() > self.start).then(|| {
            let milliseconds = last.since(self.start).as_micros() / 1_000;
            Span::from_millis(milliseconds)
        })
    }
}
