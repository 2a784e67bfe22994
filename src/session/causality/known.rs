//! The events that are known of a run: those up to now, and those after now that were looked at in advance.

use crate::session::EventList;
use crate::sim::{EventId, Time};
use crate::world::Event;

/// The known events, in the order of their ids.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    now: EventList<'a>,
    ahead: Option<EventList<'a>>,
}

impl<'a> Known<'a> {
    /// Joins both; what both have counts once.
    pub fn new(now: EventList<'a>, ahead: Option<EventList<'a>>) -> Self {
        let last = now.last_id();
        let fresh = ahead.map(|ahead| last.map_or(ahead, |last| ahead.after(last)));
        Self { now, ahead: fresh }
    }

    pub fn find(&self, id: EventId) -> Option<Event> {
        self.now.find(id).or_else(|| self.ahead?.find(id))
    }

    pub fn last(&self) -> Option<Event> {
        self.ahead.and_then(|ahead| ahead.last()).or_else(|| self.now.last())
    }

    /// The events from this one on, itself included.
    pub fn from(&self, id: EventId) -> impl Iterator<Item = Event> + use<'a> {
        let ahead = self.ahead.map(|ahead| ahead.from(id));
        self.now.from(id).into_iter().chain(ahead.into_iter().flatten())
    }

    /// The events back from this one, itself included.
    pub fn back_from(&self, id: EventId) -> impl Iterator<Item = Event> + use<'a> {
        let ahead = self.ahead.map(|ahead| ahead.up_to(id).into_iter().rev());
        ahead.into_iter().flatten().chain(self.now.up_to(id).into_iter().rev())
    }

    /// The events that happened in a window of time, both ends included.
    pub fn within(&self, from: Time, to: Time) -> impl DoubleEndedIterator<Item = Event> + use<'a> {
        let ahead = self.ahead.map(|ahead| ahead.within(from, to));
        self.now.within(from, to).into_iter().chain(ahead.into_iter().flatten())
    }

    /// How many events happened in a window of time.
    pub fn count_within(&self, from: Time, to: Time) -> usize {
        self.now.within(from, to).len() + self.ahead.map_or(0, |ahead| ahead.within(from, to).len())
    }
}
