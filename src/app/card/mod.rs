//! The story beside the stage: what this is, what to do first, and what to try next.

use std::rc::Rc;
use std::sync::Arc;

use yew::prelude::*;

use crate::check::Verdict;
use crate::session::Scenario;
use crate::sim::{CoordinatorId, ServerId, Time};
use crate::world::{Command, OperationKind, OutcomeView, ReadFrom, Role, ServerStatus, ServerView, View};

use crate::app::act::{Act, ServerAct};
use crate::app::glossary::explained;
use crate::app::time::timeline::Line;
use crate::app::words::{self, Shared};

#[derive(Clone, PartialEq, Properties)]
pub(crate) struct Props {
    pub(crate) scenario: Arc<Scenario>,
    pub(crate) view: Shared<View>,
    pub(crate) lines: Shared<Vec<Rc<Line>>>,
    pub(crate) start: Time,
    pub(crate) act: Callback<Act>,
}

pub(crate) struct Story;

/// What to try next: a sentence, and a button where one click does it.
#[derive(Debug, PartialEq)]
struct Next {
    sentence: String,
    button: Option<(String, Step)>,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Read(String),
    Restart(ServerId),
    RestartCoordinator(CoordinatorId),
    Promote(ServerId),
}

impl Component for Story {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { scenario, view, lines, start, act } = ctx.props();
        let kicker = if scenario.is_built_in() {
            "Scenario".to_owned()
        } else {
            format!("Scenario from {}", scenario.file_name())
        };
        html! {
            <section class="story" aria-label="Story">
                <p key="kicker" class="kicker" data-testid="kicker">{ kicker }</p>
                <h1 key="title">{ scenario.title() }</h1>
                <p key="story">{ explained(scenario.story(), 4) }</p>
                <div key="card" class="card">{ nudge(scenario, view, lines, *start, act) }</div>
                <p key="hint" class="hint">{ hint(view) }</p>
            </section>
        }
    }
}

/// The one sentence that asks for one action: the scenario's at first, then what follows from what happened.
fn nudge(scenario: &Scenario, view: &View, lines: &[Rc<Line>], start: Time, act: &Callback<Act>) -> Html {
    let next = next(view, lines, start);
    html! {
        <>
            <p class="invitation" data-testid="invitation">
                if let Some(next) = &next { <b>{ "Next. " }</b>{ &next.sentence } } else { <b>{ scenario.invitation() }</b> }
            </p>
            if let Some((label, step)) = next.as_ref().and_then(|next| next.button.clone()) {
                <button class="primary" data-testid="next" onclick={take(step, act)}>{ label }</button>
            }
        </>
    }
}

/// The same above the stage, where there is no room for the story beside it.
pub(crate) struct Nudge;

impl Component for Nudge {
    type Message = ();
    type Properties = Props;

    fn create(_: &Context<Self>) -> Self {
        Self
    }

    fn view(&self, ctx: &Context<Self>) -> Html {
        let Props { scenario, view, lines, start, act } = ctx.props();
        html! {
            <div class="nudge">
                { nudge(scenario, view, lines, *start, act) }
            </div>
        }
    }
}

fn take(step: Step, act: &Callback<Act>) -> Callback<MouseEvent> {
    let act = act.clone();
    Callback::from(move |_: MouseEvent| {
        act.emit(match &step {
            Step::Read(file) => Act::Apply(Command::Read { file: file.clone(), from: ReadFrom::Primary }),
            Step::Restart(server) => Act::OnServer(*server, ServerAct::Restart),
            Step::Promote(server) => Act::OnServer(*server, ServerAct::Promote),
            Step::RestartCoordinator(node) => Act::Apply(Command::RestartCoordinator { node: *node }),
        });
    })
}

