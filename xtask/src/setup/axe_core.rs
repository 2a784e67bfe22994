//! Step: axe-core, which the end-to-end tests look for accessibility faults with.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::node;
use crate::setup::step::{Step, Way};

/// The accessibility checker.
pub struct AxeCore;

/// The script the tests put into the page.
pub fn script() -> Option<PathBuf> {
    Some(node::package("axe-core")?.join("axe.min.js")).filter(|path| path.is_file())
}

impl Step for AxeCore {
    fn name(&self) -> String {
        "axe-core".into()
    }

    fn usually(&self) -> &'static str {
        "5 s"
    }

    fn look(&self) -> Result<String> {
        Ok(script().context("axe-core is not installed")?.display().to_string())
    }

    fn ways(&self) -> Vec<Way> {
        vec![Way::new("npm", || node::install("axe-core", "4"))]
    }

    fn by_hand(&self) -> String {
        "install Node with npm".into()
    }
}
