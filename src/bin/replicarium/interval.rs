//! How sure one can be of a share that was counted in a number of runs.

use serde::Serialize;

/// The standard normal quantile of 97.5 %: intervals cover the true share in about 95 of 100 cases.
const QUANTILE: f64 = 1.959_963_984_540_054;

/// A share and its 95 % confidence interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// In how many runs it was so.
    pub count: u64,
    /// Of how many.
    pub of: u64,
    /// The share itself, from 0 to 1.
    pub value: f64,
    /// The lower end of the interval.
    pub low: f64,
    /// The upper end of the interval.
    pub high: f64,
}

impl Share {
    /// The share with its Wilson score interval: E. B. Wilson, "Probable inference, the law of succession, and
    /// statistical inference", Journal of the American Statistical Association 22 (1927). It stays inside 0 to 1
    /// and is useful when none or all of the runs were so, where the usual ± interval has no width.
    pub fn new(count: u64, of: u64) -> Self {
        if of == 0 {
            return Self { count, of, value: 0.0, low: 0.0, high: 1.0 };
        }
        let total = real(of);
        let value = real(count) / total;
        let square = QUANTILE * QUANTILE;
        let middle = value + square / (2.0 * total);
        let half = QUANTILE * ((value * (1.0 - value) + square / (4.0 * total)) / total).sqrt();
        let scale = 1.0 + square / total;
        let low = if count == 0 { 0.0 } else { (middle - half) / scale };
        let high = if count == of { 1.0 } else { (middle + half) / scale };
        Self { count, of, value, low: low.clamp(0.0, 1.0), high: high.clamp(0.0, 1.0) }
    }

    /// For people, as in `12 of 100 (12.00 %, 95 % confidence 7.00 % to 19.81 %)`.
    pub fn sentence(self) -> String {
        let Self { count, of, value, low, high } = self;
        if of == 0 {
            return format!("{count} of {of}");
        }
        format!(
            "{count} of {of} ({:.2} %, 95 % confidence {:.2} % to {:.2} %)",
            value * 100.0,
            low * 100.0,
            high * 100.0
        )
    }
}

#[expect(clippy::cast_precision_loss, reason = "no sweep has as many runs as a float has whole numbers")]
fn real(number: u64) -> f64 {
    number as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I, method 3.
    #[test]
    fn the_interval_is_that_of_the_published_examples() {
        let published =
            [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)];
        for (count, of, low, high) in published {
            let share = Share::new(count, of);
            assert!((share.low - low).abs() < 5e-5 && (share.high - high).abs() < 5e-5, "{share:?}");
        }
    }

    #[test]
    fn all_and_none_have_an_interval_with_a_width() {
        assert!(Share::new(0, 100).high > 0.03 && Share::new(0, 100).low.abs() < 1e-12);
        assert!(Share::new(100, 100).low < 0.97 && (Share::new(100, 100).high - 1.0).abs() < 1e-12);
        assert_eq!((Share::new(0, 0).low, Share::new(0, 0).high), (0.0, 1.0));
        assert_eq!(Share::new(0, 0).sentence(), "0 of 0");
        let all = Share::new(10_000, 10_000).sentence();
        assert_eq!(all, "10000 of 10000 (100.00 %, 95 % confidence 99.96 % to 100.00 %)");
    }
}
