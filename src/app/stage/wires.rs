//! The links of the stage, each with a menu, and the walls that partitions put up.

use std::collections::BTreeSet;

use yew::prelude::*;

use crate::sim::{GroupId, LinkQuality, NodeId, Time};
use crate::world::{LinkView, ServerStatus, View};

use crate::app::act::Act;
use crate::app::stage::layout::{Density, Layout, Point, Rect, Way};
use crate::app::stage::opener::{Go, Opener};
use crate::app::stage::target::Target;
use crate::app::stage::text::{self, Font};
use crate::app::stage::vessel::px;
use crate::app::stage::wall::{self, Wall};
use crate::app::words::{self, Shared};

/// With more links than this they leave the tab order; a server's menu lists its own.
const MOST_STOPS: usize = 12;

/// With more bad links than this they are told by their stroke alone.
const MOST_LABELS: usize = 6;

/// How a link is drawn.
#[derive(Clone, Copy)]
struct Look {
    /// Updates go along it.
    main: bool,
    /// It is one of many, of which those without updates fade.
    one_of_many: bool,
    /// It is cut by a wall, which says so.
    walled: bool,
}

#[derive(Clone, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    pub(crate) layout: Shared<Layout>,
    pub(crate) ways: BTreeSet<(NodeId, NodeId)>,
    pub(crate) start: Time,
    pub(crate) open: Option<Target>,
    pub(crate) go: Go,
    pub(crate) act: Callback<Act>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        self.layout == other.layout
            && self.view.links == other.view.links
            && self.view.client_cuts == other.view.client_cuts
            && self.ways == other.ways
            && self.open == other.open
    }
}

/// All links and walls; they are drawn again only when one of them changed.
pub(crate) struct Wires;

impl Component for Wires {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { view, layout, ways, start, open, go, act } = ctx.props();
        let walls = wall::walls(view, layout);
        let walled: BTreeSet<(NodeId, NodeId)> = walls.iter().flat_map(|wall| wall.links.iter().copied()).collect();
        let links = &view.links;
        let one_of_many = links.len() > MOST_STOPS;
        let labelled = links.iter().filter(|link| link.quality != LinkQuality::default()).count() <= MOST_LABELS;
        let is_full = layout.density == Density::Full;
        let wires = links.iter().filter(|_| is_full).filter_map(|link| {
            let pair = (link.first, link.second);
            let look = Look { main: ways.contains(&pair), one_of_many, walled: walled.contains(&pair) };
            // One of many that would run behind a server says less than it hides.
            let is_told = look.main || link.cut || link.quality != LinkQuality::default();
            if !is_told && layout.is_blocked(link.first, link.second) {
                return None;
            }
            Some(wire(link, layout.way(link.first, link.second)?, look, labelled, (open.as_ref(), go)))
        });
        html! {
            <g>
                <g key="links">{ for wires }</g>
                <g key="walls">{ for walls.iter().map(|wall| draw_wall(wall, view, layout, *start, act)) }</g>
            </g>
        }
    }
}

