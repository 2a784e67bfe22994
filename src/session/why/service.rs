//! Why a file can't be reached, an operation failed, or a read gave old or damaged bytes.

use super::faults::Faults;
use super::hindrance;
use super::loss::{FAULTS_TOLD, coordinators, group_of};
use super::policy::policy_at;
use super::tale::{Tale, list};
use super::way::tell_way;
use super::{Explanation, Trouble};
use crate::check::{CopyHealth, LedgerRow};
use crate::client::Refusal;
use crate::session::{EventList, Session};
use crate::sim::{EventId, FileId, GroupId, NodeId, OperationId, ServerId};
use crate::world::{Event, EventKind};

/// Why a file is there and can't be reached.
pub(super) fn explain_unavailable(session: &Session, row: &LedgerRow) -> Explanation {
    let events = session.events();
    let mut tale = Tale::new(session);
    if let Some(done) = told_ok(session, row.file, last(events)) {
        tale.tell(&done);
    }
    let fresh: Vec<ServerId> =
        row.copies.iter().filter(|(_, health)| *health == CopyHealth::Fresh).map(|(server, _)| *server).collect();
    let faults = Faults::at(events, last(events));
    let is_down = |server: &&ServerId| faults.stopping(**server).is_some();
    let summary = if !fresh.is_empty() && fresh.iter().all(|server| is_down(&server)) {
        for event in fresh.iter().filter_map(|server| faults.stopping(*server)).take(FAULTS_TOLD) {
            tale.tell_id(event);
        }
        format!("{} is intact on the disk of {}, but no running server has it.", row.name, list(&fresh))
    } else {
        let why = tell_no_primary(&mut tale, session, row.file, last(events));
        format!("{} is intact on {}, but no primary serves it: {why}.", row.name, list(&fresh))
    };
    tale.end(&row.name, Trouble::Unavailable, summary)
}

/// Why a client was not told ok.
pub(super) fn explain_failure(session: &Session, name: &str, operation: OperationId) -> Option<Explanation> {
    let events = session.events();
    let mut tale = Tale::new(session);
    let mut ended = None;
    for event in events {
        match &event.kind {
            EventKind::OperationStarted { operation: found, .. }
            | EventKind::UpdateLogged { operation: found, .. }
            | EventKind::UpdateNotConfirmed { operation: found, .. }
                if *found == operation =>
            {
                tale.tell(&event);
            }
            EventKind::OperationUnknown { operation: found, file, .. } if *found == operation => {
                ended = Some((event.clone(), *file, None));
            }
            EventKind::OperationRefused { operation: found, file, refusal, .. } if *found == operation => {
                ended = Some((event.clone(), *file, Some(*refusal)));
            }
            _ => {}
        }
    }
    let (end, file, refusal) = ended?;
    tale.tell(&end);
    let why = match refusal {
        Some(Refusal::TooFewInSync) => tell_in_sync(&mut tale, session, file, end.id),
        Some(Refusal::DiskFull) => tell_disk(&mut tale, session, file, end.id),
        Some(Refusal::Damaged) => tell_rot(&mut tale, session, file, end.id),
        Some(Refusal::SteppedDown) => tell_no_primary(&mut tale, session, file, end.id),
        Some(Refusal::NoPrimary | Refusal::NoAnswer) | None => {
            let started = start_of(events, operation);
            started
                .and_then(|started| tell_way(&mut tale, session, file, &started, end.id))
                .unwrap_or_else(|| tell_no_primary(&mut tale, session, file, end.id))
        }
    };
    let summary = format!("The client was not told ok for {name}: {why}.");
    Some(tale.end(name, Trouble::Failed, summary))
}

/// Why a read gave an older version than one that was acknowledged before it was asked for.
pub(super) fn explain_stale_read(session: &Session, name: &str, read: &Event) -> Option<Explanation> {
    let events = session.events();
    let EventKind::OperationFound { operation, file, version, .. } = &read.kind else { return None };
    let mut tale = Tale::new(session);
    let started = start_of(events, *operation)?;
    let done = told_ok(session, *file, started.id)?;
    tale.tell(&done);
    let answering = read.cause.and_then(|cause| events.find(cause)).and_then(|cause| match cause.kind {
        EventKind::MessageReceived { from: NodeId::Server(from), .. } => Some(from),
        _ => None,
    });
    let had = version.map_or_else(|| "no such file".to_owned(), |version| format!("only {version}"));
    let why = if let Some(server) = answering {
        tale.add(read.id, &format!("The answer came from {server}, which had {had}."));
        tell_why_behind(&mut tale, session, *file, server, &done, read.id)
    } else {
        tale.tell(read);
        "the server that answered was behind".to_owned()
    };
    let summary = format!("The read of {name} was stale: {why}.");
    Some(tale.end(name, Trouble::Stale, summary))
}

