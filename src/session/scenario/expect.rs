//! The entries of `[[expect]]`: what should hold at a time or at the end.

use serde::Deserialize;

use super::error::Problem;
use super::quantity::{Duration, Hundredths, ServerName};
use super::whole::{Count, Percent, Whole};
use super::word::{HealthWord, StatusWord, VerdictWord, word};
use crate::check::{CopyHealth, Verdict};
use crate::sim::{ServerId, Span};
use crate::world::{OperationKind, ServerStatus};

/// Something that should hold at a time or at the end. Each entry has one of the conditions `verdict`,
/// `acknowledged`, `read`, `copies`, `health`, `text`, `primary`, `primaries`, `epoch`, `in_sync`, `status`,
/// `availability_percent`, `latency` and `count`, and the fields that belong to it.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Expect"))]
pub(crate) struct ExpectForm {
    /// When it should hold, counted from when the learner enters; by default at the end.
    pub(super) time: Option<Duration>,
    /// Why it should hold, for people.
    because: Option<String>,
    /// The name of the file that `verdict`, `acknowledged`, `read`, `copies`, `health` and `text` are about. A
    /// verdict without a file is about every file.
    file: Option<String>,
    /// The server that `health`, `text` and `status` are about.
    server: Option<ServerName>,
    /// What became of the file.
    verdict: Option<VerdictWord>,
    /// The last version of the file that a client was told ok for.
    acknowledged: Option<Count>,
    /// The version that the last ended read of the file found; 0 for no such file.
    read: Option<Count>,
    /// How many servers, up or down, have the last acknowledged version of the file intact on disk.
    copies: Option<Count>,
    /// How the copy of the file on the server compares with what was acknowledged.
    health: Option<HealthWord>,
    /// The text that the server has in the file.
    text: Option<String>,
    /// The server that the coordinator has named as primary, or "none".
    primary: Option<PrimaryForm>,
    /// How many servers believe that they are the primary of the group of all servers.
    primaries: Option<Count>,
    /// The epoch of the coordinator's last decision.
    epoch: Option<Count>,
    /// The servers in sync.
    in_sync: Option<Vec<ServerName>>,
    /// Whether the server runs.
    status: Option<StatusWord>,
    /// Of a hundred operations that ended, how many at least got an ok and read neither a corrupt nor a missing
    /// copy, with at most two decimals.
    availability_percent: Option<Hundredths>,
    /// How long the operations of this kind took that were told ok, as a percentile (usually the median)
    /// between `least` and `most`.
    latency: Option<OperationWord>,
    /// The percentile of the latency, from 0 to 100; usually 50.
    percentile: Option<Percent>,
    /// The least latency.
    least: Option<Duration>,
    /// The greatest latency.
    most: Option<Duration>,
    /// What is counted, from the beginning, between `at_least` and `at_most`.
    count: Option<CountWord>,
    /// The least count.
    at_least: Option<Count>,
    /// The greatest count.
    at_most: Option<Count>,
}

/// A server or none.
#[derive(Clone, Copy, Debug)]
struct PrimaryForm(Option<ServerId>);

impl<'de> Deserialize<'de> for PrimaryForm {
    fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let parse = |text: &str| if text == "none" { Some(None) } else { super::quantity::server(text).map(Some) };
        word(deserializer, &["none", "S1"], parse).map(Self)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for PrimaryForm {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Primary".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "pattern": "^(none|S[1-9][0-9]*)$" })
    }
}

super::word::words!(
    /// A kind of operation.
    OperationWord(OperationKind):
    "writes" => OperationKind::Write,
    "reads" => OperationKind::Read,
    "deletions" => OperationKind::Delete,
    "calls" => OperationKind::Call,
);

super::word::words!(
    /// What can be counted.
    CountWord(Counted):
    "operations done" => Counted::Done,
    "operations refused" => Counted::Refused,
    "operations with an open outcome" => Counted::Unknown,
    "operations sent again" => Counted::Retried,
    "damaged reads" => Counted::DamagedReads,
    "stale reads" => Counted::StaleReads,
    "files lost after they were acknowledged" => Counted::LostFiles,
    "updates logged" => Counted::Logged,
    "updates cut off" => Counted::CutOff,
    "requests answered again" => Counted::Repeated,
    "promotions" => Counted::Promotions,
    "suspicions" => Counted::Suspicions,
    "refusals of an old primary" => Counted::Fenced,
    "messages lost" => Counted::LostMessages,
    "full copies sent" => Counted::FullCopies,
    "repairs started" => Counted::Repairs,
    "copies trimmed" => Counted::Trimmed,
    "rot found" => Counted::RotFound,
    "rot repaired" => Counted::RotRepaired,
    "times gone asynchronous" => Counted::WentAsync,
    "commands of the plan refused" => Counted::RefusedCommands,
    "broken invariants" => Counted::BrokenInvariants,
);

