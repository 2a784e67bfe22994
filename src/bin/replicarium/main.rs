//! The command line: runs scenarios without a page, many of them at once, and explains what happened.

mod audit;
mod compare;
mod course;
mod exercise;
mod grade;
mod interruption;
mod interval;
mod lines;
mod lint;
mod load;
mod orders;
mod output;
mod progress;
mod run;
mod scenarios;
mod schema;
mod suggest;
mod sweep;
mod table;
mod trace;
mod usage;
mod value;
mod why;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

/// A terrarium for replicas: runs a replicated cluster in virtual time, breaks it, and reports what survived.
///
/// The same scenario, seed and settings give the same run, event for event, here, in Node and in a browser.
#[derive(Parser)]
#[command(name = "replicarium", version, after_help = EXIT_CODES)]
struct CommandLine {
    #[command(subcommand)]
    task: Task,
}

const EXIT_CODES: &str = "\
Exit codes:
  0    all is well
  1    an expectation failed or an invariant was violated
  2    wrong usage or input, or an output that can't be written
  3    a run was full before its end
  130  interrupted by Ctrl+C; 143 by the signal TERM

Ctrl+C stops and reports what was found so far; a second Ctrl+C stops at once.";

#[derive(Subcommand)]
enum Task {
    /// Run a scenario once and report what became of its files.
    Run(run::Arguments),
    /// Run a scenario under many seeds in parallel and report how often it fails.
    Sweep(sweep::Arguments),
    /// Try every single fault from a given moment on, and report what loses data or stops a service.
    Audit(audit::Arguments),
    /// Explain what is wrong with a file at the end of a run, and what would have saved it.
    Why(why::Arguments),
    /// Run two scenarios, or one and a variation of it, under the same seed, and report how they differ and what comes of it.
    Compare(compare::Arguments),
    /// Grade submissions to an exercise: each anew, by the engine, whatever it claims itself.
    Grade(grade::Arguments),
    /// Find what is wrong with exercises: questions without a right answer, solutions that fail, wrong tries that pass.
    Lint(lint::Arguments),
    /// List the built-in scenarios and what each of them teaches, or write the text of one.
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
    /// Nothing is known to be wrong, but a run was full before its end.
    Full,
    /// It was interrupted, and has told what was found so far.
    Interrupted,
}

impl Ending {
    fn exit_code(self) -> u8 {
        match self {
            Self::Well => 0,
            Self::Badly => 1,
            Self::Full => 3,
            Self::Interrupted => interruption::exit_code(),
        }
    }
}

/// The exit code for wrong usage and input, and for an output that can't be written.
const REFUSED: u8 = 2;

fn main() -> ExitCode {
    let code = match CommandLine::try_parse() {
        Ok(command_line) => carry_out(command_line.task).map(Ending::exit_code),
        Err(answer) => usage::tell(&answer),
    };
    ExitCode::from(code.unwrap_or_else(|error| {
        output::complain(&error);
        REFUSED
    }))
}

fn carry_out(task: Task) -> Result<Ending> {
    match task {
        Task::Run(arguments) => run::run(&arguments),
        Task::Sweep(arguments) => sweep::sweep(&arguments),
        Task::Audit(arguments) => audit::audit(&arguments),
        Task::Why(arguments) => why::why(&arguments),
        Task::Compare(arguments) => compare::compare(&arguments),
        Task::Grade(arguments) => grade::grade(&arguments),
        Task::Lint(arguments) => lint::lint(&arguments),
        Task::Scenarios(arguments) => scenarios::list(&arguments),
        Task::Schema => schema::print(),
    }
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
