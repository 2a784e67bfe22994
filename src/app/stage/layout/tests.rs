use super::*;

const ALONE: Strip = Strip { clients: 1, coordinators: 1 };

fn guests(servers: u16, zones: u8) -> Vec<Guest> {
    (0..servers)
        .map(|index| Guest {
            id: ServerId(index + 1),
            zone: ZoneId(u8::try_from(index).unwrap_or(0) % zones),
            copies: 5,
        })
        .collect()
}

#[test]
fn nothing_overlaps_and_all_stays_on_the_stage() {
    for width in [374.0, 480.0, 780.0, 1_200.0] {
        for servers in 1..=9 {
            for zones in 1..=5 {
                for strip in [ALONE, Strip { clients: 3, coordinators: 3 }, Strip { clients: 64, coordinators: 1 }] {
                    let layout = lay_out(&guests(servers, zones), strip, width, 620.0);
                    assert_eq!(layout.servers.len(), usize::from(servers));
                    let nodes = layout.servers.values().chain(layout.coordinators.values());
                    let places: Vec<Rect> = nodes.chain(layout.clients.values()).copied().collect();
                    for (index, one) in places.iter().enumerate() {
                        assert!(
                            one.x >= 0.0 && one.right() <= width && one.bottom() <= layout.height,
                            "{one:?} of {servers} servers in {zones} zones, {strip:?}, {width} wide"
                        );
                        assert!(places[index + 1..].iter().all(|other| !one.overlaps(other)));
                    }
                }
            }
        }
    }
}

#[test]
fn nine_servers_need_no_scrolling_on_a_desktop_and_keep_their_width_on_a_phone() {
    let mut nine = guests(9, 3);
    for guest in &mut nine {
        guest.copies = 2;
    }
    assert!(lay_out(&nine, ALONE, 806.0, 650.0).height <= 650.0);
    assert!(lay_out(&guests(9, 3), ALONE, 820.0, 630.0).height <= 630.0);
    let phone = lay_out(&guests(9, 3), ALONE, 390.0, 0.0);
    assert!(phone.servers.values().all(|vessel| vessel.width > 152.0));
}

#[test]
fn a_way_runs_from_edge_to_edge() {
    let layout = lay_out(&guests(3, 3), ALONE, 780.0, 620.0);
    let Way { from, to, .. } = layout.way(ServerId(1).into(), ServerId(2).into()).expect("both are on the stage");
    assert!((from.y - layout.servers[&ServerId(1)].bottom()).abs() < 1e-6);
    assert!((to.y - layout.servers[&ServerId(2)].y).abs() < 1e-6);
}

#[test]
fn any_number_of_servers_stands_without_overlap_at_any_size() {
    let sizes = [
        (360.0, 0.0),
        (390.0, 0.0),
        (392.0, 420.0),
        (516.0, 480.0),
        (660.0, 440.0),
        (746.0, 480.0),
        (820.0, 620.0),
        (1_300.0, 800.0),
        (1_940.0, 1_160.0),
    ];
    for (width, height) in sizes {
        for servers in 1..=60 {
            let layout = lay_out(&guests(servers, 3), ALONE, width, height);
            let places: Vec<Rect> = layout.servers.values().chain(layout.coordinators.values()).copied().collect();
            assert_eq!(layout.servers.len(), usize::from(servers));
            for (index, one) in places.iter().enumerate() {
                let is_inside = one.x >= 0.0 && one.right() <= layout.width && one.bottom() <= layout.height;
                assert!(is_inside, "{servers} servers, {width} by {height}: {one:?}");
                assert!(places[index + 1..].iter().all(|other| !one.overlaps(other)), "{servers}, {width} by {height}");
            }
        }
    }
}

#[test]
fn a_big_screen_has_a_bigger_stage_and_many_servers_are_boxes_or_cells() {
    assert!(lay_out(&guests(3, 3), ALONE, 1_940.0, 1_160.0).scale > 1.2);
    assert!((lay_out(&guests(3, 3), ALONE, 820.0, 620.0).scale - 1.0).abs() < 1e-9);
    let density = |servers: u16| lay_out(&guests(servers, 3), ALONE, 820.0, 640.0).density;
    assert_eq!(
        [density(3), density(12), density(50), density(300)],
        [Density::Full, Density::Full, Density::Compact, Density::Heat]
    );
    assert_eq!(lay_out(&guests(12, 3), ALONE, 392.0, 417.0).density, Density::Compact);
}

#[test]
fn a_link_goes_round_the_server_between_its_ends() {
    let layout = lay_out(&guests(3, 1), ALONE, 820.0, 620.0);
    let (first, third) = (ServerId(1).into(), ServerId(3).into());
    let way = layout.way(first, third).expect("both are on the stage");
    assert!(!layout.is_blocked(first, third));
    assert!(way.samples().all(|(_, at)| !layout.is_behind_another(at, first, third)));
}

#[test]
fn what_was_moved_stays_within_its_zone_and_covers_nothing() {
    use crate::app::stage::arrangement::Move;
    let before = lay_out(&guests(6, 3), ALONE, 820.0, 640.0);
    let mut wishes = Wishes::default();
    wishes.arrangement.take(Move::Server(ServerId(2), Point { x: 4_000.0, y: -900.0 }), &before);
    wishes.arrangement.take(Move::Zones(ZoneId(0), ZoneId(2)), &before);
    let after = lay_out_with(&guests(6, 3), ALONE, 820.0, 640.0, &wishes);
    assert_eq!(after.zones[0].0, ZoneId(2));
    let (_, zone) = after.zones.iter().find(|(zone, _)| *zone == ZoneId(1)).expect("it is there");
    let moved = after.servers[&ServerId(2)];
    assert_eq!(moved.kept_in(zone), moved);
    assert!(!after.servers.iter().any(|(id, rect)| *id != ServerId(2) && rect.overlaps(&moved)));
    wishes.arrangement.take(Move::Reset, &after);
    assert_eq!(lay_out_with(&guests(6, 3), ALONE, 820.0, 640.0, &wishes), before);
}
