//! Who should be in which group: where its placement puts it, on servers that are there to stay.

use crate::replication::mutation::{Mutation, broken};
use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::chief::Chief;
use super::election::Candidates;
use super::homes::Homes;
use super::{Configuration, CoordinatorOut, Place};
use crate::replication::{Failover, Note};
use crate::sim::{GroupId, ServerId, Span, Time, ZoneId};

/// How long a primary that is to go is left alone after it was asked to hand over.
const HAND_OVER_PAUSE: Span = Span::from_millis(1_000);

/// Where a group's members come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum GroupPlacement {
    /// Every server is a member.
    Everyone,
    /// The first servers after a shard's place on the consistent-hash ring.
    Ring {
        /// The shard.
        shard: u16,
        /// How many servers.
        factor: usize,
    },
    /// These servers.
    Fixed(Vec<ServerId>),
}

/// What a group is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GroupSpec {
    /// Where its members come from.
    pub placement: GroupPlacement,
    /// Whether its members keep data that a new one has to get first.
    pub keeps_data: bool,
}

impl Chief {
    /// Puts the servers on the ring that are there to stay, and finds new homes for the groups.
    pub(super) fn renew_homes(&mut self, configuration: &Configuration) {
        let ring = self.homes.ring().with_servers(staying(configuration, &self.given_up));
        self.homes = Arc::new(Homes::new(ring, configuration));
    }

    /// The servers that should be members of the group.
    pub(super) fn wanted(&self, configuration: &Configuration, group: GroupId) -> Vec<ServerId> {
        let stays = |server: &ServerId| configuration.servers.get(server).is_some_and(|place| !place.draining);
        match configuration.groups.get(&group).map(|spec| &spec.placement) {
            None => Vec::new(),
            Some(GroupPlacement::Everyone) => configuration.servers.keys().copied().filter(stays).collect(),
            Some(GroupPlacement::Ring { .. }) => self.homes.of_group(group).to_vec(),
            Some(GroupPlacement::Fixed(servers)) => servers.iter().copied().filter(stays).collect(),
        }
    }

    /// The groups of which the server should be a member.
    pub(super) fn wanted_of(&self, configuration: &Configuration, server: ServerId) -> BTreeSet<GroupId> {
        let stays = configuration.servers.get(&server).is_some_and(|place| !place.draining);
        let is_placed = |group: &GroupId| match configuration.groups.get(group).map(|spec| &spec.placement) {
            Some(GroupPlacement::Everyone) => stays,
            Some(GroupPlacement::Fixed(servers)) => stays && servers.contains(&server),
            Some(GroupPlacement::Ring { .. }) | None => false,
        };
        self.homes.elsewhere().filter(is_placed).chain(self.homes.of_server(server)).collect()
    }

    /// Whether the members of the group are known to be those that they should be, all of them in sync, so that there is
    /// nothing to plan.
    fn is_settled(&self, configuration: &Configuration, group: GroupId) -> bool {
        let placement = configuration.groups.get(&group).map(|spec| &spec.placement);
        let (Some(placement), Some(membership)) = (placement, self.membership(group)) else { return false };
        if !(membership.joining.is_empty() && membership.leaving.is_empty() && membership.forgetful.is_empty()) {
            return false;
        }
        let in_sync = &membership.in_sync;
        match placement {
            GroupPlacement::Everyone => {
                let stay = configuration.servers.iter().filter(|(_, place)| !place.draining);
                in_sync.iter().eq(stay.map(|(server, _)| server))
            }
            GroupPlacement::Ring { .. } => {
                let wanted = self.homes.of_group(group);
                wanted.len() == in_sync.len() && wanted.iter().all(|server| in_sync.contains(server))
            }
            // There are few of them, and those who keep no data are members as soon as they are heard.
            GroupPlacement::Fixed(_) => false,
        }
    }

    /// Moves the groups towards where they should be, a few servers at a time: first in, then out.
    pub(super) fn plan(&mut self, configuration: &Configuration, now: Time, out: &mut CoordinatorOut) {
        if self.groups.len() < configuration.groups.len() {
            let not_made = configuration.groups.keys().filter(|group| !self.groups.contains_key(group));
            for group in not_made.copied().collect::<Vec<_>>() {
                self.add_group(configuration, group);
            }
        }
        let groups = core::mem::take(&mut self.plan_due);
        if groups.is_empty() {
            return;
        }
        let needs_plan = |group: &GroupId| !self.is_electing(*group) && !self.is_settled(configuration, *group);
        let unsettled: Vec<GroupId> = groups.into_iter().filter(needs_plan).collect();
        if !unsettled.is_empty() {
            let mut repairs = self.repairs_under_way(configuration);
            for group in unsettled {
                self.let_wanted_join(configuration, group, &mut repairs, out);
                // A group that waits for an operator parts with nobody: who has everything could be among them.
                if self.has_primary(group) {
                    self.let_unwanted_leave(configuration, now, group, out);
                }
            }
        }
        self.report_drained(configuration, out);
    }

    fn has_primary(&self, group: GroupId) -> bool {
        self.membership(group).is_some_and(|membership| membership.primary.is_some())
    }

