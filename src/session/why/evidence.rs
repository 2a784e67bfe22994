//! What a changed run looks like: what became of the file, what clients were told, and whether that is better.

use serde::Serialize;

use super::{Trouble, is_end_on, is_stale_read};
use crate::check::{CopyHealth, LedgerRow, Verdict};
use crate::replication::Version;
use crate::session::Session;
use crate::session::audit::asker::Asker;
use crate::session::audit::probe::{Outcome, Subjects, examine, settle};
use crate::sim::ClientId;
use crate::world::{Event, EventKind, OperationKind};

/// The client that tries whether a file can be read: the one that does what a person asks for.
const CLIENT: ClientId = ClientId(1);

/// What the same run looks like with a change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Evidence {
    /// What became of the file at the same moment, in one or two sentences.
    pub sentence: String,
    /// What clients were told about it, in the run as it was.
    pub before: Told,
    /// What they are told with the change.
    pub with: Told,
    /// How many of the commands could not be carried out in the changed run.
    pub commands_skipped: usize,
}

/// What clients were told about a file in one run.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Told {
    /// How many writes and deletions of it were acknowledged.
    pub acknowledged: usize,
    /// The last version that was.
    pub version: Option<Version>,
    /// How many reads of it were refused or got no answer.
    pub failed_reads: usize,
}

impl Told {
    /// What clients were told about the file of this name.
    pub(super) fn of(session: &Session, name: &str) -> Self {
        let row = session.world.ledger().rows.into_iter().find(|row| row.name == name);
        let mut told = Self { version: row.and_then(|row| row.acknowledged), ..Self::default() };
        for event in session.events() {
            match &event.kind {
                EventKind::OperationDone { file, .. } if session.world.file_name(*file) == name => {
                    told.acknowledged += 1;
                }
                EventKind::OperationRefused { file, kind: OperationKind::Read, .. }
                | EventKind::OperationUnknown { file, kind: OperationKind::Read, .. }
                    if session.world.file_name(*file) == name =>
                {
                    told.failed_reads += 1;
                }
                _ => {}
            }
        }
        told
    }
}

impl Evidence {
    /// What clients are no longer told, or not answered, with the change; none if they lose nothing by it.
    pub(super) fn price(&self) -> Option<String> {
        let (before, with) = (self.before, self.with);
        let (fewer, of) = (before.acknowledged.saturating_sub(with.acknowledged), before.acknowledged);
        if fewer > 0 {
            return Some(match of {
                1 => "The client then gets no ok for its only change to the file, though it got one here.".to_owned(),
                of if of == fewer => {
                    format!("The client then gets no ok for any of the {of} changes to the file that got one here.")
                }
                of => format!(
                    "The client then gets an ok for only {} of the {of} changes to the file that got one here.",
                    of - fewer
                ),
            });
        }
        if let (Some(version), true) = (before.version, with.version < before.version) {
            return Some(format!("The client then gets no ok for {version}."));
        }
        match with.failed_reads.saturating_sub(before.failed_reads) {
            0 => None,
            1 => Some("The client then gets no answer to 1 read that got one here, perhaps a wrong one.".to_owned()),
            reads => {
                Some(format!("The client then gets no answer to {reads} reads that got one here, perhaps a wrong one."))
            }
        }
    }
}

/// What became of the file in a changed run, if it is free of the trouble. What is still under way is not saved.
pub(super) fn saved(session: &Session, name: &str, trouble: Trouble, by_read: bool) -> Option<String> {
    let row = session.world.ledger().rows.into_iter().find(|row| row.name == name)?;
    let is_saved = match trouble {
        Trouble::Lost | Trouble::LostUnacknowledged => {
            row.acknowledged.is_some() && !outcome(session).lost.contains_key(name)
        }
        Trouble::Unavailable => {
            is_in_reach(&row) && {
                let outcome = outcome(session);
                !outcome.lost.contains_key(name) && !outcome.unreadable.contains_key(name)
            }
        }
        Trouble::Stale | Trouble::Damaged if by_read => is_in_reach(&row) && !has_bad_read(session, name),
        Trouble::Stale => is_in_reach(&row) && !has_copy(&row, CopyHealth::Stale),
        Trouble::Damaged => is_in_reach(&row) && !has_copy(&row, CopyHealth::Corrupt),
        Trouble::Failed => is_in_reach(&row) && last_went_well(session, &row),
    };
    is_saved.then(|| format!("With this change {} is {}. {}", row.name, state(&row), row.reason))
}

/// What is left of the files once a run has settled.
fn outcome(session: &Session) -> Outcome {
    let mut world = session.world.clone();
    world.drop_events();
    world.silence_clients();
    let subjects = Subjects { services: Vec::new(), ..Subjects::of(&world, usize::MAX) };
    settle(&mut world);
    let asker = Asker::new(&world, CLIENT);
    examine(&mut world, &subjects, &asker)
}

fn is_in_reach(row: &LedgerRow) -> bool {
    matches!(row.verdict, Verdict::Safe | Verdict::AtRisk | Verdict::Deleted)
}

fn has_copy(row: &LedgerRow, health: CopyHealth) -> bool {
    row.copies.iter().any(|(_, found)| *found == health)
}

/// Whether a client was given stale or damaged bytes of the file.
fn has_bad_read(session: &Session, name: &str) -> bool {
    let is_bad = |event: Event| match &event.kind {
        EventKind::OperationFound { file, damaged, .. } if session.world.file_name(*file) == name => {
            *damaged || is_stale_read(session, &event)
        }
        _ => false,
    };
    session.events().iter().any(is_bad)
}

fn last_went_well(session: &Session, row: &LedgerRow) -> bool {
    let last = session.events().iter().rfind(|event| is_end_on(event, row.file));
    last.is_some_and(|event| {
        matches!(event.kind, EventKind::OperationDone { .. } | EventKind::OperationFound { damaged: false, .. })
    })
}

fn state(row: &LedgerRow) -> &'static str {
    match row.verdict {
        Verdict::Safe => "safe",
        Verdict::AtRisk => "kept, one failure away from loss",
        Verdict::Unavailable => "kept, out of reach for the moment",
        Verdict::Deleted => "deleted, as the client asked",
        Verdict::Pending => "still under way",
        Verdict::LostAcknowledged | Verdict::LostUnacknowledged => "lost",
    }
}
