//! `replicarium compare`: two runs side by side under the same seed, faults and operations.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use replicarium::report::{ComparisonReport, ContrastReport, DifferenceReport, OutcomeReport, WorldReport};
use replicarium::session::{Comparison, Contender, Scenario, Session};
use replicarium::sim::Span;
use serde::Serialize;

use crate::interruption::Interruption;
use crate::lines::Lines;
use crate::load::{Choice, varied};
use crate::output::Target;
use crate::{Ending, progress, table, value};

/// How many later differences people are told; JSON has more.
const DIFFERENCES_TOLD: usize = 12;

#[derive(Args)]
#[command(allow_negative_numbers = true)]
pub struct Arguments {
    /// The scenario of A: a built-in one (`replicarium scenarios` lists them), a file in TOML, or `-` for the standard
    /// input.
    #[arg(value_name = "A")]
    first: String,
    /// The scenario of B; by default that of A.
    #[arg(value_name = "B")]
    second: Option<String>,
    /// Change a setting of A, as in `policy.acks=none`; may be given several times.
    #[arg(long, value_name = "KEY=VALUE")]
    set_a: Vec<String>,
    /// Change a setting of B; may be given several times.
    #[arg(long, value_name = "KEY=VALUE", visible_alias = "set")]
    set_b: Vec<String>,
    /// Run in B what its scenario's invitation asks for: the number of one of its variations, or how its title begins.
    #[arg(long = "try", value_name = "WHICH")]
    variation: Option<String>,
    /// The seed of both; by default that of A's scenario.
    #[arg(long, value_name = "S", value_parser = value::seed)]
    seed: Option<u64>,
    /// How long both run, such as "3 s", counted from when the opening files are written; by default the longer of
    /// the two scenarios' own times.
    #[arg(long, value_name = "TIME", value_parser = value::span)]
    until: Option<Span>,
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// A comparison, and how it ended.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Compared {
    #[serde(flatten)]
    report: ComparisonReport,
    /// Whether it was interrupted before its end.
    interrupted: bool,
}

/// Runs both and tells in what they differ.
pub fn compare(arguments: &Arguments) -> Result<Ending> {
    let target = Target::Output.check()?;
    let (a, b) = load(arguments)?;
    let interruption = Interruption::watch()?;
    let seed = arguments.seed.unwrap_or(a.seed);
    let contender = |scenario: &Arc<Scenario>| Contender::new(&name(scenario), Session::new(scenario, seed));
    let length = arguments.until.unwrap_or(a.until.max(b.until));
    let mut comparison = Comparison::new(contender(&a), contender(&b), length);
    let bar = progress::bar(comparison.progress().total as u64, "ms");
    let mut interrupted = interruption.has_come();
    while let Some(progress) = if interrupted { None } else { comparison.step() } {
        bar.set_position(progress.done as u64);
        interrupted = interruption.has_come();
    }
    bar.finish_and_clear();
    comparison.finish();
    let compared = Compared { report: ComparisonReport::new(&comparison), interrupted };
    if arguments.json {
        target.json(&compared)?;
    } else {
        target.lines(&compared.lines())?;
    }
    Ok(match (interrupted, comparison.full()) {
        (true, _) => Ending::Interrupted,
        (false, Some(_)) => Ending::Full,
        (false, None) => Ending::Well,
    })
}

fn load(arguments: &Arguments) -> Result<(Arc<Scenario>, Arc<Scenario>)> {
    let Arguments { first, second, set_a, set_b, variation, .. } = arguments;
    if second.is_none() && set_a.is_empty() && set_b.is_empty() && variation.is_none() {
        bail!(
            "there is nothing to compare {} with; name another scenario, change a setting as in --set policy.acks=none, or say --try 1",
            replicarium::text::quoted(first)
        );
    }
    if second.as_deref() == Some("-") && first == "-" {
        bail!("only one scenario can come from the standard input");
    }
    let vary = |scenario: Arc<Scenario>| match variation {
        None => Ok(scenario),
        Some(wanted) => varied(&scenario, wanted),
    };
    let choice =
        |scenario: &str, set: &[String]| Choice { scenario: scenario.to_owned(), set: set.to_vec(), variation: None };
    if second.is_none() && first == "-" {
        // It can be read but once.
        let read = choice(first, &[]).load()?;
        let changed = |set: &[String]| choice(first, set).change(&read);
        return Ok((changed(set_a)?, vary(changed(set_b)?)?));
    }
    let a = choice(first, set_a).load()?;
    let b = choice(second.as_ref().unwrap_or(first), set_b).load()?;
    Ok((a, vary(b)?))
}

