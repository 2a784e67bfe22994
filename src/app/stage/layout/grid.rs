//! The rows of zones, and the servers in them: the same for vessels, boxes and cells.

use std::collections::BTreeMap;

use crate::app::stage::arrangement::Many;
use crate::sim::{ServerId, ZoneId};

use super::{
    Capsule, Density, Guest, LID, Layout, MOST_BOXES, MOST_COMPACT, MOST_FULL, NARROW, Rect, STRIP, Strip, TILE_PITCH,
    Wishes, count, place_strip,
};

/// The width of a vessel where there is room, and where there is little.
const WIDEST: f64 = 204.0;
const SLIM: f64 = 152.0;
const NARROWEST: f64 = 150.0;
/// How many copies a vessel shows at most: the more there are servers, the fewer. Where even one is too many, they
/// are counted.
const MOST_COPIES: [usize; 3] = [5, 3, 2];
const FEW_COPIES: [usize; 2] = [1, 0];
/// The sizes of a box, and of a cell.
const BOXES: [(f64, f64); 4] = [(92.0, 56.0), (80.0, 52.0), (72.0, 46.0), (64.0, 42.0)];
const CELLS: [f64; 6] = [26.0, 22.0, 18.0, 14.0, 11.0, 8.0];
/// The stage grows up to this, in steps.
const SCALES: [f64; 6] = [1.6, 1.45, 1.3, 1.15, 1.05, 1.0];
/// At this width of the room it begins to grow.
const GROWS_FROM: f64 = 1_000.0;
/// The height of a service's figures, and of the head of its capsule.
const FIGURES: f64 = 46.0;
const CAPSULE_HEAD: f64 = 42.0;
/// The lines of an instance of a service.
const INSTANCE: f64 = 66.0;

const ZONE_LABEL: f64 = 32.0;
const GAP: f64 = 12.0;

/// The room there is, in units, and how many pixels a unit is.
#[derive(Clone, Copy)]
pub(super) struct Room {
    strip: Strip,
    width: f64,
    height: f64,
    scale: f64,
}

impl Room {
    fn scaled(self, scale: f64) -> Self {
        Self { width: self.width / scale, height: self.height / scale, scale, ..self }
    }
}

/// How the zones are arranged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// The first zone on top and the others in pairs below: what goes from a primary to its replicas goes down.
    Pyramid,
    /// All zones side by side, for many servers.
    Columns,
    /// So many zones side by side in each row.
    Rows(usize),
}

/// All that one attempt needs to know.
#[derive(Clone, Copy)]
pub(super) struct Plan {
    density: Density,
    shape: Shape,
    most_copies: usize,
    /// The size of a server, and the gap between two.
    vessel: (f64, f64),
    gap: f64,
    /// The gap between two rows of zones, in which bundles of messages stand.
    row_gap: f64,
    services: usize,
}

/// How the zones of one row share its width, and how high they are.
struct Row {
    zones: Vec<ZoneId>,
    height: f64,
    /// What stands above and below the servers of the row.
    head: f64,
    foot: f64,
}

type Zones = Vec<(ZoneId, Vec<ServerId>)>;

