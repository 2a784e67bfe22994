//! Copies over time: how many undamaged copies of its last acknowledged version each file has.

use std::sync::Arc;

use serde::Serialize;

use crate::sim::{FileId, Span, Time};

/// Of how many files the copies are counted: the first that were written.
pub const COPIES_FILES_LIMIT: usize = 16;
/// The most points of the series: when there are more, every second one goes, and the interval doubles.
pub const COPIES_POINTS_LIMIT: usize = 256;
/// How far apart the points are at first.
const INTERVAL: Span = Span::from_millis(50);

/// How many copies the files had at one time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CopiesAt {
    /// When.
    pub at: Time,
    /// For each file of [`CopiesOverTime::files`] that there was by then, the number of servers, up or down, that
    /// had its last acknowledged version on disk, undamaged.
    pub counts: Vec<u16>,
}

/// The numbers of copies, sampled at equal intervals. Between two points nothing is claimed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CopiesOverTime {
    /// The files, at most [`COPIES_FILES_LIMIT`].
    pub files: Vec<FileId>,
    /// How far apart the points are.
    pub interval: Span,
    /// The points, oldest first.
    pub points: Vec<CopiesAt>,
}

/// Samples the numbers of copies. A clone shares what both know.
#[derive(Clone, Debug)]
pub(super) struct Sampler {
    series: Arc<CopiesOverTime>,
    next: Time,
}

impl Sampler {
    pub fn new(from: Time) -> Self {
        let series = CopiesOverTime { interval: INTERVAL, ..CopiesOverTime::default() };
        Self { series: Arc::new(series), next: from }
    }

    /// When the next sample is to be taken.
    pub fn next(&self) -> Time {
        self.next
    }

    pub fn add(&mut self, files: &[FileId], counts: Vec<u16>) {
        let series = Arc::make_mut(&mut self.series);
        if series.files.len() < files.len() {
            series.files = files.to_vec();
        }
        series.points.push(CopiesAt { at: self.next, counts });
        if series.points.len() > COPIES_POINTS_LIMIT {
            let mut keep = false;
            series.points.retain(|_| {
                keep = !keep;
                keep
            });
            series.interval = series.interval + series.interval;
        }
        let last = series.points.last().map_or(self.next, |point| point.at);
        self.next = last + series.interval;
    }

    pub fn series(&self) -> CopiesOverTime {
        (*self.series).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_run_has_few_points_at_equal_intervals() {
        let mut sampler = Sampler::new(Time::ZERO);
        for _ in 0..3_000 {
            sampler.add(&[FileId(1)], vec![3]);
        }
        let series = sampler.series();
        assert!(series.points.len() <= COPIES_POINTS_LIMIT && series.points.len() > COPIES_POINTS_LIMIT / 2 - 1);
        for pair in series.points.windows(2) {
            assert_eq!(pair[1].at.since(pair[0].at), series.interval);
        }
    }
}
