//! Pictures of the built page.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use crate::headings::under;
use crate::project::Project;
use crate::setup::Scope;
use crate::{build, test};

/// Builds the page and saves pictures of its views in `out`; tells whether all could be taken.
///
/// The views are listed where the page is driven: in the tests of the page whose names contain `shots`.
pub fn shots(project: &Project, out: &Path) -> Result<bool> {
    let ready = build::set_up(project, Scope::Everything)?;
    let browser = ready.browser.as_ref().context("the set-up found no browser")?;
    build::build(project, ready.toolchain, false)?;
    let out = env::current_dir().context("the current folder can't be read")?.join(out);
    fs::create_dir_all(&out).with_context(|| format!("{} can't be created", out.display()))?;
    let (tally, _) = under("pictures", || test::page(project, browser, &["shots", "--ignored"], Some(&out)));
    let tally = tally?;
    println!("\nthe pictures are in {}", out.display());
    Ok(tally.failed == 0)
}
