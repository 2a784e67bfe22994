//! The project's own tool: `cargo xtask setup | serve | build | npm | test | bench | check | shots`.
//!
//! It finds out what the machine already has, gets only what is missing, and runs every build and every test in the
//! same way on a laptop, on a build server and in a closed lab.

mod apt;
mod bench;
mod bench_page;
mod browser;
mod build;
mod check;
mod content_type;
mod headings;
mod native;
mod node;
mod npm;
mod open;
mod process;
mod project;
mod request_path;
mod serve;
mod setup;
mod shots;
mod sizes;
mod tally;
mod test;
mod webdriver;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::project::Project;
use crate::setup::Scope;

/// The playground's set-up, builds and tests.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Find out what this machine has and get what is missing.
    Setup,
    /// Build the page in release and serve it on this machine.
    Serve {
        /// The port to serve on; the next free one is taken when it is in use.
        #[arg(long, default_value_t = 8080)]
        port: u16,
        /// Open the page in the default browser.
        #[arg(long)]
        open: bool,
    },
    /// Build the static site into `dist/` and print the sizes of what a visitor downloads.
    Build {
        /// Compile the standard library for size too, where the toolchain can.
        #[arg(long)]
        smallest: bool,
    },
    /// Build the npm package into `dist-npm/` and print its sizes.
    Npm {
        /// Test it too, packed and installed.
        #[arg(long)]
        test: bool,
    },
    /// Run every test: native, Node, headless Chrome, the npm package, and the built page end to end.
    Test {
        /// Only run the random tests, in release, for this many seconds.
        #[arg(long, value_name = "SECONDS", num_args = 0..=1, default_missing_value = "3600")]
        deep: Option<u32>,
    },
    /// Measure the engine natively and in Node, and compare.
    Bench {
        /// Measure the built page instead: its frames, seeks, memory, first paint and size.
        #[arg(long)]
        page: bool,
    },
    /// Check format, lints, docs and licences.
    Check,
    /// Save screenshots of each view of the built page.
    Shots {
        /// The folder to save them in.
        #[arg(long, default_value = "shots")]
        out: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(Cli::parse().task) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode> {
    let project = Project::find()?;
    let clean = match task {
        Task::Setup => setup::setup(&project, Scope::Everything).map(|_| true)?,
        Task::Serve { port, open } => {
            let ready = build::set_up(&project, Scope::Build)?;
            build::build(&project, ready.toolchain, false)?;
            serve::serve_until_stopped(&project.dist(), port, open)?;
            true
        }
        Task::Build { smallest } => {
            // With a standard library for size too, the page is compiled otherwise.
            let set_up = if smallest { setup::setup } else { build::set_up };
            let ready = set_up(&project, Scope::Build)?;
            build::build(&project, ready.toolchain, smallest)?;
            sizes::print(&project.dist())?;
            true
        }
        Task::Npm { test } => {
            let ready = setup::setup(&project, if test { Scope::Everything } else { Scope::Build })?;
            let package = npm::build(&project, ready.toolchain)?;
            sizes::print(&package)?;
            !test || npm::test::test(&project, &package)?.failed == 0
        }
        Task::Test { deep: None } => test::test(&project),
        Task::Test { deep: Some(seconds) } => test::deep(&project, seconds)?,
        Task::Bench { page: false } => bench::bench(&project)?,
        Task::Bench { page: true } => bench_page::bench(&project)?,
        Task::Check => check::check(&project),
        Task::Shots { out } => shots::shots(&project, &out)?,
    };
    Ok(if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
