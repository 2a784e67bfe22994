//! The checker: reads the events of a world after each step, and remembers what did not hold.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::answers::{Logged, Setbacks, Told};
use super::causes::Causes;
use super::group::GroupState;
use super::kept::{Kept, has, is_damaged};
use super::logs::Growth;
use super::{GroundTruth, Invariant, Violation, check_converged};
use crate::check::Acknowledged;
use crate::replication::{AckWhen, Epoch, PolicyChange, ReadsForward, Version};
use crate::sim::{EventId, FileId, GroupId, OperationId, ServerId, Time};
use crate::world::{Event, EventKind, OperationKind};

/// How many violations are remembered: the first ones, since the others mostly follow from them.
pub const VIOLATIONS_LIMIT: usize = 1_000;

/// Checks the invariants of one run. A clone shares what both know.
#[derive(Clone, Debug, Default)]
pub struct Checker {
    groups: BTreeMap<GroupId, Arc<GroupState>>,
    /// The changes that clients have asked for and have no answer to.
    open: Arc<BTreeSet<OperationId>>,
    /// What was logged for them; one without a key may make several versions.
    logged: Arc<BTreeMap<(OperationId, Version), Logged>>,
    setbacks: Arc<Setbacks>,
    causes: Arc<Causes>,
    /// The last read that was asked for.
    last_read: Option<OperationId>,
    violations: Arc<Vec<Violation>>,
}

impl Checker {
    /// What did not hold up to now, the first [`VIOLATIONS_LIMIT`] of it.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Takes note of what happened in one step, or by one command; to be called right after it.
    pub fn observe(&mut self, world: &impl GroundTruth, events: &[Event]) {
        for event in events {
            self.observe_one(world, event);
        }
    }

    /// Checks that the replicas have converged, and that the primary has, undamaged, all that is promised to be
    /// kept. Only meant for a time at which faults have stopped and everything was healed for a while.
    #[must_use]
    pub fn check_settled(&self, world: &impl GroundTruth, at: Time) -> Vec<Violation> {
        let mut violations = check_converged(world, at);
        for (group, state) in &self.groups {
            let primary = world.membership(*group).and_then(|membership| membership.primary);
            let servers: Vec<ServerId> = primary.map_or_else(|| state.logs.keys().copied().collect(), |one| vec![one]);
            for file in state.keeper.promised(world, *group) {
                let Some(kept) = state.keeper.file(file) else { continue };
                let serves = |server: &ServerId| {
                    let copy = world.copy_in_memory(*server, *group, file);
                    copy.is_some_and(|copy| world.descends_from(file, copy.revision(), kept.revision))
                };
                if !servers.iter().any(serves) {
                    let (version, name) = (kept.revision.version, world.file_name(file));
                    let sentence = format!("{version} of {name} was acknowledged, but can't be read in the end");
                    violations.push(Violation { invariant: Invariant::AcknowledgedIsKept, at, event: None, sentence });
                }
            }
        }
        violations
    }

    fn observe_one(&mut self, world: &impl GroundTruth, event: &Event) {
        match &event.kind {
            EventKind::MessageSent { .. } | EventKind::MessageReceived { .. } | EventKind::AckCounted { .. } => {}
            // What is logged later than its client waits is told to nobody.
            EventKind::UpdateLogged { operation, version, .. } if self.open.contains(operation) => {
                let logged = Logged { event: event.id, acks: None };
                Arc::make_mut(&mut self.logged).entry((*operation, *version)).or_insert(logged);
            }
            EventKind::UpdateOnDisk { server, group, index, .. } => self.on_disk(world, event, *server, *group, *index),
            EventKind::UpdateAnswered { server, group, file, version, operation, acks } => {
                let by = Some((*server, *acks));
                self.on_answered(world, event, *group, *file, *version, *operation, by);
            }
            EventKind::OperationStarted { operation, kind: OperationKind::Read, file, .. } => {
                self.last_read = self.last_read.max(Some(*operation));
                if let Some(group) = world.group_of(*file).filter(|_| world.asks_primary(*operation)) {
                    let state = self.group(world, group);
                    if !state.reads_are_void {
                        state.reads.on_started(*operation, *file);
                    }
                }
            }
            EventKind::OperationStarted { operation, kind: OperationKind::Write | OperationKind::Delete, .. } => {
                Arc::make_mut(&mut self.open).insert(*operation);
            }
            EventKind::OperationFound { operation, file, damaged, .. } => {
                self.on_found(world, event, *operation, *file, *damaged);
            }
            EventKind::OperationDone { operation, file, version, .. } => {
                self.on_told(world, event, *operation, *file, *version);
            }
            EventKind::OperationRefused { operation, file, kind, .. }
            | EventKind::OperationUnknown { operation, file, kind, .. } => {
                self.on_not_told(world, *operation, *file, *kind);
            }
            _ => self.observe_change(world, event),
        }
    }

