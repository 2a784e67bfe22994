//! What a primary does with acknowledgements: counts them as the policy demands, and answers clients and readers.

use super::peer::{Peer, Standing};
use super::primary::{Reign, UnderWay, Waiting};
use super::{PrimaryReplica, RecordOut};
use crate::replication::mutation::{Mutation, broken};
use crate::replication::{AckWhen, Acks, Answer, Incarnation, Message, Note, WhenShort};
use crate::sim::{ServerId, Time};

impl Reign {
    /// Acknowledgements mean something else from now on: those that were counted may not have meant that. What is on a
    /// disk was received and is in the memory too; what is applied is to be asked for.
    pub(super) fn count_anew(&mut self, ack_when: AckWhen) {
        for peer in self.peers.values_mut() {
            peer.counted_index = if ack_when == AckWhen::Applied { 0 } else { peer.matched_index };
        }
    }
}

impl PrimaryReplica {
    /// What an operator's change of the policy makes possible or necessary at a primary.
    pub(super) fn on_policy_changed(&mut self, now: Time, out: &mut RecordOut) {
        let policy = self.identity.policy;
        let Some(reign) = &mut self.reign else { return };
        if reign.is_async && !matches!(policy.when_short, WhenShort::GoAsync { .. }) {
            reign.is_async = false;
        }
        let is_short = |peer: &Peer| policy.ack_when == AckWhen::Applied && peer.counted_index < peer.matched_index;
        let short: Vec<ServerId> =
            reign.peers.iter().filter(|(_, peer)| is_short(peer)).map(|(server, _)| *server).collect();
        for server in short {
            self.probe(now, server, out);
        }
        self.watch_clients(now, out);
        self.advance(now, out);
    }

    /// What waits at this primary for acknowledgements.
    #[must_use]
    pub fn waiting(&self) -> Option<Waiting> {
        let reign = self.reign.as_ref()?;
        let oldest = &reign.under_way.front()?.update;
        let index = oldest.position.index;
        let (acks, acks_needed) = self.acks(reign, index);
        let missing = self.awaited(reign).filter(|(_, peer)| peer.counted_index < index).map(|(server, _)| *server);
        let missing = missing.collect();
        let queued = reign.queue.iter().map(|queued| queued.file).collect();
        Some(Waiting { queued, file: oldest.file, version: oldest.version, acks, acks_needed, missing })
    }

    pub(super) fn acks(&self, reign: &Reign, index: u64) -> (usize, usize) {
        let acks = self.known(reign).filter(|peer| peer.counted_index >= index).count();
        let needed = self.identity.policy.acks_needed(self.awaited(reign).count());
        (acks, if reign.is_async { 0 } else { needed })
    }

    /// Whether a server's acknowledgements are waited for. Where every in-sync server may be promoted, one that is to
    /// leave is among them until it has left.
    pub(super) fn awaits(&self, standing: Standing) -> bool {
        let may_be_promoted = self.identity.policy.acks == Acks::All && standing == Standing::Leaving;
        standing.counts() || (may_be_promoted && !broken(Mutation::ForgetLeaving))
    }

