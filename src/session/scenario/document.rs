//! The text of a scenario as a TOML document that remembers where each field stands, and what was set over it.

use core::fmt;
use std::borrow::Cow;

use serde::de::DeserializeOwned;
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::error::{Problem, ScenarioError, ScenarioPlace};
use super::reader;
use crate::text::{quoted, shortened};

/// A setting that is made over the file's own: a key such as `policy.acks` and a value such as `none`.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Override {
    /// The field, as in `policy.acks` or `clients[1].workload.rate`, where entries are counted from 1.
    pub key: String,
    /// Its value in TOML; what is no TOML counts as a text, so that `20 ms` needs no quotation marks.
    pub value: String,
}

impl Override {
    /// Reads the line in which one is given: a key, an equals sign and a value.
    #[must_use]
    pub fn from_line(line: &str) -> Option<Self> {
        let (key, value) = line.split_once('=')?;
        let (key, value) = (key.trim(), value.trim());
        (!key.is_empty()).then(|| Self { key: key.to_owned(), value: value.to_owned() })
    }
}

impl fmt::Display for Override {
    /// The line in which it is given, as in `policy.acks=none`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}={}", self.key, self.value)
    }
}

/// A document.
pub(crate) struct Document<'a> {
    file: &'a str,
    source: &'a str,
    root: Spanned<DeTable<'a>>,
    /// Each override with the offset at which its value stands, as if it followed on the source.
    overrides: Vec<(usize, &'a Override)>,
}

/// The key of an override's own little document.
const KEY: &str = "value";
/// The most steps of the key of an override: no field lies as deep, and each step is one of the stack's.
const STEPS_LIMIT: usize = 16;

/// One step on the way to a field.
enum Step<'a> {
    Key(&'a str),
    /// Counted from 1.
    Entry(usize),
}

impl<'a> Document<'a> {
    /// Reads a text and sets the overrides over it.
    ///
    /// `placed` are the overrides as [`place`] makes them.
    pub fn parse(
        file: &'a str,
        source: &'a str,
        overrides: &'a [Override],
        placed: &'a [String],
    ) -> Result<Self, ScenarioError> {
        let root = DeTable::parse(source).map_err(|error| {
            let place = error.span().map_or(ScenarioPlace::Whole, |span| line(source, span.start));
            let message = format!("this is not TOML: {}", one_line(error.message()));
            ScenarioError { file: file.to_owned(), place, field: String::new(), message }
        })?;
        let mut document = Self { file, source, root, overrides: Vec::new() };
        for (one, placed) in overrides.iter().zip(placed) {
            let value = value(placed);
            let offset = value.span().start;
            set(&mut document.root, &one.key, value).map_err(|message| ScenarioError {
                file: file.to_owned(),
                place: ScenarioPlace::Set(shown(one)),
                field: one.key.clone(),
                message,
            })?;
            document.overrides.push((offset, one));
        }
        Ok(document)
    }

