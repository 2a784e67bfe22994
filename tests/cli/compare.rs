//! `compare`.

use std::fs;

use serde_json::Value;

use crate::{replicarium, replicarium_reading, scratch};

/// The second of two writes in a row waits at the primary alone, which is then killed.
const TWO_WRITES_AND_A_KILL: &str = r#"
version = 1
title = "Two writes and a kill"
teaches = "What an ack is worth."
story = "Two writes in a row, then the primary is killed."
invitation = "Compare it."
until = "1 s"
[policy]
acks = "none"
[[files]]
name = "notes.txt"
text = "one"
[[at]]
time = "100 ms"
write = { file = "notes.txt", text = "two" }
[[at]]
time = "101 ms"
write = { file = "notes.txt", text = "three" }
[[at]]
time = "130 ms"
kill = "S1"
"#;

fn outcome<'a>(report: &'a Value, key: &str) -> &'a Value {
    let rows = report["outcomes"].as_array().expect("a table");
    rows.iter().find(|row| row["key"] == key).expect("a row")
}

#[test]
fn a_scenario_is_compared_with_its_variation() {
    let path = scratch("compare.toml");
    fs::write(&path, TWO_WRITES_AND_A_KILL).unwrap();
    let path = path.to_str().unwrap();
    let told = replicarium(&["compare", path, "--set", "policy.acks=all"]);
    assert_eq!(told.code, Some(0), "{}", told.err);
    let line = |start: &str| told.out.lines().find(|line| line.trim_start().starts_with(start)).unwrap().to_owned();
    assert!(line("policy.acks").ends_with("none  all"), "{}", told.out);
    assert!(line("Lost after the ok").ends_with("better"), "{}", told.out);
    assert!(line("Writes acknowledged").ends_with("worse"), "{}", told.out);
    assert!(line("The same in both").contains("seed 61, plan (3 steps"), "{}", told.out);
    assert!(line("A: C1 was told ok for v3 at ").ends_with(" later S1 was killed."), "{}", told.out);
    let report = replicarium(&["compare", path, "--set-b", "policy.acks=all", "--json"]).json();
    assert_eq!(report["lengthMs"], 1_000.0);
    assert_eq!(report["different"], serde_json::json!([{ "key": "policy.acks", "a": "none", "b": "all" }]));
    assert_eq!(
        (&report["a"]["truth"]["mood"], &report["b"]["settings"][0]),
        (&"bad".into(), &"policy.acks=all".into())
    );
    let lost = outcome(&report, "lost");
    assert_eq!(
        (&lost["a"]["value"], &lost["b"]["value"], &lost["judgement"]),
        (&1.0.into(), &0.0.into(), &"better".into())
    );
    assert_eq!(lost["delta"], -1.0);
    let (first, differences) = (&report["firstDifference"], report["differences"].as_array().unwrap());
    assert!(first["atMs"].as_f64().is_some_and(|at| at > 100.0 && at < 130.0), "{first}");
    assert!(differences.iter().any(|one| one["mark"] == "acknowledged write lost" && one["world"] == "A"));
    // Either world is the one that a run of its own has.
    let run = replicarium(&["run", path, "--json"]).json();
    assert_eq!(run["traceHash"], report["a"]["traceHash"]);
    // The same from the standard input, with A and B the other way round.
    let swapped =
        replicarium_reading(&["compare", "-", "--set-a", "policy.acks=all", "--json"], TWO_WRITES_AND_A_KILL).json();
    assert_eq!(swapped["b"]["traceHash"], report["a"]["traceHash"]);
    assert_eq!(outcome(&swapped, "lost")["judgement"], "worse");
}

#[test]
fn two_scenarios_have_one_seed_and_a_scenario_is_the_same_as_itself() {
    let report = replicarium(&["compare", "lone-coordinator", "three-coordinators", "--seed", "7", "--json"]).json();
    assert_eq!((&report["a"]["seed"], &report["b"]["seed"]), (&7.into(), &7.into()));
    assert!(report["different"].as_array().unwrap().iter().any(|one| one["key"] == "cluster.coordinators"));
    let same = replicarium(&["compare", "ack-none", "ack-none", "--until", "1 s"]);
    assert_eq!(same.code, Some(0));
    assert!(same.out.contains("Different: nothing") && same.out.contains("All events are the same in both."));
    assert!(!same.out.contains("better") && !same.out.contains("worse"), "{}", same.out);
}

#[test]
fn what_cannot_be_compared_is_refused_in_one_sentence() {
    let refusal = |arguments: &[&str]| replicarium(arguments).refusal().to_owned();
    assert!(refusal(&["compare", "three-copies"]).contains("nothing to compare \"three-copies\" with"));
    assert!(refusal(&["compare", "-", "-"]).contains("only one scenario can come from the standard input"));
    assert!(refusal(&["compare", "three-copies", "tree-copies"]).contains("did you mean three-copies?"));
    assert!(refusal(&["compare", "three-copies", "--set", "policy.acks=many"]).contains("policy.acks"));
    assert!(refusal(&["compare", "three-copies", "--set-a", "policy.acks"]).contains("expects a key and a value"));
}

#[test]
fn workloads_are_the_same_in_both() {
    let path = scratch("compare-full.toml");
    let busy =
        TWO_WRITES_AND_A_KILL.to_owned() + "[[clients]]\nworkload = { rate = 200, read_percent = 0, files = 1 }\n";
    fs::write(&path, busy).unwrap();
    let path = path.to_str().unwrap();
    let ended = replicarium(&["compare", path, "--set", "policy.window=4", "--until", "300 ms"]);
    assert_eq!(ended.code, Some(0), "{}{}", ended.out, ended.err);
    assert!(ended.out.contains("operations (from the clients' workloads)"), "{}", ended.out);
}
