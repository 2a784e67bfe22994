//! The built page in a real browser, end to end. `cargo xtask test` serves the page and runs these.
#![cfg(not(target_arch = "wasm32"))]

mod boxes;
mod branches;
mod browser;
mod commands;
mod compare;
mod course;
mod exports;
mod faults;
mod first_steps;
mod front;
mod measured;
mod opening;
mod policy;
mod scenario_file;
mod shots;
mod spacetime;
mod speed;
mod stories;
mod time;
mod tries;
