//! What the page does while time runs: the log follows, the clock says when it is behind, and a full run says what to do.

use std::time::{Duration, Instant};

use serde_json::json;

use crate::browser::{DESKTOP, PHONE, Page, with_page};
use crate::scenario_file::choose;
use crate::speed::runs::{busy_cluster, full_run, run_with};

/// A cluster in which something happens all the time, and nothing too fast to be read.
const LIVELY: &str = r#"version = 1
title = "A lively cluster"
teaches = "The log follows."
story = "A client writes all the time."
invitation = "Watch the log."
seed = 7
until = "10 min"

[cluster]
zones = ["A", "B", "C"]

[policy]
window = 16

[[clients]]

[[clients]]
workload = { rate = 20, read_percent = 0, files = 3 }

[[files]]
name = "notes.txt"
text = "Hello."
"#;

/// How the log stands: whether it follows, how many pixels its last line is from its end, and how many seconds its last
/// line is behind the clock.
const STANDS: &str = "const log = document.querySelector('[data-testid=log]');
    const rows = log.querySelectorAll('li'), last = rows[rows.length - 1];
    const away = last.getBoundingClientRect().bottom - log.getBoundingClientRect().bottom;
    const clock = parseFloat(document.querySelector('[data-testid=clock]').textContent);
    return [log.dataset.follows, away, clock - parseFloat(last.querySelector('time').textContent)];";

/// How far the last line may be from the end of the log, in pixels.
const AT_THE_END: f64 = 2.0;
/// How far it may be behind the clock at 1×, in seconds: it follows in 0.2 s, and frames may be slow here.
const IN_TIME: f64 = 1.0;

/// Watches the log for a while: it is at its end, and in step with the clock.
async fn check_log_follows(page: &Page, when: &str) {
    // Lines come again after what was just done.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    for _ in 0..8 {
        tokio::time::sleep(Duration::from_millis(250)).await;
        let stands = page.script(STANDS, Vec::new()).await;
        assert_eq!(stands[0], json!("true"), "{when} the log has stopped following: {stands}");
        assert!(
            stands[1].as_f64().is_some_and(|away| away.abs() <= AT_THE_END),
            "{when} it is not at its end: {stands}"
        );
        assert!(stands[2].as_f64().is_some_and(|behind| behind <= IN_TIME), "{when} it has stopped: {stands}");
    }
}

