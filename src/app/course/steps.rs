//! The bar of an exercise: where one stands in it, and the way out.

use yew::prelude::*;

use crate::app::act::Act;
use crate::app::course::CourseAct;
use crate::app::course::state::{Opened, Step};
use crate::exercise::{Course, Kind};

/// The bar.
pub(crate) fn draw(opened: &Opened, course: Option<&Course>, act: &Callback<Act>) -> Html {
    let emit = |make: fn() -> CourseAct| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::Course(make())))
    };
    let place = match (opened.exercise.kind, course) {
        (Kind::Lesson, Some(course)) => {
            let at = course.lessons().position(|entry| entry.id == opened.exercise.id);
            at.map_or_else(|| "Lesson".to_owned(), |at| format!("Lesson {} of {}", at + 1, course.lessons().count()))
        }
        (Kind::Lesson, None) => "Lesson".to_owned(),
        (Kind::Build, _) => "Build it".to_owned(),
        (Kind::Break, _) => "Break it".to_owned(),
        (Kind::Diagnose, _) => "Diagnose it".to_owned(),
        (Kind::Order, _) => "Order it".to_owned(),
    };
    html! {
        <nav class="lesson-bar" aria-label="Steps of the exercise" data-testid="steps">
            <span key="place" class="place">{ place }</span>
            if opened.exercise.kind == Kind::Lesson {
                <ol key="list">{ for Step::LESSON.into_iter().enumerate().map(|(index, step)| item(index, step, opened, act)) }</ol>
            } else {
                <span key="title" class="exercise-title">{ &opened.exercise.title }</span>
            }
            <span key="minutes" class="minutes">{ format!("about {} min", opened.exercise.minutes) }</span>
            <button key="map" data-testid="course-map" onclick={emit(|| CourseAct::Map)}>{ "Map" }</button>
            <button key="leave" data-testid="course-leave" onclick={emit(|| CourseAct::Leave)}>{ "Leave" }</button>
        </nav>
    }
}

fn item(index: usize, step: Step, opened: &Opened, act: &Callback<Act>) -> Html {
    let is_here = step == opened.step;
    let is_past = step < opened.step || (step <= opened.reached && !is_here);
    let (class, state) = match (is_here, is_past) {
        (true, _) => ("here", "the step at hand"),
        (false, true) => ("past", "done"),
        (false, false) => ("ahead", "still to come"),
    };
    let onclick = {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::Course(CourseAct::Back(step))))
    };
    html! {
        <li key={step.word()} class={class} aria-current={is_here.then_some("step")}>
            <button class="lesson-step" disabled={class != "past"} data-testid={format!("step-{}", step.word())} {onclick}>
                <span key="number" class="number" aria-hidden="true">{ if class == "past" { "✓".to_owned() } else { (index + 1).to_string() } }</span>
                <span key="title">{ step.title() }</span>
                <span key="state" class="visually-hidden">{ format!(", {state}") }</span>
            </button>
        </li>
    }
}
