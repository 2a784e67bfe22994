//! The search for a new primary of a group: prepare and promise, then the most up-to-date is named.

use crate::replication::mutation::{Mutation, broken};
use std::collections::{BTreeMap, BTreeSet};

use super::chief::Chief;
use super::{Configuration, CoordinatorOut};
use crate::replication::{Acks, Epoch, Failover, Incarnation, Message, Note, Position, Vacancy};
use crate::sim::{GroupId, ServerId, Span, Time};

/// How long an election waits for in-sync servers that are not suspected and don't answer.
const ELECTION_WAIT: Span = Span::from_millis(100);

/// Who may become the primary that is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Candidates {
    /// The in-sync servers, of which the most up-to-date is chosen.
    InSync,
    /// The server that an operator named, whatever it lacks.
    Named(ServerId),
    /// The primary that there was, which has its disk and begins a new epoch with what is on it. With manual failover
    /// nobody else may take its place unless an operator says so.
    OldPrimary(ServerId),
    /// The in-sync servers, once this one has promised to follow: with manual failover a primary that is to go hands over
    /// by itself, and nobody takes its place if it fails before.
    AfterHandOver(ServerId),
}

impl Candidates {
    /// The only server that may become primary, if there is but one.
    pub(super) fn only(self) -> Option<ServerId> {
        match self {
            Self::InSync | Self::AfterHandOver(_) => None,
            Self::Named(server) | Self::OldPrimary(server) => Some(server),
        }
    }
}

/// A search for a new primary.
#[derive(Clone, Debug)]
pub(super) struct Election {
    pub(super) epoch: Epoch,
    pub(super) candidates: Candidates,
    started: Time,
    promises: BTreeMap<ServerId, (Incarnation, Position)>,
    /// The primary that is to be replaced, if there was one.
    old_primary: Option<ServerId>,
    without_candidate: bool,
}

impl Election {
    pub(super) fn on_promise(&mut self, from: ServerId, incarnation: Incarnation, last: Position) {
        self.promises.insert(from, (incarnation, last));
    }

    /// The server is taken out of the cluster: an operator who named it has to do with another.
    pub(super) fn part_with(&mut self, server: ServerId) {
        self.forget(server);
        if self.candidates == Candidates::Named(server) {
            self.candidates = Candidates::InSync;
        }
    }

    /// What the server promised counts no more: it has started anew.
    pub(super) fn forget(&mut self, server: ServerId) {
        self.promises.remove(&server);
    }

    /// Nobody is in sync any more, so that everybody may be chosen from now on: all get time to answer, since the best of
    /// them is wanted and not the first.
    pub(super) fn widen(&mut self, now: Time) {
        self.started = now;
    }

    /// Whether an operator may end it by naming another: too few servers promise, and it was said so, or one server is
    /// waited for.
    pub(super) fn may_be_in_vain(&self) -> bool {
        self.without_candidate || matches!(self.candidates, Candidates::OldPrimary(_) | Candidates::AfterHandOver(_))
    }

    /// Whether it is this server's hand-over, and the server has not promised yet to follow another.
    pub(super) fn awaits_hand_over_of(&self, server: ServerId) -> bool {
        self.candidates == Candidates::AfterHandOver(server) && !self.promises.contains_key(&server)
    }

    /// Whether it can't end as it was meant to without this server.
    pub(super) fn depends_on(&self, server: ServerId) -> bool {
        self.candidates.only() == Some(server) || self.candidates == Candidates::AfterHandOver(server)
    }

    /// Whether this server is the primary that is to be replaced.
    pub(super) fn replaces(&self, server: ServerId) -> bool {
        self.old_primary == Some(server)
    }
}

impl Chief {
    pub(super) fn start_election(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        candidates: Candidates,
        out: &mut CoordinatorOut,
    ) {
        self.start_election_in(configuration, now, group, Epoch(0), candidates, out);
    }

    /// Looks for a primary in an epoch after `epoch`, of which a server has heard: a search under way goes on there.
    pub(super) fn start_election_after(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        epoch: Epoch,
        out: &mut CoordinatorOut,
    ) {
        let under_way = self.groups.get(&group).and_then(|state| state.election.as_ref());
        match under_way.map(|election| election.candidates) {
            Some(candidates) => self.start_election_in(configuration, now, group, epoch.next(), candidates, out),
            None => self.replace_primary(configuration, now, group, epoch, out),
        }
    }

