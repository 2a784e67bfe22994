//! Steps: to the next event of the chosen kind, which may be far away, so it is looked for bit by bit.

use super::Playground;
use crate::app::act::Act;
use crate::app::browser::slice;
use crate::session::Stop;
use crate::sim::Span;

/// How far ahead it is looked for.
const FAR: Span = Span::from_millis(60_000);
/// How far ahead the next event of any kind is looked for.
const NEAR: Span = Span::from_millis(1_000);
/// How much virtual time is run between two looks at the clock.
const SLICE_STEP: Span = Span::from_millis(5);

impl Playground {
    pub(super) fn on_step(&mut self, act: &Act) {
        match act {
            Act::Step => {
                self.play(false);
                let ahead = if self.stop == Stop::Event { NEAR } else { FAR };
                self.stepping = Some(self.bounded(self.session().now() + ahead));
                self.step_further();
            }
            Act::StopAt(stop) => {
                self.stop = *stop;
                self.stepping = None;
            }
            Act::StepSlice => self.step_further(),
            Act::StopStep => self.stepping = None,
            _ => {}
        }
    }

    fn step_further(&mut self) {
        let Some(until) = self.stepping else { return };
        if self.playing {
            // Somebody let time run meanwhile.
            self.stepping = None;
            return;
        }
        let mut has_time = slice::begin();
        let stop = self.stop;
        let session = self.runs.session_mut();
        let mut is_found = false;
        while !is_found && session.now() < until && session.check_room().is_ok() && has_time() {
            is_found = session.step_to(stop, (session.now() + SLICE_STEP).min(until));
        }
        let goes_on = !is_found && session.now() < until && session.check_room().is_ok();
        self.refresh();
        if goes_on {
            self.later(Act::StepSlice);
            return;
        }
        self.stepping = None;
        if !is_found {
            self.tell(format!("{} within {}.", nothing(stop), if stop == Stop::Event { "1 s" } else { "60 s" }), false);
        }
    }
}

fn nothing(stop: Stop) -> &'static str {
    match stop {
        Stop::Event => "Only routine messages",
        Stop::Message => "No message",
        Stop::Fault => "No fault",
        Stop::Failover => "No failover",
        Stop::Loss => "No loss",
        Stop::Repair => "No repair",
    }
}
