//! Submissions: what a learner did and answered, as a text that she can read.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Deserialize;

use super::error::ExerciseError;
use super::limits::{ANSWERS_LIMIT, COMMANDS_LIMIT, SUBMISSION_SIZE_LIMIT_BYTES};
use super::read;
use super::task::Exercise;
use crate::session::{AtForm, Document, Natural, Override, Problem, TimedCommand, Whole, command_text, exact_span};
use crate::sim::Time;
use crate::text::quoted;

/// The version of the format.
pub const SUBMISSION_VERSION: u32 = 1;
/// The version of the engine that is written into submissions.
pub const ENGINE_VERSION: &str = env!("CARGO_PKG_VERSION");
/// The most characters of a name.
const NAME_LIMIT_CHARACTERS: usize = 80;

/// An attempt at an exercise: all that is needed to grade it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submission {
    /// The short name of the exercise.
    pub exercise: String,
    /// Its revision.
    pub revision: u32,
    /// The version of the engine with which it was made.
    pub engine: String,
    /// The seed: it draws the variant, and the cluster runs under it.
    pub seed: u64,
    /// A name, if one was typed.
    pub name: Option<String>,
    /// What was set.
    pub overrides: Vec<Override>,
    /// What was done, and when, counted from when the learner enters.
    pub commands: Vec<TimedCommand>,
    /// What was answered, by the short names of questions and answers.
    pub answers: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
struct SubmissionForm {
    #[expect(dead_code, reason = "reading it is what checks it")]
    submission: Whole<u32, 1, 1>,
    exercise: String,
    revision: Natural,
    engine: String,
    seed: Natural,
    name: Option<String>,
    #[serde(default)]
    set: Vec<String>,
    #[serde(default)]
    answers: BTreeMap<String, String>,
    #[serde(default)]
    at: Vec<AtForm>,
    /// What it claims itself counts for nothing.
    #[expect(dead_code, reason = "a claim is read over")]
    score: Option<serde::de::IgnoredAny>,
}

impl Submission {
    /// A submission with nothing in it yet, for an exercise in its variant.
    #[must_use]
    pub fn new(exercise: &Exercise) -> Self {
        Self {
            exercise: exercise.id.clone(),
            revision: exercise.revision,
            engine: ENGINE_VERSION.to_owned(),
            seed: exercise.seed,
            name: None,
            overrides: Vec::new(),
            commands: Vec::new(),
            answers: BTreeMap::new(),
        }
    }

    /// Reads a submission from its text.
    ///
    /// # Errors
    /// If it is too big, no TOML, or has a field that is missing, unknown or wrong.
    pub fn read(file: &str, source: &str) -> Result<Self, ExerciseError> {
        let (size, limit) = (source.len(), SUBMISSION_SIZE_LIMIT_BYTES);
        if size > limit {
            return Err(ExerciseError::TooBig { file: file.to_owned(), size, limit });
        }
        let document = Document::parse(file, source, &[], &[])?;
        let form: SubmissionForm = document.read()?;
        let locate = |problem: Problem| ExerciseError::from(document.locate(problem));
        if form.at.len() > COMMANDS_LIMIT {
            let message = format!("expected at most {COMMANDS_LIMIT} commands, not {}", form.at.len());
            return Err(locate(Problem::new("at", message)));
        }
        if form.answers.len() > ANSWERS_LIMIT {
            let message = format!("expected at most {ANSWERS_LIMIT} answers, not {}", form.answers.len());
            return Err(locate(Problem::new("answers", message)));
        }
        if form.name.as_ref().is_some_and(|name| name.chars().count() > NAME_LIMIT_CHARACTERS) {
            let message = format!("expected at most {NAME_LIMIT_CHARACTERS} characters");
            return Err(locate(Problem::new("name", message)));
        }
        Ok(Self {
            exercise: form.exercise,
            revision: form.revision.0,
            engine: form.engine,
            seed: form.seed.0.into(),
            name: form.name,
            overrides: read::overrides("set", &form.set).map_err(locate)?,
            commands: read::commands("at", &form.at).map_err(locate)?,
            answers: form.answers,
        })
    }

