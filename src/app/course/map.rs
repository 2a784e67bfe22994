//! The map of the course: its lessons as a path in parts, its challenges by kind, and where one stands.

use yew::prelude::*;

use crate::app::act::Act;
use crate::app::browser::files;
use crate::app::course::progress::Kept;
use crate::app::course::state::{CourseState, Step};
use crate::app::course::{CourseAct, address};
use crate::exercise::{Course, Entry, Kind};

/// The kinds of challenges, with what they ask for.
const CHALLENGES: [(Kind, &str, &str); 4] = [
    (Kind::Build, "Build it", "so that it survives"),
    (Kind::Break, "Break it", "with few faults"),
    (Kind::Diagnose, "Diagnose it", "from a run"),
    (Kind::Order, "Order it", "say what comes next"),
];

/// The map.
pub(crate) fn draw(state: &CourseState, act: &Callback<Act>) -> Html {
    let Some(course) = &state.map else {
        let told = state.failed.as_ref().map_or("The map is being loaded…", |failed| failed.as_str());
        return html! { <main key="map" class="course"><p class="loading" role="status" data-testid="course-waiting">{ told }</p></main> };
    };
    html! {
        <main key="map" class="course" data-testid="course">
            <div key="path" class="path">
                <div key="head" class="path-head">
                    <div key="title"><h1>{ &course.title }</h1><p>{ format!("{} of 5 to 10 minutes. {}", lessons(course.lessons().count()), course.about) }</p></div>
                    { go_on(state, course) }
                </div>
                if let Some(failed) = &state.failed {
                    <p key="failed" role="alert" class="alarm">{ failed }</p>
                }
                { for course.parts.iter().map(|part| html! {
                    <section key={part.name.clone()} class="part" aria-label={part.name.clone()}>
                        <h2><b>{ &part.name }</b>{ " " }<small>{ &part.about }</small></h2>
                        <ol>
                            { for course.lessons().enumerate().filter(|(_, entry)| entry.part.as_ref() == Some(&part.name)).map(|(index, entry)| lesson(index, entry, state)) }
                        </ol>
                    </section>
                }) }
            </div>
            <aside key="challenges" class="challenges" aria-label="Challenges">
                <h2 key="head">{ "Challenges" }</h2>
                <p key="about">{ "Drawn anew each time, and graded by the engine itself." }</p>
                { for CHALLENGES.into_iter().map(|(kind, title, about)| challenges(kind, title, about, course, state)) }
            </aside>
            <div key="foot" class="course-foot">{ foot(state, course, act) }</div>
        </main>
    }
}

/// How an exercise stands: a mark, a class and a word.
fn standing(kept: Option<&Kept>) -> (&'static str, &'static str, String) {
    match kept {
        Some(kept) if kept.done => ("✓", "done", "done".to_owned()),
        Some(kept) => {
            let step = Step::of(&kept.step).and_then(|step| Step::LESSON.iter().position(|one| *one == step));
            let word = match (step, kept.tries) {
                (Some(step), _) => format!("step {} of 5, {}", step + 1, Step::LESSON[step].title()),
                (None, 0) => "begun".to_owned(),
                (None, 1) => "1 try".to_owned(),
                (None, tries) => format!("{tries} tries"),
            };
            ("▶", "begun", word)
        }
        None => ("", "open", String::new()),
    }
}

fn lesson(index: usize, entry: &Entry, state: &CourseState) -> Html {
    let (mark, class, word) = standing(state.progress.kept.get(&entry.id));
    let word = if word.is_empty() { format!("{} min", entry.minutes) } else { word };
    html! {
        <li key={entry.id.clone()} class={class}>
            <a href={address(Some(&entry.id))} data-testid={format!("lesson-{}", entry.id)}>
                <span key="mark" class="state-mark" aria-hidden="true">{ mark }</span>
                <b key="title">{ format!("{}. {}", index + 1, entry.title) }</b>
                <span key="summary">{ &entry.summary }</span>
                <small key="state">{ word }</small>
            </a>
        </li>
    }
}

