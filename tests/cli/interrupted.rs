//! Ctrl+C and the signal TERM: what was found so far is told, and marked as that.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::thread::{sleep, spawn};
use std::time::Duration;

use serde_json::Value;

use crate::{Ended, ended, program};

/// A server with the only copy of a file is killed, and everything goes on for an hour.
const LONG: &str = r#"
version = 1
title = "Long"
teaches = "t"
story = "s"
invitation = "i"
until = "60 min"

[cluster]
servers = 12

[[clients]]

[[clients]]
workload = { rate = 5 }

[[files]]
name = "only.txt"
text = "only"
copies = "one server S1"

[[at]]
time = "1 s"
kill = "S1"
"#;

/// Starts the program, and waits until it watches for signals: before, there is nothing that it could tell.
fn started(arguments: &[&str]) -> Child {
    let mut child = program(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    child.stdin.take().expect("it reads").write_all(LONG.as_bytes()).expect("it reads to the end");
    while !watches(&child) {
        sleep(Duration::from_millis(2));
    }
    child
}

/// Whether both signals are caught, the last one registered too, as the system tells; where it doesn't, a second is
/// long enough.
fn watches(child: &Child) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", child.id())) else {
        sleep(Duration::from_secs(1));
        return true;
    };
    let caught = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
    let caught = u64::from_str_radix(caught.expect("a running process has signals").trim(), 16).expect("a number");
    let both = (1 << (2 - 1)) | (1 << (15 - 1));
    caught & both == both
}

fn send(child: &Child, signal: &str) {
    let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().expect("there is a kill");
    assert!(sent.success());
}

/// Waits until the program has ended, and ends it where it doesn't, so that a test fails and nothing is left behind.
#[track_caller]
fn assert_ends(child: &mut Child) {
    for _ in 0..600 {
        if child.try_wait().expect("it can be asked").is_some() {
            return;
        }
        sleep(Duration::from_millis(100));
    }
    child.kill().expect("it can be ended");
    panic!("it goes on for a minute after a signal");
}

/// Runs the program for a while and sends it a signal.
fn interrupted(signal: &str, arguments: &[&str]) -> Ended {
    let mut child = started(arguments);
    sleep(Duration::from_millis(300));
    let mut out = child.stdout.take().expect("it writes");
    let read = spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).expect("it writes text");
        text
    });
    send(&child, signal);
    assert_ends(&mut child);
    let rest = ended(child.wait_with_output().expect("it has ended"));
    Ended { out: read.join().expect("it was read"), ..rest }
}

#[test]
fn an_interrupted_sweep_tells_of_the_seeds_that_were_run() {
    let ended = interrupted("-INT", &["sweep", "three-copies", "--seeds", "10000000", "--json"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(130), ""));
    let report = ended.json();
    assert_eq!((&report["interrupted"], &report["seedsAsked"]), (&true.into(), &10_000_000.into()));
    assert!(report["seeds"].as_u64().unwrap() < 10_000_000);
    assert_eq!(report["passed"]["of"], report["seeds"]);
    let ended = interrupted("-TERM", &["sweep", "three-copies", "--seeds", "10000000"]);
    assert_eq!(ended.code, Some(143), "{}", ended.err);
    let told = ended.out.lines().nth(1).unwrap();
    assert!(told.starts_with("Interrupted after ") && told.ends_with(" of 10000000 seeds."), "{told}");
}

#[test]
fn an_interrupted_run_tells_how_far_it_came() {
    let ended = interrupted("-INT", &["run", "-", "--json"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(130), ""));
    let report = ended.json();
    assert_eq!((&report["interrupted"], &report["passed"]), (&true.into(), &false.into()));
    assert_eq!(report["askedMs"], 3_600_000.0);
    assert!(report["ranMs"].as_f64().unwrap() < 3_600_000.0);
    let ended = interrupted("-INT", &["run", "-"]);
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    let told = ended.out.lines().nth(1).unwrap();
    assert!(told.starts_with("Interrupted after ") && told.contains(" s of 3600.000 s; "), "{told}");
}

#[test]
fn an_interrupted_audit_tells_which_cases_were_tried() {
    let ended = interrupted("-INT", &["audit", "-", "--pairs", "--json"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(130), ""));
    let report = ended.json();
    assert_eq!((&report["interrupted"], &report["isComplete"]), (&true.into(), &false.into()));
    let cases = |name: &str| report[name].as_u64().unwrap();
    assert!(cases("casesTried") < cases("cases"), "{}", ended.out);
    assert!(cases("singlesTried") + cases("pairsTried") <= cases("casesTried"));
    let ended = interrupted("-INT", &["audit", "-", "--pairs"]);
    assert_eq!(ended.code, Some(130), "{}", ended.err);
    let told = ended.out.lines().nth(1).unwrap();
    assert!(told.starts_with("Interrupted after ") && told.ends_with(" cases."), "{told}");
}

#[test]
fn an_interrupted_why_says_so() {
    let ended = interrupted("-INT", &["why", "-", "only.txt", "--json"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(130), ""));
    let report = ended.json();
    assert_eq!((&report["interrupted"], &report["file"]), (&true.into(), &"only.txt".into()));
    let ended = interrupted("-TERM", &["why", "-", "only.txt"]);
    assert_eq!(ended.code, Some(143), "{}", ended.err);
    assert!(ended.out.contains("Interrupted "), "{}", ended.out);
}

#[test]
fn what_was_not_interrupted_says_that_too() {
    for arguments in [
        &["sweep", "three-copies", "--seeds", "1", "--until", "1 s", "--json"][..],
        &["run", "three-copies", "--until", "1 s", "--json"],
        &["audit", "three-copies", "--json"],
        &["why", "three-copies", "notes.txt", "--json"],
    ] {
        let ended = crate::replicarium(arguments);
        assert_eq!(ended.json()["interrupted"], Value::Bool(false), "{arguments:?}: {}", ended.err);
    }
}

#[test]
fn the_second_signal_ends_the_program_at_once() {
    // Nobody reads what it writes, so that after the first signal it waits for room in the pipe.
    let mut child = program(&["run", "three-copies", "--until", "60 s", "--trace", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    while !watches(&child) {
        sleep(Duration::from_millis(2));
    }
    // Once it has begun to write, the run is over, and its trace is longer than a pipe has room for.
    let mut out = child.stdout.take().expect("it is piped");
    out.read_exact(&mut [0]).expect("it writes");
    send(&child, "-INT");
    sleep(Duration::from_millis(300));
    assert_eq!(child.try_wait().expect("it can be asked"), None, "the first signal lets it tell what it has");
    send(&child, "-INT");
    assert_ends(&mut child);
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
}
