//! What happened before what: a partial order, as Lamport defines it, on small runs by reasoning and on many by chance;
//! what is found in the past of an event; and the two marks of a loss.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use replicarium::replication::{Acks, Policy};
use replicarium::session::{Causality, Cone, Fate, Heartbeats, Scenario, Session};
use replicarium::sim::{Content, CoordinatorId, EventId, NodeId, ServerId, Span, Time};
use replicarium::world::{Command, Event, EventKind, Placement, ReadFrom, WorldSettings};

const S1: ServerId = ServerId(1);
const S2: ServerId = ServerId(2);
const S3: ServerId = ServerId(3);
const FIRST: EventId = EventId(0);
const LAST: EventId = EventId(u64::MAX);

fn session(policy: Policy, seed: u64) -> Session {
    let mut scenario = Scenario::clone(&Scenario::all()[0]);
    scenario.settings = WorldSettings { policy, ..WorldSettings::with_servers(3) };
    scenario.files = vec![("notes.txt".to_owned(), Content::new(b"one"), Placement::EveryServer)];
    Session::new(&Arc::new(scenario), seed)
}

fn run(session: &mut Session, milliseconds: u64) {
    session.advance(session.now() + Span::from_millis(milliseconds));
}

fn give(session: &mut Session, command: Command) {
    session.apply(command).expect("the command can be carried out");
}

fn write(session: &mut Session, text: &str) {
    let content = Content::new(text.as_bytes());
    give(session, Command::Write { file: "notes.txt".to_owned(), content, placement: Placement::EveryServer });
}

fn read(session: &mut Session) {
    give(session, Command::Read { file: "notes.txt".to_owned(), from: ReadFrom::Primary });
}

fn causality(session: &Session) -> Causality {
    let mut causality = Causality::default();
    causality.refresh(session);
    causality
}

fn last(session: &Session, is_it: impl Fn(&EventKind) -> bool) -> Event {
    session.events().iter().rfind(|event| is_it(&event.kind)).expect("it happened")
}

fn is_ok(kind: &EventKind) -> bool {
    matches!(kind, EventKind::OperationDone { .. })
}

fn past(session: &Session, event: EventId) -> Cone {
    causality(session).past(session, event, FIRST, Heartbeats::Counted)
}

/// A client is told ok before any replica has the write, and the only server that has it is killed.
fn told_too_early() -> Session {
    let mut session = session(Policy { acks: Acks::None, ..Policy::default() }, 61);
    run(&mut session, 100);
    write(&mut session, "two");
    run(&mut session, 6);
    write(&mut session, "three");
    while !matches!(session.events().last().map(|event| event.kind), Some(EventKind::OperationDone { version, .. }) if version.0 == 3)
    {
        session.advance(session.now() + Span::from_micros(100));
    }
    give(&mut session, Command::Kill { server: S1 });
    run(&mut session, 700);
    read(&mut session);
    run(&mut session, 200);
    session
}

#[test]
fn a_message_orders_its_sending_before_its_arrival_and_a_lost_one_orders_nothing() {
    let session = told_too_early();
    let (mut arrived, mut lost) = (0, 0);
    for event in session.events() {
        match (&event.kind, event.cause) {
            (EventKind::MessageReceived { .. }, Some(sent)) => {
                assert!(
                    past(&session, event.id).contains(sent),
                    "{sent} is the sending of what arrived with {}",
                    event.id
                );
                arrived += 1;
            }
            (EventKind::MessageLost { to: NodeId::Server(S1), .. }, Some(sent)) => {
                let future = causality(&session).future(&session, sent, LAST);
                let at_receiver = |id: &EventId| {
                    let event = session.events().find(*id);
                    event.is_some_and(|event| {
                        matches!(event.kind, EventKind::MessageReceived { to: NodeId::Server(S1), .. })
                    })
                };
                assert!(!future.events().any(|id| at_receiver(&id)), "S1 is dead, and nothing reaches it");
                lost += 1;
            }
            _ => {}
        }
    }
    assert!(arrived > 100 && lost > 0, "{arrived} arrived and {lost} were lost");
}

#[test]
fn what_two_replicas_do_with_the_same_update_is_unrelated() {
    let mut session = session(Policy { acks: Acks::All, ..Policy::default() }, 61);
    run(&mut session, 100);
    write(&mut session, "two");
    run(&mut session, 200);
    let on_disk = |server: ServerId| {
        last(&session, |kind| matches!(kind, EventKind::UpdateOnDisk { server: of, version, .. } if *of == server && version.0 == 2)).id
    };
    let (second, third) = (on_disk(S2), on_disk(S3));
    assert!(!past(&session, second).contains(third) && !past(&session, third).contains(second));
    let ok = last(&session, is_ok).id;
    let before_ok = past(&session, ok);
    assert!(before_ok.contains(second) && before_ok.contains(third), "with acks = all the ok rests on both");
}

