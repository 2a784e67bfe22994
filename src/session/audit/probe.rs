//! What became of a world: it is left to itself until it has settled, and then clients try to read and write.
//!
//! The audit and the search for a remedy share this: both ask of a copy of a world what its clients can still
//! do, and what of that which was acknowledged is left.

use std::collections::BTreeMap;

use crate::check::Verdict;
use crate::client::{ReadTarget, Refusal};
use crate::replication::{Detector, Policy, WhenShort};
use crate::sim::{Content, FileId, OperationId, Span};
use crate::world::{Command, EventKind, MAIN_GROUP, Placement, ReadFrom, World, WorldSettings};

/// What elections take beside the waits that the policy names: the coordinator's own among its nodes, the
/// promises, and a few messages.
const ELECTIONS: Span = Span::from_millis(1_000);
/// How long a world is let go on at once; then its events are forgotten.
const SLICE: Span = Span::from_millis(200);
/// How often more time is given while a server is still being brought up to date.
const EXTENSIONS: usize = 20;
/// How many reads are asked for at once.
const READS_AT_ONCE: usize = 20;
/// How often a client that got no answer tries again.
const ATTEMPTS: usize = 3;
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
}

/// What became of the files: for each that was harmed the reason, as the end of a sentence.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::session) struct Outcome {
    pub(in crate::session) lost: BTreeMap<String, String>,
    pub(in crate::session) unreadable: BTreeMap<String, String>,
    pub(in crate::session) unwritable: BTreeMap<String, String>,
}

impl Subjects {
    /// The files of a world that were acknowledged, at most `limit` of them.
    pub(in crate::session) fn of(world: &World, limit: usize) -> Self {
        let rows = world.ledger().rows.into_iter();
        let mut files: Vec<Subject> = rows
            .filter(|row| row.acknowledged.is_some() && row.verdict != Verdict::Deleted)
            .map(|row| Subject { file: row.file, name: row.name })
            .collect();
        let left_out = files.len().saturating_sub(limit);
        files.truncate(limit);
        Self { files, left_out }
    }
}

/// The time after which a world has done all that it does by itself about a fault: it has suspected, elected
/// or given up, dropped silent replicas, and begun to repair.
pub(in crate::session) fn settling_time(settings: &WorldSettings) -> Span {
    let Policy { heartbeat_every, detector, drop_after, resend_after, .. } = settings.policy;
    let times = |span: Span, factor: u64| Span::from_micros(span.as_micros().saturating_mul(factor));
    let suspicion = match detector {
        Detector::TimeOut { after } => after,
        Detector::PhiAccrual { deviation_min, pause_accepted, .. } => {
            pause_accepted + times(deviation_min.max(heartbeat_every), 10)
        }
    };
    let short = match settings.policy.when_short {
        WhenShort::Wait => Span::ZERO,
        WhenShort::TimeOut { after } | WhenShort::GoAsync { after } => after,
    };
    let lease = settings.policy.read_lease.unwrap_or(Span::ZERO);
    let detection = suspicion + times(heartbeat_every, 2);
    detection + ELECTIONS + lease + drop_after + resend_after + short
}

/// Lets a world go on until it has settled, and longer while copies are being made anew.
pub(in crate::session) fn settle(world: &mut World) {
    let repair = if world.has_ring_files() { world.settings().policy.repair_after + ELECTIONS } else { Span::ZERO };
    run(world, settling_time(world.settings()) + repair);
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

/// Judges a settled world: what of the subjects is lost, and what can't be read or written.
pub(in crate::session) fn examine(world: &mut World, subjects: &Subjects) -> Outcome {
    let mut outcome = Outcome::default();
    for row in world.ledger().rows {
        if row.verdict == Verdict::LostAcknowledged {
            outcome.lost.insert(row.name, row.reason);
        }
    }
    let readable: Vec<&Subject> =
        subjects.files.iter().filter(|subject| !outcome.lost.contains_key(&subject.name)).collect();
    for batch in readable.chunks(READS_AT_ONCE) {
        for (name, answer) in read(world, batch) {
            let reason = reason(world, &name, answer, false);
            outcome.unreadable.insert(name, reason);
        }
    }
    write_to_each_group(world, subjects, &mut outcome);
    outcome
}

/// What a client was told in place of ok.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Refused(Refusal),
    NoSuchFile,
    Damaged,
    Open,
}

/// Reads the files, and returns those that could not be read.
fn read(world: &mut World, subjects: &[&Subject]) -> Vec<(String, Failure)> {
    let from = match world.settings().clients.first().map(|client| client.read_from) {
        Some(ReadTarget::Any) => ReadFrom::Any,
        Some(ReadTarget::Nearest) => ReadFrom::Nearest,
        _ => ReadFrom::Primary,
    };
    let commands = subjects.iter().map(|subject| (*subject, Command::Read { file: subject.name.clone(), from }));
    ask(world, commands.map(|(subject, command)| (subject.name.clone(), command)).collect())
}

