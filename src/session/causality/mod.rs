//! What can have influenced what: a session's events as Lamport's space-time diagram.
//!
//! The nodes of a cluster share no clock, so that "earlier" says little about what one of them can have known. What counts
//! is whether knowledge can have got from one event to another. Lamport (*Time, Clocks, and the Ordering of Events in a
//! Distributed System*, Communications of the ACM 21(7), 1978) calls that *happened before*; in the words of this module:
//!
//! - Of two events on the same line the earlier happened before the later: a node remembers.
//! - The sending of a message happened before its arrival: a message tells. What was lost tells nothing.
//! - What happened before something that happened before a third event happened before that one as well: what was told
//!   can be passed on.
//!
//! Nothing else did. It is a partial order: no event happened before itself, and of two events it may be that neither
//! happened before the other, however far apart the wall clock saw them. Then neither can have known of the other, and no
//! protocol, however clever, could have made use of it. That is why the *past* of an event is worth drawing: an ok in whose
//! past no replica has the update is an ok that no replica stands for.
//!
//! Two things are added to the definition, both on the side of saying less. A server that loses its disk remembers nothing,
//! so its line begins anew there. And a command of whoever watches is no event of a node; it is in the past of what it
//! caused, and has no past of its own beyond its line.
//!
//! Beside the past stands the *chain*: the cause of the event, the cause of that, and so on to a beginning. It is a path
//! within the past, and mostly a narrow one.

mod ahead;
mod chain;
mod cone;
mod diagram;
mod finding;
mod known;
mod label;
mod landmarks;
mod place;
mod sort;

use std::sync::Arc;

pub use self::chain::Link;
pub use self::cone::{Cone, Heartbeats};
pub use self::diagram::{Arrow, Diagram, Fate, Point, Quiet, Wait};
pub use self::finding::Conclusion;
pub use self::landmarks::{Absence, Learned, Outage, Primacy};
pub use self::sort::Sort;

use self::ahead::Ahead;
use self::known::Known;
use self::landmarks::Landmarks;
use super::why::Loss;
use super::{Scenario, Session, TimedCommand};
use crate::sim::{EventId, FileId, NodeId, Time};
use crate::world::{Event, World};

/// From so many events on, losses are looked for only when the run has grown by a twentieth: it means reading all of it.
const LONG_RUN: usize = 200_000;

/// What is known of the events of one run, kept up to date as it goes on, so that any part of it can be drawn.
#[derive(Clone, Default)]
pub struct Causality {
    landmarks: Landmarks,
    ahead: Option<Ahead>,
    losses: Vec<Loss>,
    /// How many events there were when the losses were looked for.
    losses_at: usize,
    /// What the run is made of, by which another one is told from it.
    scenario: Option<Arc<Scenario>>,
    seed: u64,
    commands: Vec<TimedCommand>,
    /// Up to when it was taken note of.
    noted_to: Time,
}

impl Causality {
    /// Takes in what happened in the session since the last time. Another run, or one that was given another command in
    /// its past, is read from its beginning; then this returns `true`.
    pub fn refresh(&mut self, session: &Session) -> bool {
        let is_same = self.scenario.as_ref().is_some_and(|scenario| Arc::ptr_eq(scenario, &session.scenario))
            && self.seed == session.seed
            && session.commands.starts_with(&self.commands)
            && session.commands[self.commands.len()..].iter().all(|new| new.at >= self.noted_to);
        if !is_same {
            *self = Self { scenario: Some(Arc::clone(&session.scenario)), seed: session.seed, ..Self::default() };
        }
        if session.commands.len() > self.commands.len() {
            // A new command changes what comes after it.
            self.ahead = None;
            self.commands.clone_from(&session.commands);
        }
        let now = session.now();
        self.ahead = self.ahead.take().filter(|ahead| ahead.began <= now && now <= ahead.world.now());
        self.landmarks.note_all(session.events());
        self.noted_to = self.noted_to.max(now);
        // What is told of losses is told from the furthest moment.
        let grown = session.events().len().abs_diff(self.losses_at);
        let is_worth_it = session.events().len() < LONG_RUN || grown > session.events().len() / 20;
        if now >= session.end() && grown > 0 && is_worth_it {
            self.losses = session.losses();
            self.losses_at = session.events().len();
        }
        !is_same
    }

    /// Looks at what comes after now, up to `until` or the end of what is recorded, by running a copy of the world. It
    /// looks at about so many events at a time, and returns whether there is more to look at.
    pub fn look_ahead(&mut self, session: &Session, until: Time, most: usize) -> bool {
        let until = until.min(session.end());
        if until <= session.now().max(self.looked_to()) {
            return false;
        }
        let ahead = self.ahead.get_or_insert_with(|| Ahead::new(session));
        let is_done = ahead.run(until, most);
        self.landmarks.note_all(ahead.events());
        self.noted_to = self.noted_to.max(ahead.world.now());
        !is_done
    }

