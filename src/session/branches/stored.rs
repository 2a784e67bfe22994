//! All branches as bytes that a browser keeps, so that a reload goes on where one was.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::history::History;
use super::{BRANCHES_LIMIT, Branch, BranchId, Branches, Fork, Run};
use crate::session::link::PackedScenario;
use crate::session::{LinkError, Opening, Session, TimedCommand};
use crate::sim::Time;

/// The version of the format.
const VERSION: u8 = 1;
/// The most bytes that it may unpack to: each of a hundred runs with some large files.
const UNPACKED_LIMIT_BYTES: usize = 256 * 1024 * 1024;

/// More bytes than these, as big files are, are stored as they are: to compress them would hold up the page.
const COMPRESSED_UP_TO_BYTES: usize = 128 * 1024;

/// Why stored runs can't be taken up again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoredError {
    /// They are from another version, or damaged.
    #[error("what was stored is damaged or from another version")]
    Damaged,
    /// A scenario of them can't be read.
    #[error("a stored run can't be opened: {0}")]
    Scenario(#[from] LinkError),
    /// A command of the run can't be carried out.
    #[error("command {number} of the stored run can't be carried out: {reason}")]
    Command {
        /// Its number, from 1.
        number: usize,
        /// Why.
        reason: String,
    },
}

#[derive(Serialize, Deserialize)]
struct PackedBranches {
    version: u8,
    list: Vec<PackedBranch>,
    current: BranchId,
    next: u32,
}

#[derive(Serialize, Deserialize)]
struct PackedBranch {
    id: BranchId,
    name: String,
    fork: Fork,
    scenario: PackedScenario,
    seed: u64,
    commands: Vec<TimedCommand>,
    now: Time,
    end: Time,
}

impl Branches {
    /// All branches, compressed unless they are big; what could be undone is not among it.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let pack = |branch: Branch| PackedBranch {
            id: branch.id,
            name: branch.name,
            fork: branch.fork,
            scenario: PackedScenario::of(&branch.run.scenario),
            seed: branch.run.seed,
            commands: branch.run.commands.clone(),
            now: branch.run.now,
            end: branch.run.end,
        };
        let list = self.list().into_iter().map(pack).collect();
        let packed = PackedBranches { version: VERSION, list, current: self.current, next: self.next };
        // Nothing in a run is beyond what postcard can encode.
        let bytes = postcard::to_allocvec(&packed).unwrap_or_default();
        debug_assert!(!bytes.is_empty(), "branches have an encoding");
        let mut checked = crc32fast::hash(&bytes).to_le_bytes().to_vec();
        let level = if bytes.len() > COMPRESSED_UP_TO_BYTES { 0 } else { 6 };
        checked.extend(miniz_oxide::deflate::compress_to_vec(&bytes, level));
        checked
    }

    /// Takes stored branches up again, at the moment at which they were stored.
    ///
    /// # Errors
    /// If the bytes are damaged or from another version, or a command of the current run can't be carried out.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoredError> {
        let stored = StoredBranches::read(bytes)?;
        let opened = stored.opening().finish::<StoredError>()?;
        Ok(stored.with(opened.session))
    }
}

/// Branches as they were stored, of which the current run is yet to be opened.
#[derive(Clone, Debug)]
pub struct StoredBranches {
    list: Vec<Branch>,
    current: BranchId,
    next: u32,
    /// The run of the current one.
    run: Arc<Run>,
}

impl StoredBranches {
    /// Reads them.
    ///
    /// # Errors
    /// If the bytes are damaged or from another version.
    pub fn read(bytes: &[u8]) -> Result<Self, StoredError> {
        let packed = unpack(bytes)?;
        let mut list = Vec::new();
        for branch in packed.list {
            let given = branch.commands.iter().filter(|timed| timed.at <= branch.now).count();
            let mut run = Run {
                scenario: branch.scenario.open()?,
                seed: branch.seed,
                commands: branch.commands,
                now: branch.now,
                given,
                end: branch.end,
                is_sound: false,
            };
            run.commands.sort_by_key(|timed| timed.at);
            list.push(Branch {
                id: branch.id,
                name: super::clean(&branch.name),
                fork: branch.fork,
                run: Arc::new(run),
            });
        }
        let current = list.iter().find(|branch| branch.id == packed.current).ok_or(StoredError::Damaged)?;
        let run = Arc::clone(&current.run);
        Ok(Self { list, current: packed.current, next: packed.next, run })
    }

    /// What opens the current run, at the moment at which it was stored.
    #[must_use]
    pub fn opening(&self) -> Opening {
        Opening::of_run(&self.run, Some(self.run.now))
    }

    /// The branches, with the current run opened.
    #[must_use]
    pub fn with(self, session: Session) -> Branches {
        Branches { session, list: self.list, current: self.current, next: self.next, history: History::default() }
    }
}

fn unpack(bytes: &[u8]) -> Result<PackedBranches, StoredError> {
    let (checksum, compressed) = bytes.split_first_chunk::<4>().ok_or(StoredError::Damaged)?;
    let unpacked = miniz_oxide::inflate::decompress_to_vec_with_limit(compressed, UNPACKED_LIMIT_BYTES)
        .map_err(|_| StoredError::Damaged)?;
    if u32::from_le_bytes(*checksum) != crc32fast::hash(&unpacked) {
        return Err(StoredError::Damaged);
    }
    let packed: PackedBranches = postcard::from_bytes(&unpacked).map_err(|_| StoredError::Damaged)?;
    if packed.version == VERSION && is_tree(&packed) { Ok(packed) } else { Err(StoredError::Damaged) }
}

/// Whether each branch is there once, hangs on one that is older, and no new one will get an id that is in use.
fn is_tree(packed: &PackedBranches) -> bool {
    let mut known: Vec<BranchId> = Vec::new();
    for branch in &packed.list {
        let hangs = branch.fork.parent().is_none_or(|parent| known.contains(&parent));
        if !hangs || known.contains(&branch.id) || branch.id.0 >= packed.next {
            return false;
        }
        known.push(branch.id);
    }
    known.len() <= BRANCHES_LIMIT
}
