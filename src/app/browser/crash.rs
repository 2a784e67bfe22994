//! What happens when the page itself breaks: a plain dialog with a link to the last good state.
//!
//! After a panic nothing of the page's own machinery can be trusted, so the dialog is made by hand.

use std::cell::{Cell, RefCell};
use std::panic::PanicHookInfo;

use gloo::events::EventListener;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlDialogElement};

use crate::app::browser::dom;

thread_local! {
    static LAST_GOOD: RefCell<String> = const { RefCell::new(String::new()) };
    static STOPPED: Cell<bool> = const { Cell::new(false) };
}

/// Remembers the link of a state that was good.
pub(crate) fn remember(link: String) {
    LAST_GOOD.with_borrow_mut(|last| *last = link);
}

/// Whether the page broke: nothing may run after that.
pub(crate) fn stopped() -> bool {
    STOPPED.get()
}

/// Installs the hook, and the two ways to test it: `?panic=test` and the window's event `replicarium-test-panic`.
pub(crate) fn install() {
    // Set through yew, which would otherwise put its own hook in its place.
    yew::set_custom_panic_hook(Box::new(on_panic));
    let Some(window) = dom::window() else { return };
    EventListener::new(&window, "replicarium-test-panic", |_| test_panic()).forget();
    if window.location().search().is_ok_and(|query| query.contains("panic=test")) {
        gloo::timers::callback::Timeout::new(600, test_panic).forget();
    }
}

fn test_panic() {
    panic!("this panic was asked for, to test what the page does when it breaks");
}

fn on_panic(info: &PanicHookInfo<'_>) {
    let message = info.to_string();
    web_sys::console::error_1(&message.as_str().into());
    if STOPPED.replace(true) {
        return;
    }
    let link = LAST_GOOD.with(|last| last.try_borrow().map(|link| link.clone()).unwrap_or_default());
    if let Some(document) = dom::document() {
        show(&document, &message, &link);
    }
}

fn element(document: &Document, tag: &str, text: &str) -> Option<Element> {
    let element = document.create_element(tag).ok()?;
    element.set_text_content(Some(text));
    Some(element)
}

fn show(document: &Document, message: &str, link: &str) -> Option<()> {
    let dialog = document.create_element("dialog").ok()?;
    dialog.set_class_name("modal crash");
    dialog.set_attribute("data-testid", "crash-dialog").ok()?;
    dialog.set_attribute("aria-labelledby", "crash-title").ok()?;
    let title = element(document, "h2", "Replicarium has stopped.")?;
    title.set_id("crash-title");
    let story = "This is a fault in the page, not in your cluster. The link below opens the last good state again.";
    let anchor = element(document, "a", "Open the last good state")?;
    // The query changes with every crash, so that the browser loads the page afresh.
    let query = format!("?again={}", js_sys::Date::now());
    anchor.set_attribute("href", &format!("{query}#{link}")).ok()?;
    anchor.set_attribute("data-testid", "crash-link").ok()?;
    anchor.set_class_name("button primary");
    let details = element(document, "pre", message)?;
    for child in [title, element(document, "p", story)?, anchor, details] {
        dialog.append_child(&child).ok()?;
    }
    document.body()?.append_child(&dialog).ok()?;
    dialog.unchecked_into::<HtmlDialogElement>().show_modal().ok()
}
