//! A course: its exercises in their order, with what a map of them says, so that no text is read before it is opened.

use std::fmt::Write as _;

use serde::Deserialize;

use super::error::ExerciseError;
use super::limits::{ENTRIES_LIMIT, EXERCISE_SIZE_LIMIT_BYTES};
use super::task::{Exercise, Kind};
use crate::session::{Document, Problem, Whole, toml_string};
use crate::text::quoted;

/// The most exercises of a course.
const EXERCISES_LIMIT: usize = 200;

/// A course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Course {
    /// Its title.
    pub title: String,
    /// What it is, in a sentence or two.
    pub about: String,
    /// Its parts, in their order.
    pub parts: Vec<Part>,
    /// Its exercises, in their order.
    pub entries: Vec<Entry>,
}

/// A part of a course.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
pub struct Part {
    /// Its name, which its lessons name.
    pub name: String,
    /// What it is about, in a few words.
    pub about: String,
}

/// An exercise of a course, before it is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its short name, which is the name of its file.
    pub id: String,
    /// What kind it is.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// What one does in it.
    pub summary: String,
    /// The part in which a lesson stands.
    pub part: Option<String>,
    /// How long it takes, in minutes.
    pub minutes: u8,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
struct CourseForm {
    #[expect(dead_code, reason = "reading it is what checks it")]
    version: Whole<u32, 1, 1>,
    title: String,
    about: String,
    #[serde(default)]
    part: Vec<Part>,
    #[serde(default)]
    exercise: Vec<EntryForm>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
struct EntryForm {
    id: String,
    kind: String,
    title: String,
    summary: String,
    part: Option<String>,
    minutes: Whole<u8, 1, 60>,
}

impl Course {
    /// Reads the file of a course.
    ///
    /// # Errors
    /// If it is too big, or has a field that is missing, unknown or wrong.
    pub fn read(file: &str, source: &str) -> Result<Self, ExerciseError> {
        let (size, limit) = (source.len(), EXERCISE_SIZE_LIMIT_BYTES);
        if size > limit {
            return Err(ExerciseError::TooBig { file: file.to_owned(), size, limit });
        }
        let document = Document::parse(file, source, &[], &[])?;
        let form: CourseForm = document.read()?;
        let located = |problem: Problem| ExerciseError::from(document.locate(problem));
        for (field, count, most) in
            [("part", form.part.len(), ENTRIES_LIMIT), ("exercise", form.exercise.len(), EXERCISES_LIMIT)]
        {
            if count > most {
                return Err(located(Problem::new(field, format!("expected at most {most} entries, not {count}"))));
            }
        }
        let entry = |(number, form): (usize, &EntryForm)| form.entry(&format!("exercise[{number}]"));
        let entries: Result<Vec<Entry>, Problem> = (1..).zip(&form.exercise).map(entry).collect();
        let course =
            Self { title: form.title, about: form.about, parts: form.part, entries: entries.map_err(located)? };
        for (number, entry) in (1..).zip(&course.entries) {
            let is_known = |part: &String| course.parts.iter().any(|known| known.name == *part);
            if let Some(part) = entry.part.as_ref().filter(|part| !is_known(part)) {
                let message = format!("there is no [[part]] {}", quoted(part));
                return Err(located(Problem::new(format!("exercise[{number}].part"), message)));
            }
        }
        Ok(course)
    }

    /// The exercise with this short name.
    #[must_use]
    pub fn entry(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.id == id)
    }

    /// The lessons, in their order.
    pub fn lessons(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(|entry| entry.kind == Kind::Lesson)
    }

    /// The same course with these exercises.
    #[must_use]
    pub fn with(&self, exercises: &[Exercise]) -> Self {
        Self { entries: exercises.iter().map(Entry::of).collect(), ..self.clone() }
    }

    /// The text of its file.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text =
            format!("version = 1\ntitle = {}\nabout = {}\n", toml_string(&self.title), toml_string(&self.about));
        for Part { name, about } in &self.parts {
            let _ = write!(text, "\n[[part]]\nname = {}\nabout = {}\n", toml_string(name), toml_string(about));
        }
        for entry in &self.entries {
            let (id, kind) = (toml_string(&entry.id), toml_string(entry.kind.word()));
            let (title, summary) = (toml_string(&entry.title), toml_string(&entry.summary));
            let _ = write!(text, "\n[[exercise]]\nid = {id}\nkind = {kind}\ntitle = {title}\nsummary = {summary}\n");
            if let Some(part) = &entry.part {
                let _ = writeln!(text, "part = {}", toml_string(part));
            }
            let _ = writeln!(text, "minutes = {}", entry.minutes);
        }
        text
    }
}

impl EntryForm {
    fn entry(&self, field: &str) -> Result<Entry, Problem> {
        super::read::check_id(field, &self.id)?;
        Ok(Entry {
            id: self.id.clone(),
            kind: Kind::read(&format!("{field}.kind"), &self.kind)?,
            title: self.title.clone(),
            summary: self.summary.clone(),
            part: self.part.clone(),
            minutes: self.minutes.0,
        })
    }
}

impl Entry {
    fn of(exercise: &Exercise) -> Self {
        Self {
            id: exercise.id.clone(),
            kind: exercise.kind,
            title: exercise.title.clone(),
            summary: exercise.summary.clone(),
            part: exercise.part.clone(),
            minutes: exercise.minutes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_reads_as_the_same_course() {
        let source = "version = 1\ntitle = \"T\"\nabout = \"A\"\n[[part]]\nname = \"One\"\nabout = \"first\"\n\
                      [[exercise]]\nid = \"a\"\nkind = \"lesson\"\ntitle = \"A \\\"b\\\"\"\nsummary = \"S\"\npart = \"One\"\n\
                      minutes = 5\n";
        let course = Course::read("course.toml", source).expect("it is good");
        assert_eq!(Course::read("course.toml", &course.text()), Ok(course));
        let error =
            Course::read("course.toml", &source.replace("part = \"One\"", "part = \"Two\"")).expect_err("wrong");
        assert_eq!(error.to_string(), "course.toml, line 12, exercise[1].part: there is no [[part]] \"Two\"");
    }
}
