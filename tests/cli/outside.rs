//! Texts from outside: whatever is in them, a terminal shows them and does nothing else.

use std::fs;

use crate::{Ended, replicarium, replicarium_reading, scratch};

/// What moves the cursor, sets the title of the window, turns the writing, breaks the line.
const NASTY: &str = "a\u{1b}[2J\u{1b}]0;b\u{7}\u{9b}31m\u{202e}c\r\nd\u{2028}e";
const SHOWN: &str = r"a\u{1b}[2J\u{1b}]0;b\u{7}\u{9b}31m\u{202e}c\r\nd\u{2028}e";

/// A scenario whose title, files, services and texts are nasty as far as they may be.
fn nasty() -> String {
    let text = "a\\u001B[2J\\u001B]0;b\\u0007\\u009B31m\\u202Ec\\r\\nd\\u2028e";
    format!(
        r#"
version = 1
title = "{text}"
teaches = "{text}"
story = "{text}"
invitation = "{text}"
until = "2 s"
[[services]]
name = "s{text}"
mode = "active-standby"
servers = ["S1", "S2"]
[[files]]
name = "f\u202Ec\u2028e"
text = "{text}"
copies = "one server S1"
[[at]]
time = "500 ms"
call = "s{text}"
[[at]]
time = "1 s"
kill = "S1"
[[expect]]
time = "500 ms"
file = "f\u202Ec\u2028e"
server = "S1"
text = "{text}"
because = "{text}"
[[expect]]
file = "f\u202Ec\u2028e"
verdict = "safe"
because = "{text}"
"#
    )
}

#[track_caller]
fn assert_plain(ended: &Ended) {
    for letter in ended.out.chars().chain(ended.err.chars()) {
        assert!(replicarium::text::is_harmless(letter) || letter == '\n', "{letter:?} in {}{}", ended.out, ended.err);
    }
}

#[test]
fn nothing_from_a_scenario_comes_raw_to_a_terminal() {
    let path = scratch("nasty\u{1b}[31m\n\u{202e}.toml");
    fs::write(&path, nasty()).unwrap();
    let path = path.to_str().unwrap();
    let run = replicarium(&["run", path]);
    assert_eq!(run.code, Some(1), "{}", run.err);
    assert!(run.out.starts_with(&format!("{SHOWN} (nasty\\u{{1b}}[31m\\n\\u{{202e}}), seed 61\n")), "{}", run.out);
    assert!(run.out.contains("\nf\\u{202e}c\\u{2028}e  lost after it was acknowledged"), "{}", run.out);
    let sweep = replicarium(&["sweep", path, "--seeds", "2"]);
    assert_eq!(sweep.code, Some(1), "{}", sweep.err);
    let audit = replicarium(&["audit", path]);
    assert!(audit.out.contains("f\\u{202e}c\\u{2028}e"), "{}", audit.out);
    let why = replicarium(&["why", path, "f\u{202e}c\u{2028}e"]);
    assert!(why.out.starts_with("f\\u{202e}c\\u{2028}e: lost after it was acknowledged\n"), "{}{}", why.out, why.err);
    let well = replicarium(&["why", path, "f\u{202e}c\u{2028}e", "--at", "500 ms"]);
    assert_eq!(well.code, Some(0), "{}", well.err);
    for ended in [run, sweep, audit, why, well] {
        assert_plain(&ended);
    }
    // JSON has it as it is, escaped by its own rules.
    assert_eq!(replicarium(&["run", path, "--json"]).json()["title"], NASTY);
}

#[test]
fn the_command_that_repeats_a_run_can_be_pasted() {
    let path = scratch("it's\u{1b}[31m.toml");
    fs::write(&path, nasty()).unwrap();
    let sweep = replicarium(&["sweep", path.to_str().unwrap(), "--seeds", "1", "--json"]);
    let repeat = sweep.json()["failures"][0]["repeat"].as_str().unwrap().to_owned();
    let line = repeat.replacen("replicarium", "printf '%s\\n'", 1);
    let Ok(output) = std::process::Command::new("bash").args(["-c", &line]).output() else { return };
    let words = String::from_utf8(output.stdout).unwrap();
    assert_eq!(words.lines().nth(1), path.to_str(), "{repeat}");
}

#[test]
fn nothing_from_an_argument_comes_raw_to_a_terminal() {
    let wrong = format!("{NASTY}=1");
    let file = format!("{NASTY}.jsonl/");
    for (arguments, shown) in [
        (&["run", NASTY][..], format!("there is no scenario \"{SHOWN}\", neither")),
        (&["run", "three-copies", "--set", NASTY], format!("policy.acks=none, not \"{SHOWN}\"")),
        (&["run", "three-copies", "--set", &wrong], format!("set {SHOWN} = 1")),
        (&["run", "three-copies", "--until", NASTY], SHOWN.to_owned()),
        (&["run", "three-copies", "--seed", NASTY], SHOWN.to_owned()),
        (&["run", "three-copies", "--trace", &file], format!("the trace \"{SHOWN}.jsonl/\" can't be written: ")),
        (&["why", "three-copies", NASTY], format!("no file named \"{SHOWN}\" was ever written")),
        (&[NASTY], format!("unrecognized subcommand '{SHOWN}'")),
        (&["run", "three-copies", "--set", "policy.acks", NASTY], format!("unexpected argument '{SHOWN}'")),
    ] {
        let ended = replicarium(arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}");
        assert!(ended.err.contains(&shown), "{shown} in {}", ended.err);
        assert_plain(&ended);
    }
}

#[test]
fn a_long_quotation_is_cut_and_its_length_told() {
    let long = "x".repeat(5_000);
    let cut = format!("{}…", "x".repeat(80));
    let key = format!("{long}=1");
    let acks = format!("policy.acks={long}");
    let named = crate::input::KILLED
        .replace("file = \"only.txt\"\nverdict = \"safe\"", &format!("file = \"{long}\"\nverdict = \"safe\""));
    let field = format!("{}[{long}]\n{long} = 1\n", crate::input::KILLED);
    let refused = [
        replicarium(&["run", &long]),
        replicarium(&["why", "three-copies", &long]),
        replicarium(&["run", "three-copies", "--set", &long]),
        replicarium(&["run", "three-copies", "--set", &key]),
        replicarium(&["run", "three-copies", "--set", &acks]),
        replicarium(&["run", "three-copies", "--trace", &long]),
        replicarium_reading(&["run", "-"], &named),
        replicarium_reading(&["run", "-"], &field),
    ];
    for ended in &refused {
        let refusal = ended.refusal();
        assert!(refusal.contains(&cut) && refusal.contains("(5000 characters)"), "{refusal}");
    }
    for option in ["--until", "--seed"] {
        let ended = replicarium(&["run", "three-copies", option, &long]);
        assert!(ended.err.contains(&cut) && ended.err.contains("(5000 characters)"), "{}", ended.err);
    }
    for ended in refused {
        assert!(ended.err.chars().count() < 1_000, "{}", ended.err);
    }
}

#[test]
fn a_long_text_of_a_file_is_not_told_whole() {
    let text = "y".repeat(5_000);
    let expected =
        format!("{}\n[[expect]]\nfile = \"only.txt\"\nserver = \"S1\"\ntext = \"{text}\"\n", crate::input::KILLED);
    let ended = replicarium_reading(&["run", "-"], &expected);
    assert!(ended.out.contains("(5000 characters)"), "{}", ended.out);
    assert!(ended.out.lines().all(|line| line.chars().count() < 500), "{}", ended.out);
}
