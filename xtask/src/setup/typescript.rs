//! Step: TypeScript, which checks the types of the npm package.

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::node;
use crate::setup::step::{Step, Way};

/// The compiler.
pub struct TypeScript;

/// The compiler's program for Node.
pub fn compiler() -> Option<PathBuf> {
    Some(node::package("typescript")?.join("bin").join("tsc")).filter(|path| path.is_file())
}

impl Step for TypeScript {
    fn name(&self) -> String {
        "TypeScript".into()
    }

    fn usually(&self) -> &'static str {
        "10 s"
    }

    fn look(&self) -> Result<String> {
        Ok(compiler().context("TypeScript is not installed")?.display().to_string())
    }

    fn ways(&self) -> Vec<Way> {
        vec![Way::new("npm", || node::install("typescript", "5"))]
    }

    fn by_hand(&self) -> String {
        "install Node with npm".into()
    }
}
