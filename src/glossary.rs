//! The glossary: the words of page, documentation and course, in one place.

/// A list of terms, each with a sentence or two.
const SOURCE: &str = include_str!("../docs/glossary.md");

/// Every term and what it means, in the order of the alphabet.
pub fn entries() -> impl Iterator<Item = (&'static str, &'static str)> {
    SOURCE.lines().filter_map(|line| line.strip_prefix("- **")?.split_once("**: "))
}

/// What a term means.
#[must_use]
pub fn meaning(term: &str) -> Option<&'static str> {
    entries().find(|(known, _)| *known == term).map(|(_, meaning)| meaning)
}
