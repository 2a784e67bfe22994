//! What is wrong with a setting over a file's own, and with a number.

use replicarium::session::{Override, Scenario, Session};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{HEAD, complaint};

/// What stands in the file under the same key is not what is wrong.
#[wasm_bindgen_test(unsupported = test)]
fn a_complaint_about_a_setting_of_a_field_that_the_file_has_names_the_setting() {
    let cases = [
        ("three-copies", "until", "\"90 min\"", "set until = \"90 min\", until: expected a time above 0"),
        ("stormy-weather", "title", "\"\"", "set title = \"\", title: expected a text of 1 to 80 characters"),
        (
            "ring-repair",
            "cluster.zones",
            "[]",
            "set cluster.zones = [], cluster.zones: expected the zone of one server",
        ),
        ("slow-disk", "at[1].kill", "S1", "set at[1].kill = S1, at[1]: expected one command only"),
        ("three-copies", "files[1].size", "5", "set files[1].size = 5, files[1]: expected either a text or a size"),
    ];
    for (slug, key, value, expected) in cases {
        let scenario = Scenario::by_slug(slug).expect("a built-in scenario");
        let found = scenario.set(key, value).expect_err("the setting is wrong").to_string();
        assert!(found.starts_with(&format!("{slug}.toml, {expected}")), "{found}");
    }
    // What the file itself has wrong is still told with its line.
    let text = format!("{HEAD}[policy]\nwindow = 0\n");
    let set = Override { key: "policy.acks".to_owned(), value: "none".to_owned() };
    let found = Scenario::parse_with("x.toml", &text, &[set]).expect_err("the window is wrong").to_string();
    assert!(found.starts_with("x.toml, line 7, policy.window: "), "{found}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_wrong_number_is_told_with_its_range_and_with_no_type_of_the_program() {
    let cases = [
        ("policy.window", "1000000000000", "a whole number from 1 to 1000000"),
        ("policy.window", "99999999999999999999999", "a whole number from 1 to 1000000"),
        ("policy.window", "18446744073709551615", "a whole number from 1 to 1000000"),
        ("policy.window", "many", "a whole number from 1 to 1000000"),
        ("policy.log_limit", "-1", "a whole number from 1 to 1000000"),
        ("cluster.servers", "100000", "a whole number from 1 to 1000"),
        ("cluster.coordinators", "4", "a whole number from 1 to 3"),
        ("cluster.ring.shards", "0", "a whole number from 1 to 1024"),
        ("clients[1].attempts", "256", "a whole number from 1 to 255"),
        ("clients[1].workload.read_percent", "101", "a whole number from 0 to 100"),
        ("clients[1].workload.files", "10001", "a whole number from 1 to 10000"),
        ("seed", "-1", "a whole number from 0 to 4294967295"),
        ("version", "\"1\"", "the number 1"),
        ("version", "2", "the number 1"),
        ("at[1].clock", "{ server = \"S1\", drift_ppm = 1000000000000 }", "a whole number from -100000 to 100000"),
        ("at[1].disk", "{ server = \"S1\", slow_factor = 1.5 }", "a whole number from 1 to 1000"),
        ("at[1].link", "{ from = \"S1\", to = \"S2\", slow_factor = 1001 }", "a whole number from 1 to 1000"),
        ("at[1].rot", "{ server = \"S1\", file = \"notes.txt\", bit = -1 }", "a whole number from 0 to 4294967295"),
        ("expect[1].at_most", "-1", "a whole number from 0 to 1000000000000"),
        ("expect[1].percentile", "101", "a whole number from 0 to 100"),
    ];
    let types = ["u8", "u16", "u32", "u64", "i32", "i64", "usize", "overflow", "struct"];
    for (key, value, expected) in cases {
        let scenario = Scenario::by_slug("three-copies").expect("a built-in scenario");
        let found = scenario.set(key, value).expect_err("the number is wrong").to_string();
        assert!(found.ends_with(&format!("expected {expected}")), "{found}");
        assert!(!types.iter().any(|name| found.contains(name)), "{found}");
    }
}

/// Each step of a key is one of the stack: too many would end the program.
#[wasm_bindgen_test(unsupported = test)]
fn a_key_of_too_many_steps_is_refused_in_a_link_too() {
    let scenario = Scenario::by_slug("three-copies").expect("a built-in scenario");
    for key in ["a.".repeat(20_000) + "a", format!("a{}", "[1]".repeat(20_000)), "a.".repeat(16) + "a"] {
        let error = scenario.set(&key, "1").expect_err("the key is too long").to_string();
        assert!(error.contains("expected a key of at most 16 steps"), "{error}");
        assert!(error.len() < 400, "a complaint doesn't repeat the whole key: {error}");
        let value = format!("{{ {key} = 1 }}");
        assert!(scenario.set("policy", &value).is_err());
        assert!(Scenario::parse("x.toml", &format!("{HEAD}{key} = 1\n")).is_err());
        let mut forged = (**scenario).clone();
        forged.overrides.push(Override { key, value: "1".to_owned() });
        let link = Session::new(&std::sync::Arc::new(forged), 1).to_link();
        let error = Session::from_link(&link).expect_err("the key is too long").to_string();
        assert!(error.contains("expected a key of at most 16 steps"), "{error}");
    }
}

/// Then every run would only wait for what can't come.
#[wasm_bindgen_test(unsupported = test)]
fn more_acks_than_there_can_be_replicas_are_refused() {
    let ring = "[[files]]\nname = \"a\"\ntext = \"\"\ncopies = 2\n";
    let write = "[[at]]\ntime = \"1 s\"\nwrite = { file = \"b\", text = \"\", copies = 2 }\n";
    let load = "[[clients]]\ncopies = 2\nworkload = {}\n";
    let wrong = [
        (
            "[policy]\nacks = 3\n".to_owned(),
            "line 7, policy.acks: expected at most 2, not 3: a cluster of 3 servers has no",
        ),
        (
            "[cluster]\nservers = 1\n[policy]\nacks = 1\n".to_owned(),
            "line 9, policy.acks: expected at most 0, not 1: a",
        ),
        (format!("[policy]\nacks = 2\n{ring}"), "line 11, files[1].copies: expected at least 3 copies, the primary's"),
        (format!("[policy]\nacks = 2\n{write}"), "line 10, at[1].write.copies: expected at least 3 copies"),
        (format!("[policy]\nacks = 2\n{load}"), "line 9, clients[1].copies: expected at least 3 copies"),
    ];
    for (rest, expected) in wrong {
        let found = complaint(&rest);
        assert!(found.contains(expected), "{found}");
    }
    let good = [
        "[policy]\nacks = 2\n".to_owned(),
        "[policy]\nacks = 3\n[[at]]\ntime = \"1 s\"\nadd_server = {}\n".to_owned(),
        "[policy]\nacks = 3\nwhen_short = { time_out = \"1 s\" }\n".to_owned(),
        "[policy]\nacks = 3\nwhen_short = { go_async = \"1 s\" }\n".to_owned(),
        format!("[policy]\nacks = 1\n{ring}{write}{load}"),
    ];
    for rest in good {
        assert_eq!(Scenario::parse("x.toml", &format!("{HEAD}{rest}")).err(), None, "{rest}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_server_without_a_zone_goes_to_the_zone_of_the_cluster_with_the_fewest_servers() {
    let cases = [
        ("[\"D\", \"D\"]", 3),
        ("[\"D\", \"F\", \"E\", \"D\"]", 4),
        ("[\"A\", \"B\", \"C\"]", 0),
        ("[\"A\", \"A\", \"F\"]", 5),
    ];
    for (zones, expected) in cases {
        let rest = format!("[cluster]\nzones = {zones}\n[[at]]\ntime = \"100 ms\"\nadd_server = {{}}\n");
        let scenario = Scenario::parse("x.toml", &format!("{HEAD}{rest}")).expect("the scenario is good");
        let mut session = Session::new(&std::sync::Arc::new(scenario), 1);
        session.advance(session.start() + replicarium::sim::Span::from_millis(200));
        let added = session.view().servers.last().map(|server| server.zone);
        assert_eq!(added, Some(replicarium::sim::ZoneId(expected)), "{zones}");
    }
    let nobody = "[cluster]\nzones = [\"D\"]\n[[at]]\ntime = \"1 s\"\nadd_server = {}\n[[at]]\ntime = \"2 s\"\nzone_outage = \"A\"\n";
    assert!(complaint(nobody).contains("at[2].zone_outage: Zone A has no server"), "{}", complaint(nobody));
}
