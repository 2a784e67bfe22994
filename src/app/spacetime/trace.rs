//! What is lit for one event: the chain that caused it, its past, and its future if it is asked for.

use std::collections::BTreeSet;

use super::picture::{Drawn, Picture};
use crate::session::{Causality, Cone, Fate, Heartbeats, Session};
use crate::sim::{EventId, NodeId};

/// The rank of something drawn, as seen from the event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Rank {
    Future,
    Past,
    Cause,
}

impl Rank {
    pub(crate) fn class(self) -> &'static str {
        match self {
            Self::Future => "future",
            Self::Past => "past",
            Self::Cause => "cause",
        }
    }
}

/// What is lit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Trace {
    pub(crate) event: EventId,
    chain: BTreeSet<EventId>,
    past: Cone,
    future: Cone,
}

/// A part of a line that is lit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) rank: Rank,
    pub(crate) node: NodeId,
    /// From and to, along the axis of time.
    pub(crate) along: (f64, f64),
}

impl Trace {
    pub(crate) fn new(
        causality: &Causality,
        session: &Session,
        picture: &Picture,
        event: EventId,
        (heartbeats, with_future): (bool, bool),
    ) -> Self {
        let points = &picture.diagram.points;
        let (first, last) =
            (points.first().map_or(event, |point| point.event), points.last().map_or(event, |point| point.event));
        let heartbeats = if heartbeats { Heartbeats::Counted } else { Heartbeats::LeftOut };
        // A message that was sent before the window and arrives in it comes from the past as well.
        let first = picture.diagram.arrows.iter().map(|arrow| arrow.sent).min().map_or(first, |sent| sent.min(first));
        Self {
            event,
            chain: causality.chain(session, event).into_iter().collect(),
            past: causality.past(session, event, first, heartbeats),
            future: if with_future { causality.future(session, event, last) } else { Cone::default() },
        }
    }

    /// The rank of an event; none for what has nothing to do with it.
    pub(crate) fn rank(&self, event: EventId) -> Option<Rank> {
        if event == self.event || self.chain.contains(&event) {
            Some(Rank::Cause)
        } else if self.past.contains(event) {
            Some(Rank::Past)
        } else {
            self.future.contains(event).then_some(Rank::Future)
        }
    }

    /// The rank of a message: that of the lesser of its two ends; what never arrived has brought nothing.
    pub(crate) fn rank_of(&self, drawn: &Drawn) -> Option<Rank> {
        if drawn.arrow.fate != Fate::Delivered {
            return None;
        }
        let (sent, arrived) = (drawn.arrow.sent, drawn.arrow.ended?);
        if self.chain.contains(&sent) && (self.chain.contains(&arrived) || arrived == self.event) {
            return Some(Rank::Cause);
        }
        let in_past = |event| event == self.event || self.past.contains(event);
        if in_past(sent) && in_past(arrived) {
            return Some(Rank::Past);
        }
        let in_future = |event| event == self.event || self.future.contains(event);
        (in_future(sent) && in_future(arrived)).then_some(Rank::Future)
    }

    /// The parts of the lines that are lit.
    pub(crate) fn stretches(&self, picture: &Picture) -> Vec<Stretch> {
        let (diagram, frame) = (&picture.diagram, &picture.frame);
        let mut stretches = Vec::new();
        for node in &diagram.lanes {
            let here: Vec<_> = diagram.points.iter().filter(|point| point.place == Some(*node)).collect();
            let mut begins = frame.time.0;
            let mut push = |rank, along: (f64, f64)| {
                if along.1 > along.0 {
                    stretches.push(Stretch { rank, node: *node, along });
                }
            };
            for pair in std::iter::once(None).chain(here.iter().map(Some)).collect::<Vec<_>>().windows(2) {
                let [before, Some(point)] = pair else { continue };
                let at = frame.scale.place(point.at);
                let rank = |event: EventId| self.rank(event);
                match (before.map(|before| rank(before.event)), rank(point.event)) {
                    // What is in the past brings with it all that its line was before, from the edge of the window on.
                    (None, Some(Rank::Past | Rank::Cause)) => push(Rank::Past, (frame.time.0, at)),
                    (Some(Some(Rank::Cause)), Some(Rank::Cause)) => push(Rank::Cause, (begins, at)),
                    (Some(Some(Rank::Past | Rank::Cause)), Some(Rank::Past | Rank::Cause)) => {
                        push(Rank::Past, (begins, at));
                    }
                    (Some(Some(Rank::Future | Rank::Cause)), Some(Rank::Future)) => push(Rank::Future, (begins, at)),
                    _ => {}
                }
                begins = at;
            }
        }
        // What caused it is drawn over the rest.
        stretches.sort_by_key(|stretch| stretch.rank);
        stretches
    }
}
