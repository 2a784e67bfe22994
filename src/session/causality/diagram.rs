//! The diagram of a window of time: lines, points on them, and messages between them.

use std::collections::{BTreeMap, BTreeSet};

use super::Causality;
use super::known::Known;
use super::label::{message_label, point_label};
use super::landmarks::{Learned, Outage, Primacy};
use super::place::place;
use super::sort::{Sort, sort};
use crate::replication::Epoch;
use crate::session::Session;
use crate::sim::{EventId, GroupId, MessageId, NodeId, Span, Time};
use crate::world::{Cargo, Event, EventKind, Importance, LossReason, MessageKind};

/// How many events after the window are looked at for the ends of messages that were sent in it.
const EVENTS_BEYOND: usize = 4_000;

/// What came of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It arrived.
    Delivered,
    /// It was lost, for this reason.
    Lost(LossReason),
    /// As far as is known it is under way.
    UnderWay,
}

/// A message from one line to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrow {
    /// The message.
    pub message: MessageId,
    /// The event of its sending.
    pub sent: EventId,
    /// When it was sent.
    pub sent_at: Time,
    /// Who sent it.
    pub from: NodeId,
    /// To whom.
    pub to: NodeId,
    /// The event of its arrival or its loss, if one is known.
    pub ended: Option<EventId>,
    /// When it ended; for one under way, the last moment that is known.
    pub ended_at: Time,
    /// What came of it.
    pub fate: Fate,
    /// What it carries.
    pub cargo: Cargo,
    /// Whether the network made it, as the double of another.
    pub is_double: bool,
    /// What it carries in a word or two, if that is worth a word.
    pub label: String,
}

/// An event on a line, or beside all lines.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// The event.
    pub event: EventId,
    /// When it happened.
    pub at: Time,
    /// On which line; none if it befell the network or a zone.
    pub place: Option<NodeId>,
    /// The event that caused it.
    pub cause: Option<EventId>,
    /// What sort of event it is: each has its own shape.
    pub sort: Sort,
    /// How much it matters.
    pub importance: Importance,
    /// Whether it is only the sending or the arrival of a heartbeat.
    pub is_heartbeat: bool,
    /// What happened in a few words, if that is worth words.
    pub label: String,
}

/// Something waits at a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wait {
    /// The event with which the wait began.
    pub event: EventId,
    /// Where.
    pub node: NodeId,
    /// Since when.
    pub from: Time,
    /// Until when, as far as is known.
    pub to: Time,
    /// What waits and for what, in a few words.
    pub label: String,
}

/// A stretch of time with nothing but heartbeats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Since when.
    pub from: Time,
    /// Until when.
    pub to: Time,
}

/// A space-time diagram of a window of time.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagram {
    /// Where the window begins.
    pub from: Time,
    /// Where it ends.
    pub to: Time,
    /// Whether the window that was asked for has more events than are taken, so that this one is shorter.
    pub is_cut: bool,
    /// Up to when events are known.
    pub known_to: Time,
    /// The lines: clients, servers, nodes of the coordinator.
    pub lanes: Vec<NodeId>,
    /// The events, in their order.
    pub points: Vec<Point>,
    /// The messages, in the order in which they were sent.
    pub arrows: Vec<Arrow>,
    /// What waits.
    pub waits: Vec<Wait>,
    /// The outages that reach into the window.
    pub outages: Vec<Outage>,
    /// Who was the primary of the group, and when, up to the end of the window.
    pub primacies: Vec<Primacy>,
    /// The group whose epochs these are.
    pub group: Option<GroupId>,
    /// Who learned of which epoch before the end of the window.
    pub learned: Vec<Learned>,
    /// Where nothing happens but heartbeats.
    pub quiet: Vec<Quiet>,
}

impl Diagram {
    /// The point of an event, if it is in the window.
    #[must_use]
    pub fn point(&self, event: EventId) -> Option<&Point> {
        self.points.binary_search_by_key(&event, |point| point.event).ok().map(|index| &self.points[index])
    }

    /// The epoch that somebody begins to know first, with the moment, from the second epoch on.
    #[must_use]
    pub fn epochs(&self) -> Vec<(Time, Epoch)> {
        let mut epochs: Vec<(Time, Epoch)> = Vec::new();
        for learned in &self.learned {
            if epochs.last().is_none_or(|(_, epoch)| *epoch < learned.epoch) {
                epochs.push((learned.at, learned.epoch));
            }
        }
        epochs
    }

