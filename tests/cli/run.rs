//! `run` and `scenarios`.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use replicarium::session::{Scenario, Session};
use replicarium::sim::Span;
use serde_json::Value;

use crate::{program, replicarium, scratch};

#[test]
fn a_run_tells_the_ledger_and_ends_well() {
    let ended = replicarium(&["run", "three-copies", "--seed", "61", "--until", "3 s"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    assert!(ended.out.contains("Three copies, and one (three-copies), seed 61"), "{}", ended.out);
    let row = ended.out.lines().find(|line| line.starts_with("notes.txt")).unwrap();
    assert!(row.contains("safe") && row.contains("S1 fresh, S2 fresh, S3 fresh"), "{row}");
}

#[test]
fn the_same_run_through_the_library_has_the_same_trace() {
    let ended = replicarium(&["run", "ack-none", "--seed", "7", "--until", "2500 ms", "--json"]);
    let report = ended.json();
    let mut session = Session::new(Scenario::by_slug("ack-none").unwrap(), 7);
    session.advance(session.start() + Span::from_millis(2_500));
    assert_eq!(report["traceHash"], Value::String(session.trace_hash()));
    assert_eq!(report["events"], session.events().len());
    let other = replicarium(&["run", "ack-none", "--seed", "8", "--until", "2500 ms", "--json"]).json();
    assert_ne!(report["traceHash"], other["traceHash"]);
}

#[test]
fn a_trace_has_an_event_with_its_sentence_on_each_line() {
    let path = scratch("trace.jsonl");
    let ended = replicarium(&["run", "three-copies", "--until", "1 s", "--json", "--trace", path.to_str().unwrap()]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let text = fs::read_to_string(&path).unwrap();
    let events: Vec<Value> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(ended.json()["events"], events.len());
    for (number, event) in (1_u64..).zip(&events) {
        assert_eq!(event["id"], number);
        assert!(event["sentence"].as_str().is_some_and(|sentence| sentence.ends_with('.')), "{event}");
    }
    assert!(events.iter().any(|event| event["data"]["file"] == "notes.txt"));
}

#[test]
fn a_trace_on_the_standard_output_sends_the_report_to_the_standard_error() {
    let ended = replicarium(&["run", "three-copies", "--until", "1 s", "--trace", "-"]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.out.lines().all(|line| line.starts_with('{')));
    assert!(ended.err.contains("Trace hash"), "{}", ended.err);
}

#[test]
fn a_reader_that_leaves_early_is_no_error() {
    let mut child = program(&["run", "three-copies", "--until", "60 s", "--trace", "-"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    assert!(first.starts_with('{'), "{first}");
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    // It has read enough of the trace; the report is for somebody else.
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("Three copies, and one"), "{output:?}");
}

#[test]
fn a_variation_is_run_by_its_number_or_by_how_its_title_begins() {
    let fenced = replicarium(&["run", "split-brain", "--try", "1"]);
    assert_eq!(fenced.code, Some(0), "{}", fenced.out);
    assert!(fenced.out.contains("\nRun it again with fencing on. Same seed"), "{}", fenced.out);
    assert!(
        fenced.out.contains("the number of files lost after they were acknowledged is at most 0"),
        "{}",
        fenced.out
    );
    let by_title = replicarium(&["run", "split-brain", "--try", "run it again with fenc", "--json"]).json();
    assert_eq!(by_title["variation"]["settings"][0], "policy.fencing=true");
    let over =
        replicarium(&["run", "split-brain", "--json", "--try", "1", "--set", "policy.detector.time_out=80 ms"]).json();
    assert_ne!(by_title["traceHash"], over["traceHash"], "settings go together with it");
    let other = replicarium(&["run", "stormy-weather", "--try", "another", "--until", "1 s", "--json"]).json();
    assert_eq!((&other["seed"], &other["variation"]["seed"]), (&62.into(), &62.into()));
    assert!(replicarium(&["run", "split-brain", "--json"]).json()["variation"].is_null());
    for (wanted, said) in [
        (
            "3",
            "names none of its variations or several of them: 1 (Run it again with fencing on), 2 (Leave fencing off",
        ),
        ("", "names none"),
        ("fence", "names none"),
    ] {
        let refused = replicarium(&["run", "split-brain", "--try", wanted]);
        assert!(refused.refusal().contains(said), "{}", refused.err);
    }
}

#[test]
fn all_built_in_scenarios_are_listed() {
    let listed = replicarium(&["scenarios", "--json"]).json();
    let slugs: Vec<&str> = listed.as_array().unwrap().iter().map(|one| one["slug"].as_str().unwrap()).collect();
    let known: Vec<&str> = Scenario::all().iter().map(|scenario| scenario.slug()).collect();
    assert_eq!(slugs, known);
    let text = replicarium(&["scenarios"]).out;
    assert!(known.iter().all(|slug| text.lines().any(|line| line == *slug)), "{text}");
    for (told, scenario) in listed.as_array().unwrap().iter().zip(Scenario::all()) {
        let titles: Vec<&str> =
            told["tries"].as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect();
        let known: Vec<&str> = scenario.tries.iter().map(|one| one.title.as_str()).collect();
        assert_eq!(titles, known);
        assert!(known.iter().all(|title| text.contains(title)) && text.contains(scenario.invitation()), "{text}");
    }
}
