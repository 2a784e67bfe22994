//! The section `[policy]`: the rules of all replica groups.

use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use super::error::Problem;
use super::limits::{PERIOD_MIN, SETTING_LIMIT};
use super::quantity::{Duration, DurationOrNever, Hundredths};
use super::whole::AtLeastOne;
use super::word::{AckWhenWord, FailoverWord};
use crate::replication::{Acks, Detector, Policy, PolicyChange, WhenShort};
use crate::sim::Span;
use crate::world::SERVERS_LIMIT;

/// The rules of all replica groups. A rule that is left out keeps its usual value.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Policy"))]
pub(super) struct PolicyForm {
    /// How many replicas must acknowledge an update before the client is told ok: "all" in-sync replicas (the
    /// usual), "none", or a number.
    acks: Option<AcksForm>,
    /// What an acknowledgement means: the update was "received", is "in memory", "on disk" (the usual) or
    /// "applied", so that clients that read from the replica see it.
    ack_when: Option<AckWhenWord>,
    /// How many updates may be under way at once, from 1 (the usual): then each ack allows the next update.
    window: Option<AtLeastOne>,
    /// With fewer in-sync servers than this, including the primary, it refuses writes. 1, the usual, never
    /// refuses.
    min_in_sync: Option<AtLeastOne>,
    /// What the primary does with an update that gets too few acknowledgements: "wait" forever (the usual),
    /// `{ time_out = "2 s" }` to tell the client then that the outcome is unknown, or `{ go_async = "1 s" }` to
    /// acknowledge alone from then on until a replica has caught up.
    when_short: Option<WhenShortForm>,
    /// Who names a new primary: "automatic" for the coordinator (the usual), "manual" for an operator.
    failover: Option<FailoverWord>,
    /// Whether a server that has promised an epoch refuses what earlier primaries send. Usually true.
    fencing: Option<bool>,
    /// Whether a server verifies the checksum of what it reads from its disk. Usually true.
    checksums: Option<bool>,
    /// How long a primary may answer reads after the coordinator has last confirmed it. "never", the usual: nobody
    /// confirms it, and it answers as long as it believes that it is the primary.
    read_lease: Option<DurationOrNever>,
    /// How often each server sends a heartbeat; usually "50 ms".
    heartbeat_every: Option<Duration>,
    /// How the coordinator tells that a server has failed: `{ time_out = "160 ms" }` (the usual) or
    /// `{ phi = { threshold = 8 } }`.
    detector: Option<DetectorForm>,
    /// The primary resends what was not acknowledged for this long; usually "150 ms".
    resend_after: Option<Duration>,
    /// The primary gives up on an in-sync replica that acknowledged nothing for this long; usually "400 ms".
    drop_after: Option<Duration>,
    /// How many updates a log keeps, usually 64; a server that lags further gets a full copy.
    log_limit: Option<AtLeastOne>,
    /// How long a replica takes to apply an update once it is on disk; usually no time.
    apply_time: Option<Duration>,
    /// How often each server checks one of its copies for rot; "never", the usual, if it doesn't.
    scrub_every: Option<DurationOrNever>,
    /// How long a server must be suspected before its copies are recreated elsewhere; usually "1 s".
    repair_after: Option<Duration>,
    /// How many servers may be brought up to date at once for a repair, over all groups; usually 2.
    repairs_at_once: Option<AtLeastOne>,
}

/// How many acknowledgements are needed.
#[derive(Clone, Copy, Debug)]
struct AcksForm(Acks);

/// What happens when acks don't come.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "WhenShort"))]
enum WhenShortForm {
    /// The update waits forever.
    Wait,
    /// The client is told after this time that the outcome is unknown.
    TimeOut(Duration),
    /// After this time the primary acknowledges alone, until a replica has caught up.
    GoAsync(Duration),
}

/// How silence becomes suspicion.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Detector"))]
enum DetectorForm {
    /// A server that was not heard for this long is suspected.
    TimeOut(Duration),
    /// A server is suspected when its silence is improbable, judged by its past heartbeats.
    Phi(PhiForm),
}

