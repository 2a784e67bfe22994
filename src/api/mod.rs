//! The engine for JavaScript and TypeScript: the class `Session` of the npm package.
//!
//! `docs/npm.md` explains it to those who use it. Everything here goes through [`crate::session::Session`], the
//! only door to the engine, and hands out the shapes of [`crate::report`]. Wrong input is thrown as an `Error`
//! with the engine's sentence.

mod convert;
mod exercise;
mod guard;
mod session;
mod types;

pub use exercise::grade;
pub use session::{Session, scenarios, version};
