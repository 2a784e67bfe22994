//! Clients, leases, services, and commands that make no sense.

use replicarium::check::Verdict;
use replicarium::client::{ClientSettings, ReadTarget};
use replicarium::replication::ServiceMode;
use replicarium::sim::{Content, CoordinatorId, DiskCondition, LinkQuality, NodeId, ServerId, Span, ZoneId};
use replicarium::world::{Command, EventKind, Placement, ReadFrom, Role, ServiceSettings};
use wasm_bindgen_test::wasm_bindgen_test;

use super::lab::{COORDINATOR, Lab, S1, S2, S3, is_ok, version};

#[wasm_bindgen_test(unsupported = test)]
fn a_retry_without_a_key_is_done_twice() {
    for (with_key, expected) in [(true, 1), (false, 2)] {
        let mut lab = Lab::new(|settings| {
            settings.clients = vec![ClientSettings {
                attempts: 3,
                with_key,
                time_out: Span::from_millis(3_000),
                ..ClientSettings::default()
            }];
        });
        lab.written("warm-up", "so that the client knows the primary");
        // The client is heard and does not hear: the answers are lost.
        let client = lab.world.client();
        lab.give(Command::CutOneWay { from: NodeId::Server(S1), to: client });
        lab.write("a", "text", Placement::EveryServer);
        lab.run(140);
        lab.give(Command::HealAll);
        lab.run(1_000);
        assert_eq!(version(&lab.last_outcome()), Some(expected), "with_key {with_key}: {}", lab.story());
    }
}

/// A client that knows a primary which is gone, and a node of the coordinator which is gone too, asks the next node.
#[wasm_bindgen_test(unsupported = test)]
fn a_client_passes_over_a_node_that_does_not_help() {
    let mut lab = Lab::new(|settings| {
        settings.coordinators = 3;
        settings.clients =
            vec![ClientSettings { attempts: 100, time_out: Span::from_millis(30_000), ..ClientSettings::default() }];
    });
    assert!(is_ok(&lab.written("a", "first")), "{}", lab.story());
    lab.give(Command::CrashCoordinator { node: CoordinatorId(1) });
    lab.give(Command::Crash { server: S1 });
    lab.run(2_000);
    assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
    assert!(is_ok(&lab.written("a", "second")), "{}", lab.story());
}

/// A node that is cut off from the others goes on naming the primary that it knew.
#[wasm_bindgen_test(unsupported = test)]
fn a_client_passes_over_a_node_that_names_a_primary_which_is_gone() {
    let mut lab = Lab::new(|settings| settings.coordinators = 3);
    assert!(is_ok(&lab.written("a", "first")), "{}", lab.story());
    for node in [NodeId::Coordinator(CoordinatorId(2)), NodeId::Coordinator(CoordinatorId(3))] {
        lab.give(Command::CutLink { first: COORDINATOR, second: node });
    }
    lab.give(Command::Crash { server: S1 });
    lab.run(2_000);
    assert_eq!(lab.text("a", ReadFrom::Primary), "first", "{}", lab.story());
}

#[wasm_bindgen_test(unsupported = test)]
fn a_skewed_clock_makes_a_lease_lie() {
    for (drift_ppm, lies) in [(0, false), (-100_000, true)] {
        let mut lab = Lab::new(|settings| {
            settings.policy.read_lease = Some(Span::from_millis(4_000));
            settings.policy.drop_after = Span::from_millis(300);
        });
        lab.written("a", "first");
        lab.give(Command::SkewClock { server: S1, offset_us: 0, drift_ppm });
        lab.run(500);
        // S1 is cut off from all but the client, who still asks it.
        let side = vec![COORDINATOR, NodeId::Server(S2), NodeId::Server(S3)];
        for node in &side {
            lab.give(Command::CutLink { first: NodeId::Server(S1), second: *node });
        }
        let mut stale = false;
        let mut written = false;
        for _ in 0..700 {
            lab.run(10);
            if !written
                && lab.primary() == Some(S2)
                && lab.happened(|kind| matches!(kind, EventKind::BecamePrimary { server: S2, .. }))
            {
                written = true;
                lab.write("a", "second", Placement::EveryServer);
            }
            if let Some(read) = lab.world.view().servers.first().filter(|_| written) {
                // What the old primary would answer a client that still asks it for the last version.
                stale |= read.role == Role::Primary && lab.verdict("a") == Verdict::Safe && lab.world.answers_reads(S1);
            }
        }
        assert!(written, "{}", lab.story());
        assert_eq!(stale, lies, "drift {drift_ppm}: {}", lab.story());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_nearest_replica_may_be_stale_and_spreading_reads_spreads_the_work() {
    let mut lab = Lab::new(|settings| {
        settings.clients =
            vec![ClientSettings { zone: Some(ZoneId(2)), read_from: ReadTarget::Nearest, ..ClientSettings::default() }];
    });
    lab.written("a", "first");
    assert_eq!(lab.text("a", ReadFrom::Nearest), "first");
    lab.give(Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(S3) });
    lab.write("a", "second", Placement::EveryServer);
    lab.run(100);
    lab.give(Command::Read { file: "a".to_owned(), from: ReadFrom::Nearest });
    lab.run(60);
    assert_eq!(version(&lab.last_outcome()), Some(1), "S3 is nearest, and no longer updated: {}", lab.story());
    lab.run(500);
    assert_eq!(lab.text("a", ReadFrom::Nearest), "second", "S3 is no longer in sync, so it is not asked any more");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_service_fails_over_from_one_instance_to_the_other() {
    for mode in [ServiceMode::ActiveStandby, ServiceMode::ActiveActive] {
        let mut lab = Lab::new(|settings| {
            settings.services = vec![ServiceSettings { name: "web".to_owned(), mode, servers: vec![S1, S2] }];
        });
        let call = |lab: &mut Lab| {
            lab.give(Command::Call { service: "web".to_owned() });
            lab.run(850);
            is_ok(&lab.last_outcome())
        };
        assert!(call(&mut lab), "{}", lab.story());
        lab.give(Command::Kill { server: S1 });
        assert!(call(&mut lab), "one of two is enough: {mode:?} {}", lab.story());
        lab.give(Command::Kill { server: S2 });
        assert!(!call(&mut lab));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn commands_that_make_no_sense_are_refused_and_change_nothing() {
    let mut lab = Lab::new(|_| {});
    lab.written("a", "first");
    let before = lab.world.view();
    let nonsense = [
        Command::Resume { server: S1 },
        Command::Restart { server: S1 },
        Command::Pause { server: ServerId(9) },
        Command::Rot { server: S1, file: "b".to_owned(), bit: 0 },
        Command::SetDisk { server: S1, condition: DiskCondition { full: false, slow_factor: 0 } },
        Command::SkewClock { server: S1, offset_us: 0, drift_ppm: 200_000 },
        Command::ZoneOutage { zone: ZoneId(9) },
        Command::ZoneReturn { zone: ZoneId(0) },
        Command::CrashCoordinator { node: CoordinatorId(2) },
        Command::RestartCoordinator { node: CoordinatorId(1) },
        Command::Call { service: "a".to_owned() },
        Command::Write { file: "c".to_owned(), content: Content::new(b""), placement: Placement::Ring { factor: 0 } },
        Command::SetLink {
            from: NodeId::Server(S1),
            to: NodeId::Server(S2),
            both_ways: true,
            quality: LinkQuality { loss_per_mille: 1_001, ..LinkQuality::default() },
        },
    ];
    for command in nonsense {
        assert!(lab.world.apply(command.clone()).is_err(), "{command:?}");
    }
    assert_eq!(lab.world.view(), before);
}
