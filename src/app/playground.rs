//! The root of the page: it owns the session, and every message comes here.

mod acts;
mod branches;
mod compare;
mod course;
mod export;
mod flags;
mod incoming;
mod opening;
mod pace;
mod policy;
mod shelf;
mod spacetime;
mod stage;
mod steps;
mod tries;
mod watch;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use gloo::events::EventListener;
use gloo::render::AnimationFrame;
use gloo::timers::callback::Timeout;
use yew::prelude::*;

use crate::session::{Branches, Opening, Scenario, Session, Stop};
use crate::sim::{OperationId, ServerId, Time};

use crate::app::act::{Act, Dialog, Tab};
use crate::app::browser::crash;
use crate::app::browser::history;
use crate::app::browser::outside;
use crate::app::browser::theme::{self, Theme};
use crate::app::card::attempts::Attempts;
use crate::app::card::{Nudge, Story};
use crate::app::compare::state::Comparing;
use crate::app::course::addressed;
use crate::app::course::state::CourseState;
use crate::app::dialogs;
use crate::app::dialogs::command::CommandDialog;
use crate::app::dialogs::partition::PartitionDialog;
use crate::app::dialogs::scenario_file;
use crate::app::dialogs::why;
use crate::app::dialogs::why::Question;
use crate::app::dialogs::write::WriteDialog;
use crate::app::header::Header;
use crate::app::panes::Panes;
use crate::app::panes::audit::Inquiry;
use crate::app::panes::figures::Figures;
use crate::app::panes::invariants::Broken;
use crate::app::policy::chaos::ChaosPanel;
use crate::app::policy::drawer::Drawer;
use crate::app::spacetime::state::Diagrammer;
use crate::app::stage::Stage;
use crate::app::stage::arrangement::Arrangement;
use crate::app::stage::layout::{Guest, Layout, Strip, Wishes};
use crate::app::stage::messages::Painter;
use crate::app::stage::scene::Scene;
use crate::app::time::full;
use crate::app::time::log::Log;
use crate::app::time::speed::{DEFAULT_SPEED, Pacer};
use crate::app::time::timeline::Timeline;
use crate::app::time::transport::Transport;
use crate::app::time::tree::Twig;
use crate::app::time::turns::{Due, Turns};
use crate::app::words::Shared;

use self::branches::Surveys;
use self::opening::Awaited;
use self::shelf::Shelf;

use self::policy::Rules;

/// The scenario and the seed with which the page opens.
const OPENING: (&str, u64) = ("at-work", 61);
/// The name of a run that hangs on no other.
pub(crate) const AS_IT_WAS: &str = "as it was";

/// The servers, the others, the width and the height of the room, and what is wished for.
type LaidOut = ((Vec<Guest>, Strip, f64, f64), Wishes);

/// A line that appears over the stage for a while.
struct Toast {
    text: String,
    error: bool,
    /// Takes it away again.
    _timer: Timeout,
}

/// The runs with which the page begins.
#[derive(Clone)]
pub(crate) struct Entered {
    /// Under which name the browser keeps them.
    pub(crate) id: String,
    /// The page takes them out.
    pub(crate) runs: Rc<RefCell<Option<Branches>>>,
    /// What is to be told of them, and whether that is an error.
    pub(crate) told: Option<(String, bool)>,
    /// Whether they are those from before a reload.
    pub(crate) is_restored: bool,
}

impl PartialEq for Entered {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.runs, &other.runs)
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) entered: Entered,
}

/// The page.
pub(crate) struct Playground {
    runs: Branches,
    shelf: Shelf,
    /// The run that is being opened, if one is.
    awaited: Option<Awaited>,
    attempts: Attempts,
    scene: Scene,
    timeline: Timeline,
    /// What is read follows in turns while time runs; what of it does in this frame.
    turns: Turns,
    due: Due,
    /// What is known of the branches that are not at hand, and who finds it out.
    surveys: Surveys,
    /// The branches as the tree shows them, if there are several.
    tree: Shared<Vec<Twig>>,
    /// The space-time diagram.
    diagram: Diagrammer,
    figures: Shared<Figures>,
    /// When they were taken last, in milliseconds since the page was opened.
    figures_at_ms: f64,
    /// The invariants that did not hold up to now.
    broken: Shared<Vec<Broken>>,
    flags: flags::Flags,
    layout: Shared<Layout>,
    /// What the layout was made for, and how the stages of scenarios were arranged by hand.
    laid_out: Option<LaidOut>,
    arrangements: BTreeMap<String, Arrangement>,
    playing: bool,
    speed: usize,
    /// What a step goes to, and until when it is looked for, if it is.
    stop: Stop,
    stepping: Option<Time>,
    pacer: Pacer,
    frame: Option<AnimationFrame>,
    tab: Tab,
    /// The server whose actions are open, and the one that was last looked at.
    open: Option<ServerId>,
    inspected: Option<ServerId>,
    dialog: Option<Dialog>,
    /// Two worlds side by side, while they are compared.
    comparing: Option<Comparing>,
    /// The course, while it is open, and the runs of the playground meanwhile.
    course: Option<CourseState>,
    parked: Option<Branches>,
    inquiry: Option<Inquiry>,
    question: Option<Question>,
    /// The operations that the person asked for: their outcomes are told, those of workloads stand in the log.
    asked: BTreeSet<OperationId>,
    toast: Option<Toast>,
    theme: Theme,
    show_all: bool,
    dragging: bool,
    /// What a screen reader was told last, what it is to be told next, and the timer that keeps the two apart.
    spoken: String,
    unspoken: Vec<String>,
    /// What it is to be told in any case, however much else there is.
    announced: Vec<String>,
    speaking: Option<Timeout>,
    rules: Rules,
    room: NodeRef,
    canvas: NodeRef,
    painter: Painter,
    act: Callback<Act>,
    _listeners: Vec<EventListener>,
}

