//! A file that is meant as a scenario: what was read of it, and the dialog that offers it or says what is wrong.

use std::sync::Arc;

use yew::prelude::*;

use crate::app::act::Act;
use crate::app::dialogs::modal::Modal;
use crate::session::Scenario;
use crate::sim::Content;

/// A file that may become the running scenario.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Candidate {
    pub(crate) name: String,
    pub(crate) content: Content,
    /// The scenario, or the sentence that says in which line and field something is wrong.
    pub(crate) read: Result<Arc<Scenario>, String>,
    /// Whether it came as any file does, so that it may be stored instead.
    pub(crate) may_be_stored: bool,
}

impl Candidate {
    /// A file that was chosen as a scenario.
    pub(crate) fn chosen(name: String, bytes: &[u8]) -> Self {
        let read = parse(&name, bytes);
        Self { name, content: Content::new(bytes), read, may_be_stored: false }
    }

    /// A file that was dropped, if somebody meant it as a scenario.
    pub(crate) fn dropped(name: &str, bytes: &[u8]) -> Option<Self> {
        let is_meant = std::str::from_utf8(bytes).is_ok_and(|text| Scenario::is_meant(name, text));
        is_meant.then(|| Self { may_be_stored: true, ..Self::chosen(name.to_owned(), bytes) })
    }
}

fn parse(name: &str, bytes: &[u8]) -> Result<Arc<Scenario>, String> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
        format!("{name}, line {line}: expected text in UTF-8.")
    })?;
    Scenario::parse(name, text).map(Arc::new).map_err(|error| format!("{error}."))
}

/// Draws the dialog.
pub(crate) fn draw(candidate: &Candidate, act: &Callback<Act>) -> Html {
    match &candidate.read {
        Ok(scenario) => offer(candidate, scenario, act),
        Err(sentence) => complaint(candidate, sentence, act),
    }
}

fn offer(candidate: &Candidate, scenario: &Arc<Scenario>, act: &Callback<Act>) -> Html {
    let open = {
        let (act, scenario) = (act.clone(), Arc::clone(scenario));
        Callback::from(move |_: MouseEvent| act.emit(Act::RunScenario(Arc::clone(&scenario))))
    };
    html! {
        <Modal key="scenario-file" title={format!("{} is a scenario", candidate.name)} act={act.clone()}>
            <p data-testid="scenario-offer"><b>{ scenario.title() }</b><br />{ &scenario.teaches }</p>
            <p class="note">{ "If you open it, it replaces the run that you see. Or store it in the cluster as a file like any other." }</p>
            <div class="modal-actions">
                { store(candidate, act) }
                <button key="open" class="primary" data-testid="scenario-open" onclick={open}>{ "Open the scenario" }</button>
            </div>
        </Modal>
    }
}

fn complaint(candidate: &Candidate, sentence: &str, act: &Callback<Act>) -> Html {
    let again = {
        let act = act.clone();
        Callback::from(move |_: MouseEvent| {
            act.emit(Act::CloseDialog);
            act.emit(Act::ChooseScenario);
        })
    };
    html! {
        <Modal key="scenario-file" title="Scenario not opened" act={act.clone()}>
            <p class="complaint" data-testid="scenario-complaint">{ sentence }</p>
            <p class="note">{ "Nothing has changed: the run that you see goes on." }</p>
            <div class="modal-actions">
                if candidate.may_be_stored {
                    { store(candidate, act) }
                }
                <button key="again" class="primary" data-testid="scenario-again" onclick={again}>{ "Choose another file…" }</button>
            </div>
        </Modal>
    }
}

fn store(candidate: &Candidate, act: &Callback<Act>) -> Html {
    let (act, name, content) = (act.clone(), candidate.name.clone(), candidate.content.clone());
    let onclick = Callback::from(move |_: MouseEvent| {
        act.emit(Act::CloseDialog);
        act.emit(Act::Store(name.clone(), content.clone()));
    });
    html! { <button key="store" data-testid="scenario-store" {onclick}>{ "Store it as a file" }</button> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        assert_eq!(
            Candidate::chosen("slow.toml".to_owned(), b"version = 1\ntitle = \"\xff\"").read,
            Err("slow.toml, line 2: expected text in UTF-8.".to_owned())
        );
    }

    #[test]
    fn a_mistake_is_one_sentence_with_file_line_and_field() {
        let text = Scenario::all()[0].source.replace("verdict = \"safe\"", "verdict = \"fine\"");
        let sentence = Candidate::chosen("mine.toml".to_owned(), text.as_bytes()).read.expect_err("there is a mistake");
        assert!(sentence.starts_with("mine.toml, line ") && sentence.ends_with('.'), "{sentence}");
        assert!(sentence.contains(", expect[1].verdict: ") && sentence.contains("expected \"safe\""), "{sentence}");
    }

    #[test]
    fn only_a_scenario_is_offered_as_one() {
        assert!(Candidate::dropped("Cargo.toml", b"[package]\nversion = \"1.0.0\"\n").is_none());
        let text = &Scenario::all()[0].source;
        let candidate = Candidate::dropped("mine.toml", text.as_bytes()).expect("it is a scenario");
        assert!(candidate.read.is_ok_and(|scenario| scenario.slug() == "mine") && candidate.may_be_stored);
    }
}
