//! A question with its answers: one chooses, locks in, and is told only when it is time.

use web_sys::HtmlInputElement;
use yew::prelude::*;

use crate::app::act::Act;
use crate::app::course::CourseAct;
use crate::app::course::state::{Opened, Step, Verdict};
use crate::exercise::Question;

/// A question that is still open, or was answered and is not judged yet.
pub(super) fn draw(question: &Question, opened: &Opened, act: &Callback<Act>) -> Html {
    let id = question.id.clone();
    let picked = opened.picked.get(&id).cloned();
    let is_locked = opened.locked.contains_key(&id);
    let legend = match opened.step {
        Step::Predict => "Predict.",
        Step::Happened => "What happened?",
        Step::Observe | Step::Why | Step::Challenge | Step::Work => "",
    };
    let lock = {
        let (act, id) = (act.clone(), id.clone());
        Callback::from(move |event: SubmitEvent| {
            event.prevent_default();
            act.emit(Act::Course(CourseAct::Lock(id.clone())));
        })
    };
    let label = if opened.step == Step::Predict { "Lock in and watch" } else { "Lock in" };
    html! {
        <form key={question.id.clone()} class="ask" data-testid={format!("ask-{id}")} onsubmit={lock}>
            <fieldset key="answers" disabled={is_locked}>
                <legend key="ask">if !legend.is_empty() { <b>{ legend }</b>{ " " } }{ &question.ask }</legend>
                if question.moment.is_some() {
                    { moment(&id, picked.as_deref(), act) }
                } else {
                    { for question.order(opened.exercise.seed).into_iter().filter_map(|index| question.answers.get(index)).map(|answer| {
                        let is_picked = picked.as_deref() == Some(answer.id.as_str());
                        let onchange = {
                            let (act, question, answer) = (act.clone(), id.clone(), answer.id.clone());
                            Callback::from(move |event: Event| {
                                if event.target_unchecked_into::<HtmlInputElement>().checked() {
                                    act.emit(Act::Course(CourseAct::Pick(question.clone(), answer.clone())));
                                }
                            })
                        };
                        html! {
                            <label key={answer.id.clone()} class={classes!("answer", is_picked.then_some("picked"))} data-testid={format!("answer-{}", answer.id)}>
                                <input key="radio" type="radio" name={id.clone()} checked={is_picked} {onchange} />
                                <span key="text">{ &answer.text }if let Some(note) = &answer.note { <small>{ note }</small> }</span>
                            </label>
                        }
                    }) }
                }
            </fieldset>
            if is_locked {
                <p key="locked" class="quiet-note">{ "Locked in." }</p>
            } else {
                <button key="lock" class="primary" type="submit" disabled={picked.is_none()} data-testid={format!("lock-{id}")}>{ label }</button>
            }
        </form>
    }
}

/// A moment is chosen by going there.
fn moment(id: &str, picked: Option<&str>, act: &Callback<Act>) -> Html {
    let take = {
        let (act, id) = (act.clone(), id.to_owned());
        Callback::from(move |_: MouseEvent| act.emit(Act::Course(CourseAct::PickNow(id.clone()))))
    };
    html! {
        <div class="moment">
            <p key="how">{ "Go to the moment on the track below, by the slider or step by step, and take it." }</p>
            <button key="take" type="button" data-testid={format!("moment-{id}")} onclick={take}>{ "Take the present moment" }</button>
            <p key="taken" class="taken" data-testid="taken">{ picked.map_or("No moment is taken yet.".to_owned(), |at| format!("Taken: {at}")) }</p>
        </div>
    }
}

/// What came of an answer.
pub(super) fn verdict(question: &Question, verdict: &Verdict, act: &Callback<Act>) -> Html {
    let (class, mark) = if verdict.is_right { ("right", "✓ Right") } else { ("wrong", "✕ Not so") };
    let see = verdict.see.map(|at| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::Course(CourseAct::See(at))))
    });
    html! {
        <div key={question.id.clone()} class={classes!("judged", class)} data-testid={format!("judged-{}", question.id)} data-right={verdict.is_right.to_string()}>
            <p key="ask" class="asked">{ &question.ask }</p>
            <p key="given"><b>{ mark }</b>{ ": you said “" }{ &verdict.given }{ "”" }</p>
            <p key="because">{ &verdict.because }</p>
            if let Some(belief) = &verdict.belief {
                <p key="belief" class="belief">{ "The belief behind it: " }<q>{ belief.trim_end_matches('.') }</q></p>
            }
            if let Some(onclick) = see {
                <button key="see" data-testid={format!("see-{}", question.id)} {onclick}>{ "Show me the moment" }</button>
            }
        </div>
    }
}