    /// What is no part of the ordinary traffic.
    fn observe_change(&mut self, world: &impl GroundTruth, event: &Event) {
        let id = event.id;
        Causes::observe(&mut self.causes, id, &event.kind);
        match &event.kind {
            EventKind::BecamePrimary { server, group, epoch } => {
                self.on_primary(world, event, *server, *group, *epoch);
            }
            EventKind::SteppedDown { server, group, .. } | EventKind::BackInSync { server, group } => {
                self.group(world, *group).without_acks.remove(server);
            }
            EventKind::WentAsync { server, group } => {
                self.group(world, *group).without_acks.insert(*server);
            }
            EventKind::ElectionStarted { group, epoch, .. } => {
                let causes = Arc::clone(&self.causes);
                let state = self.group(world, *group);
                state.succession.on_search(world, &causes, *group, id, *epoch);
                if state.promises.reads == ReadsForward::WhileOnePrimary {
                    state.void_reads();
                }
            }
            EventKind::Promoted { server, group, epoch, by_hand, .. } => {
                let state = self.group(world, *group);
                state.succession.on_named(*server);
                state.latest_epoch = state.latest_epoch.max(*epoch);
                if *by_hand {
                    state.keeper.on_named_by_hand(id, *epoch);
                    state.reads.start_anew();
                }
            }
            EventKind::InSyncChanged { group, servers } => {
                let state = self.group(world, *group);
                let has_log = |server: ServerId| state.logs.contains_key(&server);
                state.keeper.on_in_sync(world, *group, id, servers.iter().copied(), has_log);
            }
            EventKind::Truncated { server, group, from_index, .. } => {
                self.group(world, *group).logs.entry(*server).or_default().on_truncated(*from_index);
            }
            EventKind::FullCopyTaken { server, group, .. } => {
                let state = self.group(world, *group);
                state.logs.entry(*server).or_default().on_full_copy();
                state.keeper.on_full_copy(world, id, *server, *group);
            }
            EventKind::GroupDropped { server, group } => {
                Arc::make_mut(&mut self.setbacks).disks.insert(*server, id);
                self.group(world, *group).logs.remove(server);
                self.check_kept_of(world, event, *group);
            }
            EventKind::CopyRotted { server, file, .. } => {
                if let Some(group) = world.group_of(*file) {
                    self.group(world, group).keeper.on_rot(id, *server, *file);
                    self.check_kept(world, event, group, *file);
                }
            }
            EventKind::RotRepaired { file, .. } => {
                if let Some(group) = world.group_of(*file) {
                    self.check_kept(world, event, group, *file);
                }
            }
            EventKind::ServerCrashed { server, .. } => self.on_crash(world, id, *server),
            EventKind::ServerRestarted { server, .. } => {
                for group in self.groups_of(*server) {
                    self.check_kept_of(world, event, group);
                }
            }
            EventKind::ServerKilled { server }
            | EventKind::DiskWiped { server }
            | EventKind::ServerRemoved { server } => self.on_disk_lost(world, event, *server),
            EventKind::PolicyChanged { changes } => self.on_policy_changed(world, event, changes),
            EventKind::ClockSkewed { .. } => {
                for state in self.groups.values_mut() {
                    if state.promises.reads == ReadsForward::UnderLease {
                        Arc::make_mut(state).void_reads();
                    }
                }
            }
            _ => {}
        }
    }

    /// An operator has changed the policy. What was written under the old rules is promised nothing any more, since the
    /// new ones may look for it in other places; what is written from now on is promised what the new ones promise.
    fn on_policy_changed(&mut self, world: &impl GroundTruth, event: &Event, changes: &[PolicyChange]) {
        let last_read = self.last_read;
        for (group, state) in &mut self.groups {
            let state = Arc::make_mut(state);
            state.on_policy_changed(event.id, world.promises(*group), changes, last_read);
            state.keeper.count_lost_anew(|file| world.overwritten_by_loss(file));
        }
    }

    fn group(&mut self, world: &impl GroundTruth, group: GroupId) -> &mut GroupState {
        let state = self.groups.entry(group).or_insert_with(|| Arc::new(GroupState::new(world, group)));
        Arc::make_mut(state)
    }

    fn groups_of(&self, server: ServerId) -> Vec<GroupId> {
        let has = |state: &GroupState| state.logs.contains_key(&server);
        self.groups.iter().filter(|(_, state)| has(state)).map(|(group, _)| *group).collect()
    }

