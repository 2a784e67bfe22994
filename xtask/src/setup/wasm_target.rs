//! Step: a Rust toolchain that builds for Wasm.

use std::time::Duration;

use anyhow::{Result, bail};

use crate::process::{command, find, stream};
use crate::setup::step::{Step, Way};
use crate::setup::toolchain::{TARGET, Toolchain};
use crate::setup::wasm_std;

/// How long rustup may try: where it can reach its server it takes seconds.
const RUSTUP_LIMIT: Duration = Duration::from_secs(120);

/// The standard library for Wasm, in a toolchain that can use it.
pub struct WasmTarget;

impl Step for WasmTarget {
    fn name(&self) -> String {
        format!("Rust target {TARGET}")
    }

    fn usually(&self) -> &'static str {
        "10 s by rustup, 3 min from the system's packages"
    }

    fn look(&self) -> Result<String> {
        Toolchain::find().map(Toolchain::describe)
    }

    fn ways(&self) -> Vec<Way> {
        vec![Way::new("rustup", add_by_rustup), Way::new("the system's Rust packages", wasm_std::install)]
    }

    fn by_hand(&self) -> String {
        format!("run `rustup target add {TARGET}` where rustup's server can be reached")
    }
}

fn add_by_rustup() -> Result<()> {
    if find("rustup").is_none() {
        bail!("there is no rustup");
    }
    stream(command("rustup").args(["target", "add", TARGET]), Some(RUSTUP_LIMIT))
}
