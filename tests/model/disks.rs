//! Disks that are emptied, full or small.

use replicarium::check::CopyHealth;
use replicarium::replication::Acks;
use replicarium::sim::{DiskCondition, Latency, NodeId, Span};
use replicarium::world::{Command, OutcomeView, Placement, ReadFrom};
use wasm_bindgen_test::wasm_bindgen_test;

use super::lab::{COORDINATOR, Lab, S1, S2, S3, is_ok};

#[wasm_bindgen_test(unsupported = test)]
fn a_wiped_server_starts_with_nothing_and_is_caught_up() {
    let mut lab = Lab::new(|_| {});
    lab.written("a", "first");
    lab.give(Command::Wipe { server: S2 });
    assert_eq!(lab.health("a", S2), CopyHealth::Missing);
    lab.run(1_500);
    assert_eq!(lab.health("a", S2), CopyHealth::Fresh, "{}", lab.story());
    assert_eq!(lab.world.view().coordinator.in_sync, [S1, S2, S3]);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_full_disk_takes_no_updates_and_leaves_the_in_sync_set() {
    let mut lab = Lab::new(|_| {});
    lab.written("a", "first");
    lab.give(Command::SetDisk { server: S3, condition: DiskCondition { full: true, slow_factor: 1 } });
    lab.write("a", "second", Placement::EveryServer);
    lab.run(1_500);
    assert_eq!(lab.health("a", S3), CopyHealth::Stale);
    assert_eq!(lab.world.view().coordinator.in_sync, [S1, S2], "{}", lab.story());
    lab.give(Command::SetDisk { server: S1, condition: DiskCondition { full: true, slow_factor: 1 } });
    assert!(matches!(lab.written("a", "third"), OutcomeView::Refused(_)), "{}", lab.story());
    lab.give(Command::SetDisk { server: S1, condition: DiskCondition::default() });
    lab.give(Command::SetDisk { server: S3, condition: DiskCondition::default() });
    lab.run(2_000);
    assert_eq!(lab.health("a", S3), CopyHealth::Fresh, "{}", lab.story());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_disk_with_a_capacity_fills_up() {
    let mut lab = Lab::new(|settings| settings.disk.capacity_bytes = Some(1_000));
    assert!(is_ok(&lab.written("a", &"x".repeat(600))));
    assert!(matches!(lab.written("b", &"x".repeat(600)), OutcomeView::Refused(_)), "{}", lab.story());
    assert!(is_ok(&lab.read("a", ReadFrom::Primary)));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_on_its_way_to_the_disk_takes_room_already() {
    let mut lab = Lab::new(|settings| {
        settings.disk.capacity_bytes = Some(1_000);
        settings.disk.sync_time = Latency::Constant(Span::from_millis(50));
        settings.policy.window = 8;
    });
    for file in ["a", "b", "c", "d"] {
        lab.write(file, &"x".repeat(700), Placement::EveryServer);
    }
    lab.run(2_000);
    let outcomes = lab.world.view().operations.into_iter().map(|operation| operation.outcome);
    assert_eq!(outcomes.filter(is_ok).count(), 1);
    assert!(lab.world.view().servers.iter().all(|server| server.used_bytes == 700));
}

#[wasm_bindgen_test(unsupported = test)]
fn room_is_judged_by_what_the_files_take_in_the_end() {
    let mut lab = Lab::new(|settings| settings.disk.capacity_bytes = Some(1_000));
    assert!(is_ok(&lab.written("old", &"x".repeat(900))));
    lab.give(Command::Delete { file: "old".to_owned() });
    lab.run(500);
    assert!(is_ok(&lab.written("a", &"x".repeat(800))));
    assert!(is_ok(&lab.written("a", &"y".repeat(900))), "it takes the room of what it replaces");
    lab.give(Command::Wipe { server: S2 });
    lab.run(2_000);
    assert_eq!(
        lab.health("a", S2),
        CopyHealth::Fresh,
        "a history larger than the disk does not keep it from catching up"
    );
}

/// Who has logged something else than the primary, too long ago to cut it off, gets a full copy in the place of all that.
#[wasm_bindgen_test(unsupported = test)]
fn what_goes_takes_no_room_from_the_full_copy_that_comes() {
    let mut lab = Lab::new(|settings| {
        settings.disk.capacity_bytes = Some(700);
        settings.policy.acks = Acks::None;
        settings.policy.log_limit = 4;
    });
    assert!(is_ok(&lab.written("n", "the client knows the primary")), "{}", lab.story());
    let client = lab.world.client();
    for other in [NodeId::Server(S2), NodeId::Server(S3), COORDINATOR] {
        lab.give(Command::CutLink { first: NodeId::Server(S1), second: other });
    }
    lab.give(Command::CutLink { first: client, second: COORDINATOR });
    for text in ["1", "2", "3", "4", "5", "6"] {
        assert!(is_ok(&lab.written("a", &text.repeat(400))), "{}", lab.story());
    }
    assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
    lab.give(Command::HealLink { first: client, second: COORDINATOR });
    lab.give(Command::CutLink { first: client, second: NodeId::Server(S1) });
    lab.written("b", "lost on the way to the old primary");
    for text in ["7", "8", "9"] {
        assert!(is_ok(&lab.written("b", &text.repeat(600))), "{}", lab.story());
    }
    lab.give(Command::HealAll);
    lab.run(2_000);
    assert_eq!(lab.health("b", S1), CopyHealth::Fresh, "{}", lab.story());
    assert_eq!(lab.health("a", S1), CopyHealth::Missing, "{}", lab.story());
}
