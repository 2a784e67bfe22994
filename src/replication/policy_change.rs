//! What an operator can change in a cluster that runs.
//!
//! A change holds everywhere from the same moment on, as if all machines had read it at once. What changes nothing that
//! was agreed on while the old rule held can be changed so; what can't is left out. A read lease is a promise about the
//! time to come that a shorter or longer one would break; the rhythm of heartbeats, resends and applying is set when a
//! server starts.

use serde::{Deserialize, Serialize};

use super::{AckWhen, Acks, Detector, Failover, Policy, WhenShort};
use crate::sim::Span;

/// The most updates that a window may have, and the most servers that may have to be in sync.
const NUMBER_LIMIT: usize = 1_000_000;
/// The shortest and the longest time that a rule may name: a millisecond and a day.
const SPANS: core::ops::RangeInclusive<Span> = Span::from_millis(1)..=Span::from_millis(86_400_000);

/// One rule of the policy, as it is to be from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PolicyChange {
    /// How many replicas must acknowledge.
    Acks(Acks),
    /// What their acknowledgement means.
    AckWhen(AckWhen),
    /// How many updates may be under way at once.
    Window(usize),
    /// With fewer in-sync servers than this writes are refused.
    MinInSync(usize),
    /// What happens when acks don't come.
    WhenShort(WhenShort),
    /// Who names a new primary.
    Failover(Failover),
    /// Whether what earlier primaries send is refused.
    Fencing(bool),
    /// Whether checksums are checked.
    Checksums(bool),
    /// How the coordinator tells that a server has failed.
    Detector(Detector),
    /// How often each server checks a copy for rot.
    ScrubEvery(Option<Span>),
    /// How long a server must be suspected until its copies are made anew.
    RepairAfter(Span),
}

impl PolicyChange {
    /// Makes the change. The log keeps what the longest window so far may have to take back.
    pub fn apply(self, policy: &mut Policy) {
        match self {
            Self::Acks(acks) => policy.acks = acks,
            Self::AckWhen(when) => policy.ack_when = when,
            Self::Window(window) => {
                policy.log_limit = policy.log_limit.max(policy.window.saturating_mul(2));
                policy.window = window;
            }
            Self::MinInSync(servers) => policy.min_in_sync = servers,
            Self::WhenShort(when) => policy.when_short = when,
            Self::Failover(failover) => policy.failover = failover,
            Self::Fencing(fencing) => policy.fencing = fencing,
            Self::Checksums(checksums) => policy.checksums = checksums,
            Self::Detector(detector) => policy.detector = detector,
            Self::ScrubEvery(every) => policy.scrub_every = every,
            Self::RepairAfter(after) => policy.repair_after = after,
        }
    }

    /// Whether the policy says so already.
    #[must_use]
    pub fn holds(self, policy: &Policy) -> bool {
        match self {
            Self::Acks(acks) => policy.acks == acks,
            Self::AckWhen(when) => policy.ack_when == when,
            Self::Window(window) => policy.window == window,
            Self::MinInSync(servers) => policy.min_in_sync == servers,
            Self::WhenShort(when) => policy.when_short == when,
            Self::Failover(failover) => policy.failover == failover,
            Self::Fencing(fencing) => policy.fencing == fencing,
            Self::Checksums(checksums) => policy.checksums == checksums,
            Self::Detector(detector) => policy.detector == detector,
            Self::ScrubEvery(every) => policy.scrub_every == every,
            Self::RepairAfter(after) => policy.repair_after == after,
        }
    }

    /// Whether a cluster can run with it: no number is zero or huge, no time shorter than a millisecond or longer than
    /// a day.
    #[must_use]
    pub fn is_possible(self) -> bool {
        match self {
            Self::Window(number) | Self::MinInSync(number) | Self::Acks(Acks::Count(number)) => {
                (1..=NUMBER_LIMIT).contains(&number)
            }
            Self::WhenShort(WhenShort::TimeOut { after } | WhenShort::GoAsync { after })
            | Self::Detector(Detector::TimeOut { after })
            | Self::ScrubEvery(Some(after)) => SPANS.contains(&after),
            Self::Detector(Detector::PhiAccrual { threshold_tenths, deviation_min, pause_accepted }) => {
                threshold_tenths > 0 && SPANS.contains(&deviation_min) && pause_accepted <= *SPANS.end()
            }
            Self::RepairAfter(after) => after <= *SPANS.end(),
            Self::Acks(Acks::None | Acks::All)
            | Self::AckWhen(_)
            | Self::WhenShort(WhenShort::Wait)
            | Self::Failover(_)
            | Self::Fencing(_)
            | Self::Checksums(_)
            | Self::ScrubEvery(None) => true,
        }
    }

