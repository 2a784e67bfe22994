//! The policy changes while the cluster runs: it holds at once, is recorded, and nothing is promised that isn't kept.
#![cfg(not(target_arch = "wasm32"))]

use std::sync::Arc;

use replicarium::replication::{AckWhen, Acks, Detector, Failover, Policy, PolicyChange, WhenShort};
use replicarium::session::{Chaos, FaultRate, Scenario, Session, command_from_text};
use replicarium::sim::{ClientId, Content, Purpose, ServerId, Span, Stream, Streams};
use replicarium::world::{Command, CommandError, EventKind, Hazard, HazardKind, Placement, ServerStatus};

const TEXT: &str = r#"
version = 1
title = "Rules change"
teaches = "Rules can change."
story = "Three servers."
invitation = "Change a rule."
[[files]]
name = "notes.txt"
text = "Hello."
"#;

fn session(text: &str, seed: u64) -> Session {
    Session::new(&Arc::new(Scenario::parse("rules.toml", text).expect("the scenario is right")), seed)
}

fn ahead(session: &mut Session, milliseconds: u64) {
    session.advance(session.now() + Span::from_millis(milliseconds));
}

fn write(text: &str) -> Command {
    let (file, content) = ("notes.txt".to_owned(), Content::new(text.as_bytes()));
    Command::Write { file, content, placement: Placement::EveryServer }
}

fn set(change: PolicyChange) -> Command {
    Command::SetPolicy { changes: vec![change] }
}

fn done(session: &Session) -> usize {
    let is_done = |kind: &EventKind| matches!(kind, EventKind::OperationDone { .. });
    session.events().iter().filter(|event| is_done(&event.kind)).count()
}

#[test]
fn a_write_that_waits_for_a_replica_is_told_ok_as_soon_as_the_policy_waits_for_nobody() {
    let text = TEXT.replace("[[files]]", "[policy]\nacks = 2\n[[clients]]\ntime_out = \"9 s\"\n[[files]]");
    let mut session = session(&text, 1);
    session.apply(Command::Crash { server: ServerId(3) }).unwrap();
    session.apply(write("again")).unwrap();
    ahead(&mut session, 2_000);
    let before = done(&session);
    assert_eq!(session.view().policy.acks, Acks::Count(2));
    session.apply(set(PolicyChange::Acks(Acks::Count(1)))).unwrap();
    ahead(&mut session, 100);
    assert_eq!((done(&session), session.view().policy.acks), (before + 1, Acks::Count(1)));
    let told = session.events().iter().find(|event| matches!(event.kind, EventKind::PolicyChanged { .. })).unwrap();
    assert_eq!(session.sentence(&told), "An operator set acks to 1.");
    assert_eq!(session.apply(set(PolicyChange::Acks(Acks::Count(1)))), Err(CommandError::SamePolicy));
    assert!(session.apply(set(PolicyChange::Window(0))).is_err());
}

#[test]
fn with_automatic_failover_nobody_waits_for_the_operator_any_more() {
    let mut session = session(&TEXT.replace("[[files]]", "[policy]\nfailover = \"manual\"\n[[files]]"), 1);
    session.apply(Command::Crash { server: ServerId(1) }).unwrap();
    ahead(&mut session, 1_000);
    assert_eq!(session.view().coordinator.primary, Some(ServerId(1)));
    session.apply(set(PolicyChange::Failover(Failover::Automatic))).unwrap();
    ahead(&mut session, 1_000);
    assert_ne!(session.view().coordinator.primary, Some(ServerId(1)));
    assert_eq!(session.violations(), []);
}

#[test]
fn acks_that_are_to_mean_applied_are_asked_for_anew() {
    let mut session = session(&TEXT.replace("[[files]]", "[policy]\napply_time = \"30 ms\"\n[[files]]"), 1);
    session.apply(write("one")).unwrap();
    ahead(&mut session, 35);
    session.apply(set(PolicyChange::AckWhen(AckWhen::Applied))).unwrap();
    let before = done(&session);
    ahead(&mut session, 1_500);
    assert_eq!(done(&session), before + 1);
    assert_eq!(session.violations(), []);
}

