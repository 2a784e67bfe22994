//! Opening an address in the user's browser.

use std::process::Command;

use anyhow::Result;

use crate::process::{command, run};

/// Opens `url` in the default browser.
pub fn in_browser(url: &str) -> Result<()> {
    run(opener().arg(url))
}

fn opener() -> Command {
    if cfg!(target_os = "macos") {
        command("open")
    } else if cfg!(windows) {
        let mut start = command("cmd");
        // `start` takes its first quoted word for a window's title.
        start.args(["/C", "start", ""]);
        start
    } else {
        command("xdg-open")
    }
}