    /// How many servers are being brought up to date in groups of the ring. Where nobody reigns nobody is.
    fn repairs_under_way(&self, configuration: &Configuration) -> usize {
        let is_ring = |group: &GroupId| {
            let placement = configuration.groups.get(group).map(|spec| &spec.placement);
            matches!(placement, Some(GroupPlacement::Ring { .. }))
        };
        let memberships = self.groups.iter().filter(|(group, _)| is_ring(group)).map(|(_, state)| &state.membership);
        memberships.filter(|membership| membership.primary.is_some()).map(|membership| membership.joining.len()).sum()
    }

    fn let_wanted_join(
        &mut self,
        configuration: &Configuration,
        group: GroupId,
        repairs: &mut usize,
        out: &mut CoordinatorOut,
    ) {
        let Some(spec) = configuration.groups.get(&group) else { return };
        let is_ring = matches!(spec.placement, GroupPlacement::Ring { .. });
        let is_repair = is_ring && self.has_primary(group);
        let mut changed = false;
        for server in self.wanted(configuration, group) {
            let available = self.is_heard(server) && !(is_ring && broken(Mutation::LoseReplication));
            let Some(state) = self.groups.get_mut(&group) else { return };
            let membership = &mut state.membership;
            if membership.leaving.remove(&server) {
                changed = true;
            }
            if membership.has(server) || !available {
                continue;
            }
            if !spec.keeps_data {
                membership.in_sync.insert(server);
            } else if is_repair && *repairs >= configuration.policy.repairs_at_once {
                // The others follow when these have caught up.
                self.plan_due.insert(group);
                continue;
            } else {
                // Also where nobody reigns yet: who has a part hears what is decided.
                membership.joining.insert(server);
                if is_repair {
                    *repairs += 1;
                    out.note(Some(group), Note::RepairStarted { server });
                }
            }
            changed = true;
        }
        if changed {
            self.publish(group);
        }
    }

    fn let_unwanted_leave(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        out: &mut CoordinatorOut,
    ) {
        let wanted: BTreeSet<ServerId> = self.wanted(configuration, group).into_iter().collect();
        let Some(state) = self.groups.get_mut(&group) else { return };
        let membership = &mut state.membership;
        let before = membership.joining.len();
        membership.joining.retain(|server| wanted.contains(server));
        let mut changed = membership.joining.len() < before;
        let forgetful = core::mem::take(&mut membership.forgetful);
        let (stay, gone): (BTreeSet<ServerId>, BTreeSet<ServerId>) =
            forgetful.into_iter().partition(|server| configuration.servers.contains_key(server));
        changed |= !gone.is_empty();
        membership.forgetful = stay;
        membership.departed.extend(gone);
        // Nobody goes before all that are to stay have everything.
        let settled = broken(Mutation::TrimEarly)
            || !wanted.is_empty() && wanted.iter().all(|server| membership.in_sync.contains(server));
        let unwanted: Vec<ServerId> = membership.in_sync.iter().copied().filter(|one| !wanted.contains(one)).collect();
        if settled && !unwanted.is_empty() {
            if let Some(primary) = membership.primary.filter(|primary| unwanted.contains(primary)) {
                let is_manual = configuration.policy.failover == Failover::Manual;
                if is_manual && !self.is_heard(primary) {
                    // The operator was told, and chooses.
                    return;
                }
                let Some(state) = self.groups.get_mut(&group) else { return };
                // The primary hands over before it goes. Under load another can be behind by an update or two
                // and the old one be named again, so there is a pause between two attempts.
                if now < state.hand_over_after {
                    self.plan_due.insert(group);
                    return;
                }
                state.hand_over_after = now + HAND_OVER_PAUSE;
                let candidates = if is_manual { Candidates::AfterHandOver(primary) } else { Candidates::InSync };
                self.start_election(configuration, now, group, candidates, out);
                return;
            }
            let keeps_data = configuration.groups.get(&group).is_some_and(|spec| spec.keeps_data);
            for server in unwanted {
                if keeps_data && !broken(Mutation::TrimEarly) {
                    changed |= membership.leaving.insert(server);
                } else {
                    membership.in_sync.remove(&server);
                    changed = true;
                }
            }
        }
        if changed {
            self.publish(group);
        }
    }

    /// Tells of servers that are to be taken out and that no group needs any more.
    fn report_drained(&mut self, configuration: &Configuration, out: &mut CoordinatorOut) {
        for (server, _) in configuration.servers.iter().filter(|(_, place)| place.draining) {
            let is_needed = self.groups.values().any(|state| state.membership.has(*server));
            if !is_needed && self.drained.insert(*server) {
                out.note(None, Note::Drained(*server));
            }
        }
    }
}

/// The servers that are there to stay.
pub(super) fn staying<'a>(
    configuration: &'a Configuration,
    given_up: &'a BTreeSet<ServerId>,
) -> impl Iterator<Item = (ServerId, ZoneId)> + 'a {
    let stays = |(server, place): &(&ServerId, &Place)| !place.draining && !given_up.contains(*server);
    configuration.servers.iter().filter(stays).map(|(server, place)| (*server, place.zone))
}
