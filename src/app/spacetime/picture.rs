//! What is drawn of a diagram, and where: made once for a window, and the same until something of it changes.

use std::collections::BTreeMap;

use super::frame::{Frame, Way};
use super::labels::{Anchor, Box, Places, Spot};
use super::options::{Filter, Options};
use crate::session::{Arrow, Diagram, Fate, Quiet, Sort};
use crate::sim::{EventId, NodeId, Span, Time};
use crate::world::{Importance, LossReason, MessageKind};

/// How many messages, marks and labels are drawn at most.
const MOST_ARROWS: usize = 260;
const MOST_MARKS: usize = 520;
const MOST_LABELS: usize = 110;

/// A quiet time is folded if it would take more room than this, in pixels, without a fold.
const WORTH_A_FOLD: f64 = 90.0;

/// The events on one line at one moment.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) at: Time,
    pub(crate) place: Option<NodeId>,
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) sort: Sort,
    pub(crate) importance: Importance,
    /// The event that stands for the others, and all of them.
    pub(crate) event: EventId,
    pub(crate) events: Vec<EventId>,
    pub(crate) label: String,
}

/// A message as it is drawn.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drawn {
    pub(crate) arrow: Arrow,
    pub(crate) begins: (f64, f64),
    pub(crate) ends: (f64, f64),
    /// Where its shape is, if there is room for it.
    pub(crate) shape: Option<(f64, f64)>,
}

impl Drawn {
    pub(crate) fn angle(&self) -> f64 {
        (self.ends.1 - self.begins.1).atan2(self.ends.0 - self.begins.0).to_degrees()
    }
}

/// A label and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Label {
    pub(crate) text: String,
    pub(crate) spot: Spot,
    /// The event that it belongs to, by which it is drawn with it.
    pub(crate) event: EventId,
    pub(crate) importance: Importance,
    pub(crate) is_message: bool,
}

/// All of a drawing but what depends on the selected event and on the moment now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Picture {
    pub(crate) diagram: Diagram,
    pub(crate) frame: Frame,
    pub(crate) marks: Vec<Mark>,
    pub(crate) arrows: Vec<Drawn>,
    pub(crate) labels: Vec<Label>,
    /// How many heartbeats are in the window.
    pub(crate) heartbeats: usize,
    /// What is left out, in a sentence.
    pub(crate) left_out: Option<String>,
    /// When the learner enters: 0 on the clock.
    pub(crate) zero: Time,
}

impl Picture {
    pub(crate) fn new(diagram: Diagram, options: Options, anchor: Time, zero: Time, room: (f64, f64)) -> Self {
        let folds = if options.fold { folds(&diagram, room) } else { Vec::new() };
        let frame = Frame::new(&diagram, room, &folds);
        let is_heartbeat = |arrow: &&Arrow| arrow.cargo.kind == MessageKind::Heartbeat;
        let heartbeats = diagram.arrows.iter().filter(is_heartbeat).count();
        let (arrows, arrows_left) = arrows(&diagram, &frame, options, anchor);
        let (marks, marks_left) = marks(&diagram, &frame, options, anchor);
        let left_out = left_out(&diagram, (arrows.len(), arrows_left), (marks.len(), marks_left));
        let labels = labels(&frame, &marks, &arrows);
        Self { diagram, frame, marks, arrows, labels, heartbeats, left_out, zero }
    }

    /// The mark of an event.
    pub(crate) fn mark_of(&self, event: EventId) -> Option<&Mark> {
        self.marks.iter().find(|mark| mark.events.contains(&event))
    }

    /// The event nearest to a point of the drawing, within a finger's reach.
    pub(crate) fn nearest(&self, x: f64, y: f64) -> Option<EventId> {
        let reach = 22.0;
        let marks = self.marks.iter().map(|mark| ((mark.x, mark.y), mark.event));
        // What a message's shape stands for is its arrival; what never arrived was sent.
        let shapes = self.arrows.iter().filter_map(|drawn| {
            let arrived = drawn.arrow.ended.filter(|_| drawn.arrow.fate == Fate::Delivered);
            Some((drawn.shape?, arrived.filter(|id| self.mark_of(*id).is_some()).unwrap_or(drawn.arrow.sent)))
        });
        let distance = |(to_x, to_y): (f64, f64)| (to_x - x).hypot(to_y - y);
        marks
            .chain(shapes)
            .map(|(place, event)| (distance(place), event))
            .filter(|(far, _)| *far <= reach)
            .min_by(|(one, _), (other, _)| one.total_cmp(other))
            .map(|(_, event)| event)
    }

