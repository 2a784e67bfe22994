//! The story beside the stage: what this is, the question that it asks, what there is to try, and a hint.

pub(crate) mod attempts;
mod hint;
pub(crate) mod question;

use std::rc::Rc;
use std::sync::Arc;

use yew::prelude::*;

use crate::session::Scenario;
use crate::sim::Time;
use crate::world::View;

use self::question::{Choice, Question};
use crate::app::act::Act;
use crate::app::glossary::explained;
use crate::app::time::timeline::Line;
use crate::app::words::Shared;

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) view: Shared<View>,
    pub(crate) lines: Shared<Vec<Rc<Line>>>,
    pub(crate) start: Time,
    pub(crate) choices: Vec<Choice>,
    pub(crate) answered: bool,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Story;

impl Component for Story {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let props = ctx.props();
        let scenario = &props.scenario;
        html! {
            <section class="story" aria-label="Story">
                <p key="kicker" class="kicker" data-testid="kicker">{ kicker(scenario) }</p>
                <h1 key="title">{ scenario.title() }</h1>
                <p key="story">{ explained(scenario.story(), 4) }</p>
                <div key="card" class="card">{ asked(props) }</div>
                <div key="hint" class="hint">{ hinted(props) }</div>
            </section>
        }
    }
}

/// Where the scenario comes from.
fn kicker(scenario: &Scenario) -> String {
    let is_known = Scenario::by_slug(scenario.slug()).is_some_and(|known| known.source == scenario.source);
    match (is_known, scenario.overrides.is_empty(), scenario.variation) {
        (true, true, _) => "Scenario".to_owned(),
        (true, false, Some(_)) => "Scenario, varied".to_owned(),
        (true, false, None) => "Scenario, with other settings".to_owned(),
        (false, ..) => format!("Scenario from {}", scenario.file_name()),
    }
}

/// The question, with what there is to try for its answer.
fn asked(props: &Props) -> Html {
    let choose = {
        let act = props.act.clone();
        Callback::from(move |index: Option<usize>| act.emit(Act::Try(index.map(|index| index + 1))))
    };
    html! {
        <Question question={props.scenario.invitation().to_owned()} choices={props.choices.clone()} answered={props.answered} {choose} />
    }
}

/// What is worth a thought now, below the question and never in its place.
fn hinted(props: &Props) -> Html {
    let next = hint::hint(&props.scenario, &props.view, &props.lines, props.start);
    html! {
        <>
            <p key="sentence" data-testid="hint">{ &next.sentence }</p>
            if let Some((label, step)) = next.button.clone() {
                <button key="next" data-testid="next" onclick={hint::take(step, &props.act)}>{ label }</button>
            }
        </>
    }
}

/// The same above the stage, where there is no room for the story beside it.
pub(crate) struct Nudge;

impl Component for Nudge {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        html! {
            <div class="nudge">
                <div key="card">{ asked(ctx.props()) }</div>
                <div key="hint" class="hint">{ hinted(ctx.props()) }</div>
            </div>
        }
    }
}
