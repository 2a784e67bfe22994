//! The built-in scenarios: a cluster, its policy, what is in it at first, and what it is about.

use crate::replication::{Acks, Policy};
use crate::sim::{Content, ServerId};
use crate::world::{Command, Placement, WorldSettings};

/// A built-in scenario.
#[derive(Debug, PartialEq, Eq)]
pub struct Scenario {
    slug: &'static str,
    title: &'static str,
    story: &'static str,
    invitation: &'static str,
    servers: u16,
    acks: Acks,
    window: usize,
    files: &'static [(&'static str, &'static str, Placement)],
}

const NOTES: &str = "Three servers keep this note. Each of them has a copy.\n";
const DRAFT: &str = "Only one server keeps this draft. There is no other copy.\n";
const DRAFT_FILE: (&str, &str, Placement) = ("draft.txt", DRAFT, Placement::OneServer(ServerId(1)));
const NOTES_FILE: (&str, &str, Placement) = ("notes.txt", NOTES, Placement::EveryServer);

static SCENARIOS: [Scenario; 5] = [
    Scenario {
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
    Scenario {
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
    Scenario {
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
    Scenario {
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
    Scenario {
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

impl Scenario {
    /// All built-in scenarios; the first is the one that the page opens with.
    #[must_use]
    pub fn all() -> &'static [Self] {
        &SCENARIOS
    }

    /// The scenario with this slug.
    #[must_use]
    pub fn by_slug(slug: &str) -> Option<&'static Self> {
        SCENARIOS.iter().find(|scenario| scenario.slug == slug)
    }

    /// Its short name in links and on the command line.
    #[must_use]
    pub fn slug(&self) -> &'static str {
        self.slug
    }

    /// Its title.
    #[must_use]
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// What it is about, in one to three sentences.
    #[must_use]
    pub fn story(&self) -> &'static str {
        self.story
    }

    /// One sentence that asks for one action.
    #[must_use]
    pub fn invitation(&self) -> &'static str {
        self.invitation
    }

    /// The settings of its world.
    #[must_use]
    pub fn settings(&self) -> WorldSettings {
        let policy = Policy { acks: self.acks, window: self.window, ..Policy::default() };
        WorldSettings { policy, ..WorldSettings::with_servers(self.servers) }
    }

    /// The writes that fill its cluster before the learner enters.
    pub fn opening(&self) -> impl Iterator<Item = Command> + '_ {
        self.files.iter().map(|(file, text, placement)| Command::Write {
            file: (*file).to_owned(),
            content: Content::new(text.as_bytes()),
            placement: *placement,
        })
    }
}
