//! `replicarium audit`: what single faults, and pairs of them, would do from a moment on.

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use replicarium::report::{AuditReport, FaultReport};
use replicarium::session::{Audit, AuditSettings, Session};
use replicarium::sim::Span;

use crate::load::Choice;
use crate::{Ending, output, progress, time};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// The seed of all randomness; the scenario's own if not said.
    #[arg(long)]
    seed: Option<u64>,
    /// The moment from which each fault is tried, counted from when the opening files are written.
    #[arg(long, value_name = "TIME", value_parser = time::span, default_value = "0 s")]
    at: Span,
    /// Try pairs of faults too, after the single ones.
    #[arg(long)]
    pairs: bool,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// Tries every single fault, and tells the smallest sets that do harm.
pub fn audit(arguments: &Arguments) -> Result<Ending> {
    let scenario = arguments.choice.load()?;
    let mut session = Session::new(&scenario, arguments.seed.unwrap_or(scenario.seed));
    session.advance(session.start() + arguments.at);
    session.check_room()?;
    let mut audit = Audit::new(&session, AuditSettings { pairs: arguments.pairs, ..AuditSettings::default() });
    let bar = progress::bar(audit.progress().total as u64, "faults");
    while let Some(progress) = audit.step() {
        bar.set_position(progress.done as u64);
    }
    bar.finish_and_clear();
    let report = AuditReport::from(&audit.finish());
    let out = output::report(false);
    if arguments.json {
        output::json(out, &report)?;
    } else {
        output::text(out, &text(scenario.title(), &report))?;
    }
    Ok(Ending::Well)
}

fn text(title: &str, report: &AuditReport) -> String {
    let mut text = format!("{title}, from {:.3} s on\n", report.at_ms / 1_000.0);
    let mut section = |heading: &str, lines: Vec<String>| {
        // Writing to a string does not fail.
        let _ = write!(text, "\n{heading}\n");
        for line in lines {
            let _ = writeln!(text, "  {line}");
        }
    };
    let already = report.already.iter().map(|done| done.description.clone());
    if !report.already.is_empty() {
        section("Harmed already, without any further fault:", already.collect());
    }
    let sentences = |faults: usize| {
        let of_size = report.findings.iter().filter(|finding| finding.faults.len() == faults);
        of_size.map(|finding| finding.sentence.clone()).collect::<Vec<_>>()
    };
    let none = |mut lines: Vec<String>| {
        if lines.is_empty() {
            lines.push("none".to_owned());
        }
        lines
    };
    section("Single points of failure:", none(sentences(1)));
    if report.pairs_tried > 0 {
        section("Pairs of faults that do what neither does alone:", none(sentences(2)));
    }
    let described = |faults: &[FaultReport]| faults.iter().map(|fault| fault.description.clone()).collect::<Vec<_>>();
    if report.unsettled.is_empty() {
        section("Survived without harm:", none(described(&report.survived)));
    } else {
        section("No harm by then, but the cluster had not come to rest:", described(&report.unsettled));
    }
    let tried = format!("{} single faults and {} pairs were tried.", report.singles_tried, report.pairs_tried);
    section("How far this goes:", core::iter::once(tried).chain(report.notes.iter().cloned()).collect());
    text
}
