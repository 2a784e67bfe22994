//! Child processes: their environment, their output, their end.

use std::collections::VecDeque;
use std::env;
use std::ffi::{OsStr, OsString};
use std::fmt::Write as _;
use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

use crate::headings::{flush, human};
use crate::{node, project};

/// How many of a failed child's last lines its error shows.
const LAST_LINES: usize = 12;

/// A command whose environment is the user's own, not that of the `cargo run` this tool was started by.
///
/// Cargo tells its children which cargo, which package and which libraries they belong to. Builds started from here
/// choose their own, so those are taken out; rustup's choice of toolchain stays.
pub fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(find(program.as_ref()).unwrap_or_else(|| program.as_ref().into()));
    if let Ok(path) = env::join_paths(search_path()) {
        command.env("PATH", path);
    }
    for (name, value) in env::vars_os() {
        let text = name.to_string_lossy();
        if is_set_by_cargo(&text) {
            command.env_remove(&name);
        } else if matches!(&*text, "LD_LIBRARY_PATH" | "DYLD_FALLBACK_LIBRARY_PATH") {
            match without_toolchain_libraries(&value) {
                Some(rest) => command.env(&name, rest),
                None => command.env_remove(&name),
            };
        }
    }
    command
}

/// Where a program is, on the path that [`command`] gives to children.
pub fn find(program: impl AsRef<OsStr>) -> Option<PathBuf> {
    let path = env::join_paths(search_path()).ok()?;
    which::which_in(program, Some(path), env::current_dir().ok()?).ok()
}

/// Runs a quick command and gives back what it said on standard output; `None` when it can't run or fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs a command with the terminal to itself.
pub fn run(command: &mut Command) -> Result<()> {
    flush();
    let what = describe(command);
    let status = command.status().with_context(|| format!("`{what}` can't be started"))?;
    if !status.success() {
        bail!("`{what}` failed ({status})");
    }
    Ok(())
}

/// Runs a command, passing its output on indented; a failure tells its last lines.
///
/// With a `limit` the command is stopped once it has taken that long.
pub fn stream(command: &mut Command, limit: Option<Duration>) -> Result<()> {
    println!("      $ {}", describe(command));
    flush();
    Beside::start(command)?.finish(limit)
}

