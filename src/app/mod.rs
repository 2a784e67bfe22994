//! The Yew page: it draws a session's views and turns what a person does into commands.

mod act;
mod audit_pane;
mod client_pane;
mod command_dialog;
mod crash;
mod dialogs;
mod dom;
mod faults;
mod figures;
mod files;
mod header;
mod inspector;
mod invariants;
mod keys;
mod layout;
mod ledger;
mod log;
mod messages;
mod outside;
mod panes;
mod playground;
mod popover;
mod scenario_file;
mod scene;
mod speed;
mod stage;
mod standing;
mod story;
mod theme;
mod timeline;
mod tools;
mod transport;
mod vessel;
mod why_dialog;
mod wires;
mod words;
mod write_dialog;

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
