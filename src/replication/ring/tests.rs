//! The ring: balance, zones, and what moves when servers come and go.

use std::collections::BTreeSet;

use super::*;

/// Servers 1 to `count`, dealt out to `zones` zones in turn.
fn servers(count: u16, zones: u16) -> Vec<(ServerId, ZoneId)> {
    (1..=count).map(|number| (ServerId(number), ZoneId(u8::try_from(number % zones).unwrap()))).collect()
}

fn ring(count: u16, zones: u16) -> Ring {
    Ring::new(RingSettings::default(), servers(count, zones))
}

/// How many shards' copies each server keeps.
fn loads(ring: &Ring, factor: usize) -> BTreeMap<ServerId, u32> {
    let mut loads = BTreeMap::new();
    for member in (0..ring.settings.shards).flat_map(|shard| ring.members(shard, factor)) {
        *loads.entry(member).or_default() += 1;
    }
    loads
}

/// Which of the ring's lists are not the same on the other ring: the servers that joined each of them.
fn joined(before: &Ring, after: &Ring, factor: usize) -> Vec<BTreeSet<ServerId>> {
    (0..before.settings.shards)
        .map(|shard| {
            let old: BTreeSet<ServerId> = before.members(shard, factor).into_iter().collect();
            after.members(shard, factor).into_iter().filter(|server| !old.contains(server)).collect()
        })
        .collect()
}

#[test]
fn ten_servers_have_between_two_thirds_and_three_halves_of_the_mean_load() {
    let loads = loads(&ring(10, 1), 3);
    // 64 shards with 3 copies on 10 servers: 19.2 on average.
    assert_eq!(loads.len(), 10);
    assert!(loads.values().all(|load| (13..=28).contains(load)), "{loads:?}");
}

#[test]
fn more_virtual_nodes_make_the_load_more_even() {
    let spread = |virtual_nodes| {
        let loads = loads(&Ring::new(RingSettings { shards: 4_096, virtual_nodes }, servers(10, 1)), 1);
        loads.values().max().unwrap() - loads.values().min().unwrap()
    };
    assert!(spread(512) * 2 < spread(32), "{} and {}", spread(512), spread(32));
}

#[test]
fn files_are_spread_evenly_over_the_shards() {
    let settings = RingSettings::default();
    let mut files = vec![0_u32; 64];
    for number in 0..64_000 {
        files[usize::from(settings.shard_of(&format!("file {number}.txt")))] += 1;
    }
    // 1000 on average, with a standard deviation of 32.
    assert!(files.iter().all(|count| (850..=1_150).contains(count)), "{files:?}");
}

#[test]
fn copies_lie_in_as_many_zones_as_there_are_and_evenly() {
    for (count, zones) in [(9, 3), (10, 4), (5, 5), (4, 2)] {
        let ring = ring(count, zones);
        for (shard, factor) in (0..64).flat_map(|shard| (1..=usize::from(count)).map(move |factor| (shard, factor))) {
            let members = ring.members(shard, factor);
            let mut of_zone: BTreeMap<ZoneId, usize> = BTreeMap::new();
            for member in &members {
                *of_zone.entry(ring.servers[member]).or_default() += 1;
            }
            assert_eq!(members.iter().collect::<BTreeSet<_>>().len(), factor, "no server twice");
            assert_eq!(of_zone.len(), factor.min(usize::from(zones)));
            let most = factor.div_ceil(usize::from(zones));
            // A zone that has no servers left can't take its turn.
            let full = factor > usize::from(count / zones) * usize::from(zones);
            assert!(full || of_zone.values().all(|copies| *copies <= most), "{of_zone:?}");
        }
    }
}

#[test]
fn a_zone_with_too_few_servers_does_not_stop_the_others() {
    let servers = [(1, 0), (2, 0), (3, 0), (4, 0), (5, 1)].map(|(server, zone)| (ServerId(server), ZoneId(zone)));
    let ring = Ring::new(RingSettings::default(), servers);
    for shard in 0..64 {
        assert!(ring.members(shard, 2).contains(&ServerId(5)), "the only server of its zone has every shard");
        assert_eq!(ring.members(shard, 4).len(), 4);
        assert_eq!(ring.members(shard, 9).len(), 5);
    }
    assert!(ring.members(0, 0).is_empty());
    assert!(Ring::new(RingSettings::default(), []).members(0, 3).is_empty());
}

