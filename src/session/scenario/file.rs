//! The whole file: its sections, read and judged.

use std::sync::Arc;

use serde::Deserialize;

use super::client::ClientForm;
use super::cluster::{ClusterForm, DiskForm, FileForm, NetworkForm, ServiceForm};
use super::document::{Document, Override};
use super::error::{Problem, ScenarioError, ScenarioPlace};
use super::expect::ExpectForm;
use super::limits::{
    CLIENTS_LIMIT, EXPECTATIONS_LIMIT, OVERRIDES_LIMIT, PLAN_LIMIT, RUN_LIMIT, SCENARIO_SIZE_LIMIT_BYTES,
    SERVICES_LIMIT, TEXT_LIMIT_CHARACTERS, TITLE_LIMIT_CHARACTERS,
};
use super::plan::AtForm;
use super::policy::PolicyForm;
use super::quantity::Duration;
use super::random::ChaosForm;
use super::whole::{Natural, Whole};
use super::{SCENARIO_VERSION, Scenario, check, cluster};
use crate::client::ClientSettings;
use crate::session::TimedCommand;
use crate::session::opening::OPENING;
use crate::sim::Span;
use crate::world::{CONTENTS_LIMIT_BYTES, Command, WorldSettings};

/// The seed of a scenario that names none.
const SEED: u64 = 61;
/// How long a run lasts where the scenario doesn't say.
const UNTIL: Span = Span::from_millis(5_000);

/// A scenario for Replicarium: a cluster of servers that replicate files, what happens to it, and what is
/// expected of it. Times are texts such as "150 ms", servers "S1", zones "A", nodes "coordinator" or "client 1".
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a table of its fields")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(rename = "Scenario"))]
struct ScenarioForm {
    /// The version of the format: 1.
    #[expect(dead_code, reason = "reading it is what checks it")]
    version: Whole<u32, { SCENARIO_VERSION as i64 }, { SCENARIO_VERSION as i64 }>,
    /// Its title, of at most 80 characters.
    title: String,
    /// What it teaches, in one sentence.
    teaches: String,
    /// What it is about, in one to three sentences.
    story: String,
    /// One sentence that asks for one action.
    invitation: String,
    /// The seed of a run for which no other is asked; usually 61.
    seed: Option<Natural>,
    /// How long a run lasts that nobody stops, counted from when the learner enters; usually "5 s".
    until: Option<Duration>,
    /// The servers and the coordinator.
    #[serde(default)]
    cluster: ClusterForm,
    /// How long messages take.
    #[serde(default)]
    network: NetworkForm,
    /// How the disks are made.
    #[serde(default)]
    disk: DiskForm,
    /// The rules of all replica groups.
    #[serde(default)]
    policy: PolicyForm,
    /// The clients; without any, there is one without a workload.
    #[serde(default)]
    clients: Vec<ClientForm>,
    /// Redundant services, which keep no data.
    #[serde(default)]
    services: Vec<ServiceForm>,
    /// The files that are there when the learner enters.
    #[serde(default)]
    files: Vec<FileForm>,
    /// What happens by itself, in the order of its times.
    #[serde(default)]
    at: Vec<AtForm>,
    /// Random faults.
    chaos: Option<ChaosForm>,
    /// What should hold.
    #[serde(default)]
    expect: Vec<ExpectForm>,
}

/// The JSON schema of the format, as pretty JSON with a line break at its end.
#[cfg(feature = "schema")]
#[must_use]
pub fn scenario_schema() -> String {
    let schema = schemars::schema_for!(ScenarioForm);
    // A schema is plain JSON, which can always be written.
    serde_json::to_string_pretty(&schema).unwrap_or_default() + "\n"
}

/// Reads a scenario.
pub(super) fn parse(file_name: &str, source: &str, overrides: &[Override]) -> Result<Scenario, ScenarioError> {
    check_size(source, overrides).map_err(|(place, message)| ScenarioError {
        file: file_name.to_owned(),
        place,
        field: String::new(),
        message,
    })?;
    let placed = super::document::place(source, overrides);
    let document = Document::parse(file_name, source, overrides, &placed)?;
    let form: ScenarioForm = document.read()?;
    let built = form.scenario(file_name, source, overrides);
    let scenario = built.and_then(|scenario| check::check(&scenario).map(|()| scenario));
    scenario.map_err(|problem| document.locate(problem))
}

