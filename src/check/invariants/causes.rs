//! Nobody is promoted without a cause: with manual failover only an operator names another primary.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::GroundTruth;
use crate::replication::coordinator::GroupPlacement;
use crate::replication::{Epoch, Failover};
use crate::sim::{EventId, GroupId, ServerId};
use crate::world::EventKind;

/// What happened to servers, to the cluster and to its coordinator that may be the cause of a promotion.
#[derive(Clone, Debug, Default)]
pub(super) struct Causes {
    /// When each server last crashed, lost its disk, or was suspected.
    failures: BTreeMap<ServerId, EventId>,
    /// When each server last lost its disk.
    lost_disks: BTreeMap<ServerId, EventId>,
    /// When an operator last asked to promote each server.
    asked_for: BTreeMap<ServerId, EventId>,
    /// The servers that are to hand over and go.
    leaving: BTreeSet<ServerId>,
    /// The servers that are down. What the coordinator takes them for is no measure: of its nodes, each has a view of its own.
    down: BTreeSet<ServerId>,
    /// Those of them that were suspected since: until then a primary may be asked to hand over though it is gone.
    missed: BTreeSet<ServerId>,
    /// When another node of the coordinator last began to lead: it may not know of a search that was under way.
    leader_changed: Option<EventId>,
}

/// Who reigns in a group, and since when.
#[derive(Clone, Copy, Debug)]
struct Reign {
    primary: ServerId,
    epoch: Epoch,
    /// When the search began that ended with this primary.
    since: EventId,
    /// When it began to reign.
    began: EventId,
}

/// The primaries of a group, one after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Succession {
    reign: Option<Reign>,
    /// Whom the coordinator named last, which may not know it yet.
    named: Option<ServerId>,
    /// When the search for the primary of each epoch began that has none yet, and whether the primary that there was
    /// could hand over.
    searches: BTreeMap<Epoch, (EventId, bool)>,
    /// Whether the search under way began under another policy, so that neither says how it may end.
    is_excused: bool,
}

impl Causes {
    /// Takes note of an event, if it can be a cause; what others share is copied only then.
    pub fn observe(shared: &mut Arc<Self>, event: EventId, kind: &EventKind) {
        match kind {
            EventKind::Suspected { server } => {
                let causes = Arc::make_mut(shared);
                causes.failures.insert(*server, event);
                if causes.down.contains(server) {
                    causes.missed.insert(*server);
                }
            }
            EventKind::ServerCrashed { server, .. } => {
                let causes = Arc::make_mut(shared);
                causes.failures.insert(*server, event);
                causes.down.insert(*server);
            }
            EventKind::ServerRestarted { server, .. } => {
                let causes = Arc::make_mut(shared);
                causes.down.remove(server);
                causes.missed.remove(server);
            }
            EventKind::ServerKilled { server }
            | EventKind::DiskWiped { server }
            | EventKind::ServerRemoved { server } => {
                let causes = Arc::make_mut(shared);
                causes.failures.insert(*server, event);
                causes.lost_disks.insert(*server, event);
                // Who is wiped starts again at once.
                if !matches!(kind, EventKind::DiskWiped { .. }) {
                    causes.down.insert(*server);
                }
            }
            EventKind::ServerLeaves { server } => {
                Arc::make_mut(shared).leaving.insert(*server);
            }
            EventKind::PromotionAsked { server } => {
                Arc::make_mut(shared).asked_for.insert(*server, event);
            }
            EventKind::LeadsCouncil { .. } => Arc::make_mut(shared).leader_changed = Some(event),
            _ => {}
        }
    }

    /// Whether a primary may hand over to another one at this moment, since it is to go, or since the ring may want the
    /// group elsewhere.
    fn may_hand_over(&self, world: &impl GroundTruth, group: GroupId, primary: ServerId) -> bool {
        let spec = world.group_spec(group);
        let is_on_ring = spec.is_some_and(|spec| matches!(spec.placement, GroupPlacement::Ring { .. }));
        self.leaving.contains(&primary) || (is_on_ring && !self.missed.contains(&primary))
    }

