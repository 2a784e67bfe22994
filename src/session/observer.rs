//! Lets a world run on step by step, and has each step checked.

use crate::check::Checker;
use crate::sim::Time;
use crate::world::World;

/// Who watches a session's world: the invariants.
#[derive(Clone, Debug, Default)]
pub(super) struct Observer {
    pub checker: Checker,
    /// How many of the world's fresh events it has seen.
    seen: usize,
}

impl Observer {
    /// Lets time pass to `until`, and observes each step.
    pub fn advance(&mut self, world: &mut World, until: Time) {
        while world.next_at().is_some_and(|at| at <= until) {
            world.step();
            self.observe(world);
        }
        world.advance(until);
    }

    /// Observes what happened since the last time.
    pub fn observe(&mut self, world: &World) {
        let fresh = world.fresh_events();
        if let Some(events) = fresh.get(self.seen..).filter(|events| !events.is_empty()) {
            self.checker.observe(world, events);
            self.seen = fresh.len();
        }
    }

    /// The world's fresh events were taken.
    pub fn on_taken(&mut self) {
        self.seen = 0;
    }
}
