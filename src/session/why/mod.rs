//! Why something went wrong: the shortest chain of events, in sentences, from the acknowledgement to the
//! verdict; and the cheapest change of settings with which the same run would have gone well.

mod change;
mod evidence;
mod faults;
mod hindrance;
mod loss;
mod marks;
mod policy;
mod remedies;
mod service;
mod setting;
mod tale;
mod way;

use serde::Serialize;
use thiserror::Error;

pub use self::change::Change;
pub use self::evidence::{Evidence, Told};
pub use self::marks::Loss;
pub use self::remedies::{Remedies, Remedy, RemedyReport};
use super::Session;
use crate::check::{CopyHealth, LedgerRow, Verdict};
use crate::sim::{EventId, FileId, OperationId, Time};
use crate::text::{quoted, shortened};
use crate::world::{Event, EventKind, OperationKind};

/// What is wrong with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Trouble {
    /// What a client was told is kept is gone.
    Lost,
    /// It is gone, and no client was ever told ok.
    LostUnacknowledged,
    /// It exists, and no client can reach it.
    Unavailable,
    /// A read, or a copy, is older than what was acknowledged.
    Stale,
    /// A read gave damaged bytes, or a copy is damaged.
    Damaged,
    /// A client was refused, or got no answer.
    Failed,
}

/// One event of the run that matters.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Step {
    /// The event.
    pub event: EventId,
    /// When it happened, in microseconds of virtual time.
    pub at: Time,
    /// What happened, and what it means here, in one or two sentences.
    pub sentence: String,
}

/// Why something is wrong with a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Explanation {
    /// The name of the file.
    pub file: String,
    /// What is wrong.
    pub trouble: Trouble,
    /// The events that led to it, in the order in which they happened.
    pub steps: Vec<Step>,
    /// All of it in one sentence.
    pub summary: String,
}

/// Why nothing is explained.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum WhyError {
    /// There is no such file.
    #[error("no file named {} was ever written, so there is nothing to explain", quoted(.0))]
    NoSuchFile(String),
    /// There is no such operation.
    #[error("there is no {0} in this run")]
    NoSuchOperation(OperationId),
    /// Nothing is wrong.
    #[error("nothing is wrong with {}: no copy is stale or corrupt, and its last operation went well", shortened(.0))]
    NothingWrong(String),
}

impl Session {
    /// Explains what is wrong with a file now: the worst first, and of operations that failed the last.
    ///
    /// # Errors
    /// If there is no such file, or nothing is wrong with it.
    pub fn why(&self, file: &str) -> Result<Explanation, WhyError> {
        let row = self.world.ledger().rows.into_iter().find(|row| row.name == file);
        let Some(row) = row else {
            // A file that no server has ever logged may still have been asked for.
            let asked = self.events().iter().rev().find_map(|event| self.failure_by_name(&event, file));
            let failed = asked.and_then(|operation| service::explain_failure(self, file, operation));
            return failed.ok_or_else(|| WhyError::NoSuchFile(file.to_owned()));
        };
        let explained = match row.verdict {
            Verdict::LostAcknowledged => loss::explain_loss(self, &row),
            Verdict::LostUnacknowledged => loss::explain_unacknowledged(self, &row),
            Verdict::Unavailable => Some(service::explain_unavailable(self, &row)),
            Verdict::Safe | Verdict::AtRisk | Verdict::Pending | Verdict::Deleted => self.why_by_operations(&row),
        };
        explained.ok_or_else(|| WhyError::NothingWrong(file.to_owned()))
    }

