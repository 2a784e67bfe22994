//! The sort of an event, by which the diagram gives it a shape.

use crate::world::EventKind;

/// The sort of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// A message was sent or arrived.
    Message,
    /// A client asked or learned something.
    Client,
    /// Something was logged or is on disk.
    Data,
    /// Something broke or was mended.
    Fault,
    /// Somebody decided, or rose, or fell.
    Decision,
}

/// Whether something broke, or was mended, from outside.
pub(super) fn is_fault(kind: &EventKind) -> bool {
    sort(kind) == Sort::Fault
}

/// The sort of an event.
pub(super) fn sort(kind: &EventKind) -> Sort {
    match kind {
        EventKind::MessageSent { .. }
        | EventKind::MessageReceived { .. }
        | EventKind::MessageLost { .. }
        | EventKind::MessageDoubled { .. } => Sort::Message,
        EventKind::OperationStarted { .. }
        | EventKind::OperationDone { .. }
        | EventKind::OperationFound { .. }
        | EventKind::OperationServed { .. }
        | EventKind::OperationRetried { .. }
        | EventKind::OperationRefused { .. }
        | EventKind::OperationUnknown { .. } => Sort::Client,
        EventKind::UpdateLogged { .. }
        | EventKind::UpdateWaits { .. }
        | EventKind::UpdateOnDisk { .. }
        | EventKind::UpdateApplied { .. }
        | EventKind::AckCounted { .. }
        | EventKind::UpdateAnswered { .. }
        | EventKind::UpdateNotConfirmed { .. }
        | EventKind::RequestRepeated { .. }
        | EventKind::RotRepaired { .. }
        | EventKind::Truncated { .. }
        | EventKind::CatchesUp { .. }
        | EventKind::FullCopySent { .. }
        | EventKind::FullCopyTaken { .. }
        | EventKind::FullCopyHeldUp { .. }
        | EventKind::Trimmed { .. }
        | EventKind::GroupDropped { .. } => Sort::Data,
        EventKind::ServerAdded { .. }
        | EventKind::ServerLeaves { .. }
        | EventKind::ServerRemoved { .. }
        | EventKind::ServerCrashed { .. }
        | EventKind::ServerKilled { .. }
        | EventKind::ServerRestarted { .. }
        | EventKind::ServerPaused { .. }
        | EventKind::ServerResumed { .. }
        | EventKind::DiskWiped { .. }
        | EventKind::CopyRotted { .. }
        | EventKind::RotFound { .. }
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
        | EventKind::ChaosBegan { .. }
        | EventKind::ChaosEnded
        | EventKind::PolicyChanged { .. }
        | EventKind::WorkloadChanged { .. }
        | EventKind::CoordinatorCrashed { .. }
        | EventKind::CoordinatorRestarted { .. } => Sort::Fault,
        EventKind::LeadsCouncil { .. }
        | EventKind::PromotionAsked { .. }
        | EventKind::WentAsync { .. }
        | EventKind::BackInSync { .. }
        | EventKind::BecamePrimary { .. }
        | EventKind::SteppedDown { .. }
        | EventKind::Fenced { .. }
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
        | EventKind::RepairStarted { .. } => Sort::Decision,
    }
}
