//! Takes one rule after the other out of the protocols: the checks must notice each within 1,000 seeds.

use replicarium::replication::mutation::{Mutation, break_on_purpose};

use super::options::{Family, Options};
use super::run::generate;

const SEEDS_AT_MOST: u64 = 1_000;

/// The check that noticed, in which family, and after how many seeds of it.
fn caught(mutation: Mutation) -> Option<(String, Family, u64)> {
    for seed in 0..SEEDS_AT_MOST {
        for family in [Family::Crashes, Family::Disks, Family::Anything] {
            break_on_purpose(Some(mutation));
            // A breakage may also run into one of the engine's own debug assertions.
            let outcome = std::panic::catch_unwind(|| generate(&Options::draw(family, seed)).failure);
            break_on_purpose(None);
            let invariant = match outcome {
                Ok(failure) => failure.map(|failure| failure.invariant.to_owned()),
                Err(_) => Some("a debug assertion".to_owned()),
            };
            // What fails without the breakage as well says nothing about it.
            let fails_anyway = || generate(&Options::draw(family, seed)).failure.is_some();
            if let Some(invariant) = invariant.filter(|_| !fails_anyway()) {
                return Some((invariant, family, seed + 1));
            }
        }
    }
    None
}

#[test]
fn every_breakage_is_noticed() {
    let mut unnoticed = Vec::new();
    for mutation in Mutation::ALL {
        if let Some((invariant, family, seeds)) = caught(mutation) {
            println!("| `{mutation:?}` | `{invariant}` | {} | {seeds} |", family.name());
        } else {
            unnoticed.push(mutation);
        }
    }
    assert!(unnoticed.is_empty(), "nobody noticed {unnoticed:?}");
}
