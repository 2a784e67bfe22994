//! The events as the page shows them: lines of the log, marks on the track, and bands of epochs.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::session::Session;
use crate::sim::{EventId, ServerId, Time};
use crate::world::{Event, EventKind, Importance};

use crate::app::time::lull::Lull;
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

/// What the page knows of the events so far. It keeps the last lines only, and what it hands out changes a few times a
/// second while time runs: all else is in the session's events.
pub(crate) struct Timeline {
    /// The last lines of the log, oldest first.
    pub(crate) lines: Shared<Vec<Rc<Line>>>,
    /// The lines with which a server went down.
    pub(crate) falls: Shared<Vec<Rc<Line>>>,
    pub(crate) track: Shared<Track>,
    /// Whether the log shows routine events too, and those of before the learner entered.
    all: bool,
    /// What is yet to be handed out, if it differs.
    recent: VecDeque<Rc<Line>>,
    next_track: Track,
    is_stale: bool,
    handed_out: Lull,
    /// How many events it has read.
    count: usize,
}

/// How many lines the log shows; the events themselves are all kept by the session.
const MOST_LINES: usize = 240;

/// How many marks are drawn; beyond that the oldest ordinary ones are dropped.
const MOST_MARKS: usize = 160;

impl Timeline {
    /// Reads a session from its beginning.
    pub(crate) fn new(session: &Session) -> Self {
        let mut timeline = Self {
            lines: Shared::new(Vec::new()),
            falls: Shared::new(Vec::new()),
            track: Shared::new(Track::default()),
            all: false,
            recent: VecDeque::new(),
            next_track: Track::default(),
            is_stale: true,
            handed_out: Lull::default(),
            count: 0,
        };
        timeline.refresh(session, None);
        timeline
    }

    /// Shows routine events too, or no longer.
    pub(crate) fn show_all(&mut self, all: bool, session: &Session) {
        self.all = all;
        self.recent.clear();
        self.recall(session.events(), session);
        self.hand_out(None);
    }

    /// Takes in what happened since, or forgets what is now to come; returns the lines of what went wrong. What is
    /// shown follows at once without a time, else unless it changed a moment before `now_ms`.
    pub(crate) fn refresh(&mut self, session: &Session, now_ms: Option<f64>) -> Vec<Rc<Line>> {
        let events = session.events();
        let mut news = Vec::new();
        if events.len() < self.count {
            let last = events.last().map(|event| event.id);
            self.recent.clear();
            self.recall(events, session);
            if self.falls.iter().any(|line| Some(line.id) > last) {
                let kept = self.falls.iter().filter(|line| Some(line.id) <= last).cloned().collect();
                self.falls = Shared::new(kept);
            }
        } else if events.len() > self.count {
            let new = &events[self.count..];
            self.recall(new, session);
            let falls = self.mark(session, new, &mut news);
            if !falls.is_empty() {
                self.falls = Shared::new(self.falls.iter().cloned().chain(falls).collect());
            }
        }
        self.count = events.len();
        self.forget_after(session.end());
        self.hand_out(now_ms);
        news
    }

    /// Adds the last of some events to the lines of the log; only of these a sentence is made.
    fn recall(&mut self, events: &[Event], session: &Session) {
        let is_shown =
            |event: &&Event| self.all || (event.importance() != Importance::Routine && event.at >= session.start());
        let newest: Vec<&Event> = events.iter().rev().filter(is_shown).take(MOST_LINES).collect();
        self.is_stale |= !newest.is_empty() || self.recent.is_empty();
        self.recent.extend(newest.into_iter().rev().map(|event| Rc::new(Line::of(session, event))));
        let surplus = self.recent.len().saturating_sub(MOST_LINES);
        self.recent.drain(..surplus);
    }

    /// Marks new events on the track; returns the lines of servers that went down.
    fn mark(&mut self, session: &Session, new: &[Event], news: &mut Vec<Rc<Line>>) -> Vec<Rc<Line>> {
        let mut falls = Vec::new();
        let known = self.next_track.marks.last().map(|mark| mark.id);
        for event in new {
            let importance = event.importance();
            let is_marked = !matches!(importance, Importance::Routine | Importance::Notable | Importance::Waiting);
            if !is_marked {
                continue;
            }
            let line = Rc::new(Line::of(session, event));
            if line.at >= session.start() && known.is_none_or(|known| line.id > known) {
                let Line { id, at, importance, sentence, .. } = (*line).clone();
                self.next_track.marks.push(Mark { id, at, importance, sentence });
                self.is_stale = true;
            }
            if self.next_track.bands.is_empty() {
                self.next_track.bands.push(Band { from: Time::ZERO, epoch: 1 });
            }
            let latest = self.next_track.bands.last().map_or(0, |band| band.epoch);
            if let Some(epoch) = line.epoch.filter(|epoch| *epoch > latest) {
                self.next_track.bands.push(Band { from: line.at, epoch });
                self.is_stale = true;
            }
            if line.fell.is_some() || line.epoch.is_some() {
                falls.push(Rc::clone(&line));
            }
            if matches!(importance, Importance::Fault | Importance::Failover | Importance::Loss) {
                news.push(line);
            }
        }
        self.thin_marks();
        falls
    }

    /// Drops the oldest marks of what went well, then the oldest of all.
    fn thin_marks(&mut self) {
        let marks = &mut self.next_track.marks;
        let mut surplus = marks.len().saturating_sub(MOST_MARKS);
        marks.retain(|mark| {
            let goes = surplus > 0 && mark.importance == Importance::Good;
            surplus -= usize::from(goes);
            !goes
        });
        marks.drain(..surplus);
    }

    /// Forgets what has been replaced.
    fn forget_after(&mut self, end: Time) {
        let Track { marks, bands } = &mut self.next_track;
        let before = marks.len() + bands.len();
        while marks.last().is_some_and(|mark| mark.at > end) {
            marks.pop();
        }
        while bands.last().is_some_and(|band| band.from > end) {
            bands.pop();
        }
        self.is_stale |= marks.len() + bands.len() < before;
    }

    fn hand_out(&mut self, now_ms: Option<f64>) {
        if self.is_stale && self.handed_out.is_over(now_ms) {
            self.is_stale = false;
            self.lines = Shared::new(self.recent.iter().cloned().collect());
            if self.next_track != *self.track {
                self.track = Shared::new(self.next_track.clone());
            }
        }
    }

    /// The marks and epochs of another look at the same run, which reach further.
    pub(crate) fn take_track(&mut self, track: &Shared<Track>) {
        self.next_track = (**track).clone();
        self.track = track.clone();
    }

    /// The moment of the last event before now that is more than routine.
    pub(crate) fn before(session: &Session) -> Option<Time> {
        let events = session.events();
        let earlier = &events[..events.partition_point(|event| event.at < session.now())];
        earlier.iter().rev().find(|event| event.importance() != Importance::Routine).map(|event| event.at)
    }
}