    /// Explains why an operation failed, or why a read was stale or damaged.
    ///
    /// # Errors
    /// If there is no such operation, or it went well or is still under way.
    pub fn why_operation(&self, operation: OperationId) -> Result<Explanation, WhyError> {
        let started = service::start_of(self.events(), operation).ok_or(WhyError::NoSuchOperation(operation))?;
        let EventKind::OperationStarted { file, .. } = &started.kind else {
            return Err(WhyError::NoSuchOperation(operation));
        };
        let name = self.world.file_name(*file);
        let mut of_it = self.events().iter().filter(|event| operation_of(event) == Some(operation));
        let explained = of_it.find_map(|event| self.explain_end(*file, name, &event));
        explained.ok_or_else(|| WhyError::NothingWrong(name.to_owned()))
    }

    /// Whether what is wrong with a file is what its last read gave, and not what one of its copies is.
    fn is_about_read(&self, file: &str) -> bool {
        let row = self.world.ledger().rows.into_iter().find(|row| row.name == file);
        let explained = row.and_then(|row| {
            let last = self.events().iter().rfind(|event| is_end_on(event, row.file))?;
            self.explain_end(row.file, file, &last)
        });
        explained.is_some_and(|found| matches!(found.trouble, Trouble::Stale | Trouble::Damaged))
    }

    /// What is wrong with a file that is neither lost nor out of reach: its last operation, or one of its copies.
    fn why_by_operations(&self, row: &LedgerRow) -> Option<Explanation> {
        let last = self.events().iter().rfind(|event| is_end_on(event, row.file));
        let by_operation = last.and_then(|event| self.explain_end(row.file, &row.name, &event));
        let with = |health| row.copies.iter().find(|(_, found)| *found == health).map(|(server, _)| *server);
        by_operation
            .or_else(|| {
                with(CopyHealth::Corrupt)?;
                Some(service::explain_damage(self, &row.name, row.file, None))
            })
            .or_else(|| service::explain_stale_copy(self, row, with(CopyHealth::Stale)?))
    }

    fn explain_end(&self, file: FileId, name: &str, event: &Event) -> Option<Explanation> {
        match &event.kind {
            EventKind::OperationFound { damaged: true, .. } => {
                Some(service::explain_damage(self, name, file, Some(event)))
            }
            EventKind::OperationFound { .. } if is_stale_read(self, event) => {
                service::explain_stale_read(self, name, event)
            }
            EventKind::OperationRefused { operation, .. } | EventKind::OperationUnknown { operation, .. } => {
                service::explain_failure(self, name, *operation)
            }
            _ => None,
        }
    }

    fn failure_by_name(&self, event: &Event, name: &str) -> Option<OperationId> {
        match &event.kind {
            EventKind::OperationRefused { operation, file, .. }
            | EventKind::OperationUnknown { operation, file, .. } => {
                (self.world.file_name(*file) == name).then_some(*operation)
            }
            _ => None,
        }
    }
}

fn operation_of(event: &Event) -> Option<OperationId> {
    match &event.kind {
        EventKind::OperationDone { operation, .. }
        | EventKind::OperationFound { operation, .. }
        | EventKind::OperationRefused { operation, .. }
        | EventKind::OperationUnknown { operation, .. } => Some(*operation),
        _ => None,
    }
}

/// Whether an operation on the file ends with this event.
fn is_end_on(event: &Event, file: FileId) -> bool {
    match &event.kind {
        EventKind::OperationDone { file: of, .. }
        | EventKind::OperationFound { file: of, .. }
        | EventKind::OperationRefused { file: of, .. }
        | EventKind::OperationUnknown { file: of, .. } => *of == file,
        _ => false,
    }
}

/// Whether a read found less than what was acknowledged before it was asked for.
fn is_stale_read(session: &Session, read: &Event) -> bool {
    let EventKind::OperationFound { operation, file, version, .. } = &read.kind else { return false };
    let Some(started) = service::start_of(session.events(), *operation) else { return false };
    let Some(done) = service::told_ok(session, *file, started.id) else { return false };
    let EventKind::OperationDone { version: acknowledged, kind: OperationKind::Write, .. } = &done.kind else {
        return false;
    };
    version.is_none_or(|version| version < *acknowledged)
}
