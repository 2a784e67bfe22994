//! A simple reference model: it hears what happened, event by event, and says what may not have happened.
//!
//! It knows nothing of the engine's state. What it takes to be promised is `Policy::disk_losses_survived`, and with
//! `Acks::All` not more than the in-sync set can keep: who is left alone in it takes everything along.

use std::collections::{BTreeMap, BTreeSet};

use replicarium::check::{CopyHealth, Verdict};
use replicarium::client::ReadTarget;
use replicarium::replication::{Acks, Epoch, Version};
use replicarium::sim::{ClientId, Content, FileId, GroupId, NodeId, OperationId, ServerId};
use replicarium::world::{Event, EventKind, MAIN_GROUP, OperationKind, OutcomeView, Role, ServerStatus, View};

use super::options::{Family, Options};

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    pub invariant: &'static str,
    pub detail: String,
}

pub fn failure<T>(invariant: &'static str, detail: impl Into<String>) -> Result<T, Failure> {
    Err(Failure { invariant, detail: detail.into() })
}

/// What the coordinator of a log position is: group, epoch, index.
type Place = (GroupId, Epoch, u64);

/// A logged update.
#[derive(Clone, Copy, Debug)]
struct Logged {
    group: GroupId,
    /// How many disks had been lost when it was first logged.
    losses_before: u64,
    /// The fewest in-sync servers since.
    least_in_sync: usize,
    /// How many replicas had acknowledged it when its client was told.
    acks: Option<usize>,
}

/// A file's last acknowledged write.
#[derive(Clone, Copy, Debug)]
struct Kept {
    operation: OperationId,
    version: Version,
    deletes: bool,
    /// The latest epoch of its group when its client was told: what primaries of earlier ones do is fenced.
    epoch: Epoch,
    /// Whether nothing is promised any more.
    is_void: bool,
}

/// What a read must find at least.
#[derive(Clone, Copy, Debug)]
struct Floor {
    file: FileId,
    voided: u64,
    kept: Option<Kept>,
}

/// A log on a disk: the epoch and the operation of each index.
#[derive(Clone, Debug, Default)]
struct DiskLog {
    entries: BTreeMap<u64, (Epoch, OperationId)>,
    /// How many full copies were taken over: after each the log may begin anew anywhere, once.
    jumps: u32,
    /// The index at which it began after the last full copy.
    begins_at: Option<u64>,
}

pub struct Model {
    options: Options,
    primaries: BTreeMap<(GroupId, Epoch), ServerId>,
    positions: BTreeMap<Place, (OperationId, FileId, Version)>,
    predecessors: BTreeMap<Place, Epoch>,
    disks: BTreeMap<(ServerId, GroupId), DiskLog>,
    logged: BTreeMap<OperationId, Logged>,
    versions: BTreeMap<(FileId, Version), BTreeSet<OperationId>>,
    deletions: BTreeSet<OperationId>,
    contents: BTreeMap<OperationId, Content>,
    kept: BTreeMap<FileId, Kept>,
    floors: BTreeMap<OperationId, Floor>,
    seen_reads: BTreeSet<OperationId>,
    /// Reads that need not ask the primary.
    reads_anywhere: BTreeSet<OperationId>,
    /// The files of which an acknowledged write may have been lost some time, for which the ledger remembers it.
    ever_void: BTreeSet<FileId>,
    /// How often nothing was promised any more of what had been promised.
    voided: u64,
    /// The groups in which an operator promoted a server, whatever it lacked.
    promoted_by_hand: BTreeSet<GroupId>,
    /// How many updates each primary has under way.
    under_way: BTreeMap<(ServerId, GroupId), BTreeSet<(OperationId, Version)>>,
    in_sync: BTreeMap<GroupId, BTreeSet<ServerId>>,
    losses: u64,
    /// How many events were heard, and by that count when each server lost a disk and came into each in-sync set.
    heard: u64,
    disk_lost: BTreeMap<ServerId, u64>,
    came_in: BTreeMap<(GroupId, ServerId), u64>,
    clocks_were_set: bool,
    groups: BTreeMap<FileId, GroupId>,
    names: BTreeMap<FileId, String>,
    pub rotted: bool,
}

