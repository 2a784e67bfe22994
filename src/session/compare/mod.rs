//! Two worlds side by side: the same seed, faults and operations, one clock, the first difference, and what came of it.
//!
//! Each link, disk and workload draws from a stream of its own, so that two designs meet the same faults and the same
//! latencies, and what differs is what the designs do.

mod chronicle;
mod contender;
mod first;
mod identity;
mod measure;
mod outcome;
mod setup;
mod table;
mod told;
mod truth;

#[cfg(test)]
mod tests;

pub use contender::{Contender, Side};
pub use first::{FirstDifference, Parting};
pub use measure::{Favours, Judgement, Measure};
pub use setup::{Contrast, Setup, Shared};
pub use table::OutcomeRow;
pub use told::{Happening, Landmark, TOLD_LIMIT};
pub use truth::{Mood, Truth};

use self::chronicle::{Chronicle, Chronicles, Deeds};
use self::first::FirstSearch;
use self::identity::Names;
use self::outcome::Outcome;
use super::{Progress, RunIsFull, Session};
use crate::sim::Span;

/// How much virtual time passes in one step.
const SLICE: Span = Span::from_millis(20);

/// Two runs, compared from when the learner enters to a common end.
#[derive(Clone, Debug)]
pub struct Comparison {
    worlds: [Contender; 2],
    setup: Setup,
    length: Span,
    /// How far both have come.
    reached: Span,
    /// Why they end before, if they do.
    full: Option<(Side, RunIsFull)>,
    names: Names,
    deeds: Deeds,
    first: FirstSearch,
    chronicles: Chronicles,
    /// What each came to at the end; none before it.
    end: Option<[Outcome; 2]>,
    ends: Option<[Truth; 2]>,
}

impl Comparison {
    /// Begins to compare two runs over this length, counted from when the learner enters.
    #[must_use]
    pub fn new(a: Contender, b: Contender, length: Span) -> Self {
        let worlds = [a, b];
        let mut comparison = Self {
            setup: Setup::of(&worlds),
            first: FirstSearch::new(&worlds),
            chronicles: Chronicles { of: [Chronicle::new(worlds[0].session()), Chronicle::new(worlds[1].session())] },
            worlds,
            length,
            reached: Span::ZERO,
            full: None,
            names: Names::default(),
            deeds: Deeds::default(),
            end: None,
            ends: None,
        };
        comparison.read_on();
        comparison
    }

    /// How long two runs are compared where nobody says it: as long as either lasts by itself, or was watched.
    #[must_use]
    pub fn usual_length(a: &Session, b: &Session) -> Span {
        let of = |session: &Session| session.scenario().until.max(session.end().since(session.start()));
        of(a).max(of(b))
    }

    /// Lets both go on a little; none at the end.
    pub fn step(&mut self) -> Option<Progress> {
        if self.end.is_some() {
            return None;
        }
        let until = (self.reached + SLICE).min(self.length);
        for world in &mut self.worlds {
            world.advance(until);
        }
        self.check_room();
        self.reached = if self.full.is_some() { self.least_clock() } else { until };
        self.read_on();
        if self.full.is_some() || self.reached >= self.length {
            self.length = self.reached;
            self.finish();
            return None;
        }
        Some(self.progress())
    }

    /// How far it is, in milliseconds of virtual time.
    #[must_use]
    pub fn progress(&self) -> Progress {
        let milliseconds = |span: Span| usize::try_from(span.as_micros() / 1_000).unwrap_or(usize::MAX);
        Progress { done: milliseconds(self.reached), total: milliseconds(self.length) }
    }

