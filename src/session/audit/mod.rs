//! The audit for single points of failure: from the present state every single fault is tried, then every
//! pair, each on a copy of the world and to its outcome.
//!
//! What was acknowledged when the audit began is what it judges, and the services that there are: clients are silent
//! from then on, and an answer that was still under way is not heard. When a case has had its outcome, a client whose
//! links are whole tries to read, to write and to call the services, for all clients; and each client that has a link
//! cut tries it for itself. Both faults of a pair happen at the same moment unless
//! [`AuditSettings::second_after`] says otherwise.

pub(super) mod asker;
mod fault;
mod harmed;
mod list;
pub(super) mod probe;
mod reason;
mod report;

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use self::asker::{CUT_OFF_LIMIT, askers};
pub use self::fault::Fault;
use self::fault::Place;
use self::harmed::{Harmed, Harms, by_reason, stopped};
use self::probe::{Outcome, PATIENCE_LIMIT, SETTLING_LIMIT, Subjects, patience, settling_time};
use self::report::sentence;
pub use self::report::{AuditReport, Finding, Harm, HarmDone};
use super::Session;
use crate::check::{CopyHealth, LedgerRow};
use crate::sim::{ClientId, NodeId, ServerId, Span};
use crate::world::World;

/// How far an audit goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditSettings {
    /// Whether pairs of faults are tried after the single ones.
    pub pairs: bool,
    /// The most single faults that are tried: beyond, links of clients are left out first, then those between servers.
    pub singles_limit: usize,
    /// The most pairs that are tried: beyond, pairs with links of clients are left out first, then those with links
    /// between servers, pauses and wiped disks.
    pub pairs_limit: usize,
    /// The most files that clients try to read and write in each case; all are judged for loss.
    pub files_limit: usize,
    /// How long after the first fault of a pair the second one happens.
    pub second_after: Span,
}

impl Default for AuditSettings {
    /// All pairs, at the same moment, up to 5,000 single faults, 3,000 pairs and 100 files.
    fn default() -> Self {
        Self { pairs: true, singles_limit: 5_000, pairs_limit: 3_000, files_limit: 100, second_after: Span::ZERO }
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
        let place = Place::of(&session.view(), &world);
        let faults = list::singles(&place, settings.singles_limit, &mut notes);
        let mut waiting: Vec<Case> = (0..faults.len()).map(|index| (index, None)).collect();
        if settings.pairs {
            waiting.extend(list::pairs(&faults, &place, settings.pairs_limit, &mut notes));
        }
        waiting.reverse();
        let subjects = Subjects::of(&world, settings.files_limit);
        if subjects.left_out > 0 {
            let (limit, left_out) = (settings.files_limit, subjects.left_out);
            notes.push(format!("Clients try {limit} files; the audit checks {left_out} more only for loss."));
        }
        notes.extend(shortcuts(&world));
        let rows = world.ledger().rows;
        let total = waiting.len() + 1;
        let tried = BTreeMap::new();
        Self { settings, world, place, subjects, rows, faults, waiting, total, already: None, tried, notes }
    }

