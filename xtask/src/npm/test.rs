//! The packaging test: pack, install the tarball without a network, and run it in Node.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::process::{command, run, stream, tee};
use crate::project::Project;
use crate::tally::Tally;
use crate::{native, setup};

/// The tests that Node runs, each in a process of its own.
const TESTS: [&str; 4] = ["import.test.mjs", "require.test.cjs", "web.test.mjs", "broken.test.mjs"];

/// Installs the package as a user would, and tests what was installed.
pub fn test(project: &Project, package: &Path) -> Result<Tally> {
    let folder = project.target().join("npm-test");
    if folder.exists() {
        fs::remove_dir_all(&folder).with_context(|| format!("{} can't be emptied", folder.display()))?;
    }
    fs::create_dir_all(&folder).with_context(|| format!("{} can't be created", folder.display()))?;
    let tarball = pack(package, &folder)?;
    write(&folder.join("package.json"), "{ \"name\": \"user\", \"private\": true, \"type\": \"module\" }\n")?;
    let mut npm = command("npm");
    npm.current_dir(&folder).args(["install", "--offline", "--no-audit", "--no-fund"]).arg(&tarball);
    stream(&mut npm, None)?;

    let native = folder.join("native.json");
    write(&native, &native_runs(project)?)?;
    for name in TESTS.iter().chain(&["types.ts", "tsconfig.json"]) {
        let from = project.root().join("npm").join("tests").join(name);
        fs::copy(&from, folder.join(name)).with_context(|| format!("{} can't be copied", from.display()))?;
    }
    let mut tally = Tally::default();
    let mut node = command("node");
    node.current_dir(&folder).args(["--test", "--test-reporter=tap"]).args(TESTS).env("REPLICARIUM_NATIVE", &native);
    let status = tee(&mut node, |line| {
        if let Some(more) = Tally::of_node_line(line) {
            tally.add(more);
        }
    })?;
    tally = tally.of_suite(status.success());
    tally.add(check_types(&folder)?);
    Ok(tally)
}

/// Packs the package, and gives back the tarball.
fn pack(package: &Path, folder: &Path) -> Result<PathBuf> {
    let mut npm = command("npm");
    npm.current_dir(package).args(["pack", "--pack-destination"]).arg(folder);
    stream(&mut npm, None)?;
    let entries = fs::read_dir(folder).with_context(|| format!("{} can't be read", folder.display()))?;
    let mut paths = entries.filter_map(|entry| entry.ok().map(|entry| entry.path()));
    paths.find(|path| path.extension().is_some_and(|extension| extension == "tgz")).context("npm packed no tarball")
}

/// What each built-in scenario comes to natively, as a JSON array of the command line's reports.
fn native_runs(project: &Project) -> Result<String> {
    let program = command_line(project)?;
    let replicarium = |arguments: &[&str]| {
        let what = || format!("`replicarium {}` failed", arguments.join(" "));
        let output = command(&program).current_dir(project.root()).args(arguments).output().with_context(what)?;
        // With 1 it tells what a failed expectation comes to, which is compared like anything else.
        if !matches!(output.status.code(), Some(0 | 1)) || output.stdout.is_empty() {
            bail!("{}: {}", what(), String::from_utf8_lossy(&output.stderr).trim());
        }
        String::from_utf8(output.stdout).with_context(what)
    };
    let mut runs = Vec::new();
    for line in replicarium(&["scenarios"])?.lines().filter(|line| !line.starts_with(' ')) {
        runs.push(replicarium(&["run", line, "--json"])?);
    }
    if runs.is_empty() {
        bail!("there is no built-in scenario to compare");
    }
    Ok(format!("[{}]\n", runs.join(",\n")))
}

/// The command line, of the build that the native tests have.
fn command_line(project: &Project) -> Result<PathBuf> {
    run(native::cargo_test(project).args(native::ONE_BUILD).args(["--test", "cli", "--no-run"]))
        .context("there is no command line")?;
    let program = project.target().join("debug").join(format!("replicarium{}", env::consts::EXE_SUFFIX));
    if !program.is_file() {
        bail!("the build left no {}", program.display());
    }
    Ok(program)
}

/// Type-checks a program that uses the package.
fn check_types(folder: &Path) -> Result<Tally> {
    let compiler = setup::typescript_compiler().context("TypeScript is there no longer")?;
    let mut node = command("node");
    let status = tee(node.current_dir(folder).arg(compiler).args(["--project", "tsconfig.json"]), |_| ())?;
    println!("{} types.ts", if status.success() { "ok" } else { "not ok" });
    Ok(Tally { passed: u64::from(status.success()), failed: u64::from(!status.success()), ignored: 0 })
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} can't be written", path.display()))
}
