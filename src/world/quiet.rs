//! What those need who examine a world: clients that are silent, how far repair is, and what was acknowledged.

use super::engine::World;
use crate::check::Acknowledged;
use crate::replication::Version;
use crate::replication::coordinator::GroupPlacement;
use crate::sim::{FileId, GroupId, ServerId};

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
