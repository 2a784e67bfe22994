//! Chaos: faults at random times, drawn before the run begins and so independent of the design that is run.
//!
//! [`Chaos`] says how often each kind of fault begins and how long it lasts; [`Chaos::schedule`] draws from it
//! the commands that make the faults and end them again. It never looks at a running world: two designs under
//! the same seed meet the same faults at the same moments, and what a fault does to each of them is the
//! comparison. A command that finds nothing to do when its time comes (a server that is down can't crash) is
//! refused, and counted by [`super::Session::refused`].
//!
//! **Promises**: every kind of fault and every server, zone and node of the coordinator draws from a stream of
//! its own, so that another rate for one kind leaves the times of all others as they are, and a further server
//! changes nothing for those before it. What begins also ends, even if that is after the last beginning.
//! **Does not promise** that two faults which overlap end apart: a restart after a crash also starts a server
//! that was killed meanwhile, and the end of a partition heals every cut and bad link.

mod draw;
#[cfg(test)]
mod tests;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::TimedCommand;
use crate::sim::Span;
use crate::world::WorldSettings;

/// The most commands that one schedule may be expected to have.
pub const CHAOS_COMMANDS_LIMIT: u64 = 100_000;
/// The most faults per minute and owner, in hundredths: 600 in a minute.
pub const FAULT_RATE_LIMIT_HUNDREDTHS: u32 = 60_000;
/// Microseconds in the hundred minutes by which a rate is told.
const MICROS_PER_HUNDRED_MINUTES: u64 = 6_000_000_000;

/// How often one kind of fault begins, and how long it lasts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultRate {
    /// How many of them begin in a minute at each owner (a server, a zone, a node of the coordinator; for
    /// partitions the whole cluster) that has none of the kind, in hundredths: 250 are 2.5 per minute. The times
    /// between are exponentially distributed. With 0 there are none; the most is
    /// [`FAULT_RATE_LIMIT_HUNDREDTHS`], and more counts as that.
    pub per_minute_hundredths: u32,
    /// How long each lasts on average, in microseconds; the times are exponentially distributed, and at least a
    /// millisecond. What has no end (an emptied disk, a rotten copy) ignores it.
    pub lasts: Span,
}

impl FaultRate {
    /// So many in a minute at each owner, each of them as long as `lasts` on average.
    #[must_use]
    pub const fn per_minute(count: u32, lasts: Span) -> Self {
        Self { per_minute_hundredths: count.saturating_mul(100), lasts }
    }

    /// The mean time from the end of one to the beginning of the next; none if there are none at all.
    #[must_use]
    pub const fn mean_interval(&self) -> Option<Span> {
        let rate = if self.per_minute_hundredths > FAULT_RATE_LIMIT_HUNDREDTHS {
            FAULT_RATE_LIMIT_HUNDREDTHS
        } else {
            self.per_minute_hundredths
        };
        if rate == 0 { None } else { Some(Span::from_micros(MICROS_PER_HUNDRED_MINUTES / rate as u64)) }
    }
}

/// Random faults: how often each kind begins and how long it lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Chaos {
    /// From when on faults begin, counted from when the learner enters.
    pub from: Span,
    /// Until when faults begin; those under way then still end later.
    pub until: Span,
    /// A seed of its own, so that the same faults meet different latencies; without, it is the session's.
    pub seed: Option<u64>,
    /// A server crashes and later starts again from its disk.
    pub crash: FaultRate,
    /// A server is lost with its disk, and another one later takes its place with an empty one.
    pub kill: FaultRate,
    /// A server does nothing for a while.
    pub pause: FaultRate,
    /// A server's disk is wiped; this fault has no end.
    pub wipe: FaultRate,
    /// One bit of one copy of a random file flips on a server's disk; this fault has no end.
    pub rot: FaultRate,
    /// A server's disk takes 2 to 50 times as long to sync.
    pub slow_disk: FaultRate,
    /// A server's disk takes no more writes.
    pub full_disk: FaultRate,
    /// A link from a server to a random other node loses up to 30 % of the messages, doubles up to 20 %, reorders
    /// up to 30 %, and takes up to 10 times as long; one time in two the other direction too.
    pub bad_link: FaultRate,
    /// Nothing gets through any more from a server to a random other node, while the other direction works.
    pub one_way_cut: FaultRate,
    /// Nothing gets through any more between a server and a random other node, in both directions.
    pub cut: FaultRate,
    /// A link from a server to a random other node loses 1 to 50 % of the messages; one time in two the other direction
    /// too.
    pub loss: FaultRate,
    /// A link from a server to a random other node takes 2 to 20 times as long; one time in two the other direction too.
    pub slow_link: FaultRate,
    /// A random set of nodes is cut off from all others: two times in three in both directions, else in one.
    pub partition: FaultRate,
    /// All servers of a zone crash, and later start again.
    pub zone_outage: FaultRate,
    /// A server's clock is set off by up to a second and runs up to 2 % too fast or too slow.
    pub clock_skew: FaultRate,
    /// A node of the coordinator stops and later starts again.
    pub coordinator_crash: FaultRate,
    /// A server is removed cleanly, once, and later another one is added in its zone.
    pub removal: FaultRate,
}

