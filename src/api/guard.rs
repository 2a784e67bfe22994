//! What happens after a call that did not come back.
//!
//! A panic, a stack that ran over and memory that ran out end a call half way: nothing is cleaned up, and the
//! engine is in an unknown state. The guard notices at the next call that the last one never ended, and refuses
//! all calls from then on with one clear sentence, instead of letting them work on what is broken.

use std::cell::{Cell, RefCell};
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::SeqCst;

use js_sys::Error;

/// Whether a call is under way that has not ended. These three are atomic not for threads, of which there are none,
/// but because the compiler must not leave out a write that only a call after a trap would read.
static BUSY: AtomicBool = AtomicBool::new(false);
/// Whether that call waits for a function of the caller, which may call again.
static CALLING_BACK: AtomicBool = AtomicBool::new(false);
/// Whether a call did not come back.
static BROKEN: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// What a panic said.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Carries out a call, unless an earlier one did not come back.
pub fn guarded<T, E: From<Error>>(call: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    remember_panics();
    let is_nested = CALLING_BACK.load(SeqCst);
    if BROKEN.load(SeqCst) || (BUSY.load(SeqCst) && !is_nested) {
        BROKEN.store(true, SeqCst);
        return Err(broken().into());
    }
    CALLING_BACK.store(false, SeqCst);
    BUSY.store(true, SeqCst);
    let result = call();
    BUSY.store(is_nested, SeqCst);
    CALLING_BACK.store(is_nested, SeqCst);
    result
}

/// Lets a function of the caller run in the middle of a call.
pub fn calling_back<T>(function: impl FnOnce() -> T) -> T {
    CALLING_BACK.store(true, SeqCst);
    let result = function();
    CALLING_BACK.store(false, SeqCst);
    result
}

fn broken() -> Error {
    let why = PANIC.with_borrow(|panic| panic.as_ref().map(|panic| format!(": {panic}"))).unwrap_or_default();
    Error::new(&format!("the engine stopped in the middle of an earlier call and can't go on; load it again{why}"))
}

/// Makes a panic throw its message, and keeps it for later calls.
fn remember_panics() {
    thread_local!(static IS_SET: Cell<bool> = const { Cell::new(false) });
    if IS_SET.replace(true) {
        return;
    }
    std::panic::set_hook(Box::new(|panic| {
        let message = panic.to_string().replace('\n', " ");
        PANIC.with_borrow_mut(|kept| *kept = Some(message.clone()));
        wasm_bindgen::throw_val(Error::new(&format!("the engine has a fault and stopped: {message}")).into());
    }));
}
