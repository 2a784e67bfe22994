//! Any command and any setting, given as a line of text.

use crate::browser::{DESKTOP, PHONE, Page, with_page};

async fn say(page: &Page, line: &str) {
    page.click("command-open").await;
    let field = page.find("command-line").await;
    field.send_keys(line).await.expect("a line can be typed");
    page.click("command-submit").await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_line_of_text_gives_a_command_or_begins_again_with_another_setting() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            page.speed("1×").await;
            say(&page, "read = { file = \"notes.txt\", from = \"S2\" }").await;
            page.click("tab-client").await;
            page.expect("operation", "data-outcome", "ok").await;
            say(&page, "kill = \"S1\"").await;
            page.expect("server-S1", "data-status", "killed").await;
            say(&page, "policy.failover = \"manual\"").await;
            page.expect("server-S1", "data-status", "up").await;
            let toast = page.text("toast").await;
            assert!(toast.contains("policy.failover = \"manual\""), "{toast}");
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_line_that_is_wrong_says_what_was_expected_and_stays_to_be_mended() {
    with_page(PHONE, "", async |page| {
        say(&page, "kill = \"server one\"").await;
        let note = page.text("command-note").await;
        assert!(note.starts_with("kill: ") && note.contains("expected a server such as \"S1\""), "{note}");
        page.click("commands").await;
        page.click("settings").await;
        page.check_accessibility().await;
        page.check_nothing_is_cut_off().await;
        page.expect("server-S1", "data-status", "up").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_dialog_opens_by_key_and_an_example_can_be_taken() {
    with_page(DESKTOP, "", async |page| {
        page.find("server-S1").await;
        page.keys(":").await;
        page.find("command-line").await;
        page.click("commands").await;
        let script = "[...document.querySelectorAll('.examples button')].find(one => one.textContent.startsWith('kill')).click();";
        page.script(script, Vec::new()).await;
        page.keys("\u{e007}").await;
        page.expect("server-S1", "data-status", "killed").await;
    });
}
