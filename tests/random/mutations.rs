//! Takes one rule after the other out of the protocols: the checks must notice each within 1,000 seeds.

use replicarium::client::ReadTarget;
use replicarium::replication::mutation::{Mutation, break_on_purpose};
use replicarium::replication::{Acks, WhenShort};
use replicarium::session::Chaos;
use replicarium::sim::Span;

use super::directed;
use super::options::{Family, Options, Targeted};
use super::run::generate;

const SEEDS_AT_MOST: u64 = 1_000;

/// The check that noticed, in which family, and after how many seeds of it.
fn caught(mutation: Mutation) -> Option<(String, Family, u64)> {
    for seed in 0..SEEDS_AT_MOST {
        for family in [Family::Crashes, Family::Disks, Family::Anything] {
            break_on_purpose(Some(mutation));
            // A breakage may also run into one of the engine's own debug assertions.
            let mut options = Options::draw(family, seed);
            focus(mutation, &mut options);
            let outcome = std::panic::catch_unwind(|| generate(&options).failure);
            break_on_purpose(None);
            let invariant = match outcome {
                Ok(failure) => failure.map(|failure| failure.invariant.to_owned()),
                Err(_) => Some("a debug assertion".to_owned()),
            };
            // What fails without the breakage as well says nothing about it.
            let fails_anyway = || generate(&options).failure.is_some();
            if let Some(invariant) = invariant.filter(|_| !fails_anyway()) {
                return Some((invariant, family, seed + 1));
            }
        }
    }
    None
}

/// Narrows a run to where the rule matters, so that it is met within so few seeds.
fn focus(mutation: Mutation, options: &mut Options) {
    if mutation != Mutation::IgnoreLease {
        return;
    }
    let policy = &mut options.settings.policy;
    policy.read_lease = Some(Span::from_millis(1_500));
    policy.when_short = WhenShort::Wait;
    policy.acks = Acks::All;
    options.targeted = Targeted { cut: true, ..Targeted::default() };
    options.chaos = Chaos { until: options.chaos.until, ..Chaos::default() };
    for client in &mut options.settings.clients {
        client.attempts = 4;
        client.read_from = ReadTarget::Primary;
        if let Some(workload) = &mut client.workload {
            workload.rate_per_second_hundredths = 6_000;
            workload.files = 1;
        }
    }
}

#[test]
fn every_short_run_needs_its_rule() {
    for (mutation, commands) in directed::runs() {
        assert_eq!(directed::complaint(None, &commands), None, "the run for {mutation:?} is survived");
        let complaint = directed::complaint(Some(mutation), &commands);
        println!("| `{mutation:?}` | `{}` | directed | 1 |", complaint.as_deref().unwrap_or("nobody"));
        assert!(complaint.is_some(), "nobody noticed {mutation:?}");
    }
}

#[test]
fn every_breakage_is_noticed() {
    let mut unnoticed = Vec::new();
    let directed: Vec<Mutation> = directed::runs().into_iter().map(|(mutation, _)| mutation).collect();
    for mutation in Mutation::ALL.into_iter().filter(|mutation| !directed.contains(mutation)) {
        if let Some((invariant, family, seeds)) = caught(mutation) {
            println!("| `{mutation:?}` | `{invariant}` | {} | {seeds} |", family.name());
        } else {
            unnoticed.push(mutation);
        }
    }
    assert!(unnoticed.is_empty(), "nobody noticed {unnoticed:?}");
}
