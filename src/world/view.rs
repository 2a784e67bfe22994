//! A read-only picture of a world at one moment. The page draws it and knows nothing else.

use crate::check::{CopyHealth, Ledger};
use crate::replication::{Epoch, Policy, Version};
use crate::sim::{
    ClientId, Content, CoordinatorId, DiskCondition, FileId, GroupId, LinkQuality, MessageId, NodeId, OperationId,
    ServerId, Time, ZoneId,
};

/// A picture of the world at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The moment.
    pub now: Time,
    /// The servers in the order of their ids.
    pub servers: Vec<ServerView>,
    /// What the coordinator knows and does.
    pub coordinator: CoordinatorView,
    /// The clients in the order of their ids; the first does what a person asks for.
    pub clients: Vec<ClientView>,
    /// The links between servers, and between servers and the coordinator.
    pub links: Vec<LinkView>,
    /// The links between clients and others that are cut.
    pub client_cuts: Vec<LinkView>,
    /// The messages under way, in the order in which they were sent.
    pub messages: Vec<MessageView>,
    /// The last operations of all clients, oldest first.
    pub operations: Vec<OperationView>,
    /// The redundant services.
    pub services: Vec<ServiceView>,
    /// The survival ledger.
    pub ledger: Ledger,
    /// The policy of the replicated group.
    pub policy: Policy,
}

/// Whether a server runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerStatus {
    /// It runs.
    Up,
    /// It does nothing for a while; it keeps its memory.
    Paused,
    /// It stopped; its disk is kept.
    Crashed,
    /// It stopped and its disk is lost.
    Killed,
}

/// What a server is in the replicated group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It gets all the updates.
    Primary,
    /// It follows the primary and has all that was acknowledged.
    Replica,
    /// It is up, but catches up or waits to be let in.
    Joining,
    /// It does not run.
    Down,
}

/// One server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerView {
    /// Its id.
    pub id: ServerId,
    /// Its failure domain.
    pub zone: ZoneId,
    /// Whether it runs.
    pub status: ServerStatus,
    /// What it is, by its own belief: after a partition two servers can believe to be primary.
    pub role: Role,
    /// The highest epoch that it has seen.
    pub epoch: Epoch,
    /// Whether the coordinator suspects it.
    pub suspected: bool,
    /// What it is in each replica group of which it has a part, by its own belief.
    pub groups: Vec<GroupRoleView>,
    /// How its disk does.
    pub disk: DiskCondition,
    /// How much faster than the truth its clock runs, in parts per million.
    pub clock_drift_ppm: i32,
    /// The bytes of files on its disk.
    pub used_bytes: u64,
    /// How many updates the replicated group's log has in its memory: its last index.
    pub last_index: u64,
    /// The copies on it: a killed server has none.
    pub copies: Vec<CopyView>,
    /// What waits at this primary, if anything does.
    pub waiting: Option<WaitingView>,
}

/// A client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClientView {
    /// Its id.
    pub id: ClientId,
    /// The zone in which it stands, if it stands in one.
    pub zone: Option<ZoneId>,
}

/// What a server is in one group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GroupRoleView {
    /// The group.
    pub group: GroupId,
    /// What the server is in it.
    pub role: Role,
    /// The highest epoch that it has seen.
    pub epoch: Epoch,
}

/// One copy of a file on a server.
#[derive(Clone, Debug, PartialEq)]
pub struct CopyView {
    /// The file.
    pub file: FileId,
    /// The name of the file.
    pub name: String,
    /// The version of this copy.
    pub version: Version,
    /// How it compares with what was acknowledged.
    pub health: CopyHealth,
    /// Whether it is on disk yet; if not, a crash loses it.
    pub on_disk: bool,
    /// Its bytes.
    pub content: Content,
    /// The replica group of the file.
    pub group: GroupId,
    /// Whether its server is the primary of the file's group, by its own belief.
    pub is_primary: bool,
}

/// Updates that wait at the primary for acks, and for whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingView {
    /// How many updates wait their turn.
    pub queued: usize,
    /// The file and version-to-be of the first that waits, if any waits.
    pub next_file: Option<String>,
    /// How many replicas have acknowledged the oldest update under way.
    pub acks: usize,
    /// How many acknowledgements it needs.
    pub acks_needed: usize,
    /// The in-sync replicas that have not acknowledged it.
    pub missing: Vec<ServerId>,
    /// How many updates may be under way at once.
    pub window: usize,
}

/// What the coordinator knows and does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CoordinatorView {
    /// The epoch of its last decision.
    pub epoch: Epoch,
    /// The primary that it named, if there is one.
    pub primary: Option<ServerId>,
    /// The servers that have all that was acknowledged and may be promoted.
    pub in_sync: Vec<ServerId>,
    /// The servers that it suspects.
    pub suspects: Vec<ServerId>,
    /// Whether it is looking for a new primary.
    pub electing: bool,
    /// Whether nobody takes the primary's place until an operator names a server.
    pub waits_for_operator: bool,
    /// Its nodes.
    pub nodes: Vec<CoordinatorNodeView>,
    /// What it has decided about each group.
    pub groups: Vec<GroupView>,
}

