//! Runs whose difference is known by reasoning.

use std::sync::Arc;

use super::*;
use crate::session::Scenario;
use crate::sim::{ServerId, Time};
use crate::world::Command;

/// Two writes in a row. With a window of 1 the second waits for what the first needs; without acks that is the primary's
/// own disk, so its client is told ok before any replica has heard of it. Then the primary is killed.
const TWO_WRITES_AND_A_KILL: &str = r#"
version = 1
title = "Two writes and a kill"
teaches = "What an ack is worth."
story = "Two writes in a row, then the primary is killed."
invitation = "Compare it."
until = "2 s"
[policy]
acks = "none"
[[files]]
name = "notes.txt"
text = "one"
[[at]]
time = "100 ms"
write = { file = "notes.txt", text = "two" }
[[at]]
time = "101 ms"
write = { file = "notes.txt", text = "three" }
[[at]]
time = "130 ms"
kill = "S1"
[[at]]
time = "1 s"
restart = "S1"
"#;

fn scenario(settings: &[(&str, &str)]) -> Arc<Scenario> {
    let mut scenario = Scenario::parse("two-writes.toml", TWO_WRITES_AND_A_KILL).unwrap();
    for (key, value) in settings {
        scenario = scenario.set(key, value).unwrap();
    }
    Arc::new(scenario)
}

fn run(settings: &[(&str, &str)], seed: u64) -> Contender {
    Contender::new("run", Session::new(&scenario(settings), seed))
}

fn compared(a: Contender, b: Contender) -> Comparison {
    let length = Comparison::usual_length(a.session(), b.session());
    let mut comparison = Comparison::new(a, b, length);
    while comparison.step().is_some() {}
    comparison
}

fn none_and_all() -> Comparison {
    compared(run(&[], 61), run(&[("policy.acks", "all")], 61))
}

fn row(rows: &[OutcomeRow], key: &str) -> OutcomeRow {
    rows.iter().find(|row| row.key == key).unwrap_or_else(|| panic!("no row {key} in {rows:?}")).clone()
}

#[test]
fn the_ok_that_waits_for_nobody_loses_a_write_and_the_one_that_waits_loses_none() {
    let comparison = none_and_all();
    let rows = comparison.outcome_at_end();
    let lost = row(&rows, "lost");
    assert_eq!((lost.a, lost.b, lost.judgement), (Measure::Count(1), Measure::Count(0), Judgement::Better));
    assert_eq!(lost.delta_shown(), "−1");
    let told = row(&rows, "writesOk");
    assert_eq!(told.a, Measure::Of(2, 2), "without acks both writes are told ok");
    assert_ne!(told.b, Measure::Of(2, 2), "with acks the second one is still under way when S1 is killed");
    assert_eq!(told.judgement, Judgement::Worse);
    let fresh = row(&rows, "freshCopies");
    assert_eq!((fresh.a, fresh.label.as_str()), (Measure::Of(0, 3), "Fresh copies of notes.txt"));
    assert_eq!((fresh.b, fresh.judgement), (Measure::Of(3, 3), Judgement::Better));
    assert!(comparison.summary().starts_with("A loses 1 file after the ok, B loses none."), "{}", comparison.summary());
    // Both have the same failover: the seed, and with it all latencies, are the same.
    assert_eq!(row(&rows, "promotions").judgement, Judgement::Same);
    assert_eq!(comparison.epochs(Side::A).len(), 2);
}

