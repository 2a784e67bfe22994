//! The command line, by running its program: what it writes, where, and how it ends.

mod compare;
mod explain;
mod exports;
mod full;
mod grade;
mod input;
#[cfg(unix)]
mod interrupted;
#[cfg(unix)]
mod lost;
#[cfg(unix)]
mod outside;
mod run;
mod sweep;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// What the program came to.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    /// The standard output as JSON.
    fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in: {}", self.out))
    }

    /// The one sentence with which wrong input is refused.
    #[track_caller]
    fn refusal(&self) -> &str {
        assert_eq!(self.code, Some(2), "{}{}", self.out, self.err);
        assert_eq!(self.out, "");
        let sentence = self.err.strip_prefix("error: ").expect("an error begins with the word");
        assert_eq!(sentence.lines().count(), 1, "{sentence}");
        sentence.trim_end()
    }
}

fn program(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_replicarium"));
    command.args(arguments).stdin(Stdio::null()).current_dir(env!("CARGO_MANIFEST_DIR"));
    command
}

fn replicarium(arguments: &[&str]) -> Ended {
    ended(program(arguments).output().expect("the program can be started"))
}

/// Runs the program with a text on its standard input.
fn replicarium_reading(arguments: &[&str], text: &str) -> Ended {
    let mut child = program(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program can be started");
    child.stdin.take().expect("it reads").write_all(text.as_bytes()).expect("it reads to the end");
    ended(child.wait_with_output().expect("it ends"))
}

fn ended(output: Output) -> Ended {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("it writes text");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// A path for a file of one test.
fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}
