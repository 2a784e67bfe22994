//! How far an update has come on its way: the primary gets it, it ripples to the replicas, they acknowledge it, and the
//! next may go.

use super::view::{
    MessageKind, MessageView, OperationKind, OperationView, OutcomeView, Role, ServerStatus, View, WaitingView,
};
use crate::replication::Acks;
use crate::sim::{FileId, NodeId, ServerId};

/// A step of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RippleStep {
    /// It is on its way to the primary, or waits there for its turn.
    Asked,
    /// The primary has it and sends it to the replicas.
    Spreads,
    /// Replicas say that they have it.
    Acks,
    /// It has the acks that it needs, so that the next may go.
    Done,
}

/// The update that is under way, or the last one that was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ripple {
    /// Who gets all the updates.
    pub primary: ServerId,
    /// To whom they ripple, and whether each of them has said that it has this one.
    pub replicas: Vec<(ServerId, bool)>,
    /// The name of the file, if there has been an update.
    pub file: Option<String>,
    /// How far it has come, if there has been one.
    pub step: Option<RippleStep>,
    /// How many changes clients wait for.
    pub under_way: usize,
    /// How many replicas have to say that they have it.
    pub acks: Acks,
}

impl View {
    /// The update that a client waits for longest or, if there is none, the last one that was done. There is none to
    /// tell of where the group has no primary that runs, and no replica.
    #[must_use]
    pub fn ripple(&self) -> Option<Ripple> {
        let primary = self.coordinator.primary.filter(|_| !self.coordinator.electing)?;
        let leads = |id: ServerId| {
            let found = self.servers.iter().find(|server| server.id == id);
            found.is_some_and(|server| server.status == ServerStatus::Up && server.role == Role::Primary)
        };
        let follows: Vec<ServerId> =
            self.servers.iter().filter(|server| server.role == Role::Replica).map(|server| server.id).collect();
        if !leads(primary) || follows.is_empty() {
            return None;
        }
        let is_change = |one: &&OperationView| one.kind == OperationKind::Write || one.kind == OperationKind::Delete;
        let pending = |one: &&OperationView| one.outcome == OutcomeView::Pending;
        let changes = || self.operations.iter().filter(is_change);
        let of = changes().find(pending).or_else(|| changes().next_back());
        let step = of.map(|of| self.step_of(of, primary));
        let said = |server: ServerId| match step {
            None | Some(RippleStep::Asked) => false,
            Some(RippleStep::Done) => true,
            Some(RippleStep::Spreads | RippleStep::Acks) => {
                let waiting = self.waiting_at(primary);
                let is_missing = waiting.is_some_and(|waiting| waiting.missing.contains(&server));
                !is_missing || of.is_some_and(|of| self.goes(MessageKind::Ack, of.file, Some(server.into()), primary))
            }
        };
        Some(Ripple {
            primary,
            replicas: follows.into_iter().map(|server| (server, said(server))).collect(),
            file: of.map(|of| of.name.clone()),
            step,
            under_way: changes().filter(pending).count(),
            acks: self.policy.acks,
        })
    }

    fn waiting_at(&self, primary: ServerId) -> Option<&WaitingView> {
        self.servers.iter().find(|server| server.id == primary)?.waiting.as_ref()
    }

    fn step_of(&self, of: &OperationView, primary: ServerId) -> RippleStep {
        let client = NodeId::Client(of.client);
        if of.outcome != OutcomeView::Pending {
            return RippleStep::Done;
        }
        let tells = |message: &MessageView| {
            message.kind == MessageKind::Answer && message.from == NodeId::Server(primary) && message.to == client
        };
        if self.messages.iter().any(tells) {
            return RippleStep::Done;
        }
        let Some(waiting) = self.waiting_at(primary) else { return RippleStep::Asked };
        let asks = self.goes(MessageKind::Request, of.file, Some(client), primary);
        let waits_its_turn = waiting.queued > 0 && waiting.next_file.as_ref() == Some(&of.name);
        let acks = waiting.acks > 0 || self.goes(MessageKind::Ack, of.file, None, primary);
        match (asks || waits_its_turn, acks) {
            (true, _) => RippleStep::Asked,
            (false, true) => RippleStep::Acks,
            (false, false) => RippleStep::Spreads,
        }
    }

    /// Whether a message of this kind about this file is on its way to a server, from this node or from anybody.
    fn goes(&self, kind: MessageKind, file: FileId, from: Option<NodeId>, to: ServerId) -> bool {
        self.messages.iter().any(|message| {
            message.kind == kind
                && message.to == NodeId::Server(to)
                && message.file.is_none_or(|of| of == file)
                && from.is_none_or(|from| message.from == from)
                && !message.doomed
        })
    }
}
