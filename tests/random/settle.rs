//! The second phase: all faults end, everybody is restarted, and the cluster must come right by itself.

use std::collections::{BTreeMap, BTreeSet};

use replicarium::check::CopyHealth;
use replicarium::replication::{Failover, Version};
use replicarium::sim::{Content, DiskCondition, FileId, GroupId, ServerId, Span};
use replicarium::world::{
    Command, CopyView, Event, EventKind, GroupView, MAIN_GROUP, OperationView, OutcomeView, Placement, ReadFrom,
    ServerStatus, ServerView, View,
};

use super::majority;
use super::model::Failure;
use super::run::{Runner, not_yet};

/// How long the cluster has to come right once it does no more of the work that waits, and how often it is looked
/// at.
const PATIENCE: Span = Span::from_millis(40_000);
/// An overloaded cluster may take that long for what waits.
pub const PATIENCE_AT_MOST: Span = Span::from_millis(400_000);
/// How long before the end of its patience the owner of damaged files acts, and then an operator.
const PATIENCES_TO_ACT: [Span; 2] = [Span::from_millis(30_000), Span::from_millis(20_000)];
const LOOK_EVERY: Span = Span::from_millis(200);
/// How long an operator waits for what came of a promotion.
const PROMOTE_EVERY: Span = Span::from_millis(2_000);

pub fn phase_two(runner: &mut Runner) -> Result<(), Failure> {
    majority::goes_on(runner)?;
    heal(runner, None)?;
    // Without fencing two primaries may write into one log, and nothing is promised of what comes out.
    if !runner.options.settings.policy.fencing {
        runner.go(runner.session.now() + PATIENCE)?;
        return the_ledger_tells_the_truth(runner);
    }
    wait_until_settled(runner)?;
    // The last updates may be in all memories and not on all disks yet.
    let view = runner.go(runner.session.now() + Span::from_millis(1_000))?;
    what_was_acknowledged_is_there(runner, &view)?;
    if let Some(violation) = runner.session.check_settled().first().filter(|_| !runner.model.rotted) {
        return super::model::failure(violation.invariant.name(), violation.sentence.clone());
    }
    the_ledger_tells_the_truth(runner)?;
    new_writes_are_acknowledged(runner)?;
    wait_until_settled(runner)?;
    the_ledger_tells_the_truth(runner)
}

/// Whatever the policy promises: what the ledger calls safe is read by a client.
fn the_ledger_tells_the_truth(runner: &Runner) -> Result<(), Failure> {
    match runner.session.check_readable().first() {
        Some(violation) => super::model::failure(violation.invariant.name(), violation.sentence.clone()),
        None => Ok(()),
    }
}

/// Ends every fault, but for those of one server. What can't be ended, since it is well, is refused.
pub fn heal(runner: &mut Runner, but_for: Option<ServerId>) -> Result<(), Failure> {
    runner.give(Command::HealAll)?;
    let view = runner.session.view();
    let mut down = view.coordinator.nodes.iter().filter(|node| !node.is_up);
    if but_for.is_some() && view.coordinator.nodes.len() > 1 {
        // Of three nodes two are a majority.
        down.next();
    }
    for node in down {
        runner.give(Command::RestartCoordinator { node: node.id })?;
    }
    for server in view.servers.iter().filter(|server| Some(server.id) != but_for) {
        let server = server.id;
        runner.give(Command::SetDisk { server, condition: DiskCondition::default() })?;
        runner.give(Command::SkewClock { server, offset_us: 0, drift_ppm: 0 })?;
        runner.give(Command::Resume { server })?;
        runner.give(Command::Restart { server })?;
    }
    Ok(())
}