/// The best layout for the room: the first of the plans, from the most telling to the least, that fits it.
pub(super) fn best(guests: &[Guest], room: &Room, wishes: &Wishes) -> Layout {
    let mut zones: BTreeMap<ZoneId, Vec<ServerId>> = BTreeMap::new();
    for guest in guests {
        zones.entry(guest.zone).or_default().push(guest.id);
    }
    let mut zones: Zones = zones.into_iter().collect();
    wishes.arrangement.order(&mut zones);
    let copies = guests.iter().map(|guest| guest.copies).max().unwrap_or(0);
    let fits = |layout: &Layout, room: &Room| layout.height <= room.height && stays_inside(layout);
    let try_all = |plans: &[Plan], grow: bool| {
        let scales = SCALES.into_iter().filter(|scale| *scale <= 1.0 || grow && *scale <= room.width / GROWS_FROM);
        scales.map(|scale| room.scaled(scale)).find_map(|room| {
            let mut layouts = plans.iter().map(|plan| plan.attempt(&zones, &room));
            layouts.find(|layout| fits(layout, &room))
        })
    };
    let services = wishes.services;
    let full = Plan::full(room, &zones, copies, &MOST_COPIES[..2], services);
    let fewer = Plan::full(room, &zones, copies, &MOST_COPIES, services);
    let least = Plan::full(room, &zones, copies, &FEW_COPIES, services);
    let usual = if guests.len() > MOST_COMPACT { Many::HeatMap } else { Many::Counts };
    // Beyond what boxes can tell, there are only cells.
    let many = if guests.len() > MOST_BOXES { Many::HeatMap } else { wishes.arrangement.many.unwrap_or(usual) };
    let compact = Plan::compact(room);
    let heat = Plan::heat(room, zones.len());
    let found = match guests.len() {
        0..=MOST_FULL => try_all(&full, true)
            .or_else(|| try_all(&fewer, false))
            .or_else(|| try_all(&least, false))
            .or_else(|| if guests.len() > 6 && room.height > 1.0 { try_all(&compact, false) } else { None }),
        _ => match many {
            Many::Counts => try_all(&compact, true),
            Many::HeatMap => try_all(&heat, true),
        },
    };
    // Where nothing fits, the stage scrolls: on a phone, where the page does anyway, with all that it can tell.
    let last = |plans: &[Plan]| plans.last().map(|plan| plan.attempt(&zones, room)).unwrap_or_default();
    found.unwrap_or_else(|| match (guests.len(), room.height > 1.0) {
        (0..=MOST_FULL, true) => {
            let lowest = least.iter().map(|plan| plan.attempt(&zones, room)).filter(stays_inside);
            lowest.min_by(|one, other| one.height.total_cmp(&other.height)).unwrap_or_else(|| last(&least))
        }
        (0..=MOST_FULL, false) => {
            let scrolling = Plan::full(room, &zones, copies, &[3], services);
            scrolling.first().map(|plan| plan.attempt(&zones, room)).unwrap_or_default()
        }
        _ => match (many, room.height > 1.0) {
            (Many::Counts, true) => last(&compact),
            (Many::Counts, false) => compact.get(1).map(|plan| plan.attempt(&zones, room)).unwrap_or_default(),
            (Many::HeatMap, _) => last(&heat),
        },
    })
}

fn stays_inside(layout: &Layout) -> bool {
    layout.servers.values().all(|vessel| vessel.x >= 0.0 && vessel.right() <= layout.width)
}

impl Plan {
    pub(super) fn room(strip: Strip, width: f64, height: f64) -> Room {
        Room { strip, width, height, scale: 1.0 }
    }

    /// Vessels: wide ones are the first choice; slim ones stand side by side where wide ones would pile up.
    fn full(room: &Room, zones: &Zones, copies: usize, most: &[usize], services: usize) -> Vec<Self> {
        let narrow = room.width < NARROW;
        let shapes: &[Shape] = match (narrow, services > 0) {
            (true, true) => &[Shape::Rows(2), Shape::Rows(1)],
            (true, false) => &[Shape::Pyramid],
            (false, true) => &[Shape::Columns, Shape::Rows(2)],
            (false, false) => &[Shape::Pyramid, Shape::Columns],
        };
        let mut plans = Vec::new();
        for shape in shapes {
            for most_copies in most {
                for widest in [WIDEST, SLIM] {
                    let beside = match shape {
                        Shape::Columns => zones.len(),
                        Shape::Pyramid => 2,
                        Shape::Rows(zones) => *zones,
                    };
                    let (inner, pad) = (inner(room.width), pad(room.width));
                    let width = (share(inner, beside) - 2.0 * pad).clamp(NARROWEST, widest);
                    let shown = copies.clamp((*most_copies).min(2), *most_copies) + usize::from(copies > *most_copies);
                    let contents = match (services, shown) {
                        (0, _) => count(shown.max(1)) * TILE_PITCH,
                        (services, _) => INSTANCE + count(services - 1) * 18.0,
                    };
                    plans.push(Self {
                        density: Density::Full,
                        shape: *shape,
                        most_copies: *most_copies,
                        vessel: (width, LID + 8.0 + contents + 4.0),
                        gap: GAP,
                        row_gap: GAP,
                        services,
                    });
                }
            }
        }
        plans
    }

