//! Invariants that did not hold.

use serde::Serialize;

use super::milliseconds;
use crate::check::Violation;
use crate::session::Session;

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ViolationReport {
    /// The name of the invariant, as in `one-primary-per-epoch`.
    pub invariant: String,
    /// When that was noticed, in milliseconds since the world began.
    pub at_ms: f64,
    /// The number of the event at which it was noticed; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub event: Option<u64>,
    /// What is wrong, in one sentence.
    pub sentence: String,
}

impl From<&Violation> for ViolationReport {
    fn from(violation: &Violation) -> Self {
        Self {
            invariant: violation.invariant.name().to_owned(),
            at_ms: milliseconds(violation.at),
            event: violation.event.map(|event| event.0),
            sentence: violation.sentence.clone(),
        }
    }
}

impl ViolationReport {
    /// All invariants of a session that did not hold up to now, first to last.
    #[must_use]
    pub fn all(session: &Session) -> Vec<Self> {
        session.violations().iter().map(Self::from).collect()
    }
}
