//! Scenarios as texts: causes that lie in links and disks, and remedies as settings over the text.

use std::sync::Arc;

use replicarium::check::Verdict;
use replicarium::session::{Change, Override, Remedy, Scenario, Session, Trouble};
use replicarium::sim::{Content, Span};
use replicarium::world::{Command, Placement};

use super::{explained, kinds, remedy};

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

/// What would save the file, after its settings were set over the text as lines, as on the command line, and the
/// run under the same seed came out as the evidence says.
fn remedy_by_settings(session: &Session, file: &str) -> Remedy {
    let found = remedy(session, file).remedy.expect("something saves the file");
    check_settings(session, file, &found);
    found
}

fn check_settings(session: &Session, file: &str, found: &Remedy) {
    let trouble = session.why(file).expect("something is wrong with the file").summary;
    assert!(!found.settings.is_empty(), "{found:#?}");
    let scenario = session.scenario();
    let lines = found.settings.iter().map(|setting| {
        let line = setting.to_string();
        let (key, value) = line.split_once('=').expect("a line has a key and a value");
        Override { key: key.to_owned(), value: value.to_owned() }
    });
    let all: Vec<Override> = scenario.overrides.iter().cloned().chain(lines).collect();
    let changed = Scenario::parse_with("t.toml", &scenario.source, &all).expect("the settings can be set");
    let saved = run_scenario(changed);
    let row = saved.view().ledger.rows.into_iter().find(|row| row.name == file).expect("the file has a row");
    assert!(found.evidence.sentence.ends_with(&row.reason), "{found:#?}\n{row:#?}");
    assert_eq!(found.evidence.with.version, row.acknowledged);
    assert_ne!(row.verdict, Verdict::Pending);
    assert_ne!(saved.why(file).map(|why| why.summary), Ok(trouble));
    if !found.withholds {
        assert!(found.evidence.with.version >= found.evidence.before.version, "{found:#?}");
    }
}

fn lines(found: &Remedy) -> Vec<String> {
    found.settings.iter().map(ToString::to_string).collect()
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
    assert_eq!(lines(&remedy_by_settings(&session, "b")), ["cluster.coordinators=3"]);
}

#[test]
fn a_link_that_loses_all_requests_is_the_cause() {
    let bad = at("100 ms", "link = { from = \"client 1\", to = \"S1\", loss_percent = 100 }");
    let session = run_text(&["until = \"4 s\"\n", FILE, &bad, &write_a("1 s")].concat());
    let found = explained(&session, "a");
    assert_eq!(kinds(&session, &found), ["LinkChanged", "OperationStarted", "OperationUnknown"]);
    assert!(found.summary.ends_with("no request from C1 arrived in time: the link between C1 and S1 loses messages."));
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
        let end = format!("S1 got no ack in time from S3: {clause}.");
        assert!(found.summary.ends_with(&end), "{}", found.summary);
    }
}

#[test]
fn more_acks_than_there_are_replicas_are_told() {
    // A plan that asks for it is refused, and a person may ask for it all the same.
    let mut session = run_text("until = \"1 s\"\n[policy]\nacks = 2\n");
    let content = Content::new(b"x");
    let write = Command::Write { file: "b".to_owned(), content, placement: Placement::Ring { factor: 2 } };
    session.apply(write).expect("it can be asked for");
    session.advance(session.now() + Span::from_millis(4_000));
    let found = explained(&session, "b");
    assert!(
        found.summary.ends_with("the policy waits for the acks of 2 replicas, but the file has only 1."),
        "{found:#?}"
    );
}

#[test]
fn an_answer_that_is_late_on_a_slow_link_is_told() {
    // The client learned who is primary while its link was well, and only the way to that server is slow.
    let slow = at("100 ms", "link = { from = \"S1\", to = \"client 1\", both_ways = false, slow_factor = 200 }");
    let session = run_text(&["until = \"4 s\"\n", FILE, &slow, &write_a("1 s")].concat());
    let found = explained(&session, "a");
    assert!(found.summary.contains("the answer from S1 did not arrive in time: "), "{}", found.summary);
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
    assert!(found.summary.ends_with("S1 got no ack in time from S3: the disk of S3 is slow."), "{found:#?}");
}