    /// The primary can't go on in its epoch. Another one, or with manual failover the same, begins a new epoch, which comes
    /// after `epoch`.
    ///
    /// With manual failover a primary that has its disk goes on with what is on it, as a database does that was started
    /// again. If it has lost its disk, an operator has to choose.
    pub(super) fn replace_primary(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        epoch: Epoch,
        out: &mut CoordinatorOut,
    ) {
        let is_manual = configuration.policy.failover == Failover::Manual && !broken(Mutation::ElectUnasked);
        let old_primary = self.membership(group).and_then(|membership| membership.primary);
        match old_primary {
            _ if !is_manual => {
                self.start_election_in(configuration, now, group, epoch.next(), Candidates::InSync, out);
            }
            Some(primary) if self.has_what_it_had(configuration, group, primary) => {
                let candidates = Candidates::OldPrimary(primary);
                self.start_election_in(configuration, now, group, epoch.next(), candidates, out);
                let is_silent = !self.is_heard(primary);
                if let Some(state) = self.groups.get_mut(&group) {
                    state.waits_for_operator |= is_silent && state.election.is_some();
                }
            }
            Some(primary) => self.leave_to_operator(group, epoch, primary, Vacancy::DiskLost, out),
            None => self.raise_epoch(group, epoch),
        }
    }

    /// A server that alone could become primary was taken out of the cluster. With manual failover the primary that there
    /// was goes on, if it can; else nobody reigns until an operator names another.
    pub(super) fn replace_candidate(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        removed: ServerId,
        out: &mut CoordinatorOut,
    ) {
        let Some(state) = self.groups.get_mut(&group) else { return };
        let Some(election) = state.election.take() else { return };
        let epoch = election.epoch;
        match election.old_primary.filter(|old| *old != removed) {
            Some(old_primary) => {
                state.membership.primary = Some(old_primary);
                state.membership.epoch = epoch;
                self.replace_primary(configuration, now, group, epoch, out);
            }
            None => self.leave_to_operator(group, epoch, removed, Vacancy::Removed, out),
        }
    }

    /// The primary failed before it had handed over: with manual failover it goes on when it can, or an operator names
    /// another.
    pub(super) fn call_off_hand_over(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        primary: ServerId,
        out: &mut CoordinatorOut,
    ) {
        let Some(state) = self.groups.get_mut(&group) else { return };
        let Some(election) = state.election.take() else { return };
        state.membership.primary = Some(primary);
        state.membership.epoch = election.epoch;
        self.replace_primary(configuration, now, group, election.epoch, out);
    }

    /// Whether a member of the group has all that it ever had on its disk.
    fn has_what_it_had(&self, configuration: &Configuration, group: GroupId, server: ServerId) -> bool {
        let keeps_data = configuration.groups.get(&group).is_some_and(|spec| spec.keeps_data);
        let is_in_sync = self.membership(group).is_some_and(|membership| membership.in_sync.contains(&server));
        self.servers.contains_key(&server) && (is_in_sync || !keeps_data)
    }

    /// The group has no primary until an operator names one. Nobody leaves the in-sync set meanwhile: who has everything
    /// could be among them.
    pub(super) fn leave_to_operator(
        &mut self,
        group: GroupId,
        epoch: Epoch,
        primary: ServerId,
        vacancy: Vacancy,
        out: &mut CoordinatorOut,
    ) {
        let Some(state) = self.groups.get_mut(&group) else { return };
        let promised = state.election.take().map_or(epoch, |election| election.epoch.max(epoch));
        state.membership.primary = None;
        state.waits_for_operator = true;
        out.note(Some(group), Note::WaitsForOperator { primary, vacancy });
        self.raise_epoch(group, promised);
    }

    /// The group waits for an operator in an epoch that members may have promised already: it is told to all.
    fn raise_epoch(&mut self, group: GroupId, epoch: Epoch) {
        let Some(state) = self.groups.get_mut(&group) else { return };
        state.membership.epoch = state.membership.epoch.max(epoch);
        self.publish(group);
    }

    fn start_election_in(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        at_least: Epoch,
        candidates: Candidates,
        out: &mut CoordinatorOut,
    ) {
        let Some(state) = self.groups.get_mut(&group) else { return };
        state.waits_for_operator = false;
        let under_way = state.election.as_ref().map_or(state.membership.epoch, |election| election.epoch);
        let epoch = under_way.next().max(at_least);
        let before = state.election.as_ref().and_then(|election| election.old_primary);
        let old_primary = state.membership.primary.take().or(before);
        // What was decided and never took effect has left nobody behind.
        state.membership.in_sync.extend(&state.in_effect);
        state.election = Some(Election {
            epoch,
            candidates,
            started: now,
            promises: BTreeMap::new(),
            old_primary,
            without_candidate: false,
        });
        out.note(Some(group), Note::ElectionStarted { epoch, only: candidates.only() });
        self.ask_for_promises(group, out);
        self.try_to_finish_election(configuration, now, group, out);
    }

