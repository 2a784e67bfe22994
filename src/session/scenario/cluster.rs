//! The sections `[cluster]`, `[network]`, `[disk]`, `[[services]]` and `[[files]]`: what there is at first.

use core::fmt;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Unexpected, Visitor};

use super::error::Problem;
use super::limits::{OPENING_FILES_LIMIT, OPENING_SIZE_LIMIT_BYTES, SETTING_LIMIT};
use super::policy::{set, setting};
use super::quantity::{Bytes, Duration, ServerName, ZoneName, server};
use super::whole::Whole;
use super::word::ServiceModeWord;
use crate::client::content_bytes;
use crate::replication::RingSettings;
use crate::sim::{Content, Latency, NetworkSettings, ZoneId};
use crate::world::{DiskSettings, FILE_SIZE_LIMIT_BYTES, Placement, SERVERS_LIMIT, ServiceSettings};

/// A number of servers.
#[expect(clippy::cast_possible_wrap, reason = "it is small")]
type ServerCount = Whole<u16, 1, { SERVERS_LIMIT as i64 }>;
/// A number of shards or virtual nodes of a ring.
type RingNumber = Whole<u16, 1, 1_024>;
/// How many zones there are names for.
const ZONES: u16 = 26;

/// The servers and the coordinator.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Cluster"))]
pub(super) struct ClusterForm {
    /// The zone of each server, S1 first; usually three servers in three zones.
    zones: Option<Vec<ZoneName>>,
    /// How many servers there are; usually as many as there are `zones`, and with more of them the zones are
    /// dealt out in turn.
    servers: Option<ServerCount>,
    /// How many nodes the coordinator has: 1 (the usual) or 3.
    pub coordinators: Option<Whole<u8, 1, 3>>,
    /// How long a server takes for each request, update or full copy, one after the other; usually no time.
    pub service_time: Option<Duration>,
    /// How files are placed that don't live on every server.
    ring: Option<RingForm>,
}

/// The consistent-hash ring.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Ring"))]
struct RingForm {
    /// How many shards the files are divided into; usually 64.
    shards: Option<RingNumber>,
    /// How many positions each server has on the circle; usually 32.
    virtual_nodes: Option<RingNumber>,
}

/// How long messages take.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Network"))]
pub(super) struct NetworkForm {
    /// Between two nodes of one zone; usually 4 ms and more.
    within_zone: Option<LatencyForm>,
    /// Between nodes of different zones; usually 14 ms and more.
    between_zones: Option<LatencyForm>,
    /// To and from a node that is in no zone, such as the coordinator; usually 8 ms and more.
    outside_zones: Option<LatencyForm>,
    /// How many bytes a link carries in a second, each way; usually "125 MB".
    bandwidth_per_second: Option<Bytes>,
}

/// How fast and how big the disks are.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Disk"))]
pub(super) struct DiskForm {
    /// How long a sync takes, beside the transfer of the bytes; usually 2 ms and more.
    sync_time: Option<LatencyForm>,
    /// How many bytes it writes in a second; usually "500 MB".
    bandwidth_per_second: Option<Bytes>,
    /// How many bytes of files it holds; by default it never fills up by itself.
    capacity: Option<Bytes>,
}

/// A distribution of times: one time such as "20 ms" for always the same, or a least time and either the most
/// (all between are alike) or the mean of an exponential part on top.
#[derive(Clone, Copy, Debug)]
struct LatencyForm(Latency);

/// A distribution of times that differ.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "LatencyRange"))]
struct LatencyTable {
    /// The least that is drawn.
    least: Duration,
    /// The most that is drawn: every time between is as likely as any other.
    most: Option<Duration>,
    /// The mean of the exponentially distributed time that comes on top of the least.
    mean_above: Option<Duration>,
}

/// A redundant service: it keeps no data, and one instance can stand in for another.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Service"))]
pub(super) struct ServiceForm {
    /// Its name, by which clients call it.
    pub name: String,
    /// Which instances serve: "active-standby" for the primary only, "active-active" for all.
    pub mode: ServiceModeWord,
    /// The servers that run an instance.
    pub servers: Vec<ServerName>,
}

/// A file that is there when the learner enters.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "File"))]
pub(super) struct FileForm {
    /// Its name.
    pub name: String,
    /// Its text; or `size`.
    text: Option<String>,
    /// Its size, for a text that is made up; or `text`.
    size: Option<Bytes>,
    /// How many copies it has: "every server" (the usual), "one server S1", or a number for the ring.
    copies: Option<CopiesForm>,
}

/// How many copies a file has.
#[derive(Clone, Copy, Debug)]
pub(super) struct CopiesForm(pub Placement);

