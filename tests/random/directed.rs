//! Short runs that lead straight to what random runs meet too seldom: each keeps what was acknowledged, unless one
//! rule is taken out.

use std::sync::Arc;

use replicarium::check::Verdict;
use replicarium::replication::mutation::{Mutation, break_on_purpose};
use replicarium::session::{Scenario, Session};
use replicarium::sim::{ClientId, Content, CoordinatorId, DiskCondition, NodeId, ServerId, Span};
use replicarium::world::{Command, Placement, WorldSettings};

const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);
const COORDINATOR: CoordinatorId = CoordinatorId(1);

/// The rules for which there is such a run, and its commands, each with the milliseconds until the next.
pub fn runs() -> Vec<(Mutation, Vec<(Command, u64)>)> {
    vec![
        (Mutation::ForgetForgetful, forgotten_holder()),
        (Mutation::ForgetDeparted, departed_holder()),
        (Mutation::CountNewDisk, new_disk()),
        (Mutation::PromiseBeforeDisk, promise_that_a_crash_takes_back()),
        (Mutation::SendRotten, damaged_full_copy()),
    ]
}

/// What is wrong in the end, if anything is.
pub fn complaint(mutation: Option<Mutation>, commands: &[(Command, u64)]) -> Option<String> {
    break_on_purpose(mutation);
    let mut session = Session::new(&Arc::new(scenario()), 1);
    session.advance(session.now() + Span::from_millis(500));
    for (command, wait_ms) in commands {
        session.apply(command.clone()).expect("the command can be carried out");
        session.advance(session.now() + Span::from_millis(*wait_ms));
    }
    session.advance(session.now() + Span::from_millis(1_000));
    break_on_purpose(None);
    if let Some(violation) = session.violations().first() {
        return Some(violation.invariant.name().to_owned());
    }
    let lost = session.view().ledger.rows.into_iter().find(|row| row.verdict == Verdict::LostAcknowledged);
    lost.map(|_| "the ledger".to_owned())
}

/// Three servers, one ack from a disk, a short log, and nobody whose copies are made anew elsewhere.
fn scenario() -> Scenario {
    let mut scenario = Scenario::clone(Scenario::by_slug("ack-one").expect("a built-in scenario"));
    scenario.settings = WorldSettings { policy: scenario.settings.policy, ..WorldSettings::with_servers(3) };
    scenario.settings.policy.window = 8;
    scenario.settings.policy.log_limit = 2;
    scenario.settings.policy.repair_after = Span::from_millis(60_000);
    scenario.plan.clear();
    scenario.expectations.clear();
    scenario
}

fn cut(first: impl Into<NodeId>, second: impl Into<NodeId>) -> Command {
    Command::CutLink { first: first.into(), second: second.into() }
}

fn write() -> Command {
    write_to("notes.txt")
}

fn write_to(file: &str) -> Command {
    let content = Content::new(b"a write that is acknowledged");
    Command::Write { file: file.to_owned(), content, placement: Placement::EveryServer }
}

fn disk(server: ServerId, full: bool, slow_factor: u16) -> Command {
    Command::SetDisk { server, condition: DiskCondition { full, slow_factor } }
}

/// S2 alone has acknowledged and loses its disk. While S1 is down S3, which never had the update, must not reign.
fn forgotten_holder() -> Vec<(Command, u64)> {
    vec![
        (cut(S1, S3), 200),
        (write(), 200),
        (cut(S1, S2), 200),
        (Command::Kill { server: S2 }, 200),
        (Command::Restart { server: S2 }, 200),
        (Command::Crash { server: S1 }, 200),
    ]
}

/// S2 alone has acknowledged, is killed, and is taken out of the cluster.
fn departed_holder() -> Vec<(Command, u64)> {
    vec![
        (cut(S1, S3), 200),
        (write(), 200),
        (Command::Kill { server: S2 }, 200),
        (Command::RemoveServer { server: S2 }, 200),
        (Command::Crash { server: S1 }, 200),
    ]
}

/// While the coordinator is down S2 gets a new disk and catches up; then S1 loses its own.
fn new_disk() -> Vec<(Command, u64)> {
    vec![
        (disk(S3, true, 1), 50),
        (Command::CrashCoordinator { node: COORDINATOR }, 50),
        (Command::Wipe { server: S2 }, 500),
        (write(), 500),
        (Command::Wipe { server: S1 }, 100),
        (Command::RestartCoordinator { node: COORDINATOR }, 500),
    ]
}

/// S2 promises to follow nobody but S3 any more, and crashes before that is on its disk; neither S1 nor the
/// client knows of S3.
fn promise_that_a_crash_takes_back() -> Vec<(Command, u64)> {
    vec![
        (cut(S1, S2), 0),
        (write(), 200),
        (disk(S2, false, 100), 0),
        (cut(S1, S3), 0),
        (cut(NodeId::Client(ClientId(1)), COORDINATOR), 0),
        (cut(S1, COORDINATOR), 220),
        (Command::Crash { server: S2 }, 0),
        (disk(S2, false, 1), 0),
        (cut(S2, S3), 0),
        (cut(S2, COORDINATOR), 0),
        (Command::HealLink { first: NodeId::Server(S1), second: NodeId::Server(S2) }, 0),
        (Command::Restart { server: S2 }, 200),
        (write(), 500),
        (Command::HealAll, 500),
    ]
}

/// S1 overwrites an acknowledged version by one that only S1 has, and that rots once the log has it no more. The others
/// must not lose the good older version for it.
fn damaged_full_copy() -> Vec<(Command, u64)> {
    let mut commands = vec![(write(), 300), (cut(S1, S2), 0), (cut(S1, S3), 0), (write(), 20)];
    // Each reign logs no more than its window, and the log has room for two windows.
    for reign in 0..3 {
        commands.extend((0..7).map(|file| (write_to(&format!("{reign}-{file}.txt")), 20)));
        commands.push((Command::Crash { server: S1 }, 10));
        commands.push((Command::Restart { server: S1 }, 300));
    }
    commands.push((Command::Rot { server: S1, file: "notes.txt".to_owned(), bit: 3 }, 0));
    commands.push((Command::HealAll, 500));
    commands
}