impl Component for Playground {
    type Message = Act;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let act = ctx.link().callback(|act| act);
        let Entered { id, runs, told, is_restored } = ctx.props().entered.clone();
        let scenario = Scenario::by_slug(OPENING.0).unwrap_or(&Scenario::all()[0]);
        let runs = runs.take().unwrap_or_else(|| Branches::new(Session::new(scenario, OPENING.1), AS_IT_WAS));
        let session = runs.session();
        let scene = Scene::new(session);
        crash::remember(session.to_link());
        let mut page = Self {
            timeline: Timeline::new(session),
            turns: Turns::default(),
            due: Due::ALL,
            surveys: Surveys::default(),
            tree: Shared::new(Vec::new()),
            figures: Shared::new(Figures::of(session, &scene.live)),
            figures_at_ms: 0.0,
            broken: Shared::new(Vec::new()),
            flags: flags::Flags::default(),
            layout: Shared::new(Layout::default()),
            laid_out: None,
            arrangements: BTreeMap::new(),
            scene,
            attempts: Attempts::new(runs.session()),
            runs,
            shelf: Shelf::new(id),
            awaited: None,
            diagram: Diagrammer::default(),
            playing: !is_restored,
            speed: DEFAULT_SPEED,
            stop: Stop::default(),
            stepping: None,
            pacer: Pacer::default(),
            frame: None,
            tab: Tab::Ledger,
            open: None,
            inspected: None,
            dialog: None,
            comparing: None,
            course: None,
            parked: None,
            inquiry: None,
            question: None,
            asked: BTreeSet::new(),
            toast: None,
            theme: theme::stored(),
            show_all: false,
            dragging: false,
            spoken: String::new(),
            unspoken: Vec::new(),
            announced: Vec::new(),
            speaking: None,
            rules: Rules::default(),
            room: NodeRef::default(),
            canvas: NodeRef::default(),
            painter: Painter::default(),
            _listeners: outside::listen(&act),
            act,
        };
        if let Some((text, is_error)) = told {
            page.tell(text, is_error);
        }
        history::replace(page.runs.current());
        if is_restored {
            page.changed();
            page.tell("You are where you were before the reload.".to_owned(), false);
        }
        if addressed(&crate::app::browser::dom::fragment()).is_some() {
            page.later(Act::HashChanged);
        }
        page.arm();
        page
    }

    fn update(&mut self, _: &Context<Self>, act: Act) -> bool {
        if crash::stopped() {
            return false;
        }
        self.due = Due::default();
        let render = self.act(act);
        self.measure();
        self.judge();
        self.draw_space_time();
        self.keep_flags();
        self.keep_rules();
        self.arm();
        render
    }

    fn rendered(&mut self, _: &Context<Self>, first_render: bool) {
        if first_render {
            self.act.emit(Act::Measure);
        }
        if let Some(comparing) = &mut self.comparing {
            comparing.paint();
        } else if let Some(canvas) = Stage::canvas(&self.canvas) {
            self.painter.paint(&canvas, &self.layout, &self.scene.live);
        }
    }

    fn view(&self, _: &Context<Self>) -> Html {
        if let Some(comparing) = &self.comparing {
            return self.comparison(comparing);
        }
        if let Some(map) = self.view_map() {
            return map;
        }
        let (view, calm, act) = (&self.scene.still, &self.scene.calm, &self.act);
        let scenario = self.session().scenario();
        let choices = self.attempts.choices(scenario);
        html! {
            <div class="page">
                <div key="header" class={classes!("top", self.parked.is_some().then_some("in-exercise"))}>
                <Header key="header" scenario={scenario.clone()} seed={self.session().seed()} theme={self.theme} in_course={self.course.is_some()}
                    undo={self.runs.undo_label().map(str::to_owned)} redo={self.runs.redo_label().map(str::to_owned)} act={act.clone()} />
                { self.view_steps() }
                </div>
                <main key="main" class={self.locks()}>
                    if let Some(exercise) = self.view_exercise() {
                        { exercise }
                    } else {
                    <Story key="story" scenario={scenario.clone()} view={calm.clone()} lines={self.timeline.falls.clone()}
                        start={self.session().start()} choices={choices.clone()} answered={self.attempts.answered()} act={act.clone()} />
                    }
                    <section key="center" class={classes!("center", self.dragging.then_some("dragging"))} aria-label="Stage">
                        if self.course.is_none() {
                        <Nudge key="nudge" scenario={scenario.clone()} view={calm.clone()} lines={self.timeline.falls.clone()}
                            start={self.session().start()} {choices} answered={self.attempts.answered()} act={act.clone()} />
                        }
                        { self.view_bar() }
                        <div key="room" class="stage-room" ref={self.room.clone()}>
                            if let Some(diagram) = self.space_time() {
                                { diagram }
                            } else {
                                <Stage key="stage" view={view.clone()} layout={self.layout.clone()} selected={self.open}
                                    canvas={self.canvas.clone()} start={self.session().start()} calls={self.scene.calls} act={act.clone()} />
                            }
                        </div>
                        <div key="tools" class={"tools-row"}>
                            <ChaosPanel key="chaos" tally={self.tally()} settings={self.settings_now()} now={self.session().now()}
                                start={self.session().start()} is_open={self.rules.chaos_is_open} act={act.clone()} />
                            { self.foot() }
                            if let Some(note) = self.lock_note() {
                                <p key="locks" class="lock-note" data-testid="locks">{ note }</p>
                            }
                        </div>
                        <div key="waiting" class="waiting">{ self.waiting() }</div>
                        <div key="toasts" class="toasts">{ self.toast() }</div>
                    </section>
                    if self.rules.is_open {
                        <Drawer key="policy" scenario={scenario.clone()} settings={self.settings_now()} act={act.clone()} />
                    } else {
                    <Panes key="panes" tab={self.tab} view={calm.clone()} figures={self.figures.clone()} broken={self.broken.clone()} selected={self.inspected}
                        audit={self.inquiry.as_ref().map(|inquiry| inquiry.shown.clone())} event={self.told()} act={act.clone()} />
                    }
                </main>
                <footer key="footer">
                    { for full::draw(self.session(), act) }
                    <Transport key="transport" now={self.session().now()} at={self.timeline.at} start={self.session().start()} end={self.session().end()}
                        playing={self.playing} speed={self.speed} behind={self.playing && self.pacer.is_behind()} stop={self.stop} searching={self.stepping.is_some()}
                        track={self.timeline.track.clone()} flags={self.flags.shown.clone()} tree={self.tree.clone()} outcome={self.outcome()} shown={self.shown()} act={act.clone()} />
                    <Log key="log" lines={self.timeline.lines.clone()} start={self.session().start()} all={self.show_all} playing={self.playing} act={act.clone()} />
                </footer>
                <div key="spoken" class="visually-hidden" aria-live="polite" data-testid="spoken">{ &self.spoken }</div>
                <div key="dialogs">{ self.dialog() }</div>
            </div>
        }
    }
}

