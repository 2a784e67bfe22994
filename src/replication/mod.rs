//! The protocols, one file each, all behind one trait; and the coordinator that names the primary.
//!
//! A protocol is a pure state machine: it is told what happened and answers with [`Effect`]s. It has no
//! clock, no thread and no randomness of its own. What it keeps in memory is the implementing type
//! itself, which a crash loses; what it keeps on disk is [`Protocol::Durable`].

pub mod coordinator;
mod detector;
mod message;
pub mod mutation;
mod one_copy;
mod policy;
mod policy_change;
mod primary_replica;
mod promises;
mod ring;
mod service;
mod store;

pub use coordinator::{Coordinator, CouncilMessage};
pub use detector::{Detector, Pulse};
pub(crate) use message::mixed;
pub use message::{Answer, Incarnation, Membership, Message, Request, share_of_sum};
pub use one_copy::{OneCopy, OneCopyDisk};
pub use policy::{AckWhen, Acks, Failover, Policy, WhenShort};
pub use policy_change::PolicyChange;
pub use primary_replica::{PrimaryReplica, PrimaryReplicaDisk, Waiting};
pub use promises::{Keeps, Promises, ReadsForward};
pub use ring::{Ring, RingSettings};
pub use service::{Service, ServiceMode};
pub use store::{Change, Copy, Epoch, Files, Position, Revision, Snapshot, Store, Update, Version, WriteId};

use serde::{Deserialize, Serialize};

use crate::sim::{Durable, FileId, NodeId, OperationId, ServerId, Span, Time};

/// What a timer is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Timer {
    /// The regular tick of the server, once in each heartbeat interval.
    Tick,
    /// The oldest update that is on disk has been applied.
    Applied,
    /// It is time to check one copy for rot.
    Scrub,
    /// An operator has changed the policy, as [`Protocol::set_policy`] was told.
    PolicyChanged,
}

/// What a protocol asks the world to do.
#[derive(Clone, Debug)]
pub enum Effect<R> {
    /// Send a message.
    Send {
        /// To whom.
        to: NodeId,
        /// What.
        message: Message,
    },
    /// Send a message to every node of the coordinator.
    Report(Message),
    /// Write a record to the disk, to be synced as soon as the disk is free.
    Write(R),
    /// Call [`Protocol::on_timer`] after a while.
    SetTimer {
        /// How long from now, by the server's own clock.
        after: Span,
        /// What it is for.
        timer: Timer,
    },
    /// Something happened that people want to know.
    Note(Note),
}

/// Why a group needs another primary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Vacancy {
    /// The coordinator no longer hears the primary, which may go on unheard.
    Silent,
    /// The primary came back without its disk.
    DiskLost,
    /// The primary was taken out of the cluster.
    Removed,
}