/// A scenario's short name with what was set over it.
fn name(scenario: &Scenario) -> String {
    let mut name = scenario.slug().to_owned();
    for one in &scenario.overrides {
        name.push_str(", ");
        name.push_str(&one.to_string());
    }
    name
}

impl Compared {
    fn lines(&self) -> Lines {
        let report = &self.report;
        let mut lines = Lines::default();
        lines.append(&table::pairs([("A".to_owned(), title(&report.a)), ("B".to_owned(), title(&report.b))]));
        lines.leave_one_out();
        let same: Vec<String> = report
            .same
            .iter()
            .map(|one| if one.detail.is_empty() { one.what.clone() } else { format!("{} ({})", one.what, one.detail) })
            .collect();
        lines.add(format_args!("The same in both: {}", or_nothing(&same.join(", "))));
        if report.different.is_empty() {
            lines.add("Different: nothing");
        } else {
            lines.add("Different:");
            let row = |one: &ContrastReport| vec![format!("  {}", one.key), one.a.clone(), one.b.clone()];
            lines.append(&table::table(&["", "A", "B"], report.different.iter().map(row)));
        }
        self.tell_differences(&mut lines);
        lines.head(&format!("What came of it after {}", seconds(report.length_ms)));
        lines.add(&report.summary);
        lines.leave_one_out();
        let row = |one: &OutcomeReport| {
            let judgement = one.judgement.as_str().to_owned();
            vec![one.label.clone(), one.a.text.clone(), one.b.text.clone(), one.delta_text.clone(), judgement]
        };
        lines.append(&table::table(&["", "A", "B", "B − A", "B is"], report.outcomes.iter().map(row)));
        for (letter, world) in [("A", &report.a), ("B", &report.b)] {
            lines.leave_one_out();
            lines.add(format_args!("{letter}: {}", world.truth.sentence));
            if !world.truth.detail.is_empty() {
                lines.add(format_args!("   {}", world.truth.detail));
            }
        }
        if let Some(full) = &report.full {
            lines.leave_one_out();
            lines.add(format_args!("Both end at {}: {full}.", seconds(report.length_ms)));
        }
        if self.interrupted {
            lines.leave_one_out();
            lines.add(format_args!("Interrupted at {}.", seconds(report.length_ms)));
        }
        lines
    }

    fn tell_differences(&self, lines: &mut Lines) {
        let report = &self.report;
        lines.leave_one_out();
        let Some(first) = &report.first_difference else {
            lines.add("All events are the same in both.");
            return;
        };
        lines.add(format_args!("First difference at {}", seconds(first.at_ms)));
        let parting = |letter: &str, parting: &Option<replicarium::report::PartingReport>| match parting {
            Some(parting) => vec![format!("  {letter}"), seconds(parting.at_ms), parting.sentence.clone()],
            None => vec![format!("  {letter}"), String::new(), "Nothing more happens.".to_owned()],
        };
        lines.append(&table::rows([parting("A", &first.a), parting("B", &first.b)]));
        if report.differences.is_empty() {
            return;
        }
        lines.leave_one_out();
        lines.add("What happens in one world and not in the other at that time");
        let row = |one: &DifferenceReport| {
            let other = one.in_the_other_ms.map_or_else(String::new, |at| format!(" (the other: {})", seconds(at)));
            vec![format!("  {}", one.world), seconds(one.at_ms), format!("{}{other}", one.sentence)]
        };
        lines.append(&table::rows(report.differences.iter().take(DIFFERENCES_TOLD).map(row)));
        let more = report.differences.len().saturating_sub(DIFFERENCES_TOLD);
        if more > 0 || report.more_differences {
            let least = if report.more_differences { "at least " } else { "" };
            lines.add(format_args!("  and {least}{more} more; --json lists them"));
        }
    }
}

fn title(world: &WorldReport) -> String {
    format!("{} ({}), seed {}", world.title, world.name, world.seed)
}

fn or_nothing(text: &str) -> &str {
    if text.is_empty() { "nothing" } else { text }
}

fn seconds(milliseconds: f64) -> String {
    format!("{:.3} s", milliseconds / 1_000.0)
}
