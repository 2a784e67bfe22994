//! The trace of a run: its events as JSON lines.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use replicarium::report::EventReport;
use replicarium::session::Session;
use replicarium::text::quoted;

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
            let same = |scenario: &Path| Some(scenario.canonicalize().ok()? == path.canonicalize().ok()?);
            if scenario.and_then(same) == Some(true) {
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
        for event in session.events() {
            serde_json::to_writer(&mut self.out, &EventReport::new(session, event))?;
            self.out.write_all(b"\n")?;
        }
        self.out.flush()
    }
}

fn failed(path: &Path) -> String {
    format!("the trace {} can't be written", name(path))
}

fn name(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}
