//! What a sweep came to.

use std::fmt::Write as _;

use replicarium::session::Scenario;
use serde::Serialize;

use crate::interval::Share;
use crate::{Ending, table};

/// How many failures are told one by one to people; JSON has them all.
const FAILURES_SHOWN: usize = 20;

/// What of each run is told as a spread over all of them.
pub const MEASURED: [&str; 7] = [
    "writes: availability, %",
    "writes: median latency, ms",
    "writes: 99 % latency, ms",
    "reads: availability, %",
    "reads: 99 % latency, ms",
    "longest failover, ms",
    "bytes sent",
];

/// What one seed came to.
pub struct SeedReport {
    pub seed: u64,
    pub events: usize,
    pub lost_files: usize,
    pub unavailable_files: usize,
    /// What was measured, for each of [`MEASURED`] where it happened.
    pub measured: [Option<f64>; MEASURED.len()],
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
    /// How what was measured spreads over the runs.
    metrics: Vec<Spread>,
    failures: Vec<Failure>,
}

/// How one measure spreads over the runs in which it happened.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spread {
    measure: &'static str,
    /// In how many runs it happened.
    runs: usize,
    least: f64,
    /// Half of the runs had no more.
    median: f64,
    most: f64,
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
            metrics: (0..MEASURED.len()).filter_map(|measure| Spread::new(measure, runs)).collect(),
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
        if !self.metrics.is_empty() {
            let rows = self.metrics.iter().map(|spread| {
                let number = |value: f64| format!("{value:.2}");
                let (least, median, most) = (number(spread.least), number(spread.median), number(spread.most));
                vec![spread.measure.to_owned(), spread.runs.to_string(), least, median, most]
            });
            text.push('\n');
            text.push_str(&table::table(&["over the runs", "runs", "least", "median", "most"], rows));
        }
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

impl Spread {
    /// None if it happened in no run.
    fn new(measure: usize, runs: &[SeedReport]) -> Option<Self> {
        let mut values: Vec<f64> = runs.iter().filter_map(|run| run.measured[measure]).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.len().saturating_sub(1) / 2;
        Some(Self {
            measure: MEASURED[measure],
            runs: values.len(),
            least: *values.first()?,
            median: *values.get(middle)?,
            most: *values.last()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spread_is_over_the_runs_in_which_it_happened() {
        let run = |value| SeedReport {
            seed: 1,
            events: 1,
            lost_files: 0,
            unavailable_files: 0,
            measured: [value, None, None, None, None, None, None],
            failures: Vec::new(),
        };
        let runs = [run(Some(9.0)), run(None), run(Some(1.0)), run(Some(4.0)), run(Some(5.0))];
        let spread = Spread::new(0, &runs).unwrap();
        let told = [spread.least, spread.median, spread.most];
        assert_eq!((spread.runs, told.map(|value| value.to_string())), (4, ["1", "4", "9"].map(str::to_owned)));
        assert!(Spread::new(1, &runs).is_none());
    }
}
