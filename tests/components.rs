//! The page's components in headless Chrome, each test on a page of its own inside the runner's document.
#![cfg(target_arch = "wasm32")]

use gloo::timers::future::TimeoutFuture;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{Document, Element, HtmlElement, KeyboardEvent, KeyboardEventInit, SvgElement};

wasm_bindgen_test_configure!(run_in_browser);

/// A scenario of somebody's own.
const OWN: &str = r#"version = 1
title = "Two servers of my own"
teaches = "A scenario may come from a file."
story = "Two servers run."
invitation = "Kill S1."
seed = 7

[cluster]
zones = ["A", "B"]
"#;

fn document() -> Document {
    web_sys::window().and_then(|window| window.document()).expect("a document")
}

/// Mounts the page beside what the runner has in the body.
async fn mounted() {
    if let Some(old) = document().get_element_by_id("app") {
        // The page of the test before lives on without its elements; paused, it takes no time from this one.
        let play = old.query_selector("[data-testid='play'][data-playing='true']").expect("a valid selector");
        if let Some(play) = play {
            play.unchecked_into::<HtmlElement>().click();
            TimeoutFuture::new(50).await;
        }
        old.remove();
    }
    let root = document().create_element("div").expect("an element");
    root.set_id("app");
    document().body().expect("a body").append_child(&root).expect("the element is added");
    // A reload would go on with the run of the test before.
    let storage = web_sys::window().and_then(|window| window.session_storage().ok().flatten());
    storage.expect("the tab has a memory").clear().expect("it can be cleared");
    replicarium::app::mount();
    found("[data-testid='server-S1']").await;
    // The cluster with which the page opens is at work; what these tests do is to be all that happens.
    choose("[data-testid='scenario']", "three-copies").await;
    for _ in 0..400 {
        if text("h1").await == "Three copies, and one" {
            break;
        }
        TimeoutFuture::new(10).await;
    }
    // This build is too slow to wait for what happens at a speed that people can follow.
    choose("[data-testid='speed']", "5").await;
}

/// Chooses from a list.
async fn choose(css: &str, value: &str) {
    let list: web_sys::HtmlSelectElement = found(css).await.unchecked_into();
    list.set_value(value);
    let settings = web_sys::EventInit::new();
    settings.set_bubbles(true);
    let chosen = web_sys::Event::new_with_event_init_dict("change", &settings).expect("an event");
    list.dispatch_event(&chosen).expect("the event is dispatched");
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
    assert_eq!(line, "✓7 invariants hold after every step");
    let name = found("[data-testid='invariant-acknowledged-is-kept'][data-state='holds']").await;
    assert!(name.text_content().unwrap_or_default().contains("An acknowledged write stays on some disk"));
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
    assert_eq!(line, "✕1 of 7 invariants was broken");
    found("[data-testid='invariant-ack-means-what-it-says'][data-state='broken']").await;
    let jump = text("[data-testid='violation-jump']").await;
    assert!(text("[data-testid='toast']").await.contains("An invariant is broken: A client was told ok"));
    assert_eq!(text("[data-testid='tab-ledger']").await, "Ledger✕");
    click("[data-testid='violation-jump']").await;
    expect("[data-testid='clock']", |clock| jump == format!("Go to {clock}")).await;
    found("[data-testid='play'][data-playing='false']").await;
}

/// Hands a file to the page: through the field for scenarios, or dropped anywhere.
fn hand_over(name: &str, text: &str, is_dropped: bool) {
    let script = "const data = new DataTransfer();
        data.items.add(new File([text], name));
        if (isDropped) {
            window.dispatchEvent(new DragEvent('drop', { dataTransfer: data }));
        } else {
            const field = document.querySelector('#app [data-testid=scenario-file]');
            field.files = data.files;
            field.dispatchEvent(new Event('change', { bubbles: true }));
        }";
    let function = js_sys::Function::new_with_args("name, text, isDropped", script);
    let given = function.call3(&wasm_bindgen::JsValue::NULL, &name.into(), &text.into(), &is_dropped.into());
    given.expect("the file is handed over");
}

