//! One of the two runs that are compared.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::session::{Scenario, Session, TimedCommand};
use crate::sim::{Span, Time};

/// Which of the two worlds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// The first.
    A,
    /// The second.
    B,
}

impl Side {
    /// Both, in their order.
    pub const BOTH: [Self; 2] = [Self::A, Self::B];

    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::A => Self::B,
            Self::B => Self::A,
        }
    }

    /// Its letter.
    #[must_use]
    pub fn letter(self) -> &'static str {
        match self {
            Self::A => "A",
            Self::B => "B",
        }
    }
}

/// A run that is to be compared with another.
#[derive(Clone, Debug)]
pub struct Contender {
    name: String,
    session: Session,
    /// The commands that it has yet to be given; their times count from when the learner enters.
    to_come: VecDeque<TimedCommand>,
    /// How many of them could not be carried out.
    skipped: usize,
}

impl Contender {
    /// A run as it is, with all commands that were given to it.
    #[must_use]
    pub fn new(name: &str, mut session: Session) -> Self {
        session.seek(session.start());
        Self { name: name.to_owned(), session, to_come: VecDeque::new(), skipped: 0 }
    }

    /// A new run of a scenario that is given the commands of another run, each as long after the learner enters as
    /// there. What can't be carried out in the new run is left out.
    #[must_use]
    pub fn like(name: &str, scenario: &Arc<Scenario>, seed: u64, other: &Session) -> Self {
        Self::like_in(name, Session::new(scenario, seed), other)
    }

    /// The same for a new run that is there already.
    #[must_use]
    pub fn like_in(name: &str, new: Session, other: &Session) -> Self {
        let timed = |timed: &TimedCommand| TimedCommand {
            at: Time::ZERO + timed.at.since(other.start()),
            command: timed.command.clone(),
        };
        let to_come = other.commands().iter().map(timed).collect();
        Self { name: name.to_owned(), session: new, to_come, skipped: 0 }
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The run, at the moment at which the comparison is.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// How many of the commands of the other run could not be carried out in this one.
    #[must_use]
    pub fn skipped(&self) -> usize {
        self.skipped
    }

    /// The commands that it has yet to be given.
    pub(super) fn to_come(&self) -> impl Iterator<Item = &TimedCommand> {
        self.to_come.iter()
    }

    /// The time on the visible clock.
    #[must_use]
    pub fn clock(&self) -> Span {
        self.session.now().since(self.session.start())
    }

    /// Lets time pass to a time of the visible clock.
    pub(super) fn advance(&mut self, until: Span) {
        let is_due = |next: &TimedCommand| next.at.since(Time::ZERO) <= until;
        while self.to_come.front().is_some_and(is_due) {
            let Some(next) = self.to_come.pop_front() else { break };
            self.session.advance(self.session.start() + next.at.since(Time::ZERO));
            self.skipped += usize::from(self.session.apply(next.command).is_err());
        }
        self.session.advance(self.session.start() + until);
    }

    /// Goes to a time of the visible clock, which the run has reached.
    pub(super) fn seek(&mut self, to: Span) {
        self.session.seek(self.session.start() + to);
    }
}