    fn report(&mut self, invariant: Invariant, event: &Event, sentence: String) {
        if self.violations.len() < VIOLATIONS_LIMIT {
            let violation = Violation { invariant, at: event.at, event: Some(event.id), sentence };
            Arc::make_mut(&mut self.violations).push(violation);
        }
    }

    fn on_disk(&mut self, world: &impl GroundTruth, event: &Event, server: ServerId, group: GroupId, index: u64) {
        let log = self.group(world, group).logs.entry(server).or_default();
        // A file with one copy has no log, and so no indices.
        match if index == 0 { Growth::Follows } else { log.on_disk(index) } {
            Growth::Follows => {}
            Growth::Replaces => self.check_kept_of(world, event, group),
            Growth::Hole { after } => {
                let sentence = format!("update {index} of {group} reached the disk of {server} after update {after}");
                self.report(Invariant::NoUpdateWithoutPredecessor, event, sentence);
            }
        }
    }

    #[allow(clippy::too_many_arguments, reason = "they are the fields of one event")]
    fn on_answered(
        &mut self,
        world: &impl GroundTruth,
        event: &Event,
        group: GroupId,
        file: FileId,
        version: Version,
        operation: OperationId,
        by: Option<(ServerId, usize)>,
    ) {
        let acks = by.map(|(_, acks)| acks);
        let mut logged = event.id;
        if self.logged.contains_key(&(operation, version)) {
            let found = Arc::make_mut(&mut self.logged).get_mut(&(operation, version));
            logged = found.map_or(event.id, |found| {
                found.acks = acks;
                found.event
            });
        } else if by.is_some() {
            // Its client has given up, and nobody is told anything.
            return;
        }
        self.group(world, group);
        let Some(state) = self.groups.get(&group) else { return };
        let told = Told { group, file, version, by, logged };
        if let Some(sentence) = self.setbacks.fault(world, state, told) {
            self.report(Invariant::AckMeansWhatItSays, event, sentence);
        }
    }

    /// A client was told ok for a change.
    fn on_told(
        &mut self,
        world: &impl GroundTruth,
        event: &Event,
        operation: OperationId,
        file: FileId,
        version: Version,
    ) {
        let Some(group) = world.group_of(file) else { return };
        let logged = self.logged.get(&(operation, version)).copied();
        let acks = logged.and_then(|logged| logged.acks);
        if acks.is_none() {
            // A request that came again was answered from the log.
            self.on_answered(world, event, group, file, version, operation, None);
        }
        self.forget_logged(operation);
        let state = self.group(world, group);
        if !state.keeper.promises_something() {
            return;
        }
        state.keeper.recall(world, group, |server| state.logs.contains_key(&server));
        let lost = world.overwritten_by_loss(file);
        let told = |last: &Acknowledged| last.revision.version == version && last.revision.write.operation == operation;
        let was_lost = state.keeper.file(file).is_some_and(|kept| lost > kept.lost_before);
        let survives = world.policy().disk_losses_survived(acks.unwrap_or(0)).unwrap_or(0);
        let Some(last) = world.last_acknowledged(file).filter(told) else {
            let holds = |logged: Logged| state.keeper.would_hold(world, group, file, logged.event, survives);
            let is_promised = was_lost && !state.keeper.was_named_by_hand() && logged.is_some_and(holds);
            state.keeper.on_lost(file, lost);
            if is_promised {
                let name = world.file_name(file);
                let sentence = format!("{version} of {name} was acknowledged by a primary that others had replaced");
                self.report(Invariant::AcknowledgedIsKept, event, sentence);
            }
            return;
        };
        let complaint = (was_lost && state.keeper.is_promised(world, group, file)).then(|| {
            let name = world.file_name(file);
            format!("{version} of {name} was acknowledged, but lacks what was acknowledged before it")
        });
        let kept = Kept {
            revision: last.revision,
            since: logged.map_or(event.id, |logged| logged.event),
            survives,
            rotten: BTreeSet::new(),
            tainted: BTreeSet::new(),
            is_void: false,
            lost_before: lost,
        };
        state.keeper.insert(file, kept);
        if let Some(complaint) = complaint {
            self.report(Invariant::AcknowledgedIsKept, event, complaint);
        }
        self.check_kept(world, event, group, file);
    }

    fn on_not_told(&mut self, world: &impl GroundTruth, operation: OperationId, file: FileId, kind: OperationKind) {
        if kind == OperationKind::Read {
            if let Some(group) = world.group_of(file) {
                self.group(world, group).reads.on_ended(operation, file, None);
            }
        } else {
            self.forget_logged(operation);
        }
    }

