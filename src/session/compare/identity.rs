//! When two events of two worlds are the same: what happened, to whom and with what, but not the numbers under which
//! a world counts its events, messages and operations, and not those under which it keeps the names of its files.

use std::collections::BTreeMap;

use crate::session::Session;
use crate::sim::{FileId, MessageId, OperationId};
use crate::world::{Event, EventKind};

/// Gives the files of two worlds numbers by their names, so that the same name has the same number in both.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeMap<String, u32>);

impl Names {
    fn number(&mut self, name: &str) -> FileId {
        if let Some(number) = self.0.get(name) {
            return FileId(*number);
        }
        let number = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        self.0.insert(name.to_owned(), number);
        FileId(number)
    }

    /// What happened, without what is only a number of its world.
    pub fn deed(&mut self, session: &Session, event: &Event) -> EventKind {
        let mut kind = event.kind.clone();
        self.strip(session, &mut kind);
        kind
    }

    fn strip(&mut self, session: &Session, kind: &mut EventKind) {
        match kind {
            EventKind::OperationStarted { operation, file, .. }
            | EventKind::OperationDone { operation, file, .. }
            | EventKind::OperationFound { operation, file, .. }
            | EventKind::OperationServed { operation, file, .. }
            | EventKind::OperationRetried { operation, file, .. }
            | EventKind::OperationRefused { operation, file, .. }
            | EventKind::OperationUnknown { operation, file, .. }
            | EventKind::UpdateLogged { operation, file, .. }
            | EventKind::UpdateOnDisk { operation, file, .. }
            | EventKind::UpdateAnswered { operation, file, .. }
            | EventKind::UpdateNotConfirmed { operation, file, .. }
            | EventKind::RequestRepeated { operation, file, .. } => {
                *operation = OperationId(0);
                *file = self.number(session.file_name(*file));
            }
            EventKind::MessageSent { message, cargo, .. }
            | EventKind::MessageReceived { message, cargo, .. }
            | EventKind::MessageLost { message, cargo, .. }
            | EventKind::MessageDoubled { message, cargo, .. } => {
                *message = MessageId(0);
                cargo.file = cargo.file.map(|file| self.number(session.file_name(file)));
            }
            EventKind::CopyRotted { file, .. }
            | EventKind::UpdateWaits { file, .. }
            | EventKind::UpdateApplied { file, .. }
            | EventKind::RotFound { file, .. }
            | EventKind::RotRepaired { file, .. }
            | EventKind::FullCopyHeldUp { file, .. } => *file = self.number(session.file_name(*file)),
            EventKind::ServerAdded { .. }
            | EventKind::ServerLeaves { .. }
            | EventKind::ServerRemoved { .. }
            | EventKind::ServerCrashed { .. }
            | EventKind::ServerKilled { .. }
            | EventKind::ServerRestarted { .. }
            | EventKind::ServerPaused { .. }
            | EventKind::ServerResumed { .. }
            | EventKind::DiskWiped { .. }
            | EventKind::DiskChanged { .. }
            | EventKind::ClockSkewed { .. }
            | EventKind::ZoneFailed { .. }
            | EventKind::ZoneReturned { .. }
            | EventKind::LinkCut { .. }
            | EventKind::LinkCutOneWay { .. }
            | EventKind::LinkHealed { .. }
            | EventKind::LinkChanged { .. }
            | EventKind::Partitioned { .. }
            | EventKind::AllHealed
            | EventKind::CoordinatorCrashed { .. }
            | EventKind::CoordinatorRestarted { .. }
            | EventKind::LeadsCouncil { .. }
            | EventKind::PromotionAsked { .. }
            | EventKind::AckCounted { .. }
            | EventKind::WentAsync { .. }
            | EventKind::BackInSync { .. }
            | EventKind::BecamePrimary { .. }
            | EventKind::SteppedDown { .. }
            | EventKind::Fenced { .. }
            | EventKind::Truncated { .. }
            | EventKind::CatchesUp { .. }
            | EventKind::FullCopySent { .. }
            | EventKind::FullCopyTaken { .. }
            | EventKind::Lags { .. }
            | EventKind::CaughtUp { .. }
            | EventKind::Suspected { .. }
            | EventKind::HeardAgain { .. }
            | EventKind::ElectionStarted { .. }
            | EventKind::Promoted { .. }
            | EventKind::NoCandidate { .. }
            | EventKind::WaitsForOperator { .. }
            | EventKind::InSyncChanged { .. }
            | EventKind::GivenUp { .. }
            | EventKind::RepairStarted { .. }
            | EventKind::Trimmed { .. }
            | EventKind::GroupDropped { .. }
            | EventKind::PolicyChanged { .. }
            | EventKind::WorkloadChanged { .. }
            | EventKind::ChaosBegan { .. }
            | EventKind::ChaosEnded => {}
        }
    }
}
