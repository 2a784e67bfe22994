//! Building the static site.

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::headings::under;
use crate::process::{command, run};
use crate::project::Project;
use crate::setup::Toolchain;
use crate::sizes;

/// Builds the page into `dist/` and prints the sizes of what a visitor downloads.
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
        if toolchain == Toolchain::Linked {
            trunk.env("RUSTC_BOOTSTRAP", "1").env("CARGO_UNSTABLE_BUILD_STD", "std,panic_abort");
            // Its own folder: none of its parts fit the usual build.
            trunk.env("CARGO_TARGET_DIR", project.target().join("wasm-smallest"));
        } else {
            println!("--smallest needs the system's Rust with its source; building the usual way");
        }
    }
    under("build the page", || run(&mut trunk)).0.context("the page can't be built")?;
    if !fs::exists(dist.join("index.html")).unwrap_or(false) {
        bail!("the build left no index.html in dist");
    }
    sizes::print(&dist)
}
