//! Scenarios as texts: causes that lie in links and disks.

use std::sync::Arc;

use replicarium::session::{Scenario, Session, Trouble};

use super::{explained, kinds};

const HEAD: &str = "version = 1\ntitle = \"t\"\nteaches = \"t\"\nstory = \"s\"\ninvitation = \"i\"\nseed = 7\n";

fn run_scenario(scenario: Scenario) -> Session {
    let scenario = Arc::new(scenario);
    let mut session = Session::new(&scenario, scenario.seed);
    session.advance(session.start() + scenario.until);
    session
}

fn run_text(text: &str) -> Session {
    run_scenario(Scenario::parse("t.toml", &format!("{HEAD}{text}")).expect("the scenario is sound"))
}

/// One planned command and its time.
fn at(time: &str, command: &str) -> String {
    format!("[[at]]\ntime = \"{time}\"\n{command}\n")
}

const FILE: &str = "[[files]]\nname = \"a\"\ntext = \"x\"\n";

fn write_a(time: &str) -> String {
    at(time, "write = { file = \"a\", text = \"two\" }")
}

#[test]
fn a_cut_between_client_and_coordinator_is_the_cause_and_not_a_crash_elsewhere() {
    let text = [
        "until = \"6 s\"\n",
        FILE,
        &at("100 ms", "cut = [\"client 1\", \"coordinator\"]"),
        &at("2 s", "crash = \"S1\""),
        &at("4500 ms", "write = { file = \"b\", text = \"x\", copies = 2 }"),
    ];
    let session = run_text(&text.concat());
    let found = explained(&session, "b");
    assert_eq!(kinds(&session, &found), ["LinkCut", "OperationStarted", "OperationRefused"]);
    assert!(
        found.summary.ends_with(
            "C1 could not ask the coordinator who is primary: the link between C1 and the coordinator is cut."
        )
    );
}

#[test]
fn a_link_that_loses_all_requests_is_the_cause() {
    let bad = at("100 ms", "link = { from = \"client 1\", to = \"S1\", loss_percent = 100 }");
    let session = run_text(&["until = \"4 s\"\n", FILE, &bad, &write_a("1 s")].concat());
    let found = explained(&session, "a");
    assert_eq!(kinds(&session, &found), ["LinkChanged", "OperationStarted", "OperationUnknown"]);
    assert!(found.summary.ends_with("no request of C1 arrived in time: the link between C1 and S1 loses messages."));
}

#[test]
fn a_link_that_loses_updates_and_a_slow_disk_are_causes_of_acks_that_stay_out() {
    for (fault, kind, clause) in [
        (
            "link = { from = \"S1\", to = \"S3\", loss_percent = 100 }",
            "LinkChanged",
            "the link between S1 and S3 loses messages",
        ),
        (
            "link = { from = \"S1\", to = \"S3\", slow_factor = 200 }",
            "LinkChanged",
            "the link between S1 and S3 is slow",
        ),
        ("disk = { server = \"S3\", slow_factor = 1000 }", "DiskChanged", "the disk of S3 is slow"),
        ("disk = { server = \"S3\", full = true }", "DiskChanged", "the disk of S3 is full"),
    ] {
        let start = "until = \"4 s\"\n[policy]\nacks = 2\n";
        let session = run_text(&[start, FILE, &at("100 ms", fault), &write_a("1 s")].concat());
        let found = explained(&session, "a");
        let expected = [kind, "OperationStarted", "UpdateLogged", "OperationUnknown"];
        assert_eq!(kinds(&session, &found), expected, "{fault}");
        let end = format!("S3 did not acknowledge in time to S1: {clause}.");
        assert!(found.summary.ends_with(&end), "{}", found.summary);
    }
}

#[test]
fn more_acks_than_there_are_replicas_are_told() {
    let start = "until = \"4 s\"\n[policy]\nacks = 2\n";
    let write = at("100 ms", "write = { file = \"b\", text = \"x\", copies = 2 }");
    let session = run_text(&[start, &write].concat());
    let found = explained(&session, "b");
    assert!(
        found.summary.ends_with("the policy waits for the acks of 2 replicas, and the file has only 1."),
        "{found:#?}"
    );
}

#[test]
fn an_answer_that_is_late_on_a_slow_link_is_told() {
    // The client learned who is primary while its link was well, and only the way to that server is slow.
    let slow = at("100 ms", "link = { from = \"S1\", to = \"client 1\", both_ways = false, slow_factor = 200 }");
    let session = run_text(&["until = \"4 s\"\n", FILE, &slow, &write_a("1 s")].concat());
    let found = explained(&session, "a");
    assert!(found.summary.contains("the answer of S1 did not arrive in time: "), "{}", found.summary);
    assert_eq!(kinds(&session, &found)[0], "LinkChanged");
}

#[test]
fn a_link_that_was_healed_is_no_cause() {
    let text = [
        "until = \"4 s\"\n[policy]\nacks = 2\n",
        FILE,
        &at("100 ms", "partition = { side = [\"S2\"] }"),
        &at("100 ms", "link = { from = \"S1\", to = \"S2\", loss_percent = 50 }"),
        &at("400 ms", "heal_all = true"),
        &at("500 ms", "disk = { server = \"S3\", slow_factor = 1000 }"),
        &write_a("1500 ms"),
    ];
    let session = run_text(&text.concat());
    let found = explained(&session, "a");
    assert!(found.summary.ends_with("S3 did not acknowledge in time to S1: the disk of S3 is slow."), "{found:#?}");
}

#[test]
fn the_slow_link_of_the_stale_reads_is_named() {
    let scenario = Scenario::by_slug("stale-reads").expect("it is built in").set("until", "1 s");
    // What the plan and the expectations speak of is before that.
    let session = run_scenario(scenario.expect("it can end earlier"));
    let found = explained(&session, "w0001.txt");
    assert_eq!(found.trouble, Trouble::Stale);
    assert_eq!(kinds(&session, &found)[0], "LinkChanged");
    assert!(found.summary.contains("the link between S1 and S3 is slow"), "{}", found.summary);
}
