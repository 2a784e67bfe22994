//! The single faults that an audit tries, and which of them do all that another does.

use serde::Serialize;

use crate::session::Session;
use crate::sim::{ClientId, CoordinatorId, NodeId, ServerId, ZoneId};
use crate::world::{Command, View, World};

/// One fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Fault {
    /// A server stops for good and its disk is lost.
    Kill {
        /// The server.
        server: ServerId,
    },
    /// A server stops for good; its disk is kept.
    Crash {
        /// The server.
        server: ServerId,
    },
    /// All servers of a zone stop for good, and their disks are lost.
    ZoneLoss {
        /// The zone.
        zone: ZoneId,
    },
    /// All servers of a zone stop for good; their disks are kept.
    ZoneOutage {
        /// The zone.
        zone: ZoneId,
    },
    /// A node of the coordinator stops for good.
    CoordinatorCrash {
        /// The node.
        node: CoordinatorId,
    },
    /// A link is cut in both directions for good.
    LinkCut {
        /// One end.
        first: NodeId,
        /// The other end.
        second: NodeId,
    },
    /// The disk of a server is emptied; the server starts again at once.
    Wipe {
        /// The server.
        server: ServerId,
    },
    /// A server does nothing any more, and keeps its memory.
    Pause {
        /// The server.
        server: ServerId,
    },
}

/// The servers with their zones, the coordinator's nodes and the clients: all that a fault must know of its world.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    pub(super) servers: Vec<(ServerId, ZoneId)>,
    pub(super) coordinators: Vec<CoordinatorId>,
    pub(super) clients: Vec<ClientId>,
}

impl Place {
    pub(super) fn of(view: &View, world: &World) -> Self {
        Self {
            servers: view.servers.iter().map(|server| (server.id, server.zone)).collect(),
            coordinators: (1..=world.settings().coordinators.max(1)).map(CoordinatorId).collect(),
            clients: world.clients().collect(),
        }
    }

    pub(super) fn in_zone(&self, zone: ZoneId) -> Vec<ServerId> {
        self.servers.iter().filter(|(_, of)| *of == zone).map(|(server, _)| *server).collect()
    }

    /// The zones of more than one server; the fault of any other zone is that of its only server.
    pub(super) fn shared_zones(&self) -> Vec<ZoneId> {
        let mut zones: Vec<ZoneId> = self.servers.iter().map(|(_, zone)| *zone).collect();
        zones.sort_unstable();
        zones.dedup();
        zones.retain(|zone| self.in_zone(*zone).len() > 1);
        zones
    }
}

impl Fault {
    /// The commands that bring the fault about in this session now.
    #[must_use]
    pub fn commands_in(self, session: &Session) -> Vec<Command> {
        self.commands(&Place::of(&session.world.view(), &session.world))
    }

    /// The commands that bring the fault about.
    pub(super) fn commands(self, place: &Place) -> Vec<Command> {
        match self {
            Self::Kill { server } => vec![Command::Kill { server }],
            Self::Crash { server } => vec![Command::Crash { server }],
            Self::ZoneLoss { zone } => place.in_zone(zone).into_iter().map(|server| Command::Kill { server }).collect(),
            Self::ZoneOutage { zone } => vec![Command::ZoneOutage { zone }],
            Self::CoordinatorCrash { node } => vec![Command::CrashCoordinator { node }],
            Self::LinkCut { first, second } => vec![Command::CutLink { first, second }],
            Self::Wipe { server } => vec![Command::Wipe { server }],
            Self::Pause { server } => vec![Command::Pause { server }],
        }
    }

    /// The servers that the fault itself stops or empties.
    pub(super) fn servers(self, place: &Place) -> Vec<ServerId> {
        match self {
            Self::Kill { server } | Self::Crash { server } | Self::Wipe { server } | Self::Pause { server } => {
                vec![server]
            }
            Self::ZoneLoss { zone } | Self::ZoneOutage { zone } => place.in_zone(zone),
            Self::CoordinatorCrash { .. } | Self::LinkCut { .. } => Vec::new(),
        }
    }

    /// The clients one of whose links the fault cuts.
    pub(super) fn clients(self) -> Vec<ClientId> {
        let Self::LinkCut { first, second } = self else { return Vec::new() };
        let client = |node| if let NodeId::Client(client) = node { Some(client) } else { None };
        [first, second].into_iter().filter_map(client).collect()
    }

    /// The faults in whose place this one need not be listed: what they do already is no news of this one.
    /// A crash stands for a pause, and the loss of a server for that of its disk.
    pub(super) fn stand_ins(self, place: &Place) -> Vec<Self> {
        match self {
            Self::Kill { server } | Self::Pause { server } => vec![Self::Crash { server }],
            Self::Wipe { server } => vec![Self::Kill { server }, Self::Crash { server }],
            Self::ZoneOutage { zone } => place.in_zone(zone).into_iter().map(|server| Self::Crash { server }).collect(),
            Self::ZoneLoss { zone } => {
                let servers = place.in_zone(zone);
                let kills = servers.iter().map(|server| Self::Kill { server: *server });
                let crashes = servers.iter().map(|server| Self::Crash { server: *server });
                kills.chain(crashes).chain([Self::ZoneOutage { zone }]).collect()
            }
            Self::Crash { .. } | Self::CoordinatorCrash { .. } | Self::LinkCut { .. } => Vec::new(),
        }
    }

    /// Whether giving both is the same as giving one of them, or a third.
    pub(super) fn overlaps(self, other: Self, place: &Place) -> bool {
        let loses_one_disk = |fault| matches!(fault, Self::Kill { .. } | Self::Wipe { .. });
        let is_outage = |fault| matches!(fault, Self::ZoneOutage { .. });
        if (loses_one_disk(self) && is_outage(other)) || (loses_one_disk(other) && is_outage(self)) {
            // One disk lost and the other servers of its zone without power: no single fault does both.
            return false;
        }
        let own = self.servers(place);
        other.servers(place).iter().any(|server| own.contains(server))
    }

    /// The fault as the subject of a sentence, with a small first letter.
    #[must_use]
    pub fn describe(self) -> String {
        match self {
            Self::Kill { server } => format!("killing {server}"),
            Self::Crash { server } => format!("crashing {server}"),
            Self::ZoneLoss { zone } => format!("losing {zone} with all its disks"),
            Self::ZoneOutage { zone } => format!("a power cut in {zone}"),
            Self::CoordinatorCrash { node } => format!("crashing {node}"),
            Self::LinkCut { first, second } => format!("cutting the link between {first} and {second}"),
            Self::Wipe { server } => format!("wiping the disk of {server}"),
            Self::Pause { server } => format!("pausing {server}"),
        }
    }
}
