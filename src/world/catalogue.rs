//! The names of all files and services, and the group in which each lives.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::command::Placement;
use crate::sim::{FileId, GroupId};

/// A file or service that was ever named.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub name: Arc<str>,
    pub group: GroupId,
    /// Where the file lives; a service lives nowhere.
    pub placement: Option<Placement>,
}

/// All names.
#[derive(Clone, Debug, Default)]
pub(super) struct Catalogue {
    entries: Vec<Entry>,
    by_name: BTreeMap<Arc<str>, FileId>,
    /// The groups of the ring, by replication factor and shard.
    ring_groups: BTreeMap<(u8, u16), GroupId>,
}

impl Catalogue {
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    pub fn entry(&self, file: FileId) -> Option<&Entry> {
        self.entries.get(file.0 as usize)
    }

    pub fn entries(&self) -> impl Iterator<Item = (FileId, &Entry)> {
        (0..).map(FileId).zip(&self.entries)
    }

    pub fn name(&self, file: FileId) -> &str {
        self.entry(file).map_or("?", |entry| &entry.name)
    }

    pub fn group(&self, file: FileId) -> Option<GroupId> {
        self.entry(file).map(|entry| entry.group)
    }

    /// The file or service of this name.
    pub fn find(&self, name: &str) -> Option<FileId> {
        self.by_name.get(name).copied()
    }

    pub fn add_file(&mut self, name: &str, placement: Placement, group: GroupId) -> FileId {
        self.add(name, group, Some(placement))
    }

    pub fn add_service(&mut self, name: &str, group: GroupId) -> FileId {
        self.add(name, group, None)
    }

    pub fn ring_group(&self, factor: u8, shard: u16) -> Option<GroupId> {
        self.ring_groups.get(&(factor, shard)).copied()
    }

    pub fn set_ring_group(&mut self, factor: u8, shard: u16, group: GroupId) {
        self.ring_groups.insert((factor, shard), group);
    }

    fn add(&mut self, name: &str, group: GroupId, placement: Option<Placement>) -> FileId {
        let file = FileId(u32::try_from(self.entries.len()).unwrap_or(u32::MAX));
        let name: Arc<str> = Arc::from(name);
        self.entries.push(Entry { name: Arc::clone(&name), group, placement });
        self.by_name.insert(name, file);
        file
    }
}
