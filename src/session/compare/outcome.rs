//! What a run came to, in numbers.

use super::chronicle::Chronicle;
use super::contender::Contender;
use super::told::Landmark;
use crate::check::{CopyHealth, Ledger, Metrics, Verdict};
use crate::session::Session;
use crate::sim::Span;

/// How long it took from a fault until a client was told ok again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recovery {
    /// There was no fault, or nobody asked for anything after it.
    None,
    /// So long; after the fault for which it took longest.
    After(Span),
    /// Clients asked, and none was told ok again.
    Never,
}

/// What a run came to until some moment.
#[derive(Clone, Debug)]
pub(super) struct Outcome {
    pub metrics: Metrics,
    /// The files of which an acknowledged write is lost.
    pub lost: usize,
    /// How many fresh copies there are of what was acknowledged, and how many there should be.
    pub fresh: (usize, usize),
    /// How many files were ever acknowledged, and not deleted since.
    pub files: Vec<String>,
    pub without_primary: Span,
    pub recovery: Recovery,
}

impl Outcome {
    pub fn of(world: &Contender, chronicle: &Chronicle) -> Self {
        let session: &Session = world.session();
        let Ledger { rows } = session.ledger();
        let clock = world.clock();
        let lost = rows.iter().filter(|row| row.verdict == Verdict::LostAcknowledged).count();
        let kept = rows.iter().filter(|row| row.acknowledged.is_some() && row.verdict != Verdict::Deleted);
        let (mut fresh, mut files) = ((0, 0), Vec::new());
        for row in kept {
            // A lost file whose place another write took has copies, but not of what was acknowledged and lost.
            fresh.0 += row.copies.iter().filter(|(_, health)| *health == CopyHealth::Fresh).count();
            fresh.1 += row.copies.len();
            files.push(row.name.clone());
        }
        Self {
            metrics: session.metrics(),
            lost,
            fresh,
            files,
            without_primary: chronicle.without_primary(clock),
            recovery: recovery(chronicle, clock),
        }
    }
}

/// The longest time from a fault to the next ok; faults that follow each other before it count from the first one.
fn recovery(chronicle: &Chronicle, until: Span) -> Recovery {
    let mut longest = Recovery::None;
    let mut fault: Option<Span> = None;
    let mut has_failed = false;
    for happening in chronicle.told.iter().filter(|happening| happening.at <= until) {
        match happening.landmark {
            Some(Landmark::Fault) => {
                fault.get_or_insert(happening.at);
            }
            Some(Landmark::ToldOk) => {
                if let Some(since) = fault.take() {
                    let span = Span::from_micros(happening.at.as_micros() - since.as_micros());
                    longest = match longest {
                        Recovery::After(known) => Recovery::After(known.max(span)),
                        Recovery::None | Recovery::Never => Recovery::After(span),
                    };
                }
                has_failed = false;
            }
            Some(Landmark::Refused | Landmark::Unknown) => has_failed |= fault.is_some(),
            Some(Landmark::Loss | Landmark::NewPrimary | Landmark::Restart) | None => {}
        }
    }
    if fault.is_some() && has_failed { Recovery::Never } else { longest }
}
