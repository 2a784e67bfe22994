use super::*;
use crate::session::{Branches, Turn};
use crate::sim::{Content, ServerId};
use crate::world::{Command, Placement, ServerStatus};

/// How many pieces of work a slice has.
const BUDGETS: [usize; 4] = [1, 2, 7, 300];

fn budget(pieces: usize) -> impl FnMut() -> bool {
    let mut left = pieces;
    move || {
        left -= 1;
        left > 0
    }
}

/// Opens it in slices; the run, and how many slices there were.
fn sliced(mut opening: Opening, pieces: usize) -> (Opened, usize) {
    for slices in 1.. {
        let before = opening.doing().expect("it is not open yet");
        match opening.go_on(budget(pieces)).expect("it can be opened") {
            Some(opened) => {
                assert!(opening.doing().is_none() && matches!(opening.go_on(|| true), Ok(None)), "it is over");
                return (opened, slices);
            }
            None => check_went_on(before, opening.doing().expect("it is not open yet")),
        }
    }
    unreachable!("each slice does at least a little")
}

/// What is told of the progress never goes back.
fn check_went_on(before: Doing, after: Doing) {
    match (before, after) {
        (Doing::Files { done: before, .. }, Doing::Files { done, total }) => assert!(before <= done && done <= total),
        (Doing::Replay { done: before, .. }, Doing::Replay { done, total }) => assert!(before <= done && done <= total),
        (Doing::Files { .. }, Doing::Replay { .. }) => {}
        (Doing::Replay { .. }, Doing::Files { .. }) => panic!("the files come first"),
    }
}

fn assert_same(one: &Session, other: &Session, what: &str) {
    assert_eq!((one.start(), one.now(), one.end()), (other.start(), other.now(), other.end()), "{what}");
    assert_eq!((one.given(), one.commands()), (other.given(), other.commands()), "{what}");
    assert_eq!(one.trace_hash(), other.trace_hash(), "{what}");
    assert_eq!(one.view(), other.view(), "{what}");
    assert_eq!(one.metrics(), other.metrics(), "{what}");
}

fn busy() -> Arc<Scenario> {
    let scenario = Scenario::by_slug("three-copies").expect("it is built in");
    Arc::new(scenario.set("clients[1].workload", "{ rate = 300, read_percent = 20 }").expect("it is sound"))
}

/// A run with commands, one of which goes on for a while.
fn acted(scenario: &Arc<Scenario>) -> Session {
    let mut session = Session::new(scenario, 5);
    session.advance(session.now() + Span::from_millis(300));
    session.apply(Command::Kill { server: ServerId(1) }).expect("it runs");
    session.advance(session.now() + Span::from_millis(1_234));
    let content = Content::new(&vec![7; 20_000]);
    let write = Command::Write { file: "big.bin".to_owned(), content, placement: Placement::EveryServer };
    session.apply(write).expect("it can be written");
    session.advance(session.now() + Span::from_millis(900));
    session
}

#[test]
fn slices_begin_the_very_same_run_as_one_piece() {
    for scenario in Scenario::all() {
        let whole = Session::new(scenario, 61);
        for pieces in BUDGETS {
            let (opened, slices) = sliced(Opening::new(scenario, 61), pieces);
            assert_same(&opened.session, &whole, &scenario.slug);
            assert!(slices * pieces >= 20, "{slices} slices of {pieces} for {}", scenario.slug);
        }
    }
}

#[test]
fn slices_open_the_very_same_run_of_a_link_as_one_piece() {
    for scenario in [busy(), Arc::clone(Scenario::by_slug("split-brain").expect("it is built in"))] {
        let session = acted(&scenario);
        let link = session.to_link();
        let whole = Session::from_link(&link).expect("the link is sound");
        assert_eq!((whole.now(), whole.given()), (session.now(), 2));
        for pieces in BUDGETS {
            let opening = Opening::of_link(&link).expect("the link is sound");
            let (opened, slices) = sliced(opening, pieces);
            assert_same(&opened.session, &whole, &scenario.slug);
            assert_eq!(opened.given, 2);
            assert!(slices * pieces > 100, "{slices} slices of {pieces}");
        }
    }
}

#[test]
fn a_stretch_of_any_length_is_gone_through_in_slices_as_in_one_piece() {
    let scenario = busy();
    for milliseconds in [1, 999, 1_000, 1_001, 2_500] {
        let mut whole = Session::new(&scenario, 3);
        whole.advance(whole.start() + Span::from_millis(milliseconds));
        let opening = Opening::like_until(&scenario, 3, Vec::new(), Span::from_millis(milliseconds));
        assert_same(&sliced(opening, 5).0.session, &whole, "run on");
    }
}

