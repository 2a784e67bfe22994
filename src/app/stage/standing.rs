//! Who stands between the zones: the clients as small terminals, and the nodes of the coordinator.

use yew::prelude::*;

use crate::sim::{ClientId, NodeId};
use crate::world::{CoordinatorNodeView, CoordinatorView, OutcomeView, View};

use crate::app::stage::layout::{Density, Layout, Rect};
use crate::app::stage::opener::{Go, Opener};
use crate::app::stage::target::Target;
use crate::app::stage::text::{self, Font};
use crate::app::stage::vessel::px;
use crate::app::words;

/// The clients; a faint thread shows whom the first of them talks to.
pub(crate) fn clients(view: &View, layout: &Layout, asked: &[NodeId], open: Option<&Target>, go: &Go) -> Html {
    let is_full = layout.density == Density::Full;
    let threads = asked.iter().filter(|_| is_full).filter_map(|asked| layout.way(NodeId::Client(ClientId(1)), *asked));
    let last = layout.clients.keys().next_back().copied();
    let hidden = view.clients.len().saturating_sub(layout.clients.len());
    let pending = view.operations.iter().filter(|operation| operation.outcome == OutcomeView::Pending).count();
    let pending = (!is_full && pending > 0).then_some(pending);
    let boxes = layout.clients.iter().map(|(id, rect)| {
        let more = if Some(*id) == last { hidden } else { 0 };
        client(*id, *rect, more, pending, open, go)
    });
    html! {
        <>
            { for threads.enumerate().map(|(place, way)| html! {
                <path key={place.to_string()} class="client-thread" d={way.path()} />
            }) }
            { for boxes }
        </>
    }
}

fn client(id: ClientId, rect: Rect, more: usize, pending: Option<usize>, open: Option<&Target>, go: &Go) -> Html {
    let Rect { x, y, width, height } = rect;
    let small = height < 40.0;
    let (prompt_x, prompt_y) = if small { (x + 7.0, y + 9.0) } else { (x + 11.0, y + 14.0) };
    let label = if more > 0 { format!("Client {id}, and {more} more") } else { format!("Client {id}") };
    let name = if more > 0 { format!("{id}…") } else { id.to_string() };
    let about = pending.map_or_else(|| "client".to_owned(), |pending| format!("{pending} open"));
    let about = text::fit(&about, Font::LABEL, width - 36.0);
    let target = Target::Client(id);
    let is_open = open == Some(&target);
    let Opener { onclick, oncontextmenu, onkeydown } = Opener::new(&target, is_open, go);
    html! {
        <g key={id.to_string()} class={classes!("client", is_open.then_some("open"))} role="button" tabindex="0"
            aria-haspopup="dialog" aria-expanded={is_open.to_string()} aria-label={format!("{label}. Open its actions.")}
            data-testid={format!("client-{id}")} data-target={target.slug()} {onclick} {oncontextmenu} {onkeydown}>
            <title>{ label }</title>
            <rect class="halo" x={px(x - 4.0)} y={px(y - 4.0)} width={px(width + 8.0)} height={px(height + 8.0)} rx="9" />
            <rect class="body" x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="6" />
            if small {
                <path d={format!("M{prompt_x:.1} {prompt_y:.1} l5 5 l-5 5")} />
                <text x={px(x + 18.0)} y={px(y + 18.5)} class="cname">{ name }</text>
            } else {
                <path d={format!("M{prompt_x:.1} {prompt_y:.1} l5 5 l-5 5 M{:.1} {:.1} h7", x + 19.0, y + 25.0)} />
                <text x={px(x + 34.0)} y={px(y + 18.0)} class="cname">{ name }</text>
                <text x={px(x + 34.0)} y={px(y + 32.0)} class="csub">{ about }</text>
            }
        </g>
    }
}

/// The coordinator: one capsule for each of its nodes.
pub(crate) fn coordinator(view: &View, layout: &Layout, open: Option<&Target>, go: &Go) -> Html {
    let state = &view.coordinator;
    let alone = state.nodes.len() <= 1;
    let nodes = state.nodes.iter().filter_map(|node| {
        let rect = layout.coordinators.get(&node.id)?;
        let name = if alone { "Coordinator".to_owned() } else { format!("Coord. {}", node.id.0) };
        let (tone, doing) = doing(state, *node, view.servers.len(), alone);
        Some(capsule(*node, *rect, &name, (tone, doing), open, go))
    });
    html! { <g data-testid="coordinator" data-electing={state.electing.to_string()}>{ for nodes }</g> }
}

/// The tone of a node, and what it does in a few words.
fn doing(state: &CoordinatorView, node: CoordinatorNodeView, servers: usize, alone: bool) -> (&'static str, String) {
    let epoch = state.epoch;
    if !node.is_up {
        return ("down", "crashed".to_owned());
    }
    if !node.leads {
        let leaderless = !state.nodes.iter().any(|node| node.is_up && node.leads);
        return if leaderless { ("suspects", "has no leader".to_owned()) } else { ("", "follows".to_owned()) };
    }
    if state.electing {
        return ("electing", if alone { "looks for a primary" } else { "elects" }.to_owned());
    }
    if state.waits_for_operator {
        return ("suspects", if alone { "waits for an operator" } else { "waits" }.to_owned());
    }
    if let Some(suspect) = state.suspects.first() {
        let more = state.suspects.len() - 1;
        let who = if more > 0 { format!("{suspect} +{more}") } else { suspect.to_string() };
        return ("suspects", format!("suspects {who}"));
    }
    let words = match (alone, state.in_sync.len()) {
        (false, _) => format!("leads · epoch {epoch}"),
        (true, in_sync) if in_sync < servers => format!("epoch {epoch} · {in_sync} in sync"),
        (true, _) => format!("epoch {epoch} · all in sync"),
    };
    ("", words)
}

fn capsule(
    node: CoordinatorNodeView,
    rect: Rect,
    name: &str,
    (tone, doing): (&'static str, String),
    open: Option<&Target>,
    go: &Go,
) -> Html {
    let Rect { x, y, width, height } = rect;
    let target = Target::Coordinator(node.id);
    let is_open = open == Some(&target);
    let Opener { onclick, oncontextmenu, onkeydown } = Opener::new(&target, is_open, go);
    let label = format!("{name}: {doing}. Open its actions.");
    let slug = words::node_slug(NodeId::Coordinator(node.id));
    let middle = px(x + width / 2.0);
    let shown = text::fit(&doing, Font::LABEL, width - 14.0);
    let name = text::fit(name, Font::SERVER, width - 12.0);
    html! {
        <g key={slug.clone()} class={classes!("coordinator", tone, is_open.then_some("open"))} role="button" tabindex="0"
            aria-haspopup="dialog" aria-expanded={is_open.to_string()} aria-label={label.clone()}
            data-testid={format!("node-{slug}")} data-target={target.slug()} data-up={node.is_up.to_string()}
            {onclick} {oncontextmenu} {onkeydown}>
            <title>{ label }</title>
            <rect class="halo" x={px(x - 4.0)} y={px(y - 4.0)} width={px(width + 8.0)} height={px(height + 8.0)} rx="26" />
            <rect class="body" x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="22" />
            <text class="cname" x={middle.clone()} y={px(y + 19.0)} text-anchor="middle">{ name }</text>
            <text class="csub" x={middle} y={px(y + 34.0)} text-anchor="middle">{ shown }</text>
        </g>
    }
}
