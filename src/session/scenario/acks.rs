//! A fixed number of acknowledgements needs as many replicas: with fewer, no write would ever be acknowledged.

use std::collections::BTreeSet;

use super::Scenario;
use super::error::Problem;
use crate::replication::{Acks, WhenShort};
use crate::world::{Command, Placement};

/// Finds a group of servers that can never have as many replicas as the policy demands acknowledgements. Where the
/// policy says what happens then, or servers are added, there is nothing wrong.
pub(super) fn check(scenario: &Scenario) -> Result<(), Problem> {
    let settings = &scenario.settings;
    let Acks::Count(needed) = settings.policy.acks else { return Ok(()) };
    let servers = settings.servers.len();
    let is_added = scenario.plan.iter().any(|timed| matches!(timed.command, Command::AddServer { .. }));
    if settings.policy.when_short != WhenShort::Wait {
        return Ok(());
    }
    if needed >= servers && !is_added {
        let cluster = if servers == 1 { "a single server".to_owned() } else { format!("{servers} servers") };
        let most = servers.saturating_sub(1);
        let message = format!("expected at most {most}, not {needed}: a cluster of {cluster} has no more replicas");
        return Err(Problem::new("policy.acks", message));
    }
    let ring = |field: String, factor: u8| {
        let replicas = usize::from(factor).saturating_sub(1);
        if replicas >= needed {
            return Ok(());
        }
        let message = format!("expected at least {} copies, the primary's among them, for policy.acks", needed + 1);
        Err(Problem::new(field, message))
    };
    for (number, (_, _, placement)) in (1..).zip(&scenario.files) {
        if let Placement::Ring { factor } = placement {
            ring(format!("files[{number}].copies"), *factor)?;
        }
    }
    for (number, client) in (1..).zip(&settings.clients) {
        if let (Some(factor), Some(_)) = (client.replication_factor, client.workload) {
            ring(format!("clients[{number}].copies"), factor)?;
        }
    }
    let mut known: BTreeSet<&str> = scenario.files.iter().map(|(name, _, _)| name.as_str()).collect();
    for (number, timed) in (1..).zip(&scenario.plan) {
        let Command::Write { file, placement, .. } = &timed.command else { continue };
        // The copies of a file are those that it has from the beginning.
        if let (true, Placement::Ring { factor }) = (known.insert(file), placement) {
            ring(format!("at[{number}].write.copies"), *factor)?;
        }
    }
    Ok(())
}
