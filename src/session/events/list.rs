//! A look at some of the events of a run, in the order in which they happened.

use std::iter::FusedIterator;
use std::sync::Arc;

use super::Events;
use super::block::{BLOCK, Block};
use crate::sim::{EventId, Time};
use crate::world::Event;

/// Some of a run's events, one after the other. They are read one by one, since most of a long run is packed.
#[derive(Clone, Copy)]
pub struct EventList<'a> {
    events: &'a Events,
    from: usize,
    /// Not before `from`.
    until: usize,
}

impl<'a> EventList<'a> {
    pub(super) fn new(events: &'a Events, from: usize, until: usize) -> Self {
        Self { events, from, until: until.max(from) }
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.until - self.from
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The one at a place, from 0.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<Event> {
        let place = Some(self.from + index).filter(|place| *place < self.until)?;
        self.events.block(place / BLOCK)?.get(place % BLOCK).cloned()
    }

    /// The last one.
    #[must_use]
    pub fn last(&self) -> Option<Event> {
        self.len().checked_sub(1).and_then(|last| self.get(last))
    }

    /// The id of the last one.
    #[must_use]
    pub fn last_id(&self) -> Option<EventId> {
        let before = u64::try_from(self.until.checked_sub(1).filter(|last| *last >= self.from)?).ok()?;
        self.events.first_id().map(|first| EventId(first.0 + before))
    }

    /// The one with this id.
    #[must_use]
    pub fn find(&self, id: EventId) -> Option<Event> {
        let place = self.events.first_id().and_then(|first| id.0.checked_sub(first.0))?;
        let place = usize::try_from(place).ok()?;
        place.checked_sub(self.from).and_then(|index| self.get(index))
    }

    /// Those before an event.
    #[must_use]
    pub fn before(&self, id: EventId) -> Self {
        self.until_place(self.place_of(id))
    }

    /// Those up to an event, itself included.
    #[must_use]
    pub fn up_to(&self, id: EventId) -> Self {
        self.until_place(self.place_of(EventId(id.0.saturating_add(1))))
    }

    /// Those from an event on, itself included.
    #[must_use]
    pub fn from(&self, id: EventId) -> Self {
        self.since_place(self.place_of(id))
    }

    /// Those after an event.
    #[must_use]
    pub fn after(&self, id: EventId) -> Self {
        self.since_place(self.place_of(EventId(id.0.saturating_add(1))))
    }

    /// Those before a moment.
    #[must_use]
    pub fn before_time(&self, at: Time) -> Self {
        self.until_place(self.place_at(|event_at| event_at < at))
    }

    /// Those that happened in a window of time, both ends included.
    #[must_use]
    pub fn within(&self, from: Time, to: Time) -> Self {
        let first = self.place_at(|at| at < from);
        let end = self.place_at(|at| at <= to);
        self.until_place(end).since_place(first)
    }

    /// All but the first ones.
    #[must_use]
    pub fn skip(&self, count: usize) -> Self {
        self.since_place(self.from.saturating_add(count))
    }

    /// One by one, from either end.
    #[must_use]
    pub fn iter(&self) -> EventIter<'a> {
        EventIter { events: self.events, from: self.from, until: self.until, first: None, last: None }
    }

    fn until_place(&self, place: usize) -> Self {
        Self { until: place.max(self.from).min(self.until), ..*self }
    }

    fn since_place(&self, place: usize) -> Self {
        Self { from: place.max(self.from).min(self.until), ..*self }
    }

    /// The place of the event with this id, among all of the run.
    fn place_of(&self, id: EventId) -> usize {
        let first = self.events.first_id().map_or(0, |first| first.0);
        usize::try_from(id.0.saturating_sub(first)).unwrap_or(usize::MAX)
    }

    /// The first place among all of the run whose event is not `earlier` any more.
    fn place_at(&self, earlier: impl Fn(Time) -> bool) -> usize {
        let blocks = &self.events.blocks;
        let begun = blocks.partition_point(|block| Block::first_at(block).is_some_and(&earlier));
        let Some(last) = begun.checked_sub(1) else { return 0 };
        let within = self.events.block(last).map_or(0, |events| events.partition_point(|event| earlier(event.at)));
        last * BLOCK + within
    }
}

impl core::fmt::Debug for EventList<'_> {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_list().entries(self.iter()).finish()
    }
}

impl<'a> IntoIterator for EventList<'a> {
    type Item = Event;
    type IntoIter = EventIter<'a>;

    fn into_iter(self) -> EventIter<'a> {
        self.iter()
    }
}

impl<'a> IntoIterator for &EventList<'a> {
    type Item = Event;
    type IntoIter = EventIter<'a>;

    fn into_iter(self) -> EventIter<'a> {
        self.iter()
    }
}

/// A block and its place among the others.
type Reading = Option<(usize, Arc<Vec<Event>>)>;

/// Events one by one, from either end.
#[derive(Clone)]
pub struct EventIter<'a> {
    events: &'a Events,
    from: usize,
    until: usize,
    /// The block that is read from the first end.
    first: Reading,
    /// The block that is read from the last end.
    last: Reading,
}

impl EventIter<'_> {
    fn read(events: &Events, reading: &mut Reading, place: usize) -> Option<Event> {
        let wanted = place / BLOCK;
        if reading.as_ref().is_none_or(|(index, _)| *index != wanted) {
            *reading = Some((wanted, events.block(wanted)?));
        }
        reading.as_ref().and_then(|(_, block)| block.get(place % BLOCK)).cloned()
    }
}

impl Iterator for EventIter<'_> {
    type Item = Event;

    fn next(&mut self) -> Option<Event> {
        let place = Some(self.from).filter(|from| *from < self.until)?;
        self.from += 1;
        Self::read(self.events, &mut self.first, place)
    }

    fn nth(&mut self, count: usize) -> Option<Event> {
        self.from = self.from.saturating_add(count).min(self.until);
        self.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = self.until - self.from;
        (left, Some(left))
    }

    fn last(mut self) -> Option<Event> {
        self.next_back()
    }
}

impl DoubleEndedIterator for EventIter<'_> {
    fn next_back(&mut self) -> Option<Event> {
        let place = self.until.checked_sub(1).filter(|place| *place >= self.from)?;
        self.until = place;
        Self::read(self.events, &mut self.last, place)
    }
}

impl ExactSizeIterator for EventIter<'_> {}

impl FusedIterator for EventIter<'_> {}
