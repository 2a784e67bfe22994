//! `replicarium why`: what led to the loss of a file, and what would have saved it.

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use replicarium::report::{StepReport, TroubleWord, WhyReport};
use replicarium::session::{Remedies, Session, WhyError};
use replicarium::sim::Span;
use serde::Serialize;

use crate::load::{Choice, quoted};
use crate::{Ending, output, progress, table, time};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// The name of the file.
    file: String,
    /// The seed of all randomness; the scenario's own if not said.
    #[arg(long)]
    seed: Option<u64>,
    /// The moment, counted from when the opening files are written; the end of the run if not said.
    #[arg(long, value_name = "TIME", value_parser = time::span)]
    at: Option<Span>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// Explains what is wrong with a file, and searches for the cheapest change that would have saved it.
pub fn why(arguments: &Arguments) -> Result<Ending> {
    let scenario = arguments.choice.load()?;
    let mut session = Session::new(&scenario, arguments.seed.unwrap_or(scenario.seed));
    session.advance(session.start() + arguments.at.unwrap_or(scenario.until));
    session.check_room()?;
    let explanation = match session.why(&arguments.file) {
        Ok(explanation) => explanation,
        Err(well @ WhyError::NothingWrong(_)) => return tell_well(arguments, &well),
        Err(error) => return Err(error.into()),
    };
    let mut remedies = Remedies::new(&session, &arguments.file)?;
    let bar = progress::bar(remedies.progress().total as u64, "changes");
    while let Some(progress) = remedies.step() {
        bar.set_position(progress.done as u64);
    }
    bar.finish_and_clear();
    let report = WhyReport::new(&explanation, &remedies.finish());
    let out = output::report(false);
    if arguments.json {
        output::json(out, &report)?;
    } else {
        output::text(out, &text(&report))?;
    }
    Ok(Ending::Well)
}

/// What JSON says of a file with which nothing is wrong: the fields of the report that have something to tell.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WellReport<'a> {
    file: &'a str,
    trouble: Option<TroubleWord>,
    summary: &'a str,
    steps: [StepReport; 0],
}

/// Tells that nothing is wrong with the file, which is an answer and no wrong input.
fn tell_well(arguments: &Arguments, well: &WhyError) -> Result<Ending> {
    let out = output::report(false);
    let summary = format!("{}.", capital(&well.to_string()));
    if arguments.json {
        output::json(out, &WellReport { file: &arguments.file, trouble: None, summary: &summary, steps: [] })?;
    } else {
        output::text(out, &format!("{summary}\n"))?;
    }
    Ok(Ending::Well)
}

fn capital(sentence: &str) -> String {
    let mut letters = sentence.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn text(report: &WhyReport) -> String {
    let mut text = format!("{}: {}\n\n{}\n\n", report.file, report.trouble.as_str(), report.summary);
    let steps = report.steps.iter().map(|step| (format!("{:.3} s", step.at_ms / 1_000.0), step.sentence.clone()));
    text.push_str(&table::pairs(steps));
    // Writing to a string does not fail.
    let _ = write!(text, "\nWhat would have saved it, found in {} runs with other settings:\n", report.remedy.runs);
    let remedy = &report.remedy;
    match &remedy.evidence {
        Some(evidence) => tell(&mut text, &remedy.sentence, evidence, &remedy.settings),
        None => {
            let _ = writeln!(text, "  {}", remedy.sentence);
        }
    }
    if let Some(alternative) = &remedy.alternative {
        text.push_str("\nOr, cheaper, a no in place of a false yes:\n");
        tell(&mut text, &alternative.sentence, &alternative.evidence, &alternative.settings);
    }
    text
}

/// Tells some changes, what comes of them, and how to run the scenario again with them.
fn tell(text: &mut String, sentence: &str, evidence: &str, settings: &[String]) {
    let _ = writeln!(text, "  {sentence}\n  {evidence}");
    if settings.is_empty() {
        text.push_str("  No setting alone does that: a command of the run has to be another one too.\n");
    }
    for setting in settings {
        let _ = writeln!(text, "  --set {}", quoted(setting));
    }
}
