//! The same story once more, under another scenario.

use std::sync::Arc;

use super::{Scenario, Session};

impl Session {
    /// A run of this scenario with this run's seed, to whose beginning it is set back. The commands that were given until
    /// now are to come at their times, as far as they can be carried out there; returns how many can't.
    #[must_use]
    pub fn again(&self, scenario: &Arc<Scenario>) -> (Self, usize) {
        let mut session = Self::new(scenario, self.seed);
        let start = session.start();
        let mut skipped = 0;
        for timed in &self.commands[..self.given] {
            session.advance(start + timed.at.since(self.start));
            skipped += usize::from(session.apply(timed.command.clone()).is_err());
        }
        session.seek(start);
        (session, skipped)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{ServerId, Span};
    use crate::world::{Command, ServerStatus};

    #[test]
    fn what_was_done_is_done_again_as_far_as_it_can_be() {
        let scenario = Scenario::by_slug("three-copies").expect("a built-in scenario");
        let mut session = Session::new(scenario, 3);
        for server in [1, 3] {
            session.advance(session.now() + Span::from_millis(100));
            session.apply(Command::Kill { server: ServerId(server) }).expect("it runs");
        }
        let smaller = Arc::new(scenario.set("cluster.zones", "[\"A\", \"B\"]").expect("the setting is good"));
        let (mut again, skipped) = session.again(&smaller);
        assert_eq!((skipped, again.now(), again.seed()), (1, again.start(), 3));
        again.advance(again.start() + Span::from_millis(100));
        assert_eq!(again.view().servers[0].status, ServerStatus::Killed);
    }
}
