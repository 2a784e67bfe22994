//! Judges the files of a world: its survival ledger.

use std::collections::{BTreeMap, BTreeSet};

use super::command::Placement;
use super::engine::World;
use super::picture::{current_copy, durable_copy};
use super::server::{Host, Server};
use super::view::{OperationKind, ServerStatus};
use crate::check::{CopyHealth, Deletion, Evidence, GroundTruth as _, Holding, Ledger, LedgerRow};
use crate::replication::coordinator::GroupPlacement;
use crate::sim::{FileId, GroupId, ServerId};

impl World {
    /// The survival ledger of this moment.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        let mut hosts: BTreeMap<GroupId, Vec<ServerId>> = BTreeMap::new();
        for (id, server) in &self.servers {
            for group in server.hosts.keys() {
                hosts.entry(*group).or_default().push(*id);
            }
        }
        let under_way: BTreeSet<FileId> = self.files_under_way().collect();
        let row = |file| {
            let hosts = hosts.get(&self.group_of_row(file)).map_or(&[][..], Vec::as_slice);
            self.row(file, hosts, under_way.contains(&file))
        };
        Ledger { rows: self.book.files().map(row).collect() }
    }

    /// The files that were ever written.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.book.files()
    }

    /// One file's line in the ledger.
    #[must_use]
    pub fn ledger_row(&self, file: FileId) -> LedgerRow {
        let group = self.group_of_row(file);
        let has_host = |(_, server): &(&ServerId, &Server)| server.hosts.contains_key(&group);
        let hosts: Vec<ServerId> = self.servers.iter().filter(has_host).map(|(id, _)| *id).collect();
        self.row(file, &hosts, self.files_under_way().any(|changed| changed == file))
    }

    fn group_of_row(&self, file: FileId) -> GroupId {
        self.catalogue.group(file).unwrap_or(super::MAIN_GROUP)
    }

    /// One file's line, given the servers that host its group, and whether a change of it is under way.
    fn row(&self, file: FileId, hosts: &[ServerId], under_way: bool) -> LedgerRow {
        let group = self.group_of_row(file);
        let placement = self.catalogue.entry(file).and_then(|entry| entry.placement);
        let one_copy = matches!(placement, Some(Placement::OneServer(_)));
        let holding = |id: ServerId| {
            let server = self.servers.get(&id)?;
            let host = server.hosts.get(&group);
            let copy = host.and_then(|host| durable_copy(host, file));
            let is_up = matches!(server.status, ServerStatus::Up);
            Some(Holding { server: id, is_up, health: self.health(file, copy) })
        };
        let holdings = self.belonging(group, placement, hosts).into_iter().filter_map(holding).collect();
        let last = self.book.last_acknowledged(file);
        let primary = self.reigning_primary(group);
        let is_deleted = primary.is_some_and(|(id, _)| {
            let shown = self.copy_shown(id, group, file);
            shown.is_some_and(|copy| copy.content.is_none() && self.health(file, shown) == CopyHealth::Fresh)
        });
        let evidence = Evidence {
            acknowledged: last.map(|last| last.revision.version),
            deletion: match last {
                Some(last) if last.deletes => Some(Deletion::Acknowledged),
                _ => is_deleted.then_some(Deletion::Untold),
            },
            one_copy,
            under_way,
            holdings,
            primary: primary.map(|(id, host)| (id, self.health(file, current_copy(host, file)))),
            lost_before: self.book.overwritten_by_loss(file).to_vec(),
        };
        let (verdict, reason) = evidence.judge();
        let copies = evidence.holdings.iter().map(|holding| (holding.server, holding.health)).collect();
        let name = self.file_name(file).to_owned();
        LedgerRow { file, name, acknowledged: evidence.acknowledged, copies, verdict, reason }
    }

    /// How many servers, up or down, have the last acknowledged version on disk, undamaged.
    #[must_use]
    pub fn fresh_copies(&self, file: FileId) -> usize {
        let Some(group) = self.catalogue.group(file) else { return 0 };
        let hosts = self.servers.values().filter_map(|server| server.hosts.get(&group));
        hosts.filter(|host| self.health(file, durable_copy(host, file)) == CopyHealth::Fresh).count()
    }

    /// Whether a server would answer a client's read of the group of all servers as its primary.
    #[must_use]
    pub fn answers_reads(&self, server: ServerId) -> bool {
        let Some(found) = self.servers.get(&server).filter(|found| found.is_up()) else { return false };
        let state = found.hosts.get(&super::MAIN_GROUP).and_then(Host::primary_replica);
        let now = found.clock.reading(self.now);
        state.and_then(|hosted| hosted.state.as_ref()).is_some_and(|state| state.may_answer_reads(now))
    }

    /// The servers that should have a copy of the files of this group, and those that host it.
    fn belonging(&self, group: GroupId, placement: Option<Placement>, hosts: &[ServerId]) -> BTreeSet<ServerId> {
        if let Some(Placement::OneServer(only)) = placement {
            return BTreeSet::from([only]);
        }
        let placed = self.groups.get(usize::from(group.0)).map(|group| &group.spec.placement);
        if placed == Some(&GroupPlacement::Everyone) {
            return self.servers.keys().copied().collect();
        }
        let membership = self.chief().membership(group);
        let members = membership.into_iter().flat_map(|membership| membership.in_sync.union(&membership.joining));
        members.chain(hosts).copied().collect()
    }

    /// The files of which a change is under way.
    fn files_under_way(&self) -> impl Iterator<Item = FileId> + '_ {
        let changes = |kind| matches!(kind, OperationKind::Write | OperationKind::Delete);
        self.operations
            .values()
            .filter(move |found| changes(found.kind) && found.ended.is_none())
            .map(|found| found.file)
    }

    /// The primary that the coordinator named, if it is up and knows it.
    fn reigning_primary(&self, group: GroupId) -> Option<(ServerId, &Host)> {
        let chief = self.chief();
        if chief.is_electing(group) {
            return None;
        }
        let membership = chief.membership(group)?;
        let id = membership.primary?;
        let server = self.servers.get(&id).filter(|server| server.status == ServerStatus::Up)?;
        let host = server.hosts.get(&group)?;
        let state = host.primary_replica()?.state.as_ref()?;
        (state.is_primary() && state.epoch() == membership.epoch).then_some((id, host))
    }
}
