//! Where everything stands on the stage: a pure function of the servers and the room there is.
//!
//! Distances are units of the stage: CSS pixels, times the scale by which the stage grows on a big screen. Where there
//! is less room the servers are rearranged, never shrunk; where there are many, a server is a box, or a cell.

mod grid;
mod ways;

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::{ClientId, CoordinatorId, NodeId, ServerId, ZoneId};

use crate::app::stage::arrangement::Arrangement;
pub(crate) use crate::app::stage::geometry::{Point, Rect, Way};
use grid::Plan;

/// What the layout needs to know of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Guest {
    pub(crate) id: ServerId,
    pub(crate) zone: ZoneId,
    pub(crate) copies: usize,
}

/// Who stands in the strip between the zones.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Strip {
    pub(crate) clients: u16,
    pub(crate) coordinators: u8,
}

/// How much is told of a server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Density {
    /// A vessel with its copies.
    #[default]
    Full,
    /// A box with a name, a state or a lag, and a bar.
    Compact,
    /// A cell of its zone, whose shade says how it does.
    Heat,
}

/// The most servers that are shown as vessels, and as boxes.
pub(crate) const MOST_FULL: usize = 12;
const MOST_COMPACT: usize = 50;
/// The most servers that are boxes if somebody wants it.
pub(crate) const MOST_BOXES: usize = 200;

/// What a person or a cluster asks of the layout, besides who is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Wishes {
    /// How the zones and servers were moved by hand.
    pub(crate) arrangement: Arrangement,
    /// How many services the cluster runs, if it runs nothing else: they are drawn round their instances.
    pub(crate) services: usize,
}

/// Where a waiting box goes beside its primary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WaitBox {
    pub(crate) rect: Rect,
    /// The line that joins it with the vessel.
    pub(crate) from: Point,
    pub(crate) to: Point,
}

/// The whole stage.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Layout {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// How many CSS pixels a unit is.
    pub(crate) scale: f64,
    pub(crate) density: Density,
    pub(crate) zones: Vec<(ZoneId, Rect)>,
    pub(crate) servers: BTreeMap<ServerId, Rect>,
    /// The zone of each server.
    pub(crate) zone_of: BTreeMap<ServerId, ZoneId>,
    /// The nodes of the coordinator.
    pub(crate) coordinators: BTreeMap<CoordinatorId, Rect>,
    /// The clients, as many as there is room for: the last box stands for all that follow.
    pub(crate) clients: BTreeMap<ClientId, Rect>,
    /// How many copies a vessel shows before it says how many more there are; none are counted instead.
    pub(crate) most_copies: usize,
    /// The capsule round the instances of the services, if the cluster runs nothing else.
    pub(crate) capsule: Option<Capsule>,
    /// The ways between the nodes of a stage with vessels, from the smaller node to the greater.
    ways: BTreeMap<(NodeId, NodeId), Way>,
    /// The pairs between which no way was found that keeps clear of what stands between them.
    blocked: BTreeSet<(NodeId, NodeId)>,
}

impl Default for Layout {
    fn default() -> Self {
        Self {
            width: 0.0,
            height: 0.0,
            scale: 1.0,
            density: Density::Full,
            zones: Vec::new(),
            servers: BTreeMap::new(),
            zone_of: BTreeMap::new(),
            coordinators: BTreeMap::new(),
            clients: BTreeMap::new(),
            most_copies: 0,
            capsule: None,
            ways: BTreeMap::new(),
            blocked: BTreeSet::new(),
        }
    }
}

/// What is drawn round the instances of services.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Capsule {
    pub(crate) rect: Rect,
    /// Where the figures of the services stand.
    pub(crate) figures: Rect,
}

/// Height of a vessel's lid, with its name.
pub(crate) const LID: f64 = 40.0;
/// Height of a copy's tile, and the way from one tile to the next.
pub(crate) const TILE: f64 = 26.0;
pub(crate) const TILE_PITCH: f64 = 31.0;

