//! The card: its question stays, and every button of every built-in scenario keeps its promise.

use replicarium::session::Scenario;

use crate::browser::{DESKTOP, PHONE, Page, with_page};

async fn choose(page: &Page, slug: &str) {
    let list = page.find("scenario").await;
    list.select_by_value(slug).await.expect("the scenario is in the list");
}

/// Runs on until what was tried has come to its answer.
async fn let_it_come(page: &Page, number: usize) -> String {
    let css = format!("[data-testid='outcome-{number}']:not([data-outcome='due'])");
    let found = page.find_css(&css).await;
    found.attr("data-outcome").await.expect("the page is there").unwrap_or_default()
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn every_button_of_every_scenario_shows_what_it_promises() {
    with_page(DESKTOP, "", async |page| {
        page.speed("60×").await;
        for scenario in Scenario::all() {
            choose(&page, &scenario.slug).await;
            for (number, one) in (1..).zip(&scenario.tries) {
                page.click(&format!("try-{number}")).await;
                page.expect(&format!("try-{number}"), "aria-current", "true").await;
                assert_eq!(page.text("invitation").await, scenario.invitation, "the question stays");
                let outcome = let_it_come(&page, number).await;
                let told = page.text(&format!("outcome-{number}")).await;
                assert_eq!(outcome, "held", "{}, {}: {told}", scenario.slug, one.title);
                assert!(told.contains(&one.answer), "{told}");
            }
        }
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_question_stays_and_the_way_back_to_the_story_is_there() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        for slug in ["min-in-sync", "split-brain", "scrub", "lone-coordinator", "active-standby"] {
            choose(&page, slug).await;
            tokio::time::sleep(core::time::Duration::from_millis(3_500)).await;
            let question = Scenario::by_slug(slug).expect("it is built in").invitation.clone();
            assert_eq!(page.text("invitation").await, question, "{slug}");
            assert!(!page.text("hint").await.is_empty());
        }
        choose(&page, "split-brain").await;
        page.click("try-1").await;
        page.speed("60×").await;
        assert_eq!(let_it_come(&page, 1).await, "held");
        assert_eq!(page.text("kicker").await, "Scenario, varied");
        page.check_nothing_is_cut_off().await;
        page.check_accessibility().await;
        page.click("original").await;
        page.find_css("[data-testid='try-1']:not([aria-current])").await;
        assert_eq!(page.text("kicker").await, "Scenario");
        assert!(page.text("outcome-1").await.contains("Those of S2"), "what was found stays");
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_card_is_on_a_phone_too() {
    with_page(PHONE, "", async |page| {
        page.speed("60×").await;
        let button = page.find_css(".nudge [data-testid='try-1']").await;
        button.click().await.expect("it can be tapped");
        assert_eq!(let_it_come(&page, 1).await, "held");
        page.check_nothing_is_cut_off().await;
        page.check_accessibility().await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_remedy_is_run_and_a_failure_of_the_audit_is_shown() {
    with_page(DESKTOP, "", async |page| {
        page.click("tab-audit").await;
        page.click("audit").await;
        page.find("audit-report").await;
        page.speed("1×").await;
        page.find_css("[data-testid='show-me'][aria-label*='Killing S1 loses draft.txt']")
            .await
            .click()
            .await
            .expect("a click");
        page.expect("server-S1", "data-status", "killed").await;
        page.click("tab-ledger").await;
        page.expect("ledger-row-draft.txt", "data-verdict", "lost-acknowledged").await;
        page.click("why-draft.txt").await;
        page.click("seek-remedy").await;
        page.click("run-remedy").await;
        page.expect("server-S1", "data-status", "killed").await;
        page.expect("ledger-row-draft.txt", "data-verdict", "safe").await;
    });
}
