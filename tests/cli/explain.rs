//! `audit`, `why` and `schema`.

use serde_json::Value;

use crate::replicarium;

/// A write that only the primary has, which goes on alone in a partition and is killed.
const PARTITIONED: &str = r#"
version = 1
title = "t"
teaches = "t"
story = "s"
invitation = "i"
[policy]
acks = 1
when_short = { go_async = "200 ms" }
[[files]]
name = "a"
text = "x"
[[at]]
time = "100 ms"
partition = { side = ["S1", "client 1"] }
[[at]]
time = "150 ms"
write = { file = "a", text = "two" }
[[at]]
time = "1 s"
kill = "S1"
[[at]]
time = "2 s"
heal_all = true
"#;

#[test]
fn an_audit_tells_single_points_of_failure() {
    let report = replicarium(&["audit", "three-copies", "--json"]).json();
    let sentences: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|finding| finding["sentence"].as_str().unwrap()).collect();
    assert!(sentences.iter().any(|sentence| sentence.starts_with("Killing S1 loses draft.txt")), "{sentences:?}");
    assert!(!sentences.iter().any(|sentence| sentence.contains("loses notes.txt")), "{sentences:?}");
    assert_eq!((&report["pairsTried"], &report["isComplete"]), (&Value::from(0), &Value::from(true)));
    let text = replicarium(&["audit", "three-copies", "--pairs"]).out;
    assert!(text.contains("Single points of failure:\n  Killing S1 loses draft.txt"), "{text}");
    assert!(text.contains("Pairs of faults that do harm that neither does alone:\n"), "{text}");
}

#[test]
fn an_audit_tells_of_services_and_of_waits_that_are_too_long() {
    let text = replicarium(&["audit", "active-standby", "--pairs"]).out;
    assert!(text.contains("Crashing S1 together with crashing S2 stops the service clock"), "{text}");
    assert!(!text.contains("a new file"), "{text}");
    let patient = ["audit", "three-copies", "--set", "policy.detector={time_out=\"1440 min\"}"];
    let text = replicarium(&patient).out;
    assert!(text.contains("No harm by then, but the cluster had not settled:\n  killing S2"), "{text}");
    assert!(!text.contains("Survived"), "{text}");
}

#[test]
fn why_tells_the_steps_and_a_remedy() {
    let scenario = crate::scratch("killed.toml");
    std::fs::write(&scenario, crate::input::KILLED).unwrap();
    let path = scenario.to_str().unwrap();
    let ended = replicarium(&["why", path, "only.txt", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    let report = ended.json();
    assert_eq!(report["trouble"], "lost after it was acknowledged");
    assert!(
        report["steps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|step| { step["sentence"].as_str().is_some_and(|sentence| sentence.contains("S1 was killed")) })
    );
    assert_ne!(report["remedy"]["changes"], Value::Array(Vec::new()));
    let text = replicarium(&["why", path, "only.txt"]).out;
    assert!(text.contains("What would have saved it"), "{text}");
    // The remedy is a line that the same program takes, and with it the file is kept as was claimed.
    let setting = report["remedy"]["settings"][0].as_str().unwrap();
    assert_eq!(setting, "files[1].copies=2");
    assert!(text.contains(&format!("  --set '{setting}'\n")), "{text}");
    let saved = replicarium(&["run", path, "--json", "--set", setting]).json();
    let row = saved["ledger"]["rows"].as_array().unwrap().iter().find(|row| row["file"] == "only.txt").unwrap();
    assert!(report["remedy"]["evidence"].as_str().unwrap().ends_with(row["reason"].as_str().unwrap()));
    assert_eq!(report["remedy"]["told"]["versionWith"], row["acknowledged"]);
    assert_eq!(report["remedy"]["withholds"], Value::from(false));
}

#[test]
fn why_tells_a_refusal_as_what_it_is() {
    let scenario = crate::scratch("partitioned.toml");
    std::fs::write(&scenario, PARTITIONED).unwrap();
    let path = scenario.to_str().unwrap();
    let remedy = &replicarium(&["why", path, "a", "--json"]).json()["remedy"];
    assert_eq!(remedy["settings"], Value::from(vec!["policy.when_short=wait"]));
    assert_eq!(remedy["withholds"], Value::from(true));
    assert_eq!((&remedy["told"]["acknowledgedBefore"], &remedy["told"]["acknowledgedWith"]), (&2.into(), &1.into()));
    let text = replicarium(&["why", path, "a"]).out;
    assert!(
        text.contains("The client then gets an ok for only 1 of the 2 changes to the file that got one here."),
        "{text}"
    );
    assert!(text.contains("  --set policy.when_short=wait\n"), "{text}");
}

#[test]
fn why_tells_that_nothing_is_wrong() {
    let ended = replicarium(&["why", "three-copies", "notes.txt"]);
    assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
    let sentence = "Nothing is wrong with notes.txt: no copy is stale or corrupt, and its last operation went well.";
    assert_eq!(ended.out, format!("{sentence}\n"));
    let ended = replicarium(&["why", "three-copies", "notes.txt", "--json"]);
    assert_eq!(ended.code, Some(0));
    let report = ended.json();
    assert_eq!((&report["trouble"], &report["summary"]), (&Value::Null, &Value::from(sentence)));
}

#[test]
fn why_refuses_a_file_that_there_is_not() {
    let ended = replicarium(&["why", "three-copies", "other.txt"]);
    assert_eq!(ended.refusal(), "no file named \"other.txt\" was ever written, so there is nothing to explain");
    let ended = replicarium(&["why", "three-copies", "note.txt"]);
    assert!(ended.refusal().ends_with("nothing to explain; did you mean \"notes.txt\"?"), "{}", ended.err);
    let ended = replicarium(&["why", "three-copies", ""]);
    assert_eq!(ended.refusal(), "the name of the file is empty; expected one such as notes.txt");
}

#[test]
fn the_schema_is_that_of_scenarios() {
    let schema = replicarium(&["schema"]).json();
    assert_eq!(schema["title"], "Scenario");
    assert!(schema["properties"]["version"].is_object());
}
