//! Primary–replica: the primary gets all the updates, they ripple through to the replicas, and each
//! replica's message that it has received an update allows the next one to be sent.
//!
//! Sources: primary–backup with a log as in viewstamped replication (Liskov and Cowling 2012, §4); the
//! in-sync set as in Kafka; log agreement and truncation as in Raft (Ongaro 2014, §3.5).
//!
//! **States** of a server: replica or primary (a [`Reign`]); the primary sees each other server as probing
//! (where do our logs agree?), streaming or taking a full copy, and as joining, entering, in sync or leaving.
//!
//! **Messages**: `Append` → `Appended` (received and on disk), or `Mismatch`, or `Refused` (an epoch that is
//! over); `Noticed` where the policy counts another event than the disk; `FullCopy` → `Appended`; `Prepare` →
//! `Promise`, `NewMembership` and `Lease` with the coordinator; `FetchCopy` → `GoodCopy` or
//! `NoGoodCopy` against rot.
//!
//! **Acknowledgements** tell of which disk they are true. Those of an in-sync server count only from the disk that the
//! coordinator knows: a new one has forgotten what it promised to a later primary. With `Acks::Count` nobody else counts,
//! since a failover looks among them only. For the same reason a server that lost its disk, or was taken out, is a holder
//! until it has caught up, or until enough others have everything.
//!
//! **Window**: at most `window` updates are in the primary's log and not yet acknowledged as the policy
//! demands; later requests wait in memory. To each replica at most `window` updates go unacknowledged.
//!
//! **Promises**, if acks come from disks and fencing is on: with `Acks::All` an acknowledged update survives
//! as long as one in-sync server keeps its disk; with `Acks::Count(k)` it survives any `k` lost disks; a server
//! that promised an epoch takes nothing from an earlier primary; a copy whose checksum is wrong is not
//! served. **Does not promise**: with `Acks::None`, or acks before the disk, a failover or a crash may lose
//! what was acknowledged; without a read lease a deposed primary that doesn't know it yet may answer reads
//! with what is no longer the last version; with `Acks::Count` a read after a failover may show an update that
//! was never acknowledged and that a further failover takes back. A request that comes again is known by its key as
//! long as at most 64 updates came between.

mod acks;
mod disk;
mod peer;
mod primary;
mod replica;
mod rot;
mod stream;

use crate::replication::mutation::{Mutation, broken};
use std::collections::VecDeque;
use std::sync::Arc;

pub use disk::{PrimaryReplicaDisk, Record};
pub use primary::Waiting;
use primary::{Queued, Reign};

use super::{
    AckWhen, Acks, Answer, Epoch, Files, Identity, Keeps, Membership, Message, Note, Out, Policy, Promises, Protocol,
    ReadsForward, Request, Store, Timer, Update, WhenShort,
};
use crate::sim::{FileId, NodeId, OperationId, Span, Time};

/// The primary that sent an update, and its epoch.
type Sender = (NodeId, Epoch);

/// What is to be done once what was written so far is on disk.
#[derive(Clone, Debug)]
enum Then {
    /// An update is on disk, and who sent it.
    Logged(Arc<Update>, Option<Sender>),
    Copied(u64),
    Appended {
        to: NodeId,
        epoch: Epoch,
        index: u64,
    },
    Applied {
        to: NodeId,
        epoch: Epoch,
        index: u64,
    },
    Promise {
        to: NodeId,
        epoch: Epoch,
    },
}

/// An update that is on disk and not yet applied.
#[derive(Clone, Debug)]
struct Unapplied {
    /// The primary that waits to hear of it, if one does.
    told: Option<Sender>,
    update: Arc<Update>,
}

