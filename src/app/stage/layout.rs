//! Where everything stands on the stage: a pure function of the servers and the room there is.
//!
//! Distances are CSS pixels, one to one, so that a label is as large on a phone as on a projector: where there is less
//! room the servers are rearranged, never shrunk.

use std::collections::BTreeMap;

use crate::sim::{ClientId, CoordinatorId, NodeId, ServerId, ZoneId};

/// A point of the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

/// A rectangle of the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    pub(crate) fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    pub(crate) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// Where a straight line from the centre towards a point leaves the rectangle.
    pub(crate) fn edge_towards(&self, to: Point) -> Point {
        let centre = self.centre();
        let (dx, dy) = (to.x - centre.x, to.y - centre.y);
        let scale_x = if dx.abs() < 1e-9 { f64::INFINITY } else { self.width / 2.0 / dx.abs() };
        let scale_y = if dy.abs() < 1e-9 { f64::INFINITY } else { self.height / 2.0 / dy.abs() };
        let scale = scale_x.min(scale_y).min(1.0);
        Point { x: centre.x + dx * scale, y: centre.y + dy * scale }
    }
}

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

/// Where a waiting box goes beside its primary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct WaitBox {
    pub(crate) rect: Rect,
    /// The line that joins it with the vessel.
    pub(crate) from: Point,
    pub(crate) to: Point,
}

/// The whole stage.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Layout {
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) zones: Vec<(ZoneId, Rect)>,
    pub(crate) servers: BTreeMap<ServerId, Rect>,
    /// The nodes of the coordinator.
    pub(crate) coordinators: BTreeMap<CoordinatorId, Rect>,
    /// The clients, as many as there is room for: the last box stands for all that follow.
    pub(crate) clients: BTreeMap<ClientId, Rect>,
    /// How many copies a vessel shows before it says how many more there are.
    pub(crate) most_copies: usize,
}

/// Height of a vessel's lid, with its name.
pub(crate) const LID: f64 = 40.0;
/// Height of a copy's tile, and the way from one tile to the next.
pub(crate) const TILE: f64 = 26.0;
pub(crate) const TILE_PITCH: f64 = 31.0;
/// The room that a copy's badge takes beside its tile.
pub(crate) const BADGE: f64 = 55.0;
pub(crate) const NARROW_BADGE: f64 = 53.0;

/// Below this width the first row keeps to the left and the coordinator to the right, so that links and messages do
/// not run over the coordinator.
const NARROW: f64 = 600.0;

/// The width of a vessel where there is room, and where there is little.
const WIDEST: f64 = 204.0;
const SLIM: f64 = 152.0;
const NARROWEST: f64 = 150.0;

const ZONE_LABEL: f64 = 32.0;
const GAP: f64 = 12.0;
/// The strip between the first row of zones and the rest, in which the coordinator and the client stand.
const STRIP: f64 = 72.0;
const NODE_GAP: f64 = 8.0;
/// The box of a client where there are several.
const SMALL_CLIENT: (f64, f64) = (56.0, 28.0);
/// How many copies a vessel shows at most: the more there are servers, the fewer.
const MOST_COPIES: [usize; 3] = [5, 3, 2];
const WAIT: (f64, f64) = (206.0, 46.0);
const NARROW_WAIT: (f64, f64) = (180.0, 44.0);

/// How the zones are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// The first zone on top and the others in pairs below: what goes from a primary to its replicas goes down.
    Pyramid,
    /// All zones side by side, for many servers.
    Columns,
}

struct Grid {
    vessel: (f64, f64),
    pad: f64,
}

/// How the zones of one row share its width, and how high they are.
struct Row {
    zones: Vec<ZoneId>,
    height: f64,
}

impl Grid {
    fn per_line(&self, zone_width: f64) -> usize {
        let room = zone_width - 2.0 * self.pad + GAP;
        // At least one server stands on a line however narrow it is; the count is small and not negative.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let fit = (room / (self.vessel.0 + GAP)).floor().max(1.0) as usize;
        fit.max(1)
    }

