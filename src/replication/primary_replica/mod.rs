//! Primary–replica: the primary gets all the updates, they ripple through to the replicas, and each
//! replica's message that it has received an update allows the next one to be sent.
//!
//! Sources: primary–backup with a log as in viewstamped replication (Liskov and Cowling 2012, §4); the
//! in-sync set as in Kafka; log agreement and truncation as in Raft (Ongaro 2014, §3.5).
//!
//! **States** of a server: replica or primary (a [`Reign`]); the primary sees each other server as probing
//! (where do our logs agree?), streaming or taking a full copy, and as joining, entering or in sync.
//!
//! **Messages**: `Append` → `Appended` (received and on disk), or `Mismatch`, or `Refused` (an epoch that is
//! over); `FullCopy` → `Appended`; `Prepare` → `Promise` and `NewMembership` with the coordinator.
//!
//! **Window**: at most `window` updates are in the primary's log and not yet acknowledged as the policy
//! demands; later requests wait in memory. To each replica at most `window` updates go unacknowledged.
//!
//! **Promises**: with `Acks::All` an acknowledged update survives as long as one in-sync server keeps its
//! disk; with `Acks::Count(k)` it is on k + 1 disks when it is acknowledged; a server that promised an
//! epoch takes nothing from an earlier primary (fencing). **Does not promise**: with `Acks::None` a failover
//! may lose what was acknowledged; a deposed primary that doesn't know it yet may answer reads with what is
//! no longer the last version (no leases).

mod disk;
mod primary;
mod replica;

use std::collections::VecDeque;
use std::sync::Arc;

pub use disk::{PrimaryReplicaDisk, Record};
pub use primary::Waiting;
use primary::{Queued, Reign};

use super::{Answer, Epoch, Identity, Membership, Message, Note, Out, Protocol, Request, Store, Update};
use crate::sim::{NodeId, OperationId, Time};

/// What is to be done once what was written so far is on disk.
#[derive(Clone, Debug)]
enum Then {
    Logged(Arc<Update>),
    SyncedTo(u64),
    Appended { to: NodeId, epoch: Epoch, index: u64 },
    Promise(Epoch),
}

/// One server's part in a primary–replica group.
#[derive(Clone, Debug)]
pub struct PrimaryReplica {
    identity: Identity,
    epoch: Epoch,
    membership: Arc<Membership>,
    store: Store,
    synced_index: u64,
    reign: Option<Reign>,
    written_count: u64,
    synced_count: u64,
    after_sync: VecDeque<(u64, Then)>,
}

type RecordOut = Out<Record>;

impl PrimaryReplica {
    /// Whether this server believes to be primary.
    #[must_use]
    pub fn is_primary(&self) -> bool {
        self.reign.is_some()
    }

    /// The highest epoch that it has seen.
    #[must_use]
    pub fn epoch(&self) -> Epoch {
        self.epoch
    }

    /// The membership that it follows.
    #[must_use]
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// Log and files as they are in memory.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    fn write(&mut self, record: Record, out: &mut RecordOut) {
        self.written_count += 1;
        out.write(record);
    }

    fn after_sync(&mut self, then: Then, out: &mut RecordOut) {
        if self.written_count == self.synced_count {
            self.perform(then, out);
        } else {
            self.after_sync.push_back((self.written_count, then));
        }
    }

    fn perform(&mut self, then: Then, out: &mut RecordOut) {
        let incarnation = self.identity.incarnation;
        match then {
            Then::Logged(update) => {
                self.synced_index = update.position.index;
                out.note(Note::OnDisk((*update).clone()));
            }
            Then::SyncedTo(index) => self.synced_index = index,
            Then::Appended { to, epoch, index } => out.send(to, Message::Appended { epoch, index, incarnation }),
            Then::Promise(epoch) => {
                let last = self.store.last();
                out.send(NodeId::Coordinator, Message::Promise { epoch, incarnation, last });
            }
        }
    }

    /// Appends an update to log and disk.
    fn log(&mut self, update: &Arc<Update>, out: &mut RecordOut) {
        let log_limit = self.identity.policy.log_limit;
        self.store.append(Arc::clone(update), log_limit);
        self.write(Record::Append(Arc::clone(update), log_limit), out);
        self.after_sync(Then::Logged(Arc::clone(update)), out);
    }

    /// Follows `epoch` from now on, if it is newer; a primary of an earlier one steps down.
    fn adopt_epoch(&mut self, epoch: Epoch, out: &mut RecordOut) {
        if epoch <= self.epoch {
            return;
        }
        if let Some(reign) = self.reign.take() {
            out.note(Note::SteppedDown { epoch: self.epoch, newer: epoch });
            // What waited was never logged, so the client can be told no. What is in the log may yet
            // survive: its client gets no answer.
            for Queued { client, operation, .. } in reign.queue {
                out.send(client, Message::Answer { operation, answer: Answer::SteppedDown });
            }
        }
        self.epoch = epoch;
        self.write(Record::Epoch(epoch), out);
    }

    /// Refuses a message of an epoch that is over; says whether it did.
    fn fences(&self, from: NodeId, epoch: Epoch, out: &mut RecordOut) -> bool {
        if epoch >= self.epoch {
            return false;
        }
        out.note(Note::Fenced { from, stale: epoch, current: self.epoch });
        out.send(from, Message::Refused { current: self.epoch });
        true
    }
}

