//! Whether what a scenario expects came true.

use core::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use super::expect::{Condition, Counted, Expectation, OperationWord};
use super::quantity::shown;
use super::word::{HealthWord, StatusWord, VerdictWord};
use crate::check::CopyHealth;
use crate::session::{EventList, Session};
use crate::sim::{FileId, OperationId, ServerId, Span, Time};
use crate::text::quoted;
use crate::world::{EventKind, OperationKind, OutcomeView, Role, View};

/// Whether an expectation came true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fulfilment {
    /// It came true.
    Met,
    /// It did not.
    Failed,
    /// Its time has not come.
    Open,
}

/// What became of an expectation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectationResult {
    /// When it should have come true.
    pub at: Time,
    /// Whether it did.
    pub fulfilment: Fulfilment,
    /// What was expected and what was found, in one sentence.
    pub sentence: String,
    /// Why it was expected, as the scenario says; may be empty.
    pub because: String,
}

impl Session {
    /// What became of each of the scenario's expectations, in their order. Those of a time that the run has not
    /// reached yet are open; what was recorded for after now does not count.
    #[must_use]
    pub fn check_expectations(&self) -> Vec<ExpectationResult> {
        self.judge(&self.scenario().expectations)
    }

    /// What became of each of these expectations, in their order, as [`Self::check_expectations`] tells it of the
    /// scenario's own.
    #[must_use]
    pub fn judge(&self, expectations: &[Expectation]) -> Vec<ExpectationResult> {
        let mut order: Vec<(usize, &Expectation)> = expectations.iter().enumerate().collect();
        order.sort_by_key(|(index, expectation)| (expectation.at, *index));
        let mut past: Option<Self> = None;
        let mut results: BTreeMap<usize, ExpectationResult> = BTreeMap::new();
        for (index, expectation) in order {
            let at = self.start() + expectation.at;
            let (fulfilment, sentence) = match at.cmp(&self.now()) {
                Ordering::Greater => {
                    let (moment, expected) = (shown(expectation.at), describe(&expectation.condition));
                    (Fulfilment::Open, format!("At {moment} it is expected that {expected}."))
                }
                Ordering::Equal => judge(self, expectation),
                Ordering::Less => {
                    let past = past.get_or_insert_with(|| self.clone());
                    past.seek(at);
                    judge(past, expectation)
                }
            };
            let because = expectation.because.clone();
            results.insert(index, ExpectationResult { at, fulfilment, sentence, because });
        }
        results.into_values().collect()
    }
}

fn judge(session: &Session, expectation: &Expectation) -> (Fulfilment, String) {
    let view = session.view();
    let (is_met, found) = examine(session, &view, &expectation.condition);
    let expected = describe(&expectation.condition);
    let moment = shown(expectation.at);
    let fulfilment = if is_met { Fulfilment::Met } else { Fulfilment::Failed };
    let sentence = match fulfilment {
        Fulfilment::Met => format!("At {moment}, as expected, {expected}: {found}."),
        _ => format!("At {moment} it was expected that {expected}, but {found}."),
    };
    (fulfilment, sentence)
}

fn range(least: Option<impl core::fmt::Display>, most: Option<impl core::fmt::Display>) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!("from {least} to {most}"),
        (Some(least), None) => format!("at least {least}"),
        (None, Some(most)) => format!("at most {most}"),
        (None, None) => "any".to_owned(),
    }
}

fn names(servers: &[ServerId]) -> String {
    let names: Vec<String> = servers.iter().map(ToString::to_string).collect();
    if names.is_empty() { "no server".to_owned() } else { names.join(", ") }
}

