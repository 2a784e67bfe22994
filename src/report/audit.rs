//! The audit for single points of failure.

use serde::Serialize;

use super::{HarmWord, milliseconds, node_name};
use crate::session::{AuditReport as Audited, Fault, Finding, HarmDone};
use crate::sim::NodeId;

/// The answer of an audit.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AuditReport {
    /// The moment from which every fault was tried, in milliseconds since the world began.
    pub at_ms: f64,
    /// The minimal sets of faults that lose acknowledged data or stop reads, writes or services: single faults first.
    pub findings: Vec<FindingReport>,
    /// What is harmed already, without any further fault.
    pub already: Vec<HarmReport>,
    /// The single faults that harm nothing.
    pub survived: Vec<FaultReport>,
    /// The single faults that had harmed nothing when the time for settling ran out: the policy's own waits are longer,
    /// and it is open whether they are survived.
    pub unsettled: Vec<FaultReport>,
    /// How many single faults were tried.
    pub singles_tried: usize,
    /// How many pairs were tried.
    pub pairs_tried: usize,
    /// Whether all that was planned was tried; not so when the audit was cancelled.
    pub is_complete: bool,
    /// What was left out, and why, in sentences.
    pub notes: Vec<String>,
}

/// A minimal set of faults and what it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FindingReport {
    /// One fault, or two that happen together.
    pub faults: Vec<FaultReport>,
    /// What they do, the worst first.
    pub harms: Vec<HarmReport>,
    /// All of it in one sentence.
    pub sentence: String,
}

/// A fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FaultReport {
    /// What is done, as in `kill`, `crash`, `zone loss`, `link cut`.
    pub kind: String,
    /// To what: a server, a zone, a node of the coordinator, or the two ends of a link.
    pub of: Vec<String>,
    /// The fault as the subject of a sentence, as in `killing S1`.
    pub description: String,
}

/// What is done to files or services, for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct HarmReport {
    /// The harm.
    pub harm: HarmWord,
    /// The names of the files, or of the services where they are what stops, in alphabetical order.
    pub files: Vec<String>,
    /// The only client that it is done to, by its own cut link; left out where it is done to all clients.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Why, as the end of a sentence: it is the same for all of them.
    pub reason: String,
    /// The harm as the rest of a sentence, as in `stops reads of a.txt for C1: …`.
    pub description: String,
}

/// How far an audit is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "api", derive(tsify::Tsify))]
pub struct ProgressReport {
    /// How many cases were tried.
    pub done: usize,
    /// How many there are.
    pub total: usize,
}

impl From<&Audited> for AuditReport {
    fn from(audited: &Audited) -> Self {
        Self {
            at_ms: milliseconds(audited.at),
            findings: audited.findings.iter().map(FindingReport::from).collect(),
            already: audited.already.iter().map(HarmReport::from).collect(),
            survived: audited.survived.iter().map(FaultReport::from).collect(),
            unsettled: audited.unsettled.iter().map(FaultReport::from).collect(),
            singles_tried: audited.singles_tried,
            pairs_tried: audited.pairs_tried,
            is_complete: audited.is_complete,
            notes: audited.notes.clone(),
        }
    }
}

impl From<&Finding> for FindingReport {
    fn from(finding: &Finding) -> Self {
        Self {
            faults: finding.faults.iter().map(FaultReport::from).collect(),
            harms: finding.harms.iter().map(HarmReport::from).collect(),
            sentence: finding.sentence.clone(),
        }
    }
}

impl From<&HarmDone> for HarmReport {
    fn from(done: &HarmDone) -> Self {
        Self {
            harm: HarmWord::from(&done.harm),
            files: done.files.clone(),
            client: done.client.map(|client| node_name(NodeId::Client(client))),
            reason: done.reason.clone(),
            description: done.describe(),
        }
    }
}

impl From<&Fault> for FaultReport {
    fn from(fault: &Fault) -> Self {
        let (kind, of) = match *fault {
            Fault::Kill { server } => ("kill", vec![server.to_string()]),
            Fault::Crash { server } => ("crash", vec![server.to_string()]),
            Fault::Wipe { server } => ("wipe", vec![server.to_string()]),
            Fault::Pause { server } => ("pause", vec![server.to_string()]),
            Fault::ZoneLoss { zone } => ("zone loss", vec![zone.to_string()]),
            Fault::ZoneOutage { zone } => ("zone outage", vec![zone.to_string()]),
            Fault::CoordinatorCrash { node } => ("coordinator crash", vec![node_name(NodeId::Coordinator(node))]),
            Fault::LinkCut { first, second } => ("link cut", vec![node_name(first), node_name(second)]),
        };
        Self { kind: kind.to_owned(), of, description: fault.describe() }
    }
}
