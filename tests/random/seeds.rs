//! Which seeds are run: a fixed number, one, or as many as there is time for.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime};

use super::options::{Family, Options};
use super::run::generate;
use super::scenario_file;
use super::shrink::shrink;

/// After how many failures a long run ends.
const FAILURES_LIMIT: u64 = 20;

pub fn number_from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("the variable is a number"))
}

/// Runs `default_count` seeds of a family, or `REPLICARIUM_SEEDS`, or only `REPLICARIUM_SEED`.
pub fn for_each_seed(family: Family, default_count: u64) {
    if let Some(seed) = number_from_environment("REPLICARIUM_SEED") {
        return run(family, seed);
    }
    let count = number_from_environment("REPLICARIUM_SEEDS").unwrap_or(default_count);
    if number_from_environment("REPLICARIUM_TALLY").is_some() {
        return tally(family, count);
    }
    for seed in 0..count {
        run(family, seed);
    }
}

/// A seed that is another each second for six weeks, and of 32 bits, so that a scenario file can name it.
fn first_of_now() -> u64 {
    let since_1970 = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("the clock is set");
    since_1970.as_secs() % 4_000_000 * 1_000
}

/// Counts the failures of a family by invariant, with the first seeds of each: for someone who repairs several.
fn tally(family: Family, count: u64) {
    let mut failures: BTreeMap<&str, Vec<(u64, String)>> = BTreeMap::new();
    for seed in 0..count {
        if let Some(failure) = generate(&Options::draw(family, seed)).failure {
            failures.entry(failure.invariant).or_default().push((seed, failure.detail));
        }
    }
    for (invariant, failures) in failures {
        println!("{}: {invariant} failed {} times of {count}", family.name(), failures.len());
        for (seed, detail) in failures.iter().take(12) {
            println!("    seed {seed}: {detail}");
        }
    }
}

/// Runs one seed; a failure is made small and told.
pub fn run(family: Family, seed: u64) {
    let options = Options::draw(family, seed);
    let outcome = generate(&options);
    let Some(failure) = outcome.failure else { return };
    eprintln!("seed {seed} of {}, before it is made small: {}", family.name(), failure.detail);
    let shrunk = shrink(&options, outcome.commands, failure);
    let path = shrunk.write();
    panic!(
        "{}: {}\nseed {seed} failed; repeat it with\n{}\n{} commands are left of it in {}, which is run by\n{}",
        shrunk.failure.invariant,
        shrunk.failure.detail,
        options.repeat(),
        shrunk.commands.len(),
        path.display(),
        scenario_file::command(&path),
    );
}

/// Runs seeds of all families on all processors for `REPLICARIUM_DEEP_SECONDS`, from `REPLICARIUM_DEEP_FROM` on, or
/// else from one that the calendar gives, so that each long run has seeds of its own.
pub fn deep() {
    let Some(seconds) = number_from_environment("REPLICARIUM_DEEP_SECONDS") else { return };
    let end = Instant::now() + Duration::from_secs(seconds);
    let first = number_from_environment("REPLICARIUM_DEEP_FROM").unwrap_or_else(first_of_now);
    let next = AtomicU64::new(first);
    let failed = AtomicU64::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let one = |seed| {
        for family in Family::ALL {
            if std::panic::catch_unwind(|| run(family, seed)).is_err() {
                failed.fetch_add(1, Ordering::Relaxed);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while Instant::now() < end && failed.load(Ordering::Relaxed) < FAILURES_LIMIT {
                    one(next.fetch_add(1, Ordering::Relaxed));
                }
            });
        }
    });
    let count = next.load(Ordering::Relaxed) - first;
    eprintln!("{count} seeds from {first} on, of each of {} families", Family::ALL.len());
    let failed = failed.load(Ordering::Relaxed);
    assert_eq!(failed, 0, "runs failed; see above");
}
