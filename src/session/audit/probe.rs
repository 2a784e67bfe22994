//! What became of a world: it is left to itself until it has settled, and then a client tries to read, to write and
//! to call services.
//!
//! The audit and the search for a remedy share this: both ask of a copy of a world what its clients can still
//! do, and what of that which was acknowledged is left.

use std::collections::BTreeMap;

use super::asker::Asker;
use super::reason::{self, Failure};
use crate::check::Verdict;
use crate::client::{ClientSettings, ReadTarget};
use crate::replication::{Detector, Policy, WhenShort};
use crate::sim::{Content, FileId, OperationId, Span};
use crate::world::{Command, EventKind, MAIN_GROUP, Placement, ReadFrom, World};

/// What elections take beside the waits that the policy names: the coordinator's own among its nodes, the
/// promises, and a few messages.
const ELECTIONS: Span = Span::from_millis(1_000);
/// The longest that a world is let go on until it is judged: an audit has many cases, and a page can end it only
/// between two of them. A world whose policy waits for longer is judged before it has come to rest.
pub(in crate::session) const SETTLING_LIMIT: Span = Span::from_millis(60_000);
/// The longest that a client is waited for, for the same reason, be its own patience longer.
pub(in crate::session) const PATIENCE_LIMIT: Span = Span::from_millis(10_000);
/// How long a world is let go on at once; then its events are forgotten.
const SLICE: Span = Span::from_millis(200);
/// How often more time is given while a server is still being brought up to date.
const EXTENSIONS: usize = 20;
/// How many reads are asked for at once.
const AT_ONCE: usize = 20;
/// How often a client that got no answer tries again, unless it does so by itself.
const ATTEMPTS: usize = 3;
/// How often a client must have the time to ask for something again, so that it finds who serves it: it asks the server it
/// knows, and then each of three nodes of the coordinator.
const ROUNDS: u64 = 4;
/// The name of the file that is written where there is none to write.
const NEW_FILE: &str = "a new file";

/// A file that is examined.
#[derive(Clone, Debug)]
pub(in crate::session) struct Subject {
    pub(in crate::session) file: FileId,
    pub(in crate::session) name: String,
}

/// What is tried on a settled world.
#[derive(Clone, Debug, Default)]
pub(in crate::session) struct Subjects {
    /// The files that were acknowledged, and are not lost already.
    pub(in crate::session) files: Vec<Subject>,
    /// How many more of them are not read, since there are too many.
    pub(in crate::session) left_out: usize,
    /// The services.
    pub(in crate::session) services: Vec<String>,
}

/// What became of the files and services: for each that was harmed the reason, as the end of a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::session) struct Outcome {
    pub(in crate::session) lost: BTreeMap<String, String>,
    pub(in crate::session) unreadable: BTreeMap<String, String>,
    pub(in crate::session) unwritable: BTreeMap<String, String>,
    pub(in crate::session) unserved: BTreeMap<String, String>,
}

impl Subjects {
    /// The files of a world that were acknowledged, at most `limit` of them, and its services.
    pub(in crate::session) fn of(world: &World, limit: usize) -> Self {
        let rows = world.ledger().rows.into_iter();
        let mut files: Vec<Subject> = rows
            .filter(|row| row.acknowledged.is_some() && row.verdict != Verdict::Deleted)
            .map(|row| Subject { file: row.file, name: row.name })
            .collect();
        let left_out = files.len().saturating_sub(limit);
        files.truncate(limit);
        let services = world.settings().services.iter().map(|service| service.name.clone()).collect();
        Self { files, left_out, services }
    }
}

