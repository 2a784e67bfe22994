//! Time on the page: how fast it runs, what has happened in it, and the controls to move in it.

pub(crate) mod flags;
pub(crate) mod full;
pub(crate) mod log;
pub(crate) mod speed;
pub(crate) mod timeline;
pub(crate) mod track;
pub(crate) mod transport;
pub(crate) mod tree;
pub(crate) mod turns;
