//! Two worlds side by side.

use serde::Serialize;

use super::{ImportanceWord, JudgementWord, LandmarkWord, MoodWord, span_milliseconds};
use crate::session::{
    Comparison, Contrast, FirstDifference, Happening, Measure, OutcomeRow, Parting, Shared, Side, Truth,
};

/// How many later differences are told.
const DIFFERENCES_TOLD: usize = 200;

/// Two runs, compared. Times are milliseconds of virtual time since the opening files were written.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ComparisonReport {
    /// The first world.
    pub a: WorldReport,
    /// The second world.
    pub b: WorldReport,
    /// How long both ran.
    pub length_ms: f64,
    /// What is the same.
    pub same: Vec<SharedReport>,
    /// What differs: settings by their keys, and `seed`, `plan`, `random faults` or `commands`.
    pub different: Vec<ContrastReport>,
    /// The first event that is not the same in both; left out if all are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_difference: Option<FirstDifferenceReport>,
    /// What is told of one world and did not happen in the other at the same time, in the order of times.
    pub differences: Vec<DifferenceReport>,
    /// Whether there are more of them than are told.
    pub more_differences: bool,
    /// What came of both at the end.
    pub outcomes: Vec<OutcomeReport>,
    /// All of it in one or two sentences.
    pub summary: String,
    /// Why they end before the time that was asked for, in one sentence, if they do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full: Option<String>,
}

/// One of the two worlds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct WorldReport {
    /// What it is called.
    pub name: String,
    /// The short name of its scenario.
    pub scenario: String,
    /// The title of its scenario.
    pub title: String,
    /// Its seed.
    pub seed: u64,
    /// What was set over its scenario's own settings, as in `policy.acks=none`.
    pub settings: Vec<String>,
    /// How many events it had.
    pub events: usize,
    /// The BLAKE3 hash of its events.
    pub trace_hash: String,
    /// How many commands of the other run could not be carried out in it.
    pub skipped_commands: usize,
    /// What is true of it at the end.
    pub truth: TruthReport,
}

/// What is true of a world.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TruthReport {
    /// How good it is.
    pub mood: MoodWord,
    /// The verdict in two or three words.
    pub verdict: String,
    /// What is true.
    pub sentence: String,
    /// Why, or what else.
    pub detail: String,
}

/// Something in which both are the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SharedReport {
    /// What it is.
    pub what: String,
    /// More about it; may be empty.
    pub detail: String,
}

/// Something in which they differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ContrastReport {
    /// What it is.
    pub key: String,
    /// What it is in A.
    pub a: String,
    /// What it is in B.
    pub b: String,
}

/// The first difference of what happened.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FirstDifferenceReport {
    /// When it is.
    pub at_ms: f64,
    /// The event of A at that place; left out if nothing more happens in A.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub a: Option<PartingReport>,
    /// The event of B at that place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub b: Option<PartingReport>,
}

/// What one world did where they part.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PartingReport {
    /// When.
    pub at_ms: f64,
    /// What happened, in one sentence.
    pub sentence: String,
}

/// Something that happened in one world and not at the same time in the other.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct DifferenceReport {
    /// When.
    pub at_ms: f64,
    /// In which world, `A` or `B`.
    #[cfg_attr(feature = "api", tsify(type = "\"A\" | \"B\""))]
    pub world: String,
    /// What happened, in one sentence.
    pub sentence: String,
    /// How much it matters.
    pub importance: ImportanceWord,
    /// What it is marked for; left out for what is only told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mark: Option<LandmarkWord>,
    /// When the same happened in the other world; left out if it never did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub in_the_other_ms: Option<f64>,
}

/// One number of what came of it, in both worlds.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct OutcomeReport {
    /// A short name that stays the same, such as `lost`.
    pub key: String,
    /// What is measured.
    pub label: String,
    /// In A.
    pub a: MeasureReport,
    /// In B.
    pub b: MeasureReport,
    /// The difference of B from A, in the unit of both; left out where there is nothing to subtract.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta: Option<f64>,
    /// The difference for people.
    pub delta_text: String,
    /// How B compares with A.
    pub judgement: JudgementWord,
}

/// A number of what came of a world.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct MeasureReport {
    /// The number; left out where nothing was measured, or it never happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Of how many, where it is a part of something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub of: Option<f64>,
    /// The unit: `ms`, `bytes`, or nothing for a count.
    pub unit: String,
    /// For people, as in `18 of 20`, `56.8 ms`, `never` or `–`.
    pub text: String,
}

