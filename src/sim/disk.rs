//! A disk: what is written to it survives a crash once it is synced.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use super::{Latency, Span, Stream};

/// State that lives on a disk and changes by records.
pub trait Durable: Clone + Default + core::fmt::Debug {
    /// One change of the state.
    type Record: Clone + core::fmt::Debug;

    /// Makes the change.
    fn apply(&mut self, record: Self::Record);

    /// The bytes that the state takes on the disk.
    fn size_bytes(&self) -> u64;
}

/// How a disk does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskCondition {
    /// Whether it takes no more writes, whatever its capacity.
    pub full: bool,
    /// How many times as long as usual a sync takes; 1 is the usual.
    pub slow_factor: u16,
}

impl Default for DiskCondition {
    fn default() -> Self {
        Self { full: false, slow_factor: 1 }
    }
}

/// The device that syncs what the protocols of one server write.
///
/// One sync runs at a time and covers all records that were written before it began (group commit).
#[derive(Clone, Debug)]
pub struct Disk {
    sync_time: Latency,
    bytes_per_second: u64,
    stream: Stream,
    unsynced_count: usize,
    unsynced_bytes: u64,
    syncing_count: usize,
    condition: DiskCondition,
}

/// A protocol's part of a disk: the durable state, and the records that were written but not yet synced.
#[derive(Clone, Debug)]
pub struct Volume<D: Durable> {
    durable: D,
    unsynced: VecDeque<D::Record>,
    synced_count: u64,
}

impl Disk {
    /// A disk whose syncs take `sync_time`, drawn from `stream`, and the time to write the bytes.
    #[must_use]
    pub fn new(sync_time: Latency, bytes_per_second: u64, stream: Stream) -> Self {
        Self {
            sync_time,
            bytes_per_second: bytes_per_second.max(1),
            stream,
            unsynced_count: 0,
            unsynced_bytes: 0,
            syncing_count: 0,
            condition: DiskCondition::default(),
        }
    }

    /// How it does at the moment.
    #[must_use]
    pub fn condition(&self) -> DiskCondition {
        self.condition
    }

    /// Changes how it does from now on.
    pub fn set_condition(&mut self, condition: DiskCondition) {
        self.condition = DiskCondition { slow_factor: condition.slow_factor.max(1), ..condition };
    }

    /// A record of `size_bytes` was written to one of its volumes.
    pub fn on_written(&mut self, size_bytes: u64) {
        self.unsynced_count += 1;
        self.unsynced_bytes += size_bytes;
    }

    /// Begins a sync of all that is written, unless one runs or nothing is to be synced; returns how long it takes.
    pub fn begin_sync(&mut self) -> Option<Span> {
        if self.syncing_count > 0 || self.unsynced_count == 0 {
            return None;
        }
        self.syncing_count = self.unsynced_count;
        let transfer = self.unsynced_bytes.saturating_mul(1_000_000) / self.bytes_per_second;
        self.unsynced_bytes = 0;
        let usual = self.sync_time.draw(&mut self.stream) + Span::from_micros(transfer);
        Some(Span::from_micros(usual.as_micros().saturating_mul(u64::from(self.condition.slow_factor))))
    }

    /// Ends the sync that runs; returns how many of the oldest records are now on disk.
    pub fn end_sync(&mut self) -> usize {
        let count = core::mem::take(&mut self.syncing_count);
        self.unsynced_count -= count;
        count
    }

    /// The server stops: what was not synced is gone.
    pub fn crash(&mut self) {
        self.unsynced_count = 0;
        self.unsynced_bytes = 0;
        self.syncing_count = 0;
    }
}

impl<D: Durable> Volume<D> {
    /// What is on the disk for good.
    #[must_use]
    pub fn durable(&self) -> &D {
        &self.durable
    }

    /// The medium itself changes what is on it: bit rot.
    pub fn durable_mut(&mut self) -> &mut D {
        &mut self.durable
    }

    /// Whether something was written that a crash would lose.
    #[must_use]
    pub fn has_unsynced(&self) -> bool {
        !self.unsynced.is_empty()
    }

    /// Writes a record, which a crash loses until it is synced.
    pub fn write(&mut self, record: D::Record) {
        self.unsynced.push_back(record);
    }

    /// The oldest record that was not synced is now on disk.
    pub fn sync_one(&mut self) {
        if let Some(record) = self.unsynced.pop_front() {
            self.durable.apply(record);
            self.synced_count += 1;
        }
    }

    /// How many records were synced since the server started.
    #[must_use]
    pub fn synced_count(&self) -> u64 {
        self.synced_count
    }

    /// The server stops: what was not synced is gone.
    pub fn crash(&mut self) {
        self.unsynced.clear();
        self.synced_count = 0;
    }

    /// The disk is replaced by an empty one.
    pub fn wipe(&mut self) {
        self.crash();
        self.durable = D::default();
    }
}

impl<D: Durable> Default for Volume<D> {
    fn default() -> Self {
        Self { durable: D::default(), unsynced: VecDeque::new(), synced_count: 0 }
    }
}
