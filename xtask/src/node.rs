//! Node, npm, and the npm packages kept in the project's cache.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::{command, find, output, stream};
use crate::{apt, project};

/// Where the cached npm packages put their programs.
pub fn bin(cache: &Path) -> PathBuf {
    modules(cache).join(".bin")
}

/// The folder of a cached npm package, once it is wholly installed.
pub fn package(name: &str) -> Option<PathBuf> {
    let modules = modules(&project::cache());
    // npm writes this list last, so that half an install is never taken for a whole one.
    let list = fs::read_to_string(modules.join(".package-lock.json")).ok()?;
    let folder = modules.join(name);
    (list.contains(&format!("\"node_modules/{name}\"")) && folder.is_dir()).then_some(folder)
}

/// The version of Node on this machine.
pub fn version() -> Option<String> {
    find("npm")?;
    output(command("node").arg("--version"))
}

/// Gets Node and npm from the operating system.
pub fn install_node() -> Result<()> {
    if version().is_none() {
        apt::install(&["nodejs", "npm"])?;
    }
    if version().is_none() {
        bail!("node and npm are still not found");
    }
    Ok(())
}

/// Installs an npm package into the project's cache, getting Node first where it is missing.
pub fn install(name: &str, version: &str) -> Result<()> {
    install_node()?;
    let folder = project::cache().join("npm");
    fs::create_dir_all(&folder).with_context(|| format!("{} can't be created", folder.display()))?;
    let package = format!("{name}@{version}");
    stream(
        command("npm").current_dir(&folder).args(["install", "--no-audit", "--no-fund", "--prefix", "."]).arg(package),
        None,
    )
}

fn modules(cache: &Path) -> PathBuf {
    cache.join("npm").join("node_modules")
}
