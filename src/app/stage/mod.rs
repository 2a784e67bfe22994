//! The stage: zones, servers, links, the coordinator and the client.

pub(crate) mod layout;
pub(crate) mod messages;
pub(crate) mod popover;
pub(crate) mod scene;
pub(crate) mod standing;
pub(crate) mod tools;
pub(crate) mod vessel;
pub(crate) mod wires;

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use crate::sim::{NodeId, ServerId};
use crate::world::{Role, ServerStatus, ServerView, View};

use crate::app::act::Act;
use crate::app::stage::layout::Layout;
use crate::app::words;
use crate::app::words::Shared;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    pub(crate) layout: Shared<Layout>,
    pub(crate) selected: Option<ServerId>,
    pub(crate) canvas: NodeRef,
    pub(crate) act: Callback<Act>,
}

/// Draws everything but the messages, and again only when something of it changed.
pub(crate) struct Stage;

impl Component for Stage {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { view, layout, selected, canvas, act } = ctx.props();
        let width = format!("{:.0}", layout.width);
        let height = format!("{:.0}", layout.height);
        let up = view.servers.iter().filter(|server| server.status == ServerStatus::Up).count();
        let label = format!("Cluster: {} servers, {up} up", view.servers.len());
        let sharded = words::is_sharded(view);
        let primary = view
            .servers
            .iter()
            .filter(|server| !sharded && server.status == ServerStatus::Up && server.role == Role::Primary)
            .max_by_key(|server| server.epoch)
            .map(|server| NodeId::Server(server.id));
        let close = {
            let act = act.clone();
            Callback::from(move |_: MouseEvent| act.emit(Act::Select(None)))
        };
        let opened = selected.and_then(|id| view.servers.iter().find(|server| server.id == id));
        html! {
            <div class="stage-box" style={format!("width:{width}px;height:{height}px")}>
                <svg class="stage" {width} {height} role="group" aria-label={label} data-testid="stage">
                    <rect key="ground" class="ground" width="100%" height="100%" onclick={close} />
                    <g key="zones">{ zones(layout) }</g>
                    <g key="wires">{ wires::draw(view, layout, primary, act) }</g>
                    <g key="clients">{ standing::clients(view, layout, primary) }</g>
                    <g key="coordinator">{ standing::coordinator(view, layout, act) }</g>
                    <g key="servers">
                        { for view.servers.iter().map(|server| vessel::draw(server, layout, sharded, *selected == Some(server.id), act)) }
                    </g>
                    <g key="waits">{ for view.servers.iter().filter_map(|server| waiting(server, layout)) }</g>
                </svg>
                <canvas key="messages" class="messages" ref={canvas.clone()} aria-hidden="true"></canvas>
                if let Some(server) = opened {
                    <popover::Popover key="popover" server={server.clone()} policy={view.policy}
                        layout={layout.clone()} act={act.clone()} />
                }
            </div>
        }
    }
}

impl Stage {
    /// The canvas over the stage, once it is there.
    pub(crate) fn canvas(canvas: &NodeRef) -> Option<HtmlCanvasElement> {
        canvas.cast::<HtmlCanvasElement>()
    }
}

fn zones(layout: &Layout) -> Html {
    layout
        .zones
        .iter()
        .map(|(zone, rect)| {
            // At the outer side, where no link of the coordinator crosses it.
            let outer = rect.x > 1.0 && rect.x + rect.width / 2.0 > layout.width / 2.0 + 1.0;
            let (x, anchor) = if outer { (rect.right() - 18.0, "end") } else { (rect.x + 18.0, "start") };
            html! {
                <g key={zone.to_string()} class="zone">
                    <rect x={rect.x.to_string()} y={rect.y.to_string()} width={rect.width.to_string()}
                        height={rect.height.to_string()} rx="20" />
                    <text x={x.to_string()} y={(rect.y + 23.0).to_string()} text-anchor={anchor}>{ zone.to_string() }</text>
                </g>
            }
        })
        .collect()
}

fn waiting(server: &ServerView, layout: &Layout) -> Option<Html> {
    let waiting = server.waiting.as_ref()?;
    let place = layout.wait_box(server.id)?;
    let rect = place.rect;
    let title = match (&waiting.next_file, waiting.queued) {
        (Some(_), more) if more > 1 => format!("{more} updates wait"),
        (Some(_), _) if rect.width < 200.0 => "Next update waits".to_owned(),
        (Some(file), _) => format!("Update of {} waits", crate::app::words::fit(file, 11)),
        (None, _) => "The client's ok waits".to_owned(),
    };
    let left = waiting.acks_needed.saturating_sub(waiting.acks);
    let acks = if left == 1 { "ack" } else { "acks" };
    let detail = format!("for {left} {acks} of {} · window {}", waiting.acks_needed, waiting.window);
    let missing: Vec<String> = waiting.missing.iter().map(ToString::to_string).collect();
    Some(html! {
        <g key={server.id.to_string()} class="wait" data-testid={format!("waiting-{}", server.id)}>
            <title>{ format!("No ack yet from {}", missing.join(", ")) }</title>
            <path d={format!("M{:.1} {:.1} L{:.1} {:.1}", place.from.x, place.from.y, place.to.x, place.to.y)} />
            <rect x={rect.x.to_string()} y={rect.y.to_string()} width={rect.width.to_string()}
                height={rect.height.to_string()} rx="10" />
            <text x={(rect.x + 13.0).to_string()} y={(rect.y + 20.0).to_string()}>{ title }</text>
            <text class="sub" x={(rect.x + 13.0).to_string()} y={(rect.y + 36.0).to_string()}>{ detail }</text>
        </g>
    })
}
