//! The engine's benchmarks, natively: `cargo bench --no-default-features --bench engine`.

mod work;

use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// Events of five servers under a steady load of writes. The goal: 3 million a second.
#[divan::bench(sample_count = 20)]
fn steady_load(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(500_000_u64)).bench(|| work::steady_load(500_000));
}

/// The same, with every step checked and measured. The goal: at least half as fast.
#[divan::bench(sample_count = 20)]
fn checked_load(bencher: Bencher<'_, '_>) {
    bencher.counter(ItemsCount::new(500_000_u64)).bench(|| work::checked_load(500_000));
}

/// Events of a ring of 10,000 files, on few servers and on many. The goal: on many a third of the rate.
#[divan::bench(args = work::RING_SERVERS, sample_count = 5, sample_size = 1)]
fn ring_load(bencher: Bencher<'_, '_>, servers: u16) {
    bencher.counter(ItemsCount::new(400_000_u64)).bench(|| work::ring_load(servers, 400_000));
}

/// A clone of a world of five servers with 1,000 events of history. The goal: 50 µs.
#[divan::bench]
fn clone_of_a_world(bencher: Bencher<'_, '_>) {
    let world = work::world_with_history();
    bencher.bench(|| world.clone());
}

/// A picture of that world, as the page takes it for each frame.
#[divan::bench]
fn view_of_a_world(bencher: Bencher<'_, '_>) {
    let world = work::world_with_history();
    bencher.bench(|| world.view());
}

/// A second in a world of 1,000 servers and 100,000 copies under load. The goal: less than a second.
#[divan::bench(sample_count = 5, sample_size = 1)]
fn a_second_of_a_thousand_servers(bencher: Bencher<'_, '_>) {
    let world = work::thousand_servers();
    assert!(work::copies(&world) >= 100_000, "the copies are there");
    bencher.with_inputs(|| world.clone()).bench_values(|mut world| work::run(&mut world, 1_000));
}
