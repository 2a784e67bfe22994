//! The search for a new primary of a group: prepare and promise, then the most up-to-date is named.

use crate::replication::mutation::{Mutation, broken};
use std::collections::{BTreeMap, BTreeSet};

use super::chief::Chief;
use super::{Configuration, CoordinatorOut};
use crate::replication::{Acks, Epoch, Incarnation, Message, Note, Position};
use crate::sim::{GroupId, ServerId, Span, Time};

/// How long an election waits for in-sync servers that are not suspected and don't answer.
const ELECTION_WAIT: Span = Span::from_millis(100);

/// A search for a new primary.
#[derive(Clone, Debug)]
pub(super) struct Election {
    pub(super) epoch: Epoch,
    started: Time,
    promises: BTreeMap<ServerId, (Incarnation, Position)>,
    by_hand: Option<ServerId>,
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
        self.by_hand = self.by_hand.filter(|wanted| *wanted != server);
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

    /// Whether too few servers promise, and it was said so.
    pub(super) fn is_without_candidate(&self) -> bool {
        self.without_candidate
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
        by_hand: Option<ServerId>,
        out: &mut CoordinatorOut,
    ) {
        self.start_election_in(configuration, now, group, Epoch(0), by_hand, out);
    }

    /// Looks for a primary in an epoch after `epoch`, of which a server has heard.
    pub(super) fn start_election_after(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        epoch: Epoch,
        out: &mut CoordinatorOut,
    ) {
        let by_hand = self.groups.get(&group).and_then(|state| state.election.as_ref()?.by_hand);
        self.start_election_in(configuration, now, group, epoch.next(), by_hand, out);
    }

    fn start_election_in(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        at_least: Epoch,
        by_hand: Option<ServerId>,
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
            started: now,
            promises: BTreeMap::new(),
            by_hand,
            old_primary,
            without_candidate: false,
        });
        out.note(Some(group), Note::ElectionStarted { epoch });
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
            self.start_election(configuration, now, group, None, out);
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

    pub(super) fn ask_for_promises(&self, group: GroupId, out: &mut CoordinatorOut) {
        let Some(state) = self.groups.get(&group) else { return };
        let Some(election) = &state.election else { return };
        let membership = &state.membership;
        let members: BTreeSet<ServerId> = membership
            .in_sync
            .iter()
            .chain(&membership.joining)
            .chain(&membership.forgetful)
            .chain(&election.by_hand)
            .chain(&election.old_primary)
            .copied()
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
        let eligible = |server: &ServerId| match election.by_hand {
            Some(wanted) => *server == wanted,
            None => {
                broken(Mutation::PromoteOutsider)
                    || membership.in_sync.is_empty()
                    || membership.in_sync.contains(server)
            }
        };
        let expected = self.servers.keys().filter(|server| eligible(server) && self.is_heard(**server));
        let all_promised = expected.clone().all(|server| election.promises.contains_key(server));
        let promised: Vec<(ServerId, Position)> = election
            .promises
            .iter()
            .filter(|(server, _)| eligible(server) && self.is_heard(**server))
            .map(|(server, (_, last))| (*server, *last))
            .collect();
        let needed = configuration.policy.promises_needed(membership.holders()).min(membership.in_sync.len().max(1));
        let enough = election.by_hand.is_some() || promised.len() >= needed;
        let wanted: BTreeSet<ServerId> = self.wanted(configuration, group).into_iter().collect();
        let all_have_all = configuration.policy.acks == Acks::All;
        let best = best(&promised, &wanted, all_have_all).filter(|_| enough && self.lease_is_over(election, now));
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
        let by_hand = election.by_hand.is_some();
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
