//! What the ledger remembers: which write replaced which, and which were acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::replication::{Change, Update, Version, WriteId};
use crate::sim::{FileId, OperationId};

/// One write that a primary, or the server of a one-copy file, has logged.
#[derive(Clone, Debug)]
struct Written {
    version: Version,
    replaces: Option<WriteId>,
    deletes: bool,
}

/// What the ledger remembers of one file.
#[derive(Clone, Debug, Default)]
struct FileBook {
    /// The writes that can still matter: what came before the last acknowledged one can't.
    written: BTreeMap<WriteId, Written>,
    /// The last acknowledged write.
    acknowledged: Option<WriteId>,
    /// Acknowledged versions that were lost and replaced by others since.
    lost: Vec<Version>,
}

/// An acknowledged write and how many replicas had it when its client was told ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// The write.
    pub write: WriteId,
    /// Its version.
    pub version: Version,
    /// Whether it deleted the file.
    pub deletes: bool,
}

/// The lineage of all writes, and what clients were told.
#[derive(Clone, Debug, Default)]
pub struct LedgerBook {
    files: BTreeMap<FileId, Arc<FileBook>>,
    /// The write that each operation's answer was about, until its client has it.
    answered: BTreeMap<OperationId, WriteId>,
}

impl LedgerBook {
    /// A write was logged.
    pub fn on_logged(&mut self, update: &Update) {
        let deletes = update.change == Change::Delete;
        let written = Written { version: update.version, replaces: update.replaces, deletes };
        self.file(update.file).written.insert(update.write, written);
    }

    /// A primary told a client ok.
    pub fn on_answered(&mut self, update: &Update, _acks: usize) {
        self.answered.insert(update.write.operation, update.write);
    }

    /// A client was told ok.
    pub fn on_acknowledged(&mut self, file: FileId, operation: OperationId) {
        let write = self.answered.remove(&operation).unwrap_or(WriteId { operation, attempt: 0 });
        self.file(file).acknowledge(write);
    }

    /// The files that were ever logged.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.files.keys().copied()
    }

    /// The last acknowledged write of a file.
    #[must_use]
    pub fn last_acknowledged(&self, file: FileId) -> Option<Acknowledged> {
        let book = self.files.get(&file)?;
        let write = book.acknowledged?;
        let written = book.written.get(&write)?;
        Some(Acknowledged { write, version: written.version, deletes: written.deletes })
    }

    /// Whether what `write` wrote came after `ancestor`, or is it.
    #[must_use]
    pub fn descends_from(&self, file: FileId, write: WriteId, ancestor: WriteId) -> bool {
        self.files.get(&file).is_some_and(|book| book.descends_from(write, ancestor))
    }

    /// The acknowledged versions that were lost and replaced by other writes.
    #[must_use]
    pub fn overwritten_by_loss(&self, file: FileId) -> &[Version] {
        self.files.get(&file).map_or(&[], |book| &book.lost)
    }

    fn file(&mut self, file: FileId) -> &mut FileBook {
        Arc::make_mut(self.files.entry(file).or_default())
    }
}

impl FileBook {
    fn acknowledge(&mut self, write: WriteId) {
        // Told late: it came before one that was acknowledged already, and was forgotten with its like.
        if !self.written.contains_key(&write) {
            return;
        }
        if let Some(last) = self.acknowledged {
            if self.descends_from(last, write) {
                return;
            }
            if !self.descends_from(write, last)
                && let Some(lost) = self.written.get(&last)
            {
                self.lost.push(lost.version);
            }
        }
        self.acknowledged = Some(write);
        self.forget_ancestors(write);
    }

    fn descends_from(&self, write: WriteId, ancestor: WriteId) -> bool {
        self.lineage(write).any(|member| member == ancestor)
    }

    fn lineage(&self, write: WriteId) -> impl Iterator<Item = WriteId> + '_ {
        // A write that was done twice can be its own ancestor: no lineage is longer than there are writes.
        core::iter::successors(Some(write), |member| self.written.get(member)?.replaces).take(self.written.len() + 1)
    }

    /// Whatever is older than the last acknowledged write is stale, and that is all there is to know of it.
    fn forget_ancestors(&mut self, write: WriteId) {
        let ancestors: BTreeSet<WriteId> = self.lineage(write).skip(1).filter(|member| *member != write).collect();
        self.written.retain(|member, _| !ancestors.contains(member));
    }
}
