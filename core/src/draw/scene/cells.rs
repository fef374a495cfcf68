//! Finding what is near without asking everything that is there.

use super::crowd::Spot;
use super::dots::label_side;
use super::pen::Anchor;
use crate::draw::geometry::{Point, Rect};
use crate::frame::Label;

/// A table of what lies in the cells of a plane. Cells may share a drawer: who
/// asks looks closely at what comes out.
#[derive(Clone, Debug)]
pub(super) struct Cells {
    /// The newest item of each drawer, plus one.
    drawers: Vec<u32>,
    /// Each item and the one put into its drawer before.
    items: Vec<(u32, u32)>,
}

impl Cells {
    /// An empty table for about so many items.
    pub(super) fn new(items: usize) -> Self {
        let drawers = (items * 2).next_power_of_two().clamp(64, 65_536);
        Self { drawers: vec![0; drawers], items: Vec::with_capacity(items) }
    }

    fn drawer(&self, (x, y): (i32, i32)) -> usize {
        let mixed = (x as u32).wrapping_mul(0x9E37_79B1) ^ (y as u32).wrapping_mul(0x85EB_CA6B);
        (mixed ^ (mixed >> 15)) as usize & (self.drawers.len() - 1)
    }

    /// Puts an item into a cell.
    pub(super) fn put(&mut self, cell: (i32, i32), item: usize) {
        let drawer = self.drawer(cell);
        self.items.push((item as u32, self.drawers[drawer]));
        self.drawers[drawer] = self.items.len() as u32;
    }

    /// What was put into a cell, and perhaps more.
    pub(super) fn at(&self, cell: (i32, i32)) -> impl Iterator<Item = usize> {
        let mut next = self.drawers[self.drawer(cell)];
        core::iter::from_fn(move || {
            let (item, before) = *self.items.get((next as usize).checked_sub(1)?)?;
            next = before;
            Some(item as usize)
        })
    }
}

/// The labels that already stand somewhere.
#[derive(Clone, Debug)]
pub(super) struct Taken<'a> {
    areas: Vec<(Rect, &'a Label)>,
    cells: Cells,
}

impl<'a> Taken<'a> {
    /// None yet, of so many.
    pub(super) fn new(labels: usize) -> Self {
        Self { areas: Vec::with_capacity(labels), cells: Cells::new(labels * 4) }
    }

    /// Where the label of a dot stands, relative to the dot: on its side, or on
    /// the other one when that is taken. `None` when both are, or when the same
    /// words stand there: copies that just forked.
    pub(super) fn find(&mut self, spot: &Spot<'a>, width: f64) -> Option<(Point, Anchor)> {
        let first = label_side(spot.dot);
        let other = match first.1 {
            Anchor::Middle => (Point::new(0.0, 7.0 - first.0.y), Anchor::Middle),
            Anchor::Start => (Point::new(-first.0.x, first.0.y), Anchor::End),
            Anchor::End => (Point::new(-first.0.x, first.0.y), Anchor::Start),
        };
        for (place, anchor) in [first, other] {
            let left = match anchor {
                Anchor::Start => 0.0,
                Anchor::Middle => width / 2.0,
                Anchor::End => width,
            };
            let x = spot.at.x + place.x - left;
            let area = Rect { x, y: spot.at.y + place.y - 9.0, w: width, h: 11.0 };
            let under = cells(&area).flat_map(|cell| self.cells.at(cell));
            match under.filter(|taken| self.areas[*taken].0.overlaps(&area)).min() {
                Some(taken) if *self.areas[taken].1 == spot.dot.label => return None,
                Some(_) => {}
                None => {
                    for cell in cells(&area) {
                        self.cells.put(cell, self.areas.len());
                    }
                    self.areas.push((area, &spot.dot.label));
                    return Some((place, anchor));
                }
            }
        }
        None
    }
}

/// The cells of the plane that an area touches.
fn cells(area: &Rect) -> impl Iterator<Item = (i32, i32)> + use<> {
    let cell = |x: f64, size: f64| (x / size).floor() as i32;
    let (left, right) = (cell(area.x, 64.0), cell(area.right(), 64.0));
    let (top, bottom) = (cell(area.y, 16.0), cell(area.bottom(), 16.0));
    (left..=right).flat_map(move |x| (top..=bottom).map(move |y| (x, y)))
}
