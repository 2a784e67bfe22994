//! Two worlds side by side.

use serde_json::json;

use crate::browser::{DESKTOP, PHONE, Page, with_page};

/// What the row of the table says of B.
async fn judgement(page: &Page, row: &str) -> String {
    let found = page.script(
        "return document.querySelector(`[data-testid='outcome-${arguments[0]}']`)?.dataset.judgement ?? 'missing'",
        vec![json!(row)],
    );
    found.await.as_str().unwrap_or_default().to_owned()
}

async fn micros(page: &Page) -> u64 {
    let micros = page.find("clock").await.attr("data-micros").await.expect("an attribute can be read");
    micros.and_then(|micros| micros.parse().ok()).expect("the clock has a time")
}

/// Two writes in a row and a kill after the ok, with acks of nobody and of all.
async fn compare_acks(page: &Page) {
    page.click("compare").await;
    page.find("world-b").await;
    page.click("change-a").await;
    page.click("pick-try-1").await;
    page.find("world-b").await;
    page.click("change-b").await;
    page.click("pick-try-2").await;
    page.find("world-b").await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_student_sees_what_the_acks_buy_and_where_the_two_part() {
    with_page(DESKTOP, "", async |page| {
        page.script(
            "const list = document.querySelector(\"[data-testid='scenario']\");
             list.value = 'ack-none';
             list.dispatchEvent(new Event('change', { bubbles: true }));",
            Vec::new(),
        )
        .await;
        compare_acks(&page).await;
        assert_eq!(page.text("compare-different").await, "policy.acks");
        assert_eq!(judgement(&page, "lost").await, "better");
        assert_eq!(judgement(&page, "promotions").await, "same");
        let first = micros(&page).await;
        assert!(first > 0, "it opens where the two part");
        page.keys("n").await;
        let next = micros(&page).await;
        assert!(next > first, "{next} after {first}");
        page.keys("N").await;
        assert_eq!(micros(&page).await, first);
        // Dragging the cursor moves both worlds.
        page.script(
            "const seek = document.querySelector(\"[data-testid='seek']\");
             seek.value = seek.max;
             seek.dispatchEvent(new Event('input', { bubbles: true }));",
            Vec::new(),
        )
        .await;
        page.expect("truth-a", "data-mood", "bad").await;
        let truth = page.text("truth-a").await;
        assert!(truth.starts_with("C1 was told ok for v3 at ") && truth.contains("S1 was killed"), "{truth}");
        page.click("at-now").await;
        assert_eq!(judgement(&page, "lost").await, "better");
        page.check_accessibility().await;
        page.click("compare-swap").await;
        page.find("world-b").await;
        assert_eq!(judgement(&page, "lost").await, "worse");
        // Nothing can be done to what is compared; Escape takes one back, to where one came from.
        page.keys("w").await;
        assert!(page.text("toast").await.contains("as they are"));
        page.keys("\u{e00c}").await;
        page.find("ledger-row-notes.txt").await;
        let focused = page.script("return document.activeElement.dataset.testid ?? ''", Vec::new()).await;
        assert_eq!(focused, json!("compare"));
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn on_a_phone_the_worlds_are_stacked_and_the_table_follows() {
    with_page(PHONE, "", async |page| {
        page.click("compare").await;
        page.find("world-b").await;
        let places = page.script(
            "return ['world-a', 'world-b', 'outcomes'].map(id => document.querySelector(`[data-testid='${id}']`).getBoundingClientRect().top)",
            Vec::new(),
        );
        let places: Vec<f64> = serde_json::from_value(places.await).expect("three places");
        assert!(places.is_sorted() && places[0] < places[1] && places[1] < places[2], "{places:?}");
        page.check_nothing_is_cut_off().await;
        page.check_accessibility().await;
        page.click("change-b").await;
        page.find("pick-setting").await.send_keys(" or so").await.expect("a line can be typed");
        page.click("pick-setting-go").await;
        let complaint = page.text("choose-complaint").await;
        assert!(complaint.contains("policy.acks"), "{complaint}");
        page.check_accessibility().await;
    });
}
