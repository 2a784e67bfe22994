//! The replicated log of updates, and the files that it makes.

use core::fmt;
use core::ops::Bound;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::sim::{Content, FileId, OperationId};

/// The reign of one primary; the coordinator raises it with each promotion. Raft calls it a term.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Epoch(pub u64);

impl Epoch {
    /// The epoch after this one.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for Epoch {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

/// The version of a file: 1 when it is first written, one more with each update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version(pub u64);

impl fmt::Display for Version {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "v{}", self.0)
    }
}

/// A place in the log. A later epoch is more up to date than any index of an earlier one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Position {
    /// The epoch in which the update was logged.
    pub epoch: Epoch,
    /// Its number in the log, from 1.
    pub index: u64,
}

/// The name of one write: the operation that asked for it, and which attempt of it.
///
/// A client that retries with an idempotency key sends the same name again, so that the write is done once;
/// one that retries without it sends a new attempt, which counts as another write.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WriteId {
    /// The operation.
    pub operation: OperationId,
    /// The attempt, from 0.
    pub attempt: u8,
}

/// What an update does to its file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// The file now has this content.
    Put(Content),
    /// The file is gone.
    Delete,
}

/// One update in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Its place in the log.
    pub position: Position,
    /// The file that it changes.
    pub file: FileId,
    /// The version that it makes.
    pub version: Version,
    /// What it does.
    pub change: Change,
    /// The write that asked for it.
    pub write: WriteId,
    /// What it replaces.
    pub replaces: Option<Revision>,
}

impl Update {
    /// What it makes of the file.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision { version: self.version, epoch: self.position.epoch, write: self.write }
    }

    /// The copy that a server has of the file after this update.
    #[must_use]
    pub fn copy(&self) -> Copy {
        let content = match &self.change {
            Change::Put(content) => Some(content.clone()),
            Change::Delete => None,
        };
        Copy { version: self.version, epoch: self.position.epoch, write: self.write, content }
    }

    /// The bytes that the update takes on a link, with some 100 bytes of header.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        match &self.change {
            Change::Put(content) => 100 + content.size_bytes(),
            Change::Delete => 100,
        }
    }
}

/// A state of a file in its history.
///
/// A write can be done twice, by two primaries that don't know of each other, or by one that has forgotten it: each
/// time it makes another revision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Revision {
    /// The version; what it replaced has an earlier one.
    pub version: Version,
    /// The epoch of the primary that logged it.
    pub epoch: Epoch,
    /// The write.
    pub write: WriteId,
}

/// The state of one file on one server. A deleted file leaves its last version behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// The version.
    pub version: Version,
    /// The epoch of the primary that logged it.
    pub epoch: Epoch,
    /// The write that made it.
    pub write: WriteId,
    /// Its bytes; none once the file is deleted.
    pub content: Option<Content>,
}

impl Copy {
    /// The state of the file that it is a copy of.
    #[must_use]
    pub fn revision(&self) -> Revision {
        Revision { version: self.version, epoch: self.epoch, write: self.write }
    }

    /// The bytes that it takes.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.content.as_ref().map_or(0, Content::size_bytes)
    }

    /// Whether its bytes still have their checksum; a deleted file has none to lose.
    #[must_use]
    pub fn is_sound(&self) -> bool {
        self.content.as_ref().is_none_or(Content::is_sound)
    }
}

/// The files on one server.
pub type Files = BTreeMap<FileId, Copy>;

/// All files at one place in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    /// The place of the last update in it.
    pub position: Position,
    /// The files.
    pub files: Arc<Files>,
    /// The last writes in it, oldest first, and the versions that they made: by them a request that comes again
    /// is known. Some 64 of them (`WRITES_REMEMBERED`).
    pub writes: Arc<VecDeque<(WriteId, Version)>>,
}

/// How many writes are remembered that the log has no more.
pub const WRITES_REMEMBERED: usize = 64;

fn remember(writes: &mut VecDeque<(WriteId, Version)>, update: &Update) {
    if writes.len() >= WRITES_REMEMBERED {
        writes.pop_front();
    }
    writes.push_back((update.write, update.version));
}

/// A log with the files before it and the files after it.
///
/// The log keeps a limited number of updates; older ones are folded into the base.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Store {
    base: Snapshot,
    log: VecDeque<Arc<Update>>,
    files: Files,
}

