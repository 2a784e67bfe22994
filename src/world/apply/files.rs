//! Clients write, read and delete files, and call services.

use std::sync::Arc;

use super::{CommandError, FILE_SIZE_LIMIT_BYTES, FILES_LIMIT, NAME_LIMIT};
use crate::client::{ReadTarget, Target};
use crate::replication::coordinator::{GroupPlacement, GroupSpec};
use crate::replication::{Change, Request};
use crate::sim::{ClientId, Content, FileId, GroupId, ServerId};
use crate::world::command::{Placement, ReadFrom};
use crate::world::engine::{MAIN_GROUP, World};
use crate::world::server::GroupKind;
use crate::world::view::OperationKind;

impl World {
    pub(super) fn write(
        &mut self,
        client: ClientId,
        name: &str,
        content: Content,
        placement: Placement,
    ) -> Result<(), CommandError> {
        let length = name.chars().count();
        if length == 0 || length > NAME_LIMIT || name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(CommandError::BadName);
        }
        let size_bytes = content.size_bytes();
        if size_bytes > FILE_SIZE_LIMIT_BYTES {
            return Err(CommandError::TooBig { size_bytes });
        }
        let known = self.catalogue.find(name).map(|file| self.not_a_service(file, name)).transpose()?;
        if known.is_none() {
            self.check_new_file(placement)?;
        }
        self.make_room(size_bytes)?;
        let file = known.unwrap_or_else(|| self.enter_in_catalogue(name, placement));
        let change = Change::Put(content);
        let target = self.target(file, ReadTarget::Primary);
        self.start_operation(
            client,
            OperationKind::Write,
            file,
            |write| Request::Change { file, change, write },
            target,
        );
        Ok(())
    }

    pub(super) fn check_new_file(&self, placement: Placement) -> Result<(), CommandError> {
        if self.catalogue.len() >= FILES_LIMIT {
            return Err(CommandError::TooManyFiles);
        }
        match placement {
            Placement::OneServer(server) => self.status(server).map(|_| ()),
            Placement::Ring { factor: 0 } => Err(CommandError::BadFactor(0)),
            Placement::Ring { .. } | Placement::EveryServer => Ok(()),
        }
    }

    /// Gives a new file a place in the catalogue, and makes its group if it is the first one there.
    pub(in crate::world) fn enter_in_catalogue(&mut self, name: &str, placement: Placement) -> FileId {
        let group = match placement {
            Placement::EveryServer => MAIN_GROUP,
            Placement::OneServer(server) => self.single_group(server),
            Placement::Ring { factor } => self.ring_group(name, factor),
        };
        Arc::make_mut(&mut self.catalogue).add_file(name, placement, group)
    }

    pub(super) fn single_group(&mut self, server: ServerId) -> GroupId {
        let placement = GroupPlacement::Fixed(vec![server]);
        let is_it =
            |group: &crate::world::engine::Group| group.kind == GroupKind::OneCopy && group.spec.placement == placement;
        let known = self.groups.iter().position(is_it);
        match known.and_then(|index| u16::try_from(index).ok()) {
            Some(index) => GroupId(index),
            None => self.add_group(GroupKind::OneCopy, &GroupSpec { placement, keeps_data: true }),
        }
    }

    pub(super) fn ring_group(&mut self, name: &str, factor: u8) -> GroupId {
        let shard = self.settings.ring.shard_of(name);
        if let Some(group) = self.catalogue.ring_group(factor, shard) {
            return group;
        }
        let placement = GroupPlacement::Ring { shard, factor: usize::from(factor) };
        let group = self.add_group(GroupKind::PrimaryReplica, &GroupSpec { placement, keeps_data: true });
        Arc::make_mut(&mut self.catalogue).set_ring_group(factor, shard, group);
        group
    }

    pub(super) fn find_file(&self, name: &str) -> Result<FileId, CommandError> {
        let file = self.catalogue.find(name).ok_or_else(|| CommandError::NoSuchFile(name.to_owned()))?;
        self.not_a_service(file, name)
    }

    pub(super) fn not_a_service(&self, file: FileId, name: &str) -> Result<FileId, CommandError> {
        let is_file = self.catalogue.entry(file).is_some_and(|entry| entry.placement.is_some());
        if is_file { Ok(file) } else { Err(CommandError::IsAService(name.to_owned())) }
    }

    pub(super) fn read(&mut self, client: ClientId, name: &str, from: ReadFrom) -> Result<(), CommandError> {
        let file = self.find_file(name)?;
        let (target, any_server) = match from {
            ReadFrom::Primary => (self.target(file, ReadTarget::Primary), false),
            ReadFrom::Nearest => (self.target(file, ReadTarget::Nearest), true),
            ReadFrom::Any => (self.target(file, ReadTarget::Any), true),
            ReadFrom::Server(server) => {
                self.status(server)?;
                (Target::Server(server), true)
            }
        };
        self.start_operation(client, OperationKind::Read, file, |_| Request::Read { file, any_server }, target);
        Ok(())
    }

    pub(super) fn delete(&mut self, client: ClientId, name: &str) -> Result<(), CommandError> {
        let file = self.find_file(name)?;
        let target = self.target(file, ReadTarget::Primary);
        let request = |write| Request::Change { file, change: Change::Delete, write };
        self.start_operation(client, OperationKind::Delete, file, request, target);
        Ok(())
    }

    pub(super) fn call(&mut self, client: ClientId, name: &str) -> Result<(), CommandError> {
        let service = self.catalogue.find(name).and_then(|file| Some((file, self.catalogue.entry(file)?)));
        let Some((file, entry)) = service.filter(|(_, entry)| entry.placement.is_none()) else {
            return Err(CommandError::NoSuchService(name.to_owned()));
        };
        let target = match self.group_kind(entry.group) {
            Some(GroupKind::Service(crate::replication::ServiceMode::ActiveActive)) => ReadTarget::Any,
            _ => ReadTarget::Primary,
        };
        let target = Target::Group(entry.group, target);
        self.start_operation(client, OperationKind::Call, file, |_| Request::Call, target);
        Ok(())
    }
}