    /// Whether both have come to the end.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.end.is_some()
    }

    /// Ends it here, with what has happened so far.
    pub fn finish(&mut self) {
        if self.end.is_some() {
            return;
        }
        self.length = self.reached;
        let reached = self.reached;
        self.seek(reached);
        self.end = Some(self.outcomes());
        self.ends = Some(self.truths());
    }

    /// Why they could not come to the end that was asked for, and which of them could not.
    #[must_use]
    pub fn full(&self) -> Option<(Side, RunIsFull)> {
        self.full
    }

    /// The common end, on the visible clock.
    #[must_use]
    pub fn length(&self) -> Span {
        self.length
    }

    /// How far both have come.
    #[must_use]
    pub fn reached(&self) -> Span {
        self.reached
    }

    /// The moment at which both are.
    #[must_use]
    pub fn now(&self) -> Span {
        self.least_clock()
    }

    /// Brings both to a moment between the beginning and what was reached.
    pub fn seek(&mut self, to: Span) {
        let to = to.min(self.reached);
        for world in &mut self.worlds {
            world.seek(to);
        }
    }

    /// One of the two.
    #[must_use]
    pub fn world(&self, side: Side) -> &Contender {
        match side {
            Side::A => &self.worlds[0],
            Side::B => &self.worlds[1],
        }
    }

    /// What is the same and what differs.
    #[must_use]
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// The first difference of what happened, if there is one by now.
    #[must_use]
    pub fn first_difference(&self) -> Option<&FirstDifference> {
        self.first.found()
    }

    /// What is told of a world, in the order of its times.
    #[must_use]
    pub fn told(&self, side: Side) -> &[Happening] {
        &self.chronicles.side(side).told
    }

    /// Whether more happened in a world than is told of it.
    #[must_use]
    pub fn is_cut(&self, side: Side) -> bool {
        self.chronicles.side(side).is_cut
    }

    /// The epochs of a world, each with its beginning.
    #[must_use]
    pub fn epochs(&self, side: Side) -> &[(Span, u64)] {
        &self.chronicles.side(side).epochs
    }

    /// The like of a happening in the other world: the same but for its time, as often before.
    #[must_use]
    pub fn like(&self, side: Side, happening: &Happening) -> Option<&Happening> {
        let other = self.chronicles.side(side.other());
        other.told.get(other.like(happening)?)
    }

    /// Whether a happening is a difference: the other world has not the same at the same time, to the millisecond that
    /// the visible clock shows.
    #[must_use]
    pub fn is_difference(&self, side: Side, happening: &Happening) -> bool {
        !self.chronicles.is_shared(side, happening)
    }

    /// The next moment after `after` at which what is told of the worlds differs, or at which they part at first.
    #[must_use]
    pub fn next_difference(&self, after: Span) -> Option<Span> {
        let told = Side::BOTH.into_iter().filter_map(|side| {
            let told = self.told(side);
            let from = told.partition_point(|happening| happening.at <= after);
            told.get(from..)?.iter().find(|happening| self.is_difference(side, happening)).map(|happening| happening.at)
        });
        let first = self.first_difference().map(|first| first.at).filter(|at| *at > after);
        told.chain(first).min()
    }

    /// The last moment before `before` at which what is told of the worlds differs, or at which they part at first.
    #[must_use]
    pub fn previous_difference(&self, before: Span) -> Option<Span> {
        let told = Side::BOTH.into_iter().filter_map(|side| {
            let told = self.told(side);
            let until = told.partition_point(|happening| happening.at < before);
            told.get(..until)?
                .iter()
                .rfind(|happening| self.is_difference(side, happening))
                .map(|happening| happening.at)
        });
        let first = self.first_difference().map(|first| first.at).filter(|at| *at < before);
        told.chain(first).max()
    }

    /// What is true of a world at the moment at which both are.
    #[must_use]
    pub fn truth(&self, side: Side) -> Truth {
        truth::truth(self.world(side).session())
    }

    /// What was true of a world at the end; none before it was reached.
    #[must_use]
    pub fn truth_at_end(&self, side: Side) -> Option<&Truth> {
        self.ends.as_ref().map(|[a, b]| match side {
            Side::A => a,
            Side::B => b,
        })
    }

    /// The outcomes of both at the moment at which both are.
    #[must_use]
    pub fn outcome_now(&self) -> Vec<OutcomeRow> {
        let [a, b] = self.outcomes();
        table::rows(&a, &b)
    }

    /// The outcomes of both at the end; empty before it was reached.
    #[must_use]
    pub fn outcome_at_end(&self) -> Vec<OutcomeRow> {
        self.end.as_ref().map_or_else(Vec::new, |[a, b]| table::rows(a, b))
    }

    /// What came of it, in one or two sentences.
    #[must_use]
    pub fn summary(&self) -> String {
        table::summary(&self.outcome_at_end())
    }

    fn outcomes(&self) -> [Outcome; 2] {
        Side::BOTH.map(|side| Outcome::of(self.world(side), self.chronicles.side(side)))
    }

    fn truths(&self) -> [Truth; 2] {
        Side::BOTH.map(|side| self.truth(side))
    }

    fn least_clock(&self) -> Span {
        self.worlds[0].clock().min(self.worlds[1].clock())
    }

    fn check_room(&mut self) {
        for side in Side::BOTH {
            if self.full.is_none()
                && let Err(full) = self.world(side).session().check_room()
            {
                self.full = Some((side, full));
            }
        }
    }

    /// Reads what has happened in both until the time to which both have come.
    fn read_on(&mut self) {
        if self.full.is_some() {
            // Beyond what both have reached nothing is compared.
            let reached = self.reached;
            self.seek(reached);
        }
        self.first.read(&self.worlds, &mut self.names);
        let Self { worlds, chronicles, names, deeds, .. } = self;
        for (world, chronicle) in worlds.iter_mut().zip(&mut chronicles.of) {
            chronicle.read(world, names, deeds);
        }
    }
}
