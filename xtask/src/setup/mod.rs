//! What the builds and tests need, found or got step by step.

mod axe_core;
mod cargo_install;
mod chrome;
mod node_step;
mod step;
mod toolchain;
mod trunk;
mod typescript;
mod wasm_bindgen;
mod wasm_opt;
mod wasm_std;
mod wasm_target;

use anyhow::{Context as _, Result, bail};

use crate::browser::{self, Browser};
use crate::project::Project;
pub use crate::setup::axe_core::script as axe_script;
use crate::setup::step::Step;
pub use crate::setup::toolchain::{TARGET, Toolchain};
pub use crate::setup::typescript::compiler as typescript_compiler;

/// How much is needed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// What building the page takes.
    Build,
    /// What the tests take on top of that.
    Everything,
}

/// What the set-up found or made.
pub struct Ready {
    /// The toolchain to build Wasm with.
    pub toolchain: Toolchain,
    /// The browser to test with, where the scope asked for one and there is one.
    pub browser: Option<Browser>,
}

/// Goes through the steps, getting only what is missing.
///
/// A step that is there costs a moment, so every command starts with this. Interrupting it leaves nothing half done
/// that a later run would take for whole.
pub fn setup(project: &Project, scope: Scope) -> Result<Ready> {
    let mut steps: Vec<Box<dyn Step>> = vec![
        Box::new(wasm_target::WasmTarget),
        Box::new(wasm_bindgen::WasmBindgen::of(project)?),
        Box::new(trunk::Trunk),
        Box::new(wasm_opt::WasmOpt),
    ];
    if scope == Scope::Everything {
        steps.push(Box::new(axe_core::AxeCore));
        steps.push(Box::new(node_step::Node));
        steps.push(Box::new(typescript::TypeScript));
        steps.push(Box::new(chrome::Chrome));
    }
    step::take_all(&steps)?;
    let ready = present(scope)?;
    if scope == Scope::Everything && ready.browser.is_none() {
        bail!("the browser is there no longer");
    }
    Ok(ready)
}

/// What is there already, without getting anything.
pub fn present(scope: Scope) -> Result<Ready> {
    let toolchain = Toolchain::find().context("no toolchain builds for Wasm")?;
    let browser = if scope == Scope::Everything { browser::find().ok() } else { None };
    Ok(Ready { toolchain, browser })
}