    pub(super) fn of(
        causality: &Causality,
        session: &Session,
        from: Time,
        to: Time,
        anchor: Time,
        most: usize,
    ) -> Self {
        let known = causality.known(session);
        let known_to = known.last().map_or(session.now(), |last| last.at).max(session.now()).max(causality.looked_to());
        let (asked_from, asked_to) = (from, to.min(known_to).max(from));
        let (from, to) = narrowed(known, asked_from, asked_to, anchor, most);
        let landmarks = &causality.landmarks;
        let mut builder = Builder { known, causality, session, points: Vec::new(), arrows: BTreeMap::new() };
        for event in known.within(from, to) {
            builder.take(&event);
        }
        builder.follow(to);
        let (points, waits) = (builder.points, Vec::new());
        let arrows: Vec<Arrow> = builder.arrows.into_values().collect();
        let group = landmarks.group();
        let learned = group.map_or(&[] as &[Learned], |group| landmarks.learned(group));
        let outages = landmarks.outages.iter();
        let mut diagram = Self {
            from,
            to,
            is_cut: (from, to) != (asked_from, asked_to),
            known_to,
            lanes: Vec::new(),
            quiet: quiet(&points, &arrows, from, to),
            points,
            arrows,
            waits,
            outages: outages.filter(|out| out.from <= to && out.to.is_none_or(|end| end >= from)).cloned().collect(),
            primacies: landmarks
                .primacies
                .iter()
                .filter(|primacy| Some(primacy.group) == group && primacy.from <= to)
                .cloned()
                .collect(),
            group,
            learned: learned.iter().filter(|learned| learned.at <= to).copied().collect(),
        };
        diagram.lanes = lanes(session, &diagram);
        diagram.waits = waits_of(known, &diagram);
        diagram.sort_arrows();
        diagram
    }

    fn sort_arrows(&mut self) {
        self.arrows.sort_by_key(|arrow| (arrow.sent, arrow.message));
    }
}

/// The place of a line among the others: clients first, then servers, then the nodes of the coordinator.
pub(super) fn lane_order(node: NodeId) -> (u8, NodeId) {
    let rank = match node {
        NodeId::Client(_) => 0,
        NodeId::Server(_) => 1,
        NodeId::Coordinator(_) => 2,
    };
    (rank, node)
}

/// The part of a window around the anchor that has at most so many events.
fn narrowed(known: Known<'_>, from: Time, to: Time, anchor: Time, most: usize) -> (Time, Time) {
    let (mut from, mut to) = (from, to);
    let anchor = anchor.max(from).min(to);
    while known.count_within(from, to) > most && from < to {
        let half = |span: Span| Span::from_micros(span.as_micros() / 2);
        let (before, after) = (anchor.since(from), to.since(anchor));
        if before >= after {
            from = anchor - half(before);
        } else {
            to = anchor + half(after);
        }
    }
    (from, to)
}

/// Clients first, then servers, then the nodes of the coordinator.
fn lanes(session: &Session, diagram: &Diagram) -> Vec<NodeId> {
    let ends = diagram.arrows.iter().flat_map(|arrow| [arrow.from, arrow.to]);
    let on = diagram.points.iter().filter_map(|point| point.place);
    let all: BTreeSet<NodeId> = session.world.servers().map(NodeId::Server).chain(ends).chain(on).collect();
    let mut lanes: Vec<NodeId> = all.into_iter().collect();
    lanes.sort_by_key(|node| lane_order(*node));
    lanes
}

/// The gaps between all that happens but heartbeats.
fn quiet(points: &[Point], arrows: &[Arrow], from: Time, to: Time) -> Vec<Quiet> {
    let loud = |cargo: &Cargo| cargo.kind != MessageKind::Heartbeat;
    let on_points = points.iter().filter(|point| !point.is_heartbeat).map(|point| (point.at, point.at));
    let on_arrows = arrows.iter().filter(|arrow| loud(&arrow.cargo)).map(|arrow| (arrow.sent_at, arrow.ended_at));
    let mut busy: Vec<(Time, Time)> = on_points.chain(on_arrows).collect();
    busy.sort();
    let mut quiet = Vec::new();
    let mut since = from;
    for (begins, ends) in busy.into_iter().chain([(to, to)]) {
        if begins > since {
            quiet.push(Quiet { from: since, to: begins });
        }
        since = since.max(ends);
    }
    quiet
}