#[test]
fn the_slow_link_of_the_stale_reads_is_named() {
    let scenario = Scenario::by_slug("stale-reads").expect("it is built in").set("until", "1300 ms");
    // What the plan and the expectations speak of is before that.
    let session = run_scenario(scenario.expect("it can end earlier"));
    let found = explained(&session, "w0001.txt");
    assert_eq!(found.trouble, Trouble::Stale);
    assert_eq!(kinds(&session, &found)[0], "LinkChanged");
    assert!(found.summary.contains("the link between S1 and S3 is slow"), "{}", found.summary);
    let found = remedy_by_settings(&session, "w0001.txt");
    assert_eq!(lines(&found), ["clients[2].read_from=primary"]);
}

#[test]
fn what_stays_under_way_is_not_saved() {
    let text = [
        "until = \"4 s\"\n[policy]\nacks = 1\n",
        &at("100 ms", "cut = [\"S1\", \"S3\"]"),
        &write_a("200 ms"),
        &at("2 s", "crash = \"S1\""),
        &at("2 s", "crash = \"S2\""),
    ];
    let session = run_text(&text.concat());
    assert_eq!(explained(&session, "a").trouble, Trouble::Unavailable);
    let report = remedy(&session, "a");
    if let Some(found) = &report.remedy {
        // With the acks of two replicas nobody would ever be told ok.
        assert_ne!(found.changes, [Change::AcksOf { replicas: 2 }]);
        assert!(!found.withholds && found.evidence.with.version >= found.evidence.before.version, "{found:#?}");
        assert!(!found.evidence.sentence.contains("under way"), "{found:#?}");
    }
}

#[test]
fn a_change_that_only_stops_the_ok_comes_after_all_that_keep_the_file() {
    let zones =
        |event: &str, time: &str| ["A", "B", "C"].map(|zone| at(time, &format!("{event} = \"{zone}\""))).concat();
    let text = [
        "until = \"3 s\"\n[disk]\nsync_time = \"100 ms\"\n[policy]\nacks = \"none\"\nack_when = \"in memory\"\n",
        FILE,
        &write_a("200 ms"),
        &zones("zone_outage", "290 ms"),
        &zones("zone_return", "600 ms"),
    ];
    let session = run_text(&text.concat());
    assert_eq!(explained(&session, "a").trouble, Trouble::Lost);
    let found = remedy_by_settings(&session, "a");
    assert_eq!((found.changes.as_slice(), found.withholds), ([Change::OneMoreServer].as_slice(), false));
    assert_eq!(lines(&found), ["cluster.zones=[\"A\", \"B\", \"C\", \"D\"]"]);
    // Acks of what is on disk cost less, but then the write is not acknowledged before the outage.
    let found = remedy(&session, "a").alternative.expect("a refusal costs less");
    assert_eq!((found.changes.as_slice(), found.withholds), ([Change::AckOnDisk].as_slice(), true));
    assert_eq!(lines(&found), ["policy.ack_when=\"on disk\""]);
    check_settings(&session, "a", &found);
}

#[test]
fn where_nothing_keeps_the_file_a_no_in_place_of_a_false_yes_is_told_as_such() {
    let text = [
        "until = \"5 s\"\n[policy]\nacks = 1\nwhen_short = { go_async = \"200 ms\" }\n",
        FILE,
        &at("100 ms", "partition = { side = [\"S1\", \"client 1\"] }"),
        &write_a("150 ms"),
        &at("1 s", "kill = \"S1\""),
        &at("2 s", "heal_all = true"),
    ];
    let session = run_text(&text.concat());
    assert_eq!(explained(&session, "a").trouble, Trouble::Lost);
    let found = remedy_by_settings(&session, "a");
    assert_eq!((found.changes.as_slice(), found.withholds), ([Change::WaitForAcks].as_slice(), true));
    assert!(
        found
            .sentence
            .ends_with("The client then gets an ok for only 1 of the 2 changes to the file that got one here."),
        "{}",
        found.sentence
    );
    assert_eq!((found.evidence.before.acknowledged, found.evidence.with.acknowledged), (2, 1));
    assert_eq!(lines(&found), ["policy.when_short=wait"]);
}

