//! Why files are lost, stale or out of reach, and what would have saved them: many situations, each with the
//! chain of events that led to it and the cheapest remedy, which is run again here to see that it saves the file.
#![cfg(not(target_arch = "wasm32"))]

#[path = "why/texts.rs"]
mod texts;

use std::sync::Arc;

use replicarium::check::{CopyHealth, Verdict};
use replicarium::replication::{AckWhen, Acks, Failover, Policy, PolicyChange, WhenShort};
use replicarium::session::{
    Change, Explanation, Override, Remedies, RemedyReport, Scenario, Session, Trouble, WhyError,
};
use replicarium::sim::{
    ClientId, Content, CoordinatorId, DiskCondition, NodeId, Purpose, ServerId, Span, Streams, ZoneId,
};
use replicarium::world::{Command, EventKind, Placement, ReadFrom, WorldSettings};

const COORDINATOR: NodeId = NodeId::Coordinator(CoordinatorId(1));
const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);
const NOTES: (&str, Placement) = ("notes.txt", Placement::EveryServer);
const DRAFT: (&str, Placement) = ("draft.txt", Placement::OneServer(S1));

fn session_with(settings: WorldSettings, files: &[(&str, Placement)]) -> Session {
    let mut scenario = Scenario::clone(&Scenario::all()[0]);
    scenario.settings = settings;
    let content = |name: &str| Content::new(name.as_bytes());
    scenario.files = files.iter().map(|(name, placement)| ((*name).to_owned(), content(name), *placement)).collect();
    Session::new(&Arc::new(scenario), 61)
}

fn with_policy(policy: Policy, files: &[(&str, Placement)]) -> Session {
    session_with(WorldSettings { policy, ..WorldSettings::with_servers(3) }, files)
}

fn run(session: &mut Session, milliseconds: u64) {
    session.advance(session.now() + Span::from_millis(milliseconds));
}

fn give(session: &mut Session, command: Command) {
    session.apply(command).expect("the command can be carried out");
}

fn write(session: &mut Session, text: &str) {
    let content = Content::new(text.as_bytes());
    let command = Command::Write { file: "notes.txt".to_owned(), content, placement: Placement::EveryServer };
    give(session, command);
}

fn read(session: &mut Session, file: &str, from: ReadFrom) {
    give(session, Command::Read { file: file.to_owned(), from });
    run(session, 900);
}

fn verdict(session: &Session, file: &str) -> Verdict {
    let ledger = session.view().ledger;
    ledger.rows.iter().find(|row| row.name == file).expect("the file has a row").verdict
}

/// The explanation, checked for what every explanation must be: real events in order, with sentences, few.
fn explained(session: &Session, file: &str) -> Explanation {
    let found = session.why(file).expect("something is wrong with the file");
    assert_eq!(found.file, file);
    println!("== {:?}: {}", found.trouble, found.summary);
    for step in &found.steps {
        println!("   {} {} {}", step.event, step.at, step.sentence);
    }
    assert!((2..=8).contains(&found.steps.len()), "{found:#?}");
    assert!(found.steps.windows(2).all(|pair| pair[0].event < pair[1].event && pair[0].at <= pair[1].at));
    for step in &found.steps {
        let event = session.events().find(step.event).expect("a step is a real event");
        assert_eq!(event.at, step.at);
        assert!(step.sentence.starts_with(&session.sentence(&event)), "{}", step.sentence);
    }
    assert!(found.summary.ends_with('.'));
    found
}

fn remedy(session: &Session, file: &str) -> RemedyReport {
    let mut search = Remedies::new(session, file).expect("something is wrong with the file");
    while search.step().is_some() {}
    let report = search.finish();
    assert!(report.is_complete);
    println!(
        "   -> {} runs {} {:?}",
        report.runs,
        report.sentence,
        report.remedy.as_ref().map(|remedy| &remedy.evidence)
    );
    report
}

fn changes(session: &Session, file: &str) -> Vec<Change> {
    remedy(session, file).remedy.map(|remedy| remedy.changes).unwrap_or_default()
}

/// The kinds of the events of an explanation, by the names of their variants.
fn kinds(session: &Session, found: &Explanation) -> Vec<String> {
    let name = |kind: &EventKind| format!("{kind:?}").split([' ', '{']).next().unwrap_or_default().to_owned();
    let event = |id| session.events().find(id).expect("a step is a real event");
    found.steps.iter().map(|step| name(&event(step.event).kind)).collect()
}

