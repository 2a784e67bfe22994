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

async fn text(css: &str) -> String {
    found(css).await.text_content().unwrap_or_default()
}

/// Waits until an element's text is one that will do.
async fn expect(css: &str, will_do: impl Fn(&str) -> bool) -> String {
    for _ in 0..400 {
        let text = text(css).await;
        if will_do(&text) {
            return text;
        }
        TimeoutFuture::new(10).await;
    }
    panic!("{css} says {}", text(css).await)
}

#[wasm_bindgen_test]
async fn a_figure_is_a_dash_with_a_reason_until_it_is_measured() {
    mounted().await;
    click("[data-testid='tab-figures']").await;
    let availability = "[data-testid='figure-availability-read']";
    assert_eq!(text(availability).await, "–none has ended yet");
    assert_eq!(text("[data-testid='figure-until-primary-failover-last']").await, "–there was no failover yet");
    let rows = document().query_selector_all("#app .figures tr").expect("a valid selector").length();
    click("[data-testid='tab-ledger']").await;
    click("[data-testid='read-notes.txt']").await;
    click("[data-testid='tab-figures']").await;
    expect(availability, |text| text == "100.00").await;
    let latency = text("[data-testid='figure-latency-p50-read']").await;
    assert!(latency.parse::<f64>().is_ok_and(|milliseconds| milliseconds > 0.0), "{latency}");
    let after = document().query_selector_all("#app .figures tr").expect("a valid selector").length();
    assert_eq!(after, rows, "no row came or went");
}

#[wasm_bindgen_test]
async fn a_term_tells_what_it_means() {
    mounted().await;
    click("[data-testid='tab-figures']").await;
    let term = found("[data-testid='term-latency-p99']").await;
    assert_eq!(term.get_attribute("aria-expanded").as_deref(), Some("false"));
    assert!(term.get_attribute("title").is_some_and(|title| title.contains("99 of 100")));
    click("[data-testid='term-latency-p99']").await;
    assert!(text("[data-testid='meaning']").await.contains("99 of 100"));
    assert_eq!(term.get_attribute("aria-expanded").as_deref(), Some("true"));
}

#[wasm_bindgen_test]
async fn the_copies_of_a_file_are_drawn_and_told() {
    mounted().await;
    click("[data-testid='tab-figures']").await;
    found("[data-testid='copies-notes.txt'][data-last='3']").await;
    let label = found("[data-testid='copies-notes.txt'] svg").await.get_attribute("aria-label").expect("a label");
    assert_eq!(label, "notes.txt: 3 copies at first, 3 copies in the end");
}

#[wasm_bindgen_test]
async fn one_line_says_that_the_invariants_hold_and_opens_to_their_names() {
    mounted().await;
    found("[data-testid='invariants'][data-broken='0']").await;
    let line = text("[data-testid='invariants-summary']").await;
    assert_eq!(line, "✓6 invariants hold after every step");
    let name = found("[data-testid='invariant-acknowledged-is-kept'][data-state='holds']").await;
    assert!(name.text_content().unwrap_or_default().contains("What a client was told ok for stays on some disk"));
}

/// Puts the protocols' rules back whatever becomes of the test.
#[cfg(feature = "mutations")]
struct Mended;

#[cfg(feature = "mutations")]
impl Drop for Mended {
    fn drop(&mut self) {
        replicarium::replication::mutation::break_on_purpose(None);
    }
}

#[cfg(feature = "mutations")]
#[wasm_bindgen_test]
async fn a_broken_invariant_is_told_with_a_way_to_its_moment() {
    use replicarium::replication::mutation::{Mutation, break_on_purpose};

    let _mended = Mended;
    mounted().await;
    break_on_purpose(Some(Mutation::AnswerWithoutAcks));
    click("[data-testid='overwrite-notes.txt']").await;
    click("[data-testid='write-submit']").await;
    found("[data-testid='violation'][data-invariant='ack-means-what-it-says']").await;
    let line = text("[data-testid='invariants-summary']").await;
    assert_eq!(line, "✕1 of 6 invariants was broken");
    found("[data-testid='invariant-ack-means-what-it-says'][data-state='broken']").await;
    let jump = text("[data-testid='violation-jump']").await;
    assert!(text("[data-testid='toast']").await.contains("An invariant is broken"));
    click("[data-testid='violation-jump']").await;
    expect("[data-testid='clock']", |clock| jump == format!("Go to {clock}")).await;
    found("[data-testid='play'][data-playing='false']").await;
}
