//! The fields of a scenario one by one, so that two scenarios can be compared by key.

use toml::de::{DeArray, DeTable, DeValue};

use super::Scenario;
use super::document::{self, Document, Override};
use super::tries::VARIATION;
use crate::replication::{AckWhen, Acks, Failover};

/// The fields that change nothing of a run, and those that are compared as a whole.
const NOT_SETTINGS: [&str; 12] =
    ["version", "title", "teaches", "story", "invitation", "seed", "until", "at", "chaos", "expect", "try", VARIATION];

impl Scenario {
    /// The settings that its text names, with what was set over it: keys such as `policy.acks`, and values as in TOML.
    /// What happens by itself is no setting.
    #[must_use]
    pub fn named_settings(&self) -> Vec<(String, String)> {
        let overrides = self.overrides_in_effect();
        let placed = document::place(&self.source, &overrides);
        let file = self.file_name();
        let mut settings = Vec::new();
        // It was read before, so it can be read again.
        if let Ok(document) = Document::parse(&file, &self.source, &overrides, &placed) {
            gather_table(document.root(), "", &mut settings);
        }
        settings.retain(|(key, _)| !NOT_SETTINGS.iter().any(|other| is_under(key, other)));
        settings
    }

    /// What was set over the text, with the settings of the variation in its place.
    fn overrides_in_effect(&self) -> Vec<Override> {
        let varied = || self.tried().map_or_else(Vec::new, |tried| tried.settings.clone());
        let mut overrides = Vec::new();
        if !self.overrides.iter().any(|one| one.key == VARIATION) {
            overrides.extend(varied());
        }
        for one in &self.overrides {
            if one.key == VARIATION { overrides.extend(varied()) } else { overrides.push(one.clone()) }
        }
        overrides
    }

    /// The value of a rule of the policy where no text names it, in the words of a scenario; none for what has no
    /// short one.
    #[must_use]
    pub fn rule(&self, key: &str) -> Option<String> {
        let policy = &self.settings.policy;
        let value = match key {
            "policy.acks" => match policy.acks {
                Acks::None => "none".to_owned(),
                Acks::Count(count) => count.to_string(),
                Acks::All => "all".to_owned(),
            },
            "policy.ack_when" => match policy.ack_when {
                AckWhen::Received => "received",
                AckWhen::InMemory => "in memory",
                AckWhen::OnDisk => "on disk",
                AckWhen::Applied => "applied",
            }
            .to_owned(),
            "policy.failover" => match policy.failover {
                Failover::Automatic => "automatic",
                Failover::Manual => "manual",
            }
            .to_owned(),
            "policy.window" => policy.window.to_string(),
            "policy.min_in_sync" => policy.min_in_sync.to_string(),
            "policy.fencing" => policy.fencing.to_string(),
            "policy.checksums" => policy.checksums.to_string(),
            "policy.log_limit" => policy.log_limit.to_string(),
            "policy.repairs_at_once" => policy.repairs_at_once.to_string(),
            _ => return None,
        };
        Some(value)
    }
}

fn is_under(key: &str, field: &str) -> bool {
    key.strip_prefix(field).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

fn gather_table(table: &DeTable<'_>, outer: &str, settings: &mut Vec<(String, String)>) {
    for (key, value) in table {
        let name = key.get_ref();
        let key = if outer.is_empty() { name.to_string() } else { format!("{outer}.{name}") };
        gather(value.get_ref(), key, settings);
    }
}

fn gather(value: &DeValue<'_>, key: String, settings: &mut Vec<(String, String)>) {
    match value {
        DeValue::Table(table) => gather_table(table, &key, settings),
        DeValue::Array(array) if has_tables(array) => {
            for (number, entry) in (1..).zip(array.iter()) {
                gather(entry.get_ref(), format!("{key}[{number}]"), settings);
            }
        }
        other => settings.push((key, shown(other))),
    }
}

fn has_tables(array: &DeArray<'_>) -> bool {
    array.iter().any(|entry| matches!(entry.get_ref(), DeValue::Table(_)))
}

/// A value in one line; texts without quotation marks, as settings are given.
fn shown(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => text.to_string(),
        DeValue::Integer(number) => number.as_str().to_owned(),
        DeValue::Float(number) => number.as_str().to_owned(),
        DeValue::Boolean(is_so) => is_so.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(array) => {
            let entries: Vec<String> = array.iter().map(|entry| shown(entry.get_ref())).collect();
            format!("[{}]", entries.join(", "))
        }
        DeValue::Table(table) => {
            let fields: Vec<String> =
                table.iter().map(|(key, value)| format!("{} = {}", key.get_ref(), shown(value.get_ref()))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
    }
}
