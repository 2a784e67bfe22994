//! The audit for single points of failure: what it finds in clusters whose weak points are known by reasoning.
#![cfg(not(target_arch = "wasm32"))]

#[path = "audit/clients.rs"]
mod clients;

use std::sync::Arc;

use replicarium::replication::{AckWhen, Acks, Failover, Policy, Version};
use replicarium::session::{Audit, AuditReport, AuditSettings, Fault, Finding, Harm, Scenario, Session};
use replicarium::sim::{Content, CoordinatorId, DiskCondition, NodeId, ServerId, Span, ZoneId};
use replicarium::world::{Command, Placement, WorldSettings};

const COORDINATOR: CoordinatorId = CoordinatorId(1);
const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);

fn opened(slug: &str) -> Session {
    Session::new(Scenario::by_slug(slug).expect("a built-in scenario"), 61)
}

fn session_with(settings: WorldSettings, files: &[(&str, Placement)]) -> Session {
    let mut scenario = Scenario::clone(&Scenario::all()[0]);
    scenario.settings = settings;
    let content = |name: &str| Content::new(name.as_bytes());
    scenario.files = files.iter().map(|(name, placement)| ((*name).to_owned(), content(name), *placement)).collect();
    Session::new(&Arc::new(scenario), 61)
}

fn run(session: &mut Session, milliseconds: u64) {
    session.advance(session.now() + Span::from_millis(milliseconds));
}

fn write(session: &mut Session, file: &str, text: &str) {
    let content = Content::new(text.as_bytes());
    let command = Command::Write { file: file.to_owned(), content, placement: Placement::EveryServer };
    session.apply(command).expect("the file can be written");
}

fn audited(session: &Session, settings: AuditSettings) -> AuditReport {
    let mut audit = Audit::new(session, settings);
    let mut last = audit.progress();
    assert_eq!(last.done, 0);
    while let Some(progress) = audit.step() {
        assert_eq!((progress.done, progress.total), (last.done + 1, last.total));
        last = progress;
    }
    assert_eq!(last.done, last.total);
    let report = audit.finish();
    assert!(report.is_complete);
    report
}

fn singles(session: &Session) -> AuditReport {
    audited(session, AuditSettings { pairs: false, ..AuditSettings::default() })
}

fn pairs(session: &Session) -> AuditReport {
    audited(session, AuditSettings::default())
}

/// The files to which a set of faults does this harm, by the report's findings.
fn harmed(report: &AuditReport, faults: &[Fault], harm: Harm) -> Vec<String> {
    let finding = report.findings.iter().find(|finding| {
        finding.faults.len() == faults.len() && faults.iter().all(|fault| finding.faults.contains(fault))
    });
    let harms = finding.map(|finding| finding.harms.as_slice()).unwrap_or_default();
    harms.iter().filter(|done| done.harm == harm).flat_map(|done| done.files.clone()).collect()
}

/// The findings about the cluster itself: those in which no link of a client is cut.
fn inside(report: &AuditReport) -> Vec<&Finding> {
    let is_of_client = |fault: &Fault| matches!(fault, Fault::LinkCut { first: NodeId::Client(_), .. });
    report.findings.iter().filter(|finding| !finding.faults.iter().any(is_of_client)).collect()
}

fn sentences(report: &AuditReport) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.sentence.as_str()).collect()
}

fn kill(server: ServerId) -> Fault {
    Fault::Kill { server }
}

fn crash(server: ServerId) -> Fault {
    Fault::Crash { server }
}

#[test]
fn the_only_copy_is_a_single_point_of_failure() {
    let report = singles(&opened("three-copies"));
    assert_eq!(
        sentences(&report),
        [
            "Killing S1 loses draft.txt: its only copy was there.",
            "Crashing S1 stops reads and writes of draft.txt: v1 is only on the disk of S1, which is down.",
            "Cutting the link between C1 and S1 stops reads and writes of draft.txt and notes.txt for C1: C1 can't reach \
             S1, which has to answer.",
        ]
    );
    assert!(report.survived.contains(&Fault::CoordinatorCrash { node: COORDINATOR }));
    assert!(report.survived.contains(&kill(S2)));
    assert_eq!(report.single_points(Harm::LosesData).count(), 1);
}

#[test]
fn each_file_is_told_with_its_own_reason() {
    // The draft has one copy, on S1. The notes have three, but nobody takes over from S1 by itself.
    let mut scenario = Scenario::clone(&opened("three-copies").scenario().clone());
    scenario.settings.policy.failover = Failover::Manual;
    let report = singles(&Session::new(&Arc::new(scenario), 61));
    assert!(
        sentences(&report).contains(
            &"Crashing S1 stops reads and writes of draft.txt: v1 is only on the disk of S1, which is down; and stops reads \
             and writes of notes.txt: failover is by hand, and no operator has promoted a server."
        ),
        "{:#?}",
        sentences(&report)
    );
    assert_eq!(harmed(&report, &[crash(S1)], Harm::StopsReads), ["draft.txt", "notes.txt"]);
}

