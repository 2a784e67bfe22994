//! Metrics: how well a cluster served its clients, and what that cost. All times are virtual, in whole microseconds.

mod copies;
mod failover;
mod lag;
mod meter;
mod operations;
mod repair;
mod rows;
mod times;

pub use copies::{COPIES_FILES_LIMIT, COPIES_POINTS_LIMIT, CopiesAt, CopiesOverTime};
pub use failover::{FAILOVERS_LIMIT, FailoverTimes};
pub use lag::ReplicaLag;
pub use meter::{Bytes, Meter};
pub use operations::Operations;
pub use repair::Repairs;
pub use rows::Row;
pub use times::Times;

use serde::Serialize;

use crate::sim::Time;

/// What was measured from when the learner entered until now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Metrics {
    /// When the measuring began, in microseconds since the world began.
    pub from: Time,
    /// When it ended: now.
    pub until: Time,
    /// Writes and deletions.
    pub writes: Operations,
    /// Reads.
    pub reads: Operations,
    /// Calls of services.
    pub calls: Operations,
    /// Reads that found a version older than the last one acknowledged when they began.
    pub stale_reads: u64,
    /// Reads that got bytes with a wrong checksum.
    pub damaged_reads: u64,
    /// How far each replica of each group that was written to is and was behind its primary.
    pub lags: Vec<ReplicaLag>,
    /// The last failovers of data and services, at most [`FAILOVERS_LIMIT`], oldest first.
    pub failovers: Vec<FailoverTimes>,
    /// How many failovers there were.
    pub failover_count: u64,
    /// How many undamaged copies of its last acknowledged version each of the first files had, over time.
    pub copies: CopiesOverTime,
    /// Copies that were made anew on another server.
    pub repairs: Repairs,
    /// Damaged copies that were replaced by good ones.
    pub rot_repairs: Repairs,
    /// Messages that were sent, the doubles of a bad link not among them.
    pub messages_sent: u64,
    /// Messages that were lost, whatever the reason.
    pub messages_lost: u64,
    /// Bytes that were sent over all links, with some 100 bytes of header for each message.
    pub sent_bytes: u64,
    /// Bytes that were written to all disks, synced or not, with some 100 bytes of header for each record.
    pub written_bytes: u64,
    /// Bytes of files on all disks now, those of servers that are down among them.
    pub stored_bytes: u64,
    /// Bytes of contents that primaries logged for clients.
    pub logged_bytes: u64,
    /// Bytes written to disks for each byte that was logged, in hundredths: 330 are 3.3. None without writes.
    pub write_amplification_hundredths: Option<u64>,
}
