//! Partitions: who is cut off from whom, and where the wall between them stands.

use std::collections::{BTreeMap, BTreeSet};

use crate::sim::{NodeId, Time};
use crate::world::{Command, LinkView, View};

use crate::app::stage::geometry::{Point, Rect};
use crate::app::stage::layout::Layout;
use crate::app::words;

/// A wall between some nodes and all the others.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wall {
    /// Who is behind it.
    pub(crate) side: Vec<NodeId>,
    /// The links that it cuts, those of clients among them.
    pub(crate) links: Vec<(NodeId, NodeId)>,
    pub(crate) since: Option<Time>,
    /// What the wall does to who is behind it: it cuts off, or makes mute or deaf.
    pub(crate) effect: &'static str,
    /// The line along which it stands.
    pub(crate) line: Vec<Point>,
}

impl Wall {
    /// Who is behind it, in a few words.
    pub(crate) fn who(&self) -> String {
        let names: Vec<String> = self.side.iter().map(|node| words::node_slug(*node)).collect();
        match names.as_slice() {
            [first, second, third, _, more @ ..] => format!("{first}, {second}, {third} and {} more", more.len() + 1),
            _ => names.join(", "),
        }
    }

    pub(crate) fn heal(&self, view: &View) -> Vec<Command> {
        let cuts = view.links.iter().chain(&view.client_cuts).filter(|link| link.cut);
        if cuts.clone().all(|link| self.links.contains(&(link.first, link.second))) {
            return vec![Command::HealAll];
        }
        self.links.iter().map(|(first, second)| Command::HealLink { first: *first, second: *second }).collect()
    }
}

/// The walls of a view: one for each set of nodes that no whole link joins with the most of them.
pub(crate) fn walls(view: &View, layout: &Layout) -> Vec<Wall> {
    if !view.links.iter().any(|link| link.cut) {
        return Vec::new();
    }
    let whole = |link: &&LinkView| !link.cut;
    let islands = islands(view, &view.links.iter().filter(whole).map(|link| (link.first, link.second)).collect());
    let Some(main) = islands.iter().max_by_key(|island| (island.len(), has_coordinator(island))) else {
        return Vec::new();
    };
    islands.iter().filter(|island| *island != main).filter_map(|island| wall(island, view, layout)).collect()
}

fn has_coordinator(island: &BTreeSet<NodeId>) -> bool {
    island.iter().any(|node| matches!(node, NodeId::Coordinator(_)))
}

/// The sets of servers and nodes of the coordinator that some links join.
fn islands(view: &View, links: &BTreeSet<(NodeId, NodeId)>) -> Vec<BTreeSet<NodeId>> {
    let mut island_of: BTreeMap<NodeId, usize> = BTreeMap::new();
    let nodes = view.servers.iter().map(|server| NodeId::Server(server.id));
    let nodes = nodes.chain(view.coordinator.nodes.iter().map(|node| NodeId::Coordinator(node.id)));
    for (index, node) in nodes.enumerate() {
        island_of.insert(node, index);
    }
    for (first, second) in links {
        let (Some(one), Some(other)) = (island_of.get(first).copied(), island_of.get(second).copied()) else {
            continue;
        };
        if one != other {
            for island in island_of.values_mut().filter(|island| **island == other) {
                *island = one;
            }
        }
    }
    let mut islands: BTreeMap<usize, BTreeSet<NodeId>> = BTreeMap::new();
    for (node, island) in island_of {
        islands.entry(island).or_default().insert(node);
    }
    islands.into_values().collect()
}

fn wall(island: &BTreeSet<NodeId>, view: &View, layout: &Layout) -> Option<Wall> {
    let parts = |link: &&LinkView| island.contains(&link.first) != island.contains(&link.second);
    let cut: Vec<&LinkView> = view.links.iter().filter(|link| link.cut).filter(parts).collect();
    let mut side: Vec<NodeId> = island.iter().copied().collect();
    let mut links: Vec<(NodeId, NodeId)> = cut.iter().map(|link| (link.first, link.second)).collect();
    // A client is behind the wall if it is cut off from those before it and not from those behind it.
    for client in view.clients.iter().map(|client| NodeId::Client(client.id)) {
        let own: Vec<&LinkView> =
            view.client_cuts.iter().filter(|link| link.first == client || link.second == client).collect();
        let inside = own.iter().any(|link| island.contains(&link.first) || island.contains(&link.second));
        if !own.is_empty() && !inside {
            side.push(client);
        }
        let behind = side.contains(&client);
        let other = |link: &LinkView| if link.first == client { link.second } else { link.first };
        let parts = own.iter().filter(|link| island.contains(&other(link)) != behind);
        links.extend(parts.map(|link| (link.first, link.second)));
    }
    let from_inside = |link: &&LinkView| link.cut_from.map(|from| island.contains(&from));
    let effect = match cut.first().map(from_inside) {
        Some(Some(true)) if cut.iter().all(|link| from_inside(link) == Some(true)) => "can't be heard",
        Some(Some(false)) if cut.iter().all(|link| from_inside(link) == Some(false)) => "can't hear",
        _ => "cut off",
    };
    let since = cut.iter().filter_map(|link| link.cut_since).min();
    let line = line(&side, view, layout)?;
    Some(Wall { side, links, since, effect, line })
}

