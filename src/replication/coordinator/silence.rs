//! What the leading node makes of signs of life and of silence: leases, suspicion and what it means for the groups,
//! and whom it gives up.

use super::chief::Chief;
use super::election::Candidates;
use super::plan::{GroupPlacement, GroupSpec};
use super::{Configuration, CoordinatorOut};
use crate::replication::{Failover, Message, Note, Vacancy};
use crate::sim::{GroupId, ServerId, Span, Time};

impl Chief {
    pub(super) fn suspects(&self) -> impl Iterator<Item = ServerId> + '_ {
        self.servers.iter().filter(|(_, seen)| seen.suspected_since.is_some()).map(|(server, _)| *server)
    }

    pub(super) fn grant_lease(
        &mut self,
        now: Time,
        server: ServerId,
        clock: Time,
        lease: Span,
        out: &mut CoordinatorOut,
    ) {
        // Whoever is being replaced gets no more of it.
        let is_replaced =
            self.groups.values().any(|state| state.election.as_ref().is_some_and(|election| election.replaces(server)));
        if is_replaced {
            return;
        }
        if let Some(seen) = self.servers.get_mut(&server) {
            seen.lease_until = now + lease;
            out.send(server, None, Message::Lease { clock });
        }
    }

    pub(super) fn suspect_the_silent(&mut self, configuration: &Configuration, now: Time, out: &mut CoordinatorOut) {
        let detector = configuration.policy.detector;
        let mut suspects = Vec::new();
        for (server, seen) in &mut self.servers {
            if seen.suspected_since.is_none() && seen.pulse.is_silent(detector, now) {
                seen.suspected_since = Some(now);
                suspects.push(*server);
                out.note(None, Note::Suspected(*server));
            }
        }
        for server in suspects {
            for group in self.groups_of(server) {
                self.on_suspected_member(configuration, now, group, server, out);
            }
        }
    }

    fn on_suspected_member(
        &mut self,
        configuration: &Configuration,
        now: Time,
        group: GroupId,
        server: ServerId,
        out: &mut CoordinatorOut,
    ) {
        let Some(state) = self.groups.get_mut(&group) else { return };
        let was_joining = state.membership.joining.remove(&server);
        let is_awaited =
            state.election.as_ref().is_some_and(|election| election.candidates == Candidates::OldPrimary(server));
        let hands_over = state.election.as_ref().is_some_and(|election| election.awaits_hand_over_of(server));
        if state.membership.primary == Some(server) || is_awaited || hands_over {
            match configuration.policy.failover {
                Failover::Automatic => self.start_election(configuration, now, group, Candidates::InSync, out),
                Failover::Manual if !state.waits_for_operator => {
                    state.waits_for_operator = true;
                    if hands_over {
                        self.call_off_hand_over(configuration, now, group, server, out);
                    }
                    out.note(Some(group), Note::WaitsForOperator { primary: server, vacancy: Vacancy::Silent });
                }
                Failover::Manual => {}
            }
        } else if state.membership.primary.is_some() {
            // While a primary reigns the others may leave the in-sync set. While there is none they must
            // not: the one that has all acknowledged updates could be among them.
            let leaves = configuration.policy.silent_servers_leave() && state.membership.in_sync.remove(&server);
            if leaves {
                if state.membership.leaving.remove(&server) {
                    self.plan_due.insert(group);
                }
                self.publish(group);
            } else if was_joining {
                self.publish(group);
            }
        }
    }

    /// Has the copies of servers that are silent for too long made anew elsewhere.
    pub(super) fn give_up(&mut self, configuration: &Configuration, now: Time, out: &mut CoordinatorOut) {
        let on_ring = |spec: &GroupSpec| matches!(spec.placement, GroupPlacement::Ring { .. });
        if !configuration.groups.values().any(on_ring) {
            return;
        }
        let after = configuration.policy.repair_after;
        let late: Vec<ServerId> = self
            .servers
            .iter()
            .filter(|(server, seen)| {
                seen.suspected_since.is_some_and(|since| now.since(since) >= after) && !self.given_up.contains(server)
            })
            .map(|(server, _)| *server)
            .collect();
        for server in &late {
            self.given_up.insert(*server);
            out.note(None, Note::GivenUp(*server));
        }
        if !late.is_empty() {
            self.renew_homes(configuration);
            self.plan_all();
        }
    }

    pub(super) fn is_heard(&self, server: ServerId) -> bool {
        self.servers.get(&server).is_some_and(|seen| seen.suspected_since.is_none())
    }
}
