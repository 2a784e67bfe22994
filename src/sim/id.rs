//! The names of things: one newtype for each kind, so that none can stand for another.

use core::fmt;

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident($inner:ty), $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, concat!($prefix, "{}"), self.0)
            }
        }
    };
}

id!(
    /// A server, shown as `S1`.
    ServerId(u16), "S"
);
id!(
    /// A client, shown as `C1`.
    ClientId(u16), "C"
);
id!(
    /// A replica group: servers that keep the same files by one protocol, shown as `group 3`.
    GroupId(u16), "group "
);
id!(
    /// A file in the world's catalogue of file names.
    FileId(u32), "file "
);
id!(
    /// An event; ids grow in the order in which events happen.
    EventId(u64), "e"
);
id!(
    /// A message on the network.
    MessageId(u64), "m"
);
id!(
    /// One operation of a client: a write, a read or a deletion.
    OperationId(u64), "operation "
);

/// A failure domain: servers in one zone share its fate, shown as `Zone A`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ZoneId(pub u8);

impl fmt::Display for ZoneId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Zone {}", char::from(b'A' + self.0 % 26))
    }
}

/// One node of the coordinator, which has one or three of them, numbered from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CoordinatorId(pub u8);

impl fmt::Display for CoordinatorId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => formatter.write_str("the coordinator"),
            2 => formatter.write_str("the second coordinator"),
            3 => formatter.write_str("the third coordinator"),
            number => write!(formatter, "coordinator {number}"),
        }
    }
}

/// Anything that sends and receives messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum NodeId {
    /// A server of the cluster.
    Server(ServerId),
    /// A node of the coordinator, which detects failures and promotes.
    Coordinator(CoordinatorId),
    /// A client.
    Client(ClientId),
}

impl fmt::Display for NodeId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Server(server) => server.fmt(formatter),
            Self::Coordinator(node) => node.fmt(formatter),
            Self::Client(client) => client.fmt(formatter),
        }
    }
}

impl From<ServerId> for NodeId {
    fn from(server: ServerId) -> Self {
        Self::Server(server)
    }
}

impl From<CoordinatorId> for NodeId {
    fn from(node: CoordinatorId) -> Self {
        Self::Coordinator(node)
    }
}
