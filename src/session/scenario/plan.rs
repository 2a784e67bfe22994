//! The entries of `[[at]]`: what happens by itself, and when.

use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::cluster::{CopiesForm, content};
use super::error::Problem;
use super::limits::RATE_LIMIT_PER_SECOND;
use super::policy::PolicyForm;
use super::quantity::{Bytes, CoordinatorName, Duration, Hundredths, NodeName, Offset, ServerName, ZoneName, server};
use super::whole::{Natural, Percent, SlowFactor, Whole};
use super::word::DirectionWord;
use crate::session::TimedCommand;
use crate::sim::{DRIFT_LIMIT_PPM, DiskCondition, LinkQuality, NodeId, Time};
use crate::world::{Command, Direction, Placement, ReadFrom};

/// The most characters of an entry's name.
const NAME_LIMIT: usize = 60;

/// Something that happens by itself: a time and one command.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "At"))]
pub(crate) struct AtForm {
    /// When, counted from when the learner enters.
    pub time: Duration,
    /// A name by which a variation leaves it out; several may have the same.
    name: Option<String>,
    /// Adds a server; by default in the zone with the fewest servers, the first of equals.
    add_server: Option<AddServerForm>,
    /// Removes a server cleanly.
    remove_server: Option<ServerName>,
    /// A client writes a file.
    write: Option<WriteForm>,
    /// A client reads a file.
    read: Option<ReadForm>,
    /// A client deletes the file with this name.
    delete: Option<String>,
    /// A client calls the service with this name.
    call: Option<String>,
    /// This server stops at once; its disk is kept.
    crash: Option<ServerName>,
    /// This server stops at once and its disk is lost.
    kill: Option<ServerName>,
    /// Starts a crashed server from its disk, or a killed one with an empty disk.
    restart: Option<ServerName>,
    /// This server does nothing for a while.
    pause: Option<ServerName>,
    /// This paused server resumes.
    resume: Option<ServerName>,
    /// The disk of this server is wiped.
    wipe: Option<ServerName>,
    /// One bit of one copy on a disk flips, and nobody notices.
    rot: Option<RotForm>,
    /// A disk becomes slow, or full, or normal again.
    disk: Option<DiskConditionForm>,
    /// A server's clock is set off, and runs fast or slow from now on.
    clock: Option<ClockForm>,
    /// The link between these two nodes is cut, both ways.
    cut: Option<[NodeName; 2]>,
    /// One direction of a link is cut.
    cut_one_way: Option<OneWayForm>,
    /// The link between these two nodes is healed, both ways.
    heal: Option<[NodeName; 2]>,
    /// Every cut and every bad link is healed; always true.
    heal_all: Option<bool>,
    /// A set of nodes is cut off from all others.
    partition: Option<PartitionForm>,
    /// A link loses, duplicates, reorders or delays messages from now on, or stops doing so.
    link: Option<LinkForm>,
    /// This zone loses its power: all its servers crash.
    zone_outage: Option<ZoneName>,
    /// The power of this zone is back: its crashed servers start again.
    zone_return: Option<ZoneName>,
    /// This node of the coordinator stops; its disk is kept.
    crash_coordinator: Option<CoordinatorName>,
    /// This node of the coordinator starts again.
    restart_coordinator: Option<CoordinatorName>,
    /// An operator promotes this server, whatever it lacks.
    promote: Option<ServerName>,
    /// An operator changes these rules of the policy. What a running cluster can't change is refused.
    policy: Option<Box<PolicyForm>>,
    /// The background workload of a client gets another rate or share of reads.
    workload: Option<NewWorkloadForm>,
}

/// Another rate or share of reads for a client's background workload.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "NewWorkload"))]
struct NewWorkloadForm {
    /// The client, such as "client 1".
    client: NodeName,
    /// How many operations begin per second from now on, with at most two decimals.
    rate: Option<Hundredths>,
    /// How many of a hundred operations are reads from now on.
    read_percent: Option<Percent>,
}

/// A new server.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "AddServer"))]
struct AddServerForm {
    /// Its zone.
    zone: Option<ZoneName>,
}

/// A write.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Write"))]
struct WriteForm {
    /// The name of the file, new or existing.
    file: String,
    /// Its text; or `size`.
    text: Option<String>,
    /// Its size, for a text that is made up; or `text`.
    size: Option<Bytes>,
    /// How many copies a new file has: "every server" (the usual), "one server S1", or a number for the ring.
    copies: Option<CopiesForm>,
}

/// A read.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Read"))]
struct ReadForm {
    /// The name of the file.
    file: String,
    /// Which server the client asks: the "primary" (the usual), the "nearest" member, "any", or a server such as "S2".
    from: Option<ReadFromForm>,
}

