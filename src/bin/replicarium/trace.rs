//! The files that a run leaves: its events as JSON lines, and its figures as CSV.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use replicarium::report::{figures_csv, write_json_lines};
use replicarium::session::Session;
use replicarium::text::quoted;

use crate::load::Choice;
use crate::output::{Target, unless_reader_has_left};

/// Where a trace goes.
pub struct Trace {
    path: PathBuf,
    out: BufWriter<Box<dyn Write>>,
}

/// Whether this path means the standard output.
pub fn is_standard_output(path: &Path) -> bool {
    path.as_os_str() == "-"
}

impl Trace {
    /// Opens the file before the run begins, so that a path that can't be written costs nobody a run. `scenario` is
    /// the file that the run is read from, if it is one.
    pub fn open(path: &Path, scenario: Option<&Path>) -> Result<Self> {
        let out: Box<dyn Write> = if is_standard_output(path) {
            Target::Output.check()?;
            Box::new(io::stdout())
        } else {
            if is_same(scenario, path) {
                bail!("the trace {} would replace the scenario", name(path));
            }
            Box::new(File::create(path).with_context(|| failed(path))?)
        };
        Ok(Self { path: path.to_owned(), out: BufWriter::new(out) })
    }

    /// Writes all events of the session up to now, one a line.
    pub fn write(mut self, session: &Session) -> Result<()> {
        unless_reader_has_left(self.write_events(session)).with_context(|| failed(&self.path))
    }

    fn write_events(&mut self, session: &Session) -> io::Result<()> {
        write_json_lines(session, &mut self.out)
    }
}

/// Where the figures go.
pub struct FiguresFile {
    path: PathBuf,
    file: File,
}

impl FiguresFile {
    /// Opens the file before the run begins.
    pub fn open(path: &Path, choice: &Choice) -> Result<Self> {
        if is_standard_output(path) {
            bail!("--csv expects a file; the standard output has the report");
        }
        if is_same(choice.path(), path) {
            bail!("the figures {} would replace the scenario", name(path));
        }
        let file = File::create(path).with_context(|| unwritten(path))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Writes the figures of the session up to now.
    pub fn write(mut self, session: &Session) -> Result<()> {
        let written = self.file.write_all(figures_csv(session).as_bytes());
        written.with_context(|| unwritten(&self.path))
    }
}

fn unwritten(path: &Path) -> String {
    format!("the figures {} can't be written", name(path))
}

/// Whether a path is that of the file that the scenario is read from.
fn is_same(scenario: Option<&Path>, path: &Path) -> bool {
    let same = |scenario: &Path| Some(scenario.canonicalize().ok()? == path.canonicalize().ok()?);
    scenario.and_then(same) == Some(true)
}

fn failed(path: &Path) -> String {
    format!("the trace {} can't be written", name(path))
}

fn name(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}
