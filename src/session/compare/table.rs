//! The table of two outcomes: each number in A and in B, the difference, and what is better.

use super::measure::{Favours, Judgement, Measure};
use super::outcome::{Outcome, Recovery};
use crate::check::{Operations, Times};
use crate::sim::Span;

/// One line of the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRow {
    /// A short name that stays the same, such as `lost`.
    pub key: &'static str,
    /// What is measured, for people.
    pub label: String,
    /// In A.
    pub a: Measure,
    /// In B.
    pub b: Measure,
    /// How B compares with A.
    pub judgement: Judgement,
}

/// Builds the lines.
struct Rows<'a> {
    worlds: [&'a Outcome; 2],
    rows: Vec<OutcomeRow>,
}

impl Rows<'_> {
    fn add(&mut self, key: &'static str, label: &str, favours: Favours, measure: impl Fn(&Outcome) -> Measure) {
        let [a, b] = self.worlds.map(measure);
        self.rows.push(OutcomeRow { key, label: label.to_owned(), a, b, judgement: a.judge(b, favours) });
    }

    fn any(&self, is_so: impl Fn(&Outcome) -> bool) -> bool {
        self.worlds.iter().any(|world| is_so(world))
    }
}

/// What came of two runs. What neither of them has is left out: calls where there is no service, reads where nobody reads.
pub(super) fn rows(a: &Outcome, b: &Outcome) -> Vec<OutcomeRow> {
    let mut rows = Rows { worlds: [a, b], rows: Vec::new() };
    let count = |count: usize| Measure::Count(u64::try_from(count).unwrap_or(u64::MAX));
    let has_files = rows.any(|world| !world.files.is_empty());
    if has_files || rows.any(|world| world.metrics.writes.started > 0) {
        rows.add("lost", "Lost after the ok", Favours::Less, |world| count(world.lost));
    }
    if rows.any(|world| world.metrics.reads.started > 0) {
        rows.add("staleReads", "Stale reads", Favours::Less, |world| Measure::Count(world.metrics.stale_reads));
        rows.add("damagedReads", "Corrupt reads", Favours::Less, |world| Measure::Count(world.metrics.damaged_reads));
    }
    if has_files {
        let label = match (a.files.as_slice(), b.files.as_slice()) {
            ([one], [two]) if one == two => format!("Fresh copies of {one}"),
            _ => "Fresh copies".to_owned(),
        };
        rows.add("freshCopies", &label, Favours::More, |world| {
            let (fresh, all) = world.fresh;
            Measure::Of(fresh as u64, all as u64)
        });
    }
    add_operations(&mut rows);
    rows.add("withoutPrimary", "Without a primary", Favours::Less, |world| Measure::Span(world.without_primary));
    rows.add("faultToOk", "From a fault to the next ok", Favours::Less, |world| match world.recovery {
        Recovery::None => Measure::Missing,
        Recovery::After(span) => Measure::Span(span),
        Recovery::Never => Measure::Never,
    });
    rows.add("promotions", "New primaries", Favours::Neither, |world| Measure::Count(world.metrics.failover_count));
    rows.add("sentBytes", "Sent over links", Favours::Less, |world| Measure::Bytes(world.metrics.sent_bytes));
    rows.add("writtenBytes", "Written to disks", Favours::Less, |world| Measure::Bytes(world.metrics.written_bytes));
    rows.add("storedBytes", "Stored on disks", Favours::Less, |world| Measure::Bytes(world.metrics.stored_bytes));
    rows.rows
}

fn add_operations(rows: &mut Rows<'_>) {
    if rows.any(|world| world.metrics.writes.started > 0) {
        let told = |operations: &Operations| Measure::Of(operations.ok, operations.started);
        rows.add("writesOk", "Writes acknowledged", Favours::More, |world| told(&world.metrics.writes));
        rows.add("writesUnknown", "Writes, outcome unknown", Favours::Less, |world| {
            Measure::Count(world.metrics.writes.unknown)
        });
        rows.add("writesRefused", "Writes refused", Favours::Less, |world| {
            Measure::Count(world.metrics.writes.refused)
        });
        rows.add("timeToOkP50", "Time to ok, p50", Favours::Less, |world| {
            percentile(&world.metrics.writes.latency, |times| times.median)
        });
        rows.add("timeToOkP99", "Time to ok, p99", Favours::Less, |world| {
            percentile(&world.metrics.writes.latency, |times| times.p99)
        });
        rows.add("longestGap", "Longest wait for a write's ok", Favours::Less, |world| {
            Measure::Span(world.metrics.writes.longest_gap)
        });
    }
    for (kind, ok, failed, label) in [(0, "readsOk", "readsFailed", "Reads"), (1, "callsOk", "callsFailed", "Calls")] {
        let of = |world: &Outcome| if kind == 0 { world.metrics.reads } else { world.metrics.calls };
        if rows.any(|world| of(world).started > 0) {
            rows.add(ok, &format!("{label} answered"), Favours::More, |world| {
                Measure::Of(of(world).ok, of(world).started)
            });
            rows.add(failed, &format!("{label} without an answer"), Favours::Less, |world| {
                Measure::Count(of(world).unknown + of(world).refused)
            });
        }
    }
}

