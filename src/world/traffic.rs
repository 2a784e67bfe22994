//! Messages: how they are sent, arrive, wait for their server, and are handled.

use super::engine::{Due, World};
use super::event::{Cargo, EventKind, LossReason};
use super::server::{GroupKind, Input};
use super::view::ServerStatus;
use crate::replication::coordinator::{CoordinatorEffect, CoordinatorOut};
use crate::replication::{Answer, Coordinator, Incarnation, Message};
use crate::sim::{CoordinatorId, EventId, GroupId, MessageId, NodeId, ServerId, Span, Time};

/// A message with its group and the event of its sending.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub message: Message,
    pub group: Option<GroupId>,
    pub cargo: Cargo,
    sent_event: EventId,
}

/// A message that has arrived at a server and waits to be handled.
#[derive(Clone, Debug)]
pub(super) struct Parcel {
    from: NodeId,
    group: Option<GroupId>,
    message: Message,
    cause: Option<EventId>,
}

impl World {
    pub(super) fn send(&mut self, from: NodeId, to: NodeId, group: Option<GroupId>, message: Message) {
        let cargo = Cargo::of(&message, group);
        let size_bytes = message.size_bytes();
        let sent_event = self.next_event_id();
        let envelope = Envelope { message, group, cargo, sent_event };
        let Some(sent) = self.network.send(self.now, from, to, size_bytes, envelope) else { return };
        let message = sent.id;
        self.emit(EventKind::MessageSent { message, from, to, cargo });
        if let Some(by_cut) = sent.lost_by_cut {
            let reason = if by_cut { LossReason::LinkCut } else { LossReason::BadLink };
            self.emit_caused_by(sent_event, EventKind::MessageLost { message, from, to, cargo, reason });
        }
        if let Some((double, arrives)) = sent.double {
            self.emit_caused_by(sent_event, EventKind::MessageDoubled { message: double, from, to, cargo });
            self.queue.push(arrives, Due::Arrival(double));
        }
        self.queue.push(sent.arrives, Due::Arrival(message));
    }

    fn emit_caused_by(&mut self, event: EventId, kind: EventKind) {
        let cause = self.cause.replace(event);
        self.emit(kind);
        self.cause = cause;
    }

    /// Sends a message to every node of the coordinator.
    pub(super) fn report(&mut self, from: NodeId, group: Option<GroupId>, message: &Message) {
        for number in 1..=self.settings.coordinators.max(1) {
            self.send(from, NodeId::Coordinator(CoordinatorId(number)), group, message.clone());
        }
    }

    /// Tells of messages that were lost on a link that was just cut, or with a node that was taken away.
    pub(super) fn emit_lost(&mut self, lost: &[MessageId]) {
        let losses: Vec<EventKind> = self
            .network
            .flights()
            .filter(|flight| lost.contains(&flight.id))
            .map(|flight| EventKind::MessageLost {
                message: flight.id,
                from: flight.from,
                to: flight.to,
                cargo: flight.message.cargo,
                reason: LossReason::LinkCut,
            })
            .collect();
        for loss in losses {
            self.emit(loss);
        }
    }

    pub(super) fn on_arrival(&mut self, id: MessageId) {
        let Some(flight) = self.network.arrive(id) else { return };
        let (from, to, lost) = (flight.from, flight.to, flight.lost);
        let Envelope { message, group, cargo, sent_event } = flight.message;
        self.cause = Some(sent_event);
        if lost.is_some() {
            // Its loss was told when the link was cut, or when it was sent.
            return;
        }
        if !self.is_there(to) {
            self.emit(EventKind::MessageLost { message: id, from, to, cargo, reason: LossReason::ReceiverDown });
            return;
        }
        let received = self.emit_as_cause(EventKind::MessageReceived { message: id, from, to, cargo });
        match to {
            NodeId::Server(server) => {
                let parcel = Parcel { from, group, message, cause: Some(received) };
                self.on_arrival_at_server(server, parcel);
            }
            NodeId::Coordinator(node) => {
                self.with_coordinator(node, |coordinator, now, out| {
                    coordinator.on_message(now, from, group, message, out);
                });
            }
            NodeId::Client(client) => {
                self.with_client(client, |client, now, effects| client.on_message(now, from, message, effects));
            }
        }
    }

    /// Whether somebody is at the node to receive what arrives; a paused server's machine still does.
    fn is_there(&self, node: NodeId) -> bool {
        match node {
            NodeId::Server(server) => self
                .servers
                .get(&server)
                .is_some_and(|found| matches!(found.status, ServerStatus::Up | ServerStatus::Paused)),
            NodeId::Coordinator(node) => self.coordinators.get(&node).is_some_and(|host| host.is_up),
            NodeId::Client(_) => true,
        }
    }

