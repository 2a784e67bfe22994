//! How far a frame lets the session run: no further than there is time for.

use super::Playground;
use crate::app::browser::dom;
use crate::sim::Span;

/// How long a frame may let the session run, in milliseconds: the rest is for drawing.
const BUDGET_MS: f64 = 6.0;

/// How much virtual time passes between two looks at the clock.
const STEP: Span = Span::from_micros(500);

impl Playground {
    /// Lets the time of a frame pass, or as much of it as there is time for; tells whether there is something to draw.
    pub(super) fn frame(&mut self, at_ms: f64) -> bool {
        self.frame = None;
        if !self.playing {
            return false;
        }
        let span = self.pacer.frame(at_ms, self.speed);
        if span.as_micros() == 0 {
            return false;
        }
        let began_ms = dom::now_ms();
        let (from, until) = (self.session().now(), self.bounded(self.session().now() + span));
        let session = self.runs.session_mut();
        while session.now() < until && session.check_room().is_ok() && dom::now_ms() - began_ms < BUDGET_MS {
            let next = (session.now() + STEP).min(until);
            session.advance(next);
        }
        let passed = session.now().since(from);
        let is_full = session.check_room().is_err();
        self.pacer.went_on(span, passed);
        if is_full {
            self.play(false);
        } else {
            self.refresh();
            self.mind_bound();
        }
        true
    }
}
