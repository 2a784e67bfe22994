//! What a client knows of who serves what.

use std::collections::{BTreeMap, BTreeSet};

use super::ReadTarget;
use crate::sim::{CoordinatorId, GroupId, NodeId, ServerId, Span, Time};

#[derive(Clone, Debug, Default)]
struct Entry {
    primary: Option<ServerId>,
    members: Vec<ServerId>,
    asked_at: Option<Time>,
    /// Whether a server has done since then what it was asked for: then the node that named it knows the truth.
    has_helped: bool,
}

/// A client's list of primaries and members, and the coordinator's node that it asks.
#[derive(Clone, Debug)]
pub(super) struct Directory {
    groups: BTreeMap<GroupId, Entry>,
    neighbours: BTreeSet<ServerId>,
    coordinators: u8,
    next_coordinator: u8,
}

impl Directory {
    pub(super) fn new(coordinators: u8) -> Self {
        Self {
            groups: BTreeMap::new(),
            neighbours: BTreeSet::new(),
            coordinators: coordinators.max(1),
            next_coordinator: 0,
        }
    }

    pub(super) fn set_neighbours(&mut self, servers: BTreeSet<ServerId>) {
        self.neighbours = servers;
    }

    /// Whether any server is known that can be asked about a group.
    pub(super) fn knows_of(&self, group: GroupId) -> bool {
        self.groups.get(&group).is_some_and(|entry| entry.primary.is_some() || !entry.members.is_empty())
    }

    /// Who is taken for the primary of a group.
    pub(super) fn taken_for_primary(&self, group: GroupId) -> Option<ServerId> {
        self.groups.get(&group)?.primary
    }

    /// A node of the coordinator answered.
    pub(super) fn learn(&mut self, group: GroupId, primary: Option<ServerId>, members: Vec<ServerId>) {
        let entry = self.groups.entry(group).or_default();
        entry.primary = primary;
        entry.members = members;
    }

    pub(super) fn forget(&mut self, group: GroupId) {
        if let Some(entry) = self.groups.get_mut(&group) {
            entry.primary = None;
            entry.members.clear();
        }
    }

    pub(super) fn is_not_primary(&mut self, group: GroupId, server: NodeId) {
        let entry = self.groups.get_mut(&group);
        if let Some(entry) = entry.filter(|entry| entry.primary.map(NodeId::Server) == Some(server)) {
            entry.primary = None;
        }
    }

    /// The server to ask; `turn` spreads the questions over the members.
    pub(super) fn server(&self, group: GroupId, target: ReadTarget, turn: u64) -> Option<ServerId> {
        let entry = self.groups.get(&group)?;
        let pick = |servers: &[ServerId]| {
            let count = servers.len() as u64;
            (count > 0).then(|| servers[usize::try_from(turn % count).unwrap_or(0)])
        };
        match target {
            ReadTarget::Primary => entry.primary,
            ReadTarget::Any => pick(&entry.members),
            ReadTarget::Nearest => {
                let near: Vec<ServerId> =
                    entry.members.iter().copied().filter(|server| self.neighbours.contains(server)).collect();
                pick(&near).or_else(|| pick(&entry.members))
            }
        }
    }

    /// A server did what it was asked for.
    pub(super) fn has_helped(&mut self, group: GroupId) {
        if let Some(entry) = self.groups.get_mut(&group) {
            entry.has_helped = true;
        }
    }

    /// The node of the coordinator to ask about a group, unless one was asked a short while ago.
    ///
    /// A node that gave no answer is passed over the next time, and so is one whose answer was of no use: cut off from
    /// the others, it may name a primary that is gone.
    pub(super) fn whom_to_ask(&mut self, group: GroupId, now: Time, again_after: Span) -> Option<CoordinatorId> {
        let entry = self.groups.entry(group).or_default();
        let waits = entry.asked_at.is_some_and(|at| now.since(at) < again_after);
        if waits {
            return None;
        }
        if entry.asked_at.is_some() && !entry.has_helped {
            self.next_coordinator = (self.next_coordinator + 1) % self.coordinators;
        }
        entry.asked_at = Some(now);
        entry.has_helped = false;
        Some(CoordinatorId(self.next_coordinator + 1))
    }
}
