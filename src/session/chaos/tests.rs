use super::*;
use crate::session::{Scenario, Session};
use crate::sim::{CoordinatorId, NodeId, ServerId, Time};
use crate::world::Command;

const MINUTE: Span = Span::from_millis(60_000);

fn everything() -> Chaos {
    let often = FaultRate::per_minute(30, Span::from_millis(500));
    Chaos {
        until: MINUTE,
        crash: often,
        kill: often,
        pause: often,
        wipe: often,
        rot: often,
        slow_disk: often,
        full_disk: often,
        bad_link: often,
        one_way_cut: often,
        cut: often,
        loss: often,
        slow_link: often,
        removal: often,
        partition: often,
        zone_outage: often,
        clock_skew: often,
        coordinator_crash: often,
        ..Chaos::default()
    }
}

fn files() -> Vec<String> {
    vec!["notes.txt".to_owned(), "more.txt".to_owned()]
}

fn crashes(commands: &[TimedCommand], wanted: ServerId) -> Vec<Time> {
    let is_crash = |timed: &&TimedCommand| timed.command == Command::Crash { server: wanted };
    commands.iter().filter(is_crash).map(|timed| timed.at).collect()
}

#[test]
fn the_same_seed_gives_the_same_faults_and_another_seed_others() {
    let settings = WorldSettings::with_servers(3);
    let of = |chaos: Chaos, seed| chaos.schedule(&settings, &files(), seed);
    assert_eq!(of(everything(), 1), of(everything(), 1));
    assert_ne!(of(everything(), 1), of(everything(), 2));
    let own = Chaos { seed: Some(1), ..everything() };
    assert_eq!(of(own, 2), of(everything(), 1));
}

#[test]
fn the_schedule_is_in_order_and_nothing_begins_outside_its_time() {
    let chaos = Chaos { from: Span::from_millis(5_000), ..everything() };
    let commands = chaos.schedule(&WorldSettings::with_servers(3), &files(), 7);
    assert!(commands.windows(2).all(|pair| pair[0].at <= pair[1].at));
    assert!(commands.iter().all(|timed| timed.at > Time::from_millis(5_000)));
    let begins = |timed: &&TimedCommand| matches!(timed.command, Command::Crash { .. } | Command::Rot { .. });
    assert!(commands.iter().filter(begins).all(|timed| timed.at < Time::ZERO + MINUTE));
}

#[test]
fn one_rate_leaves_the_times_of_all_other_kinds_and_a_further_server_those_of_the_first() {
    let three = WorldSettings::with_servers(3);
    let before = everything().schedule(&three, &files(), 5);
    let without_kills = Chaos { kill: FaultRate::default(), ..everything() }.schedule(&three, &files(), 5);
    let four = everything().schedule(&WorldSettings::with_servers(4), &files(), 5);
    for server in [ServerId(1), ServerId(2), ServerId(3)] {
        assert!(!crashes(&before, server).is_empty());
        assert_eq!(crashes(&before, server), crashes(&without_kills, server));
        assert_eq!(crashes(&before, server), crashes(&four, server));
    }
    let is_kill = |timed: &TimedCommand| matches!(timed.command, Command::Kill { .. });
    assert!(before.iter().any(is_kill) && !without_kills.iter().any(is_kill));
}

#[test]
fn the_number_of_faults_is_what_the_rate_says() {
    let crash = FaultRate::per_minute(6, Span::from_millis(1_000));
    let chaos = Chaos { until: Span::from_millis(6_000_000), crash, ..Chaos::default() };
    let commands = chaos.schedule(&WorldSettings::with_servers(1), &[], 3);
    // An interval of 10 s and a fault of 1 s: 100 minutes have 545 of them, give or take some 23.
    let count = crashes(&commands, ServerId(1)).len();
    assert!((480..610).contains(&count), "{count} crashes");
    assert_eq!(commands.len(), 2 * count, "each crash is followed by a restart");
}

#[test]
fn every_command_is_about_somebody_who_is_there() {
    let settings = WorldSettings { coordinators: 3, ..WorldSettings::with_servers(2) };
    let commands = everything().schedule(&settings, &files(), 11);
    for timed in &commands {
        match &timed.command {
            Command::CrashCoordinator { node } => assert!(*node <= CoordinatorId(3)),
            Command::Rot { server, file, .. } => assert!(*server <= ServerId(2) && files().contains(file)),
            Command::Partition { side, .. } => assert!(!side.is_empty() && side.len() < 6),
            Command::CutOneWay { from, to } => assert!(from != to && !matches!(from, NodeId::Client(_))),
            _ => {}
        }
    }
    let rotten = |commands: &[TimedCommand]| commands.iter().any(|timed| matches!(timed.command, Command::Rot { .. }));
    assert!(rotten(&commands));
    assert!(!rotten(&everything().schedule(&settings, &[], 11)), "without files nothing rots");
}

#[test]
fn a_session_lives_through_it_and_counts_what_could_not_be_done() {
    let mut scenario = Scenario::clone(Scenario::by_slug("three-copies").expect("a built-in scenario"));
    scenario.chaos = Some(Chaos { until: Span::from_millis(5_000), ..everything() });
    let scenario = std::sync::Arc::new(scenario);
    let run = || {
        let mut session = Session::new(&scenario, 9);
        session.advance(session.start() + Span::from_millis(8_000));
        session
    };
    let mut session = run();
    let hash = session.trace_hash();
    assert_eq!(hash, run().trace_hash());
    assert!(session.refused() > 0);
    session.seek(session.start());
    session.seek(session.end());
    assert_eq!(session.trace_hash(), hash);
}

#[test]
fn too_much_is_refused_with_a_sentence() {
    let settings = WorldSettings::with_servers(3);
    assert_eq!(everything().check(&settings), Ok(()));
    let too_often = Chaos { crash: FaultRate::per_minute(601, Span::ZERO), ..Chaos::default() };
    assert_eq!(too_often.check(&settings), Err(ChaosError::Rate(60_100)));
    let backwards = Chaos { from: MINUTE, until: Span::ZERO, ..everything() };
    assert_eq!(backwards.check(&settings), Err(ChaosError::EndsBeforeItBegins));
    let endless = Chaos { until: Span::from_micros(u64::MAX), ..everything() };
    assert!(matches!(endless.check(&settings), Err(ChaosError::TooMany(_))));
    assert!(endless.schedule(&settings, &files(), 1).len() <= 100_001);
    let endless_rot = Chaos { rot: everything().rot, until: endless.until, ..Chaos::default() };
    assert!(endless_rot.schedule(&settings, &[], 1).is_empty());
}
