//! The meter: reads the events of a world after each step, and adds up.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::Metrics;
use super::copies::{COPIES_FILES_LIMIT, Sampler};
use super::failover::Failovers;
use super::lag::GroupLag;
use super::operations::{Ending, Gatherer};
use super::repair::RepairGatherer;
use crate::check::GroundTruth;
use crate::replication::{Copy, Version};
use crate::sim::{FileId, GroupId, NodeId, OperationId, ServerId, Time};
use crate::world::{Event, EventKind, OperationKind};

/// Measures one run. A clone shares what both know.
#[derive(Clone, Debug)]
pub struct Meter {
    from: Time,
    base: Bytes,
    writes: Arc<Gatherer>,
    reads: Arc<Gatherer>,
    calls: Arc<Gatherer>,
    /// The last version that was acknowledged when a read began.
    floors: Arc<BTreeMap<OperationId, Version>>,
    stale_reads: u64,
    damaged_reads: u64,
    messages_sent: u64,
    messages_lost: u64,
    logged_bytes: u64,
    lags: BTreeMap<GroupId, Arc<GroupLag>>,
    failovers: Arc<Failovers>,
    repairs: Arc<RepairGatherer<(ServerId, GroupId)>>,
    rot_repairs: Arc<RepairGatherer<(ServerId, FileId)>>,
    copies: Sampler,
}

/// The bytes that a world has counted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Bytes {
    /// Sent over all links.
    pub sent: u64,
    /// Written to all disks.
    pub written: u64,
    /// Stored on all disks now.
    pub stored: u64,
}

impl Meter {
    /// Begins to measure a world now.
    #[must_use]
    pub fn new(world: &impl GroundTruth, now: Time) -> Self {
        let mut failovers = Failovers::default();
        for group in world.groups() {
            if let Some(membership) = world.membership(group)
                && let Some(primary) = membership.primary
            {
                failovers.on_primary(now, group, membership.epoch, primary);
            }
        }
        Self {
            from: now,
            base: world.bytes(),
            writes: Arc::default(),
            reads: Arc::default(),
            calls: Arc::default(),
            floors: Arc::default(),
            stale_reads: 0,
            damaged_reads: 0,
            messages_sent: 0,
            messages_lost: 0,
            logged_bytes: 0,
            lags: BTreeMap::new(),
            failovers: Arc::new(failovers),
            repairs: Arc::default(),
            rot_repairs: Arc::default(),
            copies: Sampler::new(now),
        }
    }

    /// What was measured until now.
    #[must_use]
    pub fn metrics(&self, world: &impl GroundTruth, now: Time) -> Metrics {
        let bytes = world.bytes();
        let written_bytes = bytes.written.saturating_sub(self.base.written);
        Metrics {
            from: self.from,
            until: now,
            writes: self.writes.operations(self.from, now),
            reads: self.reads.operations(self.from, now),
            calls: self.calls.operations(self.from, now),
            stale_reads: self.stale_reads,
            damaged_reads: self.damaged_reads,
            lags: self.lags.iter().flat_map(|(group, lag)| lag.lags(world, *group)).collect(),
            failovers: self.failovers.last(),
            failover_count: self.failovers.count,
            copies: self.copies.series(),
            repairs: self.repairs.repairs(),
            rot_repairs: self.rot_repairs.repairs(),
            messages_sent: self.messages_sent,
            messages_lost: self.messages_lost,
            sent_bytes: bytes.sent.saturating_sub(self.base.sent),
            written_bytes,
            stored_bytes: bytes.stored,
            logged_bytes: self.logged_bytes,
            write_amplification_hundredths: written_bytes.saturating_mul(100).checked_div(self.logged_bytes),
        }
    }

    /// Counts copies at the times that have come before `until`, at which the next thing happens.
    pub fn sample(&mut self, world: &impl GroundTruth, until: Time) {
        while self.copies.next() < until {
            let files = world.first_files(COPIES_FILES_LIMIT);
            let counts =
                files.iter().map(|file| u16::try_from(world.fresh_copies(*file)).unwrap_or(u16::MAX)).collect();
            self.copies.add(&files, counts);
        }
    }

    /// Takes note of what happened in one step, or by one command; to be called right after it.
    pub fn observe(&mut self, world: &impl GroundTruth, events: &[Event]) {
        for event in events {
            self.observe_one(world, event);
        }
    }