/// Whether the text and the settings over it are more than anybody needs.
fn check_size(source: &str, overrides: &[Override]) -> Result<(), (ScenarioPlace, String)> {
    let limit = SCENARIO_SIZE_LIMIT_BYTES;
    let (size, count) = (source.len(), overrides.len());
    if size > limit {
        return Err((ScenarioPlace::Whole, format!("expected at most {limit} bytes of text, not {size}")));
    }
    if count > OVERRIDES_LIMIT {
        return Err((ScenarioPlace::Settings, format!("expected at most {OVERRIDES_LIMIT} of them, not {count}")));
    }
    let size = overrides.iter().fold(size, |size, one| size.saturating_add(one.key.len() + one.value.len()));
    if size > limit {
        let message = format!("expected at most {limit} bytes together with the text, not {size}");
        return Err((ScenarioPlace::Settings, message));
    }
    Ok(())
}

/// The name of a file without its folder and its ending.
fn slug(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or(file_name);
    name.strip_suffix(".toml").unwrap_or(name).to_owned()
}

impl ScenarioForm {
    fn scenario(&self, file_name: &str, source: &str, overrides: &[Override]) -> Result<Scenario, Problem> {
        self.check_texts()?;
        let until = self.until.map_or(UNTIL, |until| until.0);
        if until == Span::ZERO || until > RUN_LIMIT {
            return Err(Problem::new("until", "expected a time above 0 and up to an hour"));
        }
        at_most("at", self.at.len(), PLAN_LIMIT)?;
        at_most("expect", self.expect.len(), EXPECTATIONS_LIMIT)?;
        let expectations = (1..).zip(&self.expect);
        let expectations = expectations.map(|(number, expect)| expect.expectation(&format!("expect[{number}]"), until));
        let settings = self.settings()?;
        let chaos = self.chaos.as_ref().map(|form| form.chaos(&settings, until)).transpose()?;
        Ok(Scenario {
            slug: slug(file_name),
            title: self.title.clone(),
            teaches: self.teaches.clone(),
            story: self.story.clone(),
            invitation: self.invitation.clone(),
            seed: self.seed.map_or(SEED, |seed| u64::from(seed.0)),
            until,
            settings,
            files: cluster::files(&self.files)?,
            plan: self.plan()?,
            chaos,
            expectations: expectations.collect::<Result<_, _>>()?,
            source: Arc::from(source),
            overrides: overrides.to_vec(),
        })
    }

    fn plan(&self) -> Result<Vec<TimedCommand>, Problem> {
        let mut plan: Vec<TimedCommand> = Vec::new();
        let mut written_bytes = 0;
        for (number, at) in (1..).zip(&self.at) {
            let timed = at.timed_command(number)?;
            if let Command::Write { content, .. } = &timed.command {
                written_bytes += content.size_bytes();
            }
            if written_bytes > CONTENTS_LIMIT_BYTES {
                let message = format!("expected at most {CONTENTS_LIMIT_BYTES} bytes in all that commands write");
                return Err(Problem::new(format!("at[{number}].write"), message));
            }
            plan.push(timed);
        }
        Ok(plan)
    }

    fn check_texts(&self) -> Result<(), Problem> {
        let texts = [
            ("title", &self.title, TITLE_LIMIT_CHARACTERS),
            ("teaches", &self.teaches, TEXT_LIMIT_CHARACTERS),
            ("story", &self.story, TEXT_LIMIT_CHARACTERS),
            ("invitation", &self.invitation, TEXT_LIMIT_CHARACTERS),
        ];
        for (field, text, limit) in texts {
            if text.trim().is_empty() || text.chars().count() > limit {
                return Err(Problem::new(field, format!("expected a text of 1 to {limit} characters")));
            }
        }
        Ok(())
    }

    fn settings(&self) -> Result<WorldSettings, Problem> {
        at_most("clients", self.clients.len(), CLIENTS_LIMIT)?;
        at_most("services", self.services.len(), SERVICES_LIMIT)?;
        let clients = (1..).zip(&self.clients);
        let clients = clients.map(|(number, client)| client.settings(&format!("clients[{number}]"), OPENING));
        let mut clients: Vec<ClientSettings> = clients.collect::<Result<_, _>>()?;
        if clients.is_empty() {
            clients.push(ClientSettings::default());
        }
        Ok(WorldSettings {
            servers: self.cluster.zones()?,
            coordinators: self.cluster.coordinators()?,
            policy: self.policy.policy()?,
            network: self.network.settings()?,
            disk: self.disk.settings()?,
            service_time: self.cluster.service_time()?,
            ring: self.cluster.ring(),
            clients,
            services: self.services.iter().map(ServiceForm::settings).collect(),
        })
    }
}

fn at_most(field: &str, count: usize, limit: usize) -> Result<(), Problem> {
    if count <= limit {
        Ok(())
    } else {
        Err(Problem::new(field, format!("expected at most {limit} entries, not {count}")))
    }
}
