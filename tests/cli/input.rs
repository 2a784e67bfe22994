//! Wrong usage and wrong input: one sentence, exit code 2.

use crate::replicarium;

#[test]
fn an_unknown_scenario_is_refused() {
    let ended = replicarium(&["run", "four-copies"]);
    assert_eq!(
        ended.refusal(),
        "there is no scenario \"four-copies\", neither built in (`replicarium scenarios` lists those) nor as a file"
    );
}

#[test]
fn a_time_without_a_unit_is_refused() {
    let ended = replicarium(&["run", "three-copies", "--until", "3"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.err.contains("\"3\" is no time; expected one such as \"3 s\""), "{}", ended.err);
}

#[test]
fn a_trace_that_cannot_be_written_is_refused_before_the_run() {
    let ended = replicarium(&["run", "three-copies", "--until", "1 s", "--trace", "/no/such/folder/trace.jsonl"]);
    let refusal = ended.refusal();
    assert!(refusal.starts_with("the trace /no/such/folder/trace.jsonl can't be written: "), "{refusal}");
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
