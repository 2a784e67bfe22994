//! What the builds and tests need, found or got step by step.

mod axe_core;
mod cargo_install;
mod chrome;
mod node_step;
mod release;
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
use crate::process::Beside;
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
    setup_beside(project, scope, None)
}

/// Work that needs nothing but a toolchain for Wasm, and is started with it.
pub type Work<'a> = &'a dyn Fn(Toolchain) -> Result<Beside>;

/// Like [`setup`], with some work that is done beside the other steps, when one of them has something to get.
///
/// Much of the set-up occupies one processor or waits for a server, so that the work costs little time there.
pub fn setup_beside(project: &Project, scope: Scope, work: Option<Work>) -> Result<Ready> {
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
    step::take_those(&steps, 0..1)?;
    let beside = match work {
        Some(work) if steps.iter().any(|step| step.look().is_err()) => {
            println!("      the page is compiled beside the next steps");
            Some(work(Toolchain::find()?)?)
        }
        _ => None,
    };
    step::take_those(&steps, 1..steps.len())?;
    if let Some(beside) = beside {
        println!("      what compiling the page said:");
        beside.finish(None).context("the page can't be compiled")?;
    }
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