    /// Whether it belongs to this exercise.
    ///
    /// # Errors
    /// If it was made for another one, or for another revision of it.
    pub fn check_belongs(&self, file: &str, exercise: &Exercise) -> Result<(), ExerciseError> {
        let foreign = |message: String| Err(ExerciseError::Foreign { file: file.to_owned(), message });
        if self.exercise != exercise.id {
            let (found, expected) = (quoted(&self.exercise), quoted(&exercise.id));
            return foreign(format!("it is a submission for the exercise {found}, not for {expected}"));
        }
        if self.revision != exercise.revision {
            let (id, found, expected) = (&exercise.id, self.revision, exercise.revision);
            return foreign(format!("it was made for revision {found} of {id}, which is at revision {expected} now"));
        }
        Ok(())
    }

    /// The submission as the text that [`Self::read`] reads; none for what the format has no form for, such as random
    /// faults that were let loose by hand.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        let mut text = format!(
            "submission = {SUBMISSION_VERSION}\nexercise = {}\nrevision = {}\nengine = {}\nseed = {}\n",
            string(&self.exercise),
            self.revision,
            string(&self.engine),
            self.seed
        );
        if let Some(name) = &self.name {
            let _ = writeln!(text, "name = {}", string(name));
        }
        if !self.overrides.is_empty() {
            let lines: Vec<String> =
                self.overrides.iter().map(|one| string(&format!("{} = {}", one.key, one.value))).collect();
            let _ = writeln!(text, "set = [{}]", lines.join(", "));
        }
        if !self.answers.is_empty() {
            text.push_str("\n[answers]\n");
            for (question, answer) in &self.answers {
                let _ = writeln!(text, "{} = {}", string(question), string(answer));
            }
        }
        for timed in &self.commands {
            let at = exact_span(timed.at.since(Time::ZERO));
            let _ = write!(text, "\n[[at]]\ntime = \"{at}\"\n{}\n", command_text(&timed.command)?);
        }
        Some(text)
    }
}

/// A text as TOML writes it.
fn string(text: &str) -> String {
    crate::session::toml_string(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "submission = 1\nexercise = \"lose-an-ok\"\nrevision = 1\nengine = \"0.1.0\"\nseed = 61\n\
                        name = \"Ada \\\"L\\\"\"\nset = [\"policy.acks = none\"]\n\n[answers]\n\"q\" = \"v2\"\n\n\
                        [[at]]\ntime = \"0.5 s\"\nkill = \"S1\"\n\n[[at]]\ntime = \"1200 us\"\n\
                        write = { file = \"a.txt\", text = \"x\" }\n";

    #[test]
    fn what_is_written_reads_as_the_same_submission() {
        let submission = Submission::read("a.toml", TEXT).expect("it is good");
        let text = submission.text().expect("it has a form");
        assert_eq!(Submission::read("a.toml", &text), Ok(submission), "{text}");
    }

    #[test]
    fn what_is_wrong_is_told_in_one_sentence() {
        for (source, said) in [
            ("x", "a.toml, line 1: this is not TOML"),
            ("submission = 2\n", "expected the number 1"),
            ("submission = 1\n", "missing field `exercise`"),
            (&TEXT.replace("kill = \"S1\"", "kill = \"one\""), "a server such as \"S1\""),
            (&TEXT.replace("policy.acks = none", "policy.acks"), "expected a setting such as"),
            (&format!("{TEXT}\n#{}", "x".repeat(SUBMISSION_SIZE_LIMIT_BYTES)), "expected at most 262144 bytes"),
        ] {
            let error = Submission::read("a.toml", source).expect_err("it is wrong").to_string();
            assert!(error.contains(said) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_score_that_it_claims_is_read_over() {
        let claiming = TEXT.replace("seed = 61", "seed = 61\nscore = { points = 9000 }");
        assert_eq!(Submission::read("a.toml", &claiming), Submission::read("a.toml", TEXT));
    }
}