#[test]
fn a_known_run_is_taken_up_in_slices_where_it_was_left() {
    let session = acted(&busy());
    let mut branches = Branches::new(session, "as it was");
    let end = branches.session().end();
    branches.session_mut().seek(end - Span::from_millis(500));
    let bytes = branches.to_bytes();
    let whole = Branches::from_bytes(&bytes).expect("they are sound");
    assert_same(whole.session(), branches.session(), "in one piece");
    for pieces in BUDGETS {
        let stored = crate::session::StoredBranches::read(&bytes).expect("they are sound");
        let (opened, _) = sliced(stored.opening(), pieces);
        let taken_up = stored.with(opened.session);
        assert_same(taken_up.session(), branches.session(), "stored");
        let run = branches.run(branches.current()).expect("it is there");
        assert_same(&sliced(Opening::of_run(&run, Some(run.now)), pieces).0.session, branches.session(), "known");
        assert_same(&sliced(Opening::of_run(&run, None), pieces).0.session, &run.open().expect("it is sound"), "begun");
    }
}

#[test]
fn a_turn_in_slices_leads_where_one_in_one_piece_leads_and_one_that_was_overtaken_changes_nothing() {
    let mut branches = Branches::new(acted(&busy()), "as it was");
    let first = branches.current();
    let start = branches.session().start();
    branches.session_mut().seek(start + Span::from_millis(100));
    let second = branches.apply(Command::Crash { server: ServerId(2) }).expect("it runs").expect("a branch begins");
    branches.session_mut().advance(start + Span::from_millis(1_700));
    // The first one was left where the other began, so that is near.
    assert!(branches.opening_for(Turn::To(first)).expect("it is there").is_none());
    branches.switch(first).expect("it is there");
    let end = branches.session().end();
    branches.session_mut().seek(end);

    let mut whole = branches.clone();
    whole.switch(second).expect("it is there");
    for turn in [Turn::To(second), Turn::Undo] {
        let opening = branches.opening_for(turn).expect("it is there").expect("it is far");
        let (opened, slices) = sliced(opening, 3);
        assert!(slices > 10, "{slices} slices");
        let mut overtaken = branches.clone();
        overtaken.apply(Command::Kill { server: ServerId(3) }).expect("it runs");
        overtaken.rename(first, "another name").expect("it is there");
        if turn == Turn::Undo {
            let before = overtaken.session().trace_hash();
            let undone = overtaken.turn(turn, Some(opened.session.clone()));
            assert_eq!(undone, Err(crate::session::BranchError::Meanwhile));
            assert_eq!(overtaken.session().trace_hash(), before);
        }
        let mut turned = branches.clone();
        turned.turn(turn, Some(opened.session)).expect("it was opened for it");
        assert_same(turned.session(), whole.session(), "turned");
        assert_eq!(turned.current(), second);
    }
}

#[test]
fn an_opening_can_be_dropped_after_any_slice_and_begun_again() {
    let scenario = busy();
    let link = acted(&scenario).to_link();
    let (whole, slices) = sliced(Opening::of_link(&link).expect("it is sound"), 40);
    for dropped_after in 0..slices.min(40) {
        let mut opening = Opening::of_link(&link).expect("it is sound");
        for _ in 0..dropped_after {
            assert!(opening.go_on(budget(40)).expect("it can be opened").is_none());
        }
        drop(opening);
    }
    let (again, _) = sliced(Opening::of_link(&link).expect("it is sound"), 40);
    assert_same(&again.session, &whole.session, "after all those that were dropped");
}

#[test]
fn what_was_done_is_done_again_as_far_as_it_can_be() {
    let scenario = Scenario::by_slug("three-copies").expect("a built-in scenario");
    let mut session = Session::new(scenario, 3);
    for server in [1, 3] {
        session.advance(session.now() + Span::from_millis(100));
        session.apply(Command::Kill { server: ServerId(server) }).expect("it runs");
    }
    let smaller = Arc::new(scenario.set("cluster.zones", "[\"A\", \"B\"]").expect("the setting is good"));
    let opening = Opening::like(&smaller, session.seed(), session.commands_since_entry());
    let (Opened { session: mut again, given, needless, refused }, _) = sliced(opening, 10);
    assert_eq!((given, needless, refused, again.now(), again.seed()), (1, 0, 1, again.start(), 3));
    again.advance(again.start() + Span::from_millis(100));
    assert_eq!(again.view().servers[0].status, ServerStatus::Killed);
}

#[test]
fn what_cannot_be_opened_says_why_in_slices_too() {
    let session = acted(&busy());
    let link = session.to_link();
    for bad in ["", "r2.", "r2.!!", &link[..link.len() - 9]] {
        let whole = Session::from_link(bad).expect_err("it is damaged");
        assert_eq!(Opening::of_link(bad).map(|_| ()), Err(whole), "{bad}");
    }
}
