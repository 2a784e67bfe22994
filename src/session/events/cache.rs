//! The packed blocks that were read last, unpacked: who reads an event mostly reads its neighbours too.

use std::sync::{Arc, Mutex, PoisonError};

use super::block::Packed;
use crate::world::Event;

/// How many blocks stay unpacked.
const KEPT: usize = 8;

/// A block and its place among the others.
type Unpacked = (usize, Arc<Vec<Event>>);

/// The last read is the last one.
#[derive(Default)]
pub(super) struct Cache {
    unpacked: Mutex<Vec<Unpacked>>,
}

impl Clone for Cache {
    /// Another run's store reads elsewhere.
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Cache {
    /// The events of the packed block at a place.
    pub fn get_or_unpack(&self, place: usize, packed: &Packed) -> Arc<Vec<Event>> {
        let mut unpacked = self.unpacked.lock().unwrap_or_else(PoisonError::into_inner);
        let found = unpacked.iter().position(|(at, _)| *at == place).map(|index| unpacked.remove(index).1);
        let events = found.unwrap_or_else(|| Arc::new(packed.unpack()));
        if unpacked.len() >= KEPT {
            unpacked.remove(0);
        }
        unpacked.push((place, Arc::clone(&events)));
        events
    }

    /// Forgets the blocks from a place on.
    pub fn forget_from(&mut self, place: usize) {
        self.unpacked.get_mut().unwrap_or_else(PoisonError::into_inner).retain(|(at, _)| *at < place);
    }
}
