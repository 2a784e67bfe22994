//! The branches: what begins one, undo and redo, and what came of those that are not at hand.

use std::collections::{BTreeMap, BTreeSet};

use super::Playground;
use super::opening::Way;
use crate::app::act::{Act, BranchAct};
use crate::app::browser::crash;
use crate::app::browser::history;
use crate::app::browser::slice;
use crate::app::stage::scene::Scene;
use crate::app::time::timeline::{Timeline, Track};
use crate::app::time::tree::{Outcome, Twig};
use crate::app::words::{self, Shared};
use crate::session::{Branch, BranchId, Fork, Opening, Run, Session, Turn};
use crate::sim::Time;

/// What is known of a branch that is not at hand.
#[derive(Clone)]
struct Survey {
    /// Up to when, and with how many commands: of another run nothing is known.
    end: Time,
    commands: usize,
    start: Time,
    track: Shared<Track>,
    outcome: Outcome,
}

impl Survey {
    fn of(session: &Session, timeline: &Timeline) -> Self {
        Self {
            end: session.end(),
            commands: session.commands().len(),
            start: session.start(),
            track: timeline.track.clone(),
            outcome: Outcome::of(&session.ledger()),
        }
    }

    fn is_of(&self, run: &Run) -> bool {
        self.end == run.end && self.commands == run.commands.len()
    }
}

/// What came of the branches that are not at hand: kept when one is left, else found out bit by bit.
#[derive(Default)]
pub(super) struct Surveys {
    known: BTreeMap<BranchId, Survey>,
    /// The branch that is being run, and what runs it to its end.
    running: Option<(BranchId, Opening)>,
    /// The branches that can't be run: what was stored of them may be from another version.
    failed: BTreeSet<BranchId>,
}

impl Playground {
    pub(super) fn on_branches(&mut self, act: BranchAct) {
        match act {
            BranchAct::Undo => self.turn(Turn::Undo, false),
            BranchAct::Redo => self.turn(Turn::Redo, false),
            BranchAct::Switch(branch) => self.turn(Turn::To(branch), true),
            BranchAct::Visit(branch) => {
                self.turn(Turn::To(branch), false);
                self.came_by(Way::History);
            }
            BranchAct::Rename(branch, name) => {
                let renamed = self.runs.rename(branch, &name);
                self.complain(renamed.err());
                self.changed();
            }
            BranchAct::Delete(branch) => {
                let deleted = self.runs.delete(branch);
                if deleted.is_ok() {
                    self.tell("The branch is deleted. Undo brings it back.".to_owned(), false);
                }
                self.complain(deleted.err());
                self.changed();
            }
            BranchAct::Survey => self.survey(),
        }
    }

    /// Goes on with another run: another scenario, setting or seed. What was at hand stays as a branch.
    pub(super) fn start(&mut self, session: Session) {
        if self.take_up(session) {
            self.enter_in_history(self.runs.current());
        }
    }

    /// Goes on with the run of a link that was put into the address.
    pub(super) fn open_link(&mut self, session: Session) {
        if self.take_up(session) {
            history::replace(self.runs.current());
        }
    }

    fn take_up(&mut self, session: Session) -> bool {
        let name = self.name_of(&session);
        self.keep_survey();
        match self.runs.begin(session, &name) {
            Ok(_) => {
                self.show_anew();
                self.play(true);
                true
            }
            Err(error) => {
                self.complain(Some(error));
                false
            }
        }
    }

    /// What tells a new run from the one at hand.
    fn name_of(&self, session: &Session) -> String {
        let (old, new) = (self.session().scenario(), session.scenario());
        if old.slug != new.slug {
            return new.title.clone();
        }
        if old.variation != new.variation {
            return new.tried().map_or(super::AS_IT_WAS.to_owned(), |one| one.title.clone());
        }
        let changed = new.overrides.iter().rev().find(|set| !old.overrides.contains(set));
        match changed {
            Some(set) => format!("{} = {}", set.key.trim_start_matches("policy."), set.value),
            None if old.overrides.len() > new.overrides.len() => super::AS_IT_WAS.to_owned(),
            None if self.session().seed() != session.seed() => format!("seed {}", session.seed()),
            None => "again".to_owned(),
        }
    }