#[test]
fn a_server_that_lost_its_disk_remembers_nothing_and_one_that_crashed_does() {
    for (command, remembers) in [(Command::Kill { server: S3 }, false), (Command::Crash { server: S3 }, true)] {
        let mut session = session(Policy::default(), 61);
        run(&mut session, 100);
        let before =
            last(&session, |kind| matches!(kind, EventKind::MessageReceived { to: NodeId::Server(S3), .. })).id;
        give(&mut session, command);
        give(&mut session, Command::Restart { server: S3 });
        let start = last(&session, |kind| matches!(kind, EventKind::ServerRestarted { .. })).id;
        assert_eq!(past(&session, start).contains(before), remembers);
        let future = causality(&session).future(&session, before, start);
        assert_eq!(future.contains(start), remembers);
    }
}

/// A run with faults, by a seed.
fn stormy(seed: u64) -> Session {
    let mut session = session(Policy::default(), seed);
    let mut pick = seed;
    for step in 0..12_u64 {
        pick = pick.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let server = ServerId(u16::try_from(pick >> 33).unwrap_or(0) % 3 + 1);
        let command = match (pick >> 40) % 6 {
            0 => Command::Kill { server },
            1 => Command::Crash { server },
            2 | 3 => Command::Restart { server },
            4 => Command::CutLink { first: server.into(), second: NodeId::Coordinator(CoordinatorId(1)) },
            _ => Command::HealLink { first: server.into(), second: NodeId::Coordinator(CoordinatorId(1)) },
        };
        // What can't be done as things stand is not done.
        let _ = session.apply(command);
        write(&mut session, &format!("text {step}"));
        run(&mut session, 60 + (pick >> 50) % 90);
    }
    session
}

#[test]
fn happened_before_is_a_partial_order_that_agrees_with_time_and_with_its_definition() {
    for seed in [1, 2, 3, 5, 8] {
        let session = stormy(seed);
        let causality = causality(&session);
        let events: Vec<Event> = session.events().iter().collect();
        let sample: Vec<EventId> = events.iter().step_by(events.len() / 40).map(|event| event.id).collect();
        let pasts: BTreeMap<EventId, Cone> =
            sample.iter().map(|id| (*id, causality.past(&session, *id, FIRST, Heartbeats::Counted))).collect();
        for (event, past) in &pasts {
            assert!(!past.contains(*event), "no event happened before itself");
            assert!(past.events().all(|before| before < *event), "what happened before was not later");
            for before in past.events().filter(|before| pasts.contains_key(before)) {
                assert!(pasts[&before].events().all(|earlier| past.contains(earlier)), "{before} passes on its past");
                assert!(causality.future(&session, before, *event).contains(*event), "{event} is after {before}");
            }
            for other in sample.iter().filter(|other| **other < *event && !past.contains(**other)) {
                assert!(
                    !causality.future(&session, *other, *event).contains(*event),
                    "{other} and {event} are unrelated"
                );
            }
            let chain = causality.chain(&session, *event);
            assert!(chain[..chain.len() - 1].iter().all(|link| past.contains(*link)), "the chain runs within the past");
        }
        let unrelated = sample.iter().flat_map(|one| sample.iter().map(move |other| (one, other)));
        assert!(unrelated.filter(|(one, other)| one < other).any(|(one, other)| !pasts[other].contains(*one)));
    }
}

#[test]
fn a_diagram_has_each_message_once_and_what_is_quiet_has_nothing_but_heartbeats() {
    let session = stormy(13);
    let causality = causality(&session);
    let (from, to) = (session.start(), session.now());
    let diagram = causality.diagram(&session, from, to, to, usize::MAX);
    let messages: BTreeSet<_> = diagram.arrows.iter().map(|arrow| arrow.message).collect();
    assert_eq!(messages.len(), diagram.arrows.len());
    let sent = |event: &Event| matches!(event.kind, EventKind::MessageSent { .. }) && event.at >= from;
    assert!(diagram.arrows.len() >= session.events().iter().filter(sent).count());
    for arrow in &diagram.arrows {
        assert!(arrow.sent_at <= arrow.ended_at && arrow.from != arrow.to);
        assert_eq!(arrow.fate == Fate::UnderWay, arrow.ended.is_none());
    }
    assert!(diagram.arrows.iter().any(|arrow| matches!(arrow.fate, Fate::Lost(_))));
    for quiet in &diagram.quiet {
        let inside = |at: Time| at > quiet.from && at < quiet.to;
        assert!(diagram.points.iter().all(|point| point.is_heartbeat || !inside(point.at)));
    }
    let narrow = causality.diagram(&session, from, to, to, 200);
    assert!(narrow.is_cut && narrow.points.len() <= 200 && narrow.to == to && narrow.from > from);
}

