//! The dialog in which a person picks a side, and cuts it off from all others.

use std::collections::BTreeSet;

use yew::prelude::*;

use crate::sim::NodeId;
use crate::world::{Command, Direction, View};

use crate::app::act::Act;
use crate::app::dialogs::modal::Modal;
use crate::app::words::{self, Shared};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    pub(crate) act: Callback<Act>,
}

pub(crate) enum Msg {
    Toggle(NodeId),
    Direct(Direction),
    Cut,
}

pub(crate) struct PartitionDialog {
    side: BTreeSet<NodeId>,
    direction: Direction,
}

/// The directions in which a partition loses messages: a slug, and a sentence.
const DIRECTIONS: [(Direction, &str, &str); 3] = [
    (Direction::Both, "both", "They neither hear the others nor are heard."),
    (Direction::OutOf, "out", "They hear the others, and are not heard."),
    (Direction::Into, "in", "They are heard, and hear nothing."),
];

impl Component for PartitionDialog {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { side: BTreeSet::new(), direction: Direction::Both }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Toggle(node) => {
                if !self.side.remove(&node) {
                    self.side.insert(node);
                }
            }
            Msg::Direct(direction) => self.direction = direction,
            Msg::Cut => {
                let act = &ctx.props().act;
                let side = self.side.iter().copied().collect();
                act.emit(Act::CloseDialog);
                act.emit(Act::Apply(Command::Partition { side, direction: self.direction }));
            }
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { view, act } = ctx.props();
        let nodes = all(view);
        let is_possible = !self.side.is_empty() && self.side.len() < nodes.len();
        let boxes = nodes.iter().map(|(node, about)| {
            let node = *node;
            let slug = words::node_slug(node);
            html! {
                <label key={slug.clone()} class="side-choice">
                    <input type="checkbox" checked={self.side.contains(&node)} data-testid={format!("side-{slug}")}
                        onchange={ctx.link().callback(move |_| Msg::Toggle(node))} />
                    <b>{ node.to_string() }</b><small>{ about }</small>
                </label>
            }
        });
        let ways = DIRECTIONS.map(|(direction, slug, sentence)| {
            html! {
                <label key={slug} class="side-choice">
                    <input type="radio" name="direction" checked={self.direction == direction} data-testid={format!("direction-{slug}")}
                        onchange={ctx.link().callback(move |_| Msg::Direct(direction))} />
                    <span>{ sentence }</span>
                </label>
            }
        });
        html! {
            <Modal title="Partition" act={act.clone()}>
                <p class="note">{ "Choose the nodes to cut off from all the others. Dragging across the links on the stage does the same." }</p>
                <fieldset class="sides">
                    <legend>{ "Behind the wall" }</legend>
                    { for boxes }
                </fieldset>
                <fieldset class="directions">
                    <legend>{ "What gets through" }</legend>
                    { for ways }
                </fieldset>
                <div class="modal-actions">
                    <button class="primary" data-testid="partition-cut" disabled={!is_possible}
                        onclick={ctx.link().callback(|_| Msg::Cut)}>{ "Cut them off" }</button>
                </div>
            </Modal>
        }
    }
}

/// All nodes, each with a word about it.
fn all(view: &View) -> Vec<(NodeId, String)> {
    let servers = view
        .servers
        .iter()
        .map(|server| (NodeId::Server(server.id), format!("{} · {}", server.zone, words::state(server))));
    let coordinators =
        view.coordinator.nodes.iter().map(|node| (NodeId::Coordinator(node.id), "coordinator".to_owned()));
    let clients = view.clients.iter().map(|client| (NodeId::Client(client.id), "client".to_owned()));
    servers.chain(coordinators).chain(clients).collect()
}
