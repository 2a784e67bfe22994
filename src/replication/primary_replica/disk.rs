//! What a primary–replica server has on disk, and how it changes.

use std::sync::Arc;

use crate::replication::{Copy, Epoch, Snapshot, Store, Update};
use crate::sim::{Durable, FileId};

/// What a server has on disk: the epoch that it promised, its log and its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PrimaryReplicaDisk {
    /// The highest epoch that it promised or followed.
    pub epoch: Epoch,
    /// Log and files.
    pub store: Store,
}

/// A change on the disk.
#[derive(Clone, Debug)]
pub enum Record {
    /// A new epoch.
    Epoch(Epoch),
    /// An update at the end of the log, which keeps so many.
    Append(Arc<Update>, usize),
    /// All updates from this index on are cut off.
    Truncate(u64),
    /// A full copy replaces everything.
    Install(Snapshot),
    /// A good copy replaces a damaged one of the same write.
    Repair(FileId, Copy),
}

impl Record {
    /// The bytes that it takes on the disk, with some 100 bytes of header.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        match self {
            Self::Epoch(_) | Self::Truncate(_) => 100,
            Self::Append(update, _) => update.size_bytes(),
            Self::Install(snapshot) => 100 + snapshot.files.values().map(Copy::size_bytes).sum::<u64>(),
            Self::Repair(_, copy) => 100 + copy.size_bytes(),
        }
    }
}

impl Durable for PrimaryReplicaDisk {
    type Record = Record;

    fn apply(&mut self, record: Record) {
        match record {
            Record::Epoch(epoch) => self.epoch = epoch,
            Record::Append(update, log_limit) => self.store.append(update, log_limit),
            Record::Truncate(from_index) => {
                self.store.truncate(from_index);
            }
            Record::Install(snapshot) => self.store.install(snapshot),
            Record::Repair(file, copy) => {
                self.store.repair(file, &copy);
            }
        }
    }

    fn size_bytes(&self) -> u64 {
        self.store.size_bytes()
    }
}
