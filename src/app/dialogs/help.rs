//! The dialog with what the page is, and its keys.

use yew::prelude::*;

use super::modal::Modal;
use crate::app::act::Act;
use crate::app::keys;

/// The list of keys, and what the page is.
pub(crate) fn draw(act: &Callback<Act>) -> Html {
    html! {
        <Modal key="help" title="Replicarium" act={act.clone()}>
            <p>{ "A terrarium for replicas. Write files to a small cluster, break it in the ways real clusters break, and see which copies survive, and why. Click a server or a link to act on it; every button has a key." }</p>
            <dl class="keys">
                { for keys::HELP.iter().map(|(key, meaning)| html! {
                    <div key={*key}><dt><kbd>{ *key }</kbd></dt><dd>{ *meaning }</dd></div>
                }) }
            </dl>
        </Modal>
    }
}
