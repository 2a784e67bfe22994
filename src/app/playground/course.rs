//! The course on the page: what opens an exercise, what is locked in it, and what is kept.

use std::sync::Arc;

use yew::prelude::*;

use super::Playground;
use crate::app::act::{Act, BranchAct, Dialog, PolicyAct, ShelfAct, Tab};
use crate::app::browser::{dom, files, history};
use crate::app::course::card::Card;
use crate::app::course::progress::Progress;
use crate::app::course::state::{CourseState, Opened, Step};
use crate::app::course::{CourseAct, Place, address, addressed, load, map, steps};
use crate::app::dialogs;
use crate::app::header::Header;
use crate::app::time::speed;
use crate::app::words::Shared;
use crate::exercise::{Course, Exercise, Grading, Secret, Submission};
use crate::session::{BranchId, Branches, Scenario, Session, exact_span};
use crate::sim::{Content, Span, Time};
use crate::world::Command;

/// How long a slice of grading may take, in milliseconds.
const SLICE_MS: f64 = 8.0;
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

    /// Lets the run stand where the step has it stand.
    fn stand(&mut self) {
        let Some(opened) = self.opened() else { return };
        let at = match opened.step {
            Step::Predict | Step::Work => opened.bound(),
            Step::Observe => opened.exercise.predict.as_ref().and_then(|question| question.at),
            Step::Happened | Step::Why | Step::Challenge => {
                opened.exercise.observation.as_ref().map(|observation| observation.until)
            }
        };
        let Some(at) = at else { return };
        let to = self.session().start() + at;
        self.runs.session_mut().advance(to);
        self.play(false);
        self.refresh();
    }

    /// How far the run may go now, if the step at hand says so.
    pub(super) fn bounded(&self, until: Time) -> Time {
        let bound = self.opened().and_then(Opened::bound);
        bound.map_or(until, |bound| until.min(self.session().start() + bound).max(self.session().now()))
    }

    fn is_at_bound(&self) -> bool {
        let bound = self.opened().and_then(Opened::bound);
        bound.is_some_and(|bound| self.session().now() >= self.session().start() + bound)
    }

    /// Pauses where the run may go no further.
    pub(super) fn mind_bound(&mut self) {
        if self.playing && self.is_at_bound() {
            self.play(false);
            self.speak_of("The run stands. Go on beside the stage.");
        }
    }

    fn lock_in(&mut self, question: &str) {
        let mut is_locked = false;
        self.with_opened(|opened| is_locked = opened.lock(question));
        let Some(opened) = self.opened().filter(|_| is_locked) else { return };
        let (step, is_answered) = (opened.step, opened.is_answered());
        match step {
            Step::Predict => self.begin_to_observe(),
            Step::Happened if is_answered => self.reach(Step::Why),
            Step::Work if is_answered => self.hand_in(),
            Step::Happened | Step::Work | Step::Observe | Step::Why | Step::Challenge => {}
        }
    }

    fn begin_to_observe(&mut self) {
        let speed = self.opened().and_then(|opened| opened.exercise.observation.as_ref()?.speed.clone());
        let index = speed.and_then(|wanted| (0..speed::SPEEDS.len()).find(|index| is_labelled(*index, &wanted)));
        self.speed = index.unwrap_or(self.speed);
        self.reach(Step::Observe);
        self.play(true);
    }

    fn reach(&mut self, step: Step) {
        self.with_opened(|opened| {
            opened.step = step;
            opened.reached = opened.reached.max(step);
            opened.done |= step >= Step::Why && step != Step::Work;
        });
        self.speak_of(&format!("Step: {}.", step.title()));
        if step == Step::Observe {
            // What is to be watched is on the stage, which on a phone stands above.
            dom::focus_later("[data-testid='play']".to_owned());
            show_from_the_top();
        } else {
            dom::focus_later("[data-testid='step-body']".to_owned());
        }
    }

    fn go_on(&mut self) {
        let Some(opened) = self.opened() else { return };
        match opened.step {
            Step::Observe if self.is_at_bound() => self.reach(Step::Happened),
            Step::Observe => {
                let bound = opened.bound().unwrap_or(Span::ZERO);
                let to = self.session().start() + bound;
                let session = self.runs.session_mut();
                session.seek(session.end());
                session.advance(to);
                self.play(false);
                self.refresh();
            }
            Step::Why if opened.exercise.challenge.is_some() => self.reach(Step::Challenge),
            Step::Why => go_to_map(),
            Step::Predict | Step::Happened | Step::Challenge | Step::Work => {}
        }
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

    fn hand_in(&mut self) {
        let Some(opened) = self.opened() else { return };
        let submission = opened.submission(self.session());
        let total = opened.exercise.criteria.len() + opened.exercise.asked().count();
        match Grading::new(&opened.exercise, &submission, &Secret::default()) {
            Ok(grading) => {
                self.play(false);
                self.with_course(|course| course.grading = Some(grading));
                self.with_opened(|opened| {
                    opened.graded = Some((0, total));
                    opened.grade = None;
                });
                self.later(Act::Course(CourseAct::GradeSlice));
            }
            Err(error) => self.tell(format!("This can't be graded: {error}."), true),
        }
    }

    fn grade_further(&mut self) {
        let Some(course) = &mut self.course else { return };
        let Some(grading) = &mut course.grading else { return };
        let until_ms = dom::now_ms() + SLICE_MS;
        loop {
            match grading.step() {
                Ok(Some(progress)) => {
                    if let Some(opened) = &mut course.opened {
                        opened.graded = Some((progress.done, progress.total));
                    }
                    if dom::now_ms() > until_ms {
                        break self.later(Act::Course(CourseAct::GradeSlice));
                    }
                }
                Ok(None) => break self.graded(),
                Err(error) => {
                    course.grading = None;
                    self.with_opened(|opened| opened.graded = None);
                    break self.tell(format!("This can't be graded: {error}."), true);
                }
            }
        }
    }

    fn graded(&mut self) {
        let Some(grading) = self.course.as_mut().and_then(|course| course.grading.take()) else { return };
        let grade = grading.finish();
        let told = if grade.passed { "Solved" } else { "Not solved yet" };
        let told = format!("{told}: {} of {} points.", grade.score, grade.maximum);
        self.with_opened(|opened| {
            opened.graded = None;
            opened.tries += 1;
            opened.done |= grade.passed;
            opened.grade = Some(Shared::new(grade));
        });
        self.keep_course();
        self.speak_of(&told);
        dom::focus_later("[data-testid='grade'] h2".to_owned());
    }

    fn download_submission(&mut self) {
        let Some(opened) = self.opened() else { return };
        let submission = opened.submission(self.session());
        match submission.text() {
            Some(text) => {
                let name = format!("{}-{}.toml", submission.exercise, submission.seed);
                files::download(&name, &Content::new(text.as_bytes()));
            }
            None => self.tell(
                "A submission can't hold chaos that was let loose by hand, or files that are no text.".to_owned(),
                true,
            ),
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

    /// The map, if it is what is shown.
    pub(super) fn view_map(&self) -> Option<Html> {
        let course = self.course.as_ref().filter(|course| course.opened.is_none())?;
        let act = &self.act;
        Some(html! {
            <div class="page on-map">
                <Header key="header" scenario={self.session().scenario().clone()} seed={self.session().seed()} theme={self.theme} in_course=true act={act.clone()} />
                { map::draw(course, act) }
                <div key="toasts" class="toasts course-toasts">{ self.toast() }</div>
                <div key="spoken" class="visually-hidden" aria-live="polite" data-testid="spoken">{ &self.spoken }</div>
                <div key="dialogs">{ if self.dialog == Some(Dialog::Help) { dialogs::help::draw(act) } else { Html::default() } }</div>
            </div>
        })
    }

    /// The bar of the exercise that is open.
    pub(super) fn view_steps(&self) -> Html {
        let Some(opened) = self.opened() else { return Html::default() };
        let course = self.course.as_ref().and_then(|course| course.map.as_ref());
        steps::draw(opened, course.map(|course| &**course), &self.act)
    }

    /// The card of the exercise that is open.
    pub(super) fn view_exercise(&self) -> Option<Html> {
        let opened = self.opened()?;
        Some(
            html! { <Card key={format!("exercise-{}", opened.exercise.id)} opened={opened.clone()} is_at_bound={self.is_at_bound()} act={self.act.clone()} /> },
        )
    }

    /// Which tools are locked, as classes of their row.
    pub(super) fn locks(&self) -> Classes {
        let Some(opened) = self.opened() else { return Classes::new() };
        let allowed = &opened.exercise.allowed;
        let is_ruled = !allowed.settings.is_empty() || allowed.allows_command("policy");
        let tools = [
            ("write", allowed.allows_command("write")),
            ("add", allowed.allows_command("add_server")),
            ("partition", allowed.allows_command("partition") || allowed.allows_command("cut")),
            ("command", !allowed.commands.is_empty() || is_ruled),
            ("policy", is_ruled),
            ("chaos", allowed.allows_command("chaos")),
        ];
        let watched = opened.exercise.kind.is_of_questions().then(|| "locks-all".to_owned());
        let unexplained = opened.lock_on_explanations().map(|_| "locks-why".to_owned());
        let locked = tools.into_iter().filter(|(_, is_open)| !is_open).map(|(tool, _)| format!("locks-{tool}"));
        locked.chain(watched).chain(unexplained).chain(["exercising".to_owned()]).collect()
    }

    /// Whether what explains the run is still locked.
    pub(super) fn hides_explanations(&self) -> bool {
        self.opened().is_some_and(|opened| opened.lock_on_explanations().is_some())
    }

    /// What stands under locked tools.
    pub(super) fn lock_note(&self) -> Option<String> {
        let opened = self.opened()?;
        let because = opened.exercise.allowed.because.trim();
        Some(if because.is_empty() {
            "Here you watch and answer. What is dashed is locked; the playground and the challenges have it all."
                .to_owned()
        } else {
            format!("What is dashed is locked. {because}")
        })
    }
}

/// Why an act is locked in an exercise; none if it may be done.
fn lock_on(
    opened: &Opened,
    act: &Act,
    on_server: impl Fn(crate::sim::ServerId, crate::app::act::ServerAct) -> Command,
) -> Option<String> {
    let setting = |keys: &[(String, String)]| keys.iter().find_map(|(key, _)| opened.lock_on_setting(key));
    let allowed = &opened.exercise.allowed;
    let write = || {
        opened.lock_on(&Command::Write {
            file: String::new(),
            content: Content::new(b""),
            placement: crate::world::Placement::EveryServer,
        })
    };
    match act {
        Act::Apply(command) => opened.lock_on(command),
        Act::OnServer(server, act) => opened.lock_on(&on_server(*server, *act)),
        Act::Store(..) | Act::Drop(_) | Act::Overwrite(_) | Act::Open(Dialog::Write(_)) => write(),
        Act::Open(Dialog::Partition) if allowed.allows_command("cut") => None,
        Act::Open(Dialog::Partition) => {
            let direction = crate::world::Direction::Both;
            opened.lock_on(&Command::Partition { side: Vec::new(), direction })
        }
        Act::Open(Dialog::Command) if allowed.commands.is_empty() && allowed.settings.is_empty() => {
            Some(opened.locked_because("Giving commands"))
        }
        Act::Policy(PolicyAct::Open) if allowed.settings.is_empty() && !allowed.allows_command("policy") => {
            Some(opened.locked_because("The policy"))
        }
        Act::Policy(PolicyAct::ToggleChaos) => opened.lock_on(&Command::EndChaos),
        Act::Policy(PolicyAct::Now(_)) => opened.lock_on(&Command::SetPolicy { changes: Vec::new() }),
        Act::Policy(PolicyAct::Again(keys)) => setting(keys),
        Act::Redesign(scenario, _) => {
            let given = opened.exercise.scenario.overrides.len();
            scenario.overrides.iter().skip(given).find_map(|one| opened.lock_on_setting(&one.key))
        }
        Act::RunRemedy(settings) => settings.iter().find_map(|one| opened.lock_on_setting(&one.key)),
        Act::Try(_) | Act::PlayFaults(..) => Some("In an exercise the faults are yours to find.".to_owned()),
        Act::Audit | Act::Why(_) | Act::SeekRemedy | Act::ShowTab(Tab::Audit) => opened.lock_on_explanations(),
        Act::Compare(_) => Some("The comparison is of the playground. Leave the exercise to compare.".to_owned()),
        _ => None,
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

fn is_labelled(index: usize, wanted: &str) -> bool {
    speed::label(index).trim_end_matches('×') == wanted.trim_end_matches('×').trim()
}
