//! What a tab of the browser remembers over a reload: which of the kept runs is its own, and with which link it began.

use crate::app::browser::dom;

const KEY: &str = "replicarium-run";

/// The run of this tab, if the address still has the link, or the absence of one, with which it was kept.
pub(crate) fn own_run() -> Option<String> {
    let kept = storage()?.get_item(KEY).ok().flatten()?;
    let (id, fragment) = kept.split_once('#')?;
    (fragment == dom::fragment() || dom::fragment().starts_with("/course")).then(|| id.to_owned())
}

/// Remembers the run of this tab.
pub(crate) fn remember(id: &str) {
    if let Some(storage) = storage() {
        storage.set_item(KEY, &format!("{id}#{}", dom::fragment())).ok();
    }
}

/// A name for a new run that no other has: the time and a random number.
pub(crate) fn new_id() -> String {
    // Both are whole and not negative.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let (time, random) = (js_sys::Date::now() as u64, (js_sys::Math::random() * 1e9) as u64);
    format!("{time:x}-{random:x}")
}

fn storage() -> Option<web_sys::Storage> {
    dom::window()?.session_storage().ok().flatten()
}