#[test]
fn looking_ahead_shows_what_then_happens_and_changes_nothing() {
    let mut session = told_too_early();
    let (from, to) = (session.start(), session.end());
    let whole = causality(&session).diagram(&session, from, to, to, usize::MAX);
    let hash = session.trace_hash();
    let mut causality = causality(&session);
    session.seek(from + Span::from_millis(20));
    causality.refresh(&session);
    while causality.look_ahead(&session, to, 50) {}
    let ahead = causality.diagram(&session, from, to, to, usize::MAX);
    assert_eq!(ahead, whole);
    session.seek(to);
    assert_eq!(session.trace_hash(), hash);
}

#[test]
fn another_command_in_the_past_makes_another_diagram() {
    let mut session = told_too_early();
    let mut kept = causality(&session);
    let to = session.end();
    session.seek(session.start() + Span::from_millis(20));
    kept.refresh(&session);
    while kept.look_ahead(&session, to, 500) {}
    give(&mut session, Command::Kill { server: S3 });
    run(&mut session, 400);
    kept.refresh(&session);
    let (from, to) = (session.start(), session.now());
    let fresh = causality(&session).diagram(&session, from, to, to, usize::MAX);
    assert_eq!(kept.diagram(&session, from, to, to, usize::MAX), fresh);
}

#[test]
fn an_ok_without_acks_rests_on_its_primary_alone() {
    let session = told_too_early();
    let ok = last(&session, is_ok).id;
    let found = causality(&session).finding(&session, ok);
    assert!(found.headline.ends_with("is on C1 and S1 alone."), "{}", found.headline);
    assert!(found.details.contains(&"No replica had v3 when C1 was told ok.".to_owned()), "{:?}", found.details);
    assert!(found.details.iter().any(|said| said.contains("certain that notes.txt v3 would be lost: S1 was killed")));
}

#[test]
fn an_ok_with_all_acks_has_them_in_its_past() {
    let mut session = session(Policy { acks: Acks::All, ..Policy::default() }, 61);
    run(&mut session, 100);
    write(&mut session, "two");
    run(&mut session, 200);
    let found = causality(&session).finding(&session, last(&session, is_ok).id);
    assert_eq!(found.details, ["In its past, S2 and S3 have v2 on disk, besides S1."]);
}

#[test]
fn a_stale_read_and_a_promotion_say_what_they_could_not_know() {
    let session = told_too_early();
    let causality = causality(&session);
    let promoted = last(&session, |kind| matches!(kind, EventKind::Promoted { .. })).id;
    let found = causality.finding(&session, promoted);
    assert!(
        found.details[0].contains("nothing that led to the choice of S2 can have carried news of v3"),
        "{:?}",
        found.details
    );
    let read = last(&session, |kind| matches!(kind, EventKind::OperationFound { .. })).id;
    let found = causality.finding(&session, read);
    assert!(found.details[0].contains("It is stale: C1 had been told ok for v3"), "{:?}", found.details);
    assert!(found.details[0].contains("C1 knew that itself"), "{:?}", found.details);
}

#[test]
fn a_copy_that_went_with_a_killed_server_is_missed_when_another_becomes_primary() {
    let session = told_too_early();
    let losses = session.losses();
    let [loss] = losses.as_slice() else { panic!("one write is lost, but there are {losses:?}") };
    assert_eq!(loss.certain, last(&session, |kind| matches!(kind, EventKind::ServerKilled { .. })).id);
    assert_eq!(loss.carried_out, last(&session, |kind| matches!(kind, EventKind::Promoted { .. })).id);
    assert_eq!(loss.done, Some(last(&session, is_ok).id));
}

#[test]
fn a_copy_on_a_replaced_primary_is_lost_with_the_promotion_and_cut_off_when_it_returns() {
    let mut session = session(Policy { acks: Acks::None, ..Policy::default() }, 61);
    run(&mut session, 100);
    // The client still reaches it.
    for other in [S2.into(), S3.into(), NodeId::Coordinator(CoordinatorId(1))] {
        give(&mut session, Command::CutLink { first: S1.into(), second: other });
    }
    write(&mut session, "two");
    run(&mut session, 900);
    give(&mut session, Command::HealAll);
    run(&mut session, 900);
    let losses = session.losses();
    let [loss] = losses.as_slice() else { panic!("one write is lost, but there are {losses:?}") };
    let promoted = last(&session, |kind| matches!(kind, EventKind::Promoted { .. })).id;
    assert_eq!(loss.certain, promoted);
    let carried_out = session.events().find(loss.carried_out).expect("it happened");
    assert!(
        matches!(
            carried_out.kind,
            EventKind::Truncated { server: S1, .. } | EventKind::FullCopyTaken { server: S1, .. }
        ),
        "{carried_out:?}"
    );
}