#[test]
fn one_copy_killed() {
    let mut session = with_policy(Policy::default(), &[NOTES, DRAFT]);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 900);
    let found = explained(&session, "draft.txt");
    assert_eq!(found.trouble, Trouble::Lost);
    assert_eq!(kinds(&session, &found), ["UpdateLogged", "OperationDone", "ServerKilled"]);
    assert!(found.steps[1].sentence.contains("only S1 had it on disk"), "{}", found.steps[1].sentence);
    // Two copies on the ring happen to miss S1, which would be luck: with a copy on every server S1 is hit and missed.
    let report = remedy(&session, "draft.txt");
    assert_eq!(
        report.remedy.as_ref().map(|remedy| remedy.changes.as_slice()),
        Some([Change::Copies { copies: 3 }].as_slice())
    );
    assert!(report.sentence.starts_with("Keep 3 copies of the file. It costs"), "{}", report.sentence);
    let mut saved = with_policy(Policy::default(), &[NOTES, ("draft.txt", Placement::EveryServer)]);
    give(&mut saved, Command::Kill { server: S1 });
    run(&mut saved, 900);
    assert_eq!(verdict(&saved, "draft.txt"), Verdict::Safe);
}

fn kill_after_an_early_ack(acks: Acks) -> Session {
    let mut session = with_policy(Policy { acks, ..Policy::default() }, &[NOTES]);
    write(&mut session, "one");
    write(&mut session, "two");
    run(&mut session, 30);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 900);
    session
}

#[test]
fn no_acks_and_a_failover() {
    let mut session = kill_after_an_early_ack(Acks::None);
    let found = explained(&session, "notes.txt");
    assert_eq!(kinds(&session, &found), ["UpdateAnswered", "OperationDone", "ServerKilled", "Promoted"]);
    assert!(
        found
            .summary
            .contains("only S1 had it on disk; then the disk of S1 was lost, and S2 became primary without it")
    );
    assert_eq!(changes(&session, "notes.txt"), [Change::AcksOf { replicas: 1 }]);
    assert_eq!(verdict(&kill_after_an_early_ack(Acks::Count(1)), "notes.txt"), Verdict::Safe);
    // Another write in the place of the lost one does not hide the loss.
    write(&mut session, "another");
    run(&mut session, 900);
    let found = explained(&session, "notes.txt");
    assert_eq!(kinds(&session, &found)[4], "OperationDone");
    assert!(found.steps[4].sentence.ends_with("It took the place of the lost v3."));
}

fn power_cut(ack_when: AckWhen) -> Session {
    let policy = Policy { ack_when, ..Policy::default() };
    let settings = WorldSettings { servers: vec![ZoneId(0); 3], policy, ..WorldSettings::default() };
    let mut session = session_with(settings, &[NOTES]);
    let condition = DiskCondition { slow_factor: 20, ..DiskCondition::default() };
    for server in [S1, S2, S3] {
        give(&mut session, Command::SetDisk { server, condition });
    }
    write(&mut session, "in memory only");
    // Long enough for acks of the same zone, and not for those of another one.
    run(&mut session, 35);
    give(&mut session, Command::ZoneOutage { zone: ZoneId(0) });
    run(&mut session, 300);
    give(&mut session, Command::ZoneReturn { zone: ZoneId(0) });
    run(&mut session, 900);
    session
}

#[test]
fn acks_of_what_is_in_memory_or_only_received_and_a_power_cut() {
    for when in [AckWhen::Received, AckWhen::InMemory] {
        let session = power_cut(when);
        let found = explained(&session, "notes.txt");
        assert_eq!(kinds(&session, &found), ["UpdateAnswered", "OperationDone", "ZoneFailed", "Promoted"]);
        assert!(found.steps[2].sentence.contains("in the memory of S1, S2 and S3, not on disk"));
        assert_eq!(changes(&session, "notes.txt"), [Change::AckOnDisk]);
    }
    assert_ne!(verdict(&power_cut(AckWhen::OnDisk), "notes.txt"), Verdict::LostAcknowledged);
}

