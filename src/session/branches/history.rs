//! What was done, and can be undone and done again: all branches as they were before each step.

use std::sync::Arc;

use super::{Branch, BranchError, BranchId, Run};

/// How many steps are remembered.
const STEPS_LIMIT: usize = 200;

/// All branches at one moment. The runs in it are shared, so it takes little room.
#[derive(Clone, Debug)]
pub(super) struct Moment {
    pub list: Vec<Branch>,
    pub current: BranchId,
}

impl Moment {
    /// The run that was at hand.
    pub fn run(&self) -> Result<&Arc<Run>, BranchError> {
        let current = self.list.iter().find(|branch| branch.id == self.current);
        current.map(|branch| &branch.run).ok_or(BranchError::Unknown)
    }
}

/// A step that was taken, or taken back, and all as it was before.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub label: String,
    pub before: Moment,
}

/// The steps to undo, and those to do again, last to first.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    done: Vec<Step>,
    undone: Vec<Step>,
}

impl History {
    /// A step was taken: what was undone can't be done again any more.
    pub fn did(&mut self, label: String, before: Moment) {
        self.undone.clear();
        if self.done.len() == STEPS_LIMIT {
            self.done.remove(0);
        }
        self.done.push(Step { label, before });
    }

    pub fn undo_label(&self) -> Option<&str> {
        self.done.last().map(|step| step.label.as_str())
    }

    pub fn redo_label(&self) -> Option<&str> {
        self.undone.last().map(|step| step.label.as_str())
    }

    pub fn last_done(&self) -> Option<Step> {
        self.done.last().cloned()
    }

    pub fn last_undone(&self) -> Option<Step> {
        self.undone.last().cloned()
    }

    /// The last step was taken back, and before that all was as in `now`.
    pub fn undone(&mut self, now: Moment) {
        if let Some(step) = self.done.pop() {
            self.undone.push(Step { label: step.label, before: now });
        }
    }

    /// The last step that was taken back was taken again, and before that all was as in `now`.
    pub fn redone(&mut self, now: Moment) {
        if let Some(step) = self.undone.pop() {
            self.done.push(Step { label: step.label, before: now });
        }
    }
}
