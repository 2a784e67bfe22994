//! What there is to run.

use serde::Serialize;

use crate::session::Scenario;

/// A built-in scenario.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ScenarioReport {
    /// The short name by which it is run.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about, in one to three sentences.
    pub story: String,
    /// One sentence that asks for one action.
    pub invitation: String,
}

impl From<&Scenario> for ScenarioReport {
    fn from(scenario: &Scenario) -> Self {
        Self {
            slug: scenario.slug().to_owned(),
            title: scenario.title().to_owned(),
            story: scenario.story().to_owned(),
            invitation: scenario.invitation().to_owned(),
        }
    }
}