    /// The diagram of a window of time, of at most `most` events; if there are more, it is a shorter window around the
    /// anchor.
    #[must_use]
    pub fn diagram(&self, session: &Session, from: Time, to: Time, anchor: Time, most: usize) -> Diagram {
        Diagram::of(self, session, from, to, anchor, most)
    }

    /// The events that happened before this one, back to `down_to`.
    #[must_use]
    pub fn past(&self, session: &Session, event: EventId, down_to: EventId, heartbeats: Heartbeats) -> Cone {
        cone::past(self.known(session), &self.landmarks.leaders, event, down_to, heartbeats)
    }

    /// The events before which this one happened, up to `up_to`.
    #[must_use]
    pub fn future(&self, session: &Session, event: EventId, up_to: EventId) -> Cone {
        cone::future(self.known(session), &self.landmarks.leaders, event, up_to)
    }

    /// The chain of causes that led to an event, the root first and the event itself last.
    #[must_use]
    pub fn chain(&self, session: &Session, event: EventId) -> Vec<EventId> {
        chain::causes(self.known(session), event)
    }

    /// The events that an event caused directly, up to `up_to`.
    #[must_use]
    pub fn effects(&self, session: &Session, event: EventId, up_to: EventId) -> Vec<EventId> {
        let known = self.known(session);
        let later = known.from(event).skip(1).take_while(|found| found.id <= up_to);
        later.filter(|found| found.cause == Some(event)).map(|found| found.id).collect()
    }

    /// The chain as it is told: what was done at each line that it runs through, and how many links before are left out.
    #[must_use]
    pub fn told(&self, session: &Session, event: EventId) -> (Vec<Link>, usize) {
        let known = self.known(session);
        let told = chain::told(known, &self.landmarks.leaders, &chain::causes(known, event));
        let left_out = told.len().saturating_sub(chain::LINKS_TOLD);
        let links = told[left_out..].iter().map(|event| self.link(session, event)).collect();
        (links, left_out)
    }

    /// One event as it is told.
    #[must_use]
    pub fn event(&self, session: &Session, event: EventId) -> Option<Link> {
        self.known(session).find(event).map(|event| self.link(session, &event))
    }

    /// What the past of an event shows.
    #[must_use]
    pub fn finding(&self, session: &Session, event: EventId) -> Conclusion {
        finding::finding(self, session, event)
    }

    /// The acknowledged writes that are lost, as far as the run has got.
    #[must_use]
    pub fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// The file that an event is about, as far as its loss can be explained: one of whose acknowledged writes is lost.
    #[must_use]
    pub fn lost_file(&self, session: &Session, event: EventId) -> Option<(String, &Loss)> {
        let of = |loss: &&Loss| [Some(loss.certain), Some(loss.carried_out), loss.done].contains(&Some(event));
        let loss = self.losses.iter().find(of)?;
        Some((self.file_name(session, loss.file).to_owned(), loss))
    }

    /// A moment on the clock that people see: it shows 0 when the learner enters.
    #[must_use]
    pub fn clock(&self, session: &Session, at: Time) -> String {
        let start = session.start();
        if at >= start {
            (Time::ZERO + at.since(start)).to_string()
        } else {
            format!("−{}", Time::ZERO + start.since(at))
        }
    }

    fn link(&self, session: &Session, event: &Event) -> Link {
        let place: Option<NodeId> = place::place(self.known(session), &self.landmarks.leaders, event);
        Link { event: event.id, at: event.at, place, sentence: self.sentence(session, event) }
    }

    fn known<'a>(&'a self, session: &'a Session) -> Known<'a> {
        Known::new(session.events(), self.ahead.as_ref().map(Ahead::events))
    }

    /// Up to when events are known.
    #[must_use]
    pub fn known_to(&self, session: &Session) -> Time {
        self.looked_to().max(session.now())
    }

    fn looked_to(&self) -> Time {
        self.ahead.as_ref().map_or(Time::ZERO, |ahead| ahead.world.now())
    }

    /// The sentence of an event; what is to come may be about a file that is not known yet.
    fn sentence(&self, session: &Session, event: &Event) -> String {
        self.furthest(session).sentence(event)
    }

    fn file_name<'a>(&'a self, session: &'a Session, file: FileId) -> &'a str {
        self.furthest(session).file_name(file)
    }

    fn furthest<'a>(&'a self, session: &'a Session) -> &'a World {
        match &self.ahead {
            Some(ahead) if ahead.world.now() > session.now() => &ahead.world,
            _ => &session.world,
        }
    }
}