/// How much faster or slower than the truth a clock runs, in parts per million.
type Drift = Whole<i32, { -DRIFT_LIMIT_PPM as i64 }, { DRIFT_LIMIT_PPM as i64 }>;

/// Whom a client asks.
#[derive(Clone, Copy, Debug)]
struct ReadFromForm(ReadFrom);

/// Bit rot.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Rot"))]
struct RotForm {
    /// The server.
    server: ServerName,
    /// The name of the file.
    file: String,
    /// Which bit, counted modulo the size of the file; usually the first.
    bit: Option<Natural>,
}

/// How a disk works from now on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "DiskCondition"))]
struct DiskConditionForm {
    /// The server.
    server: ServerName,
    /// Whether it takes no more writes. Usually false.
    #[serde(default)]
    full: bool,
    /// How many times as long as usual a sync takes, from 1 (the usual).
    slow_factor: Option<SlowFactor>,
}

/// How a clock goes from now on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "ClockSkew"))]
struct ClockForm {
    /// The server.
    server: ServerName,
    /// How far it is ahead; negative if it is behind. Usually not at all.
    offset: Option<Offset>,
    /// How much faster than the truth it runs, in parts per million; negative if it is slow.
    drift_ppm: Option<Drift>,
}

/// One direction of a link.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "OneWay"))]
struct OneWayForm {
    /// The node whose messages no longer arrive.
    from: NodeName,
    /// The node that no longer hears the other.
    to: NodeName,
}

/// A partition.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Partition"))]
struct PartitionForm {
    /// The nodes on one side.
    side: Vec<NodeName>,
    /// Which messages are lost: "both" (the usual), those "into" the side, or those "out of" it.
    direction: Option<DirectionWord>,
}

/// How well a link works from now on. A field that is left out becomes normal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Link"))]
struct LinkForm {
    /// Who sends.
    from: NodeName,
    /// Who receives.
    to: NodeName,
    /// Whether the other direction gets the same quality. Usually true.
    both_ways: Option<bool>,
    /// Of a hundred messages, how many are lost, with at most one decimal.
    loss_percent: Option<Hundredths>,
    /// Of a hundred messages, how many arrive twice, with at most one decimal.
    duplicate_percent: Option<Hundredths>,
    /// Of a hundred messages, how many are reordered, with at most one decimal.
    reorder_percent: Option<Hundredths>,
    /// How many times its usual latency it takes, from 1 (the usual).
    slow_factor: Option<SlowFactor>,
}

impl<'de> Deserialize<'de> for ReadFromForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Whom;

        impl Visitor<'_> for Whom {
            type Value = ReadFromForm;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("\"primary\", \"nearest\", \"any\" or a server such as \"S2\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<ReadFromForm, E> {
                let from = match text {
                    "primary" => Some(ReadFrom::Primary),
                    "nearest" => Some(ReadFrom::Nearest),
                    "any" => Some(ReadFrom::Any),
                    name => server(name).map(ReadFrom::Server),
                };
                from.map(ReadFromForm).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_str(Whom)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for ReadFromForm {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "ReadFrom".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(primary|nearest|any|S[1-9][0-9]*)$" })
    }
}

/// Reads a command in the form of the entries of `[[at]]`, without a time, such as `kill = "S1"`.
///
/// `number` tells made-up contents apart: a write with a size writes another text under each number.
///
/// # Errors
/// If the table names no command, more than one, or one that is not in its right form; the sentence says which
/// field is wrong and what was expected.
pub fn parse_command(mut table: toml::Table, number: u64) -> Result<Command, String> {
    const AT: &str = "0 s";
    if table.insert("time".to_owned(), AT.into()).is_some() {
        return Err("time: a command that is given now has no time of its own".to_owned());
    }
    let form = AtForm::deserialize(table).map_err(|error| error.to_string().trim_end().replace('\n', ", "))?;
    only_command(&form, number)
}

/// Reads a command as [`parse_command`] does, from its text.
///
/// # Errors
/// If the text is no such command; the sentence says which field is wrong and what was expected.
pub fn command_from_text(text: &str, number: u64) -> Result<Command, String> {
    only_command(&super::document::read_entry(text)?, number)
}

