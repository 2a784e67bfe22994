//! Where the ring puts the copies of each group.
//!
//! Worked out once for each ring: a walk round a long one takes time, and every plan asks about many groups.

use std::collections::{BTreeMap, BTreeSet};

use super::Configuration;
use super::plan::{GroupPlacement, GroupSpec};
use crate::replication::Ring;
use crate::sim::{GroupId, ServerId};

/// The servers that one ring gives to the groups that are placed by it.
#[derive(Clone, Debug)]
pub(super) struct Homes {
    ring: Ring,
    of_groups: BTreeMap<GroupId, Vec<ServerId>>,
    /// The same, seen from the servers.
    of_servers: BTreeMap<ServerId, BTreeSet<GroupId>>,
    /// The groups that are not placed by the ring: there are few of them.
    elsewhere: BTreeSet<GroupId>,
}

impl Homes {
    /// The homes of all groups of the configuration.
    pub fn new(ring: Ring, configuration: &Configuration) -> Self {
        let (of_groups, of_servers) = (BTreeMap::new(), BTreeMap::new());
        let mut homes = Self { ring, of_groups, of_servers, elsewhere: BTreeSet::new() };
        for (group, spec) in &configuration.groups {
            homes.add(*group, spec);
        }
        homes
    }

    /// Finds the home of a new group, if the ring is to place it.
    pub fn add(&mut self, group: GroupId, spec: &GroupSpec) {
        let GroupPlacement::Ring { shard, factor } = spec.placement else {
            self.elsewhere.insert(group);
            return;
        };
        let servers = self.ring.members(shard, factor);
        for server in &servers {
            self.of_servers.entry(*server).or_default().insert(group);
        }
        self.of_groups.insert(group, servers);
    }

    /// The ring.
    pub fn ring(&self) -> &Ring {
        &self.ring
    }

    /// The groups that are not placed by the ring, in the order of their ids.
    pub fn elsewhere(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.elsewhere.iter().copied()
    }

    /// Whether it knows of the group.
    pub fn knows(&self, group: GroupId) -> bool {
        self.of_groups.contains_key(&group) || self.elsewhere.contains(&group)
    }

    /// The servers that the ring gives to the group, in the order in which the walk takes them.
    pub fn of_group(&self, group: GroupId) -> &[ServerId] {
        self.of_groups.get(&group).map_or(&[], Vec::as_slice)
    }

    /// The groups that the ring gives to the server, in the order of their ids.
    pub fn of_server(&self, server: ServerId) -> impl Iterator<Item = GroupId> + '_ {
        self.of_servers.get(&server).into_iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::replication::coordinator::Place;
    use crate::replication::{Policy, RingSettings};
    use crate::sim::ZoneId;

    #[test]
    fn a_group_and_its_servers_know_each_other_whether_it_is_there_first_or_comes_later() {
        let settings = RingSettings::default();
        let places = (1..=9).map(|number| (ServerId(number), ZoneId(u8::try_from(number % 3).unwrap_or(0))));
        let ring = Ring::new(settings, places.clone());
        let spec = |shard| GroupSpec { placement: GroupPlacement::Ring { shard, factor: 3 }, keeps_data: true };
        let servers = places.map(|(server, zone)| (server, Place { zone, draining: false })).collect();
        let groups = (1..=20).map(|number| (GroupId(number), spec(number))).collect();
        let mut configuration = Configuration { policy: Policy::default(), ring: settings, servers, groups };
        let mut homes = Homes::new(ring.clone(), &configuration);
        assert!(!homes.knows(GroupId(21)));
        configuration.groups.insert(GroupId(21), spec(21));
        homes.add(GroupId(21), &spec(21));
        let everyone = GroupSpec { placement: GroupPlacement::Everyone, keeps_data: true };
        homes.add(GroupId(0), &everyone);
        assert_eq!(homes.elsewhere().collect::<Vec<_>>(), [GroupId(0)], "the ring does not place it");
        assert!(homes.knows(GroupId(0)));
        for number in 1..=21 {
            let group = GroupId(number);
            assert_eq!(homes.of_group(group), ring.members(number, 3), "{group}");
            for server in configuration.servers.keys() {
                let is_home = homes.of_server(*server).any(|found| found == group);
                assert_eq!(is_home, ring.members(number, 3).contains(server), "{group} and {server}");
            }
        }
    }
}
