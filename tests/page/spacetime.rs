//! The space-time diagram: another view of the same moment, in which the past of an event is lit.

use serde_json::json;

use crate::browser::{DESKTOP, PHONE, Page, Screen, with_page};

/// Writes a file, waits until it is safe, stops the clock and opens the diagram.
async fn after_a_write(page: &Page) {
    page.speed("1×").await;
    page.click("write-open").await;
    page.find("write-name").await.send_keys("plan.txt").await.expect("a name");
    page.find("write-text").await.send_keys("Keep three copies.").await.expect("a text");
    page.click("write-submit").await;
    page.expect("ledger-row-plan.txt", "data-verdict", "safe").await;
    page.click("play").await;
    page.click("view-spacetime").await;
    page.find("spacetime").await;
}

/// Selects the last thing that a client was told, by the keyboard.
async fn select_the_ok(page: &Page) {
    let filter = page.find("spacetime-filter").await;
    filter.select_by_value("clients").await.expect("the filter has client operations");
    page.script("document.querySelector('[data-testid=spacetime]').focus();", Vec::new()).await;
    page.keys("\u{e014}").await;
    let told = page.text("spacetime-event").await;
    assert!(told.contains("C1 was told ok: plan.txt v1"), "{told}");
    page.find("spacetime-filter").await.select_by_value("past").await.expect("the filter has the past");
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_past_of_an_ok_is_lit_and_said_in_a_sentence() {
    with_page(DESKTOP, "", async |page| {
        after_a_write(&page).await;
        select_the_ok(&page).await;
        let finding = page.text("spacetime-finding").await;
        assert!(finding.contains("ts past since") && finding.contains("v1 on disk, besides S1"), "{finding}");
        let chain = page.text("spacetime-chain").await;
        assert!(chain.contains("C1 asks to write plan.txt.") && chain.contains("S1 logged plan.txt v1"), "{chain}");
        let lit = "return document.querySelectorAll('#spacetime-svg .pinned .arrow.cause').length;";
        assert!(page.script(lit, Vec::new()).await.as_u64() >= Some(4), "request, update, ack and answer are lit");

        // To the cause, back on the same way, to the moment, and let go.
        page.script("document.querySelector('[data-testid=spacetime]').focus();", Vec::new()).await;
        page.keys("\u{e012}").await;
        assert!(!page.text("spacetime-event").await.contains("C1 was told ok: plan.txt v1"));
        page.keys("\u{e014}").await;
        let before = page.attribute("clock", "data-micros").await;
        page.keys("\u{e007}").await;
        assert_ne!(page.attribute("clock", "data-micros").await, before, "Enter goes to the moment");
        page.keys("\u{e00c}").await;
        let cards = "return document.querySelectorAll('[data-testid=spacetime-event]').length;";
        assert_eq!(page.script(cards, Vec::new()).await, json!(0), "Escape lets go");
        page.click("view-stage").await;
        page.find("server-S1").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_diagram_is_saved_as_a_drawing_that_needs_no_page() {
    with_page(DESKTOP, "", async |page| {
        after_a_write(&page).await;
        page.script(
            "window.caught = null;
             const original = URL.createObjectURL;
             URL.createObjectURL = blob => { blob.text().then(text => { window.caught = text; }); return original(blob); };",
            Vec::new(),
        )
        .await;
        page.click("spacetime-export").await;
        let mut caught = json!(null);
        for _ in 0..100 {
            caught = page.script("return window.caught;", Vec::new()).await;
            if !caught.is_null() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        let drawing = caught.as_str().expect("a drawing");
        assert!(drawing.starts_with("<svg") && drawing.contains("<style>") && !drawing.contains("var("), "{drawing}");
        let parsed = "return new DOMParser().parseFromString(arguments[0], 'image/svg+xml').querySelectorAll('parsererror').length;";
        assert_eq!(page.script(parsed, vec![caught.clone()]).await, json!(0), "it is well-formed");
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn axe_finds_nothing_in_the_diagram() {
    for screen in [DESKTOP, Screen { dark: true, ..DESKTOP }, PHONE] {
        with_page(screen, "", async |page| {
            after_a_write(&page).await;
            page.check_accessibility().await;
            select_the_ok(&page).await;
            page.check_accessibility().await;
        });
    }
}
