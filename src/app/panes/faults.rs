//! The faults that are no click on the stage: disks, clocks, links, zones, partitions, the coordinator's nodes.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::sim::{NodeId, ServerId};
use crate::world::{Command, LinkView, ServerView, View};

use crate::app::act::Act;
use crate::app::faults::{self, Choices, Offer};
use crate::app::words;

/// A labelled list of states, of which one is the present one.
fn chooser(id: &str, label: &str, choices: Choices, act: &Callback<Act>) -> Html {
    let Choices { present, all: choices } = choices;
    let options: Vec<(&'static str, &'static str)> = choices.iter().map(|choice| (choice.slug, choice.name)).collect();
    let onchange = {
        let act = act.clone();
        Callback::from(move |event: Event| {
            let field: HtmlSelectElement = event.target_unchecked_into();
            let chosen = choices.iter().find(|choice| choice.slug == field.value());
            for command in chosen.map(|choice| choice.commands.clone()).unwrap_or_default() {
                act.emit(Act::Apply(command));
            }
        })
    };
    html! {
        <label key={id.to_owned()} class="fault-field">
            <span>{ label.to_owned() }</span>
            <select data-testid={id.to_owned()} data-state={present.to_owned()} {onchange}>
                { for options.into_iter().map(|(slug, name)| html! {
                    <option key={slug} value={slug} selected={slug == present}>{ name }</option>
                }) }
            </select>
        </label>
    }
}

fn button(id: String, label: String, command: Command, act: &Callback<Act>) -> Html {
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::Apply(command.clone())));
    html! { <button key={id.clone()} class="quiet" data-testid={id} {onclick}>{ label }</button> }
}

fn offer(offer: Offer, act: &Callback<Act>) -> Html {
    button(format!("fault-{}", offer.slug), offer.label, offer.command, act)
}

/// What can go wrong with a server besides a crash: its disk, its clock, its connection, its zone.
pub(crate) fn of_server(server: &ServerView, view: &View, act: &Callback<Act>) -> Html {
    html! {
        <div class="faults">
            { chooser("fault-disk", "Disk", faults::disk(server), act) }
            { chooser("fault-clock", "Clock", faults::clock(server), act) }
            <div key="buttons" class="fault-buttons">
                { offer(faults::cut_off(NodeId::Server(server.id), view), act) }
                { for faults::power(server.zone, view).map(|power| offer(power, act)) }
            </div>
        </div>
    }
}

/// One link of a server: whole, cut, cut in one direction, losing messages, or slow.
pub(crate) fn of_link(server: ServerId, link: &LinkView, act: &Callback<Act>) -> Html {
    let own = NodeId::Server(server);
    let other = if link.first == own { link.second } else { link.first };
    let id = format!("fault-link-{}", words::node_slug(other));
    chooser(&id, &format!("to {other}"), faults::link(own, link), act)
}

/// A bit of one copy flips.
pub(crate) fn rot(server: ServerId, file: &str, act: &Callback<Act>) -> Html {
    let command = Command::Rot { server, file: file.to_owned(), bit: 77 };
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::Apply(command.clone())));
    html! {
        <button key="rot" class="quiet" data-testid="rot" data-file={file.to_owned()} {onclick}
            aria-label={format!("Let a bit of {file} on {server} rot")} title="One bit on the disk flips, and nobody notices">{ "Rot" }</button>
    }
}

/// The nodes of the coordinator, each of which can crash.
pub(crate) fn of_coordinator(view: &View, act: &Callback<Act>) -> Html {
    let rows = view.coordinator.nodes.iter().map(|node| {
        let id = node.id;
        let state = match (node.is_up, node.leads) {
            (false, _) => "down",
            (true, true) => "up, leads",
            (true, false) => "up",
        };
        let (label, command) = if node.is_up {
            ("Crash", Command::CrashCoordinator { node: id })
        } else {
            ("Restart", Command::RestartCoordinator { node: id })
        };
        html! {
            <li key={id.0.to_string()}>
                <span>{ format!("{id}: {state}") }</span>
                { button(format!("coordinator-{}", id.0), label.to_owned(), command, act) }
            </li>
        }
    });
    html! { <ul class="link-list">{ for rows }</ul> }
}
