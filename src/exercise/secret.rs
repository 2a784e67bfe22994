//! Seeds that a teacher keeps to herself: an attempt that was made to fit the known ones fails under these.

use serde::Deserialize;

use super::error::ExerciseError;
use super::limits::SEEDS_LIMIT;
use crate::session::{Document, Natural, Problem};

/// Seeds that the page doesn't know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secret {
    /// The seeds, in the place of the ranges of the criteria.
    pub seeds: Vec<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
struct SecretForm {
    seeds: Vec<Natural>,
}

impl Secret {
    /// Reads the file of a secret: `seeds = [71, 2026, 9]`.
    ///
    /// # Errors
    /// If it has no seeds, too many of them, or anything else.
    pub fn read(file: &str, source: &str) -> Result<Self, ExerciseError> {
        let document = Document::parse(file, source, &[], &[])?;
        let form: SecretForm = document.read()?;
        let seeds: Vec<u64> = form.seeds.iter().map(|seed| u64::from(seed.0)).collect();
        if seeds.is_empty() || seeds.len() as u64 > SEEDS_LIMIT {
            let message = format!("expected 1 to {SEEDS_LIMIT} seeds, not {}", seeds.len());
            return Err(document.locate(Problem::new("seeds", message)).into());
        }
        Ok(Self { seeds })
    }
}
