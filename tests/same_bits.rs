//! What is computed through floats or hashes comes out the same on every target: natively, in Node and in Chrome.

use replicarium::client::{Arrivals, Generator, Planned, Popularity, Size, Workload, content_bytes};
use replicarium::replication::{Pulse, Ring, RingSettings};
use replicarium::sim::{ClientId, ServerId, Span, Streams, Time, ZoneId};
use serde::Serialize;
use wasm_bindgen_test::wasm_bindgen_test;

/// The first hexadecimal digits of the hash of a value's bytes.
fn digest(value: &impl Serialize) -> String {
    let bytes = postcard::to_allocvec(value).expect("the value can be written");
    blake3::hash(&bytes).to_hex()[..16].to_owned()
}

#[wasm_bindgen_test(unsupported = test)]
fn two_thousand_operations_of_a_workload() {
    let workload = Workload {
        files: 200,
        popularity: Popularity::Zipf { exponent_hundredths: 99 },
        size_bytes: Size::LogUniform { least: 1, most: 1_000_000 },
        arrivals: Arrivals::Poisson,
        ..Workload::default()
    };
    let mut generator = Generator::new(workload, Streams::new(61), ClientId(1), Time::ZERO);
    let operations: Vec<Planned> = core::iter::from_fn(|| generator.take()).take(2_000).collect();
    assert_eq!(digest(&operations), "066366d064854c4a");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_suspicion_of_a_silent_peer() {
    let mut pulse = Pulse::new(Time::ZERO, Span::from_millis(50));
    let mut suspicions: Vec<u64> = Vec::new();
    for number in 1..=300_u64 {
        pulse.heard(Time::from_micros(number * 50_000 + number * number * 7_919 % 20_011));
        for silence in [0, 40_000, 70_000, 150_000, 900_000] {
            let phi = pulse.phi(Span::from_millis(1), Span::ZERO, pulse.last_heard() + Span::from_micros(silence));
            suspicions.push(phi.to_bits());
        }
    }
    assert_eq!(digest(&suspicions), "1522d62fa6ecea97");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_places_of_all_shards_and_a_made_up_text() {
    let servers = (1..=9).map(ServerId).zip((0..3).cycle().map(ZoneId));
    let ring = Ring::new(RingSettings::default(), servers);
    let members: Vec<Vec<ServerId>> = (0..64).map(|shard| ring.members(shard, 5)).collect();
    assert_eq!(digest(&members), "26b11f56ca3c0a8a");
    assert_eq!(digest(&content_bytes(61, 10_000)), "22b140e83abbf743");
}
