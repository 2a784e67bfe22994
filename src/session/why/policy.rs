//! The policy that held at a moment of a run: an operator may have changed it since.

use crate::replication::Policy;
use crate::session::Session;
use crate::sim::EventId;
use crate::world::EventKind;

/// The policy that held just after an event.
pub(super) fn policy_at(session: &Session, at: EventId) -> Policy {
    let mut policy = session.scenario.settings.policy;
    for event in session.events().up_to(at) {
        if let EventKind::PolicyChanged { changes } = event.kind {
            for change in changes {
                change.apply(&mut policy);
            }
        }
    }
    policy
}
