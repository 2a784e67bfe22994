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
    SERVICES_LIMIT, TEXT_LIMIT_CHARACTERS, TITLE_LIMIT_CHARACTERS, TRIES_LIMIT,
};
use super::plan::AtForm;
use super::policy::PolicyForm;
use super::quantity::Duration;
use super::random::ChaosForm;
use super::tries::{TryForm, TryNumber, VARIATION};
use super::whole::{Natural, Whole};
use super::{SCENARIO_VERSION, Scenario, check, cluster};
use crate::client::ClientSettings;
use crate::session::TimedCommand;
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
    /// A question that one action answers.
    invitation: String,
    /// The seed of a run that is given no other; usually 61.
    seed: Option<Natural>,
    /// How long a run lasts that nobody stops, counted from when the learner enters; usually "5 s".
    until: Option<Duration>,
    /// The servers and the coordinator.
    #[serde(default)]
    cluster: ClusterForm,
    /// How long messages take.
    #[serde(default)]
    network: NetworkForm,
    /// How fast and how big the disks are.
    #[serde(default)]
    disk: DiskForm,
    /// The rules of all replica groups.
    #[serde(default)]
    policy: PolicyForm,
    /// The clients; by default there is one, without a workload.
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
    /// What the invitation asks for: variations that a button runs.
    #[serde(default, rename = "try")]
    tries: Vec<TryForm>,
    /// The number of the variation that is on; usually none.
    variation: Option<TryNumber>,
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
    let file = File { name: file_name, source };
    let scenario = file.read(overrides)?;
    if overrides.is_empty() && scenario.variation.is_none() {
        for number in 1..=scenario.tries.len() {
            file.check_try(number)?;
        }
    }
    Ok(scenario)
}

/// The text of a file and its name.
#[derive(Clone, Copy)]
struct File<'a> {
    name: &'a str,
    source: &'a str,
}