/// One server's part in a primary–replica group.
#[derive(Clone, Debug)]
pub struct PrimaryReplica {
    identity: Identity,
    epoch: Epoch,
    membership: Arc<Membership>,
    store: Store,
    /// What readers see here: at a replica what is applied, at the primary what is acknowledged.
    visible: Files,
    synced_index: u64,
    /// The end of the last full copy that it took: updates up to there are part of it, and older ones may not
    /// come after it.
    copied_index: u64,
    received_index: u64,
    unapplied: VecDeque<Unapplied>,
    reign: Option<Reign>,
    lease_until: Time,
    /// The newest membership by which a primary has sent it something.
    told_membership: u64,
    scrubbed: Option<FileId>,
    /// Whether a timer runs that brings the next scrub.
    scrub_is_due: bool,
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

    /// What readers see here: at a replica what is applied, at the primary what is acknowledged.
    #[must_use]
    pub fn visible(&self) -> &Files {
        &self.visible
    }

    fn write(&mut self, record: Record, out: &mut RecordOut) {
        self.written_count += 1;
        out.write(record);
    }

    fn after_sync(&mut self, then: Then, out: &mut RecordOut) {
        let is_early = match then {
            Then::Appended { .. } => broken(Mutation::AckBeforeDisk),
            Then::Promise { .. } => broken(Mutation::PromiseBeforeDisk),
            _ => false,
        };
        if self.written_count == self.synced_count || is_early {
            self.perform(then, out);
        } else {
            self.after_sync.push_back((self.written_count, then));
        }
    }

    fn perform(&mut self, then: Then, out: &mut RecordOut) {
        let incarnation = self.identity.incarnation;
        match then {
            Then::Logged(update, told) => {
                out.note(Note::OnDisk((*update).clone()));
                let index = update.position.index;
                let was_cut_off = index > self.store.last().index
                    || self.store.position(index).is_some_and(|position| position != update.position);
                if was_cut_off || index <= self.copied_index {
                    return;
                }
                self.synced_index = index;
                if !self.is_primary() {
                    self.begin_to_apply(update, told, out);
                }
            }
            Then::Copied(index) if index == self.copied_index => self.synced_index = self.synced_index.max(index),
            Then::Copied(_) => {}
            Then::Appended { to, epoch, index } => out.send(to, Message::Appended { epoch, index, incarnation }),
            Then::Applied { to, epoch, index } => {
                out.send(to, self.notice(epoch, index, AckWhen::Applied));
            }
            Then::Promise { to, epoch } => {
                let last = self.store.last();
                out.send(to, Message::Promise { epoch, incarnation, last });
            }
        }
    }

    /// Appends an update to log and disk.
    fn log(&mut self, update: &Arc<Update>, sender: Option<Sender>, out: &mut RecordOut) {
        // What is not acknowledged yet may have to be cut off again, so that the log keeps at least that.
        let log_limit = self.identity.policy.log_limit.max(self.identity.policy.window.saturating_mul(2));
        self.store.append(Arc::clone(update), log_limit);
        self.write(Record::Append(Arc::clone(update), log_limit), out);
        self.after_sync(Then::Logged(Arc::clone(update), sender), out);
    }

    /// Follows `epoch` from now on, if it is newer; a primary of an earlier one steps down.
    fn adopt_epoch(&mut self, epoch: Epoch, out: &mut RecordOut) {
        if epoch <= self.epoch {
            return;
        }
        self.step_down(epoch, out);
        self.epoch = epoch;
        self.write(Record::Epoch(epoch), out);
    }

    fn step_down(&mut self, newer: Epoch, out: &mut RecordOut) {
        let Some(reign) = self.reign.take() else { return };
        out.note(Note::SteppedDown { epoch: self.epoch, newer });
        // What waited was never logged, so the client can be told no. What is in the log may yet
        // survive: its client gets no answer.
        for Queued { client, write, .. } in reign.queue {
            let answer = Answer::SteppedDown;
            out.send(client, Message::Answer { operation: write.operation, answer });
        }
        self.visible = self.store.files().clone();
    }

