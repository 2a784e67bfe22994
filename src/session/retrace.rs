//! Other commands for the same run: what two logs of commands have in common is not run again.

use super::{Session, TimedCommand};
use crate::sim::Time;

impl Session {
    /// Puts other commands in the place of the run's own and goes to `now`; `end` is the furthest time that was reached
    /// with them. Each of the commands was carried out before in a run of this scenario and seed.
    pub fn retrace(&mut self, commands: &[TimedCommand], now: Time, end: Time) {
        self.part(commands, now, end);
        self.seek(now);
    }

    /// Whether [`Self::retrace`] would only go to what was met before or was saved: that is quickly done.
    #[must_use]
    pub fn has_met(&self, commands: &[TimedCommand], now: Time) -> bool {
        let is_met = self.parting(commands).is_none_or(|(_, parting)| now <= parting);
        is_met && now <= self.end
    }

    /// How many commands this run and another log have in common, and when the first that differs is given, if one does.
    fn parting(&self, commands: &[TimedCommand]) -> Option<(usize, Time)> {
        let common = self.commands.iter().zip(commands).take_while(|(own, other)| own == other).count();
        let next = [self.commands.get(common), commands.get(common)];
        next.into_iter().flatten().map(|timed| timed.at).min().map(|at| (common, at))
    }

    /// Puts other commands in the place of the run's own, and goes back to where both are the same, or to `now` if that is
    /// before.
    pub(super) fn part(&mut self, commands: &[TimedCommand], now: Time, end: Time) {
        let parted = self.parting(commands);
        let common = parted.map_or(commands.len(), |(common, _)| common);
        let parting = parted.map(|(_, at)| at);
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
