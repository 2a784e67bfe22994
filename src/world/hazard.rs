//! Random faults that a person lets loose on a cluster that runs: which kinds, how often, for how long each.

use serde::{Deserialize, Serialize};

use crate::sim::Span;

/// The most faults of one kind in a minute at each server, in hundredths: 600.
pub const HAZARD_RATE_LIMIT_HUNDREDTHS: u32 = 60_000;
/// The longest time for which faults begin by one order: ten minutes.
pub const CHAOS_SPAN_LIMIT: Span = Span::from_millis(600_000);

/// A kind of random fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum HazardKind {
    /// A server crashes and later starts again from its disk.
    Crash,
    /// A server is lost with its disk, and later starts again with an empty one.
    Kill,
    /// A server does nothing for a while.
    Pause,
    /// A server's disk is slow for a while.
    SlowDisk,
    /// One bit of one copy flips.
    Rot,
    /// A link is cut for a while.
    Cut,
    /// One direction of a link is cut for a while.
    OneWayCut,
    /// A link loses messages for a while.
    Loss,
    /// A link is slow for a while.
    SlowLink,
    /// A set of nodes is cut off from all others for a while.
    Partition,
    /// A zone has no power for a while.
    ZoneOutage,
    /// A server's clock is wrong for a while.
    ClockSkew,
    /// A node of the coordinator is down for a while.
    CoordinatorCrash,
}

impl HazardKind {
    /// Every kind.
    pub const ALL: [Self; 13] = [
        Self::Crash,
        Self::Kill,
        Self::Pause,
        Self::Cut,
        Self::OneWayCut,
        Self::Loss,
        Self::SlowLink,
        Self::Partition,
        Self::SlowDisk,
        Self::Rot,
        Self::ClockSkew,
        Self::ZoneOutage,
        Self::CoordinatorCrash,
    ];

    /// Its name for one and for several.
    #[must_use]
    pub const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Crash => ("crash", "crashes"),
            Self::Kill => ("lost disk", "lost disks"),
            Self::Pause => ("pause", "pauses"),
            Self::SlowDisk => ("slow disk", "slow disks"),
            Self::Rot => ("flipped bit", "flipped bits"),
            Self::Cut => ("cut", "cuts"),
            Self::OneWayCut => ("one-way cut", "one-way cuts"),
            Self::Loss => ("lossy link", "lossy links"),
            Self::SlowLink => ("slow link", "slow links"),
            Self::Partition => ("partition", "partitions"),
            Self::ZoneOutage => ("zone without power", "zones without power"),
            Self::ClockSkew => ("wrong clock", "wrong clocks"),
            Self::CoordinatorCrash => ("crash of the coordinator", "crashes of the coordinator"),
        }
    }
}

/// One kind of random fault, and how often it comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hazard {
    /// The kind.
    pub kind: HazardKind,
    /// How many begin in a minute at each server (or link, zone, node of the coordinator, or the whole cluster for a
    /// partition), in hundredths.
    pub per_minute_hundredths: u32,
    /// How long each lasts on average.
    pub lasts: Span,
}
