//! The coordinator: it detects failures by time-out, names the primary and keeps the in-sync set.
//!
//! It is the external configuration master of the primary–backup family (chain replication, van Renesse
//! and Schneider 2004, §3; Kafka's controller with its in-sync set). Here it is one node, and so a single
//! point of failure itself: without it the primary works on, but nobody replaces a failed primary.
//!
//! **States**: a primary reigns, or an election is under way. **Messages**: heartbeats in; prepare out and
//! promise in, which ends the reign of every earlier epoch at the promising server; the new membership out.
//!
//! **Promises**: at most one primary per epoch; a primary is chosen from the in-sync set only, unless the
//! disks of all in-sync servers are known to be lost or an operator insists; of those that answer, the
//! most up-to-date is chosen. **Does not promise** progress while no in-sync server answers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Epoch, Incarnation, Membership, Message, Note, Out, Policy, Position};
use crate::sim::{NodeId, ServerId, Span, Time};

/// How long an election waits for in-sync servers that are not suspected and don't answer.
const ELECTION_WAIT: Span = Span::from_millis(100);

/// What the coordinator knows of a server.
#[derive(Clone, Debug)]
struct Seen {
    heard: Time,
    incarnation: Option<Incarnation>,
    suspected: bool,
}

/// A search for a new primary.
#[derive(Clone, Debug)]
struct Election {
    epoch: Epoch,
    started: Time,
    promises: BTreeMap<ServerId, (Incarnation, Position)>,
    by_hand: Option<ServerId>,
    without_candidate: bool,
}

/// The coordinator of one replica group.
#[derive(Clone, Debug)]
pub struct Coordinator {
    policy: Policy,
    membership: Membership,
    servers: BTreeMap<ServerId, Seen>,
    election: Option<Election>,
    clients: BTreeSet<NodeId>,
}

/// What the coordinator asks for; it has no disk of its own yet.
pub(crate) type CoordinatorOut = Out<core::convert::Infallible>;

impl Coordinator {
    /// A coordinator of these servers, the first of which is to be the primary of epoch 1.
    #[must_use]
    pub fn new(policy: Policy, servers: &[ServerId]) -> Self {
        let membership = Membership {
            number: 1,
            epoch: Epoch(1),
            primary: servers.first().copied(),
            in_sync: servers.iter().copied().collect(),
            joining: BTreeSet::new(),
        };
        let seen = |server: &ServerId| (*server, Seen { heard: Time::ZERO, incarnation: None, suspected: false });
        let servers = servers.iter().map(seen).collect();
        Self { policy, membership, servers, election: None, clients: BTreeSet::new() }
    }

    /// The last decision.
    #[must_use]
    pub fn membership(&self) -> &Membership {
        &self.membership
    }

