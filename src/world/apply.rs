//! Commands: what is checked before anything changes, and what then happens.

use std::sync::Arc;

use thiserror::Error;

use super::command::{Command, Placement, ReadFrom};
use super::engine::{CLIENT, CatalogueEntry, World};
use super::event::EventKind;
use super::view::{OperationKind, ServerStatus};
use crate::client::Target;
use crate::replication::{Change, Request};
use crate::sim::{Content, FileId, NodeId, ServerId, ZoneId};

/// The most servers that a world has.
pub const SERVERS_LIMIT: usize = 9;
/// The most file names that a world has.
pub const FILES_LIMIT: usize = 64;
/// The biggest file, in bytes: 4 MiB.
pub const FILE_SIZE_LIMIT_BYTES: u64 = 4 * 1024 * 1024;
/// The longest file name, in characters.
const NAME_LIMIT: usize = 60;

/// Why a command was refused; nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "each message says what its fields mean")]
pub enum CommandError {
    #[error("there is no server {0}")]
    NoSuchServer(ServerId),
    #[error("there is no link between {first} and {second}")]
    NoSuchLink { first: NodeId, second: NodeId },
    #[error("the link between {first} and {second} is already cut")]
    AlreadyCut { first: NodeId, second: NodeId },
    #[error("the link between {first} and {second} is not cut")]
    NotCut { first: NodeId, second: NodeId },
    #[error("{0} is already up")]
    AlreadyUp(ServerId),
    #[error("{0} is already down")]
    AlreadyDown(ServerId),
    #[error("{0} is down; restart it first")]
    Down(ServerId),
    #[error("there is no file named {0}")]
    NoSuchFile(String),
    #[error("a file name has 1 to {NAME_LIMIT} characters and no control characters")]
    BadName,
    #[error("the file has {size_bytes} bytes; at most {FILE_SIZE_LIMIT_BYTES} are allowed")]
    TooBig { size_bytes: u64 },
    #[error("a world has at most {FILES_LIMIT} files")]
    TooManyFiles,
    #[error("a world has at most {SERVERS_LIMIT} servers")]
    TooManyServers,
    #[error("{server} has the only copy of {file}; delete that file first, or kill the server to lose it")]
    OnlyCopy { server: ServerId, file: String },
    #[error("no other in-sync server has all that {0} has; wait until one has caught up")]
    OnlyInSync(ServerId),
    #[error("a cluster keeps at least one server")]
    LastServer,
    #[error("the world's clock can't run backwards")]
    TimeWentBack,
}

impl World {
    /// Carries a command out now.
    ///
    /// # Errors
    /// If the command can't be carried out as things stand; then nothing changes.
    pub fn apply(&mut self, command: Command) -> Result<(), CommandError> {
        self.begin_command();
        match command {
            Command::AddServer { zone } => self.add_server(zone),
            Command::RemoveServer { server } => self.remove_server(server),
            Command::Write { file, content, placement } => self.write(&file, content, placement),
            Command::Read { file, from } => self.read(&file, from),
            Command::Delete { file } => self.delete(&file),
            Command::Crash { server } => self.stop(server, false),
            Command::Kill { server } => self.stop(server, true),
            Command::Restart { server } => self.restart(server),
            Command::CutLink { first, second } => self.cut_link(first, second),
            Command::HealLink { first, second } => self.heal_link(first, second),
            Command::Promote { server } => self.promote(server),
        }
    }

    fn status(&self, server: ServerId) -> Result<ServerStatus, CommandError> {
        self.servers.get(&server).map(|found| found.status).ok_or(CommandError::NoSuchServer(server))
    }

