//! Tables for people: columns by spaces, as narrow as they can be.

use std::fmt::Write as _;

use comfy_table::{Table, presets};
use replicarium::report::LedgerReport;

/// A table with a heading for each column.
pub fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings.iter().copied());
    for row in rows {
        table.add_row(row);
    }
    finish(table)
}

/// Labels and values, one pair a line.
pub fn pairs(rows: impl IntoIterator<Item = (String, String)>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (label, value) in rows {
        table.add_row([label, value]);
    }
    finish(table)
}

/// The survival ledger.
pub fn ledger(ledger: &LedgerReport) -> String {
    let rows = ledger.rows.iter().map(|row| {
        let copies: Vec<String> =
            row.copies.iter().map(|copy| format!("{} {}", copy.server, copy.health.as_str())).collect();
        let acknowledged = row.acknowledged.map_or_else(|| "none".to_owned(), |version| format!("v{version}"));
        vec![row.file.clone(), row.verdict.as_str().to_owned(), acknowledged, copies.join(", "), row.reason.clone()]
    });
    table(&["file", "verdict", "acknowledged", "copies", "reason"], rows)
}

fn finish(mut table: Table) -> String {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut lines = String::new();
    for line in table.lines() {
        // Writing to a string does not fail.
        let _ = writeln!(lines, "{}", line.trim_end());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["notes.txt".to_owned(), "safe".to_owned()], vec!["a".to_owned(), "lost".to_owned()]];
        assert_eq!(table(&["file", "verdict"], rows), "file       verdict\nnotes.txt  safe\na          lost\n");
    }
}
