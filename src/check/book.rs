//! What the ledger remembers: which write replaced which, and which were acknowledged.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::replication::{Change, Revision, Update, Version};
use crate::sim::{FileId, OperationId};

/// One write that a primary, or the server of a one-copy file, has logged.
#[derive(Clone, Debug)]
struct Written {
    replaces: Option<Revision>,
    deletes: bool,
    /// How many writes of the file had been logged before.
    order: u64,
}

/// What the ledger remembers of one file.
#[derive(Clone, Debug, Default)]
struct FileBook {
    /// The writes that can still matter: what came before the last acknowledged one can't.
    written: BTreeMap<Revision, Written>,
    /// How many writes were logged.
    count: u64,
    /// The last acknowledged write.
    acknowledged: Option<Revision>,
    /// Acknowledged versions that were lost and replaced by others since.
    lost: Vec<Version>,
}

/// An acknowledged write and how many replicas had it when its client was told ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Acknowledged {
    /// What the write made.
    pub revision: Revision,
    /// Whether it deleted the file.
    pub deletes: bool,
}

/// The lineage of all writes, and what clients were told.
#[derive(Clone, Debug, Default)]
pub struct LedgerBook {
    files: BTreeMap<FileId, Arc<FileBook>>,
    /// The writes that the answers to an operation were about, until its client has one of them. Without a key a retried
    /// operation is done several times, and each time makes another version.
    answered: BTreeMap<(OperationId, Version), Revision>,
}

impl LedgerBook {
    /// A write was logged.
    pub fn on_logged(&mut self, update: &Update) {
        let deletes = update.change == Change::Delete;
        let book = self.file(update.file);
        let written = Written { replaces: update.replaces, deletes, order: book.count };
        book.count += 1;
        book.written.insert(update.revision(), written);
    }

    /// A primary told a client ok.
    pub fn on_answered(&mut self, update: &Update, _acks: usize) {
        self.answered.insert((update.write.operation, update.version), update.revision());
    }

    /// A client was told ok.
    pub fn on_acknowledged(&mut self, file: FileId, operation: OperationId, version: Version) {
        let answered = self.take_answer(operation, version);
        let book = self.file(file);
        let is_it = |revision: &&Revision| revision.version == version && revision.write.operation == operation;
        let known = answered.or_else(|| book.written.keys().rfind(is_it).copied());
        // What is not there any more came before what was acknowledged already: its client was told late.
        if let Some(revision) = known.filter(|revision| book.written.contains_key(revision)) {
            book.acknowledge(revision);
        }
    }

    /// The files that were ever logged.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.files.keys().copied()
    }

    /// The last acknowledged write of a file.
    #[must_use]
    pub fn last_acknowledged(&self, file: FileId) -> Option<Acknowledged> {
        let book = self.files.get(&file)?;
        let revision = book.acknowledged?;
        let written = book.written.get(&revision)?;
        Some(Acknowledged { revision, deletes: written.deletes })
    }

    /// Whether `revision` came after `ancestor`, or is it.
    #[must_use]
    pub fn descends_from(&self, file: FileId, revision: Revision, ancestor: Revision) -> bool {
        self.files.get(&file).is_some_and(|book| book.descends_from(revision, ancestor))
    }

    /// The acknowledged versions that were lost and replaced by other writes.
    #[must_use]
    pub fn overwritten_by_loss(&self, file: FileId) -> &[Version] {
        self.files.get(&file).map_or(&[], |book| &book.lost)
    }

    /// The write that this answer to an operation was about; forgets all answers to it.
    fn take_answer(&mut self, operation: OperationId, version: Version) -> Option<Revision> {
        let mut answer = None;
        let all = (operation, Version(0))..=(operation, Version(u64::MAX));
        while let Some((key, revision)) = self.answered.range(all.clone()).next().map(|(key, found)| (*key, *found)) {
            self.answered.remove(&key);
            if key.1 == version {
                answer = Some(revision);
            }
        }
        answer
    }

    fn file(&mut self, file: FileId) -> &mut FileBook {
        Arc::make_mut(self.files.entry(file).or_default())
    }
}

impl FileBook {
    fn acknowledge(&mut self, revision: Revision) {
        if let Some(last) = self.acknowledged {
            if self.descends_from(last, revision) {
                return;
            }
            if !self.descends_from(revision, last) && self.written.contains_key(&last) {
                if self.came_before(revision, last) {
                    // A primary that was replaced, or lost its disk, has told its client late: this is what is lost.
                    self.lost.push(revision.version);
                    return;
                }
                self.lost.push(last.version);
            }
        }
        self.acknowledged = Some(revision);
        self.forget_ancestors(revision);
    }

    /// Which of two writes that know nothing of each other was lost: that of the earlier primary, or the earlier one.
    fn came_before(&self, one: Revision, other: Revision) -> bool {
        let place = |revision: Revision| (revision.epoch, self.written.get(&revision).map(|written| written.order));
        place(one) < place(other)
    }

    fn descends_from(&self, revision: Revision, ancestor: Revision) -> bool {
        self.lineage(revision).any(|member| member == ancestor)
    }

