//! The built-in scenarios: a cluster, its policy, what is in it at first, and what it is about.

use std::sync::{Arc, LazyLock};

use super::TimedCommand;
use crate::replication::{Acks, Policy};
use crate::sim::{Content, ServerId};
use crate::world::{Command, Placement, WorldSettings};

/// A scenario: what a run begins with, and what is planned for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scenario {
    /// Its short name in links and on the command line.
    pub slug: String,
    /// Its title.
    pub title: String,
    /// What it is about, in one to three sentences.
    pub story: String,
    /// One sentence that asks for one action.
    pub invitation: String,
    /// How its world is set up.
    pub settings: WorldSettings,
    /// The files that are written before the learner enters: name, content and placement.
    pub files: Vec<(String, Content, Placement)>,
    /// What happens by itself. The times count from when the learner enters.
    pub plan: Vec<TimedCommand>,
}

const NOTES: &str = "Three servers keep this note. Each of them has a copy.\n";
const DRAFT: &str = "Only one server keeps this draft. There is no other copy.\n";
const DRAFT_FILE: (&str, &str, Placement) = ("draft.txt", DRAFT, Placement::OneServer(ServerId(1)));
const NOTES_FILE: (&str, &str, Placement) = ("notes.txt", NOTES, Placement::EveryServer);

/// The data of a built-in scenario.
struct BuiltIn {
    slug: &'static str,
    title: &'static str,
    story: &'static str,
    invitation: &'static str,
    servers: u16,
    acks: Acks,
    window: usize,
    files: &'static [(&'static str, &'static str, Placement)],
}

static BUILT_IN: [BuiltIn; 5] = [
    BuiltIn {
        slug: "three-copies",
        title: "Three copies, and one",
        story: "Three servers run. notes.txt has a copy on each of them; draft.txt has one copy, on S1. \
                S1 is the primary: it gets all the updates and sends them to its replicas.",
        invitation: "Click S1 and kill it: which of the two files survives?",
        servers: 3,
        acks: Acks::All,
        window: 1,
        files: &[NOTES_FILE, DRAFT_FILE],
    },
    BuiltIn {
        slug: "ack-none",
        title: "Told ok too early",
        story: "Here the client is told ok as soon as the primary alone has the update on disk. \
                The replicas get it a little later.",
        invitation: "Write notes.txt twice in a row and kill S1 as soon as the client is told ok: the second update still waits.",
        servers: 3,
        acks: Acks::None,
        window: 1,
        files: &[NOTES_FILE],
    },
    BuiltIn {
        slug: "ack-one",
        title: "One ack is enough",
        story: "The client is told ok as soon as one of the two replicas has the update on disk, beside the primary. \
                A slow replica no longer holds it up, and any one disk can be lost.",
        invitation: "Cut the link between S1 and S3, write a file, and see that the client is told ok all the same.",
        servers: 3,
        acks: Acks::Count(1),
        window: 1,
        files: &[NOTES_FILE],
    },
    BuiltIn {
        slug: "ack-all-window",
        title: "A wider window",
        story: "Up to four updates may be under way at once: they no longer wait for each other's acks. \
                The client is still told ok only when all in-sync replicas have its update on disk.",
        invitation: "Write several files quickly and watch the updates follow each other along the links.",
        servers: 3,
        acks: Acks::All,
        window: 4,
        files: &[NOTES_FILE],
    },
    BuiltIn {
        slug: "one-copy",
        title: "One copy, one server",
        story: "One server keeps one copy of each file: the server is a single point of failure.",
        invitation: "Click S1 and kill it: no other disk has the file.",
        servers: 1,
        acks: Acks::All,
        window: 1,
        files: &[DRAFT_FILE],
    },
];

static SCENARIOS: LazyLock<Vec<Arc<Scenario>>> =
    LazyLock::new(|| BUILT_IN.iter().map(|built_in| Arc::new(built_in.scenario())).collect());

impl BuiltIn {
    fn scenario(&self) -> Scenario {
        let policy = Policy { acks: self.acks, window: self.window, ..Policy::default() };
        let file = |(name, text, placement): &(&str, &str, Placement)| {
            ((*name).to_owned(), Content::new(text.as_bytes()), *placement)
        };
        Scenario {
            slug: self.slug.to_owned(),
            title: self.title.to_owned(),
            story: self.story.to_owned(),
            invitation: self.invitation.to_owned(),
            settings: WorldSettings { policy, ..WorldSettings::with_servers(self.servers) },
            files: self.files.iter().map(file).collect(),
            plan: Vec::new(),
        }
    }
}

impl Scenario {
    /// All built-in scenarios; the first is the one that the page opens with.
    #[must_use]
    pub fn all() -> &'static [Arc<Self>] {
        &SCENARIOS
    }

    /// The scenario with this slug.
    #[must_use]
    pub fn by_slug(slug: &str) -> Option<&'static Arc<Self>> {
        SCENARIOS.iter().find(|scenario| scenario.slug == slug)
    }

    /// Its short name in links and on the command line.
    #[must_use]
    pub fn slug(&self) -> &str {
        &self.slug
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// What it is about, in one to three sentences.
    #[must_use]
    pub fn story(&self) -> &str {
        &self.story
    }

    /// One sentence that asks for one action.
    #[must_use]
    pub fn invitation(&self) -> &str {
        &self.invitation
    }

    /// The writes that fill its cluster before the learner enters.
    pub fn opening(&self) -> impl Iterator<Item = Command> + '_ {
        self.files.iter().map(|(file, content, placement)| Command::Write {
            file: file.clone(),
            content: content.clone(),
            placement: *placement,
        })
    }
}