#[test]
fn rot_without_checksums() {
    let rotten = |checksums: bool| {
        let mut session = with_policy(Policy { checksums, ..Policy::default() }, &[NOTES]);
        give(&mut session, Command::Rot { server: S1, file: "notes.txt".to_owned(), bit: 9 });
        read(&mut session, "notes.txt", ReadFrom::Primary);
        session
    };
    let session = rotten(false);
    let found = explained(&session, "notes.txt");
    assert_eq!(found.trouble, Trouble::Damaged);
    assert_eq!(kinds(&session, &found), ["OperationDone", "CopyRotted", "OperationFound"]);
    assert_eq!(changes(&session, "notes.txt"), [Change::Checksums]);
    let session = rotten(true);
    assert!(session.why("notes.txt").is_err(), "the copy was repaired and the read went well");
}

#[test]
fn rot_of_the_only_copy() {
    let mut session = with_policy(Policy::default(), &[DRAFT]);
    give(&mut session, Command::Rot { server: S1, file: "draft.txt".to_owned(), bit: 9 });
    run(&mut session, 300);
    let found = explained(&session, "draft.txt");
    assert_eq!(kinds(&session, &found), ["UpdateLogged", "OperationDone", "CopyRotted"]);
    let report = remedy(&session, "draft.txt");
    let found = report.remedy.expect("more copies save it");
    assert_eq!(found.changes, [Change::Copies { copies: 3 }]);
    assert_eq!(found.evidence.commands_skipped, 0, "the rot hits one of the copies");
}

#[test]
fn a_promotion_by_hand_of_a_server_that_lacks_updates() {
    let policy = Policy { failover: Failover::Manual, ..Policy::default() };
    let mut session = with_policy(policy, &[NOTES]);
    give(&mut session, Command::Crash { server: S3 });
    run(&mut session, 700);
    write(&mut session, "S3 lacks this");
    run(&mut session, 300);
    for server in [S1, S2] {
        give(&mut session, Command::Crash { server });
    }
    give(&mut session, Command::Restart { server: S3 });
    run(&mut session, 400);
    give(&mut session, Command::Promote { server: S3 });
    run(&mut session, 900);
    assert_eq!(verdict(&session, "notes.txt"), Verdict::Unavailable, "the disks of S1 and S2 may come back");
    write(&mut session, "in the place of it");
    run(&mut session, 900);
    let found = explained(&session, "notes.txt");
    let expected = ["UpdateAnswered", "OperationDone", "ServerCrashed", "PromotionAsked", "Promoted", "OperationDone"];
    assert_eq!(kinds(&session, &found), expected);
    let report = remedy(&session, "notes.txt");
    let found = report.alternative.expect("to wait for S1 or S2 keeps the update, and refuses the one in its place");
    assert_eq!(
        (found.changes.as_slice(), found.evidence.commands_skipped),
        ([Change::AutomaticFailover].as_slice(), 1)
    );
}

fn two_primaries(fencing: bool) -> Session {
    let policy = Policy { fencing, acks: Acks::Count(1), ..Policy::default() };
    let mut session = with_policy(policy, &[NOTES]);
    let client = NodeId::Client(ClientId(1));
    for (first, second) in
        [(NodeId::Server(S1), COORDINATOR), (client, COORDINATOR), (NodeId::Server(S1), NodeId::Server(S2))]
    {
        give(&mut session, Command::CutLink { first, second });
    }
    run(&mut session, 700);
    write(&mut session, "to the old primary, which S3 still follows");
    run(&mut session, 900);
    session
}

#[test]
fn two_primaries_without_fencing() {
    let session = two_primaries(false);
    let found = explained(&session, "notes.txt");
    assert_eq!(found.trouble, Trouble::Lost);
    assert!(kinds(&session, &found).contains(&"Promoted".to_owned()), "{found:#?}");
    assert!(
        found.steps.iter().any(|step| step.sentence.contains("without fencing, nobody refuses its updates")),
        "{found:#?}"
    );
    // Fencing alone keeps the client from being told ok, since it can't ask the coordinator; of three nodes it can ask
    // another one.
    let found = remedy(&session, "notes.txt");
    let alternative = found.alternative.expect("fencing alone helps, and withholds an ok");
    assert!(alternative.withholds);
    assert_eq!(alternative.changes, [Change::Fencing]);
    assert_eq!(found.remedy.expect("a remedy").changes, [Change::Fencing, Change::ThreeCoordinators]);
    assert_ne!(verdict(&two_primaries(true), "notes.txt"), Verdict::LostAcknowledged);
}