    /// Tries the next case, and says how far the audit is; none once all were tried.
    pub fn step(&mut self) -> Option<Progress> {
        if self.already.is_none() {
            self.already = Some(self.run(&[]).unwrap_or_default());
            return Some(self.progress());
        }
        let case = self.waiting.pop()?;
        if let Some(mut harms) = self.run(&self.faults_of(case)) {
            let already: BTreeSet<Harmed> = self.already.iter().flat_map(BTreeMap::keys).cloned().collect();
            harms.retain(|harmed, _| !harmed.is_known(&already));
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
        let harmless = singles.iter().filter(|case| self.tried.get(case).is_some_and(BTreeMap::is_empty));
        let harmless = harmless.map(|(first, _)| self.faults[*first]).collect();
        let (survived, unsettled) =
            if settling_time(&self.world) > SETTLING_LIMIT { (Vec::new(), harmless) } else { (harmless, Vec::new()) };
        let pairs_tried = self.tried.len() - singles.len();
        let singles_tried = singles.len();
        let in_order = |pairs: bool| self.tried.iter().filter(move |((_, second), _)| second.is_some() == pairs);
        let findings = in_order(false).chain(in_order(true));
        AuditReport {
            at: self.world.now(),
            findings: findings.filter_map(|(case, harms)| self.finding(*case, harms)).collect(),
            already: self.already.as_ref().map(by_reason).unwrap_or_default(),
            survived,
            unsettled,
            singles_tried,
            pairs_tried,
            is_complete: self.already.is_some() && self.waiting.is_empty(),
            notes: self.notes.clone(),
        }
    }

    /// Runs a copy of the world to the outcome of these faults, and tells what is harmed then; none if one of them
    /// changes nothing here.
    fn run(&self, faults: &[Fault]) -> Option<Harms> {
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
        let hit: Vec<ClientId> = faults.iter().flat_map(|fault| fault.clients()).collect();
        let mut harms = self.losses(&world, faults);
        for asker in askers(&world, &hit) {
            let outcome: Outcome = probe::examine(&mut world.clone(), &self.subjects, &asker);
            let known: BTreeSet<Harmed> = harms.keys().cloned().collect();
            let stopped = stopped(&outcome, asker.is_alone.then_some(asker.client));
            harms.extend(stopped.filter(|(harmed, _)| !harmed.is_known(&known)));
        }
        Some(harms)
    }

    /// The files that are lost, and why.
    fn losses(&self, world: &World, faults: &[Fault]) -> Harms {
        let hit: BTreeSet<ServerId> = faults.iter().flat_map(|fault| fault.servers(&self.place)).collect();
        let losses = probe::losses(world).into_iter().map(|(file, reason)| {
            let own = self.rows.iter().find(|row| row.name == file).and_then(|row| reason_of_loss(row, &hit));
            (Harmed::new(Harm::LosesData, None, &file), own.unwrap_or_else(|| report::as_clause(&reason)))
        });
        losses.collect()
    }

    fn faults_of(&self, (first, second): Case) -> Vec<Fault> {
        core::iter::once(first).chain(second).map(|index| self.faults[index]).collect()
    }

    /// What a case does that no smaller or weaker one does.
    fn finding(&self, case: Case, harms: &Harms) -> Option<Finding> {
        let covered = self.covered(case);
        let own = harms.iter().filter(|(harmed, _)| !harmed.is_known(&covered));
        let own: Harms = own.map(|(harmed, reason)| (harmed.clone(), reason.clone())).collect();
        if own.is_empty() {
            return None;
        }
        let (faults, harms) = (self.faults_of(case), by_reason(&own));
        let sentence = sentence(&faults, &harms);
        Some(Finding { faults, harms, sentence })
    }

    /// The harms that smaller or weaker cases do.
    fn covered(&self, (first, second): Case) -> BTreeSet<Harmed> {
        let firsts = self.with_stand_ins(first);
        let seconds = second.map(|second| self.with_stand_ins(second)).unwrap_or_default();
        let singles = firsts.iter().chain(&seconds).map(|index| (*index, None));
        let pair = |one: usize, other: usize| (one.min(other), Some(one.max(other)));
        let pairs = firsts.iter().flat_map(|one| seconds.iter().map(move |other| pair(*one, *other)));
        let weaker = singles.chain(pairs).filter(|case| *case != (first, second));
        weaker.filter_map(|case| self.tried.get(&case)).flat_map(BTreeMap::keys).cloned().collect()
    }

    fn with_stand_ins(&self, index: usize) -> Vec<usize> {
        let fault = self.faults[index];
        let stand_ins = fault.stand_ins(&self.place);
        let others = self.faults.iter().enumerate().filter(|(_, other)| stand_ins.contains(other));
        core::iter::once(index).chain(others.map(|(other, _)| other)).collect()
    }
}

/// What an audit cuts short for the sake of time, as sentences.
fn shortcuts(world: &World) -> Vec<String> {
    let mut notes = Vec::new();
    let needed = settling_time(world);
    if needed > SETTLING_LIMIT {
        notes.push(format!(
            "Each case was judged after {}. The policy's own waits add up to {}, so the cluster had not settled by \
             then: what still works may stop later, and what has stopped may come back.",
            seconds(SETTLING_LIMIT),
            seconds(needed)
        ));
    }
    let longest = world.settings().clients.iter().map(|client| patience(Some(client))).max();
    if let Some(longest) = longest.filter(|longest| *longest > PATIENCE_LIMIT) {
        let (limit, longest) = (seconds(PATIENCE_LIMIT), seconds(longest));
        notes.push(format!("Clients wait at most {limit} for an answer here, although their settings say {longest}."));
    }
    let cut_off = world.clients().filter(|client| world.cuts_of(NodeId::Client(*client)) > 0).count();
    if cut_off > CUT_OFF_LIMIT {
        notes.push(format!("{cut_off} clients already have cut links; each case asks {CUT_OFF_LIMIT} of them."));
    }
    notes
}

fn seconds(span: Span) -> String {
    format!("{} s", span.as_micros() / 1_000_000)
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
        (_, false) => format!("only {} had {version} intact on disk", report::list(&fresh)),
    })
}
