//! Wrong usage and wrong input: one sentence, exit code 2.

use std::fs;

use crate::{replicarium, replicarium_reading, scratch};

/// A server with the only copy of a file is killed.
pub const KILLED: &str = r#"
version = 1
title = "Killed"
teaches = "A file with one copy is lost with its server."
story = "S1 has the only copy."
invitation = "Wait."

[[files]]
name = "only.txt"
text = "only"
copies = "one server S1"

[[at]]
time = "1 s"
kill = "S1"

[[expect]]
time = "900 ms"
file = "only.txt"
verdict = "at risk"

[[expect]]
file = "only.txt"
verdict = "safe"
"#;

#[test]
fn an_unknown_scenario_is_refused() {
    let unknown = |name: &str| {
        format!("there is no scenario \"{name}\", neither built in (`replicarium scenarios` lists those) nor as a file")
    };
    assert_eq!(replicarium(&["run", "chaos-monkey"]).refusal(), unknown("chaos-monkey"));
    assert_eq!(replicarium(&["run", ""]).refusal(), unknown(""));
    let near = replicarium(&["run", "tree-copies"]);
    assert_eq!(near.refusal(), format!("{}; did you mean three-copies?", unknown("tree-copies")));
}

#[test]
fn a_time_without_a_unit_is_refused() {
    let ended = replicarium(&["run", "three-copies", "--until", "3"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("\"3\" is not a time; expected one such as \"3 s\""), "{}", ended.err);
}

#[test]
fn a_trace_that_cannot_be_written_is_refused_before_the_run() {
    let ended = replicarium(&["run", "three-copies", "--until", "1 s", "--trace", "/no/such/folder/trace.jsonl"]);
    let refusal = ended.refusal();
    assert!(
        refusal.starts_with("the trace \"/no/such/folder/trace.jsonl\" can't be written: no such file"),
        "{refusal}"
    );
}

#[test]
fn wrong_usage_is_refused() {
    for arguments in [&["run"][..], &["fly"], &["sweep", "three-copies"], &["sweep", "three-copies", "--seeds", "0"]] {
        let ended = replicarium(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.err.starts_with("error: "), "{}", ended.err);
    }
    let ended = replicarium(&["sweep", "three-copies", "--seeds", "2", "--first-seed", "18446744073709551615"]);
    assert_eq!(ended.refusal(), "the last of the seeds is beyond what a seed can be");
}

#[test]
fn a_failed_expectation_ends_with_one() {
    let ended = replicarium_reading(&["run", "-", "--json"], KILLED);
    assert_eq!(ended.code, Some(1), "{}", ended.err);
    let report = ended.json();
    assert_eq!((&report["passed"], &report["scenario"]), (&false.into(), &"standard input".into()));
    assert_eq!(
        (&report["expectations"][0]["fulfilment"], &report["expectations"][1]["fulfilment"]),
        (&"met".into(), &"failed".into())
    );
    let early = replicarium_reading(&["run", "-", "--until", "950 ms"], KILLED);
    assert_eq!(early.code, Some(0), "{}", early.out);
    assert!(early.out.contains("\nopen  At "), "{}", early.out);
}

#[test]
fn a_sweep_over_a_scenario_that_fails_names_seeds_and_the_command_that_repeats_one() {
    let path = scratch("fails.toml");
    fs::write(&path, KILLED).unwrap();
    let path = path.to_str().unwrap();
    let set = "policy.heartbeat_every=40 ms";
    let ended = replicarium(&["sweep", path, "--seeds", "3", "--first-seed", "7", "--set", set, "--json"]);
    assert_eq!(ended.code, Some(1), "{}{}", ended.out, ended.err);
    let report = ended.json();
    assert_eq!(report["passed"]["count"], 0);
    assert_eq!(report["lostAcknowledged"]["count"], 3);
    let failures = report["failures"].as_array().unwrap();
    assert_eq!(failures.iter().map(|failure| failure["seed"].as_u64().unwrap()).collect::<Vec<_>>(), [7, 8, 9]);
    assert_eq!(failures[2]["repeat"], format!("replicarium run {path} --set '{set}' --seed 9"));
    let again = replicarium(&["run", path, "--set", set, "--seed", "9"]);
    assert_eq!(again.code, Some(1), "{}", again.err);
}

#[test]
fn wrong_toml_is_refused_with_file_line_and_field() {
    let path = scratch("wrong.toml");
    fs::write(&path, KILLED.replace("kill = \"S1\"", "kill = 1")).unwrap();
    let path = path.to_str().unwrap();
    let ended = replicarium(&["run", path]);
    let refusal = ended.refusal();
    assert!(refusal.starts_with(&format!("{path}, line 15, at[1].kill: ")), "{refusal}");
    assert!(refusal.contains("expected a server such as \"S1\""), "{refusal}");
    let no_toml = replicarium_reading(&["run", "-"], "[[");
    assert!(no_toml.refusal().starts_with("standard input, line 1: this is not TOML"), "{}", no_toml.err);
}

#[test]
fn a_folder_and_what_is_no_text_are_refused() {
    let folder = replicarium(&["run", "src"]);
    assert_eq!(folder.refusal(), "the scenario \"src\" can't be read: is a directory");
    let path = scratch("bytes.toml");
    fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
    let bytes = replicarium(&["run", path.to_str().unwrap()]);
    assert!(bytes.refusal().starts_with(&format!("the scenario \"{}\" is not text", path.display())), "{}", bytes.err);
    fs::write(&path, format!("{KILLED}\0")).unwrap();
    let null = replicarium(&["run", path.to_str().unwrap()]);
    assert!(null.refusal().contains(", line 25: this is not TOML"), "{}", null.err);
}

#[test]
fn a_text_that_is_too_big_is_told_as_that() {
    let path = scratch("big.toml");
    // Of two bytes a letter, so that the limit cuts one in half.
    fs::write(&path, format!("{KILLED}# {}", "é".repeat(500_000))).unwrap();
    let big = replicarium(&["run", path.to_str().unwrap()]);
    let sentence = "has more than 262144 bytes, which is the most a scenario may have";
    assert_eq!(big.refusal(), format!("the scenario \"{}\" {sentence}", path.display()));
    let big = replicarium_reading(&["run", "-"], &"#".repeat(262_145));
    assert_eq!(big.refusal(), format!("the standard input {sentence}"));
    let most = replicarium_reading(
        &["run", "-", "--set", "seed=1"],
        &format!("{KILLED}#").to_owned().chars().chain(std::iter::repeat('#')).take(262_144).collect::<String>(),
    );
    assert_eq!(
        most.refusal(),
        "standard input, the settings over its own: expected at most 262144 bytes together with the text, not 262149"
    );
}

#[test]
fn too_many_settings_are_told_as_that() {
    let settings = |count: usize| {
        ["run", "three-copies", "--until", "1 ms"]
            .into_iter()
            .chain(["--set", "seed=1"].into_iter().cycle().take(2 * count))
            .collect::<Vec<_>>()
    };
    assert_eq!(replicarium(&settings(101)).refusal(), "--set is given 101 times; expected at most 100");
    assert_eq!(replicarium(&settings(100)).code, Some(0));
}

#[test]
fn numbers_out_of_range_are_told_with_the_range() {
    for (option, value, range) in [
        ("--seed", "-1", "0 to 18446744073709551615"),
        ("--seed", "18446744073709551616", "0 to 18446744073709551615"),
        ("--seed", "0x10", "0 to 18446744073709551615"),
    ] {
        let ended = replicarium(&["run", "three-copies", option, value]);
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.contains(&format!("\"{value}\" is not a whole number from {range}")), "{}", ended.err);
    }
    for (option, value, range) in [
        ("--first-seed", "x", "0 to 18446744073709551615"),
        ("--threads", "-3", "1 to 1024"),
        ("--threads", "1025", "1 to 1024"),
    ] {
        let ended = replicarium(&["sweep", "three-copies", option, value]);
        assert_eq!(ended.code, Some(2));
        assert!(ended.err.contains(&format!("\"{value}\" is not a whole number from {range}")), "{}", ended.err);
    }
    // The greatest of them is a seed like any other, and no time is a length like any other.
    let ended = replicarium(&["run", "three-copies", "--seed", "18446744073709551615", "--until", "0 s", "--json"]);
    assert_eq!((ended.code, &ended.json()["ranMs"]), (Some(0), &0.0.into()));
    let ended = replicarium(&[
        "sweep",
        "three-copies",
        "--first-seed",
        "18446744073709551615",
        "--seeds",
        "1",
        "--until",
        "0 s",
    ]);
    assert_eq!(ended.code, Some(0), "{}", ended.err);
}

#[test]
fn a_setting_is_made_over_the_scenario_or_refused_with_its_key() {
    let plain = replicarium(&["run", "three-copies", "--json"]).json();
    let set = replicarium(&["run", "three-copies", "--set", "policy.acks=none", "--json"]).json();
    assert_ne!(plain["traceHash"], set["traceHash"]);
    let no_value = replicarium(&["run", "three-copies", "--set", "policy.acks"]);
    assert_eq!(no_value.refusal(), "--set expects a key and a value, as in policy.acks=none, not \"policy.acks\"");
    let wrong = replicarium(&["run", "three-copies", "--set", "policy.acks=some"]);
    assert!(wrong.refusal().contains("policy.acks: ") && wrong.refusal().contains("expected \"all\""), "{}", wrong.err);
    let unknown = replicarium(&["run", "three-copies", "--set", "policy.hope=1"]);
    assert!(unknown.refusal().contains("hope"), "{}", unknown.err);
}