    fn add_server(&mut self, zone: Option<ZoneId>) -> Result<(), CommandError> {
        if self.servers.len() >= SERVERS_LIMIT {
            return Err(CommandError::TooManyServers);
        }
        let population = |zone: ZoneId| self.servers.values().filter(|server| server.zone == zone).count();
        let emptiest = (0..3).map(ZoneId).min_by_key(|zone| (population(*zone), *zone));
        let zone = zone.or(emptiest).unwrap_or(ZoneId(0));
        let server = self.next_server_id();
        self.emit_as_cause(EventKind::ServerAdded { server, zone });
        let placed = self.place_server(zone);
        debug_assert_eq!(placed, server, "the server gets the id that was announced");
        self.with_coordinator(|coordinator, now, _| coordinator.add_server(now, server));
        Ok(())
    }

    fn remove_server(&mut self, server: ServerId) -> Result<(), CommandError> {
        self.status(server)?;
        if self.servers.len() == 1 {
            return Err(CommandError::LastServer);
        }
        let mut only_here = self.catalogue.iter().enumerate().filter(|(index, entry)| {
            let file = FileId(u32::try_from(*index).unwrap_or(u32::MAX));
            entry.placement == Placement::OneServer(server) && self.single_copy_exists(server, file)
        });
        if let Some((_, entry)) = only_here.next() {
            return Err(CommandError::OnlyCopy { server, file: entry.name.to_string() });
        }
        if self.has_what_no_other_in_sync_has(server) {
            return Err(CommandError::OnlyInSync(server));
        }
        self.emit_as_cause(EventKind::ServerRemoved { server });
        self.servers.remove(&server);
        let lost = self.network.remove(NodeId::Server(server), self.now);
        self.emit_lost(&lost);
        self.with_coordinator(|coordinator, now, out| coordinator.remove_server(now, server, out));
        Ok(())
    }

    fn single_copy_exists(&self, server: ServerId, file: FileId) -> bool {
        let files = self.servers.get(&server).map(|found| &found.single.disk.durable().files);
        files.and_then(|files| files.get(&file)).is_some_and(|copy| copy.content.is_some())
    }

    fn has_what_no_other_in_sync_has(&self, server: ServerId) -> bool {
        let in_sync = &self.coordinator.membership().in_sync;
        let last = |id: &ServerId| {
            let found = self.servers.get(id)?;
            Some(found.replicated.disk.durable().store.last())
        };
        let mut others = in_sync.iter().filter(|other| **other != server);
        let logged = self.servers.get(&server).and_then(|found| found.replicated.state.as_ref());
        let own = logged.map(|state| state.store().last()).or_else(|| last(&server));
        in_sync.contains(&server) && !others.any(|other| last(other) >= own)
    }

    fn write(&mut self, name: &str, content: Content, placement: Placement) -> Result<(), CommandError> {
        let length = name.chars().count();
        if length == 0 || length > NAME_LIMIT || name.trim().is_empty() || name.chars().any(char::is_control) {
            return Err(CommandError::BadName);
        }
        let size_bytes = content.size_bytes();
        if size_bytes > FILE_SIZE_LIMIT_BYTES {
            return Err(CommandError::TooBig { size_bytes });
        }
        let file = match self.find_file(name) {
            Some(file) => file,
            None => self.enter_in_catalogue(name, placement)?,
        };
        let request = Request::Change { file, change: Change::Put(content) };
        self.start_operation(OperationKind::Write, file, request, self.target(file));
        Ok(())
    }

    fn enter_in_catalogue(&mut self, name: &str, placement: Placement) -> Result<FileId, CommandError> {
        if self.catalogue.len() >= FILES_LIMIT {
            return Err(CommandError::TooManyFiles);
        }
        if let Placement::OneServer(server) = placement {
            self.status(server)?;
        }
        let file = FileId(u32::try_from(self.catalogue.len()).map_err(|_| CommandError::TooManyFiles)?);
        self.catalogue.push(CatalogueEntry { name: Arc::from(name), placement });
        Ok(file)
    }

