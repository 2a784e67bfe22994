//! Failover times: from the fault to the new primary, and to the first write that is acknowledged again.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use crate::replication::Epoch;
use crate::sim::{GroupId, NodeId, ServerId, Span, Time};

/// How many failovers are remembered with their times.
pub const FAILOVERS_LIMIT: usize = 64;

/// One failover: a group got another primary, or the same one anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct FailoverTimes {
    /// The group.
    pub group: GroupId,
    /// The epoch of the new primary.
    pub epoch: Epoch,
    /// The new primary.
    pub server: ServerId,
    /// When the old primary stopped, paused, lost its disk or was cut off; none for a hand-over.
    pub fault: Option<Time>,
    /// When the coordinator suspected it; none if it learned of the fault in another way.
    pub suspected: Option<Time>,
    /// When the coordinator began to look for a new primary.
    pub election: Time,
    /// When the new primary knew that it is.
    pub reigns: Time,
    /// When the first client was told ok for a change after that.
    pub first_acknowledged: Option<Time>,
}

impl FailoverTimes {
    /// From the fault to the new primary; from the beginning of the search if there was no fault.
    #[must_use]
    pub fn until_primary(&self) -> Span {
        self.reigns.since(self.fault.unwrap_or(self.election))
    }

    /// From the suspicion to the new primary; from the beginning of the search if nobody was suspected.
    #[must_use]
    pub fn from_suspicion(&self) -> Span {
        self.reigns.since(self.suspected.unwrap_or(self.election))
    }

    /// From the fault to the first acknowledged change, if there was one.
    #[must_use]
    pub fn until_acknowledged(&self) -> Option<Span> {
        Some(self.first_acknowledged?.since(self.fault.unwrap_or(self.election)))
    }
}

#[derive(Clone, Copy, Debug)]
struct Search {
    began: Time,
    fault: Option<Time>,
    suspected: Option<Time>,
}

/// Gathers failovers.
#[derive(Clone, Debug, Default)]
pub(super) struct Failovers {
    /// Since when each server does not do what it should.
    faults: BTreeMap<ServerId, Time>,
    suspected: BTreeMap<ServerId, Time>,
    primaries: BTreeMap<GroupId, (Epoch, ServerId)>,
    searches: BTreeMap<GroupId, Search>,
    pub count: u64,
    last: VecDeque<FailoverTimes>,
}

impl Failovers {
    pub fn on_fault(&mut self, now: Time, server: ServerId) {
        self.faults.entry(server).or_insert(now);
    }

    pub fn on_cut(&mut self, now: Time, nodes: &[NodeId]) {
        for node in nodes {
            if let NodeId::Server(server) = node {
                self.on_fault(now, *server);
            }
        }
    }

    pub fn on_mended(&mut self, server: ServerId) {
        self.faults.remove(&server);
    }

    pub fn on_all_healed(&mut self) {
        self.faults.clear();
    }

    pub fn on_suspected(&mut self, now: Time, server: ServerId) {
        self.suspected.insert(server, now);
    }

    pub fn on_heard(&mut self, server: ServerId) {
        self.suspected.remove(&server);
    }

    /// A new primary of the group is looked for, in place of the one that the coordinator knew.
    pub fn on_election(&mut self, now: Time, group: GroupId) {
        let old = self.primaries.get(&group).map(|(_, server)| *server);
        let fault = old.and_then(|old| self.faults.get(&old).copied());
        let suspected = old.and_then(|old| self.suspected.get(&old).copied());
        self.searches.entry(group).or_insert(Search { began: now, fault, suspected });
    }

    pub fn on_primary(&mut self, now: Time, group: GroupId, epoch: Epoch, server: ServerId) {
        if self.primaries.get(&group).is_some_and(|(known, _)| *known >= epoch) {
            return;
        }
        self.primaries.insert(group, (epoch, server));
        let Some(search) = self.searches.remove(&group) else { return };
        self.count += 1;
        if self.last.len() >= FAILOVERS_LIMIT {
            self.last.pop_front();
        }
        let Search { began, fault, suspected } = search;
        self.last.push_back(FailoverTimes {
            group,
            epoch,
            server,
            fault,
            suspected,
            election: began,
            reigns: now,
            first_acknowledged: None,
        });
    }

    pub fn on_acknowledged(&mut self, now: Time, group: GroupId) {
        if let Some(last) = self.last.iter_mut().rev().find(|last| last.group == group) {
            last.first_acknowledged.get_or_insert(now);
        }
    }

    pub fn last(&self) -> Vec<FailoverTimes> {
        self.last.iter().copied().collect()
    }
}