/// The time after which a world has done all that it does by itself about a fault: it has suspected, elected
/// or given up, dropped silent replicas, and begun to repair.
pub(in crate::session) fn settling_time(world: &World) -> Span {
    let Policy { heartbeat_every, detector, drop_after, resend_after, .. } = world.settings().policy;
    let times = |span: Span, factor: u64| Span::from_micros(span.as_micros().saturating_mul(factor));
    let suspicion = match detector {
        Detector::TimeOut { after } => after,
        Detector::PhiAccrual { deviation_min, pause_accepted, .. } => {
            pause_accepted + times(deviation_min.max(heartbeat_every), 10)
        }
    };
    let short = match world.settings().policy.when_short {
        WhenShort::Wait => Span::ZERO,
        WhenShort::TimeOut { after } | WhenShort::GoAsync { after } => after,
    };
    let lease = world.settings().policy.read_lease.unwrap_or(Span::ZERO);
    let detection = suspicion + times(heartbeat_every, 2);
    let repair = if world.has_ring_files() { world.settings().policy.repair_after + ELECTIONS } else { Span::ZERO };
    detection + ELECTIONS + lease + drop_after + resend_after + short + repair
}

/// Lets a world go on until it has settled, and longer while copies are being made anew, but no longer than
/// [`SETTLING_LIMIT`].
pub(in crate::session) fn settle(world: &mut World) {
    let needed = settling_time(world);
    run(world, needed.min(SETTLING_LIMIT));
    if needed > SETTLING_LIMIT {
        return;
    }
    for _ in 0..EXTENSIONS {
        if !world.is_repairing() {
            return;
        }
        run(world, SLICE);
    }
}

fn run(world: &mut World, span: Span) {
    let until = world.now() + span;
    while world.now() < until {
        world.advance((world.now() + SLICE).min(until));
        world.drop_events();
    }
}

/// The files of a world that are lost, and why.
pub(in crate::session) fn losses(world: &World) -> BTreeMap<String, String> {
    let rows = world.ledger().rows.into_iter().filter(|row| row.verdict == Verdict::LostAcknowledged);
    rows.map(|row| (row.name, row.reason)).collect()
}

/// Judges a settled world: what of the subjects is lost, and what of the others this client can't read or write, or
/// gets no answer from.
pub(in crate::session) fn examine(world: &mut World, subjects: &Subjects, asker: &Asker) -> Outcome {
    let mut outcome = Outcome { lost: losses(world), ..Outcome::default() };
    let readable: Vec<&Subject> =
        subjects.files.iter().filter(|subject| !outcome.lost.contains_key(&subject.name)).collect();
    for batch in readable.chunks(AT_ONCE) {
        for (name, failure) in read(world, batch, asker) {
            let reason = reason::of_file(world, &name, failure, false, asker);
            outcome.unreadable.insert(name, reason);
        }
    }
    write_to_each_group(world, subjects, asker, &mut outcome);
    let call = |name: &String| (name.clone(), Command::Call { service: name.clone() });
    let attempts = attempts_to_read(asker.settings(world));
    for (name, _) in ask(world, subjects.services.iter().map(call).collect(), asker, attempts) {
        let reason = reason::of_service(world, &name, asker);
        outcome.unserved.insert(name, reason);
    }
    outcome
}

/// Reads the files, and returns those that could not be read.
fn read(world: &mut World, subjects: &[&Subject], asker: &Asker) -> Vec<(String, Failure)> {
    let from = match asker.settings(world).map(|client| client.read_from) {
        Some(ReadTarget::Any) => ReadFrom::Any,
        Some(ReadTarget::Nearest) => ReadFrom::Nearest,
        _ => ReadFrom::Primary,
    };
    let command = |subject: &&Subject| (subject.name.clone(), Command::Read { file: subject.name.clone(), from });
    ask(world, subjects.iter().map(command).collect(), asker, attempts_to_read(asker.settings(world)))
}

/// How often reads and calls are asked for. A client repeats them until its time is out, so that once is enough where it
/// has time to; if it gets no answer all the same, it stays with a node or a server that is gone.
fn attempts_to_read(client: Option<&ClientSettings>) -> usize {
    let client = client.cloned().unwrap_or_default();
    let needed_us = client.attempt_time_out.as_micros().saturating_mul(ROUNDS);
    if client.time_out.as_micros() >= needed_us { 1 } else { ATTEMPTS }
}

