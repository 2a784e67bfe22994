//! Chaos in a run that is under way: faults drawn from the seed and the moment at which they were let loose.
//!
//! [`Command::BeginChaos`] is recorded like any other command. What it draws depends on nothing but the seed, the time,
//! and the servers that there are, so that a run that is repeated meets the same faults. What has begun ends, even after
//! [`Command::EndChaos`].

use std::sync::Arc;

use super::TimedCommand;
use super::chaos::{Chaos, FaultRate};
use crate::check::Verdict;
use crate::sim::{ServerId, Span, Time, ZoneId};
use crate::world::{Command, Hazard, HazardKind, World};

/// Spreads the moments at which chaos begins over the seeds.
const SPREAD: u64 = 0x9e37_79b9_7f4a_7c15;

/// What random faults a person let loose have come to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChaosTally {
    /// When the last of them was let loose, if any was.
    pub began: Option<Time>,
    /// Until when faults begin.
    pub until: Option<Time>,
    /// How many faults of each kind have struck.
    pub struck: Vec<(HazardKind, usize)>,
    /// After how many of them more acknowledged files were lost than before.
    pub unsurvived: usize,
}

impl ChaosTally {
    /// How many faults have struck.
    #[must_use]
    pub fn total(&self) -> usize {
        self.struck.iter().map(|(_, count)| count).sum()
    }

    /// The faults and what was survived, as a sentence; the kinds that struck most come first.
    #[must_use]
    pub fn sentence(&self) -> String {
        let total = self.total();
        if total == 0 {
            return "No fault has struck yet.".to_owned();
        }
        let mut struck = self.struck.clone();
        struck.sort_by_key(|(kind, count)| (core::cmp::Reverse(*count), *kind));
        let kinds: Vec<String> = struck
            .iter()
            .map(|(kind, count)| {
                let (one, several) = kind.names();
                format!("{count} {}", if *count == 1 { one } else { several })
            })
            .collect();
        let noun = if total == 1 { "fault" } else { "faults" };
        format!("{} of {total} {noun} survived: {}.", total - self.unsurvived, kinds.join(", "))
    }
}

/// A command that chaos gives.
#[derive(Clone, Debug)]
struct Strike {
    timed: TimedCommand,
    /// Which fault it belongs to.
    fault: usize,
    /// The kind, if it begins the fault.
    begins: Option<HazardKind>,
}

/// The random faults of a run that is under way.
#[derive(Clone, Debug, Default)]
pub(super) struct Storm {
    /// What is to come and what was, in the order of the times.
    strikes: Arc<[Strike]>,
    /// How many of them are before now.
    done: usize,
    tally: ChaosTally,
    /// How many acknowledged files were lost when it was last counted.
    lost: usize,
}

impl Storm {
    /// The next command, if it is due until then.
    pub fn next(&self, until: Time) -> Option<&TimedCommand> {
        self.strikes.get(self.done).map(|strike| &strike.timed).filter(|timed| timed.at <= until)
    }

    /// The next command is about to be given: what was lost until now, earlier faults have lost.
    pub fn before_strike(&mut self, world: &World) {
        if self.strikes.get(self.done).is_some_and(|strike| strike.begins.is_some()) {
            self.count_lost(world);
        }
    }

    /// The next command was given, and perhaps carried out.
    pub fn on_strike(&mut self, carried_out: bool) {
        let Some(strike) = self.strikes.get(self.done) else { return };
        if let (Some(kind), true) = (strike.begins, carried_out) {
            match self.tally.struck.iter_mut().find(|(known, _)| *known == kind) {
                Some((_, count)) => *count += 1,
                None => self.tally.struck.push((kind, 1)),
            }
        }
        self.done += 1;
    }

    /// What it has come to by now.
    pub fn tally(&self, world: &World) -> ChaosTally {
        let mut counted = self.clone();
        counted.count_lost(world);
        counted.tally
    }

    fn count_lost(&mut self, world: &World) {
        let lost = lost(world);
        if lost > self.lost && self.tally.total() > self.tally.unsurvived {
            self.tally.unsurvived += 1;
        }
        self.lost = lost;
    }

