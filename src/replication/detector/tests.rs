//! The detectors against published values, and what a pulse learns and forgets.

use super::*;

const SECOND: Span = Span::from_millis(1_000);
const HUNDRED: Span = Span::from_millis(100);

/// A pulse that has heard heartbeats at these intervals, in milliseconds, over and over.
fn pulse(intervals: &[u64], heartbeats: usize) -> Pulse {
    let mut pulse = Pulse::new(Time::ZERO, SECOND);
    for milliseconds in intervals.iter().cycle().take(heartbeats) {
        pulse.heard(pulse.last_heard() + Span::from_millis(*milliseconds));
    }
    pulse
}

fn phi_after(pulse: &Pulse, milliseconds: u64) -> f64 {
    pulse.phi(HUNDRED, Span::ZERO, pulse.last_heard() + Span::from_millis(milliseconds))
}

fn is_near(value: f64, expected: f64, tolerance: f64) -> bool {
    (value - expected).abs() <= tolerance
}

#[test]
fn phi_is_that_of_the_normal_distribution() {
    let pulse = pulse(&[900, 1_100], 100);
    assert_eq!((pulse.mean(), pulse.deviation()), (SECOND, HUNDRED));
    // Mean 1000 ms, standard deviation 100 ms: Akka's examples, and the values of the exact distribution.
    for (milliseconds, phi) in [(1_000, 0.301), (1_200, 1.643), (1_400, 4.499), (1_600, 9.006), (1_700, 11.893)] {
        let found = phi_after(&pulse, milliseconds);
        assert!(is_near(found, phi, 0.001), "{milliseconds} ms: {found}");
    }
    assert!(phi_after(&pulse, 0) < 1e-9);
}

#[test]
fn phi_never_falls_and_stays_finite() {
    let pulse = pulse(&[900, 1_100], 100);
    let values: Vec<f64> = (0..20_000).step_by(7).map(|milliseconds| phi_after(&pulse, milliseconds)).collect();
    assert!(values.windows(2).all(|pair| pair[0] <= pair[1]));
    assert!(pulse.phi(Span::ZERO, Span::ZERO, Time::from_micros(u64::MAX)).is_finite());
    // Where the series takes over from the function itself.
    let (below, above) = (minus_log_of_tail(EXACT_DEVIATIONS - 1e-9), minus_log_of_tail(EXACT_DEVIATIONS));
    assert!(is_near(below, above, 2e-6), "{below} and {above}");
}

#[test]
fn a_new_pulse_has_the_expected_mean_and_a_quarter_of_it_as_deviation() {
    let pulse = Pulse::new(Time::from_millis(7), SECOND);
    assert_eq!(pulse.last_heard(), Time::from_millis(7));
    assert_eq!((pulse.mean(), pulse.deviation()), (SECOND, Span::from_millis(250)));
    // Threshold 8 is reached 5.61 deviations above the mean.
    let detector = Detector::PhiAccrual { threshold_tenths: 80, deviation_min: HUNDRED, pause_accepted: Span::ZERO };
    assert!(!pulse.is_silent(detector, Time::from_millis(2_400)));
    assert!(pulse.is_silent(detector, Time::from_millis(2_420)));
}

#[test]
fn a_time_out_is_over_after_its_time_and_not_before() {
    let mut pulse = Pulse::new(Time::from_millis(10), SECOND);
    let detector = Detector::TimeOut { after: Span::from_millis(160) };
    assert!(!pulse.is_silent(detector, Time::from_millis(170)));
    assert!(pulse.is_silent(detector, Time::from_micros(170_001)));
    pulse.heard(Time::from_millis(200));
    assert!(!pulse.is_silent(detector, Time::from_millis(360)));
    assert!(!pulse.is_silent(detector, Time::ZERO), "nothing is silent before it was heard");
}

