//! The links of the stage: each can be cut and healed by a click or by Enter.

use yew::prelude::*;

use crate::sim::NodeId;
use crate::world::{Command, LinkView, ServerStatus, View};

use super::act::Act;
use super::layout::{Layout, Point};
use super::words;

/// With more links than this they leave the tab order; the inspector lists them by server.
const MOST_STOPS: usize = 12;

fn command(link: &LinkView) -> Command {
    let (first, second) = (link.first, link.second);
    if link.cut { Command::HealLink { first, second } } else { Command::CutLink { first, second } }
}

fn line(from: Point, to: Point) -> String {
    format!("M{:.1} {:.1} L{:.1} {:.1}", from.x, from.y, to.x, to.y)
}

fn between(from: Point, to: Point, share: f64) -> Point {
    Point { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share }
}

/// Draws all links, the primary's own first in weight.
pub(crate) fn draw(view: &View, layout: &Layout, primary: Option<NodeId>, act: &Callback<Act>) -> Html {
    let links = &view.links;
    let stops = links.len() <= MOST_STOPS;
    links
        .iter()
        .filter_map(|link| {
            let way = layout.way(link.first, link.second)?;
            let main = is_main(link, view, primary);
            Some(wire(link, way, main, stops, act))
        })
        .collect()
}

/// Whether updates go along a link: it joins the primary with a server that runs.
fn is_main(link: &LinkView, view: &View, primary: Option<NodeId>) -> bool {
    let runs = |node: NodeId| {
        view.servers.iter().any(|server| NodeId::Server(server.id) == node && server.status == ServerStatus::Up)
    };
    primary.is_some_and(|primary| link.first == primary || link.second == primary)
        && runs(link.first)
        && runs(link.second)
}

fn wire(link: &LinkView, (from, to): (Point, Point), main: bool, stop: bool, act: &Callback<Act>) -> Html {
    let coordinator = [link.first, link.second].iter().any(|node| matches!(node, NodeId::Coordinator(_)));
    let slug = format!("link-{}-{}", words::node_slug(link.first), words::node_slug(link.second));
    let verb = if link.cut { "Heal" } else { "Cut" };
    let state = if link.cut { "cut" } else { "whole" };
    let label = format!("Link between {} and {}, {state}. {verb} it.", link.first, link.second);
    let hit = line(from, to);
    let onclick = {
        let (act, command) = (act.clone(), command(link));
        Callback::from(move |_: MouseEvent| act.emit(Act::Apply(command.clone())))
    };
    let onkeydown = {
        let (act, command) = (act.clone(), command(link));
        Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                act.emit(Act::Apply(command.clone()));
            }
        })
    };
    let class = classes!("wire", main.then_some("main"), coordinator.then_some("coord"), link.cut.then_some("cut"));
    html! {
        <g key={slug.clone()} {class} data-testid={slug} data-cut={link.cut.to_string()}
            tabindex={if stop { "0" } else { "-1" }} role="button" aria-label={label.clone()} {onclick} {onkeydown}>
            <title>{ label }</title>
            if link.cut {
                { broken(from, to) }
            } else {
                <path class="thread" d={hit.clone()} />
            }
            <path class="hit" d={hit} />
        </g>
    }
}

/// A cut link: two ends, and a cross with the word between them.
fn broken(from: Point, to: Point) -> Html {
    // Off the middle, so that the crosses of links that meet in the middle do not cover each other.
    let middle = between(from, to, 0.42);
    let length = ((to.x - from.x).powi(2) + (to.y - from.y).powi(2)).sqrt().max(1.0);
    let gap = (13.0 / length).min(0.3);
    html! {
        <>
            <path class="thread" d={line(from, between(from, to, 0.42 - gap))} />
            <path class="thread" d={line(between(from, to, 0.42 + gap), to)} />
            <g class="snip" transform={format!("translate({:.1},{:.1})", middle.x, middle.y)}>
                <path d="M-5 -5 L5 5 M-5 5 L5 -5" />
                <text x="9" y="-7">{ "cut" }</text>
            </g>
        </>
    }
}