    /// A command was carried out: it may begin or end the chaos.
    pub fn on_command(&mut self, world: &World, seed: u64, files: &[String], command: &Command) {
        match command {
            Command::BeginChaos { hazards, span } => self.begin(world, seed, files, hazards, *span),
            Command::EndChaos => self.end(world.now()),
            _ => {}
        }
    }

    fn begin(&mut self, world: &World, seed: u64, files: &[String], hazards: &[Hazard], span: Span) {
        let now = world.now();
        self.end(now);
        self.lost = lost(world);
        self.tally = ChaosTally { began: Some(now), until: Some(now + span), ..ChaosTally::default() };
        let mut settings = world.settings().clone();
        settings.servers = zones(world);
        let seed = seed ^ now.as_micros().wrapping_mul(SPREAD);
        let mut strikes: Vec<Strike> = self.strikes.to_vec();
        let mut fault = strikes.iter().map(|strike| strike.fault + 1).max().unwrap_or(0);
        for hazard in hazards {
            // Each kind is drawn alone, so that what begins a fault of it and what ends it stand beside each other.
            let chaos = chaos_of(*hazard, span);
            for (begin, end) in chaos.faults(&settings, files, seed) {
                let later = |timed: TimedCommand| TimedCommand { at: now + timed.at.since(Time::ZERO), ..timed };
                strikes.push(Strike { timed: later(begin), fault, begins: Some(hazard.kind) });
                strikes.extend(end.map(|end| Strike { timed: later(end), fault, begins: None }));
                fault += 1;
            }
        }
        strikes.sort_by_key(|strike| strike.timed.at);
        self.strikes = Arc::from(strikes);
        self.done = 0;
    }

    /// No more faults begin; what has begun ends when it would have.
    fn end(&mut self, now: Time) {
        let (past, future) = self.strikes.split_at(self.done);
        let begun: Vec<usize> = past.iter().filter(|strike| strike.begins.is_some()).map(|one| one.fault).collect();
        let stays = |strike: &&Strike| strike.begins.is_none() && begun.contains(&strike.fault);
        let future: Vec<Strike> = future.iter().filter(stays).cloned().collect();
        self.strikes = Arc::from(future);
        self.done = 0;
        self.tally.until = self.tally.until.map(|until| until.min(now));
    }
}

fn lost(world: &World) -> usize {
    world.ledger().rows.iter().filter(|row| row.verdict == Verdict::LostAcknowledged).count()
}

/// The zone of each server from the first on; one that was taken out counts as one of the first zone, and what meets it
/// is refused.
fn zones(world: &World) -> Vec<ZoneId> {
    let servers = world.view().servers;
    let most = servers.iter().map(|server| server.id.0).max().unwrap_or(0);
    let zone = |number: u16| servers.iter().find(|server| server.id == ServerId(number)).map(|server| server.zone);
    (1..=most).map(|number| zone(number).unwrap_or(ZoneId(0))).collect()
}

fn chaos_of(hazard: Hazard, until: Span) -> Chaos {
    let rate = FaultRate { per_minute_hundredths: hazard.per_minute_hundredths, lasts: hazard.lasts };
    let mut chaos = Chaos { until, ..Chaos::default() };
    let kind = match hazard.kind {
        HazardKind::Crash => &mut chaos.crash,
        HazardKind::Kill => &mut chaos.kill,
        HazardKind::Pause => &mut chaos.pause,
        HazardKind::SlowDisk => &mut chaos.slow_disk,
        HazardKind::Rot => &mut chaos.rot,
        HazardKind::Cut => &mut chaos.cut,
        HazardKind::OneWayCut => &mut chaos.one_way_cut,
        HazardKind::Loss => &mut chaos.loss,
        HazardKind::SlowLink => &mut chaos.slow_link,
        HazardKind::Partition => &mut chaos.partition,
        HazardKind::ZoneOutage => &mut chaos.zone_outage,
        HazardKind::ClockSkew => &mut chaos.clock_skew,
        HazardKind::CoordinatorCrash => &mut chaos.coordinator_crash,
    };
    *kind = rate;
    chaos
}