#[test]
fn a_sentence_tells_a_few_reasons_in_full() {
    let home = Placement::OneServer(S1);
    let names: Vec<String> = (1..=6).map(|number| format!("{number}.txt")).collect();
    let files: Vec<(&str, Placement)> = names.iter().map(|name| (name.as_str(), home)).collect();
    let mut session = session_with(WorldSettings::with_servers(2), &files);
    for (times, name) in names.iter().enumerate() {
        for _ in 0..times {
            write(&mut session, name, "again");
            run(&mut session, 50);
        }
    }
    let report = singles(&session);
    let finding = report.findings.iter().find(|finding| finding.faults == [crash(S1)]).expect("all copies are there");
    assert!(
        finding
            .sentence
            .ends_with("of 4.txt: v4 is only on the disk of S1, which is down; and does harm for 2 more reasons."),
        "{}",
        finding.sentence
    );
    assert_eq!(finding.harms.len(), 12, "each file has a version of its own: {:#?}", finding.harms);
}

#[test]
fn without_the_coordinator_the_loss_of_the_primary_stops_the_replicated_file_too() {
    let report = pairs(&opened("three-copies"));
    let coordinator = Fault::CoordinatorCrash { node: COORDINATOR };
    for server in [S1, S2, S3] {
        // With all acks needed nobody can let the primary go on without a replica either.
        assert_eq!(harmed(&report, &[crash(server), coordinator], Harm::StopsWrites), ["notes.txt"], "{server}");
    }
    assert_eq!(harmed(&report, &[crash(S1), coordinator], Harm::StopsReads), ["notes.txt"]);
    assert!(harmed(&report, &[crash(S2), coordinator], Harm::StopsReads).is_empty());
    // Three copies: no pair of lost disks loses the replicated file, and two servers down leave the third.
    let loses_notes = report.findings.iter().filter(|finding| {
        finding.harms.iter().any(|done| done.harm == Harm::LosesData && done.files.contains(&"notes.txt".to_owned()))
    });
    assert_eq!(loses_notes.count(), 0, "{:#?}", sentences(&report));
    // What one fault does alone is not told again of a pair.
    assert!(report.findings.iter().filter(|found| found.faults.len() == 2).all(|found| {
        found.harms.iter().all(|done| !done.files.contains(&"draft.txt".to_owned()) || done.harm != Harm::LosesData)
    }));
}

#[test]
fn one_server_is_a_single_point_of_failure_for_everything() {
    let report = pairs(&opened("one-copy"));
    assert_eq!(harmed(&report, &[kill(S1)], Harm::LosesData), ["draft.txt"]);
    assert_eq!(harmed(&report, &[crash(S1)], Harm::StopsReads), ["draft.txt"]);
    assert_eq!(harmed(&report, &[crash(S1)], Harm::StopsWrites), ["draft.txt"]);
    assert!(inside(&report).iter().all(|finding| finding.faults.len() == 1), "{:#?}", sentences(&report));
}

#[test]
fn two_servers_survive_one_lost_disk_and_not_two() {
    let report = pairs(&session_with(WorldSettings::with_servers(2), &[("notes.txt", Placement::EveryServer)]));
    assert!(inside(&report).iter().all(|finding| finding.faults.len() == 2), "{:#?}", sentences(&report));
    assert_eq!(harmed(&report, &[kill(S1), kill(S2)], Harm::LosesData), ["notes.txt"]);
    assert_eq!(harmed(&report, &[crash(S1), crash(S2)], Harm::StopsReads), ["notes.txt"]);
    assert_eq!(harmed(&report, &[crash(S1), kill(S2)], Harm::LosesData), Vec::<String>::new());
    assert!(
        sentences(&report)
            .contains(&"Killing S1 together with killing S2 loses notes.txt: its only copies were on S1 and S2.")
    );
}

#[test]
fn without_acks_the_primary_is_a_single_point_of_failure_right_after_a_write() {
    let mut session = opened("ack-none");
    write(&mut session, "notes.txt", "one");
    write(&mut session, "notes.txt", "two");
    run(&mut session, 30);
    let early = singles(&session);
    assert_eq!(harmed(&early, &[kill(S1)], Harm::LosesData), ["notes.txt"], "{:#?}", sentences(&early));
    run(&mut session, 500);
    let late = singles(&session);
    assert!(inside(&late).is_empty(), "{:#?}", sentences(&late));
}

