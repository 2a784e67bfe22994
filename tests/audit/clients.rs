//! What the audit tells of services, of clients with cut links, and of waits that are too long.

use replicarium::client::ClientSettings;
use replicarium::replication::{Detector, Policy, ServiceMode};
use replicarium::session::{Fault, Harm};
use replicarium::sim::{ClientId, CoordinatorId, NodeId, ServerId, Span};
use replicarium::world::{Command, Placement, ServiceSettings, WorldSettings};

use crate::{COORDINATOR, S1, S2, crash, harmed, kill, pairs, sentences, session_with, singles};

fn cut_off(client: ClientId, server: ServerId) -> Fault {
    Fault::LinkCut { first: NodeId::Client(client), second: NodeId::Server(server) }
}

fn with_service(mode: ServiceMode, servers: &[ServerId]) -> WorldSettings {
    let service = ServiceSettings { name: "web".to_owned(), mode, servers: servers.to_vec() };
    WorldSettings { services: vec![service], ..WorldSettings::with_servers(2) }
}

#[test]
fn the_only_instance_of_a_service_is_a_single_point_of_failure() {
    let report = singles(&session_with(with_service(ServiceMode::ActiveStandby, &[S1]), &[]));
    assert_eq!(harmed(&report, &[crash(S1)], Harm::StopsService), ["web"], "{:#?}", sentences(&report));
    assert!(sentences(&report).contains(&"Crashing S1 stops the service web: its only instance is down."));
    assert!(!report.survived.contains(&kill(S1)) && !report.survived.contains(&crash(S1)));
    assert!(report.survived.contains(&kill(S2)) && report.survived.contains(&crash(S2)));
    // Nobody has called it yet, and only the coordinator can tell whom to call.
    let coordinator = Fault::CoordinatorCrash { node: COORDINATOR };
    assert_eq!(harmed(&report, &[coordinator], Harm::StopsService), ["web"]);
    let json = serde_json::to_value(&report).expect("a report is plain data");
    assert_eq!(json["findings"][0]["harms"][0]["harm"], "stops-service");
}

#[test]
fn a_second_instance_removes_the_single_point_of_failure() {
    for mode in [ServiceMode::ActiveStandby, ServiceMode::ActiveActive] {
        let report = pairs(&session_with(with_service(mode, &[S1, S2]), &[]));
        assert!(harmed(&report, &[crash(S1)], Harm::StopsService).is_empty(), "{:#?}", sentences(&report));
        assert!(harmed(&report, &[crash(S2)], Harm::StopsService).is_empty());
        assert_eq!(harmed(&report, &[crash(S1), crash(S2)], Harm::StopsService), ["web"]);
        let of_file = sentences(&report).into_iter().find(|sentence| sentence.contains("a new file"));
        assert_eq!(of_file, None, "there is no file, and nobody has asked about one");
    }
}

#[test]
fn a_cut_link_of_a_client_is_judged_by_that_client() {
    let settings = WorldSettings { clients: vec![ClientSettings::default(); 2], ..WorldSettings::with_servers(3) };
    let report = singles(&session_with(settings, &[("notes.txt", Placement::EveryServer)]));
    for client in [ClientId(1), ClientId(2)] {
        let cut = cut_off(client, S1);
        let finding = report.findings.iter().find(|finding| finding.faults == [cut]).expect("S1 is the primary");
        assert!(finding.harms.iter().all(|done| done.client == Some(client)), "{finding:#?}");
        assert_eq!(harmed(&report, &[cut], Harm::StopsReads), ["notes.txt"]);
        assert_eq!(harmed(&report, &[cut], Harm::StopsWrites), ["notes.txt"]);
        assert!(report.survived.contains(&cut_off(client, S2)));
    }
    assert!(sentences(&report).contains(
        &"Cutting the link between C2 and S1 stops reads and writes of notes.txt for C2: C2 can't reach S1, which has \
          to answer."
    ));
    // The first client has written the file and knows the primary; the second one has yet to ask for it.
    let to_coordinator = |client| Fault::LinkCut { first: NodeId::Client(client), second: COORDINATOR.into() };
    assert!(report.survived.contains(&to_coordinator(ClientId(1))));
    assert_eq!(harmed(&report, &[to_coordinator(ClientId(2))], Harm::StopsReads), ["notes.txt"]);
}

