//! The benchmarks: rates natively and in Node side by side, and instructions per event, which are repeatable.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::headings::under;
use crate::native;
use crate::process::{command, find, tee};
use crate::project::Project;
use crate::setup::{self, Scope};
use crate::test::wasm;

/// What a line with a rate begins with.
const MARK: &str = "rate: ";
/// How many events callgrind counts the instructions of: twice, so that the start can be taken off.
const COUNTED_EVENTS: [u64; 2] = [50_000, 150_000];

/// How many servers and events the rings have whose instructions are counted, from the first event on: to make the groups
/// is a part of the load.
const COUNTED_RINGS: ([u16; 2], u64) = ([5, 1_000], 400_000);

/// One measured rate.
#[derive(Debug, PartialEq)]
struct Rate {
    name: String,
    per_second: f64,
    unit: String,
}

/// Measures natively and in Node, and prints both with their ratio.
pub fn bench(project: &Project) -> Result<bool> {
    let ready = setup::setup(project, Scope::Everything)?;
    let (natively, _) = under("natively", || rates(rates_of(&mut native::cargo_test(project))));
    let (in_node, _) = under("Wasm in Node", || rates(rates_of(&mut wasm(project, &ready))));
    let (natively, in_node) = (natively?, in_node?);
    println!();
    for rate in &natively {
        let other = in_node.iter().find(|other| other.name == rate.name).context("Node measured something else")?;
        let share = 100.0 * other.per_second / rate.per_second;
        let Rate { name, per_second, unit } = rate;
        println!("{name:<44} {per_second:>12.1} natively {:>12.1} in Node {share:>5.0} % {unit}", other.per_second);
    }
    println!("the machine is shared: compare the two of one run, not one run with another");
    if find("valgrind").is_some() {
        let (counted, _) = under("instructions", || instructions_per_event(project));
        println!("{:.0} instructions per event (callgrind, native, steady load)", counted?);
        let (rings, events) = COUNTED_RINGS;
        for servers in rings {
            let (counted, _) = under("instructions", || instructions(project, events, Some(servers)));
            let per_event = counted? / events;
            println!("{per_event} instructions per event (callgrind, native, ring of {servers} servers)");
        }
    } else {
        println!("instructions are not counted: valgrind is not installed");
    }
    Ok(true)
}

fn rates_of(cargo: &mut Command) -> &mut Command {
    cargo.args(["--profile", "release-fast", "--no-default-features", "--bench", "rates", "--", "--nocapture"])
}

fn rates(cargo: &mut Command) -> Result<Vec<Rate>> {
    let mut rates = Vec::new();
    let status = tee(cargo, |line| rates.extend(rate(line)))?;
    if !status.success() || rates.is_empty() {
        bail!("the benchmark did not end well ({status})");
    }
    Ok(rates)
}

/// The rate in a line such as `rate: steady load = 12 events/s`.
fn rate(line: &str) -> Option<Rate> {
    let (name, value) = line.split_once(MARK)?.1.trim_end().split_once(" = ")?;
    let (number, unit) = value.split_once(' ')?;
    Some(Rate { name: name.to_owned(), per_second: number.parse().ok()?, unit: unit.to_owned() })
}

fn instructions_per_event(project: &Project) -> Result<f64> {
    let counts = COUNTED_EVENTS.map(|events| instructions(project, events, None));
    let [fewer, more] = counts;
    #[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
    let per_event = (more? - fewer?) as f64 / (COUNTED_EVENTS[1] - COUNTED_EVENTS[0]) as f64;
    Ok(per_event)
}

/// The instructions that it takes to run until there were so many events: of the steady load, or of a ring.
fn instructions(project: &Project, events: u64, ring_servers: Option<u16>) -> Result<u64> {
    let host = host_triple().context("rustc does not tell its host")?;
    let runner = format!("CARGO_TARGET_{}_RUNNER", host.to_uppercase().replace('-', "_"));
    let mut cargo = native::cargo_test(project);
    rates_of(&mut cargo)
        .arg("--test-threads=1")
        .env(runner, "valgrind --tool=callgrind --callgrind-out-file=/dev/null")
        .env("REPLICARIUM_EVENTS", events.to_string());
    if let Some(servers) = ring_servers {
        cargo.env("REPLICARIUM_RING_SERVERS", servers.to_string());
    }
    let output = cargo.output().context("valgrind can't be started")?;
    let told = String::from_utf8_lossy(&output.stderr);
    let collected = told.lines().find_map(|line| line.split_once("Collected :")?.1.trim().parse().ok());
    collected.with_context(|| format!("callgrind did not tell its count ({})", output.status))
}

fn host_triple() -> Option<String> {
    let told = crate::process::output(command("rustc").arg("-vV"))?;
    told.lines().find_map(|line| line.strip_prefix("host: ")).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_read_from_its_line() {
        let read = rate("    rate: steady load, 5 servers = 5472295 events/s\n");
        let expected =
            Rate { name: "steady load, 5 servers".to_owned(), per_second: 5_472_295.0, unit: "events/s".to_owned() };
        assert_eq!(read, Some(expected));
        assert_eq!(rate("test rates ... ok"), None);
    }
}
