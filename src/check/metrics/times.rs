//! How long something took, over many times: least, mean, most exactly, percentiles within 1 %.

use std::sync::Arc;

use hdrhistogram::Histogram;
use serde::Serialize;

use crate::sim::Span;

/// How precise percentiles are: two significant digits, so that they are within 1 %.
const SIGNIFICANT_DIGITS: u8 = 2;

/// How long something took, over all the times that it happened. All zero if it never did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Times {
    /// How often it happened.
    pub count: u64,
    /// The shortest time, exactly.
    pub least: Span,
    /// The mean time, rounded down to a microsecond.
    pub mean: Span,
    /// Half of the times were not longer, within 1 %.
    pub median: Span,
    /// 90 % of the times were not longer, within 1 %.
    pub p90: Span,
    /// 99 % of the times were not longer, within 1 %.
    pub p99: Span,
    /// 99.9 % of the times were not longer, within 1 %.
    pub p999: Span,
    /// The longest time, exactly.
    pub most: Span,
}

/// Gathers times. A clone shares what both know.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    histogram: Option<Arc<Histogram<u32>>>,
    count: u64,
    total_us: u64,
    least_us: u64,
    most_us: u64,
}

impl Gathered {
    pub fn add(&mut self, span: Span) {
        let micros = span.as_micros();
        self.least_us = if self.count == 0 { micros } else { self.least_us.min(micros) };
        self.most_us = self.most_us.max(micros);
        self.count += 1;
        self.total_us = self.total_us.saturating_add(micros);
        if self.histogram.is_none() {
            self.histogram = Histogram::new(SIGNIFICANT_DIGITS).ok().map(Arc::new);
        }
        if let Some(histogram) = &mut self.histogram {
            // It grows as it has to, so that no time is too long for it.
            let recorded = Arc::make_mut(histogram).record(micros);
            debug_assert!(recorded.is_ok(), "a histogram that resizes takes every time");
        }
    }

    pub fn times(&self) -> Times {
        let percentile = |quantile: f64| {
            let found = self.histogram.as_ref().map_or(0, |histogram| histogram.value_at_quantile(quantile));
            Span::from_micros(found.clamp(self.least_us, self.most_us))
        };
        Times {
            count: self.count,
            least: Span::from_micros(self.least_us),
            mean: Span::from_micros(self.total_us.checked_div(self.count).unwrap_or(0)),
            median: percentile(0.5),
            p90: percentile(0.9),
            p99: percentile(0.99),
            p999: percentile(0.999),
            most: Span::from_micros(self.most_us),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_within_one_percent_and_the_ends_exact() {
        let mut gathered = Gathered::default();
        for micros in 1..=100_000 {
            gathered.add(Span::from_micros(micros));
        }
        let times = gathered.times();
        assert_eq!((times.least.as_micros(), times.most.as_micros(), times.count), (1, 100_000, 100_000));
        assert_eq!(times.mean.as_micros(), 50_000);
        for (found, expected) in
            [(times.median, 50_000), (times.p90, 90_000), (times.p99, 99_000), (times.p999, 99_900)]
        {
            assert!(found.as_micros().abs_diff(expected) * 100 <= expected, "{found:?} instead of {expected}");
        }
    }

    #[test]
    fn nothing_gathered_is_all_zero() {
        assert_eq!(Gathered::default().times(), Times::default());
    }
}