impl Model {
    pub fn new(options: &Options) -> Self {
        Self {
            options: options.clone(),
            primaries: BTreeMap::new(),
            positions: BTreeMap::new(),
            predecessors: BTreeMap::new(),
            disks: BTreeMap::new(),
            logged: BTreeMap::new(),
            versions: BTreeMap::new(),
            deletions: BTreeSet::new(),
            contents: BTreeMap::new(),
            kept: BTreeMap::new(),
            floors: BTreeMap::new(),
            seen_reads: BTreeSet::new(),
            reads_anywhere: BTreeSet::new(),
            ever_void: BTreeSet::new(),
            voided: 0,
            promoted_by_hand: BTreeSet::new(),
            under_way: BTreeMap::new(),
            in_sync: BTreeMap::new(),
            losses: 0,
            heard: 0,
            disk_lost: BTreeMap::new(),
            came_in: BTreeMap::new(),
            clocks_were_set: false,
            groups: BTreeMap::new(),
            names: BTreeMap::new(),
            rotted: false,
        }
    }

    /// The group of a file, once it was logged.
    pub fn group_of(&self, file: FileId) -> Option<GroupId> {
        self.groups.get(&file).copied()
    }

    /// What a write of the test writes.
    pub fn note_content(&mut self, operation: OperationId, content: Content) {
        self.contents.insert(operation, content);
    }

    /// A read of the test that need not ask the primary.
    pub fn note_read_anywhere(&mut self, operation: OperationId) {
        self.reads_anywhere.insert(operation);
    }

    /// Hears one event.
    pub fn observe(&mut self, event: &Event) -> Result<(), Failure> {
        self.heard += 1;
        match event.kind {
            EventKind::BecamePrimary { server, group, epoch } => {
                self.under_way.remove(&(server, group));
                let known = *self.primaries.entry((group, epoch)).or_insert(server);
                if known != server {
                    return failure(
                        "one-primary-per-epoch",
                        format!("{known} and {server} in epoch {epoch} of {group}"),
                    );
                }
                Ok(())
            }
            EventKind::UpdateLogged { server, group, file, version, operation, epoch, index } => {
                self.on_logged((group, epoch, index), operation, file, version)?;
                self.on_under_way(server, group, epoch, operation, version)
            }
            EventKind::UpdateNotConfirmed { server, operation, version, .. } => {
                for ((primary, _), under_way) in &mut self.under_way {
                    if *primary == server {
                        under_way.remove(&(operation, version));
                    }
                }
                Ok(())
            }
            EventKind::UpdateOnDisk { server, group, operation, epoch, index, .. } => {
                self.on_disk(server, (group, epoch, index), operation)
            }
            EventKind::FullCopyTaken { server, group, .. } => {
                self.disks.entry((server, group)).or_default().jumps += 1;
                if self.rotted && !self.options.settings.policy.checksums {
                    // Nobody sees the damage that comes with it and takes a good copy away.
                    self.losses += 1;
                    self.void_what_is_lost();
                }
                Ok(())
            }
            EventKind::GroupDropped { server, group } => {
                self.disks.remove(&(server, group));
                Ok(())
            }
            EventKind::ServerKilled { server }
            | EventKind::DiskWiped { server }
            | EventKind::ServerRemoved { server } => {
                self.losses += 1;
                self.disk_lost.insert(server, self.heard);
                self.disks.retain(|(owner, _), _| *owner != server);
                self.void_what_is_lost();
                Ok(())
            }
            EventKind::CopyRotted { .. } => {
                self.losses += 1;
                self.rotted = true;
                self.void_what_is_lost();
                Ok(())
            }
            EventKind::InSyncChanged { group, ref servers } => {
                self.set_in_sync(group, servers.iter().copied().collect());
                Ok(())
            }
            EventKind::Promoted { group, by_hand: true, .. } => {
                self.promoted_by_hand.insert(group);
                self.void_what_is_lost();
                Ok(())
            }
            EventKind::PromotionAsked { .. } => {
                self.promoted_by_hand.insert(MAIN_GROUP);
                self.void_what_is_lost();
                Ok(())
            }
            EventKind::ClockSkewed { .. } => {
                self.clocks_were_set = true;
                Ok(())
            }
            EventKind::UpdateAnswered { server, group, version, operation, acks, .. } => {
                if let Some(under_way) = self.under_way.get_mut(&(server, group)) {
                    under_way.remove(&(operation, version));
                }
                if let Some(logged) = self.logged.get_mut(&operation) {
                    logged.acks = Some(acks);
                }
                Ok(())
            }
            EventKind::OperationStarted { operation, client, kind, file } => {
                self.on_started(operation, client, kind, file);
                Ok(())
            }
            EventKind::OperationDone { operation, kind, file, version, .. } => {
                self.on_done(operation, kind, file, version)
            }
            EventKind::OperationFound { operation, file, version, damaged, .. } => {
                self.on_found(operation, file, version, damaged)
            }
            _ => Ok(()),
        }
    }

