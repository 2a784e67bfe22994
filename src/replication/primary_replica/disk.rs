//! What a primary–replica server has on disk, and how it changes.

use std::sync::Arc;

use crate::replication::{Epoch, Snapshot, Store, Update};
use crate::sim::Durable;

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
        }
    }
}