    /// The mark nearest in time to a moment, on one line or on any.
    pub(crate) fn nearest_in_time(&self, at: Time, on: Option<NodeId>) -> Option<&Mark> {
        let here = self.marks.iter().filter(|mark| mark.place.is_some() && (on.is_none() || mark.place == on));
        here.min_by_key(|mark| (mark.at.since(at).as_micros().max(at.since(mark.at).as_micros()), mark.event))
    }
}

/// The quiet times that are worth a fold in this room.
fn folds(diagram: &Diagram, room: (f64, f64)) -> Vec<Quiet> {
    let whole = diagram.to.since(diagram.from).as_micros().max(1);
    let pixels = if room.0 < 560.0 { room.1.max(720.0) } else { room.0 };
    #[allow(clippy::cast_precision_loss)]
    let share = |quiet: &Quiet| quiet.to.since(quiet.from).as_micros() as f64 / whole as f64;
    // A little of the quiet stays on both sides, so that one sees where it begins.
    let margin = Span::from_micros(whole / 100);
    let shrunk = |quiet: Quiet| Quiet { from: quiet.from + margin, to: quiet.to - margin };
    let worth = diagram.quiet.iter().filter(|quiet| share(quiet) * pixels > WORTH_A_FOLD);
    worth.map(|quiet| shrunk(*quiet)).collect()
}

fn left_out(diagram: &Diagram, arrows: (usize, usize), marks: (usize, usize)) -> Option<String> {
    let window = diagram.is_cut.then_some("The window is shorter than asked for: more happens here than can be drawn.");
    let nearest = (arrows.1 + marks.1 > 0).then(|| {
        let (drawn, all) = (arrows.0, arrows.0 + arrows.1);
        format!(
            "Of {all} messages in this window the {drawn} nearest to the moment are drawn. Zoom in to see the others."
        )
    });
    nearest.or(window.map(str::to_owned))
}

/// Keeps the `most` items that are nearest to the anchor, in their order; returns how many are left out.
fn nearest<T>(mut items: Vec<T>, most: usize, anchor: Time, at: impl Fn(&T) -> Time) -> (Vec<T>, usize) {
    let left = items.len().saturating_sub(most);
    if left > 0 {
        let far = |item: &T| at(item).since(anchor).as_micros().max(anchor.since(at(item)).as_micros());
        let mut distances: Vec<u64> = items.iter().map(&far).collect();
        distances.sort_unstable();
        let limit = distances[most - 1];
        items.retain(|item| far(item) <= limit);
        items.truncate(most);
    }
    (items, left)
}

fn arrows(diagram: &Diagram, frame: &Frame, options: Options, anchor: Time) -> (Vec<Drawn>, usize) {
    let is_wanted = |arrow: &&Arrow| {
        let client = |node: NodeId| matches!(node, NodeId::Client(_));
        (options.heartbeats || arrow.cargo.kind != MessageKind::Heartbeat)
            && (options.filter != Filter::Clients || client(arrow.from) || client(arrow.to))
            && arrow.ended_at >= diagram.from
    };
    let wanted: Vec<&Arrow> = diagram.arrows.iter().filter(is_wanted).collect();
    let (kept, left) = nearest(wanted, MOST_ARROWS, anchor, |arrow| arrow.sent_at);
    (kept.into_iter().filter_map(|arrow| drawn(frame, arrow)).collect(), left)
}

fn drawn(frame: &Frame, arrow: &Arrow) -> Option<Drawn> {
    let (from, to) = (frame.lane(arrow.from)?, frame.lane(arrow.to)?);
    let sent = frame.scale.place(arrow.sent_at);
    let ended = frame.scale.place(arrow.ended_at);
    // How far across it came, as far as one can tell; what was lost at once is drawn as a stub.
    let (along, share) = match arrow.fate {
        Fate::Delivered => (ended, 1.0),
        Fate::UnderWay => (ended.max(sent + 6.0), 0.55),
        Fate::Lost(LossReason::ReceiverDown | LossReason::DiskFull) => (ended, 0.86),
        Fate::Lost(LossReason::LinkCut | LossReason::BadLink) => {
            if arrow.ended_at == arrow.sent_at {
                (sent + 12.0, 0.3)
            } else {
                (ended, 0.6)
            }
        }
    };
    let whole = frame.xy(along, from + (to - from) * share);
    let begins = frame.xy(sent, from);
    let (dx, dy) = (whole.0 - begins.0, whole.1 - begins.1);
    let length = dx.hypot(dy).max(1.0);
    let short = if arrow.fate == Fate::Delivered { 5.0 } else { 0.0 };
    let ends = (whole.0 - dx / length * short, whole.1 - dy / length * short);
    let middle = (begins.0 + dx * 0.52, begins.1 + dy * 0.52);
    let is_inside = frame.along(middle.0, middle.1) > frame.time.0 && frame.along(middle.0, middle.1) < frame.time.1;
    Some(Drawn { arrow: arrow.clone(), begins, ends, shape: (length > 34.0 && is_inside).then_some(middle) })
}

