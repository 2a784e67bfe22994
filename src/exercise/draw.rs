//! Variants: what an exercise draws from its seed, and puts in the place of `{{name}}` in its text.

use std::collections::BTreeMap;

use toml::de::{DeTable, DeValue};

use super::error::ExerciseError;
use crate::session::{ScenarioError, ScenarioPlace};
use crate::sim::{Purpose, Stream, Streams};
use crate::text::quoted;

/// A value that can be drawn: a text, or several that belong together, by their keys.
enum Value {
    One(String),
    Together(Vec<(String, String)>),
}

/// What a text draws, before it is filled in: the values of each name of `[draw]`.
///
/// It is read by hand, since the derived reading of the `toml` crate is a twentieth of the page. What is no TOML at all is
/// told with its place when the whole is read.
fn draws(source: &str) -> BTreeMap<String, Vec<Value>> {
    let Ok(root) = DeTable::parse(source) else { return BTreeMap::new() };
    let Some(DeValue::Table(draw)) = root.get_ref().get("draw").map(toml::Spanned::get_ref) else {
        return BTreeMap::new();
    };
    let values = |of: &DeValue<'_>| match of {
        DeValue::Array(of) => of.iter().map(|value| Value::of(value.get_ref())).collect(),
        // One value alone is drawn always.
        other => vec![Value::of(other)],
    };
    draw.iter().map(|(name, of)| (name.get_ref().to_string(), values(of.get_ref()))).collect()
}

impl Value {
    fn of(value: &DeValue<'_>) -> Self {
        match value {
            DeValue::Table(table) => {
                let entries = table.iter().map(|(key, value)| (key.get_ref().to_string(), shown(value.get_ref())));
                Self::Together(entries.collect())
            }
            one => Self::One(shown(one)),
        }
    }
}

/// The text of an exercise with what its seed draws in the place of each `{{name}}`.
///
/// Each name of `[draw]` draws one of its values from a stream of its own, so that another name shifts nobody's draw. A
/// value that is a table fills in `{{name.key}}` for each of its keys: what belongs together is drawn together.
pub(super) fn fill(file: &str, source: &str, seed: u64) -> Result<String, ExerciseError> {
    let mut values: BTreeMap<String, String> = BTreeMap::new();
    for (name, of) in draws(source) {
        let Some(drawn) = index(file, &name, of.len(), seed).and_then(|index| of.get(index)) else {
            return Err(wrong(file, None, &format!("draw.{name}"), "expected at least one value to draw"));
        };
        match drawn {
            Value::Together(entries) => {
                values.extend(entries.iter().map(|(key, value)| (format!("{name}.{key}"), value.clone())));
            }
            Value::One(value) => {
                values.insert(name, value.clone());
            }
        }
    }
    let mut filled = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((before, after)) = rest.split_once("{{") {
        filled.push_str(before);
        let line = source[..source.len() - after.len()].lines().count();
        let Some((name, after)) = after.split_once("}}") else {
            return Err(wrong(file, Some(line), "", "expected }} after {{ and a name"));
        };
        let name = name.trim();
        let Some(value) = values.get(name) else {
            let message = format!("[draw] draws nothing that is named {}", quoted(name));
            return Err(wrong(file, Some(line), "", &message));
        };
        filled.push_str(value);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

fn wrong(file: &str, line: Option<usize>, field: &str, message: &str) -> ExerciseError {
    let place = line.map_or(ScenarioPlace::Whole, ScenarioPlace::Line);
    ScenarioError { file: file.to_owned(), place, field: field.to_owned(), message: message.to_owned() }.into()
}

/// Which of its values each name draws from this seed.
pub(super) fn drawn(file: &str, source: &str, seed: u64) -> Vec<(String, usize)> {
    let one = |(name, of): (String, Vec<Value>)| index(file, &name, of.len(), seed).map(|index| (name, index));
    draws(source).into_iter().filter_map(one).collect()
}

/// The values that each name can draw.
pub(super) fn drawable(source: &str) -> Vec<(String, usize)> {
    let all = |(name, of): (String, Vec<Value>)| (0..of.len()).map(move |index| (name.clone(), index));
    draws(source).into_iter().flat_map(all).collect()
}

/// Which of so many values a name draws. The exercise's own name is part of it, or all exercises would draw alike.
fn index(file: &str, name: &str, count: usize, seed: u64) -> Option<usize> {
    let exercise = super::read::id_of(file);
    let drawn = stream(seed, &format!("{exercise}.{name}")).below(count as u64);
    usize::try_from(drawn).ok().filter(|index| *index < count)
}

/// The stream of one name: hashing the name gives it an owner of its own.
fn stream(seed: u64, name: &str) -> Stream {
    let hash = blake3::hash(name.as_bytes());
    let mut owner = [0_u8; 8];
    owner.copy_from_slice(&hash.as_bytes()[..8]);
    Streams::new(seed).stream(Purpose::Exercise, (u64::from_le_bytes(owner), 0))
}

/// The value as it stands in a text; lists and dates stand for nothing.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(is_true) => is_true.to_string(),
        DeValue::Datetime(_) | DeValue::Array(_) | DeValue::Table(_) => String::new(),
    }
}

/// The order in which a learner sees so many things: drawn, so that a place tells nothing.
pub(super) fn order(seed: u64, name: &str, count: usize) -> Vec<usize> {
    let mut stream = stream(seed, name);
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        let other = usize::try_from(stream.below(last as u64 + 1)).unwrap_or_default();
        order.swap(last, other);
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "title = \"Kill {{victim}}, not {{ case.other }}\"\n[draw]\nvictim = [\"S1\", \"S2\", \"S3\"]\n\
                          case = [{ other = 7 }, { other = 8 }]\n";

    #[test]
    fn each_seed_draws_a_variant_and_the_same_seed_the_same() {
        let titles: std::collections::BTreeSet<String> = (0..60)
            .map(|seed| fill("x.toml", SOURCE, seed).expect("it is good").lines().next().expect("a line").to_owned())
            .collect();
        assert_eq!(titles.len(), 6, "{titles:?}");
        assert_eq!(fill("x.toml", SOURCE, 5), fill("x.toml", SOURCE, 5));
    }

    #[test]
    fn what_is_not_drawn_is_told_with_its_line() {
        for (source, said) in [
            ("a = 1\nb = \"{{who}}\"\n", "x.toml, line 2: [draw] draws nothing that is named \"who\""),
            ("b = \"{{who\"\n", "x.toml, line 1: expected }} after {{ and a name"),
            ("[draw]\nwho = []\n", "x.toml, the whole file, draw.who: expected at least one value to draw"),
        ] {
            assert_eq!(fill("x.toml", source, 1).expect_err("it is wrong").to_string(), said);
        }
    }

    #[test]
    fn an_order_has_everything_once() {
        let mut seen = order(9, "q", 5);
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2, 3, 4]);
        assert_ne!(order(1, "q", 5), order(2, "q", 5));
    }
}
