//! Whether a standard stream was closed when the program was started, as by `>&-` in a shell.
//!
//! Rust's runtime opens `/dev/null` in the place of what is closed before `main` begins. Whoever looks later finds a
//! stream that takes everything, and what is written to it is lost without a word. So this looks before the runtime does.

#[cfg(unix)]
mod at_start {
    use std::io::{stderr, stdout};
    use std::os::fd::AsFd as _;
    use std::sync::atomic::{AtomicBool, Ordering};

    pub static OUTPUT_WAS_CLOSED: AtomicBool = AtomicBool::new(false);
    pub static ERROR_WAS_CLOSED: AtomicBool = AtomicBool::new(false);

    ctor::declarative::ctor! {
        // Before `main` nothing may panic or count on threads. This makes system calls and stores what they say.
        #[ctor(unsafe)]
        fn look() {
            // Only an open stream can be duplicated.
            OUTPUT_WAS_CLOSED.store(stdout().as_fd().try_clone_to_owned().is_err(), Ordering::Relaxed);
            ERROR_WAS_CLOSED.store(stderr().as_fd().try_clone_to_owned().is_err(), Ordering::Relaxed);
        }
    }
}

/// Whether the standard output was closed. Nothing is known of that except on Unix.
#[must_use]
pub fn output_was_closed() -> bool {
    #[cfg(unix)]
    return at_start::OUTPUT_WAS_CLOSED.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(not(unix))]
    false
}

/// Whether the standard error was closed. Nothing is known of that except on Unix.
#[must_use]
pub fn error_was_closed() -> bool {
    #[cfg(unix)]
    return at_start::ERROR_WAS_CLOSED.load(std::sync::atomic::Ordering::Relaxed);
    #[cfg(not(unix))]
    false
}
