//! The bar at the top: the brand, the scenario, the seed and the page's own settings.

use std::sync::Arc;

use wasm_bindgen::JsCast;
use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::session::Scenario;

use crate::app::act::{Act, BranchAct, Dialog, ShelfAct};
use crate::app::browser::dom;
use crate::app::browser::files;
use crate::app::browser::theme::Theme;
use crate::app::compare::Move;
use crate::app::time::transport::icon;

/// Stands in the list for a scenario that is not built in; no slug has a colon.
const FROM_FILE: &str = "file:";

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) seed: u64,
    pub(crate) theme: Theme,
    /// What undo and redo would take back and do again.
    #[prop_or_default]
    pub(crate) undo: Option<String>,
    #[prop_or_default]
    pub(crate) redo: Option<String>,
    /// Whether two worlds are compared.
    #[prop_or_default]
    pub(crate) comparing: bool,
    /// Whether the course is open.
    #[prop_or_default]
    pub(crate) in_course: bool,
    pub(crate) act: Callback<Act>,
}

pub(crate) enum Msg {
    /// Opens or closes, on a phone, what else there is.
    More(bool),
}

pub(crate) struct Header {
    pick: NodeRef,
    /// Whether what a phone has no room for in its one row is open.
    more: bool,
}

impl Component for Header {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { pick: NodeRef::default(), more: false }
    }

    fn update(&mut self, _: &Context<Self>, Msg::More(open): Msg) -> bool {
        let changed = self.more != open;
        self.more = open;
        changed
    }

    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        // Once somebody has chosen from the list, the browser no longer minds which option is marked.
        if let Some(pick) = self.pick.cast::<HtmlSelectElement>() {
            pick.set_value(listed_as(&ctx.props().scenario));
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { scenario: running, seed, theme, undo, redo, comparing, in_course, act } = ctx.props();
        let listed = listed_as(running);
        let emit = |make: fn() -> Act| {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(make()))
        };
        let on_scenario = {
            let act = act.clone();
            Callback::from(move |event: Event| {
                let field: HtmlSelectElement = event.target_unchecked_into();
                if let Some(scenario) = Scenario::by_slug(&field.value()) {
                    act.emit(Act::Scenario(scenario.slug().to_owned()));
                }
            })
        };
        let on_seed = {
            let (act, seed) = (act.clone(), *seed);
            Callback::from(move |event: Event| {
                let field: HtmlInputElement = event.target_unchecked_into();
                if let Ok(seed) = field.value().trim().parse() {
                    act.emit(Act::Seed(seed));
                } else {
                    field.set_value(&seed.to_string());
                    act.emit(Act::BadSeed);
                }
            })
        };
        let toggle = {
            let more = self.more;
            ctx.link().callback(move |_: MouseEvent| Msg::More(!more))
        };
        let close = ctx.link().callback(|_: MouseEvent| Msg::More(false));
        let on_key = ctx.link().batch_callback(|event: KeyboardEvent| {
            (event.key() == "Escape").then(|| {
                event.stop_propagation();
                dom::focus_later("[data-testid=more]".to_owned());
                Msg::More(false)
            })
        });
        let theme_label = format!("Theme: {}. Change it.", theme.slug());
        html! {
            <header class="bar">
                <span key="brand" class="brand">
                    <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
                        <path class="jar" d="M7 3h10M8 3v3c0 1-2 2-2 5v7a3 3 0 0 0 3 3h6a3 3 0 0 0 3-3v-7c0-3-2-4-2-5V3" />
                        <circle cx="10" cy="15" r="1.7" /><circle cx="14" cy="13" r="1.7" /><circle cx="13.6" cy="17.4" r="1.7" />
                    </svg>
                    <span>{ "Replicarium" }</span>
                </span>
                <select key="pick" class="pick" aria-label="Scenario" data-testid="scenario" onchange={on_scenario} ref={self.pick.clone()}>
                    { for (listed == FROM_FILE).then(|| html! {
                        <option key={FROM_FILE} value={FROM_FILE} selected=true>{ unlisted(running) }</option>
                    }) }
                    { for Scenario::all().iter().map(|scenario| html! {
                        <option key={scenario.slug()} value={scenario.slug().to_owned()} selected={scenario.slug() == listed}>{ scenario.title() }</option>
                    }) }
                </select>
                <button key="open" class="open-scenario" data-testid="open-scenario" aria-label="Open a scenario file…" title="Open a scenario file… (O)"
                    onclick={emit(|| Act::ChooseScenario)}>
                    { icon("M1.5 12.5v-9h4l1.5 2h6v2M1.5 12.5l2-5h11l-2 5z") }<span>{ "Open a scenario file…" }</span>
                </button>
                <input key="file" id="scenario-file" class="hidden" type="file" accept=".toml" tabindex="-1" aria-label="Choose a scenario file"
                    data-testid="scenario-file" onchange={files::on_chosen(act, Act::ScenarioChosen)} />
                { again("undo", "Undo", "Ctrl+Z", undo.as_deref(), "M6.5 3 3 6.5 6.5 10M3 6.5h6a4 4 0 0 1 0 8H6", true, act) }
                { again("redo", "Redo", "Ctrl+Shift+Z", redo.as_deref(), "M9.5 3 13 6.5 9.5 10M13 6.5H7a4 4 0 0 0 0 8h3", false, act) }
                <span key="undoable" class="undoable" aria-hidden="true">{ undo.as_ref().map(|label| html! { <>{ "Undo: " }<b dir="auto">{ label }</b></> }) }</span>
                <span key="grow" class="grow"></span>
                <label key="seed" class="seed" title="The same seed gives the same run. Change it to run the scenario with different luck.">
                    { "seed" }
                    <input type="number" min="0" step="1" data-testid="seed" value={seed.to_string()} onchange={on_seed} />
                </label>
                <a key="course" class={classes!("button", "course-way", in_course.then_some("on"))} href="#/course" data-testid="course-open" aria-current={in_course.then_some("page")}
                    title="Lessons and challenges">{ icon("M2 3.5c2-1 4-1 6 0 2-1 4-1 6 0v9c-2-1-4-1-6 0-2-1-4-1-6 0zM8 3.5v9") }<span>{ "Course" }</span></a>
                <button key="compare" data-testid="compare" aria-pressed={comparing.to_string()} title="Compare two worlds side by side (M)"
                    aria-label="Compare" onclick={emit(|| Act::Compare(Move::Open))}>
                    { icon("M2 3h5v10H2zM9 3h5v10H9z") }<span>{ "Compare" }</span>
                </button>
                <button key="more" class="icon more-open" aria-label="More" title="More" aria-expanded={self.more.to_string()} data-testid="more"
                    onclick={toggle}>{ icon("M3 8h.01M8 8h.01M13 8h.01") }</button>
                <div key="rest" class={classes!("bar-rest", self.more.then_some("open"))} onclick={close} onkeydown={on_key}>
                    <button key="runs" class="icon runs" aria-label="Your runs" title="Your runs: what this browser keeps" data-testid="runs"
                        onclick={emit(|| Act::Shelf(ShelfAct::Show))}>{ icon("M2.5 3.5h11M2.5 8h11M2.5 12.5h7") }<span class="word">{ "Your runs" }</span></button>
                    <button key="share" data-testid="share" onclick={emit(|| Act::Share)}>{ "Share" }</button>
                    <button key="export" class="export" data-testid="export" aria-label="Export…" title="Save the run, its figures or a picture as a file (S)"
                        onclick={emit(|| Act::Open(Dialog::Export))}>{ icon("M8 2v7.5M5 7l3 3 3-3M2.5 11v2.5h11V11") }<span>{ "Export" }</span></button>
                    <button key="theme" class="icon" aria-label={theme_label.clone()} title={theme_label} data-testid="theme"
                        data-theme-choice={theme.slug()} onclick={emit(|| Act::NextTheme)}>
                        { theme_icon(*theme) }<span class="word">{ "Theme" }</span>
                    </button>
                    <button key="help" class="icon" aria-label="Help and keys" title="Help and keys (?)" data-testid="help"
                        onclick={emit(|| Act::Open(Dialog::Help))}><span aria-hidden="true">{ "?" }</span><span class="word">{ "Help and keys" }</span></button>
                </div>
            </header>
        }
    }
}

