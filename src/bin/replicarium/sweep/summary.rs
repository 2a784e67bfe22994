//! What a sweep came to.

use std::fmt::Write as _;

use replicarium::session::Scenario;
use serde::Serialize;

use crate::interval::Share;
use crate::{Ending, table};

/// How many failures are told one by one to people; JSON has them all.
const FAILURES_SHOWN: usize = 20;

/// What one seed came to.
pub struct SeedReport {
    pub seed: u64,
    pub events: usize,
    pub lost_files: usize,
    pub unavailable_files: usize,
    /// What failed, as sentences.
    pub failures: Vec<String>,
}

/// What all seeds came to.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SweepReport {
    scenario: String,
    title: String,
    seeds: usize,
    events: usize,
    /// The runs in which no expectation failed and no invariant was violated.
    passed: Share,
    /// The runs at whose end an acknowledged write was lost.
    lost_acknowledged: Share,
    /// The runs at whose end a file could not be reached.
    unavailable: Share,
    failures: Vec<Failure>,
}

/// A seed under which something failed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Failure {
    seed: u64,
    /// What failed, as sentences.
    reasons: Vec<String>,
    /// The command that repeats the run.
    repeat: String,
}

impl SweepReport {
    /// `repeat` is the command that repeats a run but for its seed.
    pub fn new(repeat: &str, scenario: &Scenario, runs: &[SeedReport]) -> Self {
        let share = |is_so: &dyn Fn(&SeedReport) -> bool| {
            Share::new(runs.iter().filter(|run| is_so(run)).count() as u64, runs.len() as u64)
        };
        let failure = |run: &SeedReport| Failure {
            seed: run.seed,
            reasons: run.failures.clone(),
            repeat: format!("{repeat} --seed {}", run.seed),
        };
        Self {
            scenario: scenario.slug().to_owned(),
            title: scenario.title().to_owned(),
            seeds: runs.len(),
            events: runs.iter().map(|run| run.events).sum(),
            passed: share(&|run| run.failures.is_empty()),
            lost_acknowledged: share(&|run| run.lost_files > 0),
            unavailable: share(&|run| run.unavailable_files > 0),
            failures: runs.iter().filter(|run| !run.failures.is_empty()).map(failure).collect(),
        }
    }

    pub fn ending(&self) -> Ending {
        if self.failures.is_empty() { Ending::Well } else { Ending::Badly }
    }

    pub fn text(&self) -> String {
        let mut text = format!("{} ({}), {} seeds, {} events\n\n", self.title, self.scenario, self.seeds, self.events);
        text.push_str(&table::pairs([
            ("Passed".to_owned(), self.passed.sentence()),
            ("Lost an acknowledged write".to_owned(), self.lost_acknowledged.sentence()),
            ("Ended with a file out of reach".to_owned(), self.unavailable.sentence()),
        ]));
        for failure in self.failures.iter().take(FAILURES_SHOWN) {
            // Writing to a string does not fail.
            let _ = write!(text, "\nseed {} failed; repeat it by\n    {}\n", failure.seed, failure.repeat);
            for reason in &failure.reasons {
                let _ = writeln!(text, "  {reason}");
            }
        }
        let more = self.failures.len().saturating_sub(FAILURES_SHOWN);
        if more > 0 {
            let _ = writeln!(text, "\nand {more} more seeds; --json tells all of them");
        }
        text
    }
}
