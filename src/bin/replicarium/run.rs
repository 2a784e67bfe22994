//! `replicarium run`: one run, told in full.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use replicarium::report::{
    ExpectationReport, LedgerReport, MetricsReport, MetricsRow, TryReport, ViolationReport, milliseconds,
    span_milliseconds,
};
use replicarium::session::{Scenario, Session};
use replicarium::sim::Span;
use serde::Serialize;

use crate::course::Course;
use crate::interruption::Interruption;
use crate::lines::Lines;
use crate::load::Choice;
use crate::orders::{self, Order};
use crate::output::Target;
use crate::trace::{self, FiguresFile, Trace};
use crate::{Ending, table, value};

#[derive(Args)]
#[command(allow_negative_numbers = true)]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// The seed of all randomness; by default the scenario's own.
    #[arg(long, value_name = "S", value_parser = value::seed)]
    seed: Option<u64>,
    #[command(flatten)]
    length: Length,
    /// Give a command at a time, as in "0.5 s: kill S1", in the words that the page takes; may be given several times.
    #[arg(long = "do", value_name = "TIME: COMMAND", value_parser = orders::order)]
    orders: Vec<Order>,
    /// Write JSON instead of tables.
    #[arg(long)]
    json: bool,
    /// Write every event to this file, one JSON object per line; `-` is the standard output, and the report then goes
    /// to the standard error.
    #[arg(long, visible_alias = "json-lines", value_name = "FILE")]
    trace: Option<PathBuf>,
    /// Write the figures into this file, as CSV: a figure, its value and its unit in each row.
    #[arg(long, value_name = "FILE")]
    csv: Option<PathBuf>,
}

/// How long a run is.
#[derive(Args, Clone, Copy)]
pub struct Length {
    /// How long to run, such as "3 s", counted from when the opening files are written; by default the scenario's own
    /// time.
    #[arg(long, value_name = "TIME", value_parser = value::span)]
    until: Option<Span>,
}

impl Length {
    /// The length of a run of this scenario.
    pub fn of(self, scenario: &Scenario) -> Span {
        self.until.unwrap_or(scenario.until)
    }

    /// The option that asks for it, where it was asked for.
    pub fn repeat(self) -> Option<String> {
        self.until.map(|until| format!("--until {}us", until.as_micros()))
    }
}

/// What a run came to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RunReport {
    scenario: String,
    title: String,
    /// The variation that is on.
    variation: Option<TryReport>,
    seed: u64,
    /// When the run ended, in milliseconds since the world began.
    now_ms: f64,
    /// How long it was, counted from when the opening files were written.
    ran_ms: f64,
    /// How long it was to be, counted from there too.
    asked_ms: f64,
    /// Whether it was interrupted before its end.
    interrupted: bool,
    /// Why it could not go on, in one sentence, if it was full before its end.
    full: Option<String>,
    /// How many events there were.
    pub events: usize,
    /// How many of the scenario's planned commands could not be carried out.
    refused_commands: usize,
    trace_hash: String,
    pub ledger: LedgerReport,
    pub metrics: MetricsReport,
    expectations: Vec<ExpectationReport>,
    /// The invariants that did not hold.
    violations: Vec<ViolationReport>,
    /// Whether it came to its end, no expectation failed and no invariant was violated.
    passed: bool,
}

impl RunReport {
    /// The report of a session as it is now, which was to last so long and took this course.
    pub fn new(session: &Session, asked: Span, course: Course) -> Self {
        let scenario = session.scenario();
        let expectations = ExpectationReport::all(session);
        let violations = ViolationReport::all(session);
        let is_well = violations.is_empty() && !expectations.iter().any(ExpectationReport::has_failed);
        Self {
            scenario: scenario.slug().to_owned(),
            title: scenario.title().to_owned(),
            variation: scenario.tried().map(TryReport::from),
            seed: session.seed(),
            now_ms: milliseconds(session.now()),
            ran_ms: span_milliseconds(session.now().since(session.start())),
            asked_ms: span_milliseconds(asked),
            interrupted: course == Course::Interrupted,
            full: if let Course::Full(full) = course { Some(full.to_string()) } else { None },
            events: session.events().len(),
            refused_commands: session.refused(),
            trace_hash: session.trace_hash(),
            ledger: LedgerReport::from(&session.ledger()),
            metrics: MetricsReport::new(session),
            passed: course == Course::Whole && is_well,
            expectations,
            violations,
        }
    }

