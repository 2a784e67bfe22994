//! Work that takes long is done in slices, between which the browser has its turn.

use gloo::timers::callback::Timeout;

use crate::app::browser::dom;

/// How long a slice may take, in milliseconds: less than half a frame.
const SLICE_MS: f64 = 6.0;

/// Whether there is still time in a slice that begins now.
pub(crate) fn begin() -> impl FnMut() -> bool {
    let ends_ms = dom::now_ms() + SLICE_MS;
    move || dom::now_ms() < ends_ms
}

/// Has the next slice done, once the browser had its turn; if what is returned is dropped, it is not done.
pub(crate) fn next(slice: impl FnOnce() + 'static) -> Timeout {
    Timeout::new(0, slice)
}
