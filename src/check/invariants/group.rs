//! What the checker knows of one group.

use std::collections::{BTreeMap, BTreeSet};

use super::GroundTruth;
use super::causes::Succession;
use super::kept::Keeper;
use super::logs::LogEnd;
use super::reads::ReadsShown;
use crate::replication::{Epoch, Keeps, PolicyChange, Promises, ReadsForward};
use crate::sim::{EventId, GroupId, OperationId, ServerId};

/// What the checker knows of one group.
#[derive(Clone, Debug)]
pub(super) struct GroupState {
    pub promises: Promises,
    pub primaries: BTreeMap<Epoch, ServerId>,
    pub succession: Succession,
    /// The highest epoch for which a primary was named.
    pub latest_epoch: Epoch,
    /// Each server that has a log or files of the group on its disk, and how far its log goes.
    pub logs: BTreeMap<ServerId, LogEnd>,
    pub keeper: Keeper,
    pub reads: ReadsShown,
    /// Whether nothing is promised to readers any more.
    pub reads_are_void: bool,
    /// The primaries that go on without acknowledgements.
    pub without_acks: BTreeSet<ServerId>,
    /// When an operator last changed what is promised: what was logged before is judged by no policy.
    pub ruled_since: Option<EventId>,
    /// The last read that was asked for while no checksum was checked.
    pub served_unchecked: Option<OperationId>,
}

impl GroupState {
    pub fn new(world: &impl GroundTruth, group: GroupId) -> Self {
        let promises = world.promises(group);
        let in_sync = world.membership(group).map(|membership| membership.in_sync.clone()).unwrap_or_default();
        Self {
            promises,
            primaries: BTreeMap::new(),
            succession: Succession::default(),
            latest_epoch: Epoch::default(),
            logs: BTreeMap::new(),
            keeper: Keeper::new(promises.keeps, in_sync),
            reads: ReadsShown::default(),
            reads_are_void: promises.reads == ReadsForward::Never,
            without_acks: BTreeSet::new(),
            ruled_since: None,
            served_unchecked: None,
        }
    }

    /// An operator has changed the policy, and this is promised from now on for what is written from now on.
    pub fn on_policy_changed(
        &mut self,
        event: EventId,
        promises: Promises,
        changes: &[PolicyChange],
        last_read: Option<OperationId>,
    ) {
        let had_checksums = self.promises.damage_unserved;
        self.promises = promises;
        if !changes.iter().any(|change| change.changes_promises()) {
            return;
        }
        if promises.damage_unserved && !had_checksums {
            self.served_unchecked = last_read;
        }
        self.ruled_since = Some(event);
        // A primary of an earlier epoch may still reign somewhere, of which the new rules know nothing.
        let searched = self.succession.on_policy_changed();
        let latest = searched.map_or(self.latest_epoch, |epoch| epoch.max(self.latest_epoch));
        self.keeper.on_policy_changed(event, latest, promises.keeps);
        self.void_reads();
    }

    /// What was shown before the loss of a disk may be gone with it.
    pub fn on_disk_lost(&mut self) {
        let by_count = matches!(self.promises.keeps, Keeps::LostDisks(_));
        if by_count && self.promises.reads == ReadsForward::UnderLease {
            // Too few disks may be left to have what a primary inherits before it shows it.
            self.reads_are_void = true;
        }
        self.reads.start_anew();
    }

    /// Nothing is promised to readers any more.
    pub fn void_reads(&mut self) {
        self.reads_are_void = true;
        self.reads.start_anew();
    }
}
