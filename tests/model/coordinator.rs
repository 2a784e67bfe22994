//! The coordinator: a single point of failure, an operator, and what is not forgotten.

use std::collections::BTreeSet;

use replicarium::check::{CopyHealth, Verdict};
use replicarium::replication::{Acks, Failover, ServiceMode, Vacancy};
use replicarium::sim::{CoordinatorId, DiskCondition, NodeId, ServerId, Span, ZoneId};
use replicarium::world::{
    Command, EventKind, MessageKind, Placement, ReadFrom, ServerStatus, ServerView, ServiceSettings, World,
    WorldSettings,
};
use wasm_bindgen_test::wasm_bindgen_test;

use super::lab::{COORDINATOR, Lab, S1, S2, S3, holders, is_ok};

#[wasm_bindgen_test(unsupported = test)]
fn without_the_coordinator_nobody_replaces_the_primary_and_three_nodes_help() {
    for (nodes, replaced) in [(1, false), (3, true)] {
        let mut lab = Lab::new(|settings| settings.coordinators = nodes);
        assert!(is_ok(&lab.written("a", "first")), "{}", lab.story());
        lab.give(Command::CrashCoordinator { node: CoordinatorId(1) });
        assert!(is_ok(&lab.written("a", "second")), "writes go on without it: {}", lab.story());
        lab.give(Command::Kill { server: S1 });
        lab.run(2_000);
        // The client still knows the old primary, until it has waited for it in vain.
        lab.written("a", "lost");
        assert_eq!(is_ok(&lab.written("a", "third")), replaced, "{nodes} nodes: {}", lab.story());
        lab.give(Command::RestartCoordinator { node: CoordinatorId(1) });
        lab.run(2_000);
        assert!(is_ok(&lab.written("a", "fourth")), "{nodes} nodes: {}", lab.story());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn failover_by_hand_waits_for_the_operator() {
    let mut lab = Lab::new(|settings| settings.policy.failover = Failover::Manual);
    lab.written("a", "first");
    lab.give(Command::Kill { server: S1 });
    lab.run(1_500);
    assert!(lab.happened(|kind| matches!(kind, EventKind::WaitsForOperator { .. })), "{}", lab.story());
    assert!(!is_ok(&lab.written("a", "second")));
    lab.give(Command::Promote { server: S3 });
    lab.run(500);
    assert!(is_ok(&lab.written("a", "third")), "{}", lab.story());
    assert_eq!(lab.primary(), Some(S3));
}

/// In a group of the ring, and for a service, it takes an operator too, and the operator's word is enough.
#[wasm_bindgen_test(unsupported = test)]
fn failover_by_hand_is_by_hand_in_all_groups() {
    let mut lab = Lab::new(|settings| {
        settings.policy.failover = Failover::Manual;
        settings.policy.repair_after = Span::from_millis(500);
        let servers = vec![S1, S2, S3];
        settings.services = vec![ServiceSettings { name: "web".to_owned(), mode: ServiceMode::ActiveStandby, servers }];
    });
    lab.write("a", "one", Placement::Ring { factor: 2 });
    lab.run(500);
    let leads = |server: &ServerView| server.copies.iter().any(|copy| copy.is_primary);
    let primary = lab.world.view().servers.into_iter().find(leads).expect("a primary").id;
    for victim in BTreeSet::from([primary, S1]) {
        lab.give(Command::Kill { server: victim });
    }
    lab.run(5_000);
    let promoted = |kind: &EventKind| matches!(kind, EventKind::Promoted { .. });
    assert!(!lab.happened(promoted), "{}", lab.story());
    for server in lab.world.view().servers.into_iter().filter(|server| server.status == ServerStatus::Up) {
        lab.give(Command::Promote { server: server.id });
        lab.run(1_000);
    }
    assert_eq!(lab.text("a", ReadFrom::Primary), "one");
    lab.give(Command::Call { service: "web".to_owned() });
    lab.run(1_000);
    assert!(is_ok(&lab.last_outcome()), "{}", lab.story());
}

fn slow_disk(server: ServerId, slow_factor: u16) -> Command {
    Command::SetDisk { server, condition: DiskCondition { slow_factor, ..DiskCondition::default() } }
}

/// A primary that comes back with its disk goes on, however long that takes, and nobody who lacks something takes its
/// place.
#[wasm_bindgen_test(unsupported = test)]
fn failover_by_hand_is_by_hand_when_the_primary_comes_back() {
    for (slow_factor, fencing) in [(1, true), (100, true), (100, false)] {
        let mut lab = Lab::new(|settings| {
            settings.policy.failover = Failover::Manual;
            settings.policy.acks = Acks::Count(1);
            settings.policy.fencing = fencing;
        });
        // S2 has it, and is down when S1 comes back; S3 lacks it.
        lab.give(Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(S3) });
        assert!(is_ok(&lab.written("a", "acknowledged")), "{}", lab.story());
        lab.give(Command::Crash { server: S2 });
        lab.give(Command::Crash { server: S1 });
        lab.run(50);
        lab.give(slow_disk(S1, slow_factor));
        lab.give(Command::Restart { server: S1 });
        lab.run(3_000);
        assert_eq!(lab.primary(), Some(S1), "{}", lab.story());
        lab.give(Command::HealAll);
        lab.run(500);
        assert_eq!(lab.text("a", ReadFrom::Primary), "acknowledged", "{}", lab.story());
        assert!(!lab.happened(|kind| matches!(kind, EventKind::Promoted { server: S2 | S3, .. })), "{}", lab.story());
    }
}

/// A primary that comes back without its disk waits for an operator, and the view says so.
#[wasm_bindgen_test(unsupported = test)]
fn a_primary_without_its_disk_waits_for_an_operator() {
    for suspected in [false, true] {
        let mut lab = Lab::new(|settings| settings.policy.failover = Failover::Manual);
        assert!(is_ok(&lab.written("a", "acknowledged")), "{}", lab.story());
        lab.give(Command::Kill { server: S1 });
        lab.run(if suspected { 1_000 } else { 50 });
        lab.give(Command::Restart { server: S1 });
        lab.run(2_000);
        let disk_lost = |kind: &EventKind| {
            matches!(kind, EventKind::WaitsForOperator { primary: S1, vacancy: Vacancy::DiskLost, .. })
        };
        assert!(lab.happened(disk_lost), "{}", lab.story());
        let coordinator = lab.world.view().coordinator;
        assert_eq!((coordinator.primary, coordinator.waits_for_operator), (None, true), "{}", lab.story());
        assert_eq!(coordinator.in_sync, [S2, S3], "nobody leaves meanwhile: {}", lab.story());
        lab.give(Command::Promote { server: S3 });
        lab.run(1_000);
        assert!(!lab.world.view().coordinator.waits_for_operator);
        assert_eq!(lab.text("a", ReadFrom::Primary), "acknowledged", "{}", lab.story());
        assert_eq!(lab.verdict("a"), Verdict::Safe, "S1 is filled again: {}", lab.story());
    }
}

/// An operator who takes out the server that was to be promoted, or the primary itself, has to name another.
#[wasm_bindgen_test(unsupported = test)]
fn who_is_taken_out_is_replaced_by_an_operator() {
    let mut lab = Lab::new(|settings| settings.policy.failover = Failover::Manual);
    assert!(is_ok(&lab.written("a", "acknowledged")), "{}", lab.story());
    lab.give(Command::Kill { server: S1 });
    lab.run(1_000);
    lab.give(slow_disk(S3, 1_000));
    lab.give(Command::Promote { server: S3 });
    lab.run(20);
    lab.give(Command::Kill { server: S3 });
    lab.give(Command::RemoveServer { server: S3 });
    lab.give(Command::RemoveServer { server: S1 });
    lab.run(2_000);
    assert_eq!(lab.primary(), None, "{}", lab.story());
    assert!(lab.world.view().coordinator.waits_for_operator, "{}", lab.story());
    lab.give(Command::Promote { server: S2 });
    lab.run(1_000);
    assert_eq!(lab.text("a", ReadFrom::Primary), "acknowledged", "{}", lab.story());
}

/// One group that waits for an operator keeps nobody from reading in the others, whose primaries need leases for that.
#[wasm_bindgen_test(unsupported = test)]
fn a_group_that_waits_for_an_operator_holds_up_no_other() {
    let mut lab = Lab::new(|settings| {
        settings.policy.failover = Failover::Manual;
        settings.policy.read_lease = Some(Span::from_millis(185));
        settings.policy.repair_after = Span::from_millis(60_000);
    });
    lab.write("a", "one", Placement::Ring { factor: 3 });
    lab.run(500);
    let leads = |server: &ServerView| server.copies.iter().any(|copy| copy.name == "a" && copy.is_primary);
    let primary = lab.world.view().servers.into_iter().find(leads).expect("a primary").id;
    assert_ne!(primary, S1, "the primary of the group of all servers is another one");
    lab.give(Command::CutLink { first: NodeId::Server(primary), second: COORDINATOR });
    lab.run(500);
    lab.give(Command::Wipe { server: S1 });
    lab.run(500);
    lab.give(Command::HealAll);
    lab.run(1_000);
    assert!(lab.world.view().coordinator.waits_for_operator, "{}", lab.story());
    assert_eq!(lab.text("a", ReadFrom::Primary), "one", "{}", lab.story());
}

/// The next leader of the coordinator names nobody either.
#[wasm_bindgen_test(unsupported = test)]
fn the_next_leader_waits_for_the_operator_too() {
    let mut lab = Lab::new(|settings| {
        settings.policy.failover = Failover::Manual;
        settings.coordinators = 3;
    });
    assert!(is_ok(&lab.written("a", "acknowledged")), "{}", lab.story());
    lab.give(Command::Wipe { server: S1 });
    lab.run(1_000);
    assert_eq!(lab.primary(), None, "{}", lab.story());
    lab.give(Command::CrashCoordinator { node: CoordinatorId(1) });
    lab.run(3_000);
    assert!(!lab.happened(|kind| matches!(kind, EventKind::Promoted { .. })), "{}", lab.story());
    assert!(lab.world.view().coordinator.waits_for_operator, "{}", lab.story());
    lab.give(Command::Promote { server: S2 });
    lab.run(2_000);
    assert_eq!(lab.text("a", ReadFrom::Primary), "acknowledged", "{}", lab.story());
}

/// What a leader had heard while it looked for a primary is not lost with it: that a server has a new disk.
#[wasm_bindgen_test(unsupported = test)]
fn the_next_leader_knows_who_has_forgotten() {
    for crashes_after in (10..120).step_by(10) {
        let settings = WorldSettings { servers: vec![ZoneId(0); 5], ..WorldSettings::default() };
        let mut lab = Lab { world: World::new(settings, 5), events: Vec::new() };
        // The group is made before anyone was heard.
        lab.write("a", "kept", Placement::Ring { factor: 2 });
        lab.run(500);
        let leads = |server: &ServerView| server.copies.iter().any(|copy| copy.name == "a" && copy.is_primary);
        let primary = lab.world.view().servers.into_iter().find(leads).expect("a primary").id;
        // The other one takes long to promise, so that the leader crashes before it has decided.
        for server in holders(&lab, "a").into_iter().filter(|server| *server != primary) {
            let condition = DiskCondition { slow_factor: 40, ..DiskCondition::default() };
            lab.give(Command::SetDisk { server, condition });
        }
        lab.give(Command::Wipe { server: primary });
        lab.run(crashes_after);
        lab.give(Command::CrashCoordinator { node: CoordinatorId(1) });
        lab.run(10);
        lab.give(Command::RestartCoordinator { node: CoordinatorId(1) });
        lab.run(1_500);
        assert_eq!(lab.text("a", ReadFrom::Primary), "kept", "{}", lab.story());
        assert_eq!(lab.verdict("a"), Verdict::Safe, "{}", lab.story());
    }
}

/// Once nobody is in sync any more, the one that has most is named, though another was heard first.
#[wasm_bindgen_test(unsupported = test)]
fn when_nobody_is_in_sync_the_best_of_all_is_awaited() {
    let mut lab = Lab::new(|settings| {
        settings.servers = vec![ZoneId(0); 2];
        settings.policy.acks = Acks::Count(1);
    });
    assert!(is_ok(&lab.written("a", "kept")), "{}", lab.story());
    // S2 comes back with another disk, is filled again, and the coordinator doesn't hear of it.
    lab.give(Command::CutLink { first: NodeId::Server(S2), second: COORDINATOR });
    lab.give(Command::Kill { server: S2 });
    lab.run(200);
    lab.give(Command::Restart { server: S2 });
    lab.write("b", "has S2 ask for what it lacks", Placement::EveryServer);
    lab.run(500);
    assert_eq!(lab.health("a", S2), CopyHealth::Fresh, "{}", lab.story());
    lab.give(Command::Kill { server: S1 });
    lab.run(1_000);
    lab.give(Command::Restart { server: S1 });
    lab.run(500);
    lab.give(Command::HealLink { first: NodeId::Server(S2), second: COORDINATOR });
    lab.run(1_500);
    assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
    assert_eq!(lab.text("a", ReadFrom::Primary), "kept", "{}", lab.story());
}

/// A disk that is new has forgotten that it promised to follow another primary: its acknowledgements don't count before
/// the coordinator knows of it.
#[wasm_bindgen_test(unsupported = test)]
fn a_deposed_primary_gets_no_acknowledgements_from_new_disks() {
    let mut lab = Lab::new(|_| {});
    assert!(is_ok(&lab.written("a", "first")), "{}", lab.story());
    let client = lab.world.client();
    lab.give(Command::CutLink { first: client, second: COORDINATOR });
    lab.give(Command::CutLink { first: NodeId::Server(S1), second: COORDINATOR });
    for server in [S2, S3] {
        // Nor do they tell S1 that they follow another.
        lab.give(Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(server) });
    }
    lab.run(500);
    assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
    for server in [S2, S3] {
        lab.give(Command::CutLink { first: NodeId::Server(server), second: COORDINATOR });
        lab.give(Command::Kill { server });
    }
    lab.run(100);
    for server in [S2, S3] {
        lab.give(Command::Restart { server });
        lab.give(Command::HealLink { first: NodeId::Server(S1), second: NodeId::Server(server) });
    }
    assert!(!is_ok(&lab.written("a", "second")), "{}", lab.story());
    assert_eq!(lab.health("a", S3), CopyHealth::Fresh, "they have it, {}", lab.story());
}

