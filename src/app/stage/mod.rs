//! The stage: zones, servers, links, the coordinator and the clients.

pub(crate) mod arrangement;
mod boxes;
mod bundles;
mod drag;
pub(crate) mod geometry;
pub(crate) mod layout;
mod legend;
mod menu;
pub(crate) mod messages;
mod opener;
pub(crate) mod picture;
mod popover;
pub(crate) mod ripple;
pub(crate) mod scene;
pub(crate) mod service;
mod standing;
mod target;
mod text;
pub(crate) mod tools;
mod vessel;
mod wall;
mod wires;

use web_sys::HtmlCanvasElement;
use yew::prelude::*;

use crate::check::Operations;
use crate::sim::{NodeId, ServerId, Time};
use crate::world::{Role, ServerStatus, ServerView, View};

use crate::app::act::Act;
use crate::app::stage::boxes::ServerBox;
use crate::app::stage::drag::{Drag, Dragged};
use crate::app::stage::layout::{Density, Layout, Rect};
use crate::app::stage::opener::{Go, Opener};
use crate::app::stage::target::Target;
use crate::app::stage::text::Font;
use crate::app::stage::vessel::{Vessel, px};
use crate::app::stage::wires::Wires;
use crate::app::words;
use crate::app::words::Shared;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) view: Shared<View>,
    pub(crate) layout: Shared<Layout>,
    pub(crate) selected: Option<ServerId>,
    pub(crate) canvas: NodeRef,
    pub(crate) act: Callback<Act>,
    /// When the learner entered: the visible clock's 0.
    #[prop_or_default]
    pub(crate) start: Time,
    /// What became of the calls of services, if there are services.
    #[prop_or_default]
    pub(crate) calls: Option<Operations>,
}

pub(crate) enum Msg {
    /// Opens a menu, or closes it.
    Go(Option<Target>),
    /// The pointer goes down, moves, comes up, or is taken away.
    Down(PointerEvent),
    Move(PointerEvent),
    Up(PointerEvent),
    Cancel,
}

/// Draws everything but the messages, and again only when something of it changed.
pub(crate) struct Stage {
    /// The menu that is open, if it is not that of a server: that one is the page's to know.
    menu: Option<Target>,
    drag: Option<Drag>,
    svg: NodeRef,
}