/// Where the wall stands: a straight line in the widest gap between the two sides, else one through the middles of the
/// links that it cuts.
fn line(side: &[NodeId], view: &View, layout: &Layout) -> Option<Vec<Point>> {
    let rects = |inside: bool| -> Vec<Rect> {
        let servers = view.servers.iter().map(|server| NodeId::Server(server.id));
        let nodes = servers.chain(view.coordinator.nodes.iter().map(|node| NodeId::Coordinator(node.id)));
        nodes.filter(|node| side.contains(node) == inside).filter_map(|node| layout.node(node)).collect()
    };
    let (behind, before) = (rects(true), rects(false));
    if behind.is_empty() || before.is_empty() {
        return None;
    }
    let centre = |rects: &[Rect]| {
        let number = crate::app::stage::layout::count(rects.len());
        let sum =
            rects.iter().map(Rect::centre).fold(Point::default(), |sum, at| Point { x: sum.x + at.x, y: sum.y + at.y });
        Point { x: sum.x / number, y: sum.y / number }
    };
    let (from, to) = (centre(&behind), centre(&before));
    let length = from.distance(to).max(1e-6);
    let axes = [
        Point { x: (to.x - from.x) / length, y: (to.y - from.y) / length },
        Point { x: if to.x < from.x { -1.0 } else { 1.0 }, y: 0.0 },
        Point { x: 0.0, y: if to.y < from.y { -1.0 } else { 1.0 } },
    ];
    let far = |rect: &Rect, axis: Point, end: f64| {
        let centre = rect.centre();
        let reach = (axis.x * rect.width / 2.0).abs() + (axis.y * rect.height / 2.0).abs();
        centre.x * axis.x + centre.y * axis.y + reach * end
    };
    let gap = |axis: Point| {
        let near = behind.iter().map(|rect| far(rect, axis, 1.0)).fold(f64::MIN, f64::max);
        let next = before.iter().map(|rect| far(rect, axis, -1.0)).fold(f64::MAX, f64::min);
        (near, next)
    };
    let widest = axes
        .into_iter()
        .map(|axis| (axis, gap(axis)))
        .max_by(|(_, one), (_, other)| (one.1 - one.0).total_cmp(&(other.1 - other.0)));
    if let Some((axis, (near, next))) = widest
        && next - near > 14.0
    {
        return Some(across(axis, f64::midpoint(near, next), (&behind, &before), layout));
    }
    // No straight line parts the two sides: the wall goes from link to link.
    let mut middles: Vec<Point> = view
        .links
        .iter()
        .filter(|link| side.contains(&link.first) != side.contains(&link.second))
        .filter_map(|link| layout.way(link.first, link.second))
        .map(|way| way.at(0.5))
        .collect();
    let turn = |at: &Point| (at.y - from.y).atan2(at.x - from.x);
    middles.sort_by(|one, other| turn(one).total_cmp(&turn(other)));
    Some(middles)
}

/// A line across an axis, as long as the smaller side is broad, and a little more.
fn across(axis: Point, offset: f64, (behind, before): (&[Rect], &[Rect]), layout: &Layout) -> Vec<Point> {
    let along = Point { x: -axis.y, y: axis.x };
    let extent = |rects: &[Rect]| {
        let project = |rect: &Rect, end: f64| {
            let centre = rect.centre();
            let reach = (along.x * rect.width / 2.0).abs() + (along.y * rect.height / 2.0).abs();
            centre.x * along.x + centre.y * along.y + reach * end
        };
        let start = rects.iter().map(|rect| project(rect, -1.0)).fold(f64::MAX, f64::min);
        let end = rects.iter().map(|rect| project(rect, 1.0)).fold(f64::MIN, f64::max);
        (start, end)
    };
    let ((a, b), (c, d)) = (extent(behind), extent(before));
    let (start, end) = if b - a < d - c { (a - 26.0, b + 26.0) } else { (c - 26.0, d + 26.0) };
    let at = |share: f64| Point {
        x: (axis.x * offset + along.x * share).clamp(6.0, (layout.width - 6.0).max(6.0)),
        y: (axis.y * offset + along.y * share).clamp(6.0, (layout.height - 6.0).max(6.0)),
    };
    vec![at(start), at(end)]
}

