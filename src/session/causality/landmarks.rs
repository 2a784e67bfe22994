//! What of a whole run has to be known to draw a part of it: who is down since when, who knows of which epoch, and who
//! leads the coordinator's nodes.

use std::collections::BTreeMap;

use crate::replication::Epoch;
use crate::session::EventList;
use crate::sim::{CoordinatorId, EventId, GroupId, NodeId, ServerId, Time};
use crate::world::{Cargo, Event, EventKind, MessageKind};

/// How a node is not there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Absence {
    /// It stopped; its disk is kept.
    Crashed,
    /// It stopped, and its disk is lost, or it was taken out.
    Gone,
    /// It does nothing for a while.
    Paused,
}

/// A span in which a node is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outage {
    /// The node.
    pub node: NodeId,
    /// How it is not there.
    pub absence: Absence,
    /// Since when.
    pub from: Time,
    /// Until when; none if it has not come back.
    pub to: Option<Time>,
}

/// A node learned of an epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Learned {
    /// By which event.
    pub event: EventId,
    /// When.
    pub at: Time,
    /// The node.
    pub node: NodeId,
    /// The epoch.
    pub epoch: Epoch,
}

/// A span in which a server was the primary of its group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Primacy {
    /// The server.
    pub server: ServerId,
    /// The group.
    pub group: GroupId,
    /// Since when.
    pub from: Time,
    /// Until when; none if it still is.
    pub to: Option<Time>,
}

/// What was noted of a run's events up to one of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Landmarks {
    last: Option<EventId>,
    pub leaders: Vec<(EventId, CoordinatorId)>,
    pub outages: Vec<Outage>,
    pub primacies: Vec<Primacy>,
    learned: BTreeMap<GroupId, Vec<Learned>>,
}

impl Landmarks {
    /// Takes note of those of a run's events that are new.
    pub fn note_all(&mut self, events: EventList<'_>) {
        let new = self.last.map_or(events, |last| events.after(last));
        for event in new {
            self.note(&event);
        }
    }

    fn note(&mut self, event: &Event) {
        self.last = Some(event.id);
        match &event.kind {
            EventKind::ServerCrashed { server, .. } => self.leaves(event, (*server).into(), Absence::Crashed),
            EventKind::ServerKilled { server } | EventKind::ServerRemoved { server } => {
                self.leaves(event, (*server).into(), Absence::Gone);
            }
            EventKind::ServerPaused { server } => self.leaves(event, (*server).into(), Absence::Paused),
            EventKind::CoordinatorCrashed { node } => self.leaves(event, (*node).into(), Absence::Crashed),
            EventKind::ServerRestarted { server, .. } | EventKind::ServerResumed { server } => {
                self.returns(event, (*server).into());
            }
            EventKind::CoordinatorRestarted { node } => self.returns(event, (*node).into()),
            EventKind::LeadsCouncil { node, .. } => self.leaders.push((event.id, *node)),
            EventKind::BecamePrimary { server, group, epoch } => {
                self.deposed(event, *server, Some(*group));
                self.primacies.push(Primacy { server: *server, group: *group, from: event.at, to: None });
                self.learns(event, (*server).into(), *group, *epoch);
            }
            EventKind::SteppedDown { server, group, newer: epoch, .. } => {
                self.deposed(event, *server, Some(*group));
                self.learns(event, (*server).into(), *group, *epoch);
            }
            EventKind::Fenced { server, group, current: epoch, .. } => {
                self.learns(event, (*server).into(), *group, *epoch);
            }
            EventKind::Promoted { group, epoch, .. } => {
                let node = self.leaders.last().map_or(CoordinatorId(1), |(_, node)| *node);
                self.learns(event, node.into(), *group, *epoch);
            }
            EventKind::MessageReceived { from, to, cargo, .. } => self.hears(event, *from, *to, cargo),
            _ => {}
        }
    }

    /// The group whose epochs are drawn: the one of all servers, or else the first that has any.
    pub fn group(&self) -> Option<GroupId> {
        self.learned.keys().next().copied()
    }

    /// Who learned of an epoch of the group by which event, in the order in which they did.
    pub fn learned(&self, group: GroupId) -> &[Learned] {
        self.learned.get(&group).map_or(&[], Vec::as_slice)
    }

    fn leaves(&mut self, event: &Event, node: NodeId, absence: Absence) {
        // A crashed server that is killed as well is gone from then on.
        self.returns(event, node);
        if let NodeId::Server(server) = node
            && absence != Absence::Paused
        {
            self.deposed(event, server, None);
        }
        self.outages.push(Outage { node, absence, from: event.at, to: None });
    }

    /// The server is no longer the primary of the group, or of any.
    fn deposed(&mut self, event: &Event, server: ServerId, group: Option<GroupId>) {
        let open = self.primacies.iter_mut().rev().filter(|primacy| primacy.server == server && primacy.to.is_none());
        for primacy in open.filter(|primacy| group.is_none_or(|group| primacy.group == group)) {
            primacy.to = Some(event.at);
        }
    }

    fn returns(&mut self, event: &Event, node: NodeId) {
        if let Some(open) = self.outages.iter_mut().rev().find(|outage| outage.node == node && outage.to.is_none()) {
            open.to = Some(event.at);
        }
    }

    /// A message tells of an epoch if its sender knew of it and the message names it; the answer of who is primary names
    /// the primary of that epoch.
    fn hears(&mut self, event: &Event, from: NodeId, to: NodeId, cargo: &Cargo) {
        let Some(group) = cargo.group.or_else(|| self.only_group()) else { return };
        let Some(sent) = event.cause else { return };
        let known = self.learned(group).iter().rev().find(|learned| learned.node == from && learned.event <= sent);
        let Some(epoch) = known.map(|known| known.epoch) else { return };
        let told = match cargo.kind {
            MessageKind::Answer => true,
            MessageKind::Heartbeat | MessageKind::Request => false,
            MessageKind::Update
            | MessageKind::Ack
            | MessageKind::Election
            | MessageKind::FullCopy
            | MessageKind::Control => cargo.epoch == Some(epoch),
        };
        if told {
            self.learns(event, to, group, epoch);
        }
    }

    /// The only group that has epochs, if it is the only one.
    fn only_group(&self) -> Option<GroupId> {
        self.group().filter(|_| self.learned.len() == 1)
    }

    fn learns(&mut self, event: &Event, node: NodeId, group: GroupId, epoch: Epoch) {
        let learned = self.learned.entry(group).or_default();
        let latest = learned.iter().rev().find(|learned| learned.node == node).map(|learned| learned.epoch);
        if latest.is_none_or(|latest| latest < epoch) {
            learned.push(Learned { event: event.id, at: event.at, node, epoch });
        }
    }
}