async fn clock(page: &Page) -> f64 {
    let micros = page.attribute("clock", "data-micros").await.expect("the clock tells the time");
    micros.parse().expect("microseconds")
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_log_follows_whatever_happens_until_somebody_scrolls_back() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            choose(&page, "lively.toml", LIVELY).await;
            page.find("ledger-row-notes.txt").await;
            page.speed("1×").await;
            check_log_follows(&page, "from the beginning").await;
            let drop = "const data = new DataTransfer();
                for (let file = 0; file < 40; file++) { data.items.add(new File(['Text ' + file], 'file-' + file + '.txt')); }
                window.dispatchEvent(new DragEvent('drop', { dataTransfer: data }));";
            page.script(drop, Vec::new()).await;
            check_log_follows(&page, "after 40 files were dropped").await;
            page.resize(screen.width, screen.height - 120).await;
            page.resize(screen.width - 20, screen.height).await;
            check_log_follows(&page, "after the window had other sizes").await;

            // Whoever reads on further up is left in peace, and comes back with one click.
            page.script("document.querySelector('[data-testid=log]').scrollBy(0, -160);", Vec::new()).await;
            page.expect("log", "data-follows", "false").await;
            let lines = "return document.querySelector('[data-testid=log]').textContent;";
            let (read, at) = (page.script(lines, Vec::new()).await, clock(&page).await);
            tokio::time::sleep(Duration::from_millis(1_200)).await;
            assert_eq!(page.script(lines, Vec::new()).await, read, "lines came while somebody read");
            assert!(clock(&page).await > at + 300_000.0, "time went on");
            page.check_accessibility().await;
            page.click("log-newest").await;
            check_log_follows(&page, "after a click on Newest").await;

            // What is paused is exact: the last line is the last of what has happened.
            page.script("document.querySelector('[data-testid=log]').scrollBy(0, -160);", Vec::new()).await;
            page.expect("log", "data-follows", "false").await;
            page.click("play").await;
            page.expect("play", "data-playing", "false").await;
            let stands = page.script(STANDS, Vec::new()).await;
            assert!(stands[2].as_f64().is_some_and(|behind| behind <= 0.3), "paused it is behind: {stands}");
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_log_follows_two_primaries_at_the_pace_of_life() {
    with_page(DESKTOP, "", async |page| {
        page.find("scenario").await.select_by_value("split-brain").await.expect("the scenario is in the list");
        page.speed("1×").await;
        let began = Instant::now();
        let mut told = 0.0;
        while told < 4.2 {
            assert!(began.elapsed() < Duration::from_secs(60), "the log is stuck at {told} s");
            tokio::time::sleep(Duration::from_millis(250)).await;
            let stands = page.script(STANDS, Vec::new()).await;
            assert_eq!(stands[0], json!("true"), "the log has stopped following: {stands}");
            assert!(stands[1].as_f64().is_some_and(|away| away <= AT_THE_END), "it is not at its end: {stands}");
            let last = "return parseFloat(document.querySelector('[data-testid=log] li:last-child time').textContent);";
            told = page.script(last, Vec::new()).await.as_f64().unwrap_or(told);
        }
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_clock_that_is_behind_says_so_and_frames_go_on() {
    let link = format!("#{}", run_with(&busy_cluster(12, 600), 0).to_link());
    for screen in [DESKTOP, PHONE] {
        with_page(screen, &link, async |page| {
            page.speed("1/250×").await;
            page.expect("behind", "data-behind", "false").await;
            page.expect("behind", "aria-hidden", "true").await;
            page.speed("60×").await;
            page.expect("behind", "data-behind", "true").await;
            let shown = "const box = document.querySelector('[data-testid=behind]');
                return getComputedStyle(box).visibility === 'visible' && box.getBoundingClientRect().width > 20;";
            assert_eq!(page.script(shown, Vec::new()).await, json!(true), "it can't be read");
            page.check_accessibility().await;
            page.check_nothing_is_cut_off().await;
            let count = "const done = arguments[0], began = performance.now(); let frames = 0;
                const next = () => { frames += 1;
                    if (performance.now() - began < 2000) { requestAnimationFrame(next); } else { done(frames); } };
                requestAnimationFrame(next);";
            let frames = page.client.execute_async(count, Vec::new()).await.expect("frames are counted");
            // 120 on a machine of one's own.
            assert!(frames.as_u64().is_some_and(|frames| frames >= 40), "{frames} frames in two seconds");
            page.speed("1/250×").await;
            page.expect("behind", "data-behind", "false").await;
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_full_run_stops_and_offers_two_ways_on() {
    let link = format!("#{}", full_run().to_link());
    with_page(DESKTOP, &link, async |page| {
        page.find("ledger-row-notes.txt").await;
        page.speed("1×").await;
        let notice = page.text("full").await;
        assert!(notice.contains("The run is full.") && notice.contains("2000000 events"), "{notice}");
        page.expect("play", "data-playing", "false").await;
        page.check_accessibility().await;
        page.check_nothing_is_cut_off().await;
        let full_at = clock(&page).await;

        // Back to where something else can be done, and on again to where it is full.
        page.click("full-back").await;
        let is_gone = async || {
            let began = Instant::now();
            while page.attribute("full", "role").await.is_some() {
                assert!(began.elapsed() < Duration::from_secs(20), "the notice stays");
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        is_gone().await;
        let back = clock(&page).await;
        assert!((full_at - back - 1_000_000.0).abs() < 1.0, "from {full_at} to {back}");
        page.click("play").await;
        page.find("full").await;
        assert!(clock(&page).await > back, "it went on before");

        page.click("full-again").await;
        is_gone().await;
        assert!(clock(&page).await < full_at / 2.0, "it has begun again");
        page.expect("play", "data-playing", "true").await;
    });
}
