//! Random faults against what the protocol promises: many seeds, every invariant after every command.
//!
//! A failure prints its seed; `REPLICARIUM_SEED=7 cargo test --no-default-features --test random` runs that
//! seed alone, and `REPLICARIUM_SEEDS=100000` runs more of them.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::BTreeMap;

use replicarium::check::Verdict;
use replicarium::replication::Epoch;
use replicarium::session::{Scenario, Session};
use replicarium::sim::{Content, CoordinatorId, NodeId, Purpose, ServerId, Span, Stream, Streams};
use replicarium::world::{Command, EventKind, Placement, Role, ServerStatus, View};

const COORDINATOR: NodeId = NodeId::Coordinator(CoordinatorId(1));
const COMMANDS_A_RUN: u64 = 40;

fn number_from_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().expect("the variable is a number"))
}

fn for_each_seed(default_count: u64, run: impl Fn(u64)) {
    if let Some(seed) = number_from_environment("REPLICARIUM_SEED") {
        return run(seed);
    }
    let count = number_from_environment("REPLICARIUM_SEEDS").unwrap_or(default_count);
    for seed in 0..count {
        let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| run(seed)));
        if let Err(panic) = result {
            eprintln!("seed {seed} failed; REPLICARIUM_SEED={seed} cargo test --no-default-features --test random");
            std::panic::resume_unwind(panic);
        }
    }
}

fn pick<T: Copy>(stream: &mut Stream, of: &[T]) -> T {
    of[usize::try_from(stream.below(of.len() as u64)).expect("an index fits")]
}

fn random_node(stream: &mut Stream, view: &View) -> NodeId {
    let mut nodes: Vec<NodeId> = view.servers.iter().map(|server| NodeId::Server(server.id)).collect();
    nodes.push(COORDINATOR);
    pick(stream, &nodes)
}

fn random_command(stream: &mut Stream, view: &View, with_kills: bool) -> Command {
    let servers: Vec<ServerId> = view.servers.iter().map(|server| server.id).collect();
    let server = pick(stream, &servers);
    let all_well = view.servers.iter().all(|server| matches!(server.role, Role::Primary | Role::Replica))
        && view.servers.iter().filter(|server| server.role == Role::Primary).count() == 1;
    match stream.below(10) {
        0..=3 => {
            let file = pick(stream, &["notes.txt", "more.txt", "third.txt"]).to_owned();
            let text = format!("{} {}", view.now, stream.next_u64());
            Command::Write { file, content: Content::new(text.as_bytes()), placement: Placement::EveryServer }
        }
        4 => Command::Crash { server },
        // A disk is lost only while every other in-sync server has all that was acknowledged.
        5 if with_kills && all_well => Command::Kill { server },
        5 | 6 => Command::Restart { server },
        7 => Command::CutLink { first: NodeId::Server(server), second: random_node(stream, view) },
        8 => Command::HealLink { first: NodeId::Server(server), second: random_node(stream, view) },
        _ => Command::Delete { file: "third.txt".to_owned() },
    }
}

/// Checks what must hold at every moment, whatever happened.
fn check_always(session: &Session) {
    let violations: Vec<String> = session.violations().iter().map(ToString::to_string).collect();
    assert!(violations.is_empty(), "{violations:#?}\n{}", story(session));
    let mut primary_of: BTreeMap<Epoch, ServerId> = BTreeMap::new();
    let mut last = None;
    for event in session.events() {
        assert!(last < Some(event.id), "ids grow");
        last = Some(event.id);
        assert!(event.cause.is_none_or(|cause| cause < event.id), "a cause comes before its effect");
        assert!(session.sentence(event).ends_with(['.', '?']), "every event has its sentence: {event:?}");
        if let EventKind::BecamePrimary { server, epoch, .. } = event.kind {
            let known = *primary_of.entry(epoch).or_insert(server);
            assert_eq!(known, server, "two primaries in epoch {epoch}");
        }
    }
}

fn check_nothing_lost(session: &Session) {
    for row in session.view().ledger.rows {
        assert_ne!(row.verdict, Verdict::LostAcknowledged, "{}: {}\n{}", row.name, row.reason, story(session));
    }
}

/// Ends all faults and waits; then every server must have the same.
fn heal_and_check_convergence(session: &mut Session) {
    let view = session.view();
    for link in view.links.iter().filter(|link| link.cut) {
        session.apply(Command::HealLink { first: link.first, second: link.second }).expect("a cut link heals");
    }
    for server in view.servers.iter().filter(|server| server.status != ServerStatus::Up) {
        session.apply(Command::Restart { server: server.id }).expect("a server that is down starts");
    }
    session.advance(session.now() + Span::from_millis(5_000));
    assert_eq!(session.check_settled(), [], "{}", story(session));
    let view = session.view();
    let contents = |index: usize| -> Vec<_> {
        view.servers[index].copies.iter().map(|copy| (copy.name.clone(), copy.version, copy.content.clone())).collect()
    };
    for index in 1..view.servers.len() {
        assert_eq!(contents(index), contents(0), "the servers differ after all faults have ended\n{}", story(session));
    }
    assert!(view.coordinator.primary.is_some(), "there is a primary once all faults have ended");
    assert_eq!(view.coordinator.in_sync.len(), view.servers.len(), "all servers are in sync again");
}

fn run(seed: u64, slug: &str, with_kills: bool) {
    let mut stream = Streams::new(seed).stream(Purpose::DiskSync, (u64::MAX, 0));
    let mut session = Session::new(Scenario::by_slug(slug).expect("a built-in scenario"), seed);
    if stream.below(2) == 0 {
        session.apply(Command::AddServer { zone: None }).expect("a fourth server");
    }
    session.apply(Command::Delete { file: "draft.txt".to_owned() }).ok();
    session.advance(session.now() + Span::from_millis(900));
    for _ in 0..COMMANDS_A_RUN {
        let command = random_command(&mut stream, &session.view(), with_kills);
        // A command that can't be carried out as things stand is refused: that is part of the test.
        session.apply(command).ok();
        session.advance(session.now() + Span::from_micros(stream.below(150_000)));
        check_nothing_lost(&session);
    }
    check_always(&session);
    heal_and_check_convergence(&mut session);
    check_nothing_lost(&session);
    check_always(&session);
}

#[test]
fn crashes_and_partitions_lose_nothing_that_was_acknowledged() {
    for_each_seed(300, |seed| run(seed, "three-copies", false));
    for_each_seed(100, |seed| run(seed, "ack-all-window", false));
}

#[test]
fn one_lost_disk_at_a_time_loses_nothing_that_was_acknowledged() {
    for_each_seed(300, |seed| run(seed, "ack-all-window", true));
}

#[test]
fn links_of_random_runs_lead_to_the_same_trace() {
    for_each_seed(30, |seed| {
        let mut stream = Streams::new(seed).stream(Purpose::LinkLatency, (u64::MAX, 1));
        let mut session = Session::new(&Scenario::all()[0], seed);
        for _ in 0..COMMANDS_A_RUN {
            let command = random_command(&mut stream, &session.view(), true);
            session.apply(command).ok();
            session.advance(session.now() + Span::from_micros(stream.below(150_000)));
        }
        let reopened = Session::from_link(&session.to_link()).expect("a session's own link opens");
        assert_eq!(reopened.trace_hash(), session.trace_hash());
    });
}

/// What happened, for someone who has to find out why.
fn story(session: &Session) -> String {
    let news = session.events().iter().filter(|event| event.importance() > replicarium::world::Importance::Routine);
    news.map(|event| format!("{} {}", event.at, session.sentence(event))).collect::<Vec<_>>().join("\n")
}
