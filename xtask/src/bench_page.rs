//! How fast the built page is, and how big: each figure beside what it is to be at most.

use anyhow::{Context as _, Result, bail};

use crate::headings::under;
use crate::process::tee;
use crate::project::Project;
use crate::setup::Scope;
use crate::sizes::Transfer;
use crate::{build, sizes, test};

/// What a line with a figure has in it.
const MARK: &str = "figure: ";
/// How much a visitor may have to download at most, packed by brotli.
const TRANSFER_LIMIT_KILOBYTES: f64 = 450.0;

/// One measured figure.
#[derive(Debug, PartialEq)]
struct Figure {
    name: String,
    value: f64,
    unit: String,
    at_most: Option<f64>,
}

/// Builds the page, measures it in the browser, and prints a table; tells whether all could be measured.
///
/// What is too slow is told and fails nothing: the machine is shared.
pub fn bench(project: &Project) -> Result<bool> {
    let ready = build::set_up(project, Scope::Everything)?;
    let browser = ready.browser.as_ref().context("the set-up found no browser")?;
    build::build(project, ready.toolchain, false)?;
    let mut figures = Vec::new();
    let mut cargo = test::page_command(project, browser, &["speed_of", "--ignored", "--nocapture"])?;
    let (status, _) = under("the page in a browser", || tee(&mut cargo.command, |line| figures.extend(figure(line))));
    let status = status?;
    if figures.is_empty() {
        bail!("nothing was measured ({status})");
    }
    figures.extend(transfers(sizes::transfer(&project.dist())?));
    println!();
    for figure in &figures {
        println!("{}", row(figure));
    }
    println!("the machine is shared: compare the figures of one run, not those of one run with another");
    sizes::print(&project.dist())?;
    Ok(status.success())
}

fn transfers(Transfer { wasm, rest }: Transfer) -> [Figure; 5] {
    let figure = |name: &str, value: f64, at_most: Option<f64>| {
        let name = format!("transfer: {name}");
        Figure { name, value, unit: "kB".to_owned(), at_most }
    };
    [
        figure("Wasm, as it is", wasm[0], None),
        figure("Wasm, by brotli", wasm[1], None),
        figure("the rest, as it is", rest[0], None),
        figure("the rest, by brotli", rest[1], None),
        figure("the page, by brotli", wasm[1] + rest[1], Some(TRANSFER_LIMIT_KILOBYTES)),
    ]
}

/// The figure in a line such as `figure: seek = 12.5 ms (at most 50)`.
fn figure(line: &str) -> Option<Figure> {
    let (name, told) = line.split_once(MARK)?.1.trim_end().split_once(" = ")?;
    let (value, rest) = told.split_once(' ')?;
    let (unit, limit) = rest.split_once(" (at most ").map_or((rest, None), |(unit, limit)| (unit, Some(limit)));
    let at_most = match limit {
        Some(limit) => Some(limit.strip_suffix(')')?.parse().ok()?),
        None => None,
    };
    Some(Figure { name: name.to_owned(), value: value.parse().ok()?, unit: unit.to_owned(), at_most })
}

fn row(figure: &Figure) -> String {
    let Figure { name, value, unit, at_most } = figure;
    let verdict = match at_most {
        None => String::new(),
        Some(limit) if value <= limit => format!("at most {limit}"),
        Some(limit) => format!("at most {limit}: too much"),
    };
    format!("{name:<62} {value:>10.1} {unit:<3} {verdict}").trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_figure_is_read_from_its_line_and_told_with_its_limit() {
        let read = figure("test speed ... figure: 100,000 events: seek, median = 12.5 ms (at most 50)\n");
        let read = read.expect("the line has a figure");
        assert_eq!((read.name.as_str(), read.unit.as_str()), ("100,000 events: seek, median", "ms"));
        assert_eq!(read.at_most, Some(50.0));
        assert!(row(&read).ends_with("12.5 ms  at most 50"), "{}", row(&read));
        assert!(row(&Figure { value: 51.0, ..read }).ends_with("too much"));
        let without = figure("figure: longest task = 3.0 ms").expect("the line has a figure");
        assert_eq!((without.value.to_string().as_str(), without.at_most), ("3", None));
        assert_eq!(figure("test result: ok"), None);
    }
}