    /// A revision and those before it, the last first: their versions count down, so it has an end.
    fn lineage(&self, revision: Revision) -> impl Iterator<Item = Revision> + '_ {
        core::iter::successors(Some(revision), |member| self.written.get(member)?.replaces)
    }

    /// Whatever is older than the last acknowledged write is stale, and that is all there is to know of it. What a
    /// primary that was replaced made of the same operation goes too: the operation is done, and its client may still
    /// be told.
    fn forget_ancestors(&mut self, revision: Revision) {
        let same = |revision: Revision| (revision.version, revision.write.operation);
        let ancestors: BTreeSet<(Version, OperationId)> = self.lineage(revision).skip(1).map(same).collect();
        self.written.retain(|member, _| !ancestors.contains(&same(*member)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replication::{Epoch, Position, WriteId};

    fn write(operation: u64) -> WriteId {
        WriteId { operation: OperationId(operation), attempt: 0 }
    }

    fn revision(version: u64, operation: u64) -> Revision {
        Revision { version: Version(version), epoch: Epoch(1), write: write(operation) }
    }

    fn update(epoch: u64, version: u64, operation: u64, replaces: Option<Revision>) -> Update {
        Update {
            position: Position { epoch: Epoch(epoch), index: version },
            file: FileId(0),
            version: Version(version),
            change: Change::Delete,
            write: write(operation),
            replaces,
        }
    }

    fn logged(book: &mut LedgerBook, version: u64, operation: u64, replaces: Option<u64>) {
        book.on_logged(&update(1, version, operation, replaces.map(|operation| revision(version - 1, operation))));
    }

    #[test]
    fn a_write_that_was_done_twice_leaves_a_lineage_with_an_end() {
        let mut book = LedgerBook::default();
        logged(&mut book, 1, 7, None);
        logged(&mut book, 2, 8, Some(7));
        logged(&mut book, 3, 7, Some(8));
        assert!(book.descends_from(FileId(0), revision(3, 7), revision(1, 7)));
        assert!(!book.descends_from(FileId(0), revision(2, 8), revision(3, 7)));
        book.on_acknowledged(FileId(0), OperationId(7), Version(3));
        book.on_acknowledged(FileId(0), OperationId(8), Version(2));
        assert_eq!(book.last_acknowledged(FileId(0)).map(|last| last.revision.version), Some(Version(3)));
    }

    #[test]
    fn of_a_file_that_was_lost_and_written_anew_the_late_answer_is_about_what_was_lost() {
        let mut book = LedgerBook::default();
        logged(&mut book, 1, 1, None);
        logged(&mut book, 2, 2, Some(1));
        // The disk is lost, and the first of the two comes again.
        book.on_logged(&update(1, 1, 3, None));
        book.on_acknowledged(FileId(0), OperationId(3), Version(1));
        book.on_acknowledged(FileId(0), OperationId(2), Version(2));
        assert_eq!(book.last_acknowledged(FileId(0)).map(|last| last.revision.version), Some(Version(1)));
        assert_eq!(book.overwritten_by_loss(FileId(0)), [Version(2)]);
    }

    #[test]
    fn a_late_answer_from_the_base_of_a_log_is_no_loss_though_a_replaced_primary_logged_it_too() {
        let mut book = LedgerBook::default();
        let cut_off = update(1, 1, 1, None);
        let kept = update(2, 1, 1, None);
        let next = update(2, 2, 2, Some(kept.revision()));
        for update in [&cut_off, &kept, &next] {
            book.on_logged(update);
        }
        book.on_answered(&next, 1);
        book.on_acknowledged(FileId(0), OperationId(2), Version(2));
        book.on_acknowledged(FileId(0), OperationId(1), Version(1));
        assert_eq!(book.overwritten_by_loss(FileId(0)), []);
    }

    #[test]
    fn of_an_operation_that_was_done_in_two_epochs_the_answered_one_counts() {
        let mut book = LedgerBook::default();
        logged(&mut book, 1, 1, None);
        let first = update(2, 2, 2, Some(revision(1, 1)));
        let other = update(2, 3, 3, Some(first.revision()));
        let again = update(2, 4, 2, Some(other.revision()));
        let cut_off = update(1, 2, 2, Some(revision(1, 1)));
        for update in [&first, &other, &again, &cut_off] {
            book.on_logged(update);
        }
        for update in [&first, &other, &again] {
            book.on_answered(update, 1);
        }
        book.on_acknowledged(FileId(0), OperationId(3), Version(3));
        book.on_acknowledged(FileId(0), OperationId(2), Version(2));
        assert_eq!(book.overwritten_by_loss(FileId(0)), []);
    }

    #[test]
    fn an_answer_that_comes_after_those_of_two_later_writes_is_no_loss() {
        let mut book = LedgerBook::default();
        logged(&mut book, 1, 1, None);
        logged(&mut book, 2, 2, Some(1));
        logged(&mut book, 3, 3, Some(2));
        for operation in [3, 1, 2] {
            book.on_acknowledged(FileId(0), OperationId(operation), Version(operation));
        }
        assert_eq!(book.last_acknowledged(FileId(0)).map(|last| last.revision.version), Some(Version(3)));
        assert_eq!(book.overwritten_by_loss(FileId(0)), []);
    }
}
