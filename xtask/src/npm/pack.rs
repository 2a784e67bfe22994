//! The files of the package beside the Wasm.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};

use crate::project::Project;

/// The files that are copied as they are, from where and to where.
const COPIES: [(&str, &str); 5] = [
    ("npm/node.js", "node.js"),
    ("npm/browser.js", "browser.js"),
    ("npm/README.md", "README.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
];

/// What wasm-bindgen made, and what it is called in the package.
const GLUE: [(&str, &str); 2] = [("nodejs/replicarium.js", "node.cjs"), ("web/replicarium.js", "web.js")];

/// The types that wasm-bindgen made, and what they are called in the package.
const TYPES: [(&str, &str); 3] = [
    ("nodejs/replicarium.d.ts", "replicarium.d.ts"),
    ("nodejs/replicarium.d.ts", "replicarium.d.cts"),
    ("web/replicarium.d.ts", "web.d.ts"),
];

/// A session can be freed by `using`, whose symbol is in no edition of the language's own library yet.
const LIBRARY: &str = "/// <reference lib=\"esnext.disposable\" />\n";

/// Puts all files but the Wasm into the package.
pub fn assemble(project: &Project, work: &Path, package: &Path) -> Result<()> {
    for (from, to) in COPIES {
        copy(&project.root().join(from), &package.join(to))?;
    }
    for (from, to) in GLUE {
        copy(&work.join(from), &package.join(to))?;
    }
    for (from, to) in TYPES {
        write(&package.join(to), &(LIBRARY.to_owned() + &read(&work.join(from))?))?;
    }
    let template = read(&project.root().join("npm/package.json"))?;
    let manifest = with_version(&template, &version(&read(&project.root().join("Cargo.toml"))?)?)?;
    write(&package.join("package.json"), &manifest)
}

fn write(path: &Path, text: &str) -> Result<()> {
    fs::write(path, text).with_context(|| format!("{} can't be written", path.display()))
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{} can't be read", path.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::copy(from, to).map(|_| ()).with_context(|| format!("{} can't be copied", from.display()))
}

/// The version of the crate, which is the package's too.
fn version(cargo_toml: &str) -> Result<String> {
    let manifest: toml::Table = cargo_toml.parse().context("Cargo.toml is not valid TOML")?;
    let version = manifest.get("package").and_then(|package| package.get("version")?.as_str());
    version.map(str::to_owned).context("Cargo.toml names no version")
}

/// The package's manifest, with the version in the place that the template leaves for it.
fn with_version(template: &str, version: &str) -> Result<String> {
    const PLACE: &str = "\"version\": \"0.0.0\"";
    if template.matches(PLACE).count() != 1 {
        bail!("npm/package.json has no place for the version: {PLACE}");
    }
    Ok(template.replace(PLACE, &format!("\"version\": \"{version}\"")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_that_of_the_crate() {
        assert_eq!(version("[package]\nname = \"a\"\nversion = \"1.2.3\"\n").unwrap(), "1.2.3");
        assert!(version("[workspace]\n").is_err());
    }

    #[test]
    fn the_version_has_one_place() {
        assert_eq!(with_version(r#"{ "version": "0.0.0" }"#, "1.2.3").unwrap(), r#"{ "version": "1.2.3" }"#);
        assert!(with_version("{}", "1.2.3").is_err());
    }
}
