//! The four steps of an update, as the picture of a moment tells them.

use replicarium::session::{Scenario, Session};
use replicarium::sim::{ServerId, Span};
use replicarium::world::{Command, RippleStep};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test(unsupported = test)]
fn each_update_takes_the_four_steps_in_their_order() {
    let scenario = Scenario::by_slug("at-work").expect("a built-in scenario");
    let mut session = Session::new(scenario, scenario.seed);
    let mut steps = Vec::new();
    while session.now() < session.start() + Span::from_millis(1_000) {
        session.advance(session.now() + Span::from_micros(500));
        let ripple = session.view().ripple().expect("the group has a primary and replicas");
        assert_eq!(ripple.primary, ServerId(1));
        let step = ripple.step.expect("the opening files were updates");
        let said = ripple.replicas.iter().filter(|(_, said)| *said).count();
        match step {
            RippleStep::Asked | RippleStep::Spreads => assert_eq!(said, 0, "{step:?}"),
            RippleStep::Acks => assert!(said > 0, "{step:?}"),
            RippleStep::Done => assert_eq!(said, 2, "{step:?}"),
        }
        if steps.last() != Some(&step) {
            steps.push(step);
        }
    }
    let round = [RippleStep::Done, RippleStep::Asked, RippleStep::Spreads, RippleStep::Acks];
    let expected: Vec<RippleStep> = round.into_iter().cycle().take(steps.len()).collect();
    assert_eq!(steps, expected);
    assert!(steps.len() > 4 * 6, "an update every 125 ms: {}", steps.len());
}

#[wasm_bindgen_test(unsupported = test)]
fn without_a_primary_there_is_no_update_to_tell_of() {
    let scenario = Scenario::by_slug("at-work").expect("a built-in scenario");
    let mut session = Session::new(scenario, scenario.seed);
    session.apply(Command::Kill { server: ServerId(1) }).expect("it runs");
    session.advance(session.now() + Span::from_millis(1));
    assert_eq!(session.view().ripple(), None);
    session.advance(session.now() + Span::from_millis(900));
    let ripple = session.view().ripple().expect("a replica was promoted");
    assert_ne!(ripple.primary, ServerId(1));
    assert_eq!(ripple.replicas.len(), 1);
}
