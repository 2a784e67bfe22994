//! What happens in a world.

use serde::{Deserialize, Serialize};

use super::view::{MessageKind, OperationKind};
use crate::client::Refusal;
use crate::replication::{Answer, Change, Epoch, Message, Request, Version};
use crate::sim::{EventId, FileId, MessageId, NodeId, OperationId, ServerId, Time, ZoneId};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Event {
    /// Its id; ids grow without holes.
    pub id: EventId,
    /// When it happened.
    pub at: Time,
    /// The event that caused it; none for a command and for what only time brings about.
    pub cause: Option<EventId>,
    /// What happened.
    pub kind: EventKind,
}

/// What a message carries, in short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cargo {
    /// What the message is for.
    pub kind: MessageKind,
    /// The file that it is about, if it is about one.
    pub file: Option<FileId>,
    /// The version that it carries, if it carries one.
    pub version: Option<Version>,
    /// How many updates or files it carries.
    pub count: u64,
    /// The epoch that it names, if it names one.
    pub epoch: Option<Epoch>,
}

/// Why a message was lost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LossReason {
    /// The link was cut.
    LinkCut,
    /// The receiver was down.
    ReceiverDown,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the sentence of each event, in sentence.rs, says what its fields mean")]
pub enum EventKind {
    ServerAdded { server: ServerId, zone: ZoneId },
    ServerRemoved { server: ServerId },
    ServerCrashed { server: ServerId, unsynced: bool },
    ServerKilled { server: ServerId },
    ServerRestarted { server: ServerId, with_empty_disk: bool },
    LinkCut { first: NodeId, second: NodeId },
    LinkHealed { first: NodeId, second: NodeId },
    PromotionAsked { server: ServerId },
    OperationStarted { operation: OperationId, client: NodeId, kind: OperationKind, file: FileId },
    OperationDone { operation: OperationId, client: NodeId, kind: OperationKind, file: FileId, version: Version },
    OperationFound { operation: OperationId, client: NodeId, file: FileId, version: Option<Version> },
    OperationRefused { operation: OperationId, client: NodeId, kind: OperationKind, file: FileId, refusal: Refusal },
    OperationUnknown { operation: OperationId, client: NodeId, kind: OperationKind, file: FileId },
    MessageSent { message: MessageId, from: NodeId, to: NodeId, cargo: Cargo },
    MessageReceived { message: MessageId, from: NodeId, to: NodeId, cargo: Cargo },
    MessageLost { message: MessageId, from: NodeId, to: NodeId, cargo: Cargo, reason: LossReason },
    UpdateLogged { server: ServerId, file: FileId, version: Version, operation: OperationId, epoch: Epoch, index: u64 },
    UpdateWaits { server: ServerId, file: FileId, acks: usize, acks_needed: usize, window: usize },
    UpdateOnDisk { server: ServerId, file: FileId, version: Version, operation: OperationId, index: u64 },
    AckCounted { server: ServerId, by: ServerId, index: u64, acks: usize, acks_needed: usize },
    BecamePrimary { server: ServerId, epoch: Epoch },
    SteppedDown { server: ServerId, epoch: Epoch, newer: Epoch },
    Fenced { server: ServerId, from: NodeId, stale: Epoch, current: Epoch },
    Truncated { server: ServerId, from_index: u64, count: u64 },
    CatchesUp { server: ServerId, replica: ServerId, from_index: u64, count: u64 },
    FullCopySent { server: ServerId, replica: ServerId },
    FullCopyTaken { server: ServerId, files: usize },
    Lags { server: ServerId, replica: ServerId },
    CaughtUp { server: ServerId, replica: ServerId },
    Suspected { server: ServerId },
    HeardAgain { server: ServerId },
    ElectionStarted { epoch: Epoch },
    Promoted { server: ServerId, epoch: Epoch, index: u64, by_hand: bool },
    NoCandidate { epoch: Epoch },
    InSyncChanged { servers: Vec<ServerId> },
}

/// How much an event matters to someone who watches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Importance {
    /// The ordinary traffic.
    Routine,
    /// Worth reading.
    Notable,
    /// An acknowledgement or a good end.
    Good,
    /// Something waits.
    Waiting,
    /// Something broke.
    Fault,
    /// Something was lost, or nobody knows.
    Loss,
    /// A primary fell or rose.
    Failover,
}

