//! What a server does as the primary: takes over, logs what clients ask for as the window allows, and knows
//! whom it has to keep up to date.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::peer::{Peer, Standing};
use super::{PrimaryReplica, RecordOut};
use crate::replication::mutation::{Mutation, broken};
use crate::replication::{
    Answer, Change, Copy, Incarnation, Membership, Message, Note, Position, Update, Version, WriteId,
};
use crate::sim::{FileId, NodeId, ServerId, Time};

/// An update in the log that is not yet acknowledged to its client.
#[derive(Clone, Debug)]
pub(super) struct UnderWay {
    pub(super) client: NodeId,
    pub(super) update: Arc<Update>,
    pub(super) logged: Time,
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
    pub(super) told_to_forget: Option<u64>,
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

impl PrimaryReplica {
    pub(super) fn on_membership(&mut self, now: Time, membership: Arc<Membership>, out: &mut RecordOut) {
        if membership.number <= self.membership.number {
            return;
        }
        let me = self.identity.server;
        let reigns = membership.primary == Some(me);
        if membership.epoch < self.epoch {
            // It promised an epoch whose search has been forgotten, and may neither reign nor follow in this one.
            out.report(Message::Refused { current: self.epoch });
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

    /// The bytes of the requests that wait to be logged here.
    #[must_use]
    pub fn queued_bytes(&self) -> u64 {
        let queue = self.reign.iter().flat_map(|reign| &reign.queue);
        queue.map(|queued| if let Change::Put(content) = &queued.change { content.size_bytes() } else { 0 }).sum()
    }

    pub(super) fn begin_reign(&mut self) {
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
            // What the log has no more may still wait for acks, if clients were told that the outcome is open, and may
            // have been damaged before anybody else had it.
            let base_index = self.store.base_index();
            let is_damaged = self.store.files().get(&file).is_some_and(|copy| copy.write == write && !copy.is_sound());
            if is_damaged && self.identity.policy.checksums {
                return;
            }
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
                    reign.peers.insert(*server, Peer::new(now, standing));
                    to_probe.push(*server);
                }
            }
        }
        for server in to_probe {
            self.probe(now, server, out);
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
}
