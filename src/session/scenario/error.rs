//! What is wrong with a scenario, and where.

use core::fmt;

use thiserror::Error;

use crate::text::shortened;

/// Where in a scenario something is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScenarioPlace {
    /// In this line of the file, counted from 1.
    Line(usize),
    /// In a setting that was made over the file's own: the key and the value as they were given.
    Set(String),
    /// In the settings that were made over the file's own, all together.
    Settings,
    /// In the scenario as a whole.
    Whole,
}

/// Why a scenario can't be used: file, line, field, and what was expected.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{}, {place}{}{}: {message}", shortened(file), if field.is_empty() { "" } else { ", " }, shortened(field))]
pub struct ScenarioError {
    /// The name of the file, as it was given.
    pub file: String,
    /// Where in the file.
    pub place: ScenarioPlace,
    /// The field, as in `cluster.zones` or `at[2].kill`, where entries are counted from 1; empty where the text
    /// is no TOML at all.
    pub field: String,
    /// What is wrong and what was expected, as one sentence without capital and stop.
    pub message: String,
}

impl fmt::Display for ScenarioPlace {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(formatter, "line {line}"),
            Self::Set(setting) => write!(formatter, "set {setting}"),
            Self::Settings => formatter.write_str("the settings over its own"),
            Self::Whole => formatter.write_str("the whole file"),
        }
    }
}

/// Something that is wrong with a field, before anybody has looked up where that field is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub field: String,
    pub message: String,
}

impl Problem {
    pub fn new(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self { field: field.into(), message: message.into() }
    }
}
