//! The queue of what happens next.

use core::cmp::Ordering;
use std::collections::BinaryHeap;

use super::Time;

/// What happens next, by time; what is due at the same time comes in the order in which it was pushed.
#[derive(Clone, Debug)]
pub struct Queue<T> {
    heap: BinaryHeap<Entry<T>>,
    sequence: u64,
}

#[derive(Clone, Debug)]
struct Entry<T> {
    at: Time,
    sequence: u64,
    item: T,
}

impl<T> Queue<T> {
    /// Puts `item` in, due at `at`.
    pub fn push(&mut self, at: Time, item: T) {
        self.heap.push(Entry { at, sequence: self.sequence, item });
        self.sequence += 1;
    }

    /// When the next item is due.
    #[must_use]
    pub fn next_at(&self) -> Option<Time> {
        self.heap.peek().map(|entry| entry.at)
    }

    /// Takes the next item.
    pub fn pop(&mut self) -> Option<(Time, T)> {
        self.heap.pop().map(|entry| (entry.at, entry.item))
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        Self { heap: BinaryHeap::new(), sequence: 0 }
    }
}

impl<T> PartialEq for Entry<T> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<T> Eq for Entry<T> {}

impl<T> PartialOrd for Entry<T> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Entry<T> {
    fn cmp(&self, other: &Self) -> Ordering {
        // The heap gives the greatest first, so the order is turned round.
        (other.at, other.sequence).cmp(&(self.at, self.sequence))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_come_by_time_and_then_in_the_order_of_pushing() {
        let mut queue = Queue::default();
        queue.push(Time::from_micros(2), 'c');
        queue.push(Time::from_micros(1), 'a');
        queue.push(Time::from_micros(1), 'b');
        let order: String = core::iter::from_fn(|| queue.pop().map(|(_, item)| item)).collect();
        assert_eq!(order, "abc");
    }
}
