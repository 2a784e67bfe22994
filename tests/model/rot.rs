//! Damaged copies: found, served, mended.

use replicarium::check::{CopyHealth, Verdict};
use replicarium::replication::Acks;
use replicarium::sim::Span;
use replicarium::world::{Command, EventKind, Placement, ReadFrom, ServerView, WorldSettings};
use wasm_bindgen_test::wasm_bindgen_test;

use super::lab::{COORDINATOR, Lab, S1, S2, S3, holders, is_ok};

#[wasm_bindgen_test(unsupported = test)]
fn rot_is_not_served_and_is_repaired_from_a_good_copy() {
    let mut lab = Lab::new(|_| {});
    lab.written("a", "precious");
    lab.give(Command::Rot { server: S1, file: "a".to_owned(), bit: 3 });
    assert_eq!(lab.health("a", S1), CopyHealth::Corrupt);
    assert_eq!(lab.text("a", ReadFrom::Primary), "precious", "the client asks again after the repair");
    assert!(lab.happened(|kind| matches!(kind, EventKind::RotRepaired { server: S1, .. })), "{}", lab.story());
    assert_eq!(lab.health("a", S1), CopyHealth::Fresh);
}

#[wasm_bindgen_test(unsupported = test)]
fn rot_is_served_where_checksums_are_off() {
    let mut lab = Lab::new(|settings| settings.policy.checksums = false);
    lab.written("a", "precious");
    lab.give(Command::Rot { server: S1, file: "a".to_owned(), bit: 3 });
    assert_ne!(lab.text("a", ReadFrom::Primary), "precious");
    assert!(lab.happened(|kind| matches!(kind, EventKind::OperationFound { damaged: true, .. })));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_scrub_finds_rot_that_nobody_reads() {
    let mut lab = Lab::new(|settings| settings.policy.scrub_every = Some(Span::from_millis(200)));
    lab.written("a", "precious");
    lab.give(Command::Rot { server: S3, file: "a".to_owned(), bit: 9 });
    lab.run(600);
    assert!(lab.happened(|kind| matches!(kind, EventKind::RotFound { server: S3, .. })), "{}", lab.story());
    assert_eq!(lab.health("a", S3), CopyHealth::Fresh);
}

#[wasm_bindgen_test(unsupported = test)]
fn rot_stays_where_another_update_is_cut_off() {
    let mut lab = Lab::new(|settings| settings.policy.acks = Acks::None);
    assert!(is_ok(&lab.written("a", "first")));
    for other in [S2, S3] {
        lab.give(Command::CutLink { first: S1.into(), second: other.into() });
    }
    lab.give(Command::CutLink { first: S1.into(), second: COORDINATOR });
    lab.write("b", "only on S1", Placement::EveryServer);
    lab.run(40);
    lab.give(Command::Rot { server: S1, file: "a".to_owned(), bit: 3 });
    lab.run(1_000);
    lab.give(Command::HealAll);
    lab.run(1_000);
    assert!(lab.happened(|kind| matches!(kind, EventKind::Truncated { server: S1, .. })), "{}", lab.story());
    assert_eq!(lab.health("a", S1), CopyHealth::Corrupt);
}

/// The ring has two copies of a file. The primary's rots before a server joins or goes: what is made anew is made from
/// the good copy, and that one is not trimmed before.
#[wasm_bindgen_test(unsupported = test)]
fn a_copy_is_not_made_anew_from_a_damaged_one() {
    for removes in [true, false] {
        let mut lab = Lab::new(|settings| {
            *settings = WorldSettings::with_servers(4);
            settings.policy.log_limit = 1;
        });
        for text in ["one", "two", "three", "four"] {
            lab.write("a", text, Placement::Ring { factor: 2 });
            lab.run(300);
        }
        let view = lab.world.view();
        let copies = |server: &ServerView| server.copies.iter().any(|copy| copy.is_primary);
        let primary = view.servers.iter().find(|server| copies(server)).expect("a primary").id;
        let other = holders(&lab, "a").into_iter().find(|server| *server != primary).expect("two copies");
        lab.give(Command::Rot { server: primary, file: "a".to_owned(), bit: 9 });
        lab.give(if removes { Command::RemoveServer { server: other } } else { Command::AddServer { zone: None } });
        lab.run(6_000);
        assert_eq!(lab.verdict("a"), Verdict::Safe, "{}", lab.story());
        assert!(holders(&lab, "a").into_iter().all(|server| lab.health("a", server) == CopyHealth::Fresh));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_scrub_tells_of_rot_in_a_file_with_one_copy() {
    let mut lab = Lab::new(|settings| settings.policy.scrub_every = Some(Span::from_millis(50)));
    lab.write("a", "only here", Placement::OneServer(S2));
    lab.run(300);
    lab.give(Command::Rot { server: S2, file: "a".to_owned(), bit: 3 });
    lab.run(300);
    assert!(lab.happened(|kind| matches!(kind, EventKind::RotFound { server: S2, .. })), "{}", lab.story());
}
