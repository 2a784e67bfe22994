//! Whether a disk has room for what a message brings.

use crate::replication::{Change, Message, Request};
use crate::sim::{Content, Durable as _, GroupId};

use super::server::{Host, Server};

impl Server {
    /// Whether the disk has no room for what the message brings: it is full, or its files would be larger together than
    /// its capacity, and larger than they are now. What is on its way to the disk counts as if it were there.
    pub fn has_no_room(&self, group: GroupId, message: &Message) -> bool {
        if !brings_bytes(message) {
            return false;
        }
        if self.disk.condition().full {
            return true;
        }
        let Some(capacity) = self.capacity_bytes else { return false };
        let others =
            self.hosts.iter().filter(|(other, _)| **other != group).map(|(_, host)| held_bytes(host)).sum::<u64>();
        let host = self.hosts.get(&group);
        let before = host.map_or(0, held_bytes);
        let after = bytes_after(host, message).unwrap_or(before);
        after > before && others.saturating_add(after) > capacity
    }
}

fn brings_bytes(message: &Message) -> bool {
    match message {
        Message::Request { request: Request::Change { change: Change::Put(_), .. }, .. } | Message::FullCopy { .. } => {
            true
        }
        Message::Append { updates, .. } => !updates.is_empty(),
        _ => false,
    }
}

/// The bytes of a group's files on one server, with what is under way to its disk and what waits to be logged.
fn held_bytes(host: &Host) -> u64 {
    match host {
        Host::PrimaryReplica(hosted) => match &hosted.state {
            Some(state) => state.store().size_bytes() + state.queued_bytes(),
            None => hosted.volume.durable().size_bytes(),
        },
        Host::OneCopy(hosted) => match &hosted.state {
            Some(state) => state.files().values().map(crate::replication::Copy::size_bytes).sum(),
            None => hosted.volume.durable().size_bytes(),
        },
        Host::Service(..) => 0,
    }
}

/// What `held_bytes` would be after the message; none where it changes nothing.
fn bytes_after(host: Option<&Host>, message: &Message) -> Option<u64> {
    let held = host.map_or(0, held_bytes);
    match message {
        Message::Request { request: Request::Change { file, change: Change::Put(content), .. }, .. } => {
            let replaced = host.and_then(|host| super::picture::current_copy(host, *file));
            let replaced = replaced.and_then(|copy| copy.content.as_ref()).map_or(0, Content::size_bytes);
            Some((held + content.size_bytes()).saturating_sub(replaced))
        }
        Message::FullCopy { snapshot, .. } => {
            Some(snapshot.files.values().map(crate::replication::Copy::size_bytes).sum())
        }
        Message::Append { previous, updates, .. } => {
            let state = host?.primary_replica()?.state.as_ref()?;
            // Where the logs don't meet nothing is appended: the answer asks for what there was before.
            state.store().position(previous.index).filter(|position| position == previous)?;
            Some(state.store().size_bytes_with(updates) + state.queued_bytes())
        }
        _ => None,
    }
}
