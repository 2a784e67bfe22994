//! What a client does, where it is, and how patient it is.

use serde::{Deserialize, Serialize};

use super::Workload;
use crate::sim::{Span, ZoneId};

/// Which member of a group a client reads from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadTarget {
    /// The primary: what it answers was acknowledged under the policy.
    Primary,
    /// A member in the client's own zone, if there is one, and else any: the answer may be stale.
    Nearest,
    /// Each member in turn: the answer may be stale, and the work is spread.
    Any,
}

/// A client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClientSettings {
    /// The zone that it is in; by default it is outside all zones.
    pub zone: Option<ZoneId>,
    /// How long it waits for the outcome of an operation.
    pub time_out: Span,
    /// How long it waits before it asks again: for the primary, or, where it may, for the operation.
    pub attempt_time_out: Span,
    /// How often it sends a change at most. Reads are sent until the time is out.
    pub attempts: u8,
    /// Whether it sends a change again under the same name, so that the server can tell that it is the same
    /// (an idempotency key). Without, a change that was done unnoticed is done twice.
    pub with_key: bool,
    /// Where its workload reads.
    pub read_from: ReadTarget,
    /// What it does in the background.
    pub workload: Option<Workload>,
    /// How many copies the files of its workload have; without, each server has one.
    pub replication_factor: Option<u8>,
}

impl Default for ClientSettings {
    /// A client outside of all zones that waits 800 ms, asks again after 150 ms, and sends each change once.
    fn default() -> Self {
        Self {
            zone: None,
            time_out: Span::from_millis(800),
            attempt_time_out: Span::from_millis(150),
            attempts: 1,
            with_key: true,
            read_from: ReadTarget::Primary,
            workload: None,
            replication_factor: None,
        }
    }
}
