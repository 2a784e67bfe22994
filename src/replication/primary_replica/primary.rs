//! What a server does as the primary: logs updates, sends them as the windows allow, counts acks, answers
//! clients, and brings servers that lag up to date.

use crate::replication::mutation::{Mutation, broken};
use core::ops::Bound;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::{PrimaryReplica, RecordOut};
use crate::replication::{
    AckWhen, Acks, Answer, Change, Copy, Incarnation, Membership, Message, Note, Position, Update, Version, WhenShort,
    WriteId,
};
use crate::sim::{FileId, NodeId, ServerId, Time};

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
    /// It is in the in-sync set and is to go: its acknowledgements don't count any more.
    Leaving,
}

impl Standing {
    fn counts(self) -> bool {
        matches!(self, Self::Entering | Self::InSync)
    }
}

/// What the primary knows of another server.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    flow: Flow,
    standing: Standing,
    incarnation: Option<Incarnation>,
    next_index: u64,
    /// The last index that is on its disk and agrees with the primary's log.
    matched_index: u64,
    /// The last index that has come as far at it as the policy counts.
    counted_index: u64,
    waiting_since: Option<Time>,
    silent_since: Option<Time>,
    /// The membership for which the coordinator was told that it may leave.
    told_to_leave: Option<u64>,
}

/// An update in the log that is not yet acknowledged to its client.
#[derive(Clone, Debug)]
pub(super) struct UnderWay {
    client: NodeId,
    update: Arc<Update>,
    logged: Time,
}

/// A request that waits for the window.
#[derive(Clone, Debug)]
pub(super) struct Queued {
    pub(super) client: NodeId,
    pub(super) write: WriteId,
    pub(super) file: FileId,
    pub(super) change: Change,
}

