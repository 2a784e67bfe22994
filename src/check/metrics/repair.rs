//! Repairs: how many were begun and ended, and how long they took.

use std::collections::BTreeMap;

use serde::Serialize;

use super::times::{Gathered, Times};
use crate::sim::Time;

/// Repairs of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Repairs {
    /// How many were begun.
    pub started: u64,
    /// How long those took that have ended.
    pub time: Times,
}

/// Gathers the repairs of one kind, each known by a key.
#[derive(Clone, Debug)]
pub(super) struct RepairGatherer<K> {
    under_way: BTreeMap<K, Time>,
    started: u64,
    time: Gathered,
}

impl<K: Ord> RepairGatherer<K> {
    pub fn on_started(&mut self, now: Time, key: K) {
        self.under_way.entry(key).or_insert_with(|| {
            self.started += 1;
            now
        });
    }

    pub fn on_ended(&mut self, now: Time, key: &K) {
        if let Some(began) = self.under_way.remove(key) {
            self.time.add(now.since(began));
        }
    }

    pub fn repairs(&self) -> Repairs {
        Repairs { started: self.started, time: self.time.times() }
    }
}

impl<K> Default for RepairGatherer<K> {
    fn default() -> Self {
        Self { under_way: BTreeMap::new(), started: 0, time: Gathered::default() }
    }
}
