//! How a person moved zones and servers: kept for a scenario, and taken into each layout as far as there is room.

use std::collections::BTreeMap;

use crate::sim::{ServerId, ZoneId};

use crate::app::stage::geometry::{Point, Rect};
use crate::app::stage::layout::{Density, Layout};

/// What was moved by hand.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Arrangement {
    /// The order of the zones, where it is another than that of their names.
    zones: Vec<ZoneId>,
    /// How far each server was moved from where it would stand.
    servers: BTreeMap<ServerId, Point>,
    /// How many servers are to be told, if somebody has said it.
    pub(crate) many: Option<Many>,
}

/// How servers are told that are too many for vessels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Many {
    /// A box each, with counts.
    Counts,
    /// A cell each, with a shade.
    HeatMap,
}

/// One step of arranging.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Move {
    /// A server goes so far from where it stands.
    Server(ServerId, Point),
    /// Two zones change places.
    Zones(ZoneId, ZoneId),
    /// Many servers are told so.
    Tell(Many),
    /// All goes back to where it would stand by itself.
    Reset,
}

/// The room below a zone's name and at its sides in which servers can be moved.
const ZONE_HEAD: f64 = 32.0;
const ZONE_RIM: f64 = 6.0;
/// How near two servers may come.
const CLOSE: f64 = 5.0;

impl Arrangement {
    pub(crate) fn is_empty(&self) -> bool {
        self.zones.is_empty() && self.servers.is_empty()
    }

    /// Takes a step, seen from a layout that shows this arrangement.
    pub(crate) fn take(&mut self, step: Move, layout: &Layout) {
        match step {
            Move::Server(server, by) => {
                let old = self.servers.get(&server).copied().unwrap_or_default();
                self.servers.insert(server, Point { x: old.x + by.x, y: old.y + by.y });
            }
            Move::Zones(one, other) => {
                let mut zones: Vec<ZoneId> = layout.zones.iter().map(|(zone, _)| *zone).collect();
                let at = |zone: ZoneId| zones.iter().position(|found| *found == zone);
                if let (Some(first), Some(second)) = (at(one), at(other)) {
                    zones.swap(first, second);
                    self.zones = zones;
                }
            }
            Move::Tell(many) => self.many = Some(many),
            Move::Reset => *self = Self { many: self.many, ..Self::default() },
        }
    }

    /// Puts the zones into their order; those that are new come last.
    pub(crate) fn order<T>(&self, zones: &mut [(ZoneId, T)]) {
        let place = |zone: ZoneId| self.zones.iter().position(|found| *found == zone).unwrap_or(usize::MAX);
        zones.sort_by_key(|(zone, _)| (place(*zone), *zone));
    }

    /// Moves the servers of a layout, each within its zone and as far as it covers no other.
    pub(crate) fn apply(&self, layout: &mut Layout) {
        if layout.density != Density::Full {
            return;
        }
        for (server, by) in &self.servers {
            let Some(rect) = layout.servers.get(server).copied() else { continue };
            let zone = layout.zone_of.get(server).and_then(|zone| layout.zones.iter().find(|(id, _)| id == zone));
            let Some((_, zone)) = zone else { continue };
            let within = Rect {
                x: zone.x + ZONE_RIM,
                y: zone.y + ZONE_HEAD,
                width: zone.width - 2.0 * ZONE_RIM,
                height: zone.height - ZONE_HEAD - ZONE_RIM,
            };
            // The head and the figures of a service stay where they are.
            let within = layout.capsule.map_or(within, |capsule| Rect {
                y: within.y.max(capsule.rect.y + 40.0),
                height: capsule.figures.y - within.y.max(capsule.rect.y + 40.0),
                ..within
            });
            let is_free = |moved: &Rect| {
                let room = moved.grown(CLOSE);
                !layout.servers.iter().any(|(other, rect)| other != server && rect.overlaps(&room))
            };
            let moved = (1..=10).rev().map(|tenths| {
                let share = f64::from(tenths) / 10.0;
                rect.moved(Point { x: by.x * share, y: by.y * share }).kept_in(&within)
            });
            if let Some(moved) = moved.into_iter().find(is_free) {
                layout.servers.insert(*server, moved);
            }
        }
    }
}
