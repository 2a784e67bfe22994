//! The course on the page: what opens and closes an exercise, and what is kept of it.

mod grading;
mod lesson;
mod locks;
mod view;

use std::sync::Arc;

use self::locks::lock_on;
use super::Playground;
use crate::app::act::{Act, BranchAct, Dialog, ShelfAct, Tab};
use crate::app::browser::{dom, files, history};
use crate::app::course::progress::Progress;
use crate::app::course::state::{CourseState, Opened};
use crate::app::course::{CourseAct, Place, address, addressed, load};
use crate::app::words::Shared;
use crate::exercise::{Course, Exercise, Submission};
use crate::session::{BranchId, Branches, Scenario, Session, exact_span};
use crate::sim::{Content, Time};

/// The most that a seed of a variant is, so that it can be read aloud.
const VARIANTS: f64 = 100_000.0;

impl Playground {
    /// Takes what is meant for the course, and what the exercise that is open has locked; gives back all else.
    pub(super) fn in_course(&mut self, act: Act) -> Result<bool, Act> {
        let act = match act {
            Act::Course(act) => {
                self.on_course(act);
                return Ok(true);
            }
            act => act,
        };
        let Some(course) = &self.course else { return Err(act) };
        if leaves(&act) {
            if let (Act::Seed(seed), true) = (&act, course.opened.is_some()) {
                self.draw_variant(*seed);
                return Ok(true);
            }
            self.leave(false);
            return Err(act);
        }
        let Some(opened) = &course.opened else {
            return if is_for_map(&act) { Err(act) } else { Ok(false) };
        };
        if matches!(act, Act::TogglePlay | Act::Step) && !self.playing && self.is_at_bound() {
            self.tell(opened.why_it_stands().to_owned(), false);
            return Ok(true);
        }
        match lock_on(opened, &act, |server, act| self.act_for(server, act).command(server)) {
            Some(reason) => {
                self.tell(reason, true);
                Ok(true)
            }
            // Where the browser went back to another run, the address says so too.
            None if matches!(act, Act::Branch(BranchAct::Visit(_))) => Ok(false),
            None => Err(act),
        }
    }

    fn on_course(&mut self, act: CourseAct) {
        match act {
            CourseAct::Map => go_to_map(),
            CourseAct::Leave => self.leave(true),
            CourseAct::MapCame(came) => self.map_came(came),
            CourseAct::TextCame(id, came) => self.text_came(&id, came),
            CourseAct::Erase(false) => {
                self.with_course(|course| course.erasing = true);
                dom::focus_later("[data-testid='progress-erase-sure']".to_owned());
            }
            CourseAct::Erase(true) => {
                Progress::erase();
                self.with_course(|course| {
                    course.progress = Progress::default();
                    course.erasing = false;
                });
                self.speak_of("Your progress is erased.");
                dom::focus_later("[data-testid='progress-erase']".to_owned());
            }
            CourseAct::Export => {
                let text = self.course.as_ref().map(|course| course.progress.text()).unwrap_or_default();
                files::download("replicarium-progress.toml", &Content::new(text.as_bytes()));
            }
            CourseAct::Import(list) => self.take(list, |_, read| Act::Course(CourseAct::Imported(read))),
            CourseAct::Imported(read) => self.imported(read),
            CourseAct::GradeSlice => self.grade_further(),
            CourseAct::StopGrading => {
                self.with_course(|course| course.grading = None);
                self.with_opened(|opened| opened.graded = None);
            }
            CourseAct::Variant => {
                // It is from 0 to 99,999.
                #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                let seed = (js_sys::Math::random() * VARIANTS) as u64;
                self.draw_variant(seed);
            }
            act => self.in_exercise(act),
        }
    }

    /// What is done in the exercise that is open.
    fn in_exercise(&mut self, act: CourseAct) {
        match act {
            CourseAct::Pick(question, answer) => self.with_opened(|opened| {
                opened.picked.insert(question, answer);
            }),
            CourseAct::PickNow(question) => {
                let now = self.session().now().since(self.session().start());
                self.with_opened(|opened| {
                    opened.picked.insert(question, exact_span(now));
                });
            }
            CourseAct::Lock(question) => self.lock_in(&question),
            CourseAct::GoOn => self.go_on(),
            CourseAct::Back(step) => {
                self.with_opened(|opened| {
                    if step <= opened.reached {
                        opened.step = step;
                    }
                });
            }
            CourseAct::See(at) => {
                let to = self.session().start() + at;
                if to > self.session().end() {
                    let session = self.runs.session_mut();
                    session.seek(session.end());
                    session.advance(to);
                }
                self.seek(to);
                self.speak_of("The stage shows the moment.");
            }
            CourseAct::Hint => self.with_opened(|opened| opened.hints += 1),
            CourseAct::HandIn => self.hand_in(),
            CourseAct::Again => {
                let exercise = self.opened().map(|opened| (*opened.exercise).clone());
                if let Some(exercise) = exercise {
                    self.begin_exercise(exercise, false);
                    self.tell("The exercise begins anew.".to_owned(), false);
                }
            }
            CourseAct::Download => self.download_submission(),
            // Taken before.
            _ => {}
        }
        self.keep_course();
    }

