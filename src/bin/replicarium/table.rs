//! Tables for people: columns by spaces, as narrow as they can be.

use comfy_table::{Table, presets};
use replicarium::report::LedgerReport;
use replicarium::text::visible;

use crate::lines::Lines;

/// A table with a heading for each column.
pub fn table(headings: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> Lines {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_header(headings.iter().copied());
    for row in rows {
        // Escaped before it is laid out, so that a cell is one line and as wide as it is told.
        table.add_row(row.iter().map(|cell| visible(cell).into_owned()).collect::<Vec<_>>());
    }
    finish(table)
}

/// A table without headings.
pub fn rows(rows: impl IntoIterator<Item = Vec<String>>) -> Lines {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for row in rows {
        table.add_row(row.iter().map(|cell| visible(cell).into_owned()).collect::<Vec<_>>());
    }
    finish(table)
}

/// Labels and values, one pair a line.
pub fn pairs(rows: impl IntoIterator<Item = (String, String)>) -> Lines {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    for (label, value) in rows {
        table.add_row([visible(&label), visible(&value)]);
    }
    finish(table)
}

/// The survival ledger.
pub fn ledger(ledger: &LedgerReport) -> Lines {
    let rows = ledger.rows.iter().map(|row| {
        let copies: Vec<String> =
            row.copies.iter().map(|copy| format!("{} {}", copy.server, copy.health.as_str())).collect();
        let acknowledged = row.acknowledged.map_or_else(|| "none".to_owned(), |version| format!("v{version}"));
        vec![row.file.clone(), row.verdict.as_str().to_owned(), acknowledged, copies.join(", "), row.reason.clone()]
    });
    table(&["file", "verdict", "acknowledged", "copies", "reason"], rows)
}

fn finish(mut table: Table) -> Lines {
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    let mut lines = Lines::default();
    for line in table.lines() {
        lines.add(line.trim_end());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["notes.txt".to_owned(), "safe".to_owned()], vec!["a".to_owned(), "lost".to_owned()]];
        let laid_out = table(&["file", "verdict"], rows);
        assert_eq!(laid_out.as_str(), "file       verdict\nnotes.txt  safe\na          lost\n");
    }

    #[test]
    fn a_cell_is_one_line_whatever_is_in_it() {
        let laid_out = pairs([("a\u{1b}\nb".to_owned(), "c".to_owned())]);
        assert_eq!(laid_out.as_str(), "a\\u{1b}\\nb  c\n");
    }
}
