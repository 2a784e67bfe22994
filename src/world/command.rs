//! What a person, a scenario or a test can do to a world.

use serde::{Deserialize, Serialize};

use super::hazard::Hazard;
use crate::replication::PolicyChange;
use crate::sim::{ClientId, Content, CoordinatorId, DiskCondition, LinkQuality, NodeId, ServerId, Span, ZoneId};

/// How many copies a new file gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Placement {
    /// A copy on every server, kept by primary–replica replication.
    EveryServer,
    /// One copy on one server, and no other.
    OneServer(ServerId),
    /// So many copies, on the servers that the consistent-hash ring names.
    Ring {
        /// How many copies.
        factor: u8,
    },
}

/// Whom a client asks for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadFrom {
    /// The primary: what it answers was acknowledged under the policy.
    Primary,
    /// One server, whatever it has: the answer may be stale.
    Server(ServerId),
    /// The member nearest to the client, whatever it has.
    Nearest,
    /// Any member in turn, whatever it has.
    Any,
}

/// Which messages a partition loses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Direction {
    /// Those into and those out of the side.
    Both,
    /// Only those into the side: it can still be heard.
    Into,
    /// Only those out of the side: it still hears.
    OutOf,
}

/// An action on a world. A session records each with the virtual time at which it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Adds a server; without a zone it goes to that of the cluster's zones with the fewest servers, the first of equals.
    AddServer {
        /// The zone of the new server.
        zone: Option<ZoneId>,
    },
    /// Takes a server out cleanly, as soon as no group needs it; refused where data could not be saved.
    RemoveServer {
        /// The server to take out.
        server: ServerId,
    },
    /// A client writes a file, new or known. The placement counts for a new file only.
    Write {
        /// The name of the file.
        file: String,
        /// Its bytes.
        content: Content,
        /// Where a new file lives.
        placement: Placement,
    },
    /// A client reads a file.
    Read {
        /// The name of the file.
        file: String,
        /// Whom it asks.
        from: ReadFrom,
    },
    /// A client deletes a file.
    Delete {
        /// The name of the file.
        file: String,
    },
    /// The server stops at once; its disk is kept.
    Crash {
        /// The server.
        server: ServerId,
    },
    /// The server stops at once and its disk is lost.
    Kill {
        /// The server.
        server: ServerId,
    },
    /// Starts a crashed server from its disk, or a killed one with an empty disk.
    Restart {
        /// The server.
        server: ServerId,
    },
    /// Cuts a link in both directions; what is under way on it is lost.
    CutLink {
        /// One end.
        first: NodeId,
        /// The other end.
        second: NodeId,
    },
    /// Heals a cut link.
    HealLink {
        /// One end.
        first: NodeId,
        /// The other end.
        second: NodeId,
    },
    /// The server does nothing for a while, as in a long garbage collection; it keeps its memory, and what
    /// comes in waits.
    Pause {
        /// The server.
        server: ServerId,
    },
    /// A paused server goes on, with all that came in meanwhile.
    Resume {
        /// The server.
        server: ServerId,
    },
    /// The disk is emptied. A server that is up starts again at once, with nothing; one that is down stays down.
    Wipe {
        /// The server.
        server: ServerId,
    },
    /// One bit of one copy on a disk flips, and nobody notices.
    Rot {
        /// The server.
        server: ServerId,
        /// The name of the file.
        file: String,
        /// Which bit, counted round the size of the file.
        bit: u64,
    },
    /// A disk becomes slow, or full, or normal again.
    SetDisk {
        /// The server.
        server: ServerId,
        /// How it does from now on.
        condition: DiskCondition,
    },
    /// A link loses, duplicates, reorders or delays messages from now on, or stops doing so.
    SetLink {
        /// Who sends.
        from: NodeId,
        /// Who receives.
        to: NodeId,
        /// Whether the other direction gets the same quality.
        both_ways: bool,
        /// How well it works.
        quality: LinkQuality,
    },
    /// Cuts one direction of a link.
    CutOneWay {
        /// The node whose messages no longer arrive.
        from: NodeId,
        /// The node that no longer hears the other.
        to: NodeId,
    },
    /// Cuts a set of nodes off from all others.
    Partition {
        /// The nodes on one side.
        side: Vec<NodeId>,
        /// Which messages are lost.
        direction: Direction,
    },
    /// Heals every cut and every bad link.
    HealAll,
    /// A zone loses its power: all its servers crash.
    ZoneOutage {
        /// The zone.
        zone: ZoneId,
    },
    /// The power is back: all crashed servers of the zone start again.
    ZoneReturn {
        /// The zone.
        zone: ZoneId,
    },
    /// A server's clock is set off, and runs fast or slow from now on.
    SkewClock {
        /// The server.
        server: ServerId,
        /// What it shows more than the truth, in microseconds.
        offset_us: i64,
        /// How much faster than the truth it runs, in parts per million.
        drift_ppm: i32,
    },
    /// A node of the coordinator stops; its disk is kept.
    CrashCoordinator {
        /// The node.
        node: CoordinatorId,
    },
    /// A node of the coordinator starts again.
    RestartCoordinator {
        /// The node.
        node: CoordinatorId,
    },
    /// A client calls a service.
    Call {
        /// The name of the service.
        service: String,
    },
    /// An operator promotes a server by hand, whatever it lacks: what only others had is lost. It becomes the primary
    /// of the group of all servers, and of each other group of which it is a member and that waits for an operator.
    Promote {
        /// The server.
        server: ServerId,
    },
    /// An operator changes rules of the policy, everywhere at the same moment.
    SetPolicy {
        /// The rules, as they are to be.
        changes: Vec<PolicyChange>,
    },
    /// A client's background workload gets another rate or another share of reads, or begins if there was none. With
    /// another rate it has no end.
    SetWorkload {
        /// The client.
        client: ClientId,
        /// How many operations begin per second, in hundredths; without, as many as now.
        rate_per_second_hundredths: Option<u32>,
        /// How many of 100 operations are reads; without, as many as now.
        read_percent: Option<u8>,
    },
    /// Random faults of these kinds begin from now on. The session draws them; by itself a world only takes note.
    BeginChaos {
        /// The kinds and how often they come.
        hazards: Vec<Hazard>,
        /// For how long faults begin; what lasts then still ends later.
        span: Span,
    },
    /// No more random faults begin; those that have begun end when they would have.
    EndChaos,
}