#[wasm_bindgen_test]
async fn a_scenario_file_is_opened_and_can_be_shared() {
    mounted().await;
    hand_over("mine.toml", OWN, false);
    expect("h1", |title| title == "Two servers of my own").await;
    assert_eq!(text("[data-testid='kicker']").await, "Scenario from mine.toml");
    let pick: web_sys::HtmlSelectElement = found("[data-testid='scenario']").await.unchecked_into();
    assert_eq!(pick.value(), "file:");
    let seed: web_sys::HtmlInputElement = found("[data-testid='seed']").await.unchecked_into();
    assert_eq!(seed.value(), "7");
    click("[data-testid='share']").await;
    let link: web_sys::HtmlInputElement = found("[data-testid='share-link']").await.unchecked_into();
    let fragment = link.value().split_once('#').expect("a fragment").1.to_owned();
    let opened = replicarium::session::Session::from_link(&fragment).expect("the link opens");
    assert_eq!((opened.scenario().title(), opened.seed()), ("Two servers of my own", 7));
}

#[wasm_bindgen_test]
async fn a_mistake_in_a_scenario_file_is_told_and_changes_nothing() {
    mounted().await;
    hand_over("mine.toml", &OWN.replace("zones = [\"A\", \"B\"]", "zones = 3"), false);
    let complaint = text("[data-testid='scenario-complaint']").await;
    assert!(complaint.starts_with("mine.toml, line 9, cluster.zones: "), "{complaint}");
    assert!(complaint.contains("expected") && complaint.ends_with('.'), "{complaint}");
    assert_eq!(text("h1").await, "Three copies, and one");
    found("[data-testid='server-S3']").await;
}

#[wasm_bindgen_test]
async fn a_dropped_scenario_is_offered_and_may_be_stored_all_the_same() {
    mounted().await;
    hand_over("mine.toml", OWN, true);
    assert!(text("[data-testid='scenario-offer']").await.contains("Two servers of my own"));
    click("[data-testid='scenario-store']").await;
    found("[data-testid='ledger-row-mine.toml']").await;
    assert_eq!(text("h1").await, "Three copies, and one");
    hand_over("mine.toml", OWN, true);
    click("[data-testid='scenario-open']").await;
    expect("h1", |title| title == "Two servers of my own").await;
}

#[wasm_bindgen_test]
async fn any_other_toml_file_is_simply_stored() {
    mounted().await;
    hand_over("Cargo.toml", "[package]\nversion = \"0.1.0\"\n", true);
    found("[data-testid='ledger-row-Cargo.toml']").await;
}

#[wasm_bindgen_test]
async fn two_worlds_are_compared_and_the_table_says_what_is_better() {
    mounted().await;
    click("[data-testid='compare']").await;
    found("[data-testid='world-a'] [data-testid='server-S1']").await;
    found("[data-testid='world-b'] [data-testid='server-S1']").await;
    let head = text("[data-testid='outcomes'] thead").await;
    assert!(head.contains("B − A"), "{head}");
    // Each world with itself: all is the same, and nothing else is.
    click("[data-testid='change-b']").await;
    click("[data-testid='pick-here']").await;
    found("[data-testid='world-b']").await;
    // The worlds are set up one after the other, in turns of their own, and run to their end in slices.
    let judged = || document().query_selector_all("#app [data-judgement]").expect("a valid selector");
    for _ in 0..400 {
        if text("[data-testid='compare-different']").await == "nothing" && judged().length() > 3 {
            break;
        }
        TimeoutFuture::new(20).await;
    }
    assert_eq!(text("[data-testid='compare-different']").await, "nothing");
    let rows = judged();
    assert!(rows.length() > 3);
    for index in 0..rows.length() {
        let row = rows.item(index).expect("a row").unchecked_into::<Element>();
        assert_eq!(row.get_attribute("data-judgement").as_deref(), Some("same"), "{:?}", row.text_content());
    }
    click("[data-testid='compare-close']").await;
    found("[data-testid='ledger-row-notes.txt']").await;
}

/// The card keeps its question, marks what runs, and has a way back.
#[wasm_bindgen_test]
async fn the_card_offers_what_its_question_asks_for() {
    mounted().await;
    let question = text(".story [data-testid='invitation']").await;
    click(".story [data-testid='try-1']").await;
    found(".story [data-testid='try-1'][aria-current='true']").await;
    found(".story [data-testid='outcome-1'][data-outcome='due']").await;
    assert_eq!(text(".story [data-testid='invitation']").await, question);
    assert_eq!(text("[data-testid='kicker']").await, "Scenario, varied");
    click(".story [data-testid='original']").await;
    found(".story [data-testid='try-1']:not([aria-current])").await;
    click(".story [data-testid='try-2']").await;
    found(".story [data-testid='try-2'][aria-current='true']").await;
    assert_eq!(text("[data-testid='kicker']").await, "Scenario, varied");
}