#[test]
fn all_in_sync_servers_killed() {
    let mut session = with_policy(Policy::default(), &[NOTES]);
    for server in [S1, S2, S3] {
        give(&mut session, Command::Kill { server });
    }
    run(&mut session, 300);
    let found = explained(&session, "notes.txt");
    assert!(found.summary.ends_with("then the disks of S1, S2 and S3 were lost."), "{}", found.summary);
    assert_eq!(found.steps.len(), 5);
    assert_eq!(changes(&session, "notes.txt"), [Change::OneMoreServer]);
}

#[test]
fn one_server_takes_two_changes() {
    let mut session = session_with(WorldSettings::with_servers(1), &[DRAFT]);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 300);
    let report = remedy(&session, "draft.txt");
    let found = report.remedy.map(|remedy| remedy.changes);
    assert_eq!(found, Some(vec![Change::Copies { copies: 2 }, Change::OneMoreServer]));
}

#[test]
fn no_settings_help_where_the_damage_is_everywhere() {
    let mut session = with_policy(Policy::default(), &[NOTES]);
    for server in [S1, S2, S3] {
        give(&mut session, Command::CutLink { first: NodeId::Client(ClientId(1)), second: NodeId::Server(server) });
    }
    read(&mut session, "notes.txt", ReadFrom::Primary);
    let search = Remedies::new(&session, "notes.txt").expect("the read failed").finish();
    assert_eq!((search.is_complete, search.runs), (false, 0));
    let report = remedy(&session, "notes.txt");
    assert_eq!(report.remedy, None);
    assert_eq!(report.sentence, "None of the changes that were tried saves notes.txt.");
    assert!(report.runs > 10);
}

fn last_in_sync(min_in_sync: usize) -> Session {
    let mut session = with_policy(Policy { min_in_sync, ..Policy::default() }, &[NOTES]);
    for server in [S2, S3] {
        give(&mut session, Command::Crash { server });
    }
    run(&mut session, 900);
    write(&mut session, "S1 alone");
    run(&mut session, 300);
    give(&mut session, Command::Kill { server: S1 });
    for server in [S2, S3] {
        give(&mut session, Command::Restart { server });
    }
    run(&mut session, 900);
    session
}

#[test]
fn the_in_sync_set_shrinks_to_the_primary_which_is_killed() {
    let session = last_in_sync(1);
    let found = explained(&session, "notes.txt");
    assert_eq!(
        kinds(&session, &found),
        ["ServerCrashed", "ServerCrashed", "InSyncChanged", "UpdateAnswered", "OperationDone", "ServerKilled"]
    );
    let report = remedy(&session, "notes.txt");
    assert_eq!(report.remedy.map(|found| (found.changes, found.withholds)), Some((vec![Change::OneMoreServer], false)));
    let found = report.alternative.expect("to refuse the write keeps what was acknowledged");
    assert_eq!(found.changes, [Change::MinInSync { servers: 2 }]);
    assert_eq!((found.evidence.before.acknowledged, found.evidence.with.acknowledged), (2, 1));
    assert_ne!(verdict(&last_in_sync(2), "notes.txt"), Verdict::LostAcknowledged);
}

fn degraded(when_short: WhenShort) -> Session {
    let policy = Policy { acks: Acks::Count(1), when_short, ..Policy::default() };
    let mut session = with_policy(policy, &[NOTES]);
    for other in [S2, S3] {
        give(&mut session, Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(other) });
    }
    write(&mut session, "S1 goes on alone");
    run(&mut session, 500);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 900);
    session
}

#[test]
fn semi_synchronous_replication_that_degraded() {
    let session = degraded(WhenShort::GoAsync { after: Span::from_millis(200) });
    let found = explained(&session, "notes.txt");
    assert_eq!(
        kinds(&session, &found),
        ["LinkCut", "LinkCut", "WentAsync", "UpdateAnswered", "OperationDone", "ServerKilled", "Promoted"]
    );
    // A fourth server is not cut off, and acknowledges. To wait costs less, and the client is then not told ok.
    let report = remedy(&session, "notes.txt");
    assert_eq!(report.remedy.map(|found| (found.changes, found.withholds)), Some((vec![Change::OneMoreServer], false)));
    let found = report.alternative.expect("to wait keeps what was acknowledged");
    assert_eq!((found.changes.as_slice(), found.withholds), ([Change::WaitForAcks].as_slice(), true));
    assert!(
        found
            .sentence
            .contains("The client then gets an ok for only 1 of the 2 changes to the file that got one here."),
        "{}",
        found.sentence
    );
    assert_ne!(verdict(&degraded(WhenShort::Wait), "notes.txt"), Verdict::LostAcknowledged);
}

