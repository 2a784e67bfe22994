//! The two marks of a loss: when it was certain, and when it was carried out.

use super::loss::Trace;
use crate::check::Verdict;
use crate::replication::Version;
use crate::session::Session;
use crate::sim::{EventId, FileId, OperationId};
use crate::world::EventKind;

/// An acknowledged write that is lost, and the two events that mark its loss.
///
/// A write is lost when nobody has it any more and when the cluster goes on without it. Whichever comes first makes the
/// other only a matter of time: a copy that a killed server took with it is missed later, and a copy on a server that
/// another has replaced is cut off when it returns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loss {
    /// The file.
    pub file: FileId,
    /// The version that was written.
    pub version: Version,
    /// The write.
    pub operation: OperationId,
    /// The event with which its client was told ok.
    pub done: Option<EventId>,
    /// The event with which it became certain: the last copy was gone, or a server without it became primary.
    pub certain: EventId,
    /// The event with which it was carried out: by then no server had it, and a server without it was primary, as far as
    /// either has come.
    pub carried_out: EventId,
}

impl Session {
    /// The acknowledged writes that are lost now, in the order of the ledger, each with its two marks.
    #[must_use]
    pub fn losses(&self) -> Vec<Loss> {
        let mut losses = Vec::new();
        for row in &self.world.ledger().rows {
            let mut operations: Vec<OperationId> =
                self.world.lost_versions(row.file).iter().filter_map(|lost| told_ok(self, row.file, *lost)).collect();
            if row.verdict == Verdict::LostAcknowledged {
                let last = self.world.acknowledged(row.file).map(|last| last.revision.write.operation);
                operations.extend(last.filter(|last| !operations.contains(last)));
            }
            losses.extend(operations.into_iter().filter_map(|operation| marks(self, row.file, operation)));
        }
        losses
    }
}

/// The first write of this version of the file that a client was told is done: the one in whose place others came later.
fn told_ok(session: &Session, file: FileId, lost: Version) -> Option<OperationId> {
    session.events().iter().find_map(|event| match &event.kind {
        EventKind::OperationDone { operation, file: of, version, .. } if (*of, *version) == (file, lost) => {
            Some(*operation)
        }
        _ => None,
    })
}

fn marks(session: &Session, file: FileId, operation: OperationId) -> Option<Loss> {
    let trace = Trace::of(session, file, operation)?;
    let (first, last) = match (trace.emptied, trace.promoted) {
        (Some(emptied), Some(promoted)) => (emptied.min(promoted), emptied.max(promoted)),
        (Some(only), None) | (None, Some(only)) => (only, only),
        (None, None) => return None,
    };
    // What was written to a primary that had been replaced was lost from the beginning.
    let certain = first.max(trace.logged);
    let carried_out = last.max(certain);
    Some(Loss { file, version: trace.version, operation, done: trace.done, certain, carried_out })
}
