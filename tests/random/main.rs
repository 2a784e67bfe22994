//! Random faults against what the protocols promise: many seeds, every invariant after every event.
//!
//! A run is drawn from one seed ([`options`]). In its first phase faults and operations happen while a reference
//! model ([`model`]) watches; in its second everything is healed and must come right ([`settle`]). A failure
//! prints its seed, is made small ([`shrink`]) and written as a scenario ([`scenario_file`]). docs/testing.md tells how
//! to run it.
#![cfg(not(target_arch = "wasm32"))]

#[cfg(feature = "mutations")]
mod directed;
mod failed;
mod links;
mod majority;
mod model;
#[cfg(feature = "mutations")]
mod mutations;
mod options;
mod run;
mod scenario_file;
mod seeds;
mod settle;
mod shrink;

use options::Family;
use seeds::{deep, for_each_seed, run};

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
fn what_has_failed_once() {
    for family in Family::ALL {
        for seed in failed::failed_once(family) {
            run(family, *seed);
        }
    }
}

#[test]
fn long_run() {
    deep();
}
