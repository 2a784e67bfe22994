//! Exercises: lessons and challenges, what may be done in them, what is asked, and how an attempt is graded.
//!
//! An exercise is a text in TOML; `docs/teaching/exercises.md` explains the format to those who write one. It has no key
//! of right answers: an answer says what would be true if it were right, and the engine finds out whether it is, in the
//! variant that the learner's seed draws. A grade is a function of the exercise and a submission, and of nothing else, so
//! that anyone who has both gets the same.

mod allowed;
#[cfg(feature = "course")]
mod built_in;
mod criterion;
mod draw;
mod error;
mod form;
mod grade;
mod index;
mod limits;
mod lint;
mod question;
mod read;
mod run;
mod secret;
mod submission;
mod task;

pub use allowed::{Allowed, Refusal, name_of};
#[cfg(feature = "course")]
pub use built_in::{BUILT_IN, text_of};
pub use criterion::{Audited, Criterion, Seeds};
pub use error::ExerciseError;
pub use grade::{CriterionGrade, Grade, Grading, grade, grade_with};
pub use index::{Course, Entry, Part};
pub use limits::{ANSWERS_LIMIT, COMMANDS_LIMIT, EXERCISE_SIZE_LIMIT_BYTES, SEEDS_LIMIT, SUBMISSION_SIZE_LIMIT_BYTES};
pub use lint::{Complaint, Lint, lint};
pub use question::{Answer, Moment, MomentOf, Question, Right};
pub use run::Attempt;
pub use secret::Secret;
pub use submission::{ENGINE_VERSION, SUBMISSION_VERSION, Submission};
pub use task::{EXERCISE_VERSION, Exercise, Kind, Limits, Observation, Teacher, Trial};
