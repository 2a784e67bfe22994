//! Why something is wrong with a file, and what would have saved it.

use serde::Serialize;

use super::{TroubleWord, milliseconds};
use crate::session::{Explanation, Remedy, RemedyReport as Found, Step};

/// Why something is wrong with a file, and the cheapest change of settings that would have saved it.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WhyReport {
    /// The name of the file.
    pub file: String,
    /// What is wrong.
    pub trouble: TroubleWord,
    /// All of it in one sentence.
    pub summary: String,
    /// The events that led to it, in the order in which they happened.
    pub steps: Vec<StepReport>,
    /// What would have saved it.
    pub remedy: RemedyReport,
}

/// One event that matters.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct StepReport {
    /// The number of the event.
    pub event: u64,
    /// When it happened, in milliseconds since the world began.
    pub at_ms: f64,
    /// What happened, and what it means here.
    pub sentence: String,
}

/// The answer of a search for a remedy, in which the same run was made again with other settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RemedyReport {
    /// The answer in one sentence.
    pub sentence: String,
    /// Each change that together would have saved the file, as an order; empty if none was found.
    pub changes: Vec<String>,
    /// What became of the file with them; left out if none were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// How many runs were made.
    pub runs: usize,
    /// Whether the search came to its end; not so when it was cancelled.
    pub is_complete: bool,
}

impl WhyReport {
    /// The report of an explanation and a search for a remedy.
    #[must_use]
    pub fn new(explanation: &Explanation, found: &Found) -> Self {
        Self {
            file: explanation.file.clone(),
            trouble: TroubleWord::from(&explanation.trouble),
            summary: explanation.summary.clone(),
            steps: explanation.steps.iter().map(StepReport::from).collect(),
            remedy: RemedyReport::from(found),
        }
    }
}

impl From<&Step> for StepReport {
    fn from(step: &Step) -> Self {
        Self { event: step.event.0, at_ms: milliseconds(step.at), sentence: step.sentence.clone() }
    }
}

impl From<&Found> for RemedyReport {
    fn from(found: &Found) -> Self {
        let changes = |remedy: &Remedy| remedy.changes.iter().map(|change| change.describe()).collect();
        Self {
            sentence: found.sentence.clone(),
            changes: found.remedy.as_ref().map(changes).unwrap_or_default(),
            evidence: found.remedy.as_ref().map(|remedy| remedy.evidence.sentence.clone()),
            runs: found.runs,
            is_complete: found.is_complete,
        }
    }
}
