//! Small helpers around the browser's objects, each of which may be missing.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement, Window};

pub(crate) fn window() -> Option<Window> {
    web_sys::window()
}

pub(crate) fn document() -> Option<Document> {
    window().and_then(|window| window.document())
}

/// The page's address without its fragment.
pub(crate) fn page_address() -> String {
    let Some(window) = window() else { return String::new() };
    let location = window.location();
    let part = |result: Result<String, wasm_bindgen::JsValue>| result.unwrap_or_default();
    format!("{}{}{}", part(location.origin()), part(location.pathname()), part(location.search()))
}

/// The fragment of the page's address, without `#`.
pub(crate) fn fragment() -> String {
    window()
        .and_then(|window| window.location().hash().ok())
        .map(|hash| hash.trim_start_matches('#').to_owned())
        .unwrap_or_default()
}

/// The width and the height of what is seen of the page, in pixels.
pub(crate) fn viewport() -> (f64, f64) {
    let length = |value: Result<wasm_bindgen::JsValue, wasm_bindgen::JsValue>| value.ok().and_then(|one| one.as_f64());
    window().map_or((0.0, 0.0), |window| {
        (length(window.inner_width()).unwrap_or(0.0), length(window.inner_height()).unwrap_or(0.0))
    })
}

/// Whether a media query matches.
pub(crate) fn media(query: &str) -> bool {
    window().and_then(|window| window.match_media(query).ok().flatten()).is_some_and(|list| list.matches())
}

/// Milliseconds since the page was opened.
pub(crate) fn now_ms() -> f64 {
    window().and_then(|window| window.performance()).map_or(0.0, |performance| performance.now())
}

/// Whether the person asked for less motion.
pub(crate) fn reduced_motion() -> bool {
    media("(prefers-reduced-motion: reduce)")
}

pub(crate) fn focused() -> Option<Element> {
    document().and_then(|document| document.active_element())
}

/// The first element that matches a selector.
pub(crate) fn find(selector: &str) -> Option<Element> {
    document().and_then(|document| document.query_selector(selector).ok().flatten())
}

/// Whether an element matches a selector.
pub(crate) fn is_there(selector: &str) -> bool {
    find(selector).is_some()
}

/// Moves the focus to the first element that matches a selector.
pub(crate) fn focus(selector: &str) {
    let found = find(selector);
    // An SVG element has `focus` too, though it is no `HtmlElement`; the call goes by name.
    if let Some(element) = found {
        element.unchecked_into::<HtmlElement>().focus().ok();
    }
}

/// Scrolls an element that matches a selector to its top.
pub(crate) fn scroll_to_top(selector: &str) {
    if let Some(element) = document().and_then(|document| document.query_selector(selector).ok().flatten()) {
        element.set_scroll_top(0);
    }
}

/// Moves the focus to the first element that matches a selector, once what is being drawn is there.
pub(crate) fn focus_later(selector: String) {
    gloo::timers::callback::Timeout::new(0, move || focus(&selector)).forget();
}

/// Clicks on the first element that matches a selector.
pub(crate) fn click(selector: &str) {
    let found = find(selector);
    if let Some(element) = found.and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        element.click();
    }
}

/// Copies a text to the clipboard; `false` where the browser does not allow it.
pub(crate) async fn copy(text: &str) -> bool {
    let Some(window) = window() else { return false };
    // Outside a secure context the clipboard is missing, though its type says otherwise.
    if !window.is_secure_context() {
        return false;
    }
    let promise = window.navigator().clipboard().write_text(text);
    wasm_bindgen_futures::JsFuture::from(promise).await.is_ok()
}
