//! What must hold, and what became of the data.
//!
//! The survival ledger is asked by the world itself. The invariants watch a world from outside: they read its
//! events and ask it for the truth through [`GroundTruth`].

mod book;
mod invariants;
mod ledger;

pub use book::{Acknowledged, LedgerBook, Revision};
pub use invariants::{Checker, GroundTruth, Invariant, VIOLATIONS_LIMIT, Violation, check_converged};
pub use ledger::{CopyHealth, Evidence, Holding, Ledger, LedgerRow, Verdict};
