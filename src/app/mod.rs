//! The Yew page: it draws a session's views and turns what a person does into commands.

mod act;
mod browser;
mod card;
mod compare;
mod course;
mod dialogs;
mod faults;
mod glossary;
mod header;
mod keys;
mod opening;
mod panes;
mod playground;
mod policy;
mod spacetime;
mod stage;
mod time;
mod words;

use browser::{crash, dom, shelf, tab, theme};
use opening::entrance::{self, Entrance};

/// Mounts the page into the element `app`, and sees to it that a panic is told in plain words.
pub fn mount() {
    crash::install();
    theme::apply(theme::stored());
    let Some(root) = dom::document().and_then(|document| document.get_element_by_id("app")) else {
        return;
    };
    let Some(id) = tab::own_run() else {
        render(root, None);
        return;
    };
    wasm_bindgen_futures::spawn_local(async move {
        let bytes = shelf::load(&id).await.ok().flatten();
        render(root, bytes.map(|bytes| (id, bytes)));
    });
}

fn render(root: web_sys::Element, kept: Option<(String, Vec<u8>)>) {
    root.set_inner_html("");
    yew::Renderer::<Entrance>::with_root_and_props(root, entrance::Props { kept }).render();
}
