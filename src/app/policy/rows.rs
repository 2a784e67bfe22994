//! The rows of the editor for one scenario: the settings, with the values that hold and those to choose from.

use crate::client::ClientSettings;
use crate::session::Scenario;
use crate::world::WorldSettings;

use super::reading::{self, Value};
use super::table::{CHAOS, CLIENT, FILE, GROUPS, PER_MINUTE, Row, row};
pub(crate) use super::table::{Live, Look, brief};

/// A value that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Choice {
    /// As a scenario writes it.
    pub(crate) value: String,
    pub(crate) label: String,
}

/// A setting of one scenario, with its value.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Setting {
    pub(crate) key: String,
    pub(crate) label: String,
    pub(crate) says: String,
    pub(crate) look: Look,
    pub(crate) live: Live,
    pub(crate) choices: Vec<Choice>,
    /// The value that holds now: one of the choices, unless it is a text.
    pub(crate) now: String,
}

/// Settings that belong together, of one scenario.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Section {
    pub(crate) title: String,
    pub(crate) is_open: bool,
    pub(crate) settings: Vec<Setting>,
}

/// All settings, with the values that hold in `settings`.
pub(crate) fn sections(settings: &WorldSettings, scenario: &Scenario) -> Vec<Section> {
    let mut sections: Vec<Section> = GROUPS
        .iter()
        .map(|group| Section {
            title: group.title.to_owned(),
            is_open: group.is_open,
            settings: group.rows.iter().map(|row| setting(row, row.key, reading::value(row.key, settings))).collect(),
        })
        .collect();
    if !scenario.files.is_empty() {
        let files = (1..).zip(&scenario.files).map(|(number, (name, _, placement))| {
            let key = FILE.key.replace('#', &usize::to_string(&number));
            Setting { label: name.clone(), ..setting(&FILE, &key, reading::placement(*placement)) }
        });
        sections.push(Section { title: "Files at first".to_owned(), is_open: false, settings: files.collect() });
    }
    for (number, client) in (1..).zip(&settings.clients) {
        sections.push(Section {
            title: format!("Client {number}"),
            is_open: false,
            settings: CLIENT.iter().filter(|row| has(row, client)).map(|row| of_client(row, number, client)).collect(),
        });
    }
    sections.push(Section {
        title: "Chaos from the beginning".to_owned(),
        is_open: false,
        settings: CHAOS.iter().map(|(kind, label)| chaos(kind, label, scenario)).collect(),
    });
    sections
}

/// Whether a client has such a setting: without a workload there is only how often something begins.
fn has(row: &Row, client: &ClientSettings) -> bool {
    client.workload.is_some() || !row.key.contains(".workload.") || row.key.rsplit('.').next() == Some("rate")
}

fn of_client(row: &Row, number: usize, client: &ClientSettings) -> Setting {
    let key = row.key.replace('#', &number.to_string());
    let value = reading::client_value(row.key, client);
    setting(row, &key, value)
}

fn chaos(kind: &str, label: &str, scenario: &Scenario) -> Setting {
    let key = format!("chaos.{kind}");
    let row = row(
        "",
        "",
        Look::Steps,
        Live::Beginning,
        PER_MINUTE,
        "Each kind strikes every server at random moments; two designs under one seed meet the same faults.",
    );
    let (rate, lasts) = reading::chaos_value(kind, scenario);
    let full = |count: &str| format!("{{ per_minute = {count}, lasts = \"{lasts}\" }}");
    let mut built = setting(&row, &key, Value { rank: None, value: rate.clone(), label: format!("{rate} a minute") });
    label.clone_into(&mut built.label);
    for choice in &mut built.choices {
        choice.value = full(&choice.value);
    }
    built.now = full(&built.now);
    built
}

/// The choices of a row, the value that holds among them, in their place.
fn setting(row: &Row, key: &str, now: Value) -> Setting {
    let mut choices: Vec<Choice> = row
        .choices
        .iter()
        .map(|(value, label)| Choice { value: reading::whole(row.key, value, &now), label: (*label).to_owned() })
        .collect();
    if row.look != Look::Text && !choices.iter().any(|choice| choice.value == now.value) {
        let rank = reading::rank(&now.value);
        let place = choices.iter().position(|choice| reading::rank(&choice.value) > rank).unwrap_or(choices.len());
        choices.insert(place, Choice { value: now.value.clone(), label: now.label });
    }
    Setting {
        key: key.to_owned(),
        label: row.label.to_owned(),
        says: row.says.to_owned(),
        look: row.look,
        live: row.live,
        choices,
        now: now.value,
    }
}

#[cfg(test)]
mod tests;
