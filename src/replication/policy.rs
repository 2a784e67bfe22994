//! The policy of a replica group: what an acknowledgement takes and means, and how failures are handled.

use serde::{Deserialize, Serialize};

use super::Detector;
use crate::sim::Span;

/// How many replicas must acknowledge an update before the client is told ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acks {
    /// None: the primary alone is enough. A failover can lose what was acknowledged.
    None,
    /// So many of the replicas, whichever are first, as `ANY k` of `PostgreSQL`.
    Count(usize),
    /// All in-sync replicas, as Kafka's `acks=all`: with none left, the primary alone.
    All,
}

/// What an acknowledgement says about an update: the first four of the five events behind every ack. The
/// fifth is that the primary knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AckWhen {
    /// The message arrived at the server, which has not looked at it yet.
    Received,
    /// It is in the log in the server's memory.
    InMemory,
    /// It is on the server's disk.
    OnDisk,
    /// It is on disk, and those who read at this server see it.
    Applied,
}

/// What a primary does with an update that gets too few acknowledgements for too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WhenShort {
    /// It waits for ever; its window stays full. The client may give up by itself.
    Wait,
    /// It tells the client that the outcome is open, and goes on. The update stays in the log, as with
    /// `wtimeout` of `MongoDB`.
    TimeOut {
        /// How long it waits.
        after: Span,
    },
    /// It acknowledges alone from then on, until a replica has caught up: semi-synchronous replication as in
    /// `MySQL`, whose default is 10 s.
    GoAsync {
        /// How long it waits.
        after: Span,
    },
}

/// Who names a new primary when the old one is suspected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Failover {
    /// The coordinator, at once.
    Automatic,
    /// An operator, by hand.
    Manual,
}

/// The rules of a replica group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How many replicas must acknowledge.
    pub acks: Acks,
    /// What their acknowledgement means.
    pub ack_when: AckWhen,
    /// How many updates may be under way at once; with 1, each ack allows the next update. At least 1.
    pub window: usize,
    /// With fewer in-sync servers than this, the primary among them, writes are refused (Kafka's
    /// `min.insync.replicas`). 1 never refuses.
    pub min_in_sync: usize,
    /// What happens when acks don't come.
    pub when_short: WhenShort,
    /// Who names a new primary.
    pub failover: Failover,
    /// Whether a server that has promised an epoch refuses what earlier primaries send.
    pub fencing: bool,
    /// Whether a server verifies the checksum of what it reads from its disk.
    pub checksums: bool,
    /// How long a primary may answer reads after the coordinator has last confirmed it, by the primary's own
    /// clock; without, it answers as long as it believes to be primary.
    pub read_lease: Option<Span>,
    /// How often each server sends a heartbeat.
    pub heartbeat_every: Span,
    /// How the coordinator tells that a server has failed.
    pub detector: Detector,
    /// The primary sends again what was not acknowledged for this long.
    pub resend_after: Span,
    /// The primary gives up on an in-sync replica that acknowledged nothing for this long.
    pub drop_after: Span,
    /// How many updates a log keeps; a server that lags further gets a full copy. Less than two windows count as that.
    pub log_limit: usize,
    /// How long a replica takes to apply an update once it is on disk.
    pub apply_time: Span,
    /// How often each server checks one of its copies for rot; without, never.
    pub scrub_every: Option<Span>,
    /// How long a server must be suspected until its copies are made anew elsewhere.
    pub repair_after: Span,
    /// How many servers may be brought up to date at once for a repair, over all groups.
    pub repairs_at_once: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            acks: Acks::All,
            ack_when: AckWhen::OnDisk,
            window: 1,
            min_in_sync: 1,
            when_short: WhenShort::Wait,
            failover: Failover::Automatic,
            fencing: true,
            checksums: true,
            read_lease: None,
            heartbeat_every: Span::from_millis(50),
            detector: Detector::TimeOut { after: Span::from_millis(160) },
            resend_after: Span::from_millis(150),
            drop_after: Span::from_millis(400),
            log_limit: 64,
            apply_time: Span::ZERO,
            scrub_every: None,
            repair_after: Span::from_millis(1_000),
            repairs_at_once: 2,
        }
    }
}