    /// The outermost table.
    pub fn root(&self) -> &DeTable<'a> {
        self.root.get_ref()
    }

    /// Reads the document as a value.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, ScenarioError> {
        reader::read(&self.root).map_err(|fault| {
            let message = one_line(&fault.message);
            // What has no place of its own is missing at the top.
            let Some(offset) = fault.offset else {
                let (file, field) = (self.file.to_owned(), String::new());
                return ScenarioError { file, place: ScenarioPlace::Whole, field, message };
            };
            let field = self.field_at(offset).unwrap_or_default();
            ScenarioError { file: self.file.to_owned(), place: self.place(&field, offset), field, message }
        })
    }

    /// Says where the field of a problem stands.
    pub fn locate(&self, problem: Problem) -> ScenarioError {
        let Problem { field, message } = problem;
        let place = self.offset_of(&field).map_or(ScenarioPlace::Whole, |offset| self.place(&field, offset));
        ScenarioError { file: self.file.to_owned(), place, field, message }
    }

    /// Who is to blame for what is wrong with a field that stands at this offset: an override of the field or of a
    /// part of it, or else a line.
    fn place(&self, field: &str, offset: usize) -> ScenarioPlace {
        let is_there = |(start, _): &&(usize, &Override)| *start <= offset;
        let is_part = |(_, one): &&(usize, &Override)| {
            one.key.strip_prefix(field).is_some_and(|rest| !field.is_empty() && rest.starts_with(['.', '[']))
        };
        let guilty = self.overrides.iter().rev().find(is_there);
        match guilty.or_else(|| self.overrides.iter().rev().find(is_part)) {
            Some((_, one)) => ScenarioPlace::Set(shown(one)),
            None => line(self.source, offset),
        }
    }

    /// Whether what stands at this offset is of an override.
    fn is_set(&self, offset: usize) -> bool {
        self.overrides.first().is_some_and(|(first, _)| *first <= offset)
    }

    /// The field that stands at this offset: the innermost whose key or value does.
    fn field_at(&self, offset: usize) -> Option<String> {
        let mut best: Option<(usize, String)> = None;
        search_table(self.root.get_ref(), "", offset, &mut best);
        best.map(|(_, field)| field)
    }

    /// Where a field stands, or the innermost field around it that there is.
    fn offset_of(&self, field: &str) -> Option<usize> {
        let mut offset = None;
        let mut table = Some(self.root.get_ref());
        let mut array: Option<&DeArray<'_>> = None;
        for step in steps(field).ok()? {
            let value = match step {
                Step::Key(key) => {
                    let Some((spanned, value)) = table.and_then(|table| table.get_key_value(key)) else { break };
                    // The key of a table stands where its header is, which is what people look for. A value that was
                    // set over the file's own still has the file's key, which is not to blame.
                    let start = value.span().start;
                    offset = Some(if self.is_set(start) { start } else { spanned.span().start });
                    value
                }
                Step::Entry(number) => {
                    let Some(value) = array.and_then(|array| array.get(number.checked_sub(1)?)) else { break };
                    offset = Some(value.span().start);
                    value
                }
            };
            table = value.get_ref().as_table();
            array = value.get_ref().as_array();
        }
        offset
    }
}

/// Reads the text of one entry that has no time of its own, as if it were at the beginning.
pub(super) fn read_entry<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let mut root =
        DeTable::parse(text).map_err(|error| format!("this is not a command: {}", one_line(error.message())))?;
    let now = Spanned::new(0..0, DeValue::String(Cow::Borrowed("0 s")));
    if root.get_mut().insert(Spanned::new(0..0, Cow::Borrowed("time")), now).is_some() {
        return Err("time: a command that is given now has no time of its own".to_owned());
    }
    reader::read(&root).map_err(|fault| {
        let mut best = None;
        if let Some(offset) = fault.offset {
            search_table(root.get_ref(), "", offset, &mut best);
        }
        let field = best.map(|(_, field)| field).filter(|field| field != "time");
        field.map_or_else(|| one_line(&fault.message), |field| format!("{field}: {}", one_line(&fault.message)))
    })
}

/// The overrides as lines of TOML, each after so many spaces that no value's span is one of the file or of another.
pub(super) fn place(source: &str, overrides: &[Override]) -> Vec<String> {
    let mut offset = source.len() + 1;
    let mut placed = Vec::new();
    for one in overrides {
        let line = format!("{}{KEY}={}", " ".repeat(offset), one.value);
        offset = line.len() + 1;
        placed.push(line);
    }
    placed
}

fn shown(one: &Override) -> String {
    format!("{} = {}", shortened(&one.key), shortened(&one.value))
}

fn line(source: &str, offset: usize) -> ScenarioPlace {
    let before = source.bytes().take(offset).filter(|byte| *byte == b'\n').count();
    ScenarioPlace::Line(before + 1)
}

/// An error of the parser may have several lines; ours have one.
fn one_line(message: &str) -> String {
    let parts: Vec<&str> = message.lines().map(str::trim).filter(|part| !part.is_empty()).collect();
    parts.join(", ")
}

fn search_table(table: &DeTable<'_>, outer: &str, offset: usize, best: &mut Option<(usize, String)>) {
    for (key, value) in table {
        let name = key.get_ref();
        let field = if outer.is_empty() { name.to_string() } else { format!("{outer}.{name}") };
        consider(key.span(), &field, offset, best);
        search_value(value, &field, offset, best);
    }
}

