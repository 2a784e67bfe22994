//! Commands that are given to a run on the command line, each at its time.

use anyhow::{Result, anyhow};
use replicarium::client::Workload;
use replicarium::session::{Session, command_from_line, parse_span};
use replicarium::sim::{ClientId, Span, Time};
use replicarium::text::quoted;

use crate::course::{self, Course};
use crate::interruption::Interruption;

/// A command with its time, counted from when the opening files are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    at: Span,
    line: String,
}

/// Reads the option.
pub fn order(text: &str) -> Result<Order, String> {
    let expected = || format!("expected a time and a command, as in \"0.5 s: kill S1\", not {}", quoted(text));
    let (time, line) = text.split_once(':').ok_or_else(expected)?;
    let at = parse_span(time.trim()).ok_or_else(expected)?;
    Ok(Order { at, line: line.trim().to_owned() })
}

/// Lets the session go on until then, and gives it the commands on the way, in the order of their times.
pub fn run(session: &mut Session, orders: &[Order], until: Time, interruption: Interruption) -> Result<Course> {
    let mut orders: Vec<&Order> = orders.iter().collect();
    orders.sort_by_key(|order| order.at);
    for (number, order) in (1..).zip(orders) {
        let at = session.start() + order.at;
        let told = |reason: String| anyhow!("--do {}: {reason}", quoted(&order.line));
        if at > until {
            return Err(told("its time is after the end of the run".to_owned()));
        }
        let course = course::run_to(session, at, interruption);
        if course != Course::Whole {
            return Ok(course);
        }
        let command = command_from_line(&order.line, number, busy(session)).map_err(told)?;
        session.apply(command).map_err(|error| told(error.to_string()))?;
    }
    Ok(course::run_to(session, until, interruption))
}

/// The client whose workload `rate` and `reads` mean: the first that has one.
fn busy(session: &Session) -> ClientId {
    let works = |workload: Option<Workload>| workload.is_some();
    let clients = &session.scenario().settings.clients;
    let first = (1..).zip(clients).find(|(_, client)| works(client.workload)).map_or(1, |(number, _)| number);
    ClientId(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_has_its_time_before_it() {
        let read = order("0.5 s: kill S1").unwrap();
        assert_eq!(read, Order { at: Span::from_millis(500), line: "kill S1".to_owned() });
        assert!(order("kill S1").is_err() && order("soon: kill S1").is_err());
    }
}
