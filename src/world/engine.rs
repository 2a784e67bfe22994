//! The world itself: takes what is due next, lets it happen, and carries out what that asks for.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::command::Placement;
use super::event::{Cargo, Event, EventKind, LossReason};
use super::server::{Group, Host, Hosted, Server, identity};
use super::view::{OperationKind, ServerStatus};
use crate::check::LedgerBook;
use crate::client::{Client, ClientEffect, Outcome, Target};
use crate::replication::{
    Coordinator, Effect, Incarnation, Message, Note, OneCopy, Out, Policy, PrimaryReplica, Protocol, Request,
};
use crate::sim::{
    ClientId, EventId, FileId, Latency, MessageId, Network, NodeId, OperationId, Purpose, Queue, ServerId, Span,
    Streams, Time, ZoneId,
};

/// How a world is set up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WorldSettings {
    /// How many servers there are at first, each in a zone of its own.
    pub servers: u16,
    /// The policy of the replicated group.
    pub policy: Policy,
}

/// The one client of this world.
pub(super) const CLIENT: ClientId = ClientId(1);
/// The latency between servers of different zones: 14 ms and an exponential 3 ms on top.
const BETWEEN_ZONES: Latency = Latency::Exponential { least: Span::from_millis(14), mean_above: Span::from_millis(3) };
/// The latency between servers of one zone.
const WITHIN_ZONE: Latency = Latency::Exponential { least: Span::from_millis(4), mean_above: Span::from_millis(1) };
/// The latency between the coordinator or a client and a server, or one another.
const TO_SERVER: Latency = Latency::Exponential { least: Span::from_millis(8), mean_above: Span::from_millis(2) };
/// The time that a sync takes.
const SYNC_TIME: Latency = Latency::Exponential { least: Span::from_millis(2), mean_above: Span::from_millis(1) };

/// What is due at some time.
#[derive(Clone, Debug)]
enum Due {
    Arrival(MessageId),
    ServerTimer { server: ServerId, start: u32 },
    Synced { server: ServerId, incarnation: Incarnation, group: Group, cause: Option<EventId> },
    CoordinatorTimer,
    ClientTimer,
}

/// A message with the event of its sending.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub message: Message,
    pub cargo: Cargo,
    sent_event: EventId,
}

/// A file that was ever named.
#[derive(Clone, Debug)]
pub(super) struct CatalogueEntry {
    pub name: Arc<str>,
    pub placement: Placement,
}

/// One operation of the client.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub kind: OperationKind,
    pub file: FileId,
    pub started: Time,
    pub ended: Option<(Time, Outcome)>,
    pub started_event: EventId,
}

/// A deterministic world of servers, a coordinator, a client and the network between them.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) now: Time,
    pub(super) policy: Policy,
    streams: Streams,
    queue: Queue<Due>,
    pub(super) network: Network<Envelope>,
    pub(super) servers: BTreeMap<ServerId, Server>,
    pub(super) coordinator: Coordinator,
    client: Client,
    pub(super) catalogue: Vec<CatalogueEntry>,
    pub(super) operations: BTreeMap<OperationId, Operation>,
    pub(super) book: LedgerBook,
    next_server: u16,
    next_event: u64,
    cause: Option<EventId>,
    fresh_events: Vec<Event>,
}