/// What should hold, as the end of a sentence.
fn describe(condition: &Condition) -> String {
    match condition {
        Condition::Verdict { file: Some(file), verdict } => format!("{file} is {}", VerdictWord::word_of(*verdict)),
        Condition::Verdict { file: None, verdict } => format!("every file is {}", VerdictWord::word_of(*verdict)),
        Condition::Acknowledged { file, version } => format!("v{version} of {file} is the last acknowledged one"),
        Condition::Read { file, version: 0 } => format!("the last read of {file} finds no such file"),
        Condition::Read { file, version } => format!("the last read of {file} finds v{version}"),
        Condition::Copies { file, count: 1 } => format!("{file} has 1 fresh copy"),
        Condition::Copies { file, count } => format!("{file} has {count} fresh copies"),
        Condition::Health { file, server, health } => {
            format!("the copy of {file} on {server} is {}", HealthWord::word_of(*health))
        }
        Condition::Text { file, server, text } => format!("{server} has {} in {file}", quoted(text.trim_end())),
        Condition::Primary(Some(server)) => format!("{server} is the primary"),
        Condition::Primary(None) => "there is no primary".to_owned(),
        Condition::Primaries(1) => "1 server believes that it is the primary".to_owned(),
        Condition::Primaries(count) => format!("{count} servers believe that they are the primary"),
        Condition::Epoch(epoch) => format!("the epoch is {epoch}"),
        Condition::InSync(servers) => format!("{} are in sync", names(servers)),
        Condition::Status { server, status } => format!("{server} is {}", StatusWord::word_of(*status)),
        Condition::Availability { least_hundredths } => {
            format!("at least {} % of the operations get an ok", percent(*least_hundredths))
        }
        Condition::Latency { kind, percentile, least, most } => {
            let range = range(least.map(shown), most.map(shown));
            format!("the {percentile}th percentile of the latency of {} is {range}", OperationWord::word_of(*kind))
        }
        Condition::Count { counted, least, most } => {
            format!("the number of {} is {}", counted_things(*counted), range(*least, *most))
        }
    }
}

fn percent(hundredths: u32) -> String {
    format!("{}.{:02}", hundredths / 100, hundredths % 100)
}

/// What is counted, for a sentence: in the words of the format, where they make one.
fn counted_things(counted: Counted) -> &'static str {
    match counted {
        Counted::RotFound => "corrupt copies found",
        Counted::RotRepaired => "corrupt copies repaired",
        Counted::WentAsync => "times that a primary went on without acks",
        other => other.words(),
    }
}

/// Whether a condition holds now, and what there is instead.
fn examine(session: &Session, view: &View, condition: &Condition) -> (bool, String) {
    let row = |name: &str| view.ledger.rows.iter().find(|row| row.name == name);
    let no_file = |name: &str| (false, format!("there is no file {name}"));
    match condition {
        Condition::Verdict { file: Some(file), verdict } => row(file).map_or_else(
            || no_file(file),
            |row| (row.verdict == *verdict, format!("it is {}", VerdictWord::word_of(row.verdict))),
        ),
        Condition::Verdict { file: None, verdict } => {
            match view.ledger.rows.iter().find(|row| row.verdict != *verdict) {
                Some(other) => (false, format!("{} is {}", other.name, VerdictWord::word_of(other.verdict))),
                None if view.ledger.rows.len() == 1 => (true, "there is 1 file".to_owned()),
                None => (true, format!("there are {} files", view.ledger.rows.len())),
            }
        }
        Condition::Acknowledged { file, version } => row(file).map_or_else(
            || no_file(file),
            |row| {
                let found = row.acknowledged.map_or(0, |version| version.0);
                (found == *version, format!("it is v{found}"))
            },
        ),
        Condition::Read { file, version } => examine_read(view, file, *version),
        Condition::Copies { file, count } => row(file).map_or_else(
            || no_file(file),
            |row| {
                let found = row.copies.iter().filter(|(_, health)| *health == CopyHealth::Fresh).count() as u64;
                (found == *count, format!("it has {found}"))
            },
        ),
        Condition::Health { file, server, health } => row(file).map_or_else(
            || no_file(file),
            |row| {
                let copy = row.copies.iter().find(|(id, _)| id == server);
                let found = copy.map_or(CopyHealth::Missing, |(_, health)| *health);
                (found == *health, format!("it is {}", HealthWord::word_of(found)))
            },
        ),
        Condition::Text { file, server, text } => {
            let server = view.servers.iter().find(|found| found.id == *server);
            let copy = server.and_then(|server| server.copies.iter().find(|copy| copy.name == *file));
            let bytes = copy.map_or(&[][..], |copy| copy.content.bytes());
            (bytes == text.as_bytes(), format!("there is {}", quoted(String::from_utf8_lossy(bytes).trim_end())))
        }
        Condition::Primary(primary) => {
            let found = view.coordinator.primary;
            (found == *primary, found.map_or("there is none".to_owned(), |found| format!("it is {found}")))
        }
        Condition::Primaries(count) => {
            let believers: Vec<ServerId> =
                view.servers.iter().filter(|server| server.role == Role::Primary).map(|server| server.id).collect();
            (
                believers.len() as u64 == *count,
                match believers.as_slice() {
                    [one] => format!("it is {one}"),
                    several => format!("they are {}", names(several)),
                },
            )
        }
        Condition::Epoch(epoch) => {
            let found = view.coordinator.epoch.0;
            (found == *epoch, format!("it is {found}"))
        }
        Condition::InSync(servers) => {
            let found = &view.coordinator.in_sync;
            (found == servers, format!("the servers in sync are {}", names(found)))
        }
        Condition::Status { server, status } => match view.servers.iter().find(|found| found.id == *server) {
            Some(found) => (found.status == *status, format!("it is {}", StatusWord::word_of(found.status))),
            None => (false, format!("there is no {server}")),
        },
        Condition::Availability { .. } | Condition::Latency { .. } | Condition::Count { .. } => {
            examine_history(session, view, condition)
        }
    }
}

