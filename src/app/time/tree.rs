//! The branches as a small tree: a track each, at one scale, with its name before it and what came of it behind.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::act::{Act, BranchAct};
use crate::app::browser::dom;
use crate::app::time::flags::{self, Flag};
use crate::app::time::timeline::Track;
use crate::app::time::track::{self, Scale};
use crate::app::words::{self, Shared};
use crate::check::{Ledger, Verdict};
use crate::session::BranchId;
use crate::sim::Time;

/// What came of a branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was not run to its end yet.
    Unknown,
    /// Nothing that a client was told is kept is gone.
    NothingLost,
    /// So many files have lost what a client was told is kept.
    Lost(usize),
}

impl Outcome {
    pub(crate) fn of(ledger: &Ledger) -> Self {
        match ledger.rows.iter().filter(|row| row.verdict == Verdict::LostAcknowledged).count() {
            0 => Self::NothingLost,
            lost => Self::Lost(lost),
        }
    }

    fn text(self) -> String {
        match self {
            Self::Unknown => "…".to_owned(),
            Self::NothingLost => "nothing lost".to_owned(),
            Self::Lost(1) => "1 file lost".to_owned(),
            Self::Lost(files) => format!("{files} files lost"),
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::NothingLost => "kept",
            Self::Lost(_) => "lost",
        }
    }
}

/// A branch as the tree shows it.
#[derive(Clone, PartialEq)]
pub(crate) struct Twig {
    pub(crate) id: BranchId,
    pub(crate) name: String,
    pub(crate) is_current: bool,
    /// The branch on which somebody acted in the past, and when that was.
    pub(crate) fork: Option<(BranchId, Time)>,
    pub(crate) start: Time,
    pub(crate) end: Time,
    /// Of the current one the transport has a newer one.
    pub(crate) track: Shared<Track>,
    pub(crate) outcome: Outcome,
}

impl Twig {
    /// The first moment that is its own.
    fn begin(&self) -> Time {
        self.fork.map_or(self.start, |(_, at)| at)
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) twigs: Shared<Vec<Twig>>,
    /// The track of the current branch, how far it was run, and its outcome up to now.
    pub(crate) track: Shared<Track>,
    /// What stands over the track of the current one.
    pub(crate) flags: Shared<Vec<Flag>>,
    pub(crate) end: Time,
    /// What came of the current one, if it is known.
    pub(crate) outcome: Outcome,
    pub(crate) scale: Scale,
    pub(crate) now: Time,
    /// The control with which one moves in the current one.
    pub(crate) seek: Html,
    pub(crate) act: Callback<Act>,
}

pub(crate) enum Msg {
    Menu(Option<BranchId>),
    Rename(BranchId),
    Renamed(BranchId, Option<String>),
}

/// The tree, with the menu or the name that is open in it.
pub(crate) struct Tree {
    menu: Option<BranchId>,
    naming: Option<BranchId>,
    name: NodeRef,
}

impl Component for Tree {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { menu: None, naming: None, name: NodeRef::default() }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Menu(branch) => self.menu = if self.menu == branch { None } else { branch },
            Msg::Rename(branch) => {
                self.menu = None;
                self.naming = Some(branch);
            }
            Msg::Renamed(branch, name) => {
                self.naming = None;
                if let Some(name) = name {
                    ctx.props().act.emit(Act::Branch(BranchAct::Rename(branch, name)));
                }
                dom::focus_later(format!("[data-branch-menu=\"{}\"]", branch.0));
            }
        }
        true
    }

    fn rendered(&mut self, _: &Context<Self>, _: bool) {
        if let Some(field) = self.name.cast::<HtmlInputElement>().filter(|_| self.naming.is_some()) {
            field.focus().ok();
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { twigs, scale, now, .. } = ctx.props();
        let cursor = format!("left:{:.3}%", scale.percent(*now));
        html! {
            <ul class="tree" aria-label="Branches" data-testid="tree">
                { for twigs.iter().enumerate().map(|(place, twig)| self.row(ctx, twig, place)) }
                <li key="cursor" class="tree-cursor" aria-hidden="true"><span></span><span class="tree-lane"><i class="cursor" style={cursor}></i></span><span></span></li>
            </ul>
        }
    }
}

