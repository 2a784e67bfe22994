//! Tests that run on this machine itself.

use std::process::Command;

use crate::process::command;
use crate::project::Project;

/// What the native tests are built with, the engine's, the command line's and those that drive the page: the same, so
/// that each crate is compiled once.
pub const ONE_BUILD: [&str; 4] = ["--workspace", "--no-default-features", "--features", "replicarium/cli"];

/// The unit tests of the library, with those of the page: the only native ones that need its code.
///
/// They calculate little and are compiled longer than they run, so they are not optimized.
pub const UNIT_TESTS: [&str; 5] = ["--profile", "dev", "--features", "cli", "--lib"];

/// The tests of programs, and those in files of their own.
pub const PROGRAMS_AND_FILES: [&str; 3] = ["--bins", "--test", "*"];

/// `cargo test` for this machine.
pub fn cargo_test(project: &Project) -> Command {
    let mut cargo = command("cargo");
    // One failing test binary must not hide the results of the others.
    cargo.current_dir(project.root()).args(["test", "--no-fail-fast"]);
    cargo
}
