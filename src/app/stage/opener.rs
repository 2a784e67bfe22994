//! How a thing of the stage opens its menu: by a click, by its second button, by Enter, by Space.

use yew::prelude::*;

use crate::app::stage::target::Target;

/// What a person does to open a menu, and what it calls.
pub(crate) type Go = Callback<Option<Target>>;

/// The three handlers of an element with a menu.
pub(crate) struct Opener {
    pub(crate) onclick: Callback<MouseEvent>,
    pub(crate) oncontextmenu: Callback<MouseEvent>,
    pub(crate) onkeydown: Callback<KeyboardEvent>,
}

impl Opener {
    /// An element that opens a menu, and closes it if it is open.
    pub(crate) fn new(target: &Target, is_open: bool, go: &Go) -> Self {
        let open = {
            let (go, target) = (go.clone(), target.clone());
            move |close: bool| go.emit((!close).then(|| target.clone()))
        };
        let onclick = {
            let open = open.clone();
            Callback::from(move |event: MouseEvent| {
                event.stop_propagation();
                open(is_open);
            })
        };
        let oncontextmenu = {
            let open = open.clone();
            Callback::from(move |event: MouseEvent| {
                event.prevent_default();
                event.stop_propagation();
                open(false);
            })
        };
        let onkeydown = Callback::from(move |event: KeyboardEvent| {
            if matches!(event.key().as_str(), "Enter" | " ") {
                event.prevent_default();
                open(false);
            }
        });
        Self { onclick, oncontextmenu, onkeydown }
    }
}
