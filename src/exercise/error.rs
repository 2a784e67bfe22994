//! What is wrong with an exercise, a submission or a secret, and where.

use thiserror::Error;

use crate::session::ScenarioError;
use crate::text::shortened;

/// Why an exercise or a submission can't be used, in one sentence with file, line and field.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExerciseError {
    /// Something is wrong with its text.
    #[error(transparent)]
    Text(#[from] ScenarioError),
    /// Something is wrong with its cluster.
    #[error("{}, scenario: {error}", shortened(file))]
    Scenario {
        /// The name of the exercise's file.
        file: String,
        /// What is wrong.
        error: ScenarioError,
    },
    /// It is bigger than anybody needs.
    #[error("{}: expected at most {limit} bytes, not {size}", shortened(file))]
    TooBig {
        /// The name of the file.
        file: String,
        /// How big it is, in bytes.
        size: usize,
        /// How big it may be, in bytes.
        limit: usize,
    },
    /// The submission belongs to something else.
    #[error("{}: {message}", shortened(file))]
    Foreign {
        /// The name of the submission's file.
        file: String,
        /// What it belongs to and what was expected.
        message: String,
    },
}
