//! What reaches the page from outside its elements: keys, files, the window's size, the link in the address.

use gloo::events::{EventListener, EventListenerOptions};
use wasm_bindgen::JsCast;
use web_sys::{DragEvent, Element, KeyboardEvent};
use yew::Callback;

use crate::sim::ServerId;

use crate::app::act::{Act, BranchAct, ShelfAct};
use crate::app::browser::crash;
use crate::app::browser::dom;
use crate::app::browser::history;
use crate::app::keys::{self, Focus};

/// Listens to the window for as long as the list that it returns lives.
pub(crate) fn listen(act: &Callback<Act>) -> Vec<EventListener> {
    let Some(window) = dom::window() else { return Vec::new() };
    let preventing = EventListenerOptions::enable_prevent_default();
    let mut listeners = Vec::new();
    for (name, make) in [("resize", measure as fn() -> Act), ("hashchange", || Act::HashChanged)] {
        let act = act.clone();
        listeners.push(EventListener::new(&window, name, move |_| emit(&act, make())));
    }
    let visits = act.clone();
    listeners.push(EventListener::new(&window, "popstate", move |_| {
        if let Some(branch) = history::present() {
            emit(&visits, Act::Branch(BranchAct::Visit(branch)));
        }
    }));
    if let Some(document) = dom::document() {
        let keep = act.clone();
        // Whoever leaves the page may not come back to it, so this is the last moment to keep what was done.
        listeners
            .push(EventListener::new(&document, "visibilitychange", move |_| emit(&keep, Act::Shelf(ShelfAct::Keep))));
    }
    for query in ["(prefers-color-scheme: dark)", "(prefers-reduced-motion: reduce)"] {
        if let Ok(Some(list)) = window.match_media(query) {
            let act = act.clone();
            listeners.push(EventListener::new(&list, "change", move |_| emit(&act, Act::Measure)));
        }
    }
    let keys = act.clone();
    listeners.push(EventListener::new_with_options(&window, "keydown", preventing, move |event| {
        if let Some(event) = event.dyn_ref::<KeyboardEvent>() {
            on_key(&keys, event);
        }
    }));
    for name in ["dragover", "dragleave", "drop"] {
        let act = act.clone();
        listeners.push(EventListener::new_with_options(&window, name, preventing, move |event| {
            if let Some(event) = event.dyn_ref::<DragEvent>() {
                on_drag(&act, name, event);
            }
        }));
    }
    listeners
}

fn measure() -> Act {
    Act::Measure
}

/// After a panic nothing is dispatched any more.
fn emit(act: &Callback<Act>, message: Act) {
    if !crash::stopped() {
        act.emit(message);
    }
}

fn on_key(act: &Callback<Act>, event: &KeyboardEvent) {
    // What stands behind a dialog hears nothing.
    if event.alt_key() || event.default_prevented() || dom::is_there("dialog[open]") {
        return;
    }
    let focus = dom::focused().map_or(Focus::Page, |element| focus_of(&element));
    let message = if event.ctrl_key() || event.meta_key() {
        keys::interpret_with_control(&event.key(), event.shift_key(), focus)
    } else {
        keys::interpret(&event.key(), focus)
    };
    if let Some(message) = message {
        event.prevent_default();
        emit(act, message);
    }
}

fn focus_of(element: &Element) -> Focus {
    let within = |selector: &str| element.closest(selector).ok().flatten();
    let is = |selector: &str| element.matches(selector).unwrap_or(false);
    if is("input[type=range]") {
        return Focus::Slider;
    }
    if is("input[type=checkbox], input[type=radio], input[type=file]") {
        return Focus::Button;
    }
    if is("input, textarea, [contenteditable]") {
        return Focus::Text;
    }
    if is("select") {
        return Focus::List;
    }
    if is("[role=tab]") {
        return Focus::Tab;
    }
    if let Some(number) = element.get_attribute("data-server").and_then(|number| number.parse().ok()) {
        return Focus::Server(ServerId(number));
    }
    // In the popover the keys are those of its server, as written beside the actions.
    let popover = within("[data-actions-of]").and_then(|popover| popover.get_attribute("data-actions-of"));
    if let Some(number) = popover.and_then(|number| number.parse().ok()) {
        return Focus::Server(ServerId(number));
    }
    if within("button, a, summary, [role=button]").is_some() { Focus::Button } else { Focus::Page }
}

fn on_drag(act: &Callback<Act>, name: &str, event: &DragEvent) {
    event.prevent_default();
    match name {
        "dragover" => emit(act, Act::DragOver(true)),
        // Leaving one element for another is no leaving; leaving the window has no other element.
        "dragleave" if event.related_target().is_none() => emit(act, Act::DragOver(false)),
        "drop" => {
            emit(act, Act::DragOver(false));
            let files = event.data_transfer().and_then(|transfer| transfer.files());
            let files =
                files.map(|list| (0..list.length()).filter_map(|at| list.get(at)).collect()).unwrap_or_default();
            emit(act, Act::Drop(files));
        }
        _ => {}
    }
}
