//! Whether somebody wants the program to stop: Ctrl+C, or the signal with which systems end programs.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use anyhow::{Context as _, Result};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

/// The number of the signal that has come; 0 for none.
static SIGNAL: AtomicUsize = AtomicUsize::new(0);
/// Whether one has come.
static HAS_COME: AtomicBool = AtomicBool::new(false);

/// Watches for signals that ask for an end. The first one is noted, so that what was found so far can be told; the
/// second one ends the program at once.
#[derive(Clone, Copy, Debug)]
pub struct Interruption(());

impl Interruption {
    /// Begins to watch. Before, a signal ends the program at once: while it waits for its input there is nothing to
    /// tell.
    pub fn watch() -> Result<Self> {
        for signal in [SIGINT, SIGTERM] {
            // What is registered first happens first, so the first signal finds that none has come yet.
            flag::register_conditional_shutdown(signal, 128 + signal, &HAS_COME)
                .and_then(|_| flag::register(signal, &HAS_COME))
                .and_then(|_| flag::register_usize(signal, &SIGNAL, usize::try_from(signal).unwrap_or_default()))
                .context("signals can't be watched")?;
        }
        Ok(Self(()))
    }

    /// Whether a signal has come.
    #[expect(clippy::unused_self, reason = "who asks has to have begun to watch")]
    pub fn has_come(self) -> bool {
        HAS_COME.load(Ordering::Relaxed)
    }
}

/// The exit code by which shells know of the signal that has come: 130 for Ctrl+C.
pub fn exit_code() -> u8 {
    u8::try_from(128 + SIGNAL.load(Ordering::Relaxed)).unwrap_or(u8::MAX)
}
