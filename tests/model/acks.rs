//! What an ack means, and what is done when too few come.

use replicarium::check::{CopyHealth, Verdict};
use replicarium::replication::{AckWhen, Acks, WhenShort};
use replicarium::sim::{DiskCondition, NodeId, Span, ZoneId};
use replicarium::world::{Command, Direction, EventKind, OutcomeView, Placement, ReadFrom};
use wasm_bindgen_test::wasm_bindgen_test;

use super::lab::{Lab, S1, S2, S3, is_ok};

#[wasm_bindgen_test(unsupported = test)]
fn what_an_ack_means_decides_what_a_power_cut_takes() {
    for (ack_when, survives) in
        [(AckWhen::Received, false), (AckWhen::InMemory, false), (AckWhen::OnDisk, true), (AckWhen::Applied, true)]
    {
        let mut lab = Lab::new(|settings| {
            settings.policy.ack_when = ack_when;
            settings.disk.sync_time = replicarium::sim::Latency::Constant(Span::from_millis(200));
            settings.service_time = Span::from_millis(1);
        });
        lab.write("a", "precious", Placement::EveryServer);
        while !lab.happened(|kind| matches!(kind, EventKind::OperationDone { .. })) {
            lab.run(1);
            assert!(lab.world.now().as_micros() < 2_000_000, "{ack_when:?}: {}", lab.story());
        }
        for zone in 0..3 {
            lab.give(Command::ZoneOutage { zone: ZoneId(zone) });
        }
        lab.run(200);
        for zone in 0..3 {
            lab.give(Command::ZoneReturn { zone: ZoneId(zone) });
        }
        lab.run(3_000);
        let lost = lab.verdict("a") == Verdict::LostAcknowledged;
        assert_eq!(lost, !survives, "{ack_when:?}: {}", lab.story());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_slow_disk_holds_up_all_acks_but_not_one_ack() {
    for (acks, holds_up) in [(Acks::All, true), (Acks::Count(1), false)] {
        let mut lab = Lab::new(|settings| settings.policy.acks = acks);
        lab.give(Command::SetDisk { server: S3, condition: DiskCondition { full: false, slow_factor: 100 } });
        lab.write("a", "text", Placement::EveryServer);
        lab.run(150);
        assert_eq!(is_ok(&lab.last_outcome()), !holds_up, "{acks:?}: {}", lab.story());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn too_few_acks_wait_time_out_or_go_async() {
    let cases = [
        (WhenShort::Wait, OutcomeView::Unknown),
        (WhenShort::TimeOut { after: Span::from_millis(200) }, OutcomeView::Unknown),
        (
            WhenShort::GoAsync { after: Span::from_millis(200) },
            OutcomeView::Ok { version: Some(replicarium::replication::Version(1)), content: None },
        ),
    ];
    for (when_short, expected) in cases {
        let mut lab = Lab::new(|settings| {
            settings.policy.acks = Acks::Count(2);
            settings.policy.when_short = when_short;
        });
        lab.give(Command::Partition { side: vec![NodeId::Server(S2), NodeId::Server(S3)], direction: Direction::Both });
        let outcome = lab.written("a", "text");
        assert_eq!(outcome, expected, "{when_short:?}: {}", lab.story());
        let went_async = lab.happened(|kind| matches!(kind, EventKind::WentAsync { .. }));
        assert_eq!(went_async, matches!(when_short, WhenShort::GoAsync { .. }));
        let told = lab.happened(|kind| matches!(kind, EventKind::UpdateNotConfirmed { .. }));
        assert_eq!(told, matches!(when_short, WhenShort::TimeOut { .. }));
        lab.give(Command::HealAll);
        lab.run(3_000);
        assert_eq!(went_async, lab.happened(|kind| matches!(kind, EventKind::BackInSync { .. })), "{}", lab.story());
        assert_eq!(lab.health("a", S3), CopyHealth::Fresh, "{}", lab.story());
    }
}

/// A replica that is cut off while nothing is written is silent all the same: the first write afterwards does not wait.
#[wasm_bindgen_test(unsupported = test)]
fn a_replica_is_missed_while_nothing_is_written() {
    let mut lab = Lab::new(|_| {});
    lab.written("a", "first");
    lab.give(Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(S3) });
    lab.run(1_000);
    assert_eq!(lab.world.view().coordinator.in_sync, [S1, S2], "{}", lab.story());
    lab.write("a", "second", Placement::EveryServer);
    lab.run(60);
    assert!(is_ok(&lab.last_outcome()), "{}", lab.story());
    lab.give(Command::HealAll);
    lab.run(1_000);
    assert_eq!(lab.world.view().coordinator.in_sync, [S1, S2, S3], "{}", lab.story());
    lab.run(5_000);
    let silences = lab.events.iter().filter(|event| matches!(event.kind, EventKind::Lags { .. })).count();
    assert_eq!(silences, 1, "a quiet cluster misses nobody: {}", lab.story());
}

/// Where a fixed number of replicas acknowledges nobody leaves the in-sync set, but who is silent doesn't count.
#[wasm_bindgen_test(unsupported = test)]
fn who_is_silent_is_not_counted_as_in_sync() {
    let mut lab = Lab::new(|settings| {
        settings.policy.acks = Acks::Count(1);
        settings.policy.min_in_sync = 3;
    });
    assert!(is_ok(&lab.written("a", "first")), "{}", lab.story());
    lab.give(Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(S3) });
    lab.run(1_000);
    assert!(matches!(lab.written("a", "second"), OutcomeView::Refused(_)), "{}", lab.story());
    lab.give(Command::HealAll);
    lab.run(1_000);
    assert!(is_ok(&lab.written("a", "third")), "{}", lab.story());
}

#[wasm_bindgen_test(unsupported = test)]
fn with_too_few_in_sync_servers_writes_are_refused() {
    let mut lab = Lab::new(|settings| settings.policy.min_in_sync = 2);
    lab.give(Command::Kill { server: S2 });
    lab.run(800);
    assert!(is_ok(&lab.written("a", "first")), "{}", lab.story());
    lab.give(Command::Kill { server: S3 });
    lab.run(800);
    assert!(matches!(lab.written("a", "second"), OutcomeView::Refused(_)), "{}", lab.story());
    assert_eq!(lab.text("a", ReadFrom::Primary), "first");
}