    /// What failed, as sentences.
    pub fn failures(&self) -> Vec<String> {
        let failed = self.expectations.iter().filter(|expectation| expectation.has_failed());
        let violated =
            self.violations.iter().map(|violation| format!("{}: {}", violation.invariant, violation.sentence));
        failed.map(|expectation| expectation.sentence.clone()).chain(violated).collect()
    }

    fn ending(&self) -> Ending {
        if self.interrupted {
            Ending::Interrupted
        } else if self.passed {
            Ending::Well
        } else if self.full.is_some() && self.failures().is_empty() {
            Ending::Full
        } else {
            Ending::Badly
        }
    }

    fn lines(&self) -> Lines {
        let mut lines = Lines::default();
        lines.add(format_args!("{} ({}), seed {}", self.title, self.scenario, self.seed));
        if let Some(one) = &self.variation {
            lines.add(format_args!("{}. {}", one.title, one.note));
        }
        let seconds = |milliseconds: f64| format!("{:.3} s", milliseconds / 1_000.0);
        if self.interrupted {
            let (ran, asked) = (seconds(self.ran_ms), seconds(self.asked_ms));
            lines.add(format_args!("Interrupted after {ran} of {asked}; this is what had happened by then."));
        }
        if let Some(full) = &self.full {
            lines.add(format_args!("Incomplete: {full}."));
        }
        lines.leave_one_out();
        lines.append(&table::pairs([
            ("Ran for".to_owned(), seconds(self.ran_ms)),
            ("Events".to_owned(), self.events.to_string()),
            ("Planned commands refused".to_owned(), self.refused_commands.to_string()),
            ("Trace hash".to_owned(), self.trace_hash.clone()),
        ]));
        lines.leave_one_out();
        lines.add(format_args!("{} {}", self.ledger.headline, self.ledger.detail));
        lines.leave_one_out();
        lines.append(&table::ledger(&self.ledger));
        lines.head("Metrics");
        let with_unit =
            |row: &MetricsRow| (row.label.clone(), format!("{} {}", row.value, row.unit).trim_end().to_owned());
        lines.append(&table::pairs(self.metrics.rows.iter().map(with_unit)));
        if !self.expectations.is_empty() {
            lines.head("Expectations");
            let rows = self.expectations.iter().map(|one| (one.fulfilment.as_str().to_owned(), one.sentence.clone()));
            lines.append(&table::pairs(rows));
        }
        if self.violations.is_empty() {
            lines.leave_one_out();
            lines.add("Every invariant held.");
        } else {
            lines.head("Invariants that did not hold");
            let row = |violation: &ViolationReport| {
                vec![seconds(violation.at_ms), violation.invariant.clone(), violation.sentence.clone()]
            };
            lines.append(&table::table(&["at", "invariant", "what is wrong"], self.violations.iter().map(row)));
        }
        lines
    }
}

/// Runs a scenario and tells what became of it.
pub fn run(arguments: &Arguments) -> Result<Ending> {
    let takes_output = arguments.trace.as_deref().is_some_and(trace::is_standard_output);
    let target = if takes_output { Target::Error } else { Target::Output }.check()?;
    let scenario = arguments.choice.load()?;
    let trace = arguments.trace.as_deref().map(|path| Trace::open(path, arguments.choice.path())).transpose()?;
    let figures = arguments.csv.as_deref().map(|path| FiguresFile::open(path, &arguments.choice)).transpose()?;
    let interruption = Interruption::watch()?;
    let length = arguments.length.of(&scenario);
    let mut session = Session::new(&scenario, arguments.seed.unwrap_or(scenario.seed));
    let until = session.start() + length;
    let course = orders::run(&mut session, &arguments.orders, until, interruption)?;
    // A trace that can't be written does not take the report with it.
    let traced = trace.map_or(Ok(()), |trace| trace.write(&session));
    let traced = traced.and(figures.map_or(Ok(()), |figures| figures.write(&session)));
    let report = RunReport::new(&session, length, course);
    if arguments.json {
        target.json(&report)?;
    } else {
        target.lines(&report.lines())?;
    }
    traced.map(|()| report.ending())
}
