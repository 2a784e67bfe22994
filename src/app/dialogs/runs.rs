//! The dialog with the runs that this browser keeps.

use yew::prelude::*;

use super::modal::Modal;
use crate::app::act::{Act, ShelfAct};
use crate::app::browser::shelf::Entry;

/// What is known of the list.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Kept {
    /// The browser was asked.
    Asked,
    /// The browser keeps nothing, for this reason.
    Nothing(String),
    /// These, and the one of this tab.
    List(Vec<Entry>, String),
}

pub(crate) fn draw(kept: &Kept, act: &Callback<Act>) -> Html {
    let body = match kept {
        Kept::Asked => html! { <p key="asked" class="note">{ "Looking…" }</p> },
        Kept::Nothing(reason) => {
            html! { <p key="nothing" class="note">{ format!("This browser keeps no runs here: {reason}.") }</p> }
        }
        Kept::List(entries, own) if entries.is_empty() => {
            html! { <p key="none" class="note" data-own={own.clone()}>{ "Nothing is kept yet." }</p> }
        }
        Kept::List(entries, own) => html! {
            <ul key="list" class="kept-runs">
                { for entries.iter().map(|entry| row(entry, entry.id == *own, act)) }
            </ul>
        },
    };
    html! {
        <Modal key="runs" title="Your runs" act={act.clone()}>
            <p key="what" class="note">{ "This browser keeps what you do, with all branches, and sends it nowhere. After a reload you go on where you were." }</p>
            { body }
            <div key="actions" class="modal-actions">
                <button data-testid="fresh-run" onclick={emit(act, || Act::Shelf(ShelfAct::Fresh))}>{ "Begin a fresh one" }</button>
            </div>
        </Modal>
    }
}

fn emit(act: &Callback<Act>, make: fn() -> Act) -> Callback<MouseEvent> {
    let act = act.clone();
    Callback::from(move |_: MouseEvent| act.emit(make()))
}

fn row(entry: &Entry, is_own: bool, act: &Callback<Act>) -> Html {
    let branches = if entry.branches == 1 { "1 branch".to_owned() } else { format!("{} branches", entry.branches) };
    let at: String =
        js_sys::Date::new(&entry.at_ms.into()).to_locale_string("default", &wasm_bindgen::JsValue::UNDEFINED).into();
    let open = {
        let (act, id) = (act.clone(), entry.id.clone());
        Callback::from(move |_: MouseEvent| act.emit(Act::Shelf(ShelfAct::Open(id.clone()))))
    };
    let forget = {
        let (act, id) = (act.clone(), entry.id.clone());
        Callback::from(move |_: MouseEvent| act.emit(Act::Shelf(ShelfAct::Forget(id.clone()))))
    };
    html! {
        <li key={entry.id.clone()}>
            <span class="kept-title"><b dir="auto">{ &entry.title }</b><small>{ format!("{branches} · {at}") }</small></span>
            if is_own {
                <span class="note">{ "open here" }</span>
            } else {
                <button onclick={open} aria-label={format!("Open {}", entry.title)}>{ "Open" }</button>
                <button class="quiet" onclick={forget} aria-label={format!("Delete {}", entry.title)}>{ "Delete" }</button>
            }
        </li>
    }
}