/// Writes one file of each group: what holds for one holds for all, since they share a primary.
fn write_to_each_group(world: &mut World, subjects: &Subjects, outcome: &mut Outcome) {
    let mut groups: BTreeMap<_, Vec<&Subject>> = BTreeMap::new();
    for subject in &subjects.files {
        groups.entry(world.group_of(subject.file).unwrap_or(MAIN_GROUP)).or_default().push(subject);
    }
    let write = |name: &str| {
        let content = Content::new(b"Can this be written?\n");
        Command::Write { file: name.to_owned(), content, placement: Placement::EveryServer }
    };
    if groups.is_empty() {
        groups.insert(MAIN_GROUP, Vec::new());
    }
    let first = |files: &Vec<&Subject>| files.first().map_or(NEW_FILE, |subject| &subject.name).to_owned();
    let asked: Vec<(String, Command)> = groups.values().map(|files| (first(files), write(&first(files)))).collect();
    let failed: BTreeMap<String, Failure> = ask(world, asked).into_iter().collect();
    for files in groups.values() {
        let Some(failure) = failed.get(&first(files)) else { continue };
        if files.is_empty() {
            outcome.unwritable.insert(first(files), reason(world, NEW_FILE, *failure, true));
        }
        for subject in files {
            outcome.unwritable.insert(subject.name.clone(), reason(world, &subject.name, *failure, true));
        }
    }
}

/// Asks all at once, and those that failed again; returns those that failed each time.
fn ask(world: &mut World, mut asked: Vec<(String, Command)>) -> Vec<(String, Failure)> {
    let mut failed = Vec::new();
    for _ in 0..ATTEMPTS {
        failed = ask_once(world, &asked);
        asked.retain(|(name, _)| failed.iter().any(|(other, _)| other == name));
        if asked.is_empty() {
            break;
        }
    }
    failed
}

fn ask_once(world: &mut World, asked: &[(String, Command)]) -> Vec<(String, Failure)> {
    let mut open: BTreeMap<OperationId, &str> = BTreeMap::new();
    let mut failed = Vec::new();
    world.drop_events();
    for (name, command) in asked {
        if world.apply(command.clone()).is_err() {
            failed.push((name.clone(), Failure::NoSuchFile));
            continue;
        }
        for event in world.take_events() {
            if let EventKind::OperationStarted { operation, .. } = event.kind {
                open.insert(operation, name);
            }
        }
    }
    let patience = world.settings().clients.first().map_or(Span::from_millis(1_000), |client| client.time_out);
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
        EventKind::OperationDone { operation, .. } | EventKind::OperationFound { operation, .. } => {
            Some((*operation, None))
        }
        EventKind::OperationRefused { operation, refusal, .. } => Some((*operation, Some(Failure::Refused(*refusal)))),
        EventKind::OperationUnknown { operation, .. } => Some((*operation, Some(Failure::Open))),
        _ => None,
    }
}

/// Why a file could not be read or written, as the end of a sentence.
fn reason(world: &World, name: &str, failure: Failure, is_write: bool) -> String {
    let row = world.ledger().rows.into_iter().find(|row| row.name == name);
    let group = row.as_ref().and_then(|row| world.group_of(row.file)).unwrap_or(MAIN_GROUP);
    match failure {
        Failure::Refused(Refusal::TooFewInSync) => return "too few servers are in sync for the policy".to_owned(),
        Failure::Refused(Refusal::DiskFull) => return "the disk is full".to_owned(),
        Failure::Refused(Refusal::Damaged) => return "the copy is damaged and is not served".to_owned(),
        Failure::Damaged => return "damaged bytes are served".to_owned(),
        Failure::NoSuchFile => return "the server that answers has no such file".to_owned(),
        Failure::Refused(Refusal::NoPrimary | Refusal::SteppedDown | Refusal::NoAnswer) | Failure::Open => {}
    }
    let unavailable = row.as_ref().filter(|row| row.verdict == Verdict::Unavailable);
    if let Some(row) = unavailable.filter(|row| row.reason.contains("only on the disk")) {
        return super::report::as_clause(&row.reason);
    }
    if !world.has_coordinator_majority() {
        return "the coordinator is down, so nobody can change who is primary or who must acknowledge".to_owned();
    }
    if world.is_electing(group) {
        return "too few servers that can have all acknowledged updates answer, so no primary is named".to_owned();
    }
    if unavailable.is_some() {
        return "no primary serves it".to_owned();
    }
    if is_write {
        "the primary gets too few acknowledgements".to_owned()
    } else {
        "no server that may answer can be reached".to_owned()
    }
}
