//! A server: its status, its disk, its clock, and the protocols that it runs, one for each group.

use std::collections::{BTreeMap, VecDeque};

use super::engine::Due;
use super::view::ServerStatus;
use crate::replication::{
    Effect, Identity, Incarnation, Message, Note, OneCopy, Out, Policy, PrimaryReplica, Protocol, Request, Service,
    ServiceMode, Timer,
};
use crate::sim::{Clock, Disk, FileId, GroupId, NodeId, OperationId, ServerId, Span, Time, Volume, ZoneId};

/// A server.
#[derive(Clone, Debug)]
pub(super) struct Server {
    pub zone: ZoneId,
    pub status: ServerStatus,
    pub incarnation: Incarnation,
    pub clock: Clock,
    pub disk: Disk,
    pub capacity_bytes: Option<u64>,
    /// The groups of the records that were written and not yet synced, oldest first.
    pub unsynced: VecDeque<GroupId>,
    pub hosts: BTreeMap<GroupId, Host>,
    /// Until when it is busy with what it has taken on.
    pub busy_until: Time,
    /// What came due while it was paused.
    pub deferred: Vec<Due>,
}

/// Which protocol a group runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupKind {
    PrimaryReplica,
    OneCopy,
    Service(ServiceMode),
}

/// A protocol on a server: its part of the disk, and its memory while the server is up.
#[derive(Clone, Debug)]
pub(super) struct Hosted<P: Protocol> {
    pub volume: Volume<P::Durable>,
    pub state: Option<P>,
    /// Empty between two inputs; kept so that not every input needs new memory.
    buffer: Vec<Effect<RecordOf<P>>>,
}

/// One of the protocols on a server.
#[derive(Clone, Debug)]
pub(super) enum Host {
    PrimaryReplica(Box<Hosted<PrimaryReplica>>),
    OneCopy(Box<Hosted<OneCopy>>),
    Service(Box<Hosted<Service>>, ServiceMode),
}

/// What a protocol is told.
pub(super) enum Input<'a> {
    Arrival { from: NodeId, message: &'a Message },
    Message { from: NodeId, message: Message },
    Client { from: NodeId, operation: OperationId, request: Request },
    Timer(Timer),
    Synced,
    Lease(Time),
    Rot { file: FileId, bit: u64 },
}

/// What a protocol asks of the world.
#[derive(Clone, Debug)]
pub(super) enum HostEffect {
    Send { to: NodeId, message: Message },
    Report(Message),
    Written { size_bytes: u64 },
    SetTimer { after: Span, timer: Timer },
    Note(Note),
}

impl Server {
    /// Whether it runs; a paused one doesn't.
    pub fn is_up(&self) -> bool {
        self.status == ServerStatus::Up
    }

    /// The bytes of files on its disk.
    pub fn used_bytes(&self) -> u64 {
        self.hosts.values().map(Host::used_bytes).sum()
    }

    /// Memory and unsynced writes are gone.
    pub fn crash(&mut self) {
        self.disk.crash();
        self.unsynced.clear();
        self.deferred.clear();
        self.busy_until = Time::ZERO;
        for host in self.hosts.values_mut() {
            host.crash();
        }
    }

    /// The disk is gone too.
    pub fn lose_disk(&mut self) {
        self.crash();
        self.hosts.clear();
        self.incarnation.disk += 1;
    }

    pub fn identity(&self, id: ServerId, policy: Policy) -> Identity {
        Identity { server: id, incarnation: self.incarnation, policy }
    }
}

impl<P: Protocol> Hosted<P> {
    fn new() -> Self {
        Self { volume: Volume::default(), state: None, buffer: Vec::new() }
    }

    fn carry_out(&mut self, mut out: Out<RecordOf<P>>, effects: &mut Vec<HostEffect>) {
        effects.extend(out.effects.drain(..).map(|effect| match effect {
            Effect::Send { to, message } => HostEffect::Send { to, message },
            Effect::Report(message) => HostEffect::Report(message),
            Effect::SetTimer { after, timer } => HostEffect::SetTimer { after, timer },
            Effect::Note(note) => HostEffect::Note(note),
            Effect::Write(record) => {
                let size_bytes = P::record_size_bytes(&record);
                self.volume.write(record);
                HostEffect::Written { size_bytes }
            }
        }));
        self.buffer = out.effects;
    }

    fn start(&mut self, identity: Identity, effects: &mut Vec<HostEffect>) {
        let mut out = Out::new();
        self.state = Some(P::on_start(identity, self.volume.durable(), &mut out));
        self.carry_out(out, effects);
    }

    fn handle(&mut self, now: Time, input: Input<'_>, effects: &mut Vec<HostEffect>) {
        let Some(state) = &mut self.state else { return };
        let mut out = Out { effects: core::mem::take(&mut self.buffer) };
        match input {
            Input::Arrival { from, message } => state.on_arrival(from, message, &mut out),
            Input::Message { from, message } => state.on_message(now, from, message, &mut out),
            Input::Client { from, operation, request } => state.on_client(now, from, operation, request, &mut out),
            Input::Timer(timer) => state.on_timer(now, timer, &mut out),
            Input::Synced => state.on_synced(now, self.volume.synced_count(), &mut out),
            Input::Lease(clock) => state.on_lease(clock),
            Input::Rot { file, bit } => state.on_rot(file, bit),
        }
        self.carry_out(out, effects);
    }

