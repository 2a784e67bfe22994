//! The audit for single points of failure: from the present state every single fault is tried, then every
//! pair, each on a copy of the world and to its outcome.
//!
//! What was acknowledged when the audit began is what it judges: clients are silent from then on, and an answer
//! that was still under way is not heard. Both faults of a pair happen at the same moment unless
//! [`AuditSettings::second_after`] says otherwise.

mod fault;
pub(super) mod probe;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

pub use self::fault::Fault;
use self::fault::Place;
use self::probe::{Outcome, Subjects};
use self::report::sentence;
pub use self::report::{AuditReport, Finding, Harm, HarmDone};
use super::Session;
use crate::check::{CopyHealth, LedgerRow};
use crate::sim::{CoordinatorId, NodeId, ServerId, Span};
use crate::world::World;

/// How far an audit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// Whether pairs of faults are tried after the single ones.
    pub pairs: bool,
    /// The most single faults that are tried: beyond, links between servers are left out first.
    pub singles_limit: usize,
    /// The most pairs that are tried: beyond, pairs with links, wiped disks and pauses are left out first.
    pub pairs_limit: usize,
    /// The most files that clients try to read and write in each case; all are judged for loss.
    pub files_limit: usize,
    /// How long after the first fault of a pair the second one happens.
    pub second_after: Span,
}

impl Default for AuditSettings {
    /// All pairs, at the same moment, up to 2,000 single faults, 3,000 pairs and 100 files.
    fn default() -> Self {
        Self { pairs: true, singles_limit: 2_000, pairs_limit: 3_000, files_limit: 100, second_after: Span::ZERO }
    }
}

/// How far an audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Progress {
    /// How many cases were tried.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

/// The harms of one case: each harm of each file, with its reason.
type Harms = BTreeMap<(Harm, String), String>;

/// One or two faults, by their numbers.
type Case = (usize, Option<usize>);

/// An audit under way. Each [`Audit::step`] tries one case; it can be dropped, or finished early, at any time.
#[derive(Clone, Debug)]
pub struct Audit {
    settings: AuditSettings,
    world: World,
    place: Place,
    subjects: Subjects,
    rows: Vec<LedgerRow>,
    faults: Vec<Fault>,
    /// The cases still to be tried, the next one last.
    waiting: Vec<Case>,
    total: usize,
    /// What is harmed without any fault; known after the first step.
    already: Option<Harms>,
    /// What each case that could be tried does beyond that.
    tried: BTreeMap<Case, Harms>,
    notes: Vec<String>,
}

impl Audit {
    /// An audit of the present state of a session, which is not changed.
    #[must_use]
    pub fn new(session: &Session, settings: AuditSettings) -> Self {
        let mut world = session.world.clone();
        world.drop_events();
        world.silence_clients();
        let mut notes = Vec::new();
        let place = Place::of(&session.view());
        let coordinators = world.settings().coordinators.max(1);
        let faults = list_faults(&place, coordinators, settings.singles_limit, &mut notes);
        let mut waiting: Vec<Case> = (0..faults.len()).map(|index| (index, None)).collect();
        if settings.pairs {
            waiting.extend(list_pairs(&faults, &place, settings.pairs_limit, &mut notes));
        }
        waiting.reverse();
        let subjects = Subjects::of(&world, settings.files_limit);
        if subjects.left_out > 0 {
            let (limit, left_out) = (settings.files_limit, subjects.left_out);
            notes.push(format!("Clients try {limit} files; {left_out} more are judged for loss only."));
        }
        let rows = world.ledger().rows;
        let total = waiting.len() + 1;
        let tried = BTreeMap::new();
        Self { settings, world, place, subjects, rows, faults, waiting, total, already: None, tried, notes }
    }

    /// Tries the next case, and says how far the audit is; none once all were tried.
    pub fn step(&mut self) -> Option<Progress> {
        if self.already.is_none() {
            let harms = self.harms(&self.run(&[]).unwrap_or_default(), &[]);
            self.already = Some(harms);
            return Some(self.progress());
        }
        let case = self.waiting.pop()?;
        let faults = self.faults_of(case);
        if let Some(outcome) = self.run(&faults) {
            let mut harms = self.harms(&outcome, &faults);
            if let Some(already) = &self.already {
                harms.retain(|harm, _| !already.contains_key(harm));
            }
            self.tried.insert(case, harms);
        }
        Some(self.progress())
    }