#[test]
fn out_of_reach_without_a_coordinator() {
    let without = |coordinators: u8| {
        let settings = WorldSettings { coordinators, ..WorldSettings::with_servers(3) };
        let mut session = session_with(settings, &[NOTES]);
        give(&mut session, Command::CrashCoordinator { node: CoordinatorId(1) });
        give(&mut session, Command::Kill { server: S1 });
        run(&mut session, 900);
        session
    };
    let session = without(1);
    let found = explained(&session, "notes.txt");
    assert_eq!(found.trouble, Trouble::Unavailable);
    assert_eq!(kinds(&session, &found), ["OperationDone", "CoordinatorCrashed", "ServerKilled"]);
    assert_eq!(changes(&session, "notes.txt"), [Change::ThreeCoordinators]);
    assert_eq!(verdict(&without(3), "notes.txt"), Verdict::Safe);
}

fn crashed(policy: Policy, servers: &[ServerId]) -> Session {
    let mut session = with_policy(policy, &[NOTES]);
    for server in servers {
        give(&mut session, Command::Crash { server: *server });
    }
    run(&mut session, 900);
    session
}

#[test]
fn out_of_reach_without_a_candidate() {
    let session = crashed(Policy { acks: Acks::Count(1), ..Policy::default() }, &[S1, S2]);
    let found = explained(&session, "notes.txt");
    assert_eq!(kinds(&session, &found), ["OperationDone", "ServerCrashed", "ServerCrashed", "NoCandidate"]);
    assert_eq!(changes(&session, "notes.txt"), [Change::AcksOfAll]);
    let saved = crashed(Policy::default(), &[S1, S2]);
    assert_eq!(verdict(&saved, "notes.txt"), Verdict::AtRisk);
}

#[test]
fn out_of_reach_while_all_are_down() {
    let session = crashed(Policy::default(), &[S1, S2, S3]);
    let found = explained(&session, "notes.txt");
    assert_eq!(kinds(&session, &found), ["OperationDone", "ServerCrashed", "ServerCrashed", "ServerCrashed"]);
    assert_eq!(changes(&session, "notes.txt"), [Change::OneMoreServer]);
}

#[test]
fn out_of_reach_until_an_operator_acts() {
    let session = crashed(Policy { failover: Failover::Manual, ..Policy::default() }, &[S1]);
    let found = explained(&session, "notes.txt");
    assert_eq!(kinds(&session, &found), ["OperationDone", "ServerCrashed", "WaitsForOperator"]);
    assert_eq!(changes(&session, "notes.txt"), [Change::AutomaticFailover]);
    assert_eq!(verdict(&crashed(Policy::default(), &[S1]), "notes.txt"), Verdict::Safe);
}

fn behind() -> Session {
    let mut session = with_policy(Policy::default(), &[NOTES]);
    for other in [NodeId::Server(S1), NodeId::Server(S2), COORDINATOR] {
        give(&mut session, Command::CutLink { first: NodeId::Server(S3), second: other });
    }
    run(&mut session, 900);
    write(&mut session, "S3 does not get this");
    run(&mut session, 300);
    session
}

#[test]
fn a_stale_read_at_a_replica() {
    let mut session = behind();
    let copy = explained(&session, "notes.txt");
    assert_eq!((copy.trouble, kinds(&session, &copy)[0].as_str()), (Trouble::Stale, "LinkCut"));
    read(&mut session, "notes.txt", ReadFrom::Server(S3));
    let found = explained(&session, "notes.txt");
    assert_eq!(found.trouble, Trouble::Stale);
    assert_eq!(kinds(&session, &found), ["LinkCut", "InSyncChanged", "OperationDone", "OperationFound"]);
    assert!(found.steps[3].sentence.ends_with("The answer came from S3, which had only v1."));
    assert_eq!(changes(&session, "notes.txt"), [Change::ReadFromPrimary]);
    let operation = session.view().operations.last().expect("the read").id;
    assert_eq!(session.why_operation(operation), Ok(found));
    read(&mut session, "notes.txt", ReadFrom::Primary);
    let operation = session.view().operations.last().expect("the read").id;
    assert!(matches!(session.why_operation(operation), Err(WhyError::NothingWrong(_))));
}

