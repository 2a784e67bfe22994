//! What a run measured.

use serde::Serialize;

use super::{milliseconds, span_milliseconds};
use crate::check::{FailoverTimes, Metrics, Operations, Repairs, ReplicaLag, Times};
use crate::session::Session;

/// What was measured from when the opening files were written until now.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MetricsReport {
    /// When the measuring began, in milliseconds since the world began.
    pub from_ms: f64,
    /// When it ended: now.
    pub until_ms: f64,
    /// Writes and deletions.
    pub writes: OperationsReport,
    /// Reads.
    pub reads: OperationsReport,
    /// Calls of services.
    pub calls: OperationsReport,
    /// Reads that found a version older than the last one acknowledged when they began.
    pub stale_reads: u64,
    /// Reads that got damaged bytes.
    pub damaged_reads: u64,
    /// How far each replica of each group is and was behind its primary.
    pub lags: Vec<LagReport>,
    /// The last failovers, oldest first.
    pub failovers: Vec<FailoverReport>,
    /// How many failovers there were.
    pub failover_count: u64,
    /// How many copies of files there were over time.
    pub copies: CopiesReport,
    /// Copies that were made anew on another server.
    pub repairs: RepairsReport,
    /// Damaged copies that were replaced by good ones.
    pub rot_repairs: RepairsReport,
    /// Messages that were sent.
    pub messages_sent: u64,
    /// Messages that were lost, whatever the reason.
    pub messages_lost: u64,
    /// Bytes that were sent over all links, headers included.
    pub sent_bytes: u64,
    /// Bytes that were written to all disks, headers included.
    pub written_bytes: u64,
    /// Bytes of files on all disks now.
    pub stored_bytes: u64,
    /// Bytes of contents that primaries logged for clients.
    pub logged_bytes: u64,
    /// Bytes written to disks for each byte that was logged; left out if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub write_amplification: Option<f64>,
    /// The same for people: what never happened is left out.
    pub rows: Vec<MetricsRow>,
}

/// One line of a table of metrics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MetricsRow {
    /// What was measured.
    pub label: String,
    /// The value, or `–` if there is none.
    pub value: String,
    /// The unit; empty for a plain count.
    pub unit: String,
}

/// How the operations of one kind went.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct OperationsReport {
    /// How many began.
    pub started: u64,
    /// How many clients were told ok.
    pub ok: u64,
    /// How many were refused: nothing was done.
    pub refused: u64,
    /// How many ended without an answer.
    pub unknown: u64,
    /// How often one was sent again.
    pub retries: u64,
    /// Of a hundred that have ended, how many were told ok; left out if none ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub availability_percent: Option<f64>,
    /// How many were told ok per second.
    pub per_second: f64,
    /// How long those took that were told ok.
    pub latency: TimesReport,
    /// The longest time for which a client that wanted something was told no ok, in milliseconds.
    pub longest_gap_ms: f64,
}

/// How long something took. All are zero if it never happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TimesReport {
    /// How often it happened.
    pub count: u64,
    /// The shortest time, in milliseconds.
    pub least_ms: f64,
    /// The mean time.
    pub mean_ms: f64,
    /// Half of the times were not longer, within 1 %.
    pub median_ms: f64,
    /// 90 % of the times were not longer, within 1 %.
    pub p90_ms: f64,
    /// 99 % of the times were not longer, within 1 %.
    pub p99_ms: f64,
    /// 99.9 % of the times were not longer, within 1 %.
    pub p999_ms: f64,
    /// The longest time.
    pub most_ms: f64,
}

/// How far a replica is and was behind its primary.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LagReport {
    /// The replica.
    pub server: String,
    /// The number of the group; 0 is the group of all servers.
    pub group: u16,
    /// How many updates of the primary are not on this disk now.
    pub updates_behind: u64,
    /// The most updates that it was behind.
    pub most_updates_behind: u64,
    /// The time from when the primary logged an update until it was on this disk.
    pub time: TimesReport,
}

/// A failover.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FailoverReport {
    /// The number of the group; 0 is the group of all servers.
    pub group: u16,
    /// The epoch of the new primary.
    pub epoch: u64,
    /// The new primary.
    pub server: String,
    /// When the new primary knew that it is, in milliseconds since the world began.
    pub reigns_ms: f64,
    /// From the fault to the new primary, in milliseconds; from the beginning of the search if there was no fault.
    pub until_primary_ms: f64,
    /// Of it, from the suspicion on.
    pub from_suspicion_ms: f64,
    /// From the fault to the first acknowledged change; left out if there was none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until_acknowledged_ms: Option<f64>,
}

/// Repairs of one kind.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RepairsReport {
    /// How many were begun.
    pub started: u64,
    /// How long those took that have ended.
    pub time: TimesReport,
}