fn challenges(kind: Kind, title: &str, about: &str, course: &Course, state: &CourseState) -> Html {
    let of_kind: Vec<&Entry> = course.entries.iter().filter(|entry| entry.kind == kind).collect();
    let done = state.progress.done(of_kind.iter().map(|entry| entry.id.as_str()));
    html! {
        <section key={title.to_owned()} class="kind" aria-label={title.to_owned()}>
            <h3><b>{ title }</b>{ " " }<small>{ about }</small><span class="count">{ format!("{done} of {}", of_kind.len()) }</span></h3>
            <ul>
                { for of_kind.into_iter().map(|entry| {
                    let (mark, class, word) = standing(state.progress.kept.get(&entry.id));
                    html! {
                        <li key={entry.id.clone()} class={class}>
                            <a href={address(Some(&entry.id))} title={entry.summary.clone()} data-testid={format!("challenge-{}", entry.id)}>
                                <span key="mark" class="state-mark" aria-hidden="true">{ mark }</span>
                                <span key="title">{ &entry.title }</span>
                                <small key="state">{ if word == "done" { "solved".to_owned() } else { word } }</small>
                            </a>
                        </li>
                    }
                }) }
            </ul>
        </section>
    }
}

/// The way to where one stopped, or to the beginning.
fn go_on(state: &CourseState, course: &Course) -> Html {
    let last = state.progress.last.as_ref().and_then(|id| course.entry(id));
    let next = || course.lessons().find(|entry| state.progress.kept.get(&entry.id).is_none_or(|kept| !kept.done));
    let stopped = last.filter(|entry| state.progress.kept.get(&entry.id).is_some_and(|kept| !kept.done));
    let Some(entry) = stopped.or_else(next) else {
        return html! { <p key="all" class="go-on">{ "You have done every lesson." }</p> };
    };
    let (_, _, word) = standing(state.progress.kept.get(&entry.id));
    let (label, told) = if word.is_empty() {
        ("Begin", format!("{} min", entry.minutes))
    } else {
        (
            "Go on",
            if entry.kind == Kind::Lesson { format!("stopped at {word}") } else { format!("{word}, not solved yet") },
        )
    };
    html! {
        <div key="go-on" class="go-on">
            <span key="what"><b>{ &entry.title }</b><small>{ told }</small></span>
            <a key="go" class="button primary" href={address(Some(&entry.id))} data-testid="course-go-on">{ label }</a>
        </div>
    }
}

fn foot(state: &CourseState, course: &Course, act: &Callback<Act>) -> Html {
    let emit = |make: fn() -> CourseAct| {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| act.emit(Act::Course(make())))
    };
    let lessons = course.lessons().count();
    let of_lessons = state.progress.done(course.lessons().map(|entry| entry.id.as_str()));
    let all = course.entries.len();
    let of_all = state.progress.done(course.entries.iter().map(|entry| entry.id.as_str()));
    let taken = |list: Vec<web_sys::File>| Act::Course(CourseAct::Import(list));
    html! {
        <>
            <span key="count"><b>{ format!("{of_lessons} of {lessons}") }</b>{ " lessons · " }<b>{ format!("{} of {}", of_all - of_lessons, all - lessons) }</b>{ " challenges" }</span>
            <progress key="bar" max={all.to_string()} value={of_all.to_string()} aria-label="Progress"></progress>
            <small key="where">{ "Kept in this browser only." }</small>
            <span key="grow" class="grow"></span>
            <button key="export" data-testid="progress-export" onclick={emit(|| CourseAct::Export)}>{ "Export" }</button>
            <label key="import" class="button">{ "Import" }
                <input class="hidden" type="file" accept=".toml" data-testid="progress-import" onchange={files::on_chosen(act, taken)} /></label>
            if state.erasing {
                <button key="sure" class="danger" data-testid="progress-erase-sure" onclick={emit(|| CourseAct::Erase(true))}>{ "Erase everything" }</button>
            } else {
                <button key="erase" data-testid="progress-erase" onclick={emit(|| CourseAct::Erase(false))}>{ "Erase…" }</button>
            }
        </>
    }
}

fn lessons(count: usize) -> String {
    if count == 1 { "1 lesson".to_owned() } else { format!("{count} lessons") }
}