    fn zone_height(&self, zone_width: f64, servers: usize) -> f64 {
        let lines = servers.max(1).div_ceil(self.per_line(zone_width));
        ZONE_LABEL + count(lines) * (self.vessel.1 + GAP) + 4.0
    }
}

/// A small count as a number of pixels' worth.
#[allow(clippy::cast_precision_loss)]
fn count(number: usize) -> f64 {
    number as f64
}

/// Lays out the stage in the room given; where that is too low the stage grows beyond it and scrolls.
pub(crate) fn lay_out(guests: &[Guest], strip: Strip, width: f64, height: f64) -> Layout {
    let is_inside = |vessel: &Rect| vessel.x >= 0.0 && vessel.right() <= width;
    let fits = |layout: &Layout| layout.height <= height && layout.servers.values().all(is_inside);
    let shapes: &[Shape] = if width < NARROW { &[Shape::Pyramid] } else { &[Shape::Pyramid, Shape::Columns] };
    for shape in shapes {
        for most_copies in MOST_COPIES {
            // Wide vessels are the first choice; slim ones stand side by side where wide ones would pile up.
            let tries =
                [WIDEST, SLIM].map(|widest| attempt(guests, strip, (width, height), most_copies, widest, *shape));
            if let Some(layout) = tries.into_iter().find(fits) {
                return layout;
            }
        }
    }
    attempt(guests, strip, (width, height), MOST_COPIES[MOST_COPIES.len() - 1], WIDEST, Shape::Pyramid)
}

fn attempt(
    guests: &[Guest],
    strip: Strip,
    (width, height): (f64, f64),
    most_copies: usize,
    widest: f64,
    shape: Shape,
) -> Layout {
    let most = guests.iter().map(|guest| guest.copies).max().unwrap_or(0);
    let shown = most.clamp(2, most_copies) + usize::from(most > most_copies);
    let narrow = width < NARROW;
    let margin = if narrow { 8.0 } else { 20.0 };
    let inner = (width - 2.0 * margin).max(200.0);
    let pad = if narrow { 8.0 } else { 20.0 };
    let mut zones: BTreeMap<ZoneId, Vec<ServerId>> = BTreeMap::new();
    for guest in guests {
        zones.entry(guest.zone).or_default().push(guest.id);
    }
    let beside = if shape == Shape::Columns { zones.len() } else { 2 };
    let vessel_width = (share(inner, beside) - 2.0 * pad).clamp(NARROWEST, widest);
    let grid = Grid { vessel: (vessel_width, LID + 8.0 + count(shown) * TILE_PITCH + 4.0), pad };
    let mut rows = into_rows(&zones, inner, &grid, shape);
    let natural: f64 =
        rows.iter().map(|row| row.height).sum::<f64>() + STRIP + GAP * count(rows.len().saturating_sub(2));
    let spare = (height - 2.0 * margin - natural).max(0.0);
    // Room that is left over goes to the rows alike, up to what still looks like one cluster.
    let share = (spare / count(rows.len().max(1))).min(140.0);
    for row in &mut rows {
        row.height += share;
    }

    let mut layout = Layout { width, most_copies, ..Layout::default() };
    let used = natural + share * count(rows.len());
    let mut y = margin + ((height - 2.0 * margin - used) / 2.0).max(0.0);
    let rows_above = usize::from(shape == Shape::Pyramid);
    let mut strip_bottom = y + STRIP;
    for index in 0..=rows.len() {
        if index == rows_above {
            place_strip(&mut layout, strip, (margin, y + STRIP / 2.0));
            strip_bottom = y + STRIP;
            y = strip_bottom;
        }
        let Some(row) = rows.get(index) else { break };
        if index > rows_above {
            y += GAP;
        }
        place_row(&mut layout, &zones, row, &grid, (margin, y, inner));
        y += row.height;
    }
    let bottom = layout.zones.iter().map(|(_, rect)| rect.bottom()).fold(strip_bottom - 4.0, f64::max);
    layout.height = bottom + margin;
    layout
}