    /// The servers that it suspects.
    pub fn suspects(&self) -> impl Iterator<Item = ServerId> + '_ {
        self.servers.iter().filter(|(_, seen)| seen.suspected).map(|(server, _)| *server)
    }

    /// Whether it looks for a new primary.
    #[must_use]
    pub fn is_electing(&self) -> bool {
        self.election.is_some()
    }

    /// The coordinator starts: tells everyone the first membership.
    pub(crate) fn on_start(&mut self, out: &mut CoordinatorOut) {
        self.tell_servers(out);
        out.set_timer(self.tick());
    }

    /// A server was added; it is let in when its first heartbeat comes.
    pub(crate) fn add_server(&mut self, now: Time, server: ServerId) {
        self.servers.insert(server, Seen { heard: now, incarnation: None, suspected: false });
    }

    /// A server was taken out.
    pub(crate) fn remove_server(&mut self, now: Time, server: ServerId, out: &mut CoordinatorOut) {
        self.servers.remove(&server);
        self.membership.joining.remove(&server);
        self.membership.in_sync.remove(&server);
        if let Some(election) = &mut self.election {
            election.promises.remove(&server);
        }
        if self.membership.primary == Some(server) {
            self.start_election(now, None, out);
        } else {
            self.publish(out);
        }
    }

    /// An operator wants this server to be primary, whatever it lacks.
    pub(crate) fn promote(&mut self, now: Time, server: ServerId, out: &mut CoordinatorOut) {
        self.start_election(now, Some(server), out);
    }

    /// Time passed.
    pub(crate) fn on_timer(&mut self, now: Time, out: &mut CoordinatorOut) {
        self.suspect_the_silent(now, out);
        if self.election.is_some() {
            self.ask_for_promises(out);
            self.try_to_finish_election(now, out);
        }
        out.set_timer(self.tick());
    }

    /// A message arrived.
    pub(crate) fn on_message(&mut self, now: Time, from: NodeId, message: Message, out: &mut CoordinatorOut) {
        match (from, message) {
            (NodeId::Server(server), Message::Heartbeat { incarnation, membership }) => {
                self.on_heartbeat(now, server, incarnation, membership, out);
            }
            (NodeId::Server(server), Message::Promise { epoch, incarnation, last }) => {
                if let Some(election) = self.election.as_mut().filter(|election| election.epoch == epoch) {
                    election.promises.insert(server, (incarnation, last));
                    self.try_to_finish_election(now, out);
                }
            }
            (NodeId::Server(server), Message::CaughtUp { epoch, replica, incarnation }) => {
                let known = self.servers.get(&replica);
                let same_disk =
                    known.and_then(|seen| seen.incarnation).is_some_and(|seen| seen.disk == incarnation.disk);
                if self.reigns(server, epoch) && same_disk && self.membership.joining.remove(&replica) {
                    self.membership.in_sync.insert(replica);
                    self.publish_in_sync(out);
                }
            }
            (NodeId::Server(server), Message::Lags { epoch, replica }) => {
                self.leave_out(server, epoch, replica, out);
            }
            (client, Message::WhoIsPrimary) => {
                self.clients.insert(client);
                out.send(client, Message::PrimaryIs(self.membership.primary));
            }
            _ => {}
        }
    }

    /// The primary gets no acks from `replica`: it has to catch up before it counts again.
    fn leave_out(&mut self, primary: ServerId, epoch: Epoch, replica: ServerId, out: &mut CoordinatorOut) {
        let may = self.reigns(primary, epoch) && replica != primary;
        if may && self.membership.in_sync.remove(&replica) {
            self.membership.joining.insert(replica);
            self.publish_in_sync(out);
        }
    }

    fn tick(&self) -> Span {
        Span::from_micros(self.policy.heartbeat_every.as_micros() / 2)
    }

    fn reigns(&self, server: ServerId, epoch: Epoch) -> bool {
        self.membership.primary == Some(server) && self.membership.epoch == epoch
    }

    fn on_heartbeat(
        &mut self,
        now: Time,
        server: ServerId,
        incarnation: Incarnation,
        membership: u64,
        out: &mut CoordinatorOut,
    ) {
        let Some(seen) = self.servers.get_mut(&server) else { return };
        let before = seen.incarnation.replace(incarnation);
        let returns = core::mem::take(&mut seen.suspected);
        seen.heard = now;
        if returns {
            out.note(Note::HeardAgain(server));
        }
        let new_disk = before.is_some_and(|before| before.disk != incarnation.disk);
        let new_start = before.is_some_and(|before| before != incarnation);
        if new_disk && self.membership.in_sync.remove(&server) {
            out.note(Note::InSync(self.membership.in_sync.iter().copied().collect()));
        }
        if let Some(election) = self.election.as_mut().filter(|_| new_start) {
            election.promises.remove(&server);
        }
        let is_member = self.membership.in_sync.contains(&server) || self.membership.joining.contains(&server);
        if self.membership.primary == Some(server) && new_start {
            self.start_election(now, None, out);
        } else if !is_member {
            self.membership.joining.insert(server);
            self.publish(out);
        } else if membership < self.membership.number {
            out.send(server, Message::NewMembership(Arc::new(self.membership.clone())));
        }
    }

    fn suspect_the_silent(&mut self, now: Time, out: &mut CoordinatorOut) {
        let mut suspects = Vec::new();
        for (server, seen) in &mut self.servers {
            if !seen.suspected && now.since(seen.heard) > self.policy.suspect_after {
                seen.suspected = true;
                suspects.push(*server);
                out.note(Note::Suspected(*server));
            }
        }
        if suspects.is_empty() {
            return;
        }
        for server in &suspects {
            self.membership.joining.remove(server);
        }
        if self.membership.primary.is_some_and(|primary| suspects.contains(&primary)) {
            self.start_election(now, None, out);
        } else if self.election.is_none() {
            // While a primary reigns the others may leave the in-sync set. During an election they must
            // not: the one that has all acknowledged updates could be among them.
            let before = self.membership.in_sync.len();
            self.membership.in_sync.retain(|server| !suspects.contains(server));
            if self.membership.in_sync.len() < before { self.publish_in_sync(out) } else { self.publish(out) }
        }
    }

    fn start_election(&mut self, now: Time, by_hand: Option<ServerId>, out: &mut CoordinatorOut) {
        let under_way = self.election.as_ref().map_or(self.membership.epoch, |election| election.epoch);
        let epoch = under_way.next();
        self.membership.primary = None;
        self.election =
            Some(Election { epoch, started: now, promises: BTreeMap::new(), by_hand, without_candidate: false });
        out.note(Note::ElectionStarted { epoch });
        self.ask_for_promises(out);
    }

    fn ask_for_promises(&self, out: &mut CoordinatorOut) {
        let Some(election) = &self.election else { return };
        for (server, seen) in &self.servers {
            if !seen.suspected && !election.promises.contains_key(server) {
                out.send(*server, Message::Prepare { epoch: election.epoch });
            }
        }
    }

    fn try_to_finish_election(&mut self, now: Time, out: &mut CoordinatorOut) {
        let Some(election) = &self.election else { return };
        let waited = now.since(election.started) >= ELECTION_WAIT;
        let available = |server: &ServerId| self.servers.get(server).is_some_and(|seen| !seen.suspected);
        let in_sync = &self.membership.in_sync;
        // Once every in-sync disk is known to be lost, the most up-to-date of the others is the best there is.
        let eligible = |server: &ServerId| match election.by_hand {
            Some(wanted) => *server == wanted,
            None => in_sync.is_empty() || in_sync.contains(server),
        };
        let expected = self.servers.keys().filter(|server| eligible(server) && available(server));
        let all_promised = expected.clone().all(|server| election.promises.contains_key(server));
        let candidates = election.promises.iter().filter(|(server, _)| eligible(server) && available(server));
        let best = candidates.max_by_key(|(server, (_, last))| (*last, core::cmp::Reverse(**server)));
        let best = best.map(|(server, (_, last))| (*server, *last));
        match best {
            Some((server, last)) if all_promised || waited => self.finish_election(server, last, out),
            None if waited && !election.without_candidate => {
                let epoch = election.epoch;
                if let Some(election) = &mut self.election {
                    election.without_candidate = true;
                }
                out.note(Note::NoCandidate { epoch });
            }
            _ => {}
        }
    }

    fn finish_election(&mut self, server: ServerId, last: Position, out: &mut CoordinatorOut) {
        let Some(election) = self.election.take() else { return };
        let alive = self.servers.iter().filter(|(_, seen)| !seen.suspected).map(|(server, _)| *server);
        let alive: BTreeSet<ServerId> = alive.collect();
        let as_far = |other: &ServerId| election.promises.get(other).is_some_and(|(_, position)| *position == last);
        let was_in_sync = core::mem::take(&mut self.membership.in_sync);
        let keeps = |other: &ServerId| *other == server || (was_in_sync.contains(other) && as_far(other));
        let (in_sync, joining) = alive.into_iter().partition(keeps);
        self.membership.epoch = election.epoch;
        self.membership.primary = Some(server);
        self.membership.in_sync = in_sync;
        self.membership.joining = joining;
        let by_hand = election.by_hand.is_some();
        out.note(Note::Promoted { server, epoch: election.epoch, index: last.index, by_hand });
        self.publish_in_sync(out);
        for client in &self.clients {
            out.send(*client, Message::PrimaryIs(Some(server)));
        }
    }

    fn publish_in_sync(&mut self, out: &mut CoordinatorOut) {
        out.note(Note::InSync(self.membership.in_sync.iter().copied().collect()));
        self.publish(out);
    }

    fn publish(&mut self, out: &mut CoordinatorOut) {
        self.membership.number += 1;
        if self.election.is_none() {
            self.tell_servers(out);
        }
    }

    fn tell_servers(&self, out: &mut CoordinatorOut) {
        let membership = Arc::new(self.membership.clone());
        for (server, seen) in &self.servers {
            if !seen.suspected {
                out.send(*server, Message::NewMembership(Arc::clone(&membership)));
            }
        }
    }
}