#[test]
fn a_client_that_is_cut_off_already_does_not_speak_for_the_others() {
    let settings = WorldSettings { clients: vec![ClientSettings::default(); 2], ..WorldSettings::with_servers(3) };
    let mut session = session_with(settings, &[("notes.txt", Placement::EveryServer)]);
    let cut = Command::CutLink { first: NodeId::Client(ClientId(1)), second: S1.into() };
    session.apply(cut).expect("the link is there");
    let report = singles(&session);
    assert!(!report.already.is_empty());
    assert!(report.already.iter().all(|done| done.client == Some(ClientId(1))), "{:#?}", report.already);
    let coordinator = Fault::CoordinatorCrash { node: COORDINATOR };
    assert_eq!(harmed(&report, &[coordinator], Harm::StopsReads), ["notes.txt"], "the second client has yet to ask");
    assert!(report.survived.contains(&crash(S1)), "{:#?}", sentences(&report));
}

#[test]
fn a_client_that_hears_of_no_failover_keeps_to_the_old_primary() {
    let report = pairs(&session_with(WorldSettings::with_servers(3), &[("notes.txt", Placement::EveryServer)]));
    assert!(
        sentences(&report).contains(
            &"Crashing S1 together with cutting the link between C1 and the coordinator stops reads and writes of \
              notes.txt for C1: C1 still believes that S1 is the primary, and can't reach the coordinator to find out."
        ),
        "{:#?}",
        sentences(&report)
    );
}

#[test]
fn links_between_coordinators_are_cut_too() {
    let settings = WorldSettings { coordinators: 3, ..WorldSettings::with_servers(3) };
    let report = singles(&session_with(settings, &[("notes.txt", Placement::EveryServer)]));
    let cut =
        |first, second| Fault::LinkCut { first: CoordinatorId(first).into(), second: CoordinatorId(second).into() };
    for link in [cut(1, 2), cut(1, 3), cut(2, 3)] {
        assert!(report.survived.contains(&link), "any two of the three nodes are a majority");
    }
}

#[test]
fn a_cluster_that_has_not_come_to_rest_is_not_said_to_survive() {
    let policy = Policy { detector: Detector::TimeOut { after: Span::from_millis(86_400_000) }, ..Policy::default() };
    let settings = WorldSettings { policy, ..WorldSettings::with_servers(3) };
    let session = session_with(settings, &[("notes.txt", Placement::EveryServer)]);
    let begun = std::time::Instant::now();
    let report = singles(&session);
    assert!(begun.elapsed().as_secs() < 60, "a day of virtual time for each case would take longer");
    assert_eq!(report.survived, []);
    assert!(report.unsettled.contains(&kill(S2)));
    assert!(report.notes[0].contains("judged after 60 s"), "{:?}", report.notes);
    // Nobody notices within the time that is given that the primary is gone.
    assert_eq!(harmed(&report, &[crash(S1)], Harm::StopsReads), ["notes.txt"]);
}

#[test]
fn a_client_that_waits_for_long_is_not_waited_for() {
    let patient = ClientSettings { time_out: Span::from_millis(86_400_000), ..ClientSettings::default() };
    let settings = WorldSettings { clients: vec![patient], ..WorldSettings::with_servers(1) };
    let report = singles(&session_with(settings, &[("notes.txt", Placement::EveryServer)]));
    assert_eq!(harmed(&report, &[crash(S1)], Harm::StopsReads), ["notes.txt"]);
    assert!(report.notes[0].starts_with("Clients wait at most 10 s"), "{:?}", report.notes);
}
