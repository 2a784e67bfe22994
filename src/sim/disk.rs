//! A disk: what is written to it survives a crash once it is synced.

use super::{Latency, Span, Stream};

/// State that lives on a disk and changes by records.
pub trait Durable: Clone + Default + core::fmt::Debug {
    /// One change of the state.
    type Record: Clone + core::fmt::Debug;

    /// Makes the change.
    fn apply(&mut self, record: Self::Record);
}

/// A disk with a durable state, and the records that were written to it but not yet synced.
///
/// One sync runs at a time and covers all records that were written before it began (group commit).
#[derive(Clone, Debug)]
pub struct Disk<D: Durable> {
    durable: D,
    unsynced: Vec<D::Record>,
    syncing: usize,
    synced_count: u64,
    sync_time: Latency,
    stream: Stream,
}

impl<D: Durable> Disk<D> {
    /// An empty disk whose syncs take `sync_time`, drawn from `stream`.
    #[must_use]
    pub fn new(sync_time: Latency, stream: Stream) -> Self {
        Self { durable: D::default(), unsynced: Vec::new(), syncing: 0, synced_count: 0, sync_time, stream }
    }

    /// What is on the disk for good.
    #[must_use]
    pub fn durable(&self) -> &D {
        &self.durable
    }

    /// Whether something was written that a crash would lose.
    #[must_use]
    pub fn has_unsynced(&self) -> bool {
        !self.unsynced.is_empty()
    }

    /// Writes a record, which a crash loses until it is synced.
    pub fn write(&mut self, record: D::Record) {
        self.unsynced.push(record);
    }

    /// Begins a sync of all that is written, unless one runs or nothing is to be synced; returns how long it takes.
    pub fn begin_sync(&mut self) -> Option<Span> {
        if self.syncing > 0 || self.unsynced.is_empty() {
            return None;
        }
        self.syncing = self.unsynced.len();
        Some(self.sync_time.draw(&mut self.stream))
    }

    /// Ends the sync that runs; returns how many records were synced since the disk's server started.
    pub fn end_sync(&mut self) -> u64 {
        for record in self.unsynced.drain(..self.syncing) {
            self.durable.apply(record);
            self.synced_count += 1;
        }
        self.syncing = 0;
        self.synced_count
    }

    /// The server stops: what was not synced is gone.
    pub fn crash(&mut self) {
        self.unsynced.clear();
        self.syncing = 0;
        self.synced_count = 0;
    }

    /// The disk is replaced by an empty one.
    pub fn wipe(&mut self) {
        self.crash();
        self.durable = D::default();
    }
}