impl World {
    /// A world at time zero, whose randomness comes from `seed`.
    #[must_use]
    pub fn new(settings: WorldSettings, seed: u64) -> Self {
        let streams = Streams::new(seed);
        let ids: Vec<ServerId> = (1..=settings.servers).map(ServerId).collect();
        let mut world = Self {
            now: Time::ZERO,
            policy: settings.policy,
            streams,
            queue: Queue::default(),
            network: Network::new(streams),
            servers: BTreeMap::new(),
            coordinator: Coordinator::new(settings.policy, &ids),
            client: Client::new(CLIENT),
            catalogue: Vec::new(),
            operations: BTreeMap::new(),
            book: LedgerBook::default(),
            next_server: 1,
            next_event: 1,
            cause: None,
            fresh_events: Vec::new(),
        };
        world.network.connect(NodeId::Coordinator, NodeId::Client(CLIENT), TO_SERVER);
        for index in 0..settings.servers {
            world.place_server(ZoneId(u8::try_from(index % 26).unwrap_or(0)));
        }
        world.with_coordinator(|coordinator, _, out| coordinator.on_start(out));
        world
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// When the next thing is due.
    #[must_use]
    pub fn next_at(&self) -> Option<Time> {
        self.queue.next_at()
    }

    /// The events since the last call, in order.
    pub fn take_events(&mut self) -> Vec<Event> {
        core::mem::take(&mut self.fresh_events)
    }

    /// The name of a file.
    #[must_use]
    pub fn file_name(&self, file: FileId) -> &str {
        self.catalogue.get(file.0 as usize).map_or("?", |entry| &entry.name)
    }

    /// The sentence of an event of this world.
    #[must_use]
    pub fn sentence(&self, event: &Event) -> String {
        super::sentence::sentence(&event.kind, &|file| self.file_name(file))
    }

    /// Lets time pass to `until` and all happen that is due until then, `until` included.
    pub fn advance(&mut self, until: Time) {
        while self.next_at().is_some_and(|at| at <= until) {
            self.step();
        }
        self.now = self.now.max(until);
    }

    /// Lets the next thing happen.
    pub fn step(&mut self) {
        let Some((at, due)) = self.queue.pop() else { return };
        self.now = self.now.max(at);
        self.cause = None;
        match due {
            Due::Arrival(message) => self.on_arrival(message),
            Due::ServerTimer { server, start } => {
                let current =
                    self.servers.get(&server).filter(|found| found.is_up() && found.incarnation.start == start);
                if current.is_some() {
                    self.with_host::<PrimaryReplica>(server, PrimaryReplica::on_timer);
                }
            }
            Due::Synced { server, incarnation, group, cause } => {
                let current =
                    self.servers.get(&server).filter(|found| found.is_up() && found.incarnation == incarnation);
                if current.is_some() {
                    self.cause = cause;
                    match group {
                        Group::Replicated => self.on_synced::<PrimaryReplica>(server),
                        Group::Single => self.on_synced::<OneCopy>(server),
                    }
                }
            }
            Due::CoordinatorTimer => self.with_coordinator(Coordinator::on_timer),
            Due::ClientTimer => self.with_client(Client::on_timer),
        }
    }

    /// Records an event, caused by what is being handled.
    pub(super) fn emit(&mut self, kind: EventKind) -> EventId {
        let id = EventId(self.next_event);
        self.next_event += 1;
        self.fresh_events.push(Event { id, at: self.now, cause: self.cause, kind });
        id
    }

    /// Records an event and makes it the cause of what follows.
    pub(super) fn emit_as_cause(&mut self, kind: EventKind) -> EventId {
        let id = self.emit(kind);
        self.cause = Some(id);
        id
    }

    pub(super) fn next_server_id(&self) -> ServerId {
        ServerId(self.next_server)
    }

    pub(super) fn begin_command(&mut self) {
        self.cause = None;
    }

    /// Makes room for a new server in `zone`, connects and starts it.
    pub(super) fn place_server(&mut self, zone: ZoneId) -> ServerId {
        let id = ServerId(self.next_server);
        self.next_server += 1;
        let owner = |group| (u64::from(id.0), group);
        let replicated = Host::new(SYNC_TIME, self.streams.stream(Purpose::DiskSync, owner(0)));
        let single = Host::new(SYNC_TIME, self.streams.stream(Purpose::DiskSync, owner(1)));
        for (other, server) in &self.servers {
            let latency = if server.zone == zone { WITHIN_ZONE } else { BETWEEN_ZONES };
            self.network.connect(NodeId::Server(*other), NodeId::Server(id), latency);
        }
        for node in [NodeId::Coordinator, NodeId::Client(CLIENT)] {
            self.network.connect(NodeId::Server(id), node, TO_SERVER);
        }
        let incarnation = Incarnation { disk: 1, start: 0 };
        let status = ServerStatus::Crashed;
        self.servers.insert(id, Server { zone, status, incarnation, replicated, single });
        self.start_server(id);
        id
    }

    /// Starts a server from its disk.
    pub(super) fn start_server(&mut self, id: ServerId) {
        let policy = self.policy;
        let Some(server) = self.servers.get_mut(&id) else { return };
        server.status = ServerStatus::Up;
        server.incarnation.start += 1;
        let identity = identity(id, server, policy);
        let effects = server.replicated.start(identity);
        let single = server.single.start(identity);
        self.carry_out::<PrimaryReplica>(id, effects);
        self.carry_out::<OneCopy>(id, single);
    }

    pub(super) fn with_coordinator(
        &mut self,
        input: impl FnOnce(&mut Coordinator, Time, &mut Out<core::convert::Infallible>),
    ) {
        let mut out = Out::new();
        input(&mut self.coordinator, self.now, &mut out);
        for effect in out.effects {
            match effect {
                Effect::Send { to, message } => self.send(NodeId::Coordinator, to, message),
                Effect::SetTimer { after } => self.queue.push(self.now + after, Due::CoordinatorTimer),
                Effect::Note(note) => {
                    self.emit_note(None, note);
                }
                Effect::Write(never) => match never {},
            }
        }
    }

    /// Loses messages on a link that was just cut, or of a node that was taken away.
    pub(super) fn emit_lost(&mut self, lost: &[MessageId]) {
        let flights: Vec<_> = self.network.flights().filter(|flight| lost.contains(&flight.id)).collect();
        let losses: Vec<EventKind> = flights
            .into_iter()
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

    /// The client starts an operation.
    pub(super) fn start_operation(&mut self, kind: OperationKind, file: FileId, request: Request, target: Target) {
        let operation = OperationId(self.operations.len() as u64 + 1);
        let client = NodeId::Client(CLIENT);
        let started_event = self.emit_as_cause(EventKind::OperationStarted { operation, client, kind, file });
        self.operations.insert(operation, Operation { kind, file, started: self.now, ended: None, started_event });
        self.with_client(|client, now, effects| client.start(now, operation, request, target, effects));
    }

    fn with_client(&mut self, input: impl FnOnce(&mut Client, Time, &mut Vec<ClientEffect>)) {
        let mut effects = Vec::new();
        input(&mut self.client, self.now, &mut effects);
        for effect in effects {
            match effect {
                ClientEffect::Send { to, message } => self.send(NodeId::Client(CLIENT), to, message),
                ClientEffect::SetTimer { after } => self.queue.push(self.now + after, Due::ClientTimer),
                ClientEffect::End { operation, outcome } => self.end_operation(operation, outcome),
            }
        }
    }

    fn end_operation(&mut self, operation: OperationId, outcome: Outcome) {
        let Some(found) = self.operations.get_mut(&operation) else { return };
        found.ended = Some((self.now, outcome.clone()));
        let (kind, file, started_event) = (found.kind, found.file, found.started_event);
        let client = NodeId::Client(CLIENT);
        // What only the client's clock brought about comes from the operation itself.
        self.cause = self.cause.or(Some(started_event));
        let event = match outcome {
            Outcome::Done(version) => {
                self.book.on_acknowledged(file, operation);
                EventKind::OperationDone { operation, client, kind, file, version }
            }
            Outcome::Found(copy) => {
                let version = copy.filter(|copy| copy.content.is_some()).map(|copy| copy.version);
                EventKind::OperationFound { operation, client, file, version }
            }
            Outcome::Refused(refusal) => EventKind::OperationRefused { operation, client, kind, file, refusal },
            Outcome::Unknown => EventKind::OperationUnknown { operation, client, kind, file },
        };
        self.emit(event);
    }

    fn with_host<P: Hosted>(
        &mut self,
        id: ServerId,
        input: impl FnOnce(&mut P, Time, &mut Out<super::server::RecordOf<P>>),
    ) {
        let now = self.now;
        let Some(server) = self.servers.get_mut(&id).filter(|server| server.is_up()) else { return };
        let effects = P::host(server).handle(|state, out| input(state, now, out));
        self.carry_out::<P>(id, effects);
    }

    fn on_synced<P: Hosted>(&mut self, id: ServerId) {
        let Some(server) = self.servers.get_mut(&id) else { return };
        let synced_count = P::host(server).disk.end_sync();
        self.with_host::<P>(id, |state, now, out| state.on_synced(now, synced_count, out));
    }

    fn carry_out<P: Hosted>(&mut self, id: ServerId, effects: Vec<Effect<super::server::RecordOf<P>>>) {
        for effect in effects {
            match effect {
                Effect::Send { to, message } => self.send(NodeId::Server(id), to, message),
                Effect::SetTimer { after } => {
                    let start = self.servers.get(&id).map_or(0, |server| server.incarnation.start);
                    self.queue.push(self.now + after, Due::ServerTimer { server: id, start });
                }
                Effect::Note(note) => {
                    self.emit_note(Some(id), note);
                }
                Effect::Write(record) => {
                    if let Some(server) = self.servers.get_mut(&id) {
                        P::host(server).disk.write(record);
                    }
                }
            }
        }
        let Some(server) = self.servers.get_mut(&id) else { return };
        let incarnation = server.incarnation;
        if let Some(span) = P::host(server).disk.begin_sync() {
            let due = Due::Synced { server: id, incarnation, group: P::GROUP, cause: self.cause };
            self.queue.push(self.now + span, due);
        }
    }

    fn send(&mut self, from: NodeId, to: NodeId, message: Message) {
        if !self.network.is_connected(from, to) {
            return;
        }
        let cargo = Cargo::of(&message);
        let size_bytes = message.size_bytes();
        let sent_event = EventId(self.next_event);
        let envelope = Envelope { message, cargo, sent_event };
        let Some(flight) = self.network.send(self.now, from, to, size_bytes, envelope) else { return };
        let (id, arrives, lost) = (flight.id, flight.arrives, flight.lost);
        self.emit(EventKind::MessageSent { message: id, from, to, cargo });
        if lost.is_some() {
            let cause = self.cause.replace(sent_event);
            self.emit(EventKind::MessageLost { message: id, from, to, cargo, reason: LossReason::LinkCut });
            self.cause = cause;
        }
        self.queue.push(arrives, Due::Arrival(id));
    }

    fn on_arrival(&mut self, id: MessageId) {
        let Some(flight) = self.network.arrive(id) else { return };
        let (from, to, lost) = (flight.from, flight.to, flight.lost);
        let Envelope { message, cargo, sent_event } = flight.message;
        self.cause = Some(sent_event);
        if lost.is_some() {
            // Its loss was told when the link was cut, or when it was sent on a cut link.
            return;
        }
        if let NodeId::Server(server) = to
            && !self.servers.get(&server).is_some_and(Server::is_up)
        {
            self.emit(EventKind::MessageLost { message: id, from, to, cargo, reason: LossReason::ReceiverDown });
            return;
        }
        self.emit_as_cause(EventKind::MessageReceived { message: id, from, to, cargo });
        self.deliver(from, to, message);
    }

    fn deliver(&mut self, from: NodeId, to: NodeId, message: Message) {
        match (to, message) {
            (NodeId::Coordinator, message) => {
                self.with_coordinator(|coordinator, now, out| coordinator.on_message(now, from, message, out));
            }
            (NodeId::Client(_), message) => {
                self.with_client(|client, now, effects| client.on_message(now, from, message, effects));
            }
            (NodeId::Server(server), Message::Request { operation, request }) => {
                let (Request::Change { file, .. } | Request::Read { file, .. }) = request;
                match self.catalogue.get(file.0 as usize).map(|entry| entry.placement) {
                    Some(Placement::OneServer(_)) => self.with_host::<OneCopy>(server, |state, now, out| {
                        state.on_client(now, from, operation, request, out);
                    }),
                    _ => self.with_host::<PrimaryReplica>(server, |state, now, out| {
                        state.on_client(now, from, operation, request, out);
                    }),
                }
            }
            (NodeId::Server(server), message) => {
                self.with_host::<PrimaryReplica>(server, |state, now, out| state.on_message(now, from, message, out));
            }
        }
    }

    /// Turns what a protocol or the coordinator tells into an event.
    fn emit_note(&mut self, server: Option<ServerId>, note: Note) {
        // The coordinator's notes name their servers themselves.
        let server = server.unwrap_or(ServerId(0));
        if let Note::Logged(update) = &note {
            self.book.on_logged(update);
        }
        let turns_the_cluster = matches!(
            note,
            Note::Suspected(_) | Note::ElectionStarted { .. } | Note::Promoted { .. } | Note::BecamePrimary(_)
        );
        let event = event_of(server, note);
        if turns_the_cluster {
            self.emit_as_cause(event);
        } else {
            self.emit(event);
        }
    }
}

fn event_of(server: ServerId, note: Note) -> EventKind {
    match note {
        Note::Logged(update) => EventKind::UpdateLogged {
            server,
            file: update.file,
            version: update.version,
            operation: update.operation,
            epoch: update.position.epoch,
            index: update.position.index,
        },
        Note::Waits { file, acks, acks_needed, window } => {
            EventKind::UpdateWaits { server, file, acks, acks_needed, window }
        }
        Note::OnDisk(update) => EventKind::UpdateOnDisk {
            server,
            file: update.file,
            version: update.version,
            operation: update.operation,
            index: update.position.index,
        },
        Note::Acknowledged { by, index, acks, acks_needed } => {
            EventKind::AckCounted { server, by, index, acks, acks_needed }
        }
        Note::BecamePrimary(epoch) => EventKind::BecamePrimary { server, epoch },
        Note::SteppedDown { epoch, newer } => EventKind::SteppedDown { server, epoch, newer },
        Note::Fenced { from, stale, current } => EventKind::Fenced { server, from, stale, current },
        Note::Truncated { from_index, count } => EventKind::Truncated { server, from_index, count },
        Note::CatchesUp { replica, from_index, count } => EventKind::CatchesUp { server, replica, from_index, count },
        Note::SendsFullCopy { replica } => EventKind::FullCopySent { server, replica },
        Note::TookFullCopy { files } => EventKind::FullCopyTaken { server, files },
        Note::Lags { replica } => EventKind::Lags { server, replica },
        Note::CaughtUp { replica } => EventKind::CaughtUp { server, replica },
        Note::Suspected(server) => EventKind::Suspected { server },
        Note::HeardAgain(server) => EventKind::HeardAgain { server },
        Note::ElectionStarted { epoch } => EventKind::ElectionStarted { epoch },
        Note::Promoted { server, epoch, index, by_hand } => EventKind::Promoted { server, epoch, index, by_hand },
        Note::NoCandidate { epoch } => EventKind::NoCandidate { epoch },
        Note::InSync(servers) => EventKind::InSyncChanged { servers },
    }
}
