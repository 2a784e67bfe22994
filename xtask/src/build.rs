//! Building the static site.

use std::fs;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::headings::under;
use crate::process::{Beside, command, run};
use crate::project::Project;
use crate::setup::{self, Ready, Scope, TARGET, Toolchain};

/// Sets up for a build of the page, which is compiled as soon as that is possible.
pub fn set_up(project: &Project, scope: Scope) -> Result<Ready> {
    setup::setup_beside(project, scope, Some(&|toolchain| compile(project, toolchain)))
}

/// Starts compiling the page the way Trunk does, which then finds it done.
fn compile(project: &Project, toolchain: Toolchain) -> Result<Beside> {
    let mut cargo = command("cargo");
    cargo.current_dir(project.root()).args(["build", "--release", "--target", TARGET, "--bin", "playground"]);
    toolchain.choose_for(&mut cargo, project);
    Beside::start(&mut cargo)
}

/// Builds the page into `dist/`.
///
/// With `smallest` the standard library is compiled for size too, where the toolchain has its source.
pub fn build(project: &Project, toolchain: Toolchain, smallest: bool) -> Result<()> {
    let dist = project.dist();
    if !project.root().join("index.html").is_file() {
        bail!("there is no index.html to build the page from");
    }
    let mut trunk = command("trunk");
    trunk
        .current_dir(project.root())
        // The tools are on the path by now, and a build should not depend on the network.
        .args(["build", "--release", "--offline", "--public-url", "./", "--dist"])
        .arg(&dist);
    toolchain.choose_for(&mut trunk, project);
    if std::env::var_os("NO_COLOR").is_some() {
        // Trunk takes this variable for a switch that is `true` or `false`, and fails on the customary `1`.
        trunk.env("NO_COLOR", "true");
    }
    if smallest {
        if toolchain.has_std_source() {
            compile_std(&mut trunk, project);
            // The build itself is offline, and nothing else needs the crates that the standard library is built from.
            let mut fetch = command("cargo");
            fetch.current_dir(project.root()).args(["fetch", "--target", TARGET]);
            toolchain.choose_for(&mut fetch, project);
            compile_std(&mut fetch, project);
            under("fetch what the standard library is built from", || run(&mut fetch)).0?;
        } else {
            println!(
                "--smallest needs the source of the standard library (`rustup component add rust-src`); \
                 building the usual way"
            );
        }
    }
    under("build the page", || run(&mut trunk)).0.context("the page can't be built")?;
    if !fs::exists(dist.join("index.html")).unwrap_or(false) {
        bail!("the build left no index.html in dist");
    }
    Ok(())
}

/// Makes a command compile the standard library along with the page, for size too.
fn compile_std(command: &mut Command, project: &Project) {
    command
        .env("RUSTC_BOOTSTRAP", "1")
        .env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort")
        .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
        // Its own folder: none of its parts fit the usual build.
        .env("CARGO_TARGET_DIR", project.target().join("wasm-smallest"));
}
