//! Finding the scenario that a person names.

use std::fs;
use std::io::Read as _;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use replicarium::session::{Override, SCENARIO_SIZE_LIMIT_BYTES, Scenario};

use crate::run::Length;

/// Which scenario is meant, and how it is to be changed.
#[derive(Args)]
pub struct Choice {
    /// A built-in scenario (`replicarium scenarios` lists them), a file in TOML, or `-` for the standard input.
    pub scenario: String,
    /// Change a setting of the scenario, as in `policy.acks=none`; may be given several times.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
}

impl Choice {
    /// The scenario.
    pub fn load(&self) -> Result<Arc<Scenario>> {
        let overrides = self.set.iter().map(|setting| parse_override(setting)).collect::<Result<Vec<_>>>()?;
        let built_in = Scenario::by_slug(&self.scenario);
        if let (Some(scenario), true) = (built_in, overrides.is_empty()) {
            return Ok(Arc::clone(scenario));
        }
        let scenario = match built_in {
            Some(scenario) => Scenario::parse_with(&scenario.file_name(), &scenario.source, &overrides)?,
            None => Scenario::parse_with(&self.file_name(), &self.read()?, &overrides)?,
        };
        Ok(Arc::new(scenario))
    }

    fn is_standard_input(&self) -> bool {
        self.scenario == "-"
    }

    fn file_name(&self) -> String {
        if self.is_standard_input() { "standard input".to_owned() } else { self.scenario.clone() }
    }

    fn read(&self) -> Result<String> {
        // One byte more than a scenario may have is enough to refuse it.
        let limit = SCENARIO_SIZE_LIMIT_BYTES as u64 + 1;
        let mut bytes = Vec::new();
        if self.is_standard_input() {
            std::io::stdin().take(limit).read_to_end(&mut bytes).context("the standard input can't be read")?;
        } else {
            let file = match fs::File::open(&self.scenario) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(
                    "there is no scenario {:?}, neither built in (`replicarium scenarios` lists those) nor as a file",
                    self.scenario
                ),
                opened => opened,
            };
            let read = file.and_then(|file| file.take(limit).read_to_end(&mut bytes));
            read.with_context(|| format!("the scenario {} can't be read", self.scenario))?;
        }
        String::from_utf8(bytes).with_context(|| format!("the scenario in {} is no text", self.file_name()))
    }

    /// The command that repeats a run but for its seed.
    pub fn repeat(&self, length: Length) -> String {
        let mut words = vec!["replicarium run".to_owned(), quoted(&self.scenario)];
        words.extend(self.set.iter().map(|setting| format!("--set {}", quoted(setting))));
        words.extend(length.repeat());
        words.join(" ")
    }
}

fn parse_override(setting: &str) -> Result<Override> {
    match setting.split_once('=') {
        Some((key, value)) if !key.trim().is_empty() => {
            Ok(Override { key: key.trim().to_owned(), value: value.trim().to_owned() })
        }
        _ => bail!("--set expects a key and a value, as in policy.acks=none, not {setting:?}"),
    }
}

/// A word for a shell: in single quotes where it has anything but harmless characters.
pub fn quoted(word: &str) -> String {
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

    #[test]
    fn a_setting_has_a_key_and_a_value() {
        let set = parse_override("policy.detector.after = 20 ms").unwrap();
        assert_eq!((set.key.as_str(), set.value.as_str()), ("policy.detector.after", "20 ms"));
        assert!(parse_override("policy.acks").is_err() && parse_override("=none").is_err());
    }
}
