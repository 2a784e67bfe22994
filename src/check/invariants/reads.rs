//! Reads from the primary never go back: who reads after another has read sees the same version or a later one.

use std::collections::BTreeMap;

use crate::replication::Version;
use crate::sim::{FileId, OperationId};

/// What the reads of one group have shown.
#[derive(Clone, Debug, Default)]
pub(super) struct ReadsShown {
    versions: BTreeMap<FileId, Version>,
    /// The reads under way, and what had been shown when they began.
    under_way: BTreeMap<OperationId, Version>,
}

impl ReadsShown {
    pub fn on_started(&mut self, operation: OperationId, file: FileId) {
        let shown = self.versions.get(&file).copied().unwrap_or(Version(0));
        self.under_way.insert(operation, shown);
    }

    /// A read has ended with this version, or without any. Returns the later version that had been shown
    /// before it began, if there is one.
    pub fn on_ended(&mut self, operation: OperationId, file: FileId, found: Option<Version>) -> Option<Version> {
        let shown = self.under_way.remove(&operation)?;
        let found = found?;
        let best = self.versions.entry(file).or_insert(found);
        *best = found.max(*best);
        (found < shown).then_some(shown)
    }

    /// Nothing is promised any more for what was shown until now, nor for the reads under way.
    pub fn start_anew(&mut self) {
        self.versions.clear();
        self.under_way.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: FileId = FileId(1);

    #[test]
    fn only_a_read_that_began_after_the_end_of_another_is_compared_with_it() {
        let mut shown = ReadsShown::default();
        shown.on_started(OperationId(1), FILE);
        shown.on_started(OperationId(2), FILE);
        assert_eq!(shown.on_ended(OperationId(1), FILE, Some(Version(2))), None);
        assert_eq!(shown.on_ended(OperationId(2), FILE, Some(Version(1))), None);
        shown.on_started(OperationId(3), FILE);
        assert_eq!(shown.on_ended(OperationId(3), FILE, Some(Version(1))), Some(Version(2)));
        shown.start_anew();
        shown.on_started(OperationId(4), FILE);
        assert_eq!(shown.on_ended(OperationId(4), FILE, Some(Version(1))), None);
    }
}
