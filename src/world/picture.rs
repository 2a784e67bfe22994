//! Takes the picture of a world: its [`View`].

use std::collections::BTreeSet;

use super::MAIN_GROUP;
use super::engine::{CLIENT, CoordinatorHost, Operation, World};
use super::server::{Host, Server};
use super::settings::ServiceSettings;
use super::traffic::Envelope;
use super::view::{
    ClientView, CoordinatorNodeView, CoordinatorView, CopyView, Duty, GroupRoleView, GroupView, InstanceView, LinkView,
    MessageKind, MessageView, OperationView, OutcomeView, Role, ServerStatus, ServerView, ServiceView, View,
    WaitingView,
};
use crate::check::CopyHealth;
use crate::client::{Outcome, Refusal};
use crate::replication::{Coordinator, Copy, Epoch, PrimaryReplica, ServiceMode};
use crate::sim::{CoordinatorId, FileId, Flight, GroupId, LinkQuality, NodeId, OperationId, ServerId};

impl World {
    /// A picture of this moment.
    #[must_use]
    pub fn view(&self) -> View {
        View {
            now: self.now,
            servers: self.servers.iter().map(|(id, server)| self.server_view(*id, server)).collect(),
            coordinator: self.coordinator_view(),
            clients: self
                .clients
                .iter()
                .map(|(id, host)| ClientView { id: *id, zone: host.client.settings().zone })
                .collect(),
            links: self.link_views(),
            client_cuts: self.client_cuts(),
            messages: self.network.flights().map(|flight| self.message_view(flight)).collect(),
            operations: self.operations.iter().map(|(id, operation)| self.operation_view(*id, operation)).collect(),
            services: self.service_views(),
            ledger: self.ledger(),
            policy: self.settings.policy,
        }
    }

    /// The node of the coordinator that knows best: the one with the last decision, be it down by now; of equals
    /// one that is up and leads. A leader that is cut off from the others may not know yet that it is none.
    pub(super) fn chief(&self) -> &Coordinator {
        let rank = |(id, host): &(&CoordinatorId, &CoordinatorHost)| {
            let leads = host.is_up && host.node.leads();
            (host.node.decision_number(), leads, host.is_up, core::cmp::Reverse(**id))
        };
        match self.coordinators.iter().max_by_key(rank) {
            Some((_, host)) => &host.node,
            None => unreachable!("a world has at least one node of the coordinator"),
        }
    }

    fn server_view(&self, id: ServerId, server: &Server) -> ServerView {
        let groups: Vec<GroupRoleView> =
            server.hosts.iter().filter_map(|(group, host)| self.group_role(id, *group, host)).collect();
        let main = server.hosts.get(&MAIN_GROUP).and_then(Host::primary_replica);
        let main_role = groups.iter().find(|role| role.group == MAIN_GROUP);
        let is_running = matches!(server.status, ServerStatus::Up | ServerStatus::Paused);
        let role = match main_role {
            _ if !is_running => Role::Down,
            Some(main) => main.role,
            None => Role::Joining,
        };
        let store = main.map(|main| main.state.as_ref().map_or(&main.volume.durable().store, PrimaryReplica::store));
        let durable_epoch = main.map_or(Epoch(0), |main| main.volume.durable().epoch);
        ServerView {
            id,
            zone: server.zone,
            status: server.status,
            role,
            epoch: main_role.map_or(durable_epoch, |main| main.epoch),
            suspected: self.chief().suspects().any(|suspect| suspect == id),
            last_index: store.map_or(0, |store| store.last().index),
            copies: self.copy_views(server),
            waiting: server.hosts.values().find_map(|host| self.waiting_view(host)),
            groups,
            disk: server.disk.condition(),
            clock_drift_ppm: server.clock.drift_ppm(),
            used_bytes: server.used_bytes(),
        }
    }

    /// What a server is in a group, by its own belief; none while it doesn't run.
    fn group_role(&self, id: ServerId, group: GroupId, host: &Host) -> Option<GroupRoleView> {
        let in_sync = self.chief().membership(group).is_some_and(|membership| membership.in_sync.contains(&id));
        let (is_primary, epoch) = match host {
            Host::PrimaryReplica(hosted) => {
                let state = hosted.state.as_ref()?;
                (state.is_primary(), state.epoch())
            }
            Host::Service(hosted, _) => {
                let state = hosted.state.as_ref()?;
                (state.is_primary(), state.membership().epoch)
            }
            Host::OneCopy(_) => return None,
        };
        let role = match (is_primary, in_sync) {
            (true, _) => Role::Primary,
            (false, true) => Role::Replica,
            (false, false) => Role::Joining,
        };
        Some(GroupRoleView { group, role, epoch })
    }

