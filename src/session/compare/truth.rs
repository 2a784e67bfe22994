//! What is true of a world at a moment, in one sentence and one more: the worst first.

use crate::check::{LedgerRow, Verdict};
use crate::session::Session;
use crate::sim::{Span, Time};
use crate::world::{Event, EventKind, Importance, OperationKind, OperationView, OutcomeView};

/// How many versions or files are named before the rest is only counted.
const NAMED: usize = 3;

/// How good it is, what is true of a world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Mood {
    /// What was acknowledged is lost.
    Bad,
    /// Somebody waits, doesn't know, or can't reach something; or one more failure can lose something.
    Waiting,
    /// All is well.
    Good,
}

/// What is true of a world.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// How good it is.
    pub mood: Mood,
    /// The verdict in two or three words, as in `notes.txt lost`.
    pub verdict: String,
    /// What is true, in one or two sentences.
    pub sentence: String,
    /// Why, or what else.
    pub detail: String,
}

/// What is true of the world now.
pub(super) fn truth(session: &Session) -> Truth {
    let ledger = session.ledger();
    let worst = |verdict: Verdict| ledger.rows.iter().find(|row| row.verdict == verdict);
    if let Some(row) = worst(Verdict::LostAcknowledged) {
        return lost(session, row);
    }
    let verdict = verdict(&ledger.rows);
    if let Some(truth) = waiting(session, &verdict) {
        return truth;
    }
    if let Some(row) = worst(Verdict::Unavailable) {
        let sentence = format!("No client can reach {}.", row.name);
        return Truth { mood: Mood::Waiting, verdict, sentence, detail: row.reason.clone() };
    }
    if let Some(truth) = unknown(session, &verdict) {
        return truth;
    }
    if let Some(row) = worst(Verdict::AtRisk) {
        let sentence = format!("One more failure could lose {}.", row.name);
        return Truth { mood: Mood::Waiting, verdict, sentence, detail: row.reason.clone() };
    }
    well(session, &ledger.rows, verdict)
}

/// The worst that can be said of the files, in two or three words.
fn verdict(rows: &[LedgerRow]) -> String {
    let of = |verdict: Verdict, word: &str| {
        let names: Vec<&str> = rows.iter().filter(|row| row.verdict == verdict).map(|row| row.name.as_str()).collect();
        match names.as_slice() {
            [] => None,
            [one] => Some(format!("{one} {word}")),
            more => Some(format!("{} files {word}", more.len())),
        }
    };
    of(Verdict::LostAcknowledged, "lost")
        .or_else(|| of(Verdict::Unavailable, "out of reach"))
        .or_else(|| of(Verdict::AtRisk, "at risk"))
        .or_else(|| of(Verdict::Safe, "safe"))
        .or_else(|| of(Verdict::Pending, "not acknowledged yet"))
        .unwrap_or_else(|| "no files".to_owned())
}

/// An acknowledged write is lost: who was told ok and when, and what came then.
fn lost(session: &Session, row: &LedgerRow) -> Truth {
    let verdict = verdict(core::slice::from_ref(row));
    let detail = row.reason.clone();
    let Ok(explanation) = session.why(&row.name) else {
        return Truth { mood: Mood::Bad, verdict, sentence: format!("{} was lost after its ok.", row.name), detail };
    };
    let events: Vec<Event> = explanation.steps.iter().filter_map(|step| session.events().find(step.event)).collect();
    let told = events.iter().find(|event| matches!(event.kind, EventKind::OperationDone { .. }));
    let Some((told, EventKind::OperationDone { client, version, .. })) = told.map(|event| (event, &event.kind)) else {
        return Truth { mood: Mood::Bad, verdict, sentence: explanation.summary, detail };
    };
    // What is there at first was written before the clock began.
    let is_from_the_start = told.at < session.start();
    let when = if is_from_the_start { "at the start".to_owned() } else { format!("at {}", clock(session, told.at)) };
    let mut sentence = format!("{client} was told ok for {version} {when}.");
    let is_cause = |event: &&Event| {
        event.at >= told.at && matches!(event.importance(), Importance::Fault | Importance::Failover | Importance::Loss)
    };
    if let Some(fault) = events.iter().find(is_cause) {
        let later = fault.at.since(told.at);
        let first = first_sentence(&session.sentence(fault));
        let when = if later == Span::ZERO {
            "At that moment".to_owned()
        } else if is_from_the_start {
            format!("At {}", clock(session, fault.at))
        } else {
            format!("{} later", super::table::shown_span(later))
        };
        sentence = format!("{sentence} {when} {first}");
    }
    let detail = match waited_for(session, told) {
        Some(0) => format!("The ok waited for no replica. {detail}"),
        Some(1) => format!("The ok waited for 1 replica. {detail}"),
        Some(acks) => format!("The ok waited for {acks} replicas. {detail}"),
        None => detail,
    };
    Truth { mood: Mood::Bad, verdict, sentence, detail }
}

/// How many replicas had acknowledged a write when its ok was sent.
fn waited_for(session: &Session, told: &Event) -> Option<usize> {
    let EventKind::OperationDone { operation: wanted, .. } = &told.kind else { return None };
    let answers = session.events().up_to(told.id).iter().filter_map(|event| match &event.kind {
        EventKind::UpdateAnswered { operation, acks, .. } if operation == wanted => Some(*acks),
        _ => None,
    });
    answers.last()
}

