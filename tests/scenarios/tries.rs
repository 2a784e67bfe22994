//! The variations of the scenarios: what an invitation asks for can be run, and the difference that is promised is real.

use std::sync::Arc;

use replicarium::session::{Fulfilment, Override, Scenario, Session};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::{HEAD, complaint, run};

fn failures(session: &Session) -> Vec<String> {
    let results = session.check_expectations().into_iter();
    results.filter(|one| one.fulfilment != Fulfilment::Met).map(|one| one.sentence).collect()
}

#[wasm_bindgen_test(unsupported = test)]
fn each_built_in_scenario_has_one_that_keeps_its_promise() {
    for scenario in Scenario::all() {
        assert!(!scenario.tries.is_empty(), "{} has nothing to try", scenario.slug);
        for (number, one) in (1..).zip(&scenario.tries) {
            let name = format!("{}, {}", scenario.slug, one.title);
            let varied = Arc::new(scenario.varied(Some(number)).expect("the variation is good"));
            assert_eq!((varied.tried(), &varied.invitation), (Some(one), &scenario.invitation));
            let session = run(&varied);
            assert_eq!(failures(&session), Vec::<String>::new(), "{name}");
            assert!(scenario.chaos.is_some() || session.refused() == 0, "{name}: a planned command was refused");
            assert_eq!(session.violations(), [], "{name}: invariants hold in every variation");
        }
    }
}

