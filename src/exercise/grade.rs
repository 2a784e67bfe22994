//! Grades: a function of an exercise, a submission and a secret.

use std::sync::Arc;

use super::allowed::Refusal;
use super::criterion::{Judged, Judging};
use super::error::ExerciseError;
use super::run::Attempt;
use super::secret::Secret;
use super::submission::{ENGINE_VERSION, Submission};
use super::task::Exercise;
use crate::session::Progress;

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
    let mut grading = Grading::new(exercise, submission, secret)?;
    while grading.step()?.is_some() {}
    Ok(grading.finish())
}

/// A submission that is being graded, a piece at a time. It can be dropped at any time.
pub struct Grading {
    exercise: Exercise,
    submission: Submission,
    secret: Secret,
    refusal: Option<Refusal>,
    notes: Vec<String>,
    graded: Vec<CriterionGrade>,
    judging: Option<Judging>,
    /// The exercise's run with nothing done, once a question asked for it.
    own: Option<Attempt>,
}

impl Grading {
    /// Begins to grade. `exercise` may be in any variant.
    ///
    /// # Errors
    /// If the submission belongs to another exercise, or sets what can't be set.
    pub fn new(exercise: &Exercise, submission: &Submission, secret: &Secret) -> Result<Self, ExerciseError> {
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
        if refusal.is_none() && !exercise.criteria.is_empty() {
            notes.extend(Attempt::run(&Arc::new(scenario), exercise.seed, commands).refused);
        }
        let (submission, secret) = (submission.clone(), secret.clone());
        Ok(Self { exercise, submission, secret, refusal, notes, graded: Vec::new(), judging: None, own: None })
    }

    /// Grades a little further, and says how far it is; none once all is graded.
    ///
    /// # Errors
    /// If a criterion sets what does not go together with what the submission sets.
    pub fn step(&mut self) -> Result<Option<Progress>, ExerciseError> {
        let (criteria, done) = (self.exercise.criteria.len(), self.graded.len());
        let total = criteria + self.exercise.asked().count();
        if done == total {
            return Ok(None);
        }
        if done < criteria {
            self.step_criterion(done)?;
        } else {
            self.answer(done - criteria)?;
        }
        Ok(Some(Progress { done: self.graded.len(), total }))
    }

    fn step_criterion(&mut self, index: usize) -> Result<(), ExerciseError> {
        let criterion = &self.exercise.criteria[index];
        let judged = if let Some(refusal) = &self.refusal {
            Judged { is_met: false, sentence: format!("Nothing is graded: {refusal}.") }
        } else {
            let mut judging = if let Some(judging) = self.judging.take() {
                judging
            } else {
                let attempt = (self.submission.overrides.as_slice(), self.submission.commands.as_slice());
                let seeds = criterion.seeds(self.exercise.seed, &self.secret.seeds);
                Judging::new(criterion, &self.exercise, attempt, seeds)?
            };
            let Some(judged) = judging.step(criterion) else {
                self.judging = Some(judging);
                return Ok(());
            };
            judged
        };
        let because = if judged.is_met { "" } else { criterion.because.trim() };
        let feedback = format!("{} {because}", judged.sentence).trim().to_owned();
        self.graded.push(graded(&criterion.id, &criterion.title, criterion.points, judged.is_met, feedback));
        Ok(())
    }

    fn answer(&mut self, index: usize) -> Result<(), ExerciseError> {
        let Some(question) = self.exercise.asked().nth(index) else { return Ok(()) };
        let (is_right, feedback) = match self.submission.answers.get(&question.id) {
            None => (false, "It was not answered.".to_owned()),
            Some(given) => {
                let (scenario, seed) = (&self.exercise.scenario, self.exercise.seed);
                let own = self.own.get_or_insert_with(|| Attempt::run(scenario, seed, &[]));
                question.judge(&question.right(&self.exercise, own)?, given)
            }
        };
        self.graded.push(graded(&question.id, &question.ask, question.points, is_right, feedback));
        Ok(())
    }

    /// The grade of what was graded up to now; what was not counts nothing.
    #[must_use]
    pub fn finish(self) -> Grade {
        let score = self.graded.iter().map(|one| one.score).sum();
        let maximum = self.exercise.maximum();
        Grade {
            exercise: self.exercise.id,
            title: self.exercise.title,
            seed: self.submission.seed,
            name: self.submission.name,
            score,
            maximum,
            passed: score == maximum,
            criteria: self.graded,
            notes: self.notes,
        }
    }
}

fn graded(id: &str, title: &str, points: u32, passed: bool, feedback: String) -> CriterionGrade {
    let score = if passed { points } else { 0 };
    CriterionGrade { id: id.to_owned(), title: title.to_owned(), score, maximum: points, passed, feedback }
}