    /// Whether what an acknowledged write or a read is promised depends on it, and so whether nothing is promised any
    /// more of what was written under the old rule.
    #[must_use]
    pub fn changes_promises(self) -> bool {
        match self {
            Self::Acks(_)
            | Self::AckWhen(_)
            | Self::WhenShort(_)
            | Self::Failover(_)
            | Self::Fencing(_)
            | Self::Checksums(_) => true,
            Self::Window(_) | Self::MinInSync(_) | Self::Detector(_) | Self::ScrubEvery(_) | Self::RepairAfter(_) => {
                false
            }
        }
    }

    /// The name of the rule, as a scenario calls it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Acks(_) => "acks",
            Self::AckWhen(_) => "ack_when",
            Self::Window(_) => "window",
            Self::MinInSync(_) => "min_in_sync",
            Self::WhenShort(_) => "when_short",
            Self::Failover(_) => "failover",
            Self::Fencing(_) => "fencing",
            Self::Checksums(_) => "checksums",
            Self::Detector(_) => "detector",
            Self::ScrubEvery(_) => "scrub_every",
            Self::RepairAfter(_) => "repair_after",
        }
    }

    /// The rule and its new value, as in "acks to 1".
    #[must_use]
    pub fn describe(self) -> String {
        let on = |is_on: bool| if is_on { "on" } else { "off" };
        match self {
            Self::Acks(Acks::None) => "acks to none".to_owned(),
            Self::Acks(Acks::Count(count)) => format!("acks to {count}"),
            Self::Acks(Acks::All) => "acks to all".to_owned(),
            Self::AckWhen(when) => {
                let when = match when {
                    AckWhen::Received => "received",
                    AckWhen::InMemory => "in memory",
                    AckWhen::OnDisk => "on disk",
                    AckWhen::Applied => "applied",
                };
                format!("an ack to mean \"{when}\"")
            }
            Self::Window(1) => "the window to 1 update".to_owned(),
            Self::Window(window) => format!("the window to {window} updates"),
            Self::MinInSync(1) => "the minimum number of in-sync servers to 1".to_owned(),
            Self::MinInSync(servers) => format!("the minimum number of in-sync servers to {servers}"),
            Self::WhenShort(WhenShort::Wait) => "the rule for missing acks to \"wait\"".to_owned(),
            Self::WhenShort(WhenShort::TimeOut { after }) => {
                format!("the rule for missing acks to \"give up after {}\"", time(after))
            }
            Self::WhenShort(WhenShort::GoAsync { after }) => {
                format!("the rule for missing acks to \"go on alone after {}\"", time(after))
            }
            Self::Failover(Failover::Automatic) => "failover to automatic".to_owned(),
            Self::Failover(Failover::Manual) => "failover to manual".to_owned(),
            Self::Fencing(is_on) => format!("fencing to {}", on(is_on)),
            Self::Checksums(is_on) => format!("checksums to {}", on(is_on)),
            Self::Detector(Detector::TimeOut { after }) => format!("the silence before suspicion to {}", time(after)),
            Self::Detector(Detector::PhiAccrual { threshold_tenths, .. }) => {
                format!("the φ threshold for suspicion to {}.{}", threshold_tenths / 10, threshold_tenths % 10)
            }
            Self::ScrubEvery(None) => "scrubbing to off".to_owned(),
            Self::ScrubEvery(Some(every)) => format!("scrubbing to one copy every {}", time(every)),
            Self::RepairAfter(after) => format!("the wait before a repair to {}", time(after)),
        }
    }
}

fn time(span: Span) -> String {
    let micros = span.as_micros();
    if micros.is_multiple_of(1_000_000) && micros > 0 {
        format!("{} s", micros / 1_000_000)
    } else if micros.is_multiple_of(1_000) {
        format!("{} ms", micros / 1_000)
    } else {
        format!("{micros} µs")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shorter_window_leaves_the_log_long_enough_for_what_the_longer_one_let_through() {
        let mut policy = Policy { window: 100, ..Policy::default() };
        PolicyChange::Window(1).apply(&mut policy);
        assert_eq!((policy.window, policy.log_limit), (1, 200));
    }

    #[test]
    fn what_no_cluster_can_run_with_is_not_possible() {
        for change in [
            PolicyChange::Window(0),
            PolicyChange::Acks(Acks::Count(0)),
            PolicyChange::ScrubEvery(Some(Span::ZERO)),
            PolicyChange::Detector(Detector::TimeOut { after: Span::from_micros(1) }),
        ] {
            assert!(!change.is_possible(), "{change:?}");
        }
        assert!(PolicyChange::ScrubEvery(None).is_possible() && PolicyChange::Acks(Acks::Count(2)).is_possible());
    }
}
