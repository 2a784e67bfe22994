//! Other commands for the same run: what two logs of commands have in common is not run again.

use std::sync::Arc;

use super::{Scenario, Session, TimedCommand};
use crate::sim::Time;

impl Session {
    /// A run from its beginning that has yet to come to `commands`, each of which was carried out before in a run of this
    /// scenario and seed, and whose furthest time was `end`.
    #[must_use]
    pub fn recorded(scenario: &Arc<Scenario>, seed: u64, commands: &[TimedCommand], end: Time) -> Self {
        let mut session = Self::new(scenario, seed);
        session.commands = commands.to_vec();
        session.end = session.end.max(end);
        session
    }

    /// Puts other commands in the place of the run's own and goes to `now`; `end` is the furthest time that was reached
    /// with them. Each of the commands was carried out before in a run of this scenario and seed.
    pub fn retrace(&mut self, commands: &[TimedCommand], now: Time, end: Time) {
        let common = self.commands.iter().zip(commands).take_while(|(own, other)| own == other).count();
        let parting =
            [self.commands.get(common), commands.get(common)].into_iter().flatten().map(|timed| timed.at).min();
        self.commands = commands.to_vec();
        self.end = self.start.max(end);
        if let Some(parting) = parting {
            // A world that was saved at the very moment of the first command that differs is from before it.
            self.saved.retain(|at, saved| at <= parting && saved.commands <= common);
        }
        let has_parted = self.given > common || parting.is_some_and(|parting| self.now() > parting);
        if has_parted {
            self.go_to_saved(parting.map_or(now, |parting| parting.min(now)));
        }
        if parting.is_some() {
            self.events.forget_future();
            let past = self.events().len();
            self.saved.retain(|_, saved| saved.events <= past);
        }
        self.seek(now);
    }

    /// How many of the commands are before now.
    #[must_use]
    pub fn given(&self) -> usize {
        self.given
    }

    /// Gives those of the recorded commands that are due at this very moment, if fewer than `given` are before it: a seek
    /// stops before them.
    pub(super) fn catch_up(&mut self, given: usize) {
        if self.given < given {
            self.advance_without_saving(self.now());
        }
    }

    /// Whether commands were recorded that are yet to come: there is a future that a new command would replace.
    #[must_use]
    pub fn is_followed_by_commands(&self) -> bool {
        self.given < self.commands.len()
    }
}
