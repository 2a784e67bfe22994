//! A question and what there is to try for its answer: what a lesson asks, whoever asks it.

use yew::prelude::*;

/// What became of something that was tried.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Outcome {
    /// It will be known at this time of the visible clock.
    Due(String),
    /// The difference that was promised is there; the sentence says what it shows.
    Held(String),
    /// It is not, as the sentence says.
    Missed(String),
}

/// Something to try.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// What it does, as an order.
    pub(crate) title: String,
    /// What stays the same, or what to watch.
    pub(crate) note: String,
    /// Whether it is what runs now.
    pub(crate) on: bool,
    pub(crate) outcome: Option<Outcome>,
}

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) question: String,
    pub(crate) choices: Vec<Choice>,
    /// Whether somebody has found the answer.
    pub(crate) answered: bool,
    /// Is told which of the choices is to be run, counted from 0, or none for the story as it is.
    pub(crate) choose: Callback<Option<usize>>,
}

/// The question stays as long as its story does; what became of a choice stands below its button.
pub(crate) struct Question;

impl Component for Question {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { question, choices, answered, choose } = ctx.props();
        let is_varied = choices.iter().any(|choice| choice.on);
        let back = {
            let choose = choose.clone();
            Callback::from(move |_: MouseEvent| choose.emit(None))
        };
        html! {
            <div class="question" data-answered={answered.to_string()}>
                <p key="invitation" class="invitation" data-testid="invitation">{ question }</p>
                if !choices.is_empty() {
                    <ul key="tries" class="tries" aria-label="To try">
                        { for choices.iter().enumerate().map(|(index, choice)| item(index, choice, choose)) }
                    </ul>
                }
                if is_varied {
                    <button key="original" class="quiet original" data-testid="original" onclick={back}>{ "↶ Back to the story as it was" }</button>
                }
            </div>
        }
    }
}

fn item(index: usize, choice: &Choice, choose: &Callback<Option<usize>>) -> Html {
    let onclick = {
        let choose = choose.clone();
        Callback::from(move |_: MouseEvent| choose.emit(Some(index)))
    };
    html! {
        <li key={index}>
            <button class={classes!("try", choice.on.then_some("on"))} aria-current={choice.on.then_some("true")} data-testid={format!("try-{}", index + 1)} {onclick}>
                <span key="mark" class="sign" aria-hidden="true">{ if choice.on { "↻" } else { "▶" } }</span>
                <b key="title">{ &choice.title }</b>
                <small key="note">{ if choice.on { format!("on now · {}", choice.note) } else { choice.note.clone() } }</small>
            </button>
            if let Some(outcome) = &choice.outcome {
                { result(index, outcome) }
            }
        </li>
    }
}

fn result(index: usize, outcome: &Outcome) -> Html {
    let (class, mark, sentence) = match outcome {
        Outcome::Due(time) => ("due", "…", format!("Not yet: the answer comes by {time}.")),
        Outcome::Held(sentence) => ("held", "✓", sentence.clone()),
        Outcome::Missed(sentence) => ("missed", "✕", format!("Not this time. {sentence}")),
    };
    html! {
        <p class={classes!("outcome", class)} data-testid={format!("outcome-{}", index + 1)} data-outcome={class}>
            <span key="mark" aria-hidden="true">{ mark }</span>
            <span key="sentence">{ sentence }</span>
        </p>
    }
}
