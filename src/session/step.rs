//! Steps in time: to the next event that is news, to the next message, or to the next event of a kind.

use super::Session;
use crate::sim::{Span, Time};
use crate::world::{Event, EventKind, Importance};

/// What a step goes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stop {
    /// The next event that is more than routine.
    #[default]
    Event,
    /// The next message that is sent, arrives or is lost.
    Message,
    /// The next fault, or the moment at which one is noticed.
    Fault,
    /// The next thing that happens to who is primary.
    Failover,
    /// The next thing that is lost or refused.
    Loss,
    /// The next copy that is made anew or catches up.
    Repair,
}

impl Stop {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Event, Self::Message, Self::Fault, Self::Failover, Self::Loss, Self::Repair];

    /// Whether an event is one to stop at.
    #[must_use]
    pub fn is_at(self, event: &Event) -> bool {
        match self {
            Self::Event => event.importance() != Importance::Routine,
            Self::Message => matches!(
                event.kind,
                EventKind::MessageSent { .. } | EventKind::MessageReceived { .. } | EventKind::MessageLost { .. }
            ),
            Self::Fault => event.importance() == Importance::Fault,
            Self::Failover => event.importance() == Importance::Failover,
            Self::Loss => event.importance() == Importance::Loss,
            Self::Repair => matches!(
                event.kind,
                EventKind::RepairStarted { .. }
                    | EventKind::FullCopyTaken { .. }
                    | EventKind::RotRepaired { .. }
                    | EventKind::CaughtUp { .. }
                    | EventKind::BackInSync { .. }
            ),
        }
    }
}

impl Session {
    /// Runs on to the next event that is more than routine, for at most a second; whether there was one.
    pub fn step(&mut self) -> bool {
        self.step_to(Stop::Event, self.now() + Span::from_millis(1_000))
    }

    /// Runs on to the next event to stop at, at most until `limit`; whether there was one.
    pub fn step_to(&mut self, stop: Stop, limit: Time) -> bool {
        let known = self.events().len();
        while self.now() < limit && self.check_room().is_ok() {
            // A command that is yet to come is an event of its own.
            let command = self.next_command(limit).map(|(timed, _)| timed.at);
            let next = [self.world.next_at(), command].into_iter().flatten().min().unwrap_or(limit).min(limit);
            self.advance(next.max(self.now() + Span::from_micros(1)));
            if self.events().skip(known).iter().any(|event| stop.is_at(&event)) {
                return true;
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Scenario;
    use crate::sim::ServerId;
    use crate::world::{Command, ReadFrom};

    fn begin() -> Session {
        Session::new(Scenario::by_slug("three-copies").expect("it is built in"), 61)
    }

    #[test]
    fn each_step_ends_at_an_event_of_its_kind() {
        for stop in Stop::ALL {
            let mut session = begin();
            let far = session.now() + Span::from_millis(10_000);
            session.advance(session.now() + Span::from_millis(10));
            // The question is lost with the server that it is on its way to.
            let read = Command::Read { file: "notes.txt".to_owned(), from: ReadFrom::Primary };
            session.apply(read).expect("a client can ask");
            session.apply(Command::Kill { server: ServerId(1) }).expect("it is up");
            session.advance(session.now() + Span::from_millis(1_500));
            session.apply(Command::Restart { server: ServerId(1) }).expect("it is down");
            session.seek(session.start());
            let known = session.events().len();
            assert!(session.step_to(stop, far), "{stop:?}");
            let news = session.events().skip(known);
            let first = news.iter().position(|event| stop.is_at(&event)).expect("there is one");
            // Time passes by at least a microsecond.
            let is_now = |event: Event| session.now().since(event.at) <= Span::from_micros(1);
            assert!(news.skip(first).iter().all(is_now), "{stop:?} goes no further");
        }
    }

    #[test]
    fn a_search_in_vain_ends_at_its_limit() {
        let mut session = begin();
        let limit = session.now() + Span::from_millis(2_000);
        assert!(!session.step_to(Stop::Fault, limit));
        assert_eq!(session.now(), limit);
    }
}