fn wait_until_settled(runner: &mut Runner) -> Result<(), Failure> {
    let mut deadline = runner.session.now() + PATIENCE;
    let mut done = 0;
    // The workloads end a while after the first phase.
    let quiet_at = runner.session.start() + Span::from_millis(6_500);
    let (mut promote_after, mut round) = (runner.session.now(), 0);
    let mut acted = 0;
    loop {
        let view = runner.go(runner.session.now() + LOOK_EVERY)?;
        let settled = is_settled(runner, &view);
        if settled.is_ok() && view.now >= quiet_at {
            return Ok(());
        }
        let done_now = done_by(&view);
        if done_now > done && view.now < runner.session.start() + PATIENCE_AT_MOST {
            done = done_now;
            deadline = view.now + PATIENCE;
        }
        if view.now >= deadline {
            return settled;
        }
        if acted < PATIENCES_TO_ACT.len() && view.now + PATIENCES_TO_ACT[acted] > deadline {
            acted += 1;
            write_anew_what_is_damaged(runner, &view)?;
            if acted == PATIENCES_TO_ACT.len() {
                promote_who_is_undamaged(runner, &view)?;
            }
        }
        if runner.options.settings.policy.failover == Failover::Manual
            && view.now + Span::from_millis(37_000) > deadline
            && view.now >= promote_after
        {
            promote_after = view.now + PROMOTE_EVERY;
            promote_where_nobody_reigns(runner, &view, round)?;
            round += 1;
        }
    }
}

/// Where failover is by hand, an operator names for each group without a primary one of those that have everything, or
/// the best that there is, and the next best where that was of no use.
fn promote_where_nobody_reigns(runner: &mut Runner, view: &View, round: usize) -> Result<(), Failure> {
    let suspects = &view.coordinator.suspects;
    for group in &view.coordinator.groups {
        if group.primary.is_some_and(|primary| !suspects.contains(&primary)) {
            continue;
        }
        let has_part = |server: &&ServerView| server.groups.iter().any(|role| role.group == group.id);
        let mut candidates: Vec<&ServerView> =
            view.servers.iter().filter(|server| !suspects.contains(&server.id)).collect();
        let rank = |server: &&ServerView| {
            (group.in_sync.contains(&server.id), has_part(server), server.epoch, server.last_index)
        };
        candidates.sort_by_key(|server| core::cmp::Reverse(rank(server)));
        if let Some(best) = candidates.get(round % candidates.len().max(1)) {
            runner.give(Command::Promote { server: best.id })?;
        }
    }
    Ok(())
}

/// A number that grows as long as updates come to the servers.
///
/// Who asked for them may have given up long ago, so that they need not be acknowledged to anybody.
pub fn done_by(view: &View) -> u64 {
    view.servers.iter().flat_map(|server| &server.copies).map(|copy| copy.version.0).sum()
}

/// The files that are damaged somewhere, and of which there is no good copy of the same version, or for which full copies
/// were held up.
fn beyond_repair(runner: &Runner, view: &View) -> BTreeSet<String> {
    let is_damaged = |copy: &&CopyView| copy.health == CopyHealth::Corrupt;
    let copies = || view.servers.iter().flat_map(|server| &server.copies);
    let is_good = |copy: &CopyView, damaged: &CopyView| {
        copy.file == damaged.file && copy.version == damaged.version && !is_damaged(&copy)
    };
    let held_up: BTreeSet<FileId> = runner.session.events().iter().filter_map(|event| held_up_by(&event)).collect();
    let is_beyond =
        |damaged: &&CopyView| held_up.contains(&damaged.file) || !copies().any(|copy| is_good(copy, damaged));
    copies().filter(is_damaged).filter(is_beyond).map(|copy| copy.name.clone()).collect()
}

fn held_up_by(event: &Event) -> Option<FileId> {
    match event.kind {
        EventKind::FullCopyHeldUp { file, .. } => Some(file),
        _ => None,
    }
}

/// What is damaged everywhere nobody but its owner can mend, and until then it may hold up full copies.
fn write_anew_what_is_damaged(runner: &mut Runner, view: &View) -> Result<(), Failure> {
    for file in beyond_repair(runner, view) {
        let content = Content::new(format!("{file} anew").as_bytes());
        let placement = runner.options.placement;
        runner.give(Command::Write { file, content, placement })?;
    }
    Ok(())
}

