//! Format, lints, docs and licences.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::headings::under;
use crate::process::{command, find, run, stream};
use crate::project::Project;

/// Fetches the advisory database.
const DATABASE: [&str; 3] = ["deny", "fetch", "db"];

/// How long that may take.
const DATABASE_LIMIT: Duration = Duration::from_secs(60);

/// Runs every check, going on when one fails; tells whether all passed.
pub fn check(project: &Project) -> bool {
    let checks: [(&str, &[&str]); 4] = [
        ("format", &["fmt", "--all", "--check"]),
        ("lints, everything", &["clippy", "--workspace", "--all-targets", "--all-features", "--", "-D", "warnings"]),
        (
            "lints, engine only",
            &["clippy", "--workspace", "--all-targets", "--no-default-features", "--", "-D", "warnings"],
        ),
        ("docs", &["doc", "--no-deps", "--workspace"]),
    ];
    let mut failed = Vec::new();
    for (name, arguments) in checks {
        note(name, under(name, || cargo(project, arguments)).0, &mut failed);
    }
    if find("cargo-deny").is_some() {
        let deny = &["deny", "check", "licenses", "bans", "sources"];
        note("licences", under("licences", || cargo(project, deny)).0, &mut failed);
        // Their database comes over the network; a machine that can't reach it is no project at fault.
        let fetch = || stream(command("cargo").current_dir(project.root()).args(DATABASE), Some(DATABASE_LIMIT));
        if under("advisory database", fetch).0.is_err() {
            println!("advisories are not checked: their database can't be fetched");
        } else {
            let deny = &["deny", "check", "--disable-fetch", "advisories"];
            note("advisories", under("advisories", || cargo(project, deny)).0, &mut failed);
        }
    } else {
        println!("\nlicences and advisories are not checked: cargo-deny is not installed");
    }
    println!();
    if failed.is_empty() {
        println!("all checks passed");
    } else {
        println!("failed: {}", failed.join(", "));
    }
    failed.is_empty()
}

fn note<'a>(name: &'a str, result: Result<()>, failed: &mut Vec<&'a str>) {
    if let Err(error) = result {
        println!("error: {error:#}");
        failed.push(name);
    }
}

fn cargo(project: &Project, arguments: &[&str]) -> Result<()> {
    let component = arguments.first().copied().unwrap_or_default();
    if let Some((program, part)) = match component {
        "fmt" => Some(("cargo-fmt", "rustfmt")),
        "clippy" => Some(("cargo-clippy", "clippy")),
        _ => None,
    } && find(program).is_none()
    {
        bail!("{program} is not installed: run `rustup component add {part}`");
    }
    run(command("cargo").current_dir(project.root()).args(arguments).env("RUSTDOCFLAGS", "-D warnings"))
        .with_context(|| format!("`cargo {component}` does not pass"))
}
