//! What the leading node of the coordinator does: hears servers, suspects the silent, and keeps the
//! memberships of all groups.

use crate::replication::mutation::{Mutation, broken};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::election::{Candidates, Election};
use super::homes::Homes;
use super::plan::staying;
use super::{Configuration, CoordinatorOut};
use crate::replication::{Epoch, Failover, Incarnation, Membership, Message, Note, Pulse, Ring, Vacancy};
use crate::sim::{GroupId, ServerId, Span, Time};

/// What the chief knows of a server.
#[derive(Clone, Debug)]
pub(super) struct Seen {
    pub(super) pulse: Pulse,
    pub(super) incarnation: Option<Incarnation>,
    pub(super) suspected_since: Option<Time>,
    /// Until when it may answer reads as a primary.
    pub(super) lease_until: Time,
}

/// A heartbeat.
#[derive(Clone, Copy, Debug)]
pub(super) struct Beat {
    pub(super) server: ServerId,
    pub(super) incarnation: Incarnation,
    /// What the server's own clock showed.
    pub(super) clock: Time,
    /// Whether no other node of the coordinator can lead at this moment.
    pub(super) confirmed: bool,
    /// Whether the server follows what was last decided: one that doesn't may take itself for a primary still.
    pub(super) up_to_date: bool,
}

/// A group as the chief sees it.
#[derive(Clone, Debug)]
pub(super) struct GroupState {
    pub(super) membership: Membership,
    /// Who was in sync by the last decision that took effect and has its disk still. Nobody has heard of a later one, so
    /// that all of them have everything that was acknowledged.
    pub(super) in_effect: BTreeSet<ServerId>,
    pub(super) election: Option<Election>,
    pub(super) waits_for_operator: bool,
    /// The primary is not asked to hand over before this.
    pub(super) hand_over_after: Time,
}

/// The leading node's working state: all of it can be lost and learned anew.
#[derive(Clone, Debug)]
pub(crate) struct Chief {
    pub(super) groups: BTreeMap<GroupId, GroupState>,
    pub(super) servers: BTreeMap<ServerId, Seen>,
    pub(super) given_up: BTreeSet<ServerId>,
    pub(super) homes: Arc<Homes>,
    /// The groups whose members may not be those that they should be.
    pub(super) plan_due: BTreeSet<GroupId>,
    pub(super) drained: BTreeSet<ServerId>,
    changed: BTreeSet<GroupId>,
    last_number: u64,
}

impl Chief {
    pub(super) fn new(configuration: &Configuration, now: Time, decided: &BTreeMap<GroupId, Arc<Membership>>) -> Self {
        // A chief before this one may have granted leases until just now.
        let lease_until = now + configuration.policy.read_lease.unwrap_or(Span::ZERO);
        let expected = configuration.policy.heartbeat_every;
        let known = |server: &ServerId| {
            decided.values().filter_map(|membership| membership.incarnations.get(server).copied()).max()
        };
        let seen = |server: &ServerId| {
            let incarnation = known(server);
            Seen { pulse: Pulse::new(now, expected), incarnation, suspected_since: None, lease_until }
        };
        let servers = configuration.servers.keys().map(|server| (*server, seen(server))).collect();
        let group = |membership: &Arc<Membership>| GroupState {
            membership: (**membership).clone(),
            in_effect: membership.in_sync.clone(),
            election: None,
            waits_for_operator: false,
            hand_over_after: Time::ZERO,
        };
        let ring = Ring::new(configuration.ring, staying(configuration, &BTreeSet::new()));
        let mut chief = Self {
            groups: decided.iter().map(|(id, membership)| (*id, group(membership))).collect(),
            servers,
            given_up: BTreeSet::new(),
            homes: Arc::new(Homes::new(ring, configuration)),
            plan_due: decided.keys().copied().collect(),
            drained: BTreeSet::new(),
            changed: BTreeSet::new(),
            last_number: decided.values().map(|membership| membership.number).max().unwrap_or(0),
        };
        let undecided = configuration.groups.keys().filter(|group| !decided.contains_key(group));
        for group in undecided.copied().collect::<Vec<_>>() {
            chief.add_group(configuration, group);
        }
        chief
    }

    pub(super) fn membership(&self, group: GroupId) -> Option<&Membership> {
        self.groups.get(&group).map(|state| &state.membership)
    }

    pub(super) fn is_electing(&self, group: GroupId) -> bool {
        self.groups.get(&group).is_some_and(|state| state.election.is_some())
    }

    pub(super) fn waits_for_operator(&self, group: GroupId) -> bool {
        self.groups.get(&group).is_some_and(|state| state.waits_for_operator)
    }

    /// The groups for which a primary is looked for, in the order of their ids.
    pub(super) fn electing(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.groups.iter().filter(|(_, state)| state.election.is_some()).map(|(group, _)| *group)
    }