#[test]
fn each_world_says_its_truth_with_times_of_the_visible_clock() {
    let mut comparison = none_and_all();
    let Truth { mood, verdict, sentence, detail } = comparison.truth_at_end(Side::A).unwrap().clone();
    assert_eq!((mood, verdict.as_str()), (Mood::Bad, "notes.txt lost"));
    let told_at = comparison
        .told(Side::A)
        .iter()
        .filter(|happening| happening.landmark == Some(Landmark::ToldOk))
        .map(|happening| happening.at)
        .max()
        .unwrap();
    let killed = Span::from_millis(130);
    assert!(told_at < killed, "{told_at:?}");
    assert!(sentence.starts_with(&format!("C1 was told ok for v3 at {}. ", Time::ZERO + told_at)), "{sentence}");
    let later = table::shown_span(Span::from_micros(killed.as_micros() - told_at.as_micros()));
    assert!(sentence.ends_with(&format!("{later} later S1 was killed.")), "{sentence}");
    assert!(detail.starts_with("The ok waited for no replica."), "{detail}");
    comparison.seek(Span::from_millis(135));
    let Truth { mood, sentence, detail, .. } = comparison.truth(Side::B);
    assert_eq!(mood, Mood::Waiting);
    assert!(
        sentence.starts_with("C1 has been waiting ") && sentence.ends_with(" about 2 writes of notes.txt."),
        "{sentence}"
    );
    assert!(detail.ends_with("No promise was made, and none is broken."), "{detail}");
    comparison.seek(Span::from_millis(50));
    for side in Side::BOTH {
        let truth = comparison.truth(side);
        assert_eq!((truth.mood, truth.verdict.as_str()), (Mood::Good, "notes.txt safe"), "{truth:?}");
    }
}

#[test]
fn the_first_difference_is_where_the_second_write_waits_for_acks_that_the_first_one_needs() {
    let comparison = none_and_all();
    let first = comparison.first_difference().unwrap();
    // Until a write is at the primary nothing depends on acks.
    assert!(first.at > Span::from_millis(100) && first.at < Span::from_millis(130), "{first:?}");
    assert!(first.a.as_ref().unwrap().sentence.contains("is not done yet"), "{first:?}");
    assert!(first.b.as_ref().unwrap().sentence.contains("waits for 2 more acks"), "{first:?}");
    // What the scenario has planned is in both at the same time.
    let kill =
        comparison.told(Side::A).iter().find(|happening| happening.sentence.starts_with("S1 was killed")).unwrap();
    assert!(!comparison.is_difference(Side::A, kill));
    assert_eq!(comparison.like(Side::A, kill).map(|like| like.at), Some(kill.at));
    let loss = comparison.told(Side::A).iter().find(|happening| happening.landmark == Some(Landmark::Loss)).unwrap();
    assert_eq!((loss.at, comparison.like(Side::A, loss)), (kill.at, None), "the kill makes the loss certain");
    assert!(comparison.is_difference(Side::A, loss));
    assert!(comparison.told(Side::B).iter().all(|happening| happening.landmark != Some(Landmark::Loss)));
}

#[test]
fn one_can_go_from_difference_to_difference_and_back() {
    let comparison = none_and_all();
    let first = comparison.first_difference().unwrap().at;
    assert_eq!(comparison.next_difference(Span::ZERO), Some(first));
    let mut moments = vec![first];
    while let Some(next) = comparison.next_difference(*moments.last().unwrap()) {
        assert!(next > *moments.last().unwrap());
        moments.push(next);
    }
    let mut back = vec![*moments.last().unwrap()];
    while let Some(before) = comparison.previous_difference(*back.last().unwrap()) {
        back.push(before);
    }
    back.reverse();
    assert_eq!(back, moments);
    assert!(moments.len() > 2, "{moments:?}");
}

#[test]
fn a_comparison_with_itself_has_no_difference_and_all_is_the_same() {
    for settings in [&[][..], &[("policy.acks", "all")]] {
        let comparison = compared(run(settings, 7), run(settings, 7));
        assert_eq!(comparison.first_difference(), None);
        assert_eq!(comparison.next_difference(Span::ZERO), None);
        assert_eq!(comparison.setup().different, []);
        assert_eq!(comparison.setup().difference(), "nothing");
        for row in comparison.outcome_at_end() {
            assert_eq!((row.a, row.judgement), (row.b, Judgement::Same), "{row:?}");
        }
    }
}

