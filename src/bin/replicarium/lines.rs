//! What is told to people, line by line. It is the only way to the output for a text, so that no name or title from
//! outside comes to a terminal as anything but itself.

use std::fmt::Display;

use replicarium::text::visible;

/// Lines of text without anything that is not seen as what it is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lines(String);

impl Lines {
    /// Adds a line. What of it would break the line, move the cursor or turn the writing is escaped.
    pub fn add(&mut self, line: impl Display) {
        self.0.push_str(&visible(&line.to_string()));
        self.0.push('\n');
    }

    /// Adds an empty line.
    pub fn leave_one_out(&mut self) {
        self.0.push('\n');
    }

    /// Adds the heading of a part, between two empty lines.
    pub fn head(&mut self, heading: &str) {
        self.leave_one_out();
        self.add(heading);
        self.leave_one_out();
    }

    /// Adds other lines.
    pub fn append(&mut self, other: &Self) {
        self.0.push_str(&other.0);
    }

    /// All of them, each with a line break at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_line_whatever_is_in_it() {
        let mut lines = Lines::default();
        lines.add("a\nb\u{1b}[2J\u{202e}c");
        lines.leave_one_out();
        assert_eq!(lines.as_str(), "a\\nb\\u{1b}[2J\\u{202e}c\n\n");
    }
}