/// How many servers had the last acknowledged version of each file on disk, undamaged, over time.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CopiesReport {
    /// The names of the files.
    pub files: Vec<String>,
    /// How far apart the points are, in milliseconds.
    pub interval_ms: f64,
    /// The points, oldest first.
    pub points: Vec<CopiesPoint>,
}

/// The numbers of copies at one moment.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CopiesPoint {
    /// When, in milliseconds since the world began.
    pub at_ms: f64,
    /// The number for each of the files that there was by then.
    pub counts: Vec<u16>,
}

impl MetricsReport {
    /// What a session has measured up to now.
    #[must_use]
    pub fn new(session: &Session) -> Self {
        let metrics: Metrics = session.metrics();
        let row = |row: crate::check::Row| MetricsRow { label: row.label, value: row.value, unit: row.unit.to_owned() };
        let point = |point: &crate::check::CopiesAt| CopiesPoint {
            at_ms: milliseconds(point.at),
            counts: point.counts.clone(),
        };
        Self {
            from_ms: milliseconds(metrics.from),
            until_ms: milliseconds(metrics.until),
            writes: OperationsReport::from(&metrics.writes),
            reads: OperationsReport::from(&metrics.reads),
            calls: OperationsReport::from(&metrics.calls),
            stale_reads: metrics.stale_reads,
            damaged_reads: metrics.damaged_reads,
            lags: metrics.lags.iter().map(LagReport::from).collect(),
            failovers: metrics.failovers.iter().map(FailoverReport::from).collect(),
            failover_count: metrics.failover_count,
            copies: CopiesReport {
                files: metrics.copies.files.iter().map(|file| session.file_name(*file).to_owned()).collect(),
                interval_ms: span_milliseconds(metrics.copies.interval),
                points: metrics.copies.points.iter().map(point).collect(),
            },
            repairs: RepairsReport::from(&metrics.repairs),
            rot_repairs: RepairsReport::from(&metrics.rot_repairs),
            messages_sent: metrics.messages_sent,
            messages_lost: metrics.messages_lost,
            sent_bytes: metrics.sent_bytes,
            written_bytes: metrics.written_bytes,
            stored_bytes: metrics.stored_bytes,
            logged_bytes: metrics.logged_bytes,
            write_amplification: metrics.write_amplification_hundredths.map(hundredths),
            rows: metrics.rows().into_iter().map(row).collect(),
        }
    }
}

impl From<&Operations> for OperationsReport {
    fn from(operations: &Operations) -> Self {
        Self {
            started: operations.started,
            ok: operations.ok,
            refused: operations.refused,
            unknown: operations.unknown,
            retries: operations.retries,
            availability_percent: operations.availability_hundredths.map(hundredths),
            per_second: hundredths(operations.per_second_hundredths),
            latency: TimesReport::from(&operations.latency),
            longest_gap_ms: span_milliseconds(operations.longest_gap),
        }
    }
}

impl From<&Times> for TimesReport {
    fn from(times: &Times) -> Self {
        Self {
            count: times.count,
            least_ms: span_milliseconds(times.least),
            mean_ms: span_milliseconds(times.mean),
            median_ms: span_milliseconds(times.median),
            p90_ms: span_milliseconds(times.p90),
            p99_ms: span_milliseconds(times.p99),
            p999_ms: span_milliseconds(times.p999),
            most_ms: span_milliseconds(times.most),
        }
    }
}

impl From<&ReplicaLag> for LagReport {
    fn from(lag: &ReplicaLag) -> Self {
        Self {
            server: lag.server.to_string(),
            group: lag.group.0,
            updates_behind: lag.updates_behind,
            most_updates_behind: lag.most_updates_behind,
            time: TimesReport::from(&lag.time),
        }
    }
}

impl From<&FailoverTimes> for FailoverReport {
    fn from(failover: &FailoverTimes) -> Self {
        Self {
            group: failover.group.0,
            epoch: failover.epoch.0,
            server: failover.server.to_string(),
            reigns_ms: milliseconds(failover.reigns),
            until_primary_ms: span_milliseconds(failover.until_primary()),
            from_suspicion_ms: span_milliseconds(failover.from_suspicion()),
            until_acknowledged_ms: failover.until_acknowledged().map(span_milliseconds),
        }
    }
}

impl From<&Repairs> for RepairsReport {
    fn from(repairs: &Repairs) -> Self {
        Self { started: repairs.started, time: TimesReport::from(&repairs.time) }
    }
}

#[expect(clippy::cast_precision_loss, reason = "no run has as many of anything as a float has whole numbers")]
fn hundredths(value: u64) -> f64 {
    value as f64 / 100.0
}
