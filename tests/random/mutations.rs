//! Takes one rule after the other out of the protocols: the checks must notice each within 1,000 seeds.

use std::sync::Arc;

use replicarium::check::Verdict;
use replicarium::replication::mutation::{Mutation, break_on_purpose};
use replicarium::session::{Scenario, Session};
use replicarium::sim::{Content, NodeId, ServerId, Span};
use replicarium::world::{Command, Placement};

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

/// What random runs meet too seldom: S2 alone has acknowledged, loses its disk, and S3, which never had the update,
/// must not be promoted while S1 is down.
fn loses_what_two_servers_had() -> bool {
    let mut scenario = Scenario::clone(Scenario::by_slug("ack-one").expect("a built-in scenario"));
    scenario.settings.policy.repair_after = Span::from_millis(60_000);
    let mut session = Session::new(&Arc::new(scenario), 1);
    let [first, second, third] = [ServerId(1), ServerId(2), ServerId(3)];
    let cut = |other| Command::CutLink { first: NodeId::Server(first), second: NodeId::Server(other) };
    let content = Content::new(b"on S1 and S2 only");
    let write = Command::Write { file: "notes.txt".to_owned(), content, placement: Placement::EveryServer };
    let commands = [
        cut(third),
        write,
        cut(second),
        Command::Kill { server: second },
        Command::Restart { server: second },
        Command::Crash { server: first },
    ];
    for command in commands {
        session.apply(command).expect("the command can be carried out");
        session.advance(session.now() + Span::from_millis(120));
    }
    session.advance(session.now() + Span::from_millis(1_000));
    session.view().ledger.rows[0].verdict == Verdict::LostAcknowledged
}

#[test]
fn a_forgotten_holder_is_noticed() {
    assert!(!loses_what_two_servers_had(), "one lost disk is survived with one ack");
    break_on_purpose(Some(Mutation::ForgetForgetful));
    let is_noticed = loses_what_two_servers_had();
    break_on_purpose(None);
    assert!(is_noticed, "nobody noticed that a holder is forgotten");
}

#[test]
fn every_breakage_is_noticed() {
    let mut unnoticed = Vec::new();
    for mutation in Mutation::ALL.into_iter().filter(|mutation| *mutation != Mutation::ForgetForgetful) {
        if let Some((invariant, family, seeds)) = caught(mutation) {
            println!("| `{mutation:?}` | `{invariant}` | {} | {seeds} |", family.name());
        } else {
            unnoticed.push(mutation);
        }
    }
    assert!(unnoticed.is_empty(), "nobody noticed {unnoticed:?}");
}
