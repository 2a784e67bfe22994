//! What there is to run.

use serde::Serialize;

use super::span_milliseconds;
use crate::session::{Scenario, Try};

/// A built-in scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ScenarioReport {
    /// The short name by which it is run.
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
    /// How long a run lasts for which no other time is asked, in milliseconds, counted from when the opening files are
    /// written.
    pub until_ms: f64,
    /// What the invitation asks for, as variations that can be run: the first one with the setting `variation` 1.
    pub tries: Vec<TryReport>,
}

/// A variation of a scenario.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TryReport {
    /// What it does, as its button on the page says.
    pub title: String,
    /// What stays the same, or what to watch.
    pub note: String,
    /// What it shows.
    pub answer: String,
    /// The settings that it changes, each as in `policy.fencing=true`.
    pub settings: Vec<String>,
    /// The names of the planned commands that it leaves out.
    pub without: Vec<String>,
    /// Its seed, if it has one of its own.
    pub seed: Option<u64>,
}

impl From<&Try> for TryReport {
    fn from(one: &Try) -> Self {
        Self {
            title: one.title.clone(),
            note: one.note.clone(),
            answer: one.answer.clone(),
            settings: one.settings.iter().map(ToString::to_string).collect(),
            without: one.without.clone(),
            seed: one.seed,
        }
    }
}

impl From<&Scenario> for ScenarioReport {
    fn from(scenario: &Scenario) -> Self {
        Self {
            slug: scenario.slug().to_owned(),
            title: scenario.title().to_owned(),
            teaches: scenario.teaches.clone(),
            story: scenario.story().to_owned(),
            invitation: scenario.invitation().to_owned(),
            seed: scenario.seed,
            until_ms: span_milliseconds(scenario.until),
            tries: scenario.tries.iter().map(TryReport::from).collect(),
        }
    }
}
