//! Times, sizes, shares and names as people write them in a scenario.

use core::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, Unexpected, Visitor};

use crate::sim::{ClientId, CoordinatorId, NodeId, ServerId, Span, ZoneId};

/// A value that is written as a text of its own form.
macro_rules! text {
    ($(#[$doc:meta])* $name:ident($inner:ty), $parse:expr, $expected:literal, $pattern:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) struct $name(pub $inner);

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Text;

                impl Visitor<'_> for Text {
                    type Value = $name;

                    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                        formatter.write_str($expected)
                    }

                    fn visit_str<E: Error>(self, text: &str) -> Result<$name, E> {
                        let parsed = $parse(text).map($name);
                        parsed.ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
                    }
                }

                deserializer.deserialize_str(Text)
            }
        }

        #[cfg(feature = "schema")]
        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                schemars::json_schema!({ "type": "string", "description": $expected, "pattern": $pattern })
            }
        }
    };
}

text!(
    /// A length of time.
    Duration(Span), span,
    "a time such as \"150 ms\", \"1.5 s\", \"300 us\" or \"2 min\"",
    r"^[0-9]+(\.[0-9]+)? ?(us|µs|ms|s|min)$"
);
text!(
    /// A length of time, or the word that says that there is none.
    DurationOrNever(Option<Span>), |text| if text == "never" { Some(None) } else { span(text).map(Some) },
    "a time such as \"150 ms\", or \"never\"",
    r"^(never|[0-9]+(\.[0-9]+)? ?(us|µs|ms|s|min))$"
);
text!(
    /// A length of time that may be negative, in microseconds.
    Offset(i64), offset_us,
    "a time such as \"20 ms\" or \"-1.5 s\"",
    r"^-?[0-9]+(\.[0-9]+)? ?(us|µs|ms|s|min)$"
);
text!(
    /// A server.
    ServerName(ServerId), server,
    "a server such as \"S1\"",
    "^S[1-9][0-9]*$"
);
text!(
    /// A zone.
    ZoneName(ZoneId), zone,
    "a zone, one letter from \"A\" to \"Z\"",
    "^[A-Z]$"
);
text!(
    /// A node of the coordinator.
    CoordinatorName(CoordinatorId), coordinator,
    "a node of the coordinator such as \"coordinator\" or \"coordinator 2\"",
    "^coordinator( [1-9][0-9]*)?$"
);
text!(
    /// A server, a node of the coordinator or a client.
    NodeName(NodeId), node,
    "a node such as \"S1\", \"coordinator\", \"coordinator 2\" or \"client 1\"",
    "^(S[1-9][0-9]*|coordinator( [1-9][0-9]*)?|client [1-9][0-9]*)$"
);

/// A number of bytes: a whole number, or a text with a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Bytes(pub u64);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Size;

        impl Visitor<'_> for Size {
            type Value = Bytes;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a size such as 800, \"4 kB\", \"64 KiB\" or \"1 MB\"")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Bytes, E> {
                let size = u64::try_from(number).map(Bytes);
                size.map_err(|_| E::invalid_value(Unexpected::Signed(number), &self))
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
                bytes(text).map(Bytes).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
        }

        deserializer.deserialize_any(Size)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Bytes {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "a size such as 800, \"4 kB\", \"64 KiB\" or \"1 MB\"",
            "anyOf": [
                { "type": "integer", "minimum": 0 },
                { "type": "string", "pattern": r"^[0-9]+(\.[0-9]+)? ?(B|kB|MB|GB|KiB|MiB|GiB)$" },
            ],
        })
    }
}

/// A number from 0 that is kept in hundredths: 250 for 2.5.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Hundredths(pub u32);

impl<'de> Deserialize<'de> for Hundredths {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Number;

        impl Visitor<'_> for Number {
            type Value = Hundredths;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a number from 0 to 10000000 with at most two decimals, such as 2.5")
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Hundredths, E> {
                let whole = u32::try_from(number).ok().filter(|number| *number <= 10_000_000);
                let hundredths = whole.map(|number| Hundredths(number * 100));
                hundredths.ok_or_else(|| E::invalid_value(Unexpected::Signed(number), &self))
            }

            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it is from 0 to 10^9")]
            fn visit_f64<E: Error>(self, number: f64) -> Result<Hundredths, E> {
                let hundredths = libm::round(number * 100.0);
                let is_exact = libm::fabs(hundredths - number * 100.0) < 1e-6;
                if (0.0..=1e9).contains(&hundredths) && is_exact {
                    Ok(Hundredths(hundredths as u32))
                } else {
                    Err(E::invalid_value(Unexpected::Float(number), &self))
                }
            }
        }

        deserializer.deserialize_any(Number)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Hundredths {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Number".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "number", "minimum": 0, "maximum": 10_000_000,
            "description": "a number with at most two decimals",
        })
    }
}

/// The digits of a number such as `1.25` and how many of them are decimals.
fn decimal(text: &str) -> Option<(u64, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !all_digits(whole) || !all_digits(fraction) || whole.len() > 12 || fraction.len() > 6 {
        return None;
    }
    let decimals = u32::try_from(fraction.len()).ok()?;
    let digits = whole.parse::<u64>().ok()? * 10_u64.pow(decimals) + fraction.parse::<u64>().ok()?;
    Some((digits, decimals))
}