/// What can be counted, from the beginning of the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// Operations that a client was told ok for.
    Done,
    /// Operations that a client was told no for.
    Refused,
    /// Operations of which the client can't know the outcome.
    Unknown,
    /// Changes that a client sent once more.
    Retried,
    /// Reads that were given damaged bytes.
    DamagedReads,
    /// Reads that were given an older version than one that was acknowledged before they began.
    StaleReads,
    /// Files of which an acknowledged version is lost.
    LostFiles,
    /// Updates that a primary, or the server of a single copy, put into its log.
    Logged,
    /// Updates that a replica cut off, since its primary didn't have them.
    CutOff,
    /// Requests that came again and were not done again.
    Repeated,
    /// New primaries that the coordinator named.
    Promotions,
    /// Servers that became suspected.
    Suspicions,
    /// Messages of an earlier epoch that were refused.
    Fenced,
    /// Messages that were lost.
    LostMessages,
    /// Full copies that a primary sent.
    FullCopies,
    /// Servers that were chosen to get a copy that is missing.
    Repairs,
    /// Copies that were no longer needed.
    Trimmed,
    /// Copies that were found to be damaged.
    RotFound,
    /// Damaged copies that were replaced by good ones.
    RotRepaired,
    /// Times at which a primary went on without acknowledgements.
    WentAsync,
    /// Commands of the plan that could not be carried out as things stood.
    RefusedCommands,
    /// Times at which an invariant did not hold.
    BrokenInvariants,
}

impl Counted {
    /// What it counts, as in the format.
    #[must_use]
    pub fn words(self) -> &'static str {
        CountWord::word_of(self)
    }
}

/// Something that should hold at a time or at the end of a scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Expectation {
    /// When, counted from when the learner enters.
    pub at: Span,
    /// Why it should, for people; may be empty.
    pub because: String,
    /// What should hold.
    pub condition: Condition,
}

/// What should hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// A file, or every file, has this verdict.
    Verdict {
        /// The name of the file; without, every file.
        file: Option<String>,
        /// The verdict.
        verdict: Verdict,
    },
    /// The last version that a client was told ok for.
    Acknowledged {
        /// The name of the file.
        file: String,
        /// The version; 0 for none.
        version: u64,
    },
    /// The last ended read of a file found this.
    Read {
        /// The name of the file.
        file: String,
        /// The version; 0 for no such file.
        version: u64,
    },
    /// So many servers have the last acknowledged version on disk, undamaged.
    Copies {
        /// The name of the file.
        file: String,
        /// How many.
        count: u64,
    },
    /// How the copy of a file on a server compares with what was acknowledged.
    Health {
        /// The name of the file.
        file: String,
        /// The server.
        server: ServerId,
        /// The health.
        health: CopyHealth,
    },
    /// What a server has in a file.
    Text {
        /// The name of the file.
        file: String,
        /// The server.
        server: ServerId,
        /// The text.
        text: String,
    },
    /// The primary that the coordinator has named.
    Primary(Option<ServerId>),
    /// How many servers believe to be primary.
    Primaries(u64),
    /// The epoch of the coordinator's last decision.
    Epoch(u64),
    /// The servers in sync, in the order of their ids.
    InSync(Vec<ServerId>),
    /// Whether a server runs.
    Status {
        /// The server.
        server: ServerId,
        /// The status.
        status: ServerStatus,
    },
    /// Of ten thousand operations that ended, at least so many were told ok.
    Availability {
        /// How many of ten thousand.
        least_hundredths: u32,
    },
    /// How long operations took that were told ok.
    Latency {
        /// What kind.
        kind: OperationKind,
        /// The percentile, from 0 to 100.
        percentile: u8,
        /// The least time.
        least: Option<Span>,
        /// The greatest time.
        most: Option<Span>,
    },
    /// How often something happened.
    Count {
        /// What.
        counted: Counted,
        /// The least count.
        least: Option<u64>,
        /// The greatest count.
        most: Option<u64>,
    },
}

impl ExpectForm {
    /// The expectation that it describes; `end` is the end of the run.
    pub fn expectation(&self, field: &str, end: Span) -> Result<Expectation, Problem> {
        let at = self.time.map_or(end, |time| time.0);
        if at > end {
            return Err(Problem::new(format!("{field}.time"), "expected a time up to the end of the run, `until`"));
        }
        let mut conditions = self.conditions(field)?;
        let condition = match (conditions.pop(), conditions.is_empty()) {
            (Some(condition), true) => condition,
            (None, _) => {
                let message = "expected a condition, such as verdict = \"safe\" or count = \"operations refused\"";
                return Err(Problem::new(field, message));
            }
            (Some(_), false) => {
                return Err(Problem::new(field, "expected one condition only; a second one needs its own [[expect]]"));
            }
        };
        self.check_no_stray(field, &condition)?;
        Ok(Expectation { at, because: self.because.clone().unwrap_or_default(), condition })
    }

