//! Placement by consistent hashing: which servers keep the copies of which files.
//!
//! A file's name is hashed to one of a fixed number of **shards**. The shards cut a circle into equal
//! arcs, one position each; every server puts a number of **virtual nodes** at hashed positions on the
//! same circle. A shard's copies go to the servers that are met first, clockwise from its position. A
//! server that joins or leaves therefore moves only the copies that it takes over or leaves behind.
//!
//! **Sources**: consistent hashing, Karger et al. (STOC 1997), §4; virtual nodes, the list of distinct
//! servers met clockwise, and equal partitions with random positions of the servers, `DeCandia` et al.
//! (Dynamo, SOSP 2007), §4.2, §4.3 and §6.2 (strategy 2). That a walk round the circle skips the failure
//! domains that already have a copy is what Cassandra's network topology strategy does with racks (its
//! documentation of replication strategies).
//!
//! **Promises**: the copies of a shard lie in as many zones as there can be, and zones differ by at most
//! one copy as long as they have servers left. When a server joins, no other server gets a copy that it
//! did not have; when one leaves, no other loses one. **Does not promise** equal load: a zone with few
//! servers keeps as many copies as one with many, so a server that is alone in its zone can be given a
//! copy of every shard.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::sim::{ServerId, ZoneId};

/// Keeps the hashes of files apart from all others.
const FILE_CONTEXT: &str = "replicarium 2026 ring: the shard of a file";
/// Keeps the hashes of virtual nodes apart from all others.
const VIRTUAL_NODE_CONTEXT: &str = "replicarium 2026 ring: the position of a virtual node";

/// What a ring is made by. It must stay the same for as long as files are placed by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RingSettings {
    /// How many shards the files are divided into; 0 counts as 1.
    pub shards: u16,
    /// How many positions each server has on the circle: the more, the more even the load (the spread of
    /// the servers' shares falls with the square root). 0 counts as 1.
    pub virtual_nodes: u16,
}

impl Default for RingSettings {
    /// 64 shards, and 32 virtual nodes for each server.
    fn default() -> Self {
        Self { shards: 64, virtual_nodes: 32 }
    }
}

impl RingSettings {
    /// The shard that the file with this name belongs to: the BLAKE3 hash of the name modulo the number of
    /// shards. No server is asked, and no server that joins or leaves changes it.
    #[must_use]
    pub fn shard_of(&self, name: &str) -> u16 {
        let hash = hash(FILE_CONTEXT, name.as_bytes());
        // Smaller than the number of shards, so it always fits.
        u16::try_from(hash % u64::from(self.shards.max(1))).unwrap_or(0)
    }

    /// Where a shard lies on the circle, whose circumference is 2^64: shard 0 at 0, and the others at
    /// equal distances. A number beyond the last shard goes round the circle again.
    #[must_use]
    pub fn position_of(&self, shard: u16) -> u64 {
        let shards = u128::from(self.shards.max(1));
        // Smaller than 2^64, since the remainder is smaller than the number of shards.
        u64::try_from(((u128::from(shard) % shards) << 64) / shards).unwrap_or(0)
    }
}

/// The servers' positions on the circle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ring {
    settings: RingSettings,
    servers: BTreeMap<ServerId, ZoneId>,
    virtual_nodes: Vec<(u64, ServerId)>,
    /// How many servers each zone has, counted once since every walk asks.
    zone_sizes: BTreeMap<ZoneId, usize>,
}

impl Ring {
    /// The ring of these servers. Their order does not matter; of a server that is named twice, the last
    /// zone counts.
    #[must_use]
    pub fn new(settings: RingSettings, servers: impl IntoIterator<Item = (ServerId, ZoneId)>) -> Self {
        let nothing = BTreeMap::new();
        let empty = Self { settings, servers: nothing, virtual_nodes: Vec::new(), zone_sizes: BTreeMap::new() };
        empty.with_servers(servers)
    }

