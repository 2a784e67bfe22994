//! What people do with the page, from the first look to the file that comes back.

use fantoccini::Locator;
use serde_json::json;

use crate::browser::{DESKTOP, PHONE, Page, Screen, with_page};

async fn kill(page: &Page, server: &str) {
    page.click(&format!("server-{server}")).await;
    page.click("action-kill").await;
    page.expect(&format!("server-{server}"), "data-status", "killed").await;
}

async fn write(page: &Page, name: &str, text: &str) {
    page.click("write-open").await;
    page.find("write-name").await.send_keys(name).await.expect("a name can be typed");
    page.find("write-text").await.send_keys(text).await.expect("a text can be typed");
    page.click("write-submit").await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_newcomer_kills_the_primary_and_sees_which_file_survives() {
    with_page(DESKTOP, "", async |page| {
        page.expect("server-S1", "data-role", "primary").await;
        page.expect("ledger-row-notes.txt", "data-verdict", "safe").await;
        page.speed("1×").await;
        kill(&page, "S1").await;
        page.expect("server-S2", "data-role", "primary").await;
        page.expect("ledger-row-notes.txt", "data-verdict", "safe").await;
        page.expect("ledger-row-draft.txt", "data-verdict", "lost-acknowledged").await;
        page.click("read-notes.txt").await;
        page.click("tab-client").await;
        page.expect("operation", "data-outcome", "ok").await;
        let log = page.content("log").await;
        assert!(log.contains("S1 was killed"), "{log}");
        assert!(log.contains("S2 is now the primary in epoch 2"), "{log}");
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_written_file_reaches_every_server() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        write(&page, "plan.txt", "Keep three copies.").await;
        for server in ["S1", "S2", "S3"] {
            page.expect(&format!("copy-{server}-plan.txt"), "data-health", "fresh").await;
            page.expect(&format!("copy-{server}-plan.txt"), "data-version", "v1").await;
        }
        page.expect("ledger-row-plan.txt", "data-verdict", "safe").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_dropped_file_is_downloaded_byte_for_byte_after_the_primary_died() {
    let bytes: Vec<u8> = (0..300_000_u32).map(|index| index.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
    let file = std::env::temp_dir().join(format!("replicarium-{}.bin", std::process::id()));
    std::fs::write(&file, &bytes).expect("a file to drop");
    let sum: u64 = bytes.iter().enumerate().map(|(index, byte)| (index as u64 % 997) * u64::from(*byte)).sum();
    let name = file.file_name().expect("a name").to_string_lossy().into_owned();
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        let input = page.find("file-input").await;
        input.send_keys(&file.to_string_lossy()).await.expect("a file can be chosen");
        page.expect(&format!("ledger-row-{name}"), "data-verdict", "safe").await;
        kill(&page, "S1").await;
        page.expect("server-S2", "data-role", "primary").await;
        page.click(&format!("read-{name}")).await;
        page.click("tab-client").await;
        page.expect("operation", "data-outcome", "ok").await;
        // What the browser would save is caught where the page hands it over.
        page.script(
            "window.caught = null;
             const original = URL.createObjectURL;
             URL.createObjectURL = blob => { blob.arrayBuffer().then(buffer => {
                 const bytes = new Uint8Array(buffer);
                 let sum = 0;
                 bytes.forEach((byte, index) => { sum += (index % 997) * byte; });
                 window.caught = [bytes.length, sum];
             }); return original(blob); };",
            Vec::new(),
        )
        .await;
        page.click("download").await;
        let mut caught = json!(null);
        for _ in 0..100 {
            caught = page.script("return window.caught;", Vec::new()).await;
            if !caught.is_null() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(caught, json!([300_000, sum]));
    });
    std::fs::remove_file(&file).ok();
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn everything_can_be_done_by_keyboard() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        page.script("document.querySelector('[data-testid=server-S1]').focus();", Vec::new()).await;
        page.keys("k").await;
        page.expect("server-S1", "data-status", "killed").await;
        page.expect("server-S2", "data-role", "primary").await;
        page.script("document.querySelector('[data-testid=server-S1]').focus();", Vec::new()).await;
        page.keys("r").await;
        page.expect("server-S1", "data-role", "replica").await;
        page.keys("w").await;
        page.find("write-name").await.send_keys("keys.txt").await.expect("a name");
        page.find("write-text").await.send_keys("typed").await.expect("a text");
        page.find("write-text").await.send_keys("\u{e009}\u{e007}").await.expect("control and enter");
        page.expect("ledger-row-keys.txt", "data-verdict", "safe").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_link_is_cut_and_healed() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1/10×").await;
        for (choice, cut) in [("cut", "true"), ("whole", "false")] {
            page.script("document.querySelector('[data-testid=link-S1-S2]').focus();", Vec::new()).await;
            page.keys("\u{e007}").await;
            page.click(&format!("action-link-{choice}")).await;
            page.expect("link-S1-S2", "data-cut", cut).await;
        }
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_server_can_be_added() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        page.click("add-server").await;
        page.expect("server-S4", "data-role", "replica").await;
        page.expect("copy-S4-notes.txt", "data-health", "fresh").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_damaged_link_is_told_and_the_opening_is_shown() {
    with_page(DESKTOP, "#r2.nonsense", async |page| {
        let toast = page.text("toast").await;
        assert!(toast.contains("the link is damaged"), "{toast}");
        page.expect("server-S1", "data-role", "primary").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_panic_shows_a_dialog_with_a_link_to_the_last_state() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        kill(&page, "S1").await;
        page.script("window.dispatchEvent(new Event('replicarium-test-panic'));", Vec::new()).await;
        page.find("crash-dialog").await;
        let link = page.find("crash-link").await.attr("href").await.expect("an attribute").expect("a link");
        assert!(link.contains("#r2."), "{link}");
        let complaints = page.console_complaints().await;
        assert!(complaints.iter().any(|line| line.contains("panic")), "the panic is in the console: {complaints:?}");
        page.client.goto(&link).await.expect("the link opens");
        page.client.refresh().await.expect("a fresh page");
        page.expect("server-S1", "data-status", "killed").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn axe_finds_nothing_to_complain_about() {
    for screen in [DESKTOP, Screen { dark: true, ..DESKTOP }, PHONE, Screen { dark: true, ..PHONE }] {
        with_page(screen, "", async |page| {
            page.find("server-S1").await;
            page.check_accessibility().await;
            page.check_nothing_is_cut_off().await;
            page.click("write-open").await;
            page.find("write-name").await;
            page.check_accessibility().await;
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_phone_shows_the_stage_first_and_can_do_the_same() {
    with_page(PHONE, "", async |page| {
        page.speed("1×").await;
        kill(&page, "S1").await;
        page.expect("server-S2", "data-role", "primary").await;
        page.check_nothing_is_cut_off().await;
        let rows = page.client.find_all(Locator::Css("[data-testid^='ledger-row-']")).await.expect("rows");
        assert_eq!(rows.len(), 2);
    });
}
