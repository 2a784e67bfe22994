//! What is measured: the same bodies natively and in Wasm.

use replicarium::check::{Checker, Meter};
use replicarium::client::{Arrivals, ClientSettings, Popularity, Size, Workload};
use replicarium::sim::{Content, Span, Time, ZoneId};
use replicarium::world::{Command, Placement, World, WorldSettings};

/// A cluster of primary–replica with a steady load of writes of 100 bytes.
fn cluster(servers: u16, writes_per_second: u32) -> World {
    let workload = Workload {
        rate_per_second_hundredths: writes_per_second * 100,
        read_percent: 0,
        files: 4,
        popularity: Popularity::Uniform,
        size_bytes: Size::Uniform { least: 100, most: 100 },
        arrivals: Arrivals::Steady,
        until: None,
    };
    let clients = vec![ClientSettings::default(), ClientSettings { workload: Some(workload), ..Default::default() }];
    let mut settings = WorldSettings { clients, ..WorldSettings::with_servers(servers) };
    settings.policy.window = 16;
    let mut world = World::new(settings, 1);
    world.begin_workloads();
    world
}

/// Five servers under 200 writes a second, until there were so many events; returns how many there were.
pub fn steady_load(events: u64) -> u64 {
    let mut world = cluster(5, 200);
    while world.event_count() < events {
        run(&mut world, 100);
    }
    world.event_count()
}

/// The same load with every step checked and measured, as a session does it.
pub fn checked_load(events: u64) -> u64 {
    run_checked(cluster(5, 200), events).0.event_count()
}

/// The servers of the small ring, and of the large one that is to be no more than three times slower for each event.
pub const RING_SERVERS: [u16; 2] = [5, 1_000];

/// Servers in ten zones or fewer under 4,000 reads and writes a second of 10,000 files, which come into being with their
/// groups on the ring, three copies of each; checked and measured, until there were so many events. Then its ledger and its
/// metrics are told, as at the end of a run.
pub fn ring_load(servers: u16, events: u64) -> u64 {
    let workload = Workload {
        rate_per_second_hundredths: 400_000,
        read_percent: 50,
        files: 10_000,
        size_bytes: Size::Uniform { least: 100, most: 1_000 },
        ..Workload::default()
    };
    let client = ClientSettings { workload: Some(workload), replication_factor: Some(3), ..ClientSettings::default() };
    let zones = (0..servers).map(|index| ZoneId((index % 10) as u8)).collect();
    let clients = vec![ClientSettings::default(), client];
    let mut settings = WorldSettings { servers: zones, clients, ..WorldSettings::default() };
    settings.ring.shards = 1_024;
    settings.policy.window = 64;
    let mut world = World::new(settings, 1);
    world.begin_workloads();
    let (world, meter) = run_checked(world, events);
    let (ledger, metrics) = (world.ledger(), meter.metrics(&world, world.now()));
    assert!(ledger.rows.len() > 1_000 && metrics.writes.ok > 1_000, "most of the load is done");
    world.event_count()
}

fn run_checked(mut world: World, events: u64) -> (World, Meter) {
    let mut checker = Checker::default();
    let mut meter = Meter::new(&world, world.now());
    while world.event_count() < events {
        if let Some(next) = world.next_at() {
            meter.sample(&world, next);
        }
        world.step();
        checker.observe(&world, world.fresh_events());
        meter.observe(&world, world.fresh_events());
        world.drop_events();
    }
    assert_eq!(checker.violations(), []);
    (world, meter)
}

/// A world of five servers with 1,000 events of history.
pub fn world_with_history() -> World {
    let mut world = cluster(5, 20);
    while world.event_count() < 1_000 {
        world.step();
    }
    world.drop_events();
    world
}

/// A thousand servers in ten zones with 33,334 files of three copies each, on disk; and 500 writes a second.
pub fn thousand_servers() -> World {
    let workload = Workload {
        rate_per_second_hundredths: 50_000,
        read_percent: 50,
        files: 5_000,
        size_bytes: Size::Uniform { least: 100, most: 1_000 },
        ..Workload::default()
    };
    let client = ClientSettings { workload: Some(workload), replication_factor: Some(3), ..ClientSettings::default() };
    let zones = (0..1_000_u32).map(|index| ZoneId((index % 10) as u8)).collect();
    let clients = vec![ClientSettings::default(), client];
    let mut settings = WorldSettings { servers: zones, clients, ..WorldSettings::default() };
    settings.ring.shards = 2_048;
    settings.policy.window = 64;
    let mut world = World::new(settings, 1);
    world.begin_workloads();
    world.advance(Time::from_millis(100));
    for index in 0..33_334_u32 {
        let command = Command::Write {
            file: format!("file {index}"),
            content: Content::new(b"some bytes of a file"),
            placement: Placement::Ring { factor: 3 },
        };
        world.apply(command).expect("there is room for the file");
        if index % 50 == 0 {
            world.advance(world.now() + Span::from_millis(1));
            world.drop_events();
        }
    }
    world.advance(world.now() + Span::from_millis(2_000));
    world.drop_events();
    world
}

/// How many copies are on disk and up to date.
pub fn copies(world: &World) -> usize {
    world.files().map(|file| world.fresh_copies(file)).sum()
}

/// Lets the world run for so long.
pub fn run(world: &mut World, milliseconds: u64) {
    for _ in 0..milliseconds / 10 {
        run_a_little(world);
    }
}

/// Not inlined: an engine of Wasm optimises a function after many calls, and not in the midst of one.
#[inline(never)]
fn run_a_little(world: &mut World) {
    world.advance(world.now() + Span::from_millis(10));
    world.drop_events();
}
