//! What the page remembers of the diagram: its window, what is chosen in it, and what was drawn last.

use super::View;
use super::card::Told;
use super::options::Options;
use super::picture::Picture;
use super::trace::Trace;
use crate::app::words::Shared;
use crate::session::{Causality, Session};
use crate::sim::{EventId, Span, Time};
use crate::world::MessageKind;

/// The most events of a window, of which the drawing takes what it can.
const MOST_EVENTS: usize = 9_000;

/// The shortest and the longest window.
const SHORTEST: Span = Span::from_millis(2);
const LONGEST: Span = Span::from_millis(30_000);

/// The windows that are tried first, until one has something to show.
const OPENING: [Span; 4] =
    [Span::from_millis(300), Span::from_millis(700), Span::from_millis(1_500), Span::from_millis(3_000)];

/// How many messages, heartbeats aside, are something to show.
const ENOUGH: usize = 10;

/// What a picture was made from: if this is the same, so is the picture.
#[derive(Clone, Debug, PartialEq)]
struct Made {
    now: Time,
    end: Time,
    events: usize,
    window: (Time, Span),
    options: Options,
    room: (f64, f64),
    known_to: Time,
}

/// The state of the diagram.
#[derive(Default)]
pub(crate) struct Diagrammer {
    pub(crate) view: View,
    pub(crate) options: Options,
    pub(crate) causality: Causality,
    /// Where the window begins, and how long it is; none before the diagram was shown.
    window: Option<(Time, Span)>,
    pub(crate) pinned: Option<EventId>,
    pub(crate) hovered: Option<EventId>,
    /// The event from which causes are followed, to which the way back leads.
    tip: Option<EventId>,
    made: Option<Made>,
    pub(crate) made_at_ms: f64,
    pub(crate) picture: Option<Shared<Picture>>,
    pub(crate) pinned_trace: Option<Shared<Trace>>,
    pub(crate) hovered_trace: Option<Shared<Trace>>,
    pub(crate) told: Option<Shared<Told>>,
}

impl Diagrammer {
    /// Takes in what happened; what was chosen in another run means nothing in this one.
    pub(crate) fn note(&mut self, session: &Session) {
        if self.causality.refresh(session) {
            self.pin(None);
            (self.hovered, self.window, self.made) = (None, None, None);
        }
    }

    /// Takes in what happened, and draws it anew if it differs. Returns whether there is more to come that is known, and
    /// not looked at yet.
    pub(crate) fn draw(&mut self, session: &Session, playing: bool, room: (f64, f64)) -> bool {
        self.note(session);
        let (from, span) = self.follow(session, playing);
        let more = self.causality.look_ahead(session, from + span, 300);
        let made = Made {
            now: session.now(),
            end: session.end(),
            events: session.events().len(),
            window: (from, span),
            options: self.options,
            room,
            known_to: self.causality.known_to(session),
        };
        if self.made.as_ref() != Some(&made) {
            let anchor = self.anchor(session);
            let diagram = self.causality.diagram(session, from, from + span, anchor, MOST_EVENTS);
            if diagram.is_cut {
                self.window = Some((diagram.from, diagram.to.since(diagram.from).max(SHORTEST)));
            }
            self.picture = Some(Shared::new(Picture::new(diagram, self.options, anchor, session.start(), room)));
            self.made = Some(made);
            self.light(session);
        }
        more
    }

    /// Lights what belongs to the pinned and the hovered event.
    pub(crate) fn light(&mut self, session: &Session) {
        let Some(picture) = self.picture.clone() else { return };
        let with_future = self.options.filter == super::options::Filter::PastAndFuture;
        let how = (self.options.heartbeats, with_future);
        let trace = |event: EventId| Shared::new(Trace::new(&self.causality, session, &picture, event, how));
        let (pinned, hovered) = (self.pinned.map(trace), self.hovered.map(trace));
        let last = session.events().last_id().unwrap_or(EventId(0));
        let last = picture.diagram.points.last().map_or(last, |point| point.event.max(last));
        let told = self.pinned.and_then(|event| Told::new(&self.causality, session, event, last));
        if told.as_ref() != self.told.as_deref() {
            self.told = told.map(Shared::new);
        }
        (self.pinned_trace, self.hovered_trace) = (pinned, hovered);
    }

    pub(crate) fn pin(&mut self, event: Option<EventId>) {
        (self.pinned, self.tip) = (event, event);
        if event.is_none() {
            (self.pinned_trace, self.told) = (None, None);
        }
    }

    /// The event that a key starts from if none is pinned: the one nearest to now.
    fn begin(&self, session: &Session) -> Option<EventId> {
        let picture = self.picture.as_ref()?;
        picture.nearest_in_time(session.now(), None).map(|mark| mark.event)
    }