fn examine_read(view: &View, file: &str, version: u64) -> (bool, String) {
    let is_ended_read =
        |name: &str, kind, ended: Option<Time>| name == file && kind == OperationKind::Read && ended.is_some();
    let reads = view.operations.iter().filter(|found| is_ended_read(&found.name, found.kind, found.ended));
    match reads.max_by_key(|found| (found.ended, found.id)).map(|read| &read.outcome) {
        None => (false, "no read of it has ended".to_owned()),
        Some(OutcomeView::Ok { version: found, .. }) => {
            let found = found.map_or(0, |version| version.0);
            (found == version, format!("it found v{found}"))
        }
        Some(OutcomeView::Refused(reason)) => (false, format!("it was refused: {}", reason.trim_end_matches('.'))),
        Some(OutcomeView::Pending | OutcomeView::Unknown) => (false, "it got no answer".to_owned()),
    }
}

fn examine_history(session: &Session, view: &View, condition: &Condition) -> (bool, String) {
    match condition {
        Condition::Availability { least_hundredths } => {
            let (ok, ended) = ended_operations(session.events());
            let share = (ok * 10_000).checked_div(ended).unwrap_or(10_000);
            let found = u32::try_from(share).unwrap_or(0);
            (found >= *least_hundredths, format!("{ok} of {ended} did, which is {} %", percent(found)))
        }
        Condition::Latency { kind, percentile, least, most } => {
            let mut latencies = latencies(session.events(), *kind);
            latencies.sort_unstable();
            let rank = (latencies.len() * usize::from(*percentile)).div_ceil(100).max(1) - 1;
            let Some(found) = latencies.get(rank).copied() else {
                return (false, "no such operation has been told ok".to_owned());
            };
            let is_met = least.is_none_or(|least| found >= least) && most.is_none_or(|most| found <= most);
            (is_met, format!("it is {} over {}", shown(found), operations(latencies.len())))
        }
        Condition::Count { counted, least, most } => {
            let found = count(session, view, *counted);
            let is_met = least.is_none_or(|least| found >= least) && most.is_none_or(|most| found <= most);
            (is_met, format!("it is {found}"))
        }
        _ => (false, String::new()),
    }
}

fn operations(count: usize) -> String {
    if count == 1 { "1 operation".to_owned() } else { format!("{count} operations") }
}

/// How many operations were told ok and got what they asked for, and how many ended at all.
fn ended_operations(events: EventList<'_>) -> (u64, u64) {
    let (mut ok, mut ended) = (0, 0);
    for event in events {
        let is_ok = match &event.kind {
            EventKind::OperationDone { .. } | EventKind::OperationServed { .. } => true,
            EventKind::OperationFound { version, damaged, .. } => version.is_some() && !damaged,
            EventKind::OperationRefused { .. } | EventKind::OperationUnknown { .. } => false,
            _ => continue,
        };
        ended += 1;
        ok += u64::from(is_ok);
    }
    (ok, ended)
}

fn latencies(events: EventList<'_>, kind: OperationKind) -> Vec<Span> {
    let mut started: BTreeMap<OperationId, Time> = BTreeMap::new();
    let mut latencies = Vec::new();
    for event in events {
        let ended = match &event.kind {
            EventKind::OperationStarted { operation, kind: of, .. } if *of == kind => {
                started.insert(*operation, event.at);
                continue;
            }
            EventKind::OperationDone { operation, .. }
            | EventKind::OperationFound { operation, .. }
            | EventKind::OperationServed { operation, .. } => operation,
            _ => continue,
        };
        latencies.extend(started.remove(ended).map(|start| event.at.since(start)));
    }
    latencies
}

