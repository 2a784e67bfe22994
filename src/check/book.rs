//! What the ledger remembers: which write replaced which, and which were acknowledged.

use std::collections::{BTreeMap, BTreeSet};

use crate::replication::{Change, Update, Version};
use crate::sim::{FileId, OperationId};

/// One write that a primary, or the server of a one-copy file, has logged.
#[derive(Clone, Debug)]
struct Written {
    version: Version,
    replaces: Option<OperationId>,
    deletes: bool,
}

/// The lineage of all writes, and what clients were told.
#[derive(Clone, Debug, Default)]
pub struct LedgerBook {
    written: BTreeMap<OperationId, Written>,
    acknowledged: BTreeMap<FileId, Vec<OperationId>>,
    files: BTreeSet<FileId>,
}

impl LedgerBook {
    /// A write was logged.
    pub fn on_logged(&mut self, update: &Update) {
        self.files.insert(update.file);
        let deletes = update.change == Change::Delete;
        self.written.insert(update.operation, Written { version: update.version, replaces: update.replaces, deletes });
    }

    /// A client was told ok.
    pub fn on_acknowledged(&mut self, file: FileId, operation: OperationId) {
        self.acknowledged.entry(file).or_default().push(operation);
    }

    /// The files that were ever logged.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.files.iter().copied()
    }

    /// The last acknowledged write of a file.
    #[must_use]
    pub fn last_acknowledged(&self, file: FileId) -> Option<OperationId> {
        self.acknowledged.get(&file)?.last().copied()
    }

    /// The version that a write made.
    #[must_use]
    pub fn version(&self, operation: OperationId) -> Option<Version> {
        self.written.get(&operation).map(|written| written.version)
    }

    /// Whether a write was a deletion.
    #[must_use]
    pub fn deletes(&self, operation: OperationId) -> bool {
        self.written.get(&operation).is_some_and(|written| written.deletes)
    }

    /// Whether what `operation` wrote came after `ancestor`, or is it.
    #[must_use]
    pub fn descends_from(&self, operation: OperationId, ancestor: OperationId) -> bool {
        self.lineage(operation).any(|member| member == ancestor)
    }

    /// The acknowledged versions that the last acknowledged write doesn't descend from: they were lost, and
    /// other writes took their place.
    #[must_use]
    pub fn overwritten_by_loss(&self, file: FileId) -> Vec<Version> {
        let Some(last) = self.last_acknowledged(file) else { return Vec::new() };
        let lineage: BTreeSet<OperationId> = self.lineage(last).collect();
        let acknowledged = self.acknowledged.get(&file).into_iter().flatten();
        acknowledged.filter(|operation| !lineage.contains(operation)).filter_map(|id| self.version(*id)).collect()
    }

    fn lineage(&self, operation: OperationId) -> impl Iterator<Item = OperationId> + '_ {
        core::iter::successors(Some(operation), |member| self.written.get(member)?.replaces)
    }
}
