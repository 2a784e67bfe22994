//! Step: wasm-bindgen's command-line tools, of exactly the locked version.

use anyhow::{Context as _, Result, bail};

use crate::process::{command, find, output};
use crate::project::Project;
use crate::setup::cargo_install::{self, Tool};
use crate::setup::release::{self, Release};
use crate::setup::step::{Step, Way};

const RELEASES: &str = "https://github.com/wasm-bindgen/wasm-bindgen/releases/download";

/// The programs of the package that are used here.
const PROGRAMS: [&str; 2] = ["wasm-bindgen", "wasm-bindgen-test-runner"];

/// `wasm-bindgen` and `wasm-bindgen-test-runner`.
pub struct WasmBindgen {
    version: String,
}

impl WasmBindgen {
    /// The step for the version in the project's lock file: the tools refuse any other.
    pub fn of(project: &Project) -> Result<Self> {
        Ok(Self { version: project.locked_version("wasm-bindgen")? })
    }

    fn tool(&self) -> Tool {
        let version = &self.version;
        Tool {
            package: "wasm-bindgen-cli",
            version: version.clone(),
            // A registry's mirror can lag behind the lock file inside the package, so that one is not used. The tests'
            // driver is on this machine and is spoken to without TLS.
            options: &["--no-default-features"],
            release: release::platform("musl").map(|platform| Release {
                archive: format!("{RELEASES}/{version}/wasm-bindgen-{version}-{platform}.tar.gz"),
                checksum_suffix: ".sha256sum",
                programs: &PROGRAMS,
            }),
        }
    }
}

impl Step for WasmBindgen {
    fn name(&self) -> String {
        format!("wasm-bindgen-cli {}", self.version)
    }

    fn usually(&self) -> &'static str {
        "10 s ready-made, 2 min from source"
    }

    fn look(&self) -> Result<String> {
        let path = find("wasm-bindgen").context("wasm-bindgen is not installed")?;
        find("wasm-bindgen-test-runner").context("wasm-bindgen-test-runner is not installed")?;
        for program in PROGRAMS {
            let said = output(command(program).arg("--version")).unwrap_or_default();
            if said.split_whitespace().nth(1) != Some(self.version.as_str()) {
                bail!("{program} is of another version: {said}");
            }
        }
        Ok(path.display().to_string())
    }

    fn ways(&self) -> Vec<Way> {
        cargo_install::ways(|| self.tool())
    }

    fn by_hand(&self) -> String {
        format!("run `cargo install wasm-bindgen-cli@{} --force`", self.version)
    }
}
