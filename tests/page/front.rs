//! The page as it opens: a cluster at work, in which an update ripples and its acks let the next one go.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::browser::{DESKTOP, PHONE, with_front_page};

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn all_four_steps_of_an_update_are_seen_within_a_minute_without_writing_anything() {
    for screen in [DESKTOP, PHONE] {
        with_front_page(screen, async |page| {
            let text = page.text("ripple").await;
            for step in [
                "S1, the primary, gets the update",
                "it ripples to S2 and S3",
                "each says it has it",
                "so the next update may go",
            ] {
                assert!(text.contains(step), "{step}: {text}");
            }
            let mut seen = BTreeSet::new();
            for _ in 0..600 {
                seen.insert(page.attribute("ripple", "data-step").await);
                if seen.len() == 4 {
                    break;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            assert_eq!(seen.len(), 4, "{seen:?}");
            page.check_accessibility().await;
        });
    }
}

/// Words that change many times a second can't be read: at real speed they stay as they are, and there is a way to slow down.
#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn at_real_speed_nothing_flickers() {
    with_front_page(DESKTOP, async |page| {
        page.speed("1×").await;
        page.find("ripple-slow").await;
        let watch = "const done = arguments[arguments.length - 1]; const steps = document.querySelector('.ripple ol'); let changes = 0;
                     new MutationObserver(list => { changes += list.length; }).observe(steps, { subtree: true, childList: true, characterData: true, attributes: true });
                     setTimeout(() => done(changes), 1500);";
        let changes = page.client.execute_async(watch, Vec::new()).await.expect("the steps are watched");
        assert_eq!(changes, json!(0), "the steps change by themselves");
        page.click("ripple-slow").await;
        page.find("ripple").await;
    });
}
