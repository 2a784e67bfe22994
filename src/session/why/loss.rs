//! Why a write is lost: who had it when, and what took it from each of them.

use std::collections::BTreeMap;

use super::faults::{Faults, root};
use super::hindrance;
use super::policy::policy_at;
use super::tale::{Tale, list};
use super::{Explanation, Trouble};
use crate::check::LedgerRow;
use crate::replication::{Epoch, Version};
use crate::session::{EventList, Session};
use crate::sim::{EventId, FileId, GroupId, NodeId, OperationId, ServerId};
use crate::world::{Event, EventKind, MAIN_GROUP, MessageKind};

/// How many faults of one kind are told, where there are more.
pub(super) const FAULTS_TOLD: usize = 3;

/// How far a write has come at a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Held {
    Memory,
    Disk,
}

/// The way of one write through a run.
pub(super) struct Trace {
    file: FileId,
    operation: OperationId,
    pub version: Version,
    group: GroupId,
    epoch: Epoch,
    index: u64,
    primary: ServerId,
    pub logged: EventId,
    holders: BTreeMap<ServerId, Held>,
    /// What took the write from each server that had it and has it no more.
    taken: BTreeMap<ServerId, EventId>,
    /// What took the write from the last server that had it.
    pub emptied: Option<EventId>,
    /// The promotion of a server that did not have it.
    pub promoted: Option<EventId>,
    /// The acknowledgement of another write in its place.
    replaced: Option<EventId>,
    /// Who had it when its client was told ok.
    at_answer: BTreeMap<ServerId, Held>,
    answered: Option<EventId>,
    pub done: Option<EventId>,
}

impl Trace {
    /// Follows the last write of this operation that was logged.
    pub fn of(session: &Session, file: FileId, operation: OperationId) -> Option<Self> {
        let events = session.events();
        let is_answer = |event: &Event| matches!(&event.kind, EventKind::UpdateAnswered { operation: found, .. } if *found == operation);
        let answering = events.iter().find(is_answer).and_then(|event| match &event.kind {
            EventKind::UpdateAnswered { server, .. } => Some(*server),
            _ => None,
        });
        let logging = |event: Event| match &event.kind {
            EventKind::UpdateLogged { server, group, version, operation: found, epoch, index, .. }
                if *found == operation && answering.is_none_or(|by| by == *server) =>
            {
                Some((event.id, *server, *group, *version, *epoch, *index))
            }
            _ => None,
        };
        let (logged, primary, group, version, epoch, index) = events.iter().find_map(logging)?;
        let mut trace = Self {
            file,
            operation,
            version,
            group,
            epoch,
            index,
            primary,
            logged,
            holders: BTreeMap::new(),
            taken: BTreeMap::new(),
            emptied: None,
            promoted: None,
            replaced: None,
            at_answer: BTreeMap::new(),
            answered: None,
            done: None,
        };
        for event in events.from(logged) {
            trace.follow(events, &event);
        }
        trace.promoted = trace.promoted.or_else(|| trace.promoted_before(events));
        Some(trace)
    }

