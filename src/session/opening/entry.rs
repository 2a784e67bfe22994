//! What happens before the learner enters: the files that are there at first are written and acknowledged.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::stride::Stride;
use crate::session::observer::Observer;
use crate::session::room::EVENTS_LIMIT;
use crate::session::{Scenario, Session};
use crate::sim::{Span, Time};
use crate::world::{Command, World};

/// When the first of the opening files is written: the cluster has found itself by then.
const SETTLED: Time = Time::from_millis(60);
/// The time that the opening files have to be written in before the learner enters.
const OPENING: Time = Time::from_millis(400);
/// How many of them are written at once.
const OPENING_AT_ONCE: usize = 8;
/// How long they may take at most.
const OPENING_LIMIT: Time = Time::from_millis(60_000);
/// How far apart the moments are at which it is looked whether they are acknowledged.
const LOOK_EVERY: Span = Span::from_millis(20);

/// What comes next.
#[derive(Clone, Copy, Debug)]
enum Next {
    /// Time passes until the first file is written.
    Settle,
    /// The next file is written, if there is one.
    Write,
    /// Time passes until the files until now are acknowledged; the next look is at that time.
    Await(Time),
    /// Time passes until the learner may enter at the earliest.
    Rest,
    /// Time passes until all files are acknowledged; the next look is at that time.
    AwaitAll(Time),
    Over,
}

/// A world into which the opening files are written, a few at a time, as long as there is room for more events and
/// contents. What is big or slow takes its time, and what can't be written at all is given up.
#[derive(Clone)]
pub(super) struct Entry {
    scenario: Arc<Scenario>,
    seed: u64,
    world: World,
    observer: Observer,
    /// How many of the files were given to a client.
    written: usize,
    next: Next,
    stride: Stride,
}

impl Entry {
    pub fn new(scenario: &Arc<Scenario>, seed: u64) -> Self {
        Self {
            scenario: Arc::clone(scenario),
            seed,
            world: World::new(scenario.settings.clone(), seed),
            observer: Observer::default(),
            written: 0,
            next: Next::Settle,
            stride: Stride::default(),
        }
    }

    /// How many of the opening files were given to a client, and how many there are.
    pub fn progress(&self) -> (usize, usize) {
        (self.written, self.scenario.files.len())
    }

    pub fn is_over(&self) -> bool {
        matches!(self.next, Next::Over)
    }

    /// Goes on by as little as can be done at once.
    pub fn step(&mut self) {
        match self.next {
            Next::Settle => {
                if self.has_come_to(SETTLED) {
                    self.next = Next::Write;
                }
            }
            Next::Write => {
                if self.written == self.scenario.files.len() {
                    self.next = Next::Rest;
                } else if self.written > 0 && self.written.is_multiple_of(OPENING_AT_ONCE) {
                    self.next = Next::Await(self.world.now());
                } else {
                    self.write();
                }
            }
            Next::Await(look) => {
                if self.has_come_to(look) {
                    if self.is_worth_waiting() {
                        self.next = Next::Await(self.world.now() + LOOK_EVERY);
                    } else {
                        self.next = Next::Write;
                        self.write();
                    }
                }
            }
            Next::Rest => {
                if self.has_come_to(OPENING) {
                    self.next = Next::AwaitAll(self.world.now());
                }
            }
            Next::AwaitAll(look) => {
                if self.has_come_to(look) {
                    let again = Next::AwaitAll(self.world.now() + LOOK_EVERY);
                    self.next = if self.is_worth_waiting() { again } else { Next::Over };
                }
            }
            Next::Over => {}
        }
    }

    /// The session in which the learner enters now.
    pub fn enter(self) -> Session {
        Session::enter(self.scenario, self.seed, self.world, self.observer)
    }

    fn write(&mut self) {
        if !self.has_room() {
            self.next = Next::Over;
            return;
        }
        if let Some((file, content, placement)) = self.scenario.files.get(self.written).cloned() {
            let written = self.world.apply(Command::Write { file, content, placement });
            debug_assert_eq!(written, Ok(()), "a scenario is read only if its opening is sound");
            self.observer.observe(&self.world);
        }
        self.written += 1;
    }

    /// Lets some time pass, if it is not that time yet; whether it is.
    fn has_come_to(&mut self, until: Time) -> bool {
        if self.world.now() < until {
            let events = self.world.fresh_events().len();
            let next = self.stride.from(self.world.now(), until);
            self.observer.advance(&mut self.world, next);
            self.stride.was(self.world.fresh_events().len() - events);
        }
        self.world.now() >= until
    }

    fn is_worth_waiting(&self) -> bool {
        !self.is_acknowledged() && self.world.now() < OPENING_LIMIT && self.has_room()
    }

    /// Whether all files that were given to a client are acknowledged.
    fn is_acknowledged(&self) -> bool {
        let names: BTreeSet<&str> =
            self.scenario.files.iter().take(self.written).map(|(name, ..)| name.as_str()).collect();
        let world = &self.world;
        let done = world.files().filter(|file| names.contains(world.file_name(*file)));
        done.filter(|file| world.acknowledged(*file).is_some()).count() == self.written
    }

    fn has_room(&self) -> bool {
        self.world.fresh_events().len() < EVENTS_LIMIT && self.world.out_of_room_at().is_none()
    }
}
