//! What a server does as a replica: takes updates and full copies, and cuts off what its primary lacks.

use std::sync::Arc;

use super::{PrimaryReplica, Record, RecordOut, Then};
use crate::replication::{Epoch, Message, Note, Position, Snapshot, Update};
use crate::sim::NodeId;

impl PrimaryReplica {
    pub(super) fn on_append(
        &mut self,
        from: NodeId,
        epoch: Epoch,
        previous: Position,
        updates: &[Arc<Update>],
        end_index: u64,
        out: &mut RecordOut,
    ) {
        if self.fences(from, epoch, out) {
            return;
        }
        self.adopt_epoch(epoch, out);
        if self.store.position(previous.index) != Some(previous) {
            let agreeing = self.store.last_index_agreeing(previous.epoch, previous.index);
            let agreeing = agreeing.and_then(|index| self.store.position(index));
            out.send(from, Message::Mismatch { epoch, agreeing });
            return;
        }
        let mut index = previous.index;
        for update in updates {
            index = update.position.index;
            if self.store.position(index) != Some(update.position) {
                self.truncate(index, out);
                self.log(update, out);
            }
        }
        let tail = self.store.position(end_index + 1);
        if tail.is_some_and(|tail| tail.epoch < epoch) {
            self.truncate(end_index + 1, out);
        }
        self.after_sync(Then::Appended { to: from, epoch, index }, out);
    }

    pub(super) fn truncate(&mut self, from_index: u64, out: &mut RecordOut) {
        let count = self.store.truncate(from_index);
        if count > 0 {
            out.note(Note::Truncated { from_index, count });
            self.write(Record::Truncate(from_index), out);
            self.after_sync(Then::SyncedTo(from_index - 1), out);
        }
    }

    pub(super) fn on_full_copy(&mut self, from: NodeId, epoch: Epoch, snapshot: Snapshot, out: &mut RecordOut) {
        if self.fences(from, epoch, out) {
            return;
        }
        self.adopt_epoch(epoch, out);
        let index = snapshot.position.index;
        out.note(Note::TookFullCopy { files: snapshot.files.len() });
        self.store.install(snapshot.clone());
        self.write(Record::Install(snapshot), out);
        self.after_sync(Then::SyncedTo(index), out);
        self.after_sync(Then::Appended { to: from, epoch, index }, out);
    }
}