    fn on_logged(
        &mut self,
        place: Place,
        operation: OperationId,
        file: FileId,
        version: Version,
    ) -> Result<(), Failure> {
        self.groups.insert(file, place.0);
        let least_in_sync = self.in_sync.get(&place.0).map_or(usize::MAX, BTreeSet::len);
        let kept = self.kept.get(&file).filter(|kept| !kept.is_void && place.1 > Epoch(0) && place.1 >= kept.epoch);
        if let Some(kept) = kept.filter(|kept| version <= kept.version && operation != kept.operation) {
            let detail =
                format!("{} of {file} was acknowledged; {operation} makes {version} at {place:?}", kept.version);
            return failure("acknowledged-is-kept", detail);
        }
        let logged = Logged { group: place.0, losses_before: self.losses, least_in_sync, acks: None };
        self.logged.entry(operation).or_insert(logged);
        self.versions.entry((file, version)).or_default().insert(operation);
        let known = *self.positions.entry(place).or_insert((operation, file, version));
        if self.options.settings.policy.fencing && place.1 > Epoch(0) && known != (operation, file, version) {
            return failure(
                "no-update-without-predecessor",
                format!("two updates at {place:?}: {known:?} and {operation}"),
            );
        }
        Ok(())
    }

    /// No more updates are under way at a primary than its window allows.
    fn on_under_way(
        &mut self,
        server: ServerId,
        group: GroupId,
        epoch: Epoch,
        operation: OperationId,
        version: Version,
    ) -> Result<(), Failure> {
        if epoch == Epoch(0) {
            return Ok(());
        }
        let under_way = self.under_way.entry((server, group)).or_default();
        under_way.insert((operation, version));
        let window = self.options.settings.policy.window;
        if under_way.len() > window {
            let detail = format!("{} updates are under way at {server}, and the window is {window}", under_way.len());
            return failure("the-window-holds", detail);
        }
        Ok(())
    }