    /// Goes on looking for primaries where an earlier leader did.
    pub(super) fn resume_elections(&mut self, configuration: &Configuration, now: Time, out: &mut CoordinatorOut) {
        let without = self.groups.iter().filter(|(_, state)| state.membership.primary.is_none());
        if broken(Mutation::ForgetElection) {
            return;
        }
        for group in without.map(|(group, _)| *group).collect::<Vec<_>>() {
            match configuration.policy.failover {
                Failover::Automatic => self.start_election(configuration, now, group, Candidates::InSync, out),
                Failover::Manual => {
                    if let Some(state) = self.groups.get_mut(&group) {
                        state.waits_for_operator = true;
                    }
                }
            }
        }
        // What an earlier leader had heard while it looked for a group's primary is in the decisions about others only.
        let mut forgotten: Vec<(GroupId, ServerId, bool)> = Vec::new();
        for (group, state) in &self.groups {
            let membership = &state.membership;
            for server in membership.in_sync.iter().chain(&membership.joining) {
                // Who was never heard before a decision was on its first disk.
                let named = membership.incarnations.get(server).copied().unwrap_or(Incarnation::FIRST);
                let known = self.incarnation(*server);
                if named < known {
                    forgotten.push((*group, *server, named.disk != known.disk));
                }
            }
        }
        for (group, server, new_disk) in forgotten {
            self.forget_in_group(configuration, now, group, server, new_disk, out);
        }
        self.part_with_the_removed(configuration, now, out);
    }

    /// Takes out the servers that were removed from the cluster before any leader could decide what that means.
    fn part_with_the_removed(&mut self, configuration: &Configuration, now: Time, out: &mut CoordinatorOut) {
        let members = self.groups.values().flat_map(|state| {
            let membership = &state.membership;
            membership.in_sync.iter().chain(&membership.joining).chain(&membership.forgetful)
        });
        let removed: BTreeSet<ServerId> =
            members.copied().filter(|server| !configuration.servers.contains_key(server)).collect();
        for server in removed {
            self.remove_server(configuration, now, server, out);
        }
    }

    /// Looks for a primary wherever an operator was waited for until now.
    pub(super) fn end_waiting(&mut self, configuration: &Configuration, now: Time, out: &mut CoordinatorOut) {
        let waiting: Vec<GroupId> =
            self.groups.iter().filter(|(_, state)| state.waits_for_operator).map(|(group, _)| *group).collect();
        for group in waiting {
            if let Some(state) = self.groups.get_mut(&group) {
                state.waits_for_operator = false;
            }
            self.start_election(configuration, now, group, Candidates::InSync, out);
        }
    }

    pub(super) fn ask_for_promises(&self, group: GroupId, out: &mut CoordinatorOut) {
        let Some(state) = self.groups.get(&group) else { return };
        let Some(election) = &state.election else { return };
        let membership = &state.membership;
        let members: BTreeSet<ServerId> = membership
            .in_sync
            .iter()
            .chain(&membership.joining)
            .chain(&membership.forgetful)
            .chain(&election.old_primary)
            .copied()
            .chain(election.candidates.only())
            .collect();
        // Once every in-sync disk is lost, any server may have the best that is left.
        let everyone = membership.in_sync.is_empty().then(|| self.servers.keys().copied());
        for server in members.into_iter().chain(everyone.into_iter().flatten()) {
            if self.is_heard(server) && !election.promises.contains_key(&server) {
                out.send(server, Some(group), Message::Prepare { epoch: election.epoch });
            }
        }
    }

