//! What an examination of a copy of a world needs: clients that are silent, and a word on how far repair is.

use super::engine::World;
use crate::replication::coordinator::GroupPlacement;
use crate::sim::{FileId, GroupId};

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
}
