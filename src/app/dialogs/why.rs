//! Why a file is lost, stale or out of reach: the chain of events, and the change that would have saved it.

use std::rc::Rc;

use yew::prelude::*;

use crate::session::{Explanation, Progress, Remedies, Remedy, RemedyReport, Session};

use crate::app::act::Act;
use crate::app::dialogs::modal::Modal;
use crate::app::words;
use crate::sim::Time;

/// The question why, and the search for what would have helped.
pub(crate) struct Question {
    remedies: Option<Remedies>,
    pub(crate) shown: Shown,
}

/// What the dialog shows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Shown {
    file: String,
    /// When the learner enters, from which the visible clock counts.
    start: Time,
    /// The explanation, or the sentence that says why there is none.
    explanation: Result<Rc<Explanation>, String>,
    /// How far the search for a remedy is, if it has begun.
    progress: Option<Progress>,
    report: Option<Rc<RemedyReport>>,
}

impl Question {
    pub(crate) fn new(session: &Session, file: &str) -> Self {
        let explanation = session.why(file).map(Rc::new).map_err(|error| error.to_string());
        let shown = Shown { file: file.to_owned(), start: session.start(), explanation, progress: None, report: None };
        Self { remedies: None, shown }
    }

    /// Begins to look for the cheapest change that would have saved the file.
    pub(crate) fn seek_remedy(&mut self, session: &Session) {
        if let Ok(remedies) = Remedies::new(session, &self.shown.file) {
            self.shown.progress = Some(remedies.progress());
            self.remedies = Some(remedies);
        }
    }

    /// Runs again with one change after the other for a slice of time; says whether there is more to try.
    pub(crate) fn slice(&mut self, mut has_time: impl FnMut() -> bool) -> bool {
        let Some(remedies) = &mut self.remedies else { return false };
        while self.shown.report.is_none() {
            match remedies.go_on(&mut has_time) {
                Some(progress) => self.shown.progress = Some(progress),
                None => self.shown.report = Some(Rc::new(remedies.finish())),
            }
            if !has_time() {
                break;
            }
        }
        self.shown.report.is_none()
    }
}

/// Draws the dialog.
pub(crate) fn draw(shown: &Shown, act: &Callback<Act>) -> Html {
    html! {
        <Modal key="why" title={format!("Why? {}", shown.file)} act={act.clone()} wide=true>
            { match &shown.explanation {
                Ok(explanation) => explained(explanation, shown, act),
                Err(sentence) => html! { <p data-testid="why-summary">{ sentence }</p> },
            } }
        </Modal>
    }
}

fn explained(explanation: &Explanation, shown: &Shown, act: &Callback<Act>) -> Html {
    let steps = explanation.steps.iter().map(|step| {
        let (act, at) = (act.clone(), step.at);
        let onclick = Callback::from(move |_: MouseEvent| {
            act.emit(Act::CloseDialog);
            act.emit(Act::Seek(at));
        });
        html! {
            <li key={step.event.0.to_string()}>
                <button class="quiet" title="Go to this moment" {onclick}>{ words::clock(step.at, shown.start) }</button>
                <span>{ &step.sentence }</span>
            </li>
        }
    });
    html! {
        <>
            <p class="why-summary" data-testid="why-summary">{ &explanation.summary }</p>
            <ol class="why-steps" data-testid="why-steps">{ for steps }</ol>
            <h3>{ "What would have saved it?" }</h3>
            { remedy(shown, act) }
        </>
    }
}

fn remedy(shown: &Shown, act: &Callback<Act>) -> Html {
    if let Some(report) = &shown.report {
        return html! {
            <div data-testid="remedy">
                <p><b>{ &report.sentence }</b></p>
                if let Some(remedy) = &report.remedy {
                    { proof(remedy, act) }
                }
                if let Some(alternative) = &report.alternative {
                    <p>{ format!("Or, cheaper, an honest no instead of a false ok: {}", alternative.sentence) }</p>
                    { proof(alternative, act) }
                }
            </div>
        };
    }
    if let Some(Progress { done, total }) = shown.progress {
        return html! {
            <label class="progress">
                <progress max={total.to_string()} value={done.to_string()}></progress>
                <span>{ format!("{done} of {total} runs") }</span>
            </label>
        };
    }
    let act = act.clone();
    let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::SeekRemedy));
    html! {
        <>
            <p class="pane-note">{ "The page repeats the run with the same faults, and changes one setting after another." }</p>
            <button class="primary" data-testid="seek-remedy" {onclick}>{ "Find the cheapest change" }</button>
        </>
    }
}

/// What comes of a remedy, and the settings to begin again with.
fn proof(remedy: &Remedy, act: &Callback<Act>) -> Html {
    let settings: Vec<String> = remedy.settings.iter().map(ToString::to_string).collect();
    let onclick = {
        let (act, settings) = (act.clone(), remedy.settings.clone());
        Callback::from(move |_: MouseEvent| act.emit(Act::RunRemedy(settings.clone())))
    };
    html! {
        <>
            <p class="pane-note">{ &remedy.evidence.sentence }</p>
            if !settings.is_empty() {
                <pre class="settings" title="Give this line as a command" data-testid="remedy-settings">{ settings.join("\n") }</pre>
                <button class="primary" data-testid="run-remedy" {onclick}>{ "Run it with this" }</button>
            }
        </>
    }
}