    fn read(&mut self, name: &str, from: ReadFrom) -> Result<(), CommandError> {
        let file = self.find_file(name).ok_or_else(|| CommandError::NoSuchFile(name.to_owned()))?;
        let (target, any_server) = match from {
            ReadFrom::Primary => (self.target(file), false),
            ReadFrom::Server(server) => {
                self.status(server)?;
                (Target::Server(server), true)
            }
        };
        self.start_operation(OperationKind::Read, file, Request::Read { file, any_server }, target);
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<(), CommandError> {
        let file = self.find_file(name).ok_or_else(|| CommandError::NoSuchFile(name.to_owned()))?;
        let request = Request::Change { file, change: Change::Delete };
        self.start_operation(OperationKind::Delete, file, request, self.target(file));
        Ok(())
    }

    fn find_file(&self, name: &str) -> Option<FileId> {
        let index = self.catalogue.iter().position(|entry| &*entry.name == name)?;
        u32::try_from(index).ok().map(FileId)
    }

    fn target(&self, file: FileId) -> Target {
        match self.catalogue.get(file.0 as usize).map(|entry| entry.placement) {
            Some(Placement::OneServer(server)) => Target::Server(server),
            _ => Target::Primary,
        }
    }

    fn stop(&mut self, id: ServerId, disk_lost: bool) -> Result<(), CommandError> {
        let status = self.status(id)?;
        // A crashed server can still lose its disk; nothing else can stop twice.
        if status != ServerStatus::Up && !(disk_lost && status == ServerStatus::Crashed) {
            return Err(CommandError::AlreadyDown(id));
        }
        let Some(server) = self.servers.get_mut(&id) else { return Err(CommandError::NoSuchServer(id)) };
        if disk_lost {
            server.replicated.kill();
            server.single.kill();
            server.incarnation.disk += 1;
            server.status = ServerStatus::Killed;
            self.emit_as_cause(EventKind::ServerKilled { server: id });
        } else {
            let unsynced = server.replicated.disk.has_unsynced() || server.single.disk.has_unsynced();
            server.replicated.crash();
            server.single.crash();
            server.status = ServerStatus::Crashed;
            self.emit_as_cause(EventKind::ServerCrashed { server: id, unsynced });
        }
        Ok(())
    }

    fn restart(&mut self, id: ServerId) -> Result<(), CommandError> {
        let with_empty_disk = match self.status(id)? {
            ServerStatus::Up => return Err(CommandError::AlreadyUp(id)),
            ServerStatus::Crashed => false,
            ServerStatus::Killed => true,
        };
        self.emit_as_cause(EventKind::ServerRestarted { server: id, with_empty_disk });
        self.start_server(id);
        Ok(())
    }

    fn cut_link(&mut self, first: NodeId, second: NodeId) -> Result<(), CommandError> {
        self.check_link(first, second)?;
        if self.network.is_cut(first, second) {
            return Err(CommandError::AlreadyCut { first, second });
        }
        self.emit_as_cause(EventKind::LinkCut { first, second });
        let lost = self.network.cut(first, second, self.now);
        self.emit_lost(&lost);
        Ok(())
    }

    fn heal_link(&mut self, first: NodeId, second: NodeId) -> Result<(), CommandError> {
        self.check_link(first, second)?;
        if !self.network.is_cut(first, second) {
            return Err(CommandError::NotCut { first, second });
        }
        self.network.heal(first, second);
        self.emit_as_cause(EventKind::LinkHealed { first, second });
        Ok(())
    }

    fn check_link(&self, first: NodeId, second: NodeId) -> Result<(), CommandError> {
        if self.network.is_connected(first, second) { Ok(()) } else { Err(CommandError::NoSuchLink { first, second }) }
    }

    fn promote(&mut self, server: ServerId) -> Result<(), CommandError> {
        if self.status(server)? != ServerStatus::Up {
            return Err(CommandError::Down(server));
        }
        self.emit_as_cause(EventKind::PromotionAsked { server });
        self.with_coordinator(|coordinator, now, out| coordinator.promote(now, server, out));
        Ok(())
    }

    /// The client of this world.
    #[must_use]
    pub fn client(&self) -> NodeId {
        NodeId::Client(CLIENT)
    }
}