#[test]
fn swapped_worlds_mirror_every_judgement() {
    let comparison = none_and_all();
    let swapped = compared(run(&[("policy.acks", "all")], 61), run(&[], 61));
    let (rows, mirrored) = (comparison.outcome_at_end(), swapped.outcome_at_end());
    assert_eq!(rows.len(), mirrored.len());
    assert!(rows.iter().any(|row| row.judgement == Judgement::Better));
    assert!(rows.iter().any(|row| row.judgement == Judgement::Worse));
    for (row, other) in rows.iter().zip(&mirrored) {
        assert_eq!((row.key, row.a, row.b), (other.key, other.b, other.a));
        assert_eq!(row.judgement.mirrored(), other.judgement, "{row:?}");
    }
    let (first, other) = (comparison.first_difference().unwrap(), swapped.first_difference().unwrap());
    assert_eq!((first.at, &first.a, &first.b), (other.at, &other.b, &other.a));
}

#[test]
fn only_what_has_an_effect_differs() {
    let setup = |settings: &[(&str, &str)], seed| compared(run(&[], 61), run(settings, seed)).setup().clone();
    let acks = setup(&[("policy.acks", "all")], 61);
    let contrast = Contrast { key: "policy.acks".to_owned(), a: "none".to_owned(), b: "all".to_owned() };
    assert_eq!(acks.different, [contrast]);
    assert_eq!(acks.labels(), Some(["acks = none".to_owned(), "acks = all".to_owned()]));
    assert_eq!(acks.same[0].what, "seed 61");
    assert!(acks.same.iter().any(|same| same.what == "plan" && same.detail.starts_with("4 steps")), "{acks:?}");
    // The usual value changes nothing, whether it is named or not.
    assert_eq!(setup(&[("policy.window", "1")], 61).different, []);
    let window = setup(&[("policy.window", "4")], 61);
    assert_eq!((window.different[0].a.as_str(), window.different[0].b.as_str()), ("1", "4"));
    let seed = setup(&[], 62);
    assert_eq!(seed.different, [Contrast { key: "seed".to_owned(), a: "61".to_owned(), b: "62".to_owned() }]);
}

#[test]
fn a_variation_gets_the_commands_of_the_run_at_the_same_times() {
    let mut session = Session::new(&scenario(&[]), 61);
    session.advance(session.start() + Span::from_millis(300));
    session.apply(Command::Kill { server: ServerId(2) }).unwrap();
    session.advance(session.start() + Span::from_millis(600));
    let changed = scenario(&[("policy.acks", "all")]);
    let variation = Contender::like("changed", &changed, 61, &session);
    let comparison = compared(Contender::new("run", session.clone()), variation);
    assert_eq!(comparison.setup().different.len(), 1, "{:?}", comparison.setup());
    let is_kill = |happening: &&Happening| happening.sentence.starts_with("S2 was killed");
    for side in Side::BOTH {
        let kill = comparison.told(side).iter().find(is_kill).unwrap();
        assert_eq!(kill.at, Span::from_millis(300));
    }
    // In a cluster that has no S2 the command is left out, and that is told.
    let small = Arc::new(scenario(&[]).set("cluster.zones", "[\"A\"]").unwrap());
    let comparison = compared(Contender::new("run", session.clone()), Contender::like("small", &small, 61, &session));
    assert_eq!(comparison.world(Side::B).skipped(), 1);
}

#[test]
fn an_end_before_its_time_tells_what_was_reached() {
    let mut comparison = Comparison::new(run(&[], 61), run(&[("policy.acks", "all")], 61), Span::from_millis(2_000));
    for _ in 0..5 {
        assert!(comparison.step().is_some());
    }
    assert_eq!(comparison.outcome_at_end(), []);
    comparison.finish();
    assert!(comparison.is_complete());
    assert_eq!(comparison.length(), Span::from_millis(100));
    assert!(!comparison.outcome_at_end().is_empty());
    assert!(comparison.step().is_none());
}

#[test]
fn the_time_without_a_primary_is_from_the_kill_to_the_new_primary() {
    let comparison = none_and_all();
    let is_new = |happening: &&Happening| happening.landmark == Some(Landmark::NewPrimary);
    let new = comparison.told(Side::A).iter().find(is_new).unwrap();
    let gap = Span::from_micros(new.at.as_micros() - 130_000);
    assert_eq!(row(&comparison.outcome_at_end(), "withoutPrimary").a, Measure::Span(gap));
}
