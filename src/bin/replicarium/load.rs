//! Finding the scenario that a person names.

use std::fmt::Write as _;
use std::fs;
use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use replicarium::session::{OVERRIDES_LIMIT, Override, SCENARIO_SIZE_LIMIT_BYTES, Scenario, setting_from_line};
use replicarium::text;

use crate::run::Length;
use crate::suggest;

/// Which scenario is meant, and how it is to be changed.
#[derive(Args)]
pub struct Choice {
    /// A built-in scenario (`replicarium scenarios` lists them), a file in TOML, or `-` for the standard input.
    pub scenario: String,
    /// Change a setting of the scenario, as in `policy.acks=none`, `acks=1` or "fencing off"; may be given several times.
    #[arg(long, value_name = "KEY=VALUE")]
    pub set: Vec<String>,
    /// Run what the scenario's invitation asks for: the number of one of its variations, or how its title begins
    /// (`replicarium scenarios` lists those of the built-in ones).
    #[arg(long = "try", value_name = "WHICH")]
    pub variation: Option<String>,
}

impl Choice {
    /// The scenario.
    pub fn load(&self) -> Result<Arc<Scenario>> {
        let scenario = self.unvaried()?;
        match &self.variation {
            None => Ok(scenario),
            Some(wanted) => varied(&scenario, wanted),
        }
    }

