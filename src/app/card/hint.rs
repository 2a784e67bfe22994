//! What is worth a thought as things stand: the situation as it is, and one thing that can be done about it.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use yew::prelude::*;

use crate::check::Verdict;
use crate::session::Scenario;
use crate::sim::{CoordinatorId, NodeId, ServerId, Time};
use crate::world::{Command, OperationKind, OutcomeView, ReadFrom, Role, ServerStatus, ServerView, View};

use crate::app::act::{Act, ServerAct};
use crate::app::time::timeline::Line;
use crate::app::words;

/// What to try next: a sentence, and a button where one click does it.
#[derive(Debug, PartialEq)]
pub(super) struct Next {
    pub(super) sentence: String,
    pub(super) button: Option<(String, Step)>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Step {
    Read(String),
    Restart(ServerId),
    RestartCoordinator(CoordinatorId),
    Promote(ServerId),
    HealAll,
}

impl Next {
    fn watch(sentence: String) -> Self {
        Self { sentence, button: None }
    }
}

pub(super) fn take(step: Step, act: &Callback<Act>) -> Callback<MouseEvent> {
    let act = act.clone();
    Callback::from(move |_: MouseEvent| {
        act.emit(match &step {
            Step::Read(file) => Act::Apply(Command::Read { file: file.clone(), from: ReadFrom::Primary }),
            Step::Restart(server) => Act::OnServer(*server, ServerAct::Restart),
            Step::Promote(server) => Act::OnServer(*server, ServerAct::Promote),
            Step::RestartCoordinator(node) => Act::Apply(Command::RestartCoordinator { node: *node }),
            Step::HealAll => Act::Apply(Command::HealAll),
        });
    })
}

/// What follows from what happened or, as long as nothing has, something that can be done.
pub(super) fn hint(scenario: &Scenario, view: &View, lines: &[Rc<Line>], start: Time) -> Next {
    next(view, lines, start).unwrap_or_else(|| Next::watch(idle(scenario, view)))
}

/// Something that can be done as things stand.
fn idle(scenario: &Scenario, view: &View) -> String {
    if let Some(row) = view.ledger.rows.iter().find(|row| row.verdict == Verdict::AtRisk && row.copies.len() == 1) {
        let server = row.copies.first().map_or_else(String::new, |(server, _)| server.to_string());
        return format!("{} has one copy, on {server}. Kill {server} and see what is left of the file.", row.name);
    }
    if view.ledger.rows.is_empty() && !scenario.settings.services.is_empty() {
        return "Click a server to crash it, and watch which server answers the calls.".to_owned();
    }
    "Write a file and watch its update go to the replicas, or click a server to break it.".to_owned()
}

fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// What is cut: one link, one node from several others, or many links.
fn what_is_cut(view: &View) -> Option<Next> {
    let cut: Vec<(NodeId, NodeId)> =
        view.links.iter().filter(|link| link.cut).map(|link| (link.first, link.second)).collect();
    if let [(first, second)] = cut[..] {
        let sentence = format!(
            "The link between {first} and {second} is cut. Write a file and see whose ack its update waits for; then heal the link."
        );
        return Some(Next::watch(sentence));
    }
    let mut neighbours: BTreeMap<NodeId, BTreeSet<NodeId>> = BTreeMap::new();
    for (first, second) in &cut {
        neighbours.entry(*first).or_default().insert(*second);
        neighbours.entry(*second).or_default().insert(*first);
    }
    // Of equals the first: a server comes before a client.
    let (most, others) = neighbours.iter().max_by_key(|(node, others)| (others.len(), core::cmp::Reverse(**node)))?;
    let names: Vec<String> = others.iter().map(ToString::to_string).collect();
    let more = cut.len() - others.len();
    let rest = match more {
        0 => String::new(),
        1 => ", and one more link is cut".to_owned(),
        more => format!(", and {more} more links are cut"),
    };
    let sentence =
        format!("{most} and {} can't hear each other{rest}. Heal the links when you have seen enough.", list(&names));
    Some(Next { sentence, button: Some(("Heal all".to_owned(), Step::HealAll)) })
}

/// What follows from what happened, read from the events and the view alone.
fn next(view: &View, lines: &[Rc<Line>], start: Time) -> Option<Next> {
    if let Some(cut) = what_is_cut(view) {
        return Some(cut);
    }
    let fault = lines.iter().rev().find(|line| line.fell.is_some() && line.at >= start)?;
    let down = view.servers.iter().find(|server| server.status != ServerStatus::Up);
    if let Some(server) = down.filter(|_| view.servers.iter().all(|server| server.status != ServerStatus::Up)) {
        let lost = view.ledger.rows.iter().find(|row| row.verdict == Verdict::LostAcknowledged);
        let sentence = match lost {
            Some(row) => {
                format!("{} was acknowledged, but is lost: no disk has it any more. Restart {}.", row.name, server.id)
            }
            None => format!("No server runs, so you can promote none. Restart {} and see what it has.", server.id),
        };
        return Some(Next { sentence, button: Some((format!("Restart {}", server.id), Step::Restart(server.id))) });
    }
    let watch = |sentence: String| Some(Next::watch(sentence));
    let down_node = view.coordinator.nodes.iter().find(|node| !node.is_up);
    if let Some(node) = down_node.filter(|_| !view.coordinator.nodes.iter().any(|node| node.is_up && node.leads)) {
        let sentence =
            "The coordinator is down: nobody notices a silent server, and nobody promotes another one. Restart it.";
        return Some(Next {
            sentence: sentence.to_owned(),
            button: Some(("Restart it".to_owned(), Step::RestartCoordinator(node.id))),
        });
    }
    if view.coordinator.waits_for_operator {
        return Some(promote_somebody(view));
    }
    let Some(primary) = view.coordinator.primary.filter(|_| !view.coordinator.electing) else {
        return watch("Watch the coordinator look for a replica to promote.".to_owned());
    };
    let named = view.servers.iter().find(|server| server.id == primary);
    match named.map(|server| (server.status, server.role)) {
        Some((ServerStatus::Up, Role::Primary)) => {}
        Some((ServerStatus::Up, _)) => return watch(format!("Watch {primary} take over as the primary.")),
        _ => {
            let sentence = format!("Watch the coordinator notice that {primary} is silent, and promote a replica.");
            return watch(sentence);
        }
    }
    if let Some(row) = view.ledger.rows.iter().find(|row| row.verdict == Verdict::LostAcknowledged) {
        let kept = view.ledger.rows.iter().find(|row| matches!(row.verdict, Verdict::Safe | Verdict::AtRisk));
        let sentence = match kept {
            Some(kept) => {
                format!("{} is lost, while {} still has copies. Read {} back.", row.name, kept.name, kept.name)
            }
            None => format!("{} was acknowledged, but is lost. More copies would have saved it.", row.name),
        };
        if let Some(kept) = kept.filter(|_| !was_read(view, fault.at)) {
            return Some(Next {
                sentence,
                button: Some((format!("Read {}", kept.name), Step::Read(kept.name.clone()))),
            });
        }
    }
    let readable = view.ledger.rows.iter().find(|row| matches!(row.verdict, Verdict::Safe | Verdict::AtRisk));
    if let Some(row) = readable.filter(|_| !was_read(view, fault.at)) {
        // Where each file has a primary of its own, there is no one name to tell.
        let since = lines.iter().rev().take_while(|line| line.at >= fault.at);
        let is_new = since.filter(|line| line.epoch.is_some()).count() > 0;
        let who = match (words::is_sharded(view), is_new, down) {
            (true, ..) => String::new(),
            (false, true, _) => format!("{primary} is now the primary. "),
            (false, false, Some(down)) => format!("{} is down, and {primary} is still the primary. ", down.id),
            (false, false, None) => format!("{primary} is the primary, as before. "),
        };
        let sentence = format!("{who}Read {} back: is it still there?", row.name);
        return Some(Next { sentence, button: Some((format!("Read {}", row.name), Step::Read(row.name.clone()))) });
    }
    if let Some(server) = down {
        let sentence = match server.status {
            ServerStatus::Killed => {
                format!("Restart {}: it comes back with an empty disk and gets its copies again.", server.id)
            }
            _ => format!("Restart {}: it comes back with its disk and gets what it missed.", server.id),
        };
        return Some(Next { sentence, button: Some((format!("Restart {}", server.id), Step::Restart(server.id))) });
    }
    watch("All servers run. Write a file, and kill the primary while its update is on the way.".to_owned())
}

/// Failover is by hand, and the primary is gone: whoever is at the page is the operator.
fn promote_somebody(view: &View) -> Next {
    let is_there = |server: &&ServerView| server.status == ServerStatus::Up && !server.suspected;
    let rank = |server: &&ServerView| {
        let is_in_sync = view.coordinator.in_sync.contains(&server.id);
        (is_in_sync, server.epoch, server.last_index, core::cmp::Reverse(server.id))
    };
    let Some(best) = view.servers.iter().filter(is_there).max_by_key(rank).map(|server| server.id) else {
        let sentence = "Failover is by hand, but no server is up that you could promote. Restart one.".to_owned();
        return Next { sentence, button: None };
    };
    let sentence = if view.coordinator.in_sync.contains(&best) {
        format!(
            "Failover is by hand, and you are the operator: {best} has everything that was acknowledged. Promote it."
        )
    } else {
        format!(
            "Failover is by hand, and you are the operator. Of the servers that run, {best} is the most up to date. Promote it, or wait."
        )
    };
    Next { sentence, button: Some((format!("Promote {best}"), Step::Promote(best))) }
}

/// Whether the client read any file, or is about to, after a moment.
fn was_read(view: &View, after: Time) -> bool {
    view.operations.iter().any(|operation| {
        operation.kind == OperationKind::Read
            && operation.started >= after
            && !matches!(operation.outcome, OutcomeView::Refused(_) | OutcomeView::Unknown)
    })
}
