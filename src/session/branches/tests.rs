use super::*;
use crate::session::Scenario;
use crate::sim::{Content, ServerId, Span, Time};
use crate::world::Placement;

fn begin() -> Branches {
    let scenario = Scenario::by_slug("three-copies").expect("it is built in");
    Branches::new(Session::new(scenario, 61), "as it was")
}

fn write(file: &str) -> Command {
    Command::Write { file: file.to_owned(), content: Content::new(file.as_bytes()), placement: Placement::EveryServer }
}

fn kill(server: u16) -> Command {
    Command::Kill { server: ServerId(server) }
}

fn run_on(branches: &mut Branches, milliseconds: u64) {
    let session = branches.session_mut();
    session.advance(session.now() + Span::from_millis(milliseconds));
}

/// Kill, write a file, back to the start, add a server.
fn act_in_the_past() -> (Branches, String) {
    let mut branches = begin();
    run_on(&mut branches, 300);
    assert_eq!(branches.apply(kill(1)), Ok(None));
    run_on(&mut branches, 1_500);
    assert_eq!(branches.apply(write("late.txt")), Ok(None));
    run_on(&mut branches, 500);
    let future = branches.session().trace_hash();
    let session = branches.session_mut();
    session.seek(session.start());
    let forked = branches.apply(Command::AddServer { zone: None }).expect("it can be added");
    assert_eq!(forked, Some(BranchId(1)));
    (branches, future)
}

#[test]
fn an_action_in_the_past_keeps_the_future_that_it_leaves() {
    let (mut branches, future) = act_in_the_past();
    assert_eq!(branches.session().view().servers.len(), 4);
    let named: Vec<String> = branches.family().into_iter().map(|branch| branch.name).collect();
    assert_eq!(named, ["as it was", "add a server"]);

    branches.switch(BranchId(0)).expect("it is there");
    let end = branches.session().end();
    branches.session_mut().seek(end);
    assert_eq!(branches.session().trace_hash(), future);
    assert!(branches.session().view().ledger.rows.iter().any(|row| row.name == "late.txt"));
}

#[test]
fn each_run_is_what_a_fresh_run_with_its_commands_is() {
    let (mut branches, _) = act_in_the_past();
    run_on(&mut branches, 700);
    for id in [BranchId(0), BranchId(1), BranchId(0)] {
        branches.switch(id).expect("it is there");
        let end = branches.session().end();
        branches.session_mut().seek(end);
        let run = branches.run(id).expect("it is there");
        let mut fresh = run.open().expect("its commands were carried out");
        fresh.seek(end);
        assert_eq!(fresh.trace_hash(), branches.session().trace_hash());
        assert_eq!(fresh.view(), branches.session().view());
    }
}

#[test]
fn what_was_undone_is_as_before_and_can_be_done_again() {
    let mut branches = begin();
    run_on(&mut branches, 300);
    let before = (branches.session().now(), branches.session().trace_hash());
    branches.apply(kill(2)).expect("it can be killed");
    run_on(&mut branches, 900);
    let after = (branches.session().now(), branches.session().trace_hash());

    assert_eq!(branches.undo_label(), Some("kill S2"));
    assert_eq!(branches.undo(), Ok(Some("kill S2".to_owned())));
    assert_eq!((branches.session().now(), branches.session().trace_hash()), before);
    assert_eq!(branches.undo(), Ok(None));
    assert_eq!(branches.redo(), Ok(Some("kill S2".to_owned())));
    assert_eq!((branches.session().now(), branches.session().trace_hash()), after);
    assert_eq!(branches.redo(), Ok(None));
}

#[test]
fn undo_takes_back_a_branch_and_another_scenario() {
    let (mut branches, _) = act_in_the_past();
    let other = Scenario::by_slug("one-copy").expect("it is built in");
    branches.begin(Session::new(other, 5), "One copy").expect("there is room");
    assert_eq!(branches.family().len(), 1);
    branches.undo().expect("nothing was stored");
    assert_eq!((branches.current(), branches.family().len()), (BranchId(1), 2));
    branches.undo().expect("nothing was stored");
    assert_eq!((branches.current(), branches.family().len()), (BranchId(0), 1));
    assert_eq!(branches.session().now(), branches.session().start());
    branches.redo().expect("nothing was stored");
    branches.redo().expect("nothing was stored");
    assert_eq!(branches.session().scenario().slug, "one-copy");
}

