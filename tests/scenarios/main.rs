//! The built-in scenarios: each does what it says, comes out the same on every target, and a text that is no
//! scenario is refused with a sentence.

mod counted;
mod ripple;
mod room;
mod settings;
mod tries;

use replicarium::session::{Fulfilment, Scenario, Session};
use replicarium::sim::Span;
use replicarium::world::{Event, EventKind};
use wasm_bindgen_test::wasm_bindgen_test;

/// A run of a scenario with its own seed to its end.
fn run(scenario: &std::sync::Arc<Scenario>) -> Session {
    let mut session = Session::new(scenario, scenario.seed);
    session.advance(session.start() + scenario.until);
    session
}

#[wasm_bindgen_test(unsupported = test)]
fn each_does_what_it_says() {
    for scenario in Scenario::all() {
        let session = run(scenario);
        let may_be_refused = scenario.chaos.is_some();
        assert!(may_be_refused || session.refused() == 0, "{}: a planned command was refused", scenario.slug);
        assert_eq!(session.violations(), [], "{}: invariants hold in every scenario", scenario.slug);
        let results = session.check_expectations();
        assert!(!results.is_empty(), "{} expects nothing", scenario.slug);
        for result in results {
            assert_eq!(result.fulfilment, Fulfilment::Met, "{}: {}", scenario.slug, result.sentence);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn each_opens_with_its_files_acknowledged() {
    for scenario in Scenario::all() {
        let session = Session::new(scenario, scenario.seed);
        let rows = session.view().ledger.rows;
        for (name, _, _) in &scenario.files {
            let row = rows.iter().find(|row| row.name == *name).expect("each file has a row");
            assert!(row.acknowledged.is_some(), "{}: {name}", scenario.slug);
        }
        assert_eq!(session.start().since(replicarium::sim::Time::ZERO), Span::from_millis(400), "{}", scenario.slug);
    }
}

/// What happens in the background happens to who is there: nobody has done anything before.
#[wasm_bindgen_test(unsupported = test)]
fn a_workload_begins_when_the_learner_enters() {
    let with_workload =
        Scenario::all().iter().filter(|scenario| scenario.settings.clients.iter().any(|one| one.workload.is_some()));
    let mut count = 0;
    for scenario in with_workload {
        let session = Session::new(scenario, scenario.seed);
        let is_operation = |event: &Event| matches!(event.kind, EventKind::OperationStarted { .. });
        let before = session.events().iter().filter(is_operation).count();
        assert_eq!(before, scenario.files.len(), "{}: only its files are written before", scenario.slug);
        count += 1;
    }
    assert!(count > 5, "{count} scenarios have a workload");
}

/// The start of a scenario whose lines the errors below count.
const HEAD: &str = "version = 1\ntitle = \"t\"\nteaches = \"t\"\nstory = \"s\"\ninvitation = \"i\"\n";

fn complaint(rest: &str) -> String {
    let parsed = Scenario::parse("scenarios/x.toml", &format!("{HEAD}{rest}"));
    parsed.expect_err("the scenario is wrong").to_string()
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_wrong_is_told_with_file_line_and_field() {
    let cases = [
        (
            "[cluster]\nzones = [\"A\", \"b\"]\n",
            "line 7, cluster.zones[2]: invalid value: string \"b\", expected a zone",
        ),
        ("[cluster]\nzone = \"A\"\n", "line 7, cluster.zone: unknown field `zone`, expected one of"),
        (
            "[policy]\nacks = \"most\"\n",
            "line 7, policy.acks: invalid value: string \"most\", expected \"all\", \"none\"",
        ),
        ("[cluster]\nzones = []\n", "line 7, cluster.zones: expected the zone of one server or more"),
        (
            "[policy]\nwindow = 0\n",
            "line 7, policy.window: invalid value: integer `0`, expected a whole number from 1 to 1000000",
        ),
        ("[policy]\nfencing = 1\n", "line 7, policy.fencing: invalid type: integer `1`, expected a boolean"),
        ("[policy.detector]\ntime_out = \"0 s\"\n", "line 7, policy.detector.time_out: expected a time from 1 ms"),
        ("[[at]]\ntime = \"1 s\"\nkill = \"S9\"\n", "line 8, at[1].kill: there is no server S9; the cluster has 3"),
        ("[[at]]\ntime = \"1 s\"\n", "line 6, at[1]: expected a command beside the time"),
        ("[[at]]\ntime = 1\nkill = \"S1\"\n", "line 7, at[1].time: invalid type: integer `1`, expected a time such as"),
        (
            "[[at]]\ntime = \"2 s\"\nkill = \"S1\"\n[[at]]\ntime = \"1 s\"\nkill = \"S2\"\n",
            "line 10, at[2].time: its time is out of order: the entry before it is at 2.000 s",
        ),
        ("[[at]]\ntime = \"1 s\"\nlink = { from = \"S1\", to = \"S1\" }\n", "line 8, at[1].link: there is no link"),
        (
            "[[at]]\ntime = \"1 s\"\nread = { file = \"x\" }\n",
            "line 8, at[1].read.file: there is no file named \"x\" by",
        ),
        ("[[files]]\nname = \"a\"\n", "line 6, files[1]: expected either a text or a size"),
        (
            "[[files]]\nname = \"a\"\ntext = \"\"\ncopies = \"one server S4\"\n",
            "line 6, files[1]: there is no server S4",
        ),
        ("[[files]]\nname = \"a\"\nsize = \"5 MB\"\n", "line 8, files[1].size: expected at most 4194304 bytes"),
        (
            "[[expect]]\nverdict = \"fine\"\n",
            "line 7, expect[1].verdict: invalid value: string \"fine\", expected \"safe\"",
        ),
        ("[[expect]]\ncopies = 3\n", "line 7, expect[1].copies: expected the name of a file"),
        ("[[expect]]\nprimary = \"S1\"\nfile = \"a\"\n", "line 8, expect[1].file: this field does not belong"),
        ("[cluster]\ncoordinators = 2\n", "line 7, cluster.coordinators: expected 1 or 3, not 2"),
        ("[[clients]]\nworkload = { rate = 2.555 }\n", "line 7, clients[1].workload.rate: invalid value"),
        ("until = \"2 h\"\n", "line 6, until: invalid value: string \"2 h\", expected a time such as \"150 ms\""),
        ("[network\n", "line 6: this is not TOML: "),
    ];
    for (rest, expected) in cases {
        let expected = format!("scenarios/x.toml, {expected}");
        let found = complaint(rest);
        assert!(found.starts_with(&expected), "\nfound    {found}\nexpected {expected}");
        assert!(!found.contains('\n'), "{found}");
    }
    let without_title = Scenario::parse("x.toml", "version = 1\n").expect_err("the title is missing").to_string();
    assert!(without_title.contains("the whole file: missing field `title`"), "{without_title}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_setting_is_made_over_the_file_s_own_and_complaints_name_it() {
    let scenario = Scenario::by_slug("three-copies").expect("a built-in scenario");
    assert!(scenario.is_built_in());
    let changed = scenario.set("policy.acks", "none").and_then(|one| one.set("network.between_zones", "20 ms"));
    let changed = changed.and_then(|one| one.set("clients[1].workload.rate", "2.5")).expect("the settings are good");
    assert_eq!(changed.settings.policy.acks, replicarium::replication::Acks::None);
    assert_eq!(changed.settings.clients[0].workload.map(|one| one.rate_per_second_hundredths), Some(250));
    assert!(!changed.is_built_in());
    let cases = [
        ("policy.acks", "most", "set policy.acks = most, policy.acks: invalid value: string \"most\""),
        ("policy.ack", "1", "set policy.ack = 1, policy.ack: unknown field `ack`"),
        (
            "cluster.servers",
            "5000",
            "set cluster.servers = 5000, cluster.servers: invalid value: integer `5000`, expected",
        ),
        ("title.x", "1", "set title.x = 1, title.x: there is no field \"x\" in a value of the type string"),
        ("files[9].name", "x", "set files[9].name = x, files[9].name: there is no entry 9, only 2"),
        ("", "x", "set  = x: expected a key such as policy.acks"),
    ];
    for (key, value, expected) in cases {
        let found = scenario.set(key, value).expect_err("the setting is wrong").to_string();
        assert!(found.starts_with(&format!("three-copies.toml, {expected}")), "{found}");
    }
}

/// Each scenario with what its lesson rests on taken away: then something that it expects does not happen.
const TAKEN_AWAY: [(&str, &[(&str, &str)]); 30] = [
    ("three-copies", &[("cluster.servers", "1")]),
    ("at-work", &[("cluster.servers", "1")]),
    ("ack-none", &[("cluster.servers", "1")]),
    ("ack-one", &[("policy.acks", "none"), ("cluster.servers", "1")]),
    ("ack-all-window", &[("cluster.servers", "1")]),
    ("one-copy", &[("cluster.servers", "2"), ("files[1].copies", "every server")]),
    ("slow-disk", &[("policy.acks", "1")]),
    ("semi-sync", &[("policy.when_short", "wait")]),
    ("min-in-sync", &[("policy.min_in_sync", "1")]),
    ("ack-in-memory", &[("policy.ack_when", "on disk")]),
    ("paused-primary", &[("policy.fencing", "false")]),
    ("split-brain", &[("policy.fencing", "true")]),
    ("by-hand", &[("at[4].promote", "S2")]),
    ("skewed-lease", &[("at[1].clock.drift_ppm", "0")]),
    ("rot-unseen", &[("policy.checksums", "true")]),
    ("rot-caught", &[("policy.checksums", "false")]),
    ("scrub", &[("policy.scrub_every", "1 min")]),
    ("disk-full", &[("at[3].disk.full", "false")]),
    ("twice", &[("clients[1].idempotency_key", "true")]),
    ("lossy-links", &[("policy.resend_after", "1 min")]),
    ("stale-reads", &[("clients[2].read_from", "primary")]),
    ("read-spread", &[("clients[1].read_from", "primary")]),
    ("ring-repair", &[("policy.repair_after", "1 min")]),
    ("add-server", &[("at[1].time", "4 s")]),
    ("zone-outage-repair", &[("cluster.zones", "[\"B\"]")]),
    ("lone-coordinator", &[("cluster.coordinators", "3")]),
    ("three-coordinators", &[("cluster.coordinators", "1")]),
    ("active-standby", &[("services[1].mode", "active-active")]),
    ("stormy-weather", &[("policy.acks", "none")]),
    ("active-active", &[("services[1].mode", "active-standby")]),
];

#[wasm_bindgen_test(unsupported = test)]
fn without_what_its_lesson_rests_on_it_comes_out_otherwise() {
    assert_eq!(TAKEN_AWAY.len(), Scenario::all().len());
    for (slug, settings) in TAKEN_AWAY {
        let mut scenario = (**Scenario::by_slug(slug).expect("a built-in scenario")).clone();
        for (key, value) in settings {
            scenario = scenario.set(key, value).expect("the setting is good");
        }
        let results = run(&std::sync::Arc::new(scenario)).check_expectations();
        let failed = results.iter().filter(|result| result.fulfilment == Fulfilment::Failed);
        assert!(failed.count() > 0, "{slug} expects the same without {settings:?}");
    }
}

/// The trace hash of each built-in scenario with its own seed at its end, one a line.
const GOLDEN: &str = include_str!("../../scenarios/golden.txt");

#[wasm_bindgen_test(unsupported = test)]
fn each_has_its_golden_trace_on_every_target() {
    let lines: Vec<String> =
        Scenario::all().iter().map(|scenario| format!("{} {}\n", scenario.slug, run(scenario).trace_hash())).collect();
    let found: String = lines.concat();
    #[cfg(not(target_arch = "wasm32"))]
    if std::env::var_os("REPLICARIUM_BLESS").is_some() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/golden.txt");
        std::fs::write(path, found).expect("the file can be written");
        return;
    }
    let changed: Vec<&str> = lines.iter().map(|line| line.trim_end()).filter(|line| !GOLDEN.contains(line)).collect();
    assert!(
        found == GOLDEN,
        "the traces of these changed: {changed:#?}\nif that is meant: \
         REPLICARIUM_BLESS=1 cargo test --no-default-features --test scenarios golden"
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_carries_a_scenario_that_is_not_built_in() {
    let built_in = Scenario::by_slug("ring-repair").expect("a built-in scenario");
    let changed = built_in.set("policy.repair_after", "700 ms").expect("the setting is good");
    let session = run(&std::sync::Arc::new(changed));
    let link = session.to_link();
    assert!(run(built_in).to_link().len() < 60, "a built-in scenario travels by its name");
    let reopened = Session::from_link(&link).expect("the link opens");
    assert_eq!(reopened.trace_hash(), session.trace_hash());
    assert_eq!(reopened.scenario(), session.scenario());
    for cut in 0..link.len() {
        assert!(Session::from_link(&link[..cut]).is_err());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_too_big_is_refused_politely() {
    let many = |entry: &str, count: usize| entry.repeat(count);
    let cases = [
        (many("# a comment of some length\n", 10_000), "expected at most 262144 bytes of text"),
        (many("[[at]]\ntime = \"1 s\"\nheal_all = true\n", 1_001), "at: expected at most 1000 entries, not 1001"),
        (many("[[expect]]\nepoch = 1\n", 201), "expect: expected at most 200 entries, not 201"),
        (many("[[clients]]\n", 101), "clients: expected at most 100 entries, not 101"),
        (many("[[files]]\nname = \"a\"\ntext = \"\"\n", 201), "files: expected at most 200 files"),
        (
            "[cluster]\nservers = 1001\n".to_owned(),
            "cluster.servers: invalid value: integer `1001`, expected a whole number from 1 to 1000",
        ),
        ("until = \"61 min\"\n".to_owned(), "until: expected a time above 0 and up to an hour"),
        ("[[clients]]\nworkload = { rate = 10001 }\n".to_owned(), "workload.rate: expected at most 10000 operations"),
        ("[policy]\nscrub_every = \"10 us\"\n".to_owned(), "policy.scrub_every: expected a time from 1 ms to a day"),
    ];
    for (rest, expected) in cases {
        let found = complaint(&rest);
        assert!(found.contains(expected), "{found}");
    }
}

/// Small changes of good texts: none of them panics, what is read can run, and each refusal is a sentence.
#[wasm_bindgen_test(unsupported = test)]
fn no_text_panics() {
    use replicarium::sim::{Purpose, Streams};
    let rounds = if cfg!(target_arch = "wasm32") { 4 } else { 60 };
    let pieces =
        ["\"", "[", "]", "=", "\n", "{", "}", ".", ",", "0", "-1", "99999999999999999999", "S", "\u{e9}", "\\u"];
    for (number, scenario) in (0..).zip(Scenario::all()) {
        let mut stream = Streams::new(number).stream(Purpose::WorkloadContent, (1, number));
        let mut pick = |count: usize| usize::try_from(stream.below(count as u64)).unwrap_or(0);
        for _ in 0..rounds {
            let mut text = scenario.source.to_string();
            for _ in 0..=pick(3) {
                let at = (0..=pick(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
                let end =
                    (at..=text.len().min(at + pick(12))).rev().find(|end| text.is_char_boundary(*end)).unwrap_or(at);
                text.replace_range(at..end, pieces[pick(pieces.len())]);
            }
            match Scenario::parse("x.toml", &text) {
                Ok(scenario) => drop(Session::new(&std::sync::Arc::new(scenario), 1)),
                Err(error) => assert!(error.to_string().starts_with("x.toml, "), "{error}"),
            }
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_example_in_the_documentation_is_a_scenario_that_does_what_it_says() {
    let page = include_str!("../../docs/scenarios.md");
    let example =
        page.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("the page has an example");
    let scenario = Scenario::parse("docs/scenarios.md", example).map_err(|error| error.to_string());
    let session = run(&std::sync::Arc::new(scenario.expect("the example is good")));
    for result in session.check_expectations() {
        assert_eq!(result.fulfilment, Fulfilment::Met, "{}", result.sentence);
    }
}

#[cfg(feature = "schema")]
mod schema {
    use replicarium::session::{Scenario, scenario_schema};
    use serde_json::Value;

    const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/schema.json");

    #[test]
    fn the_schema_is_up_to_date() {
        if std::env::var_os("REPLICARIUM_BLESS").is_some() {
            std::fs::write(PATH, scenario_schema()).expect("the file can be written");
        }
        let committed = std::fs::read_to_string(PATH).expect("the schema is there");
        assert!(
            committed == scenario_schema(),
            "it is not; REPLICARIUM_BLESS=1 cargo test --no-default-features --features schema --test scenarios schema"
        );
    }

    /// Every field that has a type also says what it is.
    fn assert_documented(name: &str, schema: &Value) {
        for (field, inner) in schema["properties"].as_object().into_iter().flatten() {
            assert!(inner["description"].is_string(), "{name}.{field} has no description");
        }
    }

    #[test]
    fn the_schema_knows_every_field_and_every_built_in_scenario_keeps_to_it() {
        let schema: Value = serde_json::from_str(&scenario_schema()).expect("the schema is JSON");
        assert_documented("the top", &schema);
        for (name, inner) in schema["$defs"].as_object().expect("there are definitions") {
            assert_documented(name, inner);
        }
        let (mut schemas, mut compiler) = (boon::Schemas::new(), boon::Compiler::new());
        compiler.add_resource("schema.json", schema).expect("the schema has a good address");
        let index = compiler.compile("schema.json", &mut schemas).expect("the schema is one");
        for scenario in Scenario::all() {
            let value: Value = toml::from_str(&scenario.source).expect("the text is TOML");
            let complaint = schemas.validate(&value, index).err().map(|error| error.to_string());
            assert_eq!(complaint, None, "{}", scenario.slug);
        }
        let mut wrong: Value = toml::from_str(&Scenario::all()[0].source).expect("the text is TOML");
        wrong["cluster"]["zones"] = "A".into();
        assert!(schemas.validate(&wrong, index).is_err(), "the schema refuses what the parser refuses");
    }
}