impl<'de> Deserialize<'de> for LatencyForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Distribution;

        impl<'de> Visitor<'de> for Distribution {
            type Value = LatencyForm;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(
                    "a time such as \"20 ms\", or { least = \"4 ms\", most = \"9 ms\" }, or \
                     { least = \"4 ms\", mean_above = \"1 ms\" }",
                )
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<LatencyForm, E> {
                let span = super::quantity::span(text).filter(|span| *span <= SETTING_LIMIT);
                let constant = span.map(|span| LatencyForm(Latency::Constant(span)));
                constant.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<LatencyForm, A::Error> {
                let table = LatencyTable::deserialize(MapAccessDeserializer::new(map))?;
                let least = table.least.0;
                let upper = table.most.or(table.mean_above).map(|upper| upper.0);
                let latency = match (table.most, table.mean_above) {
                    (Some(Duration(most)), None) if most >= least => Latency::Uniform { least, most },
                    (None, Some(Duration(mean_above))) => Latency::Exponential { least, mean_above },
                    _ => return Err(A::Error::custom(format!("expected {}", Expected(&self)))),
                };
                if least > SETTING_LIMIT || upper > Some(SETTING_LIMIT) {
                    return Err(A::Error::custom("expected times of at most a day"));
                }
                Ok(LatencyForm(latency))
            }
        }

        deserializer.deserialize_any(Distribution)
    }
}

/// Shows what a visitor expects.
struct Expected<'a, V>(&'a V);

impl<'de, V: Visitor<'de>> fmt::Display for Expected<'_, V> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.expecting(formatter)
    }
}

impl<'de> Deserialize<'de> for CopiesForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Copies;

        impl Visitor<'_> for Copies {
            type Value = CopiesForm;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("\"every server\", \"one server S1\" or a number of copies from 1 to 255")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<CopiesForm, E> {
                let placement = match text {
                    "every server" => Some(Placement::EveryServer),
                    _ => text.strip_prefix("one server ").and_then(server).map(Placement::OneServer),
                };
                placement.map(CopiesForm).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<CopiesForm, E> {
                let factor = u8::try_from(number).ok().filter(|factor| *factor > 0);
                let copies = factor.map(|factor| CopiesForm(Placement::Ring { factor }));
                copies.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
            }
        }

        deserializer.deserialize_any(Copies)
    }
}

impl ClusterForm {
    /// The zone of each server.
    pub fn zones(&self) -> Result<Vec<ZoneId>, Problem> {
        let in_turn =
            (0..self.servers.map_or(3, |servers| servers.0).min(ZONES)).filter_map(|zone| u8::try_from(zone).ok());
        let given = self.zones.as_ref().map(|zones| zones.iter().map(|zone| zone.0).collect());
        let zones: Vec<ZoneId> = given.unwrap_or_else(|| in_turn.map(ZoneId).collect());
        if zones.is_empty() {
            return Err(Problem::new("cluster.zones", "expected the zone of one server or more"));
        }
        let count = self.servers.map_or(zones.len(), |servers| usize::from(servers.0));
        if count > SERVERS_LIMIT {
            return Err(Problem::new("cluster.zones", format!("expected 1 to {SERVERS_LIMIT} servers, not {count}")));
        }
        Ok(zones.iter().copied().cycle().take(count).collect())
    }

    /// The ring.
    pub fn ring(&self) -> RingSettings {
        let mut ring = RingSettings::default();
        let Some(form) = self.ring else { return ring };
        set(&mut ring.shards, form.shards.map(|number| number.0));
        set(&mut ring.virtual_nodes, form.virtual_nodes.map(|number| number.0));
        ring
    }

    /// How many nodes the coordinator has.
    pub fn coordinators(&self) -> Result<u8, Problem> {
        match self.coordinators {
            None => Ok(1),
            Some(Whole(count @ (1 | 3))) => Ok(count),
            Some(Whole(count)) => Err(Problem::new("cluster.coordinators", format!("expected 1 or 3, not {count}"))),
        }
    }

    /// How long a server takes for each request.
    pub fn service_time(&self) -> Result<crate::sim::Span, Problem> {
        Ok(setting("cluster.service_time", self.service_time)?.unwrap_or_default())
    }
}

impl NetworkForm {
    /// The network that it describes.
    pub fn settings(&self) -> Result<NetworkSettings, Problem> {
        let mut network = NetworkSettings::default();
        set(&mut network.within_zone, self.within_zone.map(|form| form.0));
        set(&mut network.between_zones, self.between_zones.map(|form| form.0));
        set(&mut network.outside_zones, self.outside_zones.map(|form| form.0));
        let bandwidth = bandwidth("network.bandwidth_per_second", self.bandwidth_per_second)?;
        set(&mut network.bandwidth_bytes_per_second, bandwidth);
        Ok(network)
    }
}

