//! Dragging on the stage: a server or a zone to another place, or a stroke over links that cuts them.

use wasm_bindgen::JsCast;
use web_sys::Element;
use yew::prelude::*;

use crate::sim::{ServerId, ZoneId};
use crate::world::View;

use crate::app::act::Act;
use crate::app::stage::arrangement::Move;
use crate::app::stage::geometry::Point;
use crate::app::stage::layout::{Density, Layout};
use crate::app::stage::wall;

/// How far the pointer goes before a press is a drag, in pixels.
const SLACK: f64 = 6.0;

/// What is dragged.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Dragged {
    Server(ServerId),
    Zone(ZoneId),
    /// The points of a stroke, on the stage.
    Stroke(Vec<Point>),
}

/// A press of the pointer that may become a drag.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Drag {
    pub(crate) what: Dragged,
    /// Where the pointer went down and where it is, in pixels of the window.
    start: Point,
    now: Point,
    scale: f64,
    moves: bool,
}

fn at(event: &PointerEvent) -> Point {
    Point { x: f64::from(event.client_x()), y: f64::from(event.client_y()) }
}

impl Drag {
    /// A press of the main button of a mouse or pen, or of the first finger. A finger that goes up or down scrolls, which
    /// the browser tells by taking the pointer away; one that sets out sideways drags, wherever it goes then.
    pub(crate) fn begin(event: &PointerEvent, layout: &Layout) -> Option<Self> {
        if event.button() != 0 || !event.is_primary() {
            return None;
        }
        let element: Element = event.target()?.dyn_into().ok()?;
        let within = |css: &str| element.closest(css).ok().flatten();
        let number = |element: &Element, name: &str| element.get_attribute(name).and_then(|number| number.parse().ok());
        let is_full = layout.density == Density::Full;
        let what = if let Some(server) = within("[data-server]") {
            Dragged::Server(ServerId(number(&server, "data-server").filter(|_| is_full)?))
        } else if within(".zone-name").is_some() {
            Dragged::Zone(ZoneId(u8::try_from(number(&within("[data-zone]")?, "data-zone")?).ok()?))
        } else if is_full && within(".ground, .field, .wire, .capsule").is_some() {
            Dragged::Stroke(Vec::new())
        } else {
            return None;
        };
        Some(Self { what, start: at(event), now: at(event), scale: layout.scale, moves: false })
    }

    /// Whether the pointer has gone far enough.
    pub(crate) fn moves(&self) -> bool {
        self.moves
    }

    /// How far it went, in units of the stage.
    pub(crate) fn by(&self) -> Point {
        Point { x: (self.now.x - self.start.x) / self.scale, y: (self.now.y - self.start.y) / self.scale }
    }

    /// Follows the pointer; says whether there is something to draw.
    pub(crate) fn go_on(&mut self, event: &PointerEvent, svg: &NodeRef) -> bool {
        self.now = at(event);
        let Some(svg) = svg.cast::<Element>() else { return false };
        if !self.moves && self.now.distance(self.start) > SLACK {
            self.moves = true;
            // What follows comes here even over other things, and the click that ends it is no click on one of them.
            svg.set_pointer_capture(event.pointer_id()).ok();
        }
        if let Dragged::Stroke(points) = &mut self.what
            && self.moves
        {
            let frame = svg.get_bounding_client_rect();
            let on_stage =
                |at: Point| Point { x: (at.x - frame.left()) / self.scale, y: (at.y - frame.top()) / self.scale };
            if points.is_empty() {
                points.push(on_stage(self.start));
            }
            points.push(on_stage(self.now));
        }
        self.moves
    }

    /// What the drag does, now that it ends.
    pub(crate) fn end(self, event: &PointerEvent, view: &View, layout: &Layout) -> Vec<Act> {
        if !self.moves {
            return Vec::new();
        }
        let by = self.by();
        match self.what {
            Dragged::Server(server) => vec![Act::Arrange(Move::Server(server, by))],
            Dragged::Zone(zone) => {
                let dropped_on = element_under(event).and_then(|element| {
                    let found = element.closest("[data-zone]").ok().flatten()?;
                    found.get_attribute("data-zone")?.parse().ok().map(ZoneId)
                });
                // Over a server the zone is that of the place.
                let found = layout.zones.iter().find(|(id, _)| *id == zone);
                let centre = found.map(|(_, rect)| rect.moved(by).centre());
                let below = centre.and_then(|centre| layout.zones.iter().find(|(_, rect)| rect.contains(centre)));
                let other = dropped_on.filter(|other| *other != zone).or(below.map(|(other, _)| *other));
                other
                    .filter(|other| *other != zone)
                    .map(|other| Act::Arrange(Move::Zones(zone, other)))
                    .into_iter()
                    .collect()
            }
            Dragged::Stroke(points) => wall::cut_by(&points, view, layout).into_iter().map(Act::Apply).collect(),
        }
    }
}

fn element_under(event: &PointerEvent) -> Option<Element> {
    let document = crate::app::browser::dom::document()?;
    // A window is some thousands of pixels wide.
    #[allow(clippy::cast_precision_loss)]
    document.element_from_point(event.client_x() as f32, event.client_y() as f32)
}
