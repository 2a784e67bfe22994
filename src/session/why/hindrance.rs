//! What stands between two nodes at a moment: what stopped one of them, and what is wrong with the link or the disk.

use super::faults::{BadLink, Faults};
use super::loss::FAULTS_TOLD;
use super::tale::{Tale, list};
use crate::session::{EventList, Session};
use crate::sim::{EventId, NodeId, ServerId};
use crate::world::{EventKind, LossReason};

/// One thing that stands in the way, with the event that brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Hindrance {
    pub(super) event: EventId,
    /// What it is, as a clause.
    pub(super) clause: String,
}

/// What is wrong with the link between two nodes, both ways, at an event: it is cut, or else it loses messages, and
/// has lost some by then, or it is slow.
pub(super) fn of_link(
    events: EventList<'_>,
    faults: &Faults,
    one: NodeId,
    other: NodeId,
    at: EventId,
) -> Vec<Hindrance> {
    if let Some(event) = faults.between(one, other).or_else(|| faults.between(other, one)) {
        return vec![Hindrance { event, clause: format!("the link between {one} and {other} is cut") }];
    }
    let mut found: Vec<Hindrance> = Vec::new();
    for (from, to) in [(one, other), (other, one)] {
        let Some(BadLink { event, quality }) = faults.bad_link(from, to) else { continue };
        let mut ailments = Vec::new();
        if quality.loss_per_mille > 0 && has_lost(events, from, to, event, at) {
            ailments.push("loses messages");
        }
        if quality.slow_factor > 1 || quality.reorder_per_mille > 0 {
            ailments.push("is slow");
        }
        if !ailments.is_empty() && !found.iter().any(|known| known.event == event) {
            let clause = format!("the link between {one} and {other} {}", ailments.join(" and "));
            found.push(Hindrance { event, clause });
        }
    }
    found
}

/// Whether a message was lost on a bad link from one event to another.
fn has_lost(events: EventList<'_>, of: NodeId, by: NodeId, since: EventId, at: EventId) -> bool {
    events.up_to(at).from(since).iter().any(|event| match &event.kind {
        EventKind::MessageLost { from, to, reason: LossReason::BadLink, .. } => (*from, *to) == (of, by),
        _ => false,
    })
}

/// What keeps a replica from getting updates of a primary and acknowledging them in time.
pub(super) fn of_replica(
    events: EventList<'_>,
    faults: &Faults,
    primary: ServerId,
    replica: ServerId,
    at: EventId,
) -> Vec<Hindrance> {
    if let Some(event) = faults.stopping(replica) {
        return vec![Hindrance { event, clause: format!("{replica} is down") }];
    }
    let mut found = of_link(events, faults, NodeId::Server(primary), NodeId::Server(replica), at);
    if !found.iter().any(|hindrance| hindrance.clause.ends_with("is cut")) {
        found.extend(of_disk(faults, replica));
    }
    found
}

/// What is wrong with the disk of a server.
pub(super) fn of_disk(faults: &Faults, server: ServerId) -> Option<Hindrance> {
    let full = faults.filling(server).map(|event| (event, "full"));
    let (event, how) = full.or_else(|| faults.slowing_disk(server).map(|event| (event, "slow")))?;
    Some(Hindrance { event, clause: format!("the disk of {server} is {how}") })
}

/// Tells some of what is in the way, and returns all of that as a clause; none if nothing is.
pub(super) fn tell(tale: &mut Tale, session: &Session, found: &[Hindrance]) -> Option<String> {
    let told = found.iter().take(FAULTS_TOLD);
    let mut clauses: Vec<String> = Vec::new();
    for hindrance in told {
        if session.events().find(hindrance.event).is_some() {
            tale.tell_id(hindrance.event);
        }
        if !clauses.contains(&hindrance.clause) {
            clauses.push(hindrance.clause.clone());
        }
    }
    (!clauses.is_empty()).then(|| clauses.join(", and "))
}

/// Tells why replicas that have not acknowledged did not, and returns it as a clause; none if no fault explains it.
pub(super) fn tell_missing_acks(
    tale: &mut Tale,
    session: &Session,
    primary: ServerId,
    missing: &[ServerId],
    at: EventId,
) -> Option<String> {
    let events = session.events();
    let faults = Faults::at(events, at);
    let mut found: Vec<Hindrance> = Vec::new();
    let mut silent = Vec::new();
    for replica in missing.iter().filter(|replica| **replica != primary) {
        let of_it = of_replica(events, &faults, primary, *replica, at);
        if !of_it.is_empty() {
            silent.push(*replica);
        }
        found.extend(of_it);
    }
    // The primary's own disk counts where an ack means that the update is on disk.
    found.extend(of_disk(&faults, primary));
    let clause = tell(tale, session, &found)?;
    if silent.is_empty() {
        return Some(clause);
    }
    Some(format!("{primary} got no ack in time from {}: {clause}", list(&silent)))
}
