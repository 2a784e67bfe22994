//! What is worth telling of a world, with its time on the visible clock, and its like in the other world.

use crate::sim::Span;
use crate::world::{Event, EventKind, Importance};

/// How many of them are kept of each world; a run that has more is told up to there.
pub const TOLD_LIMIT: usize = 20_000;

/// What a moment is marked for on the track of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Landmark {
    /// A client was told ok.
    ToldOk,
    /// A client was told no.
    Refused,
    /// A client will never know.
    Unknown,
    /// Something broke.
    Fault,
    /// An acknowledged write is lost.
    Loss,
    /// A group has a new primary.
    NewPrimary,
    /// Something that was broken works again.
    Restart,
}

/// Something that happened in one of the worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When, on the visible clock.
    pub at: Span,
    /// As a sentence.
    pub sentence: String,
    /// How much it matters.
    pub importance: Importance,
    /// What it is marked for on the track; none for what is only told.
    pub landmark: Option<Landmark>,
    /// The number of what happened: the same in both worlds for what is alike but for its time.
    pub(super) deed: u32,
    /// How often the same had happened before in this world.
    pub(super) before: u32,
}

/// Whether an event is told: all that is more than routine, but for the single steps of an update on its way, which
/// would drown the rest.
pub(super) fn is_told(event: &Event) -> bool {
    let is_step = matches!(
        event.kind,
        EventKind::UpdateLogged { .. } | EventKind::UpdateOnDisk { .. } | EventKind::AckCounted { .. }
    );
    event.importance() != Importance::Routine && !is_step
}

/// What an event is marked for.
pub(super) fn landmark(event: &Event) -> Option<Landmark> {
    match &event.kind {
        EventKind::OperationDone { .. } | EventKind::OperationServed { .. } => Some(Landmark::ToldOk),
        EventKind::OperationRefused { .. } => Some(Landmark::Refused),
        EventKind::OperationUnknown { .. } => Some(Landmark::Unknown),
        EventKind::BecamePrimary { .. } => Some(Landmark::NewPrimary),
        EventKind::ServerRestarted { .. }
        | EventKind::ServerResumed { .. }
        | EventKind::ZoneReturned { .. }
        | EventKind::LinkHealed { .. }
        | EventKind::AllHealed
        | EventKind::CoordinatorRestarted { .. } => Some(Landmark::Restart),
        // What somebody notices of a fault is none itself.
        EventKind::Suspected { .. } | EventKind::RotFound { .. } => None,
        _ => (event.importance() == Importance::Fault).then_some(Landmark::Fault),
    }
}
