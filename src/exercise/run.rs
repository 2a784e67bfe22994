//! The run of one attempt: a cluster, a seed, and commands at their times.

use std::sync::Arc;

use crate::session::{RunIsFull, Scenario, Session, TimedCommand};
use crate::sim::{Span, Time};

/// How much time passes between two looks at whether the run is full.
const SLICE: Span = Span::from_millis(200);

/// A run to its end, with what could not be done in it.
#[derive(Clone)]
pub struct Attempt {
    /// The run, at its end.
    pub session: Session,
    /// What of the commands could not be carried out as things stood, a sentence each.
    pub refused: Vec<String>,
    /// What kept it from its end, if anything did.
    pub full: Option<RunIsFull>,
}

impl Attempt {
    /// Runs a scenario under this seed to its end; the commands come at their times, counted from when the learner
    /// enters.
    #[must_use]
    pub fn run(scenario: &Arc<Scenario>, seed: u64, commands: &[TimedCommand]) -> Self {
        let mut attempt = Self { session: Session::new(scenario, seed), refused: Vec::new(), full: None };
        let mut commands: Vec<&TimedCommand> = commands.iter().collect();
        commands.sort_by_key(|timed| timed.at);
        for timed in commands {
            let since = timed.at.since(Time::ZERO);
            if since > scenario.until {
                continue;
            }
            attempt.go_on(since);
            if attempt.full.is_some() {
                return attempt;
            }
            if let Err(error) = attempt.session.apply(timed.command.clone()) {
                attempt.refused.push(format!("At {}: {error}.", timed.at));
            }
        }
        attempt.go_on(scenario.until);
        attempt
    }

    fn go_on(&mut self, until: Span) {
        let until = self.session.start() + until;
        while self.session.now() < until {
            if let Err(full) = self.session.check_room() {
                self.full = Some(full);
                return;
            }
            self.session.advance(until.min(self.session.now() + SLICE));
        }
    }

    /// The run as it was at this time, counted from when the learner enters.
    #[must_use]
    pub fn at(&self, time: Span) -> Session {
        let mut session = self.session.clone();
        session.seek(session.start() + time);
        session
    }
}
