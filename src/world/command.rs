//! What a person, a scenario or a test can do to a world.

use serde::{Deserialize, Serialize};

use crate::sim::{Content, NodeId, ServerId, ZoneId};

/// How many copies a new file gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Placement {
    /// A copy on every server, kept by primary–replica replication.
    EveryServer,
    /// One copy on one server, and no other.
    OneServer(ServerId),
}

/// Whom a client asks for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReadFrom {
    /// The primary: what it answers was acknowledged under the policy.
    Primary,
    /// One server, whatever it has: the answer may be stale.
    Server(ServerId),
}

/// An action on a world. A session records each with the virtual time at which it was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Command {
    /// Adds a server; without a zone it goes to the zone with the fewest servers.
    AddServer {
        /// The zone of the new server.
        zone: Option<ZoneId>,
    },
    /// Takes a server out cleanly: refused while acknowledged data would go with it.
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
    /// An operator promotes a server by hand, whatever it lacks: what only others had is lost.
    Promote {
        /// The server.
        server: ServerId,
    },
}
