//! Bit rot: a copy whose checksum is wrong is not served, and is replaced by a good one of another member.

use crate::replication::mutation::{Mutation, broken};
use std::sync::Arc;

use super::{PrimaryReplica, Record, RecordOut};
use crate::replication::{Answer, Copy, Message, Note, Snapshot};
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
        let files = self.store.files();
        let after = self.scrubbed.and_then(|last| files.range(last..).find(|(file, _)| **file != last));
        let Some((file, copy)) = after.or_else(|| files.first_key_value()) else { return };
        let (file, is_sound) = (*file, copy.is_sound());
        self.scrubbed = Some(file);
        if !is_sound && self.identity.policy.checksums {
            self.ask_for_good_copy(file, out);
        }
    }

    fn ask_for_good_copy(&mut self, file: FileId, out: &mut RecordOut) {
        out.note(Note::RotFound { file });
        for server in self.membership.in_sync.iter().filter(|server| **server != self.identity.server) {
            out.send(*server, Message::FetchCopy { file });
        }
    }

    /// A full copy, in which a damaged copy doesn't take the place of an own one of the same write that is sound.
    pub(super) fn without_damage(&self, mut snapshot: Snapshot) -> Snapshot {
        if !self.identity.policy.checksums || snapshot.files.values().all(Copy::is_sound) {
            return snapshot;
        }
        for (file, copy) in Arc::make_mut(&mut snapshot.files).iter_mut().filter(|(_, copy)| !copy.is_sound()) {
            let own = self.store.files().get(file).filter(|own| own.write == copy.write && own.is_sound());
            if let Some(own) = own {
                *copy = own.clone();
            }
        }
        snapshot
    }

    pub(super) fn on_fetch_copy(&mut self, from: NodeId, file: FileId, out: &mut RecordOut) {
        let copy = self.store.files().get(&file).filter(|copy| !self.identity.policy.checksums || copy.is_sound());
        if let Some(copy) = copy {
            out.send(from, Message::GoodCopy { file, copy: copy.clone() });
        }
    }

    pub(super) fn on_good_copy(&mut self, from: ServerId, file: FileId, copy: &Copy, out: &mut RecordOut) {
        let is_damaged = self.store.files().get(&file).is_some_and(|own| !own.is_sound());
        if broken(Mutation::SkipRepair) || !is_damaged || !copy.is_sound() || !self.store.repair(file, copy) {
            return;
        }
        if let Some(visible) = self.visible.get_mut(&file).filter(|visible| visible.write == copy.write) {
            visible.content.clone_from(&copy.content);
        }
        out.note(Note::RotRepaired { file, from });
        self.write(Record::Repair(file, copy.clone()), out);
    }
}
