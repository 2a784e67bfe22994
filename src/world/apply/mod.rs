//! Commands: what is checked before anything changes, and what then happens.

mod faults;
mod files;
mod network;
mod rules;
mod servers;

use thiserror::Error;

use super::command::Command;
use super::engine::{CLIENT, MAIN_GROUP, World};
use super::event::EventKind;
use super::view::ServerStatus;
use crate::sim::{ClientId, CoordinatorId, DRIFT_LIMIT_PPM, NodeId, ServerId, Time, ZoneId};

/// The most servers that a world has.
pub const SERVERS_LIMIT: usize = 1_000;
/// The most file names that a world has.
pub const FILES_LIMIT: usize = 100_000;
/// The biggest file, in bytes: 4 MiB.
pub const FILE_SIZE_LIMIT_BYTES: u64 = crate::client::CONTENT_LIMIT_BYTES;
/// The longest file name, in characters.
const NAME_LIMIT: usize = 60;
/// The most bytes of all contents that are made in a run, by commands, workloads and rot: 256 MiB.
pub const CONTENTS_LIMIT_BYTES: u64 = 256 * 1024 * 1024;
/// The most that a disk or a link may be slowed down.
pub const SLOW_FACTOR_LIMIT: u16 = 1_000;
/// The most that a clock may be set off, in microseconds: an hour.
pub const CLOCK_OFFSET_LIMIT_US: i64 = 3_600_000_000;

/// The most operations that a workload begins, in hundredths of one per second: 10,000 per second.
pub const WORKLOAD_RATE_LIMIT_HUNDREDTHS: u32 = 1_000_000;

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
    #[error("{server} has no copy of {file} on its disk that could rot")]
    NoCopyToRot { server: ServerId, file: String },
    #[error("a rate is given in parts per 1000, so {0} is too much")]
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
    #[error("{0} is already leaving")]
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
    #[error("all writes of a run together may have at most {CONTENTS_LIMIT_BYTES} bytes")]
    TooManyBytes,
    #[error("a world has at most {FILES_LIMIT} files")]
    TooManyFiles,
    #[error("a world has at most {SERVERS_LIMIT} servers")]
    TooManyServers,
    #[error("{server} has the only copy of {file}; delete that file first, or kill the server to lose it")]
    OnlyCopy { server: ServerId, file: String },
    #[error("no other in-sync server has everything that {0} has; wait until one has caught up")]
    OnlyInSync(ServerId),
    #[error("a cluster needs at least one server")]
    LastServer,
    #[error("the policy already says so")]
    SamePolicy,
    #[error("no cluster can run if you set {0}")]
    BadRule(String),
    #[error("a workload starts 0 to {} operations a second", WORKLOAD_RATE_LIMIT_HUNDREDTHS / 100)]
    BadWorkloadRate,
    #[error("a share is at most 100 %, not {0} %")]
    BadPercent(u8),
    #[error(
        "chaos needs one or more kinds of faults, each named once, at most 600 of a kind a minute, for at most ten minutes and 10,000 faults"
    )]
    BadChaos,
    #[error("there is no chaos to end")]
    NoChaos,
    #[error("there is no {0}")]
    NoSuchClient(ClientId),
    #[error("{0} already does so")]
    SameWorkload(ClientId),
    #[error("the world's clock can't run backwards")]
    TimeWentBack,
}

impl World {
    /// Carries a command out now.
    ///
    /// # Errors
    /// If the command can't be carried out as things stand; then nothing changes.
    pub fn apply(&mut self, command: Command) -> Result<(), CommandError> {
        self.apply_as(CLIENT, command)
    }

    /// Carries a command out now; what a client is to do, this client does.
    ///
    /// # Errors
    /// If the command can't be carried out as things stand; then nothing changes.
    pub fn apply_as(&mut self, client: ClientId, command: Command) -> Result<(), CommandError> {
        self.cause = None;
        match command {
            Command::AddServer { zone } => self.add_server(zone),
            Command::RemoveServer { server } => self.remove_server(server),
            Command::Write { file, content, placement } => self.write(client, &file, content, placement),
            Command::Read { file, from } => self.read(client, &file, from),
            Command::Delete { file } => self.delete(client, &file),
            Command::Call { service } => self.call(client, &service),
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
            Command::SetPolicy { changes } => self.set_policy(changes),
            Command::SetWorkload { client, rate_per_second_hundredths, read_percent } => {
                self.set_workload(client, rate_per_second_hundredths, read_percent)
            }
            Command::BeginChaos { hazards, span } => self.begin_chaos(&hazards, span),
            Command::EndChaos => self.end_chaos(),
            Command::CutLink { .. }
            | Command::CutOneWay { .. }
            | Command::HealLink { .. }
            | Command::HealAll
            | Command::Partition { .. }
            | Command::SetLink { .. } => self.apply_to_network(command),
        }
    }

    /// When something that should have been written could not be, for lack of room; none if there was room always.
    #[must_use]
    pub fn out_of_room_at(&self) -> Option<Time> {
        self.out_of_room_at
    }

    /// Something that should have been written could not be: the world goes on otherwise than it should.
    pub fn run_out_of_room(&mut self) {
        self.out_of_room_at.get_or_insert(self.now);
    }

    /// Counts a content that is about to be made, if there is room for it. All of them stay in the memory, since the
    /// saved worlds of a session keep them.
    pub(super) fn make_room(&mut self, size_bytes: u64) -> Result<(), CommandError> {
        let made = self.made_bytes.saturating_add(size_bytes);
        if made > CONTENTS_LIMIT_BYTES {
            return Err(CommandError::TooManyBytes);
        }
        self.made_bytes = made;
        Ok(())
    }

    fn status(&self, server: ServerId) -> Result<ServerStatus, CommandError> {
        self.servers.get(&server).map(|found| found.status).ok_or(CommandError::NoSuchServer(server))
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
