//! What was measured, as sections of tables: which figures there are, what each means, and why one may be missing.

use super::meanings as mean;
use crate::app::words;
use crate::check::{FailoverTimes, Metrics, Operations, Repairs, ReplicaLag};
use crate::sim::{ServerId, Span};

/// One table with its heading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Section {
    pub(crate) slug: &'static str,
    pub(crate) title: &'static str,
    /// What the figures rest on, or why there are none yet.
    pub(crate) note: String,
    /// The heads of the columns of figures; none above a single column that needs no name.
    pub(crate) columns: Vec<Label>,
    pub(crate) rows: Vec<Row>,
}

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Row {
    pub(crate) label: Label,
    pub(crate) cells: Vec<Cell>,
}

/// The name of a row or a column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Label {
    /// Its name for tests and for what is open, unlike that of any other label.
    pub(crate) slug: String,
    pub(crate) text: String,
    /// The unit of its figures; empty for plain counts and where each figure has its own.
    pub(crate) unit: &'static str,
    /// What it means, in a sentence or two; empty for a name that needs no explanation.
    pub(crate) meaning: &'static str,
}

/// One figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Cell {
    Value(String),
    /// Nothing was measured, for this reason.
    Missing(&'static str),
    /// There is no such figure.
    Blank,
}

fn term(slug: &str, text: &str, unit: &'static str, meaning: &'static str) -> Label {
    Label { slug: slug.to_owned(), text: text.to_owned(), unit, meaning }
}

fn name(slug: &str, text: &str) -> Label {
    term(slug, text, "", "")
}

fn count(value: u64) -> Cell {
    Cell::Value(value.to_string())
}

/// Milliseconds with one decimal: percentiles are no more exact than that.
fn milliseconds(span: Span) -> String {
    let micros = span.as_micros();
    if (1..50).contains(&micros) {
        return "<0.1".to_owned();
    }
    let tenths = (micros + 50) / 100;
    format!("{}.{}", tenths / 10, tenths % 10)
}

fn hundredths(value: u64) -> String {
    format!("{}.{:02}", value / 100, value % 100)
}

/// `1 write`, `3 writes`.
fn ended(kind: &str, operations: &Operations) -> String {
    match operations.ok + operations.refused + operations.unknown {
        1 => format!("1 {kind}"),
        more => format!("{more} {kind}s"),
    }
}

/// All sections, in the order in which they are shown. There are as many rows before anything was measured as after.
///
/// `replicas` are the servers that follow another one, whether anything has come to them yet or not.
pub(crate) fn sections(metrics: &Metrics, replicas: &[ServerId]) -> Vec<Section> {
    vec![clients(metrics), lag(&metrics.lags, replicas), failover(metrics), repair(metrics), cost(metrics)]
}

fn clients(metrics: &Metrics) -> Section {
    let mut kinds = vec![("Writes", "write", &metrics.writes), ("Reads", "read", &metrics.reads)];
    if metrics.calls.started > 0 {
        kinds.push(("Calls", "call", &metrics.calls));
    }
    let row = |label: Label, cell: &dyn Fn(&Operations) -> Cell| Row {
        label,
        cells: kinds.iter().map(|(_, _, operations)| cell(operations)).collect(),
    };
    let latency = |slug: &str, text: &str, meaning: &'static str, pick: fn(&Operations) -> Span| {
        row(term(slug, text, "ms", meaning), &|operations| {
            if operations.ok == 0 {
                Cell::Missing("none has got an ok yet")
            } else {
                Cell::Value(milliseconds(pick(operations)))
            }
        })
    };
    let availability = |operations: &Operations| {
        operations
            .availability_hundredths
            .map_or(Cell::Missing("none has ended yet"), |value| Cell::Value(hundredths(value)))
    };
    let gap = |operations: &Operations| {
        if operations.started == 0 {
            Cell::Missing("none has begun yet")
        } else {
            Cell::Value(milliseconds(operations.longest_gap))
        }
    };
    let of_reads = |slug: &str, text: &str, meaning: &'static str, value: u64| Row {
        label: term(slug, text, "", meaning),
        cells: kinds
            .iter()
            .map(|(_, kind, operations)| match (*kind, operations.ok) {
                ("read", 0) => Cell::Missing("no read has been answered yet"),
                ("read", _) => count(value),
                _ => Cell::Blank,
            })
            .collect(),
    };
    let notes: Vec<String> = kinds.iter().map(|(_, kind, operations)| ended(kind, operations)).collect();
    Section {
        slug: "clients",
        title: "What clients get",
        note: format!("Ended so far: {}.", notes.join(", ")),
        columns: kinds.iter().map(|(title, kind, _)| name(kind, title)).collect(),
        rows: vec![
            row(term("availability", "Availability", "%", mean::AVAILABILITY), &availability),
            row(term("ok", "Told ok", "", mean::OK), &|operations| count(operations.ok)),
            row(term("refused", "Refused", "", mean::REFUSED), &|operations| count(operations.refused)),
            row(term("unknown", "Outcome unknown", "", mean::UNKNOWN), &|operations| count(operations.unknown)),
            row(term("throughput", "Throughput", "per s", mean::THROUGHPUT), &|operations| {
                Cell::Value(hundredths(operations.per_second_hundredths))
            }),
            latency("latency-p50", "Latency p50", mean::LATENCY_P50, |operations| operations.latency.median),
            latency("latency-p90", "Latency p90", mean::LATENCY_P90, |operations| operations.latency.p90),
            latency("latency-p99", "Latency p99", mean::LATENCY_P99, |operations| operations.latency.p99),
            latency("latency-max", "Latency max", mean::LATENCY_MAX, |operations| operations.latency.most),
            row(term("gap", "Longest gap", "ms", mean::GAP), &gap),
            of_reads("stale", "Stale", mean::STALE, metrics.stale_reads),
            of_reads("damaged", "Damaged", mean::DAMAGED, metrics.damaged_reads),
        ],
    }
}

