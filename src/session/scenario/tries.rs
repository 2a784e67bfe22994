//! The entries of `[[try]]`: variations of a scenario, each of which a button runs.
//!
//! A variation is no scenario of its own but what it sets over one: the override `variation = 2` stands for the settings
//! of the second entry, in the place where it was set, and for the changes of the plan that it names. So a link, a command
//! line or a page that carries overrides carries variations too.

use serde::Deserialize;

use super::document::Override;
use super::error::Problem;
use super::expect::{ExpectForm, Expectation};
use super::limits::{
    EXPECTATIONS_LIMIT, PLAN_LIMIT, TEXT_LIMIT_CHARACTERS, TITLE_LIMIT_CHARACTERS, TRY_SETTINGS_LIMIT,
};
use super::plan::AtForm;
use super::whole::{Natural, Whole};
use crate::session::TimedCommand;
use crate::sim::Span;
use crate::text::quoted;

/// The key of the override that puts a variation on.
pub(super) const VARIATION: &str = "variation";
/// What a variation leaves as it is: what says what the scenario is, and what there is to try.
const FIXED: [&str; 9] = ["version", "title", "teaches", "story", "invitation", "expect", "at", "try", VARIATION];

/// The limit as a number of the format.
// It is small.
#[allow(clippy::cast_possible_wrap)]
const TRIES_LIMIT_NUMBER: i64 = super::limits::TRIES_LIMIT as i64;

/// A number of an entry of `[[try]]`.
pub(super) type TryNumber = Whole<u32, 1, TRIES_LIMIT_NUMBER>;

/// A variation that the invitation asks for: what it changes, and the difference that it promises.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Try"))]
pub(super) struct TryForm {
    /// The sentence on its button, such as "Run it again with fencing on".
    title: String,
    /// What stays the same, or what to watch, in a few words.
    note: String,
    /// What it shows, in one sentence: told once its expectations have come true.
    answer: String,
    /// The settings that it changes, each as a key and a value, such as "policy.fencing = true".
    #[serde(default)]
    pub set: Vec<String>,
    /// Its seed; by default the run's own.
    seed: Option<Natural>,
    /// The names of the entries of `[[at]]` that it leaves out.
    #[serde(default)]
    pub without: Vec<String>,
    /// What happens by itself besides the rest, or instead of what is left out.
    #[serde(default)]
    pub at: Vec<AtForm>,
    /// What should hold then: the difference that it promises.
    #[serde(default)]
    pub expect: Vec<ExpectForm>,
}

/// A variation of a scenario: what its invitation asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Try {
    /// The sentence on its button.
    pub title: String,
    /// What stays the same, or what to watch.
    pub note: String,
    /// What it shows, told once its expectations have come true.
    pub answer: String,
    /// The settings that it changes.
    pub settings: Vec<Override>,
    /// Its seed, if it has one of its own.
    pub seed: Option<u64>,
    /// The names of the planned commands that it leaves out.
    pub without: Vec<String>,
    /// The commands that it adds to the plan.
    pub added: Vec<TimedCommand>,
    /// What should hold then.
    pub expectations: Vec<Expectation>,
}

impl TryForm {
    /// The variation that it describes, entry `number` from 1, of a scenario whose plan has `planned` entries and whose
    /// run ends at `end`.
    pub fn described(&self, number: usize, planned: usize, end: Span) -> Result<Try, Problem> {
        let field = format!("try[{number}]");
        let texts = [
            ("title", &self.title, TITLE_LIMIT_CHARACTERS),
            ("note", &self.note, TEXT_LIMIT_CHARACTERS),
            ("answer", &self.answer, TEXT_LIMIT_CHARACTERS),
        ];
        for (name, text, limit) in texts {
            if text.trim().is_empty() || text.chars().count() > limit {
                let message = format!("expected a text of 1 to {limit} characters");
                return Err(Problem::new(format!("{field}.{name}"), message));
            }
        }
        let changes = [self.set.len(), self.without.len(), self.at.len(), usize::from(self.seed.is_some())];
        if changes.iter().sum::<usize>() == 0 {
            return Err(Problem::new(field, "expected something to change: set, seed, without or [[try.at]]"));
        }
        let counts = [("set", self.set.len(), TRY_SETTINGS_LIMIT), ("at", planned + self.at.len(), PLAN_LIMIT)];
        for (name, count, limit) in counts {
            if count > limit {
                let message = format!("expected at most {limit} entries, not {count}");
                return Err(Problem::new(format!("{field}.{name}"), message));
            }
        }
        if !(1..=EXPECTATIONS_LIMIT).contains(&self.expect.len()) {
            let message = format!(
                "expected [[try.expect]], the difference that it promises: 1 to {EXPECTATIONS_LIMIT} of them, not {}",
                self.expect.len()
            );
            return Err(Problem::new(field, message));
        }
        Ok(Try {
            title: self.title.clone(),
            note: self.note.clone(),
            answer: self.answer.clone(),
            settings: self.settings(number)?,
            seed: self.seed.map(|seed| u64::from(seed.0)),
            without: self.without.clone(),
            added: self.added(number, planned)?.into_iter().map(|(_, timed)| timed).collect(),
            expectations: self.expectations(number, end)?,
        })
    }

    /// The settings that it makes, as overrides.
    pub fn settings(&self, number: usize) -> Result<Vec<Override>, Problem> {
        (1..).zip(&self.set).map(|(index, line)| setting(line, &format!("try[{number}].set[{index}]"))).collect()
    }

    /// Everything that it sets over the scenario's own, its seed too.
    pub fn overrides(&self, number: usize) -> Result<Vec<Override>, Problem> {
        let mut overrides = self.settings(number)?;
        overrides.extend(self.seed.map(|seed| Override { key: "seed".to_owned(), value: seed.0.to_string() }));
        Ok(overrides)
    }

    /// The commands that it adds, each with the name of its field.
    pub fn added(&self, number: usize, planned: usize) -> Result<Vec<(String, TimedCommand)>, Problem> {
        let entries = (1..).zip(&self.at).map(|(index, at)| {
            let field = format!("try[{number}].at[{index}]");
            let timed = at.timed_command(&field, (planned + index) as u64)?;
            Ok((field, timed))
        });
        entries.collect()
    }

    /// What should hold; `end` is the end of the run.
    pub fn expectations(&self, number: usize, end: Span) -> Result<Vec<Expectation>, Problem> {
        let entries = (1..).zip(&self.expect);
        entries.map(|(index, expect)| expect.expectation(&format!("try[{number}].expect[{index}]"), end)).collect()
    }

    /// Finds the first name that no entry of the plan has.
    pub fn check_names(&self, number: usize, plan: &[AtForm]) -> Result<(), Problem> {
        for (index, name) in (1..).zip(&self.without) {
            if !plan.iter().any(|at| at.is_named(name)) {
                let message = format!("there is no [[at]] with the name {}", quoted(name));
                return Err(Problem::new(format!("try[{number}].without[{index}]"), message));
            }
        }
        Ok(())
    }
}

fn setting(line: &str, field: &str) -> Result<Override, Problem> {
    let expected = "expected a key and a value, such as \"policy.fencing = true\"";
    let one = Override::from_line(line).ok_or_else(|| Problem::new(field, expected))?;
    let first = one.key.split(['.', '[']).next().unwrap_or_default();
    // A single entry of the plan may be changed, but not all of it at once.
    let is_entry = first == "at" && one.key.starts_with("at[");
    if FIXED.contains(&first) && !is_entry {
        return Err(Problem::new(field, format!("a variation can't set {}", quoted(first))));
    }
    Ok(one)
}
