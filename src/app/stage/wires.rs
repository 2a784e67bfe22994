//! The links of the stage: each can be cut and healed by a click or by Enter.

use std::collections::BTreeSet;

use yew::prelude::*;

use crate::sim::{GroupId, LinkQuality, NodeId};
use crate::world::{Command, LinkView, ServerStatus, View};

use crate::app::act::Act;
use crate::app::stage::layout::{Layout, Point};
use crate::app::words;

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

/// With more bad links than this they are told by their stroke alone.
const MOST_LABELS: usize = 6;

/// How a link is drawn.
#[derive(Clone, Copy)]
struct Look {
    /// Updates go along it.
    main: bool,
    /// It is one of many, of which those without updates fade.
    one_of_many: bool,
    /// What is wrong with it stands beside it.
    labelled: bool,
}

/// Draws all links, the primary's own first in weight.
pub(crate) fn draw(view: &View, layout: &Layout, primary: Option<NodeId>, act: &Callback<Act>) -> Html {
    let links = &view.links;
    let one_of_many = links.len() > MOST_STOPS;
    let labelled = links.iter().filter(|link| link.quality != LinkQuality::default()).count() <= MOST_LABELS;
    let ways = update_ways(view, primary);
    links
        .iter()
        .filter_map(|link| {
            let way = layout.way(link.first, link.second)?;
            let main = ways.contains(&(link.first, link.second));
            Some(wire(link, way, Look { main, one_of_many, labelled }, act))
        })
        .collect()
}

/// The links along which updates go: from the primary, or from the primary of each group that has files, to the
/// servers that follow it and run.
fn update_ways(view: &View, primary: Option<NodeId>) -> BTreeSet<(NodeId, NodeId)> {
    let up: BTreeSet<NodeId> = view
        .servers
        .iter()
        .filter(|server| server.status == ServerStatus::Up)
        .map(|server| NodeId::Server(server.id))
        .collect();
    let mut pairs: Vec<(NodeId, NodeId)> = Vec::new();
    if let Some(primary) = primary {
        pairs.extend(up.iter().map(|other| (primary, *other)));
    } else {
        let copies = view.servers.iter().flat_map(|server| &server.copies);
        let with_files: BTreeSet<GroupId> = copies.map(|copy| copy.group).collect();
        for group in view.coordinator.groups.iter().filter(|group| with_files.contains(&group.id)) {
            let Some(primary) = group.primary else { continue };
            let members = group.in_sync.iter().chain(&group.joining);
            pairs.extend(members.map(|member| (NodeId::Server(primary), NodeId::Server(*member))));
        }
    }
    let run = |(one, other): &(NodeId, NodeId)| up.contains(one) && up.contains(other);
    pairs.into_iter().filter(run).map(|(one, other)| (one.min(other), one.max(other))).collect()
}

fn wire(link: &LinkView, (from, to): (Point, Point), look: Look, act: &Callback<Act>) -> Html {
    let coordinator = [link.first, link.second].iter().any(|node| matches!(node, NodeId::Coordinator(_)));
    let slug = format!("link-{}-{}", words::node_slug(link.first), words::node_slug(link.second));
    let verb = if link.cut { "Heal" } else { "Cut" };
    let state = if link.cut { "cut" } else { "whole" };
    let one_way = link.cut_from.map_or_else(String::new, |from| format!(" for what {from} sends"));
    let ailments = words::link_ailments(link.quality);
    let bad = if ailments.is_empty() { String::new() } else { format!(", {}", ailments.join(", ")) };
    let label = format!("Link between {} and {}, {state}{one_way}{bad}. {verb} it.", link.first, link.second);
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
    let class = classes!(
        "wire",
        look.main.then_some("main"),
        look.one_of_many.then_some("many"),
        coordinator.then_some("coord"),
        link.cut.then_some("cut"),
        (!ailments.is_empty()).then_some("bad")
    );
    let ailment = ailments.first().filter(|_| look.labelled && !link.cut);
    html! {
        <g key={slug.clone()} {class} data-testid={slug} data-cut={link.cut.to_string()}
            tabindex={if look.one_of_many { "-1" } else { "0" }} role="button" aria-label={label.clone()} {onclick} {onkeydown}>
            <title>{ label }</title>
            if link.cut {
                { broken(from, to, link.cut_from) }
            } else {
                <path class="thread" d={hit.clone()} />
            }
            if let Some(ailment) = ailment {
                { told(ailment, ailments.len() - 1, between(from, to, 0.78)) }
            }
            <path class="hit" d={hit} />
        </g>
    }
}

/// What is wrong with a link, beside it; how much more there is stands in its title.
fn told(ailment: &str, more: usize, at: Point) -> Html {
    let words = if more > 0 { format!("{ailment} +{more}") } else { ailment.to_owned() };
    html! { <text class="ailing" x={format!("{:.1}", at.x)} y={format!("{:.1}", at.y + 4.0)} text-anchor="middle">{ words }</text> }
}

/// A cut link: two ends, and a cross with the word between them, and who sends in vain if it is cut one way only.
fn broken(from: Point, to: Point, cut_from: Option<NodeId>) -> Html {
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
                <text x="9" y="-7">{ cut_from.map_or_else(|| "cut".to_owned(), |from| format!("cut from {}", words::node_slug(from))) }</text>
            </g>
        </>
    }
}
