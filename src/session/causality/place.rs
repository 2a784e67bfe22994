//! Where an event happens: on the line of a server, of a client or of a node of the coordinator.

use super::known::Known;
use crate::sim::{CoordinatorId, EventId, NodeId};
use crate::world::{Event, EventKind};

/// Who led the coordinator's nodes from which event on.
pub(super) type Leaders = [(EventId, CoordinatorId)];

/// The line of a node on which an event happens; none for what befalls the network, a message or a whole zone, which
/// are no events of a process.
pub(super) fn place(known: Known<'_>, leaders: &Leaders, event: &Event) -> Option<NodeId> {
    match &event.kind {
        EventKind::MessageSent { from, .. } => Some(*from),
        EventKind::MessageReceived { to, .. } => Some(*to),
        EventKind::OperationStarted { client, .. }
        | EventKind::OperationDone { client, .. }
        | EventKind::OperationFound { client, .. }
        | EventKind::OperationServed { client, .. }
        | EventKind::OperationRetried { client, .. }
        | EventKind::OperationRefused { client, .. }
        | EventKind::OperationUnknown { client, .. } => Some(*client),
        EventKind::ServerAdded { server, .. }
        | EventKind::ServerRemoved { server }
        | EventKind::ServerCrashed { server, .. }
        | EventKind::ServerKilled { server }
        | EventKind::ServerRestarted { server, .. }
        | EventKind::ServerPaused { server }
        | EventKind::ServerResumed { server }
        | EventKind::DiskWiped { server }
        | EventKind::CopyRotted { server, .. }
        | EventKind::DiskChanged { server, .. }
        | EventKind::ClockSkewed { server, .. }
        | EventKind::UpdateLogged { server, .. }
        | EventKind::UpdateWaits { server, .. }
        | EventKind::UpdateOnDisk { server, .. }
        | EventKind::UpdateApplied { server, .. }
        | EventKind::AckCounted { server, .. }
        | EventKind::UpdateAnswered { server, .. }
        | EventKind::UpdateNotConfirmed { server, .. }
        | EventKind::RequestRepeated { server, .. }
        | EventKind::WentAsync { server, .. }
        | EventKind::BackInSync { server, .. }
        | EventKind::RotFound { server, .. }
        | EventKind::RotRepaired { server, .. }
        | EventKind::BecamePrimary { server, .. }
        | EventKind::SteppedDown { server, .. }
        | EventKind::Fenced { server, .. }
        | EventKind::Truncated { server, .. }
        | EventKind::CatchesUp { server, .. }
        | EventKind::FullCopySent { server, .. }
        | EventKind::FullCopyTaken { server, .. }
        | EventKind::FullCopyHeldUp { server, .. }
        | EventKind::Lags { server, .. }
        | EventKind::CaughtUp { server, .. }
        | EventKind::GroupDropped { server, .. } => Some(NodeId::Server(*server)),
        EventKind::WorkloadChanged { client, .. } => Some(NodeId::Client(*client)),
        EventKind::CoordinatorCrashed { node }
        | EventKind::CoordinatorRestarted { node }
        | EventKind::LeadsCouncil { node, .. } => Some(NodeId::Coordinator(*node)),
        EventKind::ServerLeaves { .. }
        | EventKind::PromotionAsked { .. }
        | EventKind::Suspected { .. }
        | EventKind::HeardAgain { .. }
        | EventKind::ElectionStarted { .. }
        | EventKind::Promoted { .. }
        | EventKind::NoCandidate { .. }
        | EventKind::WaitsForOperator { .. }
        | EventKind::InSyncChanged { .. }
        | EventKind::GivenUp { .. }
        | EventKind::RepairStarted { .. }
        | EventKind::Trimmed { .. } => Some(deciding_node(known, leaders, event)),
        EventKind::MessageLost { .. }
        | EventKind::MessageDoubled { .. }
        | EventKind::ZoneFailed { .. }
        | EventKind::ZoneReturned { .. }
        | EventKind::LinkCut { .. }
        | EventKind::LinkCutOneWay { .. }
        | EventKind::LinkHealed { .. }
        | EventKind::LinkChanged { .. }
        | EventKind::Partitioned { .. }
        | EventKind::PolicyChanged { .. }
        | EventKind::ChaosBegan { .. }
        | EventKind::ChaosEnded
        | EventKind::AllHealed => None,
    }
}

/// Whether with this event all that its server knew is gone.
///
/// A server that has lost its disk starts as another process: nothing that happened to it before can reach what it does
/// afterwards along its own line, only by messages of others. A crashed server has its disk, and goes on as the same.
pub(super) fn forgets_everything(event: &Event) -> bool {
    matches!(event.kind, EventKind::ServerKilled { .. } | EventKind::DiskWiped { .. } | EventKind::ServerRemoved { .. })
}

/// The node of the coordinator that decided something: the one at which its cause was, or else the one that led.
fn deciding_node(known: Known<'_>, leaders: &Leaders, event: &Event) -> NodeId {
    let mut cause = event.cause;
    while let Some(found) = cause.and_then(|cause| known.find(cause)) {
        match &found.kind {
            EventKind::MessageReceived { to: node @ NodeId::Coordinator(_), .. }
            | EventKind::MessageSent { from: node @ NodeId::Coordinator(_), .. } => return *node,
            EventKind::CoordinatorRestarted { node } | EventKind::LeadsCouncil { node, .. } => {
                return NodeId::Coordinator(*node);
            }
            _ => cause = found.cause,
        }
    }
    let led = leaders.partition_point(|(from, _)| *from <= event.id);
    let leader = led.checked_sub(1).and_then(|index| leaders.get(index));
    NodeId::Coordinator(leader.map_or(CoordinatorId(1), |(_, node)| *node))
}