    /// The server takes the message in, and handles it as soon as it is free.
    fn on_arrival_at_server(&mut self, id: ServerId, parcel: Parcel) {
        let (now, service_time) = (self.now, self.settings.service_time);
        let Some(server) = self.servers.get_mut(&id) else { return };
        let incarnation = server.incarnation;
        if server.status == ServerStatus::Paused {
            server.deferred.push(Due::Served { server: id, incarnation, parcel: Box::new(parcel) });
            return;
        }
        let group = parcel.group;
        if let (Some(group), Message::Append { .. }) = (group, &parcel.message) {
            let local = server.clock.reading(now);
            let mut effects = core::mem::take(&mut self.scratch);
            if let Some(host) = server.hosts.get_mut(&group) {
                let input = Input::Arrival { from: parcel.from, message: &parcel.message };
                host.handle(local, input, &mut effects);
            }
            self.carry_out(id, group, effects);
        }
        if service_time == Span::ZERO || !takes_service(&parcel.message) {
            self.handle(id, parcel);
            return;
        }
        let Some(server) = self.servers.get_mut(&id) else { return };
        let done = server.busy_until.max(now) + service_time;
        server.busy_until = done;
        self.queue.push(done, Due::Served { server: id, incarnation, parcel: Box::new(parcel) });
    }

    pub(super) fn on_served(&mut self, id: ServerId, incarnation: Incarnation, parcel: Parcel) {
        let Some(server) = self.servers.get_mut(&id).filter(|server| server.incarnation == incarnation) else { return };
        match server.status {
            ServerStatus::Paused => {
                server.deferred.push(Due::Served { server: id, incarnation, parcel: Box::new(parcel) });
            }
            ServerStatus::Up => {
                self.cause = parcel.cause;
                self.handle(id, parcel);
            }
            ServerStatus::Crashed | ServerStatus::Killed => {}
        }
    }

    /// The server handles a message.
    fn handle(&mut self, id: ServerId, parcel: Parcel) {
        let Parcel { from, group, message, .. } = parcel;
        match (group, message) {
            (None, Message::Lease { clock }) => self.with_all_hosts(id, || Input::Lease(clock)),
            (None, Message::PartIn { groups, membership, incarnation }) => {
                self.drop_other_groups(id, &groups, membership, incarnation);
            }
            (Some(group), message) => {
                let server = self.servers.get(&id);
                if server.is_some_and(|server| server.has_no_room(group, &message)) {
                    self.refuse_for_full_disk(id, from, group, &message);
                } else if let Message::Request { operation, request } = message {
                    self.with_host(id, group, Input::Client { from, operation, request });
                } else if self.group_kind(group).is_some_and(|kind| kind != GroupKind::OneCopy) {
                    self.with_host(id, group, Input::Message { from, message });
                }
            }
            (None, _) => {}
        }
    }

    fn refuse_for_full_disk(&mut self, id: ServerId, from: NodeId, group: GroupId, message: &Message) {
        let server = NodeId::Server(id);
        if let Message::Request { operation, .. } = *message {
            let answer = Answer::DiskFull;
            self.send(server, from, Some(group), Message::Answer { operation, answer });
        } else {
            let cargo = Cargo::of(message, Some(group));
            let reason = LossReason::DiskFull;
            self.emit(EventKind::MessageLost { message: MessageId(0), from, to: server, cargo, reason });
        }
    }

    /// Lets a node of the coordinator work and carries out what it asks for.
    pub(super) fn with_coordinator(
        &mut self,
        id: CoordinatorId,
        input: impl FnOnce(&mut Coordinator, Time, &mut CoordinatorOut),
    ) {
        let Some(host) = self.coordinators.get_mut(&id) else { return };
        let (is_up, start) = (host.is_up, host.start);
        let mut out = core::mem::take(&mut self.coordinator_scratch);
        input(&mut host.node, self.now, &mut out);
        if !is_up {
            // What those who run the cluster tell a node that is down, it finds when it starts.
            out.effects.clear();
        }
        for effect in out.effects.drain(..) {
            match effect {
                CoordinatorEffect::Send { to, group, message } => {
                    self.send(NodeId::Coordinator(id), to, group, message);
                }
                CoordinatorEffect::SetTimer { after } => {
                    self.queue.push(self.now + after, Due::CoordinatorTimer { node: id, start });
                }
                CoordinatorEffect::Note { group, note } => self.emit_coordinator_note(id, group, note),
            }
        }
        self.coordinator_scratch = out;
    }
}

/// Whether a server spends its service time on a message: requests, updates and full copies.
fn takes_service(message: &Message) -> bool {
    match message {
        Message::Request { .. } | Message::FullCopy { .. } => true,
        Message::Append { updates, .. } => !updates.is_empty(),
        _ => false,
    }
}
