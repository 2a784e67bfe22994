//! One copy: each file lives on one server, and nowhere else. The baseline without redundancy.
//!
//! **States**: none beyond the files. **Messages**: only the client's request and its answer.
//! **Promises**: an acknowledged write is on the server's disk, so it survives a crash of that server.
//! **Does not promise**: to survive the loss of that disk, or to be reachable while the server is down.

use std::collections::VecDeque;

use super::{
    Answer, Copy, Files, Identity, Keeps, Message, Note, Out, Policy, Position, Promises, Protocol, ReadsForward,
    Request, Timer, Update, Version, WriteId,
};
use crate::sim::{Durable, FileId, NodeId, OperationId, Span, Time};

/// What a one-copy server has on disk: its files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OneCopyDisk {
    /// The files.
    pub files: Files,
    /// The last writes, oldest first, and the versions that they made: by them a repeated request is known.
    recent: VecDeque<(WriteId, Version)>,
}

/// How many of the last writes are remembered.
const REMEMBERED: usize = 64;

fn remember(recent: &mut VecDeque<(WriteId, Version)>, update: &Update) {
    recent.push_back((update.write, update.version));
    if recent.len() > REMEMBERED {
        recent.pop_front();
    }
}

impl OneCopyDisk {
    /// One bit of the copy of a file flips. Returns whether there was a bit to flip.
    pub fn rot(&mut self, file: FileId, bit: u64) -> bool {
        super::store::rot(&mut self.files, file, bit)
    }
}

impl Durable for OneCopyDisk {
    type Record = Update;

    fn apply(&mut self, update: Update) {
        remember(&mut self.recent, &update);
        self.files.insert(update.file, update.copy());
    }

    fn size_bytes(&self) -> u64 {
        self.files.values().map(Copy::size_bytes).sum()
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
    checksums: bool,
    scrub_every: Option<Span>,
    /// Whether a timer runs that brings the next scrub.
    scrub_is_due: bool,
    /// The file that was checked last.
    scrubbed: Option<FileId>,
    files: Files,
    recent: VecDeque<(WriteId, Version)>,
    unsynced: VecDeque<Unsynced>,
    synced_count: u64,
}

impl OneCopy {
    /// The version that a write made, if it is one of the last.
    fn made_by(&self, write: WriteId) -> Option<Version> {
        self.recent.iter().rev().find(|(recent, _)| *recent == write).map(|(_, version)| *version)
    }

    /// The files as they are in memory.
    #[must_use]
    pub fn files(&self) -> &Files {
        &self.files
    }
}

impl Protocol for OneCopy {
    type Durable = OneCopyDisk;

    fn promises(policy: &Policy) -> Promises {
        Promises { keeps: Keeps::Crashes, reads: ReadsForward::WhileOnePrimary, damage_unserved: policy.checksums }
    }

    fn record_size_bytes(update: &Update) -> u64 {
        update.size_bytes()
    }

    fn on_start(identity: Identity, disk: &OneCopyDisk, out: &mut Out<Update>) -> Self {
        if let Some(every) = identity.policy.scrub_every {
            out.set_timer(every, Timer::Scrub);
        }
        Self {
            checksums: identity.policy.checksums,
            scrub_every: identity.policy.scrub_every,
            scrub_is_due: identity.policy.scrub_every.is_some(),
            scrubbed: None,
            files: disk.files.clone(),
            recent: disk.recent.clone(),
            unsynced: VecDeque::new(),
            synced_count: 0,
        }
    }

    fn set_policy(&mut self, policy: Policy) {
        self.checksums = policy.checksums;
        self.scrub_every = policy.scrub_every;
    }

    fn on_message(&mut self, _: Time, _: NodeId, _: Message, _: &mut Out<Update>) {}

    fn on_client(&mut self, _: Time, client: NodeId, operation: OperationId, request: Request, out: &mut Out<Update>) {
        match request {
            Request::Read { file, .. } => {
                // Only what is on disk is served: a read never shows what a crash can take back.
                let unsynced = self.unsynced.iter().any(|unsynced| unsynced.update.file == file);
                let copy = self.files.get(&file);
                let answer = match copy {
                    _ if unsynced => Answer::NotPrimary,
                    Some(copy) if self.checksums && !copy.is_sound() => Answer::Damaged,
                    copy => Answer::Found(copy.cloned()),
                };
                out.send(client, Message::Answer { operation, answer });
            }
            Request::Call => out.send(client, Message::Answer { operation, answer: Answer::NotPrimary }),
            Request::Change { file, write, .. } if self.made_by(write).is_some() => {
                // The request came again. It is answered when it is on disk, and done once.
                out.note(Note::Repeated { file, operation });
                let version = self.made_by(write).unwrap_or(Version(0));
                if !self.unsynced.iter().any(|unsynced| unsynced.update.write == write) {
                    out.send(client, Message::Answer { operation, answer: Answer::Done { version } });
                }
            }
            Request::Change { file, change, write } => {
                let before = self.files.get(&file);
                let update = Update {
                    position: Position::default(),
                    file,
                    version: Version(before.map_or(0, |copy| copy.version.0) + 1),
                    change,
                    write,
                    replaces: before.map(Copy::revision),
                };
                self.files.insert(file, update.copy());
                remember(&mut self.recent, &update);
                out.note(Note::Logged(update.clone()));
                out.write(update.clone());
                self.unsynced.push_back(Unsynced { client, update });
            }
        }
    }

    fn on_timer(&mut self, _: Time, timer: Timer, out: &mut Out<Update>) {
        match (timer, self.scrub_every) {
            (Timer::Tick | Timer::Applied, _) | (Timer::PolicyChanged, None) => return,
            (Timer::PolicyChanged, Some(every)) => {
                if !core::mem::replace(&mut self.scrub_is_due, true) {
                    out.set_timer(every, Timer::Scrub);
                }
                return;
            }
            (Timer::Scrub, None) => {
                self.scrub_is_due = false;
                return;
            }
            (Timer::Scrub, Some(every)) => out.set_timer(every, Timer::Scrub),
        }
        let Some((file, copy)) = super::store::after(&self.files, self.scrubbed) else { return };
        let is_sound = copy.is_sound();
        self.scrubbed = Some(file);
        // There is no other copy to mend it by: all that a scrub can do is to tell.
        if self.checksums && !is_sound {
            out.note(Note::RotFound { file });
        }
    }

    fn on_rot(&mut self, file: FileId, bit: u64) {
        super::store::rot(&mut self.files, file, bit);
    }

    fn on_synced(&mut self, _: Time, synced_count: u64, out: &mut Out<Update>) {
        while self.synced_count < synced_count {
            self.synced_count += 1;
            if let Some(Unsynced { client, update }) = self.unsynced.pop_front() {
                let answer = Answer::Done { version: update.version };
                let operation = update.write.operation;
                out.note(Note::OnDisk(update.clone()));
                out.note(Note::Answered { update, acks: 0 });
                out.send(client, Message::Answer { operation, answer });
            }
        }
    }
}
