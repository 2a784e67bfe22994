//! Simulated clients: they find the primary, ask, wait, and learn ok, no, or nothing at all.

mod directory;
mod settings;
mod text;
mod workload;

pub use settings::{ClientSettings, ReadTarget};
pub use text::{CONTENT_LIMIT_BYTES, content_bytes};
pub use workload::{
    Arrivals, Generator, Planned, PlannedKind, Popularity, Size, WORKLOAD_FILES_LIMIT, Workload, workload_file_name,
};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use self::directory::Directory;
use crate::replication::{Answer, Copy, Message, Request, Version};
use crate::sim::{ClientId, GroupId, NodeId, OperationId, ServerId, Span, Time};

/// How often a client with pending operations looks at its clock.
const TICK: Span = Span::from_millis(25);

/// Whom an operation is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A member of the group: its primary, or for some reads and calls any member.
    Group(GroupId, ReadTarget),
    /// One server, and no other.
    Server(ServerId),
}

/// Why a client was told no, or gave up before it asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Refusal {
    /// No primary was found in time; nothing was sent.
    NoPrimary,
    /// The primary stepped down before it logged the request.
    SteppedDown,
    /// A read or a call got no answer in time.
    NoAnswer,
    /// Too few servers are in sync for the policy.
    TooFewInSync,
    /// The server's disk is full.
    DiskFull,
    /// The copy that was asked for is damaged.
    Damaged,
}

/// What a client learned in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A change was done and made this version.
    Done(Version),
    /// A read found this.
    Found(Option<Copy>),
    /// A service answered.
    Served,
    /// Nothing was done.
    Refused(Refusal),
    /// The outcome is open: the change may or may not be done.
    Unknown,
}

/// What a client asks the world to do.
#[derive(Clone, Debug)]
pub(crate) enum ClientEffect {
    Send { to: NodeId, group: Option<GroupId>, message: Message },
    SetTimer { after: Span },
    Retried { operation: OperationId, attempt: u8 },
    End { operation: OperationId, outcome: Outcome },
}

#[derive(Clone, Debug)]
struct Pending {
    request: Request,
    target: Target,
    deadline: Time,
    asked_at: Option<Time>,
    /// How often it was sent.
    attempts: u8,
    damaged: bool,
}

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    id: ClientId,
    settings: ClientSettings,
    directory: Directory,
    pending: BTreeMap<OperationId, Pending>,
    ticking: bool,
}