#[test]
fn an_ack_in_memory_does_not_survive_a_power_cut() {
    let policy = Policy { ack_when: AckWhen::InMemory, ..Policy::default() };
    let settings = WorldSettings { servers: vec![ZoneId(0); 3], policy, ..WorldSettings::default() };
    let mut session = session_with(settings, &[("notes.txt", Placement::EveryServer)]);
    let condition = DiskCondition { slow_factor: 100, ..DiskCondition::default() };
    for server in [S1, S2, S3] {
        session.apply(Command::SetDisk { server, condition }).expect("the server is there");
    }
    write(&mut session, "notes.txt", "in the memory of three servers, on no disk yet");
    run(&mut session, 60);
    assert_eq!(session.view().ledger.rows[0].acknowledged, Some(Version(2)));
    let report = singles(&session);
    let zone = Fault::ZoneOutage { zone: ZoneId(0) };
    assert_eq!(harmed(&report, &[zone], Harm::LosesData), ["notes.txt"], "{:#?}", sentences(&report));
    assert_eq!(harmed(&report, &[zone], Harm::StopsWrites), ["notes.txt"]);
}

#[test]
fn a_zone_with_all_servers_is_a_single_point_of_failure() {
    let settings = WorldSettings { servers: vec![ZoneId(0); 3], ..WorldSettings::default() };
    let report = singles(&session_with(settings, &[("notes.txt", Placement::EveryServer)]));
    assert_eq!(harmed(&report, &[Fault::ZoneLoss { zone: ZoneId(0) }], Harm::LosesData), ["notes.txt"]);
    assert_eq!(harmed(&report, &[Fault::ZoneOutage { zone: ZoneId(0) }], Harm::StopsReads), ["notes.txt"]);
    assert_eq!(inside(&report).len(), 2, "{:#?}", sentences(&report));
}

#[test]
fn three_coordinators_remove_the_pair_with_the_coordinator() {
    let settings = WorldSettings { coordinators: 3, ..WorldSettings::with_servers(3) };
    let report = pairs(&session_with(settings, &[("notes.txt", Placement::EveryServer)]));
    let has = |fault: &Fault| matches!(fault, Fault::CoordinatorCrash { .. });
    // A disk that is wiped while another node begins to lead has a test of its own.
    let is_wipe = |fault: &Fault| matches!(fault, Fault::Wipe { .. });
    let with_node = |finding: &&Finding| finding.faults.iter().filter(|fault| has(fault)).count() == 1;
    let blamed = inside(&report).into_iter().filter(with_node).find(|finding| !finding.faults.iter().any(is_wipe));
    assert_eq!(blamed, None);
    assert_eq!(inside(&report).into_iter().find(|finding| finding.faults.len() == 1), None);
}

#[test]
fn a_wiped_primary_is_noticed_by_a_new_leading_coordinator() {
    let settings = WorldSettings { coordinators: 3, ..WorldSettings::with_servers(3) };
    let report = pairs(&session_with(settings, &[("notes.txt", Placement::EveryServer)]));
    let wiped = [Fault::CoordinatorCrash { node: COORDINATOR }, Fault::Wipe { server: S1 }];
    assert_eq!(harmed(&report, &wiped, Harm::LosesData), Vec::<String>::new());
}

#[test]
fn a_ring_over_three_zones_survives_any_zone() {
    let servers = [0, 0, 1, 1, 2, 2].map(ZoneId).to_vec();
    let settings = WorldSettings { servers, ..WorldSettings::default() };
    let ring = |factor| Placement::Ring { factor };
    let report = singles(&session_with(settings, &[("two.txt", ring(2)), ("one.txt", ring(1))]));
    let hits: Vec<&[String]> =
        report.single_points(Harm::LosesData).map(|found| found.harms[0].files.as_slice()).collect();
    assert_eq!(hits, [["one.txt".to_owned()].as_slice()], "{:#?}", sentences(&report));
    let two_is_hurt = inside(&report).iter().any(|finding| finding.sentence.contains("two.txt"));
    assert!(!two_is_hurt, "{:#?}", sentences(&report));
}

#[test]
fn a_zone_of_two_servers_can_hold_all_copies_of_a_file() {
    let servers = [0, 0, 0].map(ZoneId).to_vec();
    let settings = WorldSettings { servers, ..WorldSettings::default() };
    let report = singles(&session_with(settings, &[("two.txt", Placement::Ring { factor: 2 })]));
    assert_eq!(report.single_points(Harm::LosesData).count(), 1, "{:#?}", sentences(&report));
    assert_eq!(harmed(&report, &[Fault::ZoneLoss { zone: ZoneId(0) }], Harm::LosesData), ["two.txt"]);
}

