//! The second way to the Wasm target: the operating system's Rust, with a standard library built from its source.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::process::{command, find, output, stream};
use crate::setup::toolchain::{LINKED, TARGET};
use crate::{apt, project};

/// The compiler that the system's packages install.
const RUSTC: &str = "/usr/bin/rustc";

/// The cargo that comes with it.
const CARGO: &str = "/usr/bin/cargo";

/// Where that compiler looks for the standard libraries of its targets.
const TARGETS: &str = "/usr/lib/rustlib";

/// Installs the system's Rust, builds the standard library for Wasm once, and makes it known to rustup.
pub fn install() -> Result<()> {
    install_packages()?;
    let built = build()?;
    put_in_place(&built.join("target").join(TARGET).join("release").join("deps"))?;
    if find("rustup").is_some() {
        stream(command("rustup").args(["toolchain", "link", LINKED, "/usr"]), None)?;
    }
    // All is in place; what stays behind here is only in the way.
    let _ = fs::remove_dir_all(&built);
    Ok(())
}

fn install_packages() -> Result<()> {
    if find("apt-get").is_none() {
        bail!("this system has no apt-get");
    }
    // Only the package lists tell which LLVM the compiler was built with, and a bare machine has no lists yet.
    let llvm = apt::llvm_of("rust-web-llvm").or_else(|_| apt::update().and_then(|()| apt::llvm_of("rust-web-llvm")))?;
    // Without the linker of that very LLVM, `rust-lld` is a link to nothing.
    let lld = format!("lld-{llvm}");
    apt::install(&["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", &lld])
}

/// Builds the standard library by building an empty crate with it, and gives back that crate's folder.
///
/// It is kept until all is done, so that a build that was cut short goes on where it stopped.
fn build() -> Result<PathBuf> {
    let version = output(command(RUSTC).arg("--version")).context("the system's rustc can't be started")?;
    let number = version.split_whitespace().nth(1).unwrap_or("unknown");
    let folder = project::cache().join(format!("wasm-std-{number}"));
    let source = folder.join("src");
    fs::create_dir_all(&source).with_context(|| format!("{} can't be created", source.display()))?;
    write(
        &folder.join("Cargo.toml"),
        "[package]\nname = \"empty\"\nversion = \"0.0.0\"\nedition = \"2021\"\n\n[workspace]\n",
    )?;
    write(&source.join("lib.rs"), "")?;
    let mut cargo = command(CARGO);
    cargo
        .current_dir(&folder)
        .env_remove("CARGO_TARGET_DIR")
        .env("RUSTC", RUSTC)
        .env("RUSTC_BOOTSTRAP", "1")
        // Link-time optimization of the page finds no bitcode in the standard library otherwise.
        .env("RUSTFLAGS", "-Cembed-bitcode=yes")
        .args(["build", "--release", "--target", TARGET, "-Zbuild-std=std,panic_abort,panic_unwind,test"]);
    stream(&mut cargo, None)?;
    Ok(folder)
}

/// Copies the libraries next to their place and renames the folder, so that half a copy is never taken for a whole.
fn put_in_place(built: &Path) -> Result<()> {
    let libraries = libraries(built)?;
    if libraries.is_empty() {
        bail!("the build of the standard library left no libraries in {}", built.display());
    }
    let place = format!("{TARGETS}/{TARGET}");
    let (part, old) = (format!("{place}.part"), format!("{place}.old"));
    let as_root =
        |program: &str, arguments: &[&str]| -> Result<()> { stream(apt::privileged(program)?.args(arguments), None) };
    as_root("rm", &["-rf", &part, &old])?;
    as_root("mkdir", &["-p", &format!("{part}/lib")])?;
    let mut copy: Command = apt::privileged("cp")?;
    copy.args(&libraries).arg(format!("{part}/lib/"));
    if !copy.status().context("cp can't be started")?.success() {
        bail!("the standard library can't be copied to {part}");
    }
    if Path::new(&place).exists() {
        as_root("mv", &[&place, &old])?;
    }
    as_root("mv", &[&part, &place])?;
    as_root("rm", &["-rf", &old])
}

fn libraries(built: &Path) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(built).with_context(|| format!("{} can't be read", built.display()))?;
    Ok(entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "rlib" || extension == "rmeta"))
        .filter(|path| !path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("libempty-")))
        .collect())
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} can't be written", path.display()))
}