/// A number with a unit, in the smallest of the units. What is finer than that is no number.
fn with_unit(text: &str, units: &[(&str, u64)]) -> Option<u64> {
    let start = text.find(|letter: char| !letter.is_ascii_digit() && letter != '.')?;
    let (number, unit) = text.split_at(start);
    let unit = unit.strip_prefix(' ').unwrap_or(unit);
    let (_, size) = units.iter().find(|(name, _)| *name == unit)?;
    let (digits, decimals) = decimal(number)?;
    let product = digits.checked_mul(*size)?;
    let divisor = 10_u64.pow(decimals);
    product.is_multiple_of(divisor).then_some(product / divisor)
}

/// Reads a length of time such as `150 ms`, `1.5 s`, `300 us` or `2 min`; none if it is written in another way
/// or finer than a microsecond.
#[must_use]
pub fn span(text: &str) -> Option<Span> {
    let units = [("us", 1), ("µs", 1), ("ms", 1_000), ("s", 1_000_000), ("min", 60_000_000)];
    with_unit(text, &units).map(Span::from_micros)
}

/// A span as people write it, in the biggest unit that needs no more than three decimals.
pub(super) fn shown(span: Span) -> String {
    let us = span.as_micros();
    let (whole, thousandths, unit) = match us {
        0..1_000 => return format!("{us} us"),
        1_000..1_000_000 => (us / 1_000, us % 1_000, "ms"),
        _ => (us / 1_000_000, us / 1_000 % 1_000, "s"),
    };
    let decimals = format!("{thousandths:03}");
    match decimals.trim_end_matches('0') {
        "" => format!("{whole} {unit}"),
        decimals => format!("{whole}.{decimals} {unit}"),
    }
}

/// A span as the format reads it, exact to the microsecond.
#[must_use]
pub fn exact(span: Span) -> String {
    let us = span.as_micros();
    if us.is_multiple_of(1_000) { shown(span) } else { format!("{us} us") }
}

fn offset_us(text: &str) -> Option<i64> {
    let (sign, size) = text.strip_prefix('-').map_or((1, text), |size| (-1, size));
    span(size).and_then(|size| i64::try_from(size.as_micros()).ok()).map(|size| sign * size)
}

fn bytes(text: &str) -> Option<u64> {
    let units = [
        ("B", 1),
        ("kB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
    ];
    with_unit(text, &units)
}

/// A number from 1 that is written in one way only.
fn number<N: core::str::FromStr>(digits: &str) -> Option<N> {
    let starts_well = digits.as_bytes().first().is_some_and(|first| (b'1'..=b'9').contains(first));
    starts_well.then(|| digits.parse().ok()).flatten()
}

pub(super) fn server(text: &str) -> Option<ServerId> {
    number(text.strip_prefix('S')?).map(ServerId)
}

fn zone(text: &str) -> Option<ZoneId> {
    match text.as_bytes() {
        [letter @ b'A'..=b'Z'] => Some(ZoneId(letter - b'A')),
        _ => None,
    }
}

fn coordinator(text: &str) -> Option<CoordinatorId> {
    match text.strip_prefix("coordinator")? {
        "" => Some(CoordinatorId(1)),
        rest => number(rest.strip_prefix(' ')?).map(CoordinatorId),
    }
}

fn node(text: &str) -> Option<NodeId> {
    if let Some(digits) = text.strip_prefix("client ") {
        return number(digits).map(|client| NodeId::Client(ClientId(client)));
    }
    server(text).map(NodeId::Server).or_else(|| coordinator(text).map(NodeId::Coordinator))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact_to_the_microsecond_or_refused() {
        assert_eq!(span("150 ms"), Some(Span::from_millis(150)));
        assert_eq!(span("1.5s"), Some(Span::from_millis(1_500)));
        assert_eq!(span("0.25 ms"), Some(Span::from_micros(250)));
        assert_eq!(span("300 us"), Some(Span::from_micros(300)));
        for wrong in ["", "5", "ms", "1.5 us", "-1 s", "1  s", "1.s", ".5 s", "1e3 s", "9999999999999 s", "1.2.3 s"] {
            assert_eq!(span(wrong), None, "{wrong}");
        }
        assert_eq!(offset_us("-20 ms"), Some(-20_000));
    }

    #[test]
    fn sizes_know_the_two_kinds_of_kilobyte() {
        assert_eq!((bytes("4 kB"), bytes("64 KiB"), bytes("1.5 MB")), (Some(4_000), Some(65_536), Some(1_500_000)));
        assert_eq!((bytes("0.5 B"), bytes("4 KB")), (None, None));
    }

    #[test]
    fn names_are_read_in_one_way_only() {
        assert_eq!(node("S12"), Some(NodeId::Server(ServerId(12))));
        assert_eq!(node("coordinator"), node("coordinator 1"));
        assert_eq!(node("client 2"), Some(NodeId::Client(ClientId(2))));
        for wrong in ["S0", "S01", "s1", "S", "S1 ", "S70000", "coordinator  2", "client", "client 0", "S+1"] {
            assert_eq!(node(wrong), None, "{wrong}");
        }
        assert_eq!((zone("C"), zone("c"), zone("AA")), (Some(ZoneId(2)), None, None));
    }
}