    /// Goes to the cause of the pinned event, at another place or moment.
    pub(crate) fn go_to_cause(&mut self, session: &Session) -> Result<(), &'static str> {
        let Some(pinned) = self.pinned else {
            let begin = self.begin(session);
            self.pin(begin);
            return Ok(());
        };
        let chain = self.causality.chain(session, pinned);
        let here = self.spot(session, pinned);
        let cause = chain.iter().rev().find(|event| self.spot(session, **event) != here);
        let cause =
            cause.or_else(|| chain.first().filter(|first| **first != pinned)).ok_or("Nothing in the run caused it.")?;
        self.pinned = Some(*cause);
        Ok(())
    }

    /// Goes back on the way along which causes were followed, or on to what the pinned event caused.
    pub(crate) fn go_to_effect(&mut self, session: &Session) -> Result<(), &'static str> {
        let Some(pinned) = self.pinned else {
            let begin = self.begin(session);
            self.pin(begin);
            return Ok(());
        };
        let here = self.spot(session, pinned);
        let elsewhere = |event: &EventId| self.spot(session, *event) != here;
        let back = self.tip.map(|tip| self.causality.chain(session, tip)).unwrap_or_default();
        let on_way = back.iter().position(|event| *event == pinned);
        let along =
            on_way.and_then(|index| back[index + 1..].iter().find(|event| elsewhere(event)).or(back.get(index + 1)));
        if let Some(next) = along {
            self.pinned = Some(*next);
            return Ok(());
        }
        let last = session.events().last_id().unwrap_or(pinned);
        let last = self
            .picture
            .as_ref()
            .and_then(|picture| picture.diagram.points.last())
            .map_or(last, |point| point.event.max(last));
        let effects = self.causality.effects(session, pinned, last);
        let next = effects.iter().rev().find(|event| elsewhere(event)).or(effects.last());
        let next = *next.ok_or("It has caused nothing more, as far as the diagram shows.")?;
        self.pin(Some(next));
        Ok(())
    }

    /// Goes to the nearest event on the next line that has one.
    pub(crate) fn go_to_lane(&mut self, session: &Session, next: bool) -> Option<()> {
        let picture = self.picture.clone()?;
        let at = self.pinned.and_then(|pinned| self.causality.event(session, pinned));
        let Some(at) = at else {
            let begin = self.begin(session);
            self.pin(begin);
            return Some(());
        };
        let lanes = &picture.diagram.lanes;
        let here = lanes.iter().position(|lane| Some(*lane) == at.place)?;
        let others: Vec<_> =
            if next { lanes[here + 1..].to_vec() } else { lanes[..here].iter().rev().copied().collect() };
        let found = others.into_iter().find_map(|lane| picture.nearest_in_time(at.at, Some(lane)))?;
        self.pin(Some(found.event));
        Some(())
    }

    fn spot(&self, session: &Session, event: EventId) -> Option<(Time, Option<crate::sim::NodeId>)> {
        self.causality.event(session, event).map(|found| (found.at, found.place))
    }

    pub(crate) fn zoom(&mut self, session: &Session, closer: bool) {
        let Some((from, span)) = self.window else { return };
        let anchor = self.anchor(session).max(from).min(from + span);
        let scaled = |span: Span| {
            let micros = span.as_micros();
            Span::from_micros(if closer { micros * 5 / 8 } else { micros * 8 / 5 })
        };
        let wanted = scaled(span).max(SHORTEST).min(LONGEST);
        let before = if wanted == scaled(span) { scaled(anchor.since(from)) } else { anchor.since(from) };
        self.window = Some(((anchor - before).max(session.start()), wanted));
    }

    /// Moves the window by so many pixels, as far as there is a run.
    pub(crate) fn pan(&mut self, session: &Session, pixels: f64) {
        let (Some((from, span)), Some(picture)) = (self.window, &self.picture) else { return };
        // A drag is some thousand pixels at most.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let by = Span::from_micros((pixels.abs() * picture.frame.scale.micros_per_pixel()) as u64);
        let moved = if pixels > 0.0 { from + by } else { from - by };
        let last = session.end() - Span::from_micros(span.as_micros() / 4);
        self.window = Some((moved.min(last).max(session.start()), span));
    }

    /// Has the window show a moment.
    pub(crate) fn reveal(&mut self, session: &Session, at: Time) {
        if let Some((_, span)) = self.window.filter(|(from, span)| at < *from || at > *from + *span) {
            let before = Span::from_micros(span.as_micros() / 2);
            self.window = Some(((at - before).max(session.start()), span));
        }
    }

    /// The moment around which the window is kept: that of the pinned event if it is in it, or now.
    fn anchor(&self, session: &Session) -> Time {
        let pinned = self.pinned.and_then(|pinned| self.causality.event(session, pinned)).map(|found| found.at);
        let (from, to) = self.window.map_or((Time::ZERO, Time::ZERO), |(from, span)| (from, from + span));
        pinned.filter(|at| *at >= from && *at <= to).unwrap_or(session.now())
    }

    /// The window, which follows the clock while time runs, and else only if the moment has left it.
    fn follow(&mut self, session: &Session, playing: bool) -> (Time, Span) {
        let now = session.now();
        let part = |span: Span, per_cent: u64| Span::from_micros(span.as_micros() / 100 * per_cent);
        let back = |span: Span, per_cent: u64| (now - part(span, per_cent)).max(session.start());
        let moved = self.made.as_ref().is_none_or(|made| made.now != now);
        let (from, span) = match self.window {
            None => {
                // What is to come is shown as well, if there is any; else as much of the past as has something to show.
                let is_back = session.end() > now;
                let at = if is_back { 60 } else { 96 };
                let has_enough = |span: &Span| {
                    let diagram = self.causality.diagram(session, back(*span, at), now, now, MOST_EVENTS);
                    let loud = diagram.arrows.iter().filter(|arrow| arrow.cargo.kind != MessageKind::Heartbeat);
                    is_back || loud.count() >= ENOUGH
                };
                let span = OPENING.into_iter().find(has_enough).unwrap_or(OPENING[OPENING.len() - 1]);
                (back(span, at), span)
            }
            Some((from, span)) if playing && now > from + part(span, 96) => (back(span, 96), span),
            Some((from, span)) if moved && (now < from || now > from + span) => (back(span, 60), span),
            Some(window) => window,
        };
        self.window = Some((from, span));
        (from, span)
    }
}
