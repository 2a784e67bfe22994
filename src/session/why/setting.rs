//! A change as lines of settings, which anybody can set over the text of the scenario.

use super::change::{Change, placement_of};
use crate::client::ReadTarget;
use crate::session::{Override, Scenario, TimedCommand};
use crate::sim::{Span, ZoneId};
use crate::world::{Command, Placement, ReadFrom};

/// The settings that make of the text of a scenario the one that was tried; none if no settings do, as where a
/// planned command is left out.
///
/// They are told only if the text with them reads as exactly what was tried.
pub(super) fn settings_for(changes: &[Change], before: &Scenario, tried: &Scenario, file: &str) -> Vec<Override> {
    let settings: Vec<Override> = changes.iter().flat_map(|change| change.settings(before, file)).collect();
    // Where the text names the number of servers, that number has to grow too.
    let servers = set("cluster.servers", tried.settings.servers.len().to_string());
    let with_servers = settings.iter().cloned().chain([servers]).collect();
    let attempts = if changes.contains(&Change::OneMoreServer) { vec![settings, with_servers] } else { vec![settings] };
    attempts.into_iter().find(|settings| is_tried(before, settings, tried)).unwrap_or_default()
}

/// Whether the text of a scenario with more settings is the scenario that was tried.
fn is_tried(before: &Scenario, settings: &[Override], tried: &Scenario) -> bool {
    let all: Vec<Override> = before.overrides.iter().chain(settings).cloned().collect();
    Scenario::parse_with(&before.file_name(), &before.source, &all).is_ok_and(|read| {
        (&read.settings, &read.files, &read.plan, &read.chaos)
            == (&tried.settings, &tried.files, &tried.plan, &tried.chaos)
    })
}

impl Change {
    /// The settings that make the change in the text of a scenario; `file` is the name of the file that it is about.
    fn settings(self, scenario: &Scenario, file: &str) -> Vec<Override> {
        let policy = |field: &str, value: &str| vec![set(format!("policy.{field}"), value)];
        match self {
            Self::Checksums => policy("checksums", "true"),
            Self::Fencing => policy("fencing", "true"),
            Self::AutomaticFailover => policy("failover", "automatic"),
            Self::Scrub { every } => policy("scrub_every", &time(every)),
            Self::ReadFromPrimary => reads_from_primary(scenario),
            Self::WaitForAcks => policy("when_short", "wait"),
            Self::AcksOf { replicas } => policy("acks", &replicas.to_string()),
            Self::AcksOfAll => policy("acks", "all"),
            Self::AckOnDisk => policy("ack_when", "\"on disk\""),
            Self::AckApplied => policy("ack_when", "applied"),
            Self::ReadLease { lease } => policy("read_lease", &time(lease)),
            Self::MinInSync { servers } => policy("min_in_sync", &servers.to_string()),
            Self::Copies { copies } => copies_of(scenario, file, placement_of(copies, &scenario.settings)),
            Self::ThreeCoordinators => vec![set("cluster.coordinators", "3")],
            Self::OneMoreServer => {
                let mut changed = scenario.clone();
                self.apply(&mut changed, file);
                vec![set("cluster.zones", zones(&changed.settings.servers))]
            }
        }
    }
}

fn set(key: impl Into<String>, value: impl Into<String>) -> Override {
    Override { key: key.into(), value: value.into() }
}

fn time(span: Span) -> String {
    format!("\"{} ms\"", span.as_micros() / 1_000)
}

fn zones(servers: &[ZoneId]) -> String {
    let letters: Vec<String> = servers.iter().map(|zone| format!("\"{}\"", char::from(b'A' + zone.0 % 26))).collect();
    format!("[{}]", letters.join(", "))
}

fn reads_from_primary(scenario: &Scenario) -> Vec<Override> {
    let clients = (1..).zip(&scenario.settings.clients);
    let clients = clients.filter(|(_, client)| client.read_from != ReadTarget::Primary);
    let reads = (1..)
        .zip(&scenario.plan)
        .filter(|(_, timed)| matches!(&timed.command, Command::Read { from, .. } if *from != ReadFrom::Primary));
    let of_clients = clients.map(|(number, _)| set(format!("clients[{number}].read_from"), "primary"));
    let planned = reads.map(|(number, _): (usize, &TimedCommand)| set(format!("at[{number}].read.from"), "primary"));
    of_clients.chain(planned).collect()
}

