//! The dialogs, a file each.

pub(crate) mod command;
pub(crate) mod export;
pub(crate) mod help;
pub(crate) mod modal;
pub(crate) mod partition;
pub(crate) mod preview;
pub(crate) mod runs;
pub(crate) mod scenario_file;
pub(crate) mod share;
pub(crate) mod why;
pub(crate) mod write;
