//! Step: wasm-opt, which makes the Wasm smaller.

use anyhow::{Context as _, Result, bail};

use crate::node;
use crate::process::{command, find, output};
use crate::setup::step::{Step, Way};

/// Older ones reject what today's rustc writes.
const OLDEST: u32 = 116;

/// The version of the npm package that is installed.
const NPM_VERSION: &str = "132";

/// Binaryen's optimizer.
pub struct WasmOpt;

impl Step for WasmOpt {
    fn name(&self) -> String {
        "wasm-opt".into()
    }

    fn usually(&self) -> &'static str {
        "10 s"
    }

    fn look(&self) -> Result<String> {
        let path = find("wasm-opt").context("wasm-opt is not installed")?;
        let said = output(command("wasm-opt").arg("--version")).context("wasm-opt does not start")?;
        if version(&said).is_none_or(|version| version < OLDEST) {
            bail!("wasm-opt is older than {OLDEST}: {said}");
        }
        Ok(format!("{said}, {}", path.display()))
    }

    fn ways(&self) -> Vec<Way> {
        vec![Way::new("npm", || node::install("binaryen", NPM_VERSION))]
    }

    fn by_hand(&self) -> String {
        format!("install Node with npm, or put a wasm-opt (binaryen) of at least version {OLDEST} on the path")
    }
}

/// The number in `wasm-opt version 132 (version_132)`.
fn version(said: &str) -> Option<u32> {
    said.split_whitespace().skip_while(|word| *word != "version").nth(1)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_what_wasm_opt_says() {
        assert_eq!(version("wasm-opt version 132 (version_132)"), Some(132));
        assert_eq!(version("wasm-opt version 108"), Some(108));
        assert_eq!(version("wasm-opt"), None);
    }
}
