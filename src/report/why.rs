//! Why something is wrong with a file, and what would have saved it.

use serde::Serialize;

use super::{TroubleWord, milliseconds};
use crate::replication::Version;
use crate::session::{Evidence, Explanation, Remedy, RemedyReport as Found, Step};

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
    /// The answer in a few sentences: what to change, what it costs, and whether clients are then told less.
    pub sentence: String,
    /// Each change that together would have saved the file, as an order; empty if none was found.
    pub changes: Vec<String>,
    /// The changes as settings over the scenario's own, such as `policy.acks=1`: what `--set` takes on the command
    /// line. Empty if none were found, or settings alone don't make them, as where a planned command is left out.
    pub settings: Vec<String>,
    /// What became of the file with them; left out if none were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence: Option<String>,
    /// What clients were told about the file, in the run as it was and with the changes; left out if none were found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub told: Option<ToldReport>,
    /// Whether clients are then not told ok of all that they were told ok of, or not answered where they were. Such
    /// changes are the answer only if no others save the file.
    pub withholds: bool,
    /// Cheaper changes under which clients are told less: better a no than a false yes. Left out if there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alternative: Option<AlternativeReport>,
    /// How many runs were made.
    pub runs: usize,
    /// Whether the search came to its end; not so when it was cancelled.
    pub is_complete: bool,
}

/// Cheaper changes under which clients are told less.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AlternativeReport {
    /// What to change, what it costs, and what clients are then no longer told.
    pub sentence: String,
    /// Each of the changes, as an order.
    pub changes: Vec<String>,
    /// The changes as settings over the scenario's own; empty if settings alone don't make them.
    pub settings: Vec<String>,
    /// What became of the file with them.
    pub evidence: String,
    /// What clients were told about the file, in the run as it was and with the changes.
    pub told: ToldReport,
}

/// What clients were told about a file without and with the changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ToldReport {
    /// How many writes and deletions of the file were acknowledged, in the run as it was.
    pub acknowledged_before: usize,
    /// How many are with the changes.
    pub acknowledged_with: usize,
    /// The last version that was acknowledged, in the run as it was; left out if none was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_before: Option<u64>,
    /// The last version that is with the changes; left out if none is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version_with: Option<u64>,
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
        let remedy = found.remedy.as_ref();
        Self {
            sentence: found.sentence.clone(),
            changes: remedy.map(changes).unwrap_or_default(),
            settings: remedy.map(settings).unwrap_or_default(),
            evidence: remedy.map(|remedy| remedy.evidence.sentence.clone()),
            told: remedy.map(|remedy| ToldReport::from(&remedy.evidence)),
            withholds: remedy.is_some_and(|remedy| remedy.withholds),
            alternative: found.alternative.as_ref().map(AlternativeReport::from),
            runs: found.runs,
            is_complete: found.is_complete,
        }
    }
}

impl From<&Remedy> for AlternativeReport {
    fn from(remedy: &Remedy) -> Self {
        Self {
            sentence: remedy.sentence.clone(),
            changes: changes(remedy),
            settings: settings(remedy),
            evidence: remedy.evidence.sentence.clone(),
            told: ToldReport::from(&remedy.evidence),
        }
    }
}

fn changes(remedy: &Remedy) -> Vec<String> {
    remedy.changes.iter().map(|change| change.describe()).collect()
}

fn settings(remedy: &Remedy) -> Vec<String> {
    remedy.settings.iter().map(ToString::to_string).collect()
}

impl From<&Evidence> for ToldReport {
    fn from(evidence: &Evidence) -> Self {
        let version = |version: Option<Version>| version.map(|version| version.0);
        Self {
            acknowledged_before: evidence.before.acknowledged,
            acknowledged_with: evidence.with.acknowledged,
            version_before: version(evidence.before.version),
            version_with: version(evidence.with.version),
        }
    }
}
