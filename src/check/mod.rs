//! What must hold, and what became of the data.
//!
//! The survival ledger is asked by the world itself. The invariants and the metrics watch a world from outside: they read its
//! events and ask it for the truth through [`GroundTruth`].

mod book;
mod invariants;
mod ledger;
mod metrics;

pub use book::{Acknowledged, LedgerBook};
pub use invariants::{Checker, GroundTruth, Invariant, VIOLATIONS_LIMIT, Violation, check_converged};
pub use ledger::{CopyHealth, Deletion, Evidence, Holding, Ledger, LedgerRow, Verdict};
pub use metrics::{
    Bytes, COPIES_FILES_LIMIT, COPIES_POINTS_LIMIT, CopiesAt, CopiesOverTime, FAILOVERS_LIMIT, FailoverTimes, Meter,
    Metrics, Operations, Repairs, ReplicaLag, Row, Times,
};
