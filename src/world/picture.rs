//! Takes the picture of a world: its [`View`].

use super::command::Placement;
use super::engine::{CLIENT, World};
use super::server::Server;
use super::view::{
    CoordinatorView, CopyView, LinkView, MessageKind, MessageView, OperationKind, OperationView, OutcomeView, Role,
    ServerStatus, ServerView, View, WaitingView,
};
use crate::check::{CopyHealth, Evidence, Holding, Ledger, LedgerRow};
use crate::client::{Outcome, Refusal};
use crate::replication::{Copy, Epoch, PrimaryReplica};
use crate::sim::{FileId, NodeId, OperationId, ServerId};

impl World {
    /// A picture of this moment.
    #[must_use]
    pub fn view(&self) -> View {
        View {
            now: self.now,
            servers: self.servers.iter().map(|(id, server)| self.server_view(*id, server)).collect(),
            coordinator: self.coordinator_view(),
            links: self.link_views(),
            messages: self.message_views(),
            operations: self.operations.keys().map(|id| self.operation_view(*id)).collect(),
            ledger: self.ledger(),
            policy: self.policy,
        }
    }

    /// The survival ledger of this moment.
    #[must_use]
    pub fn ledger(&self) -> Ledger {
        Ledger { rows: self.book.files().map(|file| self.ledger_row(file)).collect() }
    }

    fn server_view(&self, id: ServerId, server: &Server) -> ServerView {
        let membership = self.coordinator.membership();
        let replicated = server.replicated.state.as_ref();
        let role = match replicated {
            None => Role::Down,
            Some(state) if state.is_primary() => Role::Primary,
            Some(_) if membership.in_sync.contains(&id) => Role::Replica,
            Some(_) => Role::Joining,
        };
        let on_disk = &server.replicated.disk.durable();
        let store = replicated.map_or(&on_disk.store, |state| state.store());
        ServerView {
            id,
            zone: server.zone,
            status: server.status,
            role,
            epoch: replicated.map_or(on_disk.epoch, PrimaryReplica::epoch),
            suspected: self.coordinator.suspects().any(|suspect| suspect == id),
            last_index: store.last().index,
            copies: self.copy_views(server),
            waiting: self.waiting_view(server),
        }
    }

    fn copy_views(&self, server: &Server) -> Vec<CopyView> {
        let view = |file: FileId| {
            let (copy, on_disk) = current_copy(server, file)?;
            let content = copy.content.clone()?;
            let health = self.health(file, Some(copy));
            let name = self.file_name(file).to_owned();
            Some(CopyView { file, name, version: copy.version, health, on_disk, content })
        };
        self.book.files().filter_map(view).collect()
    }

    /// How a copy compares with what was acknowledged; before the first acknowledgement every copy is fresh.
    fn health(&self, file: FileId, copy: Option<&Copy>) -> CopyHealth {
        match (copy, self.book.last_acknowledged(file)) {
            (None, _) => CopyHealth::Missing,
            (Some(_), None) => CopyHealth::Fresh,
            (Some(copy), Some(last)) if self.book.descends_from(copy.operation, last) => CopyHealth::Fresh,
            (Some(_), Some(_)) => CopyHealth::Stale,
        }
    }

    fn waiting_view(&self, server: &Server) -> Option<WaitingView> {
        let waiting = server.replicated.state.as_ref()?.waiting()?;
        Some(WaitingView {
            queued: waiting.queued.len(),
            next_file: waiting.queued.first().map(|file| self.file_name(*file).to_owned()),
            acks: waiting.acks,
            acks_needed: waiting.acks_needed,
            missing: waiting.missing,
            window: self.policy.window,
        })
    }

    fn coordinator_view(&self) -> CoordinatorView {
        let membership = self.coordinator.membership();
        CoordinatorView {
            epoch: membership.epoch,
            primary: membership.primary,
            in_sync: membership.in_sync.iter().copied().collect(),
            suspects: self.coordinator.suspects().collect(),
            electing: self.coordinator.is_electing(),
        }
    }

    fn link_views(&self) -> Vec<LinkView> {
        let view = |(first, second)| LinkView { first, second, cut: self.network.is_cut(first, second) };
        let shown = |(first, second): &(NodeId, NodeId)| ![*first, *second].contains(&NodeId::Client(CLIENT));
        self.network.links().filter(shown).map(view).collect()
    }

