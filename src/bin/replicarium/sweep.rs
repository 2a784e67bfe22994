//! `replicarium sweep`: one scenario under many seeds.

mod summary;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use clap::Args;
use indicatif::ParallelProgressIterator as _;
use rayon::ThreadPoolBuilder;
use rayon::iter::{IntoParallelIterator as _, ParallelIterator as _};
use replicarium::check::Verdict;
use replicarium::report::{MetricsReport, OperationsReport, TimesReport};
use replicarium::session::{Scenario, Session};
use replicarium::sim::Span;

use self::summary::{MEASURED, SeedReport, SweepReport};
use crate::load::Choice;
use crate::run::{Length, RunReport};
use crate::{Ending, output, progress};

#[derive(Args)]
pub struct Arguments {
    #[command(flatten)]
    choice: Choice,
    /// How many seeds, from 1 to 10000000.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000_000))]
    seeds: u64,
    /// The first of the seeds; the others follow it one by one.
    #[arg(long, value_name = "S", default_value_t = 1)]
    first_seed: u64,
    /// How many threads; as many as there are processors if not said.
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1_024))]
    threads: Option<u16>,
    #[command(flatten)]
    length: Length,
    /// Write JSON instead of tables.
    #[arg(long)]
    json: bool,
}

/// Runs a scenario under many seeds and tells how often it went wrong.
pub fn sweep(arguments: &Arguments) -> Result<Ending> {
    let scenario = arguments.choice.load()?;
    let last_seed = arguments.first_seed.checked_add(arguments.seeds - 1);
    let last_seed = last_seed.context("the last of the seeds is beyond what a seed can be")?;
    let length = arguments.length.of(&scenario);
    let threads = usize::from(arguments.threads.unwrap_or(0));
    let pool = ThreadPoolBuilder::new().num_threads(threads).build().context("the threads can't be started")?;
    let bar = progress::bar(arguments.seeds, "seeds");
    let seeds = (arguments.first_seed..=last_seed).into_par_iter();
    let runs: Result<Vec<SeedReport>> =
        pool.install(|| seeds.progress_with(bar.clone()).map(|seed| one_run(&scenario, seed, length)).collect());
    let runs = runs?;
    bar.finish_and_clear();

    let report = SweepReport::new(&arguments.choice.repeat(arguments.length), &scenario, &runs);
    let out = output::report(false);
    if arguments.json {
        output::json(out, &report)?;
    } else {
        output::text(out, &report.text())?;
    }
    Ok(report.ending())
}

fn one_run(scenario: &Arc<Scenario>, seed: u64, length: Span) -> Result<SeedReport> {
    let mut session = Session::new(scenario, seed);
    session.advance(session.start() + length);
    session.check_room().with_context(|| format!("seed {seed} can't be run to its end"))?;
    let report = RunReport::new(&session);
    let lost = report.ledger.count(Verdict::LostAcknowledged);
    let unavailable = report.ledger.count(Verdict::Unavailable);
    Ok(SeedReport {
        seed,
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
