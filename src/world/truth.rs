//! A world tells the checks the truth about itself.

use super::engine::World;
use super::picture::{current_copy, current_files, durable_copy};
use super::server::{GroupKind, Host, Server};
use super::view::ServerStatus;
use crate::check::{Acknowledged, Bytes, GroundTruth};
use crate::client::Outcome;
use crate::replication::coordinator::GroupSpec;
use crate::replication::{
    Copy, Incarnation, Membership, OneCopy, Policy, PrimaryReplica, Promises, Protocol, Revision, Service, Version,
};
use crate::sim::{FileId, GroupId, OperationId, ServerId};

impl World {
    fn host(&self, server: ServerId, group: GroupId) -> Option<&Host> {
        self.servers.get(&server)?.hosts.get(&group)
    }
}

impl GroundTruth for World {
    fn policy(&self) -> &Policy {
        &self.settings.policy
    }

    fn promises(&self, group: GroupId) -> Promises {
        let policy = &self.settings.policy;
        match self.group_kind(group) {
            Some(GroupKind::PrimaryReplica) => PrimaryReplica::promises(policy),
            Some(GroupKind::OneCopy) => OneCopy::promises(policy),
            Some(GroupKind::Service(_)) | None => Service::promises(policy),
        }
    }

    fn groups(&self) -> Vec<GroupId> {
        (0..).map(GroupId).take(self.groups.len()).collect()
    }

    fn group_spec(&self, group: GroupId) -> Option<&GroupSpec> {
        self.groups.get(usize::from(group.0)).map(|group| &group.spec)
    }

    fn group_of(&self, file: FileId) -> Option<GroupId> {
        self.catalogue.group(file)
    }

    fn file_name(&self, file: FileId) -> &str {
        self.catalogue.name(file)
    }

    fn membership(&self, group: GroupId) -> Option<&Membership> {
        self.chief().membership(group).map(AsRef::as_ref)
    }

    fn is_up(&self, server: ServerId) -> bool {
        self.servers.get(&server).is_some_and(|server| server.status == ServerStatus::Up)
    }

    fn copy_on_disk(&self, server: ServerId, group: GroupId, file: FileId) -> Option<&Copy> {
        durable_copy(self.host(server, group)?, file)
    }

    fn copy_in_memory(&self, server: ServerId, group: GroupId, file: FileId) -> Option<&Copy> {
        let host = self.host(server, group)?;
        if host.is_started() { current_copy(host, file) } else { None }
    }

    fn has_known_disk(&self, server: ServerId, group: GroupId) -> bool {
        let named = GroundTruth::membership(self, group).and_then(|membership| membership.incarnations.get(&server));
        let named = named.copied().unwrap_or(Incarnation::FIRST);
        self.servers.get(&server).is_some_and(|server| server.incarnation.disk == named.disk)
    }

    fn copy_shown(&self, server: ServerId, group: GroupId, file: FileId) -> Option<&Copy> {
        match self.host(server, group)? {
            Host::PrimaryReplica(hosted) => hosted.state.as_ref()?.visible().get(&file),
            Host::OneCopy(hosted) => hosted.state.as_ref()?.files().get(&file),
            Host::Service(..) => None,
        }
    }

    fn copies_in_memory(&self, server: ServerId, group: GroupId) -> Vec<(FileId, &Copy)> {
        let host = self.host(server, group).filter(|host| host.is_started());
        host.into_iter().flat_map(current_files).collect()
    }

    fn last_acknowledged(&self, file: FileId) -> Option<Acknowledged> {
        self.book.last_acknowledged(file)
    }

    fn overwritten_by_loss(&self, file: FileId) -> usize {
        self.book.overwritten_by_loss(file).len()
    }

    fn descends_from(&self, file: FileId, revision: Revision, ancestor: Revision) -> bool {
        self.book.descends_from(file, revision, ancestor)
    }

    fn asks_primary(&self, operation: OperationId) -> bool {
        self.operations.get(&operation).is_some_and(|found| found.asks_primary)
    }

    fn last_on_disk(&self, server: ServerId, group: GroupId) -> u64 {
        let hosted = self.host(server, group).and_then(Host::primary_replica);
        hosted.map_or(0, |hosted| hosted.volume.durable().store.last().index)
    }

    fn first_files(&self, count: usize) -> Vec<FileId> {
        self.book.files().take(count).collect()
    }

    fn fresh_copies(&self, file: FileId) -> usize {
        World::fresh_copies(self, file)
    }

    fn bytes(&self) -> Bytes {
        Bytes {
            sent: self.network.sent_bytes(),
            written: self.written_bytes,
            stored: self.servers.values().map(Server::used_bytes).sum(),
        }
    }

    fn version_found(&self, operation: OperationId) -> Option<Version> {
        match &self.operations.get(&operation)?.ended {
            Some((_, Outcome::Found(copy))) => Some(copy.as_ref().map_or(Version(0), |copy| copy.version)),
            _ => None,
        }
    }
}
