//! What clients asked for and what they were told: availability, throughput, latency, and the longest gap.

use std::collections::BTreeMap;

use serde::Serialize;

use super::times::{Gathered, Times};
use crate::sim::{NodeId, OperationId, Span, Time};

/// What became of the operations of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Operations {
    /// How many began.
    pub started: u64,
    /// How many clients were told ok in time, that is before they gave up.
    pub ok: u64,
    /// How many were refused, or never sent: nothing was done.
    pub refused: u64,
    /// How many ended without an answer: nobody can say whether they were done.
    pub unknown: u64,
    /// How many were sent again at least once, counted by the repetitions.
    pub retries: u64,
    /// Of those that have ended, how many were told ok, in hundredths of a percent: 9950 are 99.5 %. None if none ended.
    pub availability_hundredths: Option<u64>,
    /// How many were told ok per second of the time measured, in hundredths.
    pub per_second_hundredths: u64,
    /// How long those took that were told ok, from the client's request to its answer, waiting and retries included.
    pub latency: Times,
    /// The longest time that any one client, while it wanted something of this kind, was told no ok: from when it
    /// asked, or from its last ok if more was under way, to the next ok, or to its last failure if none followed.
    pub longest_gap: Span,
}

/// How an operation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Ok,
    Refused,
    Unknown,
}

/// What one client waits for.
#[derive(Clone, Copy, Debug, Default)]
struct Gap {
    /// Since when it has been told no ok while it wanted something.
    since: Option<Time>,
    under_way: u64,
    last_failure: Option<Time>,
}

/// Gathers the operations of one kind.
#[derive(Clone, Debug, Default)]
pub(super) struct Gatherer {
    counts: Operations,
    latency: Gathered,
    under_way: BTreeMap<OperationId, Time>,
    gaps: BTreeMap<NodeId, Gap>,
    longest_gap: Span,
}

impl Gatherer {
    pub fn on_started(&mut self, now: Time, client: NodeId, operation: OperationId) {
        self.counts.started += 1;
        self.under_way.insert(operation, now);
        let gap = self.gaps.entry(client).or_default();
        gap.under_way += 1;
        gap.since.get_or_insert(now);
    }

    pub fn on_retried(&mut self, operation: OperationId) {
        self.counts.retries += u64::from(self.under_way.contains_key(&operation));
    }

    pub fn on_ended(&mut self, now: Time, client: NodeId, operation: OperationId, ending: Ending) {
        // What began before the measuring doesn't count.
        let Some(started) = self.under_way.remove(&operation) else { return };
        let gap = self.gaps.entry(client).or_default();
        gap.under_way = gap.under_way.saturating_sub(1);
        match ending {
            Ending::Ok => {
                self.counts.ok += 1;
                self.latency.add(now.since(started));
                let since = gap.since.take().unwrap_or(started);
                self.longest_gap = self.longest_gap.max(now.since(since));
                gap.since = (gap.under_way > 0).then_some(now);
                gap.last_failure = None;
            }
            Ending::Refused => {
                self.counts.refused += 1;
                gap.last_failure = Some(now);
            }
            Ending::Unknown => {
                self.counts.unknown += 1;
                gap.last_failure = Some(now);
            }
        }
    }

    pub fn operations(&self, from: Time, until: Time) -> Operations {
        let Operations { ok, refused, unknown, .. } = self.counts;
        let open_gap = |gap: &Gap| {
            let end = if gap.under_way > 0 { Some(until) } else { gap.last_failure };
            Some(end?.since(gap.since?))
        };
        let open = self.gaps.values().filter_map(open_gap).max().unwrap_or(Span::ZERO);
        Operations {
            availability_hundredths: (ok * 10_000).checked_div(ok + refused + unknown),
            per_second_hundredths: ok
                .saturating_mul(100_000_000)
                .checked_div(until.since(from).as_micros())
                .unwrap_or(0),
            latency: self.latency.times(),
            longest_gap: self.longest_gap.max(open),
            ..self.counts
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::ClientId;

    const CLIENT: NodeId = NodeId::Client(ClientId(1));

    #[test]
    fn a_gap_reaches_from_the_first_request_that_failed_to_the_next_ok_and_idle_time_is_none() {
        let mut gatherer = Gatherer::default();
        let at = Time::from_millis;
        gatherer.on_started(at(0), CLIENT, OperationId(1));
        gatherer.on_ended(at(10), CLIENT, OperationId(1), Ending::Ok);
        gatherer.on_started(at(1_000), CLIENT, OperationId(2));
        gatherer.on_ended(at(1_800), CLIENT, OperationId(2), Ending::Unknown);
        assert_eq!(gatherer.operations(at(0), at(9_000)).longest_gap, Span::from_millis(800));
        gatherer.on_started(at(1_900), CLIENT, OperationId(3));
        gatherer.on_ended(at(1_920), CLIENT, OperationId(3), Ending::Ok);
        let operations = gatherer.operations(at(0), at(10_000));
        assert_eq!(operations.longest_gap, Span::from_millis(920));
        assert_eq!((operations.ok, operations.unknown), (2, 1));
        assert_eq!(operations.availability_hundredths, Some(6_666));
        assert_eq!(operations.per_second_hundredths, 20, "2 in 10 seconds");
        assert_eq!(operations.latency.mean, Span::from_millis(15));
    }
}
