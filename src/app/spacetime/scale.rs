//! From moments to pixels: along one axis, in which quiet times may be folded.

use crate::session::Quiet;
use crate::sim::{Span, Time};

/// How wide a folded stretch is drawn.
pub(crate) const FOLD_WIDTH: f64 = 44.0;

/// A stretch of time and where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    from: Time,
    to: Time,
    begins: f64,
    ends: f64,
    is_fold: bool,
}

/// The places of moments.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Scale {
    pieces: Vec<Piece>,
}

/// Micros of one window fit a float exactly.
#[allow(clippy::cast_precision_loss)]
fn micros(span: Span) -> f64 {
    span.as_micros() as f64
}

impl Scale {
    /// Spreads the window over the pixels from `begins` to `ends`, with these stretches folded.
    pub(crate) fn new(from: Time, to: Time, begins: f64, ends: f64, folds: &[Quiet]) -> Self {
        let to = to.max(from + Span::from_micros(1));
        let folded: f64 = folds.iter().map(|fold| micros(fold.to.since(fold.from))).sum();
        #[allow(clippy::cast_precision_loss)]
        let room = (ends - begins - FOLD_WIDTH * folds.len() as f64).max(1.0);
        let per_micro = room / (micros(to.since(from)) - folded).max(1.0);
        let (mut pieces, mut at, mut place) = (Vec::new(), from, begins);
        let mut push = |to: Time, is_fold: bool| {
            let width = if is_fold { FOLD_WIDTH } else { micros(to.since(at)) * per_micro };
            pieces.push(Piece { from: at, to, begins: place, ends: place + width, is_fold });
            (at, place) = (to, place + width);
        };
        for fold in folds {
            push(fold.from, false);
            push(fold.to, true);
        }
        push(to, false);
        Self { pieces }
    }

    /// Where a moment is; one outside of the window lies beyond its edge, at the pace of the piece there.
    pub(crate) fn place(&self, at: Time) -> f64 {
        let Some(piece) = self.pieces.iter().find(|piece| at <= piece.to).or(self.pieces.last()) else { return 0.0 };
        let width = micros(piece.to.since(piece.from));
        if width == 0.0 {
            return piece.begins;
        }
        let pace = (piece.ends - piece.begins) / width;
        if at >= piece.from {
            piece.begins + micros(at.since(piece.from)) * pace
        } else {
            piece.begins - micros(piece.from.since(at)) * pace
        }
    }

    /// The folds, with where they are drawn.
    pub(crate) fn folds(&self) -> impl Iterator<Item = (f64, f64, Span)> + '_ {
        let folds = self.pieces.iter().filter(|piece| piece.is_fold);
        folds.map(|piece| (piece.begins, piece.ends, piece.to.since(piece.from)))
    }

    /// The stretches that are drawn to scale.
    pub(crate) fn open(&self) -> impl Iterator<Item = (Time, Time)> + '_ {
        self.pieces.iter().filter(|piece| !piece.is_fold && piece.to > piece.from).map(|piece| (piece.from, piece.to))
    }

    /// How many microseconds a pixel is, where nothing is folded.
    pub(crate) fn micros_per_pixel(&self) -> f64 {
        let open = self.pieces.iter().filter(|piece| !piece.is_fold && piece.ends > piece.begins);
        let (time, pixels) = open.fold((0.0, 0.0), |(time, pixels), piece| {
            (time + micros(piece.to.since(piece.from)), pixels + piece.ends - piece.begins)
        });
        if pixels > 0.0 { time / pixels } else { 1.0 }
    }

    /// Round moments for the ticks, counted from `zero`, at least so many pixels apart.
    pub(crate) fn ticks(&self, zero: Time, apart: f64) -> Vec<Time> {
        let least = self.micros_per_pixel() * apart;
        let step = (0..9)
            .flat_map(|power| [1, 2, 5].map(|first| first * 10_u64.pow(power)))
            .find(|step| micros(Span::from_micros(*step)) >= least)
            .unwrap_or(1_000_000_000);
        let mut ticks = Vec::new();
        for (from, to) in self.open() {
            let first = from.since(zero).as_micros().div_ceil(step);
            let last = to.since(zero).as_micros() / step;
            ticks.extend((first..=last).take(200).map(|number| zero + Span::from_micros(number * step)));
        }
        ticks.dedup();
        ticks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(milliseconds: u64) -> Time {
        Time::from_millis(milliseconds)
    }

    #[test]
    fn later_moments_are_further_with_folds_and_without() {
        let fold = Quiet { from: at(140), to: at(260) };
        for folds in [&[][..], &[fold][..]] {
            let scale = Scale::new(at(100), at(400), 50.0, 950.0, folds);
            assert!((scale.place(at(100)) - 50.0).abs() < 0.001 && (scale.place(at(400)) - 950.0).abs() < 0.001);
            let places: Vec<f64> = (60..=440).map(|milliseconds| scale.place(at(milliseconds))).collect();
            assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
        }
    }

    #[test]
    fn a_fold_is_as_wide_whatever_it_hides() {
        let scale = Scale::new(at(0), at(1_000), 0.0, 500.0, &[Quiet { from: at(100), to: at(900) }]);
        let (begins, ends, hidden) = scale.folds().next().expect("a fold");
        assert!((ends - begins - FOLD_WIDTH).abs() < 0.001);
        assert_eq!(hidden, Span::from_millis(800));
        assert!(scale.place(at(100)) > 200.0, "what is left has the room");
    }

    #[test]
    fn ticks_are_round_and_far_enough_apart() {
        let scale = Scale::new(at(103), at(400), 0.0, 900.0, &[]);
        let ticks = scale.ticks(at(3), 60.0);
        assert_eq!(ticks.first(), Some(&at(103)));
        assert!(ticks.windows(2).all(|pair| pair[1].since(pair[0]) == Span::from_millis(20)));
    }
}