impl DiskForm {
    /// The disks that it describes.
    pub fn settings(&self) -> Result<DiskSettings, Problem> {
        let mut disk = DiskSettings::default();
        set(&mut disk.sync_time, self.sync_time.map(|form| form.0));
        let bandwidth = bandwidth("disk.bandwidth_per_second", self.bandwidth_per_second)?;
        set(&mut disk.bandwidth_bytes_per_second, bandwidth);
        disk.capacity_bytes = self.capacity.map(|capacity| capacity.0);
        Ok(disk)
    }
}

fn bandwidth(field: &str, bytes: Option<Bytes>) -> Result<Option<u64>, Problem> {
    match bytes {
        Some(Bytes(bytes)) if !(1_000..=1_000_000_000_000).contains(&bytes) => {
            Err(Problem::new(field, "expected a size from \"1 kB\" to \"1000 GB\""))
        }
        bytes => Ok(bytes.map(|bytes| bytes.0)),
    }
}

impl ServiceForm {
    /// The service that it describes.
    pub fn settings(&self) -> ServiceSettings {
        let servers = self.servers.iter().map(|server| server.0).collect();
        ServiceSettings { name: self.name.clone(), mode: self.mode.0, servers }
    }
}

/// The bytes of a file that a scenario writes: a text, or a text that is made up, so big.
pub(super) fn content(field: &str, text: Option<&str>, size: Option<Bytes>, salt: u64) -> Result<Content, Problem> {
    match (text, size) {
        (Some(text), None) => Ok(Content::new(text.as_bytes())),
        (None, Some(Bytes(size))) if size <= FILE_SIZE_LIMIT_BYTES => Ok(Content::new(&content_bytes(salt, size))),
        (None, Some(Bytes(size))) => {
            let message = format!("expected at most {FILE_SIZE_LIMIT_BYTES} bytes, not {size}");
            Err(Problem::new(format!("{field}.size"), message))
        }
        _ => Err(Problem::new(field, "expected either a text or a size, and not both")),
    }
}

/// The files that are there when the learner enters.
pub(super) fn files(forms: &[FileForm]) -> Result<Vec<(String, Content, Placement)>, Problem> {
    if forms.len() > OPENING_FILES_LIMIT {
        return Err(Problem::new("files", format!("expected at most {OPENING_FILES_LIMIT} files")));
    }
    let mut files: Vec<(String, Content, Placement)> = Vec::new();
    let mut size_bytes = 0;
    for (number, form) in (1_u64..).zip(forms) {
        let field = format!("files[{number}]");
        if files.iter().any(|(name, _, _)| *name == form.name) {
            return Err(Problem::new(format!("{field}.name"), format!("there is already a file named {}", form.name)));
        }
        let content = content(&field, form.text.as_deref(), form.size, number)?;
        size_bytes += content.size_bytes();
        if size_bytes > OPENING_SIZE_LIMIT_BYTES {
            let message = format!("expected at most {OPENING_SIZE_LIMIT_BYTES} bytes in all files together");
            return Err(Problem::new(field, message));
        }
        let placement = form.copies.map_or(Placement::EveryServer, |copies| copies.0);
        files.push((form.name.clone(), content, placement));
    }
    Ok(files)
}

#[cfg(feature = "schema")]
mod schema {
    use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

    use super::{CopiesForm, Duration, LatencyForm, LatencyTable};

    impl JsonSchema for LatencyForm {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Latency".into()
        }

        fn json_schema(generator: &mut SchemaGenerator) -> Schema {
            let (constant, table) = (generator.subschema_for::<Duration>(), generator.subschema_for::<LatencyTable>());
            json_schema!({
                "description": "one time for always the same, or a least time and either the most or the mean above",
                "anyOf": [constant, table],
            })
        }
    }

    impl JsonSchema for CopiesForm {
        fn schema_name() -> std::borrow::Cow<'static, str> {
            "Copies".into()
        }

        fn json_schema(_: &mut SchemaGenerator) -> Schema {
            json_schema!({
                "description": "\"every server\", \"one server S1\", or a number of copies on the ring",
                "anyOf": [
                    { "type": "string", "pattern": "^(every server|one server S[1-9][0-9]*)$" },
                    { "type": "integer", "minimum": 1, "maximum": 255 },
                ],
            })
        }
    }
}