    /// How far the audit is.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let begun = usize::from(self.already.is_some());
        Progress { done: self.total - 1 - self.waiting.len() + begun, total: self.total }
    }

    /// What was found in the cases that were tried.
    #[must_use]
    pub fn finish(&self) -> AuditReport {
        let singles: Vec<&Case> = self.tried.keys().filter(|(_, second)| second.is_none()).collect();
        let survived = singles.iter().filter(|case| self.tried.get(case).is_some_and(BTreeMap::is_empty));
        let survived = survived.map(|(first, _)| self.faults[*first]).collect();
        let pairs_tried = self.tried.len() - singles.len();
        let singles_tried = singles.len();
        let in_order = |pairs: bool| self.tried.iter().filter(move |((_, second), _)| second.is_some() == pairs);
        let findings = in_order(false).chain(in_order(true));
        AuditReport {
            at: self.world.now(),
            findings: findings.filter_map(|(case, harms)| self.finding(*case, harms)).collect(),
            already: self.already.as_ref().map(by_harm).unwrap_or_default(),
            survived,
            singles_tried,
            pairs_tried,
            is_complete: self.already.is_some() && self.waiting.is_empty(),
            notes: self.notes.clone(),
        }
    }

    /// Runs a copy of the world to the outcome of these faults; none if one of them changes nothing here.
    fn run(&self, faults: &[Fault]) -> Option<Outcome> {
        let mut world = self.world.clone();
        for (index, fault) in faults.iter().enumerate() {
            if index > 0 && self.settings.second_after > Span::ZERO {
                world.advance(world.now() + self.settings.second_after);
            }
            let commands = fault.commands(&self.place);
            let carried_out = commands.into_iter().filter(|command| world.apply(command.clone()).is_ok()).count();
            if carried_out == 0 {
                return None;
            }
        }
        probe::settle(&mut world);
        Some(probe::examine(&mut world, &self.subjects))
    }

    fn faults_of(&self, (first, second): Case) -> Vec<Fault> {
        core::iter::once(first).chain(second).map(|index| self.faults[index]).collect()
    }

    fn harms(&self, outcome: &Outcome, faults: &[Fault]) -> Harms {
        let hit: BTreeSet<ServerId> = faults.iter().flat_map(|fault| fault.servers(&self.place)).collect();
        let lost = outcome.lost.iter().map(|(file, reason)| {
            let own = self.rows.iter().find(|row| row.name == *file).and_then(|row| reason_of_loss(row, &hit));
            ((Harm::LosesData, file.clone()), own.unwrap_or_else(|| report::as_clause(reason)))
        });
        let unreadable = outcome.unreadable.iter().map(|(file, reason)| ((Harm::StopsReads, file), reason));
        let unwritable = outcome.unwritable.iter().map(|(file, reason)| ((Harm::StopsWrites, file), reason));
        let stopped = unreadable.chain(unwritable).map(|((harm, file), reason)| ((harm, file.clone()), reason.clone()));
        lost.chain(stopped).collect()
    }

    /// What a case does that no smaller or weaker one does.
    fn finding(&self, case: Case, harms: &Harms) -> Option<Finding> {
        let covered = self.covered(case);
        let own: Harms = harms.iter().filter(|(harm, _)| !covered.contains(*harm)).map(clone_pair).collect();
        if own.is_empty() {
            return None;
        }
        let (faults, harms) = (self.faults_of(case), by_harm(&own));
        let sentence = sentence(&faults, &harms);
        Some(Finding { faults, harms, sentence })
    }

    /// The harms that smaller or weaker cases do.
    fn covered(&self, (first, second): Case) -> BTreeSet<(Harm, String)> {
        let firsts = self.with_stand_ins(first);
        let seconds = second.map(|second| self.with_stand_ins(second)).unwrap_or_default();
        let singles = firsts.iter().chain(&seconds).map(|index| (*index, None));
        let pair = |one: usize, other: usize| (one.min(other), Some(one.max(other)));
        let pairs = firsts.iter().flat_map(|one| seconds.iter().map(move |other| pair(*one, *other)));
        let weaker = singles.chain(pairs).filter(|case| *case != (first, second));
        let harms = weaker.filter_map(|case| self.tried.get(&case)).flat_map(BTreeMap::keys);
        let mut covered: BTreeSet<(Harm, String)> = harms.cloned().collect();
        // What is lost can't be read either.
        let lost: Vec<String> =
            covered.iter().filter(|(harm, _)| *harm == Harm::LosesData).map(|(_, file)| file.clone()).collect();
        covered.extend(lost.into_iter().map(|file| (Harm::StopsReads, file)));
        covered
    }

    fn with_stand_ins(&self, index: usize) -> Vec<usize> {
        let fault = self.faults[index];
        let stand_ins = fault.stand_ins(&self.place);
        let others = self.faults.iter().enumerate().filter(|(_, other)| stand_ins.contains(other));
        core::iter::once(index).chain(others.map(|(other, _)| other)).collect()
    }
}