    fn awaited<'a>(&'a self, reign: &'a Reign) -> impl Iterator<Item = (&'a ServerId, &'a Peer)> {
        reign.peers.iter().filter(|(_, peer)| self.awaits(peer.standing))
    }

    /// The peers whose acknowledgements count: those of an in-sync server only from the disk that the coordinator knows,
    /// since a new disk has forgotten what was promised to another primary. With a fixed number of acks a failover looks
    /// among in-sync servers only, so that nobody else counts.
    pub(super) fn known<'a>(&'a self, reign: &'a Reign) -> impl Iterator<Item = &'a Peer> {
        let is_fixed = matches!(self.identity.policy.acks, Acks::Count(_));
        let is_known = move |(server, peer): &(&ServerId, &Peer)| {
            let named = self.membership.incarnations.get(server).copied().unwrap_or(Incarnation::FIRST);
            let same_disk = peer.incarnation.is_none_or(|incarnation| incarnation.disk == named.disk)
                || broken(Mutation::CountNewDisk);
            match peer.standing {
                Standing::InSync => same_disk,
                Standing::Leaving => same_disk && !is_fixed,
                _ => !is_fixed,
            }
        };
        self.awaited(reign).filter(is_known).map(|(_, peer)| peer)
    }

    /// Whether this primary may answer reads: its lease runs, and what it inherited is on enough servers.
    #[must_use]
    pub fn may_answer_reads(&self, now: Time) -> bool {
        let Some(reign) = &self.reign else { return false };
        let policy = &self.identity.policy;
        let has_lease = policy.read_lease.is_none() || now < self.lease_until;
        let is_settled = match policy.acks {
            Acks::Count(count) => {
                let on_disk = self.known(reign).filter(|peer| peer.matched_index >= reign.inherited_index).count();
                // Of fewer servers than the acks and the primary any one may be the next primary.
                let others = self.membership.in_sync.len().saturating_sub(1);
                reign.inherited_index == 0 || on_disk >= count.min(others)
            }
            Acks::None | Acks::All => true,
        };
        has_lease && is_settled
    }

    pub(super) fn has_enough_in_sync(&self) -> bool {
        let Some(reign) = &self.reign else { return false };
        // Who is silent is still in sync for the coordinator, or for ever where a fixed number of replicas acknowledges.
        let counting = reign.peers.values().filter(|peer| peer.standing.counts() && !peer.is_silent).count();
        1 + counting >= self.identity.policy.min_in_sync
    }

    pub(super) fn answer_acknowledged(&mut self, out: &mut RecordOut) {
        self.answer_repeated(out);
        while let Some(reign) = &self.reign {
            let Some(oldest) = reign.under_way.front() else { return };
            let index = oldest.update.position.index;
            let Some(acks) = self.acks_if_enough(reign, index) else { return };
            let answer = Answer::Done { version: oldest.update.version };
            out.note(Note::Answered { update: (*oldest.update).clone(), acks });
            self.end_oldest(answer, out);
        }
    }

    /// How many acknowledgements an update has, if they are as many as the policy demands.
    pub(super) fn acks_if_enough(&self, reign: &Reign, index: u64) -> Option<usize> {
        let (acks, acks_needed) = self.acks(reign, index);
        let own_is_enough = self.identity.policy.ack_when < AckWhen::OnDisk || self.synced_index >= index;
        let is_enough = acks >= acks_needed || broken(Mutation::AnswerWithoutAcks);
        (is_enough && own_is_enough && self.has_enough_in_sync()).then_some(acks)
    }

    /// Answers those who asked again for what is in the log: it may be there without being acknowledged.
    pub(super) fn answer_repeated(&mut self, out: &mut RecordOut) {
        if self.reign.as_ref().is_none_or(|reign| reign.repeated.is_empty()) {
            return;
        }
        let Some(repeated) = self.reign.as_mut().map(|reign| core::mem::take(&mut reign.repeated)) else { return };
        for waiting in repeated {
            let index = waiting.update.position.index;
            let acks = self.reign.as_ref().and_then(|reign| self.acks_if_enough(reign, index));
            if let Some(acks) = acks {
                let UnderWay { client, update, .. } = waiting;
                let answer = Answer::Done { version: update.version };
                out.note(Note::Answered { update: (*update).clone(), acks });
                out.send(client, Message::Answer { operation: update.write.operation, answer });
            } else if let Some(reign) = &mut self.reign {
                reign.repeated.push(waiting);
            }
        }
    }

    /// Tells the client of the oldest update under way the outcome, and shows the update to readers.
    pub(super) fn end_oldest(&mut self, answer: Answer, out: &mut RecordOut) {
        let oldest = self.reign.as_mut().and_then(|reign| reign.under_way.pop_front());
        let Some(UnderWay { client, update, .. }) = oldest else { return };
        self.visible.insert(update.file, update.copy());
        out.send(client, Message::Answer { operation: update.write.operation, answer });
    }

    /// Does what the policy demands when acknowledgements stay out for too long.
    pub(super) fn watch_clients(&mut self, now: Time, out: &mut RecordOut) {
        let when_short = self.identity.policy.when_short;
        let late =
            |reign: &Reign, after| reign.under_way.front().is_some_and(|oldest| now.since(oldest.logged) >= after);
        match when_short {
            WhenShort::Wait => {}
            WhenShort::TimeOut { after } => {
                while let Some(oldest) = self.reign.as_ref().filter(|reign| late(reign, after)) {
                    let Some(update) = oldest.under_way.front().map(|oldest| (*oldest.update).clone()) else { break };
                    out.note(Note::NotConfirmed(update));
                    self.end_oldest(Answer::NotConfirmed, out);
                }
                self.advance(now, out);
            }
            WhenShort::GoAsync { after } => {
                if let Some(reign) = self.reign.as_mut().filter(|reign| !reign.is_async && late(reign, after)) {
                    reign.is_async = true;
                    out.note(Note::WentAsync);
                    self.advance(now, out);
                }
            }
        }
    }

    /// Waits for acknowledgements again as soon as enough replicas have everything.
    pub(super) fn end_async(&mut self, out: &mut RecordOut) {
        let last_index = self.store.last().index;
        let policy = self.identity.policy;
        let Some(reign) = self.reign.as_mut().filter(|reign| reign.is_async) else { return };
        let counting = reign.peers.values().filter(|peer| peer.standing.counts());
        let caught_up = counting.clone().filter(|peer| peer.counted_index >= last_index).count();
        let needed = policy.acks_needed(counting.count()).max(1);
        if caught_up >= needed {
            reign.is_async = false;
            out.note(Note::BackInSync);
        }
    }
}
