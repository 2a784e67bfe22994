//! The events as the page shows them: lines of the log, marks on the track, and bands of epochs.

use std::collections::VecDeque;
use std::rc::Rc;

use crate::session::{EventList, Session};
use crate::sim::{EventId, ServerId, Span, Time};
use crate::world::{Event, EventKind, Importance};

use crate::app::time::turns::{Due, Topic};
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
    /// The moment at which the control stands with which one moves in time.
    pub(crate) at: Time,
    /// Whether the log shows routine events too, and those of before the learner entered.
    all: bool,
    /// The lines that are to be handed out, made of so many events, and whether they differ from those that were.
    recent: VecDeque<Rc<Line>>,
    told: usize,
    has_new_lines: bool,
    /// The track that is to be handed out, and whether it differs.
    next_track: Track,
    has_new_marks: bool,
    /// How far apart the marks of what went well are at least: the further, the more of them there were.
    spacing: Span,
    /// How many events it has read.
    count: usize,
}

/// How many lines the log shows; the events themselves are all kept by the session.
const MOST_LINES: usize = 240;

/// How many marks are drawn; beyond that those of what went well stand further apart.
const MOST_MARKS: usize = 160;
/// How far apart they stand at first when there are too many.
const FIRST_SPACING: Span = Span::from_millis(1);
/// No run is so long that marks would have to stand further apart.
const WIDEST_SPACING: Span = Span::from_millis(3_600_000);

impl Timeline {
    /// Reads a session from its beginning.
    pub(crate) fn new(session: &Session) -> Self {
        let mut timeline = Self {
            lines: Shared::new(Vec::new()),
            falls: Shared::new(Vec::new()),
            track: Shared::new(Track::default()),
            at: session.now(),
            all: false,
            recent: VecDeque::new(),
            told: 0,
            has_new_lines: true,
            next_track: Track::default(),
            has_new_marks: true,
            spacing: Span::ZERO,
            count: 0,
        };
        timeline.refresh(session, Due::ALL);
        timeline
    }

    /// Shows routine events too, or no longer.
    pub(crate) fn show_all(&mut self, all: bool, session: &Session) {
        self.all = all;
        self.forget_lines();
        self.hand_out(session, Due::ALL);
    }

    /// Takes in what happened since, or forgets what is now to come; returns the lines of what went wrong. What is due
    /// of what is shown follows.
    pub(crate) fn refresh(&mut self, session: &Session, due: Due) -> Vec<Rc<Line>> {
        let events = session.events();
        let mut news = Vec::new();
        if events.len() < self.count {
            let last = events.last_id();
            self.forget_lines();
            if self.falls.iter().any(|line| Some(line.id) > last) {
                let kept = self.falls.iter().filter(|line| Some(line.id) <= last).cloned().collect();
                self.falls = Shared::new(kept);
            }
        } else if events.len() > self.count {
            let falls = self.mark(session, events.skip(self.count), &mut news);
            if !falls.is_empty() {
                self.falls = Shared::new(self.falls.iter().cloned().chain(falls).collect());
            }
        }
        self.count = events.len();
        self.forget_after(session.end());
        self.hand_out(session, due);
        news
    }

    fn forget_lines(&mut self) {
        self.recent.clear();
        self.told = 0;
        self.has_new_lines = true;
    }

    /// Adds the last of the events that were not told yet to the lines of the log; only of these a sentence is made.
    fn recall(&mut self, session: &Session) {
        let events = session.events();
        let is_shown =
            |event: &Event| self.all || (event.importance() != Importance::Routine && event.at >= session.start());
        let untold = events.skip(self.told);
        let newest: Vec<Event> = untold.iter().rev().filter(is_shown).take(MOST_LINES).collect();
        self.has_new_lines |= !newest.is_empty();
        self.recent.extend(newest.into_iter().rev().map(|event| Rc::new(Line::of(session, &event))));
        let surplus = self.recent.len().saturating_sub(MOST_LINES);
        self.recent.drain(..surplus);
        self.told = events.len();
    }

