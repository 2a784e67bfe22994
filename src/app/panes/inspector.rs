//! What a server holds, in words: its state, its links and its copies.

use yew::prelude::*;

use crate::sim::{NodeId, ServerId};
use crate::world::{ServerView, View};

use crate::app::act::{Act, Specimen};
use crate::app::glossary::explained;
use crate::app::panes::faults;
use crate::app::panes::ledger::specimen_buttons;
use crate::app::words::{self, Shared};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    pub(crate) selected: Option<ServerId>,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Inspector;

impl Component for Inspector {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { view, selected, act } = ctx.props();
        let chooser = view.servers.iter().map(|server| {
            let (id, act) = (server.id, act.clone());
            let on = *selected == Some(id);
            html! {
                <button key={id.to_string()} class={classes!("chip", on.then_some("on"))} aria-pressed={on.to_string()}
                    onclick={Callback::from(move |_: MouseEvent| act.emit(Act::Inspect(id)))}>{ id.to_string() }</button>
            }
        });
        let shown = selected.and_then(|id| view.servers.iter().find(|server| server.id == id));
        html! {
            <div class="inspector">
                <div key="chooser" class="chips" role="group" aria-label="Choose a server">{ for chooser }</div>
                if let Some(server) = shown {
                    <div key="details">{ details(server, view, act) }</div>
                } else {
                    <p key="none" class="pane-note">{ "Choose a server to see what is on its disk, and to break its disk, clock and links." }</p>
                }
                <h2 key="coordinator-title">{ "Coordinator" }</h2>
                <div key="coordinator">{ faults::of_coordinator(view, act) }</div>
            </div>
        }
    }
}

fn details(server: &ServerView, view: &View, act: &Callback<Act>) -> Html {
    let in_sync = view.coordinator.in_sync.contains(&server.id);
    let facts: [(&str, String); 7] = [
        ("State", words::state(server).to_owned()),
        ("Zone", server.zone.to_string()),
        ("Epoch it has seen", server.epoch.to_string()),
        ("Updates in its log", server.last_index.to_string()),
        ("May be promoted", if in_sync { "yes, it is in sync" } else { "no, it is not in sync" }.to_owned()),
        ("On its disk", words::size(server.used_bytes)),
        ("Suspected", if server.suspected { "yes" } else { "no" }.to_owned()),
    ];
    let links = view
        .links
        .iter()
        .filter(|link| link.first == NodeId::Server(server.id) || link.second == NodeId::Server(server.id));
    html! {
        <>
            <h2 key="title">{ server.id.to_string() }</h2>
            <dl key="facts">
                { for facts.into_iter().map(|(label, value)| html! { <div key={label}><dt>{ explained(label, 1) }</dt><dd>{ value }</dd></div> }) }
            </dl>
            <h2 key="copies-title">{ "Copies" }</h2>
            <div key="copies">
                if server.copies.is_empty() {
                    <p class="pane-note">{ "There are none." }</p>
                } else {
                    { copies(server, true, act) }
                }
            </div>
            <h2 key="faults-title">{ "What is wrong with it" }</h2>
            <div key="faults">{ faults::of_server(server, view, act) }</div>
            <h2 key="links-title">{ "Links" }</h2>
            <div key="links" class="faults">{ for links.map(|link| faults::of_link(server.id, link, act)) }</div>
        </>
    }
}

/// The copies of a server, each to be opened or downloaded as it lies there.
pub(crate) fn copies(server: &ServerView, may_rot: bool, act: &Callback<Act>) -> Html {
    let items = server.copies.iter().map(|copy| {
        let badge = words::copy_badge(copy);
        let state = if badge.is_empty() { "fresh" } else { badge };
        let origin = format!("{} on {}, {state}", copy.version, server.id);
        let specimen = Specimen { name: copy.name.clone(), origin, content: copy.content.clone() };
        html! {
            <li key={copy.name.clone()} style={words::hue_style(copy.file)}>
                <span class="swatch"></span>
                <div>
                    <b>{ words::fit(&copy.name, 20) }</b>
                    <small>{ format!("{} · {state} · {}", copy.version, words::size(copy.content.size_bytes())) }</small>
                </div>
                { specimen_buttons(&specimen, act) }
                if may_rot {
                    { faults::rot(server.id, &copy.name, act) }
                }
            </li>
        }
    });
    html! { <ul class="copy-list">{ for items }</ul> }
}
