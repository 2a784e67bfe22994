//! The file of an exercise, as it is written.

use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::session::{AtForm, Duration, ExpectForm, Natural, Whole};

/// An exercise for Replicarium: a lesson or a challenge. What `{{name}}` stands for is drawn from a seed by `[draw]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct ExerciseForm {
    #[expect(dead_code, reason = "reading it is what checks it")]
    pub version: Whole<u32, 1, 1>,
    pub revision: Option<Natural>,
    pub kind: String,
    pub title: String,
    pub summary: String,
    pub goal: String,
    pub part: Option<String>,
    pub minutes: Whole<u8, 1, 60>,
    pub seed: Option<Natural>,
    pub text: String,
    #[expect(dead_code, reason = "it was drawn before the rest was read")]
    pub draw: Option<IgnoredAny>,
    pub scenario: ScenarioOfForm,
    pub predict: Option<QuestionForm>,
    pub observe: Option<ObserveForm>,
    #[serde(default)]
    pub happened: Vec<QuestionForm>,
    pub explain: Option<String>,
    pub challenge: Option<String>,
    #[serde(default)]
    pub question: Vec<QuestionForm>,
    pub allow: Option<AllowForm>,
    pub limits: Option<LimitsForm>,
    #[serde(default)]
    pub criterion: Vec<CriterionForm>,
    #[serde(default)]
    pub hints: Vec<String>,
    #[serde(default)]
    pub solution: Vec<TrialForm>,
    #[serde(default)]
    pub wrong: Vec<TrialForm>,
    pub teacher: Option<TeacherForm>,
}

/// The cluster: a built-in scenario, or one of the exercise's own, with settings over it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct ScenarioOfForm {
    pub name: Option<String>,
    pub text: Option<String>,
    #[serde(default)]
    pub set: Vec<String>,
}

/// A question.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct QuestionForm {
    pub id: String,
    pub ask: String,
    pub time: Option<Duration>,
    pub points: Option<Whole<u8, 1, 100>>,
    #[serde(default)]
    pub answer: Vec<AnswerForm>,
    pub moment: Option<MomentForm>,
}

/// An answer: what holds if it is right, and why it is right or wrong.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct AnswerForm {
    pub id: String,
    pub text: String,
    pub note: Option<String>,
    #[serde(default)]
    pub set: Vec<String>,
    #[serde(default)]
    pub at: Vec<AtForm>,
    #[serde(default)]
    pub expect: Vec<ExpectForm>,
    pub because: Option<String>,
    pub belief: Option<String>,
    pub see: Option<Duration>,
}

/// A moment that is to be found on the track.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct MomentForm {
    pub of: String,
    pub file: String,
    pub tolerance: Duration,
    pub early: String,
    pub late: String,
}

/// What is watched after the prediction.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct ObserveForm {
    pub text: String,
    pub until: Duration,
    pub speed: Option<String>,
}

/// What the learner may do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct AllowForm {
    #[serde(default)]
    pub settings: Vec<String>,
    #[serde(default)]
    pub commands: Vec<String>,
    pub because: String,
}

/// How much of it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct LimitsForm {
    pub faults: Option<Natural>,
    pub commands: Option<Natural>,
    pub settings: Option<Natural>,
    pub servers: Option<Natural>,
}

/// What is graded.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct CriterionForm {
    pub id: String,
    pub title: String,
    pub points: Option<Whole<u8, 1, 100>>,
    pub seeds: Option<SeedsForm>,
    #[serde(default)]
    pub set: Vec<String>,
    #[serde(default)]
    pub at: Vec<AtForm>,
    #[serde(default)]
    pub expect: Vec<ExpectForm>,
    #[serde(default)]
    pub invariants: bool,
    pub audit: Option<AuditForm>,
    pub because: Option<String>,
}

/// The seeds under which a criterion is judged, both ends among them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct SeedsForm {
    pub from: Natural,
    pub to: Natural,
}

/// What no faults may do.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct AuditForm {
    pub time: Option<Duration>,
    pub faults: Option<Whole<u8, 1, 2>>,
    pub keeps: Vec<String>,
}

/// A solution, or a typical wrong try.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct TrialForm {
    pub title: Option<String>,
    pub belief: Option<String>,
    #[serde(default)]
    pub set: Vec<String>,
    #[serde(default)]
    pub at: Vec<AtForm>,
    #[serde(default)]
    pub misses: Vec<String>,
}

/// What a teacher wants to know.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub(super) struct TeacherForm {
    pub teaches: String,
    #[serde(default)]
    pub beliefs: Vec<String>,
    pub simplified: Option<String>,
}