    fn follow(&mut self, events: EventList<'_>, event: &Event) {
        match &event.kind {
            EventKind::UpdateLogged { server, operation, .. } if *operation == self.operation => {
                self.gain(*server, Held::Memory);
            }
            EventKind::UpdateOnDisk { server, operation, .. } if *operation == self.operation => {
                self.gain(*server, Held::Disk);
            }
            EventKind::MessageReceived { to: NodeId::Server(server), from, cargo, .. }
                if cargo.kind == MessageKind::Update
                    && *from == NodeId::Server(self.primary)
                    && (cargo.file, cargo.version) == (Some(self.file), Some(self.version)) =>
            {
                self.gain(*server, Held::Memory);
            }
            EventKind::Fenced { server, from, .. }
                if *from == NodeId::Server(self.primary)
                    && *server != self.primary
                    && self.holders.get(server) == Some(&Held::Memory) =>
            {
                self.holders.remove(server);
            }
            EventKind::FullCopyTaken { server, group, .. } if *group == self.group => {
                let sender = event.cause.and_then(|cause| events.find(cause)).and_then(|cause| match cause.kind {
                    EventKind::MessageReceived { from: NodeId::Server(from), .. } => Some(from),
                    _ => None,
                });
                if sender.is_some_and(|sender| self.holders.contains_key(&sender)) {
                    self.gain(*server, Held::Disk);
                } else {
                    self.lose(*server, event.id);
                }
            }
            EventKind::RotRepaired { server, file, .. } if *file == self.file => self.gain(*server, Held::Disk),
            EventKind::ServerCrashed { server, .. } if self.holders.get(server) == Some(&Held::Memory) => {
                self.lose(*server, root(events, event));
            }
            EventKind::CopyRotted { server, file, .. } if *file == self.file => self.lose(*server, event.id),
            EventKind::ServerKilled { server }
            | EventKind::DiskWiped { server }
            | EventKind::ServerRemoved { server } => self.lose(*server, event.id),
            EventKind::GroupDropped { server, group } if *group == self.group => self.lose(*server, event.id),
            EventKind::Truncated { server, group, from_index, .. }
                if *group == self.group && *from_index <= self.index =>
            {
                self.lose(*server, event.id);
            }
            EventKind::Promoted { server, group, epoch, .. }
                if *group == self.group && *epoch > self.epoch && !self.holders.contains_key(server) =>
            {
                self.promoted.get_or_insert(event.id);
            }
            EventKind::UpdateAnswered { operation, .. } if *operation == self.operation => {
                self.answered.get_or_insert(event.id);
                self.at_answer = self.holders.clone();
            }
            EventKind::OperationDone { operation, file, .. } if *file == self.file => {
                if *operation == self.operation {
                    self.done = Some(event.id);
                } else if self.promoted.is_some() {
                    self.replaced.get_or_insert(event.id);
                }
            }
            _ => {}
        }
    }

    /// The promotion of another primary that had happened when the write was logged by one that did not know it.
    fn promoted_before(&self, events: EventList<'_>) -> Option<EventId> {
        let replaces = |event: &Event| match &event.kind {
            EventKind::Promoted { server, group, epoch, .. } => {
                *group == self.group && *epoch > self.epoch && !self.holders.contains_key(server)
            }
            _ => false,
        };
        events.iter().rfind(replaces).map(|event| event.id)
    }

    fn gain(&mut self, server: ServerId, held: Held) {
        self.taken.remove(&server);
        self.emptied = None;
        let known = self.holders.entry(server).or_insert(held);
        *known = (*known).max(held);
    }

    fn lose(&mut self, server: ServerId, event: EventId) {
        if self.holders.remove(&server).is_some() {
            self.taken.insert(server, event);
            self.emptied = self.holders.is_empty().then_some(event);
        }
    }

    fn having(&self, held: Held) -> Vec<ServerId> {
        self.at_answer.iter().filter(|(_, found)| **found == held).map(|(server, _)| *server).collect()
    }

    /// Who had the write when its client was told ok, as a clause.
    fn holding(&self) -> String {
        let (disk, memory) = (self.having(Held::Disk), self.having(Held::Memory));
        match (disk.as_slice(), memory.as_slice()) {
            ([], []) => "no server had it".to_owned(),
            ([], memory) => format!("no disk had it yet; it was only in the memory of {}", list(memory)),
            ([one], _) => format!("only {one} had it on disk"),
            (disk, _) => format!("{} had it on disk", list(disk)),
        }
    }

    /// What took the write from whom, the same event once.
    fn takings(&self) -> BTreeMap<EventId, Vec<ServerId>> {
        let mut takings: BTreeMap<EventId, Vec<ServerId>> = BTreeMap::new();
        for (server, event) in &self.taken {
            takings.entry(*event).or_default().push(*server);
        }
        takings
    }
}

/// Why an acknowledged write is lost.
pub(super) fn explain_loss(session: &Session, row: &LedgerRow) -> Option<Explanation> {
    let operation = lost_operation(session, row)?;
    let trace = Trace::of(session, row.file, operation)?;
    let mut tale = Tale::new(session);
    tell_why_alone(&mut tale, session, &trace);
    match trace.answered {
        _ if trace.index == 0 => tale.tell_id(trace.logged),
        Some(answered) => tale.tell_id(answered),
        None => {}
    }
    if let Some(done) = trace.done {
        let holding = trace.holding();
        tale.add(done, &format!("At that moment {holding}."));
    }
    let end = tell_end(&mut tale, session, &trace);
    let version = trace.version;
    let summary =
        format!("{} {version} is lost: when its client was told ok, {}; then {end}.", row.name, trace.holding());
    Some(tale.end(&row.name, Trouble::Lost, summary))
}