    /// Refuses a message of an epoch that is over; says whether it did. Fencing is what a follower does: whoever reigns
    /// never follows a primary that it has replaced, and tells it so, whatever the policy.
    fn fences(&self, from: NodeId, epoch: Epoch, out: &mut RecordOut) -> bool {
        let is_fenced = self.identity.policy.fencing && !broken(Mutation::SkipFencing);
        let reigns = self.is_primary() && !broken(Mutation::FollowReplaced);
        if epoch >= self.epoch || !(is_fenced || reigns) {
            return false;
        }
        out.note(Note::Fenced { from, stale: epoch, current: self.epoch });
        out.send(from, Message::Refused { current: self.epoch });
        true
    }
}

impl Protocol for PrimaryReplica {
    type Durable = PrimaryReplicaDisk;

    fn promises(policy: &Policy) -> Promises {
        let keeps = match (policy.disk_losses_survived(0), policy.acks) {
            (None, _) | (_, Acks::None) => Keeps::Nothing,
            (Some(_), Acks::Count(count)) => Keeps::LostDisks(count),
            (Some(_), Acks::All) => Keeps::WhileOneInSync,
        };
        // What is shown before it is acknowledged, as after a time-out, can be taken back by a failover.
        let shows_acknowledged_only = policy.when_short == WhenShort::Wait;
        let has_lease = policy.read_lease.is_some() && keeps != Keeps::Nothing && shows_acknowledged_only;
        let reads = if has_lease { ReadsForward::UnderLease } else { ReadsForward::WhileOnePrimary };
        Promises { keeps, reads, damage_unserved: policy.checksums }
    }

    fn record_size_bytes(record: &Record) -> u64 {
        record.size_bytes()
    }

    fn on_start(identity: Identity, disk: &PrimaryReplicaDisk, out: &mut RecordOut) -> Self {
        if let Some(every) = identity.policy.scrub_every {
            out.set_timer(every, Timer::Scrub);
        }
        Self {
            identity,
            epoch: disk.epoch,
            membership: Arc::default(),
            store: disk.store.clone(),
            visible: disk.store.files().clone(),
            synced_index: disk.store.last().index,
            copied_index: 0,
            received_index: 0,
            unapplied: VecDeque::new(),
            reign: None,
            lease_until: Time::ZERO,
            told_membership: 0,
            scrubbed: None,
            scrub_is_due: identity.policy.scrub_every.is_some(),
            written_count: 0,
            synced_count: 0,
            after_sync: VecDeque::new(),
        }
    }

    fn set_policy(&mut self, policy: Policy) {
        let before = core::mem::replace(&mut self.identity.policy, policy);
        if before.ack_when != policy.ack_when
            && let Some(reign) = &mut self.reign
        {
            reign.count_anew(policy.ack_when);
        }
    }

    fn on_arrival(&mut self, from: NodeId, message: &Message, out: &mut RecordOut) {
        if self.identity.policy.ack_when != AckWhen::Received {
            return;
        }
        if let Message::Append { epoch, previous, updates, .. } = message
            && let Some(last) = updates.last()
            && *epoch >= self.epoch
        {
            // Received is all that it says: nobody has looked yet whether the logs agree.
            let follows = previous.index <= self.received_index.max(self.store.last().index);
            if follows {
                self.received_index = self.received_index.max(last.position.index);
                let index = last.position.index;
                out.send(from, self.notice(*epoch, index, AckWhen::Received));
            }
        }
    }

