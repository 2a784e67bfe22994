//! Which faults are in effect at a moment of a run, told from its events.

use std::collections::{BTreeMap, BTreeSet};

use crate::session::EventList;
use crate::sim::{CoordinatorId, DiskCondition, EventId, LinkQuality, NodeId, ServerId};
use crate::world::{Direction, Event, EventKind};

/// A partition that is in effect.
#[derive(Clone, Debug)]
struct Partition {
    side: Vec<NodeId>,
    direction: Direction,
    event: EventId,
    /// The links that were healed since, one by one.
    healed: BTreeSet<(NodeId, NodeId)>,
}

/// A link that loses messages or is slow.
#[derive(Clone, Copy, Debug)]
pub(super) struct BadLink {
    /// What made it bad.
    pub(super) event: EventId,
    pub(super) quality: LinkQuality,
}

/// The faults in effect, each with the event that brought it.
#[derive(Clone, Debug, Default)]
pub(super) struct Faults {
    down: BTreeMap<ServerId, EventId>,
    coordinators_down: BTreeMap<CoordinatorId, EventId>,
    cuts: BTreeMap<(NodeId, NodeId), EventId>,
    partitions: Vec<Partition>,
    bad_links: BTreeMap<(NodeId, NodeId), BadLink>,
    disks: BTreeMap<ServerId, (EventId, DiskCondition)>,
}

/// The outage of the zone that a crash is a part of, or else the event itself.
pub(super) fn root(events: EventList<'_>, event: &Event) -> EventId {
    let cause = event.cause.and_then(|cause| events.find(cause));
    match cause {
        Some(Event { id, kind: EventKind::ZoneFailed { .. }, .. }) => id,
        _ => event.id,
    }
}

impl Faults {
    /// The faults in effect just after the event `last`.
    pub(super) fn at(events: EventList<'_>, last: EventId) -> Self {
        let mut faults = Self::default();
        for event in events.up_to(last) {
            faults.follow(events, &event);
        }
        faults
    }

    fn follow(&mut self, events: EventList<'_>, event: &Event) {
        let id = event.id;
        match &event.kind {
            EventKind::ServerCrashed { server, .. } => {
                self.down.insert(*server, root(events, event));
            }
            EventKind::ServerKilled { server } | EventKind::ServerPaused { server } => {
                self.down.insert(*server, id);
            }
            EventKind::ServerRestarted { server, .. }
            | EventKind::ServerResumed { server }
            | EventKind::ServerRemoved { server } => {
                self.down.remove(server);
            }
            EventKind::CoordinatorCrashed { node } => {
                self.coordinators_down.insert(*node, id);
            }
            EventKind::CoordinatorRestarted { node } => {
                self.coordinators_down.remove(node);
            }
            EventKind::LinkCut { first, second } => {
                self.cuts.insert((*first, *second), id);
                self.cuts.insert((*second, *first), id);
            }
            EventKind::LinkCutOneWay { from, to } => {
                self.cuts.insert((*from, *to), id);
            }
            EventKind::Partitioned { side, direction } => {
                let (side, healed) = (side.clone(), BTreeSet::new());
                self.partitions.push(Partition { side, direction: *direction, event: id, healed });
            }
            EventKind::LinkHealed { first, second } => {
                for link in [(*first, *second), (*second, *first)] {
                    self.cuts.remove(&link);
                    self.bad_links.remove(&link);
                    for partition in &mut self.partitions {
                        partition.healed.insert(link);
                    }
                }
            }
            EventKind::AllHealed => {
                self.cuts.clear();
                self.partitions.clear();
                self.bad_links.clear();
            }
            EventKind::LinkChanged { from, to, both_ways, quality } => {
                let link = BadLink { event: id, quality: *quality };
                for ends in [(*from, *to), (*to, *from)].into_iter().take(1 + usize::from(*both_ways)) {
                    if *quality == LinkQuality::default() {
                        self.bad_links.remove(&ends);
                    } else {
                        self.bad_links.insert(ends, link);
                    }
                }
            }
            EventKind::DiskChanged { server, condition } => {
                if condition.full || condition.slow_factor > 1 {
                    self.disks.insert(*server, (id, *condition));
                } else {
                    self.disks.remove(server);
                }
            }
            _ => {}
        }
    }

    /// What stopped the server.
    pub(super) fn stopping(&self, server: ServerId) -> Option<EventId> {
        self.down.get(&server).copied()
    }

    /// What filled the disk of the server.
    pub(super) fn filling(&self, server: ServerId) -> Option<EventId> {
        self.disks.get(&server).filter(|(_, condition)| condition.full).map(|(event, _)| *event)
    }

    /// What made the disk of the server slow.
    pub(super) fn slowing_disk(&self, server: ServerId) -> Option<EventId> {
        self.disks.get(&server).filter(|(_, condition)| condition.slow_factor > 1).map(|(event, _)| *event)
    }

    /// What is wrong with a link that is not cut.
    pub(super) fn bad_link(&self, from: NodeId, to: NodeId) -> Option<BadLink> {
        self.bad_links.get(&(from, to)).copied()
    }

    /// What keeps messages of one node from another.
    pub(super) fn between(&self, from: NodeId, to: NodeId) -> Option<EventId> {
        let splits = |partition: &&Partition| {
            if partition.healed.contains(&(from, to)) {
                return false;
            }
            let (inside, other) = (partition.side.contains(&from), partition.side.contains(&to));
            match partition.direction {
                Direction::Both => inside != other,
                Direction::OutOf => inside && !other,
                Direction::Into => !inside && other,
            }
        };
        let partition = self.partitions.iter().find(splits).map(|partition| partition.event);
        self.cuts.get(&(from, to)).copied().or(partition)
    }

    /// Why nobody hears the server: it is down, or cut off from the coordinator or a server.
    pub(super) fn silencing(&self, server: ServerId, others: &[ServerId], coordinators: u8) -> Option<EventId> {
        let node = NodeId::Server(server);
        let to_coordinator = || {
            let mut nodes = (1..=coordinators).map(|number| NodeId::Coordinator(CoordinatorId(number)));
            nodes.find_map(|other| self.between(node, other).or_else(|| self.between(other, node)))
        };
        let to_server = || {
            let nodes = others.iter().filter(|other| **other != server).map(|other| NodeId::Server(*other));
            nodes.map(|other| self.between(node, other).or_else(|| self.between(other, node))).find_map(|cut| cut)
        };
        self.stopping(server).or_else(to_coordinator).or_else(to_server)
    }

    /// What stopped so many nodes of the coordinator that it can't decide anything; nothing if it can.
    pub(super) fn stopping_coordinator(&self, coordinators: u8) -> Vec<EventId> {
        if 2 * (usize::from(coordinators).saturating_sub(self.coordinators_down.len())) > usize::from(coordinators) {
            return Vec::new();
        }
        self.coordinators_down.values().copied().collect()
    }

    /// All faults that hit one of these servers or the links between them or to the coordinator.
    pub(super) fn touching(&self, servers: &[ServerId], coordinators: u8) -> BTreeSet<EventId> {
        let mut found: BTreeSet<EventId> = self.stopping_coordinator(coordinators).into_iter().collect();
        for server in servers {
            found.extend(self.silencing(*server, servers, coordinators));
        }
        found
    }
}