    /// Marks new events on the track; returns the lines of servers that went down.
    fn mark(&mut self, session: &Session, new: EventList<'_>, news: &mut Vec<Rc<Line>>) -> Vec<Rc<Line>> {
        let mut falls = Vec::new();
        let known = self.next_track.marks.last().map(|mark| mark.id);
        let is_good = |mark: &&Mark| mark.importance == Importance::Good;
        let mut last_good = self.next_track.marks.iter().rev().find(is_good).map(|mark| mark.at);
        for event in new {
            let importance = event.importance();
            let is_marked = !matches!(importance, Importance::Routine | Importance::Notable | Importance::Waiting);
            let is_crowded =
                importance == Importance::Good && last_good.is_some_and(|last| event.at.since(last) < self.spacing);
            if !is_marked || is_crowded {
                continue;
            }
            let line = Rc::new(Line::of(session, &event));
            if line.at >= session.start() && known.is_none_or(|known| line.id > known) {
                let Line { id, at, importance, sentence, .. } = (*line).clone();
                self.next_track.marks.push(Mark { id, at, importance, sentence });
                self.has_new_marks = true;
                if importance == Importance::Good {
                    last_good = Some(at);
                }
            }
            if self.next_track.bands.is_empty() {
                self.next_track.bands.push(Band { from: Time::ZERO, epoch: 1 });
            }
            let latest = self.next_track.bands.last().map_or(0, |band| band.epoch);
            if let Some(epoch) = line.epoch.filter(|epoch| *epoch > latest) {
                self.next_track.bands.push(Band { from: line.at, epoch });
                self.has_new_marks = true;
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

    /// Leaves out marks of what went well, evenly, until there are few enough; if that does not do, the oldest of all.
    fn thin_marks(&mut self) {
        let marks = &mut self.next_track.marks;
        while marks.len() > MOST_MARKS && self.spacing < WIDEST_SPACING {
            self.spacing = Span::from_micros(self.spacing.as_micros() * 2).max(FIRST_SPACING);
            let mut last_good: Option<Time> = None;
            marks.retain(|mark| {
                if mark.importance != Importance::Good {
                    return true;
                }
                let stays = last_good.is_none_or(|last| mark.at.since(last) >= self.spacing);
                last_good = if stays { Some(mark.at) } else { last_good };
                stays
            });
        }
        let surplus = marks.len().saturating_sub(MOST_MARKS);
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
        self.has_new_marks |= marks.len() + bands.len() < before;
    }

    fn hand_out(&mut self, session: &Session, due: Due) {
        if due.has(Topic::Log) {
            self.recall(session);
            if std::mem::take(&mut self.has_new_lines) {
                self.lines = Shared::new(self.recent.iter().cloned().collect());
            }
        }
        if due.has(Topic::Track) {
            self.at = session.now();
            if std::mem::take(&mut self.has_new_marks) {
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
        let earlier = session.events().before_time(session.now());
        earlier.iter().rev().find(|event| event.importance() != Importance::Routine).map(|event| event.at)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::session::Scenario;

    /// A run in which something goes well hundreds of times a second.
    fn busy() -> Session {
        let scenario = Scenario::by_slug("three-copies").expect("it is built in");
        let busy = scenario.set("clients[1].workload", "{ rate = 300, read_percent = 0 }").expect("it is sound");
        let busy = busy.set("policy.window", "64").expect("it is sound");
        Session::new(&Arc::new(busy), 7)
    }

    #[test]
    fn marks_of_what_goes_well_are_spread_over_the_run_and_stay_where_they_are() {
        let mut session = busy();
        let mut timeline = Timeline::new(&session);
        let mut kept = 0;
        for step in 1..=200 {
            let before = timeline.track.marks.clone();
            session.advance(session.start() + Span::from_millis(20 * step));
            timeline.refresh(&session, Due::ALL);
            let marks = &timeline.track.marks;
            assert!(marks.len() <= MOST_MARKS, "{}", marks.len());
            kept += usize::from(marks.starts_with(&before));
        }
        assert!(kept > 180, "marks moved in {} of 200 steps", 200 - kept);
        let marks = &timeline.track.marks;
        let share = |mark: &Mark| mark.at.since(session.start()).as_micros() * 100 / 4_000_000;
        let shares: Vec<u64> = marks.iter().map(share).collect();
        assert!(shares[0] <= 5 && shares.last().is_some_and(|last| *last >= 95), "{shares:?}");
        assert!(shares.windows(2).all(|two| two[1] - two[0] <= 10), "{shares:?}");
        assert!(marks.len() > MOST_MARKS / 4, "{}", marks.len());
    }

    #[test]
    fn lines_follow_when_they_are_due_and_none_is_left_out() {
        let mut session = busy();
        let mut timeline = Timeline::new(&session);
        session.advance(session.start() + Span::from_millis(30));
        timeline.refresh(&session, Due::default());
        assert!(timeline.lines.is_empty(), "not yet");
        session.advance(session.start() + Span::from_millis(60));
        timeline.refresh(&session, Due::ALL);
        let is_told = |event: &Event| event.importance() != Importance::Routine && event.at >= session.start();
        let told: Vec<EventId> = session.events().iter().filter(is_told).map(|event| event.id).collect();
        assert!(told.len() > 20, "{}", told.len());
        let last = &told[told.len().saturating_sub(MOST_LINES)..];
        assert_eq!(timeline.lines.iter().map(|line| line.id).collect::<Vec<_>>(), last);
        session.seek(session.start());
        timeline.refresh(&session, Due::ALL);
        assert!(timeline.lines.is_empty(), "what is to come is not told");
    }
}
