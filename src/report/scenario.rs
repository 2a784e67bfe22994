//! What there is to run.

use serde::Serialize;

use super::span_milliseconds;
use crate::session::Scenario;

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
    /// One sentence that asks for one action.
    pub invitation: String,
    /// The seed of a run for which no other is asked.
    pub seed: u64,
    /// How long a run lasts for which no other time is asked, in milliseconds, counted from when the opening files are
    /// written.
    pub until_ms: f64,
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
        }
    }
}