    /// Boxes: where it is narrow, zones side by side only if the page can't scroll.
    fn compact(room: &Room) -> Vec<Self> {
        let shapes: &[Shape] = match (room.width < NARROW, room.height > 1.0) {
            (false, _) => &[Shape::Pyramid],
            (true, true) => &[Shape::Rows(1), Shape::Pyramid],
            (true, false) => &[Shape::Rows(1)],
        };
        let plan = |shape: Shape, vessel: (f64, f64)| Self {
            density: Density::Compact,
            shape,
            most_copies: 0,
            vessel,
            gap: 6.0,
            row_gap: 44.0,
            services: 0,
        };
        BOXES.into_iter().flat_map(|vessel| shapes.iter().map(move |shape| plan(*shape, vessel))).collect()
    }

    fn heat(room: &Room, zones: usize) -> Vec<Self> {
        let beside = if room.width < NARROW { 1 } else { zones.clamp(1, 4).min(zones.div_ceil(2).max(2)) };
        let plan = |side: f64| Self {
            density: Density::Heat,
            shape: Shape::Rows(beside),
            most_copies: 0,
            vessel: (side, side),
            gap: 3.0,
            row_gap: 44.0,
            services: 0,
        };
        CELLS.into_iter().map(plan).collect()
    }

    fn per_line(&self, zone_width: f64, pad: f64) -> usize {
        let room = zone_width - 2.0 * pad + self.gap;
        // At least one server stands on a line however narrow it is; the count is small and not negative.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
        let fit = (room / (self.vessel.0 + self.gap)).floor().max(1.0) as usize;
        fit.max(1)
    }

    fn attempt(&self, zones: &Zones, room: &Room) -> Layout {
        let margin = margin(room.width);
        let inner = inner(room.width);
        let mut rows = self.rows(zones, room);
        let natural: f64 =
            rows.iter().map(|row| row.height).sum::<f64>() + STRIP + self.row_gap * count(rows.len().saturating_sub(1));
        let spare = (room.height - 2.0 * margin - natural).max(0.0);
        // Room that is left over goes to the rows alike, up to what still looks like one cluster.
        let most = if self.density == Density::Full { 140.0 } else { 24.0 };
        let extra = (spare / count(rows.len().max(1))).min(most);
        for row in &mut rows {
            row.height += extra;
        }
        let mut layout = Layout {
            width: room.width,
            scale: room.scale,
            density: self.density,
            most_copies: self.most_copies,
            ..Layout::default()
        };
        let used = natural + extra * count(rows.len());
        let mut y = margin + ((room.height - 2.0 * margin - used) / 2.0).max(0.0);
        let rows_above = usize::from(self.density == Density::Full && self.shape == Shape::Pyramid);
        let mut strip_bottom = y + STRIP;
        for index in 0..=rows.len() {
            if index == rows_above {
                place_strip(&mut layout, room.strip, (margin, y + STRIP / 2.0));
                strip_bottom = y + STRIP;
                y = strip_bottom;
            }
            let Some(row) = rows.get(index) else { break };
            if index > rows_above {
                y += self.row_gap;
            }
            self.place_row(&mut layout, zones, row, (margin, y, inner));
            y += row.height;
        }
        let bottom = layout.zones.iter().map(|(_, rect)| rect.bottom()).fold(strip_bottom - 4.0, f64::max);
        layout.height = bottom + margin;
        layout.capsule = self.capsule(&layout);
        layout
    }

    /// The first zone has a row of its own when that makes the cluster's shape clear; the others share rows.
    fn rows(&self, zones: &Zones, room: &Room) -> Vec<Row> {
        let ids: Vec<ZoneId> = zones.iter().map(|(id, _)| *id).collect();
        let (first, per_row) = match (self.shape, ids.len()) {
            (Shape::Columns, zones) | (Shape::Rows(zones), _) => (zones, zones.max(1)),
            (Shape::Pyramid, 4) => (2, 2),
            (Shape::Pyramid, _) => (1, 2),
        };
        let mut lines: Vec<Vec<ZoneId>> = Vec::new();
        lines.push(ids.iter().copied().take(first).collect());
        lines.extend(ids.get(first..).unwrap_or_default().chunks(per_row).map(<[ZoneId]>::to_vec));
        let last = lines.len() - 1;
        let pad = pad(room.width);
        let row = |(index, line): (usize, Vec<ZoneId>)| {
            let zone_width = share(inner(room.width), line.len());
            let head = if self.services > 0 && index == 0 { CAPSULE_HEAD } else { 0.0 };
            let foot = if self.services > 0 && index == last { count(self.services) * FIGURES + 12.0 } else { 0.0 };
            let lines = zones
                .iter()
                .filter(|(zone, _)| line.contains(zone))
                .map(|(_, servers)| servers.len().max(1).div_ceil(self.per_line(zone_width, pad)))
                .max()
                .unwrap_or(1);
            let height = ZONE_LABEL + count(lines) * (self.vessel.1 + self.gap) + 4.0 + head + foot;
            Row { zones: line, height, head, foot }
        };
        lines.into_iter().enumerate().map(row).collect()
    }

