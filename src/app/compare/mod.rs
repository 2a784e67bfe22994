//! Compare: two worlds side by side, a mode of the page.

pub(crate) mod bar;
pub(crate) mod choose;
pub(crate) mod clock;
pub(crate) mod list;
pub(crate) mod state;
pub(crate) mod table;
pub(crate) mod world;

use crate::session::{BranchId, Side};
use crate::sim::Span;

/// What is to be one of the two worlds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Pick {
    /// The run from which the comparison was opened, as it is.
    Here,
    /// Another branch.
    Branch(BranchId),
    /// A variation of the scenario, counted from 1, with the commands of the run.
    Variation(usize),
    /// The scenario with another setting, a line such as `policy.acks = none`, with the commands of the run.
    Setting(String),
    /// A built-in scenario, by its slug.
    Scenario(String),
}

/// What a person can do with a comparison, and what it does by itself.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Move {
    Open,
    Close,
    Swap,
    /// Runs both a little further, between two frames.
    Slice,
    /// Compares what was reached, instead of running on.
    Stop,
    /// Opens the dialog in which one of the two is chosen.
    Choose(Side),
    Pick(Side, Pick),
    /// To a time of the visible clock.
    To(Span),
    NextDifference,
    PreviousDifference,
    /// Shows the outcome at the end, or now.
    AtEnd(bool),
    /// The mouse is over a mark of a track, or over none.
    Hover(Option<(Side, usize)>),
}

/// The class of a side in style sheets.
pub(crate) fn class(side: Side) -> &'static str {
    match side {
        Side::A => "a",
        Side::B => "b",
    }
}
