//! What must hold, and what became of the data.

mod book;
mod ledger;

pub use book::{Acknowledged, LedgerBook};
pub use ledger::{CopyHealth, Evidence, Holding, Ledger, LedgerRow, Verdict};
