//! What is done in a run that is being opened, once the learner may enter.

use std::sync::Arc;
use std::vec::IntoIter;

use super::leg::Leg;
use super::{Opened, OpeningError};
use crate::session::branches::{Run, StoredError};
use crate::session::link::{PackedCommand, too_long, too_much};
use crate::session::{LinkError, RUN_LIMIT, RunIsFull, Session};
use crate::sim::{Span, Time};
use crate::world::CommandError;

/// Where the commands come from, and so what happens if one of them can't be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// From a link, whose run ends at this time: the link can't be opened.
    Link(Time),
    /// From what was stored: it can't be opened.
    Stored,
    /// From another run, whose times count from when the learner enters: it is left out, and counted.
    Other,
}

/// Where the run goes after its commands.
#[derive(Clone, Debug)]
pub(super) enum Then {
    /// It stays where it is.
    Stay,
    /// Back to its beginning.
    Beginning,
    /// It takes up what is known of this run, and goes to this moment of it.
    Follow(Arc<Run>, Option<Time>),
}

/// What is to be done.
#[derive(Clone, Debug)]
pub(super) struct Script {
    pub origin: Origin,
    pub commands: IntoIter<PackedCommand>,
    /// How far it goes after the last command.
    pub until: Option<Time>,
    pub then: Then,
}

impl Script {
    /// Nothing is to be done.
    pub fn empty() -> Self {
        Self { origin: Origin::Other, commands: Vec::new().into_iter(), until: None, then: Then::Stay }
    }
}

/// Why it can't be done.
#[derive(Clone, Debug)]
pub(in crate::session) struct Failure {
    /// The number of the command that is to blame, from 1; none if it is the end that is not reached.
    number: Option<usize>,
    reason: Reason,
}

#[derive(Clone, Debug)]
enum Reason {
    TooLong,
    Full(RunIsFull),
    Command(String),
}

impl From<Failure> for LinkError {
    fn from(failure: Failure) -> Self {
        match failure.reason {
            Reason::TooLong => too_long(),
            Reason::Full(full) => too_much(full),
            Reason::Command(reason) => Self::Command { number: failure.number.unwrap_or(0), reason },
        }
    }
}

impl From<Failure> for StoredError {
    fn from(failure: Failure) -> Self {
        let reason = match failure.reason {
            Reason::TooLong => too_long().to_string(),
            Reason::Full(full) => full.to_string(),
            Reason::Command(reason) => reason,
        };
        Self::Command { number: failure.number.unwrap_or(0), reason }
    }
}

/// A run in which the commands of a script are given, a piece at a time.
#[derive(Clone)]
pub(super) struct Replay {
    session: Session,
    script: Script,
    /// The stretch of time that it goes through now, and the command at its end.
    leg: Option<Leg>,
    due: Option<PackedCommand>,
    /// How many commands were taken from the script.
    taken: usize,
    /// How many commands are before the moment to which it goes at the end, once it is on the way there.
    catches_up: Option<usize>,
    is_over: bool,
    /// How far it goes, and how far it has come.
    goal: Time,
    reached: Time,
    /// How many commands were given, needless and refused.
    tally: (usize, usize, usize),
}

impl Replay {
    pub fn new(session: Session, script: Script) -> Self {
        let to = match &script.then {
            Then::Stay | Then::Beginning => None,
            Then::Follow(_, to) => *to,
        };
        let last = script.commands.as_slice().last().map(|command| command.at);
        let at =
            |time: Time| if script.origin == Origin::Other { session.start + time.since(Time::ZERO) } else { time };
        let ends = [last.map(at), script.until.map(at), to];
        let goal = ends.into_iter().flatten().max().unwrap_or(session.start);
        Self {
            reached: session.start,
            session,
            script,
            leg: None,
            due: None,
            taken: 0,
            catches_up: None,
            is_over: false,
            goal,
            tally: (0, 0, 0),
        }
    }

    pub fn is_over(&self) -> bool {
        self.is_over
    }

