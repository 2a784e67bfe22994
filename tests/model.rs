//! Each part of the model by itself, on a world of its own: faults, acks, repair, leases, clients, services.

use std::collections::BTreeSet;

use replicarium::check::{CopyHealth, Verdict};
use replicarium::client::{ClientSettings, ReadTarget};
use replicarium::replication::{AckWhen, Acks, Failover, ServiceMode, WhenShort};
use replicarium::sim::{Content, CoordinatorId, DiskCondition, Latency, LinkQuality, NodeId, ServerId, Span, ZoneId};
use replicarium::world::{
    Command, CommandError, Direction, Event, EventKind, OutcomeView, Placement, ReadFrom, Role, ServerStatus,
    ServerView, ServiceSettings, World, WorldSettings,
};
use wasm_bindgen_test::wasm_bindgen_test;

const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);
const COORDINATOR: NodeId = NodeId::Coordinator(CoordinatorId(1));

/// A world and all its events.
struct Lab {
    world: World,
    events: Vec<Event>,
}

impl Lab {
    /// Three servers that have been up for a while, set up as `change` says.
    fn new(change: impl FnOnce(&mut WorldSettings)) -> Self {
        let mut settings = WorldSettings::default();
        change(&mut settings);
        let mut lab = Self { world: World::new(settings, 5), events: Vec::new() };
        lab.run(100);
        lab
    }

    fn run(&mut self, milliseconds: u64) {
        self.world.advance(self.world.now() + Span::from_millis(milliseconds));
        self.events.extend(self.world.take_events());
    }

    fn give(&mut self, command: Command) {
        self.world.apply(command).expect("the command can be carried out");
    }

    fn write(&mut self, file: &str, text: &str, placement: Placement) {
        self.give(Command::Write { file: file.to_owned(), content: Content::new(text.as_bytes()), placement });
    }

    /// Writes a file to every server and waits for the outcome.
    fn written(&mut self, file: &str, text: &str) -> OutcomeView {
        self.write(file, text, Placement::EveryServer);
        self.run(900);
        self.last_outcome()
    }

    fn last_outcome(&self) -> OutcomeView {
        self.world.view().operations.last().expect("an operation").outcome.clone()
    }

    fn read(&mut self, file: &str, from: ReadFrom) -> OutcomeView {
        self.give(Command::Read { file: file.to_owned(), from });
        self.run(900);
        self.last_outcome()
    }

    fn text(&mut self, file: &str, from: ReadFrom) -> String {
        match self.read(file, from) {
            OutcomeView::Ok { content: Some(content), .. } => String::from_utf8_lossy(content.bytes()).into_owned(),
            other => format!("{other:?}"),
        }
    }

    fn verdict(&self, file: &str) -> Verdict {
        self.world.ledger().rows.into_iter().find(|row| row.name == file).expect("a row").verdict
    }

    fn health(&self, file: &str, server: ServerId) -> CopyHealth {
        let row = self.world.ledger().rows.into_iter().find(|row| row.name == file).expect("a row");
        row.copies.into_iter().find(|(id, _)| *id == server).map_or(CopyHealth::Missing, |(_, health)| health)
    }

    fn primary(&self) -> Option<ServerId> {
        self.world.view().coordinator.primary
    }

    fn happened(&self, wanted: impl Fn(&EventKind) -> bool) -> bool {
        self.events.iter().any(|event| wanted(&event.kind))
    }

    fn story(&self) -> String {
        use replicarium::world::Importance;
        let news = self.events.iter().filter(|event| event.importance() != Importance::Routine);
        news.map(|event| format!("{} {}", event.at, self.world.sentence(event))).collect::<Vec<_>>().join("\n")
    }
}

fn is_ok(outcome: &OutcomeView) -> bool {
    matches!(outcome, OutcomeView::Ok { .. })
}

fn version(outcome: &OutcomeView) -> Option<u64> {
    match outcome {
        OutcomeView::Ok { version, .. } => version.map(|version| version.0),
        _ => None,
    }
}

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
        lab.run(500);
        assert_eq!(lab.primary(), Some(S2), "{}", lab.story());
        assert!(is_ok(&lab.written("a", "written to the old primary")), "{}", lab.story());
        lab.run(500);
        assert_eq!(lab.happened(|kind| matches!(kind, EventKind::Fenced { .. })), fencing, "{}", lab.story());
        let reigns = lab.world.view().servers[0].role == Role::Primary;
        assert_eq!(reigns, !fencing, "{}", lab.story());
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

/// Six servers in three zones.
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

fn six(settings: &mut WorldSettings) {
    settings.servers = [0, 0, 1, 1, 2, 2].map(ZoneId).to_vec();
    settings.policy.window = 8;
}

fn holders(lab: &Lab, file: &str) -> Vec<ServerId> {
    let view = lab.world.view();
    let has = |server: &&replicarium::world::ServerView| server.copies.iter().any(|copy| copy.name == file);
    view.servers.iter().filter(has).map(|server| server.id).collect()
}

fn write_ten(lab: &mut Lab) {
    for number in 0..10 {
        lab.write(&format!("f{number}"), "text", Placement::Ring { factor: 3 });
    }
    lab.run(900);
}

#[wasm_bindgen_test(unsupported = test)]
fn files_on_the_ring_have_their_copies_in_different_zones() {
    let mut lab = Lab::new(six);
    write_ten(&mut lab);
    let view = lab.world.view();
    for number in 0..10 {
        let holders = holders(&lab, &format!("f{number}"));
        let mut zones: Vec<ZoneId> =
            view.servers.iter().filter(|server| holders.contains(&server.id)).map(|server| server.zone).collect();
        zones.sort_unstable();
        assert_eq!(zones, [ZoneId(0), ZoneId(1), ZoneId(2)], "f{number}: {}", lab.story());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_copies_of_a_lost_server_are_made_anew_and_trimmed_when_it_returns() {
    let mut lab = Lab::new(six);
    write_ten(&mut lab);
    let before: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    lab.give(Command::Kill { server: S1 });
    lab.run(6_000);
    for number in 0..10 {
        assert_eq!(holders(&lab, &format!("f{number}")).len(), 3, "f{number}: {}", lab.story());
        assert_eq!(lab.verdict(&format!("f{number}")), Verdict::Safe);
    }
    lab.give(Command::Restart { server: S1 });
    lab.run(8_000);
    let after: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    assert_eq!(after, before, "all is as before: {}", lab.story());
}

#[wasm_bindgen_test(unsupported = test)]
fn adding_and_removing_a_server_moves_only_what_must_move() {
    let mut lab = Lab::new(six);
    write_ten(&mut lab);
    let before: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    lab.give(Command::AddServer { zone: Some(ZoneId(0)) });
    lab.run(8_000);
    let moved: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    for (old, new) in before.iter().zip(&moved) {
        assert_eq!(new.len(), 3, "{}", lab.story());
        assert!(old == new || new.contains(&ServerId(7)), "only the new server gets copies: {old:?} {new:?}");
    }
    lab.give(Command::RemoveServer { server: ServerId(7) });
    lab.run(8_000);
    let after: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    assert!(lab.happened(|kind| matches!(kind, EventKind::ServerRemoved { server: ServerId(7) })), "{}", lab.story());
    assert_eq!(after, before, "{}", lab.story());
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
    lab.run(250);
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