impl Store {
    /// The place of the last update.
    #[must_use]
    pub fn last(&self) -> Position {
        self.log.back().map_or(self.base.position, |update| update.position)
    }

    /// The index before the first update that the log still has.
    #[must_use]
    pub fn base_index(&self) -> u64 {
        self.base.position.index
    }

    /// The files after the last update.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }

    /// All files at the end of the log.
    #[must_use]
    pub fn snapshot(&self) -> Snapshot {
        let mut writes = (*self.base.writes).clone();
        for update in &self.log {
            remember(&mut writes, update);
        }
        Snapshot { position: self.last(), files: Arc::new(self.files.clone()), writes: Arc::new(writes) }
    }

    /// The update at `index`, if the log has it.
    #[must_use]
    pub fn update(&self, index: u64) -> Option<&Arc<Update>> {
        let offset = index.checked_sub(self.base_index() + 1)?;
        self.log.get(usize::try_from(offset).ok()?)
    }

    /// The place at `index`, if it is the base or in the log.
    #[must_use]
    pub fn position(&self, index: u64) -> Option<Position> {
        if index == self.base_index() {
            return Some(self.base.position);
        }
        self.update(index).map(|update| update.position)
    }

    /// The last index whose update was logged in `epoch` or before, not beyond `limit`: the last place at
    /// which this log and one that ends in `epoch` at `limit` can agree (Raft dissertation, §3.5).
    #[must_use]
    pub fn last_index_agreeing(&self, epoch: Epoch, limit: u64) -> Option<u64> {
        let mut index = limit.min(self.last().index);
        loop {
            if self.position(index)?.epoch <= epoch {
                return Some(index);
            }
            index = index.checked_sub(1)?;
        }
    }

    /// The update of a write, if the log still has it.
    #[must_use]
    pub fn find(&self, write: WriteId) -> Option<&Arc<Update>> {
        self.log.iter().rev().find(|update| update.write == write)
    }

    /// The version that a write made which the log has no more, if it is one of the last.
    #[must_use]
    pub fn remembered(&self, write: WriteId) -> Option<Version> {
        self.base.writes.iter().rev().find(|(known, _)| *known == write).map(|(_, version)| *version)
    }

    /// One bit of this server's copy of a file flips. Returns whether there was a bit to flip.
    pub fn rot(&mut self, file: FileId, bit: u64) -> bool {
        rot(&mut self.files, file, bit)
    }

    /// Puts a good copy in the place of a damaged one of the same write. Returns whether it did.
    pub fn repair(&mut self, file: FileId, copy: &Copy) -> bool {
        repair(&mut self.files, file, copy)
    }

    /// The bytes that the files take.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.files.values().map(Copy::size_bytes).sum()
    }

    /// The bytes that the files would take after these updates. Those that the log has are left out, and where they
    /// disagree with it, it is taken to be cut off first.
    #[must_use]
    pub fn size_bytes_with(&self, updates: &[Arc<Update>]) -> u64 {
        let is_known = |update: &Arc<Update>| {
            let index = update.position.index;
            index <= self.base_index() || self.position(index) == Some(update.position)
        };
        let known = updates.iter().take_while(|update| is_known(update)).count();
        let Some(first) = updates.get(known) else { return self.size_bytes() };
        let is_cut = first.position.index <= self.last().index;
        let files = if is_cut { &*self.base.files } else { &self.files };
        let mut sizes: BTreeMap<FileId, u64> = files.iter().map(|(file, copy)| (*file, copy.size_bytes())).collect();
        let kept = self.log.iter().filter(|update| is_cut && update.position.index < first.position.index);
        for update in kept.chain(&updates[known..]) {
            sizes.insert(update.file, update.copy().size_bytes());
        }
        sizes.values().sum()
    }

    /// Appends an update, and folds the oldest into the base when there are more than `log_limit`.
    pub fn append(&mut self, update: Arc<Update>, log_limit: usize) {
        debug_assert_eq!(update.position.index, self.last().index + 1, "a log has no holes");
        apply(&mut self.files, &update);
        self.log.push_back(update);
        while self.log.len() > log_limit {
            if let Some(oldest) = self.log.pop_front() {
                apply(Arc::make_mut(&mut self.base.files), &oldest);
                remember(Arc::make_mut(&mut self.base.writes), &oldest);
                self.base.position = oldest.position;
            }
        }
    }

    /// Cuts off all updates from `from_index` on; what is in the base stays. Returns how many went.
    pub fn truncate(&mut self, from_index: u64) -> u64 {
        let before = self.log.len();
        while self.log.back().is_some_and(|update| update.position.index >= from_index) {
            self.log.pop_back();
        }
        let count = before - self.log.len();
        if count > 0 {
            let before = core::mem::replace(&mut self.files, (*self.base.files).clone());
            for update in &self.log {
                apply(&mut self.files, update);
            }
            // What rotted stays damaged.
            for (file, copy) in before.into_iter().filter(|(_, copy)| !copy.is_sound()) {
                repair(&mut self.files, file, &copy);
            }
        }
        count as u64
    }

    /// Replaces everything by a full copy.
    pub fn install(&mut self, snapshot: Snapshot) {
        self.files = (*snapshot.files).clone();
        self.log.clear();
        self.base = snapshot;
    }
}