    /// How far it has come, and how far it goes, from when the learner enters.
    pub fn progress(&self) -> (Span, Span) {
        let goal = self.session.since_entry(self.goal);
        (self.session.since_entry(self.reached).min(goal), goal)
    }

    pub fn into_opened(self) -> Opened {
        let (given, needless, refused) = self.tally;
        Opened { session: self.session, given, needless, refused }
    }

    pub fn error(&self, failure: Failure) -> OpeningError {
        match self.script.origin {
            Origin::Link(_) => OpeningError::Link(failure.into()),
            Origin::Stored | Origin::Other => OpeningError::Stored(failure.into()),
        }
    }

    /// Goes on by as little as can be done at once.
    pub fn step(&mut self) -> Result<(), Failure> {
        if let Some(leg) = &mut self.leg {
            if leg.step(&mut self.session) {
                self.leg = None;
            }
            self.reached = self.reached.max(self.session.now());
            return Ok(());
        }
        if let Origin::Link(until) = self.script.origin
            && until.since(self.session.start) > RUN_LIMIT
        {
            return Err(Failure { number: None, reason: Reason::TooLong });
        }
        if let Some(command) = self.due.take() {
            return self.give(command);
        }
        if let Some(command) = self.script.commands.next() {
            self.taken += 1;
            self.leg = Some(Leg::to(self.time_of(command.at)?));
            self.due = Some(command);
            return Ok(());
        }
        if let Some(until) = self.script.until.take() {
            self.leg = Some(Leg::to(self.absolute(until)));
            return Ok(());
        }
        if let Origin::Link(until) = self.script.origin
            && self.session.now() < until
        {
            self.session.check_room().map_err(|full| Failure { number: None, reason: Reason::Full(full) })?;
        }
        self.end();
        Ok(())
    }

    /// A command's time in this run.
    fn time_of(&self, at: Time) -> Result<Time, Failure> {
        let is_late = match self.script.origin {
            Origin::Link(until) => at > until,
            Origin::Stored | Origin::Other => false,
        };
        let at = self.absolute(at);
        if self.script.origin != Origin::Other && (is_late || at < self.session.now()) {
            return Err(self.failure("its time is out of order".to_owned()));
        }
        Ok(at)
    }

    fn absolute(&self, at: Time) -> Time {
        if self.script.origin == Origin::Other { self.session.start + at.since(Time::ZERO) } else { at }
    }

    fn failure(&self, reason: String) -> Failure {
        Failure { number: Some(self.taken), reason: Reason::Command(reason) }
    }

    fn give(&mut self, command: PackedCommand) -> Result<(), Failure> {
        if self.script.origin == Origin::Other {
            let carried_out = command.unpack().map(|command| self.session.apply(command));
            let (given, needless, refused) = &mut self.tally;
            *match carried_out {
                Ok(Ok(())) => given,
                Ok(Err(CommandError::SamePolicy | CommandError::SameWorkload(_))) => needless,
                Ok(Err(_)) | Err(_) => refused,
            } += 1;
            return Ok(());
        }
        let full = |full: RunIsFull| Failure { number: Some(self.taken), reason: Reason::Full(full) };
        self.session.check_room().map_err(full)?;
        let command = command.unpack().map_err(|reason| self.failure(reason))?;
        self.session.apply(command).map_err(|error| self.failure(error.to_string()))?;
        self.tally.0 += 1;
        Ok(())
    }

    /// All commands were given: goes where the script says.
    fn end(&mut self) {
        if let Some(given) = self.catches_up {
            self.session.catch_up(given);
            self.is_over = true;
            return;
        }
        match std::mem::replace(&mut self.script.then, Then::Stay) {
            Then::Stay => self.is_over = true,
            Then::Beginning => {
                self.session.seek(self.session.start);
                self.is_over = true;
            }
            Then::Follow(run, to) => {
                let session = &mut self.session;
                let at = to.unwrap_or(session.start);
                session.part(&run.commands, at, run.end);
                self.leg = Some(Leg::to(session.approach(at)));
                self.catches_up = Some(if to.is_some() { run.given() } else { 0 });
            }
        }
    }
}
