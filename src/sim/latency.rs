//! How long things take: random distributions, rounded to whole microseconds at once.

use serde::{Deserialize, Serialize};

use super::{Span, Stream};

/// A distribution of times.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Latency {
    /// Always the same.
    Constant(Span),
    /// A uniform draw from `least` to `most`, both included.
    Uniform {
        /// The least that is drawn.
        least: Span,
        /// The most that is drawn.
        most: Span,
    },
    /// `least` plus an exponential draw with the mean `mean_above`.
    Exponential {
        /// The least that is drawn.
        least: Span,
        /// The mean of what comes on top.
        mean_above: Span,
    },
}

impl Latency {
    /// Draws a time.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "spans are far below 2^52 microseconds, and the draw is not negative"
    )]
    pub fn draw(&self, stream: &mut Stream) -> Span {
        match *self {
            Self::Constant(span) => span,
            Self::Uniform { least, most } => {
                let width = most.as_micros().saturating_sub(least.as_micros()) + 1;
                least + Span::from_micros(stream.below(width))
            }
            Self::Exponential { least, mean_above } => {
                // libm gives the same bits on every target; std's logarithm may not.
                let above = -libm::log(stream.unit()) * mean_above.as_micros() as f64;
                least + Span::from_micros(libm::round(above) as u64)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::{Purpose, Streams};

    #[test]
    fn an_exponential_draw_has_its_mean_and_its_least() {
        let latency = Latency::Exponential { least: Span::from_micros(500), mean_above: Span::from_millis(1) };
        let mut stream = Streams::new(1).stream(Purpose::LinkLatency, (1, 2));
        let draws: Vec<u64> = (0..20_000).map(|_| latency.draw(&mut stream).as_micros()).collect();
        let mean = draws.iter().sum::<u64>() / 20_000;
        assert!(draws.iter().all(|draw| *draw >= 500));
        // The standard error of the mean is 1000 / sqrt(20000), some 7 microseconds.
        assert!((1_460..=1_540).contains(&mean), "the mean was {mean}");
    }
}
