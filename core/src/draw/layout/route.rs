//! Lines that run against the reading direction, loops, and lines of nodes
//! that a person moved. They look for free ways between what already stands.

use super::measure::{LOOP_SIDE, Tag, loop_height};
use super::{Place, Route};
use crate::draw::geometry::{Cubic, Curve, Point, Rect, level, straight};

/// Knows what is in the way.
pub(super) struct Router {
    /// Nodes with their words, and chips.
    solid: Vec<Rect>,
    /// Level and upright parts of lines that already run around.
    lanes: Vec<Rect>,
    posts: Vec<Rect>,
    /// Every line as a row of spots.
    drawn: Vec<Vec<Rect>>,
}

/// Radius of the corners of lines that run around.
const CORNER: f64 = 14.0;
/// What a crossing costs, in units of length.
const CROSSING: f64 = 64.0;
/// Places that are tried for an upright part.
const TRIES: u8 = 8;

impl Router {
    pub(super) fn new(solid: Vec<Rect>) -> Self {
        Self { solid, lanes: Vec::new(), posts: Vec::new(), drawn: Vec::new() }
    }

    /// Keeps later lines and chips away from `area`.
    pub(super) fn keep_clear(&mut self, area: Option<Rect>) {
        self.solid.extend(area);
    }

    /// Counts later crossings with `curve`.
    pub(super) fn remember(&mut self, curve: &Curve) {
        let steps = (curve.length() / 4.0).ceil().clamp(1.0, 2_000.0) as u32;
        let spot = |step: u32| {
            let along = curve.length() * f64::from(step) / f64::from(steps);
            Rect::around(curve.at(along).0, 2.0, 2.0)
        };
        self.drawn.push((0..=steps).map(spot).collect());
    }

    fn is_free(&self, area: &Rect) -> bool {
        !self.solid.iter().any(|other| other.overlaps(area))
    }

    /// Whether a sweep touches nothing.
    pub(super) fn is_clear(&self, sweep: &Cubic) -> bool {
        let curve = Curve::new(vec![*sweep]);
        // Its ends touch what it connects.
        let mut along = 10.0;
        while along <= curve.length() - 10.0 {
            let (point, _) = curve.at(along);
            if !self.is_free(&Rect::around(point, 12.0, 16.0)) {
                return false;
            }
            along += 6.0;
        }
        true
    }

    /// The loops of a node to itself, one around the other above its name;
    /// its extent has room for them.
    pub(super) fn round(&mut self, place: &Place, tags: &[Option<&Tag>]) -> Vec<Route> {
        let Point { x, y } = place.centre;
        let mut top = place.body.y - 24.0;
        let mut routes = Vec::with_capacity(tags.len());
        for (turn, tag) in tags.iter().enumerate() {
            let height = loop_height(*tag);
            let lane = top - height / 2.0;
            top -= height;
            let outer = (tags.len() - 1 - turn) as f64;
            let side = place.extent.w / 2.0 - LOOP_SIDE * outer;
            let corners = [
                place.exit(),
                Point::new(x + side, y),
                Point::new(x + side, lane),
                Point::new(x - side, lane),
                Point::new(x - side, y),
                place.entry(),
            ];
            let chip = tag.map(|tag| Rect::around(Point::new(x, lane), tag.width, tag.height));
            routes.push(Route { curve: Curve::rounded(&corners, CORNER), chip, around: true });
        }
        routes
    }

    /// A line to something further right, straight across.
    pub(super) fn across(&mut self, from: &Place, to: &Place, tag: Option<&Tag>) -> Route {
        let curve = Curve::new(vec![level(from.exit(), to.entry())]);
        let chip = tag.map(|tag| self.beside(&curve, tag));
        self.keep_clear(chip);
        Route { curve, chip, around: false }
    }

    /// A free place for the words of a line, as near to its start as possible.
    fn beside(&self, curve: &Curve, tag: &Tag) -> Rect {
        let length = curve.length();
        let at = |along: f64, shift: f64| {
            let (point, _) = curve.at(along);
            Rect::around(point.shift(0.0, shift), tag.width, tag.height)
        };
        let first = (40.0 + tag.width / 2.0).min(length / 2.0);
        for shift in [0.0, 28.0, -28.0, 56.0, -56.0, 84.0, -84.0, 112.0, -112.0] {
            let mut along = first;
            while along <= length {
                let area = at(along, shift);
                if self.is_free(&area.grow(4.0)) {
                    return area;
                }
                along += 16.0;
            }
        }
        at(length / 2.0, 0.0)
    }

