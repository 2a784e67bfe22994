//! What is measured on a run comes out as computed by hand, and what is checked finds nothing where nothing is wrong.

use std::sync::Arc;

use replicarium::check::CopiesAt;
use replicarium::client::{Arrivals, ClientSettings, ReadTarget, Workload, workload_file_name};
use replicarium::replication::{Acks, Failover, Policy};
use replicarium::session::{Scenario, Session};
use replicarium::sim::{Content, Latency, NetworkSettings, NodeId, ServerId, Span};
use replicarium::world::{Command, DiskSettings, EventKind, MessageKind, Placement, ReadFrom, WorldSettings};
use wasm_bindgen_test::wasm_bindgen_test;

const S1: ServerId = ServerId(1);
const S3: ServerId = ServerId(3);
/// One way between two servers, which are in different zones.
const BETWEEN: Span = Span::from_millis(14);
/// One way between a server and the client or the coordinator.
const OUTSIDE: Span = Span::from_millis(8);
const SYNC: Span = Span::from_millis(2);
const FILE: &str = "w0001.txt";

/// Three servers, and times without any randomness.
fn settings() -> WorldSettings {
    let bandwidth_bytes_per_second = 1_000_000_000_000;
    let network = NetworkSettings {
        within_zone: Latency::Constant(Span::from_millis(4)),
        between_zones: Latency::Constant(BETWEEN),
        outside_zones: Latency::Constant(OUTSIDE),
        bandwidth_bytes_per_second,
    };
    let disk = DiskSettings { sync_time: Latency::Constant(SYNC), bandwidth_bytes_per_second, capacity_bytes: None };
    WorldSettings { network, disk, ..WorldSettings::with_servers(3) }
}

/// A session that begins with one file, so that the client knows the primary.
fn session(settings: WorldSettings) -> Session {
    session_with(settings, Placement::EveryServer)
}

fn session_with(settings: WorldSettings, placement: Placement) -> Session {
    let built_in = (*Scenario::all()[0]).clone();
    let files = vec![(FILE.to_owned(), Content::new(&[0; 1_000]), placement)];
    let scenario = Scenario { settings, files, plan: Vec::new(), expectations: Vec::new(), ..built_in };
    Session::new(&Arc::new(scenario), 1)
}

fn give(session: &mut Session, command: Command) {
    session.apply(command).expect("the command can be carried out");
}

fn run(session: &mut Session, milliseconds: u64) {
    session.advance(session.now() + Span::from_millis(milliseconds));
}

fn write(session: &mut Session) {
    let (file, content) = (FILE.to_owned(), Content::new(&[1; 1_000]));
    give(session, Command::Write { file, content, placement: Placement::EveryServer });
    run(session, 200);
}

