//! The policy of a replica group: what an acknowledgement takes, and how fast failures are noticed.

use serde::{Deserialize, Serialize};

use crate::sim::Span;

/// How many replicas must have an update on disk before the client is told ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Acks {
    /// None: the primary's own disk is enough. A failover can lose what was acknowledged.
    None,
    /// So many of the in-sync replicas.
    Count(usize),
    /// All in-sync replicas, as Kafka's `acks=all`: with none left, the primary alone.
    All,
}

/// The rules of a primary–replica group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// How many replicas must acknowledge.
    pub acks: Acks,
    /// How many updates may be under way at once; with 1, each ack allows the next update. At least 1.
    pub window: usize,
    /// How often each server sends a heartbeat.
    pub heartbeat_every: Span,
    /// The coordinator suspects a server that it did not hear for this long.
    pub suspect_after: Span,
    /// The primary sends again what was not acknowledged for this long.
    pub resend_after: Span,
    /// The primary gives up on an in-sync replica that acknowledged nothing for this long.
    pub drop_after: Span,
    /// How many updates a log keeps; a server that lags further gets a full copy.
    pub log_limit: usize,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            acks: Acks::All,
            window: 1,
            heartbeat_every: Span::from_millis(50),
            suspect_after: Span::from_millis(160),
            resend_after: Span::from_millis(150),
            drop_after: Span::from_millis(400),
            log_limit: 64,
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

    /// The policy as rows of a label and a value, for people.
    #[must_use]
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let told = match self.acks {
            Acks::None => "the primary's disk alone".to_owned(),
            Acks::Count(1) => "1 replica, on disk".to_owned(),
            Acks::Count(count) => format!("{count} replicas, on disk"),
            Acks::All => "all in-sync replicas, on disk".to_owned(),
        };
        let window = if self.window == 1 { "1 update".to_owned() } else { format!("{} updates", self.window) };
        vec![
            ("Protocol", "Primary–replica".to_owned()),
            ("Client is told ok after", told),
            ("Window", window),
            ("Failover", "automatic · fenced".to_owned()),
            ("Suspected after", format!("{} ms of silence", self.suspect_after.as_micros() / 1_000)),
        ]
    }
}
