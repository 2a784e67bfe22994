//! The faults of the model, given from the page.

use crate::browser::{DESKTOP, PHONE, Page, with_page};
use crate::scenario_file::{OWN, choose as choose_scenario};

async fn inspect(page: &Page, server: &str) {
    page.click("tab-inspect").await;
    let script = "[...document.querySelectorAll('.chip')].find(chip => chip.textContent === arguments[0]).click();";
    page.script(script, vec![server.into()]).await;
    page.find("fault-disk").await;
}

/// Chooses a state as a person does who operates the list by keyboard.
async fn choose(page: &Page, list: &str, state: &str) {
    let script = "const list = document.querySelector(`[data-testid='${arguments[0]}']`);\
                  list.value = arguments[1]; list.dispatchEvent(new Event('change', { bubbles: true }));";
    page.script(script, vec![list.into(), state.into()]).await;
    page.expect(list, "data-state", state).await;
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_rotten_copy_is_cracked_and_repaired_when_it_is_read() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        inspect(&page, "S1").await;
        page.script("document.querySelector('[data-testid=rot][data-file=\"notes.txt\"]').click();", Vec::new()).await;
        page.expect("copy-S1-notes.txt", "data-health", "corrupt").await;
        page.check_accessibility().await;
        page.click("tab-ledger").await;
        page.click("read-notes.txt").await;
        page.click("tab-client").await;
        page.expect("operation", "data-outcome", "ok").await;
        page.expect("copy-S1-notes.txt", "data-health", "fresh").await;
        let log = page.content("log").await;
        assert!(log.contains("replaced its corrupt copy of notes.txt"), "{log}");
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn disks_clocks_links_zones_and_the_coordinator_can_be_broken_and_mended() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            page.speed("1×").await;
            inspect(&page, "S2").await;
            for (list, broken, well) in [
                ("fault-disk", "slow", "usual"),
                ("fault-disk", "full", "usual"),
                ("fault-clock", "fast", "right"),
                ("fault-link-S1", "lossy", "whole"),
                ("fault-link-S1", "mute", "whole"),
                ("fault-link-S1", "cut", "whole"),
            ] {
                choose(&page, list, broken).await;
                choose(&page, list, well).await;
            }
            page.click("coordinator-1").await;
            page.find("server-S1").await;
            page.click("coordinator-1").await;
            page.click("fault-partition").await;
            page.click("fault-heal-all").await;
            page.click("fault-outage").await;
            page.expect("server-S2", "data-status", "crashed").await;
            page.click("fault-return").await;
            page.expect("server-S2", "data-status", "up").await;
            page.check_nothing_is_cut_off().await;
            page.check_accessibility().await;
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_paused_primary_is_replaced_and_fenced_when_it_wakes() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        page.click("server-S1").await;
        page.click("action-pause").await;
        page.expect("server-S1", "data-status", "paused").await;
        page.expect("server-S2", "data-role", "primary").await;
        page.click("server-S1").await;
        page.click("action-resume").await;
        page.expect("server-S1", "data-role", "replica").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_audit_finds_the_single_copy_and_leaves_the_run_alone() {
    with_page(DESKTOP, "", async |page| {
        page.click("tab-audit").await;
        page.click("audit").await;
        let report = page.text("audit-report").await;
        assert!(report.contains("draft.txt"), "the single copy is a single point of failure: {report}");
        assert!(report.contains("notes.txt"), "a pair is the end of the three copies' writes: {report}");
        page.expect("server-S1", "data-status", "up").await;
        page.check_accessibility().await;
        page.check_nothing_is_cut_off().await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_lost_file_is_explained_and_a_remedy_is_found_by_running_again() {
    with_page(DESKTOP, "", async |page| {
        page.speed("1×").await;
        page.click("server-S1").await;
        page.click("action-kill").await;
        page.expect("ledger-row-draft.txt", "data-verdict", "lost-acknowledged").await;
        page.click("why-draft.txt").await;
        let steps = page.text("why-steps").await;
        assert!(steps.contains("S1 was killed"), "{steps}");
        page.click("seek-remedy").await;
        let remedy = page.text("remedy").await;
        assert!(remedy.contains("cop"), "more copies would have saved it: {remedy}");
        page.check_accessibility().await;
    });
}

/// With manual failover whoever is at the page is the operator: a primary that comes back without its disk waits for them.
#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_page_says_that_it_waits_for_an_operator() {
    with_page(DESKTOP, "", async |page| {
        let manual = OWN.replace("acks = 1", "acks = 1\nfailover = \"manual\"");
        choose_scenario(&page, "manual.toml", &manual).await;
        page.expect("server-S4", "data-role", "replica").await;
        page.speed("1×").await;
        page.click("server-S1").await;
        page.click("action-kill").await;
        page.expect("server-S1", "data-status", "killed").await;
        page.click("server-S1").await;
        page.click("action-restart").await;
        page.expect("server-S1", "data-status", "up").await;
        page.find("next").await;
        let sentence = page.text("hint").await;
        assert!(sentence.contains("Failover is by hand, and you are the operator"), "{sentence}");
        page.check_nothing_is_cut_off().await;
        page.check_accessibility().await;
        page.click("next").await;
        page.expect("server-S2", "data-role", "primary").await;
        let log = page.content("log").await;
        assert!(log.contains("S1, the primary, has come back with an empty disk"), "{log}");
    });
}
