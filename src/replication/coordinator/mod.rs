//! The coordinator: it detects failures, names primaries, keeps the in-sync sets, and has copies made anew.
//!
//! It is the external configuration master of the primary–backup family (chain replication, van Renesse and
//! Schneider 2004, §3; Kafka's controller with its in-sync sets). It is one node, and then a single point of
//! failure itself: without it every primary works on, but nobody replaces a failed one. Or it is three
//! nodes, of which a majority decides (see `council`).
//!
//! **States** of a node: it leads (and has a `Chief`, which does the work), or it follows. **Messages**:
//! heartbeats in; prepare out and promise in, which ends the reign of every earlier epoch at the promising
//! server; memberships out; leases out.
//!
//! **Promises**: at most one primary per group and epoch; a primary is chosen from the in-sync set only,
//! unless the disks of all in-sync servers are known to be lost or an operator insists; with manual failover nobody but
//! an operator names another primary than the one there was, except that one that is to go hands over; a server learns of a
//! decision only once a majority of the nodes has it on disk, and so does who watches. When no in-sync disk is left,
//! the most up-to-date of all that answer is named. **Does not promise** progress while too few
//! in-sync servers, or no majority of its own nodes, answer.

mod chief;
mod council;
mod election;
mod homes;
mod plan;
mod roll;
mod silence;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

pub use council::{CouncilMessage, Decisions};
pub use plan::{GroupPlacement, GroupSpec};

use self::chief::{Beat, Chief};
use self::council::Council;
use self::election::Candidates;
use self::roll::Roll;
use super::{Epoch, Failover, Incarnation, Membership, Message, Note, Policy, RingSettings};
use crate::sim::{CoordinatorId, GroupId, NodeId, ServerId, Span, Time, ZoneId};

/// What a node of the coordinator asks the world to do.
#[derive(Clone, Debug)]
pub enum CoordinatorEffect {
    /// Send a message, about a group or about the whole server.
    Send {
        /// To whom.
        to: NodeId,
        /// The group that it is about, if it is about one.
        group: Option<GroupId>,
        /// What.
        message: Message,
    },
    /// Call `Coordinator::on_timer` after a while.
    SetTimer {
        /// How long from now.
        after: Span,
    },
    /// Something happened that people want to know.
    Note {
        /// The group that it is about, if it is about one.
        group: Option<GroupId>,
        /// What.
        note: Note,
    },
}

/// What a node of the coordinator has asked for while it handled one input.
#[derive(Clone, Debug, Default)]
pub struct CoordinatorOut {
    /// The effects, in order.
    pub effects: Vec<CoordinatorEffect>,
}

impl CoordinatorOut {
    fn send(&mut self, to: impl Into<NodeId>, group: Option<GroupId>, message: Message) {
        self.effects.push(CoordinatorEffect::Send { to: to.into(), group, message });
    }

    fn note(&mut self, group: Option<GroupId>, note: Note) {
        self.effects.push(CoordinatorEffect::Note { group, note });
    }
}

/// What the coordinator is told about a server by those who run the cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    zone: ZoneId,
    /// Whether it is to be taken out once no group needs it.
    draining: bool,
}

/// What those who run the cluster have told the coordinator: every node knows it.
#[derive(Clone, Debug)]
pub(crate) struct Configuration {
    policy: Policy,
    ring: RingSettings,
    servers: BTreeMap<ServerId, Place>,
    groups: BTreeMap<GroupId, GroupSpec>,
}

/// One node of the coordinator.
#[derive(Clone, Debug)]
pub struct Coordinator {
    configuration: Configuration,
    council: Council,
    chief: Option<Chief>,
    /// Which decision about a group servers may hear of once it is made for good.
    unpublished: BTreeMap<GroupId, u64>,
    /// The decisions of which it was told, or was told by an earlier leader, who is in sync.
    told: Arc<Roll>,
    /// The decisions that servers were last told of.
    published: Arc<Roll>,
    askers: BTreeMap<GroupId, BTreeSet<NodeId>>,
}

