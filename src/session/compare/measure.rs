//! A number of an outcome, how two of them differ, and which is better.

use core::cmp::Ordering;

use crate::sim::Span;

/// Percentiles are within 1 % of the truth, so two of them that are less than 2 % apart may be the same.
const PERCENTILE_NOISE_PER_MILLE: u64 = 20;
/// Where bytes differ by less than 1 %, the difference is of no account.
const BYTES_NOISE_PER_MILLE: u64 = 10;
/// Below this the visible clock shows no difference.
const SPAN_NOISE_US: u64 = 1_000;

/// A number of an outcome.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measure {
    /// How many.
    Count(u64),
    /// How many of how many.
    Of(u64, u64),
    /// How long.
    Span(Span),
    /// How long, as a percentile, which is within 1 %.
    Percentile(Span),
    /// How many bytes.
    Bytes(u64),
    /// It never happened, though it should have.
    Never,
    /// There is nothing to measure.
    Missing,
}

/// What is better: more of it or less.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Favours {
    /// More is better.
    More,
    /// Less is better.
    Less,
    /// Neither is.
    Neither,
}

/// How B compares with A.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// B is better.
    Better,
    /// B is worse.
    Worse,
    /// They are the same, or differ by less than is known, or in what favours neither.
    Same,
    /// They can't be compared: one of them has nothing to measure.
    Neither,
}

impl Judgement {
    /// How A compares with B.
    #[must_use]
    pub fn mirrored(self) -> Self {
        match self {
            Self::Better => Self::Worse,
            Self::Worse => Self::Better,
            Self::Same | Self::Neither => self,
        }
    }
}

impl Measure {
    /// Its size, for what has one.
    fn size(self) -> Option<u64> {
        match self {
            Self::Count(count) | Self::Of(count, _) | Self::Bytes(count) => Some(count),
            Self::Span(span) | Self::Percentile(span) => Some(span.as_micros()),
            Self::Never | Self::Missing => None,
        }
    }

    /// How much less than this has to be no difference.
    fn noise(self, other: u64) -> u64 {
        match self {
            Self::Count(_) | Self::Of(..) | Self::Never | Self::Missing => 0,
            Self::Span(_) => SPAN_NOISE_US,
            Self::Percentile(span) => span.as_micros().max(other) * PERCENTILE_NOISE_PER_MILLE / 1_000,
            Self::Bytes(bytes) => bytes.max(other) * BYTES_NOISE_PER_MILLE / 1_000,
        }
    }

    /// The difference of `other` from this one as a number of the same kind: none where there is nothing to subtract.
    #[must_use]
    pub fn delta(self, other: Self) -> Option<i64> {
        let (one, two) = (self.size()?, other.size()?);
        let difference = i128::from(two) - i128::from(one);
        i64::try_from(difference).ok()
    }

    /// How `other` compares with this one.
    #[must_use]
    pub fn judge(self, other: Self, favours: Favours) -> Judgement {
        let order = match (self, other) {
            (Self::Never, Self::Never) | (Self::Missing, Self::Missing) | (Self::Of(_, 0), Self::Of(_, 0)) => {
                Ordering::Equal
            }
            // Where there was nothing to do, it can't have gone well or badly.
            (Self::Missing | Self::Of(_, 0), _) | (_, Self::Missing | Self::Of(_, 0)) => return Judgement::Neither,
            (Self::Never, _) => Ordering::Less,
            (_, Self::Never) => Ordering::Greater,
            (one, two) => one.order(two),
        };
        match (order, favours) {
            (Ordering::Equal, _) | (_, Favours::Neither) => Judgement::Same,
            (Ordering::Greater, Favours::More) | (Ordering::Less, Favours::Less) => Judgement::Better,
            (Ordering::Less, Favours::More) | (Ordering::Greater, Favours::Less) => Judgement::Worse,
        }
    }

    /// Whether the other one is more, less, or the same as far as can be said.
    fn order(self, other: Self) -> Ordering {
        if let (Self::Of(part, whole), Self::Of(other_part, other_whole)) = (self, other)
            && whole != other_whole
        {
            // Of unequal wholes the shares count.
            let (one, two) = (u128::from(part) * u128::from(other_whole), u128::from(other_part) * u128::from(whole));
            return two.cmp(&one);
        }
        let (Some(one), Some(two)) = (self.size(), other.size()) else { return Ordering::Equal };
        let noise = self.noise(two);
        if one.abs_diff(two) == 0 || one.abs_diff(two) < noise { Ordering::Equal } else { two.cmp(&one) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(milliseconds: u64) -> Span {
        Span::from_millis(milliseconds)
    }

    #[test]
    fn less_of_what_is_bad_is_better_and_what_favours_neither_is_the_same() {
        let judge = |one, two, favours| Measure::Count(one).judge(Measure::Count(two), favours);
        assert_eq!(judge(1, 0, Favours::Less), Judgement::Better);
        assert_eq!(judge(0, 1, Favours::Less), Judgement::Worse);
        assert_eq!(judge(0, 1, Favours::More), Judgement::Better);
        assert_eq!(judge(2, 2, Favours::Less), Judgement::Same);
        assert_eq!(judge(0, 1, Favours::Neither), Judgement::Same);
    }

    #[test]
    fn what_is_within_the_noise_is_the_same() {
        let percentile = |one, two| Measure::Percentile(ms(one)).judge(Measure::Percentile(ms(two)), Favours::Less);
        assert_eq!(percentile(1_000, 1_019), Judgement::Same);
        assert_eq!(percentile(1_000, 1_021), Judgement::Worse);
        let bytes = |one, two| Measure::Bytes(one).judge(Measure::Bytes(two), Favours::Less);
        assert_eq!(bytes(108_700, 108_500), Judgement::Same);
        assert_eq!(bytes(108_700, 100_000), Judgement::Better);
    }

    #[test]
    fn never_is_worse_than_any_time_and_nothing_can_be_said_of_what_was_not_measured() {
        let late = Measure::Span(ms(900_000));
        assert_eq!(late.judge(Measure::Never, Favours::Less), Judgement::Worse);
        assert_eq!(Measure::Never.judge(late, Favours::Less), Judgement::Better);
        assert_eq!(Measure::Missing.judge(late, Favours::Less), Judgement::Neither);
        assert_eq!(Measure::Missing.judge(Measure::Missing, Favours::Less), Judgement::Same);
        assert_eq!(Measure::Never.delta(late), None);
    }

    #[test]
    fn of_unequal_wholes_the_shares_count() {
        assert_eq!(Measure::Of(18, 20).judge(Measure::Of(36, 40), Favours::More), Judgement::Same);
        assert_eq!(Measure::Of(18, 20).judge(Measure::Of(30, 40), Favours::More), Judgement::Worse);
        assert_eq!(Measure::Of(18, 20).judge(Measure::Of(16, 20), Favours::More), Judgement::Worse);
        assert_eq!(Measure::Of(0, 0).judge(Measure::Of(0, 4), Favours::More), Judgement::Neither);
        assert_eq!(Measure::Of(0, 0).judge(Measure::Of(0, 0), Favours::More), Judgement::Same);
    }
}
