//! Random faults against what the protocols promise: many seeds, every invariant after every event.
//!
//! A run is drawn from one seed ([`options`]). In its first phase faults and operations happen while a reference
//! model ([`model`]) watches; in its second everything is healed and must come right ([`settle`]). A failure
//! prints its seed, is made small ([`shrink`]) and written as a scenario ([`scenario_file`]). docs/testing.md tells how
//! to run it.
#![cfg(not(target_arch = "wasm32"))]

#[cfg(feature = "mutations")]
mod directed;
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

/// Seeds that have failed once, each for a reason of its own.
#[test]
fn what_has_failed_once() {
    for (family, seeds) in [
        (Family::Calm, &[2_505, 1_004_261, 1_006_488][..]),
        (
            Family::Crashes,
            &[
                972,
                2_653,
                1_001_831,
                1_009_738,
                100_001_103,
                3_432_755_632,
                3_432_784_279,
                3_434_501_026,
                3_436_364_901,
                3_436_368_418,
                3_437_220_998,
                3_520_002_873,
                3_520_004_083,
            ],
        ),
        (
            Family::Disks,
            &[
                134,
                1_008,
                1_017,
                1_408,
                3_649,
                5_920,
                1_001_374,
                1_003_243,
                1_009_373,
                5_000_781,
                5_000_970,
                5_001_076,
                3_432_790_292,
                3_432_798_745,
                3_435_567_011,
                3_436_386_452,
                3_436_394_789,
                3_442_017_426,
            ],
        ),
        (
            Family::Anything,
            &[
                35,
                342,
                828,
                886,
                1_355,
                1_655,
                2_226,
                2_731,
                3_484,
                1_004_605,
                1_010_850,
                1_014_194,
                5_002_111,
                30_009_088,
                40_005_524,
                40_006_130,
                40_013_016,
                50_001_573,
                70_001_336,
                70_002_450,
                80_007_940,
                90_001_888,
                90_004_481,
                110_001_990,
                120_006_977,
                3_432_758_301,
                3_432_784_900,
                3_432_785_130,
                3_432_789_441,
                3_432_824_422,
                3_434_157_325,
                3_434_159_720,
                3_434_473_790,
                3_434_483_358,
                3_434_486_652,
                3_434_494_505,
                3_434_503_664,
                3_435_551_979,
                3_436_363_183,
                3_437_219_646,
                3_438_098_444,
                3_438_139_245,
                3_438_157_863,
                3_438_163_876,
                3_438_179_266,
                3_438_180_303,
                3_440_637_272,
                3_440_645_462,
                3_510_004_923,
            ],
        ),
    ] {
        for seed in seeds {
            run(family, *seed);
        }
    }
}

#[test]
fn long_run() {
    deep();
}
