//! What the page needs of the browser: its document, files, storage of the theme, and events from outside of the page.

pub(crate) mod crash;
pub(crate) mod dom;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod outside;
pub(crate) mod theme;