#[test]
fn a_new_server_changes_lists_only_by_joining_them() {
    let (before, after) = (ring(9, 1), ring(10, 1));
    for shard in 0..64 {
        let (old, mut new) = (before.members(shard, 3), after.members(shard, 3));
        new.retain(|server| *server != ServerId(10));
        assert_eq!(new, old[..new.len()], "without zones even the order is kept");
    }
    let moved = joined(&before, &after, 3).iter().filter(|servers| !servers.is_empty()).count();
    // 3 of 10 servers' worth of 64 lists: 19.2 on average.
    assert!((13..=28).contains(&moved), "{moved}");
}

#[test]
fn with_zones_too_only_the_new_server_gets_copies() {
    let fresh = BTreeSet::from([ServerId(12)]);
    for (zones, factor) in [(3, 2), (3, 3), (3, 5), (4, 3), (2, 4)] {
        let joined = joined(&ring(11, zones), &ring(12, zones), factor);
        assert!(joined.iter().all(|servers| servers.is_empty() || *servers == fresh), "{zones} {factor}");
        let moved = joined.iter().filter(|servers| !servers.is_empty()).count();
        let fair = 64 * factor / 12;
        assert!((fair / 2..=fair * 3 / 2).contains(&moved), "{moved} moved, {fair} would be fair: {zones} {factor}");
    }
}

#[test]
fn a_server_that_leaves_is_replaced_where_it_was_and_nowhere_else() {
    for zones in [1, 3] {
        let before = ring(10, zones);
        let after = Ring::new(before.settings, servers(10, zones).into_iter().filter(|(id, _)| *id != ServerId(4)));
        for (shard, joined) in (0..64).zip(joined(&before, &after, 3)) {
            let had_a_copy = before.members(shard, 3).contains(&ServerId(4));
            assert_eq!(joined.len(), usize::from(had_a_copy));
            assert!(had_a_copy || before.members(shard, 3) == after.members(shard, 3));
        }
    }
}

#[test]
fn the_same_servers_give_the_same_ring_in_any_order_and_on_every_target() {
    let mut reversed = servers(9, 3);
    reversed.reverse();
    assert_eq!(Ring::new(RingSettings::default(), reversed), ring(9, 3));
    // Written down, so that a change of the hashing, which would move everybody's files, is noticed.
    let settings = RingSettings::default();
    assert_eq!(["notes.txt", "", "w0001.txt"].map(|name| settings.shard_of(name)), [3, 48, 54]);
    assert_eq!(ring(9, 3).members(7, 3), [1, 8, 3].map(ServerId));
}

#[test]
fn settings_of_zero_count_as_one() {
    let settings = RingSettings { shards: 0, virtual_nodes: 0 };
    assert_eq!((settings.shard_of("a"), settings.position_of(7)), (0, 0));
    let ring = Ring::new(settings, servers(3, 1));
    assert_eq!(ring.members(65_535, 3).len(), 3);
    assert_eq!(ring.virtual_nodes().count(), 3);
    assert_eq!(RingSettings::default().position_of(16), 1 << 62);
}

#[test]
fn a_ring_of_other_servers_is_the_same_as_one_that_is_made_anew() {
    let settings = RingSettings { shards: 200, virtual_nodes: 32 };
    let all = servers(12, 4);
    let without = |left_out: &[u16]| all.iter().copied().filter(|(server, _)| !left_out.contains(&server.0)).collect();
    let mut ring = Ring::new(settings, all.iter().copied());
    for left_out in [&[3_u16, 7][..], &[7, 12], &[], &[1, 2, 4, 5, 6, 8, 9, 10, 11]] {
        let servers: Vec<(ServerId, ZoneId)> = without(left_out);
        ring = ring.with_servers(servers.iter().copied());
        assert_eq!(ring, Ring::new(settings, servers), "without {left_out:?}");
    }
    let elsewhere = all.iter().map(|(server, zone)| (*server, ZoneId(zone.0 + 1)));
    assert_eq!(ring.with_servers(elsewhere.clone()), Ring::new(settings, elsewhere), "all in other zones");
}