    fn unvaried(&self) -> Result<Arc<Scenario>> {
        let overrides = self.overrides()?;
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

    /// A scenario that was read already, with the settings of this choice.
    pub fn change(&self, read: &Arc<Scenario>) -> Result<Arc<Scenario>> {
        let overrides = self.overrides()?;
        if overrides.is_empty() {
            return Ok(Arc::clone(read));
        }
        Ok(Arc::new(Scenario::parse_with(&self.file_name(), &read.source, &overrides)?))
    }

    fn overrides(&self) -> Result<Vec<Override>> {
        if self.set.len() > OVERRIDES_LIMIT {
            bail!("--set is given {} times; expected at most {OVERRIDES_LIMIT}", self.set.len());
        }
        self.set.iter().map(|setting| parse_override(setting)).collect()
    }

    /// The file that the scenario is read from, if it is one.
    pub fn path(&self) -> Option<&Path> {
        let is_file = !self.is_standard_input() && Scenario::by_slug(&self.scenario).is_none();
        is_file.then(|| Path::new(&self.scenario))
    }

    fn is_standard_input(&self) -> bool {
        self.scenario == "-"
    }

    fn file_name(&self) -> String {
        if self.is_standard_input() { "standard input".to_owned() } else { self.scenario.clone() }
    }

    /// What is read, for complaints about it.
    fn source(&self) -> String {
        if self.is_standard_input() {
            "the standard input".to_owned()
        } else {
            format!("the scenario {}", text::quoted(&self.scenario))
        }
    }

    fn unknown(&self) -> String {
        let name = text::quoted(&self.scenario);
        let known = Scenario::all().iter().map(|scenario| scenario.slug());
        let meant = suggest::nearest(&self.scenario, known).map(|meant| format!("; did you mean {meant}?"));
        format!(
            "there is no scenario {name}, neither built in (`replicarium scenarios` lists those) nor as a file{}",
            meant.unwrap_or_default()
        )
    }

    fn read(&self) -> Result<String> {
        // One byte more than a scenario may have is enough to refuse it.
        let limit = SCENARIO_SIZE_LIMIT_BYTES as u64 + 1;
        let mut bytes = Vec::new();
        if self.is_standard_input() {
            let read = std::io::stdin().take(limit).read_to_end(&mut bytes);
            read.with_context(|| format!("{} can't be read", self.source()))?;
        } else {
            let file = match fs::File::open(&self.scenario) {
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => bail!(self.unknown()),
                opened => opened,
            };
            let read = file.and_then(|file| file.take(limit).read_to_end(&mut bytes));
            read.with_context(|| format!("{} can't be read", self.source()))?;
        }
        if bytes.len() > SCENARIO_SIZE_LIMIT_BYTES {
            bail!(
                "{} has more than {SCENARIO_SIZE_LIMIT_BYTES} bytes, which is the most a scenario may have",
                self.source()
            );
        }
        String::from_utf8(bytes).with_context(|| format!("{} is not text", self.source()))
    }

    /// The command that repeats a run but for its seed.
    pub fn repeat(&self, length: Length) -> String {
        let mut words = vec!["replicarium run".to_owned(), quoted(&self.scenario)];
        words.extend(self.set.iter().map(|setting| format!("--set {}", quoted(setting))));
        words.extend(self.variation.iter().map(|wanted| format!("--try {}", quoted(wanted))));
        words.extend(length.repeat());
        words.join(" ")
    }
}

fn parse_override(setting: &str) -> Result<Override> {
    let expected = || format!("--set expects a key and a value, as in policy.acks=none, not {}", text::quoted(setting));
    // A key with a point or a bracket is the whole name of a setting; all else is read as the page reads it.
    let is_whole = setting.split_once('=').is_some_and(|(key, _)| key.contains(['.', '[']));
    let loose = if is_whole { None } else { setting_from_line(setting) };
    loose.or_else(|| Override::from_line(setting)).with_context(expected)
}

/// A scenario with the variation on that a person names.
pub fn varied(scenario: &Scenario, wanted: &str) -> Result<Arc<Scenario>> {
    let number = find_try(scenario, wanted)?;
    Ok(Arc::new(scenario.varied(Some(number))?))
}

/// The number of the variation that a person names by its number or by the beginning of its title.
fn find_try(scenario: &Scenario, wanted: &str) -> Result<usize> {
    let titles = || scenario.tries.iter().map(|one| one.title.as_str());
    if let Ok(number) = wanted.parse::<usize>() {
        if (1..=scenario.tries.len()).contains(&number) {
            return Ok(number);
        }
    } else {
        let wanted = wanted.to_lowercase();
        let begins = |title: &str| !wanted.is_empty() && title.to_lowercase().starts_with(&wanted);
        let found: Vec<usize> =
            (1..).zip(titles()).filter(|(_, title)| begins(title)).map(|(number, _)| number).collect();
        if let [number] = found[..] {
            return Ok(number);
        }
    }
    let there: Vec<String> = (1..).zip(titles()).map(|(number, title)| format!("{number} ({title})")).collect();
    let wanted = text::quoted(wanted);
    if there.is_empty() {
        bail!("--try {wanted}: the scenario {} has nothing to try", text::quoted(scenario.slug()));
    }
    bail!("--try {wanted} names none of its variations or several of them: {}", there.join(", "))
}

/// A word for a shell: in single quotes where it has anything but plain characters, and as bash, zsh and ksh write what
/// can't be shown.
pub fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "-_./=:,+@".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    if word.chars().all(text::is_harmless) {
        return format!("'{}'", word.replace('\'', r"'\''"));
    }
    let mut quoted = "$'".to_owned();
    for letter in word.chars() {
        // Writing to a string does not fail.
        let _ = match letter {
            '\'' | '\\' => write!(quoted, "\\{letter}"),
            letter if text::is_harmless(letter) => write!(quoted, "{letter}"),
            letter => write!(quoted, "\\U{:08x}", u32::from(letter)),
        };
    }
    quoted.push('\'');
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_a_shell_stay_one_word() {
        assert_eq!(quoted("three-copies"), "three-copies");
        assert_eq!(quoted("policy.acks=20 ms"), "'policy.acks=20 ms'");
        assert_eq!(quoted("it's"), r"'it'\''s'");
        assert_eq!(quoted("it's\u{1b}[2J\\\u{202e}é"), r"$'it\'s\U0000001b[2J\\\U0000202eé'");
    }

    #[test]
    fn a_setting_has_a_key_and_a_value() {
        let set = parse_override("policy.detector.after = 20 ms").unwrap();
        assert_eq!((set.key.as_str(), set.value.as_str()), ("policy.detector.after", "20 ms"));
        let loose = parse_override("fencing off").unwrap();
        assert_eq!((loose.key.as_str(), loose.value.as_str()), ("policy.fencing", "false"));
        let loose = parse_override("acks = 1").unwrap();
        assert_eq!((loose.key.as_str(), loose.value.as_str()), ("policy.acks", "1"));
        assert!(parse_override("policy.acks").is_err() && parse_override("=none").is_err());
    }
}