/// One row for each server that is a replica of some group; over several groups the updates add up.
fn lag(lags: &[ReplicaLag], replicas: &[ServerId]) -> Section {
    let mut servers: Vec<ServerId> = lags.iter().map(|lag| lag.server).chain(replicas.iter().copied()).collect();
    servers.sort_unstable();
    servers.dedup();
    let row = |server: &ServerId| {
        let of_server = || lags.iter().filter(|lag| lag.server == *server);
        let longest = |pick: fn(&ReplicaLag) -> Span| {
            let arrived = of_server().filter(|lag| lag.time.count > 0);
            arrived
                .map(pick)
                .max()
                .map_or(Cell::Missing("no update has reached it yet"), |span| Cell::Value(milliseconds(span)))
        };
        let updates = |count: Option<u64>| {
            count.map_or(Cell::Missing("no update has been logged yet"), |count| Cell::Value(count.to_string()))
        };
        Row {
            label: name(&format!("lag-{server}"), &server.to_string()),
            cells: vec![
                updates(of_server().map(|lag| lag.updates_behind).reduce(|one, other| one + other)),
                updates(of_server().map(|lag| lag.most_updates_behind).max()),
                longest(|lag| lag.time.median),
                longest(|lag| lag.time.p99),
                longest(|lag| lag.time.most),
            ],
        }
    };
    let note = if servers.is_empty() {
        "There is no replica that could lag behind."
    } else if lags.is_empty() {
        "No update yet: write a file."
    } else {
        "Behind the primary, in updates and in ms."
    };
    Section {
        slug: "lag",
        title: "Replication lag",
        note: note.to_owned(),
        columns: vec![
            term("lag-now", "now", "", mean::LAG_NOW),
            term("lag-most", "most", "", mean::LAG_MOST),
            term("lag-p50", "p50", "", mean::LAG_P50),
            term("lag-p99", "p99", "", mean::LAG_P99),
            term("lag-max", "max", "", mean::LAG_MAX),
        ],
        rows: servers.iter().map(row).collect(),
    }
}

fn failover(metrics: &Metrics) -> Section {
    let last = metrics.failovers.last();
    let longest = metrics.failovers.iter().max_by_key(|failover| failover.until_primary());
    let row = |label: Label, pick: fn(&FailoverTimes) -> Option<Span>| {
        let cell = |failover: Option<&FailoverTimes>| match failover.map(pick) {
            None => Cell::Missing("there was no failover yet"),
            Some(None) => Cell::Missing("no write was acknowledged since"),
            Some(Some(span)) => Cell::Value(milliseconds(span)),
        };
        Row { label, cells: vec![cell(last), cell(longest)] }
    };
    let note = match metrics.failover_count {
        0 => "No failover yet: kill the primary to see one.".to_owned(),
        1 => "1 failover.".to_owned(),
        more => format!("{more} failovers."),
    };
    Section {
        slug: "failover",
        title: "Failover",
        note,
        columns: vec![name("failover-last", "Last"), name("failover-longest", "Longest")],
        rows: vec![
            row(term("until-primary", "New primary", "ms", mean::UNTIL_PRIMARY), |failover| {
                Some(failover.until_primary())
            }),
            row(term("from-suspicion", "Since suspicion", "ms", mean::FROM_SUSPICION), |failover| {
                Some(failover.from_suspicion())
            }),
            row(
                term("until-acknowledged", "First ok", "ms", mean::UNTIL_ACKNOWLEDGED),
                FailoverTimes::until_acknowledged,
            ),
        ],
    }
}