/// Why a write is lost whose client was never told ok.
pub(super) fn explain_unacknowledged(session: &Session, row: &LedgerRow) -> Option<Explanation> {
    let is_write = |event: Event| match &event.kind {
        EventKind::UpdateLogged { file, operation, .. } if *file == row.file => Some(*operation),
        _ => None,
    };
    let operation = session.events().iter().rev().find_map(is_write)?;
    let trace = Trace::of(session, row.file, operation)?;
    let mut tale = Tale::new(session);
    tale.tell_id(trace.logged);
    for event in session.events() {
        match &event.kind {
            EventKind::OperationUnknown { operation: found, .. }
            | EventKind::OperationRefused { operation: found, .. }
            | EventKind::UpdateNotConfirmed { operation: found, .. }
                if *found == operation =>
            {
                tale.tell(&event);
            }
            _ => {}
        }
    }
    let end = tell_end(&mut tale, session, &trace);
    let summary = format!("{} was never acknowledged, so nothing was promised: {end}.", row.name);
    Some(tale.end(&row.name, Trouble::LostUnacknowledged, summary))
}

/// The operation whose acknowledged write is lost: one that another took the place of, or else the last.
fn lost_operation(session: &Session, row: &LedgerRow) -> Option<OperationId> {
    let lost = session.world.lost_versions(row.file).first().copied();
    let last = session.world.acknowledged(row.file).map(|last| last.revision.write.operation);
    let told_ok = |event: Event| match &event.kind {
        EventKind::OperationDone { operation, file, version, .. } if *file == row.file && Some(*version) == lost => {
            Some(*operation)
        }
        _ => None,
    };
    session.events().iter().find_map(told_ok).or(last)
}

/// Tells why the primary answered with so few acknowledgements, where that is not what the policy says anyway.
fn tell_why_alone(tale: &mut Tale, session: &Session, trace: &Trace) {
    let Some(answered) = trace.answered else { return };
    let events = session.events();
    let mut alone: Option<Event> = None;
    for event in events.before(answered) {
        match &event.kind {
            EventKind::WentAsync { server, group } if (*server, *group) == (trace.primary, trace.group) => {
                alone = Some(event);
            }
            EventKind::BackInSync { server, group } if (*server, *group) == (trace.primary, trace.group) => {
                alone = None;
            }
            EventKind::InSyncChanged { group, servers } if *group == trace.group => match servers.len() {
                1 if !servers.contains(&trace.primary) => {}
                1 => alone = Some(event),
                _ => alone = alone.filter(|event| !matches!(event.kind, EventKind::InSyncChanged { .. })),
            },
            // A primary that another has replaced without knowing it is alone too.
            EventKind::Promoted { group, epoch, server, .. }
                if *group == trace.group && *epoch > trace.epoch && *server != trace.primary =>
            {
                alone = Some(event);
            }
            _ => {}
        }
    }
    let Some(alone) = alone else { return };
    tale.tell(&alone);
    let (primary, epoch) = (trace.primary, trace.epoch);
    if matches!(alone.kind, EventKind::Promoted { .. }) {
        let is_fenced = policy_at(session, answered).fencing;
        let refused = if is_fenced { "" } else { "; without fencing, nobody refuses its updates" };
        tale.add(alone.id, &format!("{primary} does not know this and goes on in epoch {epoch}{refused}."));
    }
    let faults = Faults::at(events, alone.id);
    let members: Vec<ServerId> = session.world.servers().collect();
    let touching = faults.touching(&members, coordinators(session));
    for event in touching.iter().take(FAULTS_TOLD) {
        tale.tell_id(*event);
    }
    if touching.is_empty() {
        hindrance::tell_missing_acks(tale, session, primary, &members, alone.id);
    }
}

