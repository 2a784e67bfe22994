//! The chain that led to an event: each link is the cause of the next.

use super::known::Known;
use super::place::{Leaders, place};
use crate::sim::{EventId, NodeId, Time};
use crate::world::{Event, EventKind, Importance};

/// How many events of a chain are told, beginning with the last.
pub(super) const LINKS_TOLD: usize = 12;

/// One link of a chain as it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub at: Time,
    /// On which line.
    pub place: Option<NodeId>,
    /// What happened.
    pub sentence: String,
}

/// The events of the chain by their causes, the root first, the event itself last.
pub(super) fn causes(known: Known<'_>, event: EventId) -> Vec<EventId> {
    let mut chain = vec![event];
    let mut cause = known.find(event).and_then(|found| found.cause);
    while let Some(found) = cause.and_then(|cause| known.find(cause)) {
        chain.push(found.id);
        cause = found.cause;
    }
    chain.reverse();
    chain
}

/// The events that tell the chain: at each line that it runs through, what was done there on the way, rather than that a
/// message came and went.
pub(super) fn told(known: Known<'_>, leaders: &Leaders, chain: &[EventId]) -> Vec<Event> {
    let events: Vec<Event> = chain.iter().filter_map(|id| known.find(*id)).collect();
    let mut told: Vec<Event> = Vec::new();
    let mut index = 0;
    while index < events.len() {
        let here = place(known, leaders, &events[index]);
        let visit = events[index..].iter().take_while(|event| place(known, leaders, event) == here).count().max(1);
        let stay = &events[index..index + visit];
        let (first, last) = (stay[0].id, stay[visit - 1].id);
        let is_done_here = |event: &Event| {
            (stay.iter().any(|link| link.id == event.id)
                || event.cause.is_some_and(|cause| stay.iter().any(|link| link.id == cause)))
                && place(known, leaders, event) == here
                && is_telling(event)
        };
        let before = told.len();
        told.extend(known.from(first).take_while(|event| event.id <= last).take(2_000).filter(is_done_here));
        if told.len() == before {
            told.push(stay[0].clone());
        }
        index += visit;
    }
    if let Some(last) = events.last().filter(|last| told.last().map(|told| told.id) != Some(last.id)) {
        told.push(last.clone());
    }
    told
}

/// Whether an event says what was done: more than that a message came or went.
fn is_telling(event: &Event) -> bool {
    matches!(event.kind, EventKind::UpdateAnswered { .. })
        || (event.importance() != Importance::Routine && !matches!(event.kind, EventKind::MessageLost { .. }))
}
