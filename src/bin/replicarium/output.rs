//! Where the output goes. Nothing here panics, and nothing that could not be written is passed over, except that a
//! reader of a pipe may leave when it has read enough.

use std::io::{self, ErrorKind, Write};

use anyhow::{Context as _, Result, bail};
use replicarium::text::visible;
use serde::Serialize;

use crate::lines::Lines;

/// Where reports go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// The standard output.
    Output,
    /// The standard error, where the standard output is taken by something else.
    Error,
}

impl Target {
    /// Says so before any work is done if what is written there would be lost.
    pub fn check(self) -> Result<Self> {
        match self {
            Self::Output if streams::output_was_closed() => bail!("the standard output is closed"),
            Self::Error if streams::error_was_closed() => bail!("the standard error is closed"),
            Self::Output | Self::Error => Ok(self),
        }
    }

    /// Writes a value as indented JSON.
    pub fn json(self, value: &impl Serialize) -> Result<()> {
        let json = serde_json::to_string_pretty(value).context("the report can't be written")?;
        self.write(&format!("{json}\n"))
    }

    /// Writes text for people.
    pub fn lines(self, lines: &Lines) -> Result<()> {
        self.write(lines.as_str())
    }

    /// Writes a text of the program's own.
    pub fn write(self, text: &str) -> Result<()> {
        let written = match self {
            Self::Output => write_all(io::stdout().lock(), text),
            Self::Error => write_all(io::stderr().lock(), text),
        };
        unless_reader_has_left(written).context("the report can't be written")
    }
}

fn write_all(mut out: impl Write, text: &str) -> io::Result<()> {
    out.write_all(text.as_bytes()).and_then(|()| out.flush())
}

/// Whoever read our output and closed the pipe has read enough of it: that is no error.
pub fn unless_reader_has_left(written: io::Result<()>) -> io::Result<()> {
    written.or_else(|error| if error.kind() == ErrorKind::BrokenPipe { Ok(()) } else { Err(error) })
}

/// Says on the standard error why a task can't be carried out, in one line.
pub fn complain(error: &anyhow::Error) {
    // With the standard error closed there is nobody left to tell.
    let _ = writeln!(io::stderr(), "error: {}", sentence(error));
}

/// An error with its causes in one sentence.
pub fn sentence(error: &anyhow::Error) -> String {
    let causes = error.chain().map(|cause| match cause.downcast_ref::<io::Error>() {
        Some(error) => reason(error),
        None => cause.to_string(),
    });
    visible(&causes.collect::<Vec<_>>().join(": ")).into_owned()
}

/// What the system says, without its number and without a capital.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error ").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_is_one_sentence_on_one_line() {
        let error = anyhow::Error::from(io::Error::from_raw_os_error(2)).context("a\nb can't be read");
        assert_eq!(sentence(&error), "a\\nb can't be read: no such file or directory");
    }
}