    fn opened(&self) -> Option<&Opened> {
        self.course.as_ref()?.opened.as_ref()
    }

    fn with_course(&mut self, change: impl FnOnce(&mut CourseState)) {
        if let Some(course) = &mut self.course {
            change(course);
        }
    }

    fn with_opened(&mut self, change: impl FnOnce(&mut Opened)) {
        if let Some(opened) = self.course.as_mut().and_then(|course| course.opened.as_mut()) {
            change(opened);
        }
    }

    fn speak_of(&mut self, told: &str) {
        self.unspoken.push(told.to_owned());
        self.speak();
    }

    /// Goes where an address of the course leads; tells whether it is one.
    pub(super) fn visit_course(&mut self, fragment: &str) -> bool {
        let Some(place) = addressed(fragment) else {
            if self.course.is_some() {
                self.leave(false);
            }
            return false;
        };
        self.play(false);
        self.give_up_opening();
        let course = self.course.get_or_insert_with(CourseState::new);
        course.erasing = false;
        if course.map.is_none() {
            self.fetch("course.toml", |came| Act::Course(CourseAct::MapCame(came)));
        }
        match place {
            Place::Map => {
                self.close_exercise();
                self.with_course(|course| course.awaited = None);
            }
            Place::Exercise(id) => {
                self.with_course(|course| course.awaited = Some(id.clone()));
                let act = self.act.clone();
                wasm_bindgen_futures::spawn_local(async move {
                    let came = load::text(&format!("{id}.toml")).await;
                    act.emit(Act::Course(CourseAct::TextCame(id, came)));
                });
            }
        }
        true
    }

    fn fetch(&self, file: &'static str, then: fn(Result<String, String>) -> Act) {
        let act = self.act.clone();
        wasm_bindgen_futures::spawn_local(async move { act.emit(then(load::text(file).await)) });
    }

    fn map_came(&mut self, came: Result<String, String>) {
        let read = came.and_then(|text| Course::read("course.toml", &text).map_err(|error| error.to_string()));
        self.with_course(|course| match read {
            Ok(map) => course.map = Some(Shared::new(map)),
            Err(error) => course.failed = Some(format!("The course can't be opened: {error}.")),
        });
    }

    fn text_came(&mut self, id: &str, came: Result<String, String>) {
        let Some(course) = self.course.as_mut().filter(|course| course.awaited.as_deref() == Some(id)) else { return };
        course.awaited = None;
        let seed = course.progress.kept.get(id).map(|kept| kept.seed);
        let read = came.and_then(|text| {
            let exercise = Exercise::parse(&format!("{id}.toml"), &text);
            let drawn = exercise.and_then(|exercise| seed.map_or(Ok(exercise.clone()), |seed| exercise.drawn(seed)));
            drawn.map_err(|error| error.to_string())
        });
        match read {
            Ok(exercise) => {
                course.failed = None;
                self.begin_exercise(exercise, true);
            }
            Err(error) => {
                course.failed = Some(format!("This exercise can't be opened: {error}."));
                self.close_exercise();
            }
        }
    }

    /// Opens an exercise; with what was kept of it, if it is to go on.
    fn begin_exercise(&mut self, exercise: Exercise, goes_on: bool) {
        let Some(course) = &mut self.course else { return };
        let mut opened = Opened::new(exercise);
        let kept = course.progress.kept.get(&opened.exercise.id).cloned();
        if let Some(kept) = &kept {
            if goes_on {
                opened.take_up(kept);
            } else {
                (opened.tries, opened.done) = (kept.tries, kept.done);
            }
        }
        let attempt = kept.filter(|_| goes_on).map(|kept| kept.attempt).unwrap_or_default();
        let session = resume(&opened.exercise, &attempt);
        course.progress.last = Some(opened.exercise.id.clone());
        course.grading = None;
        let title = opened.exercise.title.clone();
        let is_watched = opened.exercise.kind.is_of_questions();
        course.opened = Some(opened);
        if self.parked.is_none() {
            self.keep();
            self.parked = Some(std::mem::replace(&mut self.runs, Branches::new(session, "your attempt")));
        } else {
            self.runs = Branches::new(session, "your attempt");
        }
        self.surveys = super::Surveys::default();
        self.put_away();
        self.tab = Tab::Ledger;
        self.show_anew();
        self.stand();
        self.later(Act::Measure);
        if !is_watched {
            self.play(true);
        }
        self.keep_course();
        self.speak_of(&format!("{title}."));
        dom::focus_later("[data-testid='exercise'] h1".to_owned());
        show_from_the_top();
    }

