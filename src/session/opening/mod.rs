//! Opening a run: from its beginning to where it is to be taken up, in one piece or a slice at a time.

mod entry;
mod leg;
mod replay;
mod stride;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use self::entry::Entry;
use self::replay::{Failure, Origin, Replay, Script, Then};
use super::branches::{Run, StoredError};
use super::link::{PackedCommand, UnpackedLink};
use super::{LinkError, Scenario, Session, TimedCommand};
use crate::sim::{Span, Time};

/// A run that is being opened. Each [`Opening::go_on`] does a slice of the work; it can be dropped at any time. The session
/// is the same, event for event, however it is sliced.
#[derive(Clone)]
pub struct Opening {
    stage: Stage,
    /// What is to be done once the learner may enter.
    script: Script,
}

#[derive(Clone)]
enum Stage {
    Entering(Box<Entry>),
    Replaying(Box<Replay>),
    /// The session was handed out, or it can't be opened.
    Over,
}

/// A run that was opened.
#[derive(Debug)]
pub struct Opened {
    /// The run, where it is to be taken up.
    pub session: Session,
    /// How many commands were given to it.
    pub given: usize,
    /// How many were left out since what they set was so already.
    pub needless: usize,
    /// How many were left out since they could not be carried out.
    pub refused: usize,
}

/// Why a run can't be opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpeningError {
    /// It comes from a link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// It comes from what was stored.
    #[error(transparent)]
    Stored(#[from] StoredError),
}

/// What is being done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// The files that are there at first are written.
    Files {
        /// How many were given to a client.
        done: usize,
        /// How many there are.
        total: usize,
    },
    /// What was done in the run is done again.
    Replay {
        /// How far it has come, on the visible clock.
        done: Span,
        /// How far it goes.
        total: Span,
    },
}

impl Opening {
    /// A new run, at its beginning.
    #[must_use]
    pub fn new(scenario: &Arc<Scenario>, seed: u64) -> Self {
        Self { stage: Stage::Entering(Box::new(Entry::new(scenario, seed))), script: Script::empty() }
    }

    /// The run of a link, at the moment at which the link was made.
    ///
    /// # Errors
    /// If the link is damaged, names what doesn't exist, or exceeds a limit.
    pub fn of_link(link: &str) -> Result<Self, LinkError> {
        let UnpackedLink { scenario, seed, now, commands } = UnpackedLink::read(link)?;
        let script =
            Script { origin: Origin::Link(now), commands: commands.into_iter(), until: Some(now), then: Then::Stay };
        Ok(Self { script, ..Self::new(&scenario, seed) })
    }

    /// Another run of a scenario, in which these commands are given at their times, as far as they can be; the times
    /// count from when the learner enters. It is set back to its beginning.
    #[must_use]
    pub fn like(scenario: &Arc<Scenario>, seed: u64, commands: Vec<TimedCommand>) -> Self {
        Self {
            script: Script { then: Then::Beginning, ..Script::of(commands, Origin::Other) },
            ..Self::new(scenario, seed)
        }
    }

    /// The same, but it runs on until a time after the learner enters.
    #[must_use]
    pub(super) fn like_until(scenario: &Arc<Scenario>, seed: u64, commands: Vec<TimedCommand>, until: Span) -> Self {
        let script = Script { until: Some(Time::ZERO + until), ..Script::of(commands, Origin::Other) };
        Self { script, ..Self::new(scenario, seed) }
    }

    /// A run that is known, with all that is yet to come: at its beginning, or at a moment until its end.
    #[must_use]
    pub fn of_run(run: &Arc<Run>, at: Option<Time>) -> Self {
        let commands = if run.is_sound() { Vec::new() } else { run.commands.clone() };
        let then = Then::Follow(Arc::clone(run), at);
        Self { script: Script { then, ..Script::of(commands, Origin::Stored) }, ..Self::new(&run.scenario, run.seed) }
    }

    /// A run of the same scenario and seed as `session`, at the moment at which it was left; what both have in common is
    /// not run again.
    #[must_use]
    pub(super) fn from_session(session: &Session, run: &Arc<Run>) -> Self {
        let script = Script { then: Then::Follow(Arc::clone(run), Some(run.now)), ..Script::empty() };
        Self { stage: Stage::Replaying(Box::new(Replay::new(session.clone(), script))), script: Script::empty() }
    }

