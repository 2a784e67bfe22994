//! The survival ledger.

use serde::Serialize;

use super::{Health, VerdictWord};
use crate::check::{CopyHealth, Ledger, LedgerRow, Verdict};
use crate::sim::ServerId;

/// The survival ledger of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LedgerReport {
    /// The worst that can be said of the acknowledged data, as a headline.
    pub headline: String,
    /// The sentence below the headline.
    pub detail: String,
    /// A row for each file, in the order in which they were first written.
    pub rows: Vec<LedgerRowReport>,
}

/// One file's row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LedgerRowReport {
    /// The name of the file.
    pub file: String,
    /// The verdict.
    pub verdict: VerdictWord,
    /// The verdict's reason in one sentence.
    pub reason: String,
    /// The last version that a client was told ok for; left out if there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acknowledged: Option<u64>,
    /// The copy on each server that should have one, or has one, in the order of their numbers.
    pub copies: Vec<CopyReport>,
}

/// The copy of a file on one server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CopyReport {
    /// The server.
    pub server: String,
    /// How it compares with what was acknowledged.
    pub health: Health,
}

impl From<&Ledger> for LedgerReport {
    fn from(ledger: &Ledger) -> Self {
        let (_, headline, detail) = ledger.headline();
        Self { headline, detail, rows: ledger.rows.iter().map(LedgerRowReport::from).collect() }
    }
}

impl From<&LedgerRow> for LedgerRowReport {
    fn from(row: &LedgerRow) -> Self {
        let copy = |(server, health): &(ServerId, CopyHealth)| CopyReport {
            server: server.to_string(),
            health: Health::from(health),
        };
        Self {
            file: row.name.clone(),
            verdict: VerdictWord::from(&row.verdict),
            reason: row.reason.clone(),
            acknowledged: row.acknowledged.map(|version| version.0),
            copies: row.copies.iter().map(copy).collect(),
        }
    }
}

impl LedgerReport {
    /// How many files have this verdict.
    #[must_use]
    pub fn count(&self, verdict: Verdict) -> usize {
        self.rows.iter().filter(|row| row.verdict == VerdictWord::from(&verdict)).count()
    }
}
