//! `replicarium scenarios`: what there is to run.

use anyhow::{Result, bail};
use clap::Args;
use replicarium::report::ScenarioReport;
use replicarium::session::Scenario;
use replicarium::text::quoted;

use crate::Ending;
use crate::lines::Lines;
use crate::output::Target;
use crate::suggest;

#[derive(Args)]
pub struct Arguments {
    /// Write the text of this built-in scenario, in TOML, to change it and run that.
    #[arg(value_name = "SCENARIO")]
    slug: Option<String>,
    /// Write JSON.
    #[arg(long, conflicts_with = "slug")]
    json: bool,
}

/// Lists the built-in scenarios, or writes the text of one.
pub fn list(arguments: &Arguments) -> Result<Ending> {
    let target = Target::Output.check()?;
    if let Some(slug) = &arguments.slug {
        let Some(scenario) = Scenario::by_slug(slug) else {
            let meant = suggest::nearest(slug, Scenario::all().iter().map(|one| one.slug()));
            let meant = meant.map(|meant| format!("; did you mean {meant}?")).unwrap_or_default();
            bail!("there is no built-in scenario {}{meant}", quoted(slug));
        };
        target.write(&scenario.to_toml())?;
        return Ok(Ending::Well);
    }
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
