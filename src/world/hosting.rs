//! Servers: how they start and stop, tick, sync, and let their protocols work.

use crate::replication::mutation::{Mutation, broken};
use core::ops::Bound;
use std::collections::BTreeSet;

use super::engine::{Due, World};
use super::event::EventKind;
use super::server::{GroupKind, Host, HostEffect, Input, Server};
use super::view::ServerStatus;
use crate::replication::{Incarnation, Message, Timer, share_of_sum};
use crate::sim::{Clock, Disk, EventId, GroupId, NodeId, Purpose, ServerId, Time, ZoneId};

/// What a heartbeat adds for a group that the server has kept from before its start and was told nothing of since: no
/// membership's share, so that the server is told.
const UNTOLD: u64 = 1;

impl World {
    /// Makes room for a new server in `zone`, connects and starts it.
    pub(super) fn place_server(&mut self, zone: ZoneId) -> ServerId {
        let id = ServerId(self.next_server);
        self.next_server += 1;
        let settings = self.settings.disk;
        let stream = self.streams.stream(Purpose::DiskSync, (u64::from(id.0), 0));
        let server = Server {
            zone,
            status: ServerStatus::Crashed,
            incarnation: Incarnation { disk: 1, start: 0 },
            clock: Clock::default(),
            disk: Disk::new(settings.sync_time, settings.bandwidth_bytes_per_second, stream),
            capacity_bytes: settings.capacity_bytes,
            unsynced: std::collections::VecDeque::new(),
            hosts: std::collections::BTreeMap::new(),
            busy_until: Time::ZERO,
            deferred: Vec::new(),
        };
        self.network.add(NodeId::Server(id), Some(zone));
        self.servers.insert(id, server);
        self.start_server(id);
        id
    }

    /// Starts a server from its disk.
    pub(super) fn start_server(&mut self, id: ServerId) {
        let policy = self.settings.policy;
        let Some(server) = self.servers.get_mut(&id) else { return };
        server.status = ServerStatus::Up;
        server.incarnation.start += 1;
        let identity = server.identity(id, policy);
        let start = server.incarnation.start;
        for group in server.hosts.keys().copied().collect::<Vec<_>>() {
            let mut effects = core::mem::take(&mut self.scratch);
            if let Some(host) = self.servers.get_mut(&id).and_then(|server| server.hosts.get_mut(&group)) {
                host.start(identity, &mut effects);
            }
            self.carry_out(id, group, effects);
        }
        self.beat(id);
        self.set_tick(id, start);
    }

    fn set_tick(&mut self, id: ServerId, start: u32) {
        let Some(server) = self.servers.get(&id) else { return };
        let after = server.clock.real(self.settings.policy.heartbeat_every);
        self.queue.push(self.now + after, Due::ServerTick { server: id, start });
    }

    /// Sends a heartbeat to the coordinator.
    fn beat(&mut self, id: ServerId) {
        let Some(server) = self.servers.get(&id) else { return };
        let number = |host: &Host| match host.membership_number() {
            0 if host.primary_replica().is_some() => UNTOLD,
            number => share_of_sum(number),
        };
        let memberships = server.hosts.values().map(number).fold(0, u64::wrapping_add);
        let clock = server.clock.reading(self.now);
        let message = Message::Heartbeat { incarnation: server.incarnation, memberships, clock };
        self.report(NodeId::Server(id), None, &message);
    }

    pub(super) fn on_server_tick(&mut self, id: ServerId, start: u32) {
        let Some(server) = self.servers.get_mut(&id).filter(|server| server.incarnation.start == start) else { return };
        match server.status {
            ServerStatus::Paused => server.deferred.push(Due::ServerTick { server: id, start }),
            ServerStatus::Up => {
                self.beat(id);
                self.with_all_hosts(id, || Input::Timer(Timer::Tick));
                self.set_tick(id, start);
            }
            ServerStatus::Crashed | ServerStatus::Killed => {}
        }
    }

    pub(super) fn on_timer(&mut self, id: ServerId, incarnation: Incarnation, group: GroupId, timer: Timer) {
        let Some(server) = self.servers.get_mut(&id).filter(|server| server.incarnation == incarnation) else { return };
        match server.status {
            ServerStatus::Paused => server.deferred.push(Due::Timer { server: id, incarnation, group, timer }),
            ServerStatus::Up if server.hosts.contains_key(&group) => self.with_host(id, group, Input::Timer(timer)),
            ServerStatus::Up | ServerStatus::Crashed | ServerStatus::Killed => {}
        }
    }

