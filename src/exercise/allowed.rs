//! What a learner may set and do in an exercise, and how much of it.

use super::task::Limits;
use crate::session::{Override, Scenario, TimedCommand, command_text};
use crate::text::quoted;
use crate::world::Command;

/// What may be set and done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Allowed {
    /// The settings, such as `policy.acks`, or all under one, such as `policy`.
    pub settings: Vec<String>,
    /// The commands, by their names in `[[at]]`, such as `kill`.
    pub commands: Vec<String>,
    /// Why nothing else is; shown beside the controls that are locked.
    pub because: String,
}

/// Why an attempt is not graded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub String);

impl Allowed {
    /// Whether this setting may be made.
    #[must_use]
    pub fn allows_setting(&self, key: &str) -> bool {
        self.settings.iter().any(|allowed| {
            let rest = key.strip_prefix(allowed.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }

    /// Whether a command of this name may be given.
    #[must_use]
    pub fn allows_command(&self, name: &str) -> bool {
        self.commands.iter().any(|allowed| allowed == name)
    }

    /// Whether all of an attempt is allowed, and within the limits.
    ///
    /// # Errors
    /// If it is not; the sentence says what, and why.
    pub fn check(
        &self,
        limits: Limits,
        scenario: &Scenario,
        overrides: &[Override],
        commands: &[TimedCommand],
    ) -> Result<(), Refusal> {
        for one in overrides {
            if !self.allows_setting(&one.key) {
                return Err(self.refusal(&format!("the setting {} is locked", quoted(&one.key))));
            }
        }
        for timed in commands {
            let name = name_of(&timed.command);
            if !self.allows_command(&name) {
                return Err(self.refusal(&format!("the command {name} is locked")));
            }
            if timed.at.as_micros() > scenario.until.as_micros() {
                return Err(Refusal(format!(
                    "the command {name} comes at {}, after the end of the run at {}",
                    timed.at,
                    crate::sim::Time::ZERO + scenario.until
                )));
            }
        }
        let count = |is: fn(&Command) -> bool| commands.iter().filter(|timed| is(&timed.command)).count();
        let servers = scenario.settings.servers.len() + count(|command| matches!(command, Command::AddServer { .. }));
        for (what, used, most) in [
            ("fault", count(is_fault), limits.faults),
            ("command", commands.len(), limits.commands),
            ("setting", overrides.len(), limits.settings),
            ("server", servers, limits.servers),
        ] {
            if let Some(most) = most.filter(|most| used > *most as usize) {
                let plural = if most == 1 { "" } else { "s" };
                return Err(Refusal(format!("at most {most} {what}{plural} may be used here, not {used}")));
            }
        }
        Ok(())
    }

    fn refusal(&self, what: &str) -> Refusal {
        match self.because.trim().trim_end_matches('.') {
            "" => Refusal(what.to_owned()),
            because => Refusal(format!("{what}: {because}")),
        }
    }
}

/// The name of a command in the format; that of random faults, which it has no form for, is `chaos`.
#[must_use]
pub fn name_of(command: &Command) -> String {
    let text = command_text(command).unwrap_or_else(|| "chaos = {}".to_owned());
    text.split(" = ").next().unwrap_or_default().to_owned()
}

/// Whether a command does harm.
pub(super) fn is_fault(command: &Command) -> bool {
    match command {
        Command::Crash { .. }
        | Command::Kill { .. }
        | Command::CutLink { .. }
        | Command::Pause { .. }
        | Command::Wipe { .. }
        | Command::Rot { .. }
        | Command::CutOneWay { .. }
        | Command::Partition { .. }
        | Command::ZoneOutage { .. }
        | Command::SkewClock { .. }
        | Command::CrashCoordinator { .. }
        | Command::BeginChaos { .. } => true,
        Command::SetDisk { condition, .. } => condition.full || condition.slow_factor > 1,
        Command::SetLink { quality, .. } => *quality != crate::sim::LinkQuality::default(),
        Command::AddServer { .. }
        | Command::RemoveServer { .. }
        | Command::Write { .. }
        | Command::Read { .. }
        | Command::Delete { .. }
        | Command::Restart { .. }
        | Command::HealLink { .. }
        | Command::Resume { .. }
        | Command::HealAll
        | Command::ZoneReturn { .. }
        | Command::RestartCoordinator { .. }
        | Command::Call { .. }
        | Command::Promote { .. }
        | Command::SetPolicy { .. }
        | Command::SetWorkload { .. }
        | Command::EndChaos => false,
    }
}
