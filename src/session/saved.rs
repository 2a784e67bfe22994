//! The worlds that a session has saved, from which a seek starts: so many that a seek is short, and no more than there is
//! memory for.

use std::collections::BTreeMap;

use super::observer::Observer;
use super::storm::Storm;
use crate::sim::{Span, Time};
use crate::world::World;

/// After how many events a world is saved: so many a seek has to run again at most, while there is room for more worlds.
const EVERY_EVENTS: usize = 8_000;
/// After which time a world is saved where less happens.
const EVERY: Span = Span::from_millis(1_000);
/// How many are kept. A world of some servers under load has about half a megabyte of its own, and at so many worlds a
/// seek in the longest run still has to run no more than a few times [`EVERY_EVENTS`] again.
const MOST: usize = 128;

/// A world as it was at some time, with the numbers of events and commands until then.
#[derive(Clone)]
pub(super) struct Saved {
    pub world: World,
    pub observer: Observer,
    pub events: usize,
    pub commands: usize,
    pub planned: usize,
    pub refused: usize,
    pub storm: Storm,
}

/// The saved worlds of a run, by their times.
#[derive(Clone, Default)]
pub(super) struct SavedWorlds {
    worlds: BTreeMap<Time, Saved>,
}

impl SavedWorlds {
    /// The last one that is not after `to`.
    pub fn last_until(&self, to: Time) -> Option<(Time, &Saved)> {
        self.worlds.range(..=to).next_back().map(|(at, saved)| (*at, saved))
    }

    /// Whether so much has happened since the last one that another one is worth its memory.
    pub fn is_due(&self, now: Time, events: usize) -> bool {
        let Some((at, last)) = self.worlds.range(..=now).next_back() else { return true };
        events - last.events >= EVERY_EVENTS || now.since(*at) >= EVERY
    }

    /// Keeps a world; if there are too many, one goes that is missed least.
    pub fn add(&mut self, at: Time, saved: Saved) {
        self.worlds.entry(at).or_insert(saved);
        if self.worlds.len() > MOST
            && let Some(spare) = self.spare()
        {
            self.worlds.remove(&spare);
        }
    }

    /// Forgets what a command at `now` replaces. The first one is from when the learner enters, and stays.
    pub fn forget_from(&mut self, now: Time) {
        let first = self.worlds.keys().next().copied();
        self.worlds.retain(|at, _| *at < now || Some(*at) == first);
    }

    /// Keeps those that will do.
    pub fn retain(&mut self, mut will_do: impl FnMut(Time, &Saved) -> bool) {
        self.worlds.retain(|at, saved| will_do(*at, saved));
    }

    /// The one between whose neighbours least happens. The first and the last one stay.
    fn spare(&self) -> Option<Time> {
        let all: Vec<(Time, usize)> = self.worlds.iter().map(|(at, saved)| (*at, saved.events)).collect();
        let gap = |three: &&[(Time, usize)]| (three[2].1 - three[0].1, three[2].0.since(three[0].0));
        all.windows(3).min_by_key(gap).map(|three| three[1].0)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::session::{Scenario, Session};
    use crate::world::Command;

    fn session() -> Session {
        let scenario = Scenario::by_slug("three-copies").expect("it is built in");
        let busy = scenario.set("clients[1].workload", "{ rate = 400, read_percent = 0 }").expect("it is sound");
        Session::new(&Arc::new(busy), 7)
    }

    #[test]
    fn wherever_one_goes_the_events_are_those_of_the_first_time() {
        let mut session = session();
        session.advance(session.start() + Span::from_millis(8_000));
        let (end, hash, count) = (session.end(), session.trace_hash(), session.events().len());
        assert!(count > 2 * EVERY_EVENTS, "{count}");
        assert!(session.saved.worlds.len() > 4, "worlds are saved by what happens, not by time alone");
        for milliseconds in [3_990, 1_234, 20, 3_000, 7] {
            let to = session.start() + Span::from_millis(milliseconds);
            session.seek(to);
            assert_eq!(session.now(), to);
            assert!(session.events().iter().all(|event| event.at <= to), "{to}");
            session.seek(end);
            assert_eq!((session.events().len(), session.trace_hash()), (count, hash.clone()));
        }
    }

    #[test]
    fn a_command_in_the_past_replaces_what_was_met_before() {
        let mut session = session();
        session.advance(session.start() + Span::from_millis(2_000));
        let at = session.start() + Span::from_millis(500);
        session.seek(at);
        session.apply(Command::Crash { server: crate::sim::ServerId(1) }).expect("it runs");
        session.advance(at + Span::from_millis(1_500));
        let mut other = self::session();
        other.advance(at);
        other.apply(Command::Crash { server: crate::sim::ServerId(1) }).expect("it runs");
        other.advance(at + Span::from_millis(1_500));
        assert_eq!(session.trace_hash(), other.trace_hash());
    }

    #[test]
    fn no_more_worlds_are_kept_than_there_is_memory_for_and_they_stay_spread() {
        let session = session();
        let mut worlds = SavedWorlds::default();
        let of = |events| Saved { events, ..session.saved.worlds.values().next().expect("the first one").clone() };
        for index in 0..2 * MOST {
            worlds.add(Time::from_micros(index as u64), of(1_000 * index));
        }
        assert_eq!(worlds.worlds.len(), MOST);
        assert!(worlds.worlds.contains_key(&Time::ZERO), "the first one stays");
        let events: Vec<usize> = worlds.worlds.values().map(|saved| saved.events).collect();
        assert!(events.windows(2).all(|two| two[1] - two[0] <= 4_000), "{events:?}");
    }
}
