//! What the policy editor and the panel for chaos do to the run.

use std::sync::Arc;

use gloo::timers::callback::Timeout;

use super::Playground;
use crate::app::act::{Act, PolicyAct};
use crate::app::browser::dom;
use crate::app::words::{self, Shared};
use crate::replication::PolicyChange;
use crate::session::{ChaosTally, Opening, Scenario, Session, TimedCommand, command_from_text};
use crate::sim::Time;
use crate::world::{Command, Event, EventKind, WorldSettings};

/// How long the tally of chaos may be old, in milliseconds.
const TALLY_EVERY_MS: f64 = 250.0;

/// What the editor and the panel show.
#[derive(Default)]
pub(super) struct Rules {
    pub(super) is_open: bool,
    pub(super) chaos_is_open: bool,
    settings: Option<Shared<WorldSettings>>,
    tally: Option<Shared<ChaosTally>>,
    tallied_at_ms: f64,
}

impl Playground {
    pub(super) fn govern(&mut self, act: PolicyAct) {
        match act {
            PolicyAct::Open => self.show_editor(true),
            PolicyAct::Close => self.show_editor(false),
            PolicyAct::ToggleChaos => {
                self.rules.chaos_is_open = !self.rules.chaos_is_open;
                if !self.rules.chaos_is_open {
                    Timeout::new(0, || dom::focus("[data-testid=chaos-open]")).forget();
                }
            }
            PolicyAct::Now(changes) => {
                for command in commands(&changes) {
                    match command {
                        Ok(command) => self.apply(command),
                        Err(complaint) => self.tell(words::sentence(&complaint), true),
                    }
                }
                let is_change = |event: &Event| {
                    matches!(event.kind, EventKind::PolicyChanged { .. } | EventKind::WorkloadChanged { .. })
                };
                let last = self.session().events().iter().rev().find(is_change);
                if let Some(said) = last.map(|event| self.session().sentence(&event)) {
                    self.tell(said, false);
                }
            }
            PolicyAct::Again(changes) => self.again(&changes),
        }
    }

    fn show_editor(&mut self, is_open: bool) {
        self.rules.is_open = is_open;
        if !is_open {
            Timeout::new(0, || dom::focus("[data-testid=policy-open]")).forget();
        }
        self.measure_soon();
    }

    /// The stage has another size as soon as this is drawn.
    fn measure_soon(&self) {
        let act = self.act.clone();
        Timeout::new(0, move || act.emit(Act::Measure)).forget();
    }

    /// Begins the same story again with other settings: the same seed, the same plan, and what the person did.
    fn again(&mut self, changes: &[(String, String)]) {
        let mut scenario: Scenario = Scenario::clone(self.session().scenario());
        for (key, value) in changes {
            match scenario.set(key, value) {
                Ok(changed) => scenario = changed,
                Err(error) => return self.tell(words::sentence(&error.to_string()), true),
            }
        }
        let said: Vec<String> = changes.iter().map(|(key, value)| format!("{key} = {value}")).collect();
        let scenario = Arc::new(scenario);
        let opening = Opening::like(&scenario, self.session().seed(), still_to_do(self.session(), changes));
        let said = said.join(" and ");
        self.open_run(&format!("the same story with {said}"), opening, move |page, opened| {
            page.rules.is_open = false;
            let yours = match (opened.given, opened.refused) {
                (0, 0) => String::new(),
                (1, 0) => " Your action is repeated at its time.".to_owned(),
                (given, 0) => format!(" All {given} of your actions are repeated at their times."),
                (given, refused) => format!(" {refused} of your {} actions can't be repeated.", given + refused),
            };
            page.start(opened.session);
            page.tell(format!("The run begins again with {said}, under the same seed.{yours}"), false);
        });
    }

    /// The settings of the cluster as they are now.
    pub(super) fn settings_now(&self) -> Shared<WorldSettings> {
        match &self.rules.settings {
            Some(known) if **known == *self.session().settings() => known.clone(),
            _ => Shared::new(self.session().settings().clone()),
        }
    }

    /// Keeps what the editor and the panel show in step with the run, no more often than needed.
    pub(super) fn keep_rules(&mut self) {
        if self.rules.is_open || self.rules.chaos_is_open {
            self.rules.settings = Some(self.settings_now());
        }
        let now_ms = dom::now_ms();
        if now_ms - self.rules.tallied_at_ms >= TALLY_EVERY_MS || self.rules.tally.is_none() || !self.playing {
            self.rules.tallied_at_ms = now_ms;
            let tally = self.session().chaos();
            if self.rules.tally.as_ref().is_none_or(|known| **known != tally) {
                if self.rules.tally.as_ref().is_some_and(|known| known.began.is_some() != tally.began.is_some()) {
                    self.measure_soon();
                }
                self.rules.tally = Some(Shared::new(tally));
            }
        }
    }

