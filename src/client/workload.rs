//! Background workloads: what a client asks for when nobody tells it what to ask.
//!
//! A [`Workload`] is a description, a [`Generator`] makes its operations one by one. It is an open workload:
//! operations begin when they are due, however long earlier ones take, so that an outage is not hidden by
//! clients that politely wait (Schroeder, Wierman and Harchol-Balter, NSDI 2006, §1).
//!
//! **Promises**: the same workload, seed, client and start give the same operations. When an operation
//! comes, on which file, what kind it is, how big it is and what it writes are drawn from streams of their own,
//! one draw of each for every operation, so that a change of one leaves the others as they are. A greater
//! read share turns some writes into reads and no read into a write.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::CONTENT_LIMIT_BYTES;
use crate::sim::{ClientId, Purpose, Span, Stream, Streams, Time};

/// The most files that a workload uses.
pub const WORKLOAD_FILES_LIMIT: u32 = 10_000;
/// Microseconds in the hundred seconds by which the rate is told.
const MICROS_PER_HUNDRED_SECONDS: u64 = 100_000_000;
/// The weight of the most popular file, 2^48; the others' are rounded to whole numbers.
const ZIPF_WEIGHT: f64 = 281_474_976_710_656.0;

/// How often each file is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Popularity {
    /// All alike.
    Uniform,
    /// The k-th file in proportion to 1 / k^s, for an exponent s. Pages on the web were measured at s from
    /// .64 to .83 (Breslau et al., INFOCOM 1999); the benchmark YCSB takes .99 (Cooper et al., `SoCC` 2010).
    Zipf {
        /// The exponent s in hundredths: 99 for .99. With 0 all files are alike.
        exponent_hundredths: u16,
    },
}

/// How big a write is, in bytes, both ends included. Ends in the wrong order count as turned round, and sizes
/// above [`CONTENT_LIMIT_BYTES`] as that.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Size {
    /// Every size is as likely as any other.
    Uniform {
        /// The least size in bytes.
        least: u64,
        /// The greatest size in bytes.
        most: u64,
    },
    /// The logarithm of the size is uniform: as many from 1 to 10 kB as from 10 to 100 kB. A least size of
    /// 0 counts as 1.
    LogUniform {
        /// The least size in bytes.
        least: u64,
        /// The greatest size in bytes.
        most: u64,
    },
}

/// How operations are spread over time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Arrivals {
    /// At equal intervals, the first at a random moment of the first interval, so that two clients don't
    /// march in step.
    Steady,
    /// Independently of each other, a Poisson process: the intervals are exponentially distributed.
    Poisson,
}

/// What a client does in the background.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Workload {
    /// How many operations begin per second, in hundredths: 250 are 2.5 operations per second. With 0 there
    /// are none.
    pub rate_per_second_hundredths: u32,
    /// How many of 100 operations are reads; the others are writes. 100 and more: all.
    pub read_percent: u8,
    /// How many files it uses, from 1 to [`WORKLOAD_FILES_LIMIT`]; what is beyond counts as the nearer end.
    pub files: u32,
    /// How often it uses each.
    pub popularity: Popularity,
    /// How big the writes are.
    pub size_bytes: Size,
    /// How the operations are spread over time.
    pub arrivals: Arrivals,
    /// How long after its start it ends, if it ends: no operation begins then or later.
    pub until: Option<Span>,
}

impl Default for Workload {
    /// Two operations per second, at random moments; half of them reads, on 4 files of 100 to 1000 bytes
    /// that are all alike; without an end.
    fn default() -> Self {
        Self {
            rate_per_second_hundredths: 200,
            read_percent: 50,
            files: 4,
            popularity: Popularity::Uniform,
            size_bytes: Size::Uniform { least: 100, most: 1_000 },
            arrivals: Arrivals::Poisson,
            until: None,
        }
    }
}

/// The name of a workload's file: `w0001.txt` for the index 0.
#[must_use]
pub fn workload_file_name(file_index: u32) -> String {
    format!("w{:04}.txt", u64::from(file_index) + 1)
}

/// What a planned operation does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PlannedKind {
    /// It reads the file.
    Read,
    /// It writes the file.
    Write {
        /// The size of the new content in bytes.
        size_bytes: u64,
        /// What the content is made from, with [`super::content_bytes`]: a random number, so that each write
        /// writes something else.
        salt: u64,
    },
}

/// An operation that is to begin at a certain time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// When it begins.
    pub at: Time,
    /// Which file it is about; [`workload_file_name`] tells its name. With [`Popularity::Zipf`] 0 is the
    /// most popular.
    pub file_index: u32,
    /// What it does.
    pub kind: PlannedKind,
}

/// Makes the operations of one client's workload. A clone goes on in the same way and shares what is big.
#[derive(Clone, Debug)]
pub struct Generator {
    workload: Workload,
    start: Time,
    next_at: Option<Time>,
    /// When the workload last changed, or its start.
    changed: Time,
    /// How many operations were taken since then.
    taken: u64,
    /// For a steady workload: from then to the first operation.
    offset: Span,
    /// For each file the sum of its weight and those before it.
    weights: Arc<[u64]>,
    arrival_stream: Stream,
    file_stream: Stream,
    kind_stream: Stream,
    size_stream: Stream,
    content_stream: Stream,
}

