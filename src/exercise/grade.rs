//! Grades: a function of an exercise, a submission and a secret.

use super::error::ExerciseError;
use super::question::Question;
use super::run::Attempt;
use super::secret::Secret;
use super::submission::{ENGINE_VERSION, Submission};
use super::task::Exercise;

/// What a submission is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grade {
    /// The short name of the exercise.
    pub exercise: String,
    /// Its title.
    pub title: String,
    /// The seed of the variant.
    pub seed: u64,
    /// The name that the submission gives, if it gives one.
    pub name: Option<String>,
    /// The points that it gets.
    pub score: u32,
    /// The points that there are.
    pub maximum: u32,
    /// Whether it gets them all.
    pub passed: bool,
    /// Each criterion and question, in the order of the exercise.
    pub criteria: Vec<CriterionGrade>,
    /// What else is to be said, in sentences.
    pub notes: Vec<String>,
}

/// What one criterion or question gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CriterionGrade {
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

/// Grades a submission. `exercise` may be in any variant: that of the submission's seed is graded.
///
/// # Errors
/// If the submission belongs to another exercise, or sets what can't be set.
pub fn grade(exercise: &Exercise, submission: &Submission) -> Result<Grade, ExerciseError> {
    grade_with(exercise, submission, &Secret::default())
}

/// Grades a submission under the seeds of a secret.
///
/// # Errors
/// As [`grade`].
pub fn grade_with(exercise: &Exercise, submission: &Submission, secret: &Secret) -> Result<Grade, ExerciseError> {
    submission.check_belongs("the submission", exercise)?;
    let exercise = exercise.drawn(submission.seed)?;
    let mut notes = Vec::new();
    if submission.engine != ENGINE_VERSION {
        let found = crate::text::shortened(&submission.engine);
        notes.push(format!("It was made with version {found} of the engine, and is graded with {ENGINE_VERSION}."));
    }
    let (overrides, commands) = (&submission.overrides, &submission.commands);
    let scenario = super::read::with(&exercise, overrides)?;
    let refusal = exercise.allowed.check(exercise.limits, &scenario, overrides, commands).err();
    let mut criteria = Vec::new();
    for criterion in &exercise.criteria {
        let (is_met, found) = match &refusal {
            Some(refusal) => (false, format!("Nothing is graded: {refusal}.")),
            None => {
                let seeds = criterion.seeds(exercise.seed, &secret.seeds);
                let judged = criterion.judge(&exercise, overrides, commands, &seeds)?;
                (judged.is_met, judged.sentence)
            }
        };
        let because = if is_met { "" } else { criterion.because.trim() };
        let feedback = format!("{found} {because}").trim().to_owned();
        criteria.push(graded(&criterion.id, &criterion.title, criterion.points, is_met, feedback));
    }
    if refusal.is_none() && !exercise.criteria.is_empty() {
        notes.extend(Attempt::run(&std::sync::Arc::new(scenario), exercise.seed, commands).refused);
    }
    let questions: Vec<&Question> = exercise.asked().collect();
    if !questions.is_empty() {
        let own = Attempt::run(&exercise.scenario, exercise.seed, &[]);
        for question in questions {
            let (is_right, feedback) = match submission.answers.get(&question.id) {
                None => (false, "It was not answered.".to_owned()),
                Some(given) => question.judge(&question.right(&exercise, &own)?, given),
            };
            criteria.push(graded(&question.id, &question.ask, question.points, is_right, feedback));
        }
    }
    let score = criteria.iter().map(|one| one.score).sum();
    let maximum = exercise.maximum();
    Ok(Grade {
        exercise: exercise.id.clone(),
        title: exercise.title.clone(),
        seed: exercise.seed,
        name: submission.name.clone(),
        score,
        maximum,
        passed: score == maximum,
        criteria,
        notes,
    })
}

fn graded(id: &str, title: &str, points: u32, passed: bool, feedback: String) -> CriterionGrade {
    let score = if passed { points } else { 0 };
    CriterionGrade { id: id.to_owned(), title: title.to_owned(), score, maximum: points, passed, feedback }
}