/// Below this width the first row keeps to the left and the coordinator to the right, so that links and messages do
/// not run over the coordinator.
pub(crate) const NARROW: f64 = 600.0;

/// The strip between the first row of zones and the rest, in which the coordinator and the client stand.
const STRIP: f64 = 72.0;
const NODE_GAP: f64 = 8.0;
/// The box of a client where there are several.
const SMALL_CLIENT: (f64, f64) = (56.0, 28.0);
const WAIT: (f64, f64) = (206.0, 46.0);
const NARROW_WAIT: (f64, f64) = (180.0, 44.0);
/// Below this width of a vessel its waiting box is narrow too.
const SLIM: f64 = 170.0;
/// How far above or below its vessel a waiting box goes where a link passes close to it.
const FURTHER: f64 = 28.0;

/// A small count as a number of pixels' worth.
#[allow(clippy::cast_precision_loss)]
pub(crate) fn count(number: usize) -> f64 {
    number as f64
}

/// Lays out the stage in the room given; where that is too low the stage grows beyond it and scrolls.
#[allow(dead_code)]
pub(crate) fn lay_out(guests: &[Guest], strip: Strip, width: f64, height: f64) -> Layout {
    lay_out_with(guests, strip, width, height, &Wishes::default())
}

/// Lays out the stage as it was arranged by hand, and as the cluster asks for it.
pub(crate) fn lay_out_with(guests: &[Guest], strip: Strip, width: f64, height: f64, wishes: &Wishes) -> Layout {
    let room = Plan::room(strip, width, height);
    let mut layout = grid::best(guests, &room, wishes);
    wishes.arrangement.apply(&mut layout);
    layout.find_ways();
    layout
}

/// The coordinator in the middle, or to the right where it is narrow, and the clients to the left.
fn place_strip(layout: &mut Layout, strip: Strip, (margin, middle): (f64, f64)) {
    let narrow = layout.width < NARROW;
    let node_width = match (strip.coordinators, narrow) {
        (0 | 1, _) => 148.0,
        (2..=3, true) => 80.0,
        (_, true) => 60.0,
        (_, false) => 112.0,
    };
    let nodes = strip.coordinators.max(1);
    let pitch = node_width + NODE_GAP;
    let all = f64::from(nodes) * pitch - NODE_GAP;
    let left = if narrow { layout.width - margin - all } else { (layout.width - all) / 2.0 };
    for node in 0..nodes {
        let rect = Rect { x: left + f64::from(node) * pitch, y: middle - 26.0, width: node_width, height: 44.0 };
        layout.coordinators.insert(CoordinatorId(node + 1), rect);
    }
    if strip.clients <= 1 {
        let width = match (layout.density, narrow) {
            (Density::Compact | Density::Heat, _) => 106.0,
            (Density::Full, true) => 72.0,
            (Density::Full, false) => 78.0,
        };
        let rect = Rect { x: margin, y: middle - 24.0, width, height: 40.0 };
        layout.clients.insert(ClientId(1), rect);
        return;
    }
    // Several clients stand in columns of two, as far as the coordinator.
    let (width, height) = SMALL_CLIENT;
    let mut x = margin;
    for client in 0..strip.clients {
        let is_upper = client % 2 == 0;
        if client > 0 && is_upper {
            x += width + NODE_GAP;
        }
        if client > 1 && x + width + NODE_GAP > left {
            break;
        }
        let y = if is_upper { middle - 4.0 - height } else { middle + 2.0 };
        layout.clients.insert(ClientId(client + 1), Rect { x, y, width, height });
    }
}

impl Layout {
    /// The place of a node, if it is on the stage.
    pub(crate) fn node(&self, node: NodeId) -> Option<Rect> {
        match node {
            NodeId::Server(server) => self.servers.get(&server).copied(),
            NodeId::Coordinator(node) => self.coordinators.get(&node).copied(),
            NodeId::Client(client) => self.clients.range(..=client).next_back().map(|(_, rect)| *rect),
        }
    }

