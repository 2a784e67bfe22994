//! What the checks ask of a world: the truth, which no server and no client can see as a whole.

use crate::check::{Acknowledged, Bytes};
use crate::replication::coordinator::GroupSpec;
use crate::replication::{Copy, Membership, Policy, Promises, Revision, Version};
use crate::sim::{FileId, GroupId, OperationId, ServerId};

/// The truth about a world, as far as the checks need it. [`crate::world::World`] tells it; a test can lie.
pub trait GroundTruth {
    /// The policy of all groups.
    fn policy(&self) -> &Policy;

    /// What the protocol of a group promises.
    fn promises(&self, group: GroupId) -> Promises;

    /// Every group.
    fn groups(&self) -> Vec<GroupId>;

    /// What a group is; none if there is no such group.
    fn group_spec(&self, group: GroupId) -> Option<&GroupSpec>;

    /// The group of a file; none if there is no such file.
    fn group_of(&self, file: FileId) -> Option<GroupId>;

    /// The name of a file.
    fn file_name(&self, file: FileId) -> &str;

    /// What the coordinator has decided about a group; none for a group that has no coordinator.
    fn membership(&self, group: GroupId) -> Option<&Membership>;

    /// Whether a server runs.
    fn is_up(&self, server: ServerId) -> bool;

    /// Whether a server has the disk that it had when the coordinator last decided about a group.
    fn has_known_disk(&self, server: ServerId, group: GroupId) -> bool;

    /// The copy of a file of a group on a server's disk: what a crash leaves.
    fn copy_on_disk(&self, server: ServerId, group: GroupId, file: FileId) -> Option<&Copy>;

    /// The copy in a running server's memory.
    fn copy_in_memory(&self, server: ServerId, group: GroupId, file: FileId) -> Option<&Copy>;

    /// The copy that those see who read at a running server.
    fn copy_shown(&self, server: ServerId, group: GroupId, file: FileId) -> Option<&Copy>;

    /// All copies of a group in a running server's memory.
    fn copies_in_memory(&self, server: ServerId, group: GroupId) -> Vec<(FileId, &Copy)>;

    /// The last write of a file that a client was told ok for.
    fn last_acknowledged(&self, file: FileId) -> Option<Acknowledged>;

    /// How many acknowledged versions of a file were lost and replaced by others.
    fn overwritten_by_loss(&self, file: FileId) -> usize;

    /// Whether `revision` came after `ancestor`, or is it.
    fn descends_from(&self, file: FileId, revision: Revision, ancestor: Revision) -> bool;

    /// Whether a read may be answered by a primary only. False for what is no read or was forgotten.
    fn asks_primary(&self, operation: OperationId) -> bool;

    /// The number of the last update of a group on a server's disk; 0 if there is none.
    fn last_on_disk(&self, server: ServerId, group: GroupId) -> u64;

    /// The first files that were ever written, at most so many.
    fn first_files(&self, count: usize) -> Vec<FileId>;

    /// How many servers, up or down, have the last acknowledged version of a file on disk, undamaged.
    fn fresh_copies(&self, file: FileId) -> usize;

    /// The bytes sent, written and stored until now.
    fn bytes(&self) -> Bytes;

    /// The version that a read found, 0 if there was no copy; a deleted file has one. None before its end.
    fn version_found(&self, operation: OperationId) -> Option<Version>;
}