/// Why a copy is older than what was acknowledged.
pub(super) fn explain_stale_copy(session: &Session, row: &LedgerRow, server: ServerId) -> Option<Explanation> {
    let mut tale = Tale::new(session);
    let end = last(session.events());
    let done = told_ok(session, row.file, end)?;
    tale.tell(&done);
    let why = tell_why_behind(&mut tale, session, row.file, server, &done, end);
    let summary = format!("The copy of {} on {server} is stale: {why}.", row.name);
    Some(tale.end(&row.name, Trouble::Stale, summary))
}

/// Why a copy is damaged, or a read gave damaged bytes.
pub(super) fn explain_damage(session: &Session, name: &str, file: FileId, read: Option<&Event>) -> Explanation {
    let mut tale = Tale::new(session);
    let end = read.map_or(last(session.events()), |read| read.id);
    let rot = tell_rot(&mut tale, session, file, end);
    let checks = session.world.settings().policy.checksums;
    let summary = match read {
        Some(read) => {
            tale.tell(read);
            let since = if checks { "verified checksums then" } else { "verifies checksums" };
            format!("A client was given corrupt bytes of {name}: {rot}, and no server {since}.")
        }
        None if checks => format!("A copy of {name} is corrupt: {rot}. No server serves it."),
        None => format!("A copy of {name} is corrupt: {rot}. No server verifies checksums, so a client could get it."),
    };
    tale.end(name, Trouble::Damaged, summary)
}

fn last(events: EventList<'_>) -> EventId {
    events.last_id().unwrap_or(EventId(0))
}

pub(super) fn start_of(events: EventList<'_>, operation: OperationId) -> Option<Event> {
    let starts =
        |event: &Event| matches!(&event.kind, EventKind::OperationStarted { operation: of, .. } if *of == operation);
    events.iter().find(starts)
}

/// The last acknowledgement of a write or deletion of the file before an event.
pub(super) fn told_ok(session: &Session, file: FileId, before: EventId) -> Option<Event> {
    let is_it = |event: &Event| matches!(&event.kind, EventKind::OperationDone { file: of, .. } if *of == file);
    session.events().before(before).iter().rfind(is_it)
}

/// The last server before an event that was told to be primary of the group.
fn primary_before(session: &Session, group: GroupId, before: EventId) -> Option<ServerId> {
    let named = |event: Event| match event.kind {
        EventKind::BecamePrimary { server, group: of, .. } | EventKind::Promoted { server, group: of, .. }
            if of == group =>
        {
            Some(server)
        }
        _ => None,
    };
    session.events().before(before).iter().rev().find_map(named)
}

/// Tells why no primary answers for a file at an event, and returns it as a clause.
fn tell_no_primary(tale: &mut Tale, session: &Session, file: FileId, at: EventId) -> String {
    let events = session.events();
    let group = group_of(session, file);
    let members: Vec<ServerId> = session.world.servers().collect();
    let faults = Faults::at(events, at);
    let mut clauses = Vec::new();
    let primary = primary_before(session, group, at);
    let decided = |event: &Event| match &event.kind {
        EventKind::NoCandidate { group: of, .. }
        | EventKind::WaitsForOperator { group: of, .. }
        | EventKind::Promoted { group: of, .. } => *of == group,
        _ => false,
    };
    let decision = events.up_to(at).iter().rfind(decided);
    match decision.as_ref().map(|event| (event, &event.kind)) {
        Some((event, EventKind::NoCandidate { .. })) => {
            for fault in faults.touching(&members, coordinators(session)).into_iter().take(FAULTS_TOLD) {
                tale.tell_id(fault);
            }
            tale.tell(event);
            clauses.push("too few of the servers that could have every acknowledged update answer".to_owned());
        }
        Some((event, EventKind::WaitsForOperator { .. })) => {
            tale.tell(event);
            clauses.push("failover is by hand and nobody has promoted a server".to_owned());
        }
        _ => {}
    }
    if let Some((server, fault)) = primary
        .and_then(|server| Some((server, faults.silencing(server, &members, coordinators(session))?)))
        .and_then(|(server, fault)| Some((server, events.find(fault)?)))
    {
        tale.tell(&fault);
        clauses.insert(0, format!("the primary {server} is down or cut off"));
    }
    let stopped = faults.stopping_coordinator(coordinators(session));
    for event in &stopped {
        tale.tell_id(*event);
    }
    if !stopped.is_empty() {
        clauses.push("the coordinator is down, so nobody can name another primary".to_owned());
    }
    if clauses.is_empty() {
        for fault in faults.touching(&members, coordinators(session)).into_iter().take(FAULTS_TOLD) {
            tale.tell_id(fault);
        }
        let slow = primary.and_then(|primary| hindrance::tell_missing_acks(tale, session, primary, &members, at));
        clauses.push(slow.unwrap_or_else(|| "the servers that had to answer did not do so in time".to_owned()));
    }
    clauses.join(", and ")
}

