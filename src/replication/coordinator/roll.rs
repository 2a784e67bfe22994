//! Who has a part in which groups, by decisions that are made for good.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Decisions;
use crate::replication::{Membership, share_of_sum};
use crate::sim::{GroupId, ServerId};

/// Decisions, and an index of them by server. Most decisions change one group of many, and the index follows that change.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Roll {
    decisions: Arc<Decisions>,
    /// The highest number of a membership.
    newest: u64,
    parts: BTreeMap<ServerId, Part>,
}

/// What one server has a part in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Part {
    groups: BTreeSet<GroupId>,
    /// The sum of the numbers of its memberships.
    sum: u64,
}

impl Roll {
    /// The roll of these decisions.
    pub fn new(decisions: &Arc<Decisions>) -> Self {
        let mut roll = Self::default();
        roll.follow(decisions, decisions.memberships.keys().copied());
        roll
    }

    /// Follows to later decisions, which are other ones than before about groups among `changed` only.
    pub fn follow(&mut self, later: &Arc<Decisions>, changed: impl IntoIterator<Item = GroupId>) {
        let earlier = core::mem::replace(&mut self.decisions, Arc::clone(later));
        for group in changed {
            let (before, after) = (earlier.memberships.get(&group), later.memberships.get(&group));
            if let (Some(before), Some(after)) = (before, after)
                && Arc::ptr_eq(before, after)
            {
                continue;
            }
            if let Some(before) = before {
                self.leave(group, before);
            }
            if let Some(after) = after {
                self.enter(group, after);
            }
        }
        debug_assert!(earlier.number == 0 || *self == Self::new(later), "what changed and was not named is missed");
    }

    fn enter(&mut self, group: GroupId, membership: &Membership) {
        for server in membership.in_sync.union(&membership.joining) {
            let part = self.parts.entry(*server).or_default();
            part.groups.insert(group);
            part.sum = part.sum.wrapping_add(share_of_sum(membership.number));
        }
        self.newest = self.newest.max(membership.number);
    }

    fn leave(&mut self, group: GroupId, membership: &Membership) {
        for server in membership.in_sync.union(&membership.joining) {
            let Some(part) = self.parts.get_mut(server) else { continue };
            part.groups.remove(&group);
            part.sum = part.sum.wrapping_sub(share_of_sum(membership.number));
            if part.groups.is_empty() {
                self.parts.remove(server);
            }
        }
    }

    /// The highest number of a membership.
    pub fn newest(&self) -> u64 {
        self.newest
    }

    /// The decisions that it is about.
    pub fn decisions(&self) -> &Arc<Decisions> {
        &self.decisions
    }

    /// The sum of [`share_of_sum`] of the memberships of a server.
    pub fn sum(&self, server: ServerId) -> u64 {
        self.parts.get(&server).map_or(0, |part| part.sum)
    }

    /// The groups in which a server has a part, in the order of their ids.
    pub fn groups_of(&self, server: ServerId) -> impl Iterator<Item = GroupId> + '_ {
        self.parts.get(&server).into_iter().flat_map(|part| &part.groups).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn membership(number: u64, in_sync: &[u16], joining: &[u16]) -> Arc<Membership> {
        let servers = |numbers: &[u16]| numbers.iter().copied().map(ServerId).collect();
        Arc::new(Membership { number, in_sync: servers(in_sync), joining: servers(joining), ..Membership::default() })
    }

    fn decide(before: &Arc<Decisions>, group: u16, membership: Arc<Membership>) -> Arc<Decisions> {
        let mut decisions = (**before).clone();
        decisions.number += 1;
        decisions.memberships.insert(GroupId(group), membership);
        Arc::new(decisions)
    }

    #[test]
    fn a_roll_that_follows_is_the_same_as_one_that_is_made_anew() {
        let first = decide(&Arc::default(), 0, membership(1, &[1, 2, 3], &[]));
        let second = decide(&first, 7, membership(2, &[1, 3], &[4]));
        let mut roll = Roll::new(&second);
        assert_eq!(roll.groups_of(ServerId(1)).collect::<Vec<_>>(), [GroupId(0), GroupId(7)]);
        assert_eq!(roll.sum(ServerId(1)), share_of_sum(1).wrapping_add(share_of_sum(2)));
        assert_eq!((roll.sum(ServerId(4)), roll.sum(ServerId(5))), (share_of_sum(2), 0));

        // Two decisions on, server 1 has left group 7, and server 4 is in sync there.
        let third = decide(&second, 7, membership(3, &[1, 3, 4], &[]));
        let fourth = decide(&third, 7, membership(4, &[3, 4], &[]));
        // A group that is named and has not changed stays as it was.
        roll.follow(&fourth, [GroupId(0), GroupId(7)]);
        assert_eq!(roll.groups_of(ServerId(1)).collect::<Vec<_>>(), [GroupId(0)]);
        assert_eq!(roll.sum(ServerId(4)), share_of_sum(4));
        assert_eq!(roll.newest(), 4);
        assert_eq!(roll, Roll::new(&fourth));

        // Who has no part in anything is in no roll.
        let fifth = decide(&fourth, 7, membership(5, &[3], &[]));
        roll.follow(&fifth, [GroupId(7)]);
        assert_eq!(roll.groups_of(ServerId(4)).count(), 0);
        assert_eq!(roll, Roll::new(&fifth));
    }

    #[test]
    #[should_panic(expected = "what changed and was not named is missed")]
    #[cfg(debug_assertions)]
    fn a_change_that_is_not_named_is_noticed() {
        let first = decide(&Arc::default(), 0, membership(1, &[1, 2, 3], &[]));
        let second = decide(&first, 0, membership(2, &[1, 2], &[]));
        Roll::new(&first).follow(&second, []);
    }
}