    /// The ring of other servers, made by the same settings. Who stays keeps its positions, which need not be hashed
    /// again; it is the ring that [`Self::new`] gives.
    #[must_use]
    pub fn with_servers(&self, servers: impl IntoIterator<Item = (ServerId, ZoneId)>) -> Self {
        let settings = self.settings;
        let servers: BTreeMap<ServerId, ZoneId> = servers.into_iter().collect();
        let stay = self.virtual_nodes.iter().copied().filter(|(_, server)| servers.contains_key(server));
        let new = servers.keys().copied().filter(|server| !self.servers.contains_key(server)).flat_map(|server| {
            (0..settings.virtual_nodes.max(1)).map(move |index| (virtual_node(server, index), server))
        });
        let mut virtual_nodes: Vec<(u64, ServerId)> = stay.chain(new).collect();
        // A stable sort, which is quick where most is in order.
        virtual_nodes.sort();
        let mut zone_sizes = BTreeMap::new();
        for zone in servers.values() {
            *zone_sizes.entry(*zone).or_default() += 1;
        }
        Self { settings, servers, virtual_nodes, zone_sizes }
    }

    /// What the ring is made by.
    #[must_use]
    pub fn settings(&self) -> RingSettings {
        self.settings
    }

    /// The virtual nodes clockwise from 0: the position of each on a circle whose circumference is 2^64,
    /// and its server.
    pub fn virtual_nodes(&self) -> impl Iterator<Item = (u64, ServerId)> + '_ {
        self.virtual_nodes.iter().copied()
    }

    /// The servers that keep the `factor` copies of a shard, in the order in which the walk takes them; all
    /// servers if there are fewer. None is named twice.
    ///
    /// The first walk, clockwise from the shard's position, takes the first server of each zone, the second
    /// walk another one of each zone, and so on, until there are `factor`.
    #[must_use]
    pub fn members(&self, shard: u16, factor: usize) -> Vec<ServerId> {
        let wanted = factor.min(self.servers.len());
        let mut walk = self.clockwise(shard);
        let mut passed_over: Vec<(ServerId, ZoneId)> = Vec::new();
        let mut taken_of_zone: BTreeMap<ZoneId, usize> = BTreeMap::new();
        let mut members = Vec::with_capacity(wanted);
        let mut pass = 1;
        while members.len() < wanted {
            passed_over.retain(|(server, zone)| {
                let taken = taken_of_zone.entry(*zone).or_default();
                let takes = *taken < pass && members.len() < wanted;
                if takes {
                    *taken += 1;
                    members.push(*server);
                }
                !takes
            });
            // The walk goes on only as far as this pass can still find somebody: a ring can be long.
            while !self.is_complete(pass, wanted, &taken_of_zone) {
                let Some((server, zone)) = walk.next() else { break };
                let taken = taken_of_zone.entry(zone).or_default();
                if *taken < pass {
                    *taken += 1;
                    members.push(server);
                } else {
                    passed_over.push((server, zone));
                }
            }
            pass += 1;
        }
        members
    }

    /// Whether enough servers are taken, or every zone has given as many as there are passes, or all it has.
    fn is_complete(&self, pass: usize, wanted: usize, taken_of_zone: &BTreeMap<ZoneId, usize>) -> bool {
        let taken = |zone: &ZoneId| taken_of_zone.get(zone).copied().unwrap_or(0);
        taken_of_zone.values().sum::<usize>() >= wanted
            || self.zone_sizes.iter().all(|(zone, size)| taken(zone) >= pass.min(*size))
    }

    /// All servers and their zones, each where the walk from the shard's position meets it first.
    fn clockwise(&self, shard: u16) -> impl Iterator<Item = (ServerId, ZoneId)> + '_ {
        let from = self.settings.position_of(shard);
        let (before, after) =
            self.virtual_nodes.split_at(self.virtual_nodes.partition_point(|(position, _)| *position < from));
        let mut met = BTreeSet::new();
        let first_met = after.iter().chain(before).filter(move |(_, server)| met.insert(*server));
        first_met.filter_map(|(_, server)| Some((*server, *self.servers.get(server)?)))
    }
}

/// The position of one virtual node of a server.
fn virtual_node(server: ServerId, index: u16) -> u64 {
    let [server_low, server_high] = server.0.to_le_bytes();
    let [index_low, index_high] = index.to_le_bytes();
    hash(VIRTUAL_NODE_CONTEXT, &[server_low, server_high, index_low, index_high])
}

/// The first 64 bits of the BLAKE3 hash of `bytes`, in the mode that keeps one context apart from another.
fn hash(context: &str, bytes: &[u8]) -> u64 {
    let mut first = [0_u8; 8];
    blake3::Hasher::new_derive_key(context).update(bytes).finalize_xof().fill(&mut first);
    u64::from_le_bytes(first)
}

#[cfg(test)]
mod tests;
