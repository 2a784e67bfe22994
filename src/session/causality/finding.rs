//! What the past of an event shows, in sentences that are computed from it.

use std::collections::BTreeSet;

use super::Causality;
use super::chain::causes;
use super::cone::{Cone, Heartbeats, past};
use super::diagram::lane_order;
use super::known::Known;
use crate::replication::Version;
use crate::session::Session;
use crate::sim::{EventId, FileId, GroupId, NodeId, OperationId, ServerId, Span, Time};
use crate::world::{Event, EventKind, MessageKind, OperationKind};

/// How many events are looked at for one finding; where that is too few, less is said.
const MOST_EVENTS: u64 = 60_000;

/// What the past of an event shows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conclusion {
    /// Where its past is, in one sentence.
    pub headline: String,
    /// What follows from that, in sentences.
    pub details: Vec<String>,
}

/// Looks for what can be said of an event.
pub(super) fn finding(causality: &Causality, session: &Session, id: EventId) -> Conclusion {
    let search = Search { causality, session, known: causality.known(session) };
    let Some(event) = search.known.find(id) else { return Conclusion::default() };
    let root = search.root(&event);
    let mut details = Vec::new();
    match &event.kind {
        EventKind::OperationDone { operation, client, kind: OperationKind::Write, version, .. } => {
            details.extend(search.who_had_it(&event, root, *operation, *client, *version));
        }
        EventKind::OperationFound { file, version, damaged: false, .. } => {
            details.extend(search.what_was_newer(&event, root, *file, *version));
        }
        EventKind::Promoted { group, server, .. } => details.extend(search.what_was_unknown(&event, *group, *server)),
        _ => {}
    }
    details.extend(search.losses(&event));
    Conclusion { headline: search.headline(&event, root), details }
}

struct Search<'a> {
    causality: &'a Causality,
    session: &'a Session,
    known: Known<'a>,
}