fn search_value(value: &Spanned<DeValue<'_>>, field: &str, offset: usize, best: &mut Option<(usize, String)>) {
    consider(value.span(), field, offset, best);
    match value.get_ref() {
        DeValue::Table(table) => search_table(table, field, offset, best),
        DeValue::Array(array) => {
            for (number, entry) in (1..).zip(array.iter()) {
                search_value(entry, &format!("{field}[{number}]"), offset, best);
            }
        }
        _ => {}
    }
}

fn consider(span: core::ops::Range<usize>, field: &str, offset: usize, best: &mut Option<(usize, String)>) {
    let size = span.len();
    if span.contains(&offset) && best.as_ref().is_none_or(|(least, _)| size <= *least) {
        *best = Some((size, field.to_owned()));
    }
}

/// The steps to a field such as `clients[1].workload.rate`, or what is wrong with how it is written.
fn steps(field: &str) -> Result<Vec<Step<'_>>, String> {
    let malformed = || "expected a key such as policy.acks or clients[1].zone".to_owned();
    let mut steps = Vec::new();
    for part in field.split('.') {
        let (key, mut entries) = part.split_at(part.find('[').unwrap_or(part.len()));
        if key.is_empty() {
            return Err(malformed());
        }
        steps.push(Step::Key(key));
        while let Some((digits, rest)) = entries.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            let number = digits.parse().ok().filter(|number: &usize| *number > 0);
            steps.push(Step::Entry(number.ok_or_else(malformed)?));
            entries = rest;
        }
        if !entries.is_empty() {
            return Err(malformed());
        }
        if steps.len() > STEPS_LIMIT {
            return Err(format!("expected a key of at most {STEPS_LIMIT} steps, such as policy.acks, which has two"));
        }
    }
    Ok(steps)
}

/// A value as TOML or, where it is none, as a text.
fn value(placed: &str) -> Spanned<DeValue<'_>> {
    if let Ok(table) = DeTable::parse(placed) {
        let mut table = table.into_inner();
        if let (Some(value), true) = (table.remove(KEY), table.is_empty()) {
            return value;
        }
    }
    let start = placed.len() - placed.trim_start().len() + KEY.len() + 1;
    Spanned::new(start..placed.len(), DeValue::String(Cow::Borrowed(&placed[start..])))
}

/// Sets a field of a table, and makes the tables on the way to it.
fn set<'a>(root: &mut Spanned<DeTable<'a>>, key: &str, value: Spanned<DeValue<'a>>) -> Result<(), String> {
    let steps = steps(key)?;
    let span = value.span();
    let mut place: Option<&mut Spanned<DeValue<'a>>> = None;
    for (index, step) in steps.iter().enumerate() {
        let next_is_entry = matches!(steps.get(index + 1), Some(Step::Entry(_)));
        let empty = || {
            let empty = if next_is_entry { DeValue::Array(DeArray::new()) } else { DeValue::Table(DeTable::new()) };
            Spanned::new(span.clone(), empty)
        };
        let inner = match (step, place) {
            (Step::Key(name), None) => entry_of(root.get_mut(), name, empty),
            (Step::Key(name), Some(outer)) => match outer.get_mut() {
                DeValue::Table(table) => entry_of(table, name, empty),
                other => {
                    return Err(format!(
                        "there is no field {} in a value of the type {}",
                        quoted(name),
                        other.type_str()
                    ));
                }
            },
            (Step::Entry(number), Some(outer)) => match outer.get_mut() {
                DeValue::Array(array) => {
                    let length = array.len();
                    if *number == length + 1 {
                        array.push(empty());
                    }
                    array.get_mut(number - 1).ok_or_else(|| format!("there is no entry {number}, only {length}"))?
                }
                other => return Err(format!("there are no entries in a value of the type {}", other.type_str())),
            },
            (Step::Entry(_), None) => return Err("a key begins with a name".to_owned()),
        };
        place = Some(inner);
    }
    if let Some(place) = place {
        *place = value;
    }
    Ok(())
}

fn entry_of<'t, 'a>(
    table: &'t mut DeTable<'a>,
    name: &str,
    empty: impl FnOnce() -> Spanned<DeValue<'a>>,
) -> &'t mut Spanned<DeValue<'a>> {
    // An error of an unknown field is one of its key, so the key stands where the value does.
    let made = empty();
    let key = Spanned::new(made.span(), Cow::Owned(name.to_owned()));
    table.entry(key).or_insert(made)
}
