//! What comes after now, as far as it is recorded: found by running a copy of the world on, without touching the session.

use std::sync::Arc;

use crate::session::events::Events;
use crate::session::{EventList, Session, TimedCommand};
use crate::sim::Time;
use crate::world::{Command, World};

/// A copy of a session's world that runs ahead of it, with the commands that are recorded.
#[derive(Clone)]
pub(super) struct Ahead {
    /// Where it began.
    pub began: Time,
    pub world: World,
    events: Events,
    plan: Arc<[TimedCommand]>,
    planned: usize,
    commands: Vec<TimedCommand>,
    given: usize,
}

impl Ahead {
    pub fn new(session: &Session) -> Self {
        Self {
            began: session.now(),
            world: session.world.clone(),
            events: Events::default(),
            plan: Arc::clone(&session.plan),
            planned: session.planned,
            commands: session.commands[session.given..].to_vec(),
            given: 0,
        }
    }

    /// Runs on to `until`, or until there are so many events more; returns whether `until` is reached.
    pub fn run(&mut self, until: Time, most: usize) -> bool {
        let enough = self.events().len() + most;
        while self.events().len() < enough {
            match self.next_command(until) {
                Some(at) if self.world.next_at().is_none_or(|next| next > at) => {
                    self.world.advance(at);
                    self.give();
                }
                _ if self.world.next_at().is_some_and(|next| next <= until) => self.world.step(),
                _ => {
                    self.world.advance(until);
                    return true;
                }
            }
            self.events.happen(self.world.take_events());
        }
        false
    }

    /// What it has seen happen.
    pub fn events(&self) -> EventList<'_> {
        self.events.past()
    }

    fn next_command(&self, until: Time) -> Option<Time> {
        let at = |timed: &TimedCommand| Some(timed.at).filter(|at| *at <= until);
        let planned = self.plan.get(self.planned).and_then(at);
        let given = self.commands.get(self.given).and_then(at);
        match (planned, given) {
            (Some(planned), Some(given)) => Some(planned.min(given)),
            (planned, given) => planned.or(given),
        }
    }

    /// Gives the next command, in the order in which the session gives them: a planned one that it refuses is refused
    /// here as well.
    fn give(&mut self) {
        let (planned, given) = (self.plan.get(self.planned), self.commands.get(self.given));
        let is_planned = match (planned, given) {
            (Some(planned), Some(given)) => planned.at <= given.at,
            (planned, _) => planned.is_some(),
        };
        let command: Option<Command> = if is_planned { planned } else { given }.map(|timed| timed.command.clone());
        if is_planned {
            self.planned += 1;
        } else {
            self.given += 1;
        }
        if let Some(command) = command {
            // What is refused changes nothing, and is no event.
            let _ = self.world.apply(command);
        }
    }
}
