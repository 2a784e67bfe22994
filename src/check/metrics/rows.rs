//! Metrics as rows for people.

use serde::Serialize;

use super::{Metrics, Operations};
use crate::sim::Span;

/// One line of a table of metrics.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// What was measured.
    pub label: String,
    /// The value, as a number with its decimals, or `–` if there is none.
    pub value: String,
    /// The unit; empty for a plain count.
    pub unit: &'static str,
}

fn row(label: impl Into<String>, value: impl Into<String>, unit: &'static str) -> Row {
    Row { label: label.into(), value: value.into(), unit }
}

/// Milliseconds with three decimals, so that no microsecond is hidden.
fn milliseconds(span: Span) -> String {
    let micros = span.as_micros();
    format!("{}.{:03}", micros / 1_000, micros % 1_000)
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

impl Metrics {
    /// What was measured, as rows of a label, a value and a unit. What never happened is left out.
    #[must_use]
    pub fn rows(&self) -> Vec<Row> {
        let mut rows = Vec::new();
        for (name, operations) in [("Writes", &self.writes), ("Reads", &self.reads), ("Calls", &self.calls)] {
            if operations.started > 0 {
                operation_rows(name, operations, &mut rows);
            }
        }
        if self.reads.started > 0 {
            rows.push(row("Stale reads", self.stale_reads.to_string(), ""));
            rows.push(row("Corrupt reads", self.damaged_reads.to_string(), ""));
        }
        let behind = self.lags.iter().map(|lag| lag.updates_behind).max();
        let slowest = self.lags.iter().map(|lag| lag.time.p99).max();
        if let (Some(behind), Some(slowest)) = (behind, slowest) {
            rows.push(row("Replication lag now, at most", behind.to_string(), "updates"));
            rows.push(row("Replication lag, 99 %, slowest replica", milliseconds(slowest), "ms"));
        }
        rows.push(row("Failovers", self.failover_count.to_string(), ""));
        if let Some(longest) = self.failovers.iter().max_by_key(|failover| failover.until_primary()) {
            rows.push(row("Longest failover, fault to new primary", milliseconds(longest.until_primary()), "ms"));
            rows.push(row("Part of it after the suspicion", milliseconds(longest.from_suspicion()), "ms"));
            let acknowledged = longest.until_acknowledged().map_or_else(|| "–".to_owned(), milliseconds);
            rows.push(row("Fault to first acknowledged write", acknowledged, "ms"));
        }
        for (name, repairs) in [("Copies recreated", &self.repairs), ("Corrupt copies found", &self.rot_repairs)] {
            if repairs.started > 0 {
                rows.push(row(name, repairs.started.to_string(), ""));
                rows.push(row(format!("{name}: longest repair"), milliseconds(repairs.time.most), "ms"));
            }
        }
        rows.push(row("Messages sent", self.messages_sent.to_string(), ""));
        rows.push(row("Messages lost", self.messages_lost.to_string(), ""));
        rows.push(row("Sent over links", self.sent_bytes.to_string(), "bytes"));
        rows.push(row("Written to disks", self.written_bytes.to_string(), "bytes"));
        rows.push(row("Stored on disks", self.stored_bytes.to_string(), "bytes"));
        let amplification = self.write_amplification_hundredths.map_or_else(|| "–".to_owned(), hundredths);
        rows.push(row("Write amplification", amplification, "×"));
        rows
    }
}

fn operation_rows(name: &str, operations: &Operations, rows: &mut Vec<Row>) {
    let availability = operations.availability_hundredths.map_or_else(|| "–".to_owned(), hundredths);
    rows.push(row(format!("{name}: availability"), availability, "%"));
    rows.push(row(format!("{name}: ok"), operations.ok.to_string(), ""));
    rows.push(row(format!("{name}: refused"), operations.refused.to_string(), ""));
    rows.push(row(format!("{name}: outcome unknown"), operations.unknown.to_string(), ""));
    rows.push(row(format!("{name}: throughput"), hundredths(operations.per_second_hundredths), "per second"));
    rows.push(row(format!("{name}: latency, median"), milliseconds(operations.latency.median), "ms"));
    rows.push(row(format!("{name}: latency, 99 %"), milliseconds(operations.latency.p99), "ms"));
    rows.push(row(format!("{name}: longest gap of a client"), milliseconds(operations.longest_gap), "ms"));
}
