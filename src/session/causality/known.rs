//! The events that are known of a run: those up to now, and those after now that were looked at in advance.

use crate::sim::{EventId, Time};
use crate::world::Event;

/// The known events, in the order of their ids.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known<'a> {
    now: &'a [Event],
    ahead: &'a [Event],
}

impl<'a> Known<'a> {
    /// Joins both; what both have counts once.
    pub fn new(now: &'a [Event], ahead: &'a [Event]) -> Self {
        let last = now.last().map(|event| event.id);
        let fresh = last.map_or(0, |last| ahead.partition_point(|event| event.id <= last));
        Self { now, ahead: &ahead[fresh..] }
    }

    pub fn find(&self, id: EventId) -> Option<&'a Event> {
        let within = |events: &'a [Event]| {
            events.binary_search_by_key(&id, |event| event.id).ok().and_then(|index| events.get(index))
        };
        within(self.now).or_else(|| within(self.ahead))
    }

    pub fn last(&self) -> Option<&'a Event> {
        self.ahead.last().or(self.now.last())
    }

    /// The events from this one on, itself included.
    pub fn from(&self, id: EventId) -> impl Iterator<Item = &'a Event> + use<'a> {
        let (now, ahead) = (self.now, self.ahead);
        let (first, second) =
            (now.partition_point(|event| event.id < id), ahead.partition_point(|event| event.id < id));
        now[first..].iter().chain(&ahead[second..])
    }

    /// The events back from this one, itself included.
    pub fn back_from(&self, id: EventId) -> impl Iterator<Item = &'a Event> + use<'a> {
        let (now, ahead) = (self.now, self.ahead);
        let (first, second) =
            (now.partition_point(|event| event.id <= id), ahead.partition_point(|event| event.id <= id));
        ahead[..second].iter().rev().chain(now[..first].iter().rev())
    }

    /// The events that happened in a window of time, both ends included.
    pub fn within(&self, from: Time, to: Time) -> impl DoubleEndedIterator<Item = &'a Event> + use<'a> {
        let cut = |events: &'a [Event]| {
            let first = events.partition_point(|event| event.at < from);
            let end = events.partition_point(|event| event.at <= to);
            &events[first..end.max(first)]
        };
        cut(self.now).iter().chain(cut(self.ahead))
    }

    /// How many events happened in a window of time.
    pub fn count_within(&self, from: Time, to: Time) -> usize {
        let count = |events: &[Event]| {
            let first = events.partition_point(|event| event.at < from);
            events.partition_point(|event| event.at <= to).saturating_sub(first)
        };
        count(self.now) + count(self.ahead)
    }
}
