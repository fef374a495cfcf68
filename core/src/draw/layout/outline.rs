//! The layout of narrow screens: an outline. Everything stands below what it
//! comes from, one thing to a row, further in than the lines that pass it.
//! Lines run down from a thing and into the left side of what they lead to;
//! lines back run up on the right.

use super::graph::Graph;
use super::measure::{Measure, Tag};
use super::route::Router;
use super::{Place, Route};
use crate::draw::geometry::{Curve, Point, Rect, level};

/// From a thing's left side to the line that runs down from it.
const TRUNK: f64 = 20.0;
/// From such a line to what stands beside it.
const BESIDE: f64 = 20.0;
/// From such a line to the words beside it.
const WORDS: f64 = 8.0;
/// Between rows.
const GAP: f64 = 16.0;
/// Radius of the corners of lines.
const CORNER: f64 = 12.0;
/// From one line back to the next.
const LANE: f64 = 16.0;

/// Lines by their number.
type Links = Vec<usize>;

/// What is to be placed.
pub(super) struct Outline<'a> {
    pub graph: &'a Graph,
    pub rooms: &'a [Measure],
    pub tags: &'a [Option<Tag>],
    pub sends: &'a [bool],
    /// The lines of each thing to itself.
    pub loops: &'a [Links],
}

