//! The runs on which the page is measured; each comes to it as a link.

use std::sync::Arc;

use replicarium::session::{EVENTS_LIMIT, Scenario, Session};
use replicarium::sim::Span;

/// So many servers in four zones, and clients that write to them all the time.
pub fn busy_cluster(servers: u16, writes_per_second: u32) -> Arc<Scenario> {
    scenario("busy", servers, writes_per_second, 1_000)
}

/// The link of a cluster that is asked for more than it can do: its writes wait for each other.
pub fn endless_writer(writes_per_second: u32) -> String {
    run_with(&scenario("too much", 3, writes_per_second, 1), 0).to_link()
}

fn scenario(title: &str, servers: u16, writes_per_second: u32, window: u32) -> Arc<Scenario> {
    let text = format!(
        r#"
version = 1
title = "A cluster that is {title}"
teaches = "Frames go on."
story = "Clients write all the time."
invitation = "Watch the frames."
seed = 7
until = "10 min"

[cluster]
servers = {servers}
zones = ["A", "B", "C", "D"]

[policy]
window = {window}

[[clients]]

[[clients]]
workload = {{ rate = {writes_per_second}, read_percent = 0, files = 6 }}

[[files]]
name = "notes.txt"
text = "Every server keeps this note.\n"
"#
    );
    Arc::new(Scenario::parse("speed.toml", &text).expect("the scenario is sound"))
}

/// A run of a scenario, from its beginning until it has so many events.
pub fn run_with(scenario: &Arc<Scenario>, events: usize) -> Session {
    let mut session = Session::new(scenario, scenario.seed);
    while session.events().len() < events && session.check_room().is_ok() {
        session.advance(session.now() + Span::from_millis(20));
    }
    session
}

/// A run that has nearly as many events as one may have.
pub fn full_run() -> Session {
    run_with(&busy_cluster(5, 1_000), EVENTS_LIMIT - 20_000)
}
