//! All that moves, frame after frame: who stands behind whom, whose label is
//! shown, and what has to be drawn again.

use super::cells::{Cells, Taken};
use super::dots::{LABEL, labelled, one, solid, way};
use super::pen::{Anchor, Pen};
use crate::draw::geometry::Point;
use crate::draw::layout::Layout;
use crate::draw::letters::{self, Face};
use crate::draw::shape::{Group, Layer, Placed};
use crate::frame::{Dot, DotKind, Frame, Path};
use crate::intern::Lookup;
use std::sync::Arc;

/// Dots nearer than this on one way stand behind each other.
const NEAR: f64 = 6.0;
/// Dots of a row; further ones are only counted.
const ROW: usize = 3;

/// The dots as they were drawn last.
#[derive(Clone, Debug, Default)]
pub(super) struct Crowd {
    known: Lookup<u64, Known>,
    /// What `known` holds.
    ids: Vec<u64>,
    /// A number for everything that moves on one way in one manner.
    lanes: Lookup<(DotKind, Path), u32>,
    lane_count: u32,
    turn: u64,
}

/// A dot as it was drawn last.
#[derive(Clone, Debug)]
struct Known {
    /// Its progress counts for nothing here.
    dot: Dot,
    lane: u32,
    look: Look,
    group: Arc<Group>,
    /// The label as it is shown, and how wide it is.
    words: Option<(String, f64)>,
    turn: u64,
}

/// What of a dot may change while it moves.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Look {
    /// Where the label stands, relative to the dot.
    pub label: Option<(Point, Anchor)>,
    /// How many stand here, when they are too many to be drawn.
    pub count: usize,
    /// How solid it is, in tenths.
    pub solid: Option<u8>,
}

/// A dot that is to be drawn.
pub(super) struct Spot<'a> {
    pub dot: &'a Dot,
    pub at: Point,
    lane: u32,
    /// How many stand here; 0 for those that stand behind another.
    count: usize,
    label: Option<(Point, Anchor)>,
}

impl Crowd {
    /// Draws the dots of `frame`, in its order.
    pub(super) fn draw(
        &mut self,
        pen: &Pen,
        frame: &Frame,
        layout: &Layout,
        out: &mut Vec<Placed>,
    ) {
        self.turn += 1;
        let mut spots = self.line_up(pen, frame, layout);
        self.place_labels(&mut spots);
        out.reserve(spots.len());
        for spot in &spots {
            let Some(known) = self.known.get_mut(&spot.dot.id) else { continue };
            let count = if spot.count > ROW { spot.count } else { 0 };
            let look = Look { label: spot.label, count, solid: solid(spot.dot) };
            if known.look != look || known.group.key.is_empty() {
                known.look = look;
                known.group = Arc::new(one(pen, spot.dot, &look, known.words.as_ref()));
            }
            let transform = Some((spot.at.x, spot.at.y));
            out.push(Placed { group: Arc::clone(&known.group), transform });
        }
        self.forget_gone(&spots);
    }

    /// Where every dot is. Those at one place stand in a row; what is too much
    /// for a row is only counted, by its first.
    fn line_up<'a>(&mut self, pen: &Pen, frame: &'a Frame, layout: &Layout) -> Vec<Spot<'a>> {
        let mut spots: Vec<Spot> = Vec::with_capacity(frame.dots.len());
        let mut rows = Cells::new(frame.dots.len());
        for dot in &frame.dots {
            let Some((curve, length)) = way(frame, layout, dot) else { continue };
            let lane = self.lane(pen, dot);
            let along = f64::from(dot.progress) / 1e6 * length;
            let cell = (along / NEAR) as i32;
            let is_near = |spot: &Spot| {
                let apart = spot.dot.progress.abs_diff(dot.progress);
                spot.lane == lane && f64::from(apart) / 1e6 * length < NEAR
            };
            let near = (cell - 1..=cell + 1).flat_map(|cell| rows.at((lane as i32, cell)));
            let leader = near.filter(|first| is_near(&spots[*first])).min();
            let place = leader.map_or(0, |first| spots[first].count);
            match leader {
                Some(first) => spots[first].count += 1,
                None => rows.put((lane as i32, cell), spots.len()),
            }
            if place < ROW {
                let (at, count) = (curve.at(length, place), usize::from(place == 0));
                spots.push(Spot { dot, at, lane, count, label: None });
            }
        }
        spots
    }

    /// Gives labels places where no other label stands. Round numbers come
    /// first, as on a ruler: so a label does not lose its place because the
    /// dot in front of it is gone.
    fn place_labels<'a>(&self, spots: &mut [Spot<'a>]) {
        let roundness = |spot: &Spot<'a>| spot.dot.label.number.trailing_zeros();
        let roundest = spots.iter().map(roundness).max().unwrap_or(0);
        let mut labels: Taken<'a> = Taken::new(spots.len());
        for zeros in (0..=roundest).rev() {
            for spot in spots.iter_mut().filter(|s| s.count > 0 && roundness(s) == zeros) {
                let known = self.known.get(&spot.dot.id);
                let words = known.and_then(|known| known.words.as_ref());
                spot.label = words.and_then(|(_, width)| labels.find(spot, *width));
            }
        }
    }

    /// The number of a dot's way; what is known about the dot is brought up to
    /// date on the way.
    fn lane(&mut self, pen: &Pen, dot: &Dot) -> u32 {
        if let Some(known) = self.known.get_mut(&dot.id) {
            known.turn = self.turn;
            if known.dot.path == dot.path && is_same(&known.dot, dot) {
                return known.lane;
            }
        } else {
            self.ids.push(dot.id);
        }
        let way = (dot.kind, dot.path.clone());
        let lane = match self.lanes.get(&way) {
            Some(lane) => *lane,
            None => {
                self.lane_count += 1;
                self.lanes.insert(way, self.lane_count);
                self.lane_count
            }
        };
        let words = labelled(pen, dot).map(|words| {
            let width = letters::width(&words, LABEL, Face::Sans);
            (words, width)
        });
        let group = Arc::new(Group::new(Layer::Dots, ""));
        let look = Look::default();
        let known = Known { dot: dot.clone(), lane, look, group, words, turn: self.turn };
        self.known.insert(dot.id, known);
        lane
    }

    fn forget_gone(&mut self, spots: &[Spot]) {
        if self.ids.len() > 2 * spots.len() + 64 {
            let (known, turn) = (&mut self.known, self.turn);
            self.ids.retain(|id| {
                let stays = known.get(id).is_some_and(|known| known.turn == turn);
                if !stays {
                    known.remove(id);
                }
                stays
            });
        }
        // A requeued message has a way of its own into its place.
        if self.lane_count > 4_096 {
            *self = Self { turn: self.turn, ..Self::default() };
        }
    }
}

/// Whether the two look the same on the same way.
fn is_same(a: &Dot, b: &Dot) -> bool {
    (a.kind, a.colour, a.redelivered, a.dead_lettered)
        == (b.kind, b.colour, b.redelivered, b.dead_lettered)
        && a.label == b.label
}