/// Where too few are in sync for a write, an operator has to choose an older state that is good, or, where there is none,
/// to give up the good files on the servers that can't join.
fn promote_who_is_undamaged(runner: &mut Runner, view: &View) -> Result<(), Failure> {
    let damaged = beyond_repair(runner, view);
    let is_bad = |copy: &CopyView| copy.health == CopyHealth::Corrupt && damaged.contains(&copy.name);
    let has_none = |server: &&ServerView| !server.copies.iter().any(is_bad);
    let sound = view.servers.iter().filter(|server| !damaged.is_empty() && has_none(server));
    if let Some(best) = sound.max_by_key(|server| (server.epoch, server.last_index)) {
        runner.give(Command::Promote { server: best.id })?;
        return Ok(());
    }
    let joining: BTreeSet<ServerId> =
        view.coordinator.groups.iter().flat_map(|group| &group.joining).copied().collect();
    for server in view.servers.iter().filter(|server| joining.contains(&server.id) && !has_none(server)) {
        runner.give(Command::Wipe { server: server.id })?;
    }
    Ok(())
}

/// Whether everything is as it should be, or what is not.
fn is_settled(runner: &Runner, view: &View) -> Result<(), Failure> {
    if let Some(server) = view.servers.iter().find(|server| server.status != ServerStatus::Up) {
        return not_yet(format!("{} is not up", server.id));
    }
    if let Some(server) = view.servers.iter().find(|server| server.waiting.is_some()) {
        return not_yet(format!("updates still wait at {}", server.id));
    }
    for group in &view.coordinator.groups {
        group_is_settled(runner, view, group)?;
    }
    for server in &view.servers {
        let left_over = |group: GroupId| {
            let known = view.coordinator.groups.iter().find(|known| known.id == group);
            known.is_none_or(|known| !known.in_sync.contains(&server.id))
        };
        if let Some(role) = server.groups.iter().find(|role| left_over(role.group)) {
            return not_yet(format!("{} still keeps what it has of {}, where it has no part", server.id, role.group));
        }
    }
    copies_agree(runner, view)
}

fn group_is_settled(runner: &Runner, view: &View, group: &GroupView) -> Result<(), Failure> {
    let id = group.id;
    if group.electing || group.primary.is_none() {
        return not_yet(format!("{id} has no primary"));
    }
    if !group.joining.is_empty() {
        return not_yet(format!("{:?} still join {id}", group.joining));
    }
    let expected = match runner.options.placement {
        Placement::Ring { factor } if id != MAIN_GROUP => usize::from(factor).min(view.servers.len()),
        _ => view.servers.len(),
    };
    if group.in_sync.len() != expected {
        return not_yet(format!("{id} has {} servers in sync and should have {expected}", group.in_sync.len()));
    }
    Ok(())
}

type Copies = BTreeMap<FileId, BTreeMap<ServerId, (Version, Content, CopyHealth)>>;

/// All copies of a file are the same, and on every server of its group.
fn copies_agree(runner: &Runner, view: &View) -> Result<(), Failure> {
    let mut files: Copies = BTreeMap::new();
    for server in &view.servers {
        for copy in &server.copies {
            let copies = files.entry(copy.file).or_default();
            copies.insert(server.id, (copy.version, copy.content.clone(), copy.health));
        }
    }
    let policy = &runner.options.settings.policy;
    for (file, copies) in &files {
        let Some(group) = runner.model.group_of(*file) else { continue };
        let Some(group) = view.coordinator.groups.iter().find(|known| known.id == group) else { continue };
        let sound = |(_, _, health): &&(Version, Content, CopyHealth)| *health != CopyHealth::Corrupt;
        let Some((version, content, _)) = copies.values().find(sound).or_else(|| copies.values().next()) else {
            continue;
        };
        let any_sound = copies.values().any(|copy| sound(&copy));
        for server in &group.in_sync {
            let Some((own_version, own_content, own_health)) = copies.get(server) else {
                return disagree(view, *file, &format!("{server} has no copy, others have {version}"));
            };
            if own_version != version {
                return disagree(view, *file, &format!("{server} has {own_version}, others have {version}"));
            }
            let is_corrupt = *own_health == CopyHealth::Corrupt;
            let must_be_repaired = policy.checksums && policy.scrub_every.is_some() && any_sound;
            if is_corrupt && must_be_repaired {
                return disagree(view, *file, &format!("the copy on {server} is still damaged"));
            }
            if !is_corrupt && own_content != content && any_sound {
                return disagree(view, *file, &format!("{server} has other bytes of {version}"));
            }
        }
    }
    Ok(())
}

