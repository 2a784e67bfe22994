//! Scenarios: a cluster, its policy, what is in it at first, what happens by itself, and what is expected of it.
//!
//! A scenario is a text in TOML; `docs/scenarios.md` explains the format to those who write one.

mod acks;
mod built_in;
mod check;
mod client;
mod cluster;
mod document;
mod error;
mod expect;
mod fields;
mod file;
mod limits;
mod loose;
mod outcome;
mod plan;
mod policy;
mod quantity;
mod random;
mod reader;
mod recognise;
mod tries;
mod whole;
mod word;
mod written;

use std::collections::BTreeSet;
use std::sync::Arc;

pub(crate) use document::Document;
pub use document::Override;
pub(crate) use error::Problem;
pub use error::{ScenarioError, ScenarioPlace};
pub(crate) use expect::ExpectForm;
pub use expect::{Condition, Counted, Expectation};
#[cfg(feature = "schema")]
pub use file::scenario_schema;
pub use limits::{
    CLIENTS_LIMIT, EXPECTATIONS_LIMIT, OPENING_FILES_LIMIT, OPENING_SIZE_LIMIT_BYTES, OVERRIDES_LIMIT, PLAN_LIMIT,
    RATE_LIMIT_PER_SECOND, RUN_LIMIT, SCENARIO_SIZE_LIMIT_BYTES, SERVICES_LIMIT, TEXT_LIMIT_CHARACTERS,
    TITLE_LIMIT_CHARACTERS, TRIES_LIMIT,
};
pub use loose::{command_from_line, setting_from_line};
pub use outcome::{ExpectationResult, Fulfilment};
pub(crate) use plan::AtForm;
pub use plan::{command_from_text, parse_command};
pub(crate) use quantity::Duration;
pub use quantity::{exact as exact_span, span as parse_span};
pub use tries::Try;
pub(crate) use whole::{Natural, Whole};
pub use written::{command_text, toml_string};

use super::{Chaos, TimedCommand};
use crate::client::{WORKLOAD_FILES_LIMIT, workload_file_name};
use crate::sim::{Content, Span};
use crate::world::{Command, Placement, WorldSettings};

/// The version of the format.
pub const SCENARIO_VERSION: u32 = 1;

/// A scenario: what a run begins with, what is planned for it, and what is expected of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its short name in links and on the command line: the name of its file without folder and ending.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it teaches, in one sentence.
    pub teaches: String,
    /// What it is about, in one to three sentences.
    pub story: String,
    /// A question that one action answers.
    pub invitation: String,
    /// The seed of a run for which no other is asked.
    pub seed: u64,
    /// How long a run lasts that nobody stops, counted from when the learner enters.
    pub until: Span,
    /// How its world is set up.
    pub settings: WorldSettings,
    /// The files that are written before the learner enters: name, content and placement.
    pub files: Vec<(String, Content, Placement)>,
    /// What happens by itself, in the order of its times, which count from when the learner enters.
    pub plan: Vec<TimedCommand>,
    /// The random faults, if there are any.
    pub chaos: Option<Chaos>,
    /// What is expected of it.
    pub expectations: Vec<Expectation>,
    /// What its invitation asks for: variations that can be run.
    pub tries: Vec<Try>,
    /// The number of the variation that is on, from 1; then plan, settings and expectations are those of it.
    pub variation: Option<usize>,
    /// The text that it was read from.
    pub source: Arc<str>,
    /// What was set over the text's own settings, in this order.
    pub overrides: Vec<Override>,
}

