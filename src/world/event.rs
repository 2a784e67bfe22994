//! What happens in a world.

use serde::{Deserialize, Serialize};

use super::command::Direction;
use super::hazard::HazardKind;
use super::view::{MessageKind, OperationKind};
use crate::client::Refusal;
use crate::replication::{Answer, Change, CouncilMessage, Epoch, Message, PolicyChange, Request, Vacancy, Version};
use crate::sim::{
    ClientId, CoordinatorId, DiskCondition, EventId, FileId, GroupId, LinkQuality, MessageId, NodeId, OperationId,
    ServerId, Span, Time, ZoneId,
};

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
    /// The group that it is about, if it is about one.
    pub group: Option<GroupId>,
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
    /// The link is bad.
    BadLink,
    /// The receiver's disk is full.
    DiskFull,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the sentence of each event, in sentence.rs, says what its fields mean")]
pub enum EventKind {
    ServerAdded {
        server: ServerId,
        zone: ZoneId,
    },
    ServerLeaves {
        server: ServerId,
    },
    ServerRemoved {
        server: ServerId,
    },
    ServerCrashed {
        server: ServerId,
        unsynced: bool,
    },
    ServerKilled {
        server: ServerId,
    },
    ServerRestarted {
        server: ServerId,
        with_empty_disk: bool,
    },
    ServerPaused {
        server: ServerId,
    },
    ServerResumed {
        server: ServerId,
    },
    DiskWiped {
        server: ServerId,
    },
    CopyRotted {
        server: ServerId,
        file: FileId,
        version: Version,
    },
    DiskChanged {
        server: ServerId,
        condition: DiskCondition,
    },
    ClockSkewed {
        server: ServerId,
        offset_us: i64,
        drift_ppm: i32,
    },
    ZoneFailed {
        zone: ZoneId,
    },
    ZoneReturned {
        zone: ZoneId,
    },
    LinkCut {
        first: NodeId,
        second: NodeId,
    },
    LinkCutOneWay {
        from: NodeId,
        to: NodeId,
    },
    LinkHealed {
        first: NodeId,
        second: NodeId,
    },
    LinkChanged {
        from: NodeId,
        to: NodeId,
        both_ways: bool,
        quality: LinkQuality,
    },
    Partitioned {
        side: Vec<NodeId>,
        direction: Direction,
    },
    AllHealed,
    CoordinatorCrashed {
        node: CoordinatorId,
    },
    CoordinatorRestarted {
        node: CoordinatorId,
    },
    LeadsCouncil {
        node: CoordinatorId,
        term: u64,
    },
    PromotionAsked {
        server: ServerId,
    },
    OperationStarted {
        operation: OperationId,
        client: NodeId,
        kind: OperationKind,
        file: FileId,
    },
    OperationDone {
        operation: OperationId,
        client: NodeId,
        kind: OperationKind,
        file: FileId,
        version: Version,
    },
    OperationFound {
        operation: OperationId,
        client: NodeId,
        file: FileId,
        version: Option<Version>,
        damaged: bool,
    },
    OperationServed {
        operation: OperationId,
        client: NodeId,
        file: FileId,
    },
    OperationRetried {
        operation: OperationId,
        client: NodeId,
        file: FileId,
        attempt: u8,
        with_key: bool,
    },
    OperationRefused {
        operation: OperationId,
        client: NodeId,
        kind: OperationKind,
        file: FileId,
        refusal: Refusal,
    },
    OperationUnknown {
        operation: OperationId,
        client: NodeId,
        kind: OperationKind,
        file: FileId,
    },
    MessageSent {
        message: MessageId,
        from: NodeId,
        to: NodeId,
        cargo: Cargo,
    },
    MessageReceived {
        message: MessageId,
        from: NodeId,
        to: NodeId,
        cargo: Cargo,
    },
    MessageLost {
        message: MessageId,
        from: NodeId,
        to: NodeId,
        cargo: Cargo,
        reason: LossReason,
    },
    MessageDoubled {
        message: MessageId,
        from: NodeId,
        to: NodeId,
        cargo: Cargo,
    },
    UpdateLogged {
        server: ServerId,
        group: GroupId,
        file: FileId,
        version: Version,
        operation: OperationId,
        epoch: Epoch,
        index: u64,
    },
    UpdateWaits {
        server: ServerId,
        file: FileId,
        acks: usize,
        acks_needed: usize,
        window: usize,
    },
    UpdateOnDisk {
        server: ServerId,
        group: GroupId,
        file: FileId,
        version: Version,
        operation: OperationId,
        epoch: Epoch,
        index: u64,
    },
    UpdateApplied {
        server: ServerId,
        group: GroupId,
        file: FileId,
        version: Version,
        index: u64,
    },
    AckCounted {
        server: ServerId,
        group: GroupId,
        by: ServerId,
        index: u64,
        acks: usize,
        acks_needed: usize,
    },
    UpdateAnswered {
        server: ServerId,
        group: GroupId,
        file: FileId,
        version: Version,
        operation: OperationId,
        acks: usize,
    },
    UpdateNotConfirmed {
        server: ServerId,
        file: FileId,
        version: Version,
        operation: OperationId,
    },
    RequestRepeated {
        server: ServerId,
        file: FileId,
        operation: OperationId,
    },
    WentAsync {
        server: ServerId,
        group: GroupId,
    },
    BackInSync {
        server: ServerId,
        group: GroupId,
    },
    RotFound {
        server: ServerId,
        file: FileId,
    },
    RotRepaired {
        server: ServerId,
        file: FileId,
        from: ServerId,
    },
    BecamePrimary {
        server: ServerId,
        group: GroupId,
        epoch: Epoch,
    },
    SteppedDown {
        server: ServerId,
        group: GroupId,
        epoch: Epoch,
        newer: Epoch,
    },
    Fenced {
        server: ServerId,
        group: GroupId,
        from: NodeId,
        stale: Epoch,
        current: Epoch,
    },
    Truncated {
        server: ServerId,
        group: GroupId,
        from_index: u64,
        count: u64,
    },
    CatchesUp {
        server: ServerId,
        group: GroupId,
        replica: ServerId,
        from_index: u64,
        count: u64,
    },
    FullCopySent {
        server: ServerId,
        group: GroupId,
        replica: ServerId,
    },
    FullCopyTaken {
        server: ServerId,
        group: GroupId,
        files: usize,
    },
    Lags {
        server: ServerId,
        group: GroupId,
        replica: ServerId,
    },
    CaughtUp {
        server: ServerId,
        group: GroupId,
        replica: ServerId,
    },
    Suspected {
        server: ServerId,
    },
    HeardAgain {
        server: ServerId,
    },
    ElectionStarted {
        group: GroupId,
        epoch: Epoch,
        /// The only server that may become primary, if there is but one.
        only: Option<ServerId>,
    },
    Promoted {
        server: ServerId,
        group: GroupId,
        epoch: Epoch,
        index: u64,
        by_hand: bool,
    },
    NoCandidate {
        group: GroupId,
        epoch: Epoch,
    },
    WaitsForOperator {
        group: GroupId,
        /// The primary that there was.
        primary: ServerId,
        vacancy: Vacancy,
    },
    InSyncChanged {
        group: GroupId,
        servers: Vec<ServerId>,
    },
    GivenUp {
        server: ServerId,
    },
    RepairStarted {
        server: ServerId,
        group: GroupId,
    },
    Trimmed {
        server: ServerId,
        group: GroupId,
    },
    GroupDropped {
        server: ServerId,
        group: GroupId,
    },
    FullCopyHeldUp {
        server: ServerId,
        group: GroupId,
        replica: ServerId,
        file: FileId,
    },
    PolicyChanged {
        changes: Vec<PolicyChange>,
    },
    WorkloadChanged {
        client: ClientId,
        rate_per_second_hundredths: u32,
        read_percent: u8,
    },
    ChaosBegan {
        kinds: Vec<HazardKind>,
        span: Span,
    },
    ChaosEnded,
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
            EventKind::MessageSent { .. }
            | EventKind::MessageReceived { .. }
            | EventKind::MessageDoubled { .. }
            | EventKind::UpdateAnswered { .. }
            | EventKind::UpdateApplied { .. } => Importance::Routine,
            EventKind::MessageLost { cargo, .. } => match cargo.kind {
                MessageKind::Heartbeat | MessageKind::Election | MessageKind::Control => Importance::Routine,
                _ => Importance::Loss,
            },
            EventKind::OperationFound { damaged: true, .. }
            | EventKind::OperationRefused { .. }
            | EventKind::OperationUnknown { .. }
            | EventKind::UpdateNotConfirmed { .. }
            | EventKind::CopyRotted { .. }
            | EventKind::Truncated { .. }
            | EventKind::Fenced { .. } => Importance::Loss,
            EventKind::OperationDone { .. }
            | EventKind::OperationFound { .. }
            | EventKind::OperationServed { .. }
            | EventKind::AckCounted { .. }
            | EventKind::RotRepaired { .. }
            | EventKind::BackInSync { .. }
            | EventKind::CaughtUp { .. } => Importance::Good,
            EventKind::UpdateWaits { .. }
            | EventKind::Lags { .. }
            | EventKind::FullCopyHeldUp { .. }
            | EventKind::WentAsync { .. }
            | EventKind::WaitsForOperator { .. }
            | EventKind::NoCandidate { .. } => Importance::Waiting,
            EventKind::ServerCrashed { .. }
            | EventKind::ServerKilled { .. }
            | EventKind::ServerPaused { .. }
            | EventKind::DiskWiped { .. }
            | EventKind::DiskChanged { .. }
            | EventKind::ClockSkewed { .. }
            | EventKind::ZoneFailed { .. }
            | EventKind::LinkCut { .. }
            | EventKind::LinkCutOneWay { .. }
            | EventKind::LinkChanged { .. }
            | EventKind::Partitioned { .. }
            | EventKind::CoordinatorCrashed { .. }
            | EventKind::RotFound { .. }
            | EventKind::Suspected { .. } => Importance::Fault,
            EventKind::ElectionStarted { .. }
            | EventKind::Promoted { .. }
            | EventKind::PromotionAsked { .. }
            | EventKind::LeadsCouncil { .. }
            | EventKind::BecamePrimary { .. }
            | EventKind::SteppedDown { .. } => Importance::Failover,
            EventKind::ServerAdded { .. }
            | EventKind::ServerLeaves { .. }
            | EventKind::ServerRemoved { .. }
            | EventKind::ServerRestarted { .. }
            | EventKind::ServerResumed { .. }
            | EventKind::ZoneReturned { .. }
            | EventKind::LinkHealed { .. }
            | EventKind::AllHealed
            | EventKind::PolicyChanged { .. }
            | EventKind::WorkloadChanged { .. }
            | EventKind::ChaosBegan { .. }
            | EventKind::ChaosEnded
            | EventKind::CoordinatorRestarted { .. }
            | EventKind::OperationStarted { .. }
            | EventKind::OperationRetried { .. }
            | EventKind::RequestRepeated { .. }
            | EventKind::UpdateLogged { .. }
            | EventKind::UpdateOnDisk { .. }
            | EventKind::CatchesUp { .. }
            | EventKind::FullCopySent { .. }
            | EventKind::FullCopyTaken { .. }
            | EventKind::HeardAgain { .. }
            | EventKind::GivenUp { .. }
            | EventKind::RepairStarted { .. }
            | EventKind::Trimmed { .. }
            | EventKind::GroupDropped { .. }
            | EventKind::InSyncChanged { .. } => Importance::Notable,
        }
    }
}