impl Component for Stage {
    type Message = Msg;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { menu: None, drag: None, svg: NodeRef::default() }
    }

    fn changed(&mut self, ctx: &Context<Self>, old: &Props) -> bool {
        let selected = ctx.props().selected;
        if selected != old.selected && (selected.is_some() || matches!(self.menu, Some(Target::Server(_)))) {
            self.menu = None;
        }
        true
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        let Props { act, selected, view, layout, .. } = ctx.props();
        match msg {
            Msg::Go(target) => {
                let server = match target {
                    Some(Target::Server(server)) => Some(server),
                    _ => None,
                };
                if *selected != server {
                    act.emit(Act::Select(server));
                }
                self.menu = target.filter(|_| server.is_none());
            }
            Msg::Down(event) => {
                self.drag = Drag::begin(&event, layout);
                return false;
            }
            Msg::Move(event) => {
                let Some(drag) = &mut self.drag else { return false };
                return drag.go_on(&event, &self.svg);
            }
            Msg::Up(event) => {
                let Some(drag) = self.drag.take() else { return false };
                for message in drag.end(&event, view, layout) {
                    act.emit(message);
                }
            }
            Msg::Cancel => return self.drag.take().is_some(),
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { view, layout, canvas, act, start, calls, .. } = ctx.props();
        let go = ctx.link().callback(Msg::Go);
        let open = self.open(ctx.props());
        let width = format!("{:.0}", layout.width * layout.scale);
        let height = format!("{:.0}", layout.height * layout.scale);
        let up = view.servers.iter().filter(|server| server.status == ServerStatus::Up).count();
        let label = format!("Cluster: {} servers, {up} up", view.servers.len());
        let sharded = words::is_sharded(view);
        let serves = layout.capsule.is_some();
        let primary = primary(view, sharded).filter(|_| !serves);
        let asked: Vec<NodeId> = match primary {
            _ if serves => service::serving(view).into_iter().map(NodeId::Server).collect(),
            primary => primary.into_iter().collect(),
        };
        let ways = wires::update_ways(view, primary);
        let close = {
            let go = go.clone();
            Callback::from(move |_: MouseEvent| go.emit(None))
        };
        let handler = |make: fn(PointerEvent) -> Msg| ctx.link().callback(make);
        html! {
            <div class={classes!("stage-box", self.drag.as_ref().is_some_and(Drag::moves).then_some("arranging"))}
                style={format!("width:{width}px;height:{height}px")}>
                <svg class="stage" {width} {height} viewBox={format!("0 0 {:.1} {:.1}", layout.width, layout.height)} role="group"
                    aria-label={label} data-testid="stage" data-density={density(layout)} ref={self.svg.clone()}
                    onpointerdown={handler(Msg::Down)} onpointermove={handler(Msg::Move)} onpointerup={handler(Msg::Up)}
                    onpointercancel={handler(|_| Msg::Cancel)}>
                    { hatch() }
                    <rect key="ground" class="ground" width="100%" height="100%" onclick={close} />
                    <g key="zones">{ zones(view, layout, open.as_ref(), &go) }</g>
                    if let Some(capsule) = layout.capsule {
                        <g key="service">{ service::capsule(view, capsule, calls.as_ref()) }</g>
                    }
                    <Wires key="wires" view={view.clone()} layout={layout.clone()} {ways} start={*start}
                        open={open.clone().filter(|open| matches!(open, Target::Link(..)))} go={go.clone()} act={act.clone()} />
                    <g key="clients">{ standing::clients(view, layout, &asked, open.as_ref(), &go) }</g>
                    <g key="coordinator">{ standing::coordinator(view, layout, open.as_ref(), &go) }</g>
                    <g key="servers">{ servers(view, layout, sharded, open.as_ref(), &go) }</g>
                    <g key="waits">{ for view.servers.iter().filter_map(|server| waiting(server, layout)) }</g>
                    <g key="drag">{ self.drag.as_ref().map(|drag| ghost(drag, layout)).unwrap_or_default() }</g>
                </svg>
                <canvas key="messages" class="messages" ref={canvas.clone()} aria-hidden="true"></canvas>
                if let Some(target) = open {
                    <popover::Popover key="popover" {target} view={view.clone()} layout={layout.clone()} {go} act={act.clone()} />
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

    fn open(&self, props: &Props) -> Option<Target> {
        self.menu.clone().or_else(|| props.selected.map(Target::Server))
    }
}

fn density(layout: &Layout) -> &'static str {
    match layout.density {
        Density::Full => "full",
        Density::Compact => "compact",
        Density::Heat => "heat",
    }
}

/// The server that gets the updates, as the one with the highest epoch believes.
fn primary(view: &View, sharded: bool) -> Option<NodeId> {
    view.servers
        .iter()
        .filter(|server| !sharded && server.status == ServerStatus::Up && server.role == Role::Primary)
        .max_by_key(|server| server.epoch)
        .map(|server| NodeId::Server(server.id))
}

/// The hatch of walls.
fn hatch() -> Html {
    html! {
        <defs key="hatch">
            <pattern id="wall-hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
                <path class="wall-stroke" d="M0 0 V6" />
            </pattern>
        </defs>
    }
}

fn servers(view: &Shared<View>, layout: &Layout, sharded: bool, open: Option<&Target>, go: &Go) -> Html {
    let places = view.servers.iter().enumerate();
    let places = places.filter_map(|(index, server)| Some((index, server.id, *layout.servers.get(&server.id)?)));
    let is_open = |id: ServerId| open.is_some_and(|open| *open == Target::Server(id));
    let newest = boxes::newest(view);
    match layout.density {
        Density::Full => places
            .map(|(index, id, rect)| {
                html! {
                    <Vessel key={id.to_string()} view={view.clone()} {index} {rect} most_copies={layout.most_copies} {sharded}
                        open={is_open(id)} serves={layout.capsule.is_some()} go={go.clone()} />
                }
            })
            .collect(),
        Density::Compact => places
            .map(|(index, id, rect)| {
                html! {
                    <ServerBox key={id.to_string()} view={view.clone()} {index} {newest} {rect} open={is_open(id)} go={go.clone()} />
                }
            })
            .collect(),
        Density::Heat => {
            let places: Vec<(usize, Rect)> = places.map(|(index, _, rect)| (index, rect)).collect();
            boxes::cells(view, &places, newest)
        }
    }
}

fn zones(view: &View, layout: &Layout, open: Option<&Target>, go: &Go) -> Html {
    let newest = boxes::newest(view);
    layout
        .zones
        .iter()
        .map(|(zone, rect)| {
            let outer = layout.is_named_at_the_right(rect);
            let (x, anchor) = if outer { (rect.right() - 18.0, "end") } else { (rect.x + 18.0, "start") };
            let target = Target::Zone(*zone);
            let is_open = open == Some(&target);
            let Opener { onclick, oncontextmenu, onkeydown } = Opener::new(&target, is_open, go);
            let name = zone.to_string();
            let name_width = text::width(&name, Font::ROLE) + 20.0;
            let name_x = if outer { x - name_width + 10.0 } else { x - 10.0 };
            let tally = (layout.density != Density::Full).then(|| boxes::tally(view, *zone, newest));
            let room = rect.width - name_width - 40.0;
            let tally = tally.filter(|_| room > 60.0).map(|tally| text::fit(&tally, Font::FILE, room));
            html! {
                <g key={name.clone()} class={classes!("zone", is_open.then_some("open"))} data-zone={zone.0.to_string()}>
                    <rect class="field" x={px(rect.x)} y={px(rect.y)} width={px(rect.width)} height={px(rect.height)} rx="20" />
                    <g class="zone-name" role="button" tabindex="0" aria-haspopup="dialog" aria-expanded={is_open.to_string()}
                        aria-label={format!("{name}. Open its actions.")} data-testid={target.slug()} data-target={target.slug()}
                        {onclick} {oncontextmenu} {onkeydown}>
                        <rect class="halo" x={px(name_x)} y={px(rect.y + 6.0)} width={px(name_width)} height="25" rx="8" />
                        <text x={px(x)} y={px(rect.y + 23.0)} text-anchor={anchor}>{ name.clone() }</text>
                    </g>
                    if let Some(tally) = tally {
                        <text class="tally-text" x={px(rect.right() - 18.0)} y={px(rect.y + 23.0)} text-anchor="end">{ tally }</text>
                    }
                </g>
            }
        })
        .collect()
}

/// What is being dragged, where it would come to lie; or the stroke that would cut.
fn ghost(drag: &Drag, layout: &Layout) -> Html {
    if !drag.moves() {
        return Html::default();
    }
    let by = drag.by();
    let frame = |rect: Rect| {
        let rect = rect.moved(by);
        html! {
            <rect class="ghost" x={px(rect.x)} y={px(rect.y)} width={px(rect.width)} height={px(rect.height)} rx="14" />
        }
    };
    match &drag.what {
        Dragged::Server(server) => layout.servers.get(server).copied().map(frame).unwrap_or_default(),
        Dragged::Zone(zone) => {
            let found = layout.zones.iter().find(|(id, _)| id == zone);
            found.map(|(_, rect)| frame(*rect)).unwrap_or_default()
        }
        Dragged::Stroke(points) => {
            let points: Vec<String> = points.iter().map(|at| format!("{:.1},{:.1}", at.x, at.y)).collect();
            html! { <polyline class="stroke" points={points.join(" ")} /> }
        }
    }
}

fn waiting(server: &ServerView, layout: &Layout) -> Option<Html> {
    let waiting = server.waiting.as_ref()?;
    let place = layout.wait_box(server.id)?;
    let rect = place.rect;
    let room = rect.width - 26.0;
    let title = match (&waiting.next_file, waiting.queued) {
        (Some(_), more) if more > 1 => format!("{more} updates wait"),
        (Some(_), _) if rect.width < 200.0 => "Next update waits".to_owned(),
        (Some(file), _) => {
            let rest = text::width("Update of  waits", Font::TITLE);
            format!("Update of {} waits", text::fit(file, Font::TITLE, room - rest))
        }
        (None, _) => "The client's ok waits".to_owned(),
    };
    let left = waiting.acks_needed.saturating_sub(waiting.acks);
    let acks = if left == 1 { "ack" } else { "acks" };
    let needs = format!("for {left} more {acks}");
    let detail = format!("{needs} · window {}", waiting.window);
    let detail = if text::width(&detail, Font::FILE) > room { text::fit(&needs, Font::FILE, room) } else { detail };
    let missing: Vec<String> = waiting.missing.iter().map(ToString::to_string).collect();
    Some(html! {
        <g key={server.id.to_string()} class="wait" data-testid={format!("waiting-{}", server.id)}>
            <title>{ format!("No ack yet from {}", missing.join(", ")) }</title>
            <path d={format!("M{:.1} {:.1} L{:.1} {:.1}", place.from.x, place.from.y, place.to.x, place.to.y)} />
            <rect x={px(rect.x)} y={px(rect.y)} width={px(rect.width)} height={px(rect.height)} rx="10" />
            <text x={px(rect.x + 13.0)} y={px(rect.y + 20.0)}>{ title }</text>
            <text class="sub" x={px(rect.x + 13.0)} y={px(rect.y + 36.0)}>{ detail }</text>
        </g>
    })
}
