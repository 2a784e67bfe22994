//! What was tried of a scenario's variations, and what came of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::question::{Choice, Outcome};
use crate::session::{Fulfilment, Scenario, Session, Try};
use crate::sim::Time;

use crate::app::words;

/// What came of the variations of one scenario so far. Another scenario has attempts of its own.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Attempts {
    /// The text of the scenario that they are of.
    source: Arc<str>,
    /// What is known of each, by its number.
    outcomes: BTreeMap<usize, Outcome>,
    /// The seed of the story as it was, to go back to.
    seed: u64,
}

impl Attempts {
    /// None of them, at the beginning of a session.
    pub(crate) fn new(session: &Session) -> Self {
        let mut attempts =
            Self { source: Arc::clone(&session.scenario().source), outcomes: BTreeMap::new(), seed: session.seed() };
        attempts.begin(session);
        attempts
    }

    /// Takes in that a session begins; keeps what is known if it is of the same scenario.
    pub(crate) fn begin(&mut self, session: &Session) {
        let scenario = session.scenario();
        if self.source != scenario.source {
            self.source = Arc::clone(&scenario.source);
            self.outcomes.clear();
        }
        match (scenario.variation, scenario.tried()) {
            (Some(number), Some(one)) => {
                if one.seed.is_none() {
                    self.seed = session.seed();
                }
                self.outcomes.insert(number, Outcome::Due(words::clock(due(session, one), session.start())));
            }
            _ => self.seed = session.seed(),
        }
    }

    /// The seed of the story without a seed of a variation.
    pub(crate) fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether any of them was run to its answer.
    pub(crate) fn answered(&self) -> bool {
        self.outcomes.values().any(|outcome| !matches!(outcome, Outcome::Due(_)))
    }

    /// Looks whether the variation that is on has come to its answer; returns what is to be told of it.
    pub(crate) fn look(&mut self, session: &Session) -> Option<String> {
        let scenario = session.scenario();
        let (number, one) = (scenario.variation?, scenario.tried()?);
        if !matches!(self.outcomes.get(&number), Some(Outcome::Due(_))) || session.now() < due(session, one) {
            return None;
        }
        let failed = session.check_expectations().into_iter().find(|result| result.fulfilment != Fulfilment::Met);
        let (told, outcome) = match failed {
            None => (one.answer.clone(), Outcome::Held(one.answer.clone())),
            Some(result) => (format!("Not this time. {}", result.sentence), Outcome::Missed(result.sentence)),
        };
        self.outcomes.insert(number, outcome);
        Some(format!("{}: {told}", one.title))
    }

    /// What the card offers.
    pub(crate) fn choices(&self, scenario: &Scenario) -> Vec<Choice> {
        let choice = |(number, one): (usize, &Try)| Choice {
            title: one.title.clone(),
            note: one.note.clone(),
            on: scenario.variation == Some(number),
            outcome: self.outcomes.get(&number).filter(|outcome| is_told(scenario, number, outcome)).cloned(),
        };
        (1..).zip(&scenario.tries).map(choice).collect()
    }
}

/// What is still open is told of what runs only.
fn is_told(scenario: &Scenario, number: usize, outcome: &Outcome) -> bool {
    !matches!(outcome, Outcome::Due(_)) || scenario.variation == Some(number)
}

/// When the last of what is expected of a variation should hold.
fn due(session: &Session, one: &Try) -> Time {
    let last = one.expectations.iter().map(|expectation| expectation.at).max();
    session.start() + last.unwrap_or(session.scenario().until)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn varied(slug: &str, number: usize) -> Session {
        let scenario = Scenario::by_slug(slug).expect("a built-in scenario");
        Session::new(&Arc::new(scenario.varied(Some(number)).expect("the variation is good")), 61)
    }

    #[test]
    fn an_answer_is_told_once_when_its_time_has_come_and_stays() {
        let mut session = varied("split-brain", 1);
        let mut attempts = Attempts::new(&session);
        assert!(matches!(attempts.choices(session.scenario())[0].outcome, Some(Outcome::Due(_))));
        assert_eq!((attempts.look(&session), attempts.answered()), (None, false));
        session.advance(session.start() + session.scenario().until);
        let told = attempts.look(&session).expect("it has come");
        assert!(told.starts_with("Run it again with fencing on: Those of S2"), "{told}");
        assert_eq!((attempts.look(&session), attempts.answered()), (None, true));
        let scenario = Scenario::by_slug("split-brain").expect("a built-in scenario");
        attempts.begin(&Session::new(scenario, 61));
        let choices = attempts.choices(scenario);
        assert!(matches!(choices[0].outcome, Some(Outcome::Held(_))) && !choices[0].on, "{choices:?}");
        assert_eq!(choices[1].outcome, None);
        let other = Scenario::by_slug("three-copies").expect("a built-in scenario");
        attempts.begin(&Session::new(other, 61));
        assert!(!attempts.answered(), "another scenario has its own");
    }

    #[test]
    fn a_promise_that_does_not_hold_is_told_as_that() {
        let mut session = varied("three-copies", 1);
        session.advance(session.start() + crate::sim::Span::from_millis(600));
        let mut attempts = Attempts::new(&session);
        // Somebody saves what should be lost.
        let text = crate::sim::Content::new(b"again");
        let placement = crate::world::Placement::OneServer(crate::sim::ServerId(2));
        let write = crate::world::Command::Write { file: "notes.txt".to_owned(), content: text, placement };
        session.apply(write).expect("it can be written");
        session.apply(crate::world::Command::Wipe { server: crate::sim::ServerId(3) }).expect("there is a disk");
        session.apply(crate::world::Command::Crash { server: crate::sim::ServerId(2) }).expect("it runs");
        session.advance(session.start() + session.scenario().until);
        attempts.look(&session);
        assert!(matches!(attempts.choices(session.scenario())[0].outcome, Some(Outcome::Missed(_))));
    }

    #[test]
    fn the_seed_of_a_variation_is_not_that_of_the_story() {
        let scenario = Scenario::by_slug("stormy-weather").expect("a built-in scenario");
        let mut attempts = Attempts::new(&Session::new(scenario, 5));
        let varied = Arc::new(scenario.varied(Some(2)).expect("the variation is good"));
        attempts.begin(&Session::new(&varied, varied.seed));
        assert_eq!((varied.seed, attempts.seed()), (62, 5));
    }
}
