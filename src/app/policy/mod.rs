//! The policy editor: every setting of the scenario has a control, and nothing happens until it is said.

pub(crate) mod chaos;
pub(crate) mod control;
pub(crate) mod drawer;
pub(crate) mod reading;
pub(crate) mod rows;
mod table;