    fn observe_one(&mut self, world: &impl GroundTruth, event: &Event) {
        let at = event.at;
        match &event.kind {
            EventKind::MessageSent { .. } => self.messages_sent += 1,
            EventKind::MessageLost { .. } => self.messages_lost += 1,
            EventKind::MessageReceived { .. } | EventKind::AckCounted { .. } => {}
            EventKind::UpdateLogged { server, group, file, epoch, index, .. } => {
                let size_bytes = world.copy_in_memory(*server, *group, *file).map_or(0, Copy::size_bytes);
                self.logged_bytes += size_bytes;
                self.lag(*group).on_logged(at, *server, *epoch, *index);
            }
            EventKind::UpdateOnDisk { server, group, epoch, index, .. } => {
                self.lag(*group).on_disk(at, *server, *epoch, *index);
            }
            EventKind::OperationStarted { operation, client, kind, file } => {
                self.gatherer(*kind).on_started(at, *client, *operation);
                if let Some(last) = world.last_acknowledged(*file).filter(|_| *kind == OperationKind::Read) {
                    Arc::make_mut(&mut self.floors).insert(*operation, last.revision.version);
                }
            }
            EventKind::OperationRetried { operation, .. } => Arc::make_mut(&mut self.writes).on_retried(*operation),
            EventKind::OperationDone { operation, client, kind, file, .. } => {
                self.gatherer(*kind).on_ended(at, *client, *operation, Ending::Ok);
                if let Some(group) = world.group_of(*file).filter(|_| self.failovers.count > 0) {
                    Arc::make_mut(&mut self.failovers).on_acknowledged(at, group);
                }
            }
            EventKind::OperationFound { operation, client, damaged, .. } => {
                self.on_found(world, at, *client, *operation, *damaged);
            }
            EventKind::OperationServed { operation, client, .. } => {
                self.gatherer(OperationKind::Call).on_ended(at, *client, *operation, Ending::Ok);
            }
            EventKind::OperationRefused { operation, client, kind, .. } => {
                self.on_failed(at, *client, *operation, *kind, Ending::Refused);
            }
            EventKind::OperationUnknown { operation, client, kind, .. } => {
                self.on_failed(at, *client, *operation, *kind, Ending::Unknown);
            }
            _ => self.observe_change(event),
        }
    }

    /// What is no part of the ordinary traffic.
    fn observe_change(&mut self, event: &Event) {
        let at = event.at;
        match &event.kind {
            EventKind::RepairStarted { server, group } => {
                Arc::make_mut(&mut self.repairs).on_started(at, (*server, *group));
            }
            EventKind::InSyncChanged { group, servers } => {
                let repairs = Arc::make_mut(&mut self.repairs);
                for server in servers {
                    repairs.on_ended(at, &(*server, *group));
                }
            }
            EventKind::RotFound { server, file } => {
                Arc::make_mut(&mut self.rot_repairs).on_started(at, (*server, *file));
            }
            EventKind::RotRepaired { server, file, .. } => {
                Arc::make_mut(&mut self.rot_repairs).on_ended(at, &(*server, *file));
            }
            EventKind::ServerKilled { server }
            | EventKind::DiskWiped { server }
            | EventKind::ServerCrashed { server, .. }
            | EventKind::ServerPaused { server } => self.failovers().on_fault(at, *server),
            EventKind::LinkCut { first, second } => self.failovers().on_cut(at, &[*first, *second]),
            EventKind::LinkCutOneWay { from, to } => self.failovers().on_cut(at, &[*from, *to]),
            EventKind::Partitioned { side, .. } => self.failovers().on_cut(at, side),
            EventKind::AllHealed => self.failovers().on_all_healed(),
            EventKind::LinkHealed { first, second } => {
                for node in [first, second] {
                    if let NodeId::Server(server) = node {
                        self.failovers().on_mended(*server);
                    }
                }
            }
            EventKind::ServerResumed { server } => self.failovers().on_mended(*server),
            EventKind::Suspected { server } => self.failovers().on_suspected(at, *server),
            EventKind::HeardAgain { server } => {
                self.failovers().on_heard(*server);
                self.failovers().on_mended(*server);
            }
            EventKind::ElectionStarted { group, .. } => self.failovers().on_election(at, *group),
            EventKind::BecamePrimary { server, group, epoch } => {
                self.failovers().on_primary(at, *group, *epoch, *server);
            }
            _ => {}
        }
    }

    fn on_found(&mut self, world: &impl GroundTruth, at: Time, client: NodeId, operation: OperationId, damaged: bool) {
        self.gatherer(OperationKind::Read).on_ended(at, client, operation, Ending::Ok);
        self.damaged_reads += u64::from(damaged);
        let floor = self.forget_floor(operation);
        let is_stale = floor.is_some_and(|floor| world.version_found(operation).is_some_and(|found| found < floor));
        self.stale_reads += u64::from(is_stale);
    }

    fn on_failed(&mut self, at: Time, client: NodeId, operation: OperationId, kind: OperationKind, ending: Ending) {
        self.gatherer(kind).on_ended(at, client, operation, ending);
        self.forget_floor(operation);
    }

    fn forget_floor(&mut self, operation: OperationId) -> Option<Version> {
        if self.floors.contains_key(&operation) { Arc::make_mut(&mut self.floors).remove(&operation) } else { None }
    }

    fn gatherer(&mut self, kind: OperationKind) -> &mut Gatherer {
        Arc::make_mut(match kind {
            OperationKind::Write | OperationKind::Delete => &mut self.writes,
            OperationKind::Read => &mut self.reads,
            OperationKind::Call => &mut self.calls,
        })
    }

    fn failovers(&mut self) -> &mut Failovers {
        Arc::make_mut(&mut self.failovers)
    }

    fn lag(&mut self, group: GroupId) -> &mut GroupLag {
        Arc::make_mut(self.lags.entry(group).or_default())
    }
}