impl File<'_> {
    /// Reads the scenario with what is set over it, a variation too.
    fn read(self, overrides: &[Override]) -> Result<Scenario, ScenarioError> {
        let placed = super::document::place(self.source, overrides);
        let document = Document::parse(self.name, self.source, overrides, &placed)?;
        let form: ScenarioForm = document.read()?;
        let Some(number) = form.variation.map(|number| number.0 as usize) else {
            return form.judged(self, overrides, None).map_err(|problem| document.locate(problem));
        };
        let changes = form.tries.get(number - 1).map(|form| form.overrides(number));
        let missing = || {
            let message = format!("there is no [[try]] {number}; there are {}", form.tries.len());
            document.locate(Problem::new(VARIATION, message))
        };
        let changes = changes.ok_or_else(missing)?.map_err(|problem| document.locate(problem))?;
        // What was set after the variation was put on is set over it.
        let place = overrides.iter().rposition(|one| one.key == VARIATION).map_or(0, |index| index + 1);
        let mut all = overrides.to_vec();
        all.splice(place..place, changes);
        let placed = super::document::place(self.source, &all);
        let document = Document::parse(self.name, self.source, &all, &placed)?;
        let form: ScenarioForm = document.read()?;
        form.judged(self, overrides, Some(number)).map_err(|problem| document.locate(problem))
    }

    /// Finds what is wrong with a variation, and tells it with its place in the text.
    fn check_try(self, number: usize) -> Result<(), ScenarioError> {
        let on = [Override { key: VARIATION.to_owned(), value: number.to_string() }];
        let Err(error) = self.read(&on) else { return Ok(()) };
        if matches!(error.place, ScenarioPlace::Line(_)) && error.field.starts_with("try[") {
            return Err(error);
        }
        // It is one of its settings that is wrong, or what the rest makes of it.
        let document = Document::parse(self.name, self.source, &[], &[])?;
        let form: ScenarioForm = document.read()?;
        let settings = form.tries.get(number - 1).and_then(|form| form.settings(number).ok()).unwrap_or_default();
        let is_guilty = |one: &Override| {
            let rest = error.field.strip_prefix(&one.key);
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        };
        let field = match settings.iter().position(is_guilty) {
            Some(index) => format!("try[{number}].set[{}]", index + 1),
            None => format!("try[{number}]"),
        };
        Err(document.locate(Problem::new(field, format!("{}: {}", error.field, error.message))))
    }
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
    /// The scenario with what there is checked to exist; with the plan and the expectations of a variation, if one is on.
    fn judged(&self, file: File<'_>, overrides: &[Override], on: Option<usize>) -> Result<Scenario, Problem> {
        let plan = self.plan(on)?;
        let (fields, plan): (Vec<String>, Vec<TimedCommand>) = plan.into_iter().unzip();
        let scenario = self.scenario(file, overrides, plan, on)?;
        let expect = on.map_or("expect".to_owned(), |number| format!("try[{number}].expect"));
        check::check(&scenario, &fields, &expect)?;
        Ok(scenario)
    }

    fn scenario(
        &self,
        file: File<'_>,
        overrides: &[Override],
        plan: Vec<TimedCommand>,
        on: Option<usize>,
    ) -> Result<Scenario, Problem> {
        self.check_texts()?;
        let until = self.until.map_or(UNTIL, |until| until.0);
        if until == Span::ZERO || until > RUN_LIMIT {
            return Err(Problem::new("until", "expected a time above 0 and up to an hour"));
        }
        at_most("at", self.at.len(), PLAN_LIMIT)?;
        at_most("expect", self.expect.len(), EXPECTATIONS_LIMIT)?;
        at_most("try", self.tries.len(), TRIES_LIMIT)?;
        let tries = (1..).zip(&self.tries).map(|(number, form)| form.described(number, self.at.len(), until));
        let tries = tries.collect::<Result<Vec<_>, _>>()?;
        let expectations = (1..).zip(&self.expect);
        let expectations = expectations.map(|(number, expect)| expect.expectation(&format!("expect[{number}]"), until));
        let expectations = match on {
            Some(number) => tries[number - 1].expectations.clone(),
            None => expectations.collect::<Result<_, _>>()?,
        };
        let settings = self.settings()?;
        let chaos = self.chaos.as_ref().map(|form| form.chaos(&settings, until)).transpose()?;
        Ok(Scenario {
            slug: slug(file.name),
            title: self.title.clone(),
            teaches: self.teaches.clone(),
            story: self.story.clone(),
            invitation: self.invitation.clone(),
            seed: self.seed.map_or(SEED, |seed| u64::from(seed.0)),
            until,
            settings,
            files: cluster::files(&self.files)?,
            plan,
            chaos,
            expectations,
            tries,
            variation: on,
            source: Arc::from(file.source),
            overrides: overrides.to_vec(),
        })
    }

    /// What happens by itself, each with the name of its field.
    fn plan(&self, on: Option<usize>) -> Result<Vec<(String, TimedCommand)>, Problem> {
        let mut plan = Vec::new();
        let varied = on.and_then(|number| Some((number, self.tries.get(number - 1)?)));
        let is_left_out =
            |at: &AtForm| varied.is_some_and(|(_, form)| form.without.iter().any(|name| at.is_named(name)));
        for (number, at) in (1..).zip(&self.at) {
            let field = format!("at[{number}]");
            let timed = at.timed_command(&field, number)?;
            if !is_left_out(at) {
                plan.push((field, timed));
            }
        }
        if let Some((number, form)) = varied {
            form.check_names(number, &self.at)?;
            plan.extend(form.added(number, self.at.len())?);
            plan.sort_by_key(|(_, timed)| timed.at);
        }
        let mut written_bytes = 0;
        for (field, timed) in &plan {
            if let Command::Write { content, .. } = &timed.command {
                written_bytes += content.size_bytes();
            }
            if written_bytes > CONTENTS_LIMIT_BYTES {
                let message = format!("expected at most {CONTENTS_LIMIT_BYTES} bytes in all that commands write");
                return Err(Problem::new(format!("{field}.write"), message));
            }
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
        let clients = clients.map(|(number, client)| client.settings(&format!("clients[{number}]")));
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