/// A command that runs beside other work. What it says is kept until somebody waits for it.
///
/// It is stopped when nobody waits for it any more.
pub struct Beside {
    what: String,
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Beside {
    /// Starts a command, with nothing to read from.
    pub fn start(command: &mut Command) -> Result<Self> {
        let what = describe(command);
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .with_context(|| format!("`{what}` can't be started"))?;
        let (sender, lines) = mpsc::channel();
        if let Some(stdout) = child.stdout.take() {
            send_lines(stdout, sender.clone());
        }
        if let Some(stderr) = child.stderr.take() {
            send_lines(stderr, sender);
        }
        Ok(Self { what, child, lines })
    }

    /// Passes on what it said and goes on saying, indented, until it ends; a failure tells its last lines.
    ///
    /// With a `limit` it is stopped once that has passed from now on.
    pub fn finish(mut self, limit: Option<Duration>) -> Result<()> {
        let what = &self.what;
        let deadline = limit.map(|limit| Instant::now() + limit);
        let mut last = VecDeque::new();
        loop {
            let wait = deadline.map_or(Duration::from_secs(3600), |end| end.saturating_duration_since(Instant::now()));
            match self.lines.recv_timeout(wait) {
                Ok(line) => {
                    println!("      {line}");
                    flush();
                    if last.len() == LAST_LINES {
                        last.pop_front();
                    }
                    last.push_back(line);
                }
                Err(mpsc::RecvTimeoutError::Disconnected) => break,
                Err(mpsc::RecvTimeoutError::Timeout) => {
                    if let (Some(limit), true) = (limit, deadline.is_some_and(|end| Instant::now() >= end)) {
                        bail!("`{what}` was stopped: it had not ended after {}", human(limit));
                    }
                }
            }
        }
        let status = self.child.wait().with_context(|| format!("the end of `{what}` can't be awaited"))?;
        if !status.success() {
            let mut message = format!("`{what}` failed ({status})");
            for line in last {
                // Writing to a string does not fail.
                let _ = write!(message, "\n        {line}");
            }
            bail!(message);
        }
        Ok(())
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        stop(&mut self.child);
    }
}

/// Runs a command whose standard output is shown and handed, line by line, to `look`.
///
/// Standard error goes to the terminal untouched, which keeps cargo's progress bar.
pub fn tee(command: &mut Command, mut look: impl FnMut(&str)) -> Result<ExitStatus> {
    let what = describe(command);
    println!("$ {what}");
    flush();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{what}` can't be started"))?;
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = BufReader::new(stdout);
        let mut line = Vec::new();
        while stdout.read_until(b'\n', &mut line).with_context(|| format!("the output of `{what}` can't be read"))? > 0
        {
            // Whoever reads along may go away; the tests still run to their end.
            let _ = std::io::stdout().write_all(&line);
            flush();
            look(&String::from_utf8_lossy(&line));
            line.clear();
        }
    }
    child.wait().with_context(|| format!("the end of `{what}` can't be awaited"))
}

/// Ends a child and collects it.
pub fn stop(child: &mut Child) {
    // Both fail only when the child has already ended.
    let _ = child.kill();
    let _ = child.wait();
}

/// A command the way one would type it.
fn describe(command: &Command) -> String {
    let program = PathBuf::from(command.get_program());
    let program = program.file_stem().unwrap_or(program.as_os_str());
    let words = std::iter::once(program).chain(command.get_args());
    words.map(OsStr::to_string_lossy).collect::<Vec<_>>().join(" ")
}

fn send_lines(from: impl Read + Send + 'static, to: mpsc::Sender<String>) {
    thread::spawn(move || {
        let mut from = BufReader::new(from);
        let mut line = Vec::new();
        while from.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            if to.send(last_shown(&String::from_utf8_lossy(&line)).to_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
}

/// What a terminal would still show of a line that was written over by carriage returns.
fn last_shown(line: &str) -> &str {
    let line = line.trim_end();
    line.rsplit('\r').next().unwrap_or(line)
}

/// The folders programs are looked up in: cargo's own, the project's npm tools, then the user's path.
fn search_path() -> Vec<PathBuf> {
    let own = [project::cargo_home().map(|home| home.join("bin")), Some(node::bin(&project::cache()))];
    let own = own.into_iter().flatten().filter(|folder| folder.is_dir());
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = Vec::new();
    for folder in own.chain(env::split_paths(&path)) {
        if !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

fn is_set_by_cargo(name: &str) -> bool {
    matches!(name, "CARGO" | "RUSTC" | "RUSTDOC" | "CARGO_BIN_NAME" | "CARGO_CRATE_NAME" | "CARGO_PRIMARY_PACKAGE")
        || name.starts_with("CARGO_MANIFEST_")
        || name.starts_with("CARGO_PKG_")
}

/// A library path without the folders `cargo run` put in front: another toolchain must not load this one's libraries.
fn without_toolchain_libraries(path: &OsStr) -> Option<OsString> {
    let built = env::current_exe().ok();
    let built = built.as_ref().and_then(|exe| exe.parent());
    let kept = env::split_paths(path)
        .filter(|folder| !folder.as_os_str().is_empty())
        .filter(|folder| !folder.iter().any(|part| part == "toolchains"))
        .filter(|folder| built.is_none_or(|built| !folder.starts_with(built)));
    env::join_paths(kept).ok().filter(|kept| !kept.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cargo_run_sets_is_known() {
        assert!(is_set_by_cargo("CARGO"));
        assert!(is_set_by_cargo("CARGO_PKG_NAME"));
        assert!(!is_set_by_cargo("CARGO_HOME"));
        assert!(!is_set_by_cargo("RUSTUP_TOOLCHAIN"));
    }

    #[test]
    fn a_line_written_over_shows_its_last_state() {
        assert_eq!(last_shown("10%\r50%\r100%\n"), "100%");
        assert_eq!(last_shown("plain\r\n"), "plain");
    }

    #[cfg(unix)]
    #[test]
    fn a_failed_command_tells_its_last_lines() {
        let mut shell = command("sh");
        shell.args(["-c", "for n in $(seq 20); do echo line $n; done; exit 3"]);
        let error = Beside::start(&mut shell).unwrap().finish(None).unwrap_err().to_string();
        assert!(error.contains("exit status: 3"), "{error}");
        assert!(error.contains("line 20") && error.contains("line 9"), "{error}");
        assert!(!error.contains("line 8\n"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_nobody_waits_for_is_stopped() {
        let beside = Beside::start(command("sleep").arg("600")).unwrap();
        let process = beside.child.id().to_string();
        let runs = || output(command("kill").args(["-0", &process])).is_some();
        assert!(runs());
        drop(beside);
        assert!(!runs());
    }

    #[cfg(unix)]
    #[test]
    fn a_command_that_takes_too_long_is_stopped() {
        let limit = Duration::from_millis(50);
        let error = stream(command("sleep").arg("600"), Some(limit)).unwrap_err().to_string();
        assert!(error.contains("was stopped"), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn toolchain_libraries_are_taken_out_of_a_library_path() {
        let path = OsStr::new("/home/me/toolchains/stable/lib:/opt/lib");
        assert_eq!(without_toolchain_libraries(path), Some("/opt/lib".into()));
        assert_eq!(without_toolchain_libraries(OsStr::new("/home/me/toolchains/stable/lib")), None);
    }
}
