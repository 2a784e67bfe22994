//! `audit`, `why` and `schema`.

use serde_json::Value;

use crate::replicarium;

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
    assert!(text.contains("Pairs of faults that do what neither does alone:\n"), "{text}");
}

#[test]
fn an_audit_tells_of_services_and_of_waits_that_are_too_long() {
    let text = replicarium(&["audit", "active-standby", "--pairs"]).out;
    assert!(text.contains("Crashing S1 together with crashing S2 stops the service clock"), "{text}");
    assert!(!text.contains("a new file"), "{text}");
    let patient = ["audit", "three-copies", "--set", "policy.detector={time_out=\"1440 min\"}"];
    let text = replicarium(&patient).out;
    assert!(text.contains("No harm by then, but the cluster had not come to rest:\n  killing S2"), "{text}");
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
    let before = replicarium(&["why", path, "only.txt", "--at", "500 ms"]);
    assert!(before.refusal().starts_with("nothing is wrong with only.txt"), "{}", before.err);
    let text = replicarium(&["why", path, "only.txt"]).out;
    assert!(text.contains("What would have saved it"), "{text}");
}

#[test]
fn why_refuses_a_file_that_there_is_not() {
    let ended = replicarium(&["why", "three-copies", "other.txt"]);
    assert_eq!(ended.refusal(), "no file named other.txt was ever written, so there is nothing to explain");
}

#[test]
fn the_schema_is_that_of_scenarios() {
    let schema = replicarium(&["schema"]).json();
    assert_eq!(schema["title"], "Scenario");
    assert!(schema["properties"]["version"].is_object());
}
