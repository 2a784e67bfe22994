//! Step: Trunk, which bundles the page.

use anyhow::{Context as _, Result, bail};

use crate::process::{command, find, output};
use crate::setup::cargo_install::{self, Tool};
use crate::setup::release::{self, Release};
use crate::setup::step::{Step, Way};

/// The version that is installed; the next one wants a newer Rust than some systems have.
const VERSION: &str = "0.21.14";

const RELEASES: &str = "https://github.com/trunk-rs/trunk/releases/download";

/// The bundler.
pub struct Trunk;

impl Step for Trunk {
    fn name(&self) -> String {
        "trunk".into()
    }

    fn usually(&self) -> &'static str {
        "10 s ready-made, 5 min from source"
    }

    fn look(&self) -> Result<String> {
        let path = find("trunk").context("trunk is not installed")?;
        let said = output(command("trunk").arg("--version")).context("trunk does not start")?;
        if !is_recent(&said) {
            bail!("trunk is too old: {said}");
        }
        Ok(format!("{said}, {}", path.display()))
    }

    fn ways(&self) -> Vec<Way> {
        cargo_install::ways(|| Tool {
            package: "trunk",
            version: VERSION.into(),
            // Its builds are offline here, so that it needs no way to a server.
            options: &["--locked", "--no-default-features"],
            release: release::platform("gnu").map(|platform| Release {
                archive: format!("{RELEASES}/v{VERSION}/trunk-{platform}.tar.gz"),
                checksum_suffix: ".sha256",
                programs: &["trunk"],
            }),
        })
    }

    fn by_hand(&self) -> String {
        format!("run `cargo install trunk@{VERSION} --locked`")
    }
}

/// Whether `trunk --version` tells 0.21 or later.
fn is_recent(said: &str) -> bool {
    let mut numbers = said.split_whitespace().nth(1).unwrap_or_default().split('.').map_while(|n| n.parse().ok());
    let version: (u32, u32) = (numbers.next().unwrap_or(0), numbers.next().unwrap_or(0));
    version >= (0, 21)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_from_0_21_on_are_recent() {
        assert!(is_recent("trunk 0.21.14"));
        assert!(is_recent("trunk 0.22.0-beta.1"));
        assert!(is_recent("trunk 1.0.0"));
        assert!(!is_recent("trunk 0.20.3"));
        assert!(!is_recent("garbage"));
    }
}