/// The file after this one, or the first.
pub(super) fn after(files: &Files, last: Option<FileId>) -> Option<(FileId, &Copy)> {
    let next = last.and_then(|last| files.range((Bound::Excluded(last), Bound::Unbounded)).next());
    next.or_else(|| files.first_key_value()).map(|(file, copy)| (*file, copy))
}

fn apply(files: &mut Files, update: &Update) {
    files.insert(update.file, update.copy());
}

/// One bit of the copy of a file flips. Returns whether there was a bit to flip.
pub(super) fn rot(files: &mut Files, file: FileId, bit: u64) -> bool {
    let content = files.get_mut(&file).and_then(|copy| copy.content.as_mut());
    let Some(content) = content.filter(|content| content.size_bytes() > 0) else { return false };
    *content = content.with_flipped_bit(bit);
    true
}

/// Puts the bytes of a copy in the place of those of one of the same write. Returns whether it did.
pub(super) fn repair(files: &mut Files, file: FileId, copy: &Copy) -> bool {
    let Some(own) = files.get_mut(&file).filter(|own| own.write == copy.write) else { return false };
    own.content.clone_from(&copy.content);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(epoch: u64, index: u64) -> Arc<Update> {
        Arc::new(Update {
            position: Position { epoch: Epoch(epoch), index },
            file: FileId(0),
            version: Version(index),
            change: Change::Put(Content::new(format!("{epoch}.{index}").as_bytes())),
            write: WriteId { operation: OperationId(index), attempt: 0 },
            replaces: None,
        })
    }

    fn store(updates: &[(u64, u64)], log_limit: usize) -> Store {
        let mut store = Store::default();
        for (epoch, index) in updates {
            store.append(update(*epoch, *index), log_limit);
        }
        store
    }

    #[test]
    fn truncation_brings_the_earlier_version_back() {
        let mut store = store(&[(1, 1), (1, 2), (1, 3)], 64);
        assert_eq!(store.truncate(2), 2);
        assert_eq!(store.files()[&FileId(0)].version, Version(1));
        assert_eq!(store.last().index, 1);
    }

    #[test]
    fn what_rotted_stays_damaged_when_another_update_is_cut_off() {
        let mut store = store(&[(1, 1)], 64);
        let other = Update { file: FileId(1), ..(*update(1, 2)).clone() };
        store.append(Arc::new(other), 64);
        assert!(store.rot(FileId(0), 5));
        assert_eq!(store.truncate(2), 1);
        assert!(!store.files()[&FileId(0)].is_sound());
    }

    #[test]
    fn old_updates_fold_into_the_base_and_cannot_be_cut_off() {
        let mut store = store(&[(1, 1), (1, 2), (1, 3)], 2);
        assert_eq!(store.base_index(), 1);
        assert!(store.update(1).is_none());
        assert_eq!(store.truncate(1), 2);
        assert_eq!(store.files()[&FileId(0)].version, Version(1));
    }

    #[test]
    fn two_logs_agree_up_to_the_last_place_of_a_common_epoch() {
        let store = store(&[(1, 1), (1, 2), (3, 3), (3, 4)], 64);
        assert_eq!(store.last_index_agreeing(Epoch(2), 9), Some(2));
        assert_eq!(store.last_index_agreeing(Epoch(3), 3), Some(3));
        assert_eq!(store.last_index_agreeing(Epoch(0), 4), Some(0));
    }
}