    /// A log on a disk has no holes, agrees with all others where the epochs agree, and does a write once.
    fn on_disk(&mut self, server: ServerId, place: Place, operation: OperationId) -> Result<(), Failure> {
        let (group, epoch, index) = place;
        // A file with one copy has no log.
        if !self.options.settings.policy.fencing || epoch == Epoch(0) {
            return Ok(());
        }
        let log = self.disks.entry((server, group)).or_default();
        log.entries.split_off(&index);
        let before = index.checked_sub(1).and_then(|before| log.entries.get(&before)).copied();
        let begins = index == 1 || log.begins_at == Some(index);
        let expected = self.predecessors.get(&place);
        // The first update needs no full copy before it: one that was taken over may still be on its way to the disk.
        let jumps = log.jumps > 0 && index > 1;
        if jumps && before.is_none_or(|(epoch, _)| expected.is_some_and(|expected| *expected != epoch)) {
            *log = DiskLog { jumps: log.jumps - 1, begins_at: Some(index), ..DiskLog::default() };
            log.entries.insert(index, (epoch, operation));
            return Ok(());
        }
        if before.is_none() && !begins {
            return failure("no-update-without-predecessor", format!("{server} has {place:?} and not the one before"));
        }
        // After a full copy it can't be told whether what was before it on this disk is still there.
        let is_sure = log.jumps == 0 || expected.is_some();
        if let Some((before, _)) = before.filter(|_| is_sure) {
            let known = *self.predecessors.entry(place).or_insert(before);
            if known != before {
                let detail = format!("before {place:?} comes epoch {known} and on {server} epoch {before}");
                return failure("no-update-without-predecessor", detail);
            }
        }
        let expected = self.positions.get(&place).map(|(operation, ..)| *operation);
        if expected != Some(operation) {
            let detail = format!("{server} has {operation} at {place:?}, where {expected:?} was logged");
            return failure("no-update-without-predecessor", detail);
        }
        let log = self.disks.entry((server, group)).or_default();
        let again = log.entries.iter().find(|(_, (_, other))| *other == operation);
        let again = again.map(|(other, (epoch, _))| (*other, *epoch));
        log.entries.insert(index, (epoch, operation));
        // No more than that is remembered for sure.
        let is_near = |(other, _): &(u64, Epoch)| index.abs_diff(*other) <= 64;
        // After a full copy the log here may still show what the copy has replaced.
        let is_in_this_log = |(other, epoch): &(u64, Epoch)| self.epoch_before(place, *other) == Some(*epoch);
        let again = again.filter(is_near).filter(is_in_this_log).filter(|_| self.has_key(operation));
        if let Some((other, _)) = again {
            return failure("a-key-is-done-once", format!("{operation} is at {other} and {index} on {server}"));
        }
        Ok(())
    }

    /// The epoch of an update with a lower index in the log that leads to a place, as far as disks have told it.
    fn epoch_before(&self, (group, mut epoch, index): Place, lower: u64) -> Option<Epoch> {
        for index in (lower + 1..=index).rev() {
            epoch = *self.predecessors.get(&(group, epoch, index))?;
        }
        Some(epoch)
    }

    /// Whether the client of an operation sends it again under the same name. Both clients or none do, if unsure.
    fn has_key(&self, _operation: OperationId) -> bool {
        self.options.settings.clients.iter().all(|client| client.with_key || client.attempts == 1)
    }

    fn on_started(&mut self, operation: OperationId, client: NodeId, kind: OperationKind, file: FileId) {
        if kind == OperationKind::Delete {
            self.deletions.insert(operation);
        }
        let asks_primary = match client {
            NodeId::Client(ClientId(number)) => {
                let settings = self.options.settings.clients.get(usize::from(number) - 1);
                settings.is_some_and(|settings| settings.read_from == ReadTarget::Primary)
            }
            _ => false,
        };
        if kind == OperationKind::Read && asks_primary {
            self.floors.insert(operation, Floor { file, voided: self.voided, kept: self.kept.get(&file).copied() });
        }
    }

    fn on_done(
        &mut self,
        operation: OperationId,
        kind: OperationKind,
        file: FileId,
        version: Version,
    ) -> Result<(), Failure> {
        if !self.versions.get(&(file, version)).is_some_and(|operations| operations.contains(&operation)) {
            return failure("what-is-told-was-done", format!("{operation} was told to have made {version}"));
        }
        let deletes = kind == OperationKind::Delete;
        let of_group = |group: GroupId| (group, Epoch(0))..=(group, Epoch(u64::MAX));
        let last = |group: GroupId| self.primaries.range(of_group(group)).next_back().map(|((_, epoch), _)| *epoch);
        let epoch = self.group_of(file).and_then(last).unwrap_or_default();
        let kept = Kept { operation, version, deletes, epoch, is_void: false };
        let is_newer = self.kept.get(&file).is_none_or(|before| before.is_void || before.version < version);
        if is_newer {
            self.kept.insert(file, kept);
        } else if self.is_lost(operation) {
            // It was lost before its client was told, and others were told of later writes meanwhile.
            self.ever_void.insert(file);
        }
        self.void_what_is_lost();
        Ok(())
    }

