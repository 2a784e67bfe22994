//! The exercises that come with the program.

/// The texts of the built-in exercises by their short names, in the order of the course: lessons first.
macro_rules! texts {
    ($($id:literal),+ $(,)?) => {
        [$(($id, include_str!(concat!("../../exercises/", $id, ".toml")))),+]
    };
}

/// The built-in exercises: their short names and texts, lessons first, in the order of the course.
pub const BUILT_IN: &[(&str, &str)] = &texts![
    "one-copy",
    "redundancy",
    "single-points",
    "failover",
    "primary-and-replicas",
    "the-ack",
    "what-an-ack-means",
    "waiting-for-some",
    "reads-from-replicas",
    "split-brain",
    "zones-fail-together",
    "rot-and-scrubbing",
    "repair",
    "redundancy-for-speed",
    "under-chaos",
    "survive-any-server",
    "survive-any-zone",
    "within-a-budget",
    "through-the-storm",
    "a-quick-standby",
    "no-rotten-read",
    "lose-an-ok",
    "get-a-stale-read",
    "two-primaries-one-cut",
    "serve-rot",
    "stop-all-writes",
    "lose-it-despite-three",
    "which-event-doomed-it",
    "certain-from-when",
    "which-setting",
    "who-lied",
    "what-the-heal-undid",
    "where-it-rotted",
    "what-next",
    "who-is-promoted",
    "what-is-cut-off",
    "which-read-first",
    "whose-ack-is-late",
    "after-the-heal",
];

/// The text of a built-in exercise.
#[must_use]
pub fn text_of(id: &str) -> Option<&'static str> {
    BUILT_IN.iter().find(|(known, _)| *known == id).map(|(_, text)| *text)
}
