//! Every setting has a control, and what a control offers can be set.

use std::collections::BTreeSet;

use serde_json::Value as Json;

use super::super::table::{CAPACITIES, SIZES};
use super::*;
use crate::session::Session;

/// The settings that have no control, and why.
const WITHOUT: &[(&str, &str)] = &[
    ("cluster.servers", "the list of zones says it"),
    ("cluster.ring", "two numbers of the ring that nothing on the stage shows"),
    ("clients[#].zone", "it moves the client on the stage, and has none where it stands outside"),
    ("clients[#].workload.popularity", "of two shapes, one with a number"),
    ("clients[#].workload.until", "the panel beside the stage stops a workload"),
    ("chaos.from", "the panel beside the stage lets chaos loose and stops it"),
    ("chaos.until", "the panel beside the stage lets chaos loose and stops it"),
    ("chaos.seed", "the page has a field for the run's own seed"),
];

/// All keys under one of the schema, as far as it is a table.
fn walk(schema: &Json, part: &Json, key: &str, found: &mut BTreeSet<String>) {
    let named = |part: &Json| {
        let name = part["$ref"].as_str()?.strip_prefix("#/$defs/")?.to_owned();
        Some((schema["$defs"][&name].clone(), name))
    };
    let of = part["anyOf"].as_array().and_then(|any| any.iter().find_map(named)).or_else(|| named(part));
    let Some((table, name)) = of else {
        found.insert(key.to_owned());
        return;
    };
    let is_table = ["Cluster", "Network", "Disk", "Policy", "Client", "Workload", "Chaos"].contains(&name.as_str());
    match table["properties"].as_object().filter(|_| is_table) {
        Some(properties) => {
            for (field, part) in properties {
                walk(schema, part, &format!("{key}.{field}"), found);
            }
        }
        None => {
            found.insert(key.to_owned());
        }
    }
}

#[test]
fn every_setting_has_a_control() {
    let schema: Json = serde_json::from_str(include_str!("../../../../scenarios/schema.json")).unwrap();
    let mut keys = BTreeSet::new();
    for section in ["cluster", "network", "disk", "policy", "chaos"] {
        walk(&schema, &schema["properties"][section], section, &mut keys);
    }
    walk(&schema, &schema["properties"]["clients"]["items"], "clients[#]", &mut keys);
    assert!(keys.len() > 50, "{keys:?}");
    let rows = GROUPS.iter().flat_map(|group| group.rows).chain(CLIENT);
    let chaos = CHAOS.iter().map(|(kind, _)| format!("chaos.{kind}"));
    let controls: BTreeSet<String> = rows.map(|row| row.key.to_owned()).chain(chaos).collect();
    let unknown: Vec<&String> = controls.difference(&keys).collect();
    assert!(unknown.is_empty(), "controls of settings that there are not: {unknown:?}");
    let without: BTreeSet<&str> = WITHOUT.iter().map(|(key, _)| *key).collect();
    let missing: Vec<&String> = keys.iter().filter(|key| !controls.contains(*key)).collect();
    let missing: BTreeSet<&str> = missing.into_iter().map(String::as_str).collect();
    assert_eq!(missing, without, "left: without a control; right: those that are meant to be");
}

/// What a control offers can be set, and is what the editor shows then.
#[test]
fn every_choice_is_one_that_a_scenario_can_have() {
    let scenario = Scenario::by_slug("stormy-weather").unwrap();
    for setting in sections(&scenario.settings, scenario).into_iter().flat_map(|section| section.settings) {
        assert!(!setting.says.is_empty() && !setting.label.is_empty(), "{}", setting.key);
        for choice in &setting.choices {
            // Some go together with others only; those that can be set are shown as they were set.
            let Ok(changed) = scenario.set(&setting.key, &choice.value) else { continue };
            let shown = sections(&changed.settings, &changed).into_iter().flat_map(|section| section.settings);
            let now = shown.filter(|one| one.key == setting.key).map(|one| one.now).next();
            assert_eq!(now.as_ref(), Some(&choice.value), "{}", setting.key);
        }
    }
}

#[test]
fn what_was_without_a_control_can_be_set() {
    let scenario = Scenario::by_slug("at-work").unwrap();
    for (key, value) in [
        ("files[1].copies", "2"),
        ("clients[1].copies", "\"every server\""),
        ("clients[1].workload.size", SIZES[2].0),
        ("clients[1].idempotency_key", "false"),
        ("disk.capacity", CAPACITIES[2].0),
        ("disk.capacity", reading::NO_LIMIT),
        ("network.outside_zones", "{ least = \"40 ms\", mean_above = \"2 ms\" }"),
    ] {
        let changed = scenario.set(key, value).map_err(|error| error.to_string()).unwrap();
        let mut session = Session::new(&std::sync::Arc::new(changed), 61);
        session.advance(session.start() + crate::sim::Span::from_millis(200));
        assert!(session.violations().is_empty(), "{key} = {value}");
    }
}
