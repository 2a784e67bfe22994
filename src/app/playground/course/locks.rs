//! What an exercise locks, and why.

use yew::prelude::*;

use crate::app::act::{Act, Dialog, PolicyAct, Tab};
use crate::app::course::state::Opened;
use crate::app::playground::Playground;
use crate::sim::Content;
use crate::world::Command;

impl Playground {
    /// Which tools are locked, as classes of their row.
    pub(in crate::app::playground) fn locks(&self) -> Classes {
        let Some(opened) = self.opened() else { return Classes::new() };
        let allowed = &opened.exercise.allowed;
        let is_ruled = !allowed.settings.is_empty() || allowed.allows_command("policy");
        let tools = [
            ("write", allowed.allows_command("write")),
            ("add", allowed.allows_command("add_server")),
            ("partition", allowed.allows_command("partition") || allowed.allows_command("cut")),
            ("heal", allowed.allows_command("heal_all")),
            ("command", !allowed.commands.is_empty() || is_ruled),
            ("policy", is_ruled),
            ("chaos", allowed.allows_command("chaos")),
        ];
        let watched = opened.exercise.kind.is_of_questions().then(|| "locks-all".to_owned());
        let unexplained = opened.lock_on_explanations().map(|_| "locks-why".to_owned());
        let locked = tools.into_iter().filter(|(_, is_open)| !is_open).map(|(tool, _)| format!("locks-{tool}"));
        locked.chain(watched).chain(unexplained).chain(["exercising".to_owned()]).collect()
    }

    /// Whether what explains the run is still locked.
    pub(in crate::app::playground) fn hides_explanations(&self) -> bool {
        self.opened().is_some_and(|opened| opened.lock_on_explanations().is_some())
    }

    /// What stands under locked tools.
    pub(in crate::app::playground) fn lock_note(&self) -> Option<String> {
        let opened = self.opened()?;
        let because = opened.exercise.allowed.because.trim();
        Some(if because.is_empty() {
            "Here you watch and answer. What is dashed is locked; the playground and the challenges have it all."
                .to_owned()
        } else {
            format!("What is dashed is locked. {because}")
        })
    }
}

/// Why an act is locked in an exercise; none if it may be done.
pub(super) fn lock_on(
    opened: &Opened,
    act: &Act,
    on_server: impl Fn(crate::sim::ServerId, crate::app::act::ServerAct) -> Command,
) -> Option<String> {
    let setting = |keys: &[(String, String)]| keys.iter().find_map(|(key, _)| opened.lock_on_setting(key));
    let allowed = &opened.exercise.allowed;
    let write = || {
        opened.lock_on(&Command::Write {
            file: String::new(),
            content: Content::new(b""),
            placement: crate::world::Placement::EveryServer,
        })
    };
    match act {
        Act::Apply(command) => opened.lock_on(command),
        Act::OnServer(server, act) => opened.lock_on(&on_server(*server, *act)),
        Act::Store(..) | Act::Drop(_) | Act::Overwrite(_) | Act::Open(Dialog::Write(_)) => write(),
        Act::Open(Dialog::Partition) if allowed.allows_command("cut") => None,
        Act::Open(Dialog::Partition) => {
            let direction = crate::world::Direction::Both;
            opened.lock_on(&Command::Partition { side: Vec::new(), direction })
        }
        Act::Open(Dialog::Command) if allowed.commands.is_empty() && allowed.settings.is_empty() => {
            Some(opened.locked_because("Giving commands"))
        }
        Act::Policy(PolicyAct::Open) if allowed.settings.is_empty() && !allowed.allows_command("policy") => {
            Some(opened.locked_because("The policy"))
        }
        Act::Policy(PolicyAct::ToggleChaos) => opened.lock_on(&Command::EndChaos),
        Act::Policy(PolicyAct::Now(_)) => opened.lock_on(&Command::SetPolicy { changes: Vec::new() }),
        Act::Policy(PolicyAct::Again(keys)) => setting(keys),
        Act::Redesign(scenario, _) => {
            let given = opened.exercise.scenario.overrides.len();
            scenario.overrides.iter().skip(given).find_map(|one| opened.lock_on_setting(&one.key))
        }
        Act::RunRemedy(settings) => settings.iter().find_map(|one| opened.lock_on_setting(&one.key)),
        Act::Try(_) | Act::PlayFaults(..) => Some("In an exercise the faults are yours to find.".to_owned()),
        Act::Audit | Act::Why(_) | Act::SeekRemedy | Act::ShowTab(Tab::Audit) => opened.lock_on_explanations(),
        Act::Compare(_) => Some("The comparison is of the playground. Leave the exercise to compare.".to_owned()),
        _ => None,
    }
}
