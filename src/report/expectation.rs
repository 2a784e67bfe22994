//! What became of a scenario's expectations.

use serde::Serialize;

use super::{FulfilmentWord, milliseconds};
use crate::session::{ExpectationResult, Fulfilment, Session};

/// What became of one expectation.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ExpectationReport {
    /// When it should come true, in milliseconds since the world began.
    pub at_ms: f64,
    /// Whether it did.
    pub fulfilment: FulfilmentWord,
    /// What was expected and what was found, in one sentence.
    pub sentence: String,
    /// Why it was expected; may be empty.
    pub because: String,
}

impl From<&ExpectationResult> for ExpectationReport {
    fn from(result: &ExpectationResult) -> Self {
        Self {
            at_ms: milliseconds(result.at),
            fulfilment: FulfilmentWord::from(&result.fulfilment),
            sentence: result.sentence.clone(),
            because: result.because.clone(),
        }
    }
}

impl ExpectationReport {
    /// What became of all expectations of a session's scenario up to now, in their order.
    #[must_use]
    pub fn all(session: &Session) -> Vec<Self> {
        session.check_expectations().iter().map(Self::from).collect()
    }

    /// Whether it failed.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.fulfilment == FulfilmentWord::from(&Fulfilment::Failed)
    }
}
