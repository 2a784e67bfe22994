//! The README's first steps, one by one, on the page as it opens.

use fantoccini::Locator;
use serde_json::json;

use crate::browser::{DESKTOP, Page, with_front_page};

/// Presses a key as somebody does who has clicked nothing.
async fn press(page: &Page, key: &str) {
    page.script("document.activeElement.blur();", Vec::new()).await;
    page.keys(key).await;
}

async fn close_dialog(page: &Page) {
    page.find_css("dialog[open]").await;
    page.keys("\u{e00c}").await;
    let is_open = "return document.querySelectorAll('dialog[open]').length;";
    for _ in 0..100 {
        if page.script(is_open, Vec::new()).await == json!(0) {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("Escape closes no dialog");
}

async fn kill_the_primary(page: &Page) {
    page.click("server-S1").await;
    page.click("action-kill").await;
    page.expect("server-S1", "data-status", "killed").await;
}

async fn has_menu(page: &Page, target: &str) {
    let open = "document.querySelector(`[data-target='${arguments[0]}']`).dispatchEvent(new MouseEvent('click', { bubbles: true }));";
    page.script(open, vec![target.into()]).await;
    page.find("popover").await;
    page.keys("\u{e00c}").await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn watch_an_update_kill_the_primary_read_back_and_restart() {
    with_front_page(DESKTOP, async |page| {
        // 1: an update ripples; then S1 dies.
        page.find_css("[data-testid=ripple][data-step]:not([data-step=''])").await;
        page.speed("1×").await;
        kill_the_primary(&page).await;
        page.expect("ledger-row-draft.txt", "data-verdict", "lost-acknowledged").await;
        // 2: it is missed, and a replica promoted.
        page.expect("server-S2", "data-role", "primary").await;
        // 3: the file is read back, and S1 catches up.
        page.expect("ledger-row-notes.txt", "data-verdict", "safe").await;
        page.click("read-notes.txt").await;
        page.click("server-S1").await;
        page.click("action-restart").await;
        page.expect("copy-S1-notes.txt", "data-health", "fresh").await;
        // 7: what led to the loss, and what would have saved the file.
        page.click("why-draft.txt").await;
        page.find("why-steps").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn each_key_of_the_first_steps_opens_what_it_is_said_to() {
    with_front_page(DESKTOP, async |page| {
        // 4: a file is written, and gets to every server.
        page.speed("1×").await;
        press(&page, "w").await;
        page.find("write-name").await.send_keys("plan.txt").await.expect("a name");
        page.find("write-text").await.send_keys("Keep three copies.").await.expect("a text");
        page.click("write-submit").await;
        page.expect("ledger-row-plan.txt", "data-verdict", "safe").await;
        // 5: all keys.
        press(&page, "?").await;
        close_dialog(&page).await;
        // 6: a side is picked, and all is healed.
        press(&page, "p").await;
        page.click("side-S3").await;
        page.click("partition-cut").await;
        page.find("wall").await;
        press(&page, "h").await;
        page.find_css("[data-testid=stage]:not(:has([data-testid=wall]))").await;
        // 8: the space-time diagram, and back.
        press(&page, "v").await;
        page.find("spacetime").await;
        press(&page, "v").await;
        page.find("server-S1").await;
        // 11: the policy editor and its two buttons.
        press(&page, "e").await;
        let buttons = page.text("policy").await;
        assert!(buttons.contains("Change something: nothing takes effect until you say so."), "{buttons}");
        page.click("policy-close").await;
        // 12: chaos.
        press(&page, "c").await;
        page.find("chaos-start").await;
        page.click("chaos-close").await;
        // 10: two worlds.
        page.click("compare").await;
        page.find("compare-summary").await;
        page.click("compare-close").await;
        page.find("server-S1").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn everything_on_the_stage_has_a_menu_and_every_line_of_text_is_taken() {
    with_front_page(DESKTOP, async |page| {
        // 6: server, zone, client, coordinator, link.
        page.find("server-S1").await;
        let slugs = "return [...document.querySelectorAll('[data-testid=stage] [data-target]')].map(each => each.dataset.target);";
        let slugs = page.script(slugs, Vec::new()).await;
        let slugs: Vec<String> =
            slugs.as_array().expect("a list").iter().filter_map(|slug| slug.as_str().map(str::to_owned)).collect();
        assert!(slugs.len() >= 11, "servers, zones, a client, a coordinator and links: {slugs:?}");
        for slug in &slugs {
            has_menu(&page, slug).await;
        }
        // 7 and 9: the tabs.
        for (tab, inside) in [("tab-inspect", "fault-disk"), ("tab-audit", "audit"), ("tab-figures", "figures")] {
            page.click(tab).await;
            page.find(inside).await;
        }
        page.click("tab-ledger").await;
        assert!(page.text("invariants-summary").await.contains("hold after every step"));
        // 13: each line of text that the README names.
        page.speed("1×").await;
        for line in [
            "drop 20% S1 S2",
            "acks = 1",
            r#"partition = { side = ["S1"] }"#,
            "kill S1",
            r#"policy.read_lease = "150 ms""#,
        ] {
            press(&page, ":").await;
            page.find("command-line").await.send_keys(line).await.expect("a line can be typed");
            page.keys("\u{e007}").await;
            let closed = page.client.wait().at_most(std::time::Duration::from_secs(10));
            let closed = closed.for_element(Locator::Css("body:not(:has([data-testid=command-line]))")).await;
            assert!(closed.is_ok(), "{line} is not taken: {}", page.text("command-note").await);
        }
    });
}
