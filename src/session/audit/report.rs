//! What an audit has found, in a form for people and for programs.

use serde::Serialize;

use super::fault::Fault;
use crate::sim::{ClientId, Time};

/// How many harms of a finding its sentence tells in full; the list of its harms has them all.
const CLAUSES_LIMIT: usize = 4;

/// What faults can do to clients.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Harm {
    /// What a client was told is kept is gone.
    LosesData,
    /// A file can't be read, though it may not be lost.
    StopsReads,
    /// A file can't be written.
    StopsWrites,
    /// A service answers no calls.
    StopsService,
}

impl Harm {
    /// What the faults do, up to the names of what they do it to.
    fn clause(self) -> &'static str {
        match self {
            Self::LosesData => "loses",
            Self::StopsReads => "stops reads of",
            Self::StopsWrites => "stops writes of",
            Self::StopsService => "stops the service",
        }
    }
}

/// One harm, and the files or services that it is done to for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HarmDone {
    /// The harm.
    pub harm: Harm,
    /// The names of the files, or of the services where they are what stops, in alphabetical order.
    pub files: Vec<String>,
    /// The only client that it is done to, by its own cut link; none where it is done to all clients.
    pub client: Option<ClientId>,
    /// Why, as the end of a sentence: it is the same for all of them.
    pub reason: String,
}

impl HarmDone {
    /// The harm as the rest of a sentence, as in `stops reads of a.txt for C1: …`.
    #[must_use]
    pub fn describe(&self) -> String {
        self.clause(self.harm.clause())
    }

    fn clause(&self, what: &str) -> String {
        let Self { files, client, reason, .. } = self;
        let plural = if self.harm == Harm::StopsService && files.len() > 1 { "s" } else { "" };
        let whom = client.map_or_else(String::new, |client| format!(" for {client}"));
        format!("{what}{plural} {}{whom}: {reason}", list(files))
    }
}

/// A minimal set of faults and what it does: no smaller set, and no weaker fault in the place of one of
/// these, does the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// One fault, or two that happen together.
    pub faults: Vec<Fault>,
    /// What they do, the worst first.
    pub harms: Vec<HarmDone>,
    /// All of it in one sentence.
    pub sentence: String,
}

/// The answer of an audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditReport {
    /// The moment from which every fault was tried, in microseconds of virtual time.
    pub at: Time,
    /// The minimal sets of faults that lose acknowledged data or stop reads, writes or services: single faults first.
    pub findings: Vec<Finding>,
    /// What is harmed already, without any further fault.
    pub already: Vec<HarmDone>,
    /// The single faults that harm nothing: they cost redundancy at most.
    pub survived: Vec<Fault>,
    /// The single faults that had harmed nothing when the time for settling ran out, so that it is open whether they
    /// are survived; then none of `survived` is known.
    pub unsettled: Vec<Fault>,
    /// How many single faults were tried.
    pub singles_tried: usize,
    /// How many pairs were tried.
    pub pairs_tried: usize,
    /// Whether all that was planned was tried; not so when the audit was stopped before its end.
    pub is_complete: bool,
    /// What was left out, and why, in sentences.
    pub notes: Vec<String>,
}

impl AuditReport {
    /// The single faults that do this harm: the single points of failure.
    pub fn single_points(&self, harm: Harm) -> impl Iterator<Item = &Finding> + '_ {
        let does = move |finding: &&Finding| finding.harms.iter().any(|done| done.harm == harm);
        self.findings.iter().filter(|finding| finding.faults.len() == 1).filter(does)
    }

    /// What is harmed already, each harm in one sentence.
    #[must_use]
    pub fn already_sentences(&self) -> Vec<String> {
        clauses(&self.already).into_iter().map(|clause| format!("{}.", capital(&clause))).collect()
    }
}

/// A finding as one sentence: the first few harms in full, and of the others how many there are.
pub(super) fn sentence(faults: &[Fault], harms: &[HarmDone]) -> String {
    let subject = faults.iter().map(|fault| fault.describe()).collect::<Vec<_>>().join(" together with ");
    let mut clauses = clauses(harms);
    let untold = clauses.len().saturating_sub(CLAUSES_LIMIT);
    clauses.truncate(CLAUSES_LIMIT);
    match untold {
        0 => {}
        1 => clauses.push("does harm for one more reason".to_owned()),
        count => clauses.push(format!("does harm for {count} more reasons")),
    }
    format!("{} {}.", capital(&subject), clauses.join("; and "))
}

/// Each harm as the rest of a sentence; who can neither read nor write for one reason is told of once.
fn clauses(harms: &[HarmDone]) -> Vec<String> {
    let like = |one: &HarmDone, other: &HarmDone| {
        (&one.files, one.client, &one.reason) == (&other.files, other.client, &other.reason)
    };
    let of_harm = |harm: Harm| harms.iter().filter(move |done| done.harm == harm);
    let mut clauses: Vec<String> = Vec::new();
    for done in harms {
        match done.harm {
            Harm::StopsReads if of_harm(Harm::StopsWrites).any(|writes| like(writes, done)) => {
                clauses.push(done.clause("stops reads and writes of"));
            }
            Harm::StopsWrites if of_harm(Harm::StopsReads).any(|reads| like(reads, done)) => {}
            _ => clauses.push(done.describe()),
        }
    }
    clauses
}

pub(super) fn list<T: ToString>(items: &[T]) -> String {
    let names: Vec<String> = items.iter().map(ToString::to_string).collect();
    match names.as_slice() {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first @ .., last] if names.len() <= 6 => format!("{} and {last}", first.join(", ")),
        names => format!("{} and {} more", names[..5].join(", "), names.len() - 5),
    }
}

/// A sentence as a clause: without its full stop, and with a small letter where no name begins it.
pub(super) fn as_clause(sentence: &str) -> String {
    let clause = sentence.trim_end_matches('.');
    let mut characters = clause.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() => {
            first.to_lowercase().collect::<String>() + characters.as_str()
        }
        _ => clause.to_owned(),
    }
}

fn capital(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().collect::<String>() + characters.as_str())
}