    /// The groups whose membership changed since the last call.
    pub(super) fn take_changed(&mut self) -> BTreeSet<GroupId> {
        core::mem::take(&mut self.changed)
    }

    pub(super) fn add_server(
        &mut self,
        configuration: &Configuration,
        now: Time,
        server: ServerId,
        out: &mut CoordinatorOut,
    ) {
        let pulse = Pulse::new(now, configuration.policy.heartbeat_every);
        let seen = Seen { pulse, incarnation: None, suspected_since: None, lease_until: Time::ZERO };
        self.servers.insert(server, seen);
        self.on_configured(configuration, now, out);
    }

    /// The list of servers has changed.
    pub(super) fn on_configured(&mut self, configuration: &Configuration, now: Time, out: &mut CoordinatorOut) {
        self.renew_homes(configuration);
        self.plan_all();
        self.plan(configuration, now, out);
    }

    /// Every group may have to change.
    pub(super) fn plan_all(&mut self) {
        self.plan_due = self.groups.keys().copied().collect();
    }

    pub(super) fn remove_server(
        &mut self,
        configuration: &Configuration,
        now: Time,
        server: ServerId,
        out: &mut CoordinatorOut,
    ) {
        self.servers.remove(&server);
        self.given_up.remove(&server);
        self.forget_in_effect(server);
        let is_manual = configuration.policy.failover == Failover::Manual;
        let only_candidate =
            |state: &GroupState| state.election.as_ref().is_some_and(|election| election.depends_on(server));
        let without_candidate: Vec<GroupId> =
            self.groups.iter().filter(|(_, state)| is_manual && only_candidate(state)).map(|(id, _)| *id).collect();
        for election in self.groups.values_mut().filter_map(|state| state.election.as_mut()) {
            election.part_with(server);
        }
        for group in self.groups_of(server) {
            let Some(state) = self.groups.get_mut(&group) else { continue };
            let membership = &mut state.membership;
            membership.joining.remove(&server);
            let was_in_sync = membership.in_sync.remove(&server);
            if membership.forgetful.remove(&server) || was_in_sync {
                membership.departed.insert(server);
            }
            membership.leaving.remove(&server);
            if let Some(election) = state.election.as_mut().filter(|_| was_in_sync && membership.in_sync.is_empty()) {
                election.widen(now);
            }
            if membership.primary != Some(server) {
                self.publish(group);
            } else if is_manual {
                self.leave_to_operator(group, Epoch(0), server, Vacancy::Removed, out);
            } else {
                self.start_election(configuration, now, group, Candidates::InSync, out);
            }
        }
        for group in without_candidate {
            self.replace_candidate(configuration, now, group, server, out);
        }
        self.on_configured(configuration, now, out);
    }

    /// Makes a new group with the members that its placement wants and that are heard; as long as there are none
    /// it waits.
    pub(super) fn add_group(&mut self, configuration: &Configuration, group: GroupId) {
        if let Some(spec) = configuration.groups.get(&group).filter(|_| !self.homes.knows(group)) {
            Arc::make_mut(&mut self.homes).add(group, spec);
        }
        let wanted = self.wanted(configuration, group);
        let members: Vec<ServerId> = wanted.into_iter().filter(|server| self.is_heard(*server)).collect();
        if members.is_empty() {
            return;
        }
        let membership = Membership {
            epoch: Epoch(1),
            primary: members.first().copied(),
            in_sync: members.into_iter().collect(),
            ..Membership::default()
        };
        self.groups.insert(
            group,
            GroupState {
                in_effect: membership.in_sync.clone(),
                membership,
                election: None,
                waits_for_operator: false,
                hand_over_after: Time::ZERO,
            },
        );
        self.publish(group);
        self.plan_due.insert(group);
    }

    pub(super) fn on_timer(&mut self, configuration: &Configuration, now: Time, out: &mut CoordinatorOut) {
        self.suspect_the_silent(configuration, now, out);
        self.give_up(configuration, now, out);
        let electing: Vec<GroupId> =
            self.groups.iter().filter(|(_, state)| state.election.is_some()).map(|(group, _)| *group).collect();
        for group in electing {
            self.ask_for_promises(group, out);
            self.try_to_finish_election(configuration, now, group, out);
        }
        self.plan(configuration, now, out);
    }

