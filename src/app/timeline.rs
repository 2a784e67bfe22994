//! The events as the page shows them: lines of the log, marks on the track, and bands of epochs.

use std::rc::Rc;

use crate::session::Session;
use crate::sim::{EventId, Time};
use crate::world::Importance;

use super::words::Shared;

/// One line of the log.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Line {
    pub(crate) id: EventId,
    pub(crate) at: Time,
    pub(crate) importance: Importance,
    pub(crate) sentence: String,
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
    /// Reads a session from its beginning. The epochs of the past are found by looking at each failover.
    pub(crate) fn new(session: &Session) -> Self {
        let mut timeline = Self {
            lines: Shared::new(Vec::new()),
            track: Shared::new(Track::default()),
            last: None,
            count: 0,
        };
        let mut past = session.clone();
        past.seek(past.start());
        timeline.refresh(&past, past.view().coordinator.epoch.0);
        let failovers: Vec<Time> = session
            .events()
            .iter()
            .filter(|event| event.importance() == Importance::Failover && event.at > past.start())
            .map(|event| event.at)
            .collect();
        for at in failovers {
            past.seek(at);
            timeline.refresh(&past, past.view().coordinator.epoch.0);
        }
        timeline
    }

    /// Takes in what happened since, or forgets what is now to come; returns the lines that are new.
    pub(crate) fn refresh(&mut self, session: &Session, epoch: u64) -> Vec<Rc<Line>> {
        let events = session.events();
        let shared = events.len().min(self.count);
        let same = match self.last {
            None => true,
            Some(last) if events.len() >= self.count => events.get(self.count - 1).is_some_and(|event| event.id == last),
            Some(_) => true,
        };
        let keep = if same { shared } else { 0 };
        let new: Vec<Rc<Line>> = events[keep..]
            .iter()
            .map(|event| {
                Rc::new(Line {
                    id: event.id,
                    at: event.at,
                    importance: event.importance(),
                    sentence: session.sentence(event),
                })
            })
            .collect();
        if keep < self.count || !new.is_empty() {
            let mut lines: Vec<Rc<Line>> = self.lines[..keep.min(self.lines.len())].to_vec();
            lines.extend(new.iter().cloned());
            self.lines = Shared::new(lines);
        }
        self.count = events.len();
        self.last = events.last().map(|event| event.id);
        self.mark(session, &new, epoch);
        new
    }

    fn mark(&mut self, session: &Session, new: &[Rc<Line>], epoch: u64) {
        let end = session.end();
        let mut track = (*self.track).clone();
        track.marks.retain(|mark| mark.at <= end);
        track.bands.retain(|band| band.from <= end);
        if track.bands.is_empty() {
            track.bands.push(Band { from: session.start(), epoch });
        }
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
        if track.bands.last().is_some_and(|band| band.epoch < epoch) {
            let from = new
                .iter()
                .rev()
                .find(|line| line.importance == Importance::Failover)
                .map_or_else(|| session.now(), |line| line.at);
            track.bands.push(Band { from, epoch });
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