    /// A branch began with a command that was given in the past; `before` is what was known of the one that it left.
    pub(super) fn forked(&mut self, branch: BranchId, before: (BranchId, Shared<Track>)) {
        let (left, track) = before;
        if let (Ok(run), start) = (self.runs.run(left), self.session().start()) {
            let outcome = self.surveys.known.get(&left).map_or(Outcome::Unknown, |survey| survey.outcome);
            let survey = Survey { end: run.end, commands: run.commands.len(), start, track, outcome };
            self.surveys.known.insert(left, survey);
        }
        let list = self.runs.list();
        let name = |id: BranchId| list.iter().find(|other| other.id == id).map_or("", |other| other.name.as_str());
        self.tell(format!("A branch begins here: {}. “{}” keeps its future.", name(branch), name(left)), false);
        self.timeline = Timeline::new(self.session());
        self.timeline.show_all(self.show_all, self.runs.session());
    }

    /// The branch at hand, and its track as it is now.
    pub(super) fn track_of_current(&self) -> (BranchId, Shared<Track>) {
        (self.runs.current(), self.timeline.track.clone())
    }

    /// Turns to another run: at once if that is near, else when it is open.
    fn turn(&mut self, turn: Turn, is_new_visit: bool) {
        if turn == Turn::To(self.runs.current()) {
            return;
        }
        match self.runs.opening_for(turn) {
            Ok(None) => {
                self.give_up_opening();
                self.turned(turn, None, is_new_visit);
            }
            Ok(Some(opening)) => {
                let what = match turn {
                    Turn::To(branch) => self.branch_name(branch),
                    Turn::Undo => "the run as it was before".to_owned(),
                    Turn::Redo => "the run as it was after".to_owned(),
                };
                self.open_session(&what, opening, move |page, session| page.turned(turn, Some(session), is_new_visit));
            }
            Err(error) => self.complain(Some(error)),
        }
    }

    fn turned(&mut self, turn: Turn, opened: Option<Session>, is_new_visit: bool) {
        if matches!(turn, Turn::To(_)) {
            self.keep_survey();
        }
        match (self.runs.turn(turn, opened), turn) {
            (Ok(_), Turn::To(branch)) => {
                self.play(false);
                self.show_anew();
                if is_new_visit {
                    self.enter_in_history(branch);
                }
            }
            (Ok(Some(label)), Turn::Undo | Turn::Redo) => {
                self.play(false);
                self.show_anew();
                let verb = if turn == Turn::Undo { "Undone" } else { "Done again" };
                self.tell(format!("{verb}: {label}."), false);
            }
            (Ok(None), Turn::Undo | Turn::Redo) => {}
            (Err(error), _) => self.complain(Some(error)),
        }
    }

    fn branch_name(&self, branch: BranchId) -> String {
        let found = self.runs.list().into_iter().find(|other| other.id == branch);
        found.map_or_else(|| "a branch".to_owned(), |found| found.name)
    }

    fn complain(&mut self, error: Option<crate::session::BranchError>) {
        if let Some(error) = error {
            self.tell(words::sentence(&error.to_string()), true);
        }
    }

    /// Remembers what came of the run at hand, before it is left.
    fn keep_survey(&mut self) {
        if self.session().now() == self.session().end() {
            let survey = Survey::of(self.session(), &self.timeline);
            self.surveys.known.insert(self.runs.current(), survey);
        }
    }

    /// Another run is at hand: everything is drawn anew.
    pub(super) fn show_anew(&mut self) {
        self.scene = Scene::new(self.session());
        self.attempts.begin(self.runs.session());
        self.timeline = Timeline::new(self.session());
        self.timeline.show_all(self.show_all, self.runs.session());
        let current = self.runs.current();
        if let (Some(survey), Ok(run)) = (self.surveys.known.get(&current), self.runs.run(current))
            && survey.is_of(&run)
        {
            self.timeline.take_track(&survey.track);
        }
        self.inquiry = None;
        self.open = None;
        self.inspected = None;
        self.asked.clear();
        self.toast = None;
        self.unspoken.clear();
        self.lay_out();
        self.changed();
    }