/// What waits: from when a primary says that an update has to wait to when it sends the next one, or stops.
fn waits_of(known: Known<'_>, diagram: &Diagram) -> Vec<Wait> {
    let is_wait = |event: &Event| matches!(event.kind, EventKind::UpdateWaits { .. });
    let wait = |event: Event| {
        let EventKind::UpdateWaits { server, window, .. } = &event.kind else { return None };
        let node = NodeId::Server(*server);
        let ends = |later: &Event| match &later.kind {
            EventKind::MessageSent { from, cargo, .. } => *from == node && cargo.kind == MessageKind::Update,
            EventKind::ServerCrashed { server: of, .. }
            | EventKind::ServerKilled { server: of }
            | EventKind::ServerRemoved { server: of }
            | EventKind::DiskWiped { server: of }
            | EventKind::SteppedDown { server: of, .. } => of == server,
            _ => false,
        };
        let end = known.from(event.id).skip(1).take(EVENTS_BEYOND).find(ends).map_or(diagram.to, |end| end.at);
        Some(Wait { event: event.id, node, from: event.at, to: end, label: format!("waits: window {window}") })
    };
    known.within(diagram.from, diagram.to).filter(is_wait).filter_map(wait).collect()
}

struct Builder<'a> {
    known: Known<'a>,
    causality: &'a Causality,
    session: &'a Session,
    points: Vec<Point>,
    arrows: BTreeMap<MessageId, Arrow>,
}

impl Builder<'_> {
    fn take(&mut self, event: &Event) {
        match &event.kind {
            EventKind::MessageSent { message, from, to, cargo } => self.depart(event, *message, (*from, *to), *cargo),
            EventKind::MessageDoubled { message, from, to, cargo } => {
                let Some(sent) = event.cause.and_then(|cause| self.known.find(cause)) else { return };
                self.depart(&sent, *message, (*from, *to), *cargo);
                if let Some(arrow) = self.arrows.get_mut(message) {
                    arrow.is_double = true;
                }
                return;
            }
            EventKind::MessageReceived { message, from, to, cargo } => {
                self.end(event, *message, (*from, *to), *cargo, Fate::Delivered);
            }
            // An arrow ends where its message was lost; what a full disk refuses has arrived before.
            EventKind::MessageLost { message, from, to, cargo, reason } => {
                if *reason != LossReason::DiskFull {
                    self.end(event, *message, (*from, *to), *cargo, Fate::Lost(*reason));
                }
                return;
            }
            _ => {}
        }
        let place = place(self.known, &self.causality.landmarks.leaders, event);
        self.points.push(Point {
            event: event.id,
            at: event.at,
            place,
            cause: event.cause,
            sort: sort(&event.kind),
            importance: event.importance(),
            is_heartbeat: is_heartbeat(&event.kind),
            label: point_label(&event.kind),
        });
    }

    fn depart(&mut self, sent: &Event, message: MessageId, (from, to): (NodeId, NodeId), cargo: Cargo) {
        let label = message_label(&cargo, |file| self.causality.file_name(self.session, file));
        let arrow = Arrow {
            message,
            sent: sent.id,
            sent_at: sent.at,
            from,
            to,
            ended: None,
            ended_at: self.causality.looked_to().max(self.session.now()).max(sent.at),
            fate: Fate::UnderWay,
            cargo,
            is_double: false,
            label,
        };
        self.arrows.insert(message, arrow);
    }

    fn end(&mut self, event: &Event, message: MessageId, ends: (NodeId, NodeId), cargo: Cargo, fate: Fate) {
        if !self.arrows.contains_key(&message) {
            let sent = event.cause.and_then(|cause| self.known.find(cause));
            if let Some(sent) = sent.filter(|sent| matches!(sent.kind, EventKind::MessageSent { .. })) {
                self.depart(&sent, message, ends, cargo);
            }
        }
        if let Some(arrow) = self.arrows.get_mut(&message) {
            (arrow.ended, arrow.ended_at, arrow.fate) = (Some(event.id), event.at, fate);
        }
    }

    /// Looks beyond the window for what came of the messages that were sent in it.
    fn follow(&mut self, to: Time) {
        let Some(last) = self.known.within(Time::ZERO, to).next_back().map(|event| event.id) else { return };
        let mut open = self.arrows.values().filter(|arrow| arrow.fate == Fate::UnderWay).count();
        for event in self.known.from(last).skip(1).take(EVENTS_BEYOND) {
            if open == 0 {
                return;
            }
            let (message, fate) = match &event.kind {
                EventKind::MessageReceived { message, .. } => (message, Fate::Delivered),
                EventKind::MessageLost { message, reason, .. } => (message, Fate::Lost(*reason)),
                _ => continue,
            };
            if let Some(arrow) = self.arrows.get_mut(message).filter(|arrow| arrow.fate == Fate::UnderWay) {
                (arrow.ended, arrow.ended_at, arrow.fate) = (Some(event.id), event.at, fate);
                open -= 1;
            }
        }
    }
}

fn is_heartbeat(kind: &EventKind) -> bool {
    match kind {
        EventKind::MessageSent { cargo, .. } | EventKind::MessageReceived { cargo, .. } => {
            cargo.kind == MessageKind::Heartbeat
        }
        _ => false,
    }
}
