//! The events of a run: those up to now, and those that were met before and come again.

use crate::world::Event;

/// What a session remembers of what happened.
#[derive(Clone, Default)]
pub(super) struct Events {
    all: Vec<Event>,
    /// How many of them are before now.
    past: usize,
}

impl Events {
    /// Those up to now.
    pub fn past(&self) -> &[Event] {
        &self.all[..self.past]
    }

    /// What happens next. What was met before comes again just as it was.
    pub fn happen(&mut self, fresh: Vec<Event>) {
        let met = (self.all.len() - self.past).min(fresh.len());
        debug_assert!(self.all[self.past..].iter().zip(&fresh).all(|(old, new)| old == new), "a run repeats itself");
        self.past += fresh.len();
        self.all.extend(fresh.into_iter().skip(met));
    }

    /// Goes to a moment before which there were so many.
    pub fn go_to(&mut self, past: usize) {
        self.past = past.min(self.all.len());
    }

    /// What was to come is replaced by something else.
    pub fn forget_future(&mut self) {
        self.all.truncate(self.past);
    }
}
