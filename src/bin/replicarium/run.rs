//! `replicarium run`: one run, told in full.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use replicarium::report::{
    ExpectationReport, LedgerReport, MetricsReport, MetricsRow, ViolationReport, milliseconds, span_milliseconds,
};
use replicarium::session::{Scenario, Session};
use replicarium::sim::Span;
use serde::Serialize;

use crate::load::Choice;
use crate::trace::{self, Trace};
use crate::{Ending, output, table, time};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// The seed of all randomness; the scenario's own if not said.
    #[arg(long)]
    seed: Option<u64>,
    #[command(flatten)]
    length: Length,
    /// Write JSON instead of tables.
    #[arg(long)]
    json: bool,
    /// Write every event into this file, as one JSON object a line; `-` is the standard output, and the report then
    /// goes to the standard error.
    #[arg(long, value_name = "FILE")]
    trace: Option<PathBuf>,
}

/// How long a run is.
#[derive(Args, Clone, Copy)]
pub struct Length {
    /// How long to run, such as "3 s", counted from when the opening files are written; the scenario's own time
    /// if not said.
    #[arg(long, value_name = "TIME", value_parser = time::span)]
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
    seed: u64,
    /// When the run ended, in milliseconds since the world began.
    now_ms: f64,
    /// How long it was, counted from when the opening files were written.
    ran_ms: f64,
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
    /// Whether no expectation failed and no invariant was violated.
    passed: bool,
}

impl RunReport {
    /// The report of a session as it is now.
    pub fn new(session: &Session) -> Self {
        let scenario = session.scenario();
        let expectations = ExpectationReport::all(session);
        let violations = ViolationReport::all(session);
        Self {
            scenario: scenario.slug().to_owned(),
            title: scenario.title().to_owned(),
            seed: session.seed(),
            now_ms: milliseconds(session.now()),
            ran_ms: span_milliseconds(session.now().since(session.start())),
            events: session.events().len(),
            refused_commands: session.refused(),
            trace_hash: session.trace_hash(),
            ledger: LedgerReport::from(&session.ledger()),
            metrics: MetricsReport::new(session),
            passed: violations.is_empty() && !expectations.iter().any(ExpectationReport::has_failed),
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
        if self.passed { Ending::Well } else { Ending::Badly }
    }

    fn text(&self) -> String {
        let mut text = format!("{} ({}), seed {}\n\n", self.title, self.scenario, self.seed);
        text.push_str(&table::pairs([
            ("Ran for".to_owned(), format!("{:.3} s", self.ran_ms / 1_000.0)),
            ("Events".to_owned(), self.events.to_string()),
            ("Planned commands refused".to_owned(), self.refused_commands.to_string()),
            ("Trace hash".to_owned(), self.trace_hash.clone()),
        ]));
        // Writing to a string does not fail.
        let _ = write!(text, "\n{} {}\n\n", self.ledger.headline, self.ledger.detail);
        text.push_str(&table::ledger(&self.ledger));
        text.push_str("\nMetrics\n\n");
        let with_unit =
            |row: &MetricsRow| (row.label.clone(), format!("{} {}", row.value, row.unit).trim_end().to_owned());
        text.push_str(&table::pairs(self.metrics.rows.iter().map(with_unit)));
        if !self.expectations.is_empty() {
            text.push_str("\nExpectations\n\n");
            let rows = self.expectations.iter().map(|one| (one.fulfilment.as_str().to_owned(), one.sentence.clone()));
            text.push_str(&table::pairs(rows));
        }
        if self.violations.is_empty() {
            text.push_str("\nEvery invariant held.\n");
        } else {
            text.push_str("\nInvariants that did not hold\n\n");
            let row = |violation: &ViolationReport| {
                let at = format!("{:.3} s", violation.at_ms / 1_000.0);
                vec![at, violation.invariant.clone(), violation.sentence.clone()]
            };
            text.push_str(&table::table(&["at", "invariant", "what is wrong"], self.violations.iter().map(row)));
        }
        text
    }
}

/// Runs a scenario and tells what became of it.
pub fn run(arguments: &Arguments) -> Result<Ending> {
    let scenario = arguments.choice.load()?;
    let trace = arguments.trace.as_deref().map(Trace::open).transpose()?;
    let mut session = Session::new(&scenario, arguments.seed.unwrap_or(scenario.seed));
    session.advance(session.start() + arguments.length.of(&scenario));
    session.check_room()?;
    if let Some(trace) = trace {
        trace.write(&session)?;
    }
    let report = RunReport::new(&session);
    let out = output::report(arguments.trace.as_deref().is_some_and(trace::is_standard_output));
    if arguments.json {
        output::json(out, &report)?;
    } else {
        output::text(out, &report.text())?;
    }
    Ok(report.ending())
}
