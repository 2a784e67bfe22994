//! An acknowledgement means what the policy says, at the moment at which the client's answer is sent.

use std::collections::{BTreeMap, BTreeSet};

use super::GroundTruth;
use super::group::GroupState;
use crate::replication::{AckWhen, Acks, Keeps, Version, WhenShort};
use crate::sim::{EventId, FileId, GroupId, ServerId};

/// What is known of an update from when it was logged until its client has learned the outcome.
#[derive(Clone, Copy, Debug)]
pub(super) struct Logged {
    pub event: EventId,
    /// How many replicas had acknowledged it when the primary answered, if it did.
    pub acks: Option<usize>,
}

/// When servers last lost what they had.
#[derive(Clone, Debug, Default)]
pub(super) struct Setbacks {
    /// By a lost disk, or by a group that was dropped.
    pub disks: BTreeMap<ServerId, EventId>,
    /// By a crash, which loses what is only in memory.
    pub crashes: BTreeMap<ServerId, EventId>,
}

/// An answer to a client.
#[derive(Clone, Copy, Debug)]
pub(super) struct Told {
    pub group: GroupId,
    pub file: FileId,
    pub version: Version,
    /// The primary and the acknowledgements that it counted; none if a repeated request was answered.
    pub by: Option<(ServerId, usize)>,
    pub logged: EventId,
}

impl Setbacks {
    /// Whether the server has lost what it had since then, so that it once may have had more than now.
    fn since(&self, world: &impl GroundTruth, server: ServerId, since: EventId) -> bool {
        let policy = world.policy();
        let later = |setbacks: &BTreeMap<ServerId, EventId>| setbacks.get(&server).is_some_and(|event| *event > since);
        later(&self.disks)
            || (policy.ack_when < AckWhen::OnDisk && later(&self.crashes))
            || (policy.ack_when == AckWhen::Applied && later(&self.crashes))
    }

    /// What is wrong with telling a client ok, if anything is.
    pub fn fault(&self, world: &impl GroundTruth, state: &GroupState, told: Told) -> Option<String> {
        if state.ruled_since.is_some_and(|since| told.logged < since || told.by.is_none()) {
            // It was logged under another policy, or nobody knows under which.
            return None;
        }
        let policy = world.policy();
        let name = world.file_name(told.file);
        let Told { group, version, .. } = told;
        let ack_when = if state.promises.keeps == Keeps::Crashes { AckWhen::OnDisk } else { policy.ack_when };
        let is_far = |server: ServerId, when: AckWhen| is_far(world, server, told, when);
        let is_excused = |server: ServerId| self.since(world, server, told.logged);
        let primary = told.by.map(|(primary, _)| primary);
        if let Some(primary) = primary.filter(|_| policy.fencing) {
            // The primary itself shows an update only once it is acknowledged.
            if !is_far(primary, ack_when.min(AckWhen::OnDisk)) && !is_excused(primary) {
                return Some(format!("{primary} answered ok for {version} of {name}, which is not on its own disk"));
            }
        }
        if state.promises.keeps == Keeps::Crashes {
            return None;
        }
        // What a server has in memory only has left no trace in the logs on the disks yet.
        let membership = world.membership(group);
        let members = membership.into_iter().flat_map(|membership| membership.in_sync.union(&membership.joining));
        let hosts: BTreeSet<ServerId> = state.logs.keys().chain(members).copied().collect();
        let others = || hosts.iter().copied().filter(|server| Some(*server) != primary);
        let far = others().filter(|server| is_far(*server, ack_when)).count();
        let departed = self.disks.keys().filter(|server| !hosts.contains(server));
        let excused = others().filter(|server| !is_far(*server, ack_when) && is_excused(*server)).count()
            + departed.filter(|server| is_excused(**server)).count();
        let degrades = matches!(policy.when_short, WhenShort::GoAsync { .. });
        let is_async = primary.is_some_and(|primary| state.without_acks.contains(&primary));
        let demanded = match policy.acks {
            // A repeated request may have been acknowledged by a primary that went on without the others.
            Acks::Count(count) if !is_async && (primary.is_some() || !degrades) => {
                count + usize::from(primary.is_none())
            }
            Acks::None | Acks::All | Acks::Count(_) => 0,
        };
        if let Some((primary, acks)) = told.by.filter(|(_, acks)| *acks < demanded) {
            return Some(format!(
                "{primary} answered ok for {version} of {name} with {acks} of the {demanded} acks that the policy demands"
            ));
        }
        if !policy.fencing || state.keeper.is_void_since(told.logged) {
            // A replica can follow two primaries in turn, or one that an operator chose, and lose for the one what
            // it acknowledged to the other.
            return None;
        }
        // Who counts more acks than are demanded counts those that it once had: their senders may follow another primary
        // by now.
        if ack_when > AckWhen::Received && far + excused < demanded {
            return Some(format!(
                "a client was told ok for {version} of {name}, but it has reached only {far} of the {demanded} replicas that the policy demands"
            ));
        }
        if policy.acks != Acks::All || state.promises.keeps == Keeps::Nothing || is_async {
            return None;
        }
        // With another disk it is in sync only until the coordinator hears of that, and is not promoted.
        let lacks = |server: &ServerId| {
            !is_far(*server, AckWhen::OnDisk) && !is_excused(*server) && world.has_known_disk(*server, group)
        };
        let lacking = state.keeper.in_sync().iter().copied().find(lacks)?;
        // What the coordinator said last counts.
        let membership = membership?;
        let reigns = primary.is_none_or(|primary| membership.primary == Some(primary));
        (reigns && membership.in_sync.contains(&lacking)).then(|| {
            format!("a client was told ok for {version} of {name}, but {lacking}, which is in sync, doesn't have it")
        })
    }
}

/// Whether an update has come so far at a server.
fn is_far(world: &impl GroundTruth, server: ServerId, told: Told, when: AckWhen) -> bool {
    let Told { group, file, version, .. } = told;
    let copy = match when {
        AckWhen::Received | AckWhen::InMemory => world.copy_in_memory(server, group, file),
        AckWhen::OnDisk => world.copy_on_disk(server, group, file),
        AckWhen::Applied => world.copy_shown(server, group, file),
    };
    copy.is_some_and(|copy| copy.version >= version)
}