    /// Whether an operator asked, after this event, for a server to be promoted that is to go, and so hands over at once.
    fn was_asked_for_one_that_goes(&self, after: EventId) -> bool {
        self.leaving.iter().any(|server| self.asked_for.get(server).is_some_and(|asked| *asked > after))
    }
}

impl Succession {
    /// An operator has changed the policy. Returns the last epoch for which a primary is looked for.
    pub fn on_policy_changed(&mut self) -> Option<Epoch> {
        self.is_excused |= !self.searches.is_empty();
        self.searches.keys().next_back().copied()
    }

    /// The coordinator has named a primary.
    pub fn on_named(&mut self, primary: ServerId) {
        self.named = Some(primary);
    }

    /// A primary is looked for.
    pub fn on_search(
        &mut self,
        world: &impl GroundTruth,
        causes: &Causes,
        group: GroupId,
        event: EventId,
        epoch: Epoch,
    ) {
        // Two nodes may take themselves for the leader: who was named last is then not always who reigns, and an epoch is
        // looked for twice, of which only the second search may be a hand-over.
        let old = [self.named, self.reign.map(|reign| reign.primary)];
        let may_hand_over = old.into_iter().flatten().any(|old| causes.may_hand_over(world, group, old));
        let (_, is_handed_over) = self.searches.entry(epoch).or_insert((event, may_hand_over));
        *is_handed_over |= may_hand_over;
    }

    /// A server begins to reign. Returns what is wrong with that, if anything is.
    pub fn on_primary(
        &mut self,
        world: &impl GroundTruth,
        causes: &Causes,
        group: GroupId,
        event: EventId,
        (primary, epoch): (ServerId, Epoch),
    ) -> Option<String> {
        if self.reign.is_some_and(|reign| reign.epoch >= epoch) {
            // The news of an earlier decision came late: another reigns already.
            return None;
        }
        let others = self.searches.split_off(&epoch.next());
        // Nobody looked for the first primary, and the news of it may have come late.
        let (since, was_handed_over) = self.searches.get(&epoch).copied().unwrap_or((EventId(0), false));
        let searched_before = core::mem::replace(&mut self.searches, others).len() > 1;
        let before = self.reign.replace(Reign { primary, epoch, since, began: event })?;
        if core::mem::take(&mut self.is_excused) {
            return None;
        }
        let later = |event: Option<EventId>| event.is_some_and(|event| event > before.since);
        let has_failed = later(causes.failures.get(&before.primary).copied());
        let has_lost_disk = causes.lost_disks.get(&before.primary).is_some_and(|event| *event > before.began);
        let keeps_data = world.group_spec(group).is_some_and(|spec| spec.keeps_data);
        if later(causes.asked_for.get(&primary).copied())
            || was_handed_over
            || causes.leaving.contains(&before.primary)
            || causes.was_asked_for_one_that_goes(before.since)
        {
            return None;
        }
        match world.policy().failover {
            Failover::Manual if primary == before.primary && !(keeps_data && has_lost_disk) => None,
            Failover::Manual => {
                let what = if primary == before.primary { ", which has lost its disk," } else { "" };
                Some(format!(
                    "{primary}{what} took over from {} as primary of {group} in epoch {epoch}, and no operator asked \
                     for it",
                    before.primary
                ))
            }
            Failover::Automatic => {
                let has_cause = has_failed
                    || later(causes.leader_changed)
                    || later(causes.asked_for.values().max().copied())
                    || searched_before;
                (!has_cause).then(|| {
                    format!(
                        "{primary} took over from {} as primary of {group} in epoch {epoch}, and nothing had happened \
                         to {}",
                        before.primary, before.primary
                    )
                })
            }
        }
    }
}