impl Client {
    /// A client that knows no primary yet, and `coordinators` nodes to ask.
    #[must_use]
    pub fn new(id: ClientId, settings: ClientSettings, coordinators: u8) -> Self {
        Self { id, settings, directory: Directory::new(coordinators), pending: BTreeMap::new(), ticking: false }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> ClientId {
        self.id
    }

    /// What it does and how patient it is.
    #[must_use]
    pub fn settings(&self) -> &ClientSettings {
        &self.settings
    }

    /// Whether it knows any server that it can ask about a group.
    pub(crate) fn knows_of(&self, group: GroupId) -> bool {
        self.directory.knows_of(group)
    }

    /// Who it takes for the primary of a group.
    pub(crate) fn taken_for_primary(&self, group: GroupId) -> Option<ServerId> {
        self.directory.taken_for_primary(group)
    }

    /// The client is told which servers are in its own zone.
    pub(crate) fn set_neighbours(&mut self, servers: BTreeSet<ServerId>) {
        self.directory.set_neighbours(servers);
    }

    /// Forgets what it waits for: an answer that still comes is not heard.
    pub(crate) fn forget_operations(&mut self) {
        self.pending.clear();
    }

    pub(crate) fn start(
        &mut self,
        now: Time,
        operation: OperationId,
        request: Request,
        target: Target,
        effects: &mut Vec<ClientEffect>,
    ) {
        let deadline = now + self.settings.time_out;
        let pending = Pending { request, target, deadline, asked_at: None, attempts: 0, damaged: false };
        self.pending.insert(operation, pending);
        let group = self.try_to_ask(now, operation, effects);
        self.look_up(now, group, effects);
        self.keep_ticking(effects);
    }

    pub(crate) fn on_message(&mut self, now: Time, from: NodeId, message: Message, effects: &mut Vec<ClientEffect>) {
        match message {
            Message::PrimaryIs { group, primary, members } => {
                self.directory.learn(group, primary, members);
                self.drive(now, Some(group), effects);
            }
            Message::Answer { operation, answer } => self.on_answer(from, operation, answer, effects),
            _ => {}
        }
    }

    pub(crate) fn on_timer(&mut self, now: Time, effects: &mut Vec<ClientEffect>) {
        self.ticking = false;
        let late: Vec<OperationId> =
            self.pending.iter().filter(|(_, pending)| pending.deadline <= now).map(|(id, _)| *id).collect();
        for operation in late {
            if let Some(pending) = self.pending.remove(&operation) {
                // The silence may mean that the primary is another by now.
                if let Target::Group(group, _) = pending.target {
                    self.directory.forget(group);
                }
                effects.push(ClientEffect::End { operation, outcome: pending.outcome_of_silence() });
            }
        }
        self.drive(now, None, effects);
        self.keep_ticking(effects);
    }

    fn on_answer(&mut self, from: NodeId, operation: OperationId, answer: Answer, effects: &mut Vec<ClientEffect>) {
        let Some(pending) = self.pending.get_mut(&operation) else { return };
        let outcome = match answer {
            Answer::Done { version } => Outcome::Done(version),
            Answer::Found(copy) => Outcome::Found(copy),
            Answer::Served => Outcome::Served,
            Answer::NotConfirmed => Outcome::Unknown,
            Answer::SteppedDown => pending.refused(Refusal::SteppedDown),
            Answer::TooFewInSync => pending.refused(Refusal::TooFewInSync),
            Answer::DiskFull => pending.refused(Refusal::DiskFull),
            Answer::NotPrimary | Answer::Damaged => {
                // Asking again at once would only meet the same server: the timer does it.
                pending.damaged = answer == Answer::Damaged;
                if !pending.is_change() || pending.attempts <= 1 {
                    // It was not done, so it may be sent as if for the first time.
                    pending.attempts = 0;
                }
                pending.asked_at = None;
                if let (Target::Group(group, _), Answer::NotPrimary) = (pending.target, answer) {
                    self.directory.is_not_primary(group, from);
                }
                return;
            }
        };
        if let (Target::Group(group, _), Outcome::Done(_) | Outcome::Found(_) | Outcome::Served) =
            (pending.target, &outcome)
        {
            self.directory.has_helped(group);
        }
        self.pending.remove(&operation);
        effects.push(ClientEffect::End { operation, outcome });
    }

    /// Sends what can be sent, to one group or to all, and asks for primaries where they must be known.
    fn drive(&mut self, now: Time, group: Option<GroupId>, effects: &mut Vec<ClientEffect>) {
        let concerns = |pending: &Pending| match (group, pending.target) {
            (Some(group), Target::Group(target, _)) => group == target,
            (Some(_), Target::Server(_)) => false,
            (None, _) => true,
        };
        let ready = |pending: &Pending| concerns(pending) && pending.may_ask(now, &self.settings);
        let operations: Vec<OperationId> =
            self.pending.iter().filter(|(_, pending)| ready(pending)).map(|(operation, _)| *operation).collect();
        let mut unknown = BTreeSet::new();
        for operation in operations {
            unknown.extend(self.try_to_ask(now, operation, effects));
        }
        for group in unknown {
            self.look_up(now, Some(group), effects);
        }
    }

    /// Sends an operation if it is time to; returns the group whose primary must be looked up, if any.
    fn try_to_ask(&mut self, now: Time, operation: OperationId, effects: &mut Vec<ClientEffect>) -> Option<GroupId> {
        let settings = &self.settings;
        let pending = self.pending.get_mut(&operation).filter(|pending| pending.may_ask(now, settings))?;
        let repeated = pending.attempts > 0;
        let (server, group, lookup) = match pending.target {
            Target::Server(server) => (Some(server), None, None),
            Target::Group(group, read_target) => {
                let turn = operation.0 + u64::from(pending.attempts);
                let server = self.directory.server(group, pending.reach(read_target), turn);
                // What got no answer asks who is primary now before it tries again.
                (server, Some(group), (server.is_none() || repeated).then_some(group))
            }
        };
        let Some(server) = server else { return lookup };
        pending.asked_at = Some(now);
        pending.attempts = pending.attempts.saturating_add(1);
        if repeated && pending.is_change() {
            let attempt = pending.attempts - 1;
            if let (Request::Change { write, .. }, false) = (&mut pending.request, settings.with_key) {
                write.attempt = attempt;
            }
            effects.push(ClientEffect::Retried { operation, attempt });
        }
        let message = Message::Request { operation, request: pending.request.clone() };
        effects.push(ClientEffect::Send { to: NodeId::Server(server), group, message });
        lookup
    }

    fn look_up(&mut self, now: Time, group: Option<GroupId>, effects: &mut Vec<ClientEffect>) {
        let Some(group) = group else { return };
        if let Some(node) = self.directory.whom_to_ask(group, now, self.settings.attempt_time_out) {
            let to = NodeId::Coordinator(node);
            effects.push(ClientEffect::Send { to, group: None, message: Message::WhoIsPrimary(group) });
        }
    }

    fn keep_ticking(&mut self, effects: &mut Vec<ClientEffect>) {
        if !self.ticking && !self.pending.is_empty() {
            self.ticking = true;
            effects.push(ClientEffect::SetTimer { after: TICK });
        }
    }
}

impl Pending {
    fn is_change(&self) -> bool {
        matches!(self.request, Request::Change { .. })
    }

    /// Only a read that says so, or a call, may go to another member than the primary.
    fn reach(&self, read_target: ReadTarget) -> ReadTarget {
        if self.is_change() { ReadTarget::Primary } else { read_target }
    }

    /// A change is sent as often as the client's settings say. A read or a call can be sent again and again.
    fn may_ask(&self, now: Time, settings: &ClientSettings) -> bool {
        let Some(asked_at) = self.asked_at else { return true };
        let waited = now.since(asked_at) >= settings.attempt_time_out;
        waited && (!self.is_change() || self.attempts < settings.attempts.max(1))
    }

    /// A refusal of the only attempt means that nothing was done; an earlier attempt may have been done.
    fn refused(&self, refusal: Refusal) -> Outcome {
        if self.is_change() && self.attempts > 1 { Outcome::Unknown } else { Outcome::Refused(refusal) }
    }

    fn outcome_of_silence(&self) -> Outcome {
        match (self.attempts, self.is_change()) {
            (_, false) if self.damaged => Outcome::Refused(Refusal::Damaged),
            (0, _) => Outcome::Refused(Refusal::NoPrimary),
            (_, false) => Outcome::Refused(Refusal::NoAnswer),
            (_, true) => Outcome::Unknown,
        }
    }
}
