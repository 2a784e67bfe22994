//! How a primary brings the other servers what they lack, and hears how far they have come.

use core::ops::Bound;

use super::peer::{Flow, Peer, Standing};
use super::{PrimaryReplica, RecordOut};
use crate::replication::mutation::{Mutation, broken};
use crate::replication::{AckWhen, Incarnation, Message, Note, Position};
use crate::sim::{ServerId, Span, Time};

impl PrimaryReplica {
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
        let held_up_by = self.held_up_by(server, out);
        if let Some(peer) = self.peer(server) {
            let is_news = held_up_by != core::mem::replace(&mut peer.held_up_by, held_up_by);
            if let Some(file) = held_up_by {
                // It is asked again, and by then the file may be mended or written anew.
                peer.flow = Flow::Probing;
                peer.waiting_since = Some(now);
                if is_news {
                    out.note(Note::HoldsUpFullCopy { replica: server, file });
                }
                return;
            }
        }
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
        peer.heard = now;
        let is_news = index > peer.matched_index;
        peer.matched_index = index.max(peer.matched_index);
        peer.has_nothing_of.clear();
        peer.is_silent = false;
        if policy.ack_when <= AckWhen::OnDisk {
            peer.counted_index = peer.counted_index.max(index);
        }
        if peer.flow == Flow::Copying && index + 1 < peer.next_index {
            // It was sent before the full copy came, of which the answer is awaited still.
            return;
        }
        peer.next_index = if peer.flow == Flow::Streaming { peer.next_index.max(index + 1) } else { index + 1 };
        peer.flow = Flow::Streaming;
        let is_waiting = peer.matched_index + 1 < peer.next_index;
        // The news that it is applied may be lost as well.
        let is_unnoticed = peer.counted_index < peer.matched_index;
        peer.waiting_since = (is_waiting || is_unnoticed).then_some(now);
        peer.silent_since = is_waiting.then_some(now);
        let standing = peer.standing;
        let joins = peer.standing == Standing::Joining;
        let behind = last_index.saturating_sub(peer.matched_index);
        let counts = self.awaits(standing) && policy.ack_when == AckWhen::OnDisk;
        if let Some(reign) = self.reign.as_ref().filter(|_| is_news && counts) {
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
        peer.heard = now;
        let is_news = index > peer.counted_index;
        peer.counted_index = peer.counted_index.max(index);
        let has_all = peer.counted_index >= peer.matched_index && peer.matched_index + 1 >= peer.next_index;
        if has_all && peer.flow == Flow::Streaming {
            peer.waiting_since = None;
        }
        let standing = peer.standing;
        let counts = self.awaits(standing);
        if let Some(reign) = self.reign.as_ref().filter(|_| is_news && counts) {
            let (acks, acks_needed) = self.acks(reign, index);
            out.note(Note::Acknowledged { by: from, index, acks, acks_needed });
        }
        self.advance(now, out);
    }

    pub(super) fn on_mismatch(&mut self, now: Time, from: ServerId, agreeing: Option<Position>, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        let self_counts_disks = self.identity.policy.ack_when >= AckWhen::OnDisk;
        let resend_after = self.identity.policy.resend_after;
        if let Some(peer) = self.peer(from) {
            peer.heard = now;
            let is_recent = peer.waiting_since.is_some_and(|since| now.since(since) < resend_after);
            if peer.flow == Flow::Copying && is_recent {
                // A full copy is on its way already. One for each doubled or late answer would be a storm.
                return;
            }
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

    /// A server that owed no acknowledgement is there. One that owes any is silent until it acknowledges.
    pub(super) fn on_pong(&mut self, now: Time, from: ServerId, incarnation: Incarnation, out: &mut RecordOut) {
        let Some(peer) = self.peer(from) else { return };
        let before = peer.incarnation;
        if !peer.hears_of(incarnation) {
            return;
        }
        peer.heard = now;
        if before != Some(incarnation) {
            // What it had in memory is gone, and perhaps its disk.
            self.probe(now, from, out);
        } else if peer.owes_nothing() {
            peer.silent_since = None;
            let is_back = core::mem::replace(&mut peer.is_silent, false);
            // Only who is back can change what goes on: in a quiet cluster of many servers this is most of the work.
            if is_back {
                self.advance(now, out);
            }
        }
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

    /// Counts on servers that have all acknowledged updates from now on, and tells the coordinator.
    pub(super) fn let_in(&mut self, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        let (epoch, policy, synced_index) = (self.epoch, self.identity.policy, self.synced_index);
        let membership = self.membership.number;
        let Some(reign) = &self.reign else { return };
        let oldest = reign.under_way.front().map(|under_way| under_way.update.position.index);
        let acknowledged_index = oldest.map_or(last_index, |index| index - 1);
        let counting = reign.peers.values().filter(|peer| peer.standing.counts());
        let has_everything = |peer: &&Peer| peer.standing.counts() && peer.matched_index >= acknowledged_index;
        let have_all = self.known(reign).filter(has_everything).count();
        let parts = !self.membership.leaving.is_empty() || !self.membership.departed.is_empty();
        // Who leaves may have the last good copy of what is damaged here.
        let safe_without = parts
            && have_all >= policy.acks_needed(counting.count())
            && synced_index >= acknowledged_index
            && self.is_undamaged();
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

    /// Sends again what got no answer, and gives up on in-sync servers that are silent for too long.
    pub(super) fn watch_peers(&mut self, now: Time, out: &mut RecordOut) {
        let policy = self.identity.policy;
        let (epoch, membership) = (self.epoch, self.membership.number);
        if self.reign.is_some() && !self.membership.leaving.is_empty() {
            self.mend_all(out);
        }
        let Some(reign) = &mut self.reign else { return };
        // The coordinator may not have heard who can go.
        reign.told_to_forget = None;
        let mut silent = Vec::new();
        // There is time for several, since one may be lost.
        let ping_after = Span::from_micros(policy.drop_after.as_micros() / 2);
        for (server, peer) in &mut reign.peers {
            if peer.standing != Standing::Joining && peer.owes_nothing() && now.since(peer.heard) >= ping_after {
                peer.silent_since = Some(peer.heard);
                out.send(*server, Message::Ping { epoch });
            }
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
            if gone && matches!(peer.standing, Standing::InSync | Standing::Leaving) {
                if !core::mem::replace(&mut peer.is_silent, true) {
                    out.note(Note::Lags { replica: *server });
                }
                out.report(Message::Lags { epoch, replica: *server });
            }
        }
        for server in silent {
            self.probe(now, server, out);
        }
        self.let_in(out);
    }
}