fn tell_in_sync(tale: &mut Tale, session: &Session, file: FileId, at: EventId) -> String {
    let group = group_of(session, file);
    let events = session.events();
    let changed = |event: &Event| matches!(&event.kind, EventKind::InSyncChanged { group: of, .. } if *of == group);
    let mut in_sync: Vec<ServerId> = Vec::new();
    if let Some(event) = events.up_to(at).iter().rfind(changed) {
        tale.tell(&event);
        if let EventKind::InSyncChanged { servers, .. } = event.kind {
            in_sync = servers;
        }
    }
    let members: Vec<ServerId> = session.world.servers().collect();
    let touching = Faults::at(events, at).touching(&members, coordinators(session));
    for fault in touching.iter().take(FAULTS_TOLD) {
        tale.tell_id(*fault);
    }
    if let (true, Some(primary)) = (touching.is_empty(), primary_before(session, group, at)) {
        let behind: Vec<ServerId> = members.into_iter().filter(|member| !in_sync.contains(member)).collect();
        hindrance::tell_missing_acks(tale, session, primary, &behind, at);
    }
    let least = policy_at(session, at).min_in_sync;
    format!("fewer servers were in sync than the {least} that the policy demands")
}

fn tell_disk(tale: &mut Tale, session: &Session, file: FileId, at: EventId) -> String {
    let faults = Faults::at(session.events(), at);
    let primary = primary_before(session, group_of(session, file), at);
    let mut servers = session.world.servers().filter(|server| primary.is_none_or(|primary| primary == *server));
    let fault = servers.find_map(|server| faults.filling(server));
    if let Some(event) = fault {
        tale.tell_id(event);
    }
    "the disk of the server that must store it is full".to_owned()
}

fn tell_rot(tale: &mut Tale, session: &Session, file: FileId, at: EventId) -> String {
    let events = session.events();
    let rotted = |event: Event| match &event.kind {
        EventKind::CopyRotted { server, file: of, .. } if *of == file => Some((event.id, *server)),
        _ => None,
    };
    let Some((event, server)) = events.up_to(at).iter().rev().find_map(rotted) else {
        return "its bytes changed on the disk".to_owned();
    };
    if let Some(done) = told_ok(session, file, event) {
        tale.tell(&done);
    }
    tale.tell_id(event);
    let found = |event: &Event| matches!(&event.kind, EventKind::RotFound { file: of, .. } if *of == file);
    if let Some(found) = events.up_to(at).iter().rfind(found) {
        tale.tell(&found);
    }
    format!("a bit of the copy on {server} flipped")
}

/// Tells why a server did not have what was acknowledged, and returns it as a clause.
fn tell_why_behind(
    tale: &mut Tale,
    session: &Session,
    file: FileId,
    server: ServerId,
    done: &Event,
    at: EventId,
) -> String {
    let events = session.events();
    let faults = Faults::at(events, at);
    let group = group_of(session, file);
    // Updates come from the primary, so a cut from any other server makes nobody fall behind.
    let primary = primary_before(session, group, at);
    let senders: Vec<ServerId> = primary.map_or_else(|| session.world.servers().collect(), |primary| vec![primary]);
    if let Some(fault) = faults.silencing(server, &senders, coordinators(session)) {
        tale.tell_id(fault);
        let left = |event: &Event| matches!(&event.kind, EventKind::InSyncChanged { group: of, servers } if *of == group && !servers.contains(&server));
        if let Some(left) = events.up_to(done.id).iter().rfind(left).filter(|left| left.id > fault) {
            tale.tell(&left);
        }
        return format!("{server} was cut off or down and missed what was acknowledged in the meantime");
    }
    let slow = primary
        .map(|primary| hindrance::of_replica(events, &faults, primary, server, at))
        .and_then(|found| hindrance::tell(tale, session, &found))
        .map_or_else(String::new, |clause| format!("{clause}, and "));
    let EventKind::OperationDone { operation, .. } = &done.kind else {
        return format!("{slow}{server} was behind");
    };
    for event in events {
        match &event.kind {
            EventKind::UpdateAnswered { operation: of, .. } if of == operation => tale.tell(&event),
            EventKind::UpdateOnDisk { operation: of, server: on, .. } if of == operation && *on == server => {
                tale.tell(&event);
            }
            _ => {}
        }
    }
    format!("{slow}the client was told ok before {server} had applied it")
}
