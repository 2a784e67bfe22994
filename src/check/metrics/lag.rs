//! Replication lag: how far each replica is behind its primary, in updates and in time.

use std::collections::BTreeMap;

use serde::Serialize;

use super::times::{Gathered, Times};
use crate::check::GroundTruth;
use crate::replication::Epoch;
use crate::sim::{GroupId, ServerId, Time};

/// Of how many updates of a group it is remembered when they were logged.
const REMEMBERED: usize = 1_024;

/// How far a replica was behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct ReplicaLag {
    /// The replica.
    pub server: ServerId,
    /// The group.
    pub group: GroupId,
    /// How many updates the group's last primary has logged that are not on this disk now.
    pub updates_behind: u64,
    /// The most updates that had been logged after one when that came to this disk.
    pub most_updates_behind: u64,
    /// The time from when the primary logged an update until it was on this disk.
    pub time: Times,
}

#[derive(Clone, Debug, Default)]
struct Replica {
    most_updates_behind: u64,
    time: Gathered,
}

/// Gathers the lags of one group.
#[derive(Clone, Debug, Default)]
pub(super) struct GroupLag {
    logged: BTreeMap<u64, (Epoch, Time)>,
    last_logged: u64,
    primary: Option<ServerId>,
    replicas: BTreeMap<ServerId, Replica>,
}

impl GroupLag {
    pub fn on_logged(&mut self, now: Time, server: ServerId, epoch: Epoch, index: u64) {
        self.primary = Some(server);
        self.last_logged = index;
        self.logged.insert(index, (epoch, now));
        if self.logged.len() > REMEMBERED {
            self.logged.pop_first();
        }
    }

    pub fn on_disk(&mut self, now: Time, server: ServerId, epoch: Epoch, index: u64) {
        if self.primary == Some(server) {
            return;
        }
        let replica = self.replicas.entry(server).or_default();
        replica.most_updates_behind = replica.most_updates_behind.max(self.last_logged.saturating_sub(index));
        if let Some((_, logged)) = self.logged.get(&index).filter(|(logged_in, _)| *logged_in == epoch) {
            replica.time.add(now.since(*logged));
        }
    }

    /// The lags of those that are members now, the primary excepted.
    pub fn lags(&self, world: &impl GroundTruth, group: GroupId) -> Vec<ReplicaLag> {
        let Some(membership) = world.membership(group) else { return Vec::new() };
        let primary = membership.primary.or(self.primary);
        let members = membership.in_sync.union(&membership.joining).filter(|server| Some(**server) != primary);
        let lag = |server: &ServerId| {
            let replica = self.replicas.get(server);
            ReplicaLag {
                server: *server,
                group,
                updates_behind: self.last_logged.saturating_sub(world.last_on_disk(*server, group)),
                most_updates_behind: replica.map_or(0, |replica| replica.most_updates_behind),
                time: replica.map_or_else(Times::default, |replica| replica.time.times()),
            }
        };
        members.map(lag).collect()
    }
}
