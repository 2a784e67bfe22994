//! What the ledger calls safe can be read: by a client, through the protocol, not from a disk.

use std::collections::BTreeMap;

use super::Session;
use super::audit::probe::{PATIENCE_LIMIT, patience};
use crate::check::{GroundTruth as _, Invariant, LedgerRow, Verdict, Violation};
use crate::client::Outcome;
use crate::replication::Revision;
use crate::sim::{OperationId, Time};
use crate::world::{Command, EventKind, ReadFrom, World};

/// How often a read that failed is tried again.
const ATTEMPTS: usize = 3;
/// How many reads are asked for at once.
const AT_ONCE: usize = 20;

/// A file, what the ledger says of it, and the state of it that was acknowledged.
struct Claim {
    row: LedgerRow,
    revision: Revision,
}

/// What a read of an acknowledged file brought.
enum Finding {
    /// The acknowledged version, or one that came after it.
    Current,
    /// There is no such file.
    Nothing,
    /// An earlier version, or one that came after an earlier version by another way.
    Other,
    /// Damaged bytes.
    Damaged,
    /// No answer, or a refusal.
    NoAnswer,
}

/// Reads every file of a copy of the session's world whose last change was acknowledged and is not lost, and tells which
/// of them the ledger is wrong about. Only meant for a time at which faults have stopped and everything was healed for
/// a while.
pub(super) fn check_readable(session: &Session) -> Vec<Violation> {
    let mut world = session.world.clone();
    let at = world.now();
    let is_claimed = |row: &LedgerRow| matches!(row.verdict, Verdict::Safe | Verdict::AtRisk | Verdict::Unavailable);
    let rows = world.ledger().rows.into_iter().filter(is_claimed);
    let claims: Vec<Claim> =
        rows.filter_map(|row| Some(Claim { revision: world.last_acknowledged(row.file)?.revision, row })).collect();
    let mut violations = Vec::new();
    for some in claims.chunks(AT_ONCE) {
        let mut asked: Vec<&Claim> = some.iter().collect();
        let mut wrong = Vec::new();
        for _ in 0..ATTEMPTS {
            wrong = read(&mut world, &asked);
            asked = wrong.iter().map(|(claim, _)| *claim).collect();
            if asked.is_empty() {
                break;
            }
        }
        violations.extend(wrong.into_iter().filter_map(|(claim, finding)| complaint(&claim.row, &finding, at)));
    }
    violations
}

fn complaint(row: &LedgerRow, finding: &Finding, at: Time) -> Option<Violation> {
    let is_safe = row.verdict == Verdict::Safe;
    let name = &row.name;
    let version = row.acknowledged.map(|version| format!("{version} of ")).unwrap_or_default();
    let what = match finding {
        Finding::Nothing => "a client that reads it is told that there is no such file".to_owned(),
        Finding::Other if is_safe => "a client that reads it gets something else".to_owned(),
        Finding::Damaged if is_safe => "a client that reads it gets corrupt bytes".to_owned(),
        Finding::NoAnswer if is_safe => "a client that reads it gets no answer".to_owned(),
        Finding::Current | Finding::Other | Finding::Damaged | Finding::NoAnswer => return None,
    };
    let sentence = format!("the ledger says of {version}{name}: \"{}\" Yet {what}", row.reason);
    Some(Violation { invariant: Invariant::SafeCanBeRead, at, event: None, sentence })
}

/// Reads each of the files, and returns those that a client does not find as they were acknowledged.
fn read<'a>(world: &mut World, claims: &[&'a Claim]) -> Vec<(&'a Claim, Finding)> {
    let mut open: BTreeMap<OperationId, &Claim> = BTreeMap::new();
    let mut wrong = Vec::new();
    world.drop_events();
    for claim in claims {
        let command = Command::Read { file: claim.row.name.clone(), from: ReadFrom::Primary };
        if world.apply(command).is_err() {
            wrong.push((*claim, Finding::NoAnswer));
            continue;
        }
        for event in world.take_events() {
            if let EventKind::OperationStarted { operation, .. } = event.kind {
                open.insert(operation, claim);
            }
        }
    }
    let until = world.now() + patience(world.settings().clients.first()).min(PATIENCE_LIMIT);
    while !open.is_empty() && world.now() <= until && world.next_at().is_some() {
        world.step();
        world.drop_events();
        open.retain(|operation, claim| {
            let Some(outcome) = world.outcome_of(*operation) else { return true };
            match finding(world, outcome, claim) {
                Finding::Current => {}
                other => wrong.push((*claim, other)),
            }
            false
        });
    }
    wrong.extend(open.into_values().map(|claim| (claim, Finding::NoAnswer)));
    wrong
}

fn finding(world: &World, outcome: &Outcome, claim: &Claim) -> Finding {
    let Outcome::Found(copy) = outcome else { return Finding::NoAnswer };
    let Some((copy, content)) = copy.as_ref().and_then(|copy| Some((copy, copy.content.as_ref()?))) else {
        return Finding::Nothing;
    };
    if content.is_damaged() {
        Finding::Damaged
    } else if world.descends_from(claim.row.file, copy.revision(), claim.revision) {
        Finding::Current
    } else {
        Finding::Other
    }
}
