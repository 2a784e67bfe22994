//! `replicarium audit`: what single faults, and pairs of them, would do from a moment on.

use anyhow::{Result, bail};
use clap::Args;
use replicarium::report::{AuditReport, FaultReport};
use replicarium::session::{Audit, AuditSettings, Progress, Session};
use replicarium::sim::Span;
use serde::Serialize;

use crate::course::{self, Course};
use crate::interruption::Interruption;
use crate::lines::Lines;
use crate::load::Choice;
use crate::output::Target;
use crate::{Ending, progress, value};

#[derive(Args)]
#[command(allow_negative_numbers = true)]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// The seed of all randomness; by default the scenario's own.
    #[arg(long, value_name = "S", value_parser = value::seed)]
    seed: Option<u64>,
    /// The moment from which each fault is tried, counted from when the opening files are written.
    #[arg(long, value_name = "TIME", value_parser = value::span, default_value = "0 s")]
    at: Span,
    /// Also try pairs of faults, after the single ones.
    #[arg(long)]
    pairs: bool,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// What an audit came to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Audited {
    #[serde(flatten)]
    report: AuditReport,
    /// Whether it was interrupted before all faults were tried.
    interrupted: bool,
    /// How many cases were tried: the cluster without a fault, the single faults, and the pairs.
    cases_tried: usize,
    /// How many there are.
    cases: usize,
}

/// Tries every single fault, and tells the smallest sets that do harm.
pub fn audit(arguments: &Arguments) -> Result<Ending> {
    let target = Target::Output.check()?;
    let scenario = arguments.choice.load()?;
    let interruption = Interruption::watch()?;
    let mut session = Session::new(&scenario, arguments.seed.unwrap_or(scenario.seed));
    let at = session.start() + arguments.at;
    if let Course::Full(full) = course::run_to(&mut session, at, interruption) {
        bail!("the audit can't begin at {}: {full}", value::shown(arguments.at));
    }
    let mut audit = Audit::new(&session, AuditSettings { pairs: arguments.pairs, ..AuditSettings::default() });
    let bar = progress::bar(audit.progress().total as u64, "faults");
    while let Some(progress) = if interruption.has_come() { None } else { audit.step() } {
        bar.set_position(progress.done as u64);
    }
    bar.finish_and_clear();
    let Progress { done, total } = audit.progress();
    let report = AuditReport::from(&audit.finish());
    let audited = Audited { interrupted: !report.is_complete, report, cases_tried: done, cases: total };
    if arguments.json {
        target.json(&audited)?;
    } else {
        target.lines(&audited.lines(scenario.title()))?;
    }
    Ok(if audited.interrupted { Ending::Interrupted } else { Ending::Well })
}

impl Audited {
    fn lines(&self, title: &str) -> Lines {
        let report = &self.report;
        let mut lines = Lines::default();
        lines.add(format_args!("{title}, from {:.3} s on", report.at_ms / 1_000.0));
        if self.interrupted {
            lines.add(format_args!("Interrupted after {} of {} cases.", self.cases_tried, self.cases));
        }
        let mut section = |heading: &str, told: Vec<String>| {
            lines.leave_one_out();
            lines.add(heading);
            for line in told {
                lines.add(format_args!("  {line}"));
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
        let none = |mut told: Vec<String>| {
            if told.is_empty() {
                told.push(if self.interrupted { "none so far" } else { "none" }.to_owned());
            }
            told
        };
        section("Single points of failure:", none(sentences(1)));
        if report.pairs_tried > 0 {
            section("Pairs of faults that do harm that neither does alone:", none(sentences(2)));
        }
        let described =
            |faults: &[FaultReport]| faults.iter().map(|fault| fault.description.clone()).collect::<Vec<_>>();
        if report.unsettled.is_empty() {
            section("Survived without harm:", none(described(&report.survived)));
        } else {
            section("No harm by then, but the cluster had not settled:", described(&report.unsettled));
        }
        let tried = format!("{} single faults and {} pairs were tried.", report.singles_tried, report.pairs_tried);
        section("What was tried:", core::iter::once(tried).chain(report.notes.iter().cloned()).collect());
        lines
    }
}
