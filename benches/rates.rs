//! Rates on any target, a line each: `cargo xtask bench` runs this natively and in Node, and compares.

mod work;

use wasm_bindgen_test::wasm_bindgen_test;

/// Seconds since some moment.
#[cfg(target_arch = "wasm32")]
fn seconds() -> f64 {
    js_sys::Date::now() / 1_000.0
}

/// Seconds since some moment.
#[cfg(not(target_arch = "wasm32"))]
fn seconds() -> f64 {
    std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64())
}

fn tell(line: &str) {
    #[cfg(target_arch = "wasm32")]
    wasm_bindgen_test::console_log!("{line}");
    #[cfg(not(target_arch = "wasm32"))]
    println!("{line}");
}

/// The best of several rounds: other work on the machine can only make a round slower.
fn best(rounds: u32, mut round: impl FnMut() -> f64) -> f64 {
    (0..rounds).map(|_| round()).fold(f64::INFINITY, f64::min)
}

#[wasm_bindgen_test(unsupported = test)]
fn rates() {
    // Under callgrind, which counts instructions, one short round of one load is enough.
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u32>().ok());
    let only = number("REPLICARIUM_EVENTS");
    if let (Some(events), Some(servers)) = (only, number("REPLICARIUM_RING_SERVERS")) {
        work::ring_load(u16::try_from(servers).unwrap_or(u16::MAX), u64::from(events));
        return;
    }
    let events = only.unwrap_or(2_000_000);
    let took = best(if only.is_some() { 1 } else { 5 }, || {
        let begun = seconds();
        work::steady_load(u64::from(events));
        (seconds() - begun) / f64::from(events)
    });
    tell(&format!("rate: steady load, 5 servers = {:.0} events/s", 1.0 / took));
    if only.is_some() {
        return;
    }
    let took = best(5, || {
        let begun = seconds();
        work::checked_load(u64::from(events));
        (seconds() - begun) / f64::from(events)
    });
    tell(&format!("rate: steady load, checked and measured = {:.0} events/s", 1.0 / took));
    let rings = work::RING_SERVERS.map(|servers| {
        let took = best(3, || {
            let begun = seconds();
            work::ring_load(servers, 400_000);
            (seconds() - begun) / 400_000.0
        });
        tell(&format!("rate: ring, {servers} servers, 10000 files = {:.0} events/s", 1.0 / took));
        took
    });
    tell(&format!("the large ring takes {:.2} times as long as the small one for each event", rings[1] / rings[0]));
    let world = work::world_with_history();
    let took = best(5, || {
        let begun = seconds();
        for _ in 0..20_000 {
            std::hint::black_box(world.clone());
        }
        (seconds() - begun) / 20_000.0
    });
    tell(&format!("rate: clone of a world, 5 servers, 1000 events = {:.0} clones/s", 1.0 / took));
    let world = work::thousand_servers();
    assert!(work::copies(&world) >= 100_000, "the copies are there");
    let took = best(2, || {
        let mut world = world.clone();
        let begun = seconds();
        work::run(&mut world, 1_000);
        seconds() - begun
    });
    tell(&format!("rate: 1000 servers, 100000 copies = {:.1} virtual seconds per second", 1.0 / took));
}
