//! `replicarium why`: what led to the loss of a file, and what would have saved it.

use anyhow::{Result, bail};
use clap::Args;
use replicarium::report::{StepReport, TroubleWord, WhyReport};
use replicarium::session::{Remedies, Session, WhyError};
use replicarium::sim::Span;
use replicarium::text;
use serde::Serialize;

use crate::course::{self, Course};
use crate::interruption::Interruption;
use crate::lines::Lines;
use crate::load::{Choice, quoted};
use crate::output::Target;
use crate::{Ending, progress, suggest, table, value};

#[derive(Args)]
#[command(allow_negative_numbers = true)]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// The name of the file.
    file: String,
    /// The seed of all randomness; by default the scenario's own.
    #[arg(long, value_name = "S", value_parser = value::seed)]
    seed: Option<u64>,
    /// The moment, counted from when the opening files are written; by default the end of the run.
    #[arg(long, value_name = "TIME", value_parser = value::span)]
    at: Option<Span>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// Explains what is wrong with a file, and searches for the cheapest change that would have saved it.
pub fn why(arguments: &Arguments) -> Result<Ending> {
    let target = Target::Output.check()?;
    if arguments.file.trim().is_empty() {
        bail!("the name of the file is empty; expected one such as notes.txt");
    }
    let scenario = arguments.choice.load()?;
    let interruption = Interruption::watch()?;
    let mut session = Session::new(&scenario, arguments.seed.unwrap_or(scenario.seed));
    let length = arguments.at.unwrap_or(scenario.until);
    let until = session.start() + length;
    match course::run_to(&mut session, until, interruption) {
        Course::Whole => {}
        Course::Full(full) => bail!("there is nothing to explain at {}: {full}", value::shown(length)),
        Course::Interrupted => return tell_interrupted(arguments, target),
    }
    let explanation = match session.why(&arguments.file) {
        Ok(explanation) => explanation,
        Err(well @ WhyError::NothingWrong(_)) => return tell_well(arguments, target, &well),
        Err(error) => bail!("{error}{}", suggestion(&session, &arguments.file)),
    };
    let mut remedies = Remedies::new(&session, &arguments.file)?;
    let bar = progress::bar(remedies.progress().total as u64, "changes");
    while let Some(progress) = if interruption.has_come() { None } else { remedies.step() } {
        bar.set_position(progress.done as u64);
    }
    bar.finish_and_clear();
    let report = WhyReport::new(&explanation, &remedies.finish());
    let explained = Explained { interrupted: !report.remedy.is_complete, report };
    if arguments.json {
        target.json(&explained)?;
    } else {
        target.lines(&explained.lines())?;
    }
    Ok(if explained.interrupted { Ending::Interrupted } else { Ending::Well })
}

/// An explanation, and what was found of a remedy.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Explained {
    #[serde(flatten)]
    report: WhyReport,
    /// Whether the search for a remedy was interrupted.
    interrupted: bool,
}

/// What JSON says where there is nothing to explain: the fields of the report that have something to tell.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NoExplanation<'a> {
    file: &'a str,
    trouble: Option<TroubleWord>,
    summary: &'a str,
    steps: [StepReport; 0],
    interrupted: bool,
}

/// Tells that nothing is wrong with the file, which is an answer and no wrong input.
fn tell_well(arguments: &Arguments, target: Target, well: &WhyError) -> Result<Ending> {
    tell_nothing(arguments, target, &format!("{}.", capital(&well.to_string())), false)?;
    Ok(Ending::Well)
}

fn tell_interrupted(arguments: &Arguments, target: Target) -> Result<Ending> {
    tell_nothing(arguments, target, "Interrupted before the moment to explain.", true)?;
    Ok(Ending::Interrupted)
}

fn tell_nothing(arguments: &Arguments, target: Target, summary: &str, interrupted: bool) -> Result<()> {
    if arguments.json {
        let file = &arguments.file;
        return target.json(&NoExplanation { file, trouble: None, summary, steps: [], interrupted });
    }
    let mut lines = Lines::default();
    lines.add(summary);
    target.lines(&lines)
}

/// Which files there are, for somebody who asks for another.
fn suggestion(session: &Session, file: &str) -> String {
    let rows = session.view().ledger.rows;
    let names = rows.iter().map(|row| row.name.as_str());
    suggest::nearest(file, names).map_or_else(String::new, |meant| format!("; did you mean {}?", text::quoted(meant)))
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

impl Explained {
    fn lines(&self) -> Lines {
        let report = &self.report;
        let mut lines = Lines::default();
        lines.add(format_args!("{}: {}", report.file, report.trouble.as_str()));
        lines.leave_one_out();
        lines.add(&report.summary);
        lines.leave_one_out();
        let steps = report.steps.iter().map(|step| (format!("{:.3} s", step.at_ms / 1_000.0), step.sentence.clone()));
        lines.append(&table::pairs(steps));
        lines.leave_one_out();
        let remedy = &report.remedy;
        let runs = if remedy.runs == 1 { "1 run".to_owned() } else { format!("{} runs", remedy.runs) };
        if self.interrupted {
            lines.add(format_args!("Interrupted after {runs} with other settings:"));
        } else {
            lines.add(format_args!("What would have saved it, found in {runs} with other settings:"));
        }
        match &remedy.evidence {
            Some(evidence) => tell(&mut lines, &remedy.sentence, evidence, &remedy.settings),
            None => lines.add(format_args!("  {}", remedy.sentence)),
        }
        if let Some(alternative) = &remedy.alternative {
            lines.leave_one_out();
            lines.add("Or, cheaper, an honest no instead of a false ok:");
            tell(&mut lines, &alternative.sentence, &alternative.evidence, &alternative.settings);
        }
        lines
    }
}

/// Tells some changes, what comes of them, and how to run the scenario again with them.
fn tell(lines: &mut Lines, sentence: &str, evidence: &str, settings: &[String]) {
    lines.add(format_args!("  {sentence}"));
    lines.add(format_args!("  {evidence}"));
    if settings.is_empty() {
        lines.add("  No setting alone does that: the run also needs a different command.");
    }
    for setting in settings {
        lines.add(format_args!("  --set {}", quoted(setting)));
    }
}
