//! Whole numbers of a range, so that what is wrong with one is told with the range that was expected.

use core::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};

/// A number of what may be as many as anybody wants.
pub(super) type Count = Whole<u64, 0, 1_000_000_000_000>;
/// A number of what there is at least one of.
pub(super) type AtLeastOne = Whole<u32, 1, 1_000_000>;
/// How many copies or attempts there are.
pub(super) type Few = Whole<u8, 1, 255>;
/// Any whole number that is not too big.
pub(crate) type Natural = Whole<u32, 0, { u32::MAX as i64 }>;
/// A number of a hundred.
pub(super) type Percent = Whole<u8, 0, 100>;
/// How many times as slow something is.
pub(super) type SlowFactor = Whole<u16, 1, { crate::world::SLOW_FACTOR_LIMIT as i64 }>;

/// A whole number from `LEAST` to `MOST`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Whole<T, const LEAST: i64, const MOST: i64>(pub T);

/// Reads a number of this range. One for all types, since the program on the page is to be small.
struct Range {
    least: i64,
    most: i64,
}

impl Visitor<'_> for Range {
    type Value = i64;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { least, most } = self;
        if least == most {
            return write!(formatter, "the number {least}");
        }
        write!(formatter, "a whole number from {least} to {most}")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<i64, E> {
        if (self.least..=self.most).contains(&number) {
            Ok(number)
        } else {
            Err(E::invalid_value(Unexpected::Signed(number), &self))
        }
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<i64, E> {
        match i64::try_from(number) {
            Ok(number) => self.visit_i64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Unsigned(number), &self)),
        }
    }
}

impl<'de, T: TryFrom<i64>, const LEAST: i64, const MOST: i64> Deserialize<'de> for Whole<T, LEAST, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let range = Range { least: LEAST, most: MOST };
        let number = deserializer.deserialize_any(range)?;
        let inner = T::try_from(number).ok().map(Self);
        inner.ok_or_else(|| D::Error::invalid_value(Unexpected::Signed(number), &Range { least: LEAST, most: MOST }))
    }
}

#[cfg(feature = "schema")]
impl<T, const LEAST: i64, const MOST: i64> schemars::JsonSchema for Whole<T, LEAST, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        format!("From{LEAST}To{MOST}").into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "integer", "minimum": LEAST, "maximum": MOST })
    }
}