/// Tells what took the write from all who had it, and returns it as a clause.
fn tell_end(tale: &mut Tale, session: &Session, trace: &Trace) -> String {
    let events = session.events();
    let version = trace.version;
    let mut clauses = Vec::new();
    let takings = trace.takings();
    let untold = takings.len().saturating_sub(FAULTS_TOLD);
    let (mut disks_lost, mut first_disk): (Vec<ServerId>, Option<EventId>) = (Vec::new(), None);
    for (index, (event, taken_from)) in takings.into_iter().enumerate() {
        let Some(event) = events.find(event) else { continue };
        let servers = list(&taken_from);
        let (meaning, clause) = match &event.kind {
            EventKind::ServerKilled { .. } | EventKind::DiskWiped { .. } => {
                first_disk.get_or_insert(event.id);
                disks_lost.extend(&taken_from);
                (Some(format!("{version} was on that disk.")), None)
            }
            EventKind::ServerCrashed { .. } | EventKind::ZoneFailed { .. } => (
                Some(format!("{version} was in the memory of {servers}, not on disk.")),
                Some(format!("{servers} lost {version} from memory")),
            ),
            EventKind::CopyRotted { .. } => (None, Some(format!("the copy on {servers} rotted"))),
            EventKind::Truncated { .. } => {
                (Some(format!("With that, {servers} lost {version}.")), Some(format!("{servers} dropped {version}")))
            }
            EventKind::FullCopyTaken { .. } => (
                Some(format!("It did not contain {version}.")),
                Some(format!("{servers} installed a full copy without {version}")),
            ),
            _ => (None, Some(format!("{servers} dropped it"))),
        };
        if index >= untold {
            tale.tell(&event);
            tale.add(event.id, &meaning.unwrap_or_default());
        }
        clauses.extend(clause.map(|clause| (event.id, clause)));
    }
    let disks = match disks_lost.as_slice() {
        [one] => format!("the disk of {one} was lost"),
        several => format!("the disks of {} were lost", list(several)),
    };
    clauses.extend(first_disk.map(|event| (event, disks)));
    if let Some(promoted) = trace.promoted.and_then(|promoted| events.find(promoted)) {
        tell_promotion(tale, session, trace, &promoted);
        if let EventKind::Promoted { server, by_hand, .. } = promoted.kind {
            let how = if by_hand { "was promoted by hand" } else { "became primary" };
            clauses.push((promoted.id, format!("{server} {how} without it")));
        }
    }
    if let Some(replaced) = trace.replaced.and_then(|replaced| events.find(replaced)) {
        tale.add(replaced.id, &format!("It took the place of the lost {version}."));
    }
    clauses.sort_by_key(|(event, _)| *event);
    match clauses.as_slice() {
        [] => "no server that may serve it has it".to_owned(),
        [(_, only)] => only.clone(),
        [first @ .., (_, last)] => {
            let first: Vec<&str> = first.iter().map(|(_, clause)| clause.as_str()).collect();
            format!("{}, and {last}", first.join(", "))
        }
    }
}

/// Tells how a server came to be promoted that lacks the write.
fn tell_promotion(tale: &mut Tale, session: &Session, trace: &Trace, promoted: &Event) {
    let events = session.events();
    let EventKind::Promoted { server, by_hand, .. } = promoted.kind else { return };
    tale.add(promoted.id, &format!("{server} does not have {}.", trace.version));
    if by_hand {
        let asked = |event: &Event| matches!(&event.kind, EventKind::PromotionAsked { server: of } if *of == server);
        if let Some(asked) = events.before(promoted.id).iter().rfind(asked) {
            tale.tell(&asked);
        }
    }
    let members: Vec<ServerId> = session.world.servers().collect();
    let faults = Faults::at(events, promoted.id);
    let others: Vec<ServerId> = members.iter().copied().filter(|member| *member != trace.primary).collect();
    if let Some(silencing) = faults.silencing(trace.primary, &others, coordinators(session)) {
        tale.tell_id(silencing);
    }
}

pub(super) fn coordinators(session: &Session) -> u8 {
    session.world.settings().coordinators.max(1)
}

/// The group of a file; the one of all servers if it has none.
pub(super) fn group_of(session: &Session, file: FileId) -> GroupId {
    session.world.group_of(file).unwrap_or(MAIN_GROUP)
}
