//! One copy: each file lives on one server, and nowhere else. The baseline without redundancy.
//!
//! **States**: none beyond the files. **Messages**: only the client's request and its answer.
//! **Promises**: an acknowledged write is on the server's disk, so it survives a crash of that server.
//! **Does not promise**: to survive the loss of that disk, or to be reachable while the server is down.

use std::collections::VecDeque;

use super::{Answer, Change, Copy, Files, Identity, Message, Note, Out, Position, Protocol, Request, Update, Version};
use crate::sim::{Durable, NodeId, OperationId, Time};

/// What a one-copy server has on disk: its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneCopyDisk {
    /// The files.
    pub files: Files,
}

impl Durable for OneCopyDisk {
    type Record = Update;

    fn apply(&mut self, update: Update) {
        let copy = copy_after(&update);
        self.files.insert(update.file, copy);
    }
}

/// A write that waits for the disk.
#[derive(Clone, Debug)]
struct Unsynced {
    client: NodeId,
    update: Update,
}

/// A server that keeps the one copy of some files.
#[derive(Clone, Debug)]
pub struct OneCopy {
    files: Files,
    unsynced: VecDeque<Unsynced>,
    synced_count: u64,
}

impl OneCopy {
    /// The files as they are in memory.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }
}

fn copy_after(update: &Update) -> Copy {
    let content = match &update.change {
        Change::Put(content) => Some(content.clone()),
        Change::Delete => None,
    };
    Copy { version: update.version, operation: update.operation, content }
}

impl Protocol for OneCopy {
    type Durable = OneCopyDisk;

    fn on_start(_: Identity, disk: &OneCopyDisk, _: &mut Out<Update>) -> Self {
        Self { files: disk.files.clone(), unsynced: VecDeque::new(), synced_count: 0 }
    }

    fn on_message(&mut self, _: Time, _: NodeId, _: Message, _: &mut Out<Update>) {}

    fn on_client(&mut self, _: Time, client: NodeId, operation: OperationId, request: Request, out: &mut Out<Update>) {
        match request {
            Request::Read { file, .. } => {
                // Only what is on disk is served: a read never shows what a crash can take back.
                let unsynced = self.unsynced.iter().any(|unsynced| unsynced.update.file == file);
                let copy = self.files.get(&file).filter(|_| !unsynced).cloned();
                if unsynced {
                    out.send(client, Message::Answer { operation, answer: Answer::NotPrimary });
                } else {
                    out.send(client, Message::Answer { operation, answer: Answer::Found(copy) });
                }
            }
            Request::Change { file, change } => {
                let before = self.files.get(&file);
                let update = Update {
                    position: Position::default(),
                    file,
                    version: Version(before.map_or(0, |copy| copy.version.0) + 1),
                    change,
                    operation,
                    replaces: before.map(|copy| copy.operation),
                };
                self.files.insert(file, copy_after(&update));
                out.note(Note::Logged(update.clone()));
                out.write(update.clone());
                self.unsynced.push_back(Unsynced { client, update });
            }
        }
    }

    fn on_timer(&mut self, _: Time, _: &mut Out<Update>) {}

    fn on_synced(&mut self, _: Time, synced_count: u64, out: &mut Out<Update>) {
        while self.synced_count < synced_count {
            self.synced_count += 1;
            if let Some(Unsynced { client, update }) = self.unsynced.pop_front() {
                let answer = Answer::Done { version: update.version };
                let operation = update.operation;
                out.note(Note::OnDisk(update));
                out.send(client, Message::Answer { operation, answer });
            }
        }
    }
}
