//! How a world is set up: servers, network, disks, policy, coordinator, clients, services.

use serde::{Deserialize, Serialize};

use crate::client::ClientSettings;
use crate::replication::{Policy, RingSettings, ServiceMode};
use crate::sim::{Latency, NetworkSettings, ServerId, Span, ZoneId};

/// How a disk is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DiskSettings {
    /// How long a sync takes, beside the transfer of the bytes.
    pub sync_time: Latency,
    /// How many bytes it writes in a second. At least 1.
    pub bandwidth_bytes_per_second: u64,
    /// How many bytes of files it holds; by default it never fills up by itself.
    pub capacity_bytes: Option<u64>,
}

impl Default for DiskSettings {
    /// Syncs of 2 ms with an exponential millisecond on top, 500 MB/s, without a limit.
    fn default() -> Self {
        Self {
            sync_time: Latency::Exponential { least: Span::from_millis(2), mean_above: Span::from_millis(1) },
            bandwidth_bytes_per_second: 500_000_000,
            capacity_bytes: None,
        }
    }
}

/// A redundant service: it keeps no data, and one instance can stand in for another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceSettings {
    /// Its name, by which clients call it.
    pub name: String,
    /// Which instances serve.
    pub mode: ServiceMode,
    /// The servers that run an instance.
    pub servers: Vec<ServerId>,
}

/// How a world is set up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WorldSettings {
    /// The zone of each server that there is at first; the servers are numbered from 1.
    pub servers: Vec<ZoneId>,
    /// How many nodes the coordinator has: 1 or 3.
    pub coordinators: u8,
    /// The policy of all replica groups.
    pub policy: Policy,
    /// The network.
    pub network: NetworkSettings,
    /// The disks.
    pub disk: DiskSettings,
    /// How long a server takes for each request, update or full copy that it handles, one after the other.
    pub service_time: Span,
    /// The ring, for files that don't live on every server.
    pub ring: RingSettings,
    /// The clients. The first one also does what a person asks for.
    pub clients: Vec<ClientSettings>,
    /// The services.
    pub services: Vec<ServiceSettings>,
}

impl WorldSettings {
    /// A world of so many servers, each in a zone of its own, with one client and usual values for the rest.
    #[must_use]
    pub fn with_servers(count: u16) -> Self {
        Self {
            servers: (0..count).map(|index| ZoneId(u8::try_from(index % 26).unwrap_or(0))).collect(),
            ..Self::default()
        }
    }
}

impl Default for WorldSettings {
    /// Three servers in three zones, one coordinator, one client.
    fn default() -> Self {
        Self {
            servers: vec![ZoneId(0), ZoneId(1), ZoneId(2)],
            coordinators: 1,
            policy: Policy::default(),
            network: NetworkSettings::default(),
            disk: DiskSettings::default(),
            service_time: Span::ZERO,
            ring: RingSettings::default(),
            clients: vec![ClientSettings::default()],
            services: Vec::new(),
        }
    }
}
