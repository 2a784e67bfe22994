//! Who stands between the zones: the clients as small terminals, and the nodes of the coordinator.

use yew::prelude::*;

use crate::sim::{ClientId, NodeId};
use crate::world::{Command, CoordinatorNodeView, CoordinatorView, View};

use crate::app::act::Act;
use crate::app::stage::layout::{Layout, Rect};
use crate::app::words;

fn px(value: f64) -> String {
    format!("{value:.1}")
}

/// The clients; a faint thread shows whom the first of them talks to.
pub(crate) fn clients(view: &View, layout: &Layout, primary: Option<NodeId>) -> Html {
    let thread = primary.and_then(|primary| layout.way(NodeId::Client(ClientId(1)), primary));
    let last = layout.clients.keys().next_back().copied();
    let hidden = view.clients.len().saturating_sub(layout.clients.len());
    let boxes = layout.clients.iter().map(|(id, rect)| {
        let more = if Some(*id) == last { hidden } else { 0 };
        client(*id, *rect, more)
    });
    html! {
        <>
            if let Some((from, to)) = thread {
                <path class="client-thread" d={format!("M{:.1} {:.1} L{:.1} {:.1}", from.x, from.y, to.x, to.y)} />
            }
            { for boxes }
        </>
    }
}

fn client(id: ClientId, rect: Rect, more: usize) -> Html {
    let Rect { x, y, width, height } = rect;
    let small = height < 40.0;
    let (prompt_x, prompt_y) = if small { (x + 7.0, y + 9.0) } else { (x + 11.0, y + 14.0) };
    let label = if more > 0 { format!("Client {id}, and {more} more") } else { format!("Client {id}") };
    let name = if more > 0 { format!("{id}…") } else { id.to_string() };
    html! {
        <g key={id.to_string()} class="client" role="img" aria-label={label.clone()} data-testid={format!("client-{id}")}>
            <title>{ label }</title>
            <rect x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="6" />
            if small {
                <path d={format!("M{prompt_x:.1} {prompt_y:.1} l5 5 l-5 5")} />
                <text x={px(x + 18.0)} y={px(y + 18.5)} class="cname">{ name }</text>
            } else {
                <path d={format!("M{prompt_x:.1} {prompt_y:.1} l5 5 l-5 5 M{:.1} {:.1} h7", x + 19.0, y + 25.0)} />
                <text x={px(x + 34.0)} y={px(y + 18.0)} class="cname">{ name }</text>
                <text x={px(x + 34.0)} y={px(y + 32.0)} class="csub">{ "client" }</text>
            }
        </g>
    }
}

/// The coordinator: one capsule for each of its nodes, which can be crashed and restarted by a click or by Enter.
pub(crate) fn coordinator(view: &View, layout: &Layout, act: &Callback<Act>) -> Html {
    let state = &view.coordinator;
    let alone = state.nodes.len() <= 1;
    let nodes = state.nodes.iter().filter_map(|node| {
        let rect = layout.coordinators.get(&node.id)?;
        let name = if alone { "Coordinator".to_owned() } else { format!("Coord. {}", node.id.0) };
        let (tone, doing) = doing(state, *node, view.servers.len(), alone);
        Some(capsule(*node, *rect, name, (tone, doing), act))
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
    name: String,
    (tone, doing): (&'static str, String),
    act: &Callback<Act>,
) -> Html {
    let Rect { x, y, width, height } = rect;
    let (verb, command) = if node.is_up {
        ("Crash", Command::CrashCoordinator { node: node.id })
    } else {
        ("Restart", Command::RestartCoordinator { node: node.id })
    };
    let give = {
        let act = act.clone();
        move || act.emit(Act::Apply(command.clone()))
    };
    let onclick = {
        let give = give.clone();
        Callback::from(move |_: MouseEvent| give())
    };
    let onkeydown = Callback::from(move |event: KeyboardEvent| {
        if matches!(event.key().as_str(), "Enter" | " ") {
            event.prevent_default();
            give();
        }
    });
    let label = format!("{name}: {doing}. {verb} it.");
    let slug = words::node_slug(NodeId::Coordinator(node.id));
    let middle = px(x + width / 2.0);
    html! {
        <g key={slug.clone()} class={classes!("coordinator", tone)} role="button" tabindex="0" aria-label={label.clone()}
            data-testid={format!("node-{slug}")} data-up={node.is_up.to_string()} {onclick} {onkeydown}>
            <title>{ label }</title>
            <rect class="halo" x={px(x - 4.0)} y={px(y - 4.0)} width={px(width + 8.0)} height={px(height + 8.0)} rx="26" />
            <rect class="body" x={px(x)} y={px(y)} width={px(width)} height={px(height)} rx="22" />
            <text class="cname" x={middle.clone()} y={px(y + 19.0)} text-anchor="middle">{ name }</text>
            <text class="csub" x={middle} y={px(y + 34.0)} text-anchor="middle">{ doing }</text>
        </g>
    }
}
