//! The browser's back and forward go through the runs: each entry knows the branch that was at hand.

use wasm_bindgen::JsValue;

use crate::app::browser::dom;
use crate::session::BranchId;

/// Adds an entry for a branch. The address loses its link, which is that of another run.
pub(crate) fn push(branch: BranchId) {
    if let Some(window) = dom::window()
        && let Ok(history) = window.history()
    {
        history.push_state_with_url(&number(branch), "", Some(&dom::page_address())).ok();
    }
}

/// Ties the present entry to a branch.
pub(crate) fn replace(branch: BranchId) {
    if let Some(window) = dom::window()
        && let Ok(history) = window.history()
    {
        history.replace_state(&number(branch), "").ok();
    }
}

/// Ties the present entry to a branch, and takes the link out of the address: it is that of a run that was not opened.
pub(crate) fn leave_link(branch: BranchId) {
    if let Some(window) = dom::window()
        && let Ok(history) = window.history()
    {
        history.replace_state_with_url(&number(branch), "", Some(&dom::page_address())).ok();
    }
}

/// The branch of the present entry, if it is tied to one.
pub(crate) fn present() -> Option<BranchId> {
    let state = dom::window()?.history().ok()?.state().ok()?.as_f64()?;
    // A number that this page put there is a small whole one.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    (state.fract() == 0.0 && (0.0..1e9).contains(&state)).then_some(BranchId(state as u32))
}

fn number(branch: BranchId) -> JsValue {
    JsValue::from_f64(f64::from(branch.0))
}
