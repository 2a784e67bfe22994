//! What was acknowledged is kept, as long as the promise of the policy holds.

use std::collections::{BTreeMap, BTreeSet};

use super::GroundTruth;
use crate::replication::{Copy, Epoch, Keeps, Revision};
use crate::sim::{Content, EventId, FileId, GroupId, ServerId};

/// A file's last acknowledged write, and what happened to its copies since.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    pub revision: Revision,
    /// From when on lost disks count: the update was put into the primary's log.
    pub since: EventId,
    /// How many lost disks it survives.
    pub survives: usize,
    /// The servers whose copy was damaged since, whether or not it was mended.
    pub rotten: BTreeSet<ServerId>,
    /// The servers that took over a damaged copy from another. With checksums nobody gives up a good copy for that, so
    /// that it takes none away; without, it does.
    pub tainted: BTreeSet<ServerId>,
    /// Whether it is promised no more, or was told to be lost already.
    pub is_void: bool,
    /// How many acknowledged versions of the file had been lost before.
    pub lost_before: usize,
}

/// What was acknowledged in one group, and which of its disks were lost.
#[derive(Clone, Debug)]
pub(super) struct Keeper {
    promise: Keeps,
    files: BTreeMap<FileId, Kept>,
    /// The in-sync servers, once the coordinator has named them.
    in_sync: BTreeSet<ServerId>,
    /// The servers whose disk was lost and that have not come into the in-sync set with all that is kept since.
    forgotten: BTreeSet<ServerId>,
    /// Those of them that the coordinator has named in sync since.
    named_again: BTreeSet<ServerId>,
    /// Each lost disk of a server that kept the group.
    losses: Vec<EventId>,
    /// Each damaged copy.
    damages: Vec<(EventId, ServerId, FileId)>,
    /// Each damaged copy that was taken over from another server.
    taints: Vec<(EventId, ServerId, FileId)>,
    /// Nothing is promised of what was logged before this event.
    void_before: EventId,
    /// The epoch of the last primary that an operator named. Nobody had to promise to follow it, so that primaries
    /// of earlier epochs may still get acknowledgements, of which nothing is promised either.
    void_below: Epoch,
    /// The same for an operator who changed the policy, and for the searches that were under way.
    void_below_policy: Epoch,
}

impl Keeper {
    pub fn new(promise: Keeps, in_sync: BTreeSet<ServerId>) -> Self {
        Self {
            promise,
            files: BTreeMap::new(),
            in_sync,
            forgotten: BTreeSet::new(),
            named_again: BTreeSet::new(),
            losses: Vec::new(),
            damages: Vec::new(),
            taints: Vec::new(),
            void_before: EventId(0),
            void_below: Epoch::default(),
            void_below_policy: Epoch::default(),
        }
    }

    /// Whether anything at all is promised.
    pub fn promises_something(&self) -> bool {
        self.promise != Keeps::Nothing
    }

    pub fn in_sync(&self) -> &BTreeSet<ServerId> {
        &self.in_sync
    }

    pub fn file(&self, file: FileId) -> Option<&Kept> {
        self.files.get(&file)
    }

    /// Takes note of a new acknowledged write.
    pub fn insert(&mut self, file: FileId, mut kept: Kept) {
        self.look_back(file, &mut kept);
        self.files.insert(file, kept);
    }

    /// What happened between the logging and the answer counts too.
    fn look_back(&self, file: FileId, kept: &mut Kept) {
        let since = |list: &[(EventId, ServerId, FileId)]| -> BTreeSet<ServerId> {
            let since = list.iter().rev().take_while(|(event, ..)| *event > kept.since);
            since.filter(|(.., other)| *other == file).map(|(_, server, _)| *server).collect()
        };
        (kept.rotten, kept.tainted) = (since(&self.damages), since(&self.taints));
        kept.is_void =
            kept.since < self.void_before || kept.revision.epoch < self.void_below.max(self.void_below_policy);
    }

    /// Whether a write that was logged at this event, and survives so many lost disks, would still be promised if it were
    /// the file's last acknowledged one.
    pub fn would_hold(
        &self,
        world: &impl GroundTruth,
        group: GroupId,
        file: FileId,
        since: EventId,
        survives: usize,
    ) -> bool {
        self.files.get(&file).is_some_and(|last| {
            let mut kept = Kept { since, survives, ..last.clone() };
            self.look_back(file, &mut kept);
            self.holds(world, group, file, &kept)
        })
    }

    pub fn on_in_sync(
        &mut self,
        world: &impl GroundTruth,
        group: GroupId,
        event: EventId,
        servers: impl Iterator<Item = ServerId>,
        has_log: impl Fn(ServerId) -> bool,
    ) {
        self.in_sync = servers.collect();
        self.named_again = &self.forgotten & &self.in_sync;
        self.recall(world, group, has_log);
        self.void_if_none_is_left(event);
    }

    /// Looks whether the servers that were named in sync again have all that is kept by now.
    pub fn recall(&mut self, world: &impl GroundTruth, group: GroupId, has_log: impl Fn(ServerId) -> bool) {
        if self.named_again.is_empty() {
            return;
        }
        // The coordinator may name a server whose disk was lost again since it caught up.
        let has = |server: ServerId, (file, kept): (&FileId, &Kept)| {
            let copy = world.copy_on_disk(server, group, *file);
            copy.is_some_and(|copy| world.descends_from(*file, copy.revision(), kept.revision))
        };
        let kept = || self.files.iter().filter(|(_, kept)| !kept.is_void);
        let has_all = |server: ServerId| has_log(server) && kept().all(|file| has(server, file));
        let recalled: BTreeSet<ServerId> = self.named_again.iter().copied().filter(|server| has_all(*server)).collect();
        self.forgotten.retain(|server| !recalled.contains(server));
        self.named_again.retain(|server| !recalled.contains(server));
    }

