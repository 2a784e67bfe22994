//! The messages between clients, servers and the coordinator.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{AckWhen, Change, Copy, CouncilMessage, Epoch, Position, Snapshot, Update, Version, WriteId};
use crate::sim::{FileId, GroupId, OperationId, ServerId, Time};

/// Which disk a server runs on and how often it has started: a changed disk has forgotten what the old
/// one promised, and a new start has forgotten what was in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Incarnation {
    /// The number of the disk; a kill replaces it.
    pub disk: u32,
    /// The number of the start.
    pub start: u32,
}

impl Incarnation {
    /// What every new server begins as.
    pub const FIRST: Self = Self { disk: 1, start: 1 };
}

/// The coordinator's decision about a replica group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Grows with each decision about any group; a server takes only newer ones.
    pub number: u64,
    /// The epoch of the primary.
    pub epoch: Epoch,
    /// The primary, if there is one.
    pub primary: Option<ServerId>,
    /// The servers that have all acknowledged updates, the primary among them.
    pub in_sync: BTreeSet<ServerId>,
    /// Servers that are up and have to catch up.
    pub joining: BTreeSet<ServerId>,
    /// In-sync servers that are to go: they may once enough of the others have everything that was acknowledged.
    pub leaving: BTreeSet<ServerId>,
    /// Servers that were in sync, lost their disk, and have not caught up since.
    pub forgetful: BTreeSet<ServerId>,
    /// Servers that could have acknowledged updates when they were taken out of the cluster: they count as
    /// holders until the primary says that enough of the others have everything.
    pub departed: BTreeSet<ServerId>,
    /// The disk and the start of each member that the decision was made for. A later leader of the coordinator
    /// knows by it who has forgotten something since, and a primary that has doesn't take it for its own.
    pub incarnations: BTreeMap<ServerId, Incarnation>,
}

/// What a membership adds to the sum by which a heartbeat says which memberships a server follows: its number, mixed
/// so that other memberships don't add up to the same.
#[must_use]
pub fn share_of_sum(number: u64) -> u64 {
    mixed(number)
}

