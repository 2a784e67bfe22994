//! The ways of links and messages: straight, or in a bow round what stands between their ends.

use crate::sim::NodeId;

use super::{Density, Layout, Point, Rect, Way};

/// By how much further a bow swings out at each try, and how often it is tried.
const SWING: f64 = 30.0;
const TRIES: u8 = 9;
/// How far an arc over a row, or beside a column, stands off.
const ARCS: [f64; 4] = [26.0, 44.0, 66.0, 92.0];
/// How far a bow keeps from the edges of the stage.
const RIM: f64 = 8.0;
/// How clear a way keeps of what it passes.
const CLEAR: f64 = 5.0;

impl Layout {
    /// The way of a link or message from one node to another, from edge to edge.
    pub(crate) fn way(&self, from: NodeId, to: NodeId) -> Option<Way> {
        let (from, to) = (self.shown(from)?, self.shown(to)?);
        if from == to {
            return None;
        }
        if let Some(way) = self.ways.get(&(from.min(to), from.max(to))) {
            return Some(if from < to { *way } else { way.reversed() });
        }
        let (one, other) = (self.node(from)?, self.node(to)?);
        Some(Way::straight(one.edge_towards(other.centre()), other.edge_towards(one.centre())))
    }

    /// Whether the way between two nodes runs behind something, since there is no other.
    pub(crate) fn is_blocked(&self, from: NodeId, to: NodeId) -> bool {
        self.blocked.contains(&(from.min(to), from.max(to)))
    }

    /// The node that stands for another: the last of the clients that are shown stands for all that follow.
    fn shown(&self, node: NodeId) -> Option<NodeId> {
        match node {
            NodeId::Client(client) => self.clients.range(..=client).next_back().map(|(id, _)| NodeId::Client(*id)),
            NodeId::Server(_) | NodeId::Coordinator(_) => Some(node),
        }
    }

    pub(super) fn find_ways(&mut self) {
        if self.density != Density::Full {
            return;
        }
        let mut nodes: Vec<(NodeId, Rect)> = Vec::new();
        nodes.extend(self.servers.iter().map(|(id, rect)| (NodeId::Server(*id), *rect)));
        nodes.extend(self.coordinators.iter().map(|(id, rect)| (NodeId::Coordinator(*id), *rect)));
        nodes.extend(self.clients.iter().map(|(id, rect)| (NodeId::Client(*id), *rect)));
        nodes.sort_by_key(|(node, _)| *node);
        for (index, (first, one)) in nodes.iter().enumerate() {
            for (second, other) in &nodes[index + 1..] {
                if matches!((first, second), (NodeId::Client(_), NodeId::Client(_))) {
                    continue;
                }
                let between: Vec<Rect> = nodes
                    .iter()
                    .filter(|(node, _)| node != first && node != second)
                    .map(|(_, rect)| rect.grown(CLEAR))
                    .collect();
                let (way, clear) = self.find_way((one, other), &between);
                self.ways.insert((*first, *second), way);
                if !clear {
                    self.blocked.insert((*first, *second));
                }
            }
        }
    }

    fn find_way(&self, (one, other): (&Rect, &Rect), between: &[Rect]) -> (Way, bool) {
        let (from, to) = (one.centre(), other.centre());
        let straight = Way::straight(one.edge_towards(to), other.edge_towards(from));
        let inside = Rect { x: 0.0, y: 0.0, width: self.width, height: self.height }.grown(-RIM);
        let is_clear = |way: &Way| {
            way.samples().all(|(_, point)| inside.contains(point) && !between.iter().any(|rect| rect.contains(point)))
        };
        if is_clear(&straight) {
            return (straight, true);
        }
        let length = from.distance(to).max(1.0);
        let normal = Point { x: -(to.y - from.y) / length, y: (to.x - from.x) / length };
        let middle = from.towards(to, 0.5);
        let bows = (1..=TRIES).flat_map(|step| [1.0, -1.0].map(|side| side * f64::from(step) * SWING)).map(|swing| {
            let bend = Point { x: middle.x + normal.x * swing * 2.0, y: middle.y + normal.y * swing * 2.0 };
            Way { from: one.edge_towards(bend), to: other.edge_towards(bend), bend }
        });
        let arcs = ARCS.into_iter().flat_map(|rise| arcs(one, other, rise));
        let leaves = |way: &Way| !one.contains(way.at(0.1)) && !other.contains(way.at(0.9));
        let found = arcs.chain(bows).find(|way| leaves(way) && is_clear(way));
        found.map_or((straight, false), |way| (way, true))
    }
}

/// Arcs between two nodes of one row, over and under it, or of one column, at its sides.
fn arcs(one: &Rect, other: &Rect, rise: f64) -> Vec<Way> {
    let (from, to) = (one.centre(), other.centre());
    let lean = |from: f64, to: f64, size: f64| from + (to - from).signum() * size * 0.3;
    let mut arcs = Vec::new();
    if (from.y - to.y).abs() < one.height / 2.0 {
        let (left, right) = (lean(from.x, to.x, one.width), lean(to.x, from.x, other.width));
        let middle = f64::midpoint(left, right);
        for (start, end, bend) in [
            (one.bottom(), other.bottom(), one.bottom().max(other.bottom()) + rise),
            (one.y, other.y, one.y.min(other.y) - rise),
        ] {
            arcs.push(Way {
                from: Point { x: left, y: start },
                to: Point { x: right, y: end },
                bend: Point { x: middle, y: bend },
            });
        }
    }
    if (from.x - to.x).abs() < one.width / 2.0 {
        let (top, bottom) = (lean(from.y, to.y, one.height), lean(to.y, from.y, other.height));
        let middle = f64::midpoint(top, bottom);
        for (start, end, bend) in [
            (one.right(), other.right(), one.right().max(other.right()) + rise),
            (one.x, other.x, one.x.min(other.x) - rise),
        ] {
            arcs.push(Way {
                from: Point { x: start, y: top },
                to: Point { x: end, y: bottom },
                bend: Point { x: bend, y: middle },
            });
        }
    }
    arcs
}
