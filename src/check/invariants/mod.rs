//! Invariants: what must hold after every step of a run, whatever happened.
//!
//! A [`Checker`] reads a world's events after each step and asks the world for the truth only where an event
//! touches it. A policy is never blamed for what it doesn't promise: see [`crate::replication::Promises`].

mod answers;
mod causes;
mod checker;
mod converged;
mod ground;
mod group;
mod kept;
mod logs;
mod reads;
#[cfg(test)]
mod tests;

use core::fmt;

pub use checker::{Checker, VIOLATIONS_LIMIT};
pub use converged::check_converged;
pub use ground::GroundTruth;

use crate::sim::{EventId, Time};

/// Something that must hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Invariant {
    /// A group has one primary in each epoch.
    OnePrimaryPerEpoch,
    /// A log on a disk has no holes.
    NoUpdateWithoutPredecessor,
    /// When a client is told ok, the update has come as far as the policy says.
    AckMeansWhatItSays,
    /// What a client was told is kept is kept, as long as the promise holds.
    AcknowledgedIsKept,
    /// A damaged copy is not served while checksums are on.
    DamageIsNotServed,
    /// Reads from the primary never go back, where that is promised.
    ReadsNeverGoBack,
    /// A primary is replaced for a reason, and with manual failover by an operator only.
    PromotedForACause,
    /// All copies are the same once faults have stopped.
    ReplicasConverge,
    /// What the ledger calls safe can be read once faults have stopped.
    SafeCanBeRead,
}

impl Invariant {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::OnePrimaryPerEpoch,
        Self::NoUpdateWithoutPredecessor,
        Self::AckMeansWhatItSays,
        Self::AcknowledgedIsKept,
        Self::DamageIsNotServed,
        Self::ReadsNeverGoBack,
        Self::PromotedForACause,
        Self::ReplicasConverge,
        Self::SafeCanBeRead,
    ];

    /// Its name, in kebab-case.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OnePrimaryPerEpoch => "one-primary-per-epoch",
            Self::NoUpdateWithoutPredecessor => "no-update-without-predecessor",
            Self::AckMeansWhatItSays => "ack-means-what-it-says",
            Self::AcknowledgedIsKept => "acknowledged-is-kept",
            Self::DamageIsNotServed => "damage-is-not-served",
            Self::ReadsNeverGoBack => "reads-never-go-back",
            Self::PromotedForACause => "promoted-for-a-cause",
            Self::ReplicasConverge => "replicas-converge",
            Self::SafeCanBeRead => "safe-can-be-read",
        }
    }

    /// The invariant of this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|invariant| invariant.name() == name)
    }

    /// Whether it is checked after every step; the others can be asked only once faults have stopped.
    #[must_use]
    pub const fn holds_at_each_step(self) -> bool {
        match self {
            Self::OnePrimaryPerEpoch
            | Self::NoUpdateWithoutPredecessor
            | Self::AckMeansWhatItSays
            | Self::AcknowledgedIsKept
            | Self::DamageIsNotServed
            | Self::ReadsNeverGoBack
            | Self::PromotedForACause => true,
            Self::ReplicasConverge | Self::SafeCanBeRead => false,
        }
    }

    /// What it says, in one sentence.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::OnePrimaryPerEpoch => "A group never has two primaries in one epoch.",
            Self::NoUpdateWithoutPredecessor => "No disk has an update without the one before it.",
            Self::AckMeansWhatItSays => {
                "When a client is told ok, its update has come as far as the policy demands, on as many servers as it demands."
            }
            Self::AcknowledgedIsKept => {
                "An acknowledged write stays on some disk, and each new primary has it, as long as the promise of \
                 the policy holds."
            }
            Self::DamageIsNotServed => "While checksums are on, no client ever gets a corrupt copy.",
            Self::ReadsNeverGoBack => {
                "A read from the primary never finds an older version than an earlier read found, as long as the \
                 policy promises that."
            }
            Self::PromotedForACause => {
                "A primary is replaced only after something has happened to it, and with manual failover only by an \
                 operator."
            }
            Self::ReplicasConverge => "Once faults have stopped, all replicas end up with the same copies.",
            Self::SafeCanBeRead => {
                "Once faults have stopped, a client can read every file that the ledger calls safe, and is never told that an \
                 acknowledged file does not exist."
            }
        }
    }
}

impl fmt::Display for Invariant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Violation {
    /// The invariant.
    pub invariant: Invariant,
    /// When that was noticed.
    pub at: Time,
    /// The event at which it was noticed; none if it was asked for, as with [`check_converged`].
    pub event: Option<EventId>,
    /// What is wrong, in one sentence.
    pub sentence: String,
}

impl fmt::Display for Violation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} ({})", self.at, self.sentence, self.invariant)
    }
}
