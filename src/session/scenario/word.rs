//! The words of the format: one of a few, each for one value of the engine.

use serde::Deserialize;
use serde::de::Deserializer;

use crate::check::{CopyHealth, Verdict};
use crate::client::{Arrivals, ReadTarget};
use crate::replication::{AckWhen, Failover, ServiceMode};
use crate::world::{Direction, ServerStatus};

/// A word, and what it says.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident($inner:ty): $($word:literal => $value:expr),+ $(,)?) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(super) struct $name(pub $inner);

        impl $name {
            const WORDS: &'static [&'static str] = &[$($word),+];

            fn value(word: &str) -> Option<$inner> {
                match word {
                    $($word => Some($value),)+
                    _ => None,
                }
            }

            /// The word for a value.
            #[allow(dead_code, reason = "not every value is ever told")]
            pub(super) fn word_of(value: $inner) -> &'static str {
                Self::WORDS.iter().copied().find(|word| Self::value(word) == Some(value)).unwrap_or_default()
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::session::scenario::word::word(deserializer, Self::WORDS, Self::value).map(Self)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "enum": [$($word),+] })
            }
        }
    };
}

words!(
    /// What an acknowledgement means.
    AckWhenWord(AckWhen):
    "received" => AckWhen::Received,
    "in memory" => AckWhen::InMemory,
    "on disk" => AckWhen::OnDisk,
    "applied" => AckWhen::Applied,
);
words!(
    /// Who names a new primary.
    FailoverWord(Failover):
    "automatic" => Failover::Automatic,
    "manual" => Failover::Manual,
);
words!(
    /// Where a client reads.
    ReadTargetWord(ReadTarget):
    "primary" => ReadTarget::Primary,
    "nearest" => ReadTarget::Nearest,
    "any" => ReadTarget::Any,
);
words!(
    /// How operations are spread over time.
    ArrivalsWord(Arrivals):
    "steady" => Arrivals::Steady,
    "poisson" => Arrivals::Poisson,
);
words!(
    /// Which instances of a service serve.
    ServiceModeWord(ServiceMode):
    "active-standby" => ServiceMode::ActiveStandby,
    "active-active" => ServiceMode::ActiveActive,
);
words!(
    /// Which messages a partition loses.
    DirectionWord(Direction):
    "both" => Direction::Both,
    "into" => Direction::Into,
    "out of" => Direction::OutOf,
);
words!(
    /// What became of a file.
    VerdictWord(Verdict):
    "safe" => Verdict::Safe,
    "at risk" => Verdict::AtRisk,
    "unavailable" => Verdict::Unavailable,
    "lost after it was acknowledged" => Verdict::LostAcknowledged,
    "lost, never acknowledged" => Verdict::LostUnacknowledged,
    "pending" => Verdict::Pending,
    "deleted" => Verdict::Deleted,
);
words!(
    /// How a copy compares with what was acknowledged.
    HealthWord(CopyHealth):
    "fresh" => CopyHealth::Fresh,
    "stale" => CopyHealth::Stale,
    "corrupt" => CopyHealth::Corrupt,
    "missing" => CopyHealth::Missing,
);
words!(
    /// Whether a server runs.
    StatusWord(ServerStatus):
    "up" => ServerStatus::Up,
    "paused" => ServerStatus::Paused,
    "crashed" => ServerStatus::Crashed,
    "killed" => ServerStatus::Killed,
);

pub(super) use words;

/// Reads a word.
pub(super) fn word<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    words: &'static [&'static str],
    value: impl Fn(&str) -> Option<T>,
) -> Result<T, D::Error> {
    use serde::de::{Error, Unexpected};
    let text = String::deserialize(deserializer)?;
    value(&text).ok_or_else(|| {
        let quoted: Vec<String> = words.iter().map(|word| format!("\"{word}\"")).collect();
        D::Error::invalid_value(Unexpected::Str(&text), &quoted.join(" or ").as_str())
    })
}