fn percentile(times: &Times, of: impl Fn(&Times) -> Span) -> Measure {
    if times.count == 0 { Measure::Missing } else { Measure::Percentile(of(times)) }
}

/// What came of it, in one or two sentences.
pub(super) fn summary(rows: &[OutcomeRow]) -> String {
    let find = |key: &str| rows.iter().find(|row| row.key == key);
    let mut sentences = Vec::new();
    if let Some(OutcomeRow { a: Measure::Count(a), b: Measure::Count(b), .. }) = find("lost") {
        let files = |count: u64| match count {
            0 => "none".to_owned(),
            1 => "1".to_owned(),
            count => count.to_string(),
        };
        if a == b && *a == 0 {
            sentences.push("Neither loses a file after its ok.".to_owned());
        } else if a == b {
            sentences.push(format!("Both lose {} after the ok.", plural(*a, "file")));
        } else if *a > *b {
            sentences.push(format!("A loses {} after the ok, B loses {}.", plural(*a, "file"), files(*b)));
        } else {
            sentences.push(format!("B loses {} after the ok, A loses {}.", plural(*b, "file"), files(*a)));
        }
    }
    if let Some(row) = find("timeToOkP50")
        && let Some(delta) = row.a.delta(row.b)
        && row.judgement != Judgement::Same
    {
        let span = Span::from_micros(delta.unsigned_abs());
        let than = if delta > 0 { "later" } else { "sooner" };
        sentences.push(format!("At the median, B's ok comes {} {than}.", shown_span(span)));
    }
    if sentences.is_empty() {
        let differs = rows.iter().any(|row| row.judgement != Judgement::Same);
        sentences.push(if differs { "The two runs end differently." } else { "The two runs end the same." }.to_owned());
    }
    sentences.join(" ")
}

pub(super) fn plural(count: u64, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}

/// Milliseconds with one decimal below a second, else seconds with three.
pub(super) fn shown_span(span: Span) -> String {
    let micros = span.as_micros();
    if micros >= 1_000_000 {
        let milliseconds = micros / 1_000;
        return format!("{}.{:03} s", milliseconds / 1_000, milliseconds % 1_000);
    }
    let tenths = (micros + 50) / 100;
    format!("{}.{} ms", tenths / 10, tenths % 10)
}

fn shown_bytes(bytes: u64) -> String {
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let (unit, size) = if bytes < 1_000_000 { ("kB", 1_000) } else { ("MB", 1_000_000) };
    let tenths = bytes.saturating_mul(10) / size;
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

impl Measure {
    /// For people, as in `18 of 20`, `56.8 ms` or `–`.
    #[must_use]
    pub fn shown(self) -> String {
        match self {
            Self::Count(count) => count.to_string(),
            Self::Of(part, whole) => format!("{part} of {whole}"),
            Self::Span(span) | Self::Percentile(span) => shown_span(span),
            Self::Bytes(bytes) => shown_bytes(bytes),
            Self::Never => "never".to_owned(),
            Self::Missing => "–".to_owned(),
        }
    }
}

impl OutcomeRow {
    /// The difference of B from A for people, as in `+34.9 ms`, `−1` or `0`.
    #[must_use]
    pub fn delta_shown(&self) -> String {
        let Some(delta) = self.a.delta(self.b) else { return "–".to_owned() };
        let size = delta.unsigned_abs();
        let shown = match self.a {
            Measure::Span(_) | Measure::Percentile(_) => shown_span(Span::from_micros(size)),
            Measure::Bytes(_) => shown_bytes(size),
            Measure::Count(_) | Measure::Of(..) | Measure::Never | Measure::Missing => size.to_string(),
        };
        match delta {
            0 => shown,
            1.. => format!("+{shown}"),
            _ => format!("−{shown}"),
        }
    }
}
