//! What the page needs of the browser: its document, files, its storage, and events from outside of the page.

pub(crate) mod crash;
pub(crate) mod dom;
pub(crate) mod files;
pub(crate) mod history;
pub(crate) mod outside;
pub(crate) mod picture;
pub(crate) mod shelf;
pub(crate) mod slice;
pub(crate) mod tab;
pub(crate) mod theme;