/// The button that takes back what was done, or does it again.
fn again(
    slug: &'static str,
    verb: &str,
    keys: &str,
    label: Option<&str>,
    path: &'static str,
    undoes: bool,
    act: &Callback<Act>,
) -> Html {
    let name = label.map_or_else(|| verb.to_owned(), |label| format!("{verb}: {label}"));
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| {
        act.emit(Act::Branch(if undoes { BranchAct::Undo } else { BranchAct::Redo }));
    });
    html! {
        <button key={slug} class={classes!("icon", "again", slug)} aria-label={name.clone()} title={format!("{name} ({keys})")} data-testid={slug}
            disabled={label.is_none()} {onclick}><svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true"><path class="line" d={path} /></svg></button>
    }
}

/// What a scenario is called that is not in the list: a variation of one that is, or one from a file.
fn unlisted(running: &Scenario) -> String {
    match Scenario::by_slug(running.slug()) {
        Some(known) if known.source == running.source => format!("{} (varied)", running.title()),
        Some(_) | None => format!("{} ({})", running.title(), running.file_name()),
    }
}

/// The value that stands for a scenario in the list: its slug if it is built in.
fn listed_as(scenario: &Scenario) -> &str {
    if scenario.is_built_in() { scenario.slug() } else { FROM_FILE }
}

fn theme_icon(theme: Theme) -> Html {
    match theme {
        Theme::Auto => html! {
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <circle cx="8" cy="8" r="5.5" fill="none" /><path d="M8 2.5a5.5 5.5 0 0 1 0 11z" />
            </svg>
        },
        Theme::Light => html! {
            <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
                <circle cx="8" cy="8" r="3" fill="none" /><path d="M8 1v2M8 13v2M1 8h2M13 8h2M3 3l1.4 1.4M11.6 11.6 13 13M13 3l-1.4 1.4M4.4 11.6 3 13" />
            </svg>
        },
        Theme::Dark => icon("M13 9.5A5.5 5.5 0 0 1 6.5 3a5.5 5.5 0 1 0 6.5 6.5z"),
    }
}

/// Puts the list of scenarios and the seed back to what runs, where somebody chose something else and nothing came of it.
pub(crate) fn put_back(running: &Scenario, seed: u64) {
    if let Some(list) =
        dom::find("[data-testid='scenario']").and_then(|found| found.dyn_into::<HtmlSelectElement>().ok())
    {
        list.set_value(listed_as(running));
    }
    if let Some(field) = dom::find("[data-testid='seed']").and_then(|found| found.dyn_into::<HtmlInputElement>().ok()) {
        field.set_value(&seed.to_string());
    }
}