#[test]
fn settings_give_what_the_evidence_claims() {
    let on_every_server = [
        (
            "[policy]\nchecksums = false\n",
            [at("100 ms", "rot = { server = \"S1\", file = \"a\", bit = 9 }"), at("500 ms", "read = { file = \"a\" }")]
                .concat(),
            "policy.checksums=true",
        ),
        ("[policy]\nfailover = \"manual\"\n", at("500 ms", "crash = \"S1\""), "policy.failover=automatic"),
        (
            "[policy]\nacks = \"none\"\nwindow = 1\n",
            [
                write_a("200 ms"),
                at("201 ms", "write = { file = \"a\", text = \"three\" }"),
                at("230 ms", "kill = \"S1\""),
            ]
            .concat(),
            "policy.acks=1",
        ),
        (
            "[policy]\nacks = 1\n",
            [at("500 ms", "crash = \"S1\""), at("500 ms", "crash = \"S2\"")].concat(),
            "policy.acks=all",
        ),
        (
            "",
            [
                at("100 ms", "rot = { server = \"S2\", file = \"a\", bit = 9 }"),
                at("2 s", "kill = \"S1\""),
                at("2 s", "kill = \"S3\""),
            ]
            .concat(),
            "policy.scrub_every=\"100 ms\"",
        ),
        (
            "",
            [
                at("100 ms", "cut = [\"S1\", \"S3\"]"),
                at("100 ms", "cut = [\"S2\", \"S3\"]"),
                at("100 ms", "cut = [\"coordinator\", \"S3\"]"),
                write_a("1 s"),
                at("2 s", "read = { file = \"a\", from = \"S3\" }"),
            ]
            .concat(),
            "at[5].read.from=primary",
        ),
        (
            "",
            [at("100 ms", "crash_coordinator = \"coordinator\""), at("200 ms", "kill = \"S1\"")].concat(),
            "cluster.coordinators=3",
        ),
        (
            "[cluster]\nservers = 2\n",
            [at("500 ms", "crash = \"S1\""), at("500 ms", "crash = \"S2\"")].concat(),
            "cluster.zones=[\"A\", \"B\", \"C\"] cluster.servers=3",
        ),
    ];
    for (policy, plan, expected) in on_every_server {
        let session = run_text(&["until = \"4 s\"\n", policy, FILE, &plan].concat());
        assert_eq!(lines(&remedy_by_settings(&session, "a")).join(" "), expected);
    }
}

#[test]
fn copies_are_set_where_they_are_chosen() {
    let kill = at("1 s", "kill = \"S1\"");
    let opening = format!("until = \"3 s\"\n{FILE}copies = \"one server S1\"\n{kill}");
    let found = remedy_by_settings(&run_text(&opening), "a");
    assert_eq!(found.changes, [Change::Copies { copies: 3 }]);
    assert_eq!(lines(&found), ["files[1].copies=\"every server\""]);
    let write = at("100 ms", "write = { file = \"b\", text = \"x\", copies = \"one server S1\" }");
    let planned = format!("until = \"3 s\"\n{FILE}{write}{kill}");
    assert_eq!(lines(&remedy_by_settings(&run_text(&planned), "b")), ["at[1].write.copies=\"every server\""]);
}

#[test]
fn what_no_setting_does_has_no_setting() {
    let text = [
        "until = \"6 s\"\n[policy]\nfailover = \"manual\"\n",
        FILE,
        &at("100 ms", "crash = \"S3\""),
        &write_a("1 s"),
        &at("2 s", "crash = \"S1\""),
        &at("2 s", "crash = \"S2\""),
        &at("2 s", "restart = \"S3\""),
        &at("2500 ms", "promote = \"S3\""),
        &at("3500 ms", "write = { file = \"a\", text = \"in its place\" }"),
    ];
    let session = run_text(&text.concat());
    let found = remedy(&session, "a").alternative.expect("no promotion by hand keeps it");
    assert_eq!(found.changes, [Change::AutomaticFailover]);
    assert_eq!(found.settings, [], "the promotion that the scenario plans has to be left out too");
}