/// What a server knows while it is primary.
#[derive(Clone, Debug)]
pub(super) struct Reign {
    pub(super) peers: BTreeMap<ServerId, Peer>,
    pub(super) under_way: VecDeque<UnderWay>,
    pub(super) queue: VecDeque<Queued>,
    /// Requests that came again for updates in the log that are not under way: they wait for the same acks.
    pub(super) repeated: Vec<UnderWay>,
    /// The end of the log when the reign began: what is up to here may never have been acknowledged.
    pub(super) inherited_index: u64,
    /// Whether it goes on without acknowledgements until a replica has caught up.
    pub(super) is_async: bool,
    /// The membership for which the coordinator was told that it may forget the servers that were taken out.
    told_to_forget: Option<u64>,
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
            counted_index: 0,
            waiting_since: None,
            silent_since: None,
            told_to_leave: None,
        }
    }

    /// Takes note of the disk and the start that an acknowledgement is true of; says whether they are not over.
    fn hears_of(&mut self, incarnation: Incarnation) -> bool {
        let before = self.incarnation.unwrap_or(incarnation);
        if incarnation < before {
            // It was on its way when the server lost what it tells of.
            return false;
        }
        if before.disk != incarnation.disk {
            self.matched_index = 0;
            self.counted_index = 0;
            if self.standing == Standing::Entering {
                self.standing = Standing::Joining;
            }
        }
        self.incarnation = Some(incarnation);
        true
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
        let counting = reign.peers.iter().filter(|(_, peer)| peer.standing.counts());
        let missing = counting.filter(|(_, peer)| peer.counted_index < index).map(|(server, _)| *server).collect();
        let queued = reign.queue.iter().map(|queued| queued.file).collect();
        Some(Waiting { queued, file: oldest.file, version: oldest.version, acks, acks_needed, missing })
    }

    pub(super) fn acks(&self, reign: &Reign, index: u64) -> (usize, usize) {
        let counting = reign.peers.values().filter(|peer| peer.standing.counts());
        let acks = self.known(reign).filter(|peer| peer.counted_index >= index).count();
        let needed = self.identity.policy.acks_needed(counting.count());
        (acks, if reign.is_async { 0 } else { needed })
    }

    /// The peers whose acknowledgements count. With a fixed number of acks a failover looks only among those servers
    /// that the coordinator knows to be in sync, with the disks that it knows.
    fn known<'a>(&'a self, reign: &'a Reign) -> impl Iterator<Item = &'a Peer> {
        let is_fixed = matches!(self.identity.policy.acks, Acks::Count(_));
        let counting = reign.peers.iter().filter(|(_, peer)| peer.standing.counts());
        let is_known = move |(server, peer): &(&ServerId, &Peer)| {
            let named = self.membership.incarnations.get(server).copied().unwrap_or(Incarnation::FIRST);
            let same_disk = peer.incarnation.is_none_or(|incarnation| incarnation.disk == named.disk)
                || broken(Mutation::CountNewDisk);
            !is_fixed || (peer.standing == Standing::InSync && same_disk)
        };
        counting.filter(is_known).map(|(_, peer)| peer)
    }

    pub(super) fn on_membership(&mut self, now: Time, membership: Arc<Membership>, out: &mut RecordOut) {
        if membership.number <= self.membership.number {
            return;
        }
        let me = self.identity.server;
        let reigns = membership.primary == Some(me);
        if membership.epoch < self.epoch {
            if reigns {
                // It promised an epoch whose search has been forgotten, and may not reign in this one.
                out.report(Message::Refused { current: self.epoch });
            }
            return;
        }
        let named = membership.incarnations.get(&me).copied().unwrap_or(Incarnation::FIRST);
        if reigns && named != self.identity.incarnation {
            // Named was a server that had not forgotten yet what it has: the coordinator will hear of it.
            return;
        }
        self.adopt_epoch(membership.epoch, out);
        self.membership = membership;
        if !reigns {
            // Without fencing the news of another primary may come in the same epoch only.
            self.step_down(self.epoch, out);
            return;
        }
        if self.reign.is_none() {
            out.note(Note::BecamePrimary(self.epoch));
            self.begin_reign();
        }
        self.update_peers(now, out);
        self.advance(now, out);
    }

    fn begin_reign(&mut self) {
        self.visible = self.store.files().clone();
        self.unapplied.clear();
        self.reign = Some(Reign {
            peers: BTreeMap::new(),
            under_way: VecDeque::new(),
            queue: VecDeque::new(),
            repeated: Vec::new(),
            inherited_index: self.store.last().index,
            is_async: false,
            told_to_forget: None,
        });
    }

    /// Whether this primary may answer reads: its lease runs, and what it inherited is on enough servers.
    #[must_use]
    pub fn may_answer_reads(&self, now: Time) -> bool {
        let Some(reign) = &self.reign else { return false };
        let policy = &self.identity.policy;
        let has_lease = policy.read_lease.is_none() || now < self.lease_until;
        let is_settled = match policy.acks {
            Acks::Count(count) => {
                let on_disk = self.known(reign).filter(|peer| peer.matched_index >= reign.inherited_index).count();
                reign.inherited_index == 0 || self.membership.in_sync.len() <= count || on_disk >= count
            }
            Acks::None | Acks::All => true,
        };
        has_lease && is_settled
    }

    /// A client asks for a change: it is logged as soon as the window lets it, and once only.
    pub(super) fn on_change(&mut self, now: Time, queued: Queued, out: &mut RecordOut) {
        let (file, client, write) = (queued.file, queued.client, queued.write);
        let operation = write.operation;
        let Some(reign) = &mut self.reign else { return };
        if let Some(waiting) = reign.queue.iter_mut().find(|waiting| waiting.write == write) {
            waiting.client = client;
            out.note(Note::Repeated { file, operation });
            return;
        }
        if let Some(update) = self.store.find(write).filter(|_| !broken(Mutation::RepeatTwice)) {
            out.note(Note::Repeated { file, operation });
            let waiting = reign.under_way.iter_mut().chain(&mut reign.repeated);
            if let Some(waiting) = { waiting }.find(|waiting| waiting.update.write == write) {
                waiting.client = client;
            } else {
                reign.repeated.push(UnderWay { client, update: Arc::clone(update), logged: now });
                self.advance(now, out);
            }
            return;
        }
        if let Some(version) = self.store.remembered(write) {
            out.note(Note::Repeated { file, operation });
            // What the log has no more may still wait for acks, if clients were told that the outcome is open.
            let base_index = self.store.base_index();
            if self.reign.as_ref().and_then(|reign| self.acks_if_enough(reign, base_index)).is_some() {
                out.send(client, Message::Answer { operation, answer: Answer::Done { version } });
            }
            return;
        }
        if !self.has_enough_in_sync() {
            out.send(client, Message::Answer { operation, answer: Answer::TooFewInSync });
            return;
        }
        if let Some(reign) = &mut self.reign {
            reign.queue.push_back(queued);
        }
        self.advance(now, out);
        let window = self.identity.policy.window;
        if let Some(waiting) = self.waiting().filter(|waiting| !waiting.queued.is_empty()) {
            let (acks, acks_needed) = (waiting.acks, waiting.acks_needed);
            out.note(Note::Waits { file, acks, acks_needed, window });
        }
    }

    fn has_enough_in_sync(&self) -> bool {
        let Some(reign) = &self.reign else { return false };
        let counting = reign.peers.values().filter(|peer| peer.standing.counts()).count();
        1 + counting >= self.identity.policy.min_in_sync
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
            let standing = match (membership.in_sync.contains(server), membership.leaving.contains(server)) {
                (true, true) => Standing::Leaving,
                (true, false) => Standing::InSync,
                (false, _) => Standing::Joining,
            };
            match reign.peers.get_mut(server) {
                Some(peer) if standing != Standing::Joining => peer.standing = standing,
                // An entering server stays so: the coordinator decided before it heard that it caught up.
                Some(peer) if matches!(peer.standing, Standing::Joining | Standing::Entering) => {}
                // New, or out of the in-sync set: its disk may be another one, so nothing is known of it.
                _ => {
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
        let (epoch, membership) = (self.epoch, self.membership.number);
        if let Some(peer) = self.peer(server) {
            peer.flow = Flow::Probing;
            peer.next_index = last.index + 1;
            peer.waiting_since = Some(now);
            peer.silent_since.get_or_insert(now);
            let (updates, end_index) = (Vec::new(), last.index);
            out.send(server, Message::Append { epoch, previous: last, updates, end_index, membership });
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
        let (epoch, end_index, membership) = (self.epoch, self.store.last().index, self.membership.number);
        if let Some(peer) = self.peer(server) {
            peer.flow = Flow::Streaming;
            peer.next_index = to_index + 1;
            peer.waiting_since.get_or_insert(now);
            peer.silent_since.get_or_insert(now);
            out.send(server, Message::Append { epoch, previous, updates, end_index, membership });
        }
    }

    pub(super) fn send_full_copy(&mut self, now: Time, server: ServerId, out: &mut RecordOut) {
        let snapshot = self.store.snapshot();
        let (epoch, membership) = (self.epoch, self.membership.number);
        if let Some(peer) = self.peer(server) {
            peer.flow = Flow::Copying;
            peer.next_index = snapshot.position.index + 1;
            peer.waiting_since = Some(now);
            out.note(Note::SendsFullCopy { replica: server });
            out.send(server, Message::FullCopy { epoch, snapshot, membership });
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
        let policy = self.identity.policy;
        let Some(peer) = self.peer(from) else { return };
        if !peer.hears_of(incarnation) {
            return;
        }
        let is_news = index > peer.matched_index;
        peer.matched_index = index.max(peer.matched_index);
        if policy.ack_when <= AckWhen::OnDisk {
            peer.counted_index = peer.counted_index.max(index);
        }
        peer.next_index = if peer.flow == Flow::Streaming { peer.next_index.max(index + 1) } else { index + 1 };
        peer.flow = Flow::Streaming;
        let is_waiting = peer.matched_index + 1 < peer.next_index;
        // The news that it is applied may be lost as well.
        let is_unnoticed = peer.counted_index < peer.matched_index;
        peer.waiting_since = (is_waiting || is_unnoticed).then_some(now);
        peer.silent_since = is_waiting.then_some(now);
        let counts = peer.standing.counts();
        let joins = peer.standing == Standing::Joining;
        let behind = last_index.saturating_sub(peer.matched_index);
        if let Some(reign) = self.reign.as_ref().filter(|_| is_news && counts && policy.ack_when == AckWhen::OnDisk) {
            let (acks, acks_needed) = self.acks(reign, index);
            out.note(Note::Acknowledged { by: from, index, acks, acks_needed });
        }
        if joins && behind > 0 && !is_waiting {
            // A server that joins gets all that it lacks at once.
            self.send_updates(now, from, index, last_index, out);
        }
        self.advance(now, out);
    }

    /// An update has come as far at a replica as the policy counts.
    pub(super) fn on_noticed(
        &mut self,
        now: Time,
        from: ServerId,
        index: u64,
        when: AckWhen,
        incarnation: Incarnation,
        out: &mut RecordOut,
    ) {
        if when != self.identity.policy.ack_when {
            return;
        }
        let Some(peer) = self.peer(from) else { return };
        if !peer.hears_of(incarnation) {
            return;
        }
        let is_news = index > peer.counted_index;
        peer.counted_index = peer.counted_index.max(index);
        let has_all = peer.counted_index >= peer.matched_index && peer.matched_index + 1 >= peer.next_index;
        if has_all && peer.flow == Flow::Streaming {
            peer.waiting_since = None;
        }
        let counts = peer.standing.counts();
        if let Some(reign) = self.reign.as_ref().filter(|_| is_news && counts) {
            let (acks, acks_needed) = self.acks(reign, index);
            out.note(Note::Acknowledged { by: from, index, acks, acks_needed });
        }
        self.advance(now, out);
    }

    pub(super) fn on_mismatch(&mut self, now: Time, from: ServerId, agreeing: Option<Position>, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        let self_counts_disks = self.identity.policy.ack_when >= AckWhen::OnDisk;
        if let Some(peer) = self.peer(from) {
            // It has less than it once acknowledged, if it acknowledged anything: its disk was lost.
            peer.matched_index = 0;
            if self_counts_disks {
                peer.counted_index = 0;
            }
            // An entering server goes on to count: the coordinator may have let it in by now.
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
            self.end_async(out);
            if !self.log_next(now, out) {
                break;
            }
        }
        self.stream(now, out);
    }

    pub(super) fn answer_acknowledged(&mut self, out: &mut RecordOut) {
        self.answer_repeated(out);
        while let Some(reign) = &self.reign {
            let Some(oldest) = reign.under_way.front() else { return };
            let index = oldest.update.position.index;
            let Some(acks) = self.acks_if_enough(reign, index) else { return };
            let answer = Answer::Done { version: oldest.update.version };
            out.note(Note::Answered { update: (*oldest.update).clone(), acks });
            self.end_oldest(answer, out);
        }
    }

    /// How many acknowledgements an update has, if they are as many as the policy demands.
    fn acks_if_enough(&self, reign: &Reign, index: u64) -> Option<usize> {
        let (acks, acks_needed) = self.acks(reign, index);
        let own_is_enough = self.identity.policy.ack_when < AckWhen::OnDisk || self.synced_index >= index;
        let is_enough = acks >= acks_needed || broken(Mutation::AnswerWithoutAcks);
        (is_enough && own_is_enough && self.has_enough_in_sync()).then_some(acks)
    }

    /// Answers those who asked again for what is in the log: it may be there without being acknowledged.
    fn answer_repeated(&mut self, out: &mut RecordOut) {
        if self.reign.as_ref().is_none_or(|reign| reign.repeated.is_empty()) {
            return;
        }
        let Some(repeated) = self.reign.as_mut().map(|reign| core::mem::take(&mut reign.repeated)) else { return };
        for waiting in repeated {
            let index = waiting.update.position.index;
            let acks = self.reign.as_ref().and_then(|reign| self.acks_if_enough(reign, index));
            if let Some(acks) = acks {
                let UnderWay { client, update, .. } = waiting;
                let answer = Answer::Done { version: update.version };
                out.note(Note::Answered { update: (*update).clone(), acks });
                out.send(client, Message::Answer { operation: update.write.operation, answer });
            } else if let Some(reign) = &mut self.reign {
                reign.repeated.push(waiting);
            }
        }
    }

    /// Tells the client of the oldest update under way the outcome, and shows the update to readers.
    fn end_oldest(&mut self, answer: Answer, out: &mut RecordOut) {
        let oldest = self.reign.as_mut().and_then(|reign| reign.under_way.pop_front());
        let Some(UnderWay { client, update, .. }) = oldest else { return };
        self.visible.insert(update.file, update.copy());
        out.send(client, Message::Answer { operation: update.write.operation, answer });
    }

    /// Does what the policy demands when acknowledgements stay out for too long.
    pub(super) fn watch_clients(&mut self, now: Time, out: &mut RecordOut) {
        let when_short = self.identity.policy.when_short;
        let late =
            |reign: &Reign, after| reign.under_way.front().is_some_and(|oldest| now.since(oldest.logged) >= after);
        match when_short {
            WhenShort::Wait => {}
            WhenShort::TimeOut { after } => {
                while let Some(oldest) = self.reign.as_ref().filter(|reign| late(reign, after)) {
                    let Some(update) = oldest.under_way.front().map(|oldest| (*oldest.update).clone()) else { break };
                    out.note(Note::NotConfirmed(update));
                    self.end_oldest(Answer::NotConfirmed, out);
                }
                self.advance(now, out);
            }
            WhenShort::GoAsync { after } => {
                if let Some(reign) = self.reign.as_mut().filter(|reign| !reign.is_async && late(reign, after)) {
                    reign.is_async = true;
                    out.note(Note::WentAsync);
                    self.advance(now, out);
                }
            }
        }
    }

    /// Waits for acknowledgements again as soon as enough replicas have everything.
    fn end_async(&mut self, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        let policy = self.identity.policy;
        let Some(reign) = self.reign.as_mut().filter(|reign| reign.is_async) else { return };
        let counting = reign.peers.values().filter(|peer| peer.standing.counts());
        let caught_up = counting.clone().filter(|peer| peer.counted_index >= last_index).count();
        let needed = policy.acks_needed(counting.count()).max(1);
        if caught_up >= needed {
            reign.is_async = false;
            out.note(Note::BackInSync);
        }
    }

    /// Counts on servers that have all acknowledged updates from now on, and tells the coordinator.
    pub(super) fn let_in(&mut self, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        let (epoch, policy, synced_index) = (self.epoch, self.identity.policy, self.synced_index);
        let membership = self.membership.number;
        let Some(reign) = &self.reign else { return };
        let oldest = reign.under_way.front().map(|under_way| under_way.update.position.index);
        let acknowledged_index = oldest.map_or(last_index, |index| index - 1);
        let counting = reign.peers.values().filter(|peer| peer.standing.counts());
        let have_all = self.known(reign).filter(|peer| peer.matched_index >= acknowledged_index).count();
        let safe_without = have_all >= policy.acks_needed(counting.count()) && synced_index >= acknowledged_index;
        let Some(reign) = &mut self.reign else { return };
        for (server, peer) in &mut reign.peers {
            let has_all = peer.flow == Flow::Streaming
                && (peer.matched_index >= acknowledged_index || broken(Mutation::LetInEarly));
            if let (Standing::Joining, true, Some(incarnation)) = (peer.standing, has_all, peer.incarnation) {
                peer.standing = Standing::Entering;
                out.note(Note::CaughtUp { replica: *server });
                out.report(Message::CaughtUp { epoch, membership, replica: *server, incarnation });
            }
            if peer.standing == Standing::Leaving && safe_without && peer.told_to_leave != Some(membership) {
                peer.told_to_leave = Some(membership);
                out.report(Message::MayLeave { epoch, membership, replica: *server });
            }
        }
        if safe_without && reign.told_to_forget != Some(membership) {
            reign.told_to_forget = Some(membership);
            for replica in self.membership.departed.iter().copied() {
                out.report(Message::MayLeave { epoch, membership, replica });
            }
        }
    }

    /// Logs the next request that waits, if the window lets it; says whether it did.
    pub(super) fn log_next(&mut self, now: Time, out: &mut RecordOut) -> bool {
        let window = self.identity.policy.window.max(1);
        let Some(reign) = &mut self.reign else { return false };
        if reign.under_way.len() >= window && !broken(Mutation::IgnoreWindow) {
            return false;
        }
        let Some(Queued { client, write, file, change }) = reign.queue.pop_front() else { return false };
        let before = self.store.files().get(&file);
        let update = Arc::new(Update {
            position: Position { epoch: self.epoch, index: self.store.last().index + 1 },
            file,
            version: Version(before.map_or(0, |copy| copy.version.0) + 1),
            change,
            write,
            replaces: before.map(Copy::revision),
        });
        reign.under_way.push_back(UnderWay { client, update: Arc::clone(&update), logged: now });
        out.note(Note::Logged((*update).clone()));
        self.log(&update, None, out);
        true
    }

    /// Sends each streaming server the updates that its window allows.
    pub(super) fn stream(&mut self, now: Time, out: &mut RecordOut) {
        let window = self.identity.policy.window.max(1) as u64;
        let last_index = self.store.last().index;
        let after = |state: &Self, server: Option<ServerId>| {
            let peers = &state.reign.as_ref()?.peers;
            let from = server.map_or(Bound::Unbounded, Bound::Excluded);
            peers.range((from, Bound::Unbounded)).next().map(|(server, _)| *server)
        };
        let mut next = after(self, None);
        while let Some(server) = next {
            next = after(self, Some(server));
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
        let (epoch, membership) = (self.epoch, self.membership.number);
        let Some(reign) = &mut self.reign else { return };
        // The coordinator may not have heard who can go.
        reign.told_to_forget = None;
        let mut silent = Vec::new();
        for (server, peer) in &mut reign.peers {
            if peer.standing == Standing::Entering
                && let Some(incarnation) = peer.incarnation
            {
                out.report(Message::CaughtUp { epoch, membership, replica: *server, incarnation });
                // The coordinator may know that its disk was lost since; the answer to a probe tells it here.
                silent.push(*server);
                continue;
            }
            peer.told_to_leave = None;
            if peer.waiting_since.is_some_and(|since| now.since(since) >= policy.resend_after) {
                silent.push(*server);
            }
            let gone = peer.silent_since.is_some_and(|since| now.since(since) >= policy.drop_after);
            if gone && peer.standing == Standing::InSync {
                out.note(Note::Lags { replica: *server });
                out.report(Message::Lags { epoch, replica: *server });
            }
        }
        for server in silent {
            self.probe(now, server, out);
        }
        self.let_in(out);
    }
}
