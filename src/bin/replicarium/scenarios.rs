//! `replicarium scenarios`: what there is to run.

use std::fmt::Write as _;

use anyhow::Result;
use clap::Args;
use replicarium::report::ScenarioReport;
use replicarium::session::Scenario;

use crate::{Ending, output};

#[derive(Args)]
pub struct Arguments {
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// Lists the built-in scenarios.
pub fn list(arguments: &Arguments) -> Result<Ending> {
    let scenarios: Vec<ScenarioReport> =
        Scenario::all().iter().map(|scenario| ScenarioReport::from(&**scenario)).collect();
    let out = output::report(false);
    if arguments.json {
        output::json(out, &scenarios)?;
    } else {
        let mut text = String::new();
        for scenario in &scenarios {
            // Writing to a string does not fail.
            let _ = writeln!(text, "{}\n    {}: {}", scenario.slug, scenario.title, scenario.teaches);
        }
        output::text(out, &text)?;
    }
    Ok(Ending::Well)
}