impl Tree {
    fn row(&self, ctx: &Context<Self>, twig: &Twig, place: usize) -> Html {
        let Props { twigs, track, flags, end, outcome, scale, seek, act, .. } = ctx.props();
        let id = twig.id;
        let number = id.0.to_string();
        let (drawn, end, outcome) =
            if twig.is_current { (track, *end, *outcome) } else { (&twig.track, twig.end, twig.outcome) };
        // Tracks of the same story begin at the same place, though setting it up took more or less time.
        let own = Scale { start: twig.start, room: scale.room };
        let from = twig.fork.map(|(_, at)| format!("from {}", words::clock(at, twig.start)));
        let switch = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(Act::Branch(BranchAct::Switch(id))))
        };
        let open = ctx.link().callback(move |_: MouseEvent| Msg::Menu(Some(id)));
        let is_open = self.menu == Some(id);
        html! {
            <li key={number.clone()} class={classes!("twig", twig.is_current.then_some("current"))} data-testid={format!("branch-{number}")}>
                <div key="name" class="twig-name">
                    if self.naming == Some(id) {
                        { self.name_field(ctx, twig) }
                    } else {
                        <button key="switch" class="quiet twig-switch" aria-current={twig.is_current.then_some("true")} onclick={switch} title={twig.name.clone()}>
                            <i class="ring" aria-hidden="true"></i><b dir="auto">{ &twig.name }</b>
                            if let Some(from) = from { <small>{ from }</small> }
                        </button>
                    }
                    <button key="menu" class="icon quiet" aria-label={format!("Rename or delete the branch {}", twig.name)} aria-expanded={is_open.to_string()}
                        data-branch-menu={number} onclick={open}>{ "⋯" }</button>
                    if is_open {
                        { menu(ctx, twig) }
                    }
                </div>
                <div key="lane" class="tree-lane track">
                    { fork_line(twigs, twig, place, own) }
                    { track::draw(drawn, own, twig.begin(), end) }
                    if twig.is_current {
                        { seek.clone() }
                        { flags::draw(flags, own, act) }
                    }
                </div>
                <span key="outcome" class={classes!("twig-outcome", outcome.class())}>{ outcome.text() }</span>
            </li>
        }
    }

    fn name_field(&self, ctx: &Context<Self>, twig: &Twig) -> Html {
        let id = twig.id;
        let keep = ctx.link().callback(move |event: KeyboardEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            Msg::Renamed(id, (event.key() == "Enter").then(|| field.value()))
        });
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | "Escape") {
                event.prevent_default();
                event.stop_propagation();
                keep.emit(event);
            }
        });
        html! {
            <input key="rename" type="text" class="twig-rename" aria-label="Name of the branch" maxlength="60" dir="auto"
                value={twig.name.clone()} ref={self.name.clone()} {onkeydown} data-testid="branch-rename" />
        }
    }
}

fn menu(ctx: &Context<Tree>, twig: &Twig) -> Html {
    let id = twig.id;
    let rename = ctx.link().callback(move |_: MouseEvent| Msg::Rename(id));
    let delete = {
        let (act, close) = (ctx.props().act.clone(), ctx.link().callback(|(): ()| Msg::Menu(None)));
        Callback::from(move |_: MouseEvent| {
            close.emit(());
            act.emit(Act::Branch(BranchAct::Delete(id)));
        })
    };
    let onkeydown = {
        let close = ctx.link().callback(|(): ()| Msg::Menu(None));
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                event.stop_propagation();
                close.emit(());
                dom::focus(&format!("[data-branch-menu=\"{}\"]", id.0));
            }
        })
    };
    html! {
        <div key="actions" class="twig-menu" {onkeydown}>
            <button key="rename" onclick={rename} data-testid="branch-menu-rename">{ "Rename" }</button>
            <button key="delete" onclick={delete} disabled={twig.is_current} data-testid="branch-menu-delete"
                title={if twig.is_current { "Go to another branch before you delete this one" } else { "Undo brings it back" }}>{ "Delete" }</button>
        </div>
    }
}

/// The line from the track on which it began down to its own.
fn fork_line(twigs: &[Twig], twig: &Twig, place: usize, scale: Scale) -> Html {
    let parent = twig.fork.and_then(|(parent, at)| Some((twigs.iter().position(|other| other.id == parent)?, at)));
    let style = parent
        .filter(|(above, _)| *above < place)
        .map(|(above, at)| format!("left:{:.2}%;--rows:{}", scale.percent(at), place - above));
    match style {
        Some(style) => html! { <i key="fork" class="fork" aria-hidden="true" {style}></i> },
        None => html! { <i key="fork" class="fork none" aria-hidden="true"></i> },
    }
}
