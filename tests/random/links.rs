//! Links of random runs lead to the same trace.

use replicarium::session::{Scenario, Session};
use replicarium::sim::{Content, CoordinatorId, NodeId, Purpose, ServerId, Span, Stream, Streams};
use replicarium::world::{Command, Placement, View};

use super::options::pick;

const COMMANDS: u64 = 40;

fn random_command(stream: &mut Stream, view: &View) -> Command {
    let servers: Vec<ServerId> = view.servers.iter().map(|server| server.id).collect();
    let mut nodes: Vec<NodeId> = servers.iter().copied().map(NodeId::Server).collect();
    nodes.push(NodeId::Coordinator(CoordinatorId(1)));
    let (server, second) = (pick(stream, &servers), pick(stream, &nodes));
    let first = NodeId::Server(server);
    match stream.below(10) {
        0..=3 => {
            let file = pick(stream, &["notes.txt", "more.txt", "third.txt"]).to_owned();
            let text = format!("{} {}", view.now, stream.next_u64());
            Command::Write { file, content: Content::new(text.as_bytes()), placement: Placement::EveryServer }
        }
        4 => Command::Crash { server },
        5 => Command::Kill { server },
        6 => Command::Restart { server },
        7 => Command::CutLink { first, second },
        8 => Command::HealLink { first, second },
        _ => Command::Delete { file: "third.txt".to_owned() },
    }
}

#[test]
fn links_of_random_runs_lead_to_the_same_trace() {
    for seed in 0..30 {
        let mut stream = Streams::new(seed).stream(Purpose::LinkLatency, (u64::MAX, 1));
        let mut session = Session::new(&Scenario::all()[0], seed);
        for _ in 0..COMMANDS {
            let command = random_command(&mut stream, &session.view());
            // A command that can't be carried out as things stand is refused: that is part of the test.
            session.apply(command).ok();
            session.advance(session.now() + Span::from_micros(stream.below(150_000)));
        }
        let reopened = Session::from_link(&session.to_link()).expect("a session's own link opens");
        assert_eq!(reopened.trace_hash(), session.trace_hash(), "seed {seed}");
        for event in session.events() {
            assert!(event.cause.is_none_or(|cause| cause < event.id), "a cause comes before its effect");
            assert!(session.sentence(&event).ends_with(['.', '?']), "every event has its sentence: {event:?}");
        }
    }
}