/// The φ accrual detector.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Phi"))]
struct PhiForm {
    /// The least φ that is suspect, with at most one decimal; usually 8.
    threshold: Option<Hundredths>,
    /// The least standard deviation to reckon with; usually a tenth of the heartbeat interval.
    deviation_min: Option<Duration>,
    /// The silence to accept on top of the mean interval; usually three heartbeat intervals.
    pause_accepted: Option<Duration>,
}

impl<'de> Deserialize<'de> for AcksForm {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Count;

        impl Visitor<'_> for Count {
            type Value = AcksForm;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("\"all\", \"none\" or a number of replicas from 0")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<AcksForm, E> {
                match text {
                    "all" => Ok(AcksForm(Acks::All)),
                    "none" => Ok(AcksForm(Acks::None)),
                    _ => Err(E::invalid_value(Unexpected::Str(text), &self)),
                }
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<AcksForm, E> {
                let count = usize::try_from(number).ok().filter(|count| *count < SERVERS_LIMIT);
                match count {
                    Some(0) => Ok(AcksForm(Acks::None)),
                    Some(count) => Ok(AcksForm(Acks::Count(count))),
                    None => Err(E::invalid_value(Unexpected::Signed(number), &self)),
                }
            }
        }

        deserializer.deserialize_any(Count)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for AcksForm {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Acks".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "\"all\", \"none\" or a number of replicas",
            "anyOf": [{ "enum": ["all", "none"] }, { "type": "integer", "minimum": 0, "maximum": SERVERS_LIMIT - 1 }],
        })
    }
}

impl WhenShortForm {
    fn when_short(self, field: &str) -> Result<WhenShort, Problem> {
        Ok(match self {
            Self::Wait => WhenShort::Wait,
            Self::TimeOut(after) => {
                WhenShort::TimeOut { after: checked_period(&format!("{field}.when_short.time_out"), after)? }
            }
            Self::GoAsync(after) => {
                WhenShort::GoAsync { after: checked_period(&format!("{field}.when_short.go_async"), after)? }
            }
        })
    }
}

impl PolicyForm {
    /// The policy that it describes.
    pub fn policy(&self) -> Result<Policy, Problem> {
        let mut policy = Policy::default();
        set(&mut policy.acks, self.acks.map(|acks| acks.0));
        set(&mut policy.ack_when, self.ack_when.map(|word| word.0));
        set(&mut policy.failover, self.failover.map(|word| word.0));
        set(&mut policy.fencing, self.fencing);
        set(&mut policy.checksums, self.checksums);
        set(&mut policy.window, number(self.window));
        set(&mut policy.min_in_sync, number(self.min_in_sync));
        set(&mut policy.log_limit, number(self.log_limit));
        set(&mut policy.repairs_at_once, number(self.repairs_at_once));
        set(&mut policy.heartbeat_every, period("policy.heartbeat_every", self.heartbeat_every)?);
        set(&mut policy.resend_after, period("policy.resend_after", self.resend_after)?);
        set(&mut policy.drop_after, period("policy.drop_after", self.drop_after)?);
        set(&mut policy.apply_time, setting("policy.apply_time", self.apply_time)?);
        set(&mut policy.repair_after, setting("policy.repair_after", self.repair_after)?);
        policy.read_lease = period("policy.read_lease", self.read_lease.and_then(|form| form.0.map(Duration)))?;
        policy.scrub_every = period("policy.scrub_every", self.scrub_every.and_then(|form| form.0.map(Duration)))?;
        policy.when_short = self.when_short.map_or(Ok(WhenShort::Wait), |form| form.when_short("policy"))?;
        set(&mut policy.detector, self.detector(policy.heartbeat_every)?);
        Ok(policy)
    }