    fn conditions(&self, field: &str) -> Result<Vec<Condition>, Problem> {
        let file = |of: &str| {
            let message = format!("expected the name of a file, since {of} is of a file");
            self.file.clone().ok_or_else(|| Problem::new(format!("{field}.{of}"), message))
        };
        let server = |of: &str| {
            let message = format!("expected a server, since {of} is of a server");
            self.server.map(|server| server.0).ok_or_else(|| Problem::new(format!("{field}.{of}"), message))
        };
        let mut conditions = Vec::new();
        if let Some(VerdictWord(verdict)) = self.verdict {
            conditions.push(Condition::Verdict { file: self.file.clone(), verdict });
        }
        if let Some(Whole(version)) = self.acknowledged {
            conditions.push(Condition::Acknowledged { file: file("acknowledged")?, version });
        }
        if let Some(Whole(version)) = self.read {
            conditions.push(Condition::Read { file: file("read")?, version });
        }
        if let Some(Whole(count)) = self.copies {
            conditions.push(Condition::Copies { file: file("copies")?, count });
        }
        if let Some(HealthWord(health)) = self.health {
            conditions.push(Condition::Health { file: file("health")?, server: server("health")?, health });
        }
        if let Some(text) = self.text.clone() {
            conditions.push(Condition::Text { file: file("text")?, server: server("text")?, text });
        }
        conditions.extend(self.primary.map(|PrimaryForm(primary)| Condition::Primary(primary)));
        conditions.extend(self.primaries.map(|count| Condition::Primaries(count.0)));
        conditions.extend(self.epoch.map(|epoch| Condition::Epoch(epoch.0)));
        if let Some(servers) = &self.in_sync {
            let mut servers: Vec<ServerId> = servers.iter().map(|server| server.0).collect();
            servers.sort_unstable();
            conditions.push(Condition::InSync(servers));
        }
        if let Some(StatusWord(status)) = self.status {
            conditions.push(Condition::Status { server: server("status")?, status });
        }
        if let Some(Hundredths(least_hundredths)) = self.availability_percent {
            if least_hundredths > 10_000 {
                return Err(Problem::new(format!("{field}.availability_percent"), "expected a number from 0 to 100"));
            }
            conditions.push(Condition::Availability { least_hundredths });
        }
        if let Some(OperationWord(kind)) = self.latency {
            let (least, most) = (self.least.map(|time| time.0), self.most.map(|time| time.0));
            if least.is_none() && most.is_none() {
                return Err(Problem::new(format!("{field}.latency"), "expected least or most beside it"));
            }
            let percentile = self.percentile.map_or(50, |percentile| percentile.0);
            conditions.push(Condition::Latency { kind, percentile, least, most });
        }
        if let Some(CountWord(counted)) = self.count {
            if self.at_least.is_none() && self.at_most.is_none() {
                return Err(Problem::new(format!("{field}.count"), "expected at_least or at_most beside it"));
            }
            let (least, most) = (self.at_least.map(|least| least.0), self.at_most.map(|most| most.0));
            conditions.push(Condition::Count { counted, least, most });
        }
        Ok(conditions)
    }

    /// A field that belongs to another condition would be dropped in silence.
    fn check_no_stray(&self, field: &str, condition: &Condition) -> Result<(), Problem> {
        let of_file = matches!(
            condition,
            Condition::Verdict { .. }
                | Condition::Acknowledged { .. }
                | Condition::Read { .. }
                | Condition::Copies { .. }
                | Condition::Health { .. }
                | Condition::Text { .. }
        );
        let of_server =
            matches!(condition, Condition::Health { .. } | Condition::Text { .. } | Condition::Status { .. });
        let of_latency = matches!(condition, Condition::Latency { .. });
        let of_count = matches!(condition, Condition::Count { .. });
        let strays = [
            ("file", self.file.is_some() && !of_file),
            ("server", self.server.is_some() && !of_server),
            ("percentile", self.percentile.is_some() && !of_latency),
            ("least", self.least.is_some() && !of_latency),
            ("most", self.most.is_some() && !of_latency),
            ("at_least", self.at_least.is_some() && !of_count),
            ("at_most", self.at_most.is_some() && !of_count),
        ];
        match strays.iter().find(|(_, is_stray)| *is_stray) {
            Some((name, _)) => {
                Err(Problem::new(format!("{field}.{name}"), "this field does not belong to the condition beside it"))
            }
            None => Ok(()),
        }
    }
}
