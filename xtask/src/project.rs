//! Where the project's files are, and what its lock file pins.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The checkout this tool works on.
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// Finds the checkout from the current folder upwards.
    pub fn find() -> Result<Self> {
        let here = env::current_dir().context("the current folder can't be read")?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("xtask").join("Cargo.toml").is_file())
            .context("this is not inside a checkout of the project: no xtask folder was found upwards from here")?;
        Ok(Self { root: root.to_owned() })
    }

    /// The top folder of the checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The folder the static site is built into.
    pub fn dist(&self) -> PathBuf {
        self.root.join("dist")
    }

    /// The folder cargo builds into by default.
    pub fn target(&self) -> PathBuf {
        env::var_os("CARGO_TARGET_DIR").map_or_else(|| self.root.join("target"), |dir| self.root.join(dir))
    }

    /// The version of `package` that `Cargo.lock` pins.
    pub fn locked_version(&self, package: &str) -> Result<String> {
        let path = self.root.join("Cargo.lock");
        let text = fs::read_to_string(&path).with_context(|| format!("{} can't be read", path.display()))?;
        locked_version(&text, package)
    }
}

/// The project's folder for tools that are not on the machine itself.
pub fn cache() -> PathBuf {
    let base = env::var_os("XDG_CACHE_HOME")
        .filter(|dir| !dir.is_empty())
        .map(PathBuf::from)
        .or_else(|| env::home_dir().map(|home| home.join(".cache")))
        .unwrap_or_else(env::temp_dir);
    base.join("replicarium")
}

/// The folder where cargo keeps what it gets, and in `bin` the programs that it installs.
pub fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| env::home_dir().map(|home| home.join(".cargo")))
}

/// Reads the version of `package` out of a lock file's text.
fn locked_version(lock: &str, package: &str) -> Result<String> {
    let lock: toml::Table = lock.parse().context("Cargo.lock is not valid TOML")?;
    let packages = lock.get("package").and_then(toml::Value::as_array).context("Cargo.lock lists no package")?;
    packages
        .iter()
        .find(|entry| entry.get("name").and_then(toml::Value::as_str) == Some(package))
        .and_then(|entry| entry.get("version")?.as_str())
        .map(str::to_owned)
        .with_context(|| format!("Cargo.lock does not list {package}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen-futures"
version = "0.4.80"

[[package]]
name = "wasm-bindgen"
version = "0.2.130"
"#;

    #[test]
    fn a_locked_version_is_that_of_the_exact_name() {
        assert_eq!(locked_version(LOCK, "wasm-bindgen").unwrap(), "0.2.130");
    }

    #[test]
    fn a_package_that_is_not_locked_is_an_error() {
        assert!(locked_version(LOCK, "wasm").is_err());
        assert!(locked_version("not a lock file", "wasm").is_err());
    }
}
