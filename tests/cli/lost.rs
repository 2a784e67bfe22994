//! Outputs that take nothing: what can't be told is no success.

use std::process::Stdio;

use crate::{Ended, ended, program, replicarium, scratch};

const TASKS: [&[&str]; 9] = [
    &["run", "three-copies", "--until", "1 s"],
    &["run", "three-copies", "--until", "1 s", "--json"],
    &["run", "three-copies", "--until", "1 s", "--trace", "-"],
    &["sweep", "three-copies", "--seeds", "2", "--until", "1 s", "--json"],
    &["audit", "three-copies"],
    &["why", "three-copies", "notes.txt"],
    &["scenarios"],
    &["schema"],
    &["--help"],
];

/// Runs the program by a shell, with its output redirected.
fn redirected(arguments: &[&str], redirection: &str) -> Ended {
    let mut command = std::process::Command::new("sh");
    command.args(["-c", &format!("exec \"$0\" \"$@\" {redirection}"), env!("CARGO_BIN_EXE_replicarium")]);
    command.args(arguments).stdin(Stdio::null());
    ended(command.output().expect("there is a shell"))
}

#[test]
fn a_closed_output_is_told_before_any_work_is_done() {
    for task in TASKS {
        let ended = redirected(task, ">&-");
        assert_eq!((ended.code, ended.err.as_str()), (Some(2), "error: the standard output is closed\n"), "{task:?}");
    }
    let ended = redirected(&["run", "three-copies", "--until", "1 s", "--trace", "-"], "2>&-");
    assert_eq!(ended.code, Some(2), "the report would have gone to the standard error");
    // Who throws the output away wants none of it.
    for nowhere in ["> /dev/null", "<> /dev/null 1>&0", "<&- 2>&-"] {
        let ended = redirected(&["run", "three-copies", "--until", "1 s"], nowhere);
        assert_eq!(ended.code, Some(0), "{nowhere}: {}", ended.err);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    for task in TASKS {
        let ended = redirected(task, "> /dev/full");
        assert_eq!(ended.code, Some(2), "{task:?}: {}", ended.err);
        let last = ended.err.lines().last().unwrap();
        assert!(
            last.starts_with("error: the ") && last.ends_with(" can't be written: no space left on device"),
            "{last}"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_trace_that_is_lost_takes_no_report_with_it() {
    let ended = replicarium(&["run", "three-copies", "--until", "1 s", "--trace", "/dev/full"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.out.contains("Trace hash"), "{}", ended.out);
    assert_eq!(ended.err, "error: the trace \"/dev/full\" can't be written: no space left on device\n");
}

#[test]
fn a_reader_that_has_left_is_no_error_and_hides_no_failure() {
    for (task, code) in [
        (&["run", "three-copies", "--until", "1 s"][..], 0),
        (&["run", "three-copies", "--set", "expect[1]={epoch = 99}", "--json"], 1),
        (&["sweep", "three-copies", "--seeds", "2", "--set", "expect[1]={epoch = 99}"], 1),
        (&["--help"], 0),
    ] {
        let mut child = program(task).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        let ended = ended(child.wait_with_output().unwrap());
        assert_eq!((ended.code, ended.err.as_str()), (Some(code), ""), "{task:?}");
    }
}

#[test]
fn a_trace_does_not_replace_the_scenario() {
    let path = scratch("replaced.toml");
    std::fs::write(&path, crate::input::KILLED).unwrap();
    let path = path.to_str().unwrap();
    let indirect = path.replace("/replaced.toml", "/./replaced.toml");
    let ended = replicarium(&["run", path, "--trace", &indirect]);
    assert_eq!(ended.refusal(), format!("the trace \"{indirect}\" would replace the scenario"));
    assert_eq!(std::fs::read_to_string(path).unwrap(), crate::input::KILLED);
}
