//! Lets a world run on step by step, and has each step checked and measured.

use crate::check::{Checker, Meter, Metrics};
use crate::sim::Time;
use crate::world::World;

/// Who watches a session's world: the invariants from the beginning, the meter from when the learner enters.
#[derive(Clone, Debug, Default)]
pub(super) struct Observer {
    pub checker: Checker,
    meter: Option<Meter>,
    /// How many of the world's fresh events it has seen.
    seen: usize,
}

impl Observer {
    /// Lets time pass to `until`, and observes each step.
    pub fn advance(&mut self, world: &mut World, until: Time) {
        while let Some(next) = world.next_at().filter(|at| *at <= until) {
            self.sample(world, next);
            world.step();
            self.observe(world);
        }
        self.sample(world, until);
        world.advance(until);
    }

    /// Observes what happened since the last time.
    pub fn observe(&mut self, world: &World) {
        let fresh = world.fresh_events();
        if let Some(events) = fresh.get(self.seen..).filter(|events| !events.is_empty()) {
            self.checker.observe(world, events);
            if let Some(meter) = &mut self.meter {
                meter.observe(world, events);
            }
            self.seen = fresh.len();
        }
    }

    /// Between two steps nothing changes, so what is sampled until the next one is what is there now.
    fn sample(&mut self, world: &World, until: Time) {
        if let Some(meter) = &mut self.meter {
            meter.sample(world, until);
        }
    }

    /// The world's fresh events were taken.
    pub fn on_taken(&mut self) {
        self.seen = 0;
    }

    /// Begins to measure.
    pub fn begin_to_measure(&mut self, world: &World) {
        self.meter = Some(Meter::new(world, world.now()));
    }

    /// What was measured until now.
    pub fn metrics(&self, world: &World) -> Metrics {
        let meter = self.meter.as_ref();
        meter.map_or_else(
            || Meter::new(world, world.now()).metrics(world, world.now()),
            |meter| meter.metrics(world, world.now()),
        )
    }
}
