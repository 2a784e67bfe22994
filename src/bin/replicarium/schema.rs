//! `replicarium schema`: the format of scenarios, for editors and programs.

use anyhow::Result;
use replicarium::session::scenario_schema;

use crate::{Ending, output};

/// Writes the JSON schema of the scenario format.
pub fn print() -> Result<Ending> {
    output::text(output::report(false), &scenario_schema())?;
    Ok(Ending::Well)
}
