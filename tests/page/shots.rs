//! Pictures of each view, for people to look at: `cargo xtask shots` runs these.

use std::path::PathBuf;
use std::time::Duration;

use crate::browser::{DESKTOP, PHONE, Page, Screen, with_page};
use crate::scenario_file::{OWN, choose};

async fn save(page: &Page, name: &str, screen: Screen) {
    let theme = if screen.dark { "dark" } else { "light" };
    let folder = PathBuf::from(std::env::var("SHOTS_DIR").expect("SHOTS_DIR is set by `cargo xtask shots`"));
    let picture = page.client.screenshot().await.expect("the browser takes a picture");
    let file = folder.join(format!("{name}-{}x{}-{theme}.png", screen.width, screen.height));
    std::fs::write(&file, picture).unwrap_or_else(|error| panic!("{} can't be written: {error}", file.display()));
}

fn on_every_screen(take: &impl AsyncFn(&Page, Screen)) {
    for screen in [DESKTOP, PHONE] {
        for dark in [false, true] {
            let screen = Screen { dark, ..screen };
            with_page(screen, "", async |page| {
                page.find("server-S1").await;
                take(&page, screen).await;
                page.check_nothing_is_cut_off().await;
            });
        }
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_the_opening() {
    on_every_screen(&async |page: &Page, screen| {
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        save(page, "opening", screen).await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_a_write_under_way() {
    on_every_screen(&async |page: &Page, screen| {
        page.click("write-open").await;
        page.find("write-name").await.send_keys("plan.txt").await.expect("a name");
        page.find("write-text").await.send_keys("Keep three copies.").await.expect("a text");
        save(page, "write-dialog", screen).await;
        page.click("write-submit").await;
        page.find("ledger-row-plan.txt").await;
        tokio::time::sleep(Duration::from_millis(250)).await;
        save(page, "write-under-way", screen).await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_a_failover() {
    on_every_screen(&async |page: &Page, screen| {
        page.click("server-S1").await;
        page.find("action-kill").await;
        // The panel fades in.
        tokio::time::sleep(Duration::from_millis(400)).await;
        save(page, "server-actions", screen).await;
        page.click("action-kill").await;
        tokio::time::sleep(Duration::from_millis(900)).await;
        save(page, "killed", screen).await;
        page.expect("server-S2", "data-role", "primary").await;
        save(page, "failed-over", screen).await;
        page.click("read-notes.txt").await;
        page.click("tab-client").await;
        page.expect("operation", "data-outcome", "ok").await;
        save(page, "read-back", screen).await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_a_wait_for_an_operator() {
    on_every_screen(&async |page: &Page, screen| {
        let manual = OWN.replace("acks = 1", "acks = 1\nfailover = \"manual\"");
        choose(page, "manual.toml", &manual).await;
        page.expect("server-S4", "data-role", "replica").await;
        page.click("server-S1").await;
        page.click("action-kill").await;
        page.expect("server-S1", "data-status", "killed").await;
        page.click("server-S1").await;
        page.click("action-restart").await;
        page.find("next").await;
        tokio::time::sleep(Duration::from_millis(400)).await;
        save(page, "operator", screen).await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_faults() {
    on_every_screen(&async |page: &Page, screen| {
        page.click("tab-inspect").await;
        let script = "[...document.querySelectorAll('.chip')].find(chip => chip.textContent === 'S2').click();";
        page.script(script, Vec::new()).await;
        page.find("fault-disk").await;
        page.script("document.querySelector('[data-testid=rot][data-file=\"notes.txt\"]').click();", Vec::new()).await;
        page.expect("copy-S2-notes.txt", "data-health", "corrupt").await;
        page.click("server-S3").await;
        page.click("action-pause").await;
        page.expect("server-S3", "data-status", "paused").await;
        save(page, "faults", screen).await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_the_audit() {
    on_every_screen(&async |page: &Page, screen| {
        page.click("tab-audit").await;
        page.click("audit").await;
        page.find("audit-report").await;
        save(page, "audit", screen).await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_many_servers() {
    on_every_screen(&async |page: &Page, screen| {
        for _ in 0..6 {
            page.click("add-server").await;
        }
        page.find("server-S9").await;
        page.script("scrollTo(0, 0)", Vec::new()).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        save(page, "many-servers", screen).await;
    });
}

/// Brings a part of the page to the middle of what is seen, wherever that scrolls.
async fn bring(page: &Page, css: &str) {
    page.find_css(css).await;
    let script = "document.querySelector(arguments[0]).scrollIntoView({ block: 'center' });";
    page.script(script, vec![css.into()]).await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_the_figures() {
    on_every_screen(&async |page: &Page, screen| {
        page.speed("1×").await;
        page.click("tab-figures").await;
        bring(page, "[data-testid=figures] .clients table").await;
        save(page, "figures-at-first", screen).await;
        page.click("tab-ledger").await;
        page.click("overwrite-notes.txt").await;
        page.click("write-submit").await;
        page.click("read-notes.txt").await;
        page.click("tab-client").await;
        page.expect("operation", "data-outcome", "ok").await;
        page.click("server-S1").await;
        page.click("action-kill").await;
        page.expect("server-S2", "data-role", "primary").await;
        page.click("tab-ledger").await;
        page.click("overwrite-notes.txt").await;
        page.click("write-submit").await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        page.click("tab-figures").await;
        page.click("term-latency-p99").await;
        page.find("meaning").await;
        bring(page, "[data-testid=figures] .clients table").await;
        save(page, "figures", screen).await;
        bring(page, "[data-testid=figures] .failover").await;
        save(page, "figures-middle", screen).await;
        bring(page, "[data-testid=figures] .cost table").await;
        save(page, "figures-end", screen).await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_the_invariants() {
    on_every_screen(&async |page: &Page, screen| {
        bring(page, "[data-testid=invariants]").await;
        save(page, "invariants", screen).await;
        page.click("invariants-summary").await;
        bring(page, "[data-testid=invariants] details ul").await;
        save(page, "invariants-named", screen).await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask shots`"]
fn shots_of_a_scenario_file() {
    on_every_screen(&async |page: &Page, screen| {
        crate::scenario_file::choose(
            page,
            "slow.toml",
            &crate::scenario_file::OWN.replace("acks = 1", "acks = \"some\""),
        )
        .await;
        page.find("scenario-complaint").await;
        save(page, "scenario-complaint", screen).await;
        page.keys("\u{e00c}").await;
        crate::scenario_file::choose(page, "slow.toml", crate::scenario_file::OWN).await;
        page.find("server-S2").await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        page.script("scrollTo(0, 0)", Vec::new()).await;
        save(page, "scenario-opened", screen).await;
        crate::scenario_file::drop(page, "slow.toml", crate::scenario_file::OWN).await;
        page.find("scenario-offer").await;
        save(page, "scenario-offered", screen).await;
    });
}
