//! Grades as CSV: a line for each submission, a column for each criterion.

use anyhow::{Context as _, Result};
use replicarium::exercise::Exercise;

use super::Graded;

/// The lines, with a heading.
pub(super) fn csv(exercise: &Exercise, graded: &[Graded]) -> Result<String> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    let criteria = exercise.criteria.iter().map(|criterion| criterion.id.clone());
    let ids: Vec<String> = criteria.chain(exercise.asked().map(|question| question.id.clone())).collect();
    let mut heading: Vec<&str> = vec!["submission", "name", "seed", "score", "maximum", "passed"];
    heading.extend(ids.iter().map(String::as_str));
    heading.push("error");
    writer.write_record(&heading)?;
    for one in graded {
        let mut record = vec![plain(&one.file)];
        match &one.grade {
            Some(grade) => {
                record.push(plain(grade.name.as_deref().unwrap_or_default()));
                record.push(grade.seed.clone());
                record.push(grade.score.to_string());
                record.push(grade.maximum.to_string());
                record.push(grade.passed.to_string());
                let score =
                    |id: &String| grade.criteria.iter().find(|one| one.id == *id).map(|one| one.score.to_string());
                record.extend(ids.iter().map(|id| score(id).unwrap_or_default()));
            }
            None => record.extend(core::iter::repeat_n(String::new(), 5 + ids.len())),
        }
        record.push(plain(one.error.as_deref().unwrap_or_default()));
        writer.write_record(&record)?;
    }
    let bytes = writer.into_inner().context("the table can't be written")?;
    Ok(String::from_utf8(bytes)?)
}

/// A text that no spreadsheet takes for a formula.
fn plain(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}
