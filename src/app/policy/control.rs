//! One control: a label, its value in the way that suits it, and the sentence on what it trades.

use web_sys::{HtmlElement, HtmlInputElement, HtmlSelectElement};
use yew::prelude::*;

use crate::app::browser::dom;
use crate::app::glossary::explained;

use super::reading;
use super::rows::{Choice, Live, Look, Setting};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) setting: Setting,
    /// The value that is to be, where it is another one.
    pub(crate) pending: Option<String>,
    /// Takes the key and the new value.
    pub(crate) change: Callback<(String, String)>,
}

/// The name of a value for people.
pub(crate) fn label_of(setting: &Setting, value: &str) -> String {
    let found = setting.choices.iter().find(|choice| choice.value == value);
    found.map_or_else(|| value.to_owned(), |choice| choice.label.clone())
}

/// The id of a setting's control, for its label and for tests.
fn id_of(key: &str) -> String {
    let plain = |letter: char| if letter.is_ascii_alphanumeric() { letter } else { '-' };
    format!("set-{}", key.chars().map(plain).collect::<String>())
}

#[component]
pub(crate) fn Control(props: &Props) -> Html {
    let Props { setting, pending, change } = props;
    let value = pending.as_ref().unwrap_or(&setting.now);
    let id = id_of(&setting.key);
    let says = format!("{id}-says");
    let was = pending.as_ref().map(|_| label_of(setting, &setting.now));
    let only = pending.is_some() && setting.live == Live::Beginning;
    html! {
        <div class={classes!("control", was.is_some().then_some("changed"))} data-testid={id.clone()} data-value={value.clone()}>
            { named(setting, was.as_deref(), &id) }
            { input(setting, value, &id, change) }
            <p key="says" id={says}>
                { &setting.says }
                if only {
                    <b>{ " Only from the beginning." }</b>
                }
            </p>
        </div>
    }
}

/// The label. That of a field is the browser's own, which a press on it leads to; all others explain their words.
fn named(setting: &Setting, was: Option<&str>, id: &str) -> Html {
    let label = format!("{id}-label");
    let was = was.map(|was| html! { <small class="was">{ format!(" was {was}") }</small> });
    match setting.look {
        Look::List | Look::Text => html! {
            <label key="label" class="control-label" id={label} for={id.to_owned()}>{ &setting.label }{ for was }</label>
        },
        Look::Segments | Look::Switch | Look::Steps => html! {
            <span key="label" class="control-label" id={label}>{ explained(&setting.label, 1) }{ for was }</span>
        },
    }
}

fn input(setting: &Setting, value: &str, id: &str, change: &Callback<(String, String)>) -> Html {
    let labels = (format!("{id}-label"), format!("{id}-says"));
    match setting.look {
        Look::Segments => segments(setting, value, id, labels, change),
        Look::Switch => switch(setting, value, id, labels, change),
        Look::Steps => steps(setting, value, id, labels, change),
        Look::List => list(setting, value, id, labels, change),
        Look::Text => text(setting, value, id, labels, change),
    }
}

type Labels = (String, String);

fn emit(change: &Callback<(String, String)>, key: &str, value: &str) -> Callback<MouseEvent> {
    let (change, key, value) = (change.clone(), key.to_owned(), value.to_owned());
    Callback::from(move |_: MouseEvent| change.emit((key.clone(), value.clone())))
}

/// Values beside each other: one stop for Tab, and arrows between them.
fn segments(
    setting: &Setting,
    value: &str,
    id: &str,
    (label, says): Labels,
    change: &Callback<(String, String)>,
) -> Html {
    let at = setting.choices.iter().position(|choice| choice.value == value).unwrap_or(0);
    let onkeydown = {
        let (change, setting, id) = (change.clone(), setting.clone(), id.to_owned());
        Callback::from(move |event: KeyboardEvent| {
            let count = setting.choices.len();
            let to = match event.key().as_str() {
                "ArrowRight" | "ArrowDown" => (at + 1) % count,
                "ArrowLeft" | "ArrowUp" => (at + count - 1) % count,
                "Home" => 0,
                "End" => count - 1,
                _ => return,
            };
            event.prevent_default();
            dom::focus(&format!("[data-testid=\"{id}\"] [data-choice=\"{to}\"]"));
            change.emit((setting.key.clone(), setting.choices[to].value.clone()));
        })
    };
    html! {
        <span key="input" class="segments" role="radiogroup" aria-labelledby={label} aria-describedby={says} {onkeydown}>
            { for setting.choices.iter().enumerate().map(|(index, choice)| html! {
                <button key={choice.value.clone()} type="button" role="radio" aria-checked={(index == at).to_string()}
                    tabindex={if index == at { "0" } else { "-1" }} data-choice={index.to_string()}
                    onclick={emit(change, &setting.key, &choice.value)}>{ &choice.label }</button>
            }) }
        </span>
    }
}

