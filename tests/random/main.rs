//! Random faults against what the protocols promise: many seeds, every invariant after every event.
//!
//! A run is drawn from one seed ([`options`]). In its first phase faults and operations happen while a reference
//! model ([`model`]) watches; in its second everything is healed and must come right ([`settle`]). A failure
//! prints its seed, is made small ([`shrink`]) and written to a file. docs/testing.md tells how to run it.
#![cfg(not(target_arch = "wasm32"))]

#[cfg(feature = "mutations")]
mod directed;
mod links;
mod model;
#[cfg(feature = "mutations")]
mod mutations;
mod options;
mod run;
mod seeds;
mod settle;
mod shrink;

use options::Family;
use seeds::{deep, for_each_seed};

#[test]
fn calm() {
    for_each_seed(Family::Calm, 500);
}

#[test]
fn crashes() {
    for_each_seed(Family::Crashes, 2_000);
}

#[test]
fn disks() {
    for_each_seed(Family::Disks, 2_000);
}

#[test]
fn anything() {
    for_each_seed(Family::Anything, 2_000);
}

#[test]
fn long_run() {
    deep();
}