    fn copy_views(&self, server: &Server) -> Vec<CopyView> {
        let mut views = Vec::new();
        for (group, host) in &server.hosts {
            let is_primary = takes_updates(host);
            for (file, copy) in current_files(host) {
                let Some(content) = copy.content.clone() else { continue };
                let durable = durable_copy(host, file);
                views.push(CopyView {
                    file,
                    name: self.file_name(file).to_owned(),
                    version: copy.version,
                    health: self.health(file, Some(copy)),
                    on_disk: durable.is_some_and(|durable| durable.write == copy.write),
                    content,
                    group: *group,
                    is_primary,
                });
            }
        }
        views.sort_by_key(|view| view.file);
        views
    }

    /// How a copy compares with what was acknowledged; before the first acknowledgement every copy is fresh.
    pub(super) fn health(&self, file: FileId, copy: Option<&Copy>) -> CopyHealth {
        let Some(copy) = copy else { return CopyHealth::Missing };
        if copy.content.as_ref().is_some_and(crate::sim::Content::is_damaged) {
            return CopyHealth::Corrupt;
        }
        match self.book.last_acknowledged(file) {
            None => CopyHealth::Fresh,
            Some(last) if self.book.descends_from(file, copy.revision(), last.revision) => CopyHealth::Fresh,
            Some(_) => CopyHealth::Stale,
        }
    }

    fn waiting_view(&self, host: &Host) -> Option<WaitingView> {
        let waiting = host.primary_replica()?.state.as_ref()?.waiting()?;
        Some(WaitingView {
            queued: waiting.queued.len(),
            next_file: waiting.queued.first().map(|file| self.file_name(*file).to_owned()),
            acks: waiting.acks,
            acks_needed: waiting.acks_needed,
            missing: waiting.missing,
            window: self.settings.policy.window,
        })
    }

    fn coordinator_view(&self) -> CoordinatorView {
        let chief = self.chief();
        let group_view = |(id, membership): (GroupId, &std::sync::Arc<crate::replication::Membership>)| GroupView {
            id,
            epoch: membership.epoch,
            primary: membership.primary.filter(|_| !chief.is_electing(id)),
            in_sync: membership.in_sync.iter().copied().collect(),
            joining: membership.joining.iter().copied().collect(),
            electing: chief.is_electing(id),
            waits_for_operator: chief.waits_for_operator(id),
        };
        let groups: Vec<GroupView> = chief.groups().map(group_view).collect();
        let main = groups.iter().find(|group| group.id == MAIN_GROUP);
        let node = |(id, host): (&CoordinatorId, &super::engine::CoordinatorHost)| CoordinatorNodeView {
            id: *id,
            is_up: host.is_up,
            leads: host.is_up && host.node.leads(),
        };
        CoordinatorView {
            epoch: main.map_or(Epoch(0), |main| main.epoch),
            primary: main.and_then(|main| main.primary),
            in_sync: main.map(|main| main.in_sync.clone()).unwrap_or_default(),
            suspects: chief.suspects().collect(),
            electing: main.is_some_and(|main| main.electing),
            waits_for_operator: main.is_some_and(|main| main.waits_for_operator),
            nodes: self.coordinators.iter().map(node).collect(),
            groups,
        }
    }

    fn service_views(&self) -> Vec<ServiceView> {
        let view = |service: &ServiceSettings| {
            let group = self.catalogue.find(&service.name).and_then(|file| self.catalogue.group(file));
            let servers = self.servers.iter();
            ServiceView {
                name: service.name.clone(),
                mode: match service.mode {
                    ServiceMode::ActiveStandby => "active–standby",
                    ServiceMode::ActiveActive => "active–active",
                },
                instances: servers.filter_map(|(id, server)| self.instance_view(group?, *id, server)).collect(),
            }
        };
        self.settings.services.iter().map(view).collect()
    }

    fn instance_view(&self, group: GroupId, id: ServerId, server: &Server) -> Option<InstanceView> {
        let host = server.hosts.get(&group)?;
        let Host::Service(_, mode) = host else { return None };
        let role = self.group_role(id, group, host);
        let duty = match (server.status, role.map(|role| role.role), mode) {
            (ServerStatus::Paused | ServerStatus::Crashed | ServerStatus::Killed, ..) => Duty::Down,
            (ServerStatus::Up, Some(Role::Primary), _)
            | (ServerStatus::Up, Some(Role::Replica), ServiceMode::ActiveActive) => Duty::Serves,
            (ServerStatus::Up, Some(Role::Replica), ServiceMode::ActiveStandby) => Duty::StandsBy,
            (ServerStatus::Up, Some(Role::Joining | Role::Down) | None, _) => Duty::Joins,
        };
        Some(InstanceView { server: id, duty, epoch: role.map_or(Epoch(0), |role| role.epoch) })
    }

    /// The links between servers and to the coordinator; those to clients are not shown.
    fn link_views(&self) -> Vec<LinkView> {
        let nodes: Vec<NodeId> = self.network.nodes().filter(|node| !matches!(node, NodeId::Client(_))).collect();
        let mut views = Vec::new();
        for (index, first) in nodes.iter().enumerate() {
            for second in &nodes[index + 1..] {
                views.push(self.link_view(*first, *second));
            }
        }
        views
    }

