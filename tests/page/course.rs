//! The course: a newcomer's path by mouse on the desk and by keyboard on a phone, and nothing is lost by a reload.

use std::time::{Duration, Instant};

use replicarium::exercise::{Course, Entry, Kind};
use serde_json::json;

use crate::browser::{DESKTOP, PHONE, Page, with_page};

/// How long an exercise may take to open or to go on to its next step.
const PATIENCE: Duration = Duration::from_secs(30);

/// The course, as it is served.
fn course() -> Course {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/exercises/course.toml");
    let text = std::fs::read_to_string(path).expect("the course can be read");
    Course::read("course.toml", &text).expect("the course is well formed")
}

/// Waits until a condition on the page holds.
async fn until(page: &Page, condition: &str, what: &str) {
    let began = Instant::now();
    while page.script(&format!("return Boolean({condition});"), vec![]).await != json!(true) {
        assert!(began.elapsed() < PATIENCE, "{what}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

/// Opens an exercise by its address.
async fn open(page: &Page, entry: &Entry) {
    page.script(&format!("location.hash = '#/course/{}'", entry.id), vec![]).await;
    let title = json!(entry.title);
    let is_open = format!("document.querySelector('[data-testid=exercise] h1')?.textContent === {title}");
    until(page, &is_open, &format!("{} does not open", entry.id)).await;
    page.check_nothing_is_cut_off().await;
}

/// Chooses the first answer of each question that is asked, and locks it in.
async fn answer(page: &Page, from: &str, id: &str) {
    let began = Instant::now();
    let at_step = format!("return document.querySelector('[data-testid=exercise]').dataset.step === '{from}';");
    while page.script(&at_step, vec![]).await == json!(true) {
        let choose = "const form = [...document.querySelectorAll('form.ask')].find(one => one.querySelector('[type=submit]'));
            const lock = form?.querySelector('[type=submit]');
            if (lock?.disabled) { form.querySelector('input[type=radio], [data-testid^=moment-]').click(); } else { lock?.click(); }";
        page.script(choose, vec![]).await;
        assert!(began.elapsed() < PATIENCE, "{id} does not go on after {from}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

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
        page.click("answer-v2").await;
        page.click("lock-read").await;
        page.expect("exercise", "data-step", "observe").await;
        observe(&page).await;
        page.click("answer-kept").await;
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
    with_page(DESKTOP, "#/course/lose-an-ok", async |page| {
        page.expect("exercise", "data-step", "work").await;
        page.click("hand-in").await;
        page.expect("grade", "data-passed", "false").await;
        page.click("hint-more").await;
        page.speed("1/50×").await;
        page.click("write-open").await;
        page.find("write-name").await.send_keys("a.txt").await.expect("a name can be typed");
        page.find("write-text").await.send_keys("Only S1 has this.").await.expect("a text can be typed");
        page.click("write-submit").await;
        // Handing in has paused the run.
        page.click("play").await;
        page.click("tab-client").await;
        page.expect("operation", "data-outcome", "ok").await;
        page.client.refresh().await.expect("the page loads again");
        page.expect("exercise", "data-step", "work").await;
        let log = page.content("log").await;
        assert!(log.contains("a.txt"), "what was done is done again: {log}");
        page.check_accessibility().await;
        page.click("course-leave").await;
        page.find("ledger-row-draft.txt").await;
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn a_lesson_is_taken_by_keyboard_on_a_phone() {
    with_page(PHONE, "#/course/waiting-for-some", async |page| {
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
        // The browser itself tells that there is no such file.
        let told = page.console_complaints().await;
        assert!(told.iter().all(|line| line.contains("no-such-lesson.toml")), "{told:?}");
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn every_exercise_opens_and_every_lesson_goes_on_to_its_end() {
    with_page(DESKTOP, "#/course", async |page| {
        let course = course();
        page.find("course").await;
        for entry in &course.entries {
            open(&page, entry).await;
            if entry.kind == Kind::Lesson {
                page.expect("exercise", "data-step", "predict").await;
                answer(&page, "predict", &entry.id).await;
                page.expect("exercise", "data-step", "observe").await;
                observe(&page).await;
                answer(&page, "happened", &entry.id).await;
                page.expect("exercise", "data-step", "why").await;
                page.check_nothing_is_cut_off().await;
                page.click("go-on").await;
            } else {
                page.expect("exercise", "data-step", "work").await;
            }
            assert_eq!(page.console_complaints().await, Vec::<String>::new(), "{}", entry.id);
        }
        page.script("location.hash = '#/course'", vec![]).await;
        page.find("course").await;
        for entry in course.lessons() {
            let told = page.text(&format!("lesson-{}", entry.id)).await;
            assert!(told.contains("done"), "{told}");
        }
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn nothing_leads_past_a_prediction() {
    with_page(DESKTOP, "#/course/waiting-for-some", async |page| {
        page.expect("exercise", "data-step", "predict").await;
        let stands_at = page.text("clock").await;
        for control in ["play", "step"] {
            page.click(control).await;
            assert!(page.text("toast").await.contains("waits for your prediction"), "{control}");
            assert_eq!(page.text("clock").await, stands_at, "{control}");
        }
        // By the track's own keys, to its end and beyond.
        page.script("document.querySelector('[data-testid=seek]').focus()", vec![]).await;
        for key in ["\u{e010}", "\u{e014}", " "] {
            page.keys(key).await;
            assert_eq!(page.text("clock").await, stands_at, "{key}");
        }
    });
}

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_moments_that_are_asked_for_are_not_shown_before() {
    with_page(DESKTOP, "#/course/certain-from-when", async |page| {
        page.expect("exercise", "data-step", "work").await;
        let flags = "return document.querySelectorAll('.flag').length;";
        assert_eq!(page.script(flags, vec![]).await, json!(0));
        for question in ["certain", "carried-out"] {
            page.click(&format!("moment-{question}")).await;
            page.click(&format!("lock-{question}")).await;
        }
        page.expect("grade", "data-passed", "false").await;
        assert_ne!(page.script(flags, vec![]).await, json!(0));
    });
}
