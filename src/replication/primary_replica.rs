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

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{
    Answer, Change, Epoch, Files, Identity, Incarnation, Membership, Message, Note, Out, Position, Protocol, Request,
    Snapshot, Store, Update, Version,
};
use crate::sim::{Durable, FileId, NodeId, OperationId, ServerId, Time};

/// What a server has on disk: the epoch that it promised, its log and its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrimaryReplicaDisk {
    /// The highest epoch that it promised or followed.
    pub epoch: Epoch,
    /// Log and files.
    pub store: Store,
}

/// A change on the disk.
#[derive(Clone, Debug)]
pub enum Record {
    /// A new epoch.
    Epoch(Epoch),
    /// An update at the end of the log, which keeps so many.
    Append(Arc<Update>, usize),
    /// All updates from this index on are cut off.
    Truncate(u64),
    /// A full copy replaces everything.
    Install(Snapshot),
}

impl Durable for PrimaryReplicaDisk {
    type Record = Record;

    fn apply(&mut self, record: Record) {
        match record {
            Record::Epoch(epoch) => self.epoch = epoch,
            Record::Append(update, log_limit) => self.store.append(update, log_limit),
            Record::Truncate(from_index) => {
                self.store.truncate(from_index);
            }
            Record::Install(snapshot) => self.store.install(snapshot),
        }
    }
}

/// What is to be done once what was written so far is on disk.
#[derive(Clone, Debug)]
enum Then {
    Logged(Arc<Update>),
    SyncedTo(u64),
    Appended { to: NodeId, epoch: Epoch, index: u64 },
    Promise(Epoch),
}

/// How the primary talks to another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flow {
    Probing,
    Streaming,
    Copying,
}

/// Whether the primary counts on a server's acknowledgements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    /// It catches up; its acknowledgements don't count.
    Joining,
    /// It has caught up and its acknowledgements count; the coordinator is still to confirm it.
    Entering,
    /// It is in the in-sync set.
    InSync,
}

#[derive(Clone, Debug)]
struct Peer {
    flow: Flow,
    standing: Standing,
    incarnation: Option<Incarnation>,
    next_index: u64,
    matched_index: u64,
    waiting_since: Option<Time>,
    silent_since: Option<Time>,
}

/// An update in the log that is not yet acknowledged to its client.
#[derive(Clone, Debug)]
struct UnderWay {
    client: NodeId,
    update: Arc<Update>,
}

/// A request that waits for the window.
#[derive(Clone, Debug)]
struct Queued {
    client: NodeId,
    operation: OperationId,
    file: FileId,
    change: Change,
}

/// What a server knows while it is primary.
#[derive(Clone, Debug)]
struct Reign {
    peers: BTreeMap<ServerId, Peer>,
    under_way: VecDeque<UnderWay>,
    queue: VecDeque<Queued>,
    /// The files as far as they are acknowledged: what readers may see.
    visible: Files,
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

/// What waits at a primary, for people to see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The files of the requests that wait for the window, in order.
    pub queued: Vec<FileId>,
    /// The file of the oldest update under way.
    pub file: FileId,
    /// Its version.
    pub version: Version,
    /// How many acknowledgements it has.
    pub acks: usize,
    /// How many it needs.
    pub acks_needed: usize,
    /// The servers that count and have not acknowledged it.
    pub missing: Vec<ServerId>,
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

    /// What waits at this primary for acknowledgements.
    #[must_use]
    pub fn waiting(&self) -> Option<Waiting> {
        let reign = self.reign.as_ref()?;
        let oldest = &reign.under_way.front()?.update;
        let index = oldest.position.index;
        let (acks, acks_needed) = self.acks(reign, index);
        let counting = reign.peers.iter().filter(|(_, peer)| peer.standing != Standing::Joining);
        let missing = counting.filter(|(_, peer)| peer.matched_index < index).map(|(server, _)| *server).collect();
        let queued = reign.queue.iter().map(|queued| queued.file).collect();
        Some(Waiting { queued, file: oldest.file, version: oldest.version, acks, acks_needed, missing })
    }

