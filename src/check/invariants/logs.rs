//! No update without its predecessor: how far the log on one disk goes, as its events tell.

use std::collections::VecDeque;

/// The end of one group's log on one server's disk.
#[derive(Clone, Debug, Default)]
pub(super) struct LogEnd {
    last_index: u64,
    /// What is on its way to the disk after which another update than the next may come, in order.
    under_way: VecDeque<Break>,
}

/// A break in a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Break {
    /// It was cut off from this update on.
    Cut(u64),
    /// A full copy took its place: where it ends is known when the next update comes to the disk.
    FullCopy,
}

/// How a log has grown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Growth {
    /// By the update after the last one.
    Follows,
    /// By an update after a cut or a full copy, which replaced what was there.
    Replaces,
    /// By an update whose predecessor is not there.
    Hole {
        /// The last update that is there.
        after: u64,
    },
}

impl LogEnd {
    pub fn on_truncated(&mut self, from_index: u64) {
        self.under_way.push_back(Break::Cut(from_index));
    }

    pub fn on_full_copy(&mut self) {
        self.under_way.push_back(Break::FullCopy);
    }

    /// An update came to the disk.
    pub fn on_disk(&mut self, index: u64) -> Growth {
        let before = core::mem::replace(&mut self.last_index, index);
        if index == before + 1 {
            return Growth::Follows;
        }
        let explains = |found: &Break| match found {
            Break::Cut(from_index) => *from_index <= index && index <= before,
            Break::FullCopy => true,
        };
        match self.under_way.iter().position(explains) {
            Some(place) => {
                self.under_way.drain(..=place);
                Growth::Replaces
            }
            None => Growth::Hole { after: before },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_grows_by_one() {
        let mut log = LogEnd::default();
        assert_eq!(log.on_disk(1), Growth::Follows);
        assert_eq!(log.on_disk(2), Growth::Follows);
        assert_eq!(log.on_disk(4), Growth::Hole { after: 2 });
        assert_eq!(LogEnd::default().on_disk(2), Growth::Hole { after: 0 });
    }

    #[test]
    fn an_update_may_be_written_again_only_after_a_cut() {
        let mut log = LogEnd::default();
        for index in 1..=3 {
            log.on_disk(index);
        }
        log.on_truncated(2);
        log.on_truncated(3);
        let grown: Vec<Growth> = [2, 3, 3, 4].map(|index| log.on_disk(index)).to_vec();
        assert_eq!(grown, [Growth::Replaces, Growth::Follows, Growth::Replaces, Growth::Follows]);
        assert_eq!(log.on_disk(4), Growth::Hole { after: 4 });
    }

    #[test]
    fn what_was_on_its_way_before_a_full_copy_still_comes() {
        let mut log = LogEnd::default();
        for index in 1..=16 {
            log.on_disk(index);
        }
        log.on_truncated(15);
        log.on_full_copy();
        let grown: Vec<Growth> = [15, 16, 2, 3].map(|index| log.on_disk(index)).to_vec();
        assert_eq!(grown, [Growth::Replaces, Growth::Follows, Growth::Replaces, Growth::Follows]);
        assert_eq!(log.on_disk(2), Growth::Hole { after: 3 });
    }

    #[test]
    fn a_full_copy_may_end_anywhere() {
        let mut log = LogEnd::default();
        log.on_disk(1);
        log.on_full_copy();
        assert_eq!(log.on_disk(81), Growth::Replaces);
        assert_eq!(log.on_disk(83), Growth::Hole { after: 81 });
    }
}