impl Cargo {
    /// What `message` carries.
    #[must_use]
    pub fn of(message: &Message, group: Option<GroupId>) -> Self {
        let plain = |kind| Self { kind, group, file: None, version: None, count: 0, epoch: None };
        match message {
            Message::Request { request, .. } => {
                let file = match request {
                    Request::Change { file, .. } | Request::Read { file, .. } => Some(*file),
                    Request::Call => None,
                };
                let count = u64::from(matches!(request, Request::Change { change: Change::Put(_), .. }));
                Self { file, count, ..plain(MessageKind::Request) }
            }
            Message::Answer { answer, .. } => {
                let version = match answer {
                    Answer::Done { version } => Some(*version),
                    Answer::Found(copy) => copy.as_ref().map(|copy| copy.version),
                    _ => None,
                };
                Self { version, ..plain(MessageKind::Answer) }
            }
            Message::WhoIsPrimary(_) => plain(MessageKind::Request),
            Message::PrimaryIs { .. } => plain(MessageKind::Answer),
            Message::Heartbeat { .. } | Message::Lease { .. } | Message::Ping { .. } | Message::Pong { .. } => {
                plain(MessageKind::Heartbeat)
            }
            Message::PartIn { .. } | Message::FetchCopy { .. } | Message::NoGoodCopy { .. } => {
                plain(MessageKind::Control)
            }
            Message::GoodCopy { file, copy } => {
                Self { file: Some(*file), version: Some(copy.version), count: 1, ..plain(MessageKind::FullCopy) }
            }
            Message::Council(council) => match council {
                CouncilMessage::Decide { .. } | CouncilMessage::Accepted { .. } => plain(MessageKind::Heartbeat),
                CouncilMessage::WantsToLead { .. } | CouncilMessage::Vote { .. } | CouncilMessage::Outdated { .. } => {
                    plain(MessageKind::Election)
                }
            },
            Message::Prepare { epoch } | Message::Promise { epoch, .. } => {
                Self { epoch: Some(*epoch), ..plain(MessageKind::Election) }
            }
            Message::NewMembership(membership) => {
                Self { epoch: Some(membership.epoch), ..plain(MessageKind::Election) }
            }
            Message::CaughtUp { epoch, .. }
            | Message::Lags { epoch, .. }
            | Message::MayLeave { epoch, .. }
            | Message::Mismatch { epoch, .. } => Self { epoch: Some(*epoch), ..plain(MessageKind::Control) },
            Message::Refused { current } => Self { epoch: Some(*current), ..plain(MessageKind::Control) },
            Message::Append { epoch, updates, .. } => match updates.last() {
                Some(update) => Self {
                    kind: MessageKind::Update,
                    group,
                    file: Some(update.file),
                    version: Some(update.version),
                    count: updates.len() as u64,
                    epoch: Some(*epoch),
                },
                None => Self { epoch: Some(*epoch), ..plain(MessageKind::Control) },
            },
            Message::Appended { epoch, index, .. } | Message::Noticed { epoch, index, .. } => {
                Self { count: *index, epoch: Some(*epoch), ..plain(MessageKind::Ack) }
            }
            Message::FullCopy { epoch, snapshot, .. } => {
                Self { count: snapshot.files.len() as u64, epoch: Some(*epoch), ..plain(MessageKind::FullCopy) }
            }
        }
    }
}