    fn acks(&self, reign: &Reign, index: u64) -> (usize, usize) {
        let counting = reign.peers.values().filter(|peer| peer.standing != Standing::Joining);
        let acks = counting.clone().filter(|peer| peer.matched_index >= index).count();
        (acks, self.identity.policy.acks_needed(counting.count()))
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

    fn on_membership(&mut self, now: Time, membership: Arc<Membership>, out: &mut RecordOut) {
        if membership.number <= self.membership.number || membership.epoch < self.epoch {
            return;
        }
        self.adopt_epoch(membership.epoch, out);
        let me = self.identity.server;
        let reigns = membership.primary == Some(me);
        self.membership = membership;
        if !reigns {
            return;
        }
        if self.reign.is_none() {
            out.note(Note::BecamePrimary(self.epoch));
            let visible = self.store.files().clone();
            self.reign =
                Some(Reign { peers: BTreeMap::new(), under_way: VecDeque::new(), queue: VecDeque::new(), visible });
        }
        self.update_peers(now, out);
        self.advance(now, out);
    }

    /// Brings the primary's peers in line with the membership.
    fn update_peers(&mut self, now: Time, out: &mut RecordOut) {
        let me = self.identity.server;
        let membership = Arc::clone(&self.membership);
        let Some(reign) = &mut self.reign else { return };
        let is_member = |server: &ServerId| membership.in_sync.contains(server) || membership.joining.contains(server);
        reign.peers.retain(|server, _| is_member(server));
        let mut to_probe = Vec::new();
        for server in membership.in_sync.union(&membership.joining).filter(|server| **server != me) {
            let in_sync = membership.in_sync.contains(server);
            match reign.peers.get_mut(server) {
                Some(peer) if in_sync => peer.standing = Standing::InSync,
                // An entering server stays so: the coordinator decided before it heard that it caught up.
                Some(peer) if peer.standing != Standing::InSync => {}
                // New, or out of the in-sync set: its disk may be another one, so nothing is known of it.
                _ => {
                    let standing = if in_sync { Standing::InSync } else { Standing::Joining };
                    reign.peers.insert(*server, Peer::new(standing));
                    to_probe.push(*server);
                }
            }
        }
        for server in to_probe {
            self.probe(now, server, out);
        }
    }

    /// Asks a server whether its log agrees with the primary's at the end.
    fn probe(&mut self, now: Time, server: ServerId, out: &mut RecordOut) {
        let last = self.store.last();
        let epoch = self.epoch;
        if let Some(peer) = self.peer(server) {
            peer.flow = Flow::Probing;
            peer.next_index = last.index + 1;
            peer.waiting_since = Some(now);
            peer.silent_since.get_or_insert(now);
            out.send(server, Message::Append { epoch, previous: last, updates: Vec::new(), end_index: last.index });
        }
    }

    fn peer(&mut self, server: ServerId) -> Option<&mut Peer> {
        self.reign.as_mut()?.peers.get_mut(&server)
    }

    /// Sends the updates after `previous_index`, up to and with `to_index`.
    fn send_updates(&mut self, now: Time, server: ServerId, previous_index: u64, to_index: u64, out: &mut RecordOut) {
        let Some(previous) = self.store.position(previous_index) else {
            self.send_full_copy(now, server, out);
            return;
        };
        let updates = (previous_index + 1..=to_index).filter_map(|index| self.store.update(index).cloned()).collect();
        let (epoch, end_index) = (self.epoch, self.store.last().index);
        if let Some(peer) = self.peer(server) {
            peer.flow = Flow::Streaming;
            peer.next_index = to_index + 1;
            peer.waiting_since.get_or_insert(now);
            peer.silent_since.get_or_insert(now);
            out.send(server, Message::Append { epoch, previous, updates, end_index });
        }
    }

    fn send_full_copy(&mut self, now: Time, server: ServerId, out: &mut RecordOut) {
        let snapshot = self.store.snapshot();
        let epoch = self.epoch;
        if let Some(peer) = self.peer(server) {
            peer.flow = Flow::Copying;
            peer.next_index = snapshot.position.index + 1;
            peer.waiting_since = Some(now);
            out.note(Note::SendsFullCopy { replica: server });
            out.send(server, Message::FullCopy { epoch, snapshot });
        }
    }

    fn on_append(
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

    fn truncate(&mut self, from_index: u64, out: &mut RecordOut) {
        let count = self.store.truncate(from_index);
        if count > 0 {
            out.note(Note::Truncated { from_index, count });
            self.write(Record::Truncate(from_index), out);
            self.after_sync(Then::SyncedTo(from_index - 1), out);
        }
    }

    fn on_full_copy(&mut self, from: NodeId, epoch: Epoch, snapshot: Snapshot, out: &mut RecordOut) {
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

    fn on_appended(&mut self, now: Time, from: ServerId, index: u64, incarnation: Incarnation, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        let Some(peer) = self.peer(from) else { return };
        let same_disk = peer.incarnation.is_none_or(|before| before.disk == incarnation.disk);
        if !same_disk && peer.standing == Standing::Entering {
            peer.standing = Standing::Joining;
        }
        peer.incarnation = Some(incarnation);
        let is_news = index > peer.matched_index;
        peer.matched_index = if same_disk { index.max(peer.matched_index) } else { index };
        peer.next_index = if peer.flow == Flow::Streaming { peer.next_index.max(index + 1) } else { index + 1 };
        peer.flow = Flow::Streaming;
        let is_waiting = peer.matched_index + 1 < peer.next_index;
        peer.waiting_since = is_waiting.then_some(now);
        peer.silent_since = is_waiting.then_some(now);
        let counts = peer.standing != Standing::Joining;
        let behind = last_index.saturating_sub(peer.matched_index);
        if let Some(reign) = self.reign.as_ref().filter(|_| is_news && counts) {
            let (acks, acks_needed) = self.acks(reign, index);
            out.note(Note::Acknowledged { by: from, index, acks, acks_needed });
        }
        if !counts && behind > 0 && !is_waiting {
            // A server that joins gets all that it lacks at once.
            self.send_updates(now, from, index, last_index, out);
        }
        self.advance(now, out);
    }

    fn on_mismatch(&mut self, now: Time, from: ServerId, agreeing: Option<Position>, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        if let Some(peer) = self.peer(from) {
            // It has less than it once acknowledged, if it acknowledged anything: its disk was lost.
            peer.matched_index = 0;
            if peer.standing == Standing::Entering {
                peer.standing = Standing::Joining;
            }
        }
        let index = agreeing.and_then(|place| self.store.last_index_agreeing(place.epoch, place.index));
        match index {
            Some(index) => {
                let count = last_index - index;
                out.note(Note::CatchesUp { replica: from, from_index: index + 1, count });
                self.send_updates(now, from, index, last_index, out);
            }
            None => self.send_full_copy(now, from, out),
        }
    }

    /// Does all that the last input has made possible: answers clients, lets servers in, logs what waited,
    /// and sends what the windows allow.
    fn advance(&mut self, now: Time, out: &mut RecordOut) {
        loop {
            self.answer_acknowledged(out);
            self.let_in(out);
            if !self.log_next(out) {
                break;
            }
        }
        self.stream(now, out);
    }

    fn answer_acknowledged(&mut self, out: &mut RecordOut) {
        while let Some(reign) = &self.reign {
            let Some(oldest) = reign.under_way.front() else { return };
            let index = oldest.update.position.index;
            let (acks, acks_needed) = self.acks(reign, index);
            if acks < acks_needed || self.synced_index < index {
                return;
            }
            let Some(UnderWay { client, update }) = self.reign.as_mut().and_then(|reign| reign.under_way.pop_front())
            else {
                return;
            };
            if let Some(reign) = &mut self.reign {
                let content = match &update.change {
                    Change::Put(content) => Some(content.clone()),
                    Change::Delete => None,
                };
                let copy = super::Copy { version: update.version, operation: update.operation, content };
                reign.visible.insert(update.file, copy);
            }
            let answer = Answer::Done { version: update.version };
            out.send(client, Message::Answer { operation: update.operation, answer });
        }
    }

    /// Counts on servers that have all acknowledged updates from now on, and tells the coordinator.
    fn let_in(&mut self, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        let epoch = self.epoch;
        let Some(reign) = &mut self.reign else { return };
        let oldest = reign.under_way.front().map(|under_way| under_way.update.position.index);
        let acknowledged_index = oldest.map_or(last_index, |index| index - 1);
        for (server, peer) in &mut reign.peers {
            let has_all = peer.flow == Flow::Streaming && peer.matched_index >= acknowledged_index;
            if let (Standing::Joining, true, Some(incarnation)) = (peer.standing, has_all, peer.incarnation) {
                peer.standing = Standing::Entering;
                out.note(Note::CaughtUp { replica: *server });
                out.send(NodeId::Coordinator, Message::CaughtUp { epoch, replica: *server, incarnation });
            }
        }
    }

    /// Logs the next request that waits, if the window lets it; says whether it did.
    fn log_next(&mut self, out: &mut RecordOut) -> bool {
        let window = self.identity.policy.window.max(1);
        let Some(reign) = &mut self.reign else { return false };
        if reign.under_way.len() >= window {
            return false;
        }
        let Some(Queued { client, operation, file, change }) = reign.queue.pop_front() else { return false };
        let before = self.store.files().get(&file);
        let update = Arc::new(Update {
            position: Position { epoch: self.epoch, index: self.store.last().index + 1 },
            file,
            version: Version(before.map_or(0, |copy| copy.version.0) + 1),
            change,
            operation,
            replaces: before.map(|copy| copy.operation),
        });
        reign.under_way.push_back(UnderWay { client, update: Arc::clone(&update) });
        out.note(Note::Logged((*update).clone()));
        self.log(&update, out);
        true
    }

    /// Sends each streaming server the updates that its window allows.
    fn stream(&mut self, now: Time, out: &mut RecordOut) {
        let window = self.identity.policy.window.max(1) as u64;
        let last_index = self.store.last().index;
        let Some(reign) = &self.reign else { return };
        let servers: Vec<ServerId> = reign.peers.keys().copied().collect();
        for server in servers {
            while let Some(peer) = self.peer(server) {
                let next_index = peer.next_index;
                let unacknowledged = (next_index - 1).saturating_sub(peer.matched_index);
                if peer.flow != Flow::Streaming || next_index > last_index || unacknowledged >= window {
                    break;
                }
                self.send_updates(now, server, next_index - 1, next_index, out);
                if self.peer(server).is_some_and(|peer| peer.flow == Flow::Copying) {
                    break;
                }
            }
        }
    }

    /// Sends again what got no answer, and gives up on in-sync servers that are silent for too long.
    fn watch_peers(&mut self, now: Time, out: &mut RecordOut) {
        let policy = self.identity.policy;
        let epoch = self.epoch;
        let Some(reign) = &mut self.reign else { return };
        let mut silent = Vec::new();
        for (server, peer) in &mut reign.peers {
            if peer.standing == Standing::Entering
                && let Some(incarnation) = peer.incarnation
            {
                out.send(NodeId::Coordinator, Message::CaughtUp { epoch, replica: *server, incarnation });
                // The coordinator may know that its disk was lost since; the answer to a probe tells it here.
                silent.push(*server);
                continue;
            }
            if peer.waiting_since.is_some_and(|since| now.since(since) >= policy.resend_after) {
                silent.push(*server);
            }
            let gone = peer.silent_since.is_some_and(|since| now.since(since) >= policy.drop_after);
            if gone && peer.standing == Standing::InSync {
                out.note(Note::Lags { replica: *server });
                out.send(NodeId::Coordinator, Message::Lags { epoch, replica: *server });
            }
        }
        for server in silent {
            self.probe(now, server, out);
        }
    }
}

impl Peer {
    fn new(standing: Standing) -> Self {
        Self {
            flow: Flow::Probing,
            standing,
            incarnation: None,
            next_index: 1,
            matched_index: 0,
            waiting_since: None,
            silent_since: None,
        }
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