#[test]
fn a_deleted_branch_leaves_its_children_where_it_began() {
    let (mut branches, _) = act_in_the_past();
    run_on(&mut branches, 600);
    let session = branches.session_mut();
    session.seek(session.start() + Span::from_millis(200));
    assert_eq!(branches.apply(kill(3)), Ok(Some(BranchId(2))));
    assert_eq!(branches.delete(BranchId(2)), Err(BranchError::Current));
    branches.delete(BranchId(1)).expect("it is another one");
    let start = branches.session().start();
    let forks: Vec<Fork> = branches.list().into_iter().map(|branch| branch.fork).collect();
    assert_eq!(forks, [Fork::Root, Fork::At { branch: BranchId(0), at: start }]);
    branches.delete(BranchId(0)).expect("it is another one");
    assert_eq!(branches.list().len(), 1);
    assert_eq!(branches.list()[0].fork, Fork::Root);
    branches.undo().expect("nothing was stored");
    assert_eq!(branches.list().len(), 2);
}

#[test]
fn what_is_stored_comes_back_at_the_same_moment() {
    let (mut branches, _) = act_in_the_past();
    branches.rename(BranchId(0), "  the\u{202e} first \n one ").expect("it has letters");
    run_on(&mut branches, 250);
    let restored = Branches::from_bytes(&branches.to_bytes()).expect("it is whole");
    assert_eq!(restored.session().trace_hash(), branches.session().trace_hash());
    let told = |branches: &Branches| -> Vec<(String, Fork, Time)> {
        branches.list().into_iter().map(|branch| (branch.name, branch.fork, branch.run.end)).collect()
    };
    assert_eq!(told(&restored), told(&branches));
    assert_eq!(told(&restored)[0].0, "the first one");
}

#[test]
fn damaged_bytes_are_refused() {
    let (branches, _) = act_in_the_past();
    let bytes = branches.to_bytes();
    for cut in [0, 3, 4, 20, bytes.len() - 1] {
        assert_eq!(Branches::from_bytes(&bytes[..cut]).err(), Some(StoredError::Damaged));
    }
    for at in (0..bytes.len()).step_by(7) {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        assert!(Branches::from_bytes(&flipped).is_err());
    }
}

#[test]
fn a_name_is_used_once_and_never_empty() {
    let mut branches = begin();
    for _ in 0..2 {
        run_on(&mut branches, 100);
        let session = branches.session_mut();
        session.seek(session.start());
        branches.apply(kill(1)).expect("it can be killed");
    }
    let named: Vec<String> = branches.list().into_iter().map(|branch| branch.name).collect();
    assert_eq!(named, ["as it was", "kill S1", "kill S1 (2)"]);
    assert_eq!(branches.rename(BranchId(0), " \u{200b} "), Err(BranchError::NoName));
}

#[test]
fn there_is_an_end_to_the_branches() {
    let mut branches = begin();
    run_on(&mut branches, 50);
    let scenario = std::sync::Arc::clone(branches.session().scenario());
    while branches.list().len() < BRANCHES_LIMIT {
        branches.begin(Session::new(&scenario, branches.list().len() as u64), "seed").expect("there is room");
    }
    run_on(&mut branches, 50);
    let session = branches.session_mut();
    session.seek(session.start());
    let before = branches.session().trace_hash();
    assert_eq!(branches.apply(kill(1)), Err(BranchError::TooMany));
    assert_eq!(branches.session().trace_hash(), before);
}

#[test]
fn a_run_that_was_left_at_the_moment_of_a_command_has_it_when_it_is_taken_up() {
    let (mut branches, _) = act_in_the_past();
    assert_eq!(branches.session().now(), branches.session().start());
    branches.switch(BranchId(0)).expect("it is there");
    let end = branches.session().end();
    branches.session_mut().seek(end);
    branches.undo().expect("nothing was stored");
    assert_eq!((branches.current(), branches.session().view().servers.len()), (BranchId(1), 4));
    branches.switch(BranchId(0)).expect("it is there");
    assert_eq!(branches.session().view().servers.len(), 3);
    branches.switch(BranchId(1)).expect("it is there");
    assert_eq!(branches.session().view().servers.len(), 4);
}