impl Policy {
    /// How many acknowledgements an update needs when `in_sync_replicas` replicas are in sync.
    #[must_use]
    pub fn acks_needed(&self, in_sync_replicas: usize) -> usize {
        match self.acks {
            Acks::None => 0,
            Acks::Count(count) => count,
            Acks::All => in_sync_replicas,
        }
    }

    /// Whether the in-sync set may shrink because a server is silent.
    ///
    /// With a fixed number of acks it may not: an update can be on any `k` replicas, so a failover must hear
    /// enough of them, and a server that leaves would take the only other copy with it.
    #[must_use]
    pub fn silent_servers_leave(&self) -> bool {
        !matches!(self.acks, Acks::Count(_))
    }

    /// Of `servers` that can have an acknowledged update, how many a failover has to hear so that one of them
    /// has it: all but the `k` that the ack count covers.
    #[must_use]
    pub fn promises_needed(&self, servers: usize) -> usize {
        match self.acks {
            Acks::Count(count) => servers.saturating_sub(count).max(1),
            Acks::None | Acks::All => 1,
        }
    }

    /// How many lost disks an update survives that was acknowledged by `acks` replicas; `None` where the
    /// policy promises nothing at all.
    ///
    /// A promise needs acknowledgements from disks and fencing. With [`Acks::None`] any failover may lose the
    /// update, and with an earlier meaning of the ack a crash does.
    #[must_use]
    pub fn disk_losses_survived(&self, acks: usize) -> Option<usize> {
        let kept = self.ack_when >= AckWhen::OnDisk && self.fencing && self.acks != Acks::None;
        let degrades = matches!(self.when_short, WhenShort::GoAsync { .. });
        (kept && !degrades).then_some(acks)
    }

    /// The policy as rows of a label and a value, for people.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let means = match self.ack_when {
            AckWhen::Received => "received",
            AckWhen::InMemory => "in memory",
            AckWhen::OnDisk => "on disk",
            AckWhen::Applied => "applied",
        };
        let told = match self.acks {
            Acks::None => format!("the primary alone, {means}"),
            Acks::Count(1) => format!("1 replica, {means}"),
            Acks::Count(count) => format!("{count} replicas, {means}"),
            Acks::All => format!("all in-sync replicas, {means}"),
        };
        let window = if self.window == 1 { "1 update".to_owned() } else { format!("{} updates", self.window) };
        let failover = match (self.failover, self.fencing) {
            (Failover::Automatic, true) => "automatic · fenced",
            (Failover::Automatic, false) => "automatic · not fenced",
            (Failover::Manual, true) => "by hand · fenced",
            (Failover::Manual, false) => "by hand · not fenced",
        };
        let suspected = match self.detector {
            Detector::TimeOut { after } => format!("{} ms of silence", after.as_micros() / 1_000),
            Detector::PhiAccrual { threshold_tenths, .. } => {
                format!("φ above {}.{}", threshold_tenths / 10, threshold_tenths % 10)
            }
        };
        let mut rows = vec![
            ("Protocol", "Primary–replica".to_owned()),
            ("Client is told ok after", told),
            ("Window", window),
            ("Failover", failover.to_owned()),
            ("Suspected after", suspected),
        ];
        let milliseconds = |span: Span| span.as_micros() / 1_000;
        match self.when_short {
            WhenShort::Wait => {}
            WhenShort::TimeOut { after } => {
                rows.push(("Too few acks", format!("the outcome is unknown after {} ms", milliseconds(after))));
            }
            WhenShort::GoAsync { after } => {
                rows.push(("Too few acks", format!("goes on without them after {} ms", milliseconds(after))));
            }
        }
        if self.min_in_sync > 1 {
            rows.push(("Writes refused below", format!("{} in-sync servers", self.min_in_sync)));
        }
        if let Some(lease) = self.read_lease {
            rows.push(("Read lease", format!("{} ms", milliseconds(lease))));
        }
        if !self.checksums {
            rows.push(("Checksums", "not checked".to_owned()));
        }
        if let Some(every) = self.scrub_every {
            rows.push(("Scrub", format!("a copy every {} ms", milliseconds(every))));
        }
        rows
    }
}