impl Outline<'_> {
    /// The place of every thing and the way of every line.
    pub(super) fn draw(&self) -> (Vec<Place>, Vec<Option<Route>>) {
        let count = self.rooms.len();
        let (mut into, mut out) = (vec![Links::new(); count], vec![Links::new(); count]);
        let mut back = Links::new();
        for (link, ends) in self.graph.ends.iter().enumerate() {
            match *ends {
                Some((from, to)) if self.graph.layer[from] < self.graph.layer[to] => {
                    into[to].push(link);
                    out[from].push(link);
                }
                Some((from, to)) if from != to => back.push(link),
                _ => {}
            }
        }
        let mut places = vec![Place::default(); count];
        let mut routes: Vec<Option<Route>> = vec![None; self.graph.ends.len()];
        let mut top = 0.0;
        // Lines that run down past what comes next: where, and how many are left.
        let mut trunks: Vec<(usize, f64, usize)> = Vec::new();
        for at in self.order(&into, &out) {
            let ways = (&into[at][..], !out[at].is_empty(), &back[..]);
            let bottom = self.row(at, top, ways, &trunks, &mut places, &mut routes);
            top = bottom + GAP;
            for &link in &into[at] {
                let from = self.graph.ends[link].map(|(from, _)| from);
                for trunk in trunks.iter_mut().filter(|trunk| Some(trunk.0) == from) {
                    trunk.2 -= 1;
                }
            }
            trunks.retain(|trunk| trunk.2 > 0);
            if !out[at].is_empty() {
                trunks.push((at, places[at].body.x + TRUNK, out[at].len()));
            }
        }
        self.lines_back(&back, &places, &mut routes);
        (places, routes)
    }

    /// A thing comes when all it is reached from is there, and at once then.
    fn order(&self, into: &[Links], out: &[Links]) -> Vec<usize> {
        let mut waits: Vec<usize> = into.iter().map(Vec::len).collect();
        let mut roots: Vec<usize> = (0..waits.len()).filter(|i| waits[*i] == 0).collect();
        crate::order::sort_by_key(&mut roots, |i| (self.graph.part[*i], self.graph.layer[*i], *i));
        let mut order = Vec::with_capacity(waits.len());
        let mut stack: Vec<usize> = roots.into_iter().rev().collect();
        while let Some(at) = stack.pop() {
            order.push(at);
            let mut ready = Vec::new();
            for &link in &out[at] {
                let Some((_, to)) = self.graph.ends[link] else { continue };
                waits[to] -= 1;
                if waits[to] == 0 {
                    ready.push(to);
                }
            }
            stack.extend(ready.into_iter().rev());
        }
        order
    }

    /// Places one thing and draws the lines into it. Gives back where its row
    /// ends.
    fn row(
        &self,
        at: usize,
        top: f64,
        (into, leaves, back): (&[usize], bool, &[usize]),
        trunks: &[(usize, f64, usize)],
        places: &mut [Place],
        routes: &mut [Option<Route>],
    ) -> f64 {
        let room = &self.rooms[at];
        let trunk_of = |link: usize| {
            let from = self.graph.ends[link].map(|(from, _)| from);
            trunks.iter().find(|trunk| Some(trunk.0) == from).map_or(0.0, |trunk| trunk.1)
        };
        // Words stand right of every line that runs down here.
        let side = trunks.iter().map(|trunk| trunk.1).fold(-BESIDE, f64::max);
        let mut left = side + BESIDE;
        let mut words = 0.0;
        for tag in into.iter().filter_map(|link| self.tags[*link].as_ref()) {
            left = left.max(side + CORNER + tag.width + BESIDE);
            words += tag.height + 4.0;
        }
        let behind: f64 = back.iter().filter_map(|link| self.words_behind(*link, at)).sum();
        let up = f64::max(room.up, words / 2.0);
        let down = room.down.max(words / 2.0).max(behind);
        let centre = Point::new(left + room.side, top + up);
        let mut place = Place::new(centre, room, self.sends[at]);
        if leaves {
            place.put_words_at(place.body.x + TRUNK + WORDS);
        }
        let mut y = centre.y - words / 2.0;
        for &link in into {
            let Some((from, _)) = self.graph.ends[link] else { continue };
            let trunk = trunk_of(link);
            let start = Point::new(trunk, places[from].body.bottom());
            let (chip, lane) = match &self.tags[link] {
                Some(tag) => {
                    let (w, h) = (tag.width, tag.height);
                    let chip = Rect { x: side + CORNER, y: y + 2.0, w, h };
                    y += h + 4.0;
                    (Some(chip), chip.centre().y)
                }
                None => (None, centre.y),
            };
            let turn = Point::new(trunk, lane);
            let join = Point::new(chip.map_or(trunk + CORNER, |chip| chip.right()), lane);
            let curve = Curve::rounded(&[start, turn, join], CORNER);
            let curve = curve.then(level(join, place.entry()));
            routes[link] = Some(Route { curve, chip, around: false });
        }
        places[at] = place;
        top + up + down
    }

    /// How high the words are on a line back, when it leaves from `at`.
    fn words_behind(&self, link: usize, at: usize) -> Option<f64> {
        let (from, _) = self.graph.ends[link]?;
        let tag = self.tags[link].as_ref().filter(|_| from == at)?;
        Some(tag.height + 4.0)
    }

    /// Loops, and lines that lead to something above.
    fn lines_back(&self, back: &[usize], places: &[Place], routes: &mut [Option<Route>]) {
        let mut router = Router::new(Vec::new());
        for (place, links) in places.iter().zip(self.loops) {
            let tags: Vec<Option<&Tag>> =
                links.iter().map(|link| self.tags[*link].as_ref()).collect();
            for (link, route) in links.iter().zip(router.round(place, &tags)) {
                routes[*link] = Some(route);
            }
        }
        // The words of several lines out of one thing stand below each other.
        let mut taken = vec![0.0; places.len()];
        let chips: Vec<Option<Rect>> = back
            .iter()
            .map(|link| {
                let ((from, _), tag) = (self.graph.ends[*link]?, self.tags[*link].as_ref()?);
                let place = &places[from];
                let (x, y) = (place.extent.right() + 8.0, place.centre.y - 12.0 + taken[from]);
                let chip = Rect { x, y, w: tag.width, h: tag.height };
                taken[from] += tag.height + 4.0;
                Some(chip)
            })
            .collect();
        let sides = places.iter().map(|place| place.extent.right());
        let right = sides.chain(chips.iter().flatten().map(Rect::right)).fold(0.0, f64::max);
        for (turn, (&link, chip)) in back.iter().zip(chips).enumerate() {
            let Some((from, to)) = self.graph.ends[link] else { continue };
            let lane = right + LANE * (turn + 1) as f64;
            let leave = chip.map_or(places[from].centre.y, |chip| chip.centre().y);
            let end = places[to].exit();
            let corners = [
                places[from].exit(),
                Point::new(places[from].extent.right() + 4.0, leave),
                Point::new(lane, leave),
                Point::new(lane, end.y),
                end,
            ];
            let curve = Curve::rounded(&corners, CORNER);
            routes[link] = Some(Route { curve, chip, around: true });
        }
    }
}
