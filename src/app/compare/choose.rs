//! The dialog in which one of the two worlds is chosen.

use std::sync::Arc;

use web_sys::{HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use super::state::changed;
use super::{Move, Pick};
use crate::app::act::Act;
use crate::app::dialogs::modal::Modal;
use crate::session::{BranchId, Scenario, Side};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) side: Side,
    /// What is chosen now.
    pub(crate) pick: Pick,
    /// The scenario of the run from which the comparison was opened.
    pub(crate) scenario: Arc<Scenario>,
    /// The name of that run.
    pub(crate) here: String,
    /// The other branches, with their names.
    pub(crate) branches: Vec<(BranchId, String)>,
    pub(crate) act: Callback<Act>,
}

pub(crate) enum Msg {
    Line(String),
    Scenario(String),
    Submit,
}

pub(crate) struct Choose {
    line: String,
    scenario: String,
    complaint: Option<String>,
    field: NodeRef,
}

impl Choose {
    fn send(props: &Props, pick: Pick) {
        props.act.emit(Act::Compare(Move::Pick(props.side, pick)));
    }
}

impl Component for Choose {
    type Message = Msg;
    type Properties = Props;

    fn create(ctx: &Context<Self>) -> Self {
        let Props { pick, scenario, .. } = ctx.props();
        let line = match pick {
            Pick::Setting(line) => line.clone(),
            Pick::Here | Pick::Branch(_) | Pick::Variation(_) | Pick::Scenario(_) => "policy.acks = 1".to_owned(),
        };
        let scenario = match pick {
            Pick::Scenario(slug) => slug.clone(),
            Pick::Here | Pick::Branch(_) | Pick::Variation(_) | Pick::Setting(_) => scenario.slug().to_owned(),
        };
        Self { line, scenario, complaint: None, field: NodeRef::default() }
    }

    fn update(&mut self, ctx: &Context<Self>, msg: Msg) -> bool {
        match msg {
            Msg::Line(line) => {
                self.line = line;
                self.complaint = None;
            }
            Msg::Scenario(slug) => {
                self.scenario.clone_from(&slug);
                Self::send(ctx.props(), Pick::Scenario(slug));
            }
            Msg::Submit => match changed(&ctx.props().scenario, &self.line) {
                Ok(_) => Self::send(ctx.props(), Pick::Setting(self.line.trim().to_owned())),
                Err(complaint) => {
                    self.complaint = Some(complaint);
                    if let Some(field) = self.field.cast::<HtmlInputElement>() {
                        field.focus().ok();
                    }
                }
            },
        }
        true
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { side, pick, scenario, here, branches, act } = ctx.props();
        let oninput = ctx.link().callback(|event: InputEvent| {
            let field: HtmlInputElement = event.target_unchecked_into();
            Msg::Line(field.value())
        });
        let onsubmit = ctx.link().callback(|event: SubmitEvent| {
            event.prevent_default();
            Msg::Submit
        });
        let onchange = ctx.link().callback(|event: Event| {
            let field: HtmlSelectElement = event.target_unchecked_into();
            Msg::Scenario(field.value())
        });
        let option = |key: String, name: String, note: &str, own: Pick| {
            let is_chosen = own == *pick;
            let (act, side) = (act.clone(), *side);
            let onclick = Callback::from(move |_: MouseEvent| act.emit(Act::Compare(Move::Pick(side, own.clone()))));
            html! {
                <li key={key.clone()}>
                    <button {onclick} aria-pressed={is_chosen.to_string()} data-testid={format!("pick-{key}")}>
                        <b>{ name }</b><small>{ note.to_owned() }</small>
                    </button>
                </li>
            }
        };
        let is_listed = Scenario::by_slug(&self.scenario).is_some();
        html! {
            <Modal title={format!("What is {}?", side.letter())} act={act.clone()}>
                <div class="choose-world">
                    <h3 key="runs">{ "A run" }</h3>
                    <ul key="list">
                        { option("here".to_owned(), "This run as it is".to_owned(), here, Pick::Here) }
                        { for branches.iter().map(|(id, name)| option(format!("branch-{}", id.0), name.clone(), "another branch", Pick::Branch(*id))) }
                    </ul>
                    if !scenario.tries.is_empty() {
                        <h3 key="tries">{ "The same story, varied" }</h3>
                        <ul key="variations">
                            { for (1..).zip(&scenario.tries).map(|(number, tried)| {
                                option(format!("try-{number}"), tried.title.clone(), &tried.note, Pick::Variation(number))
                            }) }
                        </ul>
                    }
                    <h3 key="setting">{ "The same story with another setting" }</h3>
                    <form key="form" {onsubmit}>
                        <label><span class="visually-hidden">{ "A setting" }</span>
                            <input ref={self.field.clone()} type="text" value={self.line.clone()} {oninput} spellcheck="false" autocapitalize="off"
                                data-testid="pick-setting" aria-invalid={self.complaint.is_some().then_some("true")} aria-describedby={self.complaint.is_some().then_some("choose-complaint")} />
                        </label>
                        <button class="primary" data-testid="pick-setting-go">{ "Take it" }</button>
                        if let Some(complaint) = &self.complaint {
                            <p key="complaint" id="choose-complaint" class="complaint" role="alert" data-testid="choose-complaint">{ complaint }</p>
                        }
                    </form>
                    <h3 key="other">{ "Another scenario, under the same seed" }</h3>
                    <select key="scenarios" aria-label="Scenario" data-testid="pick-scenario" {onchange}>
                        if !is_listed {
                            <option key="none" value="" selected=true>{ "Choose one…" }</option>
                        }
                        { for Scenario::all().iter().map(|one| html! {
                            <option key={one.slug()} value={one.slug().to_owned()} selected={one.slug() == self.scenario}>{ one.title() }</option>
                        }) }
                    </select>
                </div>
            </Modal>
        }
    }
}