#[test]
fn what_is_harmed_already_is_told_apart() {
    let mut session = opened("three-copies");
    session.apply(Command::Kill { server: S1 }).expect("S1 is up");
    run(&mut session, 1_000);
    let report = singles(&session);
    assert_eq!(report.already[0].harm, Harm::LosesData);
    assert_eq!(report.already[0].files, ["draft.txt"]);
    assert!(inside(&report).is_empty(), "two copies of notes.txt are left: {:#?}", sentences(&report));
}

#[test]
fn an_audit_changes_nothing_and_gives_the_same_answer_again() {
    let session = opened("three-copies");
    let (hash, now) = (session.trace_hash(), session.now());
    let report = singles(&session);
    assert_eq!(singles(&session), report);
    assert_eq!((session.trace_hash(), session.now()), (hash, now));
    let json = serde_json::to_value(&report).expect("a report is plain data");
    assert_eq!(json["findings"][0]["faults"][0], serde_json::json!({ "kind": "kill", "server": 1 }));
    assert_eq!(json["findings"][0]["harms"][0]["harm"], "loses-data");
}

#[test]
fn an_audit_can_be_stopped_and_says_what_it_left_out() {
    let settings = AuditSettings { pairs_limit: 10, ..AuditSettings::default() };
    let mut audit = Audit::new(&opened("three-copies"), settings);
    for _ in 0..3 {
        audit.step();
    }
    let report = audit.finish();
    assert!(!report.is_complete);
    assert_eq!((report.singles_tried, report.pairs_tried), (2, 0));
    assert_eq!(report.notes.len(), 1);
    assert!(report.notes[0].contains("The audit tried 10 of about 253 pairs"), "{:?}", report.notes);
    let narrow = AuditSettings { pairs: false, singles_limit: 4, ..AuditSettings::default() };
    let report = audited(&opened("three-copies"), narrow);
    assert_eq!((report.singles_tried, report.notes.len()), (4, 1));
    assert!(report.notes[0].starts_with("The audit tried 4 of 23 single faults"), "{:?}", report.notes);
}

#[test]
fn what_is_under_way_when_the_audit_begins_is_not_blamed() {
    let mut session = opened("three-copies");
    write(&mut session, "notes.txt", "under way");
    run(&mut session, 2);
    write(&mut session, "new.txt", "never acknowledged before the audit");
    let report = singles(&session);
    assert!(sentences(&report).iter().all(|sentence| sentence.contains("draft.txt")), "{:#?}", sentences(&report));
}

#[test]
fn links_matter_where_replicas_must_answer_and_nobody_may_leave() {
    let policy = Policy { acks: Acks::Count(2), ..Policy::default() };
    let settings = WorldSettings { policy, ..WorldSettings::with_servers(3) };
    let report = singles(&session_with(settings, &[("notes.txt", Placement::EveryServer)]));
    let cut = |first, second| Fault::LinkCut { first: NodeId::Server(first), second: NodeId::Server(second) };
    assert_eq!(harmed(&report, &[cut(S1, S2)], Harm::StopsWrites), ["notes.txt"], "{:#?}", sentences(&report));
    assert!(harmed(&report, &[cut(S2, S3)], Harm::StopsWrites).is_empty());
    assert!(harmed(&report, &[crash(S3)], Harm::StopsWrites) == ["notes.txt"]);
    assert!(report.single_points(Harm::LosesData).next().is_none());
}

#[test]
fn five_servers_with_all_pairs() {
    let settings = WorldSettings { coordinators: 1, ..WorldSettings::with_servers(5) };
    let session = session_with(settings, &[("notes.txt", Placement::EveryServer)]);
    let begun = std::time::Instant::now();
    let report = pairs(&session);
    let (singles, pairs) = (report.singles_tried, report.pairs_tried);
    eprintln!("{singles} single faults and {pairs} pairs took {} ms", begun.elapsed().as_millis());
    assert_eq!((singles, pairs), (42, 831));
    assert!(report.notes.is_empty());
    // Only the coordinator, and only together with something else, is a point of failure.
    let is_node = |fault: &Fault| matches!(fault, Fault::CoordinatorCrash { .. });
    let without = inside(&report).into_iter().find(|finding| !finding.faults.iter().any(is_node));
    assert_eq!(without, None);
    assert!(inside(&report).iter().all(|finding| finding.faults.len() == 2));
    assert_eq!(
        harmed(&report, &[crash(S1), Fault::CoordinatorCrash { node: COORDINATOR }], Harm::StopsReads),
        ["notes.txt"]
    );
}