impl Default for Chaos {
    /// No faults, for ten seconds.
    fn default() -> Self {
        let none = FaultRate::default();
        Self {
            from: Span::ZERO,
            until: Span::from_millis(10_000),
            seed: None,
            crash: none,
            kill: none,
            pause: none,
            wipe: none,
            rot: none,
            slow_disk: none,
            full_disk: none,
            bad_link: none,
            one_way_cut: none,
            cut: none,
            loss: none,
            slow_link: none,
            partition: none,
            zone_outage: none,
            clock_skew: none,
            coordinator_crash: none,
            removal: none,
        }
    }
}

/// Why chaos can't be scheduled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChaosError {
    /// A rate is too high.
    #[error("a fault begins at most 600 times per minute and server, not {0} hundredths of a time")]
    Rate(u32),
    /// There would be too many commands.
    #[error("these random faults would take about {0} commands; at most {CHAOS_COMMANDS_LIMIT} are allowed")]
    TooMany(u64),
    /// It ends before it begins.
    #[error("the random faults end before they begin")]
    EndsBeforeItBegins,
}

impl Chaos {
    /// Whether this chaos is within the limits in a world that is set up so.
    ///
    /// # Errors
    /// If a rate or the expected number of commands is beyond its limit, or if it ends before it begins.
    pub fn check(&self, settings: &WorldSettings) -> Result<(), ChaosError> {
        if self.until < self.from {
            return Err(ChaosError::EndsBeforeItBegins);
        }
        let kinds = draw::kinds(self, settings);
        if let Some(kind) = kinds.iter().find(|kind| kind.fault.per_minute_hundredths > FAULT_RATE_LIMIT_HUNDREDTHS) {
            return Err(ChaosError::Rate(kind.fault.per_minute_hundredths));
        }
        let span = self.until.as_micros() - self.from.as_micros();
        let expected = |kind: &draw::Kind| {
            let interval = kind.fault.mean_interval().map_or(u64::MAX, |interval| interval.as_micros().max(1));
            (span / interval).saturating_mul(2).saturating_mul(kind.owners.len() as u64)
        };
        let total = kinds.iter().map(expected).fold(0, u64::saturating_add);
        if total > CHAOS_COMMANDS_LIMIT { Err(ChaosError::TooMany(total)) } else { Ok(()) }
    }

    /// The commands that make these faults and end them, in the order of their times, which count from when the
    /// learner enters. Rot meets the `files`; without any there is none. `seed` is what the streams are drawn
    /// from, unless the chaos has a seed of its own.
    ///
    /// There are never many more than [`CHAOS_COMMANDS_LIMIT`] commands, whatever the rates are: each owner's
    /// faults end there.
    #[must_use]
    pub fn schedule(&self, settings: &WorldSettings, files: &[String], seed: u64) -> Vec<TimedCommand> {
        let faults = self.faults(settings, files, seed);
        let mut commands: Vec<TimedCommand> =
            faults.into_iter().flat_map(|(begin, end)| core::iter::once(begin).chain(end)).collect();
        commands.sort_by_key(|timed| timed.at);
        commands
    }

    /// The same faults, each as what begins it and, if it has an end, what ends it.
    pub(super) fn faults(
        &self,
        settings: &WorldSettings,
        files: &[String],
        seed: u64,
    ) -> Vec<(TimedCommand, Option<TimedCommand>)> {
        draw::draw(self, settings, files, self.seed.unwrap_or(seed))
    }
}