    /// Gives a branch an entry of its own in the browser's history. Those of an exercise get none: the address there is
    /// that of the exercise.
    pub(super) fn enter_in_history(&self, branch: BranchId) {
        if self.parked.is_none() {
            history::push(branch);
        }
    }

    /// Closes what lies over the stage or in place of the panes.
    fn put_away(&mut self) {
        self.rules.is_open = false;
        self.dialog = None;
        self.question = None;
    }

    /// Draws the exercise anew, for this seed.
    fn draw_variant(&mut self, seed: u64) {
        let Some(opened) = self.opened() else { return };
        match opened.exercise.drawn(seed) {
            Ok(exercise) => {
                self.begin_exercise(exercise, false);
                self.tell(format!("A variant drawn from seed {seed}."), false);
            }
            Err(error) => self.tell(format!("This variant can't be drawn: {error}."), true),
        }
    }

    fn imported(&mut self, read: Result<Vec<u8>, String>) {
        let text = read.and_then(|bytes| String::from_utf8(bytes).map_err(|_| "this file is no text".to_owned()));
        match text.and_then(|text| Progress::read(&text)) {
            Ok(progress) => {
                self.with_course(|course| {
                    course.progress.merge(progress);
                    course.progress.store();
                });
                self.tell("Your progress is here again.".to_owned(), false);
            }
            Err(error) => self.tell(format!("This progress can't be imported: {error}."), true),
        }
    }

    /// Has the browser keep how the exercise stands.
    pub(super) fn keep_course(&mut self) {
        let Some(opened) = self.opened() else { return };
        let (id, kept) = (opened.exercise.id.clone(), opened.kept(self.session()));
        self.with_course(|course| {
            if course.progress.kept.get(&id) != Some(&kept) {
                course.progress.kept.insert(id, kept);
                course.progress.store();
            }
        });
    }

    /// Closes the exercise; the runs of the playground are at hand again.
    fn close_exercise(&mut self) {
        self.keep_course();
        self.with_course(|course| {
            course.opened = None;
            course.grading = None;
        });
        if let Some(runs) = self.parked.take() {
            self.put_away();
            self.runs = runs;
            self.surveys = super::Surveys::default();
            self.play(false);
            self.show_anew();
        }
    }

    /// Back to the playground.
    fn leave(&mut self, is_new_visit: bool) {
        self.close_exercise();
        self.course = None;
        if is_new_visit || addressed(&dom::fragment()).is_some() {
            history::push(self.runs.current());
        }
        self.later(Act::Measure);
    }
}

/// Whether an act takes one out of the course.
fn leaves(act: &Act) -> bool {
    matches!(
        act,
        Act::Scenario(_) | Act::RunScenario(_) | Act::Seed(_) | Act::Shelf(ShelfAct::Open(_) | ShelfAct::Fresh)
    )
}

/// Whether an act means something while the map is shown.
fn is_for_map(act: &Act) -> bool {
    matches!(
        act,
        Act::NextTheme
            | Act::Measure
            | Act::HashChanged
            | Act::Open(Dialog::Help)
            | Act::CloseDialog
            | Act::DismissToast
            | Act::Announce
            | Act::ChooseScenario
            | Act::ScenarioChosen(_)
            | Act::ScenarioLoaded(..)
            | Act::BadSeed
            | Act::Shelf(ShelfAct::Failed(_))
    )
}

/// The exercise's cluster, with what was set and done before, as far as it can be done again.
fn resume(exercise: &Exercise, attempt: &str) -> Session {
    let submission = Submission::read("attempt.toml", attempt).ok().filter(|one| one.seed == exercise.seed);
    let Some(submission) = submission else { return Session::new(&exercise.scenario, exercise.seed) };
    let own = &exercise.scenario;
    let all = own.overrides.iter().chain(&submission.overrides).cloned().collect::<Vec<_>>();
    let scenario = Scenario::parse_with(&own.file_name(), &own.source, &all).map_or_else(|_| Arc::clone(own), Arc::new);
    let mut session = Session::new(&scenario, exercise.seed);
    let start = session.start();
    for timed in submission.commands {
        session.advance(start + timed.at.since(Time::ZERO));
        // What could be done then can be done now.
        session.apply(timed.command).ok();
    }
    session
}

/// Scrolls to the top of the exercise, once it is drawn: on a phone it is below the stage, and the page itself scrolls.
fn show_from_the_top() {
    gloo::timers::callback::Timeout::new(0, || {
        for scroller in [".exercise", "main.exercising", "html"] {
            dom::scroll_to_top(scroller);
        }
    })
    .forget();
}

/// Goes to the address of the map; it is opened when the browser says so.
fn go_to_map() {
    if let Some(window) = dom::window() {
        window.location().set_hash(&address(None)).ok();
    }
}