#[wasm_bindgen_test(unsupported = test)]
fn it_is_told_once_who_is_in_sync_after_a_lost_disk() {
    let mut lab = Lab::new(|settings| settings.policy.failover = Failover::Manual);
    assert!(is_ok(&lab.written("a", "x")));
    lab.give(Command::Kill { server: S1 });
    lab.run(900);
    lab.give(Command::Restart { server: S1 });
    lab.run(900);
    let told = lab
        .events
        .iter()
        .filter(|event| matches!(&event.kind, EventKind::InSyncChanged { servers, .. } if *servers == [S2, S3]));
    assert_eq!(told.count(), 1, "{}", lab.story());
    assert_eq!(lab.primary(), None, "{}", lab.story());
    lab.give(Command::Promote { server: S2 });
    lab.run(900);
    assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
}

#[wasm_bindgen_test(unsupported = test)]
fn with_failover_by_hand_nobody_takes_the_place_of_a_primary_that_crashes_before_it_has_handed_over() {
    for (milliseconds, is_killed) in (0..=8).flat_map(|milliseconds| [(milliseconds, false), (milliseconds, true)]) {
        let mut lab = Lab::new(|settings| settings.policy.failover = Failover::Manual);
        assert!(is_ok(&lab.written("a", "x")));
        lab.give(Command::RemoveServer { server: S1 });
        lab.run(milliseconds);
        let is_promise = |kind: &EventKind| match kind {
            EventKind::MessageSent { from, to, cargo, .. } => {
                (*from, *to, cargo.kind) == (S1.into(), COORDINATOR, MessageKind::Election)
            }
            _ => false,
        };
        assert!(!lab.happened(is_promise), "{milliseconds} ms: it has handed over already");
        lab.give(if is_killed { Command::Kill { server: S1 } } else { Command::Crash { server: S1 } });
        lab.run(2_000);
        let is_promoted = |kind: &EventKind| matches!(kind, EventKind::Promoted { .. });
        assert!(!lab.happened(is_promoted), "{milliseconds} ms: {}", lab.story());
        assert!(
            lab.happened(|kind| matches!(kind, EventKind::WaitsForOperator { primary: S1, .. })),
            "{}",
            lab.story()
        );
        lab.give(Command::Restart { server: S1 });
        lab.run(4_000);
        if is_killed {
            assert_eq!(lab.primary(), None, "{milliseconds} ms: {}", lab.story());
            lab.give(Command::Promote { server: S3 });
            lab.run(4_000);
            assert_eq!(lab.primary(), Some(S3), "{milliseconds} ms: {}", lab.story());
        } else {
            // It goes on with its disk, and then hands over after all.
            assert!(matches!(lab.primary(), Some(S2 | S3)), "{milliseconds} ms: {}", lab.story());
        }
        assert_ne!(lab.verdict("a"), Verdict::LostAcknowledged);
    }
}