impl Event {
    /// How much the event matters to someone who watches.
    #[must_use]
    pub fn importance(&self) -> Importance {
        match &self.kind {
            EventKind::MessageSent { .. } | EventKind::MessageReceived { .. } => Importance::Routine,
            EventKind::MessageLost { cargo, .. } => match cargo.kind {
                MessageKind::Heartbeat | MessageKind::Election | MessageKind::Control => Importance::Routine,
                _ => Importance::Loss,
            },
            EventKind::OperationDone { .. }
            | EventKind::OperationFound { .. }
            | EventKind::AckCounted { .. }
            | EventKind::CaughtUp { .. } => Importance::Good,
            EventKind::UpdateWaits { .. } | EventKind::Lags { .. } | EventKind::NoCandidate { .. } => {
                Importance::Waiting
            }
            EventKind::ServerCrashed { .. }
            | EventKind::ServerKilled { .. }
            | EventKind::LinkCut { .. }
            | EventKind::Suspected { .. } => Importance::Fault,
            EventKind::OperationRefused { .. }
            | EventKind::OperationUnknown { .. }
            | EventKind::Truncated { .. }
            | EventKind::Fenced { .. } => Importance::Loss,
            EventKind::ElectionStarted { .. }
            | EventKind::Promoted { .. }
            | EventKind::PromotionAsked { .. }
            | EventKind::BecamePrimary { .. }
            | EventKind::SteppedDown { .. } => Importance::Failover,
            EventKind::ServerAdded { .. }
            | EventKind::ServerRemoved { .. }
            | EventKind::ServerRestarted { .. }
            | EventKind::LinkHealed { .. }
            | EventKind::OperationStarted { .. }
            | EventKind::UpdateLogged { .. }
            | EventKind::UpdateOnDisk { .. }
            | EventKind::CatchesUp { .. }
            | EventKind::FullCopySent { .. }
            | EventKind::FullCopyTaken { .. }
            | EventKind::HeardAgain { .. }
            | EventKind::InSyncChanged { .. } => Importance::Notable,
        }
    }
}

impl Cargo {
    /// What `message` carries.
    #[must_use]
    pub fn of(message: &Message) -> Self {
        let plain = |kind| Self { kind, file: None, version: None, count: 0, epoch: None };
        match message {
            Message::Request { request, .. } => {
                let (Request::Change { file, .. } | Request::Read { file, .. }) = request;
                let count = u64::from(matches!(request, Request::Change { change: Change::Put(_), .. }));
                Self { file: Some(*file), count, ..plain(MessageKind::Request) }
            }
            Message::Answer { answer, .. } => {
                let version = match answer {
                    Answer::Done { version } => Some(*version),
                    Answer::Found(copy) => copy.as_ref().map(|copy| copy.version),
                    Answer::NotPrimary | Answer::SteppedDown => None,
                };
                Self { version, ..plain(MessageKind::Answer) }
            }
            Message::WhoIsPrimary => plain(MessageKind::Request),
            Message::PrimaryIs(_) => plain(MessageKind::Answer),
            Message::Heartbeat { .. } => plain(MessageKind::Heartbeat),
            Message::Prepare { epoch } | Message::Promise { epoch, .. } => {
                Self { epoch: Some(*epoch), ..plain(MessageKind::Election) }
            }
            Message::NewMembership(membership) => {
                Self { epoch: Some(membership.epoch), ..plain(MessageKind::Election) }
            }
            Message::CaughtUp { epoch, .. } | Message::Lags { epoch, .. } | Message::Mismatch { epoch, .. } => {
                Self { epoch: Some(*epoch), ..plain(MessageKind::Control) }
            }
            Message::Refused { current } => Self { epoch: Some(*current), ..plain(MessageKind::Control) },
            Message::Append { epoch, updates, .. } => match updates.last() {
                Some(update) => Self {
                    kind: MessageKind::Update,
                    file: Some(update.file),
                    version: Some(update.version),
                    count: updates.len() as u64,
                    epoch: Some(*epoch),
                },
                None => Self { epoch: Some(*epoch), ..plain(MessageKind::Control) },
            },
            Message::Appended { epoch, index, .. } => {
                Self { count: *index, epoch: Some(*epoch), ..plain(MessageKind::Ack) }
            }
            Message::FullCopy { epoch, snapshot } => {
                Self { count: snapshot.files.len() as u64, epoch: Some(*epoch), ..plain(MessageKind::FullCopy) }
            }
        }
    }
}
