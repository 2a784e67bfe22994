//! The Yew page: it draws a session's views and turns what a person does into commands.

mod act;
mod browser;
mod card;
mod compare;
mod dialogs;
mod faults;
mod glossary;
mod header;
mod keys;
mod panes;
mod playground;
mod policy;
mod spacetime;
mod stage;
mod time;
mod words;

use browser::{crash, dom, tab, theme};

/// Mounts the page into the element `app`, and sees to it that a panic is told in plain words.
pub fn mount() {
    crash::install();
    theme::apply(theme::stored());
    let Some(root) = dom::document().and_then(|document| document.get_element_by_id("app")) else {
        return;
    };
    if tab::own_run().is_none() {
        render(root, None);
        return;
    }
    wasm_bindgen_futures::spawn_local(async move {
        let restored = playground::restore().await;
        render(root, restored);
    });
}

fn render(root: web_sys::Element, restored: Option<playground::Restored>) {
    root.set_inner_html("");
    yew::Renderer::<playground::Playground>::with_root_and_props(root, playground::Props { restored }).render();
}
