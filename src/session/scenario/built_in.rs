//! The scenarios that come with the program, from the files in `scenarios/`.

use std::sync::{Arc, LazyLock};

use super::Scenario;

macro_rules! files {
    ($($slug:literal),+ $(,)?) => {
        [$(($slug, include_str!(concat!("../../../scenarios/", $slug, ".toml")))),+]
    };
}

/// In the order in which they are offered.
static FILES: [(&str, &str); 30] = files![
    "three-copies",
    "at-work",
    "ack-none",
    "ack-one",
    "ack-all-window",
    "one-copy",
    "slow-disk",
    "semi-sync",
    "min-in-sync",
    "ack-in-memory",
    "paused-primary",
    "split-brain",
    "by-hand",
    "skewed-lease",
    "rot-unseen",
    "rot-caught",
    "scrub",
    "disk-full",
    "twice",
    "lossy-links",
    "stale-reads",
    "read-spread",
    "ring-repair",
    "add-server",
    "zone-outage-repair",
    "lone-coordinator",
    "three-coordinators",
    "active-standby",
    "active-active",
    "stormy-weather",
];

static SCENARIOS: LazyLock<Vec<Arc<Scenario>>> = LazyLock::new(|| {
    // A test reads each of them, so that none is left out here.
    FILES.iter().filter_map(|(slug, text)| Scenario::parse(slug, text).ok()).map(Arc::new).collect()
});

/// All built-in scenarios.
pub(super) fn all() -> &'static [Arc<Scenario>] {
    &SCENARIOS
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_file_is_a_scenario() {
        for (slug, text) in FILES {
            let parsed = Scenario::parse(&format!("scenarios/{slug}.toml"), text);
            assert_eq!(parsed.map(|scenario| scenario.slug).map_err(|error| error.to_string()), Ok(slug.to_owned()));
        }
        assert_eq!(all().len(), FILES.len());
    }

    #[test]
    fn every_one_reads_back_from_its_text() {
        for scenario in all() {
            let read = Scenario::parse(&scenario.file_name(), &scenario.to_toml()).unwrap();
            assert_eq!(read, **scenario, "{}", scenario.slug);
        }
    }

    #[test]
    fn what_was_set_over_a_text_is_told_at_its_head() {
        let set = all()[0].set("policy.acks", "none").unwrap();
        let text = set.to_toml();
        assert!(text.contains("#   --set 'policy.acks=none'\n"), "{text}");
        let read = Scenario::parse(&set.file_name(), &text).unwrap();
        assert_eq!(read.settings, all()[0].settings, "it is a comment");
    }
}