/// How many reads found an older version than one that was acknowledged before they began. A read that finds no file
/// found what the last deletion left.
fn stale_reads(events: EventList<'_>) -> u64 {
    let mut acknowledged: BTreeMap<FileId, u64> = BTreeMap::new();
    let mut deletions: BTreeSet<OperationId> = BTreeSet::new();
    let mut deleted: BTreeMap<FileId, u64> = BTreeMap::new();
    let mut reads: BTreeMap<OperationId, u64> = BTreeMap::new();
    let mut stale = 0;
    for event in events {
        match &event.kind {
            EventKind::OperationStarted { operation, kind: OperationKind::Read, file, .. } => {
                reads.insert(*operation, acknowledged.get(file).copied().unwrap_or(0));
            }
            EventKind::OperationStarted { operation, kind: OperationKind::Delete, .. } => {
                deletions.insert(*operation);
            }
            EventKind::UpdateLogged { operation, file, version, .. } if deletions.contains(operation) => {
                let newest = deleted.entry(*file).or_default();
                *newest = (*newest).max(version.0);
            }
            EventKind::OperationDone { file, version, .. } => {
                let newest = acknowledged.entry(*file).or_default();
                *newest = (*newest).max(version.0);
            }
            EventKind::OperationFound { operation, file, version, .. } => {
                let known = reads.remove(operation).unwrap_or(0);
                let deleted = deleted.get(file).copied().unwrap_or(0);
                stale += u64::from(version.map_or(deleted, |version| version.0) < known);
            }
            _ => {}
        }
    }
    stale
}

fn count(session: &Session, view: &View, counted: Counted) -> u64 {
    let count = |is_one: fn(&EventKind) -> u64| session.events().iter().map(|event| is_one(&event.kind)).sum();
    match counted {
        Counted::Done => count(|kind| {
            let is_done = matches!(
                kind,
                EventKind::OperationDone { .. } | EventKind::OperationFound { .. } | EventKind::OperationServed { .. }
            );
            u64::from(is_done)
        }),
        Counted::Refused => count(|kind| u64::from(matches!(kind, EventKind::OperationRefused { .. }))),
        Counted::Unknown => count(|kind| u64::from(matches!(kind, EventKind::OperationUnknown { .. }))),
        Counted::Retried => count(|kind| u64::from(matches!(kind, EventKind::OperationRetried { .. }))),
        Counted::DamagedReads => {
            count(|kind| u64::from(matches!(kind, EventKind::OperationFound { damaged: true, .. })))
        }
        Counted::StaleReads => stale_reads(session.events()),
        Counted::LostFiles => {
            let is_lost = |verdict| verdict == crate::check::Verdict::LostAcknowledged;
            view.ledger.rows.iter().filter(|row| is_lost(row.verdict)).count() as u64
        }
        Counted::Logged => count(|kind| u64::from(matches!(kind, EventKind::UpdateLogged { .. }))),
        Counted::CutOff => count(|kind| if let EventKind::Truncated { count, .. } = kind { *count } else { 0 }),
        Counted::Repeated => count(|kind| u64::from(matches!(kind, EventKind::RequestRepeated { .. }))),
        Counted::Promotions => count(|kind| u64::from(matches!(kind, EventKind::Promoted { .. }))),
        Counted::Suspicions => count(|kind| u64::from(matches!(kind, EventKind::Suspected { .. }))),
        Counted::Fenced => count(|kind| u64::from(matches!(kind, EventKind::Fenced { .. }))),
        Counted::LostMessages => count(|kind| u64::from(matches!(kind, EventKind::MessageLost { .. }))),
        Counted::FullCopies => count(|kind| u64::from(matches!(kind, EventKind::FullCopySent { .. }))),
        Counted::Repairs => count(|kind| u64::from(matches!(kind, EventKind::RepairStarted { .. }))),
        Counted::Trimmed => count(|kind| u64::from(matches!(kind, EventKind::Trimmed { .. }))),
        Counted::RotFound => count(|kind| u64::from(matches!(kind, EventKind::RotFound { .. }))),
        Counted::RotRepaired => count(|kind| u64::from(matches!(kind, EventKind::RotRepaired { .. }))),
        Counted::WentAsync => count(|kind| u64::from(matches!(kind, EventKind::WentAsync { .. }))),
        Counted::RefusedCommands => session.refused() as u64,
        Counted::BrokenInvariants => session.violations().len() as u64,
    }
}