    /// Whether the name of a zone stands at its right end: at the outer side, where no link of the coordinator crosses.
    pub(crate) fn is_named_at_the_right(&self, zone: &Rect) -> bool {
        self.density == Density::Full && zone.x > 30.0 && zone.centre().x > self.width / 2.0 + 1.0
    }

    /// Where the name of a zone stands.
    fn zone_name(&self, zone: &Rect) -> Rect {
        let width = 70.0;
        let x = if self.is_named_at_the_right(zone) { zone.right() - width - 12.0 } else { zone.x + 12.0 };
        Rect { x, y: zone.y + 6.0, width, height: 24.0 }
    }

    /// The box that says what waits at a server: beside it, else below or above it, wherever it covers nothing.
    pub(crate) fn wait_box(&self, server: ServerId) -> Option<WaitBox> {
        if self.density != Density::Full {
            return None;
        }
        let vessel = self.servers.get(&server)?;
        let narrow = self.width < NARROW;
        let (width, height) = if narrow || vessel.width < SLIM { NARROW_WAIT } else { WAIT };
        let gap = if narrow { 10.0 } else { 18.0 };
        let middle = vessel.centre();
        let beside = |x: f64, y: f64| Rect { x, y, width, height };
        let (right, left) = (vessel.right() + gap, vessel.x - gap - width);
        let sides = [36.0, 4.0, vessel.height - height].into_iter().flat_map(|down| {
            let y = vessel.y + down;
            let joint = y + height / 2.0;
            [
                (beside(right, y), Point { x: vessel.right(), y: joint }, Point { x: right, y: joint }),
                (beside(left, y), Point { x: vessel.x, y: joint }, Point { x: vessel.x - gap, y: joint }),
            ]
        });
        let x = (middle.x - width / 2.0).clamp(4.0, (self.width - width - 4.0).max(4.0));
        let ends = [
            (vessel.bottom(), 6.0, 0.0),
            (vessel.bottom(), FURTHER, 0.0),
            (vessel.y, -6.0, -height),
            (vessel.y, -FURTHER, -height),
        ];
        let ends = ends.into_iter().map(|(edge, off, up)| {
            let rect = beside(x, edge + off + up);
            (rect, Point { x: middle.x, y: edge }, Point { x: middle.x, y: edge + off })
        });
        let free: Vec<_> = sides.chain(ends).filter(|(rect, ..)| self.is_free(rect)).collect();
        // Best where the updates that it waits for don't pass behind it.
        let best = free.iter().find(|(rect, ..)| !self.covers_link(server, rect)).or(free.first());
        best.map(|(rect, from, to)| WaitBox { rect: *rect, from: *from, to: *to })
    }

    /// Whether a rectangle covers a part of a link between a server and another.
    fn covers_link(&self, server: ServerId, rect: &Rect) -> bool {
        let others = self.servers.keys().filter(|other| **other != server);
        others
            .filter_map(|other| self.way(NodeId::Server(server), NodeId::Server(*other)))
            .any(|way| way.samples().any(|(_, at)| rect.grown(2.0).contains(at)))
    }

    /// Whether a server other than these two covers a point.
    pub(crate) fn is_behind_another(&self, at: Point, from: NodeId, to: NodeId) -> bool {
        let is_end = |id: ServerId| from == NodeId::Server(id) || to == NodeId::Server(id);
        self.servers.iter().any(|(id, rect)| rect.contains(at) && !is_end(*id))
    }

    /// Whether nothing of the stage stands where a rectangle is to be put.
    pub(crate) fn is_free(&self, rect: &Rect) -> bool {
        let whole = Rect { x: 2.0, y: 2.0, width: self.width - 4.0, height: self.height - 4.0 };
        let nodes = self.servers.values().chain(self.coordinators.values()).chain(self.clients.values());
        rect.kept_in(&whole) == *rect
            && !nodes.map(|node| node.grown(3.0)).any(|node| node.overlaps(rect))
            && !self.zones.iter().any(|(_, zone)| self.zone_name(zone).overlaps(rect))
    }
}

#[cfg(test)]
mod tests;
