//! No update without its predecessor: how far the log on one disk goes, as its events tell.

/// The end of one group's log on one server's disk.
#[derive(Clone, Debug, Default)]
pub(super) struct LogEnd {
    last_index: u64,
    /// From where the log was cut off, for each cut whose next update has not come to the disk yet.
    cuts: Vec<u64>,
    /// How many full copies were taken over: where one ends is known when the next update comes to the disk.
    copies: u32,
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
        self.cuts.push(from_index);
    }

    pub fn on_full_copy(&mut self) {
        self.copies += 1;
        self.cuts.clear();
    }

    /// An update came to the disk.
    pub fn on_disk(&mut self, index: u64) -> Growth {
        let before = core::mem::replace(&mut self.last_index, index);
        if index == before + 1 {
            return Growth::Follows;
        }
        if index <= before
            && let Some(place) = self.cuts.iter().position(|from_index| *from_index <= index)
        {
            self.cuts.remove(place);
            return Growth::Replaces;
        }
        if self.copies == 0 {
            return Growth::Hole { after: before };
        }
        self.copies -= 1;
        Growth::Replaces
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
    fn a_full_copy_may_end_anywhere() {
        let mut log = LogEnd::default();
        log.on_disk(1);
        log.on_full_copy();
        assert_eq!(log.on_disk(81), Growth::Replaces);
        assert_eq!(log.on_disk(83), Growth::Hole { after: 81 });
    }
}
