//! The events of a run: those up to now, and those that were met before and come again.
//!
//! A long run has millions of them, and all are kept. They lie in blocks: the newest as they are, since the page and the
//! checks read them all the time, and the older ones packed into a quarter of their size or less. A packed block is
//! unpacked where somebody reads it, and the last few that were read stay unpacked for a while.

mod block;
mod cache;
mod list;

use std::sync::Arc;

pub use self::list::{EventIter, EventList};

use self::block::{BLOCK, Block};
use self::cache::Cache;
use crate::sim::EventId;
use crate::world::Event;

/// How many of the newest blocks are kept as they are: those of half a million events.
const PLAIN_BLOCKS: usize = 256;

/// What a session remembers of what happened.
#[derive(Clone, Default)]
pub(super) struct Events {
    /// All but the last one are full.
    blocks: Vec<Block>,
    /// How many events there are.
    count: usize,
    /// How many of them are before now.
    past: usize,
    cache: Cache,
}

impl Events {
    /// Those up to now.
    pub fn past(&self) -> EventList<'_> {
        EventList::new(self, 0, self.past)
    }

    /// What happens next. What was met before comes again just as it was.
    pub fn happen(&mut self, fresh: Vec<Event>) {
        let met = (self.count - self.past).min(fresh.len());
        debug_assert!(
            EventList::new(self, self.past, self.past + met).iter().zip(&fresh).all(|(old, new)| old == *new),
            "a run repeats itself"
        );
        self.past += fresh.len();
        let mut new = fresh.into_iter().skip(met);
        while new.len() > 0 {
            let open = self.open_block();
            let before = open.len();
            open.extend(new.by_ref().take(BLOCK - before));
            self.count += open.len() - before;
        }
    }

    /// Goes to a moment before which there were so many.
    pub fn go_to(&mut self, past: usize) {
        self.past = past.min(self.count);
    }

    /// What was to come is replaced by something else.
    pub fn forget_future(&mut self) {
        if self.past == self.count {
            return;
        }
        self.count = self.past;
        self.blocks.truncate(self.count.div_ceil(BLOCK));
        self.cache.forget_from(self.count / BLOCK);
        let rest = self.count % BLOCK;
        if let Some(last) = self.blocks.last_mut().filter(|_| rest > 0) {
            last.truncate(rest);
        }
    }

    /// The block that has room for another event. Where a new one begins, one that is old by now is packed.
    fn open_block(&mut self) -> &mut Vec<Event> {
        if self.count == self.blocks.len() * BLOCK {
            self.blocks.push(Block::default());
            let old = self.blocks.len().checked_sub(PLAIN_BLOCKS + 1);
            if let Some(old) = old.and_then(|old| self.blocks.get_mut(old)) {
                old.pack();
            }
        }
        let last = self.blocks.len() - 1;
        self.blocks[last].open()
    }

    /// The events of a block.
    fn block(&self, index: usize) -> Option<Arc<Vec<Event>>> {
        Some(match self.blocks.get(index)? {
            Block::Plain(events) => Arc::clone(events),
            Block::Packed(packed) => self.cache.get_or_unpack(index, packed),
        })
    }

    /// The id of the first event of all.
    fn first_id(&self) -> Option<EventId> {
        self.blocks.first().and_then(Block::first_id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::{Scenario, Session};
    use crate::sim::{Purpose, ServerId, Span, Streams, Time};
    use crate::world::Command;

    /// Events of a run, and the same as a plain list.
    fn recorded() -> Vec<Event> {
        let scenario = Scenario::by_slug("three-copies").expect("it is built in");
        let busy = scenario.set("clients[1].workload", "{ rate = 400, read_percent = 50 }").expect("it is sound");
        let mut session = Session::new(&std::sync::Arc::new(busy), 7);
        session
            .apply(Command::Partition { side: vec![ServerId(2).into()], direction: crate::world::Direction::Both })
            .ok();
        session.advance(session.start() + Span::from_millis(4_000));
        session.events().iter().collect()
    }

    /// A store whose first blocks are packed, however few there are.
    fn packed(all: &[Event]) -> Events {
        let mut events = Events::default();
        events.happen(all.to_vec());
        let blocks = events.blocks.len();
        events.blocks[..blocks - 1].iter_mut().for_each(Block::pack);
        events
    }

    #[test]
    fn what_is_read_back_is_what_was_recorded() {
        let all = recorded();
        assert!(all.len() > 3 * BLOCK, "{}", all.len());
        let events = packed(&all);
        assert!(matches!(events.blocks[0], Block::Packed(_)));
        let list = events.past();
        assert!(list.iter().eq(all.iter().cloned()));
        assert!(list.iter().rev().eq(all.iter().rev().cloned()));
        assert_eq!((list.len(), list.last()), (all.len(), all.last().cloned()));
        let mut stream = Streams::new(5).stream(Purpose::Chaos, (0, 0));
        let mut below = |limit: usize| usize::try_from(stream.below(limit as u64)).expect("it is small");
        for _ in 0..300 {
            let (one, other) = (below(all.len()), below(all.len()));
            let event = &all[one];
            assert_eq!(list.get(one).as_ref(), Some(event));
            assert_eq!(list.find(event.id).as_ref(), Some(event));
            let count = |list: EventList<'_>, is_in: &dyn Fn(&Event) -> bool| {
                assert_eq!(list.len(), all.iter().filter(|event| is_in(event)).count());
                assert!(list.iter().all(|event| is_in(&event)));
            };
            count(list.before(event.id), &|other| other.id < event.id);
            count(list.up_to(event.id), &|other| other.id <= event.id);
            count(list.from(event.id), &|other| other.id >= event.id);
            count(list.before_time(event.at), &|other| other.at < event.at);
            count(list.within(event.at, all[other].at), &|some| some.at >= event.at && some.at <= all[other].at);
            count(list.skip(one).before(all[other].id), &|other_one| {
                other_one.id >= event.id && other_one.id < all[other].id
            });
        }
        assert_eq!(list.get(all.len()), None);
        assert_eq!(list.find(EventId(0)), None);
        assert_eq!(list.within(Time::ZERO, list.last().expect("there is one").at).len(), all.len());
    }

    #[test]
    fn both_ends_of_an_iterator_meet() {
        let all = recorded();
        let events = packed(&all);
        let mut iter = events.past().iter();
        let mut seen = 0;
        while let (Some(first), last) = (iter.next(), iter.next_back()) {
            assert_eq!(first, all[seen]);
            assert!(last.is_none_or(|last| last == all[all.len() - 1 - seen]));
            seen += 1;
        }
        assert_eq!(seen, all.len().div_ceil(2));
        assert_eq!(events.past().iter().nth(BLOCK + 3).as_ref(), all.get(BLOCK + 3));
    }

    #[test]
    fn another_future_takes_the_place_of_a_packed_one() {
        let all = recorded();
        let mut events = packed(&all);
        // What was read before it is replaced is not read again.
        assert_eq!(events.past().get(BLOCK + 10).as_ref(), all.get(BLOCK + 10));
        events.go_to(BLOCK + 5);
        assert!(events.past().iter().eq(all[..BLOCK + 5].iter().cloned()));
        events.forget_future();
        let other: Vec<Event> = all[BLOCK + 5..3 * BLOCK]
            .iter()
            .map(|event| Event { at: event.at + Span::from_micros(1), ..event.clone() })
            .collect();
        events.happen(other.clone());
        assert!(events.past().iter().eq(all[..BLOCK + 5].iter().chain(&other).cloned()));
    }

    #[test]
    fn only_the_newest_blocks_are_kept_as_they_are() {
        let all = recorded();
        let mut events = Events::default();
        let mut next = 0;
        let numbered = |number: u64| Event { id: EventId(number + 1), cause: None, ..all[0].clone() };
        while events.blocks.len() < PLAIN_BLOCKS + 3 {
            events.happen((next..next + 1_000).map(numbered).collect());
            next += 1_000;
        }
        let is_packed: Vec<bool> = events.blocks.iter().map(|block| matches!(block, Block::Packed(_))).collect();
        assert!(is_packed[..3].iter().all(|packed| *packed) && is_packed[3..].iter().all(|packed| !packed));
        assert!(events.past().iter().eq((0..next).map(numbered)));
    }
}