    /// Goes on while there is time, by at least a little; the run, once it is open. After that there is nothing more.
    ///
    /// # Errors
    /// If a command of a link or of a stored run can't be carried out, or a link asks for more than a run may have.
    pub fn go_on(&mut self, mut has_time: impl FnMut() -> bool) -> Result<Option<Opened>, OpeningError> {
        loop {
            match self.step() {
                Ok(None) if matches!(self.stage, Stage::Over) => return Ok(None),
                Ok(None) => {}
                Ok(opened) => return Ok(opened),
                Err(failure) => {
                    let Stage::Replaying(replay) = std::mem::replace(&mut self.stage, Stage::Over) else {
                        return Ok(None);
                    };
                    return Err(replay.error(failure));
                }
            }
            if !has_time() {
                return Ok(None);
            }
        }
    }

    /// What is being done; none once the run is open.
    #[must_use]
    pub fn doing(&self) -> Option<Doing> {
        match &self.stage {
            Stage::Entering(entry) => {
                let (done, total) = entry.progress();
                Some(Doing::Files { done, total })
            }
            Stage::Replaying(replay) => {
                let (done, total) = replay.progress();
                Some(Doing::Replay { done, total })
            }
            Stage::Over => None,
        }
    }

    /// Opens the run in one piece.
    pub(super) fn finish<E: From<Failure>>(mut self) -> Result<Opened, E> {
        loop {
            if let Some(opened) = self.step()? {
                return Ok(opened);
            }
        }
    }

    fn step(&mut self) -> Result<Option<Opened>, Failure> {
        match &mut self.stage {
            Stage::Entering(entry) if !entry.is_over() => entry.step(),
            Stage::Replaying(replay) if !replay.is_over() => replay.step()?,
            Stage::Entering(_) | Stage::Replaying(_) | Stage::Over => {
                match std::mem::replace(&mut self.stage, Stage::Over) {
                    Stage::Entering(entry) => {
                        let script = std::mem::replace(&mut self.script, Script::empty());
                        self.stage = Stage::Replaying(Box::new(Replay::new(entry.enter(), script)));
                    }
                    Stage::Replaying(replay) => return Ok(Some(replay.into_opened())),
                    Stage::Over => {}
                }
            }
        }
        Ok(None)
    }
}

impl Script {
    fn of(commands: Vec<TimedCommand>, origin: Origin) -> Self {
        let commands: Vec<PackedCommand> = commands.into_iter().map(PackedCommand::from).collect();
        Self { origin, commands: commands.into_iter(), ..Self::empty() }
    }
}

impl Session {
    /// Begins a run; its opening files are written and acknowledged when this returns, unless they can't be, or there
    /// is too much else, as [`Self::check_room`] tells. [`Opening`] does the same a slice at a time.
    #[must_use]
    pub fn new(scenario: &Arc<Scenario>, seed: u64) -> Self {
        let mut entry = Entry::new(scenario, seed);
        while !entry.is_over() {
            entry.step();
        }
        entry.enter()
    }

    /// Opens a link. [`Opening`] does the same a slice at a time.
    ///
    /// # Errors
    /// If the link is damaged, names what doesn't exist, exceeds a limit, or has a command that can't be
    /// carried out.
    pub fn from_link(link: &str) -> Result<Self, LinkError> {
        Opening::of_link(link)?.finish::<LinkError>().map(|opened| opened.session)
    }

    /// The commands that were given until now, with times that count from when the learner enters.
    #[must_use]
    pub fn commands_since_entry(&self) -> Vec<TimedCommand> {
        let since = |timed: &TimedCommand| TimedCommand {
            at: Time::ZERO + self.since_entry(timed.at),
            command: timed.command.clone(),
        };
        self.commands[..self.given].iter().map(since).collect()
    }
}

impl core::fmt::Debug for Opening {
    /// How far it is; its world would fill pages.
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        formatter.debug_struct("Opening").field("doing", &self.doing()).finish_non_exhaustive()
    }
}