    pub(super) fn tally(&self) -> Shared<ChaosTally> {
        self.rules.tally.clone().unwrap_or_else(|| Shared::new(ChaosTally::default()))
    }
}

/// The commands that set so in a cluster that runs.
fn commands(changes: &[(String, String)]) -> Vec<Result<Command, String>> {
    let rules: Vec<String> = changes
        .iter()
        .filter_map(|(key, value)| {
            let key = key.strip_prefix("policy.")?;
            let is_time = value.chars().next().is_some_and(|letter| letter.is_ascii_digit()) && value.contains(' ');
            let value = if is_time || value == "never" { format!("\"{value}\"") } else { value.clone() };
            Some(format!("{key} = {value}"))
        })
        .collect();
    let mut commands = Vec::new();
    if !rules.is_empty() {
        commands.push(command_from_text(&format!("policy = {{ {} }}", rules.join(", ")), 0));
    }
    for (key, value) in changes {
        let client = key.strip_prefix("clients[").and_then(|key| key.split_once("].workload."));
        if let Some((number, field)) = client {
            let text = format!("workload = {{ client = \"client {number}\", {field} = {value} }}");
            commands.push(command_from_text(&text, 0));
        }
    }
    commands
}

/// The commands of a run that are to be given again under other settings; their times count from when the learner enters.
/// What an operator changed of the same rules is left out: they are as they are to be from the beginning.
fn still_to_do(old: &Session, changes: &[(String, String)]) -> Vec<TimedCommand> {
    let is_new = |rule: &PolicyChange| changes.iter().any(|(key, _)| key.strip_prefix("policy.") == Some(rule.name()));
    let again = |timed: &TimedCommand| {
        let command = match timed.command.clone() {
            Command::SetPolicy { changes } => {
                let changes: Vec<PolicyChange> = changes.into_iter().filter(|rule| !is_new(rule)).collect();
                if changes.is_empty() {
                    return None;
                }
                Command::SetPolicy { changes }
            }
            command => command,
        };
        Some(TimedCommand { at: Time::ZERO + timed.at.since(old.start()), command })
    };
    old.commands().iter().filter_map(again).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::policy::rows::{self, Live, Look};

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn what_was_done_is_done_again_under_other_settings() {
        let mut old = Session::new(&Scenario::all()[0], 61);
        old.advance(old.start() + crate::sim::Span::from_millis(500));
        old.apply(Command::Kill { server: crate::sim::ServerId(1) }).unwrap();
        old.advance(old.start() + crate::sim::Span::from_millis(900));
        let rule = command_from_text("policy = { acks = 2, fencing = false }", 0).unwrap();
        old.apply(rule).unwrap();
        let scenario = Arc::new(old.scenario().set("policy.acks", "1").unwrap());
        let commands = still_to_do(&old, &[pair("policy.acks", "1")]);
        assert_eq!(commands.len(), 2);
        assert!(matches!(&commands[1].command, Command::SetPolicy { changes } if changes.len() == 1));
        let opened = Opening::like(&scenario, old.seed(), commands).go_on(|| true).unwrap().unwrap();
        assert_eq!((opened.given, opened.refused), (2, 0));
        assert_eq!((opened.session.now(), opened.session.commands().len()), (opened.session.start(), 2));
    }

    #[test]
    fn every_value_of_every_row_can_be_set_and_what_can_be_applied_now_is_a_command() {
        for scenario in Scenario::all() {
            for setting in rows::sections(&scenario.settings, scenario).into_iter().flat_map(|one| one.settings) {
                assert!(!setting.says.is_empty() && !setting.label.is_empty(), "{}", setting.key);
                let has_now = setting.choices.iter().any(|choice| choice.value == setting.now);
                assert!(
                    has_now || setting.look == Look::Text,
                    "{}: {} of {}",
                    setting.key,
                    setting.now,
                    scenario.slug()
                );
                for choice in &setting.choices {
                    let set = scenario.set(&setting.key, &choice.value);
                    // Some values are refused where the cluster is too small for them, with a sentence.
                    let is_of_size = matches!(setting.key.as_str(), "policy.acks" | "policy.min_in_sync")
                        || setting.key.rsplit('.').next() == Some("copies");
                    assert!(set.is_ok() || is_of_size, "{} = {}: {set:?}", setting.key, choice.value);
                    if let Ok(set) = &set {
                        let shown = rows::sections(&set.settings, set).into_iter().flat_map(|one| one.settings);
                        let now = shown.into_iter().find(|one| one.key == setting.key).map(|one| one.now);
                        assert_eq!(now.as_deref(), Some(choice.value.as_str()), "{}", setting.key);
                    }
                    if setting.live != Live::Beginning {
                        let given = commands(&[pair(&setting.key, &choice.value)]);
                        assert!(matches!(given.as_slice(), [Ok(_)]), "{} = {}: {given:?}", setting.key, choice.value);
                    }
                }
            }
        }
    }
}