/// The coordinator in the middle, or to the right where it is narrow, and the clients to the left.
fn place_strip(layout: &mut Layout, strip: Strip, (margin, middle): (f64, f64)) {
    let narrow = layout.width < NARROW;
    let node_width = match (strip.coordinators, narrow) {
        (0 | 1, _) => 148.0,
        (_, true) => 80.0,
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
        let rect = Rect { x: margin, y: middle - 24.0, width: if narrow { 72.0 } else { 78.0 }, height: 40.0 };
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

/// The first zone has a row of its own when that makes the cluster's shape clear; the others share rows in pairs.
fn into_rows(zones: &BTreeMap<ZoneId, Vec<ServerId>>, inner: f64, grid: &Grid, shape: Shape) -> Vec<Row> {
    let ids: Vec<ZoneId> = zones.keys().copied().collect();
    let first = match (shape, ids.len()) {
        (Shape::Columns, zones) => zones,
        (Shape::Pyramid, 4) => 2,
        (Shape::Pyramid, _) => 1,
    };
    let mut lines: Vec<Vec<ZoneId>> = Vec::new();
    lines.push(ids.iter().copied().take(first).collect());
    lines.extend(ids.get(first..).unwrap_or_default().chunks(2).map(<[ZoneId]>::to_vec));
    lines
        .into_iter()
        .map(|line| {
            let zone_width = share(inner, line.len());
            let height = line
                .iter()
                .map(|zone| grid.zone_height(zone_width, zones.get(zone).map_or(0, Vec::len)))
                .fold(0.0, f64::max);
            Row { zones: line, height }
        })
        .collect()
}

fn share(inner: f64, zones: usize) -> f64 {
    let zones = count(zones.max(1));
    (inner - GAP * (zones - 1.0)) / zones
}

fn place_row(
    layout: &mut Layout,
    zones: &BTreeMap<ZoneId, Vec<ServerId>>,
    row: &Row,
    grid: &Grid,
    (left, top, inner): (f64, f64, f64),
) {
    let zone_width = share(inner, row.zones.len());
    for (index, zone) in row.zones.iter().enumerate() {
        let rect = Rect { x: left + count(index) * (zone_width + GAP), y: top, width: zone_width, height: row.height };
        layout.zones.push((*zone, rect));
        let servers = zones.get(zone).map_or(&[][..], Vec::as_slice);
        let per_line = grid.per_line(zone_width).min(servers.len().max(1));
        let lines = servers.len().div_ceil(per_line);
        let block = count(lines) * (grid.vessel.1 + GAP) - GAP;
        let spare = (row.height - ZONE_LABEL - GAP - block).max(0.0);
        for (place, server) in servers.iter().enumerate() {
            let line = place / per_line;
            let on_line = per_line.min(servers.len() - line * per_line);
            let line_width = count(on_line) * (grid.vessel.0 + GAP) - GAP;
            let free = if row.zones.len() == 1 && inner < NARROW && on_line == 1 {
                share(inner, 2) - line_width
            } else {
                zone_width - line_width
            };
            let start = rect.x + free / 2.0;
            let x = start + count(place % per_line) * (grid.vessel.0 + GAP);
            let y = rect.y + ZONE_LABEL + spare * 0.4 + count(line) * (grid.vessel.1 + GAP);
            layout.servers.insert(*server, Rect { x, y, width: grid.vessel.0, height: grid.vessel.1 });
        }
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

    /// The way of a link or message from one node to another, from edge to edge.
    pub(crate) fn way(&self, from: NodeId, to: NodeId) -> Option<(Point, Point)> {
        let (from, to) = (self.node(from)?, self.node(to)?);
        Some((from.edge_towards(to.centre()), to.edge_towards(from.centre())))
    }

    /// The box that says what waits at a server: to its right, else to its left, else above it.
    pub(crate) fn wait_box(&self, server: ServerId) -> Option<WaitBox> {
        let vessel = self.servers.get(&server)?;
        let (width, height) = if self.width < NARROW { NARROW_WAIT } else { WAIT };
        let gap = if self.width < NARROW { 10.0 } else { 18.0 };
        let y = vessel.y + 36.0;
        let middle = y + height / 2.0;
        let free = |x: f64| {
            x >= 4.0
                && x + width <= self.width - 4.0
                && !self.servers.iter().any(|(id, other)| {
                    *id != server
                        && x < other.right()
                        && other.x < x + width
                        && y < other.bottom()
                        && other.y < y + height
                })
        };
        let right = vessel.right() + gap;
        if free(right) {
            let rect = Rect { x: right, y, width, height };
            return Some(WaitBox {
                rect,
                from: Point { x: vessel.right(), y: middle },
                to: Point { x: right, y: middle },
            });
        }
        let left = vessel.x - gap - width;
        if free(left) {
            let rect = Rect { x: left, y, width, height };
            return Some(WaitBox {
                rect,
                from: Point { x: vessel.x, y: middle },
                to: Point { x: vessel.x - gap, y: middle },
            });
        }
        let x = (vessel.x + vessel.width / 2.0 - width / 2.0).clamp(4.0, (self.width - width - 4.0).max(4.0));
        let rect = Rect { x, y: (vessel.y - height - 4.0).max(2.0), width, height };
        let joint = vessel.centre().x;
        Some(WaitBox { rect, from: Point { x: joint, y: vessel.y }, to: Point { x: joint, y: vessel.y - 4.0 } })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALONE: Strip = Strip { clients: 1, coordinators: 1 };

    fn guests(servers: u16, zones: u8) -> Vec<Guest> {
        (0..servers)
            .map(|index| Guest {
                id: ServerId(index + 1),
                zone: ZoneId(u8::try_from(index).unwrap_or(0) % zones),
                copies: 5,
            })
            .collect()
    }

    fn overlap(one: &Rect, other: &Rect) -> bool {
        one.x < other.right() && other.x < one.right() && one.y < other.bottom() && other.y < one.bottom()
    }

    #[test]
    fn nothing_overlaps_and_all_stays_on_the_stage() {
        for width in [374.0, 480.0, 780.0, 1_200.0] {
            for servers in 1..=9 {
                for zones in 1..=5 {
                    for strip in [ALONE, Strip { clients: 3, coordinators: 3 }, Strip { clients: 64, coordinators: 1 }]
                    {
                        let layout = lay_out(&guests(servers, zones), strip, width, 620.0);
                        assert_eq!(layout.servers.len(), usize::from(servers));
                        let nodes = layout.servers.values().chain(layout.coordinators.values());
                        let places: Vec<Rect> = nodes.chain(layout.clients.values()).copied().collect();
                        for (index, one) in places.iter().enumerate() {
                            assert!(
                                one.x >= 0.0 && one.right() <= width && one.bottom() <= layout.height,
                                "{one:?} of {servers} servers in {zones} zones, {strip:?}, {width} wide"
                            );
                            assert!(places[index + 1..].iter().all(|other| !overlap(one, other)));
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn nine_servers_need_no_scrolling_on_a_desktop_and_keep_their_width_on_a_phone() {
        let mut nine = guests(9, 3);
        for guest in &mut nine {
            guest.copies = 2;
        }
        assert!(lay_out(&nine, ALONE, 806.0, 650.0).height <= 650.0);
        assert!(lay_out(&guests(9, 3), ALONE, 820.0, 630.0).height <= 630.0);
        let phone = lay_out(&guests(9, 3), ALONE, 390.0, 0.0);
        assert!(phone.servers.values().all(|vessel| vessel.width > SLIM));
    }

    #[test]
    fn a_way_runs_from_edge_to_edge() {
        let layout = lay_out(&guests(3, 3), ALONE, 780.0, 620.0);
        let (from, to) = layout.way(ServerId(1).into(), ServerId(2).into()).expect("both are on the stage");
        assert!((from.y - layout.servers[&ServerId(1)].bottom()).abs() < 1e-6);
        assert!((to.y - layout.servers[&ServerId(2)].y).abs() < 1e-6);
    }
}
