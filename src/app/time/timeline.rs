//! The events as the page shows them: lines of the log, marks on the track, and bands of epochs.

use std::rc::Rc;

use crate::session::Session;
use crate::sim::{EventId, ServerId, Time};
use crate::world::{Event, EventKind, Importance};

use crate::app::words::Shared;

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) id: EventId,
    pub(crate) at: Time,
    pub(crate) importance: Importance,
    pub(crate) sentence: String,
    /// The server that went down with this event.
    pub(crate) fell: Option<ServerId>,
    /// The epoch that began with this event.
    pub(crate) epoch: Option<u64>,
}

impl Line {
    fn of(session: &Session, event: &Event) -> Self {
        let (mut fell, mut epoch) = (None, None);
        match &event.kind {
            EventKind::ServerCrashed { server, .. } | EventKind::ServerKilled { server } => fell = Some(*server),
            EventKind::Promoted { epoch: begun, .. } => epoch = Some(begun.0),
            _ => {}
        }
        Self {
            id: event.id,
            at: event.at,
            importance: event.importance(),
            sentence: session.sentence(event),
            fell,
            epoch,
        }
    }
}

/// One mark on the track.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Mark {
    pub(crate) id: EventId,
    pub(crate) at: Time,
    pub(crate) importance: Importance,
    pub(crate) sentence: String,
}

/// A stretch of the track under one epoch.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Band {
    pub(crate) from: Time,
    pub(crate) epoch: u64,
}

/// Marks and bands, over the whole track.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Track {
    pub(crate) marks: Vec<Mark>,
    pub(crate) bands: Vec<Band>,
}

/// What the page knows of the events so far.
pub(crate) struct Timeline {
    pub(crate) lines: Shared<Vec<Rc<Line>>>,
    pub(crate) track: Shared<Track>,
    /// How many events are in `lines`, and the id of the last.
    last: Option<EventId>,
    count: usize,
}

/// How many marks are drawn; beyond that the oldest ordinary ones are dropped.
const MOST_MARKS: usize = 160;

impl Timeline {
    /// Reads a session from its beginning.
    pub(crate) fn new(session: &Session) -> Self {
        let mut timeline =
            Self { lines: Shared::new(Vec::new()), track: Shared::new(Track::default()), last: None, count: 0 };
        timeline.refresh(session);
        timeline
    }

    /// Takes in what happened since, or forgets what is now to come; returns the lines that are new.
    pub(crate) fn refresh(&mut self, session: &Session) -> Vec<Rc<Line>> {
        let events = session.events();
        let shared = events.len().min(self.count);
        let same = match self.last {
            Some(last) if events.len() >= self.count => {
                events.get(self.count - 1).is_some_and(|event| event.id == last)
            }
            Some(_) | None => true,
        };
        let keep = if same { shared } else { 0 };
        let new: Vec<Rc<Line>> = events[keep..].iter().map(|event| Rc::new(Line::of(session, event))).collect();
        if keep < self.count || !new.is_empty() {
            let mut lines: Vec<Rc<Line>> = self.lines[..keep.min(self.lines.len())].to_vec();
            lines.extend(new.iter().cloned());
            self.lines = Shared::new(lines);
        }
        self.count = events.len();
        self.last = events.last().map(|event| event.id);
        self.mark(session, &new);
        new
    }

    fn mark(&mut self, session: &Session, new: &[Rc<Line>]) {
        let end = session.end();
        let mut track = (*self.track).clone();
        track.marks.retain(|mark| mark.at <= end);
        track.bands.retain(|band| band.from <= end);
        let known = track.marks.last().map(|mark| mark.id);
        let fresh = new.iter().filter(|line| {
            line.at >= session.start()
                && known.is_none_or(|known| line.id > known)
                && !matches!(line.importance, Importance::Routine | Importance::Notable | Importance::Waiting)
        });
        for line in fresh {
            track.marks.push(Mark {
                id: line.id,
                at: line.at,
                importance: line.importance,
                sentence: line.sentence.clone(),
            });
        }
        if track.bands.is_empty() {
            track.bands.push(Band { from: Time::ZERO, epoch: 1 });
        }
        for line in new {
            let latest = track.bands.last().map_or(0, |band| band.epoch);
            if let Some(epoch) = line.epoch.filter(|epoch| *epoch > latest) {
                track.bands.push(Band { from: line.at, epoch });
            }
        }
        while track.marks.len() > MOST_MARKS {
            let ordinary = track.marks.iter().position(|mark| mark.importance == Importance::Good).unwrap_or(0);
            track.marks.remove(ordinary);
        }
        if track != *self.track {
            self.track = Shared::new(track);
        }
    }

    /// The moment of the last notable event before `now`.
    pub(crate) fn before(&self, now: Time) -> Option<Time> {
        self.lines.iter().rev().find(|line| line.at < now && line.importance != Importance::Routine).map(|line| line.at)
    }
}