impl Search<'_> {
    /// The event with which it began: the first of the chain of causes.
    fn root(&self, event: &Event) -> EventId {
        causes(self.known, event.id).first().copied().unwrap_or(event.id)
    }

    fn past(&self, event: &Event, down_to: EventId, heartbeats: Heartbeats) -> Option<Cone> {
        let in_reach = event.id.0.saturating_sub(down_to.0) <= MOST_EVENTS;
        in_reach.then(|| past(self.known, &self.causality.landmarks.leaders, event.id, down_to, heartbeats))
    }

    fn headline(&self, event: &Event, root: EventId) -> String {
        if root == event.id {
            return match &event.kind {
                EventKind::OperationStarted { .. } => "Nothing in the run caused it: a request begins here.",
                EventKind::MessageSent { .. }
                | EventKind::Suspected { .. }
                | EventKind::OperationRetried { .. }
                | EventKind::OperationUnknown { .. }
                | EventKind::OperationRefused { .. } => "No message caused it: time did.",
                kind if super::sort::is_fault(kind) => "It comes from outside: nothing in the run caused it.",
                _ => "Nothing in the run caused it directly.",
            }
            .to_owned();
        }
        let Some(at) = self.known.find(root).map(|root| root.at) else { return String::new() };
        let lanes = |heartbeats| self.past(event, root, heartbeats).map(|cone| cone.lanes().collect::<BTreeSet<_>>());
        let (Some(all), Some(without)) = (lanes(Heartbeats::Counted), lanes(Heartbeats::LeftOut)) else {
            return String::new();
        };
        let since = self.causality.clock(self.session, at);
        let names = list(without.iter());
        match (all == without, self.is_everywhere(&without)) {
            (_, true) => format!("Its past since {since} is on every line."),
            (true, false) => format!("Its past since {since} is on {names} alone."),
            (false, false) => format!("Heartbeats aside, its past since {since} is on {names} alone."),
        }
    }

    fn is_everywhere(&self, lanes: &BTreeSet<NodeId>) -> bool {
        self.session.world.servers().all(|server| lanes.contains(&NodeId::Server(server)))
            && lanes.iter().any(|lane| matches!(lane, NodeId::Coordinator(_)))
            && lanes.iter().any(|lane| matches!(lane, NodeId::Client(_)))
    }

    /// Of a write that a client was told is done: which replicas had it, and whether that is in the past of the answer.
    fn who_had_it(
        &self,
        event: &Event,
        root: EventId,
        operation: OperationId,
        client: NodeId,
        version: Version,
    ) -> Option<String> {
        let cone = self.past(event, root, Heartbeats::Counted)?;
        let (mut primary, mut has_replicas, mut unclear) = (None, true, false);
        let (mut disks, mut memories) = (Vec::new(), Vec::new());
        let mut file = None;
        for found in self.known.from(root).take_while(|found| found.id < event.id) {
            match &found.kind {
                EventKind::UpdateLogged { server, operation: of, index, file: logged, .. } if *of == operation => {
                    primary = Some(*server);
                    file = Some(*logged);
                    has_replicas = *index > 0;
                }
                EventKind::UpdateOnDisk { server, operation: of, .. } if *of == operation => {
                    disks.push((*server, cone.contains(found.id)));
                }
                EventKind::MessageReceived { to: NodeId::Server(server), cargo, .. } => match cargo.kind {
                    MessageKind::Update if (cargo.file, cargo.version) == (file, Some(version)) => {
                        memories.push((*server, cone.contains(found.id)));
                    }
                    // A batch or a full copy may have it among others.
                    MessageKind::Update => unclear |= cargo.count > 1,
                    MessageKind::FullCopy => unclear = true,
                    _ => {}
                },
                _ => {}
            }
        }
        let primary = primary?;
        if !has_replicas {
            return Some(format!("{version} is on {primary} alone: no other server gets it."));
        }
        let others = |found: &[(ServerId, bool)], in_past: bool| -> BTreeSet<NodeId> {
            let wanted = found.iter().filter(|(server, past)| *server != primary && (!in_past || *past));
            wanted.map(|(server, _)| NodeId::Server(*server)).collect()
        };
        let disks_in_past = others(&disks, true);
        let memories_in_past: BTreeSet<NodeId> = others(&memories, true).difference(&disks_in_past).copied().collect();
        let had: BTreeSet<NodeId> = others(&disks, false).union(&others(&memories, false)).copied().collect();
        match (disks_in_past.len(), memories_in_past.len(), had.len()) {
            (0, 0, 0) if unclear => None,
            (0, 0, 0) => Some(format!("No replica had {version} when {client} was told ok.")),
            (0, 0, several) => Some(format!(
                "{} had {version} by then, but the ok can't depend on {}: that is not in its past.",
                list(had.iter()),
                if several == 1 { "it" } else { "them" }
            )),
            (0, several, _) => Some(format!(
                "In its past, {} {} {version} in memory, but no replica has it on disk.",
                list(memories_in_past.iter()),
                has(several)
            )),
            (several, _, _) => Some(format!(
                "In its past, {} {} {version} on disk, besides {primary}.",
                list(disks_in_past.iter()),
                has(several)
            )),
        }
    }

    /// Of a read: whether something newer was acknowledged before it was asked for, and whether that is in its past.
    fn what_was_newer(&self, event: &Event, root: EventId, file: FileId, found: Option<Version>) -> Option<String> {
        let newer = |earlier: &Event| match &earlier.kind {
            EventKind::OperationDone { file: of, kind: OperationKind::Write, version, .. } => {
                *of == file && found.is_none_or(|found| *version > found)
            }
            _ => false,
        };
        let most = usize::try_from(MOST_EVENTS).unwrap_or(usize::MAX);
        let told = self.known.back_from(root).take(most).find(newer)?;
        let EventKind::OperationDone { client, version, .. } = &told.kind else { return None };
        let EventKind::OperationFound { client: reader, .. } = &event.kind else { return None };
        let earlier = self.known.find(root)?.at.since(told.at);
        let in_past = self.past(event, told.id, Heartbeats::Counted)?.contains(told.id);
        let had =
            format!("It is stale: {client} had been told ok for {version} {} before this read began.", span(earlier));
        Some(match (in_past, client == reader) {
            (true, true) => format!("{had} {reader} knew that itself: the ok is in the past of its read."),
            (true, false) => format!("{had} That ok is in its past: some message could have carried the news."),
            (false, _) => format!("{had} That ok is not in its past: no message can have carried the news."),
        })
    }

    /// Of a promotion: acknowledged writes of which nothing is in its past.
    fn what_was_unknown(&self, event: &Event, group: GroupId, server: ServerId) -> Option<String> {
        let lowest = EventId(event.id.0.saturating_sub(MOST_EVENTS).max(1));
        let cone = self.past(event, lowest, Heartbeats::Counted)?;
        let mut told: Vec<(OperationId, Event)> = Vec::new();
        let mut unknown: Vec<(Event, Event)> = Vec::new();
        for found in self.known.back_from(event.id).take_while(|found| found.id >= lowest) {
            match &found.kind {
                EventKind::OperationDone { operation, kind: OperationKind::Write, .. } => {
                    told.push((*operation, found.clone()));
                }
                EventKind::UpdateLogged { operation, group: of, .. } if *of == group => {
                    let done = told.iter().find(|(done, _)| done == operation).map(|(_, done)| done);
                    let done = done.filter(|_| !cone.contains(found.id));
                    unknown.extend(done.map(|done| (found.clone(), done.clone())));
                }
                _ => {}
            }
        }
        let (logged, done) = unknown.first()?;
        let EventKind::UpdateLogged { server: by, version, file, .. } = &logged.kind else { return None };
        let EventKind::OperationDone { client, .. } = &done.kind else { return None };
        let name = self.causality.file_name(self.session, *file);
        let more = match unknown.len() {
            1 => String::new(),
            2 => " The same is true of 1 acknowledged write before it.".to_owned(),
            several => format!(" The same is true of {} acknowledged writes before it.", several - 1),
        };
        Some(format!(
            "{client} was told ok for {name} {version} at {}, but the moment at which {by} logged it is not in this past: \
             nothing that led to the choice of {server} can have carried news of {version}.{more}",
            self.causality.clock(self.session, done.at)
        ))
    }

    /// What the event has to do with writes that were lost.
    fn losses(&self, event: &Event) -> Vec<String> {
        let mut said = Vec::new();
        for loss in self.causality.losses() {
            let what = format!("{} {}", self.causality.file_name(self.session, loss.file), loss.version);
            let Some(certain) = self.known.find(loss.certain) else { continue };
            if loss.done == Some(event.id) {
                let sentence = self.causality.sentence(self.session, &certain);
                said.push(if certain.at >= event.at {
                    format!(
                        "{} later it was certain that {what} would be lost: {sentence}",
                        span(certain.at.since(event.at))
                    )
                } else {
                    format!(
                        "{} earlier it was already certain that {what} would be lost: {sentence}",
                        span(event.at.since(certain.at))
                    )
                });
            }
            if loss.certain == event.id && loss.carried_out == event.id {
                said.push(format!("With this, {what} was lost."));
            } else if loss.certain == event.id {
                said.push(format!("From here on it is certain that {what} will be lost."));
            } else if loss.carried_out == event.id {
                said.push(format!(
                    "This completes the loss of {what}, which was certain {} earlier.",
                    span(event.at.since(certain.at))
                ));
            }
        }
        said
    }
}

fn has(count: usize) -> &'static str {
    if count == 1 { "has" } else { "have" }
}

/// Some nodes in words.
fn list<'n>(nodes: impl Iterator<Item = &'n NodeId>) -> String {
    let mut nodes: Vec<&NodeId> = nodes.collect();
    nodes.sort_by_key(|node| lane_order(**node));
    let names: Vec<String> = nodes.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => "no line".to_owned(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A span in milliseconds, or in seconds from one on.
fn span(span: Span) -> String {
    match span.as_micros() {
        0..1_000 => "less than 1 ms".to_owned(),
        micros @ 1_000..1_000_000 => format!("{} ms", micros / 1_000),
        micros => (Time::ZERO + Span::from_micros(micros)).to_string(),
    }
}
