//! One branch: a name, where it began, and the run that it stands for.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::StoredError;
use crate::session::{Opening, Scenario, Session, TimedCommand};
use crate::sim::Time;

/// Tells branches apart; none is used twice among the runs of one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BranchId(pub u32);

/// Where a branch began.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Fork {
    /// It is a beginning of its own.
    Root,
    /// Somebody acted in the past of another branch, at this moment.
    At {
        /// The other branch.
        branch: BranchId,
        /// The moment.
        at: Time,
    },
    /// It is the same story from its beginning, with another setting or seed.
    Anew {
        /// The branch that it is the same story as.
        branch: BranchId,
    },
}

impl Fork {
    /// The branch on which it hangs.
    #[must_use]
    pub fn parent(self) -> Option<BranchId> {
        match self {
            Self::Root => None,
            Self::At { branch, .. } | Self::Anew { branch } => Some(branch),
        }
    }

    /// Where a branch counts as begun that began on one that is gone: on what that one began on, or else on its heir, the
    /// first of those that began on it.
    pub(super) fn after_loss_of(self, gone: &Branch, heir: Option<BranchId>) -> Self {
        match (self, gone.fork, heir) {
            (Self::Root, _, _) | (_, Self::Root, None) => Self::Root,
            (Self::At { at, .. }, Self::Root, Some(branch)) => Self::At { branch, at },
            (Self::At { at, .. }, Self::At { branch, at: earlier }, _) => Self::At { branch, at: at.min(earlier) },
            (Self::Anew { .. }, Self::Root, Some(branch))
            | (Self::Anew { .. }, Self::At { branch, .. }, _)
            | (_, Self::Anew { branch }, _) => Self::Anew { branch },
        }
    }
}

/// What a run follows from, and how far it was watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// Its scenario, with what was set over it.
    pub scenario: Arc<Scenario>,
    /// Its seed.
    pub seed: u64,
    /// The commands that were given to it, in the order of their times.
    pub commands: Vec<TimedCommand>,
    /// The moment at which one left it, and how many of the commands were before it.
    pub now: Time,
    pub(super) given: usize,
    /// The furthest moment that was reached.
    pub end: Time,
    /// Whether its commands are known to be carried out: those of a run that was stored may be from another version.
    pub(super) is_sound: bool,
}

impl Run {
    pub(super) fn of(session: &Session) -> Arc<Self> {
        Arc::new(Self {
            scenario: Arc::clone(session.scenario()),
            seed: session.seed(),
            commands: session.commands().to_vec(),
            now: session.now(),
            given: session.given(),
            end: session.end(),
            is_sound: true,
        })
    }

    /// The run at its beginning, with all that is yet to come; [`Opening::of_run`] does the same a slice at a time.
    ///
    /// # Errors
    /// If it was stored, and a command of it can't be carried out.
    pub fn open(&self) -> Result<Session, StoredError> {
        let run = Arc::new(self.clone());
        Opening::of_run(&run, None).finish::<StoredError>().map(|opened| opened.session)
    }

    /// Whether the commands are known to be carried out.
    pub(in crate::session) fn is_sound(&self) -> bool {
        self.is_sound
    }

    /// How many of the commands were before the moment at which one left it.
    pub(in crate::session) fn given(&self) -> usize {
        self.given
    }

    /// Whether a session stands where one left this run.
    pub(super) fn is_at_hand_in(&self, session: &Session) -> bool {
        let is_alike = self.scenario == *session.scenario() && self.seed == session.seed();
        is_alike && self.commands == session.commands() && self.given == session.given()
    }
}

/// A branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its id.
    pub id: BranchId,
    /// Its name: what was done when it began, or what somebody called it.
    pub name: String,
    /// Where it began.
    pub fork: Fork,
    /// What it stands for.
    pub run: Arc<Run>,
}
