//! How the nodes of a coordinator decide together.
//!
//! A register that is written by majority: each decision carries the memberships of all groups, so that the
//! last one is all there is to know. Terms, votes and the rule that only a decision of the leader's own term
//! counts are those of Raft (Ongaro 2014, §3.4–3.6), with a log of length one.
//!
//! **Promises**: at most one leader per term; a decision that is made for good is known to every later
//! leader. **Does not promise** progress without a majority of the nodes. What a node has accepted is on its
//! disk at once: it is small, and it is not what this simulation is about.

use crate::replication::mutation::{Mutation, broken};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::CoordinatorOut;
use crate::replication::{Membership, Message, mixed};
use crate::sim::{CoordinatorId, GroupId, NodeId, Span, Time};

/// A node that hears no leader for this long wants to lead, up to twice as long: how much longer is another draw for each
/// node and term, so that they don't split the votes for ever (Raft, §3.4).
const LEADER_SILENT_AFTER: Span = Span::from_millis(200);

/// A leader that a majority has confirmed within this time is still the only one: the others hear it, and
/// don't vote for anyone else before [`LEADER_SILENT_AFTER`].
const CONFIRMED_FOR: Span = Span::from_millis(150);

/// All that the coordinator has decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// How many decisions were made.
    pub number: u64,
    /// The membership of each group.
    pub memberships: BTreeMap<GroupId, Arc<Membership>>,
}

/// What the nodes of a coordinator tell one another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CouncilMessage {
    /// I want to lead this term; this is the last decision that I have accepted.
    WantsToLead {
        /// The term.
        term: u64,
        /// The term and the number of the last accepted decision.
        accepted: (u64, u64),
    },
    /// You have my vote.
    Vote {
        /// The term.
        term: u64,
    },
    /// The leader's decision, and its sign of life.
    Decide {
        /// The leader's term.
        term: u64,
        /// All decisions up to this one.
        decisions: Arc<Decisions>,
        /// The number of the last decision that a majority has.
        decided: u64,
    },
    /// The decision is on my disk.
    Accepted {
        /// The leader's term.
        term: u64,
        /// The number of the decision.
        number: u64,
    },
    /// There is a newer term.
    Outdated {
        /// The newer term.
        term: u64,
    },
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Role {
    Follower,
    Candidate {
        votes: BTreeSet<CoordinatorId>,
    },
    /// For each other node the last decision that it accepted, and when this leader heard so.
    Leader {
        accepted_by: BTreeMap<CoordinatorId, (u64, Time)>,
    },
}

/// One node's part in deciding.
#[derive(Clone, Debug)]
pub(super) struct Council {
    id: CoordinatorId,
    node_count: u8,
    /// Durable: the highest term, whom it voted for in it, the last accepted decision and the term of it.
    term: u64,
    voted_for: Option<CoordinatorId>,
    accepted_term: u64,
    accepted: Arc<Decisions>,
    decided: Arc<Decisions>,
    /// Volatile.
    role: Role,
    heard_leader: Time,
    /// Whether it has heard a leader of its term: only then silence tells something.
    knows_leader: bool,
}

impl Council {
    pub(super) fn new(id: CoordinatorId, node_count: u8) -> Self {
        let nothing = Arc::new(Decisions::default());
        Self {
            id,
            node_count: node_count.max(1),
            term: 0,
            voted_for: None,
            accepted_term: 0,
            accepted: Arc::clone(&nothing),
            decided: nothing,
            role: Role::Follower,
            heard_leader: Time::ZERO,
            knows_leader: false,
        }
    }

    pub(super) fn term(&self) -> u64 {
        self.term
    }

    pub(super) fn leads(&self) -> bool {
        matches!(self.role, Role::Leader { .. })
    }

    /// The last decision that this node has accepted, whether a majority has it or not.
    pub(super) fn accepted(&self) -> &Arc<Decisions> {
        &self.accepted
    }

    /// The last decision that this node knows a majority to have.
    pub(super) fn decided(&self) -> &Arc<Decisions> {
        &self.decided
    }

    /// Whether no other node can lead at this moment.
    pub(super) fn is_confirmed(&self, now: Time) -> bool {
        let Role::Leader { accepted_by } = &self.role else { return false };
        let fresh = accepted_by.values().filter(|(_, heard)| now.since(*heard) <= CONFIRMED_FOR).count();
        1 + fresh > usize::from(self.node_count) / 2
    }

    /// The node starts; returns whether it leads from now on. At the very first start the first node does.
    pub(super) fn on_start(&mut self, now: Time, out: &mut CoordinatorOut) -> bool {
        self.role = Role::Follower;
        self.heard_leader = now;
        let first_ever = self.term == 0;
        // Before it stopped it may have told a leader that it follows, and the leader may count on that.
        self.knows_leader = !first_ever;
        if first_ever {
            self.term = 1;
            self.voted_for = Some(CoordinatorId(1));
            if self.id == CoordinatorId(1) {
                self.become_leader();
                return true;
            }
            return false;
        }
        self.node_count == 1 && self.stand(now, out)
    }

    /// Time passed; returns whether it leads from now on.
    pub(super) fn on_timer(&mut self, now: Time, out: &mut CoordinatorOut) -> bool {
        if self.leads() {
            if self.node_count > 1 {
                self.propose_again(out);
            }
            return false;
        }
        now.since(self.heard_leader) > self.patience() && self.stand(now, out)
    }

