//! The world itself: takes what is due next and lets it happen.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use super::catalogue::Catalogue;
use super::event::{Event, EventKind};
use super::server::{GroupKind, HostEffect, Server};
use super::settings::WorldSettings;
use super::traffic::{Envelope, Parcel};
use super::view::OperationKind;
use crate::check::LedgerBook;
use crate::client::{Client, ClientEffect, Generator, Outcome};
use crate::replication::coordinator::{CoordinatorOut, GroupPlacement, GroupSpec};
use crate::replication::{Coordinator, Incarnation, Timer};
use crate::sim::{
    ClientId, CoordinatorId, EventId, FileId, GroupId, MessageId, Network, NodeId, OperationId, Queue, ServerId,
    Streams, Time, ZoneId,
};

/// The group of all servers, which every world has.
pub const MAIN_GROUP: GroupId = GroupId(0);
/// The client that does what a person asks for.
pub(super) const CLIENT: ClientId = ClientId(1);
/// How many ended operations are remembered for the picture; the events remember all.
const OPERATIONS_SHOWN: usize = 200;

/// What is due at some time.
#[derive(Clone, Debug)]
pub(super) enum Due {
    Arrival(MessageId),
    Served { server: ServerId, incarnation: Incarnation, parcel: Box<Parcel> },
    ServerTick { server: ServerId, start: u32 },
    Timer { server: ServerId, incarnation: Incarnation, group: GroupId, timer: Timer },
    Synced { server: ServerId, incarnation: Incarnation, cause: Option<EventId> },
    CoordinatorTimer { node: CoordinatorId, start: u32 },
    ClientTimer(ClientId),
    Workload(ClientId),
}

/// One operation of a client.
#[derive(Clone, Debug)]
pub(super) struct Operation {
    pub client: ClientId,
    pub kind: OperationKind,
    pub file: FileId,
    /// Whether it is a read that only a primary may answer.
    pub asks_primary: bool,
    pub started: Time,
    pub ended: Option<(Time, Outcome)>,
    pub started_event: EventId,
}

/// A node of the coordinator and whether it runs.
#[derive(Clone, Debug)]
pub(super) struct CoordinatorHost {
    pub node: Coordinator,
    pub is_up: bool,
    pub start: u32,
}

/// A client and its workload.
#[derive(Clone, Debug)]
pub(super) struct ClientHost {
    pub client: Client,
    pub generator: Option<Generator>,
}

/// What a group is, and which protocol it runs.
#[derive(Clone, Debug)]
pub(super) struct Group {
    pub kind: GroupKind,
    pub spec: GroupSpec,
}

/// A deterministic world of servers, a coordinator, clients and the network between them.
#[derive(Clone, Debug)]
pub struct World {
    pub(super) now: Time,
    pub(super) settings: Arc<WorldSettings>,
    pub(super) streams: Streams,
    pub(super) queue: Queue<Due>,
    pub(super) network: Network<Envelope>,
    pub(super) servers: BTreeMap<ServerId, Server>,
    pub(super) coordinators: BTreeMap<CoordinatorId, CoordinatorHost>,
    pub(super) clients: BTreeMap<ClientId, ClientHost>,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) groups: Arc<Vec<Group>>,
    pub(super) operations: BTreeMap<OperationId, Operation>,
    /// The ended ones among them, in the order in which they ended.
    pub(super) ended_operations: VecDeque<OperationId>,
    pub(super) operation_count: u64,
    pub(super) book: LedgerBook,
    pub(super) next_server: u16,
    pub(super) written_bytes: u64,
    /// The bytes of all contents that were made.
    pub(super) made_bytes: u64,
    pub(super) out_of_room_at: Option<Time>,
    /// Until when random faults begin that a person let loose.
    pub(super) chaos_until: Option<Time>,
    next_event: u64,
    pub(super) cause: Option<EventId>,
    fresh_events: Vec<Event>,
    /// Emptied after each use; kept so that not every input needs new memory.
    pub(super) scratch: Vec<HostEffect>,
    /// The same for clients and for the coordinator.
    pub(super) client_scratch: Vec<ClientEffect>,
    pub(super) coordinator_scratch: CoordinatorOut,
}

