//! Step: Node, which runs the engine's Wasm tests.

use anyhow::{Context as _, Result};

use crate::node;
use crate::setup::step::{Step, Way};

/// Node and npm.
pub struct Node;

impl Step for Node {
    fn name(&self) -> String {
        "Node".into()
    }

    fn usually(&self) -> &'static str {
        "30 s"
    }

    fn look(&self) -> Result<String> {
        node::version().context("node or npm is not installed")
    }

    fn ways(&self) -> Vec<Way> {
        vec![Way::new("apt-get", node::install_node)]
    }

    fn by_hand(&self) -> String {
        "install Node (18 or later) with npm and put both on the path".into()
    }
}
