//! What a run is saved as, and what is said in the words of the page: `--json-lines`, `--csv`, `--do`, loose settings.

use std::fs;

use serde_json::Value;

use crate::{replicarium, scratch};

#[test]
fn a_run_is_saved_as_json_lines_and_its_figures_as_csv() {
    let (lines, figures) = (scratch("exported.jsonl"), scratch("exported.csv"));
    let paths = (lines.to_str().expect("a path"), figures.to_str().expect("a path"));
    let ended = replicarium(&["run", "at-work", "--until", "1 s", "--json", "--json-lines", paths.0, "--csv", paths.1]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let report = ended.json();
    let read = fs::read_to_string(&lines).expect("it was written");
    let events: Vec<Value> = read.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(report["events"], events.len());
    let table = fs::read_to_string(&figures).expect("it was written");
    let rows = report["metrics"]["rows"].as_array().expect("rows");
    assert_eq!(table.matches("\r\n").count(), rows.len() + 1);
    assert!(table.starts_with("figure,value,unit\r\n"), "{table}");
    assert!(table.contains("\r\nWrites: ok,7,\r\n") || table.contains("\r\nWrites: ok,8,\r\n"), "{table}");
}

#[test]
fn figures_replace_no_scenario_and_take_no_output() {
    let path = scratch("mine.toml");
    fs::write(&path, include_str!("../../scenarios/three-copies.toml")).expect("a file");
    let path = path.to_str().expect("a path");
    let ended = replicarium(&["run", path, "--csv", path]);
    assert!(ended.refusal().contains("would replace the scenario"), "{}", ended.err);
    assert!(replicarium(&["run", "three-copies", "--csv", "-"]).refusal().contains("expects a file"));
}

#[test]
fn the_text_of_a_built_in_scenario_runs_as_it_does() {
    let text = replicarium(&["scenarios", "stale-reads"]);
    assert_eq!((text.code, text.out.as_str()), (Some(0), include_str!("../../scenarios/stale-reads.toml")));
    let path = scratch("stale-reads.toml");
    fs::write(&path, &text.out).expect("a file");
    let hash = |scenario: &str| replicarium(&["run", scenario, "--json"]).json()["traceHash"].clone();
    assert_eq!(hash(path.to_str().expect("a path")), hash("stale-reads"));
    let unknown = replicarium(&["scenarios", "stale-read"]);
    assert!(unknown.refusal().contains("did you mean stale-reads?"), "{}", unknown.err);
}

#[test]
fn commands_and_settings_are_taken_as_the_page_takes_them() {
    let told = |arguments: &[&str]| replicarium(&[&["run", "three-copies", "--json"], arguments].concat());
    let killed = told(&["--do", "0.5 s: kill S1"]);
    let rows = killed.json()["ledger"]["rows"].clone();
    let draft = rows.as_array().expect("rows").iter().find(|row| row["file"] == "draft.txt").cloned();
    assert_eq!(draft.expect("a row")["verdict"], "lost after it was acknowledged", "{rows}");
    let loose = told(&["--set", "acks = none", "--set", "fencing off"]).json();
    let exact = told(&["--set", "policy.acks=none", "--set", "policy.fencing=false"]).json();
    assert_eq!(loose["traceHash"], exact["traceHash"]);
    assert!(told(&["--do", "0.5 s: kil S1"]).refusal().contains("Did you mean kill S1?"));
    assert!(told(&["--do", "0.5 s: kill S9"]).refusal().contains("S9"));
    assert!(told(&["--do", "9 s: kill S1"]).refusal().contains("after the end of the run"));
    // What is wrong with the form of an option is told as for every other one.
    let formless = told(&["--do", "kill S1"]);
    assert_eq!(formless.code, Some(2));
    assert!(formless.err.contains("expected a time and a command"), "{}", formless.err);
}

#[test]
fn a_variation_is_compared_with_its_scenario() {
    let ended = replicarium(&["compare", "at-work", "--try", "1", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let report = ended.json();
    let first = report["firstDifference"]["atMs"].as_f64().expect("they differ");
    assert!((first - 500.0).abs() < 1.0, "{first}");
}