/// A quieter thought below: something else that can be done as things stand.
fn hint(view: &View) -> String {
    if view.links.iter().any(|link| link.cut) {
        return "A link is cut: open it to heal it, or heal all.".to_owned();
    }
    if let Some(row) = view.ledger.rows.iter().find(|row| row.verdict == Verdict::AtRisk && row.copies.len() == 1) {
        let server = row.copies.first().map_or_else(String::new, |(server, _)| server.to_string());
        return format!("{} has one copy, on {server}. Kill {server} and see what is left of it.", row.name);
    }
    if crate::app::stage::service::serves_only(view) {
        return "Then: crash the server that serves, and see who takes over and what callers see of it.".to_owned();
    }
    "Then: write a file and watch its update go to the replicas, or open a link to cut it.".to_owned()
}

/// What follows from what happened, read from the events and the view alone.
fn next(view: &View, lines: &[Rc<Line>], start: Time) -> Option<Next> {
    if let Some(link) = view.links.iter().find(|link| link.cut) {
        let sentence = format!(
            "The link between {} and {} is cut. Write a file and see whose ack its update waits for; then heal the link.",
            link.first, link.second
        );
        return Some(Next { sentence, button: None });
    }
    let fault = lines.iter().rev().find(|line| line.fell.is_some() && line.at >= start)?;
    let down = view.servers.iter().find(|server| server.status != ServerStatus::Up);
    if let Some(server) = down.filter(|_| view.servers.iter().all(|server| server.status != ServerStatus::Up)) {
        let lost = view.ledger.rows.iter().find(|row| row.verdict == Verdict::LostAcknowledged);
        let sentence = match lost {
            Some(row) => {
                format!("{} was acknowledged, and is lost: no disk has it any more. Restart {}.", row.name, server.id)
            }
            None => format!("No server runs, so nobody can be promoted. Restart {} and see what it has.", server.id),
        };
        return Some(Next { sentence, button: Some((format!("Restart {}", server.id), Step::Restart(server.id))) });
    }
    let watch = |sentence: String| Some(Next { sentence, button: None });
    let down_node = view.coordinator.nodes.iter().find(|node| !node.is_up);
    if let Some(node) = down_node.filter(|_| !view.coordinator.nodes.iter().any(|node| node.is_up && node.leads)) {
        let sentence = "The coordinator is down: nobody notices who is silent, and nobody is promoted. Restart it.";
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
            None => format!("{} was acknowledged, and is lost. More copies would have saved it.", row.name),
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
        let who = if words::is_sharded(view) { String::new() } else { format!("{primary} is the primary now. ") };
        let sentence = format!("{who}Read {} back: is it still there?", row.name);
        return Some(Next { sentence, button: Some((format!("Read {}", row.name), Step::Read(row.name.clone()))) });
    }
    if let Some(server) = down {
        let sentence = match server.status {
            ServerStatus::Killed => {
                format!("Restart {}: it comes back with an empty disk and is filled again.", server.id)
            }
            _ => format!("Restart {}: it comes back with its disk and gets what it missed.", server.id),
        };
        return Some(Next { sentence, button: Some((format!("Restart {}", server.id), Step::Restart(server.id))) });
    }
    Some(Next {
        sentence: "All servers run. Write a file, and kill the primary while its update is on the way.".to_owned(),
        button: None,
    })
}

/// Failover is by hand, and the primary is gone: whoever is at the page is the operator.
fn promote_somebody(view: &View) -> Next {
    let is_there = |server: &&ServerView| server.status == ServerStatus::Up && !server.suspected;
    let rank = |server: &&ServerView| {
        let is_in_sync = view.coordinator.in_sync.contains(&server.id);
        (is_in_sync, server.epoch, server.last_index, core::cmp::Reverse(server.id))
    };
    let Some(best) = view.servers.iter().filter(is_there).max_by_key(rank).map(|server| server.id) else {
        let sentence = "Failover is by hand, and no server is there to be promoted. Restart one.".to_owned();
        return Next { sentence, button: None };
    };
    let sentence = if view.coordinator.in_sync.contains(&best) {
        format!("Failover is by hand, and you are the operator: {best} has all that was acknowledged. Promote it.")
    } else {
        format!(
            "Failover is by hand, and you are the operator. Of the servers that run, {best} has most. Promote it, or wait."
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
