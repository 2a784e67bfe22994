//! What happens to an update, in four steps above the stage: the words stay, and the step that is true now is marked.

use yew::prelude::*;

use crate::app::act::Act;
use crate::app::time::speed::{DEFAULT_SPEED, label};
use crate::replication::Acks;
use crate::sim::ServerId;
use crate::world::{Ripple, RippleStep};

/// With more changes under way than this, one step is as true as the other.
const MOST_UNDER_WAY: usize = 2;
/// More replicas than this are told by their number.
const MOST_NAMES: usize = 3;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) ripple: Ripple,
    /// Whether time passes slowly enough, or not at all, so that one can see a step.
    pub(crate) can_follow: bool,
    pub(crate) act: Callback<Act>,
}

/// The four steps.
#[component]
pub(crate) fn Steps(Props { ripple, can_follow, act }: &Props) -> Html {
    let is_busy = ripple.under_way > MOST_UNDER_WAY;
    let now = ripple.step.filter(|_| *can_follow && !is_busy);
    let steps = [RippleStep::Asked, RippleStep::Spreads, RippleStep::Acks, RippleStep::Done].map(|step| {
        let is_now = now == Some(step);
        html! {
            <li key={format!("{step:?}")} aria-current={is_now.then_some("step")}>{ told(ripple, step, now.is_some()) }</li>
        }
    });
    let on_slow = {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::SetSpeed(DEFAULT_SPEED)))
    };
    html! {
        <div class="ripple" data-testid="ripple" data-step={now.map_or_else(String::new, |step| format!("{step:?}").to_lowercase())}>
            <ol key="steps" aria-label="What happens to an update">{ for steps }</ol>
            if !*can_follow {
                <button key="slow" class="quiet" data-testid="ripple-slow" title={format!("Run at {}, to watch an update", label(DEFAULT_SPEED))}
                    onclick={on_slow}>{ "Slow down to watch an update" }</button>
            }
        </div>
    }
}

fn told(ripple: &Ripple, step: RippleStep, is_followed: bool) -> Html {
    let replicas: Vec<String> = ripple.replicas.iter().map(|(server, _)| server.to_string()).collect();
    match step {
        RippleStep::Asked => html! { <>{ format!("{}, the primary, gets the update", ripple.primary) }</> },
        RippleStep::Spreads => html! { <>{ format!("it ripples to {}", names(&replicas)) }</> },
        RippleStep::Acks => {
            let who = match (ripple.acks, replicas.len()) {
                (Acks::Count(needed), there) if needed < there && needed == 1 => {
                    "one of them says it has it".to_owned()
                }
                (Acks::Count(needed), there) if needed < there => format!("{needed} of them say they have it"),
                (Acks::None | Acks::All | Acks::Count(_), 1) => "it says it has it".to_owned(),
                (Acks::None | Acks::All | Acks::Count(_), _) => "each says it has it".to_owned(),
            };
            let each = ripple.replicas.iter().map(|(server, said)| ack(*server, *said && is_followed));
            html! {
                <>
                    { who }
                    if ripple.replicas.len() <= MOST_NAMES {
                        <span key="each" class="said-by">{ for each }</span>
                    }
                </>
            }
        }
        RippleStep::Done => match ripple.acks {
            Acks::None => html! { <>{ "the next update waits for none of that" }</> },
            Acks::Count(_) | Acks::All => html! { <>{ "so the next update may go" }</> },
        },
    }
}

/// A replica, and whether it has said that it has the update: the sign changes, its room does not.
fn ack(server: ServerId, said: bool) -> Html {
    let told = if said { format!("{server}: yes") } else { format!("{server}: not yet") };
    html! {
        <span key={server.to_string()} class={classes!("said", said.then_some("yes"))}>
            <svg key="sign" viewBox="-9 -9 18 18" width="12" height="12" aria-hidden="true">
                <circle r="7.5" />
                if said { <path d="M-3.5 0L-1 3L4 -2.5" /> }
            </svg>
            <span key="name" aria-hidden="true">{ server.to_string() }</span>
            <span key="told" class="visually-hidden">{ told }</span>
        </span>
    }
}

fn names(replicas: &[String]) -> String {
    match replicas {
        [one] => one.clone(),
        [first @ .., last] if replicas.len() <= MOST_NAMES => format!("{} and {last}", first.join(", ")),
        many => format!("its {} replicas", many.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_few_replicas_are_named_and_many_are_counted() {
        let named = |count: usize| names(&(2..2 + count).map(|at| format!("S{at}")).collect::<Vec<_>>());
        assert_eq!(named(1), "S2");
        assert_eq!(named(3), "S2, S3 and S4");
        assert_eq!(named(4), "its 4 replicas");
    }
}