/// What a protocol or the coordinator has to tell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Note {
    /// The primary put an update into its log.
    Logged(Update),
    /// The primary makes a request wait: the window is full.
    Waits {
        /// The file of the request.
        file: FileId,
        /// How many acknowledgements the oldest update under way has.
        acks: usize,
        /// How many it needs.
        acks_needed: usize,
        /// How many updates may be under way.
        window: usize,
    },
    /// An update reached this server's disk.
    OnDisk(Update),
    /// The primary counted a replica's acknowledgement.
    Acknowledged {
        /// The replica.
        by: ServerId,
        /// The last index that it has on disk.
        index: u64,
        /// How many acknowledgements that update has now.
        acks: usize,
        /// How many it needs.
        acks_needed: usize,
    },
    /// The server became primary.
    BecamePrimary(Epoch),
    /// The server stopped being primary.
    SteppedDown {
        /// The epoch in which it was primary.
        epoch: Epoch,
        /// The newer epoch that it heard of.
        newer: Epoch,
    },
    /// The server refused a message of an older epoch.
    Fenced {
        /// Who sent it.
        from: NodeId,
        /// The epoch of the message.
        stale: Epoch,
        /// The epoch of this server.
        current: Epoch,
    },
    /// A replica cut off updates that its primary doesn't have.
    Truncated {
        /// The first index that went.
        from_index: u64,
        /// How many updates went.
        count: u64,
    },
    /// The primary sends a server what it lacks, from its log.
    CatchesUp {
        /// The server that lags.
        replica: ServerId,
        /// The first index that it lacks.
        from_index: u64,
        /// How many updates it lacks.
        count: u64,
    },
    /// The primary sends a full copy, since its log doesn't reach back far enough.
    SendsFullCopy {
        /// The server that lags.
        replica: ServerId,
    },
    /// The primary can't send a full copy, since one of its own copies is damaged.
    HoldsUpFullCopy {
        /// The server that lags.
        replica: ServerId,
        /// The damaged file.
        file: FileId,
    },
    /// A server took over a full copy.
    TookFullCopy {
        /// How many files it has.
        files: usize,
    },
    /// The primary takes a replica to be cut off: it did not acknowledge in time.
    Lags {
        /// The replica.
        replica: ServerId,
    },
    /// The primary gets too few acknowledgements and goes on without them.
    WentAsync,
    /// Enough replicas have caught up: the primary waits for acknowledgements again.
    BackInSync,
    /// The primary told a client that the outcome is open.
    NotConfirmed(Update),
    /// The primary told a client ok.
    Answered {
        /// The update.
        update: Update,
        /// How many replicas had acknowledged it.
        acks: usize,
    },
    /// A request came again and was not done twice.
    Repeated {
        /// The file.
        file: FileId,
        /// The operation.
        operation: OperationId,
    },
    /// A copy on this server's disk has the wrong checksum.
    RotFound {
        /// The file.
        file: FileId,
    },
    /// A damaged copy was replaced by a good one.
    RotRepaired {
        /// The file.
        file: FileId,
        /// Who had the good copy: another server, or this one in its log.
        from: ServerId,
    },
    /// This server's update was applied: those who read here see it.
    Applied(Update),
    /// A replica has everything again.
    CaughtUp {
        /// The replica.
        replica: ServerId,
    },
    /// The coordinator missed a server's heartbeats.
    Suspected(ServerId),
    /// The coordinator hears a server again.
    HeardAgain(ServerId),
    /// The coordinator looks for a new primary.
    ElectionStarted {
        /// The epoch of the new primary.
        epoch: Epoch,
        /// The only server that may become it, if there is but one.
        only: Option<ServerId>,
    },
    /// The coordinator named a new primary.
    Promoted {
        /// The new primary.
        server: ServerId,
        /// Its epoch.
        epoch: Epoch,
        /// Its last index.
        index: u64,
        /// Whether an operator asked for it.
        by_hand: bool,
    },
    /// The coordinator can't name a primary: no server that has all acknowledged updates is there.
    NoCandidate {
        /// The epoch that waits for a primary.
        epoch: Epoch,
    },
    /// The set of in-sync servers changed.
    InSync(Vec<ServerId>),
    /// The coordinator makes the copies of a server anew elsewhere.
    GivenUp(ServerId),
    /// The coordinator wants another server to have a copy of the group.
    RepairStarted {
        /// The server that gets a copy.
        server: ServerId,
    },
    /// A server has no part in the group any more: there are copies enough without it.
    Trimmed {
        /// The server.
        server: ServerId,
    },
    /// No group needs the server any more: it can be taken out.
    Drained(ServerId),
    /// A node of the coordinator leads now.
    LeadsCouncil {
        /// Its term.
        term: u64,
    },
    /// The primary can't go on, but nobody takes its place until an operator names a server.
    WaitsForOperator {
        /// The primary that there was.
        primary: ServerId,
        /// Why it can't go on.
        vacancy: Vacancy,
    },
}

