//! The faults that are no click on the stage: disks, clocks, links, zones, partitions, the coordinator's nodes.

use web_sys::HtmlSelectElement;
use yew::prelude::*;

use crate::sim::{DiskCondition, LinkQuality, NodeId, ServerId};
use crate::world::{Command, Direction, LinkView, ServerStatus, ServerView, View};

use crate::app::act::Act;
use crate::app::words;

/// How many times as long as usual a slow disk or link takes.
const SLOW_FACTOR: u16 = 10;
/// How much a clock that is off drifts, in parts per million: a tenth.
const DRIFT_PPM: i32 = 100_000;

/// One of the states that something can be in: its slug, its name, and the commands that lead to it.
struct Choice {
    slug: &'static str,
    name: &'static str,
    commands: Vec<Command>,
}

/// A labelled list of states, of which one is the present one.
fn chooser(id: &str, label: &str, present: &str, choices: Vec<Choice>, act: &Callback<Act>) -> Html {
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

/// What can go wrong with a server besides a crash: its disk, its clock, its connection, its zone.
pub(crate) fn of_server(server: &ServerView, view: &View, act: &Callback<Act>) -> Html {
    html! {
        <div class="faults">
            { disk(server, act) }
            { clock(server, act) }
            <div key="buttons" class="fault-buttons">
                { cut_off(server, view, act) }
                { zone(server, view, act) }
            </div>
        </div>
    }
}

fn disk(server: &ServerView, act: &Callback<Act>) -> Html {
    let set = |full: bool, slow_factor: u16| {
        vec![Command::SetDisk { server: server.id, condition: DiskCondition { full, slow_factor } }]
    };
    let present = match server.disk {
        DiskCondition { full: true, .. } => "full",
        DiskCondition { slow_factor: 1, .. } => "usual",
        DiskCondition { .. } => "slow",
    };
    let choices = vec![
        Choice { slug: "usual", name: "as usual", commands: set(false, 1) },
        Choice { slug: "slow", name: "10 times slower", commands: set(false, SLOW_FACTOR) },
        Choice { slug: "full", name: "full", commands: set(true, 1) },
    ];
    chooser("fault-disk", "Disk", present, choices, act)
}

fn clock(server: &ServerView, act: &Callback<Act>) -> Html {
    let set = |drift_ppm: i32| vec![Command::SkewClock { server: server.id, offset_us: 0, drift_ppm }];
    let present = match server.clock_drift_ppm {
        0 => "right",
        drift if drift > 0 => "fast",
        _ => "slow",
    };
    let choices = vec![
        Choice { slug: "right", name: "right", commands: set(0) },
        Choice { slug: "fast", name: "a tenth too fast", commands: set(DRIFT_PPM) },
        Choice { slug: "slow", name: "a tenth too slow", commands: set(-DRIFT_PPM) },
    ];
    chooser("fault-clock", "Clock", present, choices, act)
}

/// Cuts the server off from everything, or heals what is cut.
fn cut_off(server: &ServerView, view: &View, act: &Callback<Act>) -> Html {
    let node = NodeId::Server(server.id);
    let mut own = view.links.iter().filter(|link| link.first == node || link.second == node);
    if own.all(|link| link.cut) {
        return button("fault-heal-all".to_owned(), "Heal all links".to_owned(), Command::HealAll, act);
    }
    let command = Command::Partition { side: vec![node], direction: Direction::Both };
    button("fault-partition".to_owned(), format!("Cut {} off from all", server.id), command, act)
}

/// Takes the power from the server's zone, or gives it back.
fn zone(server: &ServerView, view: &View, act: &Callback<Act>) -> Html {
    let zone = server.zone;
    let here = |status: ServerStatus| view.servers.iter().any(|other| other.zone == zone && other.status == status);
    if here(ServerStatus::Up) || here(ServerStatus::Paused) {
        button("fault-outage".to_owned(), format!("{zone}: power cut"), Command::ZoneOutage { zone }, act)
    } else if here(ServerStatus::Crashed) {
        button("fault-return".to_owned(), format!("{zone}: power back"), Command::ZoneReturn { zone }, act)
    } else {
        Html::default()
    }
}

/// One link of a server: whole, cut, cut in one direction, losing messages, or slow.
pub(crate) fn of_link(server: ServerId, link: &LinkView, act: &Callback<Act>) -> Html {
    let own = NodeId::Server(server);
    let other = if link.first == own { link.second } else { link.first };
    let present = match (link.cut, link.cut_from, link.quality) {
        (true, None, _) => "cut",
        (true, Some(from), _) if from == own => "mute",
        (true, Some(_), _) => "deaf",
        (false, _, quality) if quality.loss_per_mille > 0 => "lossy",
        (false, _, quality) if quality.slow_factor > 1 => "slow",
        (false, ..) => "whole",
    };
    let is_well = present == "whole";
    // What is broken heals first, so that each choice is what it says and nothing else.
    let commands = |command: Option<Command>| {
        let heal = (!is_well).then_some(Command::HealLink { first: own, second: other });
        heal.into_iter().chain(command).collect::<Vec<_>>()
    };
    let bad = |loss_per_mille: u16, slow_factor: u16| {
        let quality = LinkQuality { loss_per_mille, slow_factor, ..LinkQuality::default() };
        commands(Some(Command::SetLink { from: own, to: other, both_ways: true, quality }))
    };
    let one_way = |from: NodeId, to: NodeId| commands(Some(Command::CutOneWay { from, to }));
    let choices = vec![
        Choice { slug: "whole", name: "whole", commands: commands(None) },
        Choice { slug: "cut", name: "cut", commands: commands(Some(Command::CutLink { first: own, second: other })) },
        Choice { slug: "mute", name: "cut outwards only", commands: one_way(own, other) },
        Choice { slug: "deaf", name: "cut inwards only", commands: one_way(other, own) },
        Choice { slug: "lossy", name: "loses 3 of 10", commands: bad(300, 1) },
        Choice { slug: "slow", name: "10 times slower", commands: bad(0, SLOW_FACTOR) },
    ];
    let id = format!("fault-link-{}", words::node_slug(other));
    chooser(&id, &format!("to {other}"), present, choices, act)
}

/// A bit of one copy flips.
pub(crate) fn rot(server: ServerId, file: &str, act: &Callback<Act>) -> Html {
    let command = Command::Rot { server, file: file.to_owned(), bit: 77 };
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::Apply(command.clone())));
    html! {
        <button key="rot" class="quiet" data-testid="rot" data-file={file.to_owned()} {onclick}
            aria-label={format!("Let a bit of {file} on {server} rot")} title="One bit on the disk flips, and nobody is told">{ "Rot" }</button>
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
