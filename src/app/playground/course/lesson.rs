//! How an exercise goes from step to step, and how far its run may go meanwhile.

use crate::app::browser::dom;
use crate::app::course::state::{Opened, Step};
use crate::app::playground::Playground;
use crate::app::time::speed;
use crate::sim::{Span, Time};

use super::{go_to_map, show_from_the_top};

impl Playground {
    /// Lets the run stand where the step has it stand.
    pub(super) fn stand(&mut self) {
        let Some(opened) = self.opened() else { return };
        let at = match opened.step {
            Step::Predict | Step::Work => opened.bound(),
            Step::Observe => opened.exercise.predict.as_ref().and_then(|question| question.at),
            Step::Happened | Step::Why | Step::Challenge => {
                opened.exercise.observation.as_ref().map(|observation| observation.until)
            }
        };
        let Some(at) = at else { return };
        let to = self.session().start() + at;
        self.runs.session_mut().advance(to);
        self.play(false);
        self.refresh();
    }

    /// How far the run may go now, if the step at hand says so.
    pub(in crate::app::playground) fn bounded(&self, until: Time) -> Time {
        let bound = self.opened().and_then(Opened::bound);
        bound.map_or(until, |bound| until.min(self.session().start() + bound).max(self.session().now()))
    }

    pub(super) fn is_at_bound(&self) -> bool {
        let bound = self.opened().and_then(Opened::bound);
        bound.is_some_and(|bound| self.session().now() >= self.session().start() + bound)
    }

    /// Pauses where the run may go no further.
    pub(in crate::app::playground) fn mind_bound(&mut self) {
        if self.playing && self.is_at_bound() {
            self.play(false);
            self.speak_of("The run stands. Go on beside the stage.");
        }
    }

    pub(super) fn lock_in(&mut self, question: &str) {
        let mut is_locked = false;
        self.with_opened(|opened| is_locked = opened.lock(question));
        let Some(opened) = self.opened().filter(|_| is_locked) else { return };
        let (step, is_answered) = (opened.step, opened.is_answered());
        match step {
            Step::Predict => self.begin_to_observe(),
            Step::Happened if is_answered => self.reach(Step::Why),
            Step::Work if is_answered => self.hand_in(),
            Step::Happened | Step::Work | Step::Observe | Step::Why | Step::Challenge => {}
        }
    }

    pub(super) fn begin_to_observe(&mut self) {
        let speed = self.opened().and_then(|opened| opened.exercise.observation.as_ref()?.speed.clone());
        let index = speed.and_then(|wanted| (0..speed::SPEEDS.len()).find(|index| is_labelled(*index, &wanted)));
        self.speed = index.unwrap_or(self.speed);
        self.reach(Step::Observe);
        self.play(true);
    }

    pub(super) fn reach(&mut self, step: Step) {
        self.with_opened(|opened| {
            opened.step = step;
            opened.reached = opened.reached.max(step);
            opened.done |= step >= Step::Why && step != Step::Work;
        });
        self.speak_of(&format!("Step: {}.", step.title()));
        if step == Step::Observe {
            // What is to be watched is on the stage, which on a phone stands above.
            dom::focus_later("[data-testid='play']".to_owned());
            show_from_the_top();
        } else {
            dom::focus_later("[data-testid='step-body']".to_owned());
        }
    }

    pub(super) fn go_on(&mut self) {
        let Some(opened) = self.opened() else { return };
        match opened.step {
            Step::Observe if self.is_at_bound() => self.reach(Step::Happened),
            Step::Observe => {
                let bound = opened.bound().unwrap_or(Span::ZERO);
                let to = self.session().start() + bound;
                let session = self.runs.session_mut();
                session.seek(session.end());
                session.advance(to);
                self.play(false);
                self.refresh();
            }
            Step::Why if opened.exercise.challenge.is_some() => self.reach(Step::Challenge),
            Step::Why => go_to_map(),
            Step::Predict | Step::Happened | Step::Challenge | Step::Work => {}
        }
    }
}

fn is_labelled(index: usize, wanted: &str) -> bool {
    speed::label(index).trim_end_matches('×') == wanted.trim_end_matches('×').trim()
}