    fn place_row(&self, layout: &mut Layout, zones: &Zones, row: &Row, (left, top, inner): (f64, f64, f64)) {
        let zone_width = share(inner, row.zones.len());
        let is_full = self.density == Density::Full;
        for (index, zone) in row.zones.iter().enumerate() {
            let rect =
                Rect { x: left + count(index) * (zone_width + GAP), y: top, width: zone_width, height: row.height };
            layout.zones.push((*zone, rect));
            let servers = zones.iter().find(|(id, _)| id == zone).map_or(&[][..], |(_, servers)| servers.as_slice());
            let most = self.per_line(zone_width, pad(layout.width));
            let per_line = most.min(servers.len().max(1));
            let lines = servers.len().div_ceil(per_line);
            let block = count(lines) * (self.vessel.1 + self.gap) - self.gap;
            let spare = (row.height - ZONE_LABEL - GAP - block - row.head - row.foot).max(0.0);
            for (place, server) in servers.iter().enumerate() {
                let line = place / per_line;
                // Vessels stand in the middle of their line; boxes and cells are a table, read from the left.
                let on_line = if is_full { per_line.min(servers.len() - line * per_line) } else { most };
                let line_width = count(on_line) * (self.vessel.0 + self.gap) - self.gap;
                let free = if row.zones.len() == 1 && inner < NARROW && on_line == 1 && is_full && self.services == 0 {
                    share(inner, 2) - line_width
                } else {
                    zone_width - line_width
                };
                let x = rect.x + free / 2.0 + count(place % per_line) * (self.vessel.0 + self.gap);
                let drop = if is_full { spare * 0.4 } else { 0.0 };
                let y = rect.y + ZONE_LABEL + row.head + drop + count(line) * (self.vessel.1 + self.gap);
                layout.servers.insert(*server, Rect { x, y, width: self.vessel.0, height: self.vessel.1 });
                layout.zone_of.insert(*server, *zone);
            }
        }
    }

    /// What encloses all servers, with room for a head above them and the figures below.
    fn capsule(&self, layout: &Layout) -> Option<Capsule> {
        if self.services == 0 || self.density != Density::Full {
            return None;
        }
        let edge = |pick: fn(&Rect) -> f64, choose: fn(f64, f64) -> f64, from: f64| {
            layout.servers.values().map(pick).fold(from, choose)
        };
        let (left, right) = (edge(|rect| rect.x, f64::min, f64::MAX), edge(Rect::right, f64::max, 0.0));
        let (top, bottom) = (edge(|rect| rect.y, f64::min, f64::MAX), edge(Rect::bottom, f64::max, 0.0));
        if left > right {
            return None;
        }
        let side = pad(layout.width).min(14.0) - 2.0;
        let foot = count(self.services) * FIGURES;
        let rect = Rect {
            x: left - side,
            y: top - CAPSULE_HEAD,
            width: right - left + 2.0 * side,
            height: bottom - top + CAPSULE_HEAD + foot + 8.0,
        };
        let figures = Rect { x: left, y: bottom + 6.0, width: right - left, height: foot };
        Some(Capsule { rect, figures })
    }
}

fn margin(width: f64) -> f64 {
    if width < NARROW { 8.0 } else { 20.0 }
}

fn pad(width: f64) -> f64 {
    if width < NARROW { 8.0 } else { 20.0 }
}

fn inner(width: f64) -> f64 {
    (width - 2.0 * margin(width)).max(200.0)
}

fn share(inner: f64, zones: usize) -> f64 {
    let zones = count(zones.max(1));
    (inner - GAP * (zones - 1.0)) / zones
}