fn only_command(form: &AtForm, number: u64) -> Result<Command, String> {
    if form.name.is_some() {
        return Err("name: a command that is given now has no name".to_owned());
    }
    let commands = form.commands("at", number).map_err(|problem| {
        let field = problem.field.split_once('.').map_or("", |(_, field)| field);
        if field.is_empty() { problem.message } else { format!("{field}: {}", problem.message) }
    })?;
    let count = commands.len();
    match (commands.into_iter().next(), count) {
        (Some(command), 1) => Ok(command),
        (None, _) => Err("expected a command, such as kill".to_owned()),
        (Some(_), count) => Err(format!("expected one command only, not {count}")),
    }
}

impl AtForm {
    /// The command with its time, counted from when the learner enters. `number` counts the entries from 1.
    pub fn timed_command(&self, field: &str, number: u64) -> Result<TimedCommand, Problem> {
        if self.name.as_ref().is_some_and(|name| name.trim().is_empty() || name.chars().count() > NAME_LIMIT) {
            let message = format!("expected a name of 1 to {NAME_LIMIT} characters");
            return Err(Problem::new(format!("{field}.name"), message));
        }
        let mut commands = self.commands(field, number)?;
        match (commands.pop(), commands.is_empty()) {
            (Some(command), true) => Ok(TimedCommand { at: Time::ZERO + self.time.0, command }),
            (None, _) => Err(Problem::new(field, "expected a command beside the time, such as kill = \"S1\"")),
            (Some(_), false) => {
                Err(Problem::new(field, "expected one command only; a second one needs its own [[at]]"))
            }
        }
    }

    /// Whether it has this name.
    pub fn is_named(&self, name: &str) -> bool {
        self.name.as_deref() == Some(name)
    }

    /// All commands that the entry names: there should be one.
    fn commands(&self, field: &str, number: u64) -> Result<Vec<Command>, Problem> {
        let mut commands = Vec::new();
        commands.extend(self.add_server.as_ref().map(|form| Command::AddServer { zone: form.zone.map(|zone| zone.0) }));
        let on_server = |name: Option<ServerName>, command: fn(crate::sim::ServerId) -> Command| {
            name.map(|ServerName(server)| command(server))
        };
        commands.extend(on_server(self.remove_server, |server| Command::RemoveServer { server }));
        commands.extend(on_server(self.crash, |server| Command::Crash { server }));
        commands.extend(on_server(self.kill, |server| Command::Kill { server }));
        commands.extend(on_server(self.restart, |server| Command::Restart { server }));
        commands.extend(on_server(self.pause, |server| Command::Pause { server }));
        commands.extend(on_server(self.resume, |server| Command::Resume { server }));
        commands.extend(on_server(self.wipe, |server| Command::Wipe { server }));
        commands.extend(on_server(self.promote, |server| Command::Promote { server }));
        if let Some(form) = &self.write {
            // Salted apart from the files of the opening, so that a write writes something else.
            let content = content(&format!("{field}.write"), form.text.as_deref(), form.size, 1_000_000 + number)?;
            let placement = form.copies.map_or(Placement::EveryServer, |copies| copies.0);
            commands.push(Command::Write { file: form.file.clone(), content, placement });
        }
        commands.extend(self.read.as_ref().map(|form| Command::Read {
            file: form.file.clone(),
            from: form.from.map_or(ReadFrom::Primary, |from| from.0),
        }));
        commands.extend(self.delete.clone().map(|file| Command::Delete { file }));
        commands.extend(self.call.clone().map(|service| Command::Call { service }));
        commands.extend(self.rot.as_ref().map(|form| Command::Rot {
            server: form.server.0,
            file: form.file.clone(),
            bit: form.bit.map_or(0, |bit| u64::from(bit.0)),
        }));
        commands.extend(self.disk.as_ref().map(|form| Command::SetDisk {
            server: form.server.0,
            condition: DiskCondition { full: form.full, slow_factor: form.slow_factor.map_or(1, |factor| factor.0) },
        }));
        commands.extend(self.clock.as_ref().map(|form| Command::SkewClock {
            server: form.server.0,
            offset_us: form.offset.map_or(0, |offset| offset.0),
            drift_ppm: form.drift_ppm.map_or(0, |drift| drift.0),
        }));
        commands.extend(self.cut.map(|[first, second]| Command::CutLink { first: first.0, second: second.0 }));
        commands.extend(self.cut_one_way.as_ref().map(|form| Command::CutOneWay { from: form.from.0, to: form.to.0 }));
        commands.extend(self.heal.map(|[first, second]| Command::HealLink { first: first.0, second: second.0 }));
        match self.heal_all {
            Some(true) => commands.push(Command::HealAll),
            Some(false) => return Err(Problem::new(format!("{field}.heal_all"), "expected true")),
            None => {}
        }
        commands.extend(self.partition.as_ref().map(|form| Command::Partition {
            side: form.side.iter().map(|node| node.0).collect::<Vec<NodeId>>(),
            direction: form.direction.map_or(Direction::Both, |word| word.0),
        }));
        commands.extend(self.link.as_ref().map(|form| form.command(&format!("{field}.link"))).transpose()?);
        commands.extend(self.zone_outage.map(|ZoneName(zone)| Command::ZoneOutage { zone }));
        commands.extend(self.zone_return.map(|ZoneName(zone)| Command::ZoneReturn { zone }));
        commands.extend(self.crash_coordinator.map(|CoordinatorName(node)| Command::CrashCoordinator { node }));
        commands.extend(self.restart_coordinator.map(|CoordinatorName(node)| Command::RestartCoordinator { node }));
        if let Some(form) = &self.policy {
            let changes = form.changes(&format!("{field}.policy"))?;
            commands.push(Command::SetPolicy { changes });
        }
        commands.extend(self.workload.as_ref().map(|form| form.command(&format!("{field}.workload"))).transpose()?);
        Ok(commands)
    }
}

