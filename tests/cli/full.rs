//! Runs that are full before their end: what there was by then is told.

use crate::replicarium;

/// More events than a run may have, within seconds.
const BUSY: [&str; 4] =
    ["--set", "clients[1].workload = { rate = 10000, read_percent = 0, files = 4 }", "--set", "policy.window = 1000"];
/// More bytes than a run may have, within seconds.
const BIG: &str =
    "clients[1].workload = { rate = 60, read_percent = 0, files = 4, size = { least = \"1 MiB\", most = \"4 MiB\" } }";
/// The same with some seeds, and fewer with others.
const AS_IT_COMES: &str = "clients[1].workload = { rate = 40, arrivals = \"poisson\", read_percent = 0, files = 4, \
                           until = \"2.3 s\", size = { least = \"1 MiB\", most = \"4 MiB\" } }";

/// The time that a message about a full run names.
fn room(message: &str) -> &str {
    let (_, rest) = message.split_once(", enough for ").unwrap_or_else(|| panic!("no time in {message}"));
    rest.split_once(" from its opening; end it by then").unwrap_or_else(|| panic!("no advice in {message}")).0
}

#[test]
fn a_full_run_is_told_up_to_the_moment_that_its_message_names() {
    let ended = replicarium(&[&["run", "three-copies", "--until", "60 min", "--json"], &BUSY[..]].concat());
    assert_eq!((ended.code, ended.err.as_str()), (Some(3), ""));
    let report = ended.json();
    let message = report["full"].as_str().unwrap();
    assert!(message.starts_with("the run is full: a run has at most 2000000 events, enough for "), "{message}");
    assert_eq!((&report["passed"], &report["interrupted"]), (&false.into(), &false.into()));
    // Who follows the message gets the same run, and a whole one.
    let followed = replicarium(&[&["run", "three-copies", "--until", room(message), "--json"], &BUSY[..]].concat());
    assert_eq!(followed.code, Some(0), "{}", followed.err);
    let followed = followed.json();
    assert_eq!((&followed["full"], &followed["passed"]), (&serde_json::Value::Null, &true.into()));
    for field in ["ranMs", "events", "traceHash", "ledger", "metrics"] {
        assert_eq!(followed[field], report[field], "{field}");
    }
}

#[test]
fn a_full_run_that_failed_before_is_a_failed_one() {
    let expected = "expect[1] = { time = \"100 ms\", count = \"updates logged\", at_most = 0 }";
    let (key, value) = expected.split_once(" = ").unwrap();
    let set = format!("{key}={value}");
    let ended = replicarium(&["run", "three-copies", "--until", "60 s", "--set", BIG, "--set", &set]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    let told = ended.out.lines().nth(1).unwrap();
    assert!(
        told.starts_with("Incomplete: the run is full: a run writes at most 268435456 bytes, enough for "),
        "{told}"
    );
}

#[test]
fn a_sweep_tells_of_all_seeds_and_names_those_that_were_full() {
    let arguments = ["sweep", "three-copies", "--seeds", "6", "--until", "2800 ms", "--set", AS_IT_COMES];
    let ended = replicarium(&[&arguments[..], &["--json"]].concat());
    let report = ended.json();
    assert_eq!((ended.code, ended.err.as_str(), &report["seeds"]), (Some(3), "", &6.into()));
    let full = report["full"].as_array().unwrap();
    assert!(!full.is_empty() && full.len() < 6, "some are full and some are not: {}", ended.out);
    assert_eq!(report["passed"]["of"], 6 - full.len());
    assert_eq!(report["passed"]["count"], 6 - full.len());
    // What is told of one of them is what a run of it tells, and to follow it helps.
    let message = full[0]["reasons"][0].as_str().unwrap();
    let seed = full[0]["seed"].to_string();
    assert_eq!(full[0]["repeat"].as_str().unwrap().split(" --seed ").last(), Some(seed.as_str()));
    let run = ["run", "three-copies", "--set", AS_IT_COMES, "--seed", &seed, "--json", "--until"];
    assert_eq!(replicarium(&[&run[..], &["2800 ms"]].concat()).json()["full"], message);
    let followed = replicarium(&[&run[..], &[room(message)]].concat());
    assert_eq!(followed.code, Some(0), "{}", followed.out);
    let text = replicarium(&arguments).out;
    assert!(text.contains(&format!("Full before the end             {} of 6; the shares leave them out", full.len())));
    assert!(
        text.contains(&format!("\nseed {seed} was full before its end; repeat it with\n    replicarium run ")),
        "{text}"
    );
}

#[test]
fn what_begins_after_a_run_is_full_is_refused_with_a_time_that_helps() {
    for (task, begin) in [(&["audit", "three-copies"][..], "audit"), (&["why", "three-copies", "notes.txt"], "why")] {
        let ended = replicarium(&[task, &["--set", BIG, "--at", "60 s"]].concat());
        let refusal = ended.refusal();
        assert!(refusal.contains(" at 60.000 s: the run is full: "), "{begin}: {refusal}");
        let followed = replicarium(&[task, &["--set", BIG, "--at", room(refusal)]].concat());
        assert_eq!(followed.code, Some(0), "{begin}: {}", followed.err);
    }
}
