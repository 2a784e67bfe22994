//! Some of the events, one after the other: as they are, or packed.

use std::sync::Arc;

use serde::Deserialize;

use crate::sim::{EventId, Time};
use crate::world::{Event, EventKind};

/// How many events a full block has.
pub(super) const BLOCK: usize = 2_048;

#[derive(Clone)]
pub(super) enum Block {
    Plain(Arc<Vec<Event>>),
    Packed(Packed),
}

impl Default for Block {
    fn default() -> Self {
        Self::Plain(Arc::default())
    }
}

impl Block {
    /// The events, to be added to.
    pub fn open(&mut self) -> &mut Vec<Event> {
        loop {
            match self {
                Self::Plain(events) => return Arc::make_mut(events),
                Self::Packed(packed) => *self = Self::Plain(Arc::new(packed.unpack())),
            }
        }
    }

    /// Keeps the first ones only.
    pub fn truncate(&mut self, count: usize) {
        self.open().truncate(count);
    }

    /// Packs what is not packed yet.
    pub fn pack(&mut self) {
        if let Self::Plain(events) = self
            && let Some(packed) = Packed::of(events)
        {
            *self = Self::Packed(packed);
        }
    }

    /// The id of its first event.
    pub fn first_id(&self) -> Option<EventId> {
        match self {
            Self::Plain(events) => events.first().map(|event| event.id),
            Self::Packed(packed) => Some(packed.first_id),
        }
    }

    /// When its first event happened.
    pub fn first_at(&self) -> Option<Time> {
        match self {
            Self::Plain(events) => events.first().map(|event| event.at),
            Self::Packed(packed) => Some(packed.first_at),
        }
    }
}

/// Events in few bytes: of each how much later than the one before it happened, how many events before it its cause was,
/// and what happened. Its id follows from its place, since ids grow without holes.
#[derive(Clone)]
pub(super) struct Packed {
    first_id: EventId,
    first_at: Time,
    bytes: Arc<[u8]>,
}

/// An event as it is packed.
type Short<Kind> = (u64, Option<u64>, Kind);

impl Packed {
    /// Packs events; none if there is nothing to pack.
    fn of(events: &[Event]) -> Option<Self> {
        let first = events.first()?;
        let mut before = first.at.as_micros();
        let mut bytes = Vec::with_capacity(events.len() * 24);
        let mut scratch = [0; 256];
        for event in events {
            let at = event.at.as_micros();
            let cause = event.cause.map(|cause| event.id.0.wrapping_sub(cause.0));
            let short: Short<&EventKind> = (at.wrapping_sub(before), cause, &event.kind);
            match postcard::to_slice(&short, &mut scratch) {
                Ok(packed) => bytes.extend_from_slice(packed),
                // It names very many servers.
                Err(_) => bytes = postcard::to_extend(&short, bytes).ok()?,
            }
            before = at;
        }
        Some(Self { first_id: first.id, first_at: first.at, bytes: Arc::from(bytes) })
    }

    pub fn unpack(&self) -> Vec<Event> {
        let mut events = Vec::with_capacity(BLOCK);
        let mut bytes = postcard::Deserializer::from_bytes(&self.bytes);
        let (mut id, mut at) = (self.first_id.0, self.first_at.as_micros());
        while let Ok((later, cause, kind)) = Short::<EventKind>::deserialize(&mut bytes) {
            at = at.wrapping_add(later);
            let cause = cause.map(|before| EventId(id.wrapping_sub(before)));
            events.push(Event { id: EventId(id), at: Time::from_micros(at), cause, kind });
            id += 1;
        }
        events
    }
}