    /// The client of an operation has its answer, or has given up.
    fn forget_logged(&mut self, operation: OperationId) {
        Arc::make_mut(&mut self.open).remove(&operation);
        let versions = (operation, Version(0))..=(operation, Version(u64::MAX));
        let logged: Vec<(OperationId, Version)> = self.logged.range(versions).map(|(key, _)| *key).collect();
        for key in logged {
            Arc::make_mut(&mut self.logged).remove(&key);
        }
    }

    fn on_found(
        &mut self,
        world: &impl GroundTruth,
        event: &Event,
        operation: OperationId,
        file: FileId,
        damaged: bool,
    ) {
        let Some(group) = world.group_of(file) else { return };
        let state = self.group(world, group);
        let is_served_in_spite =
            damaged && state.promises.damage_unserved && state.served_unchecked.is_none_or(|last| operation > last);
        let shown = state.reads.on_ended(operation, file, world.version_found(operation));
        let name = world.file_name(file);
        if is_served_in_spite {
            self.report(Invariant::DamageIsNotServed, event, format!("a client got a corrupt copy of {name}"));
        }
        if let Some(shown) = shown {
            let sentence = format!(
                "a read of {name} from the primary found an older version than {shown}, which an earlier read had found"
            );
            self.report(Invariant::ReadsNeverGoBack, event, sentence);
        }
    }

    fn on_primary(&mut self, world: &impl GroundTruth, event: &Event, server: ServerId, group: GroupId, epoch: Epoch) {
        let causes = Arc::clone(&self.causes);
        let state = self.group(world, group);
        let unasked = state.succession.on_primary(world, &causes, group, event.id, (server, epoch));
        state.without_acks.remove(&server);
        let known = *state.primaries.entry(epoch).or_insert(server);
        let is_latest = epoch >= state.latest_epoch;
        state.latest_epoch = state.latest_epoch.max(epoch);
        let promised = if is_latest { state.keeper.promised(world, group) } else { Vec::new() };
        if let Some(sentence) = unasked {
            self.report(Invariant::PromotedForACause, event, sentence);
        }
        if known != server {
            let sentence = format!("{known} and {server} are both primary of {group} in epoch {epoch}");
            self.report(Invariant::OnePrimaryPerEpoch, event, sentence);
        }
        for file in promised {
            let state = self.group(world, group);
            let Some(kept) = state.keeper.file(file) else { continue };
            let revision = kept.revision;
            let copy = world.copy_in_memory(server, group, file);
            if !copy.is_some_and(|copy| is_damaged(copy) || world.descends_from(file, copy.revision(), revision)) {
                state.keeper.give_up(file);
                let (version, name) = (revision.version, world.file_name(file));
                let sentence = format!("{server} became primary without {version} of {name}, which was acknowledged");
                self.report(Invariant::AcknowledgedIsKept, event, sentence);
            }
        }
    }

    fn on_crash(&mut self, world: &impl GroundTruth, event: EventId, server: ServerId) {
        Arc::make_mut(&mut self.setbacks).crashes.insert(server, event);
        if world.policy().ack_when < AckWhen::OnDisk {
            for group in self.groups_of(server) {
                self.group(world, group).reads.start_anew();
            }
        }
    }

    fn on_disk_lost(&mut self, world: &impl GroundTruth, event: &Event, server: ServerId) {
        let setbacks = Arc::make_mut(&mut self.setbacks);
        setbacks.disks.insert(server, event.id);
        setbacks.crashes.insert(server, event.id);
        for group in self.groups_of(server) {
            let state = self.group(world, group);
            state.logs.remove(&server);
            state.keeper.on_disk_lost(event.id, server);
            state.on_disk_lost();
            self.check_kept_of(world, event, group);
        }
    }

    fn check_kept_of(&mut self, world: &impl GroundTruth, event: &Event, group: GroupId) {
        let Some(state) = self.groups.get(&group) else { return };
        for file in state.keeper.promised(world, group) {
            self.check_kept(world, event, group, file);
        }
    }

    /// Checks that some disk still has what was acknowledged, if that is promised.
    fn check_kept(&mut self, world: &impl GroundTruth, event: &Event, group: GroupId, file: FileId) {
        let Some(state) = self.groups.get(&group) else { return };
        let Some(kept) = state.keeper.file(file).filter(|_| state.keeper.is_promised(world, group, file)) else {
            return;
        };
        let revision = kept.revision;
        if state.logs.keys().any(|server| has(world, file, world.copy_on_disk(*server, group, file), revision)) {
            return;
        }
        self.group(world, group).keeper.give_up(file);
        let (version, name) = (revision.version, world.file_name(file));
        let sentence = format!("{version} of {name} was acknowledged, but no disk has it any more");
        self.report(Invariant::AcknowledgedIsKept, event, sentence);
    }
}
