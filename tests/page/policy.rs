//! The policy editor, chaos and the workload, and the words that explain themselves.

use crate::browser::{DESKTOP, PHONE, Page, with_page};

/// Clicks the first element that matches.
async fn press(page: &Page, css: &str) {
    let script =
        "const one = document.querySelector(arguments[0]); one.scrollIntoView({block: 'center'}); one.click();";
    page.script(script, vec![css.into()]).await;
}

async fn open(page: &Page) {
    page.find("server-S1").await;
    page.click("policy-open").await;
    page.find("policy").await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_change_is_pending_until_one_of_two_buttons_is_pressed() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            open(&page).await;
            page.expect("set-policy-fencing", "data-value", "true").await;
            press(&page, "[data-testid=set-policy-fencing] [role=switch]").await;
            page.expect("set-policy-fencing", "data-value", "false").await;
            let pending = page.text("policy-pending").await;
            assert!(pending.contains("1 change") && pending.contains("fencing = off"), "{pending}");
            let control = page.text("set-policy-fencing").await;
            assert!(control.contains("was on"), "{control}");
            page.check_accessibility().await;
            page.click("policy-now").await;
            let idle = page.text("policy").await;
            assert!(idle.contains("nothing takes effect until you say so"), "{idle}");
            press(&page, "[data-testid=set-policy-acks] [data-choice='1']").await;
            page.click("policy-again").await;
            page.find("server-S1").await;
            let toast = page.text("toast").await;
            assert!(toast.contains("policy.acks = 1"), "{toast}");
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn escape_asks_before_what_is_pending_is_thrown_away_and_arrows_change_a_value() {
    with_page(DESKTOP, "", async |page| {
        page.find("server-S1").await;
        page.keys("e").await;
        page.find("policy").await;
        let script = "document.querySelector('[data-testid=set-policy-acks] [aria-checked=true]').focus();";
        page.script(script, Vec::new()).await;
        page.keys("\u{e012}").await;
        page.expect("set-policy-acks", "data-value", "2").await;
        page.keys("\u{e00c}").await;
        page.click("policy-stay").await;
        page.expect("set-policy-acks", "data-value", "2").await;
        page.click("policy-close").await;
        page.click("policy-drop").await;
        page.find("headline").await;
        page.check_nothing_is_cut_off().await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn every_section_opens_without_a_complaint_of_axe() {
    with_page(DESKTOP, "", async |page| {
        open(&page).await;
        page.script("document.querySelectorAll('.drawer details').forEach(one => one.open = true);", Vec::new()).await;
        page.check_accessibility().await;
        assert_eq!(page.console_complaints().await, Vec::<String>::new());
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn chaos_is_let_loose_and_says_what_was_survived() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            page.find("server-S1").await;
            page.speed("1×").await;
            page.click("chaos-open").await;
            page.find("chaos-panel").await;
            page.check_accessibility().await;
            page.click("chaos-start").await;
            page.click("chaos-close").await;
            let bar = page.text("chaos-tally").await;
            assert!(bar.contains("Chaos ") && bar.contains("fault"), "{bar}");
            page.click("chaos-stop-bar").await;
            page.find("chaos-again").await;
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_word_explains_itself_on_focus_and_escape_takes_that_away() {
    with_page(DESKTOP, "", async |page| {
        page.find("server-S1").await;
        page.script("document.querySelector('.term-word').focus();", Vec::new()).await;
        page.find_css("[role=tooltip]").await;
        page.check_accessibility().await;
        page.keys("\u{e00c}").await;
        let count = page.script("return document.querySelectorAll('[role=tooltip]').length;", Vec::new()).await;
        assert_eq!(count, 0);
    });
}
