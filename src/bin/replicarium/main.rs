//! The command line: runs scenarios without a page, many of them at once, and explains what happened.

mod audit;
mod interval;
mod load;
mod output;
mod progress;
mod run;
mod scenarios;
mod schema;
mod sweep;
mod table;
mod time;
mod trace;
mod why;

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// A terrarium for replicas: runs a replicated cluster in virtual time, breaks it, and tells what survived.
///
/// The same scenario, seed and settings give the same run, event for event, here, in Node and in a browser.
#[derive(Parser)]
#[command(name = "replicarium", version, after_help = EXIT_CODES)]
struct CommandLine {
    #[command(subcommand)]
    task: Task,
}

const EXIT_CODES: &str =
    "Exit codes: 0 all well, 1 an expectation failed or an invariant was violated, 2 wrong usage or input.";

#[derive(Subcommand)]
enum Task {
    /// Run a scenario once and tell what became of its files.
    Run(run::Arguments),
    /// Run a scenario under many seeds at once and tell how often it fails.
    Sweep(sweep::Arguments),
    /// Try every single fault from a moment on, and tell what loses data or stops service.
    Audit(audit::Arguments),
    /// Explain what is wrong with a file at the end of a run, and what would have saved it.
    Why(why::Arguments),
    /// List the built-in scenarios and what each of them teaches.
    Scenarios(scenarios::Arguments),
    /// Write the JSON schema of the scenario format.
    Schema,
}

/// How a task ended that could be carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ending {
    /// All is well.
    Well,
    /// An expectation failed, or an invariant was violated.
    Badly,
}

fn main() -> ExitCode {
    match carry_out(CommandLine::parse().task) {
        Ok(Ending::Well) => ExitCode::SUCCESS,
        Ok(Ending::Badly) => ExitCode::from(1),
        // Whoever read our output has read enough of it.
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&format!("{error:#}"));
            ExitCode::from(2)
        }
    }
}

fn carry_out(task: Task) -> Result<Ending> {
    match task {
        Task::Run(arguments) => run::run(&arguments),
        Task::Sweep(arguments) => sweep::sweep(&arguments),
        Task::Audit(arguments) => audit::audit(&arguments),
        Task::Why(arguments) => why::why(&arguments),
        Task::Scenarios(arguments) => scenarios::list(&arguments),
        Task::Schema => schema::print(),
    }
}

fn is_closed_pipe(error: &anyhow::Error) -> bool {
    let is_closed = |error: &std::io::Error| error.kind() == ErrorKind::BrokenPipe;
    let in_json = |error: &serde_json::Error| error.io_error_kind() == Some(ErrorKind::BrokenPipe);
    error.chain().any(|cause| cause.downcast_ref().is_some_and(is_closed) || cause.downcast_ref().is_some_and(in_json))
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::CommandLine;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
    }
}
