//! Makes a failure small: takes away commands, servers and settings as long as the same invariant still fails.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use replicarium::replication::Acks;
use replicarium::session::{Session, TimedCommand};
use replicarium::sim::Span;

use super::model::Failure;
use super::options::Options;
use super::run::replay;
use super::scenario_file;

/// How long shrinking may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// A failing run in its smallest known form.
pub struct Shrunk {
    pub options: Options,
    pub commands: Vec<TimedCommand>,
    pub failure: Failure,
}

/// Takes away what is not needed to fail.
pub fn shrink(options: &Options, commands: Vec<TimedCommand>, failure: Failure) -> Shrunk {
    let began = Instant::now();
    let mut smallest = Shrunk { options: options.clone(), commands, failure };
    // Replayed, the run must fail as it did when it was drawn; else there is nothing to compare with.
    if !smallest.try_instead(options.clone(), smallest.commands.clone()) {
        return smallest;
    }
    let mut size = smallest.commands.len().div_ceil(2);
    while size > 0 && began.elapsed() < PATIENCE {
        let mut from = 0;
        while from < smallest.commands.len() && began.elapsed() < PATIENCE {
            let mut fewer = smallest.commands.clone();
            fewer.drain(from..(from + size).min(fewer.len()));
            if !smallest.try_instead(smallest.options.clone(), fewer) {
                from += size;
            }
        }
        size = if size == 1 { 0 } else { size.div_ceil(2) };
    }
    smallest.simplify_settings();
    smallest
}

impl Shrunk {
    fn try_instead(&mut self, options: Options, commands: Vec<TimedCommand>) -> bool {
        let found = replay(&options, &commands).1.filter(|found| found.invariant == self.failure.invariant);
        let Some(failure) = found else { return false };
        *self = Self { options, commands, failure };
        true
    }

    fn simplify_settings(&mut self) {
        let simpler: [fn(&mut Options); 6] = [
            |options| options.settings.servers.truncate(options.settings.servers.len().saturating_sub(1)),
            |options| options.settings.coordinators = 1,
            |options| options.settings.clients.iter_mut().for_each(|client| client.workload = None),
            |options| options.settings.service_time = Span::ZERO,
            |options| options.settings.policy.apply_time = Span::ZERO,
            |options| options.settings.policy.scrub_every = None,
        ];
        for change in simpler {
            let mut options = self.options.clone();
            change(&mut options);
            // With fewer servers than acks nothing could ever be acknowledged.
            let most_acks = options.settings.servers.len().saturating_sub(1);
            let policy = &options.settings.policy;
            let can_be_acknowledged = !matches!(policy.acks, Acks::Count(count) if count > most_acks)
                && policy.min_in_sync <= options.settings.servers.len();
            if !options.settings.servers.is_empty() && can_be_acknowledged {
                self.try_instead(options, self.commands.clone());
            }
        }
    }

    /// Writes the run as a scenario file, and says where it is.
    pub fn write(&self) -> PathBuf {
        let from_start = || Session::new(&Arc::new(self.options.scenario()), self.options.seed);
        let session = replay(&self.options, &self.commands).0.unwrap_or_else(from_start);
        scenario_file::write(&self.options, &session, &self.failure)
    }
}
