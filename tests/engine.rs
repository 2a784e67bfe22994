//! The engine through its only door: the same tests run natively, in Node and in Chrome.

use replicarium::check::Verdict;
use replicarium::replication::Version;
use replicarium::session::{Scenario, Session};
use replicarium::sim::{Content, CoordinatorId, NodeId, ServerId, Span};
use replicarium::world::{Command, Importance, OperationKind, OutcomeView, Placement, ReadFrom, Role, View};
use wasm_bindgen_test::wasm_bindgen_test;

const COORDINATOR: NodeId = NodeId::Coordinator(CoordinatorId(1));
const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);

fn opened(slug: &str, seed: u64) -> Session {
    Session::new(Scenario::by_slug(slug).expect("a built-in scenario"), seed)
}

fn run(session: &mut Session, milliseconds: u64) {
    session.advance(session.now() + Span::from_millis(milliseconds));
}

fn give(session: &mut Session, command: Command) {
    session.apply(command).expect("the command can be carried out");
}

fn write(session: &mut Session, file: &str, text: &str) {
    let content = Content::new(text.as_bytes());
    give(session, Command::Write { file: file.to_owned(), content, placement: Placement::EveryServer });
}

fn read(session: &mut Session, file: &str, from: ReadFrom) -> OutcomeView {
    give(session, Command::Read { file: file.to_owned(), from });
    run(session, 900);
    let view = session.view();
    view.operations.last().expect("the read").outcome.clone()
}

fn verdict(view: &View, file: &str) -> Verdict {
    view.ledger.rows.iter().find(|row| row.name == file).expect("the file has a row").verdict
}

fn role(view: &View, server: ServerId) -> Role {
    view.servers.iter().find(|found| found.id == server).expect("the server is there").role
}

fn version(view: &View, server: ServerId, file: &str) -> Option<Version> {
    let found = view.servers.iter().find(|found| found.id == server).expect("the server is there");
    found.copies.iter().find(|copy| copy.name == file).map(|copy| copy.version)
}

fn print_trace(session: &Session) -> String {
    let news = session.events().iter().filter(|event| event.importance() != Importance::Routine);
    news.map(|event| format!("{} {}", event.at, session.sentence(&event))).collect::<Vec<_>>().join("\n")
}

#[wasm_bindgen_test(unsupported = test)]
fn the_opening_is_replicated_and_its_single_copy_is_at_risk() {
    let view = opened("three-copies", 61).view();
    assert_eq!(role(&view, S1), Role::Primary);
    assert_eq!((role(&view, S2), role(&view, S3)), (Role::Replica, Role::Replica));
    assert_eq!(verdict(&view, "notes.txt"), Verdict::Safe);
    assert_eq!(verdict(&view, "draft.txt"), Verdict::AtRisk);
}

#[wasm_bindgen_test(unsupported = test)]
fn killing_the_primary_fails_over_and_loses_only_the_single_copy() {
    let mut session = opened("three-copies", 61);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 600);
    let view = session.view();
    assert_eq!(role(&view, S2), Role::Primary, "{}", print_trace(&session));
    assert_eq!(view.coordinator.epoch.0, 2);
    assert_eq!(verdict(&view, "notes.txt"), Verdict::Safe);
    assert_eq!(verdict(&view, "draft.txt"), Verdict::LostAcknowledged);
    let OutcomeView::Ok { content: Some(content), .. } = read(&mut session, "notes.txt", ReadFrom::Primary) else {
        panic!("the read is answered")
    };
    assert!(content.bytes().starts_with(b"Three servers keep this note."));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_killed_server_that_returns_is_caught_up_and_let_in() {
    let mut session = opened("three-copies", 7);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 600);
    write(&mut session, "notes.txt", "second");
    run(&mut session, 300);
    give(&mut session, Command::Restart { server: S1 });
    run(&mut session, 600);
    let view = session.view();
    assert_eq!(role(&view, S1), Role::Replica, "{}", print_trace(&session));
    assert_eq!(version(&view, S1, "notes.txt"), Some(Version(2)));
}

#[wasm_bindgen_test(unsupported = test)]
fn with_a_window_of_one_the_ack_allows_the_next_update() {
    let mut session = opened("three-copies", 3);
    for text in ["a", "b", "c"] {
        write(&mut session, "notes.txt", text);
    }
    run(&mut session, 20);
    let waiting = session.view().servers[0].waiting.clone().expect("updates wait");
    assert_eq!((waiting.queued, waiting.acks, waiting.acks_needed), (2, 0, 2));
    run(&mut session, 600);
    let view = session.view();
    assert!(view.servers[0].waiting.is_none());
    assert_eq!(version(&view, S3, "notes.txt"), Some(Version(4)));
}

