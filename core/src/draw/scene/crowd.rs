//! All that moves, frame after frame: who stands behind whom, whose label is
//! shown, and what has to be drawn again.

use super::cells::{Cells, Taken};
use super::dots::{LABEL, Way, labelled, one, solid, way, words};
use super::pen::{Anchor, Pen};
use crate::draw::geometry::{Curve, Point};
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
    /// How many stand here; 0 for those that stand behind another.
    count: usize,
    label: Option<(Point, Anchor)>,
}

impl Spot<'_> {
    /// How many stand here when they are too many to be drawn, else 0.
    const fn many(&self) -> usize {
        if self.count > ROW { self.count } else { 0 }
    }
}

/// Dots at exactly one place, and what stands in a row behind them.
struct Stack<'a> {
    first: &'a Dot,
    way: Way<'a>,
    length: f64,
    lane: u32,
    /// How many are in the stack.
    size: usize,
    /// The stack that leads the row; itself when nothing else is near.
    leader: usize,
    /// How many are in the row, when this one leads it.
    row: usize,
    /// Which place in the row its next dot takes.
    next: usize,
}

impl Stack<'_> {
    fn cell(&self) -> (i32, i32) {
        let along = f64::from(self.first.progress) / 1e6 * self.length;
        (self.lane as i32, (along / NEAR) as i32)
    }

    fn is_near(&self, other: &Self) -> bool {
        let apart = self.first.progress.abs_diff(other.first.progress);
        self.lane == other.lane && f64::from(apart) / 1e6 * self.length < NEAR
    }
}

/// Round numbers come first, as on a ruler: what is chosen by them stays
/// chosen when the dot in front is gone.
fn roundness(dot: &Dot) -> u32 {
    dot.label.number.trailing_zeros()
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
            let look = Look { label: spot.label, count: spot.many(), solid: solid(spot.dot) };
            if known.look != look || known.group.key.is_empty() {
                known.look = look;
                let label = known.words.as_ref().map(|(label, _)| &**label);
                known.group = Arc::new(one(pen, spot.dot, &look, label));
            }
            let transform = Some((spot.at.x, spot.at.y));
            out.push(Placed { group: Arc::clone(&known.group), transform });
        }
        self.forget_gone(&spots);
    }

    /// Where every dot is. Those near each other stand in a row; what is too
    /// much for a row is only counted, by its first.
    fn line_up<'a>(&mut self, pen: &Pen, frame: &'a Frame, layout: &'a Layout) -> Vec<Spot<'a>> {
        let (mut stacks, stack_of) = self.pile_up(pen, frame, layout);
        let mut leaders = Cells::new(stacks.len());
        let roundest = stacks.iter().map(|stack| roundness(stack.first)).max().unwrap_or(0);
        for zeros in (0..=roundest).rev() {
            for at in 0..stacks.len() {
                let stack = &stacks[at];
                if roundness(stack.first) != zeros {
                    continue;
                }
                let (lane, cell) = stack.cell();
                let near = (cell - 1..=cell + 1).flat_map(|cell| leaders.at((lane, cell)));
                let leader = near.filter(|first| stacks[*first].is_near(stack)).min();
                if leader.is_none() {
                    leaders.put((lane, cell), at);
                }
                let (leader, size) = (leader.unwrap_or(at), stack.size);
                let place = stacks[leader].row;
                stacks[leader].row += size;
                (stacks[at].leader, stacks[at].next) = (leader, place);
            }
        }
        let mut spots = Vec::with_capacity(frame.dots.len());
        for (dot, at) in frame.dots.iter().zip(stack_of).filter_map(|(d, at)| Some((d, at?))) {
            let place = stacks[at].next;
            stacks[at].next += 1;
            if place < ROW {
                let leader = &stacks[stacks[at].leader];
                let count = if place == 0 { leader.row } else { 0 };
                let at = leader.way.at(leader.length, place);
                spots.push(Spot { dot, at, count, label: None });
            }
        }
        spots
    }

    /// Puts dots at exactly one place onto each other. Gives back the stack of
    /// each dot as well.
    fn pile_up<'a>(
        &mut self,
        pen: &Pen,
        frame: &'a Frame,
        layout: &'a Layout,
    ) -> (Vec<Stack<'a>>, Vec<Option<usize>>) {
        let mut stacks: Vec<Stack> = Vec::with_capacity(frame.dots.len());
        let mut places = Cells::new(frame.dots.len());
        let mut curves: Vec<Option<&'a Curve>> = Vec::new();
        let mut put = |dot: &'a Dot| {
            let lane = self.lane(pen, dot);
            if curves.len() <= lane as usize {
                curves.resize(lane as usize + 1, None);
            }
            let curve = &mut curves[lane as usize];
            if let (None, Path::Along(link) | Path::Back(link)) = (&curve, &dot.path) {
                *curve = layout.links.get(link).map(|route| &route.curve);
            }
            let (way, length) = way(frame, layout, dot, *curve)?;
            let at = (lane as i32, dot.progress as i32);
            let same = |stack: &Stack| stack.lane == lane && stack.first.progress == dot.progress;
            let found = places.at(at).filter(|found| same(&stacks[*found])).min();
            let stack = found.unwrap_or_else(|| {
                places.put(at, stacks.len());
                let (leader, size) = (stacks.len(), 0);
                stacks.push(Stack { first: dot, way, length, lane, size, leader, row: 0, next: 0 });
                leader
            });
            stacks[stack].size += 1;
            Some(stack)
        };
        let stack_of = frame.dots.iter().map(&mut put).collect();
        (stacks, stack_of)
    }

    /// Gives labels places where no other label stands.
    fn place_labels<'a>(&self, spots: &mut [Spot<'a>]) {
        let roundest = spots.iter().map(|spot| roundness(spot.dot)).max().unwrap_or(0);
        let mut labels: Taken<'a> = Taken::new(spots.len());
        for zeros in (0..=roundest).rev() {
            let round = |spot: &&mut Spot| spot.count > 0 && roundness(spot.dot) == zeros;
            for spot in spots.iter_mut().filter(round) {
                let known = self.known.get(&spot.dot.id);
                let label = known.and_then(|known| known.words.as_ref());
                let width = match spot.many() {
                    0 => label.map(|(_, width)| *width),
                    many => words(label.map(|(label, _)| &**label), many)
                        .map(|words| letters::width(&words, LABEL, Face::Sans)),
                };
                spot.label = width.and_then(|width| labels.find(spot, width));
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
