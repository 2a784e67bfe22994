//! A tale: the events that matter, each with its sentence, in the order in which they happened.

use std::collections::BTreeMap;

use super::{Explanation, Step, Trouble};
use crate::session::Session;
use crate::sim::{EventId, ServerId};
use crate::world::Event;

/// The steps of an explanation as they are found, in any order.
pub(super) struct Tale<'a> {
    session: &'a Session,
    steps: BTreeMap<EventId, String>,
}

impl<'a> Tale<'a> {
    pub(super) fn new(session: &'a Session) -> Self {
        Self { session, steps: BTreeMap::new() }
    }

    /// Tells an event in its own words, unless it is told already.
    pub(super) fn tell(&mut self, event: &Event) {
        self.steps.entry(event.id).or_insert_with(|| self.session.sentence(event));
    }

    /// Tells an event by its id.
    pub(super) fn tell_id(&mut self, id: EventId) {
        if let Some(event) = self.session.events().find(id) {
            self.tell(&event);
        }
    }

    /// Tells an event, unless it is told already, and adds what it means here.
    pub(super) fn add(&mut self, id: EventId, meaning: &str) {
        self.tell_id(id);
        if let Some(sentence) = self.steps.get_mut(&id).filter(|_| !meaning.is_empty()) {
            sentence.push(' ');
            sentence.push_str(meaning);
        }
    }

    pub(super) fn end(self, file: &str, trouble: Trouble, summary: String) -> Explanation {
        let events = self.session.events();
        let step = |(event, sentence): (EventId, String)| {
            let at = events.find(event)?.at;
            Some(Step { event, at, sentence })
        };
        let steps = self.steps.into_iter().filter_map(step).collect();
        Explanation { file: file.to_owned(), trouble, steps, summary }
    }
}

/// Some servers in words.
pub(super) fn list(servers: &[ServerId]) -> String {
    let names: Vec<String> = servers.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => "no server".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
