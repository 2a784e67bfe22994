//! The actions of one server, beside it: killing it is one click more, since the button has the focus.

use web_sys::HtmlElement;
use yew::prelude::*;

use crate::replication::Policy;
use crate::world::{ServerStatus, ServerView};

use crate::app::act::{Act, ServerAct};
use crate::app::panes::inspector::copies;
use crate::app::stage::layout::Layout;
use crate::app::words::{self, Shared};

const WIDTH: f64 = 248.0;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) server: ServerView,
    pub(crate) policy: Policy,
    pub(crate) layout: Shared<Layout>,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Popover {
    first: NodeRef,
}

impl Component for Popover {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { first: NodeRef::default() }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        // The popover is one element that wanders from server to server, so the focus follows by hand.
        if ctx.props().server.id != old.server.id {
            let first = self.first.clone();
            gloo::timers::callback::Timeout::new(0, move || focus(&first)).forget();
        }
        true
    }

    fn rendered(&mut self, _: &Context<Self>, first_render: bool) {
        if first_render {
            focus(&self.first);
        }
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { server, layout, act, .. } = ctx.props();
        let close = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(Act::Select(None)))
        };
        html! {
            <div class="popover" role="dialog" aria-label={format!("Actions of {}", server.id)} style={place(server, layout)}
                data-testid="popover" data-actions-of={server.id.0.to_string()}>
                <header>
                    <b>{ server.id.to_string() }</b>
                    <span>{ format!("{} · {}", server.zone, words::state(server)) }</span>
                    <button class="icon quiet" aria-label="Close" onclick={close}>{ "✕" }</button>
                </header>
                <div class="actions">{ self.actions(server, act) }</div>
                if !server.copies.is_empty() {
                    <div class="popover-copies">{ copies(server, false, act) }</div>
                }
            </div>
        }
    }
}

impl Popover {
    fn actions(&self, server: &ServerView, act: &Callback<Act>) -> Html {
        let offered: &[(ServerAct, &str, &str, &str)] = match server.status {
            ServerStatus::Up => &[
                (ServerAct::Kill, "kill", "Kill", "its disk is lost"),
                (ServerAct::Crash, "crash", "Crash", "its disk is kept"),
                (ServerAct::Pause, "pause", "Pause", "it notices nothing"),
                (ServerAct::Wipe, "wipe", "Wipe", "its disk is emptied"),
                (ServerAct::Promote, "promote", "Promote", "make it the primary"),
                (ServerAct::Remove, "remove", "Remove", "take it out cleanly"),
            ],
            ServerStatus::Paused => &[
                (ServerAct::Resume, "resume", "Resume", "with all that came in"),
                (ServerAct::Crash, "crash", "Crash", "its disk is kept"),
                (ServerAct::Kill, "kill", "Kill", "its disk is lost"),
            ],
            ServerStatus::Crashed => &[
                (ServerAct::Restart, "restart", "Restart", "from its disk"),
                (ServerAct::Kill, "kill", "Kill", "its disk is lost"),
                (ServerAct::Remove, "remove", "Remove", "take it out"),
            ],
            ServerStatus::Killed => &[
                (ServerAct::Restart, "restart", "Restart", "with an empty disk"),
                (ServerAct::Remove, "remove", "Remove", "take it out"),
            ],
        };
        let is_primary = server.role == crate::world::Role::Primary;
        offered
            .iter()
            .filter(|(offer, ..)| !(is_primary && *offer == ServerAct::Promote && server.status == ServerStatus::Up))
            .enumerate()
            .map(|(place, (offer, slug, title, hint))| {
                let (id, offer, act) = (server.id, *offer, act.clone());
                let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::OnServer(id, offer)));
                let danger = (offer == ServerAct::Kill).then_some("danger");
                html! {
                    <button key={*slug} class={classes!("action", danger)} data-testid={format!("action-{slug}")} {onclick}
                        ref={if place == 0 { self.first.clone() } else { NodeRef::default() }}>
                        <b>{ *title }</b><small>{ *hint }</small>
                        <kbd>{ match offer {
                            ServerAct::Kill => "K",
                            ServerAct::Crash => "C",
                            ServerAct::Restart => "R",
                            ServerAct::Promote => "P",
                            ServerAct::Remove => "Del",
                            ServerAct::Pause | ServerAct::Resume => "Z",
                            ServerAct::Wipe => "X",
                        } }</kbd>
                    </button>
                }
            })
            .collect()
    }
}

fn focus(node: &NodeRef) {
    if let Some(element) = node.cast::<HtmlElement>() {
        let options = web_sys::FocusOptions::new();
        options.set_prevent_scroll(true);
        element.focus_with_options(&options).ok();
    }
}

/// Beside the vessel where there is room, else below its lid. On a phone the style sheet makes it a sheet at the bottom.
fn place(server: &ServerView, layout: &Layout) -> String {
    let Some(vessel) = layout.servers.get(&server.id) else { return String::new() };
    let right = vessel.right() + 10.0;
    let left = vessel.x - 10.0 - WIDTH;
    let x = if right + WIDTH <= layout.width {
        right
    } else if left >= 0.0 {
        left
    } else {
        (layout.width - WIDTH - 4.0).max(4.0)
    };
    let y = vessel.y.min(layout.height - 300.0).max(8.0);
    format!("left:{x:.0}px;top:{y:.0}px;width:{WIDTH:.0}px")
}
