//! Turning to another run: at once where that is quickly done, else with a run that was opened for it a slice at a time.

use std::sync::Arc;

use super::{BranchError, BranchId, Branches, Run};
use crate::session::{Opening, Session};

/// A way from the run at hand to one that was there before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// To another branch, to where one was on it.
    To(BranchId),
    /// Back to where one was before the last thing that was done.
    Undo,
    /// To where one was before that was undone.
    Redo,
}

impl Branches {
    /// What opens the run that it turns to; none if [`Self::turn`] has little to do without it.
    ///
    /// # Errors
    /// If there is no such branch.
    pub fn opening_for(&self, turn: Turn) -> Result<Option<Opening>, BranchError> {
        let Some(run) = self.target(turn)? else { return Ok(None) };
        if !self.is_alike(&run) {
            return Ok(Some(Opening::of_run(&run, Some(run.now))));
        }
        let is_near = self.session.has_met(&run.commands, run.now);
        Ok((!is_near).then(|| Opening::from_session(&self.session, &run)))
    }

    /// Turns to a run, in one piece or with the session that was opened for it; tells what was undone or done again.
    ///
    /// # Errors
    /// If there is no such branch, what was stored of it can't be run again, or another run was opened; then nothing
    /// changes.
    pub fn turn(&mut self, turn: Turn, opened: Option<Session>) -> Result<Option<String>, BranchError> {
        match turn {
            Turn::To(branch) => self.switch_to(branch, opened).map(|()| None),
            Turn::Undo => self.undo_with(opened),
            Turn::Redo => self.redo_with(opened),
        }
    }

    /// The run that it turns to, if there is anything to turn to.
    fn target(&self, turn: Turn) -> Result<Option<Arc<Run>>, BranchError> {
        let step = match turn {
            Turn::To(branch) => return self.run(branch).map(Some),
            Turn::Undo => self.history.last_done(),
            Turn::Redo => self.history.last_undone(),
        };
        step.map(|step| step.before.run().map(Arc::clone)).transpose()
    }
}
