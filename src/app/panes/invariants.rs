//! What must hold after every step: one calm line while all of it does, and what was broken, when, and how.

use yew::prelude::*;

use crate::app::act::Act;
use crate::app::words::{self, Shared};
use crate::check::{Invariant, Violation};
use crate::session::Session;
use crate::sim::Time;

/// An invariant that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    invariant: Invariant,
    pub(crate) at: Time,
    /// That moment as the visible clock shows it.
    clock: String,
    /// Whether the track reaches back to it: what was before the learner entered can't be seen again.
    within_reach: bool,
    /// What is wrong, in one sentence.
    pub(crate) sentence: String,
    /// The event at which it was noticed, in its own sentence.
    noticed: Option<String>,
}

impl Broken {
    fn of(session: &Session, violation: &Violation) -> Self {
        let id = violation.event;
        let event = id.and_then(|id| session.events().find(id));
        Self {
            invariant: violation.invariant,
            at: violation.at,
            clock: words::clock(violation.at, session.start()),
            within_reach: violation.at >= session.start(),
            sentence: words::sentence(&violation.sentence),
            noticed: event.map(|event| session.sentence(&event)),
        }
    }

    /// All of a session up to now, or nothing if they are those that are known.
    pub(crate) fn news(session: &Session, known: &[Self]) -> Option<Vec<Self>> {
        let violations = session.violations();
        let same = violations.len() == known.len()
            && violations.iter().zip(known).all(|(one, other)| one.at == other.at && one.invariant == other.invariant);
        (!same).then(|| violations.iter().map(|violation| Self::of(session, violation)).collect())
    }
}

/// Those that are checked after every step.
fn checked() -> impl Iterator<Item = Invariant> {
    Invariant::ALL.into_iter().filter(|invariant| invariant.holds_at_each_step())
}

/// The name in words.
fn name(invariant: Invariant) -> String {
    invariant.name().replace('-', " ")
}

fn summary(broken: &[Broken]) -> String {
    let all = checked().count();
    let failed = checked().filter(|invariant| broken.iter().any(|one| one.invariant == *invariant)).count();
    match failed {
        0 => format!("{all} invariants hold after every step"),
        1 => format!("1 of {all} invariants was broken"),
        more => format!("{more} of {all} invariants were broken"),
    }
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) broken: Shared<Vec<Broken>>,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Invariants;

impl Component for Invariants {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { broken, act } = ctx.props();
        let well = broken.is_empty();
        let names = checked().map(|invariant| {
            let failed = broken.iter().any(|one| one.invariant == invariant);
            let (mark, state) = if failed { ("✕", "broken") } else { ("✓", "holds") };
            html! {
                <li key={invariant.name()} class={state} data-testid={format!("invariant-{invariant}")} data-state={state}>
                    <span class="mark-sign" role="img" aria-label={state}>{ mark }</span>
                    <div><b>{ name(invariant) }</b><p>{ invariant.sentence() }</p></div>
                </li>
            }
        });
        html! {
            <section class={classes!("invariants", (!well).then_some("lost"))} aria-label="Invariants" data-testid="invariants"
                data-broken={broken.len().to_string()}>
                <ul key="broken" class="broken-list">{ for broken.iter().enumerate().map(|(index, one)| break_of(index, one, act)) }</ul>
                <details key="names">
                    <summary data-testid="invariants-summary">
                        <span class="mark-sign" aria-hidden="true">{ if well { "✓" } else { "✕" } }</span>{ summary(broken) }
                    </summary>
                    <ul>{ for names }</ul>
                    <p class="pane-note">{ "Each is checked against what every disk really has, and only as far as the policy promises it. \
                        No fault may break one; only a mistake in a protocol can." }</p>
                </details>
            </section>
        }
    }
}

/// One that was broken: what is wrong, and a way to that moment.
fn break_of(index: usize, one: &Broken, act: &Callback<Act>) -> Html {
    let (act, at) = (act.clone(), one.at);
    let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::Seek(at)));
    html! {
        <li key={index.to_string()} data-testid="violation" data-invariant={one.invariant.name()}>
            <b>{ format!("Broken: {}", name(one.invariant)) }</b>
            <p>{ &one.sentence }</p>
            if let Some(noticed) = &one.noticed {
                <p class="noticed">{ format!("Noticed at this event: {noticed}") }</p>
            }
            if one.within_reach {
                <button class="quiet" data-testid="violation-jump" {onclick}>{ format!("Go to {}", one.clock) }</button>
            } else {
                <p class="noticed">{ format!("That was at {}, before you entered.", one.clock) }</p>
            }
        </li>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_counts_invariants_and_not_how_often_they_were_broken() {
        assert_eq!(summary(&[]), "7 invariants hold after every step");
        let once = Broken {
            invariant: Invariant::OnePrimaryPerEpoch,
            at: Time::ZERO,
            clock: "0.000 s".to_owned(),
            within_reach: false,
            sentence: "Two are.".to_owned(),
            noticed: None,
        };
        assert_eq!(summary(&[once.clone(), once]), "1 of 7 invariants was broken");
    }
}
