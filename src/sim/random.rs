//! Seeded randomness in separate streams.
//!
//! Each link and each server's disk draws from a stream of its own, so that two designs that run under
//! the same seed meet the same latencies: what one of them draws more often shifts nobody else's draws.

use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64Mcg;
use serde::{Deserialize, Serialize};

/// What a stream is drawn for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purpose {
    /// The latency of messages on a directed link.
    LinkLatency,
    /// The time that a disk takes to sync.
    DiskSync,
    /// When the operations of a client's workload begin.
    WorkloadArrival,
    /// Which files the operations of a client's workload use.
    WorkloadFile,
    /// Whether the operations of a client's workload read or write.
    WorkloadKind,
    /// How big the writes of a client's workload are.
    WorkloadSize,
    /// What the writes of a client's workload write.
    WorkloadContent,
    /// Whether a message on a directed link is lost, doubled or held up.
    LinkFault,
    /// Random faults.
    Chaos,
    /// The variant of an exercise.
    Exercise,
}

/// The source of all streams of one world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Streams {
    seed: u64,
}

/// One independent stream of random draws.
#[derive(Clone, Debug)]
pub struct Stream(Pcg64Mcg);

impl Streams {
    /// The streams of the world with this seed.
    #[must_use]
    pub const fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The stream for `purpose` and an owner, which is told by two numbers.
    ///
    /// The key is hashed with BLAKE3, so that neighbouring seeds and owners give unrelated streams.
    #[must_use]
    pub fn stream(&self, purpose: Purpose, owner: (u64, u64)) -> Stream {
        let mut hasher = blake3::Hasher::new();
        for part in [self.seed, purpose as u64, owner.0, owner.1] {
            hasher.update(&part.to_le_bytes());
        }
        let mut key = [0_u8; 16];
        hasher.finalize_xof().fill(&mut key);
        Stream(Pcg64Mcg::from_seed(key))
    }
}

impl Stream {
    /// The next 64 random bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0.next_u64()
    }

    /// A uniform draw from the whole numbers below `bound`; 0 if `bound` is 0.
    ///
    /// The high half of a 128-bit product (Lemire 2019, without the rejection step: the bias is below
    /// `bound / 2^64`).
    pub fn below(&mut self, bound: u64) -> u64 {
        let product = u128::from(self.next_u64()) * u128::from(bound);
        u64::try_from(product >> 64).unwrap_or(0)
    }

    /// A uniform draw from (0, 1], in steps of 2⁻⁵³: never zero, so that its logarithm exists.
    #[expect(clippy::cast_precision_loss, reason = "the draw has 53 bits, which f64 holds exactly")]
    pub fn unit(&mut self) -> f64 {
        ((self.next_u64() >> 11) + 1) as f64 / (1_u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_key_gives_the_same_draws_and_another_key_does_not() {
        let streams = Streams::new(61);
        let draw = |streams: Streams, owner| streams.stream(Purpose::LinkLatency, owner).next_u64();
        assert_eq!(draw(streams, (1, 2)), draw(streams, (1, 2)));
        assert_ne!(draw(streams, (1, 2)), draw(streams, (2, 1)));
        assert_ne!(draw(streams, (1, 2)), draw(Streams::new(62), (1, 2)));
    }

    #[test]
    fn a_draw_stays_below_its_bound() {
        let mut stream = Streams::new(1).stream(Purpose::DiskSync, (0, 0));
        assert!((0..1_000).all(|_| stream.below(7) < 7));
        assert_eq!(stream.below(0), 0);
        assert!((0..1_000).map(|_| stream.unit()).all(|unit| unit > 0.0 && unit <= 1.0));
    }
}
