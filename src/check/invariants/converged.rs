//! Replicas converge: once faults have stopped and some time has passed, all copies are the same.

use super::{GroundTruth, Invariant, Violation};
use crate::replication::Copy;
use crate::sim::{Content, GroupId, Time};

/// Checks that in each group that keeps data and has a coordinator there is a primary that runs, that nobody
/// still catches up, and that every member has the same copies, undamaged where checksums are on.
///
/// Ask it once faults have stopped, everything is healed and restarted, and the cluster had some time: before
/// that, nothing of it is promised.
pub fn check_converged(world: &impl GroundTruth, at: Time) -> Vec<Violation> {
    world
        .groups()
        .into_iter()
        .filter_map(|group| difference(world, group))
        .map(|sentence| Violation { invariant: Invariant::ReplicasConverge, at, event: None, sentence })
        .collect()
}

fn difference(world: &impl GroundTruth, group: GroupId) -> Option<String> {
    let membership = world.membership(group)?;
    // Damage that nobody looks for stays.
    let is_repaired = world.policy().checksums && world.policy().scrub_every.is_some();
    let Some(primary) = membership.primary.filter(|primary| world.is_up(*primary)) else {
        return Some(format!("{group} has no primary that runs"));
    };
    if let Some(joining) = membership.joining.iter().next() {
        return Some(format!("{joining} has not caught up in {group}"));
    }
    let expected = world.copies_in_memory(primary, group);
    for server in &membership.in_sync {
        if !world.is_up(*server) {
            return Some(format!("{server} is a member of {group} but does not run"));
        }
        let own = world.copies_in_memory(*server, group);
        if own.len() != expected.len() {
            let (own, expected) = (own.len(), expected.len());
            return Some(format!("{server} has {own} files of {group}, but the primary {primary} has {expected}"));
        }
        for ((file, copy), (other_file, expected)) in own.iter().zip(&expected) {
            let name = world.file_name(*file);
            if file != other_file || !are_same(copy, expected) {
                return Some(format!("{server} and the primary {primary} have different copies of {name}"));
            }
            if !world.copy_on_disk(*server, group, *file).is_some_and(|on_disk| are_same(on_disk, copy)) {
                return Some(format!("the copy of {name} on the disk of {server} differs from the one in its memory"));
            }
            if is_repaired && is_damaged(copy) {
                return Some(format!("the copy of {name} on {server} is corrupt"));
            }
        }
    }
    None
}

/// Whether two copies are of the same write, with the same bytes unless one of them is damaged.
fn are_same(one: &Copy, other: &Copy) -> bool {
    let same_bytes = one.content == other.content || is_damaged(one) || is_damaged(other);
    (one.write, one.version) == (other.write, other.version) && same_bytes
}

fn is_damaged(copy: &Copy) -> bool {
    copy.content.as_ref().is_some_and(Content::is_damaged)
}
