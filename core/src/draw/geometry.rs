//! Points, boxes and curves.
//!
//! Only `+ - * /` and `sqrt` are used: those give the same bits natively and
//! in wasm, which sines, cosines and powers need not.

use std::sync::Arc;

/// A point; x grows to the right, y downwards.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Point {
    /// Right of the origin.
    pub x: f64,
    /// Below the origin.
    pub y: f64,
}

impl Point {
    /// The point at `x`, `y`.
    #[must_use]
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    /// The point moved by `x`, `y`.
    #[must_use]
    pub const fn shift(self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y }
    }

    fn distance(self, other: Self) -> f64 {
        let (x, y) = (self.x - other.x, self.y - other.y);
        (x * x + y * y).sqrt()
    }

    fn mix(self, other: Self, t: f64) -> Self {
        Self { x: self.x + (other.x - self.x) * t, y: self.y + (other.y - self.y) * t }
    }
}

/// A box with its sides along the axes.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rect {
    /// Left side.
    pub x: f64,
    /// Upper side.
    pub y: f64,
    /// Width.
    pub w: f64,
    /// Height.
    pub h: f64,
}

impl Rect {
    /// A box of a size around its centre.
    #[must_use]
    pub const fn around(centre: Point, w: f64, h: f64) -> Self {
        Self { x: centre.x - w / 2.0, y: centre.y - h / 2.0, w, h }
    }

    /// A box from its four sides.
    #[must_use]
    pub const fn sides(left: f64, top: f64, right: f64, bottom: f64) -> Self {
        Self { x: left, y: top, w: right - left, h: bottom - top }
    }

    /// The right side.
    #[must_use]
    pub const fn right(&self) -> f64 {
        self.x + self.w
    }

    /// The lower side.
    #[must_use]
    pub const fn bottom(&self) -> f64 {
        self.y + self.h
    }

    /// The middle.
    #[must_use]
    pub const fn centre(&self) -> Point {
        Point { x: self.x + self.w / 2.0, y: self.y + self.h / 2.0 }
    }

    /// Whether the two have an area in common; touching is not overlapping.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.right()
            && other.x < self.right()
            && self.y < other.bottom()
            && other.y < self.bottom()
    }

    /// The box with `by` more on every side.
    #[must_use]
    pub const fn grow(&self, by: f64) -> Self {
        Self { x: self.x - by, y: self.y - by, w: self.w + 2.0 * by, h: self.h + 2.0 * by }
    }

    /// The smallest box that holds both.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self::sides(
            self.x.min(other.x),
            self.y.min(other.y),
            self.right().max(other.right()),
            self.bottom().max(other.bottom()),
        )
    }

    /// The box moved by `x`, `y`.
    #[must_use]
    pub const fn shift(&self, x: f64, y: f64) -> Self {
        Self { x: self.x + x, y: self.y + y, w: self.w, h: self.h }
    }
}

/// One cubic Bézier piece: start, two handles, end.
pub type Cubic = [Point; 4];

/// How far a handle is from the corner of a quarter circle of radius 1.
const ROUND: f64 = 0.552_284_749_8;
/// Steps in which the length of a piece is measured.
const STEPS: usize = 16;

fn cubic_at(piece: &Cubic, t: f64) -> Point {
    let [a, b, c, d] = *piece;
    let (ab, bc, cd) = (a.mix(b, t), b.mix(c, t), c.mix(d, t));
    ab.mix(bc, t).mix(bc.mix(cd, t), t)
}

/// A straight piece.
#[must_use]
pub fn straight(from: Point, to: Point) -> Cubic {
    [from, from.mix(to, 1.0 / 3.0), from.mix(to, 2.0 / 3.0), to]
}

/// A piece that leaves and arrives level, the way lines run between columns.
#[must_use]
pub fn level(from: Point, to: Point) -> Cubic {
    let middle = (from.x + to.x) / 2.0;
    [from, Point::new(middle, from.y), Point::new(middle, to.y), to]
}

/// A run of pieces, each starting where the one before ends, with a table of
/// lengths so that equal parts of it take equal time. A clone costs nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Curve {
    pieces: Arc<[Cubic]>,
    /// Length from the start after each step of each piece.
    reach: Arc<[f64]>,
}

impl Curve {
    /// A curve from its pieces. Pieces of no length are left out.
    #[must_use]
    pub fn new(pieces: Vec<Cubic>) -> Self {
        let pieces: Arc<[Cubic]> =
            pieces.into_iter().filter(|[a, b, c, d]| a != b || b != c || c != d).collect();
        let mut reach = Vec::with_capacity(pieces.len() * STEPS);
        let mut total = 0.0;
        for piece in &*pieces {
            let mut last = piece[0];
            for step in 1..=STEPS {
                let next = cubic_at(piece, step as f64 / STEPS as f64);
                total += last.distance(next);
                reach.push(total);
                last = next;
            }
        }
        Self { pieces, reach: reach.into() }
    }