impl Scenario {
    /// All built-in scenarios, in the order in which they are offered.
    #[must_use]
    pub fn all() -> &'static [Arc<Self>] {
        built_in::all()
    }

    /// The built-in scenario with this slug.
    #[must_use]
    pub fn by_slug(slug: &str) -> Option<&'static Arc<Self>> {
        Self::all().iter().find(|scenario| scenario.slug == slug)
    }

    /// Reads a scenario from the text of its file. Its slug is the name of the file without folder and ending.
    ///
    /// # Errors
    /// If the text is not TOML, has a field that is unknown, missing or wrong, speaks of what does not exist,
    /// or exceeds one of the limits of the format. The error names the file, the line and the field.
    pub fn parse(file_name: &str, source: &str) -> Result<Self, ScenarioError> {
        Self::parse_with(file_name, source, &[])
    }

    /// Reads a scenario and sets other values over the text's own, all before any of them is judged.
    ///
    /// # Errors
    /// As [`Self::parse`]; an error of such a value names its key.
    pub fn parse_with(file_name: &str, source: &str, overrides: &[Override]) -> Result<Self, ScenarioError> {
        file::parse(file_name, source, overrides)
    }

    /// Whether somebody meant the text of a file as a scenario, so that what is wrong with it is worth telling; any
    /// other file is merely a file.
    #[must_use]
    pub fn is_meant(file_name: &str, source: &str) -> bool {
        recognise::is_meant(file_name, source)
    }

    /// The scenario with another value for one field, such as `none` for `policy.acks`. Entries are counted from
    /// 1, as in `clients[1].workload.rate`. A value that is no TOML counts as a text, so that `20 ms` needs no
    /// quotation marks.
    ///
    /// # Errors
    /// If there is no such field or it can't have this value; the error names the key.
    pub fn set(&self, key: &str, value: &str) -> Result<Self, ScenarioError> {
        let mut overrides = self.overrides.clone();
        overrides.push(Override { key: key.to_owned(), value: value.to_owned() });
        Self::parse_with(&self.file_name(), &self.source, &overrides)
    }

    /// The scenario with this variation on, counted from 1, in the place of any other; with none, as it is without. What
    /// else was set over its text stays.
    ///
    /// # Errors
    /// If there is no such variation, or it does not go together with what was set over the text.
    pub fn varied(&self, number: Option<usize>) -> Result<Self, ScenarioError> {
        let mut overrides = self.overrides.clone();
        overrides.retain(|one| one.key != tries::VARIATION);
        overrides.extend(number.map(|number| Override { key: tries::VARIATION.to_owned(), value: number.to_string() }));
        Self::parse_with(&self.file_name(), &self.source, &overrides)
    }

    /// The variation that is on.
    #[must_use]
    pub fn tried(&self) -> Option<&Try> {
        self.tries.get(self.variation?.checked_sub(1)?)
    }

    /// The scenario as its text says it, with nothing set over it.
    ///
    /// # Errors
    /// If its text is no scenario by itself.
    pub fn as_written(&self) -> Result<Self, ScenarioError> {
        Self::parse_with(&self.file_name(), &self.source, &[])
    }

    /// Whether it is one of the built-in scenarios, unchanged.
    #[must_use]
    pub fn is_built_in(&self) -> bool {
        Self::by_slug(&self.slug).is_some_and(|known| **known == *self)
    }

    /// The name of its file: the slug and `.toml`.
    #[must_use]
    pub fn file_name(&self) -> String {
        format!("{}.toml", self.slug)
    }

    /// The text of a file with it. What was set over its own text can't stand in that and is told in comments at its head, as
    /// the command line takes it.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let mut text = String::new();
        if !self.overrides.is_empty() {
            text.push_str("# The run had other settings over these:\n");
        }
        for one in &self.overrides {
            let line = one.to_string().replace(['\r', '\n'], " ");
            text.push_str("#   --set '");
            text.push_str(&line);
            text.push_str("'\n");
        }
        text.push_str(&self.source);
        text
    }

    /// Its short name in links and on the command line.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it is about, in one to three sentences.
    #[must_use]
    pub fn story(&self) -> &str {
        &self.story
    }

    /// A question that one action answers.
    #[must_use]
    pub fn invitation(&self) -> &str {
        &self.invitation
    }

    /// The names of all files that it writes: at first, as planned, and by its clients' workloads.
    #[must_use]
    pub fn file_names(&self) -> Vec<String> {
        let at_first = self.files.iter().map(|(file, ..)| file.clone());
        let planned = self.plan.iter().filter_map(|timed| match &timed.command {
            Command::Write { file, .. } => Some(file.clone()),
            _ => None,
        });
        let most = self.settings.clients.iter().filter_map(|client| client.workload).map(|workload| workload.files);
        let by_workload = (0..most.max().unwrap_or(0).min(WORKLOAD_FILES_LIMIT)).map(workload_file_name);
        let mut names: Vec<String> = at_first.chain(planned).chain(by_workload).collect();
        let mut known = BTreeSet::new();
        names.retain(|name| known.insert(name.clone()));
        names
    }

    /// The writes that fill its cluster before the learner enters.
    pub fn opening(&self) -> impl Iterator<Item = Command> + '_ {
        self.files.iter().map(|(file, content, placement)| Command::Write {
            file: file.clone(),
            content: content.clone(),
            placement: *placement,
        })
    }
}