    /// Something was done: what depends on all that was done is brought up to date.
    pub(super) fn changed(&mut self) {
        crash::remember(self.session().to_link());
        self.grow_tree();
        self.keep_soon();
        if self.surveys.running.is_none() && self.unsurveyed().is_some() {
            self.later(Act::Branch(BranchAct::Survey));
        }
    }

    /// Draws the tree anew, if there are several branches.
    pub(super) fn grow_tree(&mut self) {
        let family = self.runs.family();
        let twigs: Vec<Twig> =
            if family.len() < 2 { Vec::new() } else { family.iter().map(|branch| self.twig(branch)).collect() };
        if *self.tree != twigs {
            self.tree = Shared::new(twigs);
        }
    }

    /// What came of the run at hand: as far as it was run, or, seen from its past, as it is known.
    pub(super) fn outcome(&self) -> Outcome {
        if self.session().now() == self.session().end() {
            return Outcome::of(&self.scene.live.ledger);
        }
        let known = self.surveys.known.get(&self.runs.current());
        known.filter(|survey| survey.end == self.session().end()).map_or(Outcome::Unknown, |survey| survey.outcome)
    }

    fn twig(&self, branch: &Branch) -> Twig {
        let is_current = branch.id == self.runs.current();
        let survey = self.surveys.known.get(&branch.id).filter(|survey| is_current || survey.is_of(&branch.run));
        let fork = match branch.fork {
            Fork::At { branch: parent, at } => Some((parent, at)),
            Fork::Root | Fork::Anew { .. } => None,
        };
        Twig {
            id: branch.id,
            name: branch.name.clone(),
            is_current,
            fork,
            start: survey.map_or(self.session().start(), |survey| survey.start),
            end: branch.run.end,
            track: survey.map_or_else(|| Shared::new(Track::default()), |survey| survey.track.clone()),
            outcome: survey.map_or(Outcome::Unknown, |survey| survey.outcome),
        }
    }

    /// A branch of the family of which it is not known what came of it.
    fn unsurveyed(&self) -> Option<Branch> {
        let is_known = |branch: &Branch| {
            self.surveys
                .known
                .get(&branch.id)
                .is_some_and(|survey| survey.is_of(&branch.run) && survey.outcome != Outcome::Unknown)
        };
        let current = self.runs.current();
        let is_open = |branch: &Branch| branch.id != current || branch.run.now < branch.run.end;
        let can_be_run = |branch: &Branch| !self.surveys.failed.contains(&branch.id);
        self.runs.family().into_iter().find(|branch| is_open(branch) && can_be_run(branch) && !is_known(branch))
    }

    /// Runs a branch that is not at hand a little further, and keeps what came of it once it is at its end.
    fn survey(&mut self) {
        if self.surveys.running.is_none() {
            let Some(branch) = self.unsurveyed() else { return };
            self.surveys.running = Some((branch.id, Opening::of_run(&branch.run, Some(branch.run.end))));
        }
        let Some((branch, mut opening)) = self.surveys.running.take() else { return };
        match opening.go_on(slice::begin()) {
            Ok(None) => self.surveys.running = Some((branch, opening)),
            Ok(Some(opened)) => self.take_survey(branch, &opened.session),
            Err(_) => {
                self.surveys.failed.insert(branch);
            }
        }
        if self.surveys.running.is_some() || self.unsurveyed().is_some() {
            self.later(Act::Branch(BranchAct::Survey));
        }
    }

    /// A branch was run to its end.
    fn take_survey(&mut self, branch: BranchId, session: &Session) {
        let survey = Survey::of(session, &Timeline::new(session));
        let current = self.runs.run(branch).is_ok_and(|run| survey.is_of(&run));
        if current && branch == self.runs.current() {
            self.timeline.take_track(&survey.track);
        }
        self.surveys.known.insert(branch, survey);
        self.grow_tree();
    }
}
