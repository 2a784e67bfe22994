//! No scenario takes all the memory there is: a run ends with a sentence.

use std::sync::Arc;

use replicarium::session::{RunIsFull, Scenario, Session};
use replicarium::sim::{Content, Span};
use replicarium::world::{CONTENTS_LIMIT_BYTES, Command, CommandError, Placement};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{HEAD, complaint};

fn opened(rest: &str) -> Session {
    let scenario = Scenario::parse("x.toml", &format!("{HEAD}{rest}")).map_err(|error| error.to_string());
    Session::new(&Arc::new(scenario.expect("the scenario is good")), 1)
}

#[test]
fn an_opening_of_too_many_events_ends() {
    let rest = "[cluster]\nservers = 300\n[policy]\nheartbeat_every = \"1 ms\"\n[network]\nbandwidth_per_second = \"1 kB\"\n\
                [[files]]\nname = \"a\"\nsize = \"1 MB\"\n";
    let mut session = opened(rest);
    let full = session.check_room().expect_err("the run is full");
    assert_eq!(full, RunIsFull::EventsOfOpening);
    assert!(full.to_string().contains("before its opening files were written"), "{full}");
    assert!(session.events().len() < 2_500_000, "{}", session.events().len());
    session.advance(session.start() + Span::from_millis(1));
    assert_eq!(session.now(), session.start(), "a full run doesn't go on");
}

const LOAD: &str = "read_percent = 0, files = 4, size = { least = \"4 MiB\", most = \"4 MiB\" }";

#[wasm_bindgen_test(unsupported = test)]
fn a_workload_that_writes_too_much_ends_the_run() {
    let mut session = opened(&format!("[[clients]]\nworkload = {{ rate = 50, arrivals = \"steady\", {LOAD} }}\n"));
    session.advance(session.start() + Span::from_millis(60_000));
    let full = session.check_room().expect_err("the run is full");
    let room_for = full.room_for().expect("the opening has room");
    assert_eq!(full, RunIsFull::Contents { room_for });
    assert!(
        full.to_string().starts_with("the run is full: a run writes at most 268435456 bytes, enough for 1."),
        "{full}"
    );
    let (now, link) = (session.now(), session.to_link());
    session.seek(session.start());
    assert_eq!(session.check_room(), Ok(()), "there was room before");
    session.advance(now + Span::from_millis(1_000));
    assert_eq!(session.now(), now, "it is full again at the same time");
    session.seek(session.start() + room_for);
    assert_eq!(session.check_room(), Ok(()), "a run of the length that is told has room");
    session.advance(session.now() + Span::from_millis(1));
    assert_eq!(session.check_room(), Err(full), "and no longer one has");
    assert_eq!(Session::from_link(&link).map(|opened| opened.now()), Ok(now));
}

#[wasm_bindgen_test(unsupported = test)]
fn commands_that_write_too_much_at_the_very_beginning_end_the_run() {
    let file = "[[files]]\nname = \"first\"\nsize = \"4 MiB\"\n";
    let writes = "[[at]]\ntime = \"0 s\"\nwrite = { file = \"a\", size = \"4 MiB\" }\n".repeat(64);
    let session = opened(&format!("{file}{writes}"));
    assert_eq!(session.check_room(), Err(RunIsFull::ContentsOfOpening));
}

#[wasm_bindgen_test(unsupported = test)]
fn commands_beyond_the_room_are_refused_and_change_nothing() {
    let mut session = opened("");
    let content = Content::new(&vec![7; 4 << 20]);
    let write = || Command::Write { file: "a".to_owned(), content: content.clone(), placement: Placement::EveryServer };
    for _ in 0..CONTENTS_LIMIT_BYTES / (4 << 20) {
        assert_eq!(session.apply(write()), Ok(()));
    }
    assert_eq!(session.apply(write()), Err(CommandError::TooManyBytes));
    assert_eq!(session.check_room(), Ok(()));
    let writes = "[[at]]\ntime = \"1 s\"\nwrite = { file = \"a\", size = \"4 MiB\" }\n".repeat(65);
    let found = complaint(&writes);
    assert!(found.contains("at[65].write: expected at most 268435456 bytes in all that commands write"), "{found}");
}