#[wasm_bindgen_test(unsupported = test)]
fn one_ack_is_enough_where_the_policy_says_so() {
    for (slug, expected) in [("ack-one", Some(Version(2))), ("three-copies", Some(Version(1)))] {
        let mut session = opened(slug, 13);
        give(&mut session, Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(S3) });
        write(&mut session, "notes.txt", "S2 alone acknowledges this in time");
        run(&mut session, 120);
        let acknowledged = session.view().ledger.rows[0].acknowledged;
        assert_eq!(acknowledged, expected, "{slug}: {}", print_trace(&session));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_most_up_to_date_replica_is_promoted() {
    let mut session = opened("ack-one", 13);
    give(&mut session, Command::CutLink { first: NodeId::Server(S1), second: NodeId::Server(S2) });
    write(&mut session, "notes.txt", "only S3 gets this");
    run(&mut session, 120);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 600);
    assert_eq!(role(&session.view(), S3), Role::Primary, "{}", print_trace(&session));
    assert_eq!(verdict(&session.view(), "notes.txt"), Verdict::Safe);
}

#[wasm_bindgen_test(unsupported = test)]
fn without_acks_a_failover_loses_what_was_acknowledged() {
    let mut session = opened("ack-none", 5);
    write(&mut session, "notes.txt", "the first waits for nobody");
    write(&mut session, "notes.txt", "the second waits for the ack of the first");
    // Both are on the primary's disk and acknowledged long before a replica's ack can come back.
    run(&mut session, 30);
    assert_eq!(session.view().ledger.rows[0].acknowledged, Some(Version(3)), "{}", print_trace(&session));
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 600);
    let view = session.view();
    assert_eq!(verdict(&view, "notes.txt"), Verdict::LostAcknowledged, "{}", print_trace(&session));
    assert_eq!(version(&view, S2, "notes.txt"), Some(Version(2)));
}

