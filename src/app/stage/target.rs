//! What a menu of the stage belongs to.

use crate::sim::{ClientId, CoordinatorId, NodeId, ServerId, ZoneId};

use crate::app::words;

/// A thing of the stage that has a menu.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Target {
    /// A server: what can be done to it.
    Server(ServerId),
    /// A server: what can go wrong with its disk, its clock and its connections.
    Troubles(ServerId),
    /// A server that is moved by arrows.
    MoveServer(ServerId),
    /// The copy of a file on a server.
    Copy(ServerId, String),
    /// A link between two nodes.
    Link(NodeId, NodeId),
    /// A zone, with its servers.
    Zone(ZoneId),
    /// A client.
    Client(ClientId),
    /// A node of the coordinator.
    Coordinator(CoordinatorId),
}

impl Target {
    /// The name by which the element is found from which the menu opens, and to which the focus returns.
    pub(crate) fn slug(&self) -> String {
        match self {
            Self::Server(server) | Self::Troubles(server) | Self::MoveServer(server) | Self::Copy(server, _) => {
                format!("server-{server}")
            }
            Self::Link(first, second) => format!("link-{}-{}", words::node_slug(*first), words::node_slug(*second)),
            Self::Zone(zone) => format!("zone-{}", zone.0),
            Self::Client(client) => format!("client-{client}"),
            Self::Coordinator(node) => format!("node-{}", words::node_slug(NodeId::Coordinator(*node))),
        }
    }

    /// The server whose keys hold within the menu.
    pub(crate) fn server(&self) -> Option<ServerId> {
        match self {
            Self::Server(server) | Self::Troubles(server) => Some(*server),
            Self::MoveServer(_)
            | Self::Copy(..)
            | Self::Link(..)
            | Self::Zone(_)
            | Self::Client(_)
            | Self::Coordinator(_) => None,
        }
    }
}
