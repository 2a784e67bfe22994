//! Nothing is lost: an action in the past begins a branch, undo takes it back, and a reload goes on where one was.

use crate::browser::{DESKTOP, PHONE, with_page};

#[test]
#[ignore = "needs the built page: run `cargo xtask test`"]
fn the_future_is_kept_undone_and_there_after_a_reload() {
    for screen in [DESKTOP, PHONE] {
        with_page(screen, "", async |page| {
            page.speed("1×").await;
            page.click("server-S1").await;
            page.click("action-kill").await;
            page.expect("server-S2", "data-role", "primary").await;
            page.click("back").await;
            page.click("add-server").await;
            page.expect("server-S4", "data-status", "up").await;
            page.expect("server-S1", "data-status", "up").await;
            page.find("branch-0").await;
            page.find("branch-1").await;
            page.check_accessibility().await;
            // The old future is where it was.
            page.script("document.querySelector(\"[data-testid='branch-0'] .twig-switch\").click();", Vec::new()).await;
            page.expect("server-S1", "data-status", "up").await;
            let servers = page.script("return document.querySelectorAll('[data-server]').length;", Vec::new()).await;
            assert_eq!(servers, 3, "the fourth server is on the other branch only");
            page.click("undo").await;
            page.expect("server-S4", "data-status", "up").await;
            // What was done is kept a moment later.
            tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
            page.script("location.reload();", Vec::new()).await;
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
            page.expect("server-S4", "data-status", "up").await;
            page.find("branch-0").await;
        });
    }
}
