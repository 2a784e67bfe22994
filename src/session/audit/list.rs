//! Which faults an audit tries, and which pairs of them.

use super::Case;
use super::fault::{Fault, Place};
use crate::sim::{NodeId, ServerId};

/// All single faults, the gravest kinds first, at most `limit`.
pub(super) fn singles(place: &Place, limit: usize, notes: &mut Vec<String>) -> Vec<Fault> {
    let servers: Vec<ServerId> = place.servers.iter().map(|(server, _)| *server).collect();
    let each = |fault: fn(ServerId) -> Fault| servers.iter().copied().map(fault);
    let zones = place.shared_zones();
    let server_nodes: Vec<NodeId> = servers.iter().copied().map(NodeId::Server).collect();
    let coordinator_nodes: Vec<NodeId> = place.coordinators.iter().copied().map(NodeId::Coordinator).collect();
    let client_nodes: Vec<NodeId> = place.clients.iter().copied().map(NodeId::Client).collect();
    let all_nodes: Vec<NodeId> = server_nodes.iter().chain(&coordinator_nodes).copied().collect();
    let stops = each(|server| Fault::Kill { server })
        .chain(each(|server| Fault::Crash { server }))
        .chain(place.coordinators.iter().map(|node| Fault::CoordinatorCrash { node: *node }))
        .chain(zones.iter().map(|zone| Fault::ZoneLoss { zone: *zone }))
        .chain(zones.iter().map(|zone| Fault::ZoneOutage { zone: *zone }));
    let cuts_of_coordinator = links(&server_nodes, &coordinator_nodes).chain(links_among(&coordinator_nodes));
    let halts = each(|server| Fault::Wipe { server }).chain(each(|server| Fault::Pause { server }));
    let cuts = links_among(&server_nodes).chain(links(&client_nodes, &all_nodes));
    let all = stops.chain(cuts_of_coordinator).chain(halts).chain(cuts);
    let faults: Vec<Fault> = all.take(limit).collect();
    let pairs_of = |count: usize| count * count.saturating_sub(1) / 2;
    let total = 4 * servers.len()
        + 2 * zones.len()
        + place.coordinators.len()
        + pairs_of(all_nodes.len())
        + client_nodes.len() * all_nodes.len();
    if total > faults.len() {
        notes.push(format!(
            "The audit tried {limit} of {total} single faults. It leaves out cut links of clients first, then cut links \
             between servers."
        ));
    }
    faults
}

/// The pairs of faults that are more than one of them, at most `limit`: those of the gravest kinds first.
pub(super) fn pairs(faults: &[Fault], place: &Place, limit: usize, notes: &mut Vec<String>) -> Vec<Case> {
    let pairs = (0..faults.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
    let differ = pairs.filter(|(first, second)| !faults[*first].overlaps(faults[*second], place));
    let count = faults.len() * faults.len().saturating_sub(1) / 2;
    let taken: Vec<Case> = differ.take(limit).map(|(first, second)| (first, Some(second))).collect();
    if taken.len() == limit && count > limit {
        notes.push(format!("The audit tried {limit} of about {count} pairs, those with the gravest faults."));
    }
    taken
}

fn links<'a>(ones: &'a [NodeId], others: &'a [NodeId]) -> impl Iterator<Item = Fault> + 'a {
    let links_of = move |first: NodeId| others.iter().map(move |second| Fault::LinkCut { first, second: *second });
    ones.iter().copied().flat_map(links_of)
}

fn links_among(nodes: &[NodeId]) -> impl Iterator<Item = Fault> + '_ {
    let others = |index: usize| nodes.iter().skip(index + 1);
    nodes
        .iter()
        .enumerate()
        .flat_map(move |(index, first)| others(index).map(|second| Fault::LinkCut { first: *first, second: *second }))
}
