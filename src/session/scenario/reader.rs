//! Reads a parsed TOML document as a type.
//!
//! The `toml` crate can do that too, but offers each type four ways to be read, of dates and positions among them, of
//! which a scenario needs one; on the page that is a tenth of the program.

use core::fmt;

use serde::de::value::{MapAccessDeserializer, StrDeserializer};
use serde::de::{
    DeserializeOwned, DeserializeSeed, Deserializer, Error, Expected, MapAccess, SeqAccess, Unexpected, Visitor,
};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

use crate::text::{quoted, shortened};

/// What is wrong, and at which offset of the text.
#[derive(Debug)]
pub(super) struct Fault {
    pub message: String,
    pub offset: Option<usize>,
}

impl Fault {
    /// The same at this offset, if it is not known yet more exactly.
    fn at(mut self, offset: usize) -> Self {
        self.offset.get_or_insert(offset);
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.message)
    }
}

impl core::error::Error for Fault {}

impl Error for Fault {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self { message: message.to_string(), offset: None }
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("invalid type: {}, expected {expected}", Found(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::custom(format_args!("invalid value: {}, expected {expected}", Found(found)))
    }

    fn unknown_variant(name: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!("unknown variant `{}`, {}", shortened(name), one_of(expected)))
    }

    fn unknown_field(name: &str, expected: &'static [&'static str]) -> Self {
        Self::custom(format_args!("unknown field `{}`, {}", shortened(name), one_of(expected)))
    }
}

/// What was found in the place of something else: a long text is not repeated whole.
struct Found<'a>(Unexpected<'a>);

impl fmt::Display for Found<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Unexpected::Str(text) => write!(formatter, "string {}", quoted(text)),
            other => other.fmt(formatter),
        }
    }
}

fn one_of(names: &[&str]) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match names.as_slice() {
        [] => "there are none".to_owned(),
        [one] => format!("expected {one}"),
        [one, other] => format!("expected {one} or {other}"),
        names => format!("expected one of {}", names.join(", ")),
    }
}

/// Reads a document. A fault without an offset is one of the document as a whole: a field of its top is missing.
pub(super) fn read<T: DeserializeOwned>(root: &Spanned<DeTable<'_>>) -> Result<T, Fault> {
    T::deserialize(MapAccessDeserializer::new(Table::of(root.get_ref())))
}

/// A value.
#[derive(Clone, Copy)]
struct Item<'t, 's>(&'t Spanned<DeValue<'s>>);

impl Item<'_, '_> {
    fn start(self) -> usize {
        self.0.span().start
    }

    fn visit<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.get_ref() {
            DeValue::String(text) => visitor.visit_str(text),
            DeValue::Boolean(is_so) => visitor.visit_bool(*is_so),
            DeValue::Integer(number) => {
                let (digits, radix) = (number.as_str(), number.radix());
                match (i64::from_str_radix(digits, radix), u64::from_str_radix(digits, radix)) {
                    (Ok(number), _) => visitor.visit_i64(number),
                    (_, Ok(number)) => visitor.visit_u64(number),
                    _ => Err(Fault::invalid_value(Unexpected::Other("a number that is too big"), &visitor)),
                }
            }
            DeValue::Float(number) => match number.as_str().parse() {
                Ok(number) => visitor.visit_f64(number),
                Err(_) => Err(Fault::invalid_value(Unexpected::Other("a number that is too big"), &visitor)),
            },
            DeValue::Datetime(_) => Err(Fault::invalid_type(Unexpected::Other("date or time"), &visitor)),
            DeValue::Array(array) => visitor.visit_seq(Entries(array.iter())),
            DeValue::Table(table) => visitor.visit_map(Table::of(table)),
        }
    }

    fn visit_enum<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        match self.0.get_ref() {
            DeValue::String(text) => visitor.visit_enum(StrDeserializer::new(text)),
            DeValue::Table(table) if table.len() == 1 => {
                visitor.visit_enum(MapAccessDeserializer::new(Table::of(table)))
            }
            DeValue::Table(table) => Err(Fault::custom(format_args!("expected one entry, not {}", table.len()))),
            other => Err(Fault::custom(format_args!("expected a text or a table, not {}", other.type_str()))),
        }
    }
}

impl<'de> Deserializer<'de> for Item<'_, '_> {
    type Error = Fault;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        self.visit(visitor).map_err(|fault| fault.at(self.start()))
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_some(self).map_err(|fault| fault.at(self.start()))
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _: &'static str, visitor: V) -> Result<V::Value, Fault> {
        visitor.visit_newtype_struct(self).map_err(|fault| fault.at(self.start()))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Fault> {
        self.visit_enum(visitor).map_err(|fault| fault.at(self.start()))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The entries of an array.
struct Entries<'t, 's>(core::slice::Iter<'t, Spanned<DeValue<'s>>>);

impl<'de> SeqAccess<'de> for Entries<'_, '_> {
    type Error = Fault;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Fault> {
        self.0.next().map(|entry| seed.deserialize(Item(entry))).transpose()
    }
}

type Field<'t, 's> = (&'t Spanned<DeString<'s>>, &'t Spanned<DeValue<'s>>);

/// The fields of a table.
struct Table<'t, 's> {
    fields: Box<dyn Iterator<Item = Field<'t, 's>> + 't>,
    value: Option<Item<'t, 's>>,
}

impl<'t, 's> Table<'t, 's> {
    fn of(table: &'t DeTable<'s>) -> Self {
        Self { fields: Box::new(table.iter()), value: None }
    }
}

impl<'de> MapAccess<'de> for Table<'_, '_> {
    type Error = Fault;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, Fault> {
        let Some((key, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some(Item(value));
        seed.deserialize(StrDeserializer::new(key.get_ref()))
            .map(Some)
            .map_err(|fault: Fault| fault.at(key.span().start))
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Fault> {
        let value = self.value.take().ok_or_else(|| Fault::custom("a value is read before its key"))?;
        seed.deserialize(value).map_err(|fault| fault.at(value.start()))
    }
}
