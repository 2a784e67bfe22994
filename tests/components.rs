//! The page's components in headless Chrome, each test on a page of its own inside the runner's document.
#![cfg(target_arch = "wasm32")]

use gloo::timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement, KeyboardEvent, KeyboardEventInit, SvgElement};

wasm_bindgen_test_configure!(run_in_browser);

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a document")
}

/// Mounts the page beside what the runner has in the body.
async fn mounted() {
    if let Some(old) = document().get_element_by_id("app") {
        old.remove();
    }
    let root = document().create_element("div").expect("an element");
    root.set_id("app");
    document().body().expect("a body").append_child(&root).expect("the element is added");
    replicarium::app::mount();
    found("[data-testid='server-S1']").await;
}

/// The element, as soon as it is there.
async fn found(css: &str) -> Element {
    for _ in 0..400 {
        if let Some(element) = document().query_selector(&format!("#app {css}")).expect("a valid selector") {
            return element;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("nothing matches {css}")
}

async fn click(css: &str) {
    found(css).await.unchecked_into::<HtmlElement>().click();
}

#[wasm_bindgen_test]
async fn the_page_opens_on_a_running_cluster_with_a_file_in_it() {
    mounted().await;
    for server in ["S1", "S2", "S3"] {
        found(&format!("[data-testid='server-{server}'][data-status='up']")).await;
        found(&format!("[data-testid='copy-{server}-notes.txt'][data-health='fresh']")).await;
    }
    let label = found("[data-testid='server-S1']").await.get_attribute("aria-label").expect("a label");
    assert!(label.contains("primary") && label.contains("notes.txt"), "{label}");
}

#[wasm_bindgen_test]
async fn a_key_on_a_server_kills_it() {
    mounted().await;
    let server = found("[data-testid='server-S2']").await;
    server.unchecked_ref::<SvgElement>().focus().expect("a server takes the focus");
    let settings = KeyboardEventInit::new();
    settings.set_key("k");
    settings.set_bubbles(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict("keydown", &settings).expect("an event");
    server.dispatch_event(&event).expect("the event is dispatched");
    found("[data-testid='server-S2'][data-status='killed']").await;
}

#[wasm_bindgen_test]
async fn pausing_stops_the_clock_and_a_step_moves_it() {
    mounted().await;
    click("[data-testid='play']").await;
    TimeoutFuture::new(50).await;
    let clock = || async { found("[data-testid='clock']").await.text_content().unwrap_or_default() };
    let paused = clock().await;
    TimeoutFuture::new(300).await;
    assert_eq!(clock().await, paused, "the clock stands still");
    click("[data-testid='step']").await;
    TimeoutFuture::new(50).await;
    assert_ne!(clock().await, paused, "a step moves the clock");
}

#[wasm_bindgen_test]
async fn the_ledger_says_what_each_file_risks() {
    mounted().await;
    found("[data-testid='ledger-row-notes.txt'][data-verdict='safe']").await;
    let row = found("[data-testid='ledger-row-draft.txt'][data-verdict='at-risk']").await;
    assert!(row.text_content().unwrap_or_default().contains("Its only copy is on S1."));
}
