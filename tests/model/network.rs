//! Pauses, cuts and bad links.

use replicarium::check::Verdict;
use replicarium::client::ClientSettings;
use replicarium::replication::Acks;
use replicarium::sim::{LinkQuality, NodeId, Span};
use replicarium::world::{Command, CommandError, Direction, EventKind, OutcomeView, Placement, ReadFrom, Role};
use wasm_bindgen_test::wasm_bindgen_test;

use super::lab::{COORDINATOR, Lab, S1, S2, S3, is_ok, version};

#[wasm_bindgen_test(unsupported = test)]
fn a_paused_primary_that_wakes_is_fenced() {
    let mut lab = Lab::new(|_| {});
    assert!(is_ok(&lab.written("a", "first")));
    lab.give(Command::Pause { server: S1 });
    lab.run(600);
    assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
    lab.write("a", "second", Placement::EveryServer);
    lab.run(600);
    lab.give(Command::Resume { server: S1 });
    lab.run(1_500);
    assert!(lab.happened(|kind| matches!(kind, EventKind::SteppedDown { server: S1, .. })), "{}", lab.story());
    assert_eq!(lab.text("a", ReadFrom::Server(S1)), "second", "{}", lab.story());
    assert_eq!(lab.verdict("a"), Verdict::Safe);
}

#[wasm_bindgen_test(unsupported = test)]
fn without_fencing_a_deposed_primary_goes_on_writing_to_the_replicas() {
    for fencing in [true, false] {
        let mut lab = Lab::new(|settings| {
            settings.policy.fencing = fencing;
            settings.policy.acks = Acks::None;
        });
        lab.written("a", "first");
        // The coordinator no longer hears S1, and the client hears nobody else but S1.
        let client = lab.world.client();
        lab.give(Command::CutLink { first: NodeId::Server(S1), second: COORDINATOR });
        lab.give(Command::CutLink { first: client, second: COORDINATOR });
        // S2, which reigns from then on, would tell S1 so.
        lab.give(Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(S2) });
        lab.run(500);
        assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
        // Who refuses to follow S1 has told it by now, be it at its next ping.
        assert_eq!(is_ok(&lab.written("a", "written to the old primary")), !fencing, "{}", lab.story());
        lab.run(500);
        assert_eq!(lab.happened(|kind| matches!(kind, EventKind::Fenced { .. })), fencing, "{}", lab.story());
        let reigns = lab.world.view().servers[0].role == Role::Primary;
        assert_eq!(reigns, !fencing, "{}", lab.story());
    }
}

/// Fencing is about what a follower accepts: whoever reigns takes nothing from the primary that it has replaced.
#[wasm_bindgen_test(unsupported = test)]
fn a_primary_never_follows_one_that_it_has_replaced() {
    for fencing in [true, false] {
        let mut lab = Lab::new(|settings| {
            settings.policy.fencing = fencing;
            settings.policy.acks = Acks::Count(1);
        });
        lab.written("a", "first");
        let client = lab.world.client();
        lab.give(Command::CutLink { first: NodeId::Server(S1), second: COORDINATOR });
        lab.give(Command::CutLink { first: client, second: COORDINATOR });
        lab.run(500);
        assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
        lab.written("b", "asked of S1");
        lab.give(Command::HealAll);
        lab.run(3_000);
        assert!(lab.happened(|kind| matches!(kind, EventKind::SteppedDown { server: S1, .. })), "{}", lab.story());
        let is_safe = lab.world.ledger().rows.iter().any(|row| row.name == "b" && row.verdict == Verdict::Safe);
        let text = lab.text("b", ReadFrom::Primary);
        assert_eq!(is_safe, text == "asked of S1", "what is called safe can be read, and not {text}: {}", lab.story());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_partition_cuts_a_set_off_and_heals() {
    let mut lab = Lab::new(|_| {});
    lab.written("a", "first");
    lab.give(Command::Partition { side: vec![NodeId::Server(S1)], direction: Direction::Both });
    lab.run(900);
    assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
    assert_eq!(
        lab.world.apply(Command::Partition { side: Vec::new(), direction: Direction::Both }),
        Err(CommandError::OneSided)
    );
    lab.give(Command::HealAll);
    lab.run(1_500);
    assert_eq!(lab.world.view().coordinator.in_sync, [S1, S2, S3], "{}", lab.story());
    assert_eq!(lab.world.apply(Command::HealAll), Err(CommandError::NothingToHeal));
}

#[wasm_bindgen_test(unsupported = test)]
fn lossy_doubling_reordering_links_only_slow_things_down() {
    let mut lab = Lab::new(|settings| {
        settings.policy.window = 4;
        settings.clients =
            vec![ClientSettings { attempts: 10, time_out: Span::from_millis(5_000), ..ClientSettings::default() }];
    });
    let quality = LinkQuality { loss_per_mille: 150, duplicate_per_mille: 150, reorder_per_mille: 150, slow_factor: 1 };
    for (from, to) in [(S1, S2), (S1, S3)] {
        lab.give(Command::SetLink { from: NodeId::Server(from), to: NodeId::Server(to), both_ways: true, quality });
    }
    lab.give(Command::SetLink { from: lab.world.client(), to: NodeId::Server(S1), both_ways: true, quality });
    for number in 0..20 {
        lab.write("a", &format!("text {number}"), Placement::EveryServer);
        lab.run(200);
    }
    lab.run(5_000);
    let outcomes: Vec<OutcomeView> = lab.world.view().operations.iter().map(|found| found.outcome.clone()).collect();
    assert!(outcomes.iter().all(is_ok), "{outcomes:?}\n{}", lab.story());
    assert_eq!(outcomes.iter().filter_map(version).max(), Some(20), "no write was done twice: {}", lab.story());
    assert_eq!(lab.verdict("a"), Verdict::Safe);
}
