//! Places for labels, so that none covers another: who comes first has the choice, and who finds no place has none.

/// A box that is taken.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Box {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Box {
    fn meets(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }
}

/// Where a text begins and how it is anchored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spot {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) anchor: Anchor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Anchor {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Start => "start",
            Self::Middle => "middle",
            Self::End => "end",
        }
    }
}

/// How wide a letter is at most, on average, at the size of the labels.
const LETTER: f64 = 6.7;
const ASCENT: f64 = 11.0;
const HEIGHT: f64 = 15.0;

/// What is taken.
pub(crate) struct Places {
    bounds: Box,
    taken: Vec<Box>,
}

impl Places {
    pub(crate) fn new(bounds: Box) -> Self {
        Self { bounds, taken: Vec::new() }
    }

    pub(crate) fn take(&mut self, taken: Box) {
        self.taken.push(taken);
    }

    /// The first of the spots where the text covers nothing.
    pub(crate) fn find(&mut self, text: &str, spots: &[Spot]) -> Option<Spot> {
        for spot in spots {
            let found = extent(text, *spot);
            let inside = found.x >= self.bounds.x
                && found.y >= self.bounds.y
                && found.x + found.width <= self.bounds.x + self.bounds.width
                && found.y + found.height <= self.bounds.y + self.bounds.height;
            if inside && !self.taken.iter().any(|taken| taken.meets(&found)) {
                self.taken.push(found);
                return Some(*spot);
            }
        }
        None
    }
}

/// The box of a text at a spot.
fn extent(text: &str, spot: Spot) -> Box {
    #[allow(clippy::cast_precision_loss)]
    let width = text.chars().count() as f64 * LETTER + 4.0;
    let x = match spot.anchor {
        Anchor::Start => spot.x - 2.0,
        Anchor::Middle => spot.x - width / 2.0,
        Anchor::End => spot.x - width + 2.0,
    };
    Box { x, y: spot.y - ASCENT, width, height: HEIGHT }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_label_covers_another_or_leaves_the_drawing() {
        let mut places = Places::new(Box { x: 0.0, y: 0.0, width: 200.0, height: 40.0 });
        let spot = |x, y| Spot { x, y, anchor: Anchor::Start };
        assert!(places.find("one", &[spot(10.0, 20.0)]).is_some());
        assert!(places.find("two", &[spot(12.0, 22.0)]).is_none());
        assert_eq!(places.find("two", &[spot(12.0, 22.0), spot(90.0, 22.0)]).map(|spot| spot.x), Some(90.0));
        assert!(places.find("too far to the right", &[spot(150.0, 38.0)]).is_none());
    }
}
