//! What each figure means, in the field's words.

pub(super) const AVAILABILITY: &str = "How many of a hundred operations that have ended got an ok before their client \
     gave up. Refused operations and those without an answer count against it.";
pub(super) const OK: &str =
    "Operations whose client was told ok: a write is then acknowledged, and a read has its answer.";
pub(super) const REFUSED: &str = "Operations that were refused or never sent: the client knows that nothing was done.";
pub(super) const UNKNOWN: &str =
    "Ambiguous operations: no answer came in time, so the client can't know whether they were done.";
pub(super) const THROUGHPUT: &str = "Operations that got an ok, per second of virtual time since you entered.";
pub(super) const LATENCY_P50: &str = "The median: half of the operations that got an ok took no longer, from the client's \
     request to its answer, including waits and retries.";
pub(super) const LATENCY_P90: &str = "The 90th percentile: nine of ten operations that got an ok took no longer.";
pub(super) const LATENCY_P99: &str = "The 99th percentile, the tail: 99 of 100 operations that got an ok took no longer. With few operations it is the slowest one.";
pub(super) const LATENCY_MAX: &str = "The slowest operation that got an ok, exactly.";
pub(super) const GAP: &str =
    "The longest time for which a client that wanted something got no ok: how long the service was down for it.";
pub(super) const STALE: &str = "Reads that found an older version than the last one acknowledged when they began.";
pub(super) const DAMAGED: &str = "Reads that got bytes with a wrong checksum: bit rot that reached a client.";

pub(super) const LAG_NOW: &str = "How many updates its primary has logged that are not yet on this replica's disk.";
pub(super) const LAG_MOST: &str = "The most updates by which this replica was ever behind when one reached its disk.";
pub(super) const LAG_P50: &str =
    "The median time, in ms, from when the primary logged an update until it was on this replica's disk.";
pub(super) const LAG_P99: &str = "The 99th percentile of that time: 99 of 100 updates were on its disk within it.";
pub(super) const LAG_MAX: &str =
    "The longest time, in ms, that an update took from the primary's log to this replica's disk.";

pub(super) const UNTIL_PRIMARY: &str =
    "From the fault to the moment when the new primary knew that it was the primary: the failover time.";
pub(super) const FROM_SUSPICION: &str = "The part of the failover time after the coordinator suspected the old primary. \
     Before that, the failure detector had to notice the silence.";
pub(super) const UNTIL_ACKNOWLEDGED: &str =
    "From the fault to the first write that was acknowledged again: what a client notices of a failover.";

pub(super) const COPIES_ANEW: &str = "Re-replication: copies that the cluster recreated on another server because a copy was lost or its server was given up.";
pub(super) const COPIES_ROTTEN: &str = "Corrupt copies that a read or a scrub found. Good copies replace them.";

pub(super) const MESSAGES_SENT: &str = "Messages over all links: requests, updates, acks, heartbeats and votes.";
pub(super) const MESSAGES_LOST: &str =
    "Messages that never arrived, whatever the reason: loss, a cut, a server that is down.";
pub(super) const BYTES_SENT: &str = "Bytes over all links, with about 100 bytes of header for each message.";
pub(super) const BYTES_WRITTEN: &str =
    "Bytes written to all disks, synced or not, with about 100 bytes of header for each record.";
pub(super) const BYTES_STORED: &str = "Bytes of files on all disks now, including the disks of servers that are down: what \
     redundancy costs in space.";
pub(super) const AMPLIFICATION: &str = "Bytes written to disks for each byte that a client wrote. Three copies cost at least 3; \
     records, headers and repairs add to that.";

pub(super) const COPIES: &str = "How many servers, up or down, have a file's last acknowledged version intact on disk. \
     At 0 it is lost.";
