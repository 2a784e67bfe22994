//! An exercise, read and drawn for one seed.

use std::sync::Arc;

use super::allowed::Allowed;
use super::criterion::Criterion;
use super::question::Question;
use crate::session::{Override, Scenario, TimedCommand};
use crate::sim::Span;

/// The version of the format.
pub const EXERCISE_VERSION: u32 = 1;

/// What kind of exercise it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Predict, observe, say what happened, read why.
    Lesson,
    /// Build a cluster that survives.
    Build,
    /// Bring harm about with few faults.
    Break,
    /// Find out from a run what did the harm.
    Diagnose,
    /// Say what comes next in a run.
    Order,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 5] = [Self::Lesson, Self::Build, Self::Break, Self::Diagnose, Self::Order];

    /// Its word in the format.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Lesson => "lesson",
            Self::Build => "build",
            Self::Break => "break",
            Self::Diagnose => "diagnose",
            Self::Order => "order",
        }
    }

    /// Whether it is solved by answers alone, so that nothing is done to the cluster.
    #[must_use]
    pub const fn is_of_questions(self) -> bool {
        match self {
            Self::Lesson | Self::Diagnose | Self::Order => true,
            Self::Build | Self::Break => false,
        }
    }
}

/// An exercise in the variant of one seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exercise {
    /// Its short name in addresses and submissions: the name of its file without folder and ending.
    pub id: String,
    /// Counts up when a change makes old submissions mean something else.
    pub revision: u32,
    /// What kind it is.
    pub kind: Kind,
    /// Its title.
    pub title: String,
    /// What one does in it, in one line.
    pub summary: String,
    /// What one can do afterwards, in one sentence.
    pub goal: String,
    /// The part of the course in which a lesson stands.
    pub part: Option<String>,
    /// How long it takes, in minutes.
    pub minutes: u8,
    /// The seed for which it was drawn, and under which the cluster runs.
    pub seed: u64,
    /// What stands beside the cluster, in Markdown.
    pub text: String,
    /// The cluster.
    pub scenario: Arc<Scenario>,
    /// What is asked before the run may go on; it costs nothing.
    pub predict: Option<Question>,
    /// What is watched then.
    pub observation: Option<Observation>,
    /// What is asked of a lesson before anything is explained.
    pub happened: Vec<Question>,
    /// The explanation, in Markdown.
    pub explain: Option<String>,
    /// The challenge with which a lesson ends.
    pub challenge: Option<String>,
    /// What a challenge asks.
    pub questions: Vec<Question>,
    /// What may be done.
    pub allowed: Allowed,
    /// How much of it.
    pub limits: Limits,
    /// What is graded beside answers.
    pub criteria: Vec<Criterion>,
    /// Hints, each of which says more than the one before.
    pub hints: Vec<String>,
    /// Ways to solve it.
    pub solutions: Vec<Trial>,
    /// Typical wrong tries.
    pub wrong: Vec<Trial>,
    /// What a teacher wants to know.
    pub teacher: Option<Teacher>,
    /// The name of its file.
    pub file: String,
    /// The text of its file, as it is before anything is drawn.
    pub source: Arc<str>,
}

/// What is watched after the prediction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// What to look at.
    pub text: String,
    /// How long the run goes on, counted from when the learner enters.
    pub until: Span,
    /// How fast, as the page lists its speeds, such as `1/50`.
    pub speed: Option<String>,
}

/// The most of what may be done. Beyond a limit nothing is graded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Faults.
    pub faults: Option<u32>,
    /// Commands, faults among them.
    pub commands: Option<u32>,
    /// Settings.
    pub settings: Option<u32>,
    /// Servers, those that are added among them.
    pub servers: Option<u32>,
}

/// A way to try the exercise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// What it tries.
    pub title: String,
    /// The belief behind a wrong one.
    pub belief: Option<String>,
    /// What it sets.
    pub overrides: Vec<Override>,
    /// What it does, and when, counted from when the learner enters.
    pub commands: Vec<TimedCommand>,
    /// The criteria that a wrong one misses.
    pub misses: Vec<String>,
}

/// What a teacher wants to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Teacher {
    /// What it teaches.
    pub teaches: String,
    /// The beliefs that it meets, each with its source.
    pub beliefs: Vec<String>,
    /// What is simplified.
    pub simplified: Option<String>,
}

impl Exercise {
    /// All its questions that count, in their order.
    pub fn asked(&self) -> impl Iterator<Item = &Question> {
        self.happened.iter().chain(&self.questions)
    }

    /// The most points that it gives.
    #[must_use]
    pub fn maximum(&self) -> u32 {
        let questions: u32 = self.asked().map(|question| question.points).sum();
        questions + self.criteria.iter().map(|criterion| criterion.points).sum::<u32>()
    }
}