/// What opens the scenario with which the page begins, where nothing else is asked for.
pub(crate) fn opening_run() -> Opening {
    Opening::new(Scenario::by_slug(OPENING.0).unwrap_or(&Scenario::all()[0]), OPENING.1)
}

impl Playground {
    /// The run at hand.
    fn session(&self) -> &Session {
        self.runs.session()
    }

    fn toast(&self) -> Html {
        let Some(toast) = &self.toast else { return Html::default() };
        let act = self.act.clone();
        html! {
            <div class={classes!("toast", toast.error.then_some("error"))} role={if toast.error { "alert" } else { "status" }} data-testid="toast">
                <span>{ &toast.text }</span>
                <button class="icon quiet" aria-label="Dismiss" onclick={Callback::from(move |_: MouseEvent| act.emit(Act::DismissToast))}>{ "✕" }</button>
            </div>
        }
    }

    fn dialog(&self) -> Html {
        let act = &self.act;
        match &self.dialog {
            None => Html::default(),
            Some(Dialog::Help) => dialogs::help::draw(act),
            Some(Dialog::Partition) => {
                html! { <PartitionDialog key="partition" view={self.scene.still.clone()} act={act.clone()} /> }
            }
            Some(Dialog::Why) => {
                self.question.as_ref().map_or_else(Html::default, |question| why::draw(&question.shown, act))
            }
            Some(Dialog::Share { link, copied, stand_ins }) => dialogs::share::draw(link, *copied, stand_ins, act),
            Some(Dialog::NoLink(reason)) => dialogs::share::no_link(reason, self.session().scenario(), act),
            Some(Dialog::ScenarioFile(candidate)) => scenario_file::draw(candidate, act),
            Some(Dialog::Export) => dialogs::export::draw(act),
            Some(Dialog::Runs(kept)) => dialogs::runs::draw(kept, act),
            Some(Dialog::Preview(specimen)) => {
                html! { <dialogs::preview::Preview key="preview" specimen={specimen.clone()} act={act.clone()} /> }
            }
            Some(Dialog::Command) => {
                let given = self.session().commands().len() as u64;
                html! { <CommandDialog key="command" scenario={self.session().scenario().clone()} {given} act={act.clone()} /> }
            }
            Some(Dialog::Write(draft)) => {
                html! { <WriteDialog key="write" draft={draft.clone()} view={self.scene.still.clone()} act={act.clone()} /> }
            }
        }
    }
}
