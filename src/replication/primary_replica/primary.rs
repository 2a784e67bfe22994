//! What a server does as the primary: logs updates, sends them as the windows allow, counts acks, answers
//! clients, and brings servers that lag up to date.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{PrimaryReplica, RecordOut};
use crate::replication::{
    Answer, Change, Copy, Files, Incarnation, Membership, Message, Note, Position, Update, Version,
};
use crate::sim::{FileId, NodeId, OperationId, ServerId, Time};

/// How the primary talks to another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Probing,
    Streaming,
    Copying,
}

/// Whether the primary counts on a server's acknowledgements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It catches up; its acknowledgements don't count.
    Joining,
    /// It has caught up and its acknowledgements count; the coordinator is still to confirm it.
    Entering,
    /// It is in the in-sync set.
    InSync,
}

/// What the primary knows of another server.
#[derive(Clone, Debug)]
pub(super) struct Peer {
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
pub(super) struct UnderWay {
    client: NodeId,
    update: Arc<Update>,
}

/// A request that waits for the window.
#[derive(Clone, Debug)]
pub(super) struct Queued {
    pub(super) client: NodeId,
    pub(super) operation: OperationId,
    pub(super) file: FileId,
    pub(super) change: Change,
}

/// What a server knows while it is primary.
#[derive(Clone, Debug)]
pub(super) struct Reign {
    pub(super) peers: BTreeMap<ServerId, Peer>,
    pub(super) under_way: VecDeque<UnderWay>,
    pub(super) queue: VecDeque<Queued>,
    /// The files as far as they are acknowledged: what readers may see.
    pub(super) visible: Files,
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

impl PrimaryReplica {
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

    pub(super) fn acks(&self, reign: &Reign, index: u64) -> (usize, usize) {
        let counting = reign.peers.values().filter(|peer| peer.standing != Standing::Joining);
        let acks = counting.clone().filter(|peer| peer.matched_index >= index).count();
        (acks, self.identity.policy.acks_needed(counting.count()))
    }

    pub(super) fn on_membership(&mut self, now: Time, membership: Arc<Membership>, out: &mut RecordOut) {
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
    pub(super) fn update_peers(&mut self, now: Time, out: &mut RecordOut) {
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
    pub(super) fn probe(&mut self, now: Time, server: ServerId, out: &mut RecordOut) {
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

    pub(super) fn peer(&mut self, server: ServerId) -> Option<&mut Peer> {
        self.reign.as_mut()?.peers.get_mut(&server)
    }

    /// Sends the updates after `previous_index`, up to and with `to_index`.
    pub(super) fn send_updates(
        &mut self,
        now: Time,
        server: ServerId,
        previous_index: u64,
        to_index: u64,
        out: &mut RecordOut,
    ) {
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

    pub(super) fn send_full_copy(&mut self, now: Time, server: ServerId, out: &mut RecordOut) {
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

    pub(super) fn on_appended(
        &mut self,
        now: Time,
        from: ServerId,
        index: u64,
        incarnation: Incarnation,
        out: &mut RecordOut,
    ) {
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

    pub(super) fn on_mismatch(&mut self, now: Time, from: ServerId, agreeing: Option<Position>, out: &mut RecordOut) {
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
    pub(super) fn advance(&mut self, now: Time, out: &mut RecordOut) {
        loop {
            self.answer_acknowledged(out);
            self.let_in(out);
            if !self.log_next(out) {
                break;
            }
        }
        self.stream(now, out);
    }

    pub(super) fn answer_acknowledged(&mut self, out: &mut RecordOut) {
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
                let copy = Copy { version: update.version, operation: update.operation, content };
                reign.visible.insert(update.file, copy);
            }
            let answer = Answer::Done { version: update.version };
            out.send(client, Message::Answer { operation: update.operation, answer });
        }
    }

    /// Counts on servers that have all acknowledged updates from now on, and tells the coordinator.
    pub(super) fn let_in(&mut self, out: &mut RecordOut) {
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
    pub(super) fn log_next(&mut self, out: &mut RecordOut) -> bool {
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
    pub(super) fn stream(&mut self, now: Time, out: &mut RecordOut) {
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
    pub(super) fn watch_peers(&mut self, now: Time, out: &mut RecordOut) {
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
