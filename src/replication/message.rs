//! The messages between clients, servers and the coordinator.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Change, Copy, Epoch, Position, Snapshot, Update, Version};
use crate::sim::{FileId, OperationId, ServerId};

/// Which disk a server runs on and how often it has started: a changed disk has forgotten what the old
/// one promised, and a new start has forgotten what was in memory.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Incarnation {
    /// The number of the disk; a kill replaces it.
    pub disk: u32,
    /// The number of the start.
    pub start: u32,
}

/// The coordinator's decision about a replica group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Membership {
    /// Grows with each decision; a server takes only newer ones.
    pub number: u64,
    /// The epoch of the primary.
    pub epoch: Epoch,
    /// The primary, if there is one.
    pub primary: Option<ServerId>,
    /// The servers that have all acknowledged updates, the primary among them.
    pub in_sync: BTreeSet<ServerId>,
    /// Servers that are up and have to catch up.
    pub joining: BTreeSet<ServerId>,
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
    },
    /// To read a file.
    Read {
        /// The file.
        file: FileId,
        /// Whether any server may answer with what it has, stale or not.
        any_server: bool,
    },
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
    /// Client → coordinator: who is the primary?
    WhoIsPrimary,
    /// Coordinator → client.
    PrimaryIs(Option<ServerId>),
    /// Server → coordinator: a sign of life.
    Heartbeat {
        /// Disk and start of the sender.
        incarnation: Incarnation,
        /// The number of the last membership that it took.
        membership: u64,
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
    /// Primary → replica: a full copy of all files.
    FullCopy {
        /// The primary's epoch.
        epoch: Epoch,
        /// The files.
        snapshot: Snapshot,
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
            Self::Answer { answer: Answer::Found(Some(copy)), .. } => copy_size_bytes(copy),
            Self::Append { updates, .. } => updates.iter().map(|update| update.size_bytes()).sum(),
            Self::FullCopy { snapshot, .. } => snapshot.files.values().map(copy_size_bytes).sum(),
            _ => 0,
        };
        100 + body
    }
}

fn copy_size_bytes(copy: &Copy) -> u64 {
    copy.content.as_ref().map_or(0, crate::sim::Content::size_bytes)
}
