//! `replicarium scenarios`: what there is to run.

use anyhow::Result;
use clap::Args;
use replicarium::report::ScenarioReport;
use replicarium::session::Scenario;

use crate::Ending;
use crate::lines::Lines;
use crate::output::Target;

#[derive(Args)]
pub struct Arguments {
    /// Write JSON.
    #[arg(long)]
    json: bool,
}

/// Lists the built-in scenarios.
pub fn list(arguments: &Arguments) -> Result<Ending> {
    let target = Target::Output.check()?;
    let scenarios: Vec<ScenarioReport> =
        Scenario::all().iter().map(|scenario| ScenarioReport::from(&**scenario)).collect();
    if arguments.json {
        target.json(&scenarios)?;
    } else {
        let mut lines = Lines::default();
        for scenario in &scenarios {
            lines.add(&scenario.slug);
            lines.add(format_args!("    {}: {}", scenario.title, scenario.teaches));
            lines.add(format_args!("    {}", scenario.invitation));
            for (number, one) in (1..).zip(&scenario.tries) {
                lines.add(format_args!("    --try {number}  {}", one.title));
            }
        }
        target.lines(&lines)?;
    }
    Ok(Ending::Well)
}