impl Coordinator {
    /// Node `id` of a coordinator of `node_count` nodes. The first node leads at first.
    #[must_use]
    pub fn new(
        id: CoordinatorId,
        node_count: u8,
        policy: Policy,
        ring: RingSettings,
        servers: impl IntoIterator<Item = (ServerId, ZoneId)>,
    ) -> Self {
        let servers = servers.into_iter().map(|(server, zone)| (server, Place { zone, draining: false })).collect();
        let configuration = Configuration { policy, ring, servers, groups: BTreeMap::new() };
        Self {
            configuration,
            council: Council::new(id, node_count),
            chief: None,
            unpublished: BTreeMap::new(),
            told: Arc::default(),
            published: Arc::default(),
            askers: BTreeMap::new(),
        }
    }

    /// The last decision about a group that this node knows to be made for good.
    #[must_use]
    pub fn membership(&self, group: GroupId) -> Option<&Arc<Membership>> {
        self.council.decided().memberships.get(&group)
    }

    /// All groups that it has decided about.
    pub fn groups(&self) -> impl Iterator<Item = (GroupId, &Arc<Membership>)> + '_ {
        self.council.decided().memberships.iter().map(|(group, membership)| (*group, membership))
    }

    /// How many decisions were made up to the last one that this node knows to be made for good: of two nodes the one
    /// with the higher number knows all that the other knows.
    #[must_use]
    pub fn decision_number(&self) -> u64 {
        self.council.decided().number
    }

    /// Whether the server is to be taken out once no group needs it.
    #[must_use]
    pub fn is_draining(&self, server: ServerId) -> bool {
        self.configuration.servers.get(&server).is_some_and(|place| place.draining)
    }

    /// Whether this node leads.
    #[must_use]
    pub fn leads(&self) -> bool {
        self.chief.is_some()
    }

    /// The servers that it suspects; a node that doesn't lead suspects nobody.
    pub fn suspects(&self) -> impl Iterator<Item = ServerId> + '_ {
        self.chief.iter().flat_map(Chief::suspects)
    }

    /// Whether it looks for a new primary of the group.
    #[must_use]
    pub fn is_electing(&self, group: GroupId) -> bool {
        self.chief.as_ref().is_some_and(|chief| chief.is_electing(group))
    }

    /// Whether nobody takes the place of the group's primary until an operator names a server.
    #[must_use]
    pub fn waits_for_operator(&self, group: GroupId) -> bool {
        self.chief.as_ref().is_some_and(|chief| chief.waits_for_operator(group))
    }

    /// The node starts, for the first time or again, with what is on its disk.
    pub(crate) fn on_start(&mut self, now: Time, out: &mut CoordinatorOut) {
        self.on_crash();
        if self.council.on_start(now, out) {
            self.lead(now, out);
        }
        out.effects.push(CoordinatorEffect::SetTimer { after: self.tick() });
    }

    /// The node crashes: what is not on its disk is gone, and it decides nothing while it is down.
    pub(crate) fn on_crash(&mut self) {
        self.chief = None;
        self.unpublished.clear();
        self.askers.clear();
    }

    /// A server was added; it is let in when its first heartbeat comes.
    pub(crate) fn add_server(&mut self, now: Time, server: ServerId, zone: ZoneId, out: &mut CoordinatorOut) {
        self.configuration.servers.insert(server, Place { zone, draining: false });
        self.with_chief(out, |chief, configuration, out| chief.add_server(configuration, now, server, out));
    }

    /// A server is to be taken out once no group needs it.
    pub(crate) fn drain_server(&mut self, now: Time, server: ServerId, out: &mut CoordinatorOut) {
        if let Some(place) = self.configuration.servers.get_mut(&server) {
            place.draining = true;
        }
        self.with_chief(out, |chief, configuration, out| chief.on_configured(configuration, now, out));
    }

    /// A server is gone for good.
    pub(crate) fn remove_server(&mut self, now: Time, server: ServerId, out: &mut CoordinatorOut) {
        self.configuration.servers.remove(&server);
        self.with_chief(out, |chief, configuration, out| chief.remove_server(configuration, now, server, out));
    }

    /// A group was made; its first members are what its placement says.
    pub(crate) fn add_group(&mut self, group: GroupId, spec: GroupSpec, out: &mut CoordinatorOut) {
        self.configuration.groups.insert(group, spec);
        self.with_chief(out, |chief, configuration, _| chief.add_group(configuration, group));
    }

    /// An operator has changed the policy. With automatic failover nobody waits for the operator any more.
    pub(crate) fn set_policy(&mut self, now: Time, policy: Policy, out: &mut CoordinatorOut) {
        self.configuration.policy = policy;
        if policy.failover == Failover::Automatic {
            self.with_chief(out, |chief, configuration, out| chief.end_waiting(configuration, now, out));
        }
    }

    /// An operator wants this server to be primary of the group, whatever it lacks.
    pub(crate) fn promote(&mut self, now: Time, main: GroupId, server: ServerId, out: &mut CoordinatorOut) {
        self.with_chief(out, |chief, configuration, out| {
            for group in chief.groups_that_wait_for(configuration, server, main) {
                chief.start_election(configuration, now, group, Candidates::Named(server), out);
            }
        });
    }

    /// Time passed.
    pub(crate) fn on_timer(&mut self, now: Time, out: &mut CoordinatorOut) {
        if self.council.on_timer(now, out) {
            self.lead(now, out);
        }
        self.with_chief(out, |chief, configuration, out| chief.on_timer(configuration, now, out));
        out.effects.push(CoordinatorEffect::SetTimer { after: self.tick() });
    }

    /// A message arrived.
    pub(crate) fn on_message(
        &mut self,
        now: Time,
        from: NodeId,
        group: Option<GroupId>,
        message: Message,
        out: &mut CoordinatorOut,
    ) {
        match (from, group, message) {
            (NodeId::Coordinator(node), _, Message::Council(message)) => {
                let led = self.council.leads();
                if self.council.on_message(now, node, message, out) {
                    self.lead(now, out);
                } else if led && !self.council.leads() {
                    self.chief = None;
                    self.unpublished.clear();
                }
                self.publish_decided(out);
            }
            (NodeId::Server(server), _, Message::Heartbeat { incarnation, memberships, clock }) => {
                let missed = self.published.sum(server) != memberships;
                let confirmed = self.council.is_confirmed(now);
                self.with_chief(out, |chief, configuration, out| {
                    let beat = Beat { server, incarnation, clock, confirmed, up_to_date: !missed };
                    chief.on_heartbeat(configuration, now, beat, out);
                });
                if missed && self.council.leads() {
                    self.tell_again(now, server, incarnation, out);
                }
            }
            (client, _, Message::WhoIsPrimary(group)) => {
                self.askers.entry(group).or_default().insert(client);
                self.tell_client(client, group, out);
            }
            (NodeId::Server(server), Some(group), message) => {
                self.with_chief(out, |chief, configuration, out| {
                    chief.on_message(configuration, now, server, group, &message, out);
                });
            }
            _ => {}
        }
    }

    fn tick(&self) -> Span {
        Span::from_micros(self.configuration.policy.heartbeat_every.as_micros() / 2)
    }

    fn lead(&mut self, now: Time, out: &mut CoordinatorOut) {
        let decided = self.council.accepted().clone();
        self.told = Arc::new(Roll::new(self.council.decided()));
        out.note(None, Note::LeadsCouncil { term: self.council.term() });
        self.chief = Some(Chief::new(&self.configuration, now, &decided.memberships));
        // What an earlier leader decided for good may never have reached its servers.
        self.unpublished = decided.memberships.keys().map(|group| (*group, decided.number)).collect();
        self.with_chief(out, |chief, configuration, out| chief.resume_elections(configuration, now, out));
        self.council.propose_again(out);
        self.publish_decided(out);
    }

    /// Lets the chief work, if this node leads, and proposes what it has decided.
    fn with_chief(
        &mut self,
        out: &mut CoordinatorOut,
        work: impl FnOnce(&mut Chief, &Configuration, &mut CoordinatorOut),
    ) {
        let Some(chief) = &mut self.chief else { return };
        work(chief, &self.configuration, out);
        let changed = chief.take_changed();
        if changed.is_empty() {
            return;
        }
        let mut decisions = (**self.council.accepted()).clone();
        decisions.number += 1;
        for group in changed {
            if let Some(membership) = chief.membership(group) {
                decisions.memberships.insert(group, Arc::new(membership.clone()));
                self.unpublished.insert(group, decisions.number);
            }
        }
        self.council.propose(Arc::new(decisions), out);
        self.publish_decided(out);
    }

    /// Tells the servers what is decided for good by now.
    fn publish_decided(&mut self, out: &mut CoordinatorOut) {
        let decided = Arc::clone(self.council.decided());
        if !self.council.leads() {
            return;
        }
        self.tell_who_is_in_sync(&decided, out);
        let ready: Vec<GroupId> =
            self.unpublished.iter().filter(|(_, number)| **number <= decided.number).map(|(group, _)| *group).collect();
        if ready.is_empty() {
            return;
        }
        Arc::make_mut(&mut self.published).follow(&decided, self.unpublished.keys().copied());
        let suspects: BTreeSet<ServerId> = self.suspects().collect();
        for group in ready {
            self.unpublished.remove(&group);
            let Some(membership) = decided.memberships.get(&group) else { continue };
            if let Some(chief) = &mut self.chief {
                chief.on_decided(group, membership);
            }
            let members = membership.in_sync.union(&membership.joining).filter(|server| !suspects.contains(server));
            for server in members {
                out.send(*server, Some(group), Message::NewMembership(Arc::clone(membership)));
            }
            for client in self.askers.get(&group).cloned().unwrap_or_default() {
                self.tell_client(client, group, out);
            }
        }
    }

    /// A leader that was cut off may take servers for in sync that never are: only what is decided for good is told.
    fn tell_who_is_in_sync(&mut self, decided: &Arc<Decisions>, out: &mut CoordinatorOut) {
        let told = Arc::clone(self.told.decisions());
        if told.number == decided.number {
            return;
        }
        // Whatever was decided since then is unpublished still.
        for group in self.unpublished.keys() {
            let Some(membership) = decided.memberships.get(group) else { continue };
            let before = told.memberships.get(group);
            let is_told = before.is_some_and(|before| {
                Arc::ptr_eq(before, membership)
                    || (before.epoch == membership.epoch && before.in_sync == membership.in_sync)
            });
            // At the very beginning of a group everybody is.
            if !is_told && (before.is_some() || membership.epoch > Epoch(1)) {
                out.note(Some(*group), Note::InSync(membership.in_sync.iter().copied().collect()));
            }
        }
        Arc::make_mut(&mut self.told).follow(decided, self.unpublished.keys().copied());
    }

    /// A server follows other memberships than it should: it gets all of its own again.
    fn tell_again(&self, now: Time, server: ServerId, incarnation: Incarnation, out: &mut CoordinatorOut) {
        let decided = self.council.decided();
        debug_assert!(Arc::ptr_eq(decided, self.told.decisions()), "a leader has told what is decided");
        let electing =
            self.chief.iter().flat_map(Chief::electing).filter(|group| decided.memberships.contains_key(group));
        let keeps: BTreeSet<GroupId> = self.told.groups_of(server).chain(electing).collect();
        for group in &keeps {
            if let Some(membership) = decided.memberships.get(group).filter(|_| !self.is_electing(*group)) {
                out.send(server, Some(*group), Message::NewMembership(Arc::clone(membership)));
            }
        }
        // What is dropped is gone, so that only who knows all may say what is not needed; and a server that is
        // to have a part again keeps what it has.
        let Some(chief) = self.chief.as_ref().filter(|_| self.council.knows_all(now)) else { return };
        let wanted = chief.wanted_of(&self.configuration, server);
        let others =
            wanted.into_iter().filter(|group| decided.memberships.contains_key(group) && !keeps.contains(group));
        let groups = keeps.iter().copied().chain(others).collect();
        let membership = self.told.newest();
        out.send(server, None, Message::PartIn { groups, membership, incarnation });
    }

    fn tell_client(&self, client: NodeId, group: GroupId, out: &mut CoordinatorOut) {
        let membership = self.membership(group);
        let primary = membership.and_then(|membership| membership.primary).filter(|_| !self.is_electing(group));
        let members = membership.map(|membership| membership.in_sync.iter().copied().collect()).unwrap_or_default();
        out.send(client, None, Message::PrimaryIs { group, primary, members });
    }
}
