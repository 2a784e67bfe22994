//! Opening a run blocks nothing: what takes long says so, goes in slices, and can be ended.

use std::sync::Arc;
use std::time::Duration;

use replicarium::session::{Scenario, Session};
use replicarium::sim::{ClientId, Span};
use replicarium::world::Command;

use crate::browser::{DESKTOP, PHONE, Page, with_page};

/// Counts the frames that are drawn, and keeps for each waiting card how many there were while it stood.
const WATCH: &str = "
    window.frames = 0; window.bars = []; window.told = new Set();
    const watch = () => {
        const card = document.querySelector('[data-testid=opening]');
        if (card) { window.frames += 1; window.bars.push(Number(card.querySelector('progress').value)); }
        const spoken = document.querySelector('[data-testid=spoken]');
        if (spoken) window.told.add(spoken.textContent);
        requestAnimationFrame(watch);
    };
    requestAnimationFrame(watch);";

/// The link of a run in which a client writes as much as it may for some time.
fn heavy_link(seconds: u64) -> String {
    let mut session = Session::new(Scenario::by_slug("three-copies").expect("it is built in"), 61);
    let command = Command::SetWorkload {
        client: ClientId(1),
        rate_per_second_hundredths: Some(1_000_000),
        read_percent: Some(0),
    };
    session.apply(command).expect("it may");
    session.advance(session.now() + Span::from_millis(seconds * 1_000));
    session.to_link()
}

async fn put_into_address(page: &Page, link: &str) {
    page.script(&format!("location.hash = '{link}';"), Vec::new()).await;
}

async fn number(page: &Page, script: &str) -> u64 {
    page.script(script, Vec::new()).await.as_u64().expect("a number")
}

async fn is_said(page: &Page, text: &str) {
    for _ in 0..100 {
        let script = format!("return [...window.told].some(told => told.includes('{text}'));");
        if page.script(&script, Vec::new()).await == true {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a screen reader never hears: {text}");
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_heavy_link_shows_how_far_it_is_and_can_be_cancelled_with_all_as_it_was() {
    let link = heavy_link(6);
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            page.script(WATCH, Vec::new()).await;
            // The failover is to be over before the other run is open.
            page.speed("1×").await;
            page.click("server-S1").await;
            page.click("action-kill").await;
            page.expect("server-S1", "data-status", "killed").await;
            put_into_address(&page, &link).await;
            page.find("opening-bar").await;
            // The run at hand goes on, and can be used.
            page.expect("server-S2", "data-role", "primary").await;
            page.check_accessibility().await;
            page.check_nothing_is_cut_off().await;
            let frames = number(&page, "return window.frames;").await;
            assert!(frames > 20, "{frames} frames while it is opened");
            let is_slow = "const bars = window.bars; return bars.at(-1) > bars[0] && bars.every((bar, at) => at === 0 || bar >= bars[at - 1]);";
            assert_eq!(page.script(is_slow, Vec::new()).await, true, "the bar goes on and never back");
            page.click("opening-cancel").await;
            page.script(
                "if (document.querySelector('[data-testid=opening]')) throw new Error('it still stands');",
                Vec::new(),
            )
            .await;
            is_said(&page, "Opening the run of the link").await;
            is_said(&page, "Cancelled").await;
            page.expect("server-S1", "data-status", "killed").await;
            let is_left = page.script(
                "return location.hash === '' && !document.querySelector('[data-testid=branch-1]');",
                Vec::new(),
            );
            assert_eq!(is_left.await, true, "neither the address nor the branches have it");
            page.expect("undo", "aria-label", "Undo: kill S1").await;
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_page_that_begins_with_a_heavy_link_has_a_way_out_and_one_that_waits_gets_there() {
    with_page(DESKTOP, &format!("#{}", heavy_link(6)), async |page| {
        page.find("opening-bar").await;
        page.click("opening-cancel").await;
        page.expect("server-S1", "data-status", "up").await;
        assert!(page.text("toast").await.contains("opening scenario instead"));
    });
    let link = heavy_link(2);
    with_page(DESKTOP, "", async |page| {
        page.script(WATCH, Vec::new()).await;
        put_into_address(&page, &link).await;
        page.find("opening").await;
        page.find_css("[data-testid='undo'][aria-label='Undo: again']").await;
        is_said(&page, "Opened the run of the link").await;
        let events = page.script("return document.querySelector('[data-testid=opening]') === null;", Vec::new()).await;
        assert_eq!(events, true);
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn another_opening_takes_the_place_of_the_first_and_escape_ends_one() {
    let link = heavy_link(6);
    with_page(DESKTOP, "", async |page| {
        put_into_address(&page, &link).await;
        page.find("opening").await;
        let list = page.find("scenario").await;
        list.select_by_value("split-brain").await.expect("the scenario is in the list");
        let title = &Scenario::by_slug("split-brain").expect("it is built in").title;
        page.find_css(&format!("[data-testid='undo'][aria-label='Undo: {title}']")).await;
        tokio::time::sleep(Duration::from_millis(600)).await;
        let waits = page.script("return document.querySelector('[data-testid=opening]') !== null;", Vec::new()).await;
        assert_eq!(waits, false, "the first one was given up");
        put_into_address(&page, &link).await;
        page.find("opening").await;
        page.keys("\u{e00c}").await;
        page.find_css("[data-testid='toast']").await;
        let waits = page.script("return document.querySelector('[data-testid=opening]') !== null;", Vec::new()).await;
        assert_eq!(waits, false, "Escape cancels");
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_highest_rate_that_a_scenario_may_have_opens_at_once_and_the_clock_begins_at_zero() {
    let scenario = Scenario::by_slug("three-copies").expect("it is built in");
    let busy =
        scenario.set("clients[1].workload", "{ rate = 10000, read_percent = 0 }").expect("it is a legal setting");
    let link = Session::new(&Arc::new(busy), 61).to_link();
    with_page(DESKTOP, &format!("#{link}"), async |page| {
        page.find("server-S1").await;
        page.click("play").await;
        page.expect("play", "data-playing", "false").await;
        page.click("back").await;
        let clock = page.text("clock").await;
        assert!(clock.starts_with('0') && !clock.contains("60."), "{clock}");
    });
}
