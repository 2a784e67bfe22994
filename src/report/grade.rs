//! A grade, as JSON.

use serde::Serialize;

use crate::exercise::{CriterionGrade, Grade};

/// What a submission is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct GradeReport {
    /// The short name of the exercise.
    pub exercise: String,
    /// Its title.
    pub title: String,
    /// The seed of the variant, as digits.
    pub seed: String,
    /// The name that the submission gives, if it gives one.
    pub name: Option<String>,
    /// The points that it gets.
    pub score: u32,
    /// The points that there are.
    pub maximum: u32,
    /// Whether it gets them all.
    pub passed: bool,
    /// Each criterion and question, in the order of the exercise.
    pub criteria: Vec<CriterionReport>,
    /// What else is to be said, in sentences.
    pub notes: Vec<String>,
}

/// What one criterion or question gives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CriterionReport {
    /// Its short name.
    pub id: String,
    /// What it asks for.
    pub title: String,
    /// The points that it gives.
    pub score: u32,
    /// The points that it could give.
    pub maximum: u32,
    /// Whether it is met.
    pub passed: bool,
    /// What was found, and why it counts or not, in sentences.
    pub feedback: String,
}

impl From<&Grade> for GradeReport {
    fn from(grade: &Grade) -> Self {
        Self {
            exercise: grade.exercise.clone(),
            title: grade.title.clone(),
            seed: grade.seed.to_string(),
            name: grade.name.clone(),
            score: grade.score,
            maximum: grade.maximum,
            passed: grade.passed,
            criteria: grade.criteria.iter().map(CriterionReport::from).collect(),
            notes: grade.notes.clone(),
        }
    }
}

impl From<&CriterionGrade> for CriterionReport {
    fn from(criterion: &CriterionGrade) -> Self {
        Self {
            id: criterion.id.clone(),
            title: criterion.title.clone(),
            score: criterion.score,
            maximum: criterion.maximum,
            passed: criterion.passed,
            feedback: criterion.feedback.clone(),
        }
    }
}
