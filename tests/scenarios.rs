//! The built-in scenarios: each does what it says, comes out the same on every target, and a text that is no
//! scenario is refused with a sentence.

use replicarium::session::{Fulfilment, Scenario, Session};
use replicarium::sim::Span;
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
        assert_eq!(session.refused(), 0, "{}: a planned command was refused", scenario.slug);
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
        ("[policy]\nwindow = 0\n", "line 7, policy.window: expected a number from 1 to 1000000, not 0"),
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
        ("[[at]]\ntime = \"1 s\"\nread = { file = \"x\" }\n", "line 8, at[1].read.file: there is no file named x by"),
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
    assert!(without_title.contains("missing field `title`"), "{without_title}");
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
        ("cluster.servers", "5000", "set cluster.servers = 5000, cluster.servers: expected 1 to 1000 servers"),
        ("title.x", "1", "set title.x = 1, title.x: there is no field x in a value of the type string"),
        ("files[9].name", "x", "set files[9].name = x, files[9].name: there is no entry 9, only 2"),
        ("", "x", "set  = x: expected a key such as policy.acks"),
    ];
    for (key, value, expected) in cases {
        let found = scenario.set(key, value).expect_err("the setting is wrong").to_string();
        assert!(found.starts_with(&format!("three-copies.toml, {expected}")), "{found}");
    }
}
