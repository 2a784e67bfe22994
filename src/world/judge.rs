//! Judges the files of a world: its survival ledger.

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
        Ledger { rows: self.book.files().map(|file| self.ledger_row(file)).collect() }
    }

    /// The files that were ever written.
    pub fn files(&self) -> impl Iterator<Item = FileId> + '_ {
        self.book.files()
    }

    /// One file's line in the ledger.
    #[must_use]
    pub fn ledger_row(&self, file: FileId) -> LedgerRow {
        let group = self.catalogue.group(file).unwrap_or(super::MAIN_GROUP);
        let placement = self.catalogue.entry(file).and_then(|entry| entry.placement);
        let one_copy = matches!(placement, Some(Placement::OneServer(_)));
        let holding = |(id, server): (&ServerId, &Server)| {
            let host = server.hosts.get(&group);
            let copy = host.and_then(|host| durable_copy(host, file));
            let is_up = matches!(server.status, ServerStatus::Up);
            Holding { server: *id, is_up, health: self.health(file, copy) }
        };
        let belongs = |id: &ServerId| self.belongs(*id, group, placement);
        let holdings: Vec<Holding> = self.servers.iter().filter(|(id, _)| belongs(id)).map(holding).collect();
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
            under_way: self.is_under_way(file),
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

    /// Whether a server should have, or has, a copy of the files of this group.
    fn belongs(&self, server: ServerId, group: GroupId, placement: Option<Placement>) -> bool {
        if let Some(Placement::OneServer(only)) = placement {
            return only == server;
        }
        let is_everyone =
            self.groups.get(usize::from(group.0)).is_some_and(|group| group.spec.placement == GroupPlacement::Everyone);
        let is_member = || self.chief().membership(group).is_some_and(|membership| membership.has(server));
        let has_host = || self.servers.get(&server).is_some_and(|found| found.hosts.contains_key(&group));
        is_everyone || is_member() || has_host()
    }

    fn is_under_way(&self, file: FileId) -> bool {
        let changes = |kind| matches!(kind, OperationKind::Write | OperationKind::Delete);
        self.operations.values().any(|found| found.file == file && changes(found.kind) && found.ended.is_none())
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