    pub(super) fn on_message(
        &mut self,
        configuration: &Configuration,
        now: Time,
        from: ServerId,
        group: GroupId,
        message: &Message,
        out: &mut CoordinatorOut,
    ) {
        match *message {
            // Who has started anew since may have forgotten what it promised, and what it had.
            Message::Promise { epoch, incarnation, last } if self.incarnation(from) == incarnation => {
                let state = self.groups.get_mut(&group);
                let election = state.and_then(|state| state.election.as_mut());
                if let Some(election) = election.filter(|election| election.epoch == epoch) {
                    election.on_promise(from, incarnation, last);
                    self.try_to_finish_election(configuration, now, group, out);
                }
            }
            Message::Refused { current } => {
                let Some(state) = self.groups.get(&group) else { return };
                let newest = state.election.as_ref().map_or(state.membership.epoch, |election| election.epoch);
                if current > newest {
                    // A search for a primary in that epoch was forgotten with the node that led it.
                    self.start_election_after(configuration, now, group, current, out);
                }
            }
            Message::CaughtUp { epoch, membership, replica, incarnation }
                if self.reigns(group, from, epoch) && self.is_current(group, membership) =>
            {
                self.on_caught_up(group, replica, incarnation);
                self.plan_due.insert(group);
                self.plan(configuration, now, out);
            }
            Message::Lags { epoch, replica } if self.reigns(group, from, epoch) && replica != from => {
                self.on_lags(configuration, group, replica);
            }
            Message::MayLeave { epoch, membership, replica } if self.reigns(group, from, epoch) => {
                let Some(state) = self.groups.get_mut(&group) else { return };
                let current = &mut state.membership;
                if membership != current.number {
                    return;
                }
                if current.departed.remove(&replica) {
                    self.publish(group);
                } else if current.leaving.remove(&replica) {
                    current.in_sync.remove(&replica);
                    out.note(Some(group), Note::Trimmed { server: replica });
                    self.publish(group);
                    self.plan_due.insert(group);
                }
            }
            _ => {}
        }
    }

    fn on_caught_up(&mut self, group: GroupId, replica: ServerId, incarnation: Incarnation) {
        let same_disk = self.incarnation(replica).disk == incarnation.disk;
        let Some(state) = self.groups.get_mut(&group) else { return };
        if same_disk && state.membership.joining.remove(&replica) {
            state.membership.in_sync.insert(replica);
            state.membership.forgetful.remove(&replica);
            self.publish(group);
        }
    }

    /// The primary gets no acks from `replica`: it has to catch up before it counts again.
    fn on_lags(&mut self, configuration: &Configuration, group: GroupId, replica: ServerId) {
        let Some(state) = self.groups.get_mut(&group) else { return };
        if configuration.policy.silent_servers_leave() && state.membership.in_sync.remove(&replica) {
            if state.membership.leaving.remove(&replica) {
                self.plan_due.insert(group);
            } else {
                state.membership.joining.insert(replica);
            }
            self.publish(group);
        }
    }

    pub(super) fn on_heartbeat(
        &mut self,
        configuration: &Configuration,
        now: Time,
        beat: Beat,
        out: &mut CoordinatorOut,
    ) {
        let Beat { server, incarnation, clock, confirmed, up_to_date } = beat;
        let Some(seen) = self.servers.get_mut(&server) else { return };
        if seen.incarnation.is_some_and(|known| incarnation < known) {
            // It was sent before the server started anew.
            return;
        }
        let is_first = seen.incarnation.is_none();
        let before = seen.incarnation.replace(incarnation).unwrap_or(Incarnation::FIRST);
        seen.pulse.heard(now);
        let returns = seen.suspected_since.take().is_some();
        if returns {
            out.note(None, Note::HeardAgain(server));
            for state in self.groups.values_mut().filter(|state| state.membership.primary == Some(server)) {
                state.waits_for_operator = false;
            }
        }
        if before != incarnation {
            let new_disk = before.disk != incarnation.disk && !broken(Mutation::ForgetLostDisk);
            self.on_new_start(configuration, now, server, new_disk, out);
        }
        if returns || is_first || before != incarnation {
            if self.given_up.remove(&server) {
                self.renew_homes(configuration);
            }
            self.plan_all();
            self.plan(configuration, now, out);
        }
        if let Some(lease) = configuration.policy.read_lease.filter(|_| confirmed && up_to_date) {
            self.grant_lease(now, server, clock, lease, out);
        }
    }

    /// The server has forgotten what was in its memory, and with a new disk also what was on the old one.
    fn on_new_start(
        &mut self,
        configuration: &Configuration,
        now: Time,
        server: ServerId,
        new_disk: bool,
        out: &mut CoordinatorOut,
    ) {
        if new_disk {
            self.forget_in_effect(server);
        }
        for group in self.groups_of(server) {
            self.forget_in_group(configuration, now, group, server, new_disk, out);
        }
    }