    fn on_found(
        &mut self,
        operation: OperationId,
        file: FileId,
        version: Option<Version>,
        damaged: bool,
    ) -> Result<(), Failure> {
        if damaged && self.options.settings.policy.checksums {
            return failure("damage-is-not-served", format!("{operation} got a damaged copy of {file}"));
        }
        if let Some(version) = version.filter(|version| !self.versions.contains_key(&(file, *version))) {
            return failure("what-is-read-was-written", format!("{operation} read {version}, which nobody wrote"));
        }
        let Some(Floor { file, voided, kept: Some(kept) }) = self.floors.remove(&operation) else { return Ok(()) };
        if voided != self.voided {
            return Ok(());
        }
        if self.reads_anywhere.contains(&operation) || !self.reads_are_promised(file) || kept.is_void {
            return Ok(());
        }
        let is_old = match version {
            Some(version) => version < kept.version,
            None => !kept.deletes && !self.was_deleted_after(file, kept.version),
        };
        if is_old {
            let detail =
                format!("{operation} read {version:?} of {file}, and {} was acknowledged before", kept.version);
            return failure("reads-never-go-back", detail);
        }
        Ok(())
    }

    pub fn was_deleted_after(&self, file: FileId, version: Version) -> bool {
        let later = self.versions.range((file, version)..).take_while(|((found, _), _)| *found == file);
        later.flat_map(|(_, operations)| operations).any(|operation| self.deletions.contains(operation))
    }

    /// Whether reads from the primary are up to date: without faults always, else under fencing and a lease.
    fn reads_are_promised(&self, file: FileId) -> bool {
        let policy = &self.options.settings.policy;
        if self.options.family == Family::Calm {
            return true;
        }
        let is_void = self.kept.get(&file).is_none_or(|kept| kept.is_void);
        let has_lease = policy.read_lease.is_some() && policy.fencing && !self.clocks_were_set;
        has_lease && !is_void && policy.disk_losses_survived(0).is_some()
    }

    pub fn set_in_sync(&mut self, group: GroupId, servers: BTreeSet<ServerId>) {
        let count = servers.len();
        let before = self.in_sync.remove(&group).unwrap_or_default();
        for server in servers.difference(&before) {
            self.came_in.insert((group, *server), self.heard);
        }
        self.in_sync.insert(group, servers);
        for logged in self.logged.values_mut().filter(|logged| logged.group == group) {
            logged.least_in_sync = logged.least_in_sync.min(count);
        }
        self.void_what_is_lost();
    }

    /// How many lost disks an acknowledged operation survives; none where nothing is promised.
    fn survives(&self, logged: &Logged) -> Option<u64> {
        let policy = &self.options.settings.policy;
        let nominal = if let Acks::Count(count) = policy.acks { count } else { 0 };
        let promised = policy.disk_losses_survived(logged.acks.unwrap_or(nominal))?;
        let kept = match policy.acks {
            Acks::Count(count) => promised.min(count),
            Acks::None | Acks::All => promised.min(logged.least_in_sync.saturating_sub(1)),
        };
        Some(kept as u64)
    }

    /// Whether more was lost since an operation was logged than it survives.
    fn is_lost(&self, operation: OperationId) -> bool {
        let Some(logged) = self.logged.get(&operation) else { return true };
        let lost = self.losses - logged.losses_before;
        self.promoted_by_hand.contains(&logged.group) || self.survives(logged).is_none_or(|survives| lost > survives)
    }

    fn void_what_is_lost(&mut self) {
        let is_lost = |(_, kept): &(&FileId, &Kept)| self.is_lost(kept.operation);
        let voids: Vec<FileId> = self.kept.iter().filter(is_lost).map(|(file, _)| *file).collect();
        for file in voids {
            self.ever_void.insert(file);
            self.voided += u64::from(self.kept.get(&file).is_some_and(|kept| !kept.is_void));
            if let Some(kept) = self.kept.get_mut(&file) {
                kept.is_void = true;
            }
        }
    }

