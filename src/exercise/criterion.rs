//! Criteria: what of an attempt is graded, under one seed or under many.

use std::sync::Arc;

use super::error::ExerciseError;
use super::read;
use super::run::Attempt;
use super::task::Exercise;
use crate::session::{Audit, AuditSettings, Expectation, Fulfilment, Harm, Override, Session, TimedCommand};
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
pub(super) struct Judged {
    pub is_met: bool,
    /// What was found, in a sentence.
    pub sentence: String,
}

impl Criterion {
    /// Judges an attempt under each of these seeds, until one of them fails it.
    pub(super) fn judge(
        &self,
        exercise: &Exercise,
        overrides: &[Override],
        commands: &[TimedCommand],
        seeds: &[u64],
    ) -> Result<Judged, ExerciseError> {
        let overrides: Vec<Override> = overrides.iter().chain(&self.overrides).cloned().collect();
        let scenario = Arc::new(read::with(exercise, &overrides)?);
        let commands: Vec<TimedCommand> = commands.iter().chain(&self.commands).cloned().collect();
        let mut last = Judged { is_met: true, sentence: "There is nothing to hold.".to_owned() };
        for seed in seeds {
            last = self.judge_one(&Attempt::run(&scenario, *seed, &commands));
            if !last.is_met {
                if seeds.len() > 1 {
                    last.sentence = format!("Under seed {seed}: {}", last.sentence);
                }
                return Ok(last);
            }
        }
        if let [_, _, ..] = seeds {
            last.sentence = format!("It holds under each of {} seeds.", seeds.len());
        }
        Ok(last)
    }

    fn judge_one(&self, attempt: &Attempt) -> Judged {
        let missed = |sentence: String| Judged { is_met: false, sentence };
        if let Some(full) = attempt.full {
            return missed(format!("The run can't go on to its end: {full}."));
        }
        let session = &attempt.session;
        let results = session.judge(&self.expectations);
        let mut sentences: Vec<String> = Vec::new();
        for result in results {
            match result.fulfilment {
                Fulfilment::Met => sentences.push(result.sentence),
                Fulfilment::Failed | Fulfilment::Open => return missed(result.sentence),
            }
        }
        if self.invariants {
            if let Some(violation) = session.violations().first() {
                return missed(format!("An invariant was broken: {}.", violation.sentence));
            }
            sentences.push("Every invariant held.".to_owned());
        }
        if let Some(audited) = &self.audit {
            match audited.find(&attempt.at(audited.at)) {
                Some(found) => return missed(found),
                None => sentences.push(audited.sentence()),
            }
        }
        Judged { is_met: true, sentence: sentences.join(" ") }
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
    /// The first harm that faults can do and may not.
    fn find(&self, session: &Session) -> Option<String> {
        let settings = AuditSettings { pairs: self.pairs, ..AuditSettings::default() };
        let mut audit = Audit::new(session, settings);
        while audit.step().is_some() {}
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