    /// Straight lines through `corners`, rounded where they meet.
    #[must_use]
    pub fn rounded(corners: &[Point], radius: f64) -> Self {
        let mut pieces = Vec::new();
        let Some(&first) = corners.first() else { return Self::default() };
        let mut at = first;
        for window in corners.windows(3) {
            let [before, corner, after] = [window[0], window[1], window[2]];
            let (inward, outward) = (before.distance(corner), corner.distance(after));
            let r = radius.min(inward / 2.0).min(outward / 2.0);
            if r <= 0.0 {
                continue;
            }
            let enter = corner.mix(before, r / inward);
            let leave = corner.mix(after, r / outward);
            pieces.push(straight(at, enter));
            pieces.push([enter, enter.mix(corner, ROUND), leave.mix(corner, ROUND), leave]);
            at = leave;
        }
        if let Some(&last) = corners.last() {
            pieces.push(straight(at, last));
        }
        Self::new(pieces)
    }

    /// The pieces in order.
    #[must_use]
    pub fn pieces(&self) -> &[Cubic] {
        &self.pieces
    }

    /// Its length.
    #[must_use]
    pub fn length(&self) -> f64 {
        self.reach.last().copied().unwrap_or(0.0)
    }

    /// The point `along` from the start (in units of length, clamped to the
    /// curve) and the direction there, of length 1.
    #[must_use]
    pub fn at(&self, along: f64) -> (Point, Point) {
        let Some(first) = self.pieces.first() else {
            return (Point::default(), Point::new(1.0, 0.0));
        };
        let along = along.max(0.0).min(self.length());
        let step = self.reach.partition_point(|reach| *reach < along).min(self.reach.len() - 1);
        let before = if step == 0 { 0.0 } else { self.reach[step - 1] };
        let span = self.reach[step] - before;
        let part = if span > 0.0 { (along - before) / span } else { 0.0 };
        let piece = self.pieces.get(step / STEPS).unwrap_or(first);
        let low = (step % STEPS) as f64 / STEPS as f64;
        let high = (step % STEPS + 1) as f64 / STEPS as f64;
        let here = cubic_at(piece, low + (high - low) * part);
        let (a, b) = (cubic_at(piece, low), cubic_at(piece, high));
        let length = a.distance(b);
        let direction = if length > 0.0 {
            Point::new((b.x - a.x) / length, (b.y - a.y) / length)
        } else {
            Point::new(1.0, 0.0)
        };
        (here, direction)
    }

    /// Where it starts.
    #[must_use]
    pub fn start(&self) -> Point {
        self.pieces.first().map_or(Point::default(), |piece| piece[0])
    }

    /// Where it ends.
    #[must_use]
    pub fn end(&self) -> Point {
        self.pieces.last().map_or(Point::default(), |piece| piece[3])
    }

    /// The same curve from its end to its start.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self::new(self.pieces.iter().rev().map(|[a, b, c, d]| [*d, *c, *b, *a]).collect())
    }

    /// This curve and one more piece.
    #[must_use]
    pub fn then(&self, piece: Cubic) -> Self {
        let mut pieces = self.pieces.to_vec();
        pieces.push(piece);
        Self::new(pieces)
    }

    /// A box around it and its handles.
    #[must_use]
    pub fn bounds(&self) -> Option<Rect> {
        let mut points = self.pieces.iter().flatten();
        let first = points.next()?;
        let spot = Rect::around(*first, 0.0, 0.0);
        Some(points.fold(spot, |all, point| all.union(&Rect::around(*point, 0.0, 0.0))))
    }
}

/// Ease-in-out: slow at both ends, the same distance in the same time.
#[must_use]
pub fn ease(progress: f64) -> f64 {
    let p = progress.clamp(0.0, 1.0);
    p * p * (3.0 - 2.0 * p)
}

/// `value` moved up to the next multiple of 8: the grid of the picture.
#[must_use]
pub fn snap(value: f64) -> f64 {
    (value / 8.0).ceil() * 8.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_parts_of_a_curve_are_equally_long() {
        let curve = Curve::new(vec![
            level(Point::new(0.0, 0.0), Point::new(100.0, 200.0)),
            straight(Point::new(100.0, 200.0), Point::new(300.0, 200.0)),
        ]);
        let parts = 40;
        let part = curve.length() / f64::from(parts);
        for i in 0..parts {
            let a = curve.at(part * f64::from(i)).0;
            let b = curve.at(part * f64::from(i + 1)).0;
            let walked = a.distance(b);
            assert!((walked - part).abs() < part * 0.06, "step {i}: {walked} of {part}");
        }
        assert_eq!(curve.at(0.0).0, Point::new(0.0, 0.0));
        let end = curve.at(f64::MAX).0;
        assert!(end.distance(Point::new(300.0, 200.0)) < 1e-9);
    }

    #[test]
    fn a_rounded_line_keeps_its_ends_and_cuts_its_corners() {
        let corners = [
            Point::new(0.0, 0.0),
            Point::new(50.0, 0.0),
            Point::new(50.0, 80.0),
            Point::new(0.0, 80.0),
        ];
        let curve = Curve::rounded(&corners, 12.0);
        assert_eq!(curve.start(), corners[0]);
        assert_eq!(curve.end(), corners[3]);
        assert!(curve.length() < 180.0 && curve.length() > 160.0);
        let back = curve.reversed();
        assert_eq!(back.start(), corners[3]);
        assert!((back.length() - curve.length()).abs() < 1e-9);
    }

    #[test]
    fn easing_is_symmetric_and_stays_inside() {
        assert_eq!(ease(-1.0), 0.0);
        assert_eq!(ease(2.0), 1.0);
        for i in 0..=10 {
            let p = f64::from(i) / 10.0;
            assert!((ease(p) + ease(1.0 - p) - 1.0).abs() < 1e-12);
        }
    }
}
