//! Placement on the ring.

use replicarium::check::Verdict;
use replicarium::sim::{ServerId, ZoneId};
use replicarium::world::{Command, EventKind, Placement, WorldSettings};
use wasm_bindgen_test::wasm_bindgen_test;

use super::lab::{Lab, S1, holders};

/// Six servers in three zones.
fn six(settings: &mut WorldSettings) {
    settings.servers = [0, 0, 1, 1, 2, 2].map(ZoneId).to_vec();
    settings.policy.window = 8;
}

fn write_ten(lab: &mut Lab) {
    for number in 0..10 {
        lab.write(&format!("f{number}"), "text", Placement::Ring { factor: 3 });
    }
    lab.run(900);
}

#[wasm_bindgen_test(unsupported = test)]
fn files_on_the_ring_have_their_copies_in_different_zones() {
    let mut lab = Lab::new(six);
    write_ten(&mut lab);
    let view = lab.world.view();
    for number in 0..10 {
        let holders = holders(&lab, &format!("f{number}"));
        let mut zones: Vec<ZoneId> =
            view.servers.iter().filter(|server| holders.contains(&server.id)).map(|server| server.zone).collect();
        zones.sort_unstable();
        assert_eq!(zones, [ZoneId(0), ZoneId(1), ZoneId(2)], "f{number}: {}", lab.story());
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn the_copies_of_a_lost_server_are_made_anew_and_trimmed_when_it_returns() {
    let mut lab = Lab::new(six);
    write_ten(&mut lab);
    let before: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    lab.give(Command::Kill { server: S1 });
    lab.run(6_000);
    for number in 0..10 {
        assert_eq!(holders(&lab, &format!("f{number}")).len(), 3, "f{number}: {}", lab.story());
        assert_eq!(lab.verdict(&format!("f{number}")), Verdict::Safe);
    }
    lab.give(Command::Restart { server: S1 });
    lab.run(8_000);
    let after: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    assert_eq!(after, before, "all is as before: {}", lab.story());
}

#[wasm_bindgen_test(unsupported = test)]
fn adding_and_removing_a_server_moves_only_what_must_move() {
    let mut lab = Lab::new(six);
    write_ten(&mut lab);
    let before: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    lab.give(Command::AddServer { zone: Some(ZoneId(0)) });
    lab.run(8_000);
    let moved: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    for (old, new) in before.iter().zip(&moved) {
        assert_eq!(new.len(), 3, "{}", lab.story());
        assert!(old == new || new.contains(&ServerId(7)), "only the new server gets copies: {old:?} {new:?}");
    }
    lab.give(Command::RemoveServer { server: ServerId(7) });
    lab.run(8_000);
    let after: Vec<Vec<ServerId>> = (0..10).map(|number| holders(&lab, &format!("f{number}"))).collect();
    assert!(lab.happened(|kind| matches!(kind, EventKind::ServerRemoved { server: ServerId(7) })), "{}", lab.story());
    assert_eq!(after, before, "{}", lab.story());
}
