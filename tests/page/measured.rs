//! What is measured and judged, as it is seen live on the page.

use serde_json::json;

use crate::browser::{DESKTOP, PHONE, Page, Screen, with_page};

/// The text of a figure, as soon as it is one that will do.
async fn figure(page: &Page, id: &str, will_do: impl Fn(&str) -> bool) -> String {
    for _ in 0..200 {
        let text = page.text(id).await;
        if will_do(&text) {
            return text;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("{id} says {}", page.text(id).await)
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok()
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_figures_follow_a_failover() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        page.click("tab-figures").await;
        page.check_accessibility().await;
        page.find("server-S1").await;
        page.script("document.querySelector('[data-testid=server-S1]').focus();", Vec::new()).await;
        page.keys("k").await;
        figure(&page, "figure-until-primary-failover-last", is_number).await;
        page.expect("copies-draft.txt", "data-last", "0").await;
        page.click("tab-ledger").await;
        page.click("read-notes.txt").await;
        page.click("tab-client").await;
        page.expect("operation", "data-outcome", "ok").await;
        page.click("tab-figures").await;
        figure(&page, "figure-availability-read", is_number).await;
        // By keyboard alone: a term is reached, opened and closed.
        page.script("document.querySelector('[data-testid=term-availability]').focus();", Vec::new()).await;
        page.keys("\u{e007}").await;
        let meaning = page.text("meaning").await;
        assert!(meaning.contains("got an ok before their client gave up"), "{meaning}");
        page.check_accessibility().await;
        page.keys("\u{e007}").await;
        page.expect("term-availability", "aria-expanded", "false").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn no_figure_moves_when_values_change() {
    for screen in [DESKTOP, PHONE, Screen { dark: true, ..PHONE }] {
        with_page(screen, "", async |page| {
            page.click("tab-figures").await;
            page.find("figure-availability-write").await;
            let places = "return [...document.querySelectorAll('.figures tr, .figures h2')].map(element => {
                const box = element.getBoundingClientRect(), top = document.querySelector('.figures').getBoundingClientRect().top;
                return [Math.round(box.top - top), Math.round(box.width)]; });";
            let before = page.script(places, Vec::new()).await;
            page.click("tab-ledger").await;
            page.speed("1×").await;
            page.click("overwrite-notes.txt").await;
            page.click("write-submit").await;
            page.click("read-notes.txt").await;
            page.click("tab-client").await;
            page.expect("operation", "data-outcome", "ok").await;
            page.click("tab-figures").await;
            figure(&page, "figure-availability-write", is_number).await;
            let after = page.script(places, Vec::new()).await;
            assert_eq!(before, after, "rows have moved");
            let cut =
                "return [...document.querySelectorAll('.figures th, .figures td, .tabs button')].filter(element =>
                element.scrollWidth > element.clientWidth + 1).map(element => element.textContent);";
            assert_eq!(page.script(cut, Vec::new()).await, json!([]), "something is cut off");
            page.check_nothing_is_cut_off().await;
            // At the end of the page nothing is half below the footer or a notice, which axe takes for a small target.
            let aside = "document.querySelector('[data-testid=toast] button')?.click();
                scrollTo(0, document.documentElement.scrollHeight);";
            page.script(aside, Vec::new()).await;
            page.check_accessibility().await;
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_invariants_hold_through_a_failover_and_are_named() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            page.speed("1×").await;
            page.click("server-S1").await;
            page.click("action-kill").await;
            page.expect("server-S2", "data-role", "primary").await;
            page.expect("invariants", "data-broken", "0").await;
            let line = page.text("invariants-summary").await;
            assert!(line.contains("7 invariants hold after every step"), "{line}");
            // By keyboard alone.
            page.script("document.querySelector('[data-testid=invariants-summary]').focus();", Vec::new()).await;
            page.keys("\u{e007}").await;
            let name = page.text("invariant-one-primary-per-epoch").await;
            assert!(name.contains("A group never has two primaries in one epoch."), "{name}");
            page.check_accessibility().await;
            page.check_nothing_is_cut_off().await;
        });
    }
}