impl Protocol for PrimaryReplica {
    type Durable = PrimaryReplicaDisk;

    fn on_start(identity: Identity, disk: &PrimaryReplicaDisk, out: &mut RecordOut) -> Self {
        let incarnation = identity.incarnation;
        out.send(NodeId::Coordinator, Message::Heartbeat { incarnation, membership: 0 });
        out.set_timer(identity.policy.heartbeat_every);
        Self {
            identity,
            epoch: disk.epoch,
            membership: Arc::default(),
            store: disk.store.clone(),
            synced_index: disk.store.last().index,
            reign: None,
            written_count: 0,
            synced_count: 0,
            after_sync: VecDeque::new(),
        }
    }

    fn on_message(&mut self, now: Time, from: NodeId, message: Message, out: &mut RecordOut) {
        let reigns_in = |epoch: Epoch| self.reign.is_some() && self.epoch == epoch;
        match (from, message) {
            (_, Message::NewMembership(membership)) => self.on_membership(now, membership, out),
            (_, Message::Prepare { epoch }) if epoch >= self.epoch => {
                self.adopt_epoch(epoch, out);
                self.after_sync(Then::Promise(epoch), out);
            }
            (_, Message::Append { epoch, previous, updates, end_index }) => {
                self.on_append(from, epoch, previous, &updates, end_index, out);
            }
            (_, Message::FullCopy { epoch, snapshot }) => self.on_full_copy(from, epoch, snapshot, out),
            (NodeId::Server(server), Message::Appended { epoch, index, incarnation }) if reigns_in(epoch) => {
                self.on_appended(now, server, index, incarnation, out);
            }
            (NodeId::Server(server), Message::Mismatch { epoch, agreeing }) if reigns_in(epoch) => {
                self.on_mismatch(now, server, agreeing, out);
            }
            (_, Message::Refused { current }) => self.adopt_epoch(current, out),
            _ => {}
        }
    }

    fn on_client(&mut self, now: Time, client: NodeId, operation: OperationId, request: Request, out: &mut RecordOut) {
        match (request, &mut self.reign) {
            (Request::Read { file, any_server: true }, None) => {
                let answer = Answer::Found(self.store.files().get(&file).cloned());
                out.send(client, Message::Answer { operation, answer });
            }
            (Request::Read { file, .. }, Some(reign)) => {
                let answer = Answer::Found(reign.visible.get(&file).cloned());
                out.send(client, Message::Answer { operation, answer });
            }
            (_, None) => out.send(client, Message::Answer { operation, answer: Answer::NotPrimary }),
            (Request::Change { file, change }, Some(reign)) => {
                reign.queue.push_back(Queued { client, operation, file, change });
                self.advance(now, out);
                if let (Some(waiting), window) = (self.waiting(), self.identity.policy.window)
                    && !waiting.queued.is_empty()
                {
                    let (acks, acks_needed) = (waiting.acks, waiting.acks_needed);
                    out.note(Note::Waits { file, acks, acks_needed, window });
                }
            }
        }
    }

    fn on_timer(&mut self, now: Time, out: &mut RecordOut) {
        let incarnation = self.identity.incarnation;
        out.send(NodeId::Coordinator, Message::Heartbeat { incarnation, membership: self.membership.number });
        self.watch_peers(now, out);
        out.set_timer(self.identity.policy.heartbeat_every);
    }

    fn on_synced(&mut self, now: Time, synced_count: u64, out: &mut RecordOut) {
        self.synced_count = synced_count;
        while self.after_sync.front().is_some_and(|(count, _)| *count <= synced_count) {
            if let Some((_, then)) = self.after_sync.pop_front() {
                self.perform(then, out);
            }
        }
        self.advance(now, out);
    }
}