#[test]
fn never_acknowledged_and_lost() {
    let mut session = with_policy(Policy::default(), &[NOTES]);
    for other in [NodeId::Server(S2), NodeId::Server(S3), COORDINATOR] {
        give(&mut session, Command::CutLink { first: NodeId::Server(S1), second: other });
    }
    let content = Content::new(b"nobody else gets this");
    give(&mut session, Command::Write { file: "new.txt".to_owned(), content, placement: Placement::EveryServer });
    run(&mut session, 900);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 300);
    assert_eq!(verdict(&session, "new.txt"), Verdict::LostUnacknowledged);
    let found = explained(&session, "new.txt");
    assert_eq!(found.trouble, Trouble::LostUnacknowledged);
    assert_eq!(kinds(&session, &found), ["LinkCut", "UpdateLogged", "Promoted", "OperationUnknown", "ServerKilled"]);
    assert!(found.summary.contains("was never acknowledged"), "{}", found.summary);
}

#[test]
fn a_write_that_was_refused() {
    let mut session = with_policy(Policy { min_in_sync: 3, ..Policy::default() }, &[NOTES]);
    give(&mut session, Command::Crash { server: S3 });
    run(&mut session, 900);
    write(&mut session, "too few");
    run(&mut session, 900);
    let found = explained(&session, "notes.txt");
    assert_eq!(found.trouble, Trouble::Failed);
    assert_eq!(kinds(&session, &found), ["ServerCrashed", "InSyncChanged", "OperationStarted", "OperationRefused"]);
}

#[test]
fn nothing_to_explain() {
    let session = with_policy(Policy::default(), &[NOTES]);
    assert_eq!(session.why("notes.txt"), Err(WhyError::NothingWrong("notes.txt".to_owned())));
    assert_eq!(session.why("none.txt"), Err(WhyError::NoSuchFile("none.txt".to_owned())));
}

/// A run with random faults under a random policy.
fn random_run(seed: u64) -> Session {
    let mut stream = Streams::new(seed).stream(Purpose::DiskSync, (9, 9));
    let mut pick = |below: u64| stream.below(below);
    let policy = Policy {
        acks: [Acks::None, Acks::Count(1), Acks::All][usize::try_from(pick(3)).expect("small")],
        ack_when: [AckWhen::Received, AckWhen::InMemory, AckWhen::OnDisk][usize::try_from(pick(3)).expect("small")],
        fencing: pick(2) == 0,
        checksums: pick(2) == 0,
        window: 1 + usize::try_from(pick(3)).expect("small"),
        ..Policy::default()
    };
    let mut session = with_policy(policy, &[NOTES, DRAFT, ("ring.txt", Placement::Ring { factor: 2 })]);
    for round in 0..30 {
        let server = ServerId(1 + u16::try_from(pick(3)).expect("small"));
        let other = NodeId::Server(ServerId(1 + server.0 % 3));
        let file = ["notes.txt", "draft.txt", "ring.txt"][usize::try_from(pick(3)).expect("small")].to_owned();
        let content = Content::new(format!("round {round}").as_bytes());
        let command = match pick(14) {
            0 => Command::Crash { server },
            1 => Command::Kill { server },
            2 | 3 => Command::Restart { server },
            4 => Command::Pause { server },
            5 => Command::Resume { server },
            6 => Command::CutLink { first: NodeId::Server(server), second: other },
            7 => Command::HealAll,
            8 => Command::Rot { server, file, bit: pick(100) },
            9 => Command::Read { file, from: ReadFrom::Server(server) },
            10 => Command::Promote { server },
            _ => Command::Write { file, content, placement: Placement::EveryServer },
        };
        // What can't be done as things stand is not done.
        let _ = session.apply(command);
        run(&mut session, pick(200));
    }
    session
}