/// Clients wait for the ok of writes, and the primary waits for acks, or there is none.
fn waiting(session: &Session, verdict: &str) -> Option<Truth> {
    let view = session.view();
    let pending: Vec<&OperationView> = view
        .operations
        .iter()
        .filter(|operation| operation.outcome == OutcomeView::Pending && is_change(operation.kind))
        .collect();
    let stuck = view.servers.iter().find_map(|server| Some((server.id, server.waiting.as_ref()?)));
    let has_primary = view.coordinator.groups.is_empty()
        || view.coordinator.groups.iter().any(|group| {
            group.primary.is_some_and(|primary| {
                view.servers
                    .iter()
                    .any(|server| server.id == primary && server.status == crate::world::ServerStatus::Up)
            })
        });
    let first = pending.first()?;
    if stuck.is_none() && has_primary {
        return None;
    }
    let mut names: Vec<&str> = pending.iter().map(|operation| operation.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    let what = match names.as_slice() {
        [one] if pending.len() == 1 => format!("its write of {one}"),
        [one] => format!("{} writes of {one}", pending.len()),
        more => format!("{} writes of {} files", pending.len(), more.len()),
    };
    let clients: std::collections::BTreeSet<String> = pending.iter().map(|one| one.client.to_string()).collect();
    let who: Vec<String> = clients.into_iter().take(NAMED).collect();
    let sentence = if let [one] = who.as_slice() {
        format!(
            "{one} has been waiting {} for an answer about {what}.",
            super::table::shown_span(view.now.since(first.started))
        )
    } else {
        format!("{} are still waiting for an answer about {what}.", join(&who))
    };
    let detail = match stuck {
        Some((server, waiting)) => {
            let file = waiting.next_file.as_ref().map_or_else(String::new, |file| format!(" for an update of {file}"));
            format!(
                "{server} has {} of the {} needed{file}. No promise was made, and none is broken.",
                waiting.acks,
                super::table::plural(waiting.acks_needed as u64, "ack")
            )
        }
        None => "No primary is up. No promise was made, and none is broken.".to_owned(),
    };
    Some(Truth { mood: Mood::Waiting, verdict: verdict.to_owned(), sentence, detail })
}

/// Clients gave up on writes and don't know whether they were done.
fn unknown(session: &Session, verdict: &str) -> Option<Truth> {
    let ended =
        session.events().iter().filter(|event| event.at >= session.start()).filter_map(|event| match &event.kind {
            EventKind::OperationUnknown { client, kind, file, .. } if is_change(*kind) => {
                Some((event.at, *client, *file))
            }
            _ => None,
        });
    let ended: Vec<_> = ended.collect();
    let (at, client, file) = ended.last()?;
    let metrics = session.metrics();
    let count = ended.len();
    let writes = if count == 1 { "1 write".to_owned() } else { format!("{count} writes") };
    let sentence = format!(
        "Nobody can say whether {writes} {} done. {client} gave up on the last one, of {}, at {}.",
        if count == 1 { "was" } else { "were" },
        session.file_name(*file),
        clock(session, *at)
    );
    let (ok, started) = (metrics.writes.ok, metrics.writes.started);
    let detail = if ok == 0 {
        format!("{ok} of {} got an ok, so no promise is broken.", super::table::plural(started, "write"))
    } else {
        format!("{ok} of {} got an ok, and no such write is lost.", super::table::plural(started, "write"))
    };
    Some(Truth { mood: Mood::Waiting, verdict: verdict.to_owned(), sentence, detail })
}

fn well(session: &Session, rows: &[LedgerRow], verdict: String) -> Truth {
    let metrics = session.metrics();
    let detail = match rows.iter().filter(|row| row.verdict == Verdict::Safe).collect::<Vec<_>>().as_slice() {
        [] => String::new(),
        [one] => format!("{}: {}", one.name, one.reason),
        more => {
            format!("Each of {} files survives the loss of one more server.", more.len())
        }
    };
    let sentence = match (metrics.writes.ok, metrics.calls.started) {
        (0, 0) if rows.is_empty() => "Nothing has been written yet.".to_owned(),
        (0, 0) => "Everything that was acknowledged is kept.".to_owned(),
        (0, calls) => format!("{} of {calls} calls were answered.", metrics.calls.ok),
        (1, _) => "1 write got an ok, and it is kept.".to_owned(),
        (writes, _) => format!("{writes} writes got an ok, and all of them are kept."),
    };
    Truth { mood: Mood::Good, verdict, sentence, detail }
}

fn is_change(kind: OperationKind) -> bool {
    matches!(kind, OperationKind::Write | OperationKind::Delete)
}

/// A time as the visible clock shows it.
fn clock(session: &Session, at: Time) -> Time {
    Time::ZERO + at.since(session.start())
}

/// The first of several sentences.
fn first_sentence(sentences: &str) -> String {
    sentences.split_once(". ").map_or_else(|| sentences.to_owned(), |(first, _)| format!("{first}."))
}

fn join(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
