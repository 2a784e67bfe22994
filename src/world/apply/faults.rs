//! Servers, disks, clocks, zones and the coordinator's nodes fail and come back.

use super::{CLOCK_OFFSET_LIMIT_US, CommandError, check_slow_factor};
use crate::replication::Coordinator;
use crate::sim::{Clock, CoordinatorId, DRIFT_LIMIT_PPM, DiskCondition, NodeId, ServerId, ZoneId};
use crate::world::engine::{MAIN_GROUP, World};
use crate::world::event::EventKind;
use crate::world::view::ServerStatus;

impl World {
    pub(super) fn crash(&mut self, id: ServerId) -> Result<(), CommandError> {
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

    pub(super) fn kill(&mut self, id: ServerId) -> Result<(), CommandError> {
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

    pub(super) fn wipe(&mut self, id: ServerId) -> Result<(), CommandError> {
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

    pub(super) fn restart(&mut self, id: ServerId) -> Result<(), CommandError> {
        let with_empty_disk = match self.status(id)? {
            ServerStatus::Up | ServerStatus::Paused => return Err(CommandError::AlreadyUp(id)),
            ServerStatus::Crashed => false,
            ServerStatus::Killed => true,
        };
        self.emit_as_cause(EventKind::ServerRestarted { server: id, with_empty_disk });
        self.start_server(id);
        Ok(())
    }

    pub(super) fn pause(&mut self, id: ServerId) -> Result<(), CommandError> {
        if self.status(id)? != ServerStatus::Up {
            return Err(CommandError::Down(id));
        }
        if let Some(server) = self.servers.get_mut(&id) {
            server.status = ServerStatus::Paused;
        }
        self.emit_as_cause(EventKind::ServerPaused { server: id });
        Ok(())
    }

    pub(super) fn resume(&mut self, id: ServerId) -> Result<(), CommandError> {
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

    pub(super) fn rot(&mut self, id: ServerId, name: &str, bit: u64) -> Result<(), CommandError> {
        self.status(id)?;
        let file = self.find_file(name)?;
        let group = self.catalogue.group(file).unwrap_or(MAIN_GROUP);
        let no_copy = || CommandError::NoCopyToRot { server: id, file: name.to_owned() };
        let host = self.servers.get(&id).and_then(|server| server.hosts.get(&group)).ok_or_else(no_copy)?;
        let copy = crate::world::picture::durable_copy(host, file).ok_or_else(no_copy)?;
        let (version, size_bytes) = (copy.version, copy.size_bytes());
        if size_bytes == 0 {
            return Err(no_copy());
        }
        self.make_room(size_bytes)?;
        let host = self.servers.get_mut(&id).and_then(|server| server.hosts.get_mut(&group)).ok_or_else(no_copy)?;
        if !host.rot(file, bit) {
            return Err(no_copy());
        }
        self.emit_as_cause(EventKind::CopyRotted { server: id, file, version });
        Ok(())
    }

    pub(super) fn set_disk(&mut self, id: ServerId, condition: DiskCondition) -> Result<(), CommandError> {
        self.status(id)?;
        check_slow_factor(condition.slow_factor)?;
        if let Some(server) = self.servers.get_mut(&id) {
            server.disk.set_condition(condition);
        }
        self.emit_as_cause(EventKind::DiskChanged { server: id, condition });
        Ok(())
    }

    pub(super) fn skew_clock(&mut self, id: ServerId, offset_us: i64, drift_ppm: i32) -> Result<(), CommandError> {
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

    pub(super) fn servers_of(&self, zone: ZoneId, wanted: impl Fn(ServerStatus) -> bool) -> Vec<ServerId> {
        let found = self.servers.iter().filter(|(_, server)| server.zone == zone && wanted(server.status));
        found.map(|(id, _)| *id).collect()
    }

    pub(super) fn zone_outage(&mut self, zone: ZoneId) -> Result<(), CommandError> {
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

    pub(super) fn zone_return(&mut self, zone: ZoneId) -> Result<(), CommandError> {
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

    pub(super) fn crash_coordinator(&mut self, id: CoordinatorId) -> Result<(), CommandError> {
        let host = self.coordinators.get_mut(&id).ok_or(CommandError::NoSuchNode(NodeId::Coordinator(id)))?;
        if !host.is_up {
            return Err(CommandError::CoordinatorDown(id));
        }
        host.is_up = false;
        host.node.on_crash();
        self.emit_as_cause(EventKind::CoordinatorCrashed { node: id });
        Ok(())
    }

    pub(super) fn restart_coordinator(&mut self, id: CoordinatorId) -> Result<(), CommandError> {
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
}
