//! Where the output goes. Nothing here panics when the reader of a pipe has gone.

use std::io::{BufWriter, Write};

use anyhow::{Context as _, Result};
use serde::Serialize;

/// The standard output, or the standard error where the standard output is taken by something else.
pub fn report(standard_output_is_taken: bool) -> BufWriter<Box<dyn Write>> {
    let target: Box<dyn Write> =
        if standard_output_is_taken { Box::new(std::io::stderr()) } else { Box::new(std::io::stdout()) };
    BufWriter::new(target)
}

/// Writes a value as indented JSON.
pub fn json(mut out: impl Write, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer_pretty(&mut out, value).context("the report can't be written")?;
    writeln!(out).and_then(|()| out.flush()).context("the report can't be written")
}

/// Writes text.
pub fn text(mut out: impl Write, text: &str) -> Result<()> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush()).context("the report can't be written")
}

/// Says on the standard error why a task can't be carried out.
pub fn complain(message: &str) {
    // With the standard error closed there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "error: {message}");
}
