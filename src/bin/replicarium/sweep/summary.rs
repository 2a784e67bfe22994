//! What a sweep came to.

use replicarium::session::{RunIsFull, Scenario};
use serde::Serialize;

use crate::interval::Share;
use crate::lines::Lines;
use crate::{Ending, table};

/// How many seeds of a kind are told one by one to people; JSON has them all.
const SEEDS_SHOWN: usize = 20;

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
    /// Why it did not come to its end, if it didn't.
    pub full: Option<RunIsFull>,
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
    /// How many seeds were run.
    seeds: usize,
    /// How many were to be run.
    seeds_asked: u64,
    /// Whether the sweep was interrupted before all of them were run.
    interrupted: bool,
    events: usize,
    /// Of the runs that came to their end, those in which no expectation failed and no invariant was violated.
    passed: Share,
    /// Of the same, those at whose end an acknowledged write was lost.
    lost_acknowledged: Share,
    /// Of the same, those at whose end a file could not be reached.
    unavailable: Share,
    /// How what was measured spreads over them.
    metrics: Vec<Spread>,
    /// The seeds under which something failed, in runs that did not come to their end too.
    failures: Vec<Notable>,
    /// The seeds whose runs were full before their end.
    full: Vec<Notable>,
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

/// A seed that is worth a look.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Notable {
    seed: u64,
    /// What is the matter with it, as sentences.
    reasons: Vec<String>,
    /// The command that repeats the run.
    repeat: String,
}

impl SweepReport {
    /// `repeat` is the command that repeats a run but for its seed.
    pub fn new(repeat: &str, scenario: &Scenario, seeds_asked: u64, runs: &[SeedReport]) -> Self {
        let whole: Vec<&SeedReport> = runs.iter().filter(|run| run.full.is_none()).collect();
        let share = |is_so: &dyn Fn(&SeedReport) -> bool| {
            Share::new(whole.iter().filter(|run| is_so(run)).count() as u64, whole.len() as u64)
        };
        let notable = |run: &SeedReport, reasons: Vec<String>| Notable {
            seed: run.seed,
            reasons,
            repeat: format!("{repeat} --seed {}", run.seed),
        };
        let failed = runs.iter().filter(|run| !run.failures.is_empty());
        Self {
            scenario: scenario.slug().to_owned(),
            title: scenario.title().to_owned(),
            seeds: runs.len(),
            seeds_asked,
            interrupted: (runs.len() as u64) < seeds_asked,
            events: runs.iter().map(|run| run.events).sum(),
            passed: share(&|run| run.failures.is_empty()),
            lost_acknowledged: share(&|run| run.lost_files > 0),
            unavailable: share(&|run| run.unavailable_files > 0),
            metrics: (0..MEASURED.len()).filter_map(|measure| Spread::new(measure, &whole)).collect(),
            failures: failed.map(|run| notable(run, run.failures.clone())).collect(),
            full: runs.iter().filter_map(|run| Some(notable(run, vec![run.full?.to_string()]))).collect(),
        }
    }

    pub fn ending(&self) -> Ending {
        if self.interrupted {
            Ending::Interrupted
        } else if !self.failures.is_empty() {
            Ending::Badly
        } else if !self.full.is_empty() {
            Ending::Full
        } else {
            Ending::Well
        }
    }

    pub fn lines(&self) -> Lines {
        let mut lines = Lines::default();
        lines.add(format_args!("{} ({}), {} seeds, {} events", self.title, self.scenario, self.seeds, self.events));
        if self.interrupted {
            lines.add(format_args!("Interrupted after {} of {} seeds.", self.seeds, self.seeds_asked));
        }
        lines.leave_one_out();
        let mut rows = vec![
            ("Passed".to_owned(), self.passed.sentence()),
            ("Lost an acknowledged write".to_owned(), self.lost_acknowledged.sentence()),
            ("Ended with a file out of reach".to_owned(), self.unavailable.sentence()),
        ];
        if !self.full.is_empty() {
            let count = format!("{} of {}; the shares leave them out", self.full.len(), self.seeds);
            rows.push(("Full before the end".to_owned(), count));
        }
        lines.append(&table::pairs(rows));
        if !self.metrics.is_empty() {
            let rows = self.metrics.iter().map(|spread| {
                let number = |value: f64| format!("{value:.2}");
                let (least, median, most) = (number(spread.least), number(spread.median), number(spread.most));
                vec![spread.measure.to_owned(), spread.runs.to_string(), least, median, most]
            });
            lines.leave_one_out();
            lines.append(&table::table(&["over the runs", "runs", "least", "median", "most"], rows));
        }
        for (what, seeds) in [("failed", &self.failures), ("was full before its end", &self.full)] {
            for one in seeds.iter().take(SEEDS_SHOWN) {
                lines.leave_one_out();
                lines.add(format_args!("seed {} {what}; repeat it with", one.seed));
                lines.add(format_args!("    {}", one.repeat));
                for reason in &one.reasons {
                    lines.add(format_args!("  {reason}"));
                }
            }
            let more = seeds.len().saturating_sub(SEEDS_SHOWN);
            if more > 0 {
                lines.leave_one_out();
                lines.add(format_args!("{more} more {what}; --json lists all of them"));
            }
        }
        lines
    }
}

impl Spread {
    /// None if it happened in no run.
    fn new(measure: usize, runs: &[&SeedReport]) -> Option<Self> {
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
            full: None,
            events: 1,
            lost_files: 0,
            unavailable_files: 0,
            measured: [value, None, None, None, None, None, None],
            failures: Vec::new(),
        };
        let runs = [run(Some(9.0)), run(None), run(Some(1.0)), run(Some(4.0)), run(Some(5.0))];
        let runs: Vec<&SeedReport> = runs.iter().collect();
        let spread = Spread::new(0, &runs).unwrap();
        let told = [spread.least, spread.median, spread.most];
        assert_eq!((spread.runs, told.map(|value| value.to_string())), (4, ["1", "4", "9"].map(str::to_owned)));
        assert!(Spread::new(1, &runs).is_none());
    }
}
