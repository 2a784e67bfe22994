//! The universe: virtual clock, event queue, seeded randomness, network and disks.
//!
//! Nothing here knows what replication is. Everything is deterministic: the same seed gives the same
//! draws on every target, and time passes only when the queue says so.

mod clock;
mod content;
mod disk;
mod id;
mod latency;
mod network;
mod queue;
mod random;
mod time;

pub use clock::{Clock, DRIFT_LIMIT_PPM};
pub use content::Content;
pub use disk::{Disk, DiskCondition, Durable, Volume};
pub use id::{ClientId, CoordinatorId, EventId, FileId, GroupId, MessageId, NodeId, OperationId, ServerId, ZoneId};
pub use latency::Latency;
pub use network::{Flight, LinkQuality, Network, NetworkSettings, Sent};
pub use queue::Queue;
pub use random::{Purpose, Stream, Streams};
pub use time::{Span, Time};
