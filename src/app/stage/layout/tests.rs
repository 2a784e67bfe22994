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