impl World {
    /// A world at time zero, whose randomness comes from `seed`.
    #[must_use]
    pub fn new(settings: WorldSettings, seed: u64) -> Self {
        let streams = Streams::new(seed);
        let mut world = Self {
            now: Time::ZERO,
            streams,
            queue: Queue::default(),
            network: Network::new(settings.network, streams),
            servers: BTreeMap::new(),
            coordinators: BTreeMap::new(),
            clients: BTreeMap::new(),
            catalogue: Arc::default(),
            groups: Arc::default(),
            operations: BTreeMap::new(),
            ended_operations: VecDeque::new(),
            operation_count: 0,
            book: LedgerBook::default(),
            next_server: 1,
            written_bytes: 0,
            made_bytes: 0,
            out_of_room_at: None,
            chaos_until: None,
            next_event: 1,
            cause: None,
            fresh_events: Vec::new(),
            scratch: Vec::new(),
            client_scratch: Vec::new(),
            coordinator_scratch: CoordinatorOut::default(),
            settings: Arc::new(settings),
        };
        world.place_coordinators();
        let settings = Arc::clone(&world.settings);
        for zone in &settings.servers {
            world.place_server(*zone);
        }
        world.place_clients();
        let spec = GroupSpec { placement: GroupPlacement::Everyone, keeps_data: true };
        world.add_group(GroupKind::PrimaryReplica, &spec);
        for service in &settings.services {
            let spec = GroupSpec { placement: GroupPlacement::Fixed(service.servers.clone()), keeps_data: false };
            let group = world.add_group(GroupKind::Service(service.mode), &spec);
            Arc::make_mut(&mut world.catalogue).add_service(&service.name, group);
        }
        world
    }

    fn place_coordinators(&mut self) {
        let settings = Arc::clone(&self.settings);
        let servers: Vec<(ServerId, ZoneId)> =
            (1..).map(ServerId).zip(&settings.servers).map(|(id, zone)| (id, *zone)).collect();
        for number in 1..=settings.coordinators.max(1) {
            let id = CoordinatorId(number);
            let (policy, ring) = (settings.policy, settings.ring);
            let node = Coordinator::new(id, settings.coordinators.max(1), policy, ring, servers.iter().copied());
            self.coordinators.insert(id, CoordinatorHost { node, is_up: true, start: 1 });
            self.network.add(NodeId::Coordinator(id), None);
        }
        for id in self.coordinators.keys().copied().collect::<Vec<_>>() {
            self.with_coordinator(id, Coordinator::on_start);
        }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Time {
        self.now
    }

    /// How it was set up.
    #[must_use]
    pub fn settings(&self) -> &WorldSettings {
        &self.settings
    }

    /// When the next thing is due.
    #[must_use]
    pub fn next_at(&self) -> Option<Time> {
        self.queue.next_at()
    }

    /// How many events there were.
    #[must_use]
    pub fn event_count(&self) -> u64 {
        self.next_event - 1
    }

    /// The events since the last call, in order.
    pub fn take_events(&mut self) -> Vec<Event> {
        core::mem::take(&mut self.fresh_events)
    }

    /// The events since they were last taken, in order.
    #[must_use]
    pub fn fresh_events(&self) -> &[Event] {
        &self.fresh_events
    }

    /// Forgets the events since they were last taken, and keeps their memory for the next ones.
    pub fn drop_events(&mut self) {
        self.fresh_events.clear();
    }

    /// The name of a file.
    #[must_use]
    pub fn file_name(&self, file: FileId) -> &str {
        self.catalogue.name(file)
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
        self.happen(due);
    }

    pub(super) fn happen(&mut self, due: Due) {
        match due {
            Due::Arrival(message) => self.on_arrival(message),
            Due::Served { server, incarnation, parcel } => self.on_served(server, incarnation, *parcel),
            Due::ServerTick { server, start } => self.on_server_tick(server, start),
            Due::Timer { server, incarnation, group, timer } => self.on_timer(server, incarnation, group, timer),
            Due::Synced { server, incarnation, cause } => self.on_synced(server, incarnation, cause),
            Due::CoordinatorTimer { node, start } => {
                let current = self.coordinators.get(&node).is_some_and(|host| host.is_up && host.start == start);
                if current {
                    self.with_coordinator(node, Coordinator::on_timer);
                }
            }
            Due::ClientTimer(client) => self.with_client(client, Client::on_timer),
            Due::Workload(client) => self.on_workload(client),
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

    /// The id that the next event will have.
    pub(super) fn next_event_id(&self) -> EventId {
        EventId(self.next_event)
    }

    /// Makes a group, and tells every node of the coordinator.
    pub(super) fn add_group(&mut self, kind: GroupKind, spec: &GroupSpec) -> GroupId {
        let id = GroupId(u16::try_from(self.groups.len()).unwrap_or(u16::MAX));
        Arc::make_mut(&mut self.groups).push(Group { kind, spec: spec.clone() });
        if kind != GroupKind::OneCopy {
            for node in self.coordinators.keys().copied().collect::<Vec<_>>() {
                self.with_coordinator(node, |node, _, out| node.add_group(id, spec.clone(), out));
            }
        }
        id
    }

    pub(super) fn group_kind(&self, group: GroupId) -> Option<GroupKind> {
        self.groups.get(usize::from(group.0)).map(|group| group.kind)
    }

    /// An operation has ended: it is remembered for a while, and the oldest that has ended is forgotten.
    pub(super) fn remember_end(&mut self, id: OperationId) {
        self.ended_operations.push_back(id);
        if self.ended_operations.len() > OPERATIONS_SHOWN
            && let Some(oldest) = self.ended_operations.pop_front()
        {
            self.operations.remove(&oldest);
        }
    }
}
