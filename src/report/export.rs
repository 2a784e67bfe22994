//! A run as files that other programs read: its events as JSON lines, its figures as CSV.

use std::io::{self, Write};

use super::{EventReport, MetricsReport};
use crate::session::Session;

/// The head of the table of figures.
const FIGURES_HEAD: [&str; 3] = ["figure", "value", "unit"];

/// Writes the session's events up to now, each as a JSON object on a line of its own.
///
/// # Errors
/// If they can't be written.
pub fn write_json_lines(session: &Session, mut out: impl Write) -> io::Result<()> {
    for event in session.events() {
        serde_json::to_writer(&mut out, &EventReport::new(session, &event))?;
        out.write_all(b"\n")?;
    }
    out.flush()
}

/// The session's events up to now, each as a JSON object on a line of its own.
#[must_use]
pub fn json_lines(session: &Session) -> String {
    let mut lines = Vec::new();
    // Writing to memory does not fail.
    let _ = write_json_lines(session, &mut lines);
    String::from_utf8(lines).unwrap_or_default()
}

/// What was measured up to now as CSV (RFC 4180): a figure, its value and its unit in each row, below a head. A value that
/// there is none of is empty.
#[must_use]
pub fn figures_csv(session: &Session) -> String {
    let mut text = row(FIGURES_HEAD);
    for figure in MetricsReport::new(session).rows {
        let value = if figure.value == "–" { "" } else { figure.value.as_str() };
        text.push_str(&row([&figure.label, value, &figure.unit]));
    }
    text
}

fn row<const FIELDS: usize>(fields: [&str; FIELDS]) -> String {
    let mut line = fields.map(field).join(",");
    line.push_str("\r\n");
    line
}

fn field(text: &str) -> String {
    if text.contains(['"', ',', '\r', '\n']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::session::Scenario;
    use crate::sim::ServerId;
    use crate::world::Command;

    fn session() -> Session {
        let mut session = Session::new(Scenario::by_slug("at-work").unwrap(), 61);
        session.advance(session.start() + crate::sim::Span::from_millis(300));
        session.apply(Command::Kill { server: ServerId(1) }).unwrap();
        session.advance(session.now() + crate::sim::Span::from_millis(700));
        session
    }

    #[test]
    fn json_lines_read_back_and_are_as_many_as_the_events() {
        let session = session();
        let lines = json_lines(&session);
        let read: Vec<serde_json::Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read.len(), session.events().len());
        assert!(read.len() > 100 && lines.ends_with('\n'));
        for (at, line) in (1..).zip(&read) {
            assert_eq!(line["id"], at);
        }
        assert!(read.iter().any(|line| line["kind"] == "ServerKilled" && line["data"]["server"] == "S1"));
    }

    /// A reader that knows RFC 4180 and not how the text was made.
    fn records(text: &str) -> Vec<Vec<String>> {
        let (mut records, mut record, mut field, mut quoted) = (Vec::new(), Vec::new(), String::new(), false);
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match letter {
                '"' if quoted && letters.peek() == Some(&'"') => field.extend(letters.next()),
                '"' => quoted = !quoted,
                ',' if !quoted => record.push(core::mem::take(&mut field)),
                '\r' if !quoted => assert_eq!(letters.peek(), Some(&'\n')),
                '\n' if !quoted => {
                    record.push(core::mem::take(&mut field));
                    records.push(core::mem::take(&mut record));
                }
                other => field.push(other),
            }
        }
        assert!(field.is_empty() && record.is_empty() && !quoted, "the last line is a whole one");
        records
    }

    #[test]
    fn figures_read_back_with_three_fields_each() {
        let session = session();
        let read = records(&figures_csv(&session));
        let rows = MetricsReport::new(&session).rows;
        assert_eq!(read[0], FIGURES_HEAD);
        assert_eq!(read.len(), rows.len() + 1);
        for (record, row) in read[1..].iter().zip(&rows) {
            let value = if row.value == "–" { "" } else { &row.value };
            assert_eq!(record, &[row.label.as_str(), value, row.unit.as_str()]);
            assert!(value.is_empty() || value.parse::<f64>().is_ok(), "{value} is a number");
        }
        assert!(rows.iter().any(|row| row.label.contains(',')), "a label with a comma is among them");
    }

    #[test]
    fn a_field_that_needs_it_is_quoted() {
        assert_eq!(row(["a,b", "say \"no\"", ""]), "\"a,b\",\"say \"\"no\"\"\",\r\n");
        assert_eq!(records(&row(["a,b", "say \"no\"", "x\ny"])), [["a,b", "say \"no\"", "x\ny"]]);
    }
}