/// A node of the coordinator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CoordinatorNodeView {
    /// Its id.
    pub id: CoordinatorId,
    /// Whether it runs.
    pub is_up: bool,
    /// Whether it leads, by its own belief.
    pub leads: bool,
}

/// A replica group or a service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupView {
    /// Its id.
    pub id: GroupId,
    /// The epoch of the last decision about it.
    pub epoch: Epoch,
    /// Its primary, if it has one.
    pub primary: Option<ServerId>,
    /// The servers that have all that was acknowledged.
    pub in_sync: Vec<ServerId>,
    /// The servers that catch up.
    pub joining: Vec<ServerId>,
    /// Whether a new primary is looked for.
    pub electing: bool,
    /// Whether nobody takes the primary's place until an operator names a server.
    pub waits_for_operator: bool,
}

/// A redundant service and its instances.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceView {
    /// Its name.
    pub name: String,
    /// How its instances share the work, in a word: `active–standby`.
    pub mode: &'static str,
    /// Its instances, in the order of their servers.
    pub instances: Vec<InstanceView>,
}

/// An instance of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InstanceView {
    /// The server on which it runs.
    pub server: ServerId,
    /// What it does.
    pub duty: Duty,
    /// The highest epoch that it has seen.
    pub epoch: Epoch,
}

/// What an instance of a service does, by its own belief.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// It answers calls.
    Serves,
    /// It would take over.
    StandsBy,
    /// It runs, and waits to be let in.
    Joins,
    /// It does not run.
    Down,
}

/// A link between two nodes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkView {
    /// One end.
    pub first: NodeId,
    /// The other end.
    pub second: NodeId,
    /// Whether it is cut, in one direction at least.
    pub cut: bool,
    /// If it is cut in one direction only: who sends in vain.
    pub cut_from: Option<NodeId>,
    /// Since when it is cut, if it is.
    pub cut_since: Option<Time>,
    /// How well it works, in the worse of its two directions.
    pub quality: LinkQuality,
}

/// What a message is for: each kind has its own shape on the stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
pub enum MessageKind {
    /// A client's request.
    Request,
    /// The answer to a client.
    Answer,
    /// An update, from the primary to a replica.
    Update,
    /// A replica's message that it has received an update.
    Ack,
    /// A sign of life.
    Heartbeat,
    /// Part of a failover: prepare, promise, a new view.
    Election,
    /// A full copy of all files.
    FullCopy,
    /// Anything else between servers: probes, refusals, reports.
    Control,
}

/// A message under way. It is at `(now − sent) / (arrives − sent)` of its way.
#[derive(Clone, Debug, PartialEq)]
pub struct MessageView {
    /// Its id.
    pub id: MessageId,
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// What it is for.
    pub kind: MessageKind,
    /// The file that it carries, if it carries one.
    pub file: Option<FileId>,
    /// A short label such as `v4`, or nothing.
    pub label: String,
    /// When it was sent.
    pub sent: Time,
    /// When it arrives, or would have.
    pub arrives: Time,
    /// When it was lost, if it was: it is shown dying from then until `arrives`.
    pub lost: Option<Time>,
    /// Whether nobody will be there to receive it as things stand.
    pub doomed: bool,
}

/// What a client asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum OperationKind {
    /// To write a file.
    Write,
    /// To read a file.
    Read,
    /// To delete a file.
    Delete,
    /// To be served by a service.
    Call,
}

/// What the client knows of an operation.
#[derive(Clone, Debug, PartialEq)]
pub enum OutcomeView {
    /// No answer yet.
    Pending,
    /// It was told ok: for a write the version, for a read what was read (`None`: no such file).
    Ok {
        /// The version that was written or read.
        version: Option<Version>,
        /// What was read.
        content: Option<Content>,
    },
    /// It was told no; nothing was done. The reason is a sentence.
    Refused(String),
    /// No answer came in time: it may or may not have been done.
    Unknown,
}

/// One operation of a client.
#[derive(Clone, Debug, PartialEq)]
pub struct OperationView {
    /// Its id.
    pub id: OperationId,
    /// The client.
    pub client: ClientId,
    /// What was asked for.
    pub kind: OperationKind,
    /// The file or the service.
    pub file: FileId,
    /// The name of the file.
    pub name: String,
    /// When it was asked.
    pub started: Time,
    /// When the client learned the outcome.
    pub ended: Option<Time>,
    /// The outcome as the client knows it.
    pub outcome: OutcomeView,
}
