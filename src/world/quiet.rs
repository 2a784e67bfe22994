//! What those need who examine a world: clients that are silent, whom they could ask, how far repair is, and what
//! was acknowledged.

use std::collections::BTreeMap;

use super::engine::World;
use super::server::GroupKind;
use crate::check::{Acknowledged, GroundTruth as _};
use crate::replication::coordinator::GroupPlacement;
use crate::replication::{ServiceMode, Version};
use crate::sim::{ClientId, FileId, GroupId, NodeId, ServerId};

impl World {
    /// Silences all clients: their workloads end, and whatever answer still comes is not heard. What they were
    /// told until now is all that counts as acknowledged from here on.
    pub fn silence_clients(&mut self) {
        for host in self.clients.values_mut() {
            host.generator = None;
            host.client.forget_operations();
        }
        self.operations.retain(|_, operation| operation.ended.is_some());
    }

    /// The group that a file lives in, if there is such a file.
    #[must_use]
    pub fn group_of(&self, file: FileId) -> Option<GroupId> {
        self.catalogue.group(file)
    }

    /// The group that a file or a service of this name lives in, if there is one.
    #[must_use]
    pub fn group_named(&self, name: &str) -> Option<GroupId> {
        self.catalogue.group(self.catalogue.find(name)?)
    }

    /// The servers that may answer what is asked about a group, up or down: the primary, or where any member will do,
    /// all that are in sync.
    #[must_use]
    pub fn answering(&self, group: GroupId, any_member: bool) -> Vec<ServerId> {
        let membership = self.membership(group);
        match (self.group_kind(group), self.fixed_servers(group)) {
            (Some(GroupKind::OneCopy), Some(servers)) => servers.to_vec(),
            (kind, _) if any_member || kind == Some(GroupKind::Service(ServiceMode::ActiveActive)) => {
                membership.map(|membership| membership.in_sync.iter().copied().collect()).unwrap_or_default()
            }
            _ => membership.and_then(|membership| membership.primary).into_iter().collect(),
        }
    }

    /// The servers of a group that has always the same ones.
    #[must_use]
    pub fn fixed_servers(&self, group: GroupId) -> Option<&[ServerId]> {
        match &self.groups.get(usize::from(group.0))?.spec.placement {
            GroupPlacement::Fixed(servers) => Some(servers),
            GroupPlacement::Everyone | GroupPlacement::Ring { .. } => None,
        }
    }

    /// All clients, in the order of their ids.
    pub fn clients(&self) -> impl Iterator<Item = ClientId> + '_ {
        self.clients.keys().copied()
    }

    /// The groups about which a client has learned whom to ask, and who it takes for the primary. Who keeps the only
    /// copy of a file it knows anyway.
    #[must_use]
    pub fn groups_known_to(&self, client: ClientId) -> BTreeMap<GroupId, Option<ServerId>> {
        let Some(host) = self.clients.get(&client) else { return BTreeMap::new() };
        let learned = |group: GroupId| match self.group_kind(group) {
            Some(GroupKind::OneCopy) => Some((group, self.answering(group, false).first().copied())),
            _ => host.client.knows_of(group).then(|| (group, host.client.taken_for_primary(group))),
        };
        self.groups().into_iter().filter_map(learned).collect()
    }

    /// How many ways to or from a node are cut.
    #[must_use]
    pub fn cuts_of(&self, node: NodeId) -> usize {
        self.network.cuts().filter(|(from, to)| *from == node || *to == node).count()
    }

    /// Whether two nodes can't talk, since the link between them is cut in one direction at least.
    #[must_use]
    pub fn is_cut(&self, first: NodeId, second: NodeId) -> bool {
        self.network.is_cut(first, second) || self.network.is_cut(second, first)
    }

    /// Whether a client can reach any node of the coordinator that runs.
    #[must_use]
    pub fn reaches_coordinator(&self, client: ClientId) -> bool {
        let mut running = self.coordinators.iter().filter(|(_, host)| host.is_up).map(|(node, _)| *node);
        running.any(|node| !self.is_cut(NodeId::Client(client), NodeId::Coordinator(node)))
    }

    /// Whether a server is being brought up to date in some group, as far as the coordinator knows.
    #[must_use]
    pub fn is_repairing(&self) -> bool {
        self.chief().groups().any(|(_, membership)| !membership.joining.is_empty())
    }

    /// Whether a majority of the coordinator's nodes runs, so that it can decide anything.
    #[must_use]
    pub fn has_coordinator_majority(&self) -> bool {
        let running = self.coordinators.values().filter(|host| host.is_up).count();
        2 * running > self.coordinators.len()
    }

    /// Whether a new primary of the group is being looked for, as far as the coordinator knows.
    #[must_use]
    pub fn waits_for_operator(&self, group: GroupId) -> bool {
        self.chief().waits_for_operator(group)
    }

    /// Whether a primary is looked for.
    #[must_use]
    pub fn is_electing(&self, group: GroupId) -> bool {
        self.chief().is_electing(group)
    }

    /// Whether any file lives where the ring puts it, so that its copies can be made anew elsewhere.
    #[must_use]
    pub fn has_ring_files(&self) -> bool {
        self.groups.iter().any(|group| matches!(group.spec.placement, GroupPlacement::Ring { .. }))
    }

    /// The last acknowledged write of a file, if any was.
    #[must_use]
    pub fn acknowledged(&self, file: FileId) -> Option<Acknowledged> {
        self.book.last_acknowledged(file)
    }

    /// The acknowledged versions of a file that were lost and in whose place other writes were acknowledged since.
    #[must_use]
    pub fn lost_versions(&self, file: FileId) -> &[Version] {
        self.book.overwritten_by_loss(file)
    }

    /// All servers that are a part of the cluster, up or down, in the order of their ids.
    pub fn servers(&self) -> impl Iterator<Item = ServerId> + '_ {
        self.servers.keys().copied()
    }
}