fn repair(metrics: &Metrics) -> Section {
    let row = |label: Label, repairs: &Repairs| {
        let longest = if repairs.time.count == 0 {
            Cell::Missing("none has ended yet")
        } else {
            Cell::Value(milliseconds(repairs.time.most))
        };
        Row { label, cells: vec![count(repairs.started), longest] }
    };
    let begun = metrics.repairs.started + metrics.rot_repairs.started;
    let note = if begun == 0 {
        "Nothing had to be repaired yet."
    } else {
        "How many were begun, and how long the longest took."
    };
    Section {
        slug: "repair",
        title: "Repair",
        note: note.to_owned(),
        columns: vec![name("repair-begun", "Begun"), Label { unit: "ms", ..name("repair-longest", "Longest") }],
        rows: vec![
            row(term("copies-anew", "Recreated", "", mean::COPIES_ANEW), &metrics.repairs),
            row(term("copies-rotten", "Damaged", "", mean::COPIES_ROTTEN), &metrics.rot_repairs),
        ],
    }
}

fn cost(metrics: &Metrics) -> Section {
    let row = |label: Label, cell: Cell| Row { label, cells: vec![cell] };
    let size = |bytes: u64| Cell::Value(words::size(bytes));
    let amplification = metrics
        .write_amplification_hundredths
        .map_or(Cell::Missing("no byte was logged for a client yet"), |value| Cell::Value(hundredths(value)));
    Section {
        slug: "cost",
        title: "What it costs",
        note: "All servers, coordinators and links together.".to_owned(),
        columns: Vec::new(),
        rows: vec![
            row(term("messages-sent", "Messages sent", "", mean::MESSAGES_SENT), count(metrics.messages_sent)),
            row(term("messages-lost", "Messages lost", "", mean::MESSAGES_LOST), count(metrics.messages_lost)),
            row(term("bytes-sent", "Sent over links", "", mean::BYTES_SENT), size(metrics.sent_bytes)),
            row(term("bytes-written", "Written to disks", "", mean::BYTES_WRITTEN), size(metrics.written_bytes)),
            row(term("bytes-stored", "Stored on disks", "", mean::BYTES_STORED), size(metrics.stored_bytes)),
            row(term("amplification", "Write amplification", "×", mean::AMPLIFICATION), amplification),
        ],
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::session::{Scenario, Session};
    use crate::world::{Command, ReadFrom};

    fn cell<'a>(sections: &'a [Section], row: &str, column: usize) -> &'a Cell {
        let found = sections.iter().flat_map(|section| &section.rows).find(|each| each.label.slug == row);
        &found.expect("there is such a row").cells[column]
    }

    #[test]
    fn before_anything_happened_each_figure_is_zero_or_says_why_it_is_missing() {
        let session = Session::new(&Scenario::all()[0], 61);
        let sections = sections(&session.metrics(), &[ServerId(2), ServerId(3)]);
        assert_eq!(*cell(&sections, "availability", 0), Cell::Missing("none has ended yet"));
        assert_eq!(*cell(&sections, "ok", 1), Cell::Value("0".to_owned()));
        assert_eq!(*cell(&sections, "stale", 0), Cell::Blank);
        assert_eq!(sections[0].note, "Ended so far: 0 writes, 0 reads.");
    }

    #[test]
    fn what_was_measured_fills_the_rows_that_were_there() {
        let mut session = Session::new(&Scenario::all()[0], 61);
        let before = sections(&session.metrics(), &[ServerId(2), ServerId(3)]);
        let read = Command::Read { file: "notes.txt".to_owned(), from: ReadFrom::Primary };
        session.apply(read).expect("a read can be given");
        session.advance(session.now() + Span::from_millis(500));
        let after = sections(&session.metrics(), &[ServerId(2), ServerId(3)]);
        assert_eq!(*cell(&after, "availability", 1), Cell::Value("100.00".to_owned()));
        assert!(matches!(cell(&after, "latency-p99", 1), Cell::Value(_)));
        assert_eq!(before[0].rows.len(), after[0].rows.len());
    }

    #[test]
    fn no_two_labels_have_the_same_name() {
        let session = Session::new(&Scenario::all()[0], 61);
        let mut known = BTreeSet::new();
        for section in sections(&session.metrics(), &[ServerId(2), ServerId(3)]) {
            for label in section.columns.into_iter().chain(section.rows.into_iter().map(|row| row.label)) {
                assert!(known.insert(label.slug.clone()), "{} is there twice", label.slug);
            }
        }
    }

    #[test]
    fn times_have_one_decimal_and_are_rounded() {
        let shown = |micros| milliseconds(Span::from_micros(micros));
        assert_eq!([shown(0), shown(49), shown(50), shown(1_249), shown(1_250)], ["0.0", "<0.1", "0.1", "1.2", "1.3"]);
    }
}
