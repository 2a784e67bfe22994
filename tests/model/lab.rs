//! A world to try things in.

use replicarium::check::{CopyHealth, Verdict};
use replicarium::sim::{Content, CoordinatorId, NodeId, ServerId, Span};
use replicarium::world::{
    Command, Event, EventKind, OutcomeView, Placement, ReadFrom, ServerView, World, WorldSettings,
};

pub const S1: ServerId = ServerId(1);
pub const S2: ServerId = ServerId(2);
pub const S3: ServerId = ServerId(3);
pub const COORDINATOR: NodeId = NodeId::Coordinator(CoordinatorId(1));

/// A world and all its events.
pub struct Lab {
    pub world: World,
    pub events: Vec<Event>,
}

impl Lab {
    /// Three servers that have been up for a while, set up as `change` says.
    pub fn new(change: impl FnOnce(&mut WorldSettings)) -> Self {
        let mut settings = WorldSettings::default();
        change(&mut settings);
        let mut lab = Self { world: World::new(settings, 5), events: Vec::new() };
        lab.run(100);
        lab
    }

    pub fn run(&mut self, milliseconds: u64) {
        self.world.advance(self.world.now() + Span::from_millis(milliseconds));
        self.events.extend(self.world.take_events());
    }

    pub fn give(&mut self, command: Command) {
        self.world.apply(command).expect("the command can be carried out");
    }

    pub fn write(&mut self, file: &str, text: &str, placement: Placement) {
        self.give(Command::Write { file: file.to_owned(), content: Content::new(text.as_bytes()), placement });
    }

    /// Writes a file to every server and waits for the outcome.
    pub fn written(&mut self, file: &str, text: &str) -> OutcomeView {
        self.write(file, text, Placement::EveryServer);
        self.run(900);
        self.last_outcome()
    }

    pub fn last_outcome(&self) -> OutcomeView {
        self.world.view().operations.last().expect("an operation").outcome.clone()
    }

    pub fn read(&mut self, file: &str, from: ReadFrom) -> OutcomeView {
        self.give(Command::Read { file: file.to_owned(), from });
        self.run(900);
        self.last_outcome()
    }

    pub fn text(&mut self, file: &str, from: ReadFrom) -> String {
        match self.read(file, from) {
            OutcomeView::Ok { content: Some(content), .. } => String::from_utf8_lossy(content.bytes()).into_owned(),
            other => format!("{other:?}"),
        }
    }

    pub fn verdict(&self, file: &str) -> Verdict {
        self.world.ledger().rows.into_iter().find(|row| row.name == file).expect("a row").verdict
    }

    pub fn health(&self, file: &str, server: ServerId) -> CopyHealth {
        let row = self.world.ledger().rows.into_iter().find(|row| row.name == file).expect("a row");
        row.copies.into_iter().find(|(id, _)| *id == server).map_or(CopyHealth::Missing, |(_, health)| health)
    }

    pub fn primary(&self) -> Option<ServerId> {
        self.world.view().coordinator.primary
    }

    pub fn happened(&self, wanted: impl Fn(&EventKind) -> bool) -> bool {
        self.events.iter().any(|event| wanted(&event.kind))
    }

    pub fn story(&self) -> String {
        use replicarium::world::Importance;
        let news = self.events.iter().filter(|event| event.importance() != Importance::Routine);
        news.map(|event| format!("{} {}", event.at, self.world.sentence(event))).collect::<Vec<_>>().join("\n")
    }
}

pub fn is_ok(outcome: &OutcomeView) -> bool {
    matches!(outcome, OutcomeView::Ok { .. })
}

pub fn version(outcome: &OutcomeView) -> Option<u64> {
    match outcome {
        OutcomeView::Ok { version, .. } => version.map(|version| version.0),
        _ => None,
    }
}

/// The servers that have a copy of a file.
pub fn holders(lab: &Lab, file: &str) -> Vec<ServerId> {
    let view = lab.world.view();
    let has = |server: &&ServerView| server.copies.iter().any(|copy| copy.name == file);
    view.servers.iter().filter(has).map(|server| server.id).collect()
}