/// What a protocol has asked for while it handled one input.
#[derive(Debug)]
pub struct Out<R> {
    /// The effects, in order.
    pub effects: Vec<Effect<R>>,
}

impl<R> Out<R> {
    /// Nothing asked for yet.
    #[must_use]
    pub fn new() -> Self {
        Self { effects: Vec::new() }
    }

    /// Asks to send a message.
    pub fn send(&mut self, to: impl Into<NodeId>, message: Message) {
        self.effects.push(Effect::Send { to: to.into(), message });
    }

    /// Asks to send a message to every node of the coordinator.
    pub fn report(&mut self, message: Message) {
        self.effects.push(Effect::Report(message));
    }

    /// Asks to write a record to the disk.
    pub fn write(&mut self, record: R) {
        self.effects.push(Effect::Write(record));
    }

    /// Asks to be woken.
    pub fn set_timer(&mut self, after: Span, timer: Timer) {
        self.effects.push(Effect::SetTimer { after, timer });
    }

    /// Tells something.
    pub fn note(&mut self, note: Note) {
        self.effects.push(Effect::Note(note));
    }
}

impl<R> Default for Out<R> {
    fn default() -> Self {
        Self::new()
    }
}

/// Who a protocol instance is and by which rules it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The server.
    pub server: ServerId,
    /// Which disk it runs on and how often it has started.
    pub incarnation: Incarnation,
    /// The rules.
    pub policy: Policy,
}

/// One server's part in a replica group: a pure state machine. The implementing type is the volatile state.
pub trait Protocol: Clone + Sized {
    /// What survives a crash.
    type Durable: Durable;

    /// What the protocol promises under a policy, and so what it may be blamed for.
    fn promises(policy: &Policy) -> Promises;

    /// The bytes that a record takes on the disk.
    fn record_size_bytes(record: &<Self::Durable as Durable>::Record) -> u64;

    /// The server starts, for the first time or again, with what is on its disk.
    fn on_start(identity: Identity, disk: &Self::Durable, out: &mut Out<<Self::Durable as Durable>::Record>) -> Self;

    /// An operator has changed the policy, and this is how it is from now on. What follows from that comes with
    /// [`Timer::PolicyChanged`], at once or when the server goes on.
    fn set_policy(&mut self, policy: Policy);

    /// A message from another server or from the coordinator arrived.
    fn on_message(
        &mut self,
        now: Time,
        from: NodeId,
        message: Message,
        out: &mut Out<<Self::Durable as Durable>::Record>,
    );

    /// A client's request arrived.
    fn on_client(
        &mut self,
        now: Time,
        from: NodeId,
        operation: OperationId,
        request: Request,
        out: &mut Out<<Self::Durable as Durable>::Record>,
    );

    /// A timer rang.
    fn on_timer(&mut self, now: Time, timer: Timer, out: &mut Out<<Self::Durable as Durable>::Record>);

    /// The first `synced_count` records written since the start are on disk.
    fn on_synced(&mut self, now: Time, synced_count: u64, out: &mut Out<<Self::Durable as Durable>::Record>);

    /// A message arrived at the server, which has not come to handle it yet.
    fn on_arrival(&mut self, _from: NodeId, _message: &Message, _out: &mut Out<<Self::Durable as Durable>::Record>) {}

    /// The coordinator confirmed a heartbeat that was sent when this server's clock showed `clock`.
    fn on_lease(&mut self, _clock: Time) {}

    /// The medium below has changed one bit of a copy: what is read from the disk is wrong from now on.
    fn on_rot(&mut self, _file: FileId, _bit: u64) {}

    /// The number of the membership that it follows; 0 if it follows none.
    fn membership_number(&self) -> u64 {
        0
    }

    /// The number of the newest membership in which it knows to have a part, be it from its primary; 0 if it has
    /// heard of none since it started.
    fn heard_membership(&self) -> u64 {
        self.membership_number()
    }
}