    /// A sync has ended: the records that it covered are on disk.
    pub(super) fn on_synced(&mut self, id: ServerId, incarnation: Incarnation, cause: Option<EventId>) {
        let Some(server) = self.servers.get_mut(&id).filter(|server| server.incarnation == incarnation) else { return };
        if server.status == ServerStatus::Paused {
            server.deferred.push(Due::Synced { server: id, incarnation, cause });
            return;
        }
        if !server.is_up() {
            return;
        }
        self.cause = cause;
        let count = server.disk.end_sync();
        let mut groups: Vec<GroupId> = server.unsynced.drain(..count.min(server.unsynced.len())).collect();
        for group in &groups {
            if let Some(host) = server.hosts.get_mut(group) {
                host.sync_one();
            }
        }
        groups.sort_unstable();
        groups.dedup();
        for group in groups {
            if self.servers.get(&id).is_some_and(|server| server.hosts.contains_key(&group)) {
                self.with_host(id, group, Input::Synced);
            }
        }
        self.begin_sync(id);
    }

    fn begin_sync(&mut self, id: ServerId) {
        let (now, cause) = (self.now, self.cause);
        let Some(server) = self.servers.get_mut(&id) else { return };
        if let Some(span) = server.disk.begin_sync() {
            let incarnation = server.incarnation;
            self.queue.push(now + span, Due::Synced { server: id, incarnation, cause });
        }
    }

    /// Tells every protocol of a server the same.
    pub(super) fn with_all_hosts(&mut self, id: ServerId, input: impl Fn() -> Input<'static>) {
        let after = |world: &Self, group: Option<GroupId>| {
            let hosts = &world.servers.get(&id)?.hosts;
            let from = group.map_or(Bound::Unbounded, Bound::Excluded);
            hosts.range((from, Bound::Unbounded)).next().map(|(group, _)| *group)
        };
        let mut next = after(self, None);
        while let Some(group) = next {
            self.with_host(id, group, input());
            next = after(self, Some(group));
        }
    }

    /// Lets the protocol of a group work on a server that is up; it is set up there if it is new.
    pub(super) fn with_host(&mut self, id: ServerId, group: GroupId, input: Input<'_>) {
        let (now, policy) = (self.now, self.settings.policy);
        let Some(kind) = self.group_kind(group) else { return };
        let Some(server) = self.servers.get_mut(&id).filter(|server| server.is_up()) else { return };
        let identity = server.identity(id, policy);
        let local = server.clock.reading(now);
        let host = server.hosts.entry(group).or_insert_with(|| Host::new(kind));
        let mut effects = core::mem::take(&mut self.scratch);
        if !host.is_started() {
            host.start(identity, &mut effects);
        }
        host.handle(local, input, &mut effects);
        self.carry_out(id, group, effects);
    }

    /// Does what a protocol asks for, and gives the memory of the list back.
    pub(super) fn carry_out(&mut self, id: ServerId, group: GroupId, mut effects: Vec<HostEffect>) {
        let from = NodeId::Server(id);
        let mut wrote = false;
        for effect in effects.drain(..) {
            match effect {
                HostEffect::Send { to, message } => self.send(from, to, Some(group), message),
                HostEffect::Report(message) => self.report(from, Some(group), &message),
                HostEffect::SetTimer { after, timer } => {
                    let Some(server) = self.servers.get(&id) else { continue };
                    let incarnation = server.incarnation;
                    let at = self.now + server.clock.real(after);
                    self.queue.push(at, Due::Timer { server: id, incarnation, group, timer });
                }
                HostEffect::Note(note) => self.emit_note(id, group, note),
                HostEffect::Written { size_bytes } => {
                    wrote = true;
                    self.written_bytes += size_bytes;
                    if let Some(server) = self.servers.get_mut(&id) {
                        server.disk.on_written(size_bytes);
                        server.unsynced.push_back(group);
                    }
                }
            }
        }
        self.scratch = effects;
        if wrote {
            self.begin_sync(id);
        }
    }

    /// The coordinator says in which groups the server has a part: it drops what it keeps of others.
    pub(super) fn drop_other_groups(
        &mut self,
        id: ServerId,
        groups: &[GroupId],
        membership: u64,
        incarnation: Incarnation,
    ) {
        let Some(server) = self.servers.get_mut(&id).filter(|server| server.is_up()) else { return };
        if server.incarnation != incarnation || broken(Mutation::KeepForever) {
            return;
        }
        let stays: BTreeSet<GroupId> = groups.iter().copied().collect();
        let catalogue_kinds = &self.groups;
        let is_dropped = |group: GroupId, host: &Host| {
            let kind = catalogue_kinds.get(usize::from(group.0)).map(|group| group.kind);
            kind != Some(GroupKind::OneCopy) && !stays.contains(&group) && host.heard_membership() <= membership
        };
        // What is being synced must not lose its place, so a host with unsynced writes is dropped later.
        let dropped: Vec<GroupId> = server
            .hosts
            .iter()
            .filter(|(group, host)| is_dropped(**group, host) && !host.has_unsynced())
            .map(|(group, _)| *group)
            .collect();
        for group in dropped {
            if let Some(server) = self.servers.get_mut(&id) {
                server.hosts.remove(&group);
            }
            self.emit(EventKind::GroupDropped { server: id, group });
        }
    }
}