    fn message_views(&self) -> Vec<MessageView> {
        let view = |flight: &crate::sim::Flight<super::engine::Envelope>| {
            let cargo = flight.message.cargo;
            let receiver_is_down = match flight.to {
                NodeId::Server(server) => !self.servers.get(&server).is_some_and(Server::is_up),
                NodeId::Coordinator | NodeId::Client(_) => false,
            };
            let label = match (cargo.kind, cargo.version) {
                (MessageKind::Update, Some(version)) if cargo.count > 1 => format!("{} up to {version}", cargo.count),
                (_, Some(version)) => version.to_string(),
                (_, None) => String::new(),
            };
            MessageView {
                id: flight.id,
                from: flight.from,
                to: flight.to,
                kind: cargo.kind,
                file: cargo.file,
                label,
                sent: flight.sent,
                arrives: flight.arrives,
                lost: flight.lost,
                doomed: flight.lost.is_some() || receiver_is_down,
            }
        };
        self.network.flights().map(view).collect()
    }

    fn operation_view(&self, id: OperationId) -> OperationView {
        let operation = &self.operations[&id];
        let (ended, outcome) = match &operation.ended {
            None => (None, OutcomeView::Pending),
            Some((at, outcome)) => (Some(*at), outcome_view(outcome)),
        };
        OperationView {
            id,
            kind: operation.kind,
            file: operation.file,
            name: self.file_name(operation.file).to_owned(),
            started: operation.started,
            ended,
            outcome,
        }
    }

    fn ledger_row(&self, file: FileId) -> LedgerRow {
        let placement = self.catalogue.get(file.0 as usize).map(|entry| entry.placement);
        let belongs = |server: ServerId| match placement {
            Some(Placement::OneServer(only)) => only == server,
            _ => true,
        };
        let holders = self.servers.iter().filter(|(id, _)| belongs(**id));
        let holdings: Vec<Holding> = holders
            .map(|(id, server)| Holding {
                server: *id,
                is_up: server.is_up(),
                health: self.health(file, durable_copy(server, file)),
            })
            .collect();
        let last = self.book.last_acknowledged(file);
        let evidence = Evidence {
            acknowledged: last.and_then(|operation| self.book.version(operation)),
            deleted: last.is_some_and(|operation| self.book.deletes(operation)),
            one_copy: matches!(placement, Some(Placement::OneServer(_))),
            under_way: self.is_under_way(file),
            holdings,
            primary: self
                .reigning_primary()
                .map(|(id, server)| (id, self.health(file, current_copy(server, file).map(|(copy, _)| copy)))),
            lost_before: self.book.overwritten_by_loss(file),
        };
        let (verdict, reason) = evidence.judge();
        let copies = evidence.holdings.iter().map(|holding| (holding.server, holding.health)).collect();
        let name = self.file_name(file).to_owned();
        LedgerRow { file, name, acknowledged: evidence.acknowledged, copies, verdict, reason }
    }

    fn is_under_way(&self, file: FileId) -> bool {
        let changes = |kind| matches!(kind, OperationKind::Write | OperationKind::Delete);
        self.operations.values().any(|found| found.file == file && changes(found.kind) && found.ended.is_none())
    }

    /// The primary that the coordinator named, if it is up and knows it.
    fn reigning_primary(&self) -> Option<(ServerId, &Server)> {
        let id = self.coordinator.membership().primary?;
        let server = self.servers.get(&id)?;
        let state = server.replicated.state.as_ref()?;
        let epoch: Epoch = self.coordinator.membership().epoch;
        (state.is_primary() && state.epoch() == epoch).then_some((id, server))
    }
}

/// The copy of a file on a server's disk.
fn durable_copy(server: &Server, file: FileId) -> Option<&Copy> {
    if server.status == ServerStatus::Killed {
        return None;
    }
    let single = &server.single.disk.durable().files;
    server.replicated.disk.durable().store.files().get(&file).or_else(|| single.get(&file))
}

/// The copy of a file on a server, in memory if it is up, and whether that one is on disk.
fn current_copy(server: &Server, file: FileId) -> Option<(&Copy, bool)> {
    let durable = durable_copy(server, file);
    let replicated = server.replicated.state.as_ref().and_then(|state| state.store().files().get(&file));
    let single = server.single.state.as_ref().and_then(|state| state.files().get(&file));
    let copy = replicated.or(single).or(durable.filter(|_| !server.is_up()))?;
    Some((copy, durable.is_some_and(|durable| durable.operation == copy.operation)))
}

fn outcome_view(outcome: &Outcome) -> OutcomeView {
    match outcome {
        Outcome::Done(version) => OutcomeView::Ok { version: Some(*version), content: None },
        Outcome::Found(copy) => {
            let found = copy.as_ref().filter(|copy| copy.content.is_some());
            OutcomeView::Ok {
                version: found.map(|copy| copy.version),
                content: found.and_then(|copy| copy.content.clone()),
            }
        }
        Outcome::Refused(refusal) => OutcomeView::Refused(
            match refusal {
                Refusal::NoPrimary => "No primary was found in time; nothing was done.",
                Refusal::SteppedDown => "The primary stepped down; nothing was done.",
                Refusal::NoAnswer => "No server answered in time.",
            }
            .to_owned(),
        ),
        Outcome::Unknown => OutcomeView::Unknown,
    }
}