#[test]
fn a_workload_begins_and_goes_faster_and_a_seek_and_a_link_repeat_it() {
    let mut session = session(TEXT, 5);
    let client = ClientId(1);
    let at_rate = |rate, read_percent| Command::SetWorkload {
        client,
        rate_per_second_hundredths: Some(rate),
        read_percent: Some(read_percent),
    };
    ahead(&mut session, 1_000);
    assert_eq!(done(&session), 1);
    session.apply(at_rate(200, 0)).unwrap();
    ahead(&mut session, 4_000);
    let slow = done(&session);
    session.apply(at_rate(600, 0)).unwrap();
    ahead(&mut session, 4_000);
    let fast = done(&session) - slow;
    assert!((2..=16).contains(&(slow - 1)) && fast > slow * 2, "{slow} and {fast}");
    session.apply(at_rate(0, 0)).unwrap();
    ahead(&mut session, 2_000);
    let quiet = done(&session);
    ahead(&mut session, 2_000);
    assert_eq!(done(&session), quiet);
    assert!(session.apply(at_rate(0, 101)).is_err() && session.apply(at_rate(u32::MAX, 0)).is_err());
    let (hash, now) = (session.trace_hash(), session.now());
    assert_eq!(Session::from_link(&session.to_link()).unwrap().trace_hash(), hash);
    session.seek(session.start());
    session.seek(now);
    assert_eq!(session.trace_hash(), hash);
}

#[test]
fn a_plan_and_the_command_line_change_rules_in_the_words_of_a_scenario() {
    let changes = vec![PolicyChange::Acks(Acks::Count(1)), PolicyChange::Fencing(false)];
    assert_eq!(command_from_text("policy = { acks = 1, fencing = false }", 1), Ok(Command::SetPolicy { changes }));
    let said = command_from_text("policy = { read_lease = \"1 s\" }", 1).unwrap_err();
    assert!(said.contains("policy.read_lease") && said.contains("only from the beginning"), "{said}");
    let workload =
        Command::SetWorkload { client: ClientId(2), rate_per_second_hundredths: Some(250), read_percent: None };
    assert_eq!(command_from_text("workload = { client = \"client 2\", rate = 2.5 }", 1), Ok(workload));
    let text = format!("{TEXT}\n[[at]]\ntime = \"1 s\"\npolicy = {{ acks = \"none\", scrub_every = \"never\" }}\n");
    let mut session = session(&text, 1);
    ahead(&mut session, 1_100);
    assert_eq!(session.view().policy.acks, Acks::None);
}

/// Any rule that a running cluster can change.
fn rule(stream: &mut Stream) -> PolicyChange {
    let number = usize::try_from(1 + stream.below(3)).expect("it is small");
    let is_on = stream.below(2) == 0;
    let after = Span::from_millis(40 + stream.below(400));
    match stream.below(13) {
        0 => PolicyChange::Acks(Acks::None),
        1 => PolicyChange::Acks(Acks::All),
        2 => PolicyChange::Acks(Acks::Count(number.min(2))),
        3 => PolicyChange::AckWhen(AckWhen::Received),
        4 => PolicyChange::AckWhen(if is_on { AckWhen::InMemory } else { AckWhen::Applied }),
        5 => PolicyChange::AckWhen(AckWhen::OnDisk),
        6 => PolicyChange::Window(number * number),
        7 => PolicyChange::MinInSync(number),
        8 => PolicyChange::WhenShort(match number {
            1 => WhenShort::Wait,
            2 => WhenShort::TimeOut { after },
            _ => WhenShort::GoAsync { after },
        }),
        9 => PolicyChange::Failover(if is_on { Failover::Automatic } else { Failover::Manual }),
        10 => PolicyChange::Fencing(is_on),
        11 => PolicyChange::Checksums(is_on),
        _ if is_on => PolicyChange::ScrubEvery((number > 1).then_some(after)),
        _ => PolicyChange::Detector(Detector::TimeOut { after: after + Span::from_millis(60) }),
    }
}

fn random_faults(seed: u64) -> Chaos {
    let mut stream = Streams::new(seed).stream(Purpose::Chaos, (1, 77));
    let mut rate =
        |lasts| FaultRate::per_minute(u32::try_from(stream.below(25)).expect("it is small"), Span::from_millis(lasts));
    Chaos {
        until: Span::from_millis(5_000),
        crash: rate(500),
        pause: rate(400),
        cut: rate(400),
        one_way_cut: rate(400),
        slow_link: rate(500),
        coordinator_crash: rate(500),
        slow_disk: rate(600),
        rot: if seed.is_multiple_of(3) { rate(0) } else { FaultRate::default() },
        kill: if seed.is_multiple_of(4) { rate(700) } else { FaultRate::default() },
        ..Chaos::default()
    }
}

