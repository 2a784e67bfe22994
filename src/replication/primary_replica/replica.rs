//! What a server does as a replica: takes updates and full copies, applies them, and cuts off what its
//! primary lacks.

use crate::replication::mutation::{Mutation, broken};
use std::sync::Arc;

use super::{PrimaryReplica, Record, RecordOut, Sender, Then, Unapplied};
use crate::replication::{AckWhen, Epoch, Message, Note, Position, Snapshot, Timer, Update};
use crate::sim::{NodeId, Span};

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
                self.log(update, Some((from, epoch)), out);
            }
        }
        let tail = self.store.position(end_index + 1);
        if tail.is_some_and(|tail| tail.epoch < epoch) && !broken(Mutation::ForgetTruncation) {
            self.truncate(end_index + 1, out);
        }
        if self.identity.policy.ack_when == AckWhen::InMemory && !updates.is_empty() {
            out.send(from, self.notice(epoch, index, AckWhen::InMemory));
        }
        if self.identity.policy.ack_when == AckWhen::Applied && updates.is_empty() && self.unapplied.is_empty() {
            // The primary asks again: an earlier notice may have been lost.
            let index = index.min(self.synced_index);
            out.send(from, self.notice(epoch, index, AckWhen::Applied));
        }
        self.after_sync(Then::Appended { to: from, epoch, index }, out);
    }

    /// The primary asks whether this server is there.
    pub(super) fn on_ping(&self, from: NodeId, epoch: Epoch, out: &mut RecordOut) {
        if !self.fences(from, epoch, out) {
            out.send(from, Message::Pong { epoch, incarnation: self.identity.incarnation });
        }
    }

    /// The message that updates have come this far.
    pub(super) fn notice(&self, epoch: Epoch, index: u64, when: AckWhen) -> Message {
        Message::Noticed { epoch, index, when, incarnation: self.identity.incarnation }
    }

    pub(super) fn truncate(&mut self, from_index: u64, out: &mut RecordOut) {
        let count = self.store.truncate(from_index);
        if count > 0 {
            out.note(Note::Truncated { from_index, count });
            self.unapplied.retain(|unapplied| unapplied.update.position.index < from_index);
            self.visible = self.store.files().clone();
            self.received_index = from_index - 1;
            self.synced_index = self.synced_index.min(from_index - 1);
            self.write(Record::Truncate(from_index), out);
        }
    }

    pub(super) fn on_full_copy(&mut self, from: NodeId, epoch: Epoch, snapshot: Snapshot, out: &mut RecordOut) {
        if self.fences(from, epoch, out) {
            return;
        }
        self.adopt_epoch(epoch, out);
        let index = snapshot.position.index;
        let last = self.store.last();
        let is_old =
            (last.epoch == epoch && last.index >= index) || self.store.position(index) == Some(snapshot.position);
        if is_old {
            // It comes late or twice: this log has all of it, and perhaps more that was acknowledged since.
            self.after_sync(Then::Appended { to: from, epoch, index }, out);
            return;
        }
        out.note(Note::TookFullCopy { files: snapshot.files.len() });
        self.store.install(snapshot.clone());
        // What came damaged was so everywhere that the primary could ask; somebody may come back with a good copy.
        self.mend_all(out);
        self.unapplied.clear();
        self.visible = self.store.files().clone();
        self.received_index = index;
        // Nothing of it is on disk yet, whatever was there before.
        self.synced_index = 0;
        self.copied_index = index;
        self.write(Record::Install(snapshot), out);
        self.after_sync(Then::Copied(index), out);
        self.after_sync(Then::Appended { to: from, epoch, index }, out);
        if self.identity.policy.ack_when == AckWhen::Applied {
            self.after_sync(Then::Applied { to: from, epoch, index }, out);
        }
    }

    /// An update is on disk: it becomes visible at once, or after the time that applying takes.
    pub(super) fn begin_to_apply(&mut self, update: Arc<Update>, told: Option<Sender>, out: &mut RecordOut) {
        let apply_time = self.identity.policy.apply_time;
        self.unapplied.push_back(Unapplied { told, update });
        if apply_time == Span::ZERO {
            self.apply_next(out);
        } else {
            // One update is applied after the other.
            let queued = self.unapplied.len() as u64;
            out.set_timer(Span::from_micros(apply_time.as_micros().saturating_mul(queued)), Timer::Applied);
        }
    }

    pub(super) fn apply_next(&mut self, out: &mut RecordOut) {
        let Some(Unapplied { told, update }) = self.unapplied.pop_front() else { return };
        if self.is_primary() {
            return;
        }
        self.visible.insert(update.file, update.copy());
        if self.identity.policy.apply_time > Span::ZERO {
            out.note(Note::Applied((*update).clone()));
        }
        if let Some((primary, epoch)) = told.filter(|_| self.identity.policy.ack_when == AckWhen::Applied) {
            let index = update.position.index;
            out.send(primary, self.notice(epoch, index, AckWhen::Applied));
        }
    }
}
