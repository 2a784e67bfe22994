//! Bit rot: a copy whose checksum is wrong is not served, and is replaced by a good one of another member.

use crate::replication::store::after;

use super::{PrimaryReplica, Record, RecordOut};
use crate::replication::mutation::{Mutation, broken};
use crate::replication::{Answer, Copy, Message, Note};
use crate::sim::{FileId, NodeId, OperationId, ServerId};

impl PrimaryReplica {
    /// Answers a read with what is visible here, or says that the copy is damaged and has it repaired.
    pub(super) fn answer_read(&mut self, client: NodeId, operation: OperationId, file: FileId, out: &mut RecordOut) {
        let copy = self.visible.get(&file);
        let is_checked = self.identity.policy.checksums && !broken(Mutation::ServeRotten);
        let is_served = !is_checked || copy.is_none_or(Copy::is_sound);
        let answer = if is_served { Answer::Found(copy.cloned()) } else { Answer::Damaged };
        out.send(client, Message::Answer { operation, answer });
        if !is_served {
            self.ask_for_good_copy(file, out);
        }
    }

    /// Checks the next copy in turn.
    pub(super) fn scrub_next(&mut self, out: &mut RecordOut) {
        let Some((file, copy)) = after(self.store.files(), self.scrubbed) else { return };
        let is_sound = copy.is_sound();
        self.scrubbed = Some(file);
        if !is_sound && self.identity.policy.checksums {
            self.ask_for_good_copy(file, out);
        }
    }

    fn ask_for_good_copy(&mut self, file: FileId, out: &mut RecordOut) {
        out.note(Note::RotFound { file });
        self.fetch_good_copy(file, out);
    }

    fn fetch_good_copy(&self, file: FileId, out: &mut RecordOut) {
        let members = self.membership.in_sync.union(&self.membership.joining);
        for server in members.filter(|server| **server != self.identity.server) {
            out.send(*server, Message::FetchCopy { file });
        }
    }

    /// A damaged file that keeps the primary from sending this server a full copy, if there is one. With checksums
    /// nothing damaged is sent to who may have a good copy of it, be it an older one, since that would be replaced.
    /// What is in the log or under way is mended at once, and for the rest the others are asked.
    pub(super) fn held_up_by(&mut self, server: ServerId, out: &mut RecordOut) -> Option<FileId> {
        if broken(Mutation::SendRotten) {
            return None;
        }
        let damaged = self.mend_all(out);
        let peer = self.peer(server)?;
        damaged.into_iter().find(|file| !peer.has_nothing_of.contains(file))
    }

    /// Looks for damage in all copies, mends what the log or an update under way still has, and asks the others for the
    /// rest; returns the files that stay damaged for now. Without checksums nothing is found.
    pub(super) fn mend_all(&mut self, out: &mut RecordOut) -> Vec<FileId> {
        let mut left = self.damaged();
        left.retain(|file| !self.mend_from_log(*file, out));
        for file in &left {
            self.fetch_good_copy(*file, out);
        }
        left
    }

    /// The files whose copy here has the wrong checksum.
    fn damaged(&self) -> Vec<FileId> {
        if !self.identity.policy.checksums {
            return Vec::new();
        }
        let files = self.store.files().iter();
        files.filter(|(_, copy)| !copy.is_sound()).map(|(file, _)| *file).collect()
    }

    /// Whether all copies here have the right checksum, as far as anybody can know.
    pub(super) fn is_undamaged(&self) -> bool {
        !self.identity.policy.checksums || self.store.files().values().all(Copy::is_sound)
    }

    /// Puts what the log, or an update under way, has of a file in the place of the damaged copy. Returns whether it
    /// did.
    fn mend_from_log(&mut self, file: FileId, out: &mut RecordOut) -> bool {
        let Some(write) = self.store.files().get(&file).map(|copy| copy.write) else { return false };
        let under_way = self.reign.iter().flat_map(|reign| reign.under_way.iter().chain(&reign.repeated));
        let mut known = self.store.find(write).into_iter().chain(under_way.map(|under_way| &under_way.update));
        let Some(copy) = known.find(|update| update.write == write).map(|update| update.copy()) else { return false };
        self.mend(self.identity.server, file, &copy, out)
    }

    fn mend(&mut self, from: ServerId, file: FileId, copy: &Copy, out: &mut RecordOut) -> bool {
        if broken(Mutation::SkipRepair) || !copy.is_sound() || !self.store.repair(file, copy) {
            return false;
        }
        if let Some(visible) = self.visible.get_mut(&file).filter(|visible| visible.write == copy.write) {
            visible.content.clone_from(&copy.content);
        }
        out.note(Note::RotRepaired { file, from });
        self.write(Record::Repair(file, copy.clone()), out);
        // Some may have got the damaged copy from here, when there was no other.
        for server in self.reign.iter().flat_map(|reign| reign.peers.keys()).filter(|server| **server != from) {
            out.send(*server, Message::GoodCopy { file, copy: copy.clone() });
        }
        true
    }

    pub(super) fn on_fetch_copy(&mut self, from: NodeId, file: FileId, out: &mut RecordOut) {
        let copy = self.store.files().get(&file).filter(|copy| !self.identity.policy.checksums || copy.is_sound());
        let answer = match copy {
            Some(copy) => Message::GoodCopy { file, copy: copy.clone() },
            None => Message::NoGoodCopy { file },
        };
        out.send(from, answer);
    }

    pub(super) fn on_good_copy(&mut self, from: ServerId, file: FileId, copy: &Copy, out: &mut RecordOut) {
        if self.store.files().get(&file).is_some_and(|own| !own.is_sound()) {
            self.mend(from, file, copy, out);
        }
    }
}
