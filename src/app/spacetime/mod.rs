//! The space-time diagram: a view of the same moment in which time is an axis, beside the stage.

pub(crate) mod bar;
pub(crate) mod card;
pub(crate) mod draw;
pub(crate) mod export;
pub(crate) mod frame;
pub(crate) mod labels;
pub(crate) mod legend;
pub(crate) mod options;
pub(crate) mod picture;
pub(crate) mod scale;
pub(crate) mod shapes;
pub(crate) mod state;
pub(crate) mod trace;

use web_sys::Element;
use yew::prelude::*;

use self::options::Filter;
use self::picture::Picture;
use self::trace::Trace;
use crate::app::act::Act;
use crate::app::words::Shared;
use crate::session::Loss;
use crate::sim::{EventId, NodeId, Time};

/// What stands at the beginning of a line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LaneRole {
    pub(crate) node: NodeId,
    pub(crate) name: String,
    /// What the node is now.
    pub(crate) role: String,
    /// When that changed.
    pub(crate) change: Option<String>,
}

/// How a moment is looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum View {
    #[default]
    Stage,
    SpaceTime,
}

/// What can be done with the diagram.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SpaceTimeAct {
    Show(View),
    /// Shows the other view.
    Turn,
    /// Looks at a little more of what is to come.
    Look,
    Hover(Option<EventId>),
    Pin(Option<EventId>),
    /// Selects the cause of the selected event, or what it caused.
    Cause,
    Effect,
    /// Selects the nearest event on the line before, or after.
    Lane(bool),
    /// Zooms in, or out.
    Zoom(bool),
    /// Moves the window by so many pixels.
    Pan(f64),
    Filter(Filter),
    Heartbeats,
    Fold,
    /// Makes the selected event the present moment.
    Go,
    Export,
    /// Asks why a file is lost, at the moment at which its loss was carried out.
    Why(String, Time),
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) picture: Shared<Picture>,
    pub(crate) pinned: Option<Shared<Trace>>,
    pub(crate) hovered: Option<Shared<Trace>>,
    pub(crate) filter: Filter,
    pub(crate) roles: Vec<LaneRole>,
    pub(crate) losses: Vec<Loss>,
    pub(crate) now: Time,
    pub(crate) act: Callback<Act>,
}

/// Where the pointer went down, and whether it has moved since.
struct Drag {
    last: f64,
    moved: f64,
}

/// Draws the diagram, and turns the pointer and the keys into what they mean there.
pub(crate) struct SpaceTime {
    svg: NodeRef,
    room: NodeRef,
    /// Whether the selected event is another one than before.
    is_to_scroll: bool,
    drag: Option<Drag>,
    hovered: Option<EventId>,
}

/// What the pointer did.
pub(crate) enum Pointer {
    Down(MouseEvent),
    Move(MouseEvent),
    Up(MouseEvent),
    Leave,
}

/// How far the pointer may move between down and up for a click.
const CLICK: f64 = 4.0;

