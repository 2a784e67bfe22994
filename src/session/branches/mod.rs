//! The runs of one person: an action in the past begins a branch and keeps the future that it leaves, a change of the
//! scenario, its settings or the seed begins a run beside the others, and whatever was done can be undone.
//!
//! Only one of the runs is at hand as a [`Session`]; the others are kept as what they follow from: scenario, seed, commands.

mod branch;
mod history;
mod label;
mod stored;
#[cfg(test)]
mod tests;
mod turn;

use std::sync::Arc;

pub use branch::{Branch, BranchId, Fork, Run};
pub use stored::{StoredBranches, StoredError};
pub use turn::Turn;

use self::history::History;
use super::{Opening, Session};
use crate::text;
use crate::world::{Command, CommandError};

/// The most branches that are kept.
pub const BRANCHES_LIMIT: usize = 100;
/// The longest name of a branch, in characters.
const NAME_LIMIT_CHARACTERS: usize = 60;

/// Why something can't be done with a branch.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BranchError {
    /// The command can't be carried out as things stand.
    #[error(transparent)]
    Command(#[from] CommandError),
    /// There is no room for another one.
    #[error("there are {BRANCHES_LIMIT} branches, and no more fit; delete one first")]
    TooMany,
    /// It was deleted, or never was.
    #[error("there is no such branch")]
    Unknown,
    /// The one at hand can't be deleted.
    #[error("this is the branch you are on; go to another one before you delete it")]
    Current,
    /// A name needs a letter.
    #[error("a branch needs a name")]
    NoName,
    /// What was stored of it can't be run again.
    #[error(transparent)]
    Stored(#[from] StoredError),
    /// The run was opened for something that is no longer asked for.
    #[error("something else was done meanwhile, so all stays as it is")]
    Meanwhile,
}

/// All runs of one person, and the one that is at hand.
#[derive(Clone, Debug)]
pub struct Branches {
    session: Session,
    /// All of them, in the order in which they began. What it says of the current one is brought up to date when it is left.
    list: Vec<Branch>,
    current: BranchId,
    next: u32,
    history: History,
}

impl Branches {
    /// Begins with one run, of this name.
    #[must_use]
    pub fn new(session: Session, name: &str) -> Self {
        let first = BranchId(0);
        let branch = Branch { id: first, name: clean(name), fork: Fork::Root, run: Run::of(&session) };
        Self { session, list: vec![branch], current: first, next: 1, history: History::default() }
    }

    /// The run at hand.
    #[must_use]
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// The run at hand, to move in its time. Commands come through [`Self::apply`], which keeps what they would replace.
    pub fn session_mut(&mut self) -> &mut Session {
        &mut self.session
    }

    /// Whether nothing was done yet that is worth keeping.
    #[must_use]
    pub fn is_untouched(&self) -> bool {
        self.list.len() == 1 && self.session.commands().is_empty() && self.undo_label().is_none()
    }

    /// The id of the run at hand.
    #[must_use]
    pub fn current(&self) -> BranchId {
        self.current
    }

    /// All of them, in the order in which they began.
    #[must_use]
    pub fn list(&self) -> Vec<Branch> {
        let mut list = self.list.clone();
        if let Some(own) = list.iter_mut().find(|branch| branch.id == self.current) {
            own.run = Run::of(&self.session);
        }
        list
    }

    /// Those that go back to the same beginning as the current one, in the order in which they began.
    #[must_use]
    pub fn family(&self) -> Vec<Branch> {
        let root = self.root_of(self.current);
        self.list().into_iter().filter(|branch| self.root_of(branch.id) == root).collect()
    }

    /// Gives a command now. If that is in the past, a branch begins, which has the command's name, and the future stays
    /// where it was; its id is returned.
    ///
    /// # Errors
    /// If the command can't be carried out as things stand, or there is no room for another branch; then nothing changes.
    pub fn apply(&mut self, command: Command) -> Result<Option<BranchId>, BranchError> {
        let label = label::label(&command);
        let is_past = self.session.now() < self.session.end() || self.session.is_followed_by_commands();
        if !is_past {
            let before = self.moment();
            self.session.apply(command)?;
            self.history.did(label, before);
            return Ok(None);
        }
        self.check_room()?;
        let before = self.moment();
        let fork = Fork::At { branch: self.current, at: self.session.now() };
        self.session.apply(command)?;
        self.list.clone_from(&before.list);
        let id = self.add(self.unused_name(&label), fork);
        self.current = id;
        self.history.did(label, before);
        Ok(Some(id))
    }

    /// Goes on with another run: another scenario, which is a beginning of its own, or the same story with another setting
    /// or seed, which hangs on the current one.
    ///
    /// # Errors
    /// If there is no room for another branch.
    pub fn begin(&mut self, session: Session, name: &str) -> Result<BranchId, BranchError> {
        self.check_room()?;
        let before = self.moment();
        let same_story = session.scenario().slug == self.session.scenario().slug;
        let fork = if same_story { Fork::Anew { branch: self.current } } else { Fork::Root };
        self.list.clone_from(&before.list);
        self.session = session;
        let name = clean(name);
        let id = self.add(self.unused_name(&name), fork);
        self.current = id;
        self.history.did(name, before);
        Ok(id)
    }

    /// Goes to another branch, to where one was on it.
    ///
    /// # Errors
    /// If there is none with this id, or what was stored of it can't be run again.
    pub fn switch(&mut self, to: BranchId) -> Result<(), BranchError> {
        self.switch_to(to, None)
    }

    fn switch_to(&mut self, to: BranchId, opened: Option<Session>) -> Result<(), BranchError> {
        if to == self.current {
            return Ok(());
        }
        let run = self.find(to)?.run.clone();
        let before = self.moment();
        self.take_up(&run, opened)?;
        self.list.clone_from(&before.list);
        self.current = to;
        let name = self.find(to)?.name.clone();
        self.history.did(format!("go to {name}"), before);
        Ok(())
    }

    /// Gives a branch another name.
    ///
    /// # Errors
    /// If there is none with this id, or the name is empty.
    pub fn rename(&mut self, id: BranchId, name: &str) -> Result<(), BranchError> {
        let name = clean(name);
        if name.is_empty() {
            return Err(BranchError::NoName);
        }
        let before = self.moment();
        let found = self.list.iter_mut().find(|branch| branch.id == id).ok_or(BranchError::Unknown)?;
        let label = format!("rename {}", found.name);
        found.name = name;
        self.history.did(label, before);
        Ok(())
    }

    /// Deletes a branch; those that began on it stay, and count as begun on what it began on.
    ///
    /// # Errors
    /// If there is none with this id, or it is the current one.
    pub fn delete(&mut self, id: BranchId) -> Result<(), BranchError> {
        if id == self.current {
            return Err(BranchError::Current);
        }
        let gone = self.find(id)?.clone();
        let before = self.moment();
        self.list.retain(|branch| branch.id != id);
        let heir = self.list.iter().find(|branch| branch.fork.parent() == Some(id)).map(|branch| branch.id);
        for branch in &mut self.list {
            if branch.fork.parent() == Some(id) {
                branch.fork = branch.fork.after_loss_of(&gone, heir.filter(|heir| *heir != branch.id));
            }
        }
        self.history.did(format!("delete {}", gone.name), before);
        Ok(())
    }

    /// What [`Self::undo`] would undo.
    #[must_use]
    pub fn undo_label(&self) -> Option<&str> {
        self.history.undo_label()
    }

    /// What [`Self::redo`] would do again.
    #[must_use]
    pub fn redo_label(&self) -> Option<&str> {
        self.history.redo_label()
    }

    /// Takes back the last thing that was done, and returns to the moment at which it was; tells what it was.
    ///
    /// # Errors
    /// If what was stored of the run can't be run again; then nothing changes.
    pub fn undo(&mut self) -> Result<Option<String>, BranchError> {
        self.undo_with(None)
    }

    fn undo_with(&mut self, opened: Option<Session>) -> Result<Option<String>, BranchError> {
        let now = self.moment();
        let Some(step) = self.history.last_done() else { return Ok(None) };
        self.restore(&step.before, opened)?;
        self.history.undone(now);
        Ok(Some(step.label))
    }

    /// Does again what was undone last; tells what it was.
    ///
    /// # Errors
    /// If what was stored of the run can't be run again; then nothing changes.
    pub fn redo(&mut self) -> Result<Option<String>, BranchError> {
        self.redo_with(None)
    }

    fn redo_with(&mut self, opened: Option<Session>) -> Result<Option<String>, BranchError> {
        let now = self.moment();
        let Some(step) = self.history.last_undone() else { return Ok(None) };
        self.restore(&step.before, opened)?;
        self.history.redone(now);
        Ok(Some(step.label))
    }

    fn restore(&mut self, to: &history::Moment, opened: Option<Session>) -> Result<(), BranchError> {
        self.take_up(to.run()?, opened)?;
        self.list.clone_from(&to.list);
        self.current = to.current;
        Ok(())
    }

    /// Makes a run the one at hand: as it was opened, or else in one piece. If it shares scenario and seed with the one at
    /// hand, only what differs is run.
    fn take_up(&mut self, run: &Arc<Run>, opened: Option<Session>) -> Result<(), BranchError> {
        if let Some(session) = opened {
            if !run.is_at_hand_in(&session) {
                return Err(BranchError::Meanwhile);
            }
            self.session = session;
        } else if self.is_alike(run) {
            self.session.retrace(&run.commands, run.now, run.end);
            self.session.catch_up(run.given);
        } else {
            let opened = Opening::of_run(run, Some(run.now)).finish::<StoredError>()?;
            self.session = opened.session;
        }
        Ok(())
    }

    /// Whether only what differs has to be run to take up a run.
    fn is_alike(&self, run: &Run) -> bool {
        run.is_sound && run.scenario == *self.session.scenario() && run.seed == self.session.seed()
    }

    fn find(&self, id: BranchId) -> Result<&Branch, BranchError> {
        self.list.iter().find(|branch| branch.id == id).ok_or(BranchError::Unknown)
    }

    fn root_of(&self, id: BranchId) -> BranchId {
        let mut at = id;
        // A parent is older than its children, so this ends.
        while let Some(parent) = self.find(at).ok().and_then(|branch| branch.fork.parent()) {
            at = parent;
        }
        at
    }

    fn check_room(&self) -> Result<(), BranchError> {
        if self.list.len() < BRANCHES_LIMIT { Ok(()) } else { Err(BranchError::TooMany) }
    }

    /// All as it is now, with the current run up to date.
    fn moment(&self) -> history::Moment {
        history::Moment { list: self.list(), current: self.current }
    }

    fn add(&mut self, name: String, fork: Fork) -> BranchId {
        let id = BranchId(self.next);
        self.next += 1;
        self.list.push(Branch { id, name, fork, run: Run::of(&self.session) });
        id
    }

    /// The name, or the name with the first number that makes it one of its own.
    fn unused_name(&self, name: &str) -> String {
        let is_used = |name: &str| self.list.iter().any(|branch| branch.name == name);
        if !is_used(name) {
            return name.to_owned();
        }
        let numbered = (2..=BRANCHES_LIMIT + 1).map(|number| format!("{name} ({number})"));
        numbered.into_iter().find(|numbered| !is_used(numbered)).unwrap_or_else(|| name.to_owned())
    }

    /// A run by its branch's id, up to date.
    ///
    /// # Errors
    /// If there is none with this id.
    pub fn run(&self, id: BranchId) -> Result<Arc<Run>, BranchError> {
        if id == self.current {
            return Ok(Run::of(&self.session));
        }
        self.find(id).map(|branch| Arc::clone(&branch.run))
    }
}

/// A name on one line, without what can't be seen or turns the direction of writing, and not too long.
fn clean(name: &str) -> String {
    let harmless: String = name.chars().filter(|letter| letter.is_whitespace() || text::is_harmless(*letter)).collect();
    let words: Vec<&str> = harmless.split_whitespace().collect();
    words.join(" ").chars().take(NAME_LIMIT_CHARACTERS).collect()
}
