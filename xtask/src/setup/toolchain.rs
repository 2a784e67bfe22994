//! Which Rust toolchain builds for Wasm on this machine.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{self, Command};

use anyhow::{Context as _, Result, bail};

use crate::process::{command, find, output};
use crate::project::Project;

/// The target the page is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";

/// The name under which rustup knows the operating system's own Rust.
pub const LINKED: &str = "wasm";

/// A toolchain that can build for Wasm.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Toolchain {
    /// The one the user works with.
    Default,
    /// The operating system's, linked into rustup, with a standard library that was built here.
    Linked,
}

impl Toolchain {
    /// The first toolchain that builds for Wasm.
    pub fn find() -> Result<Self> {
        match Self::Default.probe() {
            Ok(()) => Ok(Self::Default),
            Err(_) if is_linked() => Self::Linked.probe().map(|()| Self::Linked),
            Err(error) => Err(error),
        }
    }

    /// What it is, for the user.
    pub fn describe(self) -> String {
        let version = self.rustc().and_then(|mut rustc| output(rustc.arg("--version")));
        let version = version.unwrap_or_else(|| "rustc".into());
        match self {
            Self::Default => version,
            Self::Linked => format!("{version}, rustup toolchain `{LINKED}`"),
        }
    }

    /// Makes a command build with this toolchain.
    pub fn choose_for(self, command: &mut Command, project: &Project) {
        if self == Self::Linked {
            command.env("RUSTUP_TOOLCHAIN", LINKED);
            // Two toolchains in one target folder would throw away each other's work on every switch.
            command.env("CARGO_TARGET_DIR", self.target(project));
        }
    }

    /// The folder this toolchain builds into.
    pub fn target(self, project: &Project) -> PathBuf {
        match self {
            Self::Default => project.target(),
            Self::Linked => project.target().join("wasm"),
        }
    }

    /// Whether the source of its standard library is there to be compiled.
    pub fn has_std_source(self) -> bool {
        let sysroot = self.rustc().and_then(|mut rustc| output(rustc.args(["--print", "sysroot"])));
        sysroot.is_some_and(|root| Path::new(&root).join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file())
    }

    /// Compiles and links a few lines, which shows a missing, a stale and a half installed standard library alike, and
    /// a missing linker too.
    fn probe(self) -> Result<()> {
        let folder = env::temp_dir().join(format!("replicarium-probe-{}", process::id()));
        fs::create_dir_all(&folder).with_context(|| format!("{} can't be created", folder.display()))?;
        let source = folder.join("probe.rs");
        fs::write(&source, "#[no_mangle] pub extern \"C\" fn probe(n: usize) -> usize { vec![0u8; n].len() }\n")
            .with_context(|| format!("{} can't be written", source.display()))?;
        let mut rustc = self.rustc().context("there is no rustc")?;
        let output = rustc
            .args(["--target", TARGET, "--crate-type", "cdylib", "-o"])
            .arg(folder.join("probe.wasm"))
            .arg(&source)
            .output();
        // What stays behind in the temporary folder harms nothing.
        let _ = fs::remove_dir_all(&folder);
        let output = output.context("rustc can't be started")?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr);
            let first = errors.lines().find(|line| line.contains("error")).unwrap_or("it gave no reason");
            bail!("rustc can't build for {TARGET}: {}", first.trim());
        }
        Ok(())
    }

    fn rustc(self) -> Option<Command> {
        find("rustc")?;
        let mut rustc = command("rustc");
        if self == Self::Linked {
            rustc.env("RUSTUP_TOOLCHAIN", LINKED);
        }
        Some(rustc)
    }
}

fn is_linked() -> bool {
    output(command("rustup").args(["toolchain", "list"])).is_some_and(|list| lists_toolchain(&list, LINKED))
}

fn lists_toolchain(list: &str, name: &str) -> bool {
    list.lines().any(|line| line.split_whitespace().next() == Some(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_toolchain_is_known_by_its_whole_name() {
        assert!(lists_toolchain("stable-x86_64 (active, default)\nwasm\n", "wasm"));
        assert!(!lists_toolchain("wasm-old (active)\n", "wasm"));
    }
}