    fn on_message(&mut self, now: Time, from: NodeId, message: Message, out: &mut RecordOut) {
        let reigns_in = |epoch: Epoch| self.reign.is_some() && self.epoch == epoch;
        match (from, message) {
            (_, Message::NewMembership(membership)) => self.on_membership(now, membership, out),
            (_, Message::Prepare { epoch }) if epoch >= self.epoch => {
                self.adopt_epoch(epoch, out);
                self.after_sync(Then::Promise { to: from, epoch }, out);
            }
            (_, Message::Prepare { .. }) => out.report(Message::Refused { current: self.epoch }),
            (_, Message::Append { epoch, previous, updates, end_index, membership }) => {
                self.told_membership = self.told_membership.max(membership);
                self.on_append(from, epoch, previous, &updates, end_index, out);
            }
            (_, Message::FullCopy { epoch, snapshot, membership }) => {
                self.told_membership = self.told_membership.max(membership);
                self.on_full_copy(from, epoch, snapshot, out);
            }
            (NodeId::Server(server), Message::Appended { epoch, index, incarnation }) if reigns_in(epoch) => {
                self.on_appended(now, server, index, incarnation, out);
            }
            (NodeId::Server(server), Message::Noticed { epoch, index, when, incarnation }) if reigns_in(epoch) => {
                self.on_noticed(now, server, index, when, incarnation, out);
            }
            (NodeId::Server(server), Message::Mismatch { epoch, agreeing }) if reigns_in(epoch) => {
                self.on_mismatch(now, server, agreeing, out);
            }
            (_, Message::Ping { epoch }) => self.on_ping(from, epoch, out),
            (NodeId::Server(server), Message::Pong { epoch, incarnation }) if reigns_in(epoch) => {
                self.on_pong(now, server, incarnation, out);
            }
            (_, Message::Refused { current }) => self.adopt_epoch(current, out),
            (_, Message::FetchCopy { file }) => self.on_fetch_copy(from, file, out),
            (NodeId::Server(server), Message::GoodCopy { file, copy }) => self.on_good_copy(server, file, &copy, out),
            (NodeId::Server(server), Message::NoGoodCopy { file }) => {
                if let Some(peer) = self.peer(server) {
                    peer.has_nothing_of.insert(file);
                }
            }
            _ => {}
        }
    }

    fn on_client(&mut self, now: Time, client: NodeId, operation: OperationId, request: Request, out: &mut RecordOut) {
        let refuse = |answer: Answer, out: &mut RecordOut| out.send(client, Message::Answer { operation, answer });
        match request {
            Request::Read { file, any_server } => {
                let may_answer = if any_server { true } else { self.may_answer_reads(now) };
                if may_answer {
                    self.answer_read(client, operation, file, out);
                } else {
                    refuse(Answer::NotPrimary, out);
                }
            }
            Request::Change { .. } if !self.is_primary() => refuse(Answer::NotPrimary, out),
            Request::Change { file, change, write } => self.on_change(now, Queued { client, write, file, change }, out),
            Request::Call => refuse(Answer::NotPrimary, out),
        }
    }

    fn on_timer(&mut self, now: Time, timer: Timer, out: &mut RecordOut) {
        match timer {
            Timer::Tick => {
                if self.reign.is_none() && self.membership.primary == Some(self.identity.server) {
                    // Deposed for an epoch that never began: whoever looked for its primary has forgotten it.
                    out.report(Message::Refused { current: self.epoch });
                }
                self.watch_peers(now, out);
                self.watch_clients(now, out);
            }
            Timer::Applied => self.apply_next(out),
            Timer::Scrub => match self.identity.policy.scrub_every {
                Some(every) => {
                    self.scrub_next(out);
                    out.set_timer(every, Timer::Scrub);
                }
                None => self.scrub_is_due = false,
            },
            Timer::PolicyChanged => {
                if let Some(every) = self.identity.policy.scrub_every
                    && !core::mem::replace(&mut self.scrub_is_due, true)
                {
                    out.set_timer(every, Timer::Scrub);
                }
                self.on_policy_changed(now, out);
            }
        }
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

    fn on_lease(&mut self, clock: Time) {
        let lease = self.identity.policy.read_lease.unwrap_or(Span::ZERO);
        self.lease_until = self.lease_until.max(clock + lease);
    }

    fn on_rot(&mut self, file: FileId, bit: u64) {
        self.store.rot(file, bit);
        super::store::rot(&mut self.visible, file, bit);
    }

    fn membership_number(&self) -> u64 {
        self.membership.number
    }

    fn heard_membership(&self) -> u64 {
        self.membership.number.max(self.told_membership)
    }
}
