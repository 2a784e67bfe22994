//! The section `[chaos]`: random faults, how often each kind begins and how long it lasts.

use serde::Deserialize;

use super::error::Problem;
use super::limits::RUN_LIMIT;
use super::policy::period;
use super::quantity::{Duration, Hundredths};
use super::whole::Natural;
use crate::session::{Chaos, FAULT_RATE_LIMIT_HUNDREDTHS, FaultRate};
use crate::sim::Span;
use crate::world::WorldSettings;

/// Random faults, drawn before the run begins. Two designs under the same seed meet the same ones.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Chaos"))]
pub(super) struct ChaosForm {
    /// From when on faults begin, counted from when the learner enters; usually at once.
    from: Option<Duration>,
    /// Until when faults begin; those under way then still end later. Usually the end of the run.
    until: Option<Duration>,
    /// A seed of its own, so that the same faults meet different latencies; by default the run's.
    seed: Option<Natural>,
    /// A server crashes and later starts again from its disk.
    crash: Option<FaultForm>,
    /// A server is lost with its disk, and another one later takes its place with an empty one.
    kill: Option<FaultForm>,
    /// A server does nothing for a while.
    pause: Option<FaultForm>,
    /// A server's disk is wiped; this fault has no end.
    wipe: Option<FaultForm>,
    /// One bit of one copy of a random file flips on a server's disk; this fault has no end.
    rot: Option<FaultForm>,
    /// A server's disk takes 2 to 50 times as long to sync.
    slow_disk: Option<FaultForm>,
    /// A server's disk takes no more writes.
    full_disk: Option<FaultForm>,
    /// A link from a server loses, duplicates, reorders and delays messages.
    bad_link: Option<FaultForm>,
    /// Nothing gets through any more from a server to a random other node.
    one_way_cut: Option<FaultForm>,
    /// Nothing gets through any more between a server and a random other node.
    cut: Option<FaultForm>,
    /// A link from a server loses 1 to 50 % of the messages.
    loss: Option<FaultForm>,
    /// A link from a server takes 2 to 20 times as long.
    slow_link: Option<FaultForm>,
    /// A random set of nodes is cut off from all others.
    partition: Option<FaultForm>,
    /// All servers of a zone crash, and later start again.
    zone_outage: Option<FaultForm>,
    /// A server's clock is set off by up to a second and runs up to 2 % too fast or too slow.
    clock_skew: Option<FaultForm>,
    /// A node of the coordinator stops and later starts again.
    coordinator_crash: Option<FaultForm>,
    /// A server is removed cleanly, once, and later another one is added in its zone.
    removal: Option<FaultForm>,
}

/// How often one kind of fault begins, and how long it lasts.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Fault"))]
struct FaultForm {
    /// How many begin in a minute at each server, zone or node (for partitions: in the whole cluster), with at
    /// most two decimals and at most 600.
    per_minute: Hundredths,
    /// How long each lasts on average; usually "1 s".
    lasts: Option<Duration>,
}

/// How long a fault lasts where the scenario doesn't say.
const LASTS: Span = Span::from_millis(1_000);

impl ChaosForm {
    /// The random faults that it describes; `end` is the end of the run.
    pub fn chaos(&self, settings: &WorldSettings, end: Span) -> Result<Chaos, Problem> {
        let until = self.until.map_or(end, |until| until.0);
        if until > RUN_LIMIT {
            return Err(Problem::new("chaos.until", "expected at most an hour"));
        }
        let chaos = Chaos {
            from: self.from.map_or(Span::ZERO, |from| from.0),
            until,
            seed: self.seed.map(|seed| u64::from(seed.0)),
            crash: rate("crash", self.crash)?,
            kill: rate("kill", self.kill)?,
            pause: rate("pause", self.pause)?,
            wipe: rate("wipe", self.wipe)?,
            rot: rate("rot", self.rot)?,
            slow_disk: rate("slow_disk", self.slow_disk)?,
            full_disk: rate("full_disk", self.full_disk)?,
            bad_link: rate("bad_link", self.bad_link)?,
            one_way_cut: rate("one_way_cut", self.one_way_cut)?,
            cut: rate("cut", self.cut)?,
            loss: rate("loss", self.loss)?,
            slow_link: rate("slow_link", self.slow_link)?,
            partition: rate("partition", self.partition)?,
            zone_outage: rate("zone_outage", self.zone_outage)?,
            clock_skew: rate("clock_skew", self.clock_skew)?,
            coordinator_crash: rate("coordinator_crash", self.coordinator_crash)?,
            removal: rate("removal", self.removal)?,
        };
        chaos.check(settings).map_err(|error| Problem::new("chaos", error.to_string()))?;
        Ok(chaos)
    }
}

fn rate(field: &str, form: Option<FaultForm>) -> Result<FaultRate, Problem> {
    let Some(FaultForm { per_minute: Hundredths(per_minute_hundredths), lasts }) = form else {
        return Ok(FaultRate::default());
    };
    if per_minute_hundredths > FAULT_RATE_LIMIT_HUNDREDTHS {
        let most = FAULT_RATE_LIMIT_HUNDREDTHS / 100;
        return Err(Problem::new(format!("chaos.{field}.per_minute"), format!("expected at most {most} per minute")));
    }
    let lasts = period(&format!("chaos.{field}.lasts"), lasts)?.unwrap_or(LASTS);
    Ok(FaultRate { per_minute_hundredths, lasts })
}