/// A number of which every bit depends on every bit of another (the finalizer of `SplitMix64`, Steele, Lea and Flood
/// 2014).
pub(crate) fn mixed(number: u64) -> u64 {
    let mixed = (number ^ (number >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^ (mixed >> 31)
}

impl Membership {
    /// Whether the server has a part in the group.
    #[must_use]
    pub fn has(&self, server: ServerId) -> bool {
        self.in_sync.contains(&server) || self.joining.contains(&server)
    }

    /// How many servers can have an acknowledged update, or had it before they lost their disk.
    #[must_use]
    pub fn holders(&self) -> usize {
        if super::mutation::broken(super::mutation::Mutation::ForgetForgetful) {
            return self.in_sync.len();
        }
        let is_forgotten = super::mutation::broken(super::mutation::Mutation::ForgetDeparted);
        let departed = self.departed.iter().filter(|_| !is_forgotten);
        self.in_sync.iter().chain(&self.forgetful).chain(departed).collect::<BTreeSet<_>>().len()
    }
}

/// What a client asks of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// To change a file.
    Change {
        /// The file.
        file: FileId,
        /// The change.
        change: Change,
        /// The name of the write, by which a repeated request is known.
        write: WriteId,
    },
    /// To read a file.
    Read {
        /// The file.
        file: FileId,
        /// Whether any server may answer with what it has, stale or not.
        any_server: bool,
    },
    /// To be served by a service, which keeps nothing.
    Call,
}

/// A server's answer to a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// The change is done as the policy demands.
    Done {
        /// The version that it made.
        version: Version,
    },
    /// What the file is; `None` if this server knows no such file.
    Found(Option<Copy>),
    /// This server is not the primary; nothing was done.
    NotPrimary,
    /// The server was primary and stepped down before it logged the request; nothing was done.
    SteppedDown,
    /// Too few servers are in sync; nothing was done.
    TooFewInSync,
    /// The disk is full; nothing was done.
    DiskFull,
    /// The copy here is damaged: its checksum is wrong, and it is not served.
    Damaged,
    /// The change is logged, but the replicas did not confirm it in time: it may survive or not.
    NotConfirmed,
    /// A service answered.
    Served,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Client → server: a request.
    Request {
        /// The operation.
        operation: OperationId,
        /// What is asked for.
        request: Request,
    },
    /// Server → client: the answer.
    Answer {
        /// The operation.
        operation: OperationId,
        /// The answer.
        answer: Answer,
    },
    /// Client → coordinator: who is the primary of this group?
    WhoIsPrimary(GroupId),
    /// Coordinator → client.
    PrimaryIs {
        /// The group.
        group: GroupId,
        /// Its primary, if there is one.
        primary: Option<ServerId>,
        /// All servers that can answer for it, the primary among them.
        members: Vec<ServerId>,
    },
    /// Server → coordinator: a sign of life.
    Heartbeat {
        /// Disk and start of the sender.
        incarnation: Incarnation,
        /// The sum of [`share_of_sum`] of the memberships that it follows: tells whether it missed one.
        memberships: u64,
        /// What its own clock showed when it sent this.
        clock: Time,
    },
    /// Coordinator → server: I heard you. A primary that is told so may answer reads for the span of its lease.
    Lease {
        /// The clock of the heartbeat.
        clock: Time,
    },
    /// Coordinator → server: promise to follow no primary before this epoch, and say how far you are.
    Prepare {
        /// The epoch to come.
        epoch: Epoch,
    },
    /// Server → coordinator: promised, and on disk.
    Promise {
        /// The epoch that was promised.
        epoch: Epoch,
        /// Disk and start of the sender.
        incarnation: Incarnation,
        /// The end of its log.
        last: Position,
    },
    /// Coordinator → server: the new membership.
    NewMembership(Arc<Membership>),
    /// Primary → coordinator: this server has all updates now and I wait for its acks from now on.
    CaughtUp {
        /// The primary's epoch.
        epoch: Epoch,
        /// The number of the membership that the primary follows: in another one the server may not have had to
        /// acknowledge all along.
        membership: u64,
        /// The server that caught up.
        replica: ServerId,
        /// Disk and start of that server.
        incarnation: Incarnation,
    },
    /// Primary → coordinator: this replica doesn't acknowledge; may I go on without it?
    Lags {
        /// The primary's epoch.
        epoch: Epoch,
        /// The replica.
        replica: ServerId,
    },
    /// Primary → coordinator: all that was acknowledged is safe without this leaving server.
    MayLeave {
        /// The primary's epoch.
        epoch: Epoch,
        /// The number of the membership that told it of the leaving.
        membership: u64,
        /// The server.
        replica: ServerId,
    },
    /// Coordinator → server: these are all groups in which you have a part; drop what you keep of others.
    PartIn {
        /// The groups.
        groups: Vec<GroupId>,
        /// The number of the newest membership that went into the list.
        membership: u64,
        /// Disk and start of the server, as the coordinator has heard: after another start the list says nothing.
        incarnation: Incarnation,
    },
    /// Between the nodes of a coordinator of three.
    Council(CouncilMessage),
    /// Replica → primary: an update has come this far, where the policy counts that as its acknowledgement.
    Noticed {
        /// The epoch of the append.
        epoch: Epoch,
        /// The last index that has come so far.
        index: u64,
        /// How far it has come.
        when: AckWhen,
        /// The disk and the start that it is true of.
        incarnation: Incarnation,
    },
    /// Server → other member: my copy of this file is damaged; send me yours.
    FetchCopy {
        /// The file.
        file: FileId,
    },
    /// The answer to [`Message::FetchCopy`].
    GoodCopy {
        /// The file.
        file: FileId,
        /// A copy whose checksum is right.
        copy: Copy,
    },
    /// The other answer to [`Message::FetchCopy`]: there is no copy, or it is damaged too.
    NoGoodCopy {
        /// The file.
        file: FileId,
    },
    /// Primary → replica: updates that follow `previous`. Without updates it asks whether the logs agree there.
    Append {
        /// The primary's epoch.
        epoch: Epoch,
        /// The place before the first update.
        previous: Position,
        /// The updates, in order.
        updates: Vec<Arc<Update>>,
        /// The index at which the primary's log ends: an older tail beyond it has to go.
        end_index: u64,
        /// The number of the membership in which the receiver has its part.
        membership: u64,
    },
    /// Replica → primary: received and on disk up to `index`.
    Appended {
        /// The epoch of the append.
        epoch: Epoch,
        /// The last index that is on disk and agrees with the primary's log.
        index: u64,
        /// Disk and start of the sender.
        incarnation: Incarnation,
    },
    /// Replica → primary: my log is another one at that place.
    Mismatch {
        /// The epoch of the append.
        epoch: Epoch,
        /// The last place at which the two logs may agree; `None` if only a full copy can help.
        agreeing: Option<Position>,
    },
    /// Primary → replica: I have heard nothing from you for a while; are you there?
    Ping {
        /// The primary's epoch.
        epoch: Epoch,
    },
    /// The answer to [`Message::Ping`].
    Pong {
        /// The epoch of the ping.
        epoch: Epoch,
        /// Disk and start of the sender.
        incarnation: Incarnation,
    },
    /// Primary → replica: a full copy of all files.
    FullCopy {
        /// The primary's epoch.
        epoch: Epoch,
        /// The files.
        snapshot: Snapshot,
        /// The number of the membership in which the receiver has its part.
        membership: u64,
    },
    /// Replica → sender: your epoch is over.
    Refused {
        /// The refusing server's epoch.
        current: Epoch,
    },
}

impl Message {
    /// The bytes that the message takes on a link: its files, and some 100 bytes of header.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        let body = match self {
            Self::Request { request: Request::Change { change: Change::Put(content), .. }, .. } => content.size_bytes(),
            Self::Answer { answer: Answer::Found(Some(copy)), .. } | Self::GoodCopy { copy, .. } => copy.size_bytes(),
            Self::Append { updates, .. } => updates.iter().map(|update| update.size_bytes()).sum(),
            Self::FullCopy { snapshot, .. } => snapshot.files.values().map(Copy::size_bytes).sum(),
            _ => 0,
        };
        100 + body
    }
}