    pub(super) fn try_to_finish_election(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        out: &mut CoordinatorOut,
    ) {
        let Some(state) = self.groups.get(&group) else { return };
        let Some(election) = &state.election else { return };
        let waited = now.since(election.started) >= ELECTION_WAIT;
        let membership = &state.membership;
        // Once every in-sync disk is known to be lost, the most up-to-date of the others is the best there is.
        let is_in_sync = |server: &ServerId| {
            broken(Mutation::PromoteOutsider) || membership.in_sync.is_empty() || membership.in_sync.contains(server)
        };
        let only = election.candidates.only();
        let eligible = |server: &ServerId| only.map_or_else(|| is_in_sync(server), |only| *server == only);
        // Also where there is but one candidate: who says how far it is may stay in sync.
        let is_awaited = |server: &&ServerId| (eligible(server) || is_in_sync(server)) && self.is_heard(**server);
        let mut awaited = self.servers.keys().filter(is_awaited);
        let all_promised = awaited.all(|server| election.promises.contains_key(server));
        let promised: Vec<(ServerId, Position)> = election
            .promises
            .iter()
            .filter(|(server, _)| eligible(server) && self.is_heard(**server))
            .map(|(server, (_, last))| (*server, *last))
            .collect();
        let needed = configuration.policy.promises_needed(membership.holders()).min(membership.in_sync.len().max(1));
        let enough = only.is_some() || promised.len() >= needed;
        let wanted: BTreeSet<ServerId> = self.wanted(configuration, group).into_iter().collect();
        let all_have_all = configuration.policy.acks == Acks::All;
        let is_handed_over = match election.candidates {
            Candidates::AfterHandOver(primary) => !election.awaits_hand_over_of(primary),
            Candidates::InSync | Candidates::Named(_) | Candidates::OldPrimary(_) => true,
        };
        let may_end = enough && is_handed_over && self.lease_is_over(election, now);
        let best = best(&promised, &wanted, all_have_all).filter(|_| may_end);
        match best {
            Some((server, last)) if all_promised || waited => {
                self.finish_election(configuration, group, server, last, out);
            }
            None if waited && !election.without_candidate && !enough => {
                let epoch = election.epoch;
                if let Some(election) = self.groups.get_mut(&group).and_then(|state| state.election.as_mut()) {
                    election.without_candidate = true;
                }
                out.note(Some(group), Note::NoCandidate { epoch });
            }
            _ => {}
        }
    }

    /// Whether the old primary can't answer reads any more: it has promised to follow, or its lease has run out.
    fn lease_is_over(&self, election: &Election, now: Time) -> bool {
        let Some(old) = election.old_primary.filter(|_| !broken(Mutation::IgnoreLease)) else { return true };
        let lease_until = self.servers.get(&old).map_or(Time::ZERO, |seen| seen.lease_until);
        election.promises.contains_key(&old) || now >= lease_until
    }

    fn finish_election(
        &mut self,
        configuration: &Configuration,
        group: GroupId,
        server: ServerId,
        last: Position,
        out: &mut CoordinatorOut,
    ) {
        let alive: BTreeSet<ServerId> = self.servers.keys().copied().filter(|one| self.is_heard(*one)).collect();
        let wanted: BTreeSet<ServerId> = self.wanted(configuration, group).into_iter().collect();
        let keeps_data = configuration.groups.get(&group).is_some_and(|spec| spec.keeps_data);
        let Some(state) = self.groups.get_mut(&group) else { return };
        let Some(election) = state.election.take() else { return };
        state.waits_for_operator = false;
        let membership = &mut state.membership;
        let as_far = |other: &ServerId| election.promises.get(other).is_some_and(|(_, position)| *position == last);
        let all_count = matches!(configuration.policy.acks, Acks::Count(_)) || !keeps_data;
        // With a fixed number of acks every holder stays a member, since it may be needed again; else only
        // those stay in sync that have exactly what the new primary has.
        membership.in_sync.retain(|other| all_count || (alive.contains(other) && as_far(other)));
        membership.in_sync.insert(server);
        membership.forgetful.remove(&server);
        membership.leaving.clear();
        let in_sync = &membership.in_sync;
        let before = core::mem::take(&mut membership.joining);
        let may_join = |one: &&ServerId| alive.contains(*one) && !in_sync.contains(*one);
        membership.joining = wanted.iter().chain(&before).filter(may_join).copied().collect();
        membership.epoch = election.epoch;
        membership.primary = Some(server);
        let by_hand = matches!(election.candidates, Candidates::Named(_));
        out.note(Some(group), Note::Promoted { server, epoch: election.epoch, index: last.index, by_hand });
        self.plan_due.insert(group);
        self.publish(group);
    }
}

/// The most up-to-date of those that promised; of equals one that is to stay, then the one with the lowest id.
/// Where every in-sync server has all that was acknowledged, staying comes first.
fn best(
    promised: &[(ServerId, Position)],
    wanted: &BTreeSet<ServerId>,
    all_have_all: bool,
) -> Option<(ServerId, Position)> {
    let rank = |(server, last): &(ServerId, Position)| {
        let stays = wanted.contains(server);
        (all_have_all && stays, *last, stays, core::cmp::Reverse(*server))
    };
    if broken(Mutation::PromoteStale) {
        return promised.iter().copied().min_by_key(|(_, last)| *last);
    }
    promised.iter().copied().max_by_key(rank)
}
