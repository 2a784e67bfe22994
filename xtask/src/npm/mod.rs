//! The npm package: one file of Wasm, a way in for Node and one for browsers, and the types.

mod pack;
pub mod test;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::headings::under;
use crate::process::{command, run};
use crate::project::Project;
use crate::setup::{TARGET, Toolchain};

/// Builds the package, and gives back its folder.
pub fn build(project: &Project, toolchain: Toolchain) -> Result<PathBuf> {
    let wasm = under("build the engine for npm", || compile(project, toolchain)).0?;
    under("make the npm package", || make(project, &wasm)).0
}

/// Compiles the engine with its interface for JavaScript, for speed.
fn compile(project: &Project, toolchain: Toolchain) -> Result<PathBuf> {
    let mut cargo = command("cargo");
    cargo
        .current_dir(project.root())
        .args(["rustc", "--lib", "--crate-type", "cdylib", "--target", TARGET, "--profile", "release-fast"])
        .args(["--no-default-features", "--features", "api"]);
    toolchain.choose_for(&mut cargo, project);
    run(&mut cargo).context("the engine can't be built")?;
    Ok(toolchain.target(project).join(TARGET).join("release-fast").join("replicarium.wasm"))
}

fn make(project: &Project, wasm: &Path) -> Result<PathBuf> {
    let package = project.root().join("dist-npm");
    let work = project.target().join("npm");
    for folder in [&package, &work] {
        if folder.exists() {
            fs::remove_dir_all(folder).with_context(|| format!("{} can't be emptied", folder.display()))?;
        }
        fs::create_dir_all(folder).with_context(|| format!("{} can't be created", folder.display()))?;
    }
    for target in ["nodejs", "web"] {
        let mut bindgen = command("wasm-bindgen");
        bindgen.arg(wasm).args(["--target", target, "--out-name", "replicarium", "--out-dir"]).arg(work.join(target));
        run(&mut bindgen).context("the glue for JavaScript can't be made")?;
    }
    let one = work.join("nodejs").join("replicarium_bg.wasm");
    if read(&one)? != read(&work.join("web").join("replicarium_bg.wasm"))? {
        bail!("wasm-bindgen made another file of Wasm for Node than for browsers, so they can't share one");
    }
    let mut optimize = command("wasm-opt");
    // Which features of Wasm it may use stands in the file; more than those not every Node and browser knows.
    run(optimize.arg("-O2").arg(&one).arg("-o").arg(package.join("replicarium_bg.wasm")))
        .context("the Wasm can't be optimized")?;
    pack::assemble(project, &work, &package)?;
    Ok(package)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("{} can't be read", path.display()))
}