/// Writes one file of each group: what holds for one holds for all, since they share a primary.
/// Where there is nothing at all to ask for, a new file is written.
fn write_to_each_group(world: &mut World, subjects: &Subjects, asker: &Asker, outcome: &mut Outcome) {
    let mut groups: BTreeMap<_, Vec<&Subject>> = BTreeMap::new();
    for subject in &subjects.files {
        groups.entry(world.group_of(subject.file).unwrap_or(MAIN_GROUP)).or_default().push(subject);
    }
    let write = |name: &str| {
        let content = Content::new(b"Can this be written?\n");
        Command::Write { file: name.to_owned(), content, placement: Placement::EveryServer }
    };
    if groups.is_empty() && subjects.services.is_empty() {
        groups.insert(MAIN_GROUP, Vec::new());
    }
    let first = |files: &Vec<&Subject>| files.first().map_or(NEW_FILE, |subject| &subject.name).to_owned();
    let asked: Vec<(String, Command)> = groups.values().map(|files| (first(files), write(&first(files)))).collect();
    let failed: BTreeMap<String, Failure> = ask(world, asked, asker, ATTEMPTS).into_iter().collect();
    for files in groups.values() {
        let Some(failure) = failed.get(&first(files)) else { continue };
        if files.is_empty() {
            outcome.unwritable.insert(first(files), reason::of_file(world, NEW_FILE, *failure, true, asker));
        }
        for subject in files {
            outcome
                .unwritable
                .insert(subject.name.clone(), reason::of_file(world, &subject.name, *failure, true, asker));
        }
    }
}

/// How long a client waits for an answer.
pub(in crate::session) fn patience(client: Option<&ClientSettings>) -> Span {
    client.map_or(Span::from_millis(1_000), |client| client.time_out)
}

/// Asks all at once, and those that failed again; returns those that failed each time.
fn ask(world: &mut World, mut asked: Vec<(String, Command)>, asker: &Asker, attempts: usize) -> Vec<(String, Failure)> {
    let mut failed = Vec::new();
    for _ in 0..attempts {
        if asked.is_empty() {
            break;
        }
        failed = ask_once(world, &asked, asker);
        asked.retain(|(name, _)| failed.iter().any(|(other, _)| other == name));
    }
    failed
}

fn ask_once(world: &mut World, asked: &[(String, Command)], asker: &Asker) -> Vec<(String, Failure)> {
    let mut open: BTreeMap<OperationId, &str> = BTreeMap::new();
    let mut failed = Vec::new();
    world.drop_events();
    for (name, command) in asked {
        if world.apply_as(asker.client, command.clone()).is_err() {
            failed.push((name.clone(), Failure::NoSuchFile));
            continue;
        }
        for event in world.take_events() {
            if let EventKind::OperationStarted { operation, .. } = event.kind {
                open.insert(operation, name);
            }
        }
    }
    let patience = patience(asker.settings(world)).min(PATIENCE_LIMIT);
    let until = world.now() + patience + SLICE;
    while world.now() < until && !open.is_empty() {
        world.step();
        for event in world.take_events() {
            let Some((operation, failure)) = ending(&event.kind) else { continue };
            if let (Some(name), Some(failure)) = (open.remove(&operation), failure) {
                failed.push((name.to_owned(), failure));
            }
        }
        if world.next_at().is_none() {
            break;
        }
    }
    failed.extend(open.into_values().map(|name| (name.to_owned(), Failure::Open)));
    failed
}

/// The operation that an event ends, and how it failed, if it did.
fn ending(kind: &EventKind) -> Option<(OperationId, Option<Failure>)> {
    match kind {
        EventKind::OperationFound { operation, damaged: true, .. } => Some((*operation, Some(Failure::Damaged))),
        EventKind::OperationFound { operation, version: None, .. } => Some((*operation, Some(Failure::NoSuchFile))),
        EventKind::OperationDone { operation, .. }
        | EventKind::OperationFound { operation, .. }
        | EventKind::OperationServed { operation, .. } => Some((*operation, None)),
        EventKind::OperationRefused { operation, refusal, .. } => Some((*operation, Some(Failure::Refused(*refusal)))),
        EventKind::OperationUnknown { operation, .. } => Some((*operation, Some(Failure::Open))),
        _ => None,
    }
}
