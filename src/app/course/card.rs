//! The exercise beside the stage: its text, what it asks, and what comes of it.

use yew::prelude::*;

use crate::app::act::Act;
use crate::app::course::CourseAct;
use crate::app::course::markdown::markdown;
use crate::app::course::state::{Opened, Step};
use crate::app::course::{address, ask, graded};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) opened: Opened,
    /// Whether the run has come as far as the step lets it.
    pub(crate) is_at_bound: bool,
    pub(crate) act: Callback<Act>,
}

/// The card.
pub(crate) struct Card;

impl Component for Card {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { opened, is_at_bound, act } = ctx.props();
        let exercise = &opened.exercise;
        let tells_text = matches!(opened.step, Step::Predict | Step::Observe | Step::Work);
        html! {
            <section class="story exercise" aria-label="Exercise" data-testid="exercise" data-step={opened.step.word()}>
                <h1 key="title" tabindex="-1">{ &exercise.title }</h1>
                <p key="goal" class="goal">{ &exercise.goal }</p>
                if tells_text {
                    <div key="text">{ markdown(&exercise.text) }</div>
                }
                <div key="step" class="step-body" role="group" tabindex="-1" aria-label={opened.step.title()} data-testid="step-body">{ step(opened, *is_at_bound, act) }</div>
            </section>
        }
    }
}

fn step(opened: &Opened, is_at_bound: bool, act: &Callback<Act>) -> Html {
    match opened.step {
        Step::Predict => html! {
            <div class="card">
                { for opened.asked().into_iter().map(|question| ask::draw(question, opened, act)) }
                <p key="free" class="quiet-note">{ "The run waits for you. A wrong answer costs nothing." }</p>
            </div>
        },
        Step::Observe => observe(opened, is_at_bound, act),
        Step::Happened => html! {
            <div class="card">
                { for opened.asked().into_iter().map(|question| ask::draw(question, opened, act)) }
                <p key="free" class="quiet-note">{ "Go back on the track as often as you like before you answer." }</p>
            </div>
        },
        Step::Why => why(opened, act),
        Step::Challenge => challenge(opened, act),
        Step::Work => work(opened, act),
    }
}

fn button(label: &str, test: &'static str, class: &'static str, make: fn() -> CourseAct, act: &Callback<Act>) -> Html {
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::Course(make())));
    html! { <button key={test} {class} data-testid={test} {onclick}>{ label }</button> }
}

fn observe(opened: &Opened, is_at_bound: bool, act: &Callback<Act>) -> Html {
    let predicted = opened.exercise.predict.as_ref().and_then(|question| opened.locked.get(&question.id));
    html! {
        <div class="card">
            if let Some(predicted) = predicted {
                <p key="predicted">{ "You predicted: " }<b>{ &predicted.given }</b></p>
            }
            if let Some(observation) = &opened.exercise.observation {
                <div key="watch">{ markdown(&observation.text) }</div>
            }
            if is_at_bound {
                { button("What happened?", "go-on", "primary", || CourseAct::GoOn, act) }
            } else {
                <p key="running" class="quiet-note">{ "The run goes on. You may pause it, step, and change its speed." }</p>
                { button("Go to its end", "to-bound", "", || CourseAct::GoOn, act) }
            }
        </div>
    }
}

fn why(opened: &Opened, act: &Callback<Act>) -> Html {
    let questions = opened.exercise.predict.iter().chain(&opened.exercise.happened);
    html! {
        <>
            { for questions.filter_map(|question| {
                opened.locked.get(&question.id).map(|verdict| ask::verdict(question, verdict, act))
            }) }
            if let Some(explain) = &opened.exercise.explain {
                <div key="explain" class="explain">{ markdown(explain) }</div>
            }
            { button(if opened.exercise.challenge.is_some() { "To the challenge" } else { "Done: to the map" }, "go-on", "primary", || CourseAct::GoOn, act) }
            { button("Again, with another variant", "variant", "", || CourseAct::Variant, act) }
        </>
    }
}

fn challenge(opened: &Opened, act: &Callback<Act>) -> Html {
    let target = opened.exercise.challenge.clone().unwrap_or_default();
    html! {
        <div class="card">
            <p key="now">{ "Now do it yourself. What you have seen is all that you need." }</p>
            <a key="open" class="button primary" data-testid="open-challenge" href={address(Some(&target))}>{ "Open the challenge" }</a>
            { button("Back to the map", "course-map-2", "", || CourseAct::Map, act) }
        </div>
    }
}

fn work(opened: &Opened, act: &Callback<Act>) -> Html {
    let exercise = &opened.exercise;
    let has_questions = !exercise.questions.is_empty();
    html! {
        <>
            if has_questions {
                <div key="questions" class="card">
                    { for exercise.questions.iter().map(|question| match (opened.is_answered(), opened.locked.get(&question.id)) {
                        (true, Some(verdict)) => ask::verdict(question, verdict, act),
                        _ => ask::draw(question, opened, act),
                    }) }
                </div>
            } else {
                <div key="criteria" class="card">
                    <h2 key="head">{ "What counts" }</h2>
                    <ul key="list" class="criteria">
                        { for exercise.criteria.iter().map(|criterion| html! {
                            <li key={criterion.id.clone()}>{ &criterion.title }<span class="points">{ points(criterion.points) }</span></li>
                        }) }
                    </ul>
                    <p key="allowed" class="quiet-note">{ allowance(opened) }</p>
                    if opened.graded.is_none() {
                        { button("Hand in", "hand-in", "primary", || CourseAct::HandIn, act) }
                    }
                    { button("Begin anew", "again", "", || CourseAct::Again, act) }
                </div>
            }
            <div key="grade">{ graded::draw(opened, act) }</div>
            if !exercise.hints.is_empty() {
                <div key="hints" class="hints">
                    <ol key="list">{ for exercise.hints.iter().take(opened.hints).enumerate().map(|(index, hint)| html! { <li key={index}>{ hint }</li> }) }</ol>
                    if opened.hints < exercise.hints.len() {
                        { button(if opened.hints == 0 { "A hint" } else { "One more hint" }, "hint-more", "quiet", || CourseAct::Hint, act) }
                    }
                </div>
            }
        </>
    }
}

fn points(points: u32) -> String {
    if points == 1 { "1 point".to_owned() } else { format!("{points} points") }
}

/// What may be done, and how much of it, in a sentence.
fn allowance(opened: &Opened) -> String {
    let (allowed, limits) = (&opened.exercise.allowed, opened.exercise.limits);
    let mut parts = Vec::new();
    if !allowed.commands.is_empty() {
        let names: Vec<String> = allowed.commands.iter().map(|name| name.replace('_', " ")).collect();
        parts.push(format!("You may {}", names.join(", ")));
    }
    if !allowed.settings.is_empty() {
        parts.push(format!("You may set {}", allowed.settings.join(", ")));
    }
    let most = [
        ("fault", limits.faults),
        ("command", limits.commands),
        ("setting", limits.settings),
        ("server", limits.servers),
    ];
    let most: Vec<String> = most
        .into_iter()
        .filter_map(|(what, most)| most.map(|most| format!("{most} {what}{}", if most == 1 { "" } else { "s" })))
        .collect();
    if !most.is_empty() {
        parts.push(format!("At most {}", most.join(", ")));
    }
    format!("{}.", parts.join(". "))
}