fn switch(
    setting: &Setting,
    value: &str,
    id: &str,
    (label, says): Labels,
    change: &Callback<(String, String)>,
) -> Html {
    let is_on = value == "true";
    let other = if is_on { "false" } else { "true" };
    html! {
        <button key="input" type="button" class="switch" role="switch" aria-checked={is_on.to_string()} id={id.to_owned()}
            aria-labelledby={label} aria-describedby={says} onclick={emit(change, &setting.key, other)}>
            <i class="knob"></i><span>{ if is_on { "on" } else { "off" } }</span>
        </button>
    }
}

/// A value between a button for less and one for more; arrows do the same.
fn steps(setting: &Setting, value: &str, id: &str, (label, says): Labels, change: &Callback<(String, String)>) -> Html {
    let at = setting.choices.iter().position(|choice| choice.value == value).unwrap_or(0);
    let shown = setting.choices.get(at).map_or("", |choice| choice.label.as_str()).to_owned();
    let button = |name: &'static str, sign: &'static str, to: Option<&Choice>| {
        let onclick = to.map(|choice| emit(change, &setting.key, &choice.value));
        html! {
            <button key={name} type="button" tabindex="-1" aria-label={format!("{}: {name}", setting.label)} data-step={name}
                disabled={to.is_none()} {onclick}>{ sign }</button>
        }
    };
    let onkeydown = {
        let (change, setting) = (change.clone(), setting.clone());
        Callback::from(move |event: KeyboardEvent| {
            let last = setting.choices.len() - 1;
            let to = match event.key().as_str() {
                "ArrowRight" | "ArrowUp" => (at + 1).min(last),
                "ArrowLeft" | "ArrowDown" => at.saturating_sub(1),
                "Home" => 0,
                "End" => last,
                _ => return,
            };
            event.prevent_default();
            change.emit((setting.key.clone(), setting.choices[to].value.clone()));
        })
    };
    html! {
        <span key="input" class="steps">
            <span key="value" role="spinbutton" tabindex="0" id={id.to_owned()} aria-labelledby={label} aria-describedby={says}
                aria-valuenow={at.to_string()} aria-valuemin="0" aria-valuemax={(setting.choices.len() - 1).to_string()}
                aria-valuetext={shown.clone()} {onkeydown}>{ &shown }</span>
            { button("less", "−", at.checked_sub(1).and_then(|before| setting.choices.get(before))) }
            { button("more", "+", setting.choices.get(at + 1)) }
        </span>
    }
}

fn list(setting: &Setting, value: &str, id: &str, (label, says): Labels, change: &Callback<(String, String)>) -> Html {
    let onchange = {
        let (change, key) = (change.clone(), setting.key.clone());
        Callback::from(move |event: Event| {
            let field: HtmlSelectElement = event.target_unchecked_into();
            change.emit((key.clone(), field.value()));
        })
    };
    html! {
        <select key="input" id={id.to_owned()} aria-labelledby={label} aria-describedby={says} {onchange}>
            { for setting.choices.iter().map(|choice| html! {
                <option key={choice.value.clone()} value={choice.value.clone()} selected={choice.value == value}>{ &choice.label }</option>
            }) }
        </select>
    }
}

fn text(setting: &Setting, value: &str, id: &str, (label, says): Labels, change: &Callback<(String, String)>) -> Html {
    let onchange = {
        let (change, key) = (change.clone(), setting.key.clone());
        Callback::from(move |event: Event| {
            let field: HtmlInputElement = event.target_unchecked_into();
            change.emit((key.clone(), field.value()));
        })
    };
    html! {
        <input key="input" type="text" id={id.to_owned()} value={value.to_owned()} autocomplete="off" spellcheck="false"
            aria-labelledby={label} aria-describedby={says} {onchange} />
    }
}

/// The value as [`crate::session::Scenario::set`] takes it.
pub(crate) fn written(setting: &Setting, value: &str) -> String {
    if setting.look == Look::Text { reading::zones(value) } else { value.to_owned() }
}

/// Puts the focus on the first control of the editor.
pub(crate) fn focus_first(root: &NodeRef) {
    let first = root.cast::<HtmlElement>().and_then(|root| root.query_selector("header .close").ok().flatten());
    if let Some(first) = first.and_then(|first| wasm_bindgen::JsCast::dyn_into::<HtmlElement>(first).ok()) {
        first.focus().ok();
    }
}
