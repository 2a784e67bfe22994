//! Servers come and go.

use std::collections::BTreeSet;

use super::{CommandError, SERVERS_LIMIT};
use crate::sim::{FileId, GroupId, NodeId, ServerId, ZoneId};
use crate::world::command::Placement;
use crate::world::engine::World;
use crate::world::event::EventKind;
use crate::world::view::ServerStatus;

impl World {
    pub(super) fn add_server(&mut self, zone: Option<ZoneId>) -> Result<(), CommandError> {
        if self.servers.len() >= SERVERS_LIMIT || self.next_server == u16::MAX {
            return Err(CommandError::TooManyServers);
        }
        let zone = zone.unwrap_or_else(|| self.emptiest_zone());
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

    /// The zone with the fewest servers, the first of equals. A zone whose servers were all taken out is still one.
    fn emptiest_zone(&self) -> ZoneId {
        let at_first = self.settings.servers.iter().copied();
        let zones: BTreeSet<ZoneId> = at_first.chain(self.servers.values().map(|server| server.zone)).collect();
        let population = |zone: ZoneId| self.servers.values().filter(|server| server.zone == zone).count();
        zones.into_iter().min_by_key(|zone| (population(*zone), *zone)).unwrap_or(ZoneId(0))
    }

    pub(super) fn remove_server(&mut self, server: ServerId) -> Result<(), CommandError> {
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
    pub(in crate::world) fn take_out(&mut self, server: ServerId) {
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

    pub(super) fn single_copy_exists(&self, server: ServerId, group: GroupId, file: FileId) -> bool {
        let host = self.servers.get(&server).and_then(|found| found.hosts.get(&group));
        let copy = host.and_then(|host| crate::world::picture::durable_copy(host, file));
        copy.is_some_and(|copy| copy.content.is_some())
    }

    pub(super) fn has_what_no_other_in_sync_has(&self, server: ServerId, group: GroupId) -> bool {
        let Some(membership) = self.chief().membership(group) else { return false };
        let host = |id: &ServerId| self.servers.get(id)?.hosts.get(&group)?.primary_replica();
        let on_disk = |id: &ServerId| Some(host(id)?.volume.durable().store.last());
        let mut others = membership.in_sync.iter().filter(|other| **other != server);
        let in_memory = host(&server).and_then(|hosted| hosted.state.as_ref()).map(|state| state.store().last());
        let own = in_memory.or_else(|| on_disk(&server));
        membership.in_sync.contains(&server) && own.is_some() && !others.any(|other| on_disk(other) >= own)
    }
}
