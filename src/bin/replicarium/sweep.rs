//! `replicarium sweep`: one scenario under many seeds.

mod summary;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use indicatif::ParallelProgressIterator as _;
use rayon::ThreadPoolBuilder;
use rayon::iter::{ParallelBridge as _, ParallelIterator as _};
use replicarium::check::Verdict;
use replicarium::report::{MetricsReport, OperationsReport, TimesReport};
use replicarium::session::{Scenario, Session};
use replicarium::sim::Span;

use self::summary::{MEASURED, SeedReport, SweepReport};
use crate::course::{self, Course};
use crate::interruption::Interruption;
use crate::load::Choice;
use crate::output::Target;
use crate::run::{Length, RunReport};
use crate::{Ending, progress, value};

#[derive(Args)]
#[command(allow_negative_numbers = true)]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// How many seeds, from 1 to 10000000.
    #[arg(long, value_name = "N", value_parser = value::whole::<1, 10_000_000>)]
    seeds: u64,
    /// The first seed; the others follow it one by one.
    #[arg(long, value_name = "S", value_parser = value::seed, default_value_t = 1)]
    first_seed: u64,
    /// How many threads; by default one per processor.
    #[arg(long, value_name = "T", value_parser = value::whole::<1, 1_024>)]
    threads: Option<u64>,
    #[command(flatten)]
    length: Length,
    /// Write JSON instead of tables.
    #[arg(long)]
    json: bool,
}

/// Runs a scenario under many seeds and tells how often it went wrong.
pub fn sweep(arguments: &Arguments) -> Result<Ending> {
    let target = Target::Output.check()?;
    let scenario = arguments.choice.load()?;
    let last_seed = arguments.first_seed.checked_add(arguments.seeds - 1);
    let last_seed = last_seed.context("the last of the seeds is beyond what a seed can be")?;
    let length = arguments.length.of(&scenario);
    let threads = usize::try_from(arguments.threads.unwrap_or(0))?;
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().context("the threads can't be started")?;
    let interruption = Interruption::watch()?;
    let bar = progress::bar(arguments.seeds, "seeds");
    // Seeds are handed out one by one, so that a sweep that is interrupted has run the first ones, all but a few. None is
    // begun after that.
    let seeds = (arguments.first_seed..=last_seed).take_while(|_| !interruption.has_come()).par_bridge();
    let run = |seed| one_run(&scenario, seed, length, interruption);
    let mut runs: Vec<SeedReport> = pool.install(|| seeds.progress_with(bar.clone()).filter_map(run).collect());
    runs.sort_unstable_by_key(|run| run.seed);
    bar.finish_and_clear();

    let report = SweepReport::new(&arguments.choice.repeat(arguments.length), &scenario, arguments.seeds, &runs);
    if arguments.json {
        target.json(&report)?;
    } else {
        target.lines(&report.lines())?;
    }
    Ok(report.ending())
}

/// Runs one seed; none if it is interrupted, since half a run tells nothing about a whole one.
fn one_run(scenario: &Arc<Scenario>, seed: u64, length: Span, interruption: Interruption) -> Option<SeedReport> {
    let mut session = Session::new(scenario, seed);
    let until = session.start() + length;
    let course = course::run_to(&mut session, until, interruption);
    let full = match course {
        Course::Interrupted => return None,
        Course::Full(full) => Some(full),
        Course::Whole => None,
    };
    let report = RunReport::new(&session, length, course);
    let lost = report.ledger.count(Verdict::LostAcknowledged);
    let unavailable = report.ledger.count(Verdict::Unavailable);
    Some(SeedReport {
        seed,
        full,
        events: report.events,
        lost_files: lost,
        unavailable_files: unavailable,
        measured: measured(&report.metrics),
        failures: report.failures(),
    })
}

/// What is told of a run's metrics, in the order of [`MEASURED`].
#[expect(clippy::cast_precision_loss, reason = "no run sends as many bytes as a float has whole numbers")]
fn measured(metrics: &MetricsReport) -> [Option<f64>; MEASURED.len()] {
    let latency = |operations: &OperationsReport, which: fn(&TimesReport) -> f64| {
        (operations.latency.count > 0).then(|| which(&operations.latency))
    };
    let failovers = metrics.failovers.iter().map(|failover| failover.until_primary_ms);
    [
        metrics.writes.availability_percent,
        latency(&metrics.writes, |times| times.median_ms),
        latency(&metrics.writes, |times| times.p99_ms),
        metrics.reads.availability_percent,
        latency(&metrics.reads, |times| times.p99_ms),
        failovers.max_by(f64::total_cmp),
        Some(metrics.sent_bytes as f64),
    ]
}
