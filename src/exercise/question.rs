//! Questions about a run, whose right answers the engine finds.

use std::sync::Arc;

use super::draw;
use super::error::ExerciseError;
use super::read;
use super::run::Attempt;
use super::task::Exercise;
use crate::session::{Expectation, Fulfilment, Override, TimedCommand, exact_span, parse_span};
use crate::sim::Span;

/// A question, with answers to choose from or with a moment to find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its short name in submissions.
    pub id: String,
    /// What is asked.
    pub ask: String,
    /// Where the run stands when it is asked, counted from when the learner enters.
    pub at: Option<Span>,
    /// What the right answer gives.
    pub points: u32,
    /// The answers, in the order of the file; empty where a moment is to be found.
    pub answers: Vec<Answer>,
    /// The moment.
    pub moment: Option<Moment>,
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Its short name in submissions.
    pub id: String,
    /// What it says.
    pub text: String,
    /// What speaks for it.
    pub note: Option<String>,
    /// What is set in the run in which it is judged.
    pub overrides: Vec<Override>,
    /// What is done in the run in which it is judged.
    pub commands: Vec<TimedCommand>,
    /// What holds if it is right.
    pub expectations: Vec<Expectation>,
    /// Why it is right or wrong.
    pub because: String,
    /// The belief behind it, if it is wrong.
    pub belief: Option<String>,
    /// The moment that decides it, counted from when the learner enters.
    pub see: Option<Span>,
}

/// A moment to find on the track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What happens then.
    pub of: MomentOf,
    /// The file that it happens to.
    pub file: String,
    /// How far off an answer may be.
    pub tolerance: Span,
    /// Why an answer before it is wrong.
    pub early: String,
    /// Why an answer after it is wrong.
    pub late: String,
}

/// What can be found on the track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MomentOf {
    /// From then on an acknowledged write could not be saved any more.
    LossCertain,
    /// Then it was gone.
    LossCarriedOut,
}

impl MomentOf {
    /// Its words in the format.
    pub(super) const WORDS: [(&'static str, Self); 2] =
        [("loss certain", Self::LossCertain), ("loss carried out", Self::LossCarriedOut)];
}

/// What is right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Right {
    /// For each answer in the order of the file, whether it is.
    Answers(Vec<bool>),
    /// The moment, counted from when the learner enters; none if there is no such moment in this variant.
    Moment(Option<Span>),
}

impl Question {
    /// What is right in the exercise's variant. `own` is the exercise's run with nothing set and nothing done.
    ///
    /// # Errors
    /// If what an answer sets can't be set.
    pub fn right(&self, exercise: &Exercise, own: &Attempt) -> Result<Right, ExerciseError> {
        if let Some(moment) = &self.moment {
            return Ok(Right::Moment(moment.found(own)));
        }
        let mut right = Vec::new();
        for answer in &self.answers {
            right.push(answer.is_right(exercise, own)?);
        }
        Ok(Right::Answers(right))
    }

    /// The order in which the answers stand for a learner, as indexes: drawn from the seed.
    #[must_use]
    pub fn order(&self, seed: u64) -> Vec<usize> {
        draw::order(seed, &self.id, self.answers.len())
    }

    /// Whether what was given is right, and what is to be said about it.
    #[must_use]
    pub fn judge(&self, right: &Right, given: &str) -> (bool, String) {
        match right {
            Right::Answers(right) => {
                let index = self.answers.iter().position(|answer| answer.id == given);
                match index.and_then(|index| Some((self.answers.get(index)?, *right.get(index)?))) {
                    Some((answer, is_right)) => (is_right, answer.because.clone()),
                    None => (false, format!("There is no answer {} to this question.", crate::text::quoted(given))),
                }
            }
            Right::Moment(moment) => {
                let Some(found) = parse_span(given) else {
                    let message = "This is no moment: a time such as 521 ms was expected.";
                    return (false, message.to_owned());
                };
                self.judge_moment(*moment, found)
            }
        }
    }

    fn judge_moment(&self, right: Option<Span>, given: Span) -> (bool, String) {
        let (Some(moment), Some(right)) = (&self.moment, right) else {
            return (false, "There is no such moment in this run.".to_owned());
        };
        let tolerance = moment.tolerance;
        if given + tolerance < right {
            (false, moment.early.clone())
        } else if given > right + tolerance {
            (false, moment.late.clone())
        } else {
            (true, format!("It was at {}.", exact_span(right)))
        }
    }

    /// A right answer, as a submission gives it.
    #[must_use]
    pub fn solution(&self, right: &Right) -> Option<String> {
        match right {
            Right::Answers(right) => {
                let index = right.iter().position(|is_right| *is_right)?;
                self.answers.get(index).map(|answer| answer.id.clone())
            }
            Right::Moment(moment) => moment.map(exact_span),
        }
    }
}

impl Answer {
    fn is_right(&self, exercise: &Exercise, own: &Attempt) -> Result<bool, ExerciseError> {
        let other;
        let attempt = if self.overrides.is_empty() && self.commands.is_empty() {
            own
        } else {
            let scenario = Arc::new(read::with(exercise, &self.overrides)?);
            other = Attempt::run(&scenario, exercise.seed, &self.commands);
            &other
        };
        let results = attempt.session.judge(&self.expectations);
        Ok(results.iter().all(|result| result.fulfilment == Fulfilment::Met))
    }
}

impl Moment {
    fn found(&self, attempt: &Attempt) -> Option<Span> {
        let session = &attempt.session;
        let loss = session.losses().into_iter().find(|loss| session.file_name(loss.file) == self.file)?;
        let event = match self.of {
            MomentOf::LossCertain => loss.certain,
            MomentOf::LossCarriedOut => loss.carried_out,
        };
        let at = session.events().iter().find(|other| other.id == event)?.at;
        Some(at.since(session.start().min(at)))
    }
}
