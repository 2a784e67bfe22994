//! Programs that come as Rust packages.

use std::fs;
use std::time::Duration;

use anyhow::{Result, bail};

use crate::process::{command, find, stream};
use crate::project;
use crate::setup::release::Release;
use crate::setup::step::Way;

/// How long the download of a ready-made program may take.
const BINSTALL_LIMIT: Duration = Duration::from_secs(180);

/// The release profile of the tools: they only bundle and convert, so that building them fast matters more than their
/// own speed.
///
/// It is the very profile that build scripts and macros have, so that what both need is built once.
const QUICKLY_BUILT: [(&str, &str); 5] = [
    ("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0"),
    ("CARGO_PROFILE_RELEASE_LTO", "false"),
    ("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256"),
    ("CARGO_PROFILE_RELEASE_DEBUG", "false"),
    ("CARGO_PROFILE_RELEASE_PANIC", "unwind"),
];

/// A Rust package that is installed for its programs.
pub struct Tool {
    /// The package.
    pub package: &'static str,
    /// Its exact version.
    pub version: String,
    /// Further options for `cargo install`.
    pub options: &'static [&'static str],
    /// Where it is to be had ready-made for this machine.
    pub release: Option<Release>,
}

/// The ways to a program: ready-made where that can be reached, else from source.
pub fn ways(tool: impl Fn() -> Tool) -> Vec<Way> {
    let mut ways = Vec::new();
    if let Some(release) = tool().release
        && find("curl").is_some()
        && find("tar").is_some()
    {
        ways.push(Way::new("its page of releases", move || release.install()));
    }
    if find("cargo-binstall").is_some() {
        let tool = tool();
        ways.push(Way::new("cargo binstall", move || binstall(&tool)));
    }
    let tool = tool();
    ways.push(Way::new("cargo install", move || install(&tool)));
    ways
}

fn binstall(tool: &Tool) -> Result<()> {
    let package = format!("{}@{}", tool.package, tool.version);
    let options = ["binstall", "--no-confirm", "--force", "--disable-strategies", "compile"];
    stream(command("cargo").args(options).arg(package), Some(BINSTALL_LIMIT))
}

fn install(tool: &Tool) -> Result<()> {
    if find("cargo").is_none() {
        bail!("there is no cargo");
    }
    // A folder of its own, so that an install that was cut short goes on where it stopped.
    let build = project::cache().join("build").join(tool.package);
    let mut cargo = command("cargo");
    cargo
        .args(["install", "--force"])
        .arg(format!("{}@{}", tool.package, tool.version))
        .args(tool.options)
        .env("CARGO_TARGET_DIR", &build)
        .envs(QUICKLY_BUILT);
    stream(&mut cargo, None)?;
    // The tool is in place; its intermediate files are only in the way.
    let _ = fs::remove_dir_all(&build);
    Ok(())
}
