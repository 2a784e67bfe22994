//! Why a client could not read, write or call, as the end of a sentence.

use super::asker::Asker;
use super::report::{as_clause, list};
use crate::check::{GroundTruth as _, Verdict};
use crate::client::{ReadTarget, Refusal};
use crate::replication::ServiceMode;
use crate::sim::{GroupId, NodeId, ServerId};
use crate::world::{MAIN_GROUP, World};

/// What a client was told in place of ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    Refused(Refusal),
    NoSuchFile,
    Damaged,
    Open,
}

/// Why a file could not be read or written.
pub(super) fn of_file(world: &World, name: &str, failure: Failure, is_write: bool, asker: &Asker) -> String {
    match failure {
        Failure::Refused(Refusal::TooFewInSync) => return "too few servers are in sync for the policy".to_owned(),
        Failure::Refused(Refusal::DiskFull) => return "the disk is full".to_owned(),
        Failure::Refused(Refusal::Damaged) => return "the copy is corrupt, so no server serves it".to_owned(),
        Failure::Damaged => return "a server answers with corrupt bytes".to_owned(),
        Failure::NoSuchFile => return "the server that answers has no such file".to_owned(),
        Failure::Refused(Refusal::NoPrimary | Refusal::SteppedDown | Refusal::NoAnswer) | Failure::Open => {}
    }
    let group = world.group_named(name).unwrap_or(MAIN_GROUP);
    let row = world.ledger().rows.into_iter().find(|row| row.name == name);
    let unavailable = row.as_ref().filter(|row| row.verdict == Verdict::Unavailable);
    if let Some(row) = unavailable.filter(|row| row.reason.contains("only on the disk")) {
        return as_clause(&row.reason);
    }
    let from_any = !is_write && asker.settings(world).is_some_and(|client| client.read_from != ReadTarget::Primary);
    if let Some(reason) = out_of_reach(world, group, from_any, asker) {
        return reason;
    }
    if !world.has_coordinator_majority() {
        return "the coordinator is down, so nobody can change who is primary or who must acknowledge".to_owned();
    }
    if world.waits_for_operator(group) {
        return "failover is by hand, and no operator has promoted a server".to_owned();
    }
    if world.is_electing(group) {
        return "too few of the servers that could have every acknowledged update answer, so the coordinator names no primary".to_owned();
    }
    if unavailable.is_some() {
        return "no primary serves it".to_owned();
    }
    if is_write {
        "the primary gets too few acks".to_owned()
    } else {
        "the client can reach no server that may answer".to_owned()
    }
}

/// Why a service did not answer.
pub(super) fn of_service(world: &World, name: &str, asker: &Asker) -> String {
    let group = world.group_named(name).unwrap_or(MAIN_GROUP);
    let servers = world.fixed_servers(group).unwrap_or_default();
    if !servers.iter().any(|server| world.is_up(*server)) {
        return match servers {
            [_] => "its only instance is down".to_owned(),
            _ => "all its instances are down".to_owned(),
        };
    }
    if let Some(reason) = out_of_reach(world, group, false, asker) {
        return reason;
    }
    let settings = world.settings().services.iter().find(|service| service.name == name);
    if settings.is_some_and(|service| service.mode == ServiceMode::ActiveActive) {
        return "no instance answers".to_owned();
    }
    if !world.has_coordinator_majority() {
        return "the coordinator is down, so nobody can name another instance".to_owned();
    }
    "the coordinator names no instance".to_owned()
}

/// Why this client reaches nobody who would answer, if it is the client's own links or what it knows.
fn out_of_reach(world: &World, group: GroupId, from_any: bool, asker: &Asker) -> Option<String> {
    let client = asker.client;
    let answering = world.answering(group, from_any).into_iter().filter(|server| world.is_up(*server));
    let answering: Vec<ServerId> = answering.collect();
    let is_cut = |server: &ServerId| world.is_cut(NodeId::Client(client), NodeId::Server(*server));
    if !answering.is_empty() && answering.iter().all(is_cut) {
        let verb = if answering.len() == 1 { "has" } else { "have" };
        return Some(format!("{client} can't reach {}, which {verb} to answer", list(&answering)));
    }
    if world.reaches_coordinator(client) {
        return None;
    }
    let is_led = world.has_coordinator_majority();
    let primary = world.answering(group, false);
    match asker.knows.get(&group) {
        None if is_led => {
            Some(format!("{client} does not know yet which server to ask, and can't reach the coordinator to find out"))
        }
        None => Some(
            "the coordinator is down, so a client that does not know yet which server to ask can't find out".to_owned(),
        ),
        Some(Some(old)) if !from_any && !primary.is_empty() && !primary.contains(old) => Some(format!(
            "{client} still believes that {old} is the primary, and can't reach the coordinator to find out"
        )),
        Some(_) => None,
    }
}
