//! Commands: what is checked before anything changes, and what then happens.

use std::collections::BTreeSet;
use std::sync::Arc;

use thiserror::Error;

use super::command::{Command, Direction, Placement, ReadFrom};
use super::engine::{CLIENT, MAIN_GROUP, World};
use super::event::EventKind;
use super::server::GroupKind;
use super::view::{OperationKind, ServerStatus};
use crate::client::{ReadTarget, Target};
use crate::replication::coordinator::{GroupPlacement, GroupSpec};
use crate::replication::{Change, Coordinator, Request};
use crate::sim::{
    Clock, Content, CoordinatorId, DRIFT_LIMIT_PPM, DiskCondition, FileId, GroupId, LinkQuality, NodeId, ServerId,
    ZoneId,
};

/// The most servers that a world has.
pub const SERVERS_LIMIT: usize = 1_000;
/// The most file names that a world has.
pub const FILES_LIMIT: usize = 100_000;
/// The biggest file, in bytes: 4 MiB.
pub const FILE_SIZE_LIMIT_BYTES: u64 = crate::client::CONTENT_LIMIT_BYTES;
/// The longest file name, in characters.
const NAME_LIMIT: usize = 60;
/// The most that a disk or a link may be slowed down.
pub const SLOW_FACTOR_LIMIT: u16 = 1_000;
/// The most that a clock may be set off, in microseconds: an hour.
pub const CLOCK_OFFSET_LIMIT_US: i64 = 3_600_000_000;

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
    #[error("the messages from {from} to {to} are already cut off")]
    AlreadyCutOneWay { from: NodeId, to: NodeId },
    #[error("there is no node {0}")]
    NoSuchNode(NodeId),
    #[error("a partition needs at least one node on each side")]
    OneSided,
    #[error("there is no cut and no bad link to heal")]
    NothingToHeal,
    #[error("no server of {0} is up")]
    ZoneIsDown(ZoneId),
    #[error("no server of {0} has crashed")]
    ZoneIsUp(ZoneId),
    #[error("{0} is not paused")]
    NotPaused(ServerId),
    #[error("{server} has no copy of {file} on its disk whose bytes could rot")]
    NoCopyToRot { server: ServerId, file: String },
    #[error("rates are told in parts of 1000, and {0} is more than that")]
    BadRate(u16),
    #[error("a disk or a link can be slowed down by a factor of 1 to {SLOW_FACTOR_LIMIT}, not {0}")]
    BadSlowFactor(u16),
    #[error("a clock drifts by at most {DRIFT_LIMIT_PPM} parts per million, not {0}")]
    BadDrift(i32),
    #[error("a clock is off by at most an hour, not {0} microseconds")]
    BadOffset(i64),
    #[error("{0} is already up")]
    CoordinatorUp(CoordinatorId),
    #[error("{0} is already down")]
    CoordinatorDown(CoordinatorId),
    #[error("there is no service named {0}")]
    NoSuchService(String),
    #[error("{0} is a service, not a file")]
    IsAService(String),
    #[error("a file has 1 to {SERVERS_LIMIT} copies, not {0}")]
    BadFactor(u8),
    #[error("{0} is already on its way out")]
    AlreadyLeaving(ServerId),
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
        self.cause = None;
        match command {
            Command::AddServer { zone } => self.add_server(zone),
            Command::RemoveServer { server } => self.remove_server(server),
            Command::Write { file, content, placement } => self.write(&file, content, placement),
            Command::Read { file, from } => self.read(&file, from),
            Command::Delete { file } => self.delete(&file),
            Command::Call { service } => self.call(&service),
            Command::Crash { server } => self.crash(server),
            Command::Kill { server } => self.kill(server),
            Command::Restart { server } => self.restart(server),
            Command::Pause { server } => self.pause(server),
            Command::Resume { server } => self.resume(server),
            Command::Wipe { server } => self.wipe(server),
            Command::Rot { server, file, bit } => self.rot(server, &file, bit),
            Command::SetDisk { server, condition } => self.set_disk(server, condition),
            Command::SkewClock { server, offset_us, drift_ppm } => self.skew_clock(server, offset_us, drift_ppm),
            Command::ZoneOutage { zone } => self.zone_outage(zone),
            Command::ZoneReturn { zone } => self.zone_return(zone),
            Command::CrashCoordinator { node } => self.crash_coordinator(node),
            Command::RestartCoordinator { node } => self.restart_coordinator(node),
            Command::Promote { server } => self.promote(server),
            Command::CutLink { .. }
            | Command::CutOneWay { .. }
            | Command::HealLink { .. }
            | Command::HealAll
            | Command::Partition { .. }
            | Command::SetLink { .. } => self.apply_to_network(command),
        }
    }

    fn status(&self, server: ServerId) -> Result<ServerStatus, CommandError> {
        self.servers.get(&server).map(|found| found.status).ok_or(CommandError::NoSuchServer(server))
    }

    fn add_server(&mut self, zone: Option<ZoneId>) -> Result<(), CommandError> {
        if self.servers.len() >= SERVERS_LIMIT || self.next_server == u16::MAX {
            return Err(CommandError::TooManyServers);
        }
        let population = |zone: ZoneId| self.servers.values().filter(|server| server.zone == zone).count();
        let emptiest = (0..3).map(ZoneId).min_by_key(|zone| (population(*zone), *zone));
        let zone = zone.or(emptiest).unwrap_or(ZoneId(0));
        let server = ServerId(self.next_server);
        self.emit_as_cause(EventKind::ServerAdded { server, zone });
        for node in self.coordinators.keys().copied().collect::<Vec<_>>() {
            self.with_coordinator(node, |node, now, out| node.add_server(now, server, zone, out));
        }
        let placed = self.place_server(zone);
        debug_assert_eq!(placed, server, "the server gets the id that was announced");
        self.tell_clients_their_neighbours();
        Ok(())
    }

    fn remove_server(&mut self, server: ServerId) -> Result<(), CommandError> {
        let status = self.status(server)?;
        if self.servers.len() == 1 {
            return Err(CommandError::LastServer);
        }
        if self.chief().is_draining(server) {
            return Err(CommandError::AlreadyLeaving(server));
        }
        let only_here = self.catalogue.entries().find(|(file, entry)| {
            entry.placement == Some(Placement::OneServer(server)) && self.single_copy_exists(server, entry.group, *file)
        });
        if let Some((_, entry)) = only_here {
            return Err(CommandError::OnlyCopy { server, file: entry.name.to_string() });
        }
        let groups: Vec<GroupId> = self.chief().groups().map(|(group, _)| group).collect();
        if groups.into_iter().any(|group| self.has_what_no_other_in_sync_has(server, group)) {
            return Err(CommandError::OnlyInSync(server));
        }
        let is_running = status == ServerStatus::Up;
        if is_running {
            self.emit_as_cause(EventKind::ServerLeaves { server });
            for node in self.coordinators.keys().copied().collect::<Vec<_>>() {
                self.with_coordinator(node, |node, now, out| node.drain_server(now, server, out));
            }
        } else {
            self.take_out(server);
        }
        Ok(())
    }

    /// Takes a server out that no group needs any more.
    pub(super) fn take_out(&mut self, server: ServerId) {
        if self.servers.remove(&server).is_none() {
            return;
        }
        self.emit_as_cause(EventKind::ServerRemoved { server });
        let lost = self.network.remove(NodeId::Server(server), self.now);
        self.emit_lost(&lost);
        self.tell_clients_their_neighbours();
        for node in self.coordinators.keys().copied().collect::<Vec<_>>() {
            self.with_coordinator(node, |node, now, out| node.remove_server(now, server, out));
        }
    }

    fn single_copy_exists(&self, server: ServerId, group: GroupId, file: FileId) -> bool {
        let host = self.servers.get(&server).and_then(|found| found.hosts.get(&group));
        let copy = host.and_then(|host| super::picture::durable_copy(host, file));
        copy.is_some_and(|copy| copy.content.is_some())
    }

    fn has_what_no_other_in_sync_has(&self, server: ServerId, group: GroupId) -> bool {
        let Some(membership) = self.chief().membership(group) else { return false };
        let host = |id: &ServerId| self.servers.get(id)?.hosts.get(&group)?.primary_replica();
        let on_disk = |id: &ServerId| Some(host(id)?.volume.durable().store.last());
        let mut others = membership.in_sync.iter().filter(|other| **other != server);
        let in_memory = host(&server).and_then(|hosted| hosted.state.as_ref()).map(|state| state.store().last());
        let own = in_memory.or_else(|| on_disk(&server));
        membership.in_sync.contains(&server) && own.is_some() && !others.any(|other| on_disk(other) >= own)
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
        let file = if let Some(file) = self.catalogue.find(name) {
            self.not_a_service(file, name)?
        } else {
            self.check_new_file(placement)?;
            self.enter_in_catalogue(name, placement)
        };
        let change = Change::Put(content);
        let target = self.target(file, ReadTarget::Primary);
        self.start_operation(
            CLIENT,
            OperationKind::Write,
            file,
            |write| Request::Change { file, change, write },
            target,
        );
        Ok(())
    }

    fn check_new_file(&self, placement: Placement) -> Result<(), CommandError> {
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
    pub(super) fn enter_in_catalogue(&mut self, name: &str, placement: Placement) -> FileId {
        let group = match placement {
            Placement::EveryServer => MAIN_GROUP,
            Placement::OneServer(server) => self.single_group(server),
            Placement::Ring { factor } => self.ring_group(name, factor),
        };
        Arc::make_mut(&mut self.catalogue).add_file(name, placement, group)
    }

    fn single_group(&mut self, server: ServerId) -> GroupId {
        let placement = GroupPlacement::Fixed(vec![server]);
        let is_it =
            |group: &super::engine::Group| group.kind == GroupKind::OneCopy && group.spec.placement == placement;
        let known = self.groups.iter().position(is_it);
        match known.and_then(|index| u16::try_from(index).ok()) {
            Some(index) => GroupId(index),
            None => self.add_group(GroupKind::OneCopy, &GroupSpec { placement, keeps_data: true }),
        }
    }

    fn ring_group(&mut self, name: &str, factor: u8) -> GroupId {
        let shard = self.settings.ring.shard_of(name);
        if let Some(group) = self.catalogue.ring_group(factor, shard) {
            return group;
        }
        let placement = GroupPlacement::Ring { shard, factor: usize::from(factor) };
        let group = self.add_group(GroupKind::PrimaryReplica, &GroupSpec { placement, keeps_data: true });
        Arc::make_mut(&mut self.catalogue).set_ring_group(factor, shard, group);
        group
    }

    fn find_file(&self, name: &str) -> Result<FileId, CommandError> {
        let file = self.catalogue.find(name).ok_or_else(|| CommandError::NoSuchFile(name.to_owned()))?;
        self.not_a_service(file, name)
    }

    fn not_a_service(&self, file: FileId, name: &str) -> Result<FileId, CommandError> {
        let is_file = self.catalogue.entry(file).is_some_and(|entry| entry.placement.is_some());
        if is_file { Ok(file) } else { Err(CommandError::IsAService(name.to_owned())) }
    }

    fn read(&mut self, name: &str, from: ReadFrom) -> Result<(), CommandError> {
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
        self.start_operation(CLIENT, OperationKind::Read, file, |_| Request::Read { file, any_server }, target);
        Ok(())
    }

    fn delete(&mut self, name: &str) -> Result<(), CommandError> {
        let file = self.find_file(name)?;
        let target = self.target(file, ReadTarget::Primary);
        let request = |write| Request::Change { file, change: Change::Delete, write };
        self.start_operation(CLIENT, OperationKind::Delete, file, request, target);
        Ok(())
    }

    fn call(&mut self, name: &str) -> Result<(), CommandError> {
        let service = self.catalogue.find(name).and_then(|file| Some((file, self.catalogue.entry(file)?)));
        let Some((file, entry)) = service.filter(|(_, entry)| entry.placement.is_none()) else {
            return Err(CommandError::NoSuchService(name.to_owned()));
        };
        let target = match self.group_kind(entry.group) {
            Some(GroupKind::Service(crate::replication::ServiceMode::ActiveActive)) => ReadTarget::Any,
            _ => ReadTarget::Primary,
        };
        let target = Target::Group(entry.group, target);
        self.start_operation(CLIENT, OperationKind::Call, file, |_| Request::Call, target);
        Ok(())
    }

    fn crash(&mut self, id: ServerId) -> Result<(), CommandError> {
        if !matches!(self.status(id)?, ServerStatus::Up | ServerStatus::Paused) {
            return Err(CommandError::AlreadyDown(id));
        }
        let Some(server) = self.servers.get_mut(&id) else { return Err(CommandError::NoSuchServer(id)) };
        let unsynced = !server.unsynced.is_empty();
        server.crash();
        server.status = ServerStatus::Crashed;
        self.emit_as_cause(EventKind::ServerCrashed { server: id, unsynced });
        Ok(())
    }

    fn kill(&mut self, id: ServerId) -> Result<(), CommandError> {
        // A crashed server can still lose its disk; nothing else can stop twice.
        if self.status(id)? == ServerStatus::Killed {
            return Err(CommandError::AlreadyDown(id));
        }
        let Some(server) = self.servers.get_mut(&id) else { return Err(CommandError::NoSuchServer(id)) };
        server.lose_disk();
        server.status = ServerStatus::Killed;
        self.emit_as_cause(EventKind::ServerKilled { server: id });
        Ok(())
    }

    fn wipe(&mut self, id: ServerId) -> Result<(), CommandError> {
        let status = self.status(id)?;
        if status == ServerStatus::Killed {
            return Err(CommandError::AlreadyDown(id));
        }
        let Some(server) = self.servers.get_mut(&id) else { return Err(CommandError::NoSuchServer(id)) };
        server.lose_disk();
        self.emit_as_cause(EventKind::DiskWiped { server: id });
        if matches!(status, ServerStatus::Up | ServerStatus::Paused) {
            self.start_server(id);
        }
        Ok(())
    }

    fn restart(&mut self, id: ServerId) -> Result<(), CommandError> {
        let with_empty_disk = match self.status(id)? {
            ServerStatus::Up | ServerStatus::Paused => return Err(CommandError::AlreadyUp(id)),
            ServerStatus::Crashed => false,
            ServerStatus::Killed => true,
        };
        self.emit_as_cause(EventKind::ServerRestarted { server: id, with_empty_disk });
        self.start_server(id);
        Ok(())
    }

    fn pause(&mut self, id: ServerId) -> Result<(), CommandError> {
        if self.status(id)? != ServerStatus::Up {
            return Err(CommandError::Down(id));
        }
        if let Some(server) = self.servers.get_mut(&id) {
            server.status = ServerStatus::Paused;
        }
        self.emit_as_cause(EventKind::ServerPaused { server: id });
        Ok(())
    }

    fn resume(&mut self, id: ServerId) -> Result<(), CommandError> {
        if self.status(id)? != ServerStatus::Paused {
            return Err(CommandError::NotPaused(id));
        }
        let Some(server) = self.servers.get_mut(&id) else { return Err(CommandError::NoSuchServer(id)) };
        server.status = ServerStatus::Up;
        let deferred = core::mem::take(&mut server.deferred);
        self.emit_as_cause(EventKind::ServerResumed { server: id });
        for due in deferred {
            self.queue.push(self.now, due);
        }
        Ok(())
    }

    fn rot(&mut self, id: ServerId, name: &str, bit: u64) -> Result<(), CommandError> {
        self.status(id)?;
        let file = self.find_file(name)?;
        let group = self.catalogue.group(file).unwrap_or(MAIN_GROUP);
        let no_copy = || CommandError::NoCopyToRot { server: id, file: name.to_owned() };
        let host = self.servers.get_mut(&id).and_then(|server| server.hosts.get_mut(&group)).ok_or_else(no_copy)?;
        let version = super::picture::durable_copy(host, file).map(|copy| copy.version).ok_or_else(no_copy)?;
        if !host.rot(file, bit) {
            return Err(no_copy());
        }
        self.emit_as_cause(EventKind::CopyRotted { server: id, file, version });
        Ok(())
    }

    fn set_disk(&mut self, id: ServerId, condition: DiskCondition) -> Result<(), CommandError> {
        self.status(id)?;
        check_slow_factor(condition.slow_factor)?;
        if let Some(server) = self.servers.get_mut(&id) {
            server.disk.set_condition(condition);
        }
        self.emit_as_cause(EventKind::DiskChanged { server: id, condition });
        Ok(())
    }

    fn skew_clock(&mut self, id: ServerId, offset_us: i64, drift_ppm: i32) -> Result<(), CommandError> {
        self.status(id)?;
        if drift_ppm.abs() > DRIFT_LIMIT_PPM {
            return Err(CommandError::BadDrift(drift_ppm));
        }
        if offset_us.abs() > CLOCK_OFFSET_LIMIT_US {
            return Err(CommandError::BadOffset(offset_us));
        }
        if let Some(server) = self.servers.get_mut(&id) {
            server.clock = Clock::skewed(self.now, offset_us, drift_ppm);
        }
        self.emit_as_cause(EventKind::ClockSkewed { server: id, offset_us, drift_ppm });
        Ok(())
    }

    fn servers_of(&self, zone: ZoneId, wanted: impl Fn(ServerStatus) -> bool) -> Vec<ServerId> {
        let found = self.servers.iter().filter(|(_, server)| server.zone == zone && wanted(server.status));
        found.map(|(id, _)| *id).collect()
    }

    fn zone_outage(&mut self, zone: ZoneId) -> Result<(), CommandError> {
        let servers = self.servers_of(zone, |status| matches!(status, ServerStatus::Up | ServerStatus::Paused));
        if servers.is_empty() {
            return Err(CommandError::ZoneIsDown(zone));
        }
        let outage = self.emit_as_cause(EventKind::ZoneFailed { zone });
        for server in servers {
            self.cause = Some(outage);
            self.crash(server)?;
        }
        Ok(())
    }

    fn zone_return(&mut self, zone: ZoneId) -> Result<(), CommandError> {
        let servers = self.servers_of(zone, |status| status == ServerStatus::Crashed);
        if servers.is_empty() {
            return Err(CommandError::ZoneIsUp(zone));
        }
        let power = self.emit_as_cause(EventKind::ZoneReturned { zone });
        for server in servers {
            self.cause = Some(power);
            self.restart(server)?;
        }
        Ok(())
    }

    fn crash_coordinator(&mut self, id: CoordinatorId) -> Result<(), CommandError> {
        let host = self.coordinators.get_mut(&id).ok_or(CommandError::NoSuchNode(NodeId::Coordinator(id)))?;
        if !host.is_up {
            return Err(CommandError::CoordinatorDown(id));
        }
        host.is_up = false;
        self.emit_as_cause(EventKind::CoordinatorCrashed { node: id });
        Ok(())
    }

    fn restart_coordinator(&mut self, id: CoordinatorId) -> Result<(), CommandError> {
        let host = self.coordinators.get_mut(&id).ok_or(CommandError::NoSuchNode(NodeId::Coordinator(id)))?;
        if host.is_up {
            return Err(CommandError::CoordinatorUp(id));
        }
        host.is_up = true;
        host.start += 1;
        self.emit_as_cause(EventKind::CoordinatorRestarted { node: id });
        self.with_coordinator(id, Coordinator::on_start);
        Ok(())
    }

    fn apply_to_network(&mut self, command: Command) -> Result<(), CommandError> {
        match command {
            Command::CutLink { first, second } => self.cut_link(first, second),
            Command::CutOneWay { from, to } => self.cut_one_way(from, to),
            Command::HealLink { first, second } => self.heal_link(first, second),
            Command::Partition { side, direction } => self.partition(side, direction),
            Command::SetLink { from, to, both_ways, quality } => self.set_link(from, to, both_ways, quality),
            _ => self.heal_all(),
        }
    }

    fn cut_link(&mut self, first: NodeId, second: NodeId) -> Result<(), CommandError> {
        self.check_link(first, second)?;
        if self.network.is_cut(first, second) && self.network.is_cut(second, first) {
            return Err(CommandError::AlreadyCut { first, second });
        }
        self.emit_as_cause(EventKind::LinkCut { first, second });
        self.lose(&[(first, second), (second, first)]);
        Ok(())
    }

    fn cut_one_way(&mut self, from: NodeId, to: NodeId) -> Result<(), CommandError> {
        self.check_link(from, to)?;
        if self.network.is_cut(from, to) {
            return Err(CommandError::AlreadyCutOneWay { from, to });
        }
        self.emit_as_cause(EventKind::LinkCutOneWay { from, to });
        self.lose(&[(from, to)]);
        Ok(())
    }

    fn partition(&mut self, side: Vec<NodeId>, direction: Direction) -> Result<(), CommandError> {
        if let Some(stranger) = side.iter().find(|node| !self.network.has(**node)) {
            return Err(CommandError::NoSuchNode(*stranger));
        }
        let inside: BTreeSet<NodeId> = side.iter().copied().collect();
        let outside: Vec<NodeId> = self.network.nodes().filter(|node| !inside.contains(node)).collect();
        if inside.is_empty() || outside.is_empty() {
            return Err(CommandError::OneSided);
        }
        self.emit_as_cause(EventKind::Partitioned { side, direction });
        let mut cuts = Vec::new();
        for one in &inside {
            for other in &outside {
                if direction != Direction::Into {
                    cuts.push((*one, *other));
                }
                if direction != Direction::OutOf {
                    cuts.push((*other, *one));
                }
            }
        }
        self.lose(&cuts);
        Ok(())
    }

    fn lose(&mut self, cuts: &[(NodeId, NodeId)]) {
        for (from, to) in cuts {
            let lost = self.network.cut(*from, *to, self.now);
            self.emit_lost(&lost);
        }
    }

    fn heal_link(&mut self, first: NodeId, second: NodeId) -> Result<(), CommandError> {
        self.check_link(first, second)?;
        let is_well =
            |from, to| !self.network.is_cut(from, to) && self.network.quality(from, to) == LinkQuality::default();
        if is_well(first, second) && is_well(second, first) {
            return Err(CommandError::NotCut { first, second });
        }
        for (from, to) in [(first, second), (second, first)] {
            self.network.heal(from, to);
            self.network.set_quality(from, to, LinkQuality::default());
        }
        self.emit_as_cause(EventKind::LinkHealed { first, second });
        Ok(())
    }

    fn heal_all(&mut self) -> Result<(), CommandError> {
        let cuts: Vec<(NodeId, NodeId)> = self.network.cuts().collect();
        let bad: Vec<(NodeId, NodeId)> = self.network.qualities().map(|(link, _)| link).collect();
        if cuts.is_empty() && bad.is_empty() {
            return Err(CommandError::NothingToHeal);
        }
        for (from, to) in cuts {
            self.network.heal(from, to);
        }
        for (from, to) in bad {
            self.network.set_quality(from, to, LinkQuality::default());
        }
        self.emit_as_cause(EventKind::AllHealed);
        Ok(())
    }

    fn set_link(
        &mut self,
        from: NodeId,
        to: NodeId,
        both_ways: bool,
        quality: LinkQuality,
    ) -> Result<(), CommandError> {
        self.check_link(from, to)?;
        check_slow_factor(quality.slow_factor)?;
        let rates = [quality.loss_per_mille, quality.duplicate_per_mille, quality.reorder_per_mille];
        if let Some(rate) = rates.into_iter().find(|rate| *rate > 1_000) {
            return Err(CommandError::BadRate(rate));
        }
        self.network.set_quality(from, to, quality);
        if both_ways {
            self.network.set_quality(to, from, quality);
        }
        self.emit_as_cause(EventKind::LinkChanged { from, to, both_ways, quality });
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
        for node in self.coordinators.keys().copied().collect::<Vec<_>>() {
            self.with_coordinator(node, |node, now, out| node.promote(now, MAIN_GROUP, server, out));
        }
        Ok(())
    }
}

fn check_slow_factor(factor: u16) -> Result<(), CommandError> {
    if (1..=SLOW_FACTOR_LIMIT).contains(&factor) { Ok(()) } else { Err(CommandError::BadSlowFactor(factor)) }
}