fn sum(spans: &[Span]) -> Span {
    spans.iter().fold(Span::ZERO, |sum, span| sum + *span)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_write_takes_the_sum_of_its_parts() {
    let mut session = session(settings());
    write(&mut session);
    write(&mut session);
    let latency = session.metrics().writes.latency;
    // To the primary; to a replica, onto its disk and back, while the primary syncs; to the client.
    let expected = sum(&[OUTSIDE, BETWEEN, SYNC, BETWEEN, OUTSIDE]);
    assert_eq!((latency.count, latency.least, latency.mean, latency.most), (2, expected, expected, expected));
    assert_eq!(latency.p999, expected, "one value only is all percentiles");
    assert_eq!(session.metrics().lags.len(), 2);
    for lag in session.metrics().lags {
        assert_eq!((lag.time.count, lag.time.least, lag.time.most), (2, BETWEEN + SYNC, BETWEEN + SYNC));
        assert_eq!(lag.updates_behind, 0);
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn without_acks_a_write_waits_for_no_replica_and_service_time_adds_to_it() {
    let policy = Policy { acks: Acks::None, ..Policy::default() };
    let mut plain = session(WorldSettings { policy, ..settings() });
    write(&mut plain);
    assert_eq!(plain.metrics().writes.latency.most, sum(&[OUTSIDE, SYNC, OUTSIDE]));
    let service_time = Span::from_millis(5);
    let mut busy = session(WorldSettings { service_time, ..settings() });
    write(&mut busy);
    let expected = sum(&[OUTSIDE, service_time, BETWEEN, service_time, SYNC, BETWEEN, OUTSIDE]);
    assert_eq!(busy.metrics().writes.latency.most, expected);
}

/// Reads per second at servers that take 5 ms for each, when 550 are asked for.
fn reads_per_second(read_from: ReadTarget) -> u64 {
    let workload = Workload {
        rate_per_second_hundredths: 55_000,
        read_percent: 100,
        files: 1,
        arrivals: Arrivals::Steady,
        ..Workload::default()
    };
    let patience = Span::from_millis(60_000);
    let client = ClientSettings {
        workload: Some(workload),
        read_from,
        time_out: patience,
        attempt_time_out: patience,
        ..ClientSettings::default()
    };
    let service_time = Span::from_millis(5);
    let mut session = session(WorldSettings { service_time, clients: vec![client], ..settings() });
    // The queue of what was asked before the measuring began is done first.
    run(&mut session, 2_000);
    let before = session.metrics().reads.ok;
    run(&mut session, 2_000);
    (session.metrics().reads.ok - before) / 2
}

#[wasm_bindgen_test(unsupported = test)]
fn reads_spread_over_replicas_raise_throughput() {
    assert_eq!(workload_file_name(0), FILE);
    let (one, three) = (reads_per_second(ReadTarget::Primary), reads_per_second(ReadTarget::Any));
    assert_eq!((one, three), (200, 550), "one server does 200 in a second, and three keep up");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_failover_takes_the_detector_and_the_election() {
    let mut session = session(settings());
    give(&mut session, Command::Crash { server: S1 });
    let crashed = session.now();
    run(&mut session, 600);
    write(&mut session);
    let metrics = session.metrics();
    assert_eq!((metrics.failover_count, metrics.failovers.len()), (1, 1));
    let failover = metrics.failovers[0];
    assert_eq!((failover.fault, failover.server), (Some(crashed), ServerId(2)));
    // To prepare, onto the disk, to promise, to tell the new primary.
    assert_eq!(failover.from_suspicion(), sum(&[OUTSIDE, SYNC, OUTSIDE, OUTSIDE]));
    let suspected = failover.suspected.expect("the coordinator suspected it");
    assert_eq!(failover.until_primary(), suspected.since(crashed) + failover.from_suspicion());
    let is_beat = |kind: &EventKind| {
        let from = NodeId::Server(S1);
        matches!(kind, EventKind::MessageReceived { from: sender, to: NodeId::Coordinator(_), cargo, .. }
            if *sender == from && cargo.kind == MessageKind::Heartbeat)
    };
    let beats = session.events().iter().filter(|event| is_beat(&event.kind));
    let heard = beats.map(|event| event.at).max().expect("S1 sent heartbeats");
    let silence = suspected.since(heard);
    assert!((Span::from_millis(160)..=Span::from_millis(210)).contains(&silence), "{silence:?} of silence");
    let told = session
        .events()
        .iter()
        .find(|event| matches!(event.kind, EventKind::OperationDone { .. }) && event.at > crashed);
    assert_eq!(failover.first_acknowledged, told.map(|event| event.at));
}

#[wasm_bindgen_test(unsupported = test)]
fn bytes_are_counted_to_the_last_one() {
    let mut three = session(settings());
    let mut one = session_with(settings(), Placement::OneServer(S1));
    for _ in 0..4 {
        write(&mut three);
        write(&mut one);
    }
    let (three, one) = (three.metrics(), one.metrics());
    assert_eq!((three.logged_bytes, three.written_bytes, three.stored_bytes), (4_000, 13_200, 3_000));
    assert_eq!(three.write_amplification_hundredths, Some(330), "three copies, each with 100 bytes of header");
    assert_eq!((one.logged_bytes, one.written_bytes, one.stored_bytes), (4_000, 4_400, 1_000));
    assert_eq!(one.write_amplification_hundredths, Some(110));
    assert_eq!((three.messages_lost, three.sent_bytes > one.sent_bytes), (0, true));
}

#[wasm_bindgen_test(unsupported = test)]
fn availability_is_the_share_that_was_told_ok() {
    let policy = Policy { failover: Failover::Manual, ..Policy::default() };
    let mut session = session(WorldSettings { policy, ..settings() });
    write(&mut session);
    write(&mut session);
    give(&mut session, Command::Crash { server: S1 });
    write(&mut session);
    run(&mut session, 2_000);
    let writes = session.metrics().writes;
    assert_eq!((writes.started, writes.ok, writes.refused, writes.unknown), (3, 2, 0, 1));
    assert_eq!(writes.availability_hundredths, Some(6_666));
    let patience = ClientSettings::default().time_out;
    let gap = writes.longest_gap;
    assert!(gap >= patience && gap <= patience + Span::from_millis(25), "{gap:?} until the client gave up");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_read_of_an_old_version_is_counted_as_stale() {
    let policy = Policy { acks: Acks::Count(1), ..Policy::default() };
    let mut session = session(WorldSettings { policy, ..settings() });
    give(&mut session, Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(S3) });
    write(&mut session);
    for from in [ReadFrom::Server(S3), ReadFrom::Primary] {
        give(&mut session, Command::Read { file: FILE.to_owned(), from });
        run(&mut session, 100);
    }
    let metrics = session.metrics();
    assert_eq!((metrics.reads.ok, metrics.stale_reads, metrics.damaged_reads), (2, 1, 0));
    let behind = metrics.lags.iter().find(|lag| lag.server == S3).expect("S3 is a replica").updates_behind;
    assert_eq!(behind, 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn the_copies_of_a_file_are_seen_to_go_and_to_come_back() {
    let mut session = session(settings());
    run(&mut session, 100);
    give(&mut session, Command::Kill { server: S3 });
    run(&mut session, 500);
    give(&mut session, Command::Restart { server: S3 });
    run(&mut session, 900);
    let counts: Vec<u16> = session.metrics().copies.points.iter().map(|point: &CopiesAt| point.counts[0]).collect();
    let mut steps = counts.clone();
    steps.dedup();
    assert_eq!(steps, [3, 2, 3], "{counts:?}");
    assert_eq!(counts.len(), 30, "a point each 50 ms");
}

#[wasm_bindgen_test(unsupported = test)]
fn after_a_seek_the_same_was_measured_and_checked() {
    let mut session = session(settings());
    for server in [S1, ServerId(2)] {
        write(&mut session);
        give(&mut session, Command::Kill { server });
        run(&mut session, 700);
        give(&mut session, Command::Restart { server });
        run(&mut session, 900);
    }
    let (end, metrics) = (session.now(), session.metrics());
    for milliseconds in [100, 2_300, 900] {
        session.seek(session.start() + Span::from_millis(milliseconds));
        assert_eq!(session.metrics().until, session.now());
    }
    session.seek(end);
    assert_eq!(session.metrics(), metrics);
    assert_eq!(session.violations(), []);
    assert_eq!(metrics.failover_count, 2);
    assert!(metrics.rows().iter().all(|row| !row.label.is_empty() && !row.value.is_empty()));
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn metrics_and_violations_are_told_as_json() {
    use replicarium::check::Invariant;
    use replicarium::sim::Time;

    let mut session = session(settings());
    write(&mut session);
    let json = serde_json::to_value(session.metrics()).expect("metrics are JSON");
    assert_eq!(json["writes"]["latency"]["most"], 46_000);
    assert_eq!(json["from"], Time::from_millis(400).as_micros());
    for invariant in Invariant::ALL {
        assert_eq!(serde_json::to_value(invariant).expect("a name is JSON"), invariant.name());
    }
}