impl Generator {
    /// The operations of a workload that this client starts at `start`. The start is part of the key of the
    /// random streams: the same workload started again later doesn't write the same contents again.
    #[must_use]
    pub fn new(workload: Workload, streams: Streams, client: ClientId, start: Time) -> Self {
        let stream = |purpose| streams.stream(purpose, (u64::from(client.0), start.as_micros()));
        let mut generator = Self {
            workload,
            start,
            next_at: None,
            changed: start,
            taken: 0,
            offset: Span::ZERO,
            weights: weights(workload.files, workload.popularity),
            arrival_stream: stream(Purpose::WorkloadArrival),
            file_stream: stream(Purpose::WorkloadFile),
            kind_stream: stream(Purpose::WorkloadKind),
            size_stream: stream(Purpose::WorkloadSize),
            content_stream: stream(Purpose::WorkloadContent),
        };
        if workload.arrivals == Arrivals::Steady {
            let interval = MICROS_PER_HUNDRED_SECONDS / u64::from(workload.rate_per_second_hundredths.max(1));
            generator.offset = Span::from_micros(generator.arrival_stream.below(interval));
        }
        generator.next_at = generator.arrival_after(start);
        generator
    }

    /// What it generates.
    #[must_use]
    pub fn workload(&self) -> Workload {
        self.workload
    }

    /// Goes on with another rate or share of reads from now on, on the same files and from the same streams.
    pub fn change(&mut self, workload: Workload, now: Time) {
        if workload.rate_per_second_hundredths != self.workload.rate_per_second_hundredths {
            (self.changed, self.taken) = (now, 0);
            let rate = u64::from(workload.rate_per_second_hundredths.max(1));
            self.offset = Span::from_micros(MICROS_PER_HUNDRED_SECONDS / rate);
            self.workload = workload;
            self.next_at = self.arrival_after(now);
        }
        self.workload = workload;
    }

    /// When the next operation begins; `None` when there is none any more.
    #[must_use]
    pub fn next_at(&self) -> Option<Time> {
        self.next_at
    }

    /// Takes the next operation; `None` when there is none any more.
    pub fn take(&mut self) -> Option<Planned> {
        let at = self.next_at?;
        // All streams are drawn from for each operation, needed or not: so each keeps its place.
        let weight = self.file_stream.below(self.weights.last().copied().unwrap_or(0));
        let file_index = self.weights.partition_point(|sum| *sum <= weight);
        let is_read = self.kind_stream.below(100) < u64::from(self.workload.read_percent);
        let size_bytes = self.workload.size_bytes.draw(&mut self.size_stream);
        let salt = self.content_stream.next_u64();
        self.taken += 1;
        self.next_at = self.arrival_after(at);
        Some(Planned {
            at,
            file_index: u32::try_from(file_index).unwrap_or(0),
            kind: if is_read { PlannedKind::Read } else { PlannedKind::Write { size_bytes, salt } },
        })
    }

    /// When the operation after the one at `last` begins.
    fn arrival_after(&mut self, last: Time) -> Option<Time> {
        let rate = u64::from(self.workload.rate_per_second_hundredths);
        if rate == 0 {
            return None;
        }
        let at = match self.workload.arrivals {
            // Reckoned from the start, so that the rounding of the intervals does not add up.
            Arrivals::Steady => {
                let passed = u128::from(self.taken) * u128::from(MICROS_PER_HUNDRED_SECONDS) / u128::from(rate);
                self.changed + self.offset + Span::from_micros(u64::try_from(passed).unwrap_or(u64::MAX))
            }
            Arrivals::Poisson => last + exponential(MICROS_PER_HUNDRED_SECONDS, rate, &mut self.arrival_stream),
        };
        self.workload.until.is_none_or(|until| at < self.start + until).then_some(at)
    }
}

impl Size {
    /// Draws a size in bytes: one draw from the stream.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "sizes are at most a few megabytes, and the draw is not negative"
    )]
    fn draw(self, stream: &mut Stream) -> u64 {
        let ends = |first: u64, second: u64| {
            let (first, second) = (first.min(CONTENT_LIMIT_BYTES), second.min(CONTENT_LIMIT_BYTES));
            (first.min(second), first.max(second))
        };
        match self {
            Self::Uniform { least, most } => {
                let (least, most) = ends(least, most);
                least + stream.below(most - least + 1)
            }
            Self::LogUniform { least, most } => {
                let (least, most) = ends(least.max(1), most.max(1));
                let (low, high) = (libm::log(least as f64), libm::log(most as f64));
                let size = libm::round(libm::exp(low + stream.unit() * (high - low))) as u64;
                size.clamp(least, most)
            }
        }
    }
}

/// An exponential draw with the mean `dividend` / `divisor` microseconds.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "both numbers are below 2^52, and the draw is not negative"
)]
fn exponential(dividend: u64, divisor: u64, stream: &mut Stream) -> Span {
    Span::from_micros(libm::round(-libm::log(stream.unit()) * dividend as f64 / divisor as f64) as u64)
}

/// For each file the sum of its weight and of those before it.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a weight is from 1 to 2^48")]
fn weights(files: u32, popularity: Popularity) -> Arc<[u64]> {
    let mut sum = 0;
    (1..=files.clamp(1, WORKLOAD_FILES_LIMIT))
        .map(|rank| {
            sum += match popularity {
                Popularity::Uniform => 1,
                Popularity::Zipf { exponent_hundredths } => {
                    let exponent = f64::from(exponent_hundredths) / 100.0;
                    libm::round(libm::pow(f64::from(rank), -exponent) * ZIPF_WEIGHT).max(1.0) as u64
                }
            };
            sum
        })
        .collect()
}

#[cfg(test)]
mod tests;