    /// A member of this group has forgotten something.
    pub(super) fn forget_in_group(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        server: ServerId,
        new_disk: bool,
        out: &mut CoordinatorOut,
    ) {
        let keeps_data = configuration.groups.get(&group).is_some_and(|spec| spec.keeps_data);
        let Some(state) = self.groups.get_mut(&group) else { return };
        if new_disk {
            state.in_effect.remove(&server);
        }
        let membership = &mut state.membership;
        let leaves = new_disk && keeps_data && membership.in_sync.remove(&server);
        let is_manual = configuration.policy.failover == Failover::Manual && !broken(Mutation::ElectUnasked);
        let goes_to_operator = state.election.as_ref().map_or_else(
            || is_manual && membership.primary == Some(server),
            |election| election.candidates == Candidates::OldPrimary(server) || election.awaits_hand_over_of(server),
        );
        if leaves {
            membership.leaving.remove(&server);
            membership.forgetful.insert(server);
            if goes_to_operator {
                // What is decided then says who is in sync.
            } else if state.election.is_none() && membership.primary != Some(server) {
                self.publish(group);
            } else {
                // Nothing is decided about the group until it has a primary.
                out.note(Some(group), Note::InSync(membership.in_sync.iter().copied().collect()));
            }
        }
        let Some(state) = self.groups.get_mut(&group) else { return };
        if let Some(election) = &mut state.election {
            election.forget(server);
            if leaves && goes_to_operator {
                self.leave_to_operator(group, Epoch(0), server, Vacancy::DiskLost, out);
            } else if election.awaits_hand_over_of(server) {
                self.call_off_hand_over(configuration, now, group, server, out);
            } else if leaves && state.membership.in_sync.is_empty() {
                election.widen(now);
            }
        } else if state.membership.primary == Some(server) {
            self.replace_primary(configuration, now, group, Epoch(0), out);
        }
    }

    /// The disk and the start that the server was last heard with.
    pub(super) fn incarnation(&self, server: ServerId) -> Incarnation {
        self.servers.get(&server).and_then(|seen| seen.incarnation).unwrap_or(Incarnation::FIRST)
    }

    /// Whether this is the number of the last decision about the group.
    fn is_current(&self, group: GroupId, number: u64) -> bool {
        self.membership(group).is_some_and(|membership| membership.number == number)
    }

    fn reigns(&self, group: GroupId, server: ServerId, epoch: Epoch) -> bool {
        let membership = self.membership(group);
        membership.is_some_and(|membership| membership.primary == Some(server) && membership.epoch == epoch)
    }

    /// A server has lost what made it in sync, also where the last decision was to do without it.
    fn forget_in_effect(&mut self, server: ServerId) {
        for state in self.groups.values_mut() {
            state.in_effect.remove(&server);
        }
    }

    /// A decision about a group is made for good, and will be heard of.
    pub(super) fn on_decided(&mut self, group: GroupId, decided: &Membership) {
        let Some(state) = self.groups.get_mut(&group) else { return };
        let forgetful = &state.membership.forgetful;
        let has_disk = |server: &&ServerId| self.servers.contains_key(*server) && !forgetful.contains(*server);
        state.in_effect = decided.in_sync.iter().filter(has_disk).copied().collect();
        if state.election.is_some() {
            // It takes effect while a primary is looked for: from now on who is not in it may lack something.
            state.membership.in_sync.retain(|server| decided.in_sync.contains(server));
        }
    }

    pub(super) fn groups_of(&self, server: ServerId) -> Vec<GroupId> {
        let has = |state: &GroupState| state.membership.has(server) || state.membership.primary == Some(server);
        self.groups.iter().filter(|(_, state)| has(state)).map(|(group, _)| *group).collect()
    }

    /// The groups of which an operator means to make the server the primary: the main one in any case, and of those in
    /// which it has a part the ones that wait for an operator, or in vain for the promises of others.
    pub(super) fn groups_that_wait_for(
        &self,
        configuration: &Configuration,
        server: ServerId,
        main: GroupId,
    ) -> Vec<GroupId> {
        let waits = |(group, state): &(&GroupId, &GroupState)| {
            let membership = &state.membership;
            let has_part = membership.has(server)
                || membership.forgetful.contains(&server)
                || self.wanted(configuration, **group).contains(&server);
            let in_vain = state.election.as_ref().is_some_and(Election::may_be_in_vain);
            **group == main || (has_part && (state.waits_for_operator || in_vain))
        };
        self.groups.iter().filter(waits).map(|(group, _)| *group).collect()
    }

    /// Marks the membership as changed. During an election it is published when that has ended.
    pub(super) fn publish(&mut self, group: GroupId) {
        let Some(state) = self.groups.get_mut(&group).filter(|state| state.election.is_none()) else { return };
        self.last_number += 1;
        let membership = &mut state.membership;
        membership.number = self.last_number;
        let incarnation = |server: &ServerId| self.servers.get(server).and_then(|seen| seen.incarnation);
        let members = membership.in_sync.iter().chain(&membership.joining);
        membership.incarnations = members.filter_map(|server| Some((*server, incarnation(server)?))).collect();
        self.changed.insert(group);
    }
}