    /// A line back: out to the right, up or down to a free lane, to the left,
    /// and into its end from the left. `room_from` and `room_to` are the
    /// sides of the columns of the two ends.
    pub(super) fn around(
        &mut self,
        from: &Place,
        to: &Place,
        room_from: Option<(f64, f64)>,
        room_to: Option<(f64, f64)>,
        tag: Option<&Tag>,
    ) -> Route {
        let right = room_from.map_or(from.extent.right(), |(_, right)| right);
        let left = room_to.map_or(to.extent.x, |(left, _)| left);
        let half = tag.map_or(6.0, |tag| tag.height / 2.0 + 4.0);
        let lowest = self.lowest() + 16.0 + half;
        let mut lanes = self.candidates(half);
        let cost = |y: f64| (y - from.centre.y).abs() + (y - to.centre.y).abs();
        crate::order::sort_by(&mut lanes, |a, b| {
            cost(*a).total_cmp(&cost(*b)).then(b.total_cmp(a))
        });
        lanes.truncate(64);
        lanes.push(lowest);
        let mut best: Option<(f64, [f64; 3])> = None;
        for &y in &lanes {
            if best.is_some_and(|(least, _)| least <= cost(y)) {
                break;
            }
            let Some(way) = self.free_way([right, left], [from.centre.y, to.centre.y], y, tag)
            else {
                continue;
            };
            let crossings = self.crossings(way, [from.centre.y, to.centre.y]);
            let total = cost(y) + CROSSING * crossings as f64;
            if best.is_none_or(|(least, _)| total < least) {
                best = Some((total, way));
            }
        }
        let way = best.map_or([right + 16.0, lowest, left - 16.0], |(_, way)| way);
        let chip = chip_on(way, tag);
        self.lay(from, to, way, chip)
    }

    /// The nearest free upright parts for a lane at `y`, right of the first
    /// and left of the second side, from and to the heights `ends`.
    fn free_way(
        &self,
        sides: [f64; 2],
        ends: [f64; 2],
        y: f64,
        tag: Option<&Tag>,
    ) -> Option<[f64; 3]> {
        let posts = |start: f64, step: f64| {
            (0..TRIES).map(move |i| start + step * (f64::from(i) * 8.0 + 16.0))
        };
        for out in posts(sides[0], 1.0).filter(|out| self.post_free(*out, ends[0], y)) {
            for back in posts(sides[1], -1.0).filter(|back| self.post_free(*back, ends[1], y)) {
                let way = [out, y, back];
                let area = Rect::sides(back - 8.0, y - 5.0, out + 8.0, y + 5.0);
                if self.is_free(&area)
                    && !self.lanes.iter().any(|lane| lane.overlaps(&area.grow(3.0)))
                    && chip_on(way, tag).is_none_or(|chip| self.is_free(&chip.grow(3.0)))
                {
                    return Some(way);
                }
            }
        }
        None
    }

    /// How many lines that already run a way would cross.
    fn crossings(&self, [out, y, back]: [f64; 3], ends: [f64; 2]) -> usize {
        let upright = |x: f64, end: f64| Rect::sides(x - 3.0, y.min(end), x + 3.0, y.max(end));
        let parts = [
            upright(out, ends[0]),
            upright(back, ends[1]),
            Rect::sides(back, y - 3.0, out, y + 3.0),
        ];
        let hits = |part: &Rect| {
            let inner = Rect { y: part.y + 4.0, h: part.h - 8.0, ..*part };
            let part = if part.w < part.h { inner } else { *part };
            self.drawn.iter().filter(|line| line.iter().any(|spot| spot.overlaps(&part))).count()
        };
        parts.iter().map(hits).sum()
    }

    fn lay(&mut self, from: &Place, to: &Place, way: [f64; 3], chip: Option<Rect>) -> Route {
        let [out, y, back] = way;
        let corners = [
            from.exit(),
            Point::new(out, from.centre.y),
            Point::new(out, y),
            Point::new(back, y),
            Point::new(back, to.centre.y),
            to.entry(),
        ];
        self.lanes.push(Rect::sides(back, y - 5.0, out, y + 5.0));
        for (x, end) in [(out, from.centre.y), (back, to.centre.y)] {
            self.posts.push(Rect::sides(x - 3.0, y.min(end), x + 3.0, y.max(end)));
        }
        self.keep_clear(chip);
        Route { curve: Curve::rounded(&corners, CORNER), chip, around: true }
    }

    fn post_free(&self, x: f64, from: f64, to: f64) -> bool {
        let area = Rect::sides(x - 5.0, from.min(to), x + 5.0, from.max(to));
        self.is_free(&area) && !self.posts.iter().any(|post| post.overlaps(&area))
    }

    fn lowest(&self) -> f64 {
        self.solid.iter().chain(&self.lanes).map(Rect::bottom).fold(0.0, f64::max)
    }

    /// Heights just above or below something.
    fn candidates(&self, half: f64) -> Vec<f64> {
        let mut all: Vec<f64> = self
            .solid
            .iter()
            .chain(&self.lanes)
            .flat_map(|area| [area.y - half - 4.0, area.bottom() + half + 4.0])
            .collect();
        crate::order::sort_by(&mut all, f64::total_cmp);
        all.dedup();
        all
    }
}

/// The words of a line in the middle of its lane.
fn chip_on([out, y, back]: [f64; 3], tag: Option<&Tag>) -> Option<Rect> {
    tag.map(|tag| Rect::around(Point::new((back + out) / 2.0, y), tag.width, tag.height))
}

/// The way a requeued message takes from the head of a tube, around below it,
/// into its place.
pub(in crate::draw) fn into_tube(curve: &Curve, slot: Point) -> Curve {
    let home = curve.reversed();
    let head = home.end();
    if home.pieces().is_empty() {
        return Curve::new(vec![straight(slot, slot.shift(0.01, 0.0))]);
    }
    home.then([head, head.shift(24.0, 52.0), slot.shift(0.0, 60.0), slot])
}