/// The links along which updates go: from the primary, or from the primary of each group that has files, to the
/// servers that follow it and run.
pub(crate) fn update_ways(view: &View, primary: Option<NodeId>) -> BTreeSet<(NodeId, NodeId)> {
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

/// Draws one link; what is wrong with it stands beside it if there is room for the labels.
fn wire(link: &LinkView, way: Way, look: Look, labelled: bool, (open, go): (Option<&Target>, &Go)) -> Html {
    let coordinator = [link.first, link.second].iter().any(|node| matches!(node, NodeId::Coordinator(_)));
    let target = Target::Link(link.first, link.second);
    let slug = target.slug();
    let is_open = open == Some(&target);
    let state = if link.cut { "cut" } else { "whole" };
    let one_way = link.cut_from.map_or_else(String::new, |from| format!(" for what {from} sends"));
    let ailments = words::link_ailments(link.quality);
    let bad = if ailments.is_empty() { String::new() } else { format!(", {}", ailments.join(", ")) };
    let label = format!("Link between {} and {}, {state}{one_way}{bad}. Open its actions.", link.first, link.second);
    let path = way.path();
    let Opener { onclick, oncontextmenu, onkeydown } = Opener::new(&target, is_open, go);
    let class = classes!(
        "wire",
        look.main.then_some("main"),
        look.one_of_many.then_some("many"),
        coordinator.then_some("coord"),
        link.cut.then_some("cut"),
        is_open.then_some("open"),
        (!ailments.is_empty()).then_some("bad")
    );
    let ailment = ailments.first().filter(|_| labelled && !link.cut);
    html! {
        <g key={slug.clone()} {class} data-testid={slug.clone()} data-target={slug} data-cut={link.cut.to_string()}
            tabindex={if look.one_of_many { "-1" } else { "0" }} role="button" aria-haspopup="dialog"
            aria-expanded={is_open.to_string()} aria-label={label.clone()} {onclick} {oncontextmenu} {onkeydown}>
            <title>{ label }</title>
            if link.cut && !look.walled {
                { broken(way, link.cut_from) }
            } else {
                <path class="thread" d={path.clone()} />
            }
            if let Some(ailment) = ailment {
                { told(ailment, ailments.len() - 1, way.at(0.78)) }
            }
            <path class="hit" d={path} />
        </g>
    }
}

/// What is wrong with a link, beside it; how much more there is stands in its title.
fn told(ailment: &str, more: usize, at: Point) -> Html {
    let words = if more > 0 { format!("{ailment} +{more}") } else { ailment.to_owned() };
    html! { <text class="ailing" x={px(at.x)} y={px(at.y + 4.0)} text-anchor="middle">{ words }</text> }
}

/// A link that is cut by itself: two ends, and a cross with the word between them, and who sends in vain if it is cut
/// one way only.
fn broken(way: Way, cut_from: Option<NodeId>) -> Html {
    // Off the middle, so that the crosses of links that meet in the middle do not cover each other.
    let middle = way.at(0.42);
    let gap = (13.0 / way.length().max(1.0)).min(0.3);
    html! {
        <>
            <path class="thread" d={way.part(0.0, 0.42 - gap).path()} />
            <path class="thread" d={way.part(0.42 + gap, 1.0).path()} />
            <g class="snip" transform={format!("translate({:.1},{:.1})", middle.x, middle.y)}>
                <path d="M-5 -5 L5 5 M-5 5 L5 -5" />
                <text x="9" y="-7">{ cut_from.map_or_else(|| "cut".to_owned(), |from| format!("cut from {}", words::node_slug(from))) }</text>
            </g>
        </>
    }
}

/// Two lines with a hatch between them, and a label that heals.
fn draw_wall(wall: &Wall, view: &View, layout: &Layout, start: Time, act: &Callback<Act>) -> Html {
    let points: Vec<String> = wall.line.iter().map(|at| format!("{:.1} {:.1}", at.x, at.y)).collect();
    let path = format!("M{}", points.join(" L"));
    let who = wall.who();
    let title = format!("{who} {}", wall.effect);
    let since = wall.since.map_or_else(String::new, |since| format!("since {} · ", clock(since, start)));
    let heal = {
        let (act, commands) = (act.clone(), wall.heal(view));
        move || commands.iter().for_each(|command| act.emit(Act::Apply(command.clone())))
    };
    let onclick = {
        let heal = heal.clone();
        Callback::from(move |event: MouseEvent| {
            event.stop_propagation();
            heal();
        })
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            heal();
        }
    });
    let most = (layout.width - 16.0).min(240.0);
    let shown = text::fit(&title, Font::TITLE, most - 24.0);
    let note_width = text::width(&since, Font::FILE) + text::width("heal", Font::TITLE);
    let width = text::width(&shown, Font::TITLE).max(note_width) + 24.0;
    let rect = label_place(wall, layout, width);
    let middle = rect.x + rect.width / 2.0;
    let label = format!("Partition: {title}. Heal it.");
    html! {
        <g key={who} class="wall" data-testid="wall">
            <path class="wall-rim" d={path.clone()} />
            <path class="wall-room" d={path.clone()} />
            <path class="wall-hatch" d={path} />
            <g class="wall-label" role="button" tabindex="0" data-testid="heal-wall" aria-label={label.clone()} {onclick} {onkeydown}>
                <title>{ label }</title>
                <rect x={px(rect.x)} y={px(rect.y)} width={px(rect.width)} height={px(rect.height)} rx="7" />
                <text class="wall-who" x={px(middle)} y={px(rect.y + 18.0)} text-anchor="middle">{ shown }</text>
                <text class="wall-since" x={px(middle)} y={px(rect.y + 35.0)} text-anchor="middle">
                    { since }<tspan class="wall-heal">{ "heal" }</tspan>
                </text>
            </g>
        </g>
    }
}

/// Where along a wall its label is tried.
const SHARES: [f64; 9] = [0.5, 0.38, 0.62, 0.25, 0.75, 0.12, 0.88, 0.0, 1.0];

/// The label stands on the wall, where it covers nothing.
fn label_place(wall: &Wall, layout: &Layout, width: f64) -> Rect {
    let height = 44.0;
    let whole = Rect { x: 4.0, y: 4.0, width: layout.width - 8.0, height: layout.height - 8.0 };
    let along = |share: f64| {
        let pieces = wall.line.len().saturating_sub(1).max(1);
        // A wall has few pieces.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let piece = ((share * crate::app::stage::layout::count(pieces)) as usize).min(pieces - 1);
        let part = share * crate::app::stage::layout::count(pieces) - crate::app::stage::layout::count(piece);
        match (wall.line.get(piece), wall.line.get(piece + 1)) {
            (Some(from), Some(to)) => from.towards(*to, part),
            (Some(at), None) => *at,
            _ => Point::default(),
        }
    };
    let at = |share: f64| {
        let at = along(share);
        Rect { x: at.x - width / 2.0, y: at.y - height / 2.0, width, height }.kept_in(&whole)
    };
    SHARES.into_iter().map(at).find(|rect| layout.is_free(rect)).unwrap_or_else(|| at(0.5))
}

/// A moment as the visible clock shows it: the time since the learner entered.
fn clock(at: Time, start: Time) -> String {
    let tenths = at.since(start).as_micros() / 100_000;
    format!("{}.{} s", tenths / 10, tenths % 10)
}
