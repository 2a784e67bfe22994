//! Points, rectangles and ways: the geometry of the stage.

/// A point of the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Point {
    pub(crate) x: f64,
    pub(crate) y: f64,
}

impl Point {
    /// The point at a share of the straight line to another.
    pub(crate) fn towards(self, to: Self, share: f64) -> Self {
        Self { x: self.x + (to.x - self.x) * share, y: self.y + (to.y - self.y) * share }
    }

    pub(crate) fn distance(self, to: Self) -> f64 {
        (to.x - self.x).hypot(to.y - self.y)
    }
}

/// A rectangle of the stage.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Rect {
    pub(crate) x: f64,
    pub(crate) y: f64,
    pub(crate) width: f64,
    pub(crate) height: f64,
}

impl Rect {
    pub(crate) fn centre(&self) -> Point {
        Point { x: self.x + self.width / 2.0, y: self.y + self.height / 2.0 }
    }

    pub(crate) fn right(&self) -> f64 {
        self.x + self.width
    }

    pub(crate) fn bottom(&self) -> f64 {
        self.y + self.height
    }

    /// The rectangle with a rim of so much more on each side.
    pub(crate) fn grown(&self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, width: self.width + 2.0 * by, height: self.height + 2.0 * by }
    }

    pub(crate) fn contains(&self, point: Point) -> bool {
        point.x > self.x && point.x < self.right() && point.y > self.y && point.y < self.bottom()
    }

    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right() && other.x < self.right() && self.y < other.bottom() && other.y < self.bottom()
    }

    pub(crate) fn moved(&self, by: Point) -> Self {
        Self { x: self.x + by.x, y: self.y + by.y, ..*self }
    }

    /// The rectangle moved as little as it takes to lie within another.
    pub(crate) fn kept_in(&self, room: &Self) -> Self {
        let x = self.x.min(room.right() - self.width).max(room.x);
        let y = self.y.min(room.bottom() - self.height).max(room.y);
        Self { x, y, ..*self }
    }

    /// Where a straight line from the centre towards a point leaves the rectangle.
    pub(crate) fn edge_towards(&self, to: Point) -> Point {
        let centre = self.centre();
        let (dx, dy) = (to.x - centre.x, to.y - centre.y);
        let scale_x = if dx.abs() < 1e-9 { f64::INFINITY } else { self.width / 2.0 / dx.abs() };
        let scale_y = if dy.abs() < 1e-9 { f64::INFINITY } else { self.height / 2.0 / dy.abs() };
        let scale = scale_x.min(scale_y).min(1.0);
        Point { x: centre.x + dx * scale, y: centre.y + dy * scale }
    }
}

/// The way of a link or a message: a straight line, or a bow round what stands between its ends.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Way {
    pub(crate) from: Point,
    pub(crate) to: Point,
    /// The point that bends it: the middle of a straight way.
    pub(crate) bend: Point,
}

impl Way {
    pub(crate) fn straight(from: Point, to: Point) -> Self {
        Self { from, to, bend: from.towards(to, 0.5) }
    }

    /// The same way, gone backwards.
    pub(crate) fn reversed(self) -> Self {
        Self { from: self.to, to: self.from, bend: self.bend }
    }

    pub(crate) fn at(&self, share: f64) -> Point {
        self.from.towards(self.bend, share).towards(self.bend.towards(self.to, share), share)
    }

    /// The direction of the way at a share of it, of length 1.
    pub(crate) fn heading(&self, share: f64) -> Point {
        let (start, end) = (self.from.towards(self.bend, share), self.bend.towards(self.to, share));
        let length = start.distance(end).max(1e-6);
        Point { x: (end.x - start.x) / length, y: (end.y - start.y) / length }
    }

    pub(crate) fn length(&self) -> f64 {
        let middle = self.at(0.5);
        self.from.distance(middle) + middle.distance(self.to)
    }

    /// A part of the way, from one share of it to another.
    pub(crate) fn part(&self, start: f64, end: f64) -> Self {
        let from = self.at(start);
        // The bend of a part of a quadratic curve lies where the tangents of its ends meet.
        let bend = self.from.towards(self.bend, start).towards(self.bend.towards(self.to, start), end);
        Self { from, to: self.at(end), bend }
    }

    /// The points along the way, close enough to see what it touches.
    pub(crate) fn samples(&self) -> impl Iterator<Item = (f64, Point)> {
        const STEPS: u8 = 24;
        (0..=STEPS).map(|step| {
            let share = f64::from(step) / f64::from(STEPS);
            (share, self.at(share))
        })
    }

    /// The way as the data of an SVG path.
    pub(crate) fn path(&self) -> String {
        let Self { from, to, bend } = self;
        format!("M{:.1} {:.1} Q{:.1} {:.1} {:.1} {:.1}", from.x, from.y, bend.x, bend.y, to.x, to.y)
    }
}

/// Whether two straight pieces cross each other; one that begins on the other does, so that none slips through a joint.
pub(crate) fn cross((a, b): (Point, Point), (c, d): (Point, Point)) -> bool {
    let is_left = |from: Point, to: Point, point: Point| {
        (to.x - from.x) * (point.y - from.y) - (to.y - from.y) * (point.x - from.x) < 0.0
    };
    is_left(a, b, c) != is_left(a, b, d) && is_left(c, d, a) != is_left(c, d, b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_bow_lies_on_the_bow() {
        let way =
            Way { from: Point { x: 0.0, y: 0.0 }, to: Point { x: 100.0, y: 0.0 }, bend: Point { x: 50.0, y: 80.0 } };
        let part = way.part(0.25, 0.75);
        assert!(part.at(0.5).distance(way.at(0.5)) < 1e-9);
        assert!(part.from.distance(way.at(0.25)) < 1e-9);
    }

    #[test]
    fn pieces_cross_or_pass_each_other() {
        let point = |x: f64, y: f64| Point { x, y };
        assert!(cross((point(0.0, 0.0), point(2.0, 2.0)), (point(0.0, 2.0), point(2.0, 0.0))));
        assert!(!cross((point(0.0, 0.0), point(2.0, 2.0)), (point(3.0, 0.0), point(4.0, 9.0))));
    }
}