fn clone_pair((harm, reason): (&(Harm, String), &String)) -> ((Harm, String), String) {
    (harm.clone(), reason.clone())
}

/// The same harms, those of one kind that have one reason together.
fn by_harm(harms: &Harms) -> Vec<HarmDone> {
    let mut done: Vec<HarmDone> = Vec::new();
    for ((harm, file), reason) in harms {
        match done.iter_mut().find(|known| known.harm == *harm && known.reason == *reason) {
            Some(known) => known.files.push(file.clone()),
            None => done.push(HarmDone { harm: *harm, files: vec![file.clone()], reason: reason.clone() }),
        }
    }
    done
}

/// Why a file is lost, if it is because all servers that had it were hit.
fn reason_of_loss(row: &LedgerRow, hit: &BTreeSet<ServerId>) -> Option<String> {
    let having = |health: CopyHealth| {
        let servers = row.copies.iter().filter(move |(_, found)| *found == health).map(|(server, _)| *server);
        servers.collect::<Vec<ServerId>>()
    };
    let fresh = having(CopyHealth::Fresh);
    if fresh.is_empty() || !fresh.iter().all(|server| hit.contains(server)) {
        return None;
    }
    let version = row.acknowledged?;
    let is_all = having(CopyHealth::Stale).is_empty() && having(CopyHealth::Corrupt).is_empty();
    Some(match (fresh.as_slice(), is_all) {
        ([_], true) => "its only copy was there".to_owned(),
        (_, true) => format!("its only copies were on {}", report::list(&fresh)),
        (_, false) => format!("only {} had {version} undamaged on disk", report::list(&fresh)),
    })
}

/// All single faults, the gravest kinds first.
fn list_faults(place: &Place, coordinators: u8, limit: usize, notes: &mut Vec<String>) -> Vec<Fault> {
    let servers: Vec<ServerId> = place.servers.iter().map(|(server, _)| *server).collect();
    let each = |fault: fn(ServerId) -> Fault| servers.iter().copied().map(fault);
    let nodes: Vec<CoordinatorId> = (1..=coordinators).map(CoordinatorId).collect();
    let zones = place.shared_zones();
    let mut faults: Vec<Fault> = each(|server| Fault::Kill { server }).collect();
    faults.extend(each(|server| Fault::Crash { server }));
    faults.extend(nodes.iter().map(|node| Fault::CoordinatorCrash { node: *node }));
    faults.extend(zones.iter().map(|zone| Fault::ZoneLoss { zone: *zone }));
    faults.extend(zones.iter().map(|zone| Fault::ZoneOutage { zone: *zone }));
    let to_coordinator = |server: &ServerId| {
        let first = NodeId::Server(*server);
        nodes.iter().map(move |node| Fault::LinkCut { first, second: NodeId::Coordinator(*node) }).collect::<Vec<_>>()
    };
    faults.extend(servers.iter().flat_map(to_coordinator));
    faults.extend(each(|server| Fault::Wipe { server }));
    faults.extend(each(|server| Fault::Pause { server }));
    let links = servers.len() * servers.len().saturating_sub(1) / 2;
    let room = limit.saturating_sub(faults.len());
    let between = servers.iter().enumerate().flat_map(|(index, first)| {
        let others = servers.iter().skip(index + 1);
        others.map(|second| Fault::LinkCut { first: NodeId::Server(*first), second: NodeId::Server(*second) })
    });
    faults.extend(between.take(room));
    if links > room {
        notes.push(format!("Of {links} links between servers {room} were cut, to keep to {limit} single faults."));
    }
    if faults.len() > limit {
        notes.push(format!("Of {} single faults the first {limit} were tried.", faults.len()));
        faults.truncate(limit);
    }
    faults
}

/// The pairs of faults that are more than one of them, at most `limit`: those of the gravest kinds first.
fn list_pairs(faults: &[Fault], place: &Place, limit: usize, notes: &mut Vec<String>) -> Vec<Case> {
    let pairs = (0..faults.len()).flat_map(|second| (0..second).map(move |first| (first, second)));
    let differ = pairs.filter(|(first, second)| !faults[*first].overlaps(faults[*second], place));
    let count = faults.len() * faults.len().saturating_sub(1) / 2;
    let taken: Vec<Case> = differ.take(limit).map(|(first, second)| (first, Some(second))).collect();
    if taken.len() == limit && count > limit {
        notes.push(format!("Of some {count} pairs the first {limit} were tried, those of the gravest faults."));
    }
    taken
}
