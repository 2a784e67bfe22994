//! What happens before the learner enters: the files that are there at first are written and acknowledged.

use std::collections::BTreeSet;

use super::Scenario;
use super::observer::Observer;
use super::room::EVENTS_LIMIT;
use crate::sim::{Span, Time};
use crate::world::World;

/// The time that the opening files have to be written in before the learner enters.
const OPENING: Span = Span::from_millis(400);
/// How many of them are written at once.
const OPENING_AT_ONCE: usize = 8;
/// How long they may take at most.
const OPENING_LIMIT: Span = Span::from_millis(60_000);

/// Writes the opening files, a few at a time, and waits until they are acknowledged, as long as there is room for
/// more events and contents.
pub(super) fn write_opening(world: &mut World, observer: &mut Observer, scenario: &Scenario) {
    observer.advance(world, Time::ZERO + Span::from_millis(60));
    for (index, command) in scenario.opening().enumerate() {
        if index > 0 && index.is_multiple_of(OPENING_AT_ONCE) {
            wait_for_opening(world, observer, scenario, index);
        }
        if !has_room(world) {
            return;
        }
        let written = world.apply(command);
        debug_assert_eq!(written, Ok(()), "a scenario is read only if its opening is sound");
        observer.observe(world);
    }
    observer.advance(world, Time::ZERO + OPENING);
    wait_for_opening(world, observer, scenario, scenario.files.len());
}

/// Waits until the first `count` opening files are acknowledged. What is big or slow takes its time, and what
/// can't be written at all is given up.
fn wait_for_opening(world: &mut World, observer: &mut Observer, scenario: &Scenario, count: usize) {
    let names: BTreeSet<&str> = scenario.files.iter().take(count).map(|(name, _, _)| name.as_str()).collect();
    let is_acknowledged = |world: &World| {
        let done = world.files().filter(|file| names.contains(world.file_name(*file)));
        done.filter(|file| world.acknowledged(*file).is_some()).count() == count
    };
    while !is_acknowledged(world) && world.now() < Time::ZERO + OPENING_LIMIT && has_room(world) {
        observer.advance(world, world.now() + Span::from_millis(20));
    }
}

fn has_room(world: &World) -> bool {
    world.fresh_events().len() < EVENTS_LIMIT && world.out_of_room_at().is_none()
}
