//! What happened before an event, and what after it, in the sense of what can have influenced what.

use std::collections::BTreeSet;

use super::known::Known;
use super::place::{Leaders, forgets_everything, place};
use crate::sim::{EventId, NodeId};
use crate::world::{Event, EventKind, MessageKind};

/// Whether heartbeats count as messages that can carry knowledge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heartbeats {
    /// They do, as any message does.
    Counted,
    /// They are left out: what remains is what the messages of the protocol can have told.
    LeftOut,
}

/// The events that are in the causal past of an event, or in its future, as far as they were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cone {
    events: BTreeSet<EventId>,
    lanes: BTreeSet<NodeId>,
}

impl Cone {
    /// Whether an event is in it.
    #[must_use]
    pub fn contains(&self, event: EventId) -> bool {
        self.events.contains(&event)
    }

    /// Its events, in the order in which they happened.
    #[must_use]
    pub fn events(&self) -> impl DoubleEndedIterator<Item = EventId> + '_ {
        self.events.iter().copied()
    }

    /// The lines on which it has events.
    pub fn lanes(&self) -> impl Iterator<Item = NodeId> + '_ {
        self.lanes.iter().copied()
    }

    fn take(&mut self, event: EventId, lane: Option<NodeId>) {
        self.events.insert(event);
        self.lanes.extend(lane);
    }
}

/// Whether this is a heartbeat's arrival.
fn is_heartbeat(event: &Event) -> bool {
    matches!(&event.kind, EventKind::MessageReceived { cargo, .. } if cargo.kind == MessageKind::Heartbeat)
}

/// What happened before `event`, back to `down_to`.
pub(super) fn past(
    known: Known<'_>,
    leaders: &Leaders,
    event: EventId,
    down_to: EventId,
    heartbeats: Heartbeats,
) -> Cone {
    let mut cone = Cone::default();
    let mut reached: BTreeSet<NodeId> = BTreeSet::new();
    let mut pending = BTreeSet::from([event]);
    for found in known.back_from(event).take_while(|found| found.id >= down_to) {
        let lane = place(known, leaders, &found);
        let by_message = pending.remove(&found.id);
        let by_lane = lane.is_some_and(|lane| reached.contains(&lane));
        if by_lane && !by_message && forgets_everything(&found) {
            lane.map(|lane| reached.remove(&lane));
            continue;
        }
        if !by_message && !by_lane {
            continue;
        }
        reached.extend(lane);
        if found.id != event {
            cone.take(found.id, lane);
        }
        if heartbeats == Heartbeats::Counted || !is_heartbeat(&found) {
            pending.extend(found.cause);
        }
    }
    cone
}

/// What happened after `event`, up to `up_to`.
pub(super) fn future(known: Known<'_>, leaders: &Leaders, event: EventId, up_to: EventId) -> Cone {
    let mut cone = Cone::default();
    let mut reached: BTreeSet<NodeId> = BTreeSet::new();
    for found in known.from(event).take_while(|found| found.id <= up_to) {
        let lane = place(known, leaders, &found);
        let by_cause = found.cause.is_some_and(|cause| cause == event || cone.contains(cause));
        let by_lane = lane.is_some_and(|lane| reached.contains(&lane));
        if found.id != event && !by_cause && !by_lane {
            continue;
        }
        reached.extend(lane);
        if found.id != event {
            cone.take(found.id, lane);
        }
        if let Some(lane) = lane.filter(|_| forgets_everything(&found)) {
            reached.remove(&lane);
        }
    }
    cone
}
