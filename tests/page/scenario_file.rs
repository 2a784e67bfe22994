//! Scenarios of somebody's own, opened from their files.

use crate::browser::{DESKTOP, PHONE, Page, with_page};

/// A scenario that is not built in.
pub const OWN: &str = r#"version = 1
title = "A slow zone of my own"
teaches = "Who waits for one of two replicas is not held up by the slower one."
story = "Zone C is far away. Each write waits for one replica."
invitation = "Write a file, and see which replica its ack comes from."
seed = 7

[cluster]
zones = ["A", "B", "C", "C"]

[network]
between_zones = { least = "14 ms", mean_above = "3 ms" }

[policy]
acks = 1

[[files]]
name = "notes.txt"
text = "Hello."
"#;

/// Chooses a file in the field for scenarios.
pub async fn choose(page: &Page, name: &str, text: &str) {
    let folder = std::env::temp_dir().join(format!("replicarium-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the file");
    let file = folder.join(name);
    std::fs::write(&file, text).expect("a file to choose");
    let input = page.find("scenario-file").await;
    input.send_keys(&file.to_string_lossy()).await.expect("a file can be chosen");
}

/// Drops a file on the page.
pub async fn drop(page: &Page, name: &str, text: &str) {
    let script = "const data = new DataTransfer();
        data.items.add(new File([arguments[1]], arguments[0]));
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: data }));";
    page.script(script, vec![name.into(), text.into()]).await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_teacher_opens_a_scenario_of_their_own_and_shares_it() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            // The mistake first: nothing changes, and the sentence says where it is.
            choose(&page, "slow.toml", &OWN.replace("acks = 1", "acks = \"some\"")).await;
            let complaint = page.text("scenario-complaint").await;
            assert!(complaint.starts_with("slow.toml, line 15, policy.acks: "), "{complaint}");
            assert!(complaint.contains("expected \"all\", \"none\" or a number"), "{complaint}");
            page.check_accessibility().await;
            page.keys("\u{e00c}").await;
            page.expect("ledger-row-draft.txt", "data-verdict", "at-risk").await;

            choose(&page, "slow.toml", OWN).await;
            page.expect("server-S4", "data-role", "replica").await;
            assert_eq!(page.text("kicker").await, "Scenario from slow.toml");
            page.check_nothing_is_cut_off().await;
            page.check_accessibility().await;
            page.click_in_bar("share").await;
            let field = page.find("share-link").await;
            let link = field.prop("value").await.expect("a property").expect("a link");
            page.client.goto("about:blank").await.expect("the page is left");
            page.client.goto(&link).await.expect("the link opens");
            page.expect("server-S4", "data-role", "replica").await;
            assert_eq!(page.text("kicker").await, "Scenario from slow.toml");
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_dropped_scenario_is_offered_by_keyboard_too() {
    with_page(DESKTOP, "", async |page| {
        // What the browser would ask is caught where the page asks for it.
        let caught = "window.asked = 0;
            document.querySelector('#scenario-file').addEventListener('click', event => { event.preventDefault(); window.asked += 1; });
            document.querySelector('[data-testid=server-S1]').focus();";
        page.script(caught, Vec::new()).await;
        page.keys("o").await;
        page.click("open-scenario").await;
        assert_eq!(page.script("return window.asked;", Vec::new()).await, serde_json::json!(2));
        drop(&page, "slow.toml", OWN).await;
        let offer = page.text("scenario-offer").await;
        assert!(offer.contains("A slow zone of my own"), "{offer}");
        page.check_accessibility().await;
        page.script("document.querySelector('[data-testid=scenario-open]').focus();", Vec::new()).await;
        page.keys("\u{e007}").await;
        page.expect("server-S4", "data-role", "replica").await;
        // The list knows both ways: to a built-in scenario and its own name again.
        let list = page.find("scenario").await;
        list.select_by_value("one-copy").await.expect("a built-in scenario can be chosen");
        page.expect("server-S1", "data-status", "up").await;
        assert_eq!(page.text("kicker").await, "Scenario");
    });
}

/// Makes the run bigger than any link: as many writes as it takes of what is just small enough to travel in one.
pub async fn write_too_much(page: &Page) {
    let script = "const data = new DataTransfer(), text = 'x'.repeat(8192);
        for (let number = 0; number < 260; number += 1) { data.items.add(new File([text], 'big.txt')); }
        window.dispatchEvent(new DragEvent('drop', { dataTransfer: data }));";
    page.script(script, Vec::new()).await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_run_that_no_link_can_hold_is_told_plainly() {
    with_page(DESKTOP, "", async |page| {
        choose(&page, "slow.toml", OWN).await;
        page.expect("server-S4", "data-role", "replica").await;
        write_too_much(&page).await;
        page.find("ledger-row-big.txt").await;
        let mut said = String::new();
        for _ in 0..60 {
            page.click_in_bar("share").await;
            let dialog = page.find_css("dialog[open]").await;
            said = dialog.text().await.expect("a dialog has text");
            if said.contains("No link for this run") {
                break;
            }
            // Not all of it is written yet.
            page.keys("\u{e00c}").await;
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
        assert!(said.contains("This run can't be put into a link"), "{said}");
        assert!(said.contains("send the file slow.toml and the seed"), "{said}");
        page.check_accessibility().await;
    });
}
