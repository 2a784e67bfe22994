//! The trace of a run: its events as JSON lines.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use replicarium::report::EventReport;
use replicarium::session::Session;

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
    /// Opens the file before the run begins, so that a path that can't be written costs nobody a run.
    pub fn open(path: &Path) -> Result<Self> {
        let out: Box<dyn Write> = if is_standard_output(path) {
            Box::new(std::io::stdout())
        } else {
            Box::new(File::create(path).with_context(|| format!("the trace {} can't be written", path.display()))?)
        };
        Ok(Self { path: path.to_owned(), out: BufWriter::new(out) })
    }

    /// Writes all events of the session up to now, one a line.
    pub fn write(mut self, session: &Session) -> Result<()> {
        let failed = || format!("the trace {} can't be written", self.path.display());
        for event in session.events() {
            serde_json::to_writer(&mut self.out, &EventReport::new(session, event)).with_context(failed)?;
            self.out.write_all(b"\n").with_context(failed)?;
        }
        self.out.flush().with_context(failed)
    }
}