    /// The disk of a server is gone.
    pub fn on_disk_lost(&mut self, event: EventId, server: ServerId) {
        self.losses.push(event);
        self.forgotten.insert(server);
        self.named_again.remove(&server);
        self.void_if_none_is_left(event);
    }

    fn void_if_none_is_left(&mut self, event: EventId) {
        if self.promise == Keeps::WhileOneInSync && self.in_sync.is_subset(&self.forgotten) {
            self.void_all(event);
        }
    }

    /// An operator has taken the matter into the own hands, and named a primary in this epoch.
    pub fn on_named_by_hand(&mut self, event: EventId, epoch: Epoch) {
        self.void_below = self.void_below.max(epoch);
        self.void_all(event);
    }

    /// An operator has changed the policy: it promises this from now on, of what primaries of this epoch or later ones
    /// write from now on.
    pub fn on_policy_changed(&mut self, event: EventId, epoch: Epoch, promise: Keeps) {
        self.promise = promise;
        self.void_below_policy = self.void_below_policy.max(epoch);
        self.void_all(event);
    }

    /// What is lost by now was lost under the old policy.
    pub fn count_lost_anew(&mut self, lost: impl Fn(FileId) -> usize) {
        for (file, kept) in &mut self.files {
            kept.lost_before = lost(*file);
        }
    }

    /// Nothing of what was written is promised any more.
    pub fn void_all(&mut self, event: EventId) {
        self.void_before = event;
        for kept in self.files.values_mut() {
            kept.is_void = true;
        }
    }

    pub fn on_rot(&mut self, event: EventId, server: ServerId, file: FileId) {
        self.damages.push((event, server, file));
        if let Some(kept) = self.files.get_mut(&file) {
            kept.rotten.insert(server);
        }
    }

    /// A server took over a full copy, with the damage that it may carry.
    pub fn on_full_copy(&mut self, world: &impl GroundTruth, event: EventId, server: ServerId, group: GroupId) {
        let files: BTreeSet<FileId> = self.damages.iter().map(|(.., file)| *file).collect();
        for file in files {
            if world.copy_in_memory(server, group, file).is_some_and(is_damaged) {
                self.taints.push((event, server, file));
                if let Some(kept) = self.files.get_mut(&file).filter(|kept| !kept.rotten.is_empty()) {
                    kept.tainted.insert(server);
                }
            }
        }
    }

    /// The files whose acknowledged write is still promised.
    pub fn promised(&self, world: &impl GroundTruth, group: GroupId) -> Vec<FileId> {
        let holds = |(file, kept): &(&FileId, &Kept)| self.holds(world, group, **file, kept);
        self.files.iter().filter(holds).map(|(file, _)| *file).collect()
    }

    /// Whether the file's last acknowledged write is still promised.
    pub fn is_promised(&self, world: &impl GroundTruth, group: GroupId, file: FileId) -> bool {
        self.files.get(&file).is_some_and(|kept| self.holds(world, group, file, kept))
    }

    fn holds(&self, world: &impl GroundTruth, group: GroupId, file: FileId, kept: &Kept) -> bool {
        // A good copy in memory mends nothing as long as the disk still has the damaged one.
        let is_mended = |server: ServerId| {
            world.copy_on_disk(server, group, file).is_some_and(|copy| !is_damaged(copy))
                && !world.copy_in_memory(server, group, file).is_some_and(is_damaged)
        };
        let is_rotten = |server: &&ServerId| !is_mended(**server);
        let takes_away = !world.policy().checksums;
        let lost = || {
            let disks = self.losses.iter().rev().take_while(|event| **event > kept.since).count();
            let taken = kept.tainted.difference(&kept.rotten).filter(|_| takes_away);
            disks + kept.rotten.iter().chain(taken).filter(is_rotten).count()
        };
        let has_damage =
            |server: &ServerId| (kept.rotten.contains(server) || kept.tainted.contains(server)) && is_rotten(&server);
        !kept.is_void
            && match self.promise {
                Keeps::Nothing => false,
                Keeps::Crashes => lost() == 0,
                Keeps::LostDisks(count) => lost() <= count.min(kept.survives),
                Keeps::WhileOneInSync => {
                    self.in_sync.iter().any(|server| !self.forgotten.contains(server) && !has_damage(server))
                }
            }
    }

    /// So many acknowledged versions of a file are lost by now, none of which came after its last one.
    pub fn on_lost(&mut self, file: FileId, count: usize) {
        if let Some(kept) = self.files.get_mut(&file) {
            kept.lost_before = count;
        }
    }

    /// Whether an operator ever named a primary.
    pub fn was_named_by_hand(&self) -> bool {
        self.void_below > Epoch::default()
    }

    /// Whether nothing is promised of what was logged at this event.
    pub fn is_void_since(&self, logged: EventId) -> bool {
        logged < self.void_before
    }

    /// Tells nothing more of this write.
    pub fn give_up(&mut self, file: FileId) {
        if let Some(kept) = self.files.get_mut(&file) {
            kept.is_void = true;
        }
    }
}

/// Whether a copy has an acknowledged write, or one that came after it, undamaged.
pub(super) fn has(world: &impl GroundTruth, file: FileId, copy: Option<&Copy>, revision: Revision) -> bool {
    copy.is_some_and(|copy| !is_damaged(copy) && world.descends_from(file, copy.revision(), revision))
}

pub(super) fn is_damaged(copy: &Copy) -> bool {
    copy.content.as_ref().is_some_and(Content::is_damaged)
}
