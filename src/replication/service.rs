//! A redundant service: several instances that keep no data, so that one can stand in for another.
//!
//! The plainest form of failover: of two instances one fails, and the other serves. **Active–standby**: the
//! primary serves, the others wait until the coordinator names one of them. **Active–active**: every
//! instance serves, and a client that gets no answer asks another one.
//!
//! **States**: active or not. **Messages**: a client's call and its answer; memberships from the coordinator.
//! **Promises**: while one instance and the coordinator are reachable, calls are served again after the
//! failure is detected. **Does not promise** anything about data: it has none.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{
    Answer, Identity, Keeps, Membership, Message, Note, Out, Policy, Promises, Protocol, ReadsForward, Request, Timer,
};
use crate::sim::{Durable, NodeId, OperationId, Time};

/// Which instances of a service serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ServiceMode {
    /// The primary only; the others stand by.
    ActiveStandby,
    /// All of them.
    ActiveActive,
}

/// A service keeps nothing on disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NoDisk;

impl Durable for NoDisk {
    type Record = core::convert::Infallible;

    fn apply(&mut self, record: Self::Record) {
        match record {}
    }

    fn size_bytes(&self) -> u64 {
        0
    }
}

/// One instance of a service.
#[derive(Clone, Debug)]
pub struct Service {
    identity: Identity,
    mode: ServiceMode,
    membership: Arc<Membership>,
}

type ServiceOut = Out<core::convert::Infallible>;

impl Service {
    /// Which instances serve; told once, after the start.
    #[must_use]
    pub fn in_mode(self, mode: ServiceMode) -> Self {
        Self { mode, ..self }
    }

    /// Whether this instance is the one that the coordinator named.
    #[must_use]
    pub fn is_primary(&self) -> bool {
        self.membership.primary == Some(self.identity.server)
    }

    /// The membership that it follows.
    #[must_use]
    pub fn membership(&self) -> &Membership {
        &self.membership
    }
}

impl Protocol for Service {
    type Durable = NoDisk;

    fn promises(_: &Policy) -> Promises {
        Promises { keeps: Keeps::Nothing, reads: ReadsForward::Never, damage_unserved: true }
    }

    fn record_size_bytes(record: &core::convert::Infallible) -> u64 {
        match *record {}
    }

    fn on_start(identity: Identity, _: &NoDisk, _: &mut ServiceOut) -> Self {
        Self { identity, mode: ServiceMode::ActiveStandby, membership: Arc::default() }
    }

    fn set_policy(&mut self, policy: Policy) {
        self.identity.policy = policy;
    }

    fn on_message(&mut self, _: Time, from: NodeId, message: Message, out: &mut ServiceOut) {
        let incarnation = self.identity.incarnation;
        match message {
            Message::NewMembership(membership) if membership.number > self.membership.number => {
                let was_primary = self.is_primary();
                let old_epoch = self.membership.epoch;
                self.membership = membership;
                let epoch = self.membership.epoch;
                if self.is_primary() && !was_primary {
                    out.note(Note::BecamePrimary(epoch));
                } else if was_primary && !self.is_primary() {
                    out.note(Note::SteppedDown { epoch: old_epoch, newer: epoch });
                }
            }
            Message::Prepare { epoch } => {
                out.send(from, Message::Promise { epoch, incarnation, last: super::Position::default() });
            }
            _ => {}
        }
    }

    fn on_client(&mut self, _: Time, client: NodeId, operation: OperationId, _: Request, out: &mut ServiceOut) {
        let serves = self.mode == ServiceMode::ActiveActive || self.is_primary();
        let answer = if serves { Answer::Served } else { Answer::NotPrimary };
        out.send(client, Message::Answer { operation, answer });
    }

    fn on_timer(&mut self, _: Time, _: Timer, _: &mut ServiceOut) {}

    fn on_synced(&mut self, _: Time, _: u64, _: &mut ServiceOut) {}

    fn membership_number(&self) -> u64 {
        self.membership.number
    }
}
