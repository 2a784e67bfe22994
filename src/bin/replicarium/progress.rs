//! A bar on the standard error, where that is a terminal; else nothing.

use std::io::IsTerminal as _;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// A bar for so many steps.
pub fn bar(steps: u64, of_what: &str) -> ProgressBar {
    let target =
        if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let template = format!("{{wide_bar}} {{pos}} of {{len}} {of_what}, {{per_sec}}, {{eta}} left");
    let style = ProgressStyle::with_template(&template);
    let bar = ProgressBar::with_draw_target(Some(steps), target);
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
