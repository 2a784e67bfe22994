//! What an attempt was worth.

use yew::prelude::*;

use crate::app::act::Act;
use crate::app::course::CourseAct;
use crate::app::course::state::Opened;
use crate::exercise::Grade;

/// The grade, or how far the grading is.
pub(super) fn draw(opened: &Opened, act: &Callback<Act>) -> Html {
    let emit = |make: fn() -> CourseAct| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::Course(make())))
    };
    if let Some((done, total)) = opened.graded {
        return html! {
            <div class="grading" data-testid="grading">
                <label>{ "The engine runs your attempt…" }<progress max={total.to_string()} value={done.to_string()}></progress></label>
                <button data-testid="grading-stop" onclick={emit(|| CourseAct::StopGrading)}>{ "Cancel" }</button>
            </div>
        };
    }
    let Some(grade) = &opened.grade else { return Html::default() };
    html! {
        <section class={classes!("grade", if grade.passed { "passed" } else { "missed" })} aria-label="Your result" data-testid="grade" data-passed={grade.passed.to_string()}>
            <h2 key="score" tabindex="-1">{ headline(grade) }</h2>
            <ul key="criteria">
                { for grade.criteria.iter().map(|one| html! {
                    <li key={one.id.clone()} class={if one.passed { "met" } else { "unmet" }}>
                        <b key="title">{ if one.passed { "✓ " } else { "✕ " } }{ &one.title }</b>
                        <span key="points" class="points">{ format!("{} of {}", one.score, one.maximum) }</span>
                        <p key="feedback">{ &one.feedback }</p>
                    </li>
                }) }
            </ul>
            { for grade.notes.iter().enumerate().map(|(index, note)| html! { <p key={index} class="quiet-note">{ note }</p> }) }
            <div key="ways" class="ways">
                <button key="download" data-testid="submission" onclick={emit(|| CourseAct::Download)}>{ "Save the submission" }</button>
                <button key="variant" data-testid="variant" onclick={emit(|| CourseAct::Variant)}>{ "Another variant" }</button>
            </div>
        </section>
    }
}

fn headline(grade: &Grade) -> String {
    let points = if grade.maximum == 1 { "point" } else { "points" };
    let word = if grade.passed { "Solved" } else { "Not yet" };
    format!("{word}: {} of {} {points}", grade.score, grade.maximum)
}
