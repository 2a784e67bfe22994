//! Simulated clients: they find the primary, ask, wait, and learn ok, no, or nothing at all.

mod text;
mod workload;

pub use text::{CONTENT_LIMIT_BYTES, content_bytes};
pub use workload::{
    Arrivals, Generator, Planned, PlannedKind, Popularity, Size, WORKLOAD_FILES_LIMIT, Workload, workload_file_name,
};

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::replication::{Answer, Copy, Message, Request, Version};
use crate::sim::{ClientId, NodeId, OperationId, ServerId, Span, Time};

/// How long a client waits for the outcome of an operation.
pub const OPERATION_TIME_OUT: Span = Span::from_millis(800);
/// How long a client waits before it asks again: for the primary, or for a file that it reads.
pub const ATTEMPT_TIME_OUT: Span = Span::from_millis(150);
/// How often a client with pending operations looks at its clock.
const TICK: Span = Span::from_millis(25);

/// Whom an operation is sent to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The primary, whoever that is.
    Primary,
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
    /// A read got no answer in time.
    NoAnswer,
}

/// What a client learned in the end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A change was done and made this version.
    Done(Version),
    /// A read found this.
    Found(Option<Copy>),
    /// Nothing was done.
    Refused(Refusal),
    /// No answer came: the change may or may not be done.
    Unknown,
}

/// What a client asks the world to do.
#[derive(Clone, Debug)]
pub(crate) enum ClientEffect {
    Send { to: NodeId, message: Message },
    SetTimer { after: Span },
    End { operation: OperationId, outcome: Outcome },
}

#[derive(Clone, Debug)]
struct Pending {
    request: Request,
    target: Target,
    deadline: Time,
    asked_at: Option<Time>,
}

/// A client.
#[derive(Clone, Debug)]
pub struct Client {
    id: ClientId,
    primary: Option<ServerId>,
    looked_up_at: Option<Time>,
    pending: BTreeMap<OperationId, Pending>,
    ticking: bool,
}

impl Client {
    /// A client that knows no primary yet.
    #[must_use]
    pub fn new(id: ClientId) -> Self {
        Self { id, primary: None, looked_up_at: None, pending: BTreeMap::new(), ticking: false }
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> ClientId {
        self.id
    }

    pub(crate) fn start(
        &mut self,
        now: Time,
        operation: OperationId,
        request: Request,
        target: Target,
        effects: &mut Vec<ClientEffect>,
    ) {
        let deadline = now + OPERATION_TIME_OUT;
        self.pending.insert(operation, Pending { request, target, deadline, asked_at: None });
        self.drive(now, effects);
        self.keep_ticking(effects);
    }

    pub(crate) fn on_message(&mut self, now: Time, from: NodeId, message: Message, effects: &mut Vec<ClientEffect>) {
        match message {
            Message::PrimaryIs(primary) => {
                self.primary = primary;
                self.drive(now, effects);
            }
            Message::Answer { operation, answer } => self.on_answer(from, operation, answer, effects),
            _ => {}
        }
    }

    pub(crate) fn on_timer(&mut self, now: Time, effects: &mut Vec<ClientEffect>) {
        self.ticking = false;
        let late: BTreeSet<OperationId> =
            self.pending.iter().filter(|(_, pending)| pending.deadline <= now).map(|(id, _)| *id).collect();
        for operation in late {
            if let Some(pending) = self.pending.remove(&operation) {
                // The silence may mean that the primary is another by now.
                self.primary = None;
                effects.push(ClientEffect::End { operation, outcome: pending.outcome_of_silence() });
            }
        }
        self.drive(now, effects);
        self.keep_ticking(effects);
    }

    fn on_answer(&mut self, from: NodeId, operation: OperationId, answer: Answer, effects: &mut Vec<ClientEffect>) {
        let Some(pending) = self.pending.get_mut(&operation) else { return };
        let outcome = match answer {
            Answer::Done { version } => Outcome::Done(version),
            Answer::Found(copy) => Outcome::Found(copy),
            Answer::SteppedDown => Outcome::Refused(Refusal::SteppedDown),
            Answer::NotPrimary => {
                pending.asked_at = None;
                if self.primary.map(NodeId::Server) == Some(from) {
                    self.primary = None;
                }
                // Asking again at once would only meet the same server: the timer does it.
                return;
            }
        };
        self.pending.remove(&operation);
        effects.push(ClientEffect::End { operation, outcome });
    }

    /// Sends what can be sent, and asks for the primary where it must be known.
    fn drive(&mut self, now: Time, effects: &mut Vec<ClientEffect>) {
        let mut needs_primary = false;
        for (operation, pending) in &mut self.pending {
            if !pending.may_ask(now) {
                continue;
            }
            let repeated = pending.asked_at.is_some();
            let server = match pending.target {
                Target::Server(server) => Some(server),
                // A read that got no answer asks who is primary now before it tries again.
                Target::Primary if repeated => {
                    needs_primary = true;
                    self.primary
                }
                Target::Primary => self.primary,
            };
            if let Some(server) = server {
                pending.asked_at = Some(now);
                let message = Message::Request { operation: *operation, request: pending.request.clone() };
                effects.push(ClientEffect::Send { to: NodeId::Server(server), message });
            } else {
                needs_primary = true;
            }
        }
        let may_look_up = self.looked_up_at.is_none_or(|at| now.since(at) >= ATTEMPT_TIME_OUT);
        if needs_primary && may_look_up {
            self.looked_up_at = Some(now);
            effects.push(ClientEffect::Send { to: NodeId::Coordinator, message: Message::WhoIsPrimary });
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
    fn is_read(&self) -> bool {
        matches!(self.request, Request::Read { .. })
    }

    /// A change is sent once only: sent again it could be done twice. A read can be sent again.
    fn may_ask(&self, now: Time) -> bool {
        self.asked_at.is_none_or(|at| self.is_read() && now.since(at) >= ATTEMPT_TIME_OUT)
    }

    fn outcome_of_silence(&self) -> Outcome {
        match (self.asked_at, self.is_read()) {
            (None, _) => Outcome::Refused(Refusal::NoPrimary),
            (Some(_), true) => Outcome::Refused(Refusal::NoAnswer),
            (Some(_), false) => Outcome::Unknown,
        }
    }
}