    fn client_cuts(&self) -> Vec<LinkView> {
        let is_client = |node: &NodeId| matches!(node, NodeId::Client(_));
        let with_client = self.network.cuts().filter(|(from, to)| is_client(from) || is_client(to));
        let pairs: BTreeSet<(NodeId, NodeId)> = with_client.map(|(from, to)| (from.min(to), from.max(to))).collect();
        pairs.into_iter().map(|(first, second)| self.link_view(first, second)).collect()
    }

    fn link_view(&self, first: NodeId, second: NodeId) -> LinkView {
        let cuts = (self.network.is_cut(first, second), self.network.is_cut(second, first));
        let cut_from = match cuts {
            (true, false) => Some(first),
            (false, true) => Some(second),
            _ => None,
        };
        let (there, back) = (self.network.quality(first, second), self.network.quality(second, first));
        let quality = LinkQuality {
            loss_per_mille: there.loss_per_mille.max(back.loss_per_mille),
            duplicate_per_mille: there.duplicate_per_mille.max(back.duplicate_per_mille),
            reorder_per_mille: there.reorder_per_mille.max(back.reorder_per_mille),
            slow_factor: there.slow_factor.max(back.slow_factor),
        };
        let since = [self.network.cut_since(first, second), self.network.cut_since(second, first)];
        let cut_since = since.into_iter().flatten().min();
        LinkView { first, second, cut: cuts.0 || cuts.1, cut_from, cut_since, quality }
    }

    fn message_view(&self, flight: &Flight<Envelope>) -> MessageView {
        let cargo = flight.message.cargo;
        let receiver_is_down = match flight.to {
            NodeId::Server(server) => !self
                .servers
                .get(&server)
                .is_some_and(|found| matches!(found.status, ServerStatus::Up | ServerStatus::Paused)),
            NodeId::Coordinator(node) => !self.coordinators.get(&node).is_some_and(|host| host.is_up),
            NodeId::Client(_) => false,
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
    }

    fn operation_view(&self, id: OperationId, operation: &Operation) -> OperationView {
        let (ended, outcome) = match &operation.ended {
            None => (None, OutcomeView::Pending),
            Some((at, outcome)) => (Some(*at), outcome_view(outcome)),
        };
        OperationView {
            id,
            client: operation.client,
            kind: operation.kind,
            file: operation.file,
            name: self.file_name(operation.file).to_owned(),
            started: operation.started,
            ended,
            outcome,
        }
    }

    /// The client of this world that does what a person asks for.
    #[must_use]
    pub fn client(&self) -> NodeId {
        NodeId::Client(CLIENT)
    }
}

/// Whether the server is the primary of a group that has replicas, by its own belief.
fn takes_updates(host: &Host) -> bool {
    match host {
        Host::PrimaryReplica(hosted) => hosted.state.as_ref().is_some_and(PrimaryReplica::is_primary),
        Host::OneCopy(_) | Host::Service(..) => false,
    }
}

/// The copy of a file on a server's disk.
pub(super) fn durable_copy(host: &Host, file: FileId) -> Option<&Copy> {
    match host {
        Host::PrimaryReplica(hosted) => hosted.volume.durable().store.files().get(&file),
        Host::OneCopy(hosted) => hosted.volume.durable().files.get(&file),
        Host::Service(..) => None,
    }
}

/// The copy of a file on a server: in memory while it runs, else on its disk.
pub(super) fn current_copy(host: &Host, file: FileId) -> Option<&Copy> {
    match host {
        Host::PrimaryReplica(hosted) => match &hosted.state {
            Some(state) => state.store().files().get(&file),
            None => durable_copy(host, file),
        },
        Host::OneCopy(hosted) => match &hosted.state {
            Some(state) => state.files().get(&file),
            None => durable_copy(host, file),
        },
        Host::Service(..) => None,
    }
}

pub(super) fn current_files(host: &Host) -> impl Iterator<Item = (FileId, &Copy)> {
    let files = match host {
        Host::PrimaryReplica(hosted) => Some(match &hosted.state {
            Some(state) => state.store().files(),
            None => hosted.volume.durable().store.files(),
        }),
        Host::OneCopy(hosted) => Some(match &hosted.state {
            Some(state) => state.files(),
            None => &hosted.volume.durable().files,
        }),
        Host::Service(..) => None,
    };
    files.into_iter().flatten().map(|(file, copy)| (*file, copy))
}

fn outcome_view(outcome: &Outcome) -> OutcomeView {
    match outcome {
        Outcome::Done(version) => OutcomeView::Ok { version: Some(*version), content: None },
        Outcome::Served => OutcomeView::Ok { version: None, content: None },
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
                Refusal::TooFewInSync => "Too few servers are in sync; nothing was done.",
                Refusal::DiskFull => "The server's disk is full; nothing was done.",
                Refusal::Damaged => "The copy is corrupt, so the server did not serve it.",
            }
            .to_owned(),
        ),
        Outcome::Unknown => OutcomeView::Unknown,
    }
}