impl Component for SpaceTime {
    type Message = Pointer;
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self { svg: NodeRef::default(), room: NodeRef::default(), is_to_scroll: false, drag: None, hovered: None }
    }

    fn update(&mut self, ctx: &Context<Self>, pointer: Pointer) -> bool {
        let Props { picture, act, .. } = ctx.props();
        let emit = |what| act.emit(Act::SpaceTime(what));
        match pointer {
            Pointer::Down(event) => {
                let (x, y) = self.place(&event);
                self.drag = (event.button() == 0).then(|| Drag { last: picture.frame.along(x, y), moved: 0.0 });
            }
            Pointer::Move(event) => {
                let (x, y) = self.place(&event);
                let along = picture.frame.along(x, y);
                // Without a button the drag has ended outside.
                if event.buttons() == 0 {
                    self.drag = None;
                }
                if let Some(drag) = &mut self.drag {
                    drag.moved += (along - drag.last).abs();
                    let by = drag.last - along;
                    drag.last = along;
                    if drag.moved > CLICK {
                        emit(SpaceTimeAct::Pan(by));
                    }
                } else {
                    let found = picture.nearest(x, y);
                    if found != self.hovered {
                        self.hovered = found;
                        emit(SpaceTimeAct::Hover(found));
                    }
                }
            }
            Pointer::Up(event) => {
                if self.drag.take().is_some_and(|drag| drag.moved <= CLICK) {
                    let (x, y) = self.place(&event);
                    emit(SpaceTimeAct::Pin(picture.nearest(x, y)));
                }
            }
            Pointer::Leave => {
                if self.hovered.take().is_some() {
                    emit(SpaceTimeAct::Hover(None));
                }
            }
        }
        false
    }

    fn changed(&mut self, ctx: &Context<Self>, before: &Props) -> bool {
        let event = |props: &Props| props.pinned.as_ref().map(|trace| trace.event);
        self.is_to_scroll |= event(ctx.props()) != event(before);
        true
    }

    /// Where the drawing is larger than its room, the selected event comes into sight.
    fn rendered(&mut self, ctx: &Context<Self>, _: bool) {
        let Props { picture, pinned, .. } = ctx.props();
        let mark = pinned.as_ref().and_then(|trace| picture.mark_of(trace.event));
        if let (true, Some(mark), Some(room)) = (self.is_to_scroll, mark, self.room.cast::<Element>()) {
            // A drawing has some thousand pixels at most.
            #[allow(clippy::cast_possible_truncation)]
            let (x, y) = (mark.x as i32, mark.y as i32);
            room.set_scroll_top(y - room.client_height() / 2);
            room.set_scroll_left(x - room.client_width() / 2);
        }
        self.is_to_scroll = false;
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { picture, pinned, hovered, filter, roles, losses, now, act } = ctx.props();
        let (frame, link) = (&picture.frame, ctx.link());
        let clock = |at: Time| (Time::ZERO + at.since(picture.zero)).to_string();
        let label = format!(
            "Space-time diagram from {} to {}: {} lines, {} messages",
            clock(picture.diagram.from),
            clock(picture.diagram.to),
            picture.diagram.lanes.len(),
            picture.arrows.len()
        );
        let (width, height) = (format!("{:.0}", frame.width), format!("{:.0}", frame.height));
        let (x, y, inner_width, inner_height) =
            frame.rect((frame.time.0, frame.time.1 + 8.0), (frame.across.0 - 6.0, frame.across.1 + 6.0));
        let is_dim = pinned.is_some() && matches!(filter, Filter::Past | Filter::PastAndFuture);
        let preview =
            hovered.as_ref().filter(|hovered| pinned.as_ref().is_none_or(|pinned| pinned.event != hovered.event));
        let onkeydown = {
            let act = act.clone();
            Callback::from(move |event: KeyboardEvent| {
                if event.ctrl_key() || event.meta_key() || event.alt_key() {
                    return;
                }
                if let Some(what) = key(&event.key()) {
                    // Elsewhere these keys move the clock.
                    event.prevent_default();
                    act.emit(Act::SpaceTime(what));
                }
            })
        };
        html! {
            <div class="spacetime" ref={self.room.clone()} tabindex="0" role="group" data-testid="spacetime" {onkeydown}
                aria-label="Space-time diagram. Left and right follow causes, up and down change lines, Enter goes to the moment, Escape lets go, plus and minus zoom.">
                <svg key="svg" id="spacetime-svg" class={classes!("dia", is_dim.then_some("dim"))} {width} {height} role="img" aria-label={label} ref={self.svg.clone()}
                    onmousedown={link.callback(Pointer::Down)} onmousemove={link.callback(Pointer::Move)}
                    onmouseup={link.callback(Pointer::Up)} onmouseleave={link.callback(|_| Pointer::Leave)}>
                    <defs key="defs"><clipPath id="spacetime-inner">
                        <rect x={format!("{x:.1}")} y={format!("{y:.1}")} width={format!("{inner_width:.1}")} height={format!("{inner_height:.1}")} />
                    </clipPath></defs>
                    <rect key="back" class="back" width="100%" height="100%" />
                    <draw::Ground key="ground" picture={picture.clone()} roles={roles.clone()} losses={losses.clone()} />
                    if let Some(trace) = preview {
                        <Lit key="preview" picture={picture.clone()} trace={trace.clone()} preview={true} />
                    }
                    if let Some(trace) = pinned {
                        <Lit key="pinned" picture={picture.clone()} trace={trace.clone()} preview={false} />
                    }
                    <g key="now">{ draw::now(picture, *now) }</g>
                </svg>
            </div>
        }
    }
}

impl SpaceTime {
    /// Where the pointer is in the drawing.
    fn place(&self, event: &MouseEvent) -> (f64, f64) {
        let Some(svg) = self.svg.cast::<Element>() else { return (0.0, 0.0) };
        let corner = svg.get_bounding_client_rect();
        (f64::from(event.client_x()) - corner.left(), f64::from(event.client_y()) - corner.top())
    }
}

/// What a key means in the diagram.
fn key(key: &str) -> Option<SpaceTimeAct> {
    Some(match key {
        "ArrowLeft" => SpaceTimeAct::Cause,
        "ArrowRight" => SpaceTimeAct::Effect,
        "ArrowUp" => SpaceTimeAct::Lane(false),
        "ArrowDown" => SpaceTimeAct::Lane(true),
        "Enter" => SpaceTimeAct::Go,
        "Escape" => SpaceTimeAct::Pin(None),
        "+" | "=" => SpaceTimeAct::Zoom(true),
        "-" | "−" => SpaceTimeAct::Zoom(false),
        _ => return None,
    })
}

#[derive(Clone, PartialEq, Properties)]
struct LitProps {
    picture: Shared<Picture>,
    trace: Shared<Trace>,
    preview: bool,
}

/// What is lit for one event; drawn again only when something of it changed.
#[component]
fn Lit(LitProps { picture, trace, preview }: &LitProps) -> Html {
    draw::lit(picture, trace, *preview)
}