    /// Compares with a picture of the present moment.
    pub fn compare(&mut self, view: &View) -> Result<(), Failure> {
        for group in &view.coordinator.groups {
            let in_sync: BTreeSet<ServerId> = group.in_sync.iter().copied().collect();
            if self.in_sync.get(&group.id) != Some(&in_sync) {
                self.set_in_sync(group.id, in_sync);
            }
        }
        for row in &view.ledger.rows {
            self.names.insert(row.file, row.name.clone());
            let is_void = self.kept.get(&row.file).is_none_or(|kept| kept.is_void);
            let is_void = is_void || (self.ever_void.contains(&row.file) && row.reason.contains("took its place"));
            if row.verdict == Verdict::LostAcknowledged && !is_void {
                return failure("acknowledged-is-kept", format!("{}: {}", row.name, row.reason));
            }
        }
        self.compare_reads(view)?;
        if is_well(view) {
            self.renew_promises(view);
        }
        Ok(())
    }

    /// What a read of the test brought is what was written under that version.
    fn compare_reads(&mut self, view: &View) -> Result<(), Failure> {
        for operation in view.operations.iter().filter(|operation| operation.kind == OperationKind::Read) {
            let OutcomeView::Ok { version: Some(version), content: Some(content) } = &operation.outcome else {
                continue;
            };
            if !self.seen_reads.insert(operation.id) || content.is_damaged() {
                continue;
            }
            let writers = self.versions.get(&(operation.file, *version)).into_iter().flatten();
            let known: Vec<Option<&Content>> = writers.map(|writer| self.contents.get(writer)).collect();
            if known.iter().all(|known| known.is_some_and(|known| known != content)) {
                let detail = format!("{} read other bytes than {version} has", operation.id);
                return failure("what-is-read-was-written", detail);
            }
        }
        Ok(())
    }

    /// All is well again, so that what is on all servers can survive as much as when it was acknowledged.
    fn renew_promises(&mut self, view: &View) {
        for row in &view.ledger.rows {
            let Some(kept) = self.kept.get(&row.file).filter(|kept| !kept.is_void).copied() else { continue };
            let all_fresh = row.copies.iter().all(|(_, health)| *health == CopyHealth::Fresh);
            let group = self.groups.get(&row.file).copied().unwrap_or(MAIN_GROUP);
            // A coordinator without a leader does not notice that a server comes back with another disk.
            if row.copies.iter().any(|(server, _)| self.is_forgetful(group, *server)) {
                continue;
            }
            let current = self.in_sync.get(&group).map(BTreeSet::len);
            let Some(logged) = self.logged.get_mut(&kept.operation) else { continue };
            let one_copy = row.copies.len() <= 1;
            if row.acknowledged == Some(kept.version) && all_fresh && !one_copy {
                logged.losses_before = self.losses;
                logged.least_in_sync = current.unwrap_or(usize::MAX);
                if self.options.settings.policy.acks == Acks::All {
                    logged.acks = current.map(|count| count - 1);
                }
            }
        }
    }

    /// Whether a server has lost its disk and has not come into the in-sync set since.
    fn is_forgetful(&self, group: GroupId, server: ServerId) -> bool {
        let came_in = self.came_in.get(&(group, server)).copied().unwrap_or(0);
        self.disk_lost.get(&server).is_some_and(|lost| *lost >= came_in)
    }

    /// The files whose last acknowledged write must be there in the end, with its version and whether it deleted.
    pub fn must_be_there(&self) -> impl Iterator<Item = (FileId, Version, bool)> + '_ {
        let promised = self.kept.iter().filter(|(_, kept)| !kept.is_void);
        promised.map(|(file, kept)| (*file, kept.version, kept.deletes))
    }
}

/// Whether every server is up and in sync and every group has its primary.
pub fn is_well(view: &View) -> bool {
    let all_up = view.servers.iter().all(|server| server.status == ServerStatus::Up && !server.suspected);
    let settled =
        |group: &replicarium::world::GroupView| group.primary.is_some() && group.joining.is_empty() && !group.electing;
    let one_primary = view.servers.iter().filter(|server| server.role == Role::Primary).count() == 1;
    let everyone = view.coordinator.in_sync.len() == view.servers.len();
    all_up && one_primary && everyone && view.coordinator.groups.iter().all(settled)
}
