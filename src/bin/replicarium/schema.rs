//! `replicarium schema`: the format of scenarios, for editors and programs.

use anyhow::Result;
use replicarium::session::scenario_schema;

use crate::Ending;
use crate::output::Target;

/// Writes the JSON schema of the scenario format.
pub fn print() -> Result<Ending> {
    Target::Output.check()?.write(&scenario_schema())?;
    Ok(Ending::Well)
}