/// What a stroke over the stage would cut: a side of a partition, or some links that part nothing.
pub(crate) fn cut_by(stroke: &[Point], view: &View, layout: &Layout) -> Vec<Command> {
    use crate::app::stage::geometry::cross;
    let crosses = |first: NodeId, second: NodeId| {
        let Some(way) = layout.way(first, second) else { return false };
        let points: Vec<Point> = way.samples().map(|(_, point)| point).collect();
        points.windows(2).any(|piece| stroke.windows(2).any(|part| cross((piece[0], piece[1]), (part[0], part[1]))))
    };
    let (crossed, whole): (Vec<&LinkView>, Vec<&LinkView>) =
        view.links.iter().filter(|link| !link.cut).partition(|link| crosses(link.first, link.second));
    if crossed.is_empty() {
        return Vec::new();
    }
    let islands = islands(view, &whole.iter().map(|link| (link.first, link.second)).collect());
    let before = walls_count(view);
    let smallest = islands
        .iter()
        .filter(|island| crossed.iter().any(|link| island.contains(&link.first) != island.contains(&link.second)));
    let smallest = smallest.min_by_key(|island| (has_coordinator(island), island.len()));
    match smallest {
        Some(island) if islands.len() > before => {
            let mut side: Vec<NodeId> = island.iter().copied().collect();
            for client in view.clients.iter().map(|client| NodeId::Client(client.id)) {
                let servers = view.servers.iter().map(|server| NodeId::Server(server.id));
                let (inside, outside): (Vec<NodeId>, Vec<NodeId>) = servers.partition(|server| island.contains(server));
                let count = |servers: &[NodeId]| servers.iter().filter(|server| crosses(client, **server)).count();
                if count(&outside) * inside.len() > count(&inside) * outside.len() {
                    side.push(client);
                }
            }
            vec![Command::Partition { side, direction: crate::world::Direction::Both }]
        }
        _ => crossed.iter().map(|link| Command::CutLink { first: link.first, second: link.second }).collect(),
    }
}

fn walls_count(view: &View) -> usize {
    islands(view, &view.links.iter().filter(|link| !link.cut).map(|link| (link.first, link.second)).collect()).len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::stage::layout::{Guest, Strip, lay_out};
    use crate::session::{Scenario, Session};
    use crate::sim::ServerId;
    use crate::world::Direction;

    fn stage() -> (Session, Layout) {
        let session = Session::new(Scenario::by_slug("three-copies").expect("it is built in"), 61);
        let view = session.view();
        let guest = |server: &crate::world::ServerView| Guest { id: server.id, zone: server.zone, copies: 3 };
        let guests: Vec<Guest> = view.servers.iter().map(guest).collect();
        let layout = lay_out(&guests, Strip { clients: 1, coordinators: 1 }, 820.0, 640.0);
        (session, layout)
    }

    #[test]
    fn a_partition_is_one_wall_that_touches_no_server() {
        let (mut session, layout) = stage();
        assert!(walls(&session.view(), &layout).is_empty());
        let side = vec![NodeId::Server(ServerId(2))];
        session.apply(Command::Partition { side: side.clone(), direction: Direction::Both }).expect("it is possible");
        let view = session.view();
        let walls = walls(&view, &layout);
        assert_eq!(walls.len(), 1);
        assert_eq!(walls[0].side, side);
        assert_eq!(walls[0].since, Some(view.now));
        assert_eq!(walls[0].heal(&view), vec![Command::HealAll]);
        let line = &walls[0].line;
        for step in 0..=20 {
            let at = line[0].towards(line[1], f64::from(step) / 20.0);
            assert!(!layout.servers.values().any(|server| server.contains(at)), "{at:?}");
        }
    }

    #[test]
    fn a_stroke_round_a_server_parts_it_from_all_others() {
        let (session, layout) = stage();
        let rect = layout.servers[&ServerId(3)].grown(14.0);
        let corners = [
            (rect.x, rect.y),
            (rect.right(), rect.y),
            (rect.right(), rect.bottom()),
            (rect.x, rect.bottom()),
            (rect.x, rect.y),
        ];
        let stroke: Vec<Point> = corners.map(|(x, y)| Point { x, y }).to_vec();
        let commands = cut_by(&stroke, &session.view(), &layout);
        let [Command::Partition { side, .. }] = commands.as_slice() else { panic!("{commands:?}") };
        assert_eq!(side, &vec![NodeId::Server(ServerId(3))]);
    }

    #[test]
    fn a_stroke_over_one_link_cuts_that_link() {
        let (session, layout) = stage();
        let (one, other) = (NodeId::Server(ServerId(2)), NodeId::Server(ServerId(3)));
        let middle = layout.way(one, other).expect("both are there").at(0.5);
        let stroke = [Point { y: middle.y - 12.0, ..middle }, Point { y: middle.y + 12.0, ..middle }];
        let commands = cut_by(&stroke, &session.view(), &layout);
        assert_eq!(commands, vec![Command::CutLink { first: one, second: other }]);
    }
}