fn marks(diagram: &Diagram, frame: &Frame, options: Options, anchor: Time) -> (Vec<Mark>, usize) {
    let mut marks: BTreeMap<(Time, Option<NodeId>), Mark> = BTreeMap::new();
    for point in &diagram.points {
        let is_client = matches!(point.place, Some(NodeId::Client(_)));
        if (point.is_heartbeat && !options.heartbeats) || (options.filter == Filter::Clients && !is_client) {
            continue;
        }
        let along = frame.scale.place(point.at);
        let across = point.place.map_or(Some(frame.across.0 + 6.0), |node| frame.lane(node));
        let Some(across) = across else { continue };
        let (x, y) = frame.xy(along, across);
        let mark = marks.entry((point.at, point.place)).or_insert_with(|| Mark {
            at: point.at,
            place: point.place,
            x,
            y,
            sort: point.sort,
            importance: point.importance,
            event: point.event,
            events: Vec::new(),
            label: String::new(),
        });
        mark.events.push(point.event);
        let rank = |importance: Importance, label: &str| (!label.is_empty(), importance);
        if rank(point.importance, &point.label) >= rank(mark.importance, &mark.label) {
            (mark.event, mark.sort) = (point.event, point.sort);
            mark.importance = point.importance;
            mark.label.clone_from(&point.label);
        }
    }
    nearest(marks.into_values().collect(), MOST_MARKS, anchor, |mark| mark.at)
}

fn labels(frame: &Frame, marks: &[Mark], arrows: &[Drawn]) -> Vec<Label> {
    let bounds = frame.rect((frame.time.0, frame.time.1 + 10.0), (frame.across.0 - 2.0, frame.across.1));
    let mut places = Places::new(Box { x: bounds.0, y: bounds.1, width: bounds.2, height: bounds.3 });
    for mark in marks {
        places.take(Box { x: mark.x - 5.0, y: mark.y - 5.0, width: 10.0, height: 10.0 });
    }
    for (x, y) in arrows.iter().filter_map(|drawn| drawn.shape) {
        places.take(Box { x: x - 8.0, y: y - 8.0, width: 16.0, height: 16.0 });
    }
    for (from, to, _) in frame.scale.folds() {
        let (x, y, width, height) = frame.rect((from - 4.0, to + 8.0), frame.across);
        places.take(Box { x, y, width, height });
    }
    let mut labels = Vec::new();
    let mut named: Vec<&Mark> = marks.iter().filter(|mark| !mark.label.is_empty()).collect();
    named.sort_by_key(|mark| (std::cmp::Reverse(mark.importance), mark.at));
    for mark in named {
        if let Some(spot) = places.find(&mark.label, &around(frame.way, mark.x, mark.y)) {
            let (text, event, importance) = (mark.label.clone(), mark.event, mark.importance);
            labels.push(Label { text, spot, event, importance, is_message: false });
        }
        if labels.len() >= MOST_LABELS {
            return labels;
        }
    }
    for drawn in arrows.iter().filter(|drawn| !drawn.arrow.label.is_empty()) {
        let Some((x, y)) = drawn.shape else { continue };
        let beside = |x: f64, anchor| Spot { x, y: y + 4.0, anchor };
        let spots = [
            beside(x + 13.0, Anchor::Start),
            beside(x - 13.0, Anchor::End),
            Spot { x, y: y - 13.0, anchor: Anchor::Middle },
        ];
        if let Some(spot) = places.find(&drawn.arrow.label, &spots) {
            let (text, event) = (drawn.arrow.label.clone(), drawn.arrow.sent);
            labels.push(Label { text, spot, event, importance: Importance::Routine, is_message: true });
        }
        if labels.len() >= MOST_LABELS {
            break;
        }
    }
    labels
}

/// Where a mark's label may stand, the best place first.
fn around(way: Way, x: f64, y: f64) -> Vec<Spot> {
    let spot = |dx: f64, dy: f64, anchor| Spot { x: x + dx, y: y + dy, anchor };
    match way {
        Way::Right => vec![
            spot(-2.0, -12.0, Anchor::Start),
            spot(0.0, -12.0, Anchor::Middle),
            spot(2.0, -12.0, Anchor::End),
            spot(-2.0, 22.0, Anchor::Start),
            spot(2.0, 22.0, Anchor::End),
            spot(-2.0, -27.0, Anchor::Start),
            spot(-2.0, 37.0, Anchor::Start),
        ],
        Way::Down => vec![
            spot(10.0, 4.0, Anchor::Start),
            spot(-10.0, 4.0, Anchor::End),
            spot(0.0, -12.0, Anchor::Middle),
            spot(0.0, 20.0, Anchor::Middle),
        ],
    }
}
