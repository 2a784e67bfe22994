//! Liveness with a minority broken: one server and, of three nodes of the coordinator, one stay as they are. All else
//! is healed, and the cluster has to go on without them.

use replicarium::replication::{Acks, Failover};
use replicarium::sim::{Content, ServerId, Span};
use replicarium::world::{Command, OutcomeView, Placement, ServerStatus, View};

use super::model::Failure;
use super::options::Family;
use super::run::{Runner, not_yet};
use super::settle;

/// How long the others may take to take writes again, once they do no more of the work that waits.
const PATIENCE: Span = Span::from_millis(30_000);

/// Heals all but a minority, where the policy promises that the others go on, and checks that they do.
pub fn goes_on(runner: &mut Runner) -> Result<(), Failure> {
    let view = runner.session.view();
    let Some(broken) = a_server_that_is_not_needed(runner, &view) else { return Ok(()) };
    settle::heal(runner, Some(broken))?;
    if runner.session.view().servers.iter().any(|server| server.id == broken && server.status == ServerStatus::Up) {
        runner.give(Command::Crash { server: broken })?;
    }
    // A decision that was under way may have left the broken server as the only one that has everything.
    let patient_until = runner.session.now() + PATIENCE;
    let mut view = runner.go(runner.session.now() + Span::from_millis(1_000))?;
    while !view.coordinator.nodes.iter().any(|node| node.is_up && node.leads) && view.now < patient_until {
        view = runner.go(view.now + Span::from_millis(1_000))?;
    }
    // What the leader has accepted may be news, and is decided now.
    view = runner.go(view.now + Span::from_millis(500))?;
    if is_needed(runner, &view, broken) {
        return Ok(());
    }
    let mut deadline = runner.session.now() + PATIENCE;
    let mut done = 0;
    loop {
        let content = Content::new(b"without the minority");
        let write = Command::Write { file: "majority.txt".to_owned(), content, placement: Placement::EveryServer };
        let outcome = settle::try_until_ok(runner, &write)?;
        if matches!(outcome, Some(OutcomeView::Ok { .. })) {
            return Ok(());
        }
        let view = runner.session.view();
        let done_now = settle::done_by(&view);
        if done_now > done && view.now < runner.session.start() + settle::PATIENCE_AT_MOST {
            done = done_now;
            deadline = view.now + PATIENCE;
        }
        if view.now >= deadline {
            return not_yet(format!("with only {broken} broken, a write ends in {outcome:?}"));
        }
    }
}

/// A server without which the policy promises that writes go on: preferably one that is broken by now.
///
/// Where disks were lost, or the only in-sync server is the broken one, waiting for it is right. Disks that can be full are
/// left out.
fn a_server_that_is_not_needed(runner: &Runner, view: &View) -> Option<ServerId> {
    let settings = &runner.options.settings;
    let policy = &settings.policy;
    let is_suited = runner.options.family == Family::Crashes
        && runner.options.placement == Placement::EveryServer
        && policy.fencing
        && policy.failover == Failover::Automatic
        && settings.disk.capacity_bytes.is_none()
        && view.servers.len() == settings.servers.len()
        && view.servers.len() >= 3;
    if !is_suited {
        return None;
    }
    let others = view.servers.len() - 1;
    let acks_are_left = match policy.acks {
        Acks::None | Acks::All => true,
        Acks::Count(count) => (1..others).contains(&count),
    };
    if !acks_are_left || policy.min_in_sync > others {
        return None;
    }
    let mut candidates: Vec<_> = view.servers.iter().filter(|server| !is_needed(runner, view, server.id)).collect();
    candidates.sort_by_key(|server| (server.status == ServerStatus::Up, server.id));
    candidates.first().map(|server| server.id)
}

/// Whether others can't go on without the server: it may be the only one that has all acknowledged updates.
fn is_needed(runner: &Runner, view: &View, server: ServerId) -> bool {
    match runner.options.settings.policy.acks {
        Acks::None | Acks::All => view.coordinator.in_sync.iter().all(|one| *one == server),
        Acks::Count(_) => view.coordinator.in_sync.len() < view.servers.len(),
    }
}
