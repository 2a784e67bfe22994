//! Where lines and moments are: time runs to the right, or downwards on a narrow screen.

use std::collections::BTreeMap;

use super::scale::Scale;
use crate::session::{Diagram, Quiet};
use crate::sim::NodeId;

/// Which way time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Right,
    Down,
}

/// Below this width of the room, time runs downwards.
const NARROW: f64 = 560.0;

/// The least distance of two lines.
const ROW: f64 = 46.0;
const COLUMN: f64 = 62.0;

/// The room for a line's name, for the epochs on top, and for the axis.
const NAMES: f64 = 116.0;
const TIMES: f64 = 46.0;
const TOP: f64 = 46.0;
const AXIS: f64 = 36.0;
const HEADS: f64 = 60.0;
const EDGE: f64 = 12.0;

/// The sizes of a drawing and the places in it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Frame {
    pub(crate) way: Way,
    pub(crate) width: f64,
    pub(crate) height: f64,
    pub(crate) scale: Scale,
    /// Where time begins and ends on the axis of time.
    pub(crate) time: (f64, f64),
    /// Where the lines begin and end across it.
    pub(crate) across: (f64, f64),
    lanes: BTreeMap<NodeId, f64>,
}

impl Frame {
    pub(crate) fn new(diagram: &Diagram, room: (f64, f64), folds: &[Quiet]) -> Self {
        #[allow(clippy::cast_precision_loss)]
        let count = diagram.lanes.len().max(1) as f64;
        let way = if room.0 < NARROW { Way::Down } else { Way::Right };
        let (width, height, time, across, step) = match way {
            Way::Right => {
                let height = room.1.max(TOP + AXIS + count * ROW);
                let step = (height - TOP - AXIS) / count;
                (room.0, height, (NAMES, room.0 - EDGE), (TOP, height - AXIS), step)
            }
            Way::Down => {
                let width = room.0.max(TIMES + EDGE + count * COLUMN);
                let height = room.1.max(720.0);
                (width, height, (HEADS, height - EDGE), (TIMES, width - EDGE), (width - TIMES - EDGE) / count)
            }
        };
        let lanes = diagram.lanes.iter().enumerate();
        // There are at most some hundred lines.
        #[allow(clippy::cast_precision_loss)]
        let lanes = lanes.map(|(index, node)| (*node, across.0 + step * (index as f64 + 0.5))).collect();
        let scale = Scale::new(diagram.from, diagram.to, time.0 + 8.0, time.1 - 4.0, folds);
        Self { way, width, height, scale, time, across, lanes }
    }

    /// Where a line is, across time.
    pub(crate) fn lane(&self, node: NodeId) -> Option<f64> {
        self.lanes.get(&node).copied()
    }

    /// The point at a place along time and one across it.
    pub(crate) fn xy(&self, along: f64, across: f64) -> (f64, f64) {
        match self.way {
            Way::Right => (along, across),
            Way::Down => (across, along),
        }
    }

    /// The place along time of a point.
    pub(crate) fn along(&self, x: f64, y: f64) -> f64 {
        match self.way {
            Way::Right => x,
            Way::Down => y,
        }
    }

    /// A box from one place along time to another, and from one across it to another: x, y, width and height.
    pub(crate) fn rect(&self, along: (f64, f64), across: (f64, f64)) -> (f64, f64, f64, f64) {
        let ((x, y), (right, bottom)) = (self.xy(along.0, across.0), self.xy(along.1, across.1));
        (x, y, (right - x).max(0.0), (bottom - y).max(0.0))
    }
}