/// Something that is promised does not hold without the variation.
#[wasm_bindgen_test(unsupported = test)]
fn the_difference_that_is_promised_is_one() {
    for scenario in Scenario::all() {
        for one in &scenario.tries {
            let mut unvaried = Scenario::clone(scenario);
            unvaried.expectations.clone_from(&one.expectations);
            let failed = failures(&run(&Arc::new(unvaried)));
            assert!(!failed.is_empty(), "{}: {:?} makes no difference", scenario.slug, one.title);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn one_is_put_on_and_off_and_others_can_be_set_over_it() {
    let scenario = Scenario::by_slug("split-brain").expect("a built-in scenario");
    let fenced = scenario.varied(Some(1)).expect("the variation is good");
    assert!(fenced.settings.policy.fencing && fenced.variation == Some(1));
    assert_eq!(fenced.overrides, [Override { key: "variation".to_owned(), value: "1".to_owned() }]);
    let other = fenced.varied(Some(2)).expect("the variation is good");
    assert!(!other.settings.policy.fencing, "one at a time");
    assert_eq!(other.varied(None).as_ref(), Ok(&**scenario), "and back");
    let over = fenced.set("policy.fencing", "false").expect("the setting is good");
    assert!(!over.settings.policy.fencing, "what is set later counts");
    let before = scenario.set("policy.window", "7").and_then(|one| one.varied(Some(1))).expect("they go together");
    assert_eq!((before.settings.policy.window, before.settings.policy.fencing), (7, true));
    let error = scenario.varied(Some(3)).expect_err("there are two").to_string();
    assert_eq!(error, "split-brain.toml, set variation = 3, variation: there is no [[try]] 3; there are 2");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_carries_one() {
    let scenario = Scenario::by_slug("by-hand").expect("a built-in scenario");
    let session = run(&Arc::new(scenario.varied(Some(1)).expect("the variation is good")));
    let opened = Session::from_link(&session.to_checked_link().expect("it can be shared")).expect("it can be opened");
    assert_eq!((opened.scenario().variation, opened.trace_hash()), (Some(1), session.trace_hash()));
}

const STORY: &str = "[[at]]\ntime = \"1 s\"\nname = \"death\"\nkill = \"S1\"\n\
                     [[at]]\ntime = \"2 s\"\nwrite = { file = \"a\", size = \"1 kB\" }\n";
const EXPECT: &str = "[[try.expect]]\nprimary = \"S1\"\n";

/// Line 14 is the first of the variation.
fn with_try(rest: &str) -> String {
    format!("{STORY}[[try]]\ntitle = \"t\"\nnote = \"n\"\nanswer = \"a\"\n{rest}")
}

#[wasm_bindgen_test(unsupported = test)]
fn the_plan_loses_what_is_left_out_and_gains_what_is_added_in_its_time() {
    let added = "[[try.at]]\ntime = \"1500 ms\"\ncrash = \"S2\"\n";
    let text = format!("{HEAD}{}", with_try(&format!("without = [\"death\"]\nseed = 7\n{added}{EXPECT}")));
    let scenario = Scenario::parse("x.toml", &text).expect("the scenario is good");
    let varied = scenario.varied(Some(1)).expect("the variation is good");
    assert_eq!(varied.seed, 7);
    assert_eq!(varied.plan[0], scenario.tries[0].added[0]);
    assert_eq!(varied.plan[1..], scenario.plan[1..], "the write is the same to the byte");
    let error = scenario.set("files[1]", "{ name = \"b\", text = \"x\" }").and_then(|one| one.varied(Some(1)));
    assert_eq!(error.map(|one| one.files.len()), Ok(1));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_wrong_with_one_is_told_with_its_line_and_field() {
    let cases = [
        (format!("set = [\"policy.fencing\"]\n{EXPECT}"), "line 17, try[1].set[1]: expected a key and a value"),
        (
            format!("set = [\"policy.window = 2\", \"policy.window = 0\"]\n{EXPECT}"),
            "line 17, try[1].set[1]: policy.window: invalid value: integer `0`",
        ),
        (format!("set = [\"policy.fence = true\"]\n{EXPECT}"), "line 17, try[1].set[1]: policy.fence: unknown field"),
        (format!("set = [\"story = x\"]\n{EXPECT}"), "line 17, try[1].set[1]: a variation can't set \"story\""),
        (format!("set = [\"at = []\"]\n{EXPECT}"), "line 17, try[1].set[1]: a variation can't set \"at\""),
        (format!("without = [\"life\"]\n{EXPECT}"), "line 17, try[1].without[1]: there is no [[at]] with the name"),
        (
            format!("[[try.at]]\ntime = \"1 s\"\nkill = \"S9\"\n{EXPECT}"),
            "line 19, try[1].at[1].kill: there is no server S9",
        ),
        ("seed = 7\n[[try.expect]]\nprimary = \"S9\"\n".to_owned(), "line 19, try[1].expect[1].primary: there is no"),
        ("seed = 7\n".to_owned(), "line 13, try[1]: expected [[try.expect]], the difference that it promises"),
        (EXPECT.to_owned(), "line 13, try[1]: expected something to change"),
        (format!("colour = 1\n{EXPECT}"), "line 17, try[1].colour: unknown field `colour`"),
        (
            format!("set = [\"cluster.zones = []\"]\n{EXPECT}"),
            "line 17, try[1].set[1]: cluster.zones: expected the zone",
        ),
        (
            format!("set = [\"cluster.servers = 1\"]\n[[try.at]]\ntime = \"1 s\"\nkill = \"S3\"\n{EXPECT}"),
            "line 20, try[1].at[1].kill: there is no server S3",
        ),
    ];
    for (rest, expected) in cases {
        let found = complaint(&with_try(&rest));
        assert!(found.starts_with(&format!("scenarios/x.toml, {expected}")), "{found}\nfor {rest}");
    }
    let many = complaint(&format!("{STORY}{}", "[[try]]\ntitle = \"t\"\nnote = \"n\"\nanswer = \"a\"\n".repeat(9)));
    assert!(many.contains("try: expected at most 8 entries, not 9"), "{many}");
    let unnamed = complaint("[[at]]\ntime = \"1 s\"\nname = \"\"\nheal_all = true\n");
    assert!(unnamed.contains("at[1].name: expected a name of 1 to 60 characters"), "{unnamed}");
}