/// What is promised is kept, whatever rules change while faults strike; and the same run comes again.
#[test]
fn under_changing_rules_and_random_faults_no_promise_is_broken() {
    let seeds = std::env::var("REPLICARIUM_SEEDS").ok().and_then(|count| count.parse().ok()).unwrap_or(300);
    for seed in 0..seeds {
        let mut stream = Streams::new(seed).stream(Purpose::Chaos, (2, 77));
        let servers = 3 + stream.below(3);
        let coordinators = if stream.below(3) == 0 { 3 } else { 1 };
        let text = TEXT.replace(
            "[[files]]",
            &format!(
                "[cluster]\nservers = {servers}\ncoordinators = {coordinators}\n[[clients]]\ntime_out = \"2 s\"\n\
                 [[clients]]\nworkload = {{ rate = 30, read_percent = 40, files = 2 }}\n[[files]]"
            ),
        );
        let mut session = session(&text, seed);
        let names = session.scenario().file_names();
        let mut faults =
            random_faults(seed).schedule(&session.scenario().settings, &names, seed).into_iter().peekable();
        let (start, mut passed) = (session.start(), Span::ZERO);
        while passed < Span::from_millis(6_000) {
            passed = passed + Span::from_millis(20 + stream.below(500));
            while let Some(fault) = faults.next_if(|fault| fault.at.since(replicarium::sim::Time::ZERO) <= passed) {
                session.advance(start + fault.at.since(replicarium::sim::Time::ZERO));
                drop(session.apply(fault.command));
            }
            session.advance(start + passed);
            drop(session.apply(set(rule(&mut stream))));
        }
        for fault in faults {
            session.advance(start + fault.at.since(replicarium::sim::Time::ZERO));
            drop(session.apply(fault.command));
        }
        assert_eq!(session.violations(), [], "seed {seed}");
        let hash = session.trace_hash();
        if seed.is_multiple_of(10) {
            assert_eq!(Session::from_link(&session.to_link()).unwrap().trace_hash(), hash, "seed {seed}");
        }
        // With the usual rules everything comes right again.
        drop(session.apply(Command::HealAll));
        for server in session.view().servers {
            drop(session.apply(Command::Restart { server: server.id }));
            drop(session.apply(Command::Resume { server: server.id }));
        }
        let usual = Policy::default();
        let usual = vec![
            PolicyChange::Failover(usual.failover),
            PolicyChange::Acks(usual.acks),
            PolicyChange::AckWhen(usual.ack_when),
            PolicyChange::Fencing(true),
            PolicyChange::MinInSync(1),
            PolicyChange::WhenShort(usual.when_short),
            PolicyChange::Detector(usual.detector),
            PolicyChange::Checksums(true),
        ];
        drop(session.apply(Command::SetPolicy { changes: usual }));
        let client = ClientId(2);
        let still = Command::SetWorkload { client, rate_per_second_hundredths: Some(0), read_percent: None };
        session.apply(still).unwrap();
        ahead(&mut session, 3_000);
        session.apply(write("in the end")).unwrap();
        ahead(&mut session, 3_000);
        assert_eq!(session.violations(), [], "seed {seed}, in the end");
        assert!(session.view().coordinator.primary.is_some(), "seed {seed}");
    }
}

#[test]
fn chaos_that_is_let_loose_comes_again_and_ends_what_it_began() {
    let text =
        TEXT.replace("[[files]]", "[[clients]]\n[[clients]]\nworkload = { rate = 10, read_percent = 50 }\n[[files]]");
    let mut session = session(&text, 9);
    ahead(&mut session, 1_300);
    let hazard = |kind, lasts| Hazard { kind, per_minute_hundredths: 2_500, lasts: Span::from_millis(lasts) };
    let hazards = vec![hazard(HazardKind::Crash, 600), hazard(HazardKind::Cut, 500), hazard(HazardKind::SlowLink, 500)];
    let begin = Command::BeginChaos { hazards, span: Span::from_millis(20_000) };
    session.apply(begin.clone()).unwrap();
    ahead(&mut session, 8_000);
    let tally = session.chaos();
    assert!(tally.total() > 5 && tally.struck.len() == 3, "{tally:?}");
    assert_eq!(session.violations(), []);
    session.apply(Command::EndChaos).unwrap();
    assert_eq!(session.apply(Command::EndChaos), Err(CommandError::NoChaos));
    let struck = session.chaos().total();
    ahead(&mut session, 9_000);
    let view = session.view();
    assert_eq!(session.chaos().total(), struck);
    assert!(view.servers.iter().all(|server| server.status == ServerStatus::Up), "what was crashed starts again");
    let said = session.chaos().sentence();
    assert!(said.contains(&format!(" of {struck} faults survived: ")), "{said}");
    let (hash, now, tally) = (session.trace_hash(), session.now(), session.chaos());
    let again = Session::from_link(&session.to_link()).unwrap();
    assert_eq!((again.trace_hash(), again.chaos()), (hash.clone(), tally.clone()));
    session.seek(session.start() + Span::from_millis(4_700));
    session.seek(now);
    assert_eq!((session.trace_hash(), session.chaos()), (hash, tally));
    // An action in the past replaces the chaos that was to come.
    session.seek(session.start());
    session.apply(write("anew")).unwrap();
    ahead(&mut session, 8_000);
    assert_eq!(session.chaos().total(), 0);
    assert!(session.apply(Command::BeginChaos { hazards: Vec::new(), span: Span::from_millis(1) }).is_err());
}