    /// A message of another node arrived; returns whether it leads from now on.
    pub(super) fn on_message(
        &mut self,
        now: Time,
        from: CoordinatorId,
        message: CouncilMessage,
        out: &mut CoordinatorOut,
    ) -> bool {
        let (CouncilMessage::WantsToLead { term, .. }
        | CouncilMessage::Vote { term }
        | CouncilMessage::Decide { term, .. }
        | CouncilMessage::Accepted { term, .. }
        | CouncilMessage::Outdated { term }) = message;
        // A node that has cut itself off must not depose a leader that all others hear (Raft, §4.2.3).
        let hears_leader = now.since(self.heard_leader) < LEADER_SILENT_AFTER || self.leads();
        if matches!(message, CouncilMessage::WantsToLead { .. }) && self.knows_leader && hears_leader {
            return false;
        }
        if term > self.term {
            self.knows_leader = false;
            self.term = term;
            self.voted_for = None;
            self.role = Role::Follower;
        } else if term < self.term {
            send(from, CouncilMessage::Outdated { term: self.term }, out);
            return false;
        }
        match message {
            CouncilMessage::WantsToLead { term, accepted } => {
                let free = self.voted_for.is_none_or(|voted| voted == from);
                if free && accepted >= (self.accepted_term, self.accepted.number) {
                    self.voted_for = Some(from);
                    self.heard_leader = now;
                    send(from, CouncilMessage::Vote { term }, out);
                }
                false
            }
            CouncilMessage::Vote { .. } => {
                let Role::Candidate { votes } = &mut self.role else { return false };
                votes.insert(from);
                let elected = votes.len() > usize::from(self.node_count) / 2;
                if elected {
                    self.become_leader();
                }
                elected
            }
            CouncilMessage::Decide { term, decisions, decided } => {
                self.role = Role::Follower;
                self.heard_leader = now;
                self.knows_leader = true;
                // An older decision of the same leader comes late: it has no news.
                if self.accepted_term < term || self.accepted.number <= decisions.number {
                    self.accepted_term = term;
                    self.accepted = decisions;
                }
                let number = self.accepted.number;
                if decided == number {
                    self.decided = Arc::clone(&self.accepted);
                }
                send(from, CouncilMessage::Accepted { term, number }, out);
                false
            }
            CouncilMessage::Accepted { number, .. } => {
                if let Role::Leader { accepted_by } = &mut self.role {
                    let last = accepted_by.entry(from).or_insert((0, now));
                    *last = (number.max(last.0), now);
                    self.count();
                }
                false
            }
            CouncilMessage::Outdated { .. } => false,
        }
    }

    /// How long the node waits for a leader in this term.
    fn patience(&self) -> Span {
        let draw = mixed((self.term << 8) | u64::from(self.id.0));
        let least = LEADER_SILENT_AFTER.as_micros();
        Span::from_micros(least + draw % least)
    }

    /// Whether this node leads, has no decision under way, and can't have been replaced: it knows all that is decided.
    pub(super) fn knows_all(&self, now: Time) -> bool {
        self.is_confirmed(now) && self.accepted.number == self.decided.number
    }

    /// The leader decides something new.
    pub(super) fn propose(&mut self, decisions: Arc<Decisions>, out: &mut CoordinatorOut) {
        self.accepted = decisions;
        self.accepted_term = self.term;
        self.count();
        self.propose_again(out);
    }

    /// The leader sends its last decision to the others, again or for the first time.
    pub(super) fn propose_again(&mut self, out: &mut CoordinatorOut) {
        if !self.leads() {
            return;
        }
        self.accepted_term = self.term;
        self.count();
        let (term, decided) = (self.term, self.decided.number);
        for node in (1..=self.node_count).map(CoordinatorId).filter(|node| *node != self.id) {
            let decisions = Arc::clone(&self.accepted);
            send(node, CouncilMessage::Decide { term, decisions, decided }, out);
        }
    }

    /// Wants to lead; returns whether its own vote is enough.
    fn stand(&mut self, now: Time, out: &mut CoordinatorOut) -> bool {
        self.term += 1;
        self.voted_for = Some(self.id);
        self.heard_leader = now;
        if self.node_count == 1 {
            self.become_leader();
            return true;
        }
        self.role = Role::Candidate { votes: BTreeSet::from([self.id]) };
        let (term, accepted) = (self.term, (self.accepted_term, self.accepted.number));
        for node in (1..=self.node_count).map(CoordinatorId).filter(|node| *node != self.id) {
            send(node, CouncilMessage::WantsToLead { term, accepted }, out);
        }
        false
    }

    fn become_leader(&mut self) {
        self.role = Role::Leader { accepted_by: BTreeMap::new() };
        self.knows_leader = true;
        self.count();
    }

    /// Counts who has accepted the leader's last decision. Only one of its own term counts (Raft, §3.6.2).
    fn count(&mut self) {
        let Role::Leader { accepted_by } = &self.role else { return };
        if self.accepted_term != self.term && self.node_count > 1 {
            return;
        }
        let number = self.accepted.number;
        let accepted = 1 + accepted_by.values().filter(|(last, _)| *last >= number).count();
        if accepted > usize::from(self.node_count) / 2 || broken(Mutation::DecideAlone) {
            self.decided = Arc::clone(&self.accepted);
        }
    }
}

fn send(to: CoordinatorId, message: CouncilMessage, out: &mut CoordinatorOut) {
    out.send(NodeId::Coordinator(to), None, Message::Council(message));
}
