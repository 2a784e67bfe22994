//! How fast the page is, measured in a traced browser: `cargo xtask bench --page` runs these.
//!
//! They fail where something can't be measured, not where it is slow: the machines are shared. Each prints its figures in
//! lines that the task puts into a table.

mod frames;
pub mod runs;

use std::sync::Arc;
use std::time::{Duration, Instant};

use fantoccini::Locator;
use replicarium::session::{Scenario, Session};
use replicarium::sim::Span;
use serde_json::{Value, json};

use self::frames::{Frames, percentile};
use self::runs::{busy_cluster, endless_writer, full_run, run_with};
use crate::browser::{DESKTOP, Page, with_traced_page};

/// How long frames are watched, once the run has come up to speed.
const WATCHED: Duration = Duration::from_secs(5);
const WARM_UP: Duration = Duration::from_secs(3);
/// How long a run may take to open.
const OPENS: Duration = Duration::from_secs(120);

/// Prints one figure, with what it is to be at most.
fn tell(name: &str, value: f64, unit: &str, at_most: Option<f64>) {
    let limit = at_most.map(|limit| format!(" (at most {limit})")).unwrap_or_default();
    println!("figure: {name} = {value:.1} {unit}{limit}");
}

async fn wait_for(page: &Page, css: &str) {
    let began = Instant::now();
    while page.client.find(Locator::Css(css)).await.is_err() {
        assert!(began.elapsed() < OPENS, "nothing matches {css}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// The browser's own counters, in seconds: its clock, and what script, style and layout took.
async fn counters(page: &Page) -> [f64; 4] {
    page.devtools("Performance.enable", json!({})).await.expect("the counters can be switched on");
    let metrics = page.devtools("Performance.getMetrics", json!({})).await.expect("the counters can be read");
    ["Timestamp", "ScriptDuration", "RecalcStyleDuration", "LayoutDuration"].map(|name| {
        let mut all = metrics["metrics"].as_array().into_iter().flatten();
        let found = all.find(|metric| metric["name"] == name).and_then(|metric| metric["value"].as_f64());
        found.unwrap_or_else(|| panic!("there is no counter {name}"))
    })
}

/// How many messages a run has under way at a time.
fn messages_under_way(run: &mut Session) -> f64 {
    const LOOKS: u32 = 40;
    let counts = (0..LOOKS).map(|_| {
        run.advance(run.now() + Span::from_millis(25));
        u32::try_from(run.view().messages.len()).unwrap_or(u32::MAX)
    });
    f64::from(counts.sum::<u32>()) / f64::from(LOOKS)
}

fn frames_of(name: &str, scenario: &Arc<Scenario>, speed: &str, at_most: [f64; 3]) {
    let mut run = run_with(scenario, 0);
    let link = run.to_link();
    tell(&format!("{name}: under way, mean"), messages_under_way(&mut run), "messages", None);
    with_traced_page(DESKTOP, &format!("#{link}"), async |page| {
        wait_for(&page, "[data-testid=stage]").await;
        page.speed(speed).await;
        tokio::time::sleep(WARM_UP).await;
        let clock = "return +document.querySelector('[data-testid=clock]').dataset.micros;";
        let (from, before) = (page.script(clock, Vec::new()).await, counters(&page).await);
        tokio::time::sleep(WATCHED).await;
        let (to, after) = (page.script(clock, Vec::new()).await, counters(&page).await);
        let took = after[0] - before[0];
        let frames = Frames::between(&page.trace().await, before[0], after[0]);
        let count = frames.work_ms.len().max(1);
        #[expect(clippy::cast_precision_loss, reason = "some hundred frames")]
        let per_frame = |index: usize| 1_000.0 * (after[index] - before[index]) / count as f64;
        tell(&format!("{name}: frame, median"), percentile(&frames.work_ms, 50), "ms", Some(at_most[0]));
        tell(&format!("{name}: frame, 95th percentile"), percentile(&frames.work_ms, 95), "ms", Some(at_most[1]));
        tell(&format!("{name}: processor, median"), percentile(&frames.processor_ms, 50), "ms", None);
        tell(&format!("{name}: processor, 95th percentile"), percentile(&frames.processor_ms, 95), "ms", None);
        tell(
            &format!("{name}: interval, 95th percentile"),
            percentile(&frames.intervals_ms, 95),
            "ms",
            Some(at_most[2]),
        );
        tell(&format!("{name}: longest task"), frames.longest_task_ms, "ms", None);
        for (index, what) in ["script", "style", "layout"].iter().enumerate() {
            tell(&format!("{name}: {what}, mean of a frame"), per_frame(index + 1), "ms", None);
        }
        let passed = to.as_f64().unwrap_or_default() - from.as_f64().unwrap_or_default();
        tell(&format!("{name}: virtual time in a second"), passed / 1_000.0 / took, "ms", None);
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask bench --page`"]
fn speed_of_frames_slowly() {
    frames_of("12 servers, 600 writes/s, 1/25×", &busy_cluster(12, 600), "1/25×", [5.0, 8.0, 17.0]);
}

#[test]
#[ignore = "needs the built page: run `cargo xtask bench --page`"]
fn speed_of_frames_as_fast_as_life() {
    frames_of("12 servers, 600 writes/s, 1×", &busy_cluster(12, 600), "1×", [5.0, 8.0, 17.0]);
}

#[test]
#[ignore = "needs the built page: run `cargo xtask bench --page`"]
fn speed_of_frames_with_fifty_servers() {
    frames_of("50 servers, 1,000 writes/s, 1/25×", &busy_cluster(50, 1_000), "1/25×", [10.0, 16.0, 34.0]);
}

/// Presses a control and waits until the clock shows something else; all in the page, since the driver takes its time.
const MOVED: &str = "const [act, done] = [arguments[0], arguments[1]];
    const clock = document.querySelector('[data-testid=clock]'), slider = document.querySelector('[data-testid=seek]');
    const before = clock.dataset.micros;
    // The track has room for more than there is: what a run opens at is its end.
    globalThis.runEnd ??= +before;
    let asked;
    new MutationObserver((_, observer) => {
        if (clock.dataset.micros === before || document.querySelector('[data-testid=progress]')) return;
        observer.disconnect();
        done(performance.now() - asked);
    }).observe(document.body, { attributes: true, childList: true, subtree: true });
    asked = performance.now();
    if (act === 'back') {
        document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft', bubbles: true }));
    } else {
        slider.value = +slider.min + (globalThis.runEnd - slider.min) * act;
        slider.dispatchEvent(new Event('input', { bubbles: true }));
    }";

async fn moved(page: &Page, act: Value) -> f64 {
    let took = page.client.execute_async(MOVED, vec![act]).await.expect("the page moves in time");
    took.as_f64().unwrap_or_else(|| panic!("the page says {took}"))
}

fn seeks_of(name: &str, link: &str, at_most: f64) {
    with_traced_page(DESKTOP, &format!("#{link}"), async |page| {
        wait_for(&page, "[data-testid=stage]").await;
        // Time stands still, so that nothing but the seek moves the clock.
        moved(&page, json!(0.97)).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
        let mut seeks = Vec::new();
        for share in [0.5, 0.123, 0.9, 0.333, 0.05, 0.71, 0.99, 0.456, 0.25, 0.801] {
            seeks.push(moved(&page, json!(share)).await);
        }
        seeks.sort_by(f64::total_cmp);
        tell(&format!("{name}: seek, median"), percentile(&seeks, 50), "ms", Some(at_most));
        tell(&format!("{name}: seek, slowest of 10"), percentile(&seeks, 100), "ms", Some(at_most));
        let mut steps = Vec::new();
        for _ in 0..10 {
            steps.push(moved(&page, json!("back")).await);
        }
        steps.sort_by(f64::total_cmp);
        tell(&format!("{name}: step back, median"), percentile(&steps, 50), "ms", Some(30.0));
        tell(&format!("{name}: step back, slowest of 10"), percentile(&steps, 100), "ms", Some(30.0));
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask bench --page`"]
fn speed_of_seeks_at_a_hundred_thousand_events() {
    seeks_of("100,000 events", &run_with(&busy_cluster(5, 100), 100_000).to_link(), 50.0);
}

#[test]
#[ignore = "needs the built page: run `cargo xtask bench --page`"]
fn speed_of_seeks_at_two_million_events() {
    seeks_of("2,000,000 events", &full_run().to_link(), 150.0);
}

/// Catches the page's memory, which it shows to nobody.
const CATCH_MEMORY: &str = "for (const name of ['instantiate', 'instantiateStreaming']) {
    const original = WebAssembly[name];
    WebAssembly[name] = async (...what) => {
        const made = await original.apply(WebAssembly, what);
        const exports = (made.instance ?? made).exports;
        if (exports.memory) { globalThis.caughtMemory = exports.memory; }
        return made;
    };
}";

#[test]
#[ignore = "needs the built page: run `cargo xtask bench --page`"]
fn speed_of_opening_a_full_run_and_its_memory() {
    let link = full_run().to_link();
    with_traced_page(DESKTOP, "", async |page| {
        page.begin_again_with(CATCH_MEMORY).await.expect("the page begins again");
        wait_for(&page, "[data-testid=stage]").await;
        let [from, ..] = counters(&page).await;
        let began = Instant::now();
        let go = "const to = arguments[0]; setTimeout(() => { location.hash = to; }, 0);";
        page.script(go, vec![json!(link)]).await;
        let end = "return +document.querySelector('[data-testid=seek]').max > 5e6 && \
                   !document.querySelector('[data-testid=progress]');";
        while page.script(end, Vec::new()).await != json!(true) {
            assert!(began.elapsed() < OPENS, "the link does not open");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        tell("2,000,000 events: opened by a link", began.elapsed().as_secs_f64() * 1_000.0, "ms", None);
        let [to, ..] = counters(&page).await;
        let frames = Frames::between(&page.trace().await, from, to);
        tell("2,000,000 events: longest task while it opens", frames.longest_task_ms, "ms", Some(50.0));
        page.devtools("HeapProfiler.collectGarbage", json!({})).await.expect("garbage can be collected");
        let wasm = page.script("return caughtMemory.buffer.byteLength;", Vec::new()).await;
        let script = page.script("return performance.memory.usedJSHeapSize;", Vec::new()).await;
        let megabytes = |bytes: &Value| bytes.as_f64().unwrap_or_default() / 1e6;
        tell("2,000,000 events: Wasm memory", megabytes(&wasm), "MB", Some(300.0));
        tell("2,000,000 events: JavaScript heap", megabytes(&script), "MB", None);
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask bench --page`"]
fn speed_of_opening_a_cluster_that_can_t_keep_up() {
    for rate in [2_000, 10_000] {
        let link = endless_writer(rate);
        with_traced_page(DESKTOP, "", async |page| {
            wait_for(&page, "[data-testid=stage]").await;
            let [from, ..] = counters(&page).await;
            let began = Instant::now();
            let go = "const to = arguments[0]; setTimeout(() => { location.hash = to; }, 0);";
            page.script(go, vec![json!(link)]).await;
            let opened = "return document.querySelector('h1')?.textContent.includes('too much') && \
                          !document.querySelector('[data-testid=progress]');";
            while page.script(opened, Vec::new()).await != json!(true) {
                assert!(began.elapsed() < OPENS, "the link does not open");
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            let name = format!("{rate} writes/s that wait for each other");
            tell(&format!("{name}: opened"), began.elapsed().as_secs_f64() * 1_000.0, "ms", Some(2_000.0));
            tokio::time::sleep(WARM_UP).await;
            let [to, ..] = counters(&page).await;
            let frames = Frames::between(&page.trace().await, from, to);
            tell(&format!("{name}: longest task"), frames.longest_task_ms, "ms", Some(50.0));
        });
    }
}

#[test]
#[ignore = "needs the built page: run `cargo xtask bench --page`"]
fn speed_of_the_first_paint() {
    with_traced_page(DESKTOP, "", async |page| {
        wait_for(&page, "[data-testid=stage]").await;
        let first = "return performance.getEntriesByName('first-contentful-paint')[0].startTime;";
        let wasm =
            "return performance.getEntriesByType('resource').find(one => one.name.includes('.wasm')).responseEnd;";
        let first = page.script(first, Vec::new()).await.as_f64().unwrap_or_default();
        let wasm = page.script(wasm, Vec::new()).await.as_f64().unwrap_or_default();
        tell("first paint", first, "ms", None);
        tell("all Wasm there", wasm, "ms", None);
    });
}
