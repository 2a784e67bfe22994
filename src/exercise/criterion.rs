//! Criteria: what of an attempt is graded, under one seed or under many.

use std::sync::Arc;

use super::error::ExerciseError;
use super::read;
use super::run::Attempt;
use super::task::Exercise;
use crate::session::{Audit, AuditSettings, Expectation, Fulfilment, Harm, Override, Scenario, Session, TimedCommand};
use crate::sim::Span;

/// Something that is graded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Criterion {
    /// Its short name.
    pub id: String,
    /// What it asks for.
    pub title: String,
    /// What it gives.
    pub points: u32,
    /// The seeds under which it has to hold; none for that of the attempt alone.
    pub seeds: Option<Seeds>,
    /// What is set beside what the learner sets.
    pub overrides: Vec<Override>,
    /// What is done beside what the learner does.
    pub commands: Vec<TimedCommand>,
    /// What has to be so.
    pub expectations: Vec<Expectation>,
    /// Whether no invariant may be broken.
    pub invariants: bool,
    /// What no faults may do.
    pub audit: Option<Audited>,
    /// What is said where it is missed; may be empty.
    pub because: String,
}

/// A range of seeds, both ends among them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seeds {
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

/// What an audit may not find.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Audited {
    /// When it is made, counted from when the learner enters.
    pub at: Span,
    /// Whether pairs of faults are tried too.
    pub pairs: bool,
    /// The harms that no fault may do.
    pub harms: Vec<Harm>,
}

/// How a criterion was met.
#[derive(Clone, Debug)]
pub(super) struct Judged {
    pub is_met: bool,
    /// What was found, in a sentence.
    pub sentence: String,
}

impl Judged {
    fn missed(sentence: String) -> Self {
        Self { is_met: false, sentence }
    }
}

/// A criterion that is being judged under one seed after the other.
pub(super) struct Judging {
    scenario: Arc<Scenario>,
    commands: Vec<TimedCommand>,
    seeds: Vec<u64>,
    /// How many of the seeds were judged.
    done: usize,
    /// An audit under way, and what was found before it.
    audit: Option<(Audit, Vec<String>)>,
}

impl Judging {
    /// Begins to judge an attempt.
    pub fn new(
        criterion: &Criterion,
        exercise: &Exercise,
        (overrides, commands): (&[Override], &[TimedCommand]),
        seeds: Vec<u64>,
    ) -> Result<Self, ExerciseError> {
        let overrides: Vec<Override> = overrides.iter().chain(&criterion.overrides).cloned().collect();
        let scenario = Arc::new(read::with(exercise, &overrides)?);
        let commands = commands.iter().chain(&criterion.commands).cloned().collect();
        Ok(Self { scenario, commands, seeds, done: 0, audit: None })
    }

    /// Judges a little further: a run under one seed, or one case of an audit. Returns what came of it once that is known.
    pub fn step(&mut self, criterion: &Criterion) -> Option<Judged> {
        let Some(seed) = self.seeds.get(self.done).copied() else { return Some(self.met(&[])) };
        if let Some((mut audit, sentences)) = self.audit.take() {
            if audit.step().is_some() {
                self.audit = Some((audit, sentences));
                return None;
            }
            let found = criterion.audit.as_ref().and_then(|audited| audited.found(&audit));
            return match found {
                Some(found) => Some(self.missed(seed, found)),
                None => self.next(sentences, criterion.audit.as_ref()),
            };
        }
        let attempt = Attempt::run(&self.scenario, seed, &self.commands);
        match criterion.judge(&attempt) {
            Err(missed) => Some(self.missed(seed, missed)),
            Ok(sentences) => match &criterion.audit {
                Some(audited) => {
                    self.audit = Some((audited.begin(&attempt.at(audited.at)), sentences));
                    None
                }
                None => self.next(sentences, None),
            },
        }
    }

    fn next(&mut self, mut sentences: Vec<String>, audited: Option<&Audited>) -> Option<Judged> {
        sentences.extend(audited.map(Audited::sentence));
        self.done += 1;
        (self.done == self.seeds.len()).then(|| self.met(&sentences))
    }

    fn met(&self, sentences: &[String]) -> Judged {
        let sentence = match self.seeds.len() {
            0 => "There is no seed to judge it under.".to_owned(),
            1 => sentences.join(" "),
            count => format!("It holds under each of {count} seeds."),
        };
        Judged { is_met: !self.seeds.is_empty(), sentence }
    }

    fn missed(&self, seed: u64, sentence: String) -> Judged {
        Judged::missed(if self.seeds.len() > 1 { format!("Under seed {seed}: {sentence}") } else { sentence })
    }
}

impl Criterion {
    /// What holds in a run, in sentences, or else what does not.
    fn judge(&self, attempt: &Attempt) -> Result<Vec<String>, String> {
        if let Some(full) = attempt.full {
            return Err(format!("The run can't go on to its end: {full}."));
        }
        let session = &attempt.session;
        let mut sentences: Vec<String> = Vec::new();
        for result in session.judge(&self.expectations) {
            match result.fulfilment {
                Fulfilment::Met => sentences.push(result.sentence),
                Fulfilment::Failed | Fulfilment::Open => return Err(result.sentence),
            }
        }
        if self.invariants {
            if let Some(violation) = session.violations().first() {
                return Err(format!("An invariant was broken: {}.", violation.sentence));
            }
            sentences.push("Every invariant held.".to_owned());
        }
        Ok(sentences)
    }

    /// The seeds under which it is judged: those of the secret if there are any and it asks for several, its own, or
    /// that of the attempt.
    pub(super) fn seeds(&self, attempt: u64, secret: &[u64]) -> Vec<u64> {
        match self.seeds {
            None => vec![attempt],
            Some(_) if !secret.is_empty() => secret.to_vec(),
            Some(Seeds { from, to }) => (from..=to).collect(),
        }
    }
}

impl Audited {
    fn begin(&self, session: &Session) -> Audit {
        Audit::new(session, AuditSettings { pairs: self.pairs, ..AuditSettings::default() })
    }

    /// The first harm that faults can do and may not.
    fn found(&self, audit: &Audit) -> Option<String> {
        let report = audit.finish();
        let is_meant = |harm: &Harm| self.harms.contains(harm);
        if report.already.iter().any(|done| is_meant(&done.harm)) {
            return report.already_sentences().into_iter().next();
        }
        let finding = report.findings.into_iter().find(|found| found.harms.iter().any(|done| is_meant(&done.harm)));
        finding.map(|finding| finding.sentence)
    }

    fn sentence(&self) -> String {
        let faults = if self.pairs { "No fault and no pair of faults" } else { "No single fault" };
        let harms: Vec<&str> = self.harms.iter().map(|harm| does(*harm)).collect();
        format!("{faults} {}.", harms.join(" or "))
    }
}

/// The words of the format for what is to be kept, and the harm that would take it.
pub(super) const KEPT: [(&str, Harm); 4] = [
    ("data", Harm::LosesData),
    ("reads", Harm::StopsReads),
    ("writes", Harm::StopsWrites),
    ("services", Harm::StopsService),
];

fn does(harm: Harm) -> &'static str {
    match harm {
        Harm::LosesData => "loses data",
        Harm::StopsReads => "stops reads",
        Harm::StopsWrites => "stops writes",
        Harm::StopsService => "stops a service",
    }
}