#[wasm_bindgen_test(unsupported = test)]
fn the_old_primary_cuts_off_its_unacknowledged_tail() {
    let mut session = opened("three-copies", 11);
    for other in [NodeId::Server(S2), NodeId::Server(S3), COORDINATOR] {
        give(&mut session, Command::CutLink { first: NodeId::Server(S1), second: other });
    }
    write(&mut session, "notes.txt", "nobody else will see this");
    run(&mut session, 900);
    assert_eq!(role(&session.view(), S1), Role::Primary, "cut off, it still believes to be primary");
    assert_eq!(role(&session.view(), S2), Role::Primary);
    let unknown = session.view().operations.last().map(|operation| operation.outcome.clone());
    assert_eq!(unknown, Some(OutcomeView::Unknown));
    write(&mut session, "notes.txt", "the second reign");
    run(&mut session, 900);
    for other in [NodeId::Server(S2), NodeId::Server(S3), COORDINATOR] {
        give(&mut session, Command::HealLink { first: NodeId::Server(S1), second: other });
    }
    run(&mut session, 900);
    let view = session.view();
    assert_eq!(role(&view, S1), Role::Replica, "{}", print_trace(&session));
    assert!(print_trace(&session).contains("dropped 1 update that the primary does not have"));
    let content = |server: usize| view.servers[server].copies[0].content.clone();
    assert_eq!(content(0), content(1));
    assert_eq!(content(0), content(2));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_replica_that_lags_beyond_the_log_gets_a_full_copy() {
    let mut session = opened("ack-all-window", 2);
    give(&mut session, Command::Crash { server: S3 });
    run(&mut session, 400);
    for index in 0..80 {
        write(&mut session, "notes.txt", &index.to_string());
    }
    run(&mut session, 3_000);
    give(&mut session, Command::Restart { server: S3 });
    run(&mut session, 900);
    assert!(print_trace(&session).contains("S3 installed a full copy"));
    assert_eq!(version(&session.view(), S3, "notes.txt"), version(&session.view(), S1, "notes.txt"));
    assert_eq!(role(&session.view(), S3), Role::Replica);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_file_comes_back_byte_for_byte_after_the_primary_is_gone() {
    let mut session = opened("three-copies", 9);
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|index| index.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let content = Content::new(&bytes);
    give(&mut session, Command::Write { file: "photo.png".to_owned(), content, placement: Placement::EveryServer });
    run(&mut session, 400);
    give(&mut session, Command::Kill { server: S1 });
    let OutcomeView::Ok { content: Some(content), .. } = read(&mut session, "photo.png", ReadFrom::Primary) else {
        panic!("the read is answered after the failover: {}", print_trace(&session))
    };
    assert_eq!(content.bytes(), bytes);
}

#[wasm_bindgen_test(unsupported = test)]
fn deleting_is_replicated_too() {
    let mut session = opened("three-copies", 9);
    give(&mut session, Command::Delete { file: "notes.txt".to_owned() });
    run(&mut session, 300);
    let view = session.view();
    assert_eq!(verdict(&view, "notes.txt"), Verdict::Deleted);
    assert_eq!(version(&view, S2, "notes.txt"), None);
    assert_eq!(view.operations.last().map(|operation| operation.kind), Some(OperationKind::Delete));
}

#[wasm_bindgen_test(unsupported = test)]
fn servers_come_and_go() {
    let mut session = opened("three-copies", 21);
    give(&mut session, Command::AddServer { zone: None });
    run(&mut session, 600);
    assert_eq!(role(&session.view(), ServerId(4)), Role::Replica, "{}", print_trace(&session));
    assert_eq!(version(&session.view(), ServerId(4), "notes.txt"), Some(Version(1)));
    let refused = session.apply(Command::RemoveServer { server: S1 });
    assert!(refused.is_err_and(|error| error.to_string().contains("the only copy of draft.txt")));
    give(&mut session, Command::Delete { file: "draft.txt".to_owned() });
    run(&mut session, 300);
    give(&mut session, Command::RemoveServer { server: S1 });
    run(&mut session, 600);
    assert_eq!(role(&session.view(), S2), Role::Primary, "{}", print_trace(&session));
    assert_eq!(verdict(&session.view(), "notes.txt"), Verdict::Safe);
}

/// A run with everything in it, for the hash.
fn eventful(seed: u64) -> Session {
    let mut session = opened("three-copies", seed);
    write(&mut session, "notes.txt", "one");
    run(&mut session, 25);
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 500);
    write(&mut session, "more.txt", "two");
    give(&mut session, Command::CutLink { first: NodeId::Server(S2), second: NodeId::Server(S3) });
    run(&mut session, 700);
    give(&mut session, Command::HealLink { first: NodeId::Server(S2), second: NodeId::Server(S3) });
    give(&mut session, Command::Restart { server: S1 });
    run(&mut session, 900);
    session
}

#[wasm_bindgen_test(unsupported = test)]
fn the_trace_has_the_golden_hash_on_every_target() {
    assert_eq!(eventful(61).trace_hash(), GOLDEN_HASH);
}

const GOLDEN_HASH: &str = "60054513d20cf0679f4cf788f9a9dd0b50f7b3a38fb6937e42d59d0dd0bd96c4";

#[wasm_bindgen_test(unsupported = test)]
fn a_link_leads_to_the_same_moment() {
    let session = eventful(61);
    let reopened = Session::from_link(&session.to_link()).expect("the link opens");
    assert_eq!(reopened.trace_hash(), session.trace_hash());
    assert_eq!(reopened.view(), session.view());
}

/// A server that goes on has to do at once what came due meanwhile, and the next command is of the same moment.
#[wasm_bindgen_test(unsupported = test)]
fn commands_of_one_moment_have_the_same_effect_when_they_are_repeated() {
    let mut session = opened("three-copies", 61);
    run(&mut session, 100);
    give(&mut session, Command::Pause { server: S1 });
    run(&mut session, 100);
    give(&mut session, Command::Resume { server: S1 });
    give(&mut session, Command::Crash { server: S2 });
    give(&mut session, Command::Crash { server: S1 });
    run(&mut session, 1_000);
    let (hash, end) = (session.trace_hash(), session.now());
    session.seek(session.start());
    session.seek(end);
    assert_eq!(session.trace_hash(), hash);
}

#[wasm_bindgen_test(unsupported = test)]
fn seeking_back_and_forth_changes_nothing() {
    let mut session = eventful(17);
    let (end, hash, view) = (session.now(), session.trace_hash(), session.view());
    for milliseconds in [0, 433, 1_500, 900, 2_100] {
        session.seek(session.start() + Span::from_millis(milliseconds));
    }
    session.seek(end);
    assert_eq!(session.trace_hash(), hash);
    assert_eq!(session.view(), view);
}

#[wasm_bindgen_test(unsupported = test)]
fn damaged_links_are_refused_with_a_sentence() {
    let link = eventful(1).to_link();
    for damaged in ["", "r2.", "r1.abc", "r2.%%%", "r2.AAAA", &link[..link.len() / 2], &link.replace('b', "c")] {
        let error = Session::from_link(damaged).expect_err("the link is damaged").to_string();
        assert!(error.len() > 20, "{error}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_run_that_no_link_can_hold_is_told_rather_than_given_a_wrong_link() {
    let mut session = opened("three-copies", 61);
    let link = session.to_checked_link().expect("a fresh run has a link");
    assert_eq!(link, session.to_link());
    // Just small enough to travel as they are, and too many of them.
    let text = "x".repeat(8 * 1024);
    for number in 0..260 {
        write(&mut session, &format!("{number}.txt"), &text);
    }
    let error = session.to_checked_link().expect_err("the files are too much").to_string();
    assert_eq!(error, "the link asks for more than a run may have: more than 2 MiB of files and commands");
    assert!(Session::from_link(&session.to_link()).is_err());

    let mut changed = Scenario::clone(session.scenario());
    changed.settings.policy.window += 1;
    let session = Session::new(&std::sync::Arc::new(changed), 61);
    let error = session.to_checked_link().expect_err("the text says otherwise").to_string();
    assert!(error.starts_with("the scenario three-copies was changed"), "{error}");
}