    fn set_policy(&mut self, policy: Policy) {
        if let Some(state) = &mut self.state {
            state.set_policy(policy);
        }
    }

    fn crash(&mut self) {
        self.state = None;
        self.volume.crash();
    }
}

/// The records of a protocol's disk.
pub(super) type RecordOf<P> = <<P as Protocol>::Durable as crate::sim::Durable>::Record;

impl Host {
    pub fn new(kind: GroupKind) -> Self {
        match kind {
            GroupKind::PrimaryReplica => Self::PrimaryReplica(Box::new(Hosted::new())),
            GroupKind::OneCopy => Self::OneCopy(Box::new(Hosted::new())),
            GroupKind::Service(mode) => Self::Service(Box::new(Hosted::new()), mode),
        }
    }

    pub fn is_started(&self) -> bool {
        match self {
            Self::PrimaryReplica(hosted) => hosted.state.is_some(),
            Self::OneCopy(hosted) => hosted.state.is_some(),
            Self::Service(hosted, _) => hosted.state.is_some(),
        }
    }

    /// Starts the protocol from its disk.
    pub fn start(&mut self, identity: Identity, effects: &mut Vec<HostEffect>) {
        match self {
            Self::PrimaryReplica(hosted) => hosted.start(identity, effects),
            Self::OneCopy(hosted) => hosted.start(identity, effects),
            Self::Service(hosted, mode) => {
                hosted.start(identity, effects);
                hosted.state = hosted.state.take().map(|state| state.in_mode(*mode));
            }
        }
    }

    /// The policy is another one from now on.
    pub fn set_policy(&mut self, policy: Policy) {
        match self {
            Self::PrimaryReplica(hosted) => hosted.set_policy(policy),
            Self::OneCopy(hosted) => hosted.set_policy(policy),
            Self::Service(hosted, _) => hosted.set_policy(policy),
        }
    }

    /// Lets the running protocol handle one input; `now` is what the server's own clock shows.
    pub fn handle(&mut self, now: Time, input: Input<'_>, effects: &mut Vec<HostEffect>) {
        match self {
            Self::PrimaryReplica(hosted) => hosted.handle(now, input, effects),
            Self::OneCopy(hosted) => hosted.handle(now, input, effects),
            Self::Service(hosted, _) => hosted.handle(now, input, effects),
        }
    }

    /// The oldest record that was not synced is now on disk.
    pub fn sync_one(&mut self) {
        match self {
            Self::PrimaryReplica(hosted) => hosted.volume.sync_one(),
            Self::OneCopy(hosted) => hosted.volume.sync_one(),
            Self::Service(hosted, _) => hosted.volume.sync_one(),
        }
    }

    pub fn membership_number(&self) -> u64 {
        match self {
            Self::PrimaryReplica(hosted) => hosted.state.as_ref().map_or(0, Protocol::membership_number),
            Self::OneCopy(_) => 0,
            Self::Service(hosted, _) => hosted.state.as_ref().map_or(0, Protocol::membership_number),
        }
    }

    /// The newest membership by which the server has a part in the group.
    pub fn heard_membership(&self) -> u64 {
        match self {
            Self::PrimaryReplica(hosted) => hosted.state.as_ref().map_or(0, Protocol::heard_membership),
            Self::OneCopy(_) | Self::Service(..) => self.membership_number(),
        }
    }

    pub fn has_unsynced(&self) -> bool {
        match self {
            Self::PrimaryReplica(hosted) => hosted.volume.has_unsynced(),
            Self::OneCopy(hosted) => hosted.volume.has_unsynced(),
            Self::Service(hosted, _) => hosted.volume.has_unsynced(),
        }
    }

    pub fn crash(&mut self) {
        match self {
            Self::PrimaryReplica(hosted) => hosted.crash(),
            Self::OneCopy(hosted) => hosted.crash(),
            Self::Service(hosted, _) => hosted.crash(),
        }
    }

    /// One bit of a copy flips, on the disk and so in all that is read from it. Returns whether there was one.
    pub fn rot(&mut self, file: FileId, bit: u64) -> bool {
        let happened = match self {
            Self::PrimaryReplica(hosted) => hosted.volume.durable_mut().store.rot(file, bit),
            Self::OneCopy(hosted) => hosted.volume.durable_mut().rot(file, bit),
            Self::Service(..) => false,
        };
        if happened {
            self.handle(Time::ZERO, Input::Rot { file, bit }, &mut Vec::new());
        }
        happened
    }

    fn used_bytes(&self) -> u64 {
        use crate::sim::Durable as _;
        match self {
            Self::PrimaryReplica(hosted) => hosted.volume.durable().size_bytes(),
            Self::OneCopy(hosted) => hosted.volume.durable().size_bytes(),
            Self::Service(..) => 0,
        }
    }

    /// The primary–replica protocol, if that is what runs here.
    pub fn primary_replica(&self) -> Option<&Hosted<PrimaryReplica>> {
        match self {
            Self::PrimaryReplica(hosted) => Some(hosted),
            Self::OneCopy(_) | Self::Service(..) => None,
        }
    }
}
