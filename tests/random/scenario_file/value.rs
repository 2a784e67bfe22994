//! Values as a scenario writes them, and tables of them.

use std::fmt::Display;

use replicarium::sim::{ClientId, CoordinatorId, NodeId, Span, ZoneId};
use replicarium::world::Placement;

/// A text in quotation marks.
pub fn quoted(text: &str) -> String {
    format!("\"{}\"", text.chars().map(escaped).collect::<String>())
}

fn escaped(letter: char) -> String {
    match letter {
        '"' | '\\' => format!("\\{letter}"),
        '\n' => "\\n".to_owned(),
        _ if letter.is_control() => format!("\\u{:04X}", u32::from(letter)),
        _ => letter.to_string(),
    }
}

/// A number of hundredths, as in `2.5`.
pub fn hundredths(number: u32) -> String {
    decimal(u64::from(number), 2)
}

/// A length of time, exact to the microsecond.
pub fn span(span: Span) -> String {
    let number = span.as_micros();
    quoted(&match number {
        0..1_000 => format!("{number} us"),
        1_000..1_000_000 => format!("{} ms", decimal(number, 3)),
        _ => format!("{} s", decimal(number, 6)),
    })
}

/// A length of time that may be negative, in microseconds.
pub fn offset(microseconds: i64) -> String {
    let sign = if microseconds < 0 { "-" } else { "" };
    quoted(&format!("{sign}{} us", microseconds.unsigned_abs()))
}

pub fn zone(zone: ZoneId) -> String {
    quoted(&char::from(b'A' + zone.0).to_string())
}

pub fn coordinator(CoordinatorId(number): CoordinatorId) -> String {
    if number == 1 { quoted("coordinator") } else { quoted(&format!("coordinator {number}")) }
}

pub fn node(node: NodeId) -> String {
    match node {
        NodeId::Server(server) => quoted(&server.to_string()),
        NodeId::Coordinator(node) => coordinator(node),
        NodeId::Client(ClientId(number)) => quoted(&format!("client {number}")),
    }
}

pub fn copies(placement: Placement) -> String {
    match placement {
        Placement::EveryServer => quoted("every server"),
        Placement::OneServer(server) => quoted(&format!("one server {server}")),
        Placement::Ring { factor } => factor.to_string(),
    }
}

pub fn list(values: impl IntoIterator<Item = String>) -> String {
    format!("[{}]", values.into_iter().collect::<Vec<_>>().join(", "))
}

/// A number that is kept in units of so many decimals.
fn decimal(number: u64, decimals: usize) -> String {
    let digits = format!("{number:0width$}", width = decimals + 1);
    let (whole, fraction) = digits.split_at(digits.len() - decimals);
    let fraction = fraction.trim_end_matches('0');
    if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") }
}

/// The fields of a table.
#[derive(Default)]
pub struct Fields(Vec<String>);

impl Fields {
    pub fn say(&mut self, name: &str, value: impl Display) {
        self.0.push(format!("{name} = {value}"));
    }

    /// Says what there is.
    pub fn say_some(&mut self, name: &str, value: Option<impl Display>) {
        if let Some(value) = value {
            self.say(name, value);
        }
    }

    /// Says what is not as usual.
    pub fn say_unusual<T: PartialEq + Copy>(&mut self, name: &str, value: T, usual: T, written: impl Fn(T) -> String) {
        if value != usual {
            self.say(name, written(value));
        }
    }

    /// The table as a value.
    pub fn inline(&self) -> String {
        if self.0.is_empty() { "{}".to_owned() } else { format!("{{ {} }}", self.0.join(", ")) }
    }

    /// The table as a section, line by line.
    pub fn section(&self, header: &str) -> String {
        format!("\n{header}\n{}", self.lines())
    }

    /// The same, or nothing if it is empty.
    pub fn section_if_any(&self, header: &str) -> String {
        if self.0.is_empty() { String::new() } else { self.section(header) }
    }

    pub fn lines(&self) -> String {
        self.0.iter().flat_map(|field| [field, "\n"]).collect()
    }
}
