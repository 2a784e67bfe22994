//! The first difference of two runs.

use super::contender::{Contender, Side};
use super::identity::Names;
use crate::session::Session;
use crate::sim::Span;

/// What one world did at the place where the two part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parting {
    /// When, on the visible clock.
    pub at: Span,
    /// What happened, as a sentence.
    pub sentence: String,
}

/// The first difference of two runs.
///
/// The events of both are read side by side, one by one, from when the learner enters, routine ones too. Two of them are
/// the same if they happen at the same time on the visible clock, to the microsecond, and are alike in all that they
/// say: kind, servers, versions, epochs, numbers of acks. Only numbers by which a world counts (of events, messages,
/// operations and files) don't matter; files are known by their names. The first place at which the two are not the same
/// is the first difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstDifference {
    /// When it is: at the earlier of the two events.
    pub at: Span,
    /// The event of A at that place; none if nothing more happens in A.
    pub a: Option<Parting>,
    /// The event of B at that place.
    pub b: Option<Parting>,
}

impl FirstDifference {
    /// The event of one of the worlds.
    #[must_use]
    pub fn of(&self, side: Side) -> Option<&Parting> {
        match side {
            Side::A => self.a.as_ref(),
            Side::B => self.b.as_ref(),
        }
    }
}

/// Looks for it while the runs go on.
#[derive(Clone, Debug, Default)]
pub(super) struct FirstSearch {
    /// How many events of each world are the same; in the end the place of the difference.
    same: [usize; 2],
    parted: bool,
    found: Option<FirstDifference>,
}

impl FirstSearch {
    /// Begins after what happened before the learner enters.
    pub fn new(worlds: &[Contender; 2]) -> Self {
        let before = |world: &Contender| world.session().events().len();
        Self { same: [before(&worlds[0]), before(&worlds[1])], parted: false, found: None }
    }

    pub fn found(&self) -> Option<&FirstDifference> {
        self.found.as_ref()
    }

    /// Reads on: both worlds have come to the same time.
    pub fn read(&mut self, worlds: &[Contender; 2], names: &mut Names) {
        let [a, b] = [worlds[0].session(), worlds[1].session()];
        if !self.parted {
            let [from_a, from_b] = self.same;
            for (of_a, of_b) in a.events().skip(from_a).iter().zip(b.events().skip(from_b)) {
                let is_same = of_a.at.since(a.start()) == of_b.at.since(b.start())
                    && names.deed(a, &of_a) == names.deed(b, &of_b);
                if !is_same {
                    self.parted = true;
                    break;
                }
                self.same = self.same.map(|count| count + 1);
            }
        }
        let next = |session: &Session, count: usize| {
            session
                .events()
                .get(count)
                .map(|event| Parting { at: event.at.since(session.start()), sentence: session.sentence(&event) })
        };
        let [of_a, of_b] = [next(a, self.same[0]), next(b, self.same[1])];
        // Where one has an event more by now, the other has none at that time.
        self.parted |= of_a.is_some() || of_b.is_some();
        let is_complete = self.found.as_ref().is_some_and(|found| found.a.is_some() && found.b.is_some());
        if self.parted && !is_complete {
            let at = of_a.iter().chain(&of_b).map(|parting| parting.at).min();
            self.found = at.map(|at| FirstDifference { at, a: of_a, b: of_b });
        }
    }
}
