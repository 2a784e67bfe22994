//! Finding the scenario that a person names.

use std::sync::Arc;

use anyhow::{Result, bail};
use clap::Args;
use replicarium::session::Scenario;

use crate::run::Length;

/// The seed of a run for which nobody chose one.
pub const USUAL_SEED: u64 = 1;

/// Which scenario is meant, and how it is to be changed.
#[derive(Args)]
pub struct Choice {
    /// A built-in scenario (`replicarium scenarios` lists them).
    pub scenario: String,
}

impl Choice {
    /// The scenario.
    pub fn load(&self) -> Result<Arc<Scenario>> {
        let Some(scenario) = Scenario::by_slug(&self.scenario) else {
            bail!(
                "there is no scenario {:?}, neither built in (`replicarium scenarios` lists those) nor as a file",
                self.scenario
            );
        };
        Ok(Arc::clone(scenario))
    }

    /// The command that repeats a run but for its seed.
    pub fn repeat(&self, length: Length) -> String {
        let mut words = vec!["replicarium run".to_owned(), quoted(&self.scenario)];
        words.extend(length.repeat());
        words.join(" ")
    }
}

/// A word for a shell: in single quotes where it has anything but harmless characters.
fn quoted(word: &str) -> String {
    let is_harmless = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@".contains(letter);
    if !word.is_empty() && word.chars().all(is_harmless) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_shell_stay_one_word() {
        assert_eq!(quoted("three-copies"), "three-copies");
        assert_eq!(quoted("policy.acks=20 ms"), "'policy.acks=20 ms'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
    }
}