impl ComparisonReport {
    /// What a comparison has come to at its end.
    #[must_use]
    pub fn new(comparison: &Comparison) -> Self {
        let (differences, more_differences) = differences(comparison);
        Self {
            a: WorldReport::new(comparison, Side::A),
            b: WorldReport::new(comparison, Side::B),
            length_ms: span_milliseconds(comparison.length()),
            same: comparison.setup().same.iter().map(SharedReport::from).collect(),
            different: comparison.setup().different.iter().map(ContrastReport::from).collect(),
            first_difference: comparison.first_difference().map(FirstDifferenceReport::from),
            differences,
            more_differences,
            outcomes: comparison.outcome_at_end().iter().map(OutcomeReport::from).collect(),
            summary: comparison.summary(),
            full: comparison.full().map(|(side, full)| format!("in {}, {full}", side.letter())),
        }
    }
}

fn differences(comparison: &Comparison) -> (Vec<DifferenceReport>, bool) {
    let of = |side: Side| {
        let told = comparison.told(side).iter().filter(move |happening| comparison.is_difference(side, happening));
        told.map(move |happening| (side, happening))
    };
    let mut all: Vec<(Side, &Happening)> = Side::BOTH.into_iter().flat_map(of).collect();
    all.sort_by_key(|(side, happening)| (happening.at, *side));
    let more = all.len() > DIFFERENCES_TOLD || Side::BOTH.into_iter().any(|side| comparison.is_cut(side));
    let report = |(side, happening): &(Side, &Happening)| DifferenceReport {
        at_ms: span_milliseconds(happening.at),
        world: side.letter().to_owned(),
        sentence: happening.sentence.clone(),
        importance: ImportanceWord::from(&happening.importance),
        mark: happening.landmark.as_ref().map(LandmarkWord::from),
        in_the_other_ms: comparison.like(*side, happening).map(|like| span_milliseconds(like.at)),
    };
    (all.iter().take(DIFFERENCES_TOLD).map(report).collect(), more)
}

impl WorldReport {
    fn new(comparison: &Comparison, side: Side) -> Self {
        let world = comparison.world(side);
        let session = world.session();
        let truth = comparison.truth_at_end(side).cloned().unwrap_or_else(|| comparison.truth(side));
        Self {
            name: world.name().to_owned(),
            scenario: session.scenario().slug().to_owned(),
            title: session.scenario().title().to_owned(),
            seed: session.seed(),
            settings: session.scenario().overrides.iter().map(ToString::to_string).collect(),
            events: session.events().len(),
            trace_hash: session.trace_hash(),
            skipped_commands: world.skipped(),
            truth: TruthReport::from(&truth),
        }
    }
}

impl From<&Truth> for TruthReport {
    fn from(truth: &Truth) -> Self {
        let Truth { mood, verdict, sentence, detail } = truth.clone();
        Self { mood: MoodWord::from(&mood), verdict, sentence, detail }
    }
}

impl From<&Shared> for SharedReport {
    fn from(shared: &Shared) -> Self {
        let Shared { what, detail } = shared.clone();
        Self { what, detail }
    }
}

impl From<&Contrast> for ContrastReport {
    fn from(contrast: &Contrast) -> Self {
        let Contrast { key, a, b } = contrast.clone();
        Self { key, a, b }
    }
}

impl From<&FirstDifference> for FirstDifferenceReport {
    fn from(first: &FirstDifference) -> Self {
        let parting = |parting: &Parting| PartingReport {
            at_ms: span_milliseconds(parting.at),
            sentence: parting.sentence.clone(),
        };
        Self { at_ms: span_milliseconds(first.at), a: first.a.as_ref().map(parting), b: first.b.as_ref().map(parting) }
    }
}

impl From<&OutcomeRow> for OutcomeReport {
    fn from(row: &OutcomeRow) -> Self {
        let unit = match row.a {
            Measure::Span(_) | Measure::Percentile(_) => 1_000.0,
            _ => 1.0,
        };
        #[expect(clippy::cast_precision_loss, reason = "no run has as many of anything as a float has whole numbers")]
        let delta = row.a.delta(row.b).map(|delta| delta as f64 / unit);
        Self {
            key: row.key.to_owned(),
            label: row.label.clone(),
            a: MeasureReport::from(row.a),
            b: MeasureReport::from(row.b),
            delta,
            delta_text: row.delta_shown(),
            judgement: JudgementWord::from(&row.judgement),
        }
    }
}

impl From<Measure> for MeasureReport {
    #[expect(clippy::cast_precision_loss, reason = "no run has as many of anything as a float has whole numbers")]
    fn from(measure: Measure) -> Self {
        let (value, of, unit) = match measure {
            Measure::Count(count) => (Some(count as f64), None, ""),
            Measure::Of(part, whole) => (Some(part as f64), Some(whole as f64), ""),
            Measure::Span(span) | Measure::Percentile(span) => (Some(span_milliseconds(span)), None, "ms"),
            Measure::Bytes(bytes) => (Some(bytes as f64), None, "bytes"),
            Measure::Never | Measure::Missing => (None, None, ""),
        };
        Self { value, of, unit: unit.to_owned(), text: measure.shown() }
    }
}