#[test]
fn the_least_deviation_and_the_accepted_pause_put_suspicion_off() {
    let pulse = pulse(&[1_000], 200);
    assert_eq!(pulse.deviation(), Span::ZERO);
    let at = |milliseconds| pulse.last_heard() + Span::from_millis(milliseconds);
    assert!(pulse.phi(Span::ZERO, Span::ZERO, at(1_001)) > 1_000.0);
    assert!(is_near(pulse.phi(HUNDRED, Span::ZERO, at(1_200)), 1.643, 0.001));
    assert!(is_near(pulse.phi(HUNDRED, SECOND, at(2_200)), 1.643, 0.001));
    // Threshold 8, deviation 5 ms, 150 ms accepted: 50 + 150 + 5.61 * 5 = 228 ms.
    let quick = Pulse::new(Time::ZERO, Span::from_millis(50));
    let mut quick = (1..=200).fold(quick, |mut pulse, number| {
        pulse.heard(Time::from_millis(50 * number));
        pulse
    });
    let detector = Detector::phi_accrual(Span::from_millis(50));
    assert!(!quick.is_silent(detector, Time::from_millis(10_227)));
    assert!(quick.is_silent(detector, Time::from_millis(10_229)));
    quick.heard(Time::from_millis(10_229));
    assert!(!quick.is_silent(detector, Time::from_millis(10_229)));
}

#[test]
fn an_irregular_peer_is_given_more_time_than_a_regular_one() {
    let (regular, irregular) = (pulse(&[1_000], 100), pulse(&[500, 1_500], 100));
    assert_eq!(regular.mean(), irregular.mean());
    assert!(phi_after(&regular, 1_700) > 11.0);
    assert!(phi_after(&irregular, 1_700) < 1.2);
    // It forgets: a hundred regular heartbeats later both are alike.
    let mut calmed = irregular;
    for _ in 0..100 {
        calmed.heard(calmed.last_heard() + SECOND);
    }
    assert_eq!((calmed.mean(), calmed.deviation()), (SECOND, Span::ZERO));
}

#[test]
fn an_outage_leaves_no_trace_but_a_new_rhythm_does() {
    let mut pulse = pulse(&[900, 1_100], 100);
    let before = (pulse.mean(), pulse.deviation());
    for _ in 0..3 {
        pulse.heard(pulse.last_heard() + Span::from_millis(60_000));
        assert_eq!((pulse.mean(), pulse.deviation()), before);
        pulse.heard(pulse.last_heard() + Span::from_millis(900));
        pulse.heard(pulse.last_heard() + Span::from_millis(1_100));
    }
    for _ in 0..101 {
        pulse.heard(pulse.last_heard() + Span::from_millis(60_000));
    }
    assert_eq!((pulse.mean(), pulse.deviation()), (Span::from_millis(60_000), Span::ZERO));
}

#[test]
fn lost_heartbeats_are_learned_from() {
    // Each tenth heartbeat is lost on the way.
    let pulse = pulse(&[1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 1_000, 2_000], 100);
    let detector = Detector::PhiAccrual { threshold_tenths: 80, deviation_min: HUNDRED, pause_accepted: Span::ZERO };
    assert!(!pulse.is_silent(detector, pulse.last_heard() + Span::from_millis(2_100)));
    assert!(pulse.is_silent(detector, pulse.last_heard() + Span::from_millis(3_000)));
}

#[test]
fn no_times_however_odd_overflow_the_sums() {
    let mut pulse = Pulse::new(Time::from_micros(u64::MAX), Span::from_micros(u64::MAX));
    pulse.heard(Time::ZERO);
    assert_eq!(pulse.last_heard(), Time::from_micros(u64::MAX));
    let mut pulse = Pulse::new(Time::ZERO, Span::ZERO);
    for number in 0..300 {
        pulse.heard(Time::from_micros(u64::MAX / 300 * number));
    }
    assert!(pulse.mean() > Span::ZERO && pulse.deviation() < pulse.mean());
    let sums = pulse.intervals.iter().fold((0, 0), |(sum, squares), interval| {
        (sum + interval, squares + u128::from(*interval) * u128::from(*interval))
    });
    assert_eq!(sums, (pulse.sum, pulse.sum_of_squares));
}
