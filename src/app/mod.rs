//! The Yew page: it draws a session's views and turns what a person does into commands.

mod act;
mod browser;
mod card;
mod dialogs;
mod header;
mod keys;
mod panes;
mod playground;
mod stage;
mod time;
mod words;

use browser::{crash, dom, theme};

/// Mounts the page into the element `app`, and sees to it that a panic is told in plain words.
pub fn mount() {
    crash::install();
    theme::apply(theme::stored());
    let Some(root) = dom::document().and_then(|document| document.get_element_by_id("app")) else {
        return;
    };
    root.set_inner_html("");
    yew::Renderer::<playground::Playground>::with_root(root).render();
}