    /// The rules that it changes in a cluster that runs; `field` is its place.
    pub fn changes(&self, field: &str) -> Result<Vec<PolicyChange>, Problem> {
        for (name, is_said) in [
            ("read_lease", self.read_lease.is_some()),
            ("heartbeat_every", self.heartbeat_every.is_some()),
            ("resend_after", self.resend_after.is_some()),
            ("drop_after", self.drop_after.is_some()),
            ("log_limit", self.log_limit.is_some()),
            ("apply_time", self.apply_time.is_some()),
            ("repairs_at_once", self.repairs_at_once.is_some()),
        ] {
            if is_said {
                let message = "it can't be changed while the cluster runs, only from the beginning";
                return Err(Problem::new(format!("{field}.{name}"), message));
            }
        }
        let at = |name: &str| format!("{field}.{name}");
        let mut changes: Vec<PolicyChange> = Vec::new();
        changes.extend(self.acks.map(|acks| PolicyChange::Acks(acks.0)));
        changes.extend(self.ack_when.map(|word| PolicyChange::AckWhen(word.0)));
        changes.extend(number(self.window).map(PolicyChange::Window));
        changes.extend(number(self.min_in_sync).map(PolicyChange::MinInSync));
        changes.extend(self.when_short.map(|form| form.when_short(field).map(PolicyChange::WhenShort)).transpose()?);
        changes.extend(self.failover.map(|word| PolicyChange::Failover(word.0)));
        changes.extend(self.fencing.map(PolicyChange::Fencing));
        changes.extend(self.checksums.map(PolicyChange::Checksums));
        changes.extend(self.detector(Policy::default().heartbeat_every)?.map(PolicyChange::Detector));
        if let Some(DurationOrNever(every)) = self.scrub_every {
            changes.push(PolicyChange::ScrubEvery(period(&at("scrub_every"), every.map(Duration))?));
        }
        changes.extend(setting(&at("repair_after"), self.repair_after)?.map(PolicyChange::RepairAfter));
        if changes.is_empty() {
            return Err(Problem::new(field, "expected a rule, such as acks = 1"));
        }
        Ok(changes)
    }

    fn detector(&self, heartbeat_every: Span) -> Result<Option<Detector>, Problem> {
        let phi = match self.detector {
            None => return Ok(None),
            Some(DetectorForm::TimeOut(after)) => {
                let after = checked_period("policy.detector.time_out", after)?;
                return Ok(Some(Detector::TimeOut { after }));
            }
            Some(DetectorForm::Phi(phi)) => phi,
        };
        let mut detector = Detector::phi_accrual(heartbeat_every);
        if let Detector::PhiAccrual { threshold_tenths, deviation_min, pause_accepted } = &mut detector {
            if let Some(Hundredths(hundredths)) = phi.threshold {
                if !hundredths.is_multiple_of(10) || hundredths == 0 {
                    let message = "expected a number above 0 with at most one decimal";
                    return Err(Problem::new("policy.detector.phi.threshold", message));
                }
                *threshold_tenths = hundredths / 10;
            }
            set(deviation_min, period("policy.detector.phi.deviation_min", phi.deviation_min)?);
            set(pause_accepted, setting("policy.detector.phi.pause_accepted", phi.pause_accepted)?);
        }
        Ok(Some(detector))
    }
}

/// Takes over what was said.
pub(super) fn set<T>(target: &mut T, value: Option<T>) {
    if let Some(value) = value {
        *target = value;
    }
}

fn number(number: Option<AtLeastOne>) -> Option<usize> {
    number.and_then(|number| usize::try_from(number.0).ok())
}

/// A time that may be zero.
pub(super) fn setting(field: &str, time: Option<Duration>) -> Result<Option<Span>, Problem> {
    match time {
        Some(Duration(span)) if span > SETTING_LIMIT => Err(Problem::new(field, "expected at most a day")),
        time => Ok(time.map(|time| time.0)),
    }
}

/// A time after which something comes round again.
pub(super) fn period(field: &str, time: Option<Duration>) -> Result<Option<Span>, Problem> {
    time.map(|time| checked_period(field, time)).transpose()
}

fn checked_period(field: &str, Duration(span): Duration) -> Result<Span, Problem> {
    if (PERIOD_MIN..=SETTING_LIMIT).contains(&span) {
        Ok(span)
    } else {
        Err(Problem::new(field, "expected a time from 1 ms to a day"))
    }
}