#[test]
fn random_runs_are_explained_by_real_events() {
    let (mut lost, mut explanations) = (0, 0);
    for seed in 0..150 {
        let session = random_run(seed);
        for row in session.view().ledger.rows {
            let must =
                matches!(row.verdict, Verdict::LostAcknowledged | Verdict::LostUnacknowledged | Verdict::Unavailable);
            match session.why(&row.name) {
                Ok(found) => {
                    explanations += 1;
                    lost += usize::from(found.trouble == Trouble::Lost);
                    assert!((1..=11).contains(&found.steps.len()), "seed {seed}: {found:#?}");
                    assert!(found.steps.windows(2).all(|pair| pair[0].event < pair[1].event), "seed {seed}");
                    for step in &found.steps {
                        let event = session.events().find(step.event).expect("a real event");
                        assert!(step.sentence.starts_with(&session.sentence(&event)), "seed {seed}: {}", step.sentence);
                    }
                    let unfounded = found.summary.contains("no server that may serve it has it");
                    assert!(!unfounded, "seed {seed}: {} {found:#?}", row.reason);
                }
                Err(error) => assert!(!must, "seed {seed}: {error}, but {:?}: {}", row.verdict, row.reason),
            }
        }
    }
    assert!(lost > 20 && explanations > 100, "{lost} of {explanations}");
}

#[test]
fn what_happened_is_explained_by_the_policy_that_held_then() {
    let mut session = two_primaries(false);
    let before = explained(&session, "notes.txt");
    give(&mut session, Command::SetPolicy { changes: vec![PolicyChange::Fencing(true)] });
    run(&mut session, 100);
    let after = explained(&session, "notes.txt");
    assert_eq!((&after.summary, &after.steps), (&before.summary, &before.steps));
    assert!(
        after.steps.iter().any(|step| step.sentence.contains("without fencing, nobody refuses its updates")),
        "{after:#?}"
    );

    let mut session = with_policy(Policy { min_in_sync: 3, ..Policy::default() }, &[NOTES]);
    give(&mut session, Command::Crash { server: S3 });
    run(&mut session, 900);
    write(&mut session, "too few");
    run(&mut session, 900);
    let before = explained(&session, "notes.txt").summary;
    assert!(before.contains("fewer servers were in sync than the 3"), "{before}");
    give(&mut session, Command::SetPolicy { changes: vec![PolicyChange::MinInSync(1)] });
    assert_eq!(explained(&session, "notes.txt").summary, before);
}

#[test]
fn more_acks_than_there_were_replicas_are_told_when_fewer_are_needed_by_now() {
    let mut session = with_policy(Policy { acks: Acks::Count(2), ..Policy::default() }, &[]);
    let content = Content::new(b"x");
    let command = Command::Write { file: "b".to_owned(), content, placement: Placement::Ring { factor: 2 } };
    give(&mut session, command);
    run(&mut session, 4_000);
    let before = explained(&session, "b").summary;
    assert!(before.ends_with("the policy waits for the acks of 2 replicas, but the file has only 1."), "{before}");
    give(&mut session, Command::SetPolicy { changes: vec![PolicyChange::Acks(Acks::Count(1))] });
    assert_eq!(explained(&session, "b").summary, before);
}

#[test]
fn what_would_have_kept_a_copy_fresh_keeps_it_fresh() {
    let scenario = Scenario::by_slug("stale-reads").expect("it is built in");
    let stale = |session: &Session| {
        let rows = session.view().ledger.rows;
        let row = rows.iter().find(|row| row.name == "w0001.txt").expect("it is written");
        row.copies.iter().filter(|(_, health)| *health == CopyHealth::Stale).count()
    };
    let mut session = Session::new(scenario, scenario.seed);
    run(&mut session, 1_100);
    let found = explained(&session, "w0001.txt");
    assert!(found.summary.starts_with("The copy of w0001.txt on S3 is stale"), "{}", found.summary);
    assert_eq!(stale(&session), 1);
    let report = remedy(&session, "w0001.txt");
    let remedies: Vec<_> = report.remedy.iter().chain(&report.alternative).collect();
    assert!(!remedies.is_empty(), "{}", report.sentence);
    for remedy in remedies {
        let set = |with: Scenario, setting: &Override| with.set(&setting.key, &setting.value).expect("it can be set");
        let with = remedy.settings.iter().fold(Scenario::clone(scenario), set);
        let mut again = Session::new(&Arc::new(with), scenario.seed);
        run(&mut again, 1_100);
        assert_eq!(stale(&again), 0, "{}", remedy.sentence);
    }
}