/// The placement of a file that is there at first, or else of each planned write of it.
fn copies_of(scenario: &Scenario, file: &str, placement: Placement) -> Vec<Override> {
    let value = match placement {
        Placement::EveryServer => "\"every server\"".to_owned(),
        Placement::OneServer(server) => format!("\"one server {server}\""),
        Placement::Ring { factor } => factor.to_string(),
    };
    if let Some(index) = scenario.files.iter().position(|(name, ..)| name == file) {
        return vec![set(format!("files[{}].copies", index + 1), value)];
    }
    let writes = (1..).zip(&scenario.plan).filter(|(_, timed): &(usize, &TimedCommand)| match &timed.command {
        Command::Write { file: name, placement: of, .. } => name == file && *of != placement,
        _ => false,
    });
    writes.map(|(number, _)| set(format!("at[{number}].write.copies"), &value)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"
version = 1
title = "t"
teaches = "t"
story = "s"
invitation = "i"
[policy]
acks = "none"
ack_when = "received"
when_short = { go_async = "200 ms" }
failover = "manual"
fencing = false
checksums = false
[[clients]]
[[clients]]
read_from = "any"
[[files]]
name = "a"
text = "x"
copies = "one server S1"
[[at]]
time = "1 s"
read = { file = "a", from = "S1" }
[[at]]
time = "2 s"
write = { file = "b", text = "x", copies = 1 }
"#;

    const EVERY_KIND: [Change; 16] = [
        Change::Checksums,
        Change::Fencing,
        Change::AutomaticFailover,
        Change::Scrub { every: Span::from_millis(100) },
        Change::ReadFromPrimary,
        Change::WaitForAcks,
        Change::AcksOf { replicas: 2 },
        Change::AcksOfAll,
        Change::AckOnDisk,
        Change::AckApplied,
        Change::ReadLease { lease: Span::from_millis(200) },
        Change::MinInSync { servers: 2 },
        Change::Copies { copies: 2 },
        Change::Copies { copies: 3 },
        Change::ThreeCoordinators,
        Change::OneMoreServer,
    ];

    fn scenario(text: &str) -> Scenario {
        Scenario::parse("t.toml", text).expect("the scenario is sound")
    }

    /// The scenario as a search for a remedy changes it.
    fn tried(before: &Scenario, change: Change, file: &str) -> Scenario {
        let mut tried = before.clone();
        let planned = before.plan.iter().filter_map(|timed| {
            let command = change.translate(timed.command.clone(), file, before)?;
            Some(TimedCommand { at: timed.at, command })
        });
        tried.plan = planned.collect();
        change.apply(&mut tried, file);
        tried
    }

    #[test]
    fn every_kind_of_change_has_settings_that_make_it() {
        for text in [TEXT.to_owned(), TEXT.replace("[policy]", "[cluster]\nservers = 4\n[policy]")] {
            let before = scenario(&text);
            for (change, file) in EVERY_KIND.into_iter().flat_map(|change| [(change, "a"), (change, "b")]) {
                let tried = tried(&before, change, file);
                assert_ne!(
                    (&tried.settings, &tried.files, &tried.plan),
                    (&before.settings, &before.files, &before.plan)
                );
                let settings = settings_for(&[change], &before, &tried, file);
                assert!(!settings.is_empty(), "{change:?} of {file}");
                assert!(is_tried(&before, &settings, &tried), "{change:?} of {file}");
            }
        }
    }

    #[test]
    fn a_scenario_that_is_not_its_text_has_no_settings() {
        let mut before = scenario(TEXT);
        before.settings.policy.window = 7;
        let tried = tried(&before, Change::Fencing, "a");
        assert_eq!(settings_for(&[Change::Fencing], &before, &tried, "a"), []);
    }
}
