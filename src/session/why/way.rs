//! How far an operation came on its way from its client to the servers and back, and what held it up there.

use std::collections::{BTreeMap, BTreeSet};

use super::faults::Faults;
use super::hindrance::{self, Hindrance, of_link};
use super::policy::policy_at;
use super::tale::Tale;
use crate::replication::Acks;
use crate::session::Session;
use crate::sim::{EventId, FileId, NodeId, OperationId, ServerId};
use crate::world::{Event, EventKind, MessageKind, OperationKind};

/// What became of an operation between its beginning and its end.
struct Way {
    operation: OperationId,
    client: NodeId,
    kind: OperationKind,
    file: FileId,
    end: EventId,
    /// Whom the client sent something, and when last.
    asked: BTreeMap<NodeId, EventId>,
    /// Who sent the client something that arrived.
    heard: BTreeSet<NodeId>,
    /// The requests that arrived.
    requests: BTreeSet<EventId>,
    /// The server at which the last of them did.
    reached: Option<ServerId>,
    /// The server that logged the change, and its place in the log.
    logged: Option<(ServerId, u64)>,
    /// Who has acknowledged it.
    acknowledged: BTreeSet<ServerId>,
    answered: Option<ServerId>,
}

impl Way {
    fn follow(&mut self, event: &Event) {
        match &event.kind {
            EventKind::MessageSent { from, to, cargo, .. }
                if *from == self.client && cargo.file.is_none_or(|file| file == self.file) =>
            {
                self.asked.insert(*to, event.id);
            }
            EventKind::MessageSent { from: NodeId::Server(server), to, cargo, .. }
                if *to == self.client
                    && cargo.kind == MessageKind::Answer
                    && event.cause.is_some_and(|cause| self.requests.contains(&cause)) =>
            {
                self.answered = Some(*server);
            }
            EventKind::MessageReceived { from, to, .. } if *to == self.client => {
                self.heard.insert(*from);
            }
            EventKind::MessageReceived { from, to: NodeId::Server(server), cargo, .. }
                if *from == self.client && cargo.file == Some(self.file) =>
            {
                self.requests.insert(event.id);
                self.reached = Some(*server);
            }
            EventKind::UpdateLogged { server, operation, index, .. } if *operation == self.operation => {
                self.logged = Some((*server, *index));
            }
            EventKind::AckCounted { server, by, index, .. }
                if self.logged.is_some_and(|(primary, logged)| primary == *server && *index >= logged) =>
            {
                self.acknowledged.insert(*by);
            }
            EventKind::UpdateAnswered { server, operation, .. } if *operation == self.operation => {
                self.answered = Some(*server);
            }
            _ => {}
        }
    }
}

/// Tells what held up an operation, from its start to its end, and returns it as a clause; none if it is neither a
/// link of its client nor a replica that did not acknowledge in time.
pub(super) fn tell_way(
    tale: &mut Tale,
    session: &Session,
    file: FileId,
    started: &Event,
    end: EventId,
) -> Option<String> {
    let EventKind::OperationStarted { operation, client, kind, .. } = started.kind else { return None };
    let mut way = Way {
        operation,
        client,
        kind,
        file,
        end,
        asked: BTreeMap::new(),
        heard: BTreeSet::new(),
        requests: BTreeSet::new(),
        reached: None,
        logged: None,
        acknowledged: BTreeSet::new(),
        answered: None,
    };
    let events = session.events();
    for event in events.up_to(end).from(started.id) {
        way.follow(&event);
    }
    let reached = way.logged.map(|(primary, _)| primary).or(way.reached);
    match (way.answered, reached) {
        (Some(server), _) => tell_answer(tale, session, &way, server),
        (None, Some(primary)) => tell_servers(tale, session, &way, primary),
        (None, None) => tell_requests(tale, session, &way),
    }
}

/// The answer was sent: tells what kept it from the client.
fn tell_answer(tale: &mut Tale, session: &Session, way: &Way, server: ServerId) -> Option<String> {
    let faults = Faults::at(session.events(), way.end);
    let found = of_link(session.events(), &faults, way.client, NodeId::Server(server), way.end);
    let clause = hindrance::tell(tale, session, &found)?;
    Some(format!("the answer from {server} did not arrive in time: {clause}"))
}

/// The request arrived at a server that runs on: tells which replicas it waited for, and why.
fn tell_servers(tale: &mut Tale, session: &Session, way: &Way, primary: ServerId) -> Option<String> {
    let is_change = matches!(way.kind, OperationKind::Write | OperationKind::Delete);
    if !is_change || Faults::at(session.events(), way.end).stopping(primary).is_some() {
        return None;
    }
    let row = session.world.ledger_row(way.file);
    let replicas = row.copies.iter().map(|(server, _)| *server).filter(|server| *server != primary);
    let missing: Vec<ServerId> = match policy_at(session, way.end).acks {
        Acks::None => Vec::new(),
        Acks::Count(needed) if replicas.clone().count() < needed => {
            let acks =
                if needed == 1 { "the ack of 1 replica".to_owned() } else { format!("the acks of {needed} replicas") };
            let count = replicas.count();
            let has = if count == 0 { "none".to_owned() } else { format!("only {count}") };
            return Some(format!("the policy waits for {acks}, but the file has {has}"));
        }
        _ => replicas.filter(|server| !way.acknowledged.contains(server)).collect(),
    };
    hindrance::tell_missing_acks(tale, session, primary, &missing, way.end)
}

/// No request arrived: tells what kept them from whom the client asked, if a link did.
fn tell_requests(tale: &mut Tale, session: &Session, way: &Way) -> Option<String> {
    let events = session.events();
    let (mut by_servers, mut by_coordinator): (Vec<Hindrance>, Vec<Hindrance>) = (Vec::new(), Vec::new());
    let mut is_link = false;
    for (peer, asked) in way.asked.iter().filter(|(peer, _)| !way.heard.contains(peer)) {
        let faults = Faults::at(events, *asked);
        let of_it = of_link(events, &faults, way.client, *peer, way.end);
        is_link |= !of_it.is_empty();
        if let NodeId::Server(server) = peer {
            let down = faults.stopping(*server);
            by_servers.extend(down.map(|event| Hindrance { event, clause: format!("{server} is down") }));
            by_servers.extend(of_it);
        } else {
            by_coordinator.extend(of_it);
        }
    }
    if !is_link {
        return None;
    }
    let client = way.client;
    let by_servers = hindrance::tell(tale, session, &by_servers);
    let by_coordinator = hindrance::tell(tale, session, &by_coordinator)
        .map(|clause| format!("{client} could not ask the coordinator who is primary: {clause}"));
    match (by_servers, by_coordinator) {
        (Some(servers), Some(coordinator)) => Some(format!("{servers}, and {coordinator}")),
        (Some(servers), None) => Some(format!("no request from {client} arrived in time: {servers}")),
        (None, coordinator) => coordinator,
    }
}