fn disagree(view: &View, file: FileId, what: &str) -> Result<(), Failure> {
    let row = view.ledger.rows.iter().find(|row| row.file == file);
    let name = row.map_or("a file", |row| &row.name);
    super::model::failure("replicas-converge", format!("{name}: {what}"))
}

fn what_was_acknowledged_is_there(runner: &Runner, view: &View) -> Result<(), Failure> {
    for (file, version, deletes) in runner.model.must_be_there() {
        let mut copies = view.servers.iter().flat_map(|server| &server.copies).filter(|copy| copy.file == file);
        let is_there = if deletes { true } else { copies.clone().any(|copy| copy.version >= version) };
        let was_deleted = copies.next().is_none() && runner.model.was_deleted_after(file, version);
        if !is_there && !was_deleted {
            return super::model::failure(
                "acknowledged-is-kept",
                format!("{file} is gone, and {version} was acknowledged"),
            );
        }
    }
    Ok(())
}

/// Each group takes a new write, and a read brings it back.
fn new_writes_are_acknowledged(runner: &mut Runner) -> Result<(), Failure> {
    let mut targets: BTreeMap<GroupId, String> = BTreeMap::new();
    let view = runner.session.view();
    for row in &view.ledger.rows {
        if let Some(group) = runner.model.group_of(row.file)
            && view.coordinator.groups.iter().any(|known| known.id == group)
        {
            targets.insert(group, row.name.clone());
        }
    }
    let mut names: Vec<String> = targets.into_values().collect();
    names.push("after all.txt".to_owned());
    for name in names {
        let content = Content::new(format!("after all: {name}").as_bytes());
        let written = content.clone();
        let placement = runner.options.placement;
        let write = Command::Write { file: name.clone(), content: written, placement };
        let outcome = try_until_ok(runner, &write)?;
        if is_for_want_of_room(runner, outcome.as_ref()) {
            continue;
        }
        if !matches!(outcome, Some(OutcomeView::Ok { .. })) {
            return not_yet(format!("a new write of {name} ends in {outcome:?}"));
        }
        let read = Command::Read { file: name.clone(), from: ReadFrom::Primary };
        match try_until_ok(runner, &read)? {
            Some(OutcomeView::Ok { content: Some(found), .. }) if found == content => {}
            other => return not_yet(format!("{name} was written anew, and a read brings {other:?}")),
        }
    }
    Ok(())
}

fn is_for_want_of_room(runner: &Runner, outcome: Option<&OutcomeView>) -> bool {
    let small = runner.options.settings.disk.capacity_bytes.is_some();
    small && matches!(outcome, Some(OutcomeView::Refused(reason)) if reason.contains("disk is full"))
}

/// The outcome of an operation that is asked for up to three times.
pub fn try_until_ok(runner: &mut Runner, command: &Command) -> Result<Option<OutcomeView>, Failure> {
    let (mut outcome, mut last) = (None, None);
    for _ in 0..3 {
        if !runner.give(command.clone())? {
            return not_yet(format!("{command:?} is refused")).map(|()| None);
        }
        let started = runner.session.view().operations.iter().map(|operation| operation.id).max();
        let ended = |view: &View| {
            let found = view.operations.iter().find(|operation| Some(operation.id) == started);
            found.filter(|operation: &&OperationView| operation.ended.is_some()).map(|found| found.outcome.clone())
        };
        let deadline = runner.session.now() + Span::from_millis(1_000);
        while outcome.is_none() && runner.session.now() < deadline {
            let view = runner.go(runner.session.now() + Span::from_millis(50))?;
            outcome = ended(&view);
        }
        if matches!(outcome, Some(OutcomeView::Ok { .. })) {
            break;
        }
        last = outcome.take();
    }
    Ok(outcome.or(last))
}
