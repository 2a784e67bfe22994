//! What a primary knows of another server.

use std::collections::BTreeSet;

use crate::replication::Incarnation;
use crate::sim::{FileId, Time};

/// How the primary talks to another server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    Probing,
    Streaming,
    Copying,
}

/// Whether the primary counts on a server's acknowledgements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It catches up; its acknowledgements don't count.
    Joining,
    /// It has caught up and its acknowledgements count; the coordinator is still to confirm it.
    Entering,
    /// It is in the in-sync set.
    InSync,
    /// It is in the in-sync set and is to go: the others must have everything without it.
    Leaving,
}

impl Standing {
    pub(super) fn counts(self) -> bool {
        matches!(self, Self::Entering | Self::InSync)
    }
}

/// What the primary knows of another server.
#[derive(Clone, Debug)]
pub(super) struct Peer {
    pub(super) flow: Flow,
    pub(super) standing: Standing,
    pub(super) incarnation: Option<Incarnation>,
    pub(super) next_index: u64,
    /// The last index that is on its disk and agrees with the primary's log.
    pub(super) matched_index: u64,
    /// The last index that has come as far at it as the policy counts.
    pub(super) counted_index: u64,
    /// When it last answered anything; at first, when it became a peer.
    pub(super) heard: Time,
    pub(super) waiting_since: Option<Time>,
    pub(super) silent_since: Option<Time>,
    /// Whether it was silent for too long, and has acknowledged nothing since.
    pub(super) is_silent: bool,
    /// The files of which it said that it has no good copy, not even an older one.
    pub(super) has_nothing_of: BTreeSet<FileId>,
    /// The damaged file for which it does not get the full copy that it needs.
    pub(super) held_up_by: Option<FileId>,
    /// The membership for which the coordinator was told that it may leave.
    pub(super) told_to_leave: Option<u64>,
}

impl Peer {
    pub(super) fn new(now: Time, standing: Standing) -> Self {
        Self {
            flow: Flow::Probing,
            standing,
            incarnation: None,
            next_index: 1,
            matched_index: 0,
            counted_index: 0,
            heard: now,
            waiting_since: None,
            silent_since: None,
            is_silent: false,
            has_nothing_of: BTreeSet::new(),
            held_up_by: None,
            told_to_leave: None,
        }
    }

    /// Whether it was sent nothing that it has not acknowledged.
    pub(super) fn owes_nothing(&self) -> bool {
        self.flow == Flow::Streaming && self.matched_index + 1 >= self.next_index && self.waiting_since.is_none()
    }

    /// Takes note of the disk and the start that an acknowledgement is true of; says whether they are not over.
    pub(super) fn hears_of(&mut self, incarnation: Incarnation) -> bool {
        let before = self.incarnation.unwrap_or(incarnation);
        if incarnation < before {
            // It was on its way when the server lost what it tells of.
            return false;
        }
        if before.disk != incarnation.disk {
            self.matched_index = 0;
            self.counted_index = 0;
            if self.standing == Standing::Entering {
                self.standing = Standing::Joining;
            }
        }
        self.incarnation = Some(incarnation);
        true
    }
}
