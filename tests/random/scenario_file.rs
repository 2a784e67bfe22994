//! A failing run as a scenario file: `replicarium run` reads it and meets the same events.

mod commands;
mod settings;
mod value;

use std::path::{Path, PathBuf};

use replicarium::session::{SCENARIO_SIZE_LIMIT_BYTES, Session};
use replicarium::sim::{Span, Time};
use replicarium::world::Placement;

use self::value::{Fields, copies, quoted, span};
use super::model::Failure;
use super::options::Options;
use super::run::story;

/// The scenario ends at the first multiple of this after the run did.
const ROUND_UP_TO: u64 = 100_000;
/// How much room the note takes that sentences were left out.
const NOTE_BYTES: usize = 100;

/// Where the file of a run is.
pub fn path(options: &Options) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    folder.join(format!("random-{}-{}.toml", options.family.name(), options.seed))
}

/// The command that runs such a file.
pub fn command(path: &Path) -> String {
    format!("cargo run --no-default-features --features cli -- run {}", path.display())
}

/// Writes a failing run to its file.
pub fn write(options: &Options, session: &Session, failure: &Failure) -> PathBuf {
    let path = path(options);
    std::fs::write(&path, text(options, session, failure)).expect("the folder for temporary files can be written to");
    path
}

/// The scenario, with all that is known of the failure in comments.
fn text(options: &Options, session: &Session, failure: &Failure) -> String {
    let mut text = comment(&format!("{}: {}", failure.invariant, failure.detail));
    text += "#\n# This file is run by\n";
    text += &comment(&format!("    {}", command(&path(options))));
    text += "# and the random run that it was made from by\n";
    text += &comment(&format!("    {}", options.repeat()));
    text.push('\n');
    text += &scenario(options, session, failure);
    text += "\n# What happens:\n";
    text += &end_of(&story(session), SCENARIO_SIZE_LIMIT_BYTES.saturating_sub(text.len()));
    text
}

fn scenario(options: &Options, session: &Session, failure: &Failure) -> String {
    let (family, seed) = (options.family.name(), options.seed);
    let count = session.commands().len();
    let mut top = Fields::default();
    top.say("version", 1);
    top.say("title", quoted(&format!("Random run {seed} of {family}")));
    top.say("teaches", quoted(&format!("A check of the random tests fails: {}.", failure.invariant)));
    top.say("story", quoted(&format!("What is left of a random run: {count} commands, the last ones to heal it.")));
    top.say("invitation", quoted("Take another command away: is it needed?"));
    top.say("seed", seed);
    top.say("until", span(end(session).since(session.start())));
    let mut text = top.lines() + &settings::sections(&options.settings);
    for (name, content, placement) in options.scenario().files {
        let mut file = Fields::default();
        file.say("name", quoted(&name));
        file.say("text", commands::text_of(&content));
        file.say_unusual("copies", placement, Placement::EveryServer, copies);
        text += &file.section("[[files]]");
    }
    text.extend(session.commands().iter().map(|timed| commands::entry(timed, session.start())));
    text
}

/// A little after the end of the run, so that what its last command does happens as well.
fn end(session: &Session) -> Time {
    let length = session.now().since(session.start()).as_micros();
    session.start() + Span::from_micros((length / ROUND_UP_TO + 1) * ROUND_UP_TO)
}

/// Each line as a comment, in which only some characters may stand.
fn comment(text: &str) -> String {
    let line = |line: &str| format!("# {line}").replace(char::is_control, " ").trim_end().to_owned() + "\n";
    text.lines().map(line).collect()
}

/// The last lines of a story, as comments: as many as a file has room for that can still be read.
fn end_of(story: &str, room: usize) -> String {
    let mut left = room.saturating_sub(NOTE_BYTES);
    let mut kept: Vec<String> = Vec::new();
    for line in story.lines().rev().map(comment) {
        let Some(rest) = left.checked_sub(line.len()) else { break };
        left = rest;
        kept.push(line);
    }
    let left_out = story.lines().count() - kept.len();
    let note = if left_out == 0 { String::new() } else { format!("# (the first {left_out} sentences are left out)\n") };
    kept.into_iter().rev().fold(note, |text, line| text + &line)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use replicarium::session::{Scenario, TimedCommand};

    use super::super::options::Family;
    use super::super::run::generate;
    use super::*;

    const SEEDS: u64 = 12;

    fn is_the_same_run(family: Family, seed: u64) {
        let options = Options::draw(family, seed);
        let outcome = generate(&options);
        let mut session = outcome.session.expect("the run begins");
        let failure = Failure { invariant: "none", detail: "all is \u{7} well,\nand a second line says so".to_owned() };
        let text = text(&options, &session, &failure);
        let file = path(&options).display().to_string();
        let scenario = Scenario::parse(&file, &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(scenario.settings, options.settings, "{text}");
        assert_eq!((scenario.seed, &scenario.files), (seed, &options.scenario().files));
        let since_start = |timed: &TimedCommand| TimedCommand {
            at: Time::ZERO + timed.at.since(session.start()),
            command: timed.command.clone(),
        };
        assert_eq!(scenario.plan, session.commands().iter().map(since_start).collect::<Vec<_>>());

        session.advance(end(&session));
        let (seed, until) = (scenario.seed, scenario.until);
        let mut again = Session::new(&Arc::new(scenario), seed);
        again.advance(again.start() + until);
        assert_eq!(again.refused(), 0);
        assert_eq!(again.trace_hash(), session.trace_hash(), "{} {seed}", family.name());
    }

    #[test]
    fn each_file_is_read_and_leads_to_the_same_trace() {
        for family in Family::ALL {
            for seed in 0..SEEDS {
                is_the_same_run(family, seed);
            }
        }
    }

    #[test]
    fn a_long_story_loses_its_beginning() {
        let story = "first\nsecond\nthird";
        assert_eq!(end_of(story, 1_000), "# first\n# second\n# third\n");
        assert_eq!(end_of(story, NOTE_BYTES + 9), "# (the first 2 sentences are left out)\n# third\n");
    }
}
