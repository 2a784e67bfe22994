//! The course: a newcomer's path by mouse on the desk and by keyboard on a phone, and nothing is lost by a reload.

use crate::browser::{DESKTOP, PHONE, Page, with_page};

/// Goes on to the next step, as soon as the run stands.
async fn observe(page: &Page) {
    page.click("to-bound").await;
    page.click("go-on").await;
    page.expect("exercise", "data-step", "happened").await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_newcomer_takes_a_lesson_by_mouse() {
    with_page(DESKTOP, "", async |page| {
        page.click("course-open").await;
        page.find("course").await;
        page.check_nothing_is_cut_off().await;
        page.check_accessibility().await;
        page.click("lesson-waiting-for-some").await;
        page.expect("exercise", "data-step", "predict").await;
        page.check_nothing_is_cut_off().await;
        page.check_accessibility().await;
        // The run stands, and what would give the answer away is locked.
        let stands_at = page.text("clock").await;
        page.click("play").await;
        assert_eq!(page.text("clock").await, stands_at);
        page.click("write-open").await;
        assert!(page.text("toast").await.contains("locked"), "{}", page.text("toast").await);
        page.click("tab-audit").await;
        page.expect("tab-ledger", "aria-selected", "true").await;
        page.click("answer-v3").await;
        page.click("lock-read").await;
        page.expect("exercise", "data-step", "observe").await;
        observe(&page).await;
        page.click("answer-lost-told").await;
        page.click("lock-vanished").await;
        page.expect("exercise", "data-step", "why").await;
        page.expect("judged-read", "data-right", "false").await;
        page.expect("judged-vanished", "data-right", "true").await;
        page.click("see-read").await;
        page.check_accessibility().await;
        page.click("go-on").await;
        page.click("open-challenge").await;
        page.expect("exercise", "data-step", "work").await;
        page.click("course-map").await;
        assert!(page.text("lesson-waiting-for-some").await.contains("done"));
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_challenge_is_solved_and_a_reload_loses_nothing() {
    with_page(DESKTOP, "/course/lose-an-ok", async |page| {
        page.expect("exercise", "data-step", "work").await;
        page.click("hand-in").await;
        page.expect("grade", "data-passed", "false").await;
        page.click("hint-more").await;
        page.speed("1/50×").await;
        page.click("write-open").await;
        page.find("write-name").await.send_keys("a.txt").await.expect("a name can be typed");
        page.find("write-text").await.send_keys("Only S1 has this.").await.expect("a text can be typed");
        page.click("write-submit").await;
        page.expect("operation", "data-outcome", "ok").await;
        page.client.refresh().await.expect("the page loads again");
        page.expect("exercise", "data-step", "work").await;
        let log = page.content("log").await;
        assert!(log.contains("a.txt"), "what was done is done again: {log}");
        page.check_accessibility().await;
        page.click("course-leave").await;
        page.expect("ledger-row-draft.txt", "data-verdict", "safe").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_lesson_is_taken_by_keyboard_on_a_phone() {
    with_page(PHONE, "/course/waiting-for-some", async |page| {
        page.expect("exercise", "data-step", "predict").await;
        page.check_nothing_is_cut_off().await;
        page.check_accessibility().await;
        page.script("document.querySelector('[data-testid=answer-v2] input').focus()", vec![]).await;
        page.keys(" ").await;
        page.keys("\u{e007}").await;
        page.expect("exercise", "data-step", "observe").await;
        page.script("document.querySelector('[data-testid=to-bound]').focus()", vec![]).await;
        page.keys("\u{e007}").await;
        page.find("go-on").await;
        page.script("document.querySelector('[data-testid=go-on]').focus()", vec![]).await;
        page.keys("\u{e007}").await;
        page.expect("exercise", "data-step", "happened").await;
        page.check_accessibility().await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn an_address_that_leads_nowhere_says_so_and_the_map_is_there() {
    with_page(DESKTOP, "", async |page| {
        page.script("location.hash = '#/course/no-such-lesson'", vec![]).await;
        page.find("course").await;
        let told = page.find_css("[role=alert]").await.text().await.expect("it says something");
        assert!(told.contains("there is no no-such-lesson.toml in this course"), "{told}");
    });
}