impl NewWorkloadForm {
    fn command(&self, field: &str) -> Result<Command, Problem> {
        let NodeId::Client(client) = self.client.0 else {
            return Err(Problem::new(format!("{field}.client"), "expected a client such as \"client 1\""));
        };
        if self.rate.is_some_and(|rate| rate.0 > RATE_LIMIT_PER_SECOND * 100) {
            let message = format!("expected at most {RATE_LIMIT_PER_SECOND}");
            return Err(Problem::new(format!("{field}.rate"), message));
        }
        if self.rate.is_none() && self.read_percent.is_none() {
            return Err(Problem::new(field, "expected a rate or a read_percent beside the client"));
        }
        Ok(Command::SetWorkload {
            client,
            rate_per_second_hundredths: self.rate.map(|rate| rate.0),
            read_percent: self.read_percent.map(|percent| percent.0),
        })
    }
}

impl LinkForm {
    fn command(&self, field: &str) -> Result<Command, Problem> {
        let quality = LinkQuality {
            loss_per_mille: per_mille(field, "loss_percent", self.loss_percent)?,
            duplicate_per_mille: per_mille(field, "duplicate_percent", self.duplicate_percent)?,
            reorder_per_mille: per_mille(field, "reorder_percent", self.reorder_percent)?,
            slow_factor: self.slow_factor.map_or(1, |factor| factor.0),
        };
        let both_ways = self.both_ways.unwrap_or(true);
        Ok(Command::SetLink { from: self.from.0, to: self.to.0, both_ways, quality })
    }
}

fn per_mille(field: &str, name: &str, percent: Option<Hundredths>) -> Result<u16, Problem> {
    let hundredths = percent.map_or(0, |percent| percent.0);
    let per_mille = u16::try_from(hundredths / 10).ok().filter(|rate| *rate <= 1_000 && hundredths.is_multiple_of(10));
    let message = "expected a number from 0 to 100 with at most one decimal";
    per_mille.ok_or_else(|| Problem::new(format!("{field}.{name}"), message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ServerId, ZoneId};

    fn parse(text: &str) -> Result<Command, String> {
        parse_command(text.parse().unwrap(), 1)
    }

    #[test]
    fn a_command_without_a_time_reads_as_in_a_plan() {
        assert_eq!(parse("kill = \"S1\""), Ok(Command::Kill { server: ServerId(1) }));
        assert_eq!(parse("zone_outage = \"B\""), Ok(Command::ZoneOutage { zone: ZoneId(1) }));
        let rot = Command::Rot { server: ServerId(2), file: "notes.txt".to_owned(), bit: 9 };
        assert_eq!(parse("rot = { server = \"S2\", file = \"notes.txt\", bit = 9 }"), Ok(rot));
    }

    #[test]
    fn a_wrong_command_is_refused_with_its_field_and_what_was_expected() {
        for (text, said) in [
            ("kill = \"server one\"", "a server such as \"S1\""),
            ("kill = \"server one\"", "kill"),
            ("explode = \"S1\"", "unknown field `explode`"),
            ("kill = \"S1\"\ncrash = \"S2\"", "expected one command only, not 2"),
            ("", "expected a command, such as kill"),
            ("time = \"1 s\"\nkill = \"S1\"", "has no time of its own"),
            (
                "link = { from = \"S1\", to = \"S2\", loss_percent = 300 }",
                "link.loss_percent: expected a number from 0 to 100",
            ),
        ] {
            let sentence = parse(text).unwrap_err();
            assert!(sentence.contains(said) && !sentence.contains('\n'), "{text}: {sentence}");
        }
    }
}
