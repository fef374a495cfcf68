//! Queues: a tube whose head is on the right, so that what goes next is next
//! to who gets it, and growth is seen.

use super::pen::{Anchor, Chips, Pen, key, path, title};
use crate::draw::geometry::Point;
use crate::draw::layout::{Place, measure};
use crate::draw::letters::{self, Face};
use crate::draw::shape::{Group, Layer, Placed, Shape};
use crate::draw::text;
use crate::draw::theme::Paint;
use crate::frame::{Node, NodeBody};

/// Half the thickness of the tube's ends.
const END: f64 = 10.0;
/// From one message to the next while there is room.
const PITCH: f64 = 19.0;
/// From one mark to the next where messages are only counted.
const DENSE: f64 = 4.0;

/// Where the message `index` of a queue with `ready` messages lies.
pub(super) fn slot(place: &Place, ready: u64, index: usize) -> Point {
    let head = place.body.right() - 22.0;
    let room = place.body.w - 22.0 - END - 18.0;
    let pitch = if ready > Node::SHOWN as u64 {
        room * 0.66 / Node::SHOWN as f64
    } else if ready > 1 {
        PITCH.min(room / (ready - 1) as f64)
    } else {
        PITCH
    };
    Point::new(head - pitch * index as f64, place.centre.y)
}

/// Where messages leave that are lost here.
pub(super) fn head(place: &Place) -> Point {
    slot(place, 1, 0)
}

pub(super) fn draw(
    pen: &Pen,
    node: &Node,
    place: &Place,
    chips: &mut Chips,
    out: &mut Vec<Placed>,
) {
    let NodeBody::Queue { ready, unacked, head, real_name } = &node.body else { return };
    let counts = format!("{} ready · {} unacked", letters::count(*ready), letters::count(*unacked));
    let mut group = Group::new(Layer::Nodes, key(&node.id));
    group.label = text::node(node);
    group.node = Some(node.id.clone());
    tube(pen, place, &mut group.shapes);
    group.shapes.push(name(pen, node, place, &counts));
    group.shapes.push(title(&group.label));
    out.push(group.into());
    out.push(words(pen, node, place, &counts, real_name.as_deref()).into());
    let shown = head.len().min(Node::SHOWN);
    if *ready > shown as u64 && shown > 0 {
        out.push(more(pen, node, place, *ready, shown).into());
    }
    // The head lies on top, like the first of a row of coins.
    for (index, chip) in head.iter().enumerate().take(shown).rev() {
        let name = || format!("chip:{}:{}", key(&node.id), chip.position);
        out.push(chips.still(pen, name, &node.id, chip, false, slot(place, *ready, index)));
    }
}

fn tube(pen: &Pen, place: &Place, shapes: &mut Vec<Shape>) {
    let area = place.body;
    let half = area.h / 2.0;
    let (left, right) = (area.x + END, area.right() - END);
    let d = path(&[
        ("M", &[left, area.y]),
        ("H", &[right]),
        ("A", &[END, half, 0.0, 0.0, 1.0, right, area.bottom()]),
        ("H", &[left]),
        ("A", &[END, half, 0.0, 0.0, 1.0, left, area.y]),
        ("Z", &[]),
    ]);
    let body = Shape::new("path").with("d", d).fill(pen.theme, Paint::Surface);
    shapes.push(body.stroke(pen.theme, Paint::Queue, 1.5));
    let mouth = Shape::new("ellipse")
        .num("cx", left)
        .num("cy", place.centre.y)
        .num("rx", END)
        .num("ry", half)
        .fill(pen.theme, Paint::Ground);
    shapes.push(mouth.stroke(pen.theme, Paint::Queue, 1.5));
}

fn name(pen: &Pen, node: &Node, place: &Place, counts: &str) -> Shape {
    let area = place.body;
    let taken = letters::width(counts, measure::NOTE, Face::Sans);
    let room = area.w - taken - 20.0;
    let name = letters::shown(&node.label, room, measure::NAME, Face::Bold);
    let at = Point::new(area.x + 4.0, area.y - 10.0);
    pen.text(at, measure::NAME, Face::Bold, Paint::Ink, Anchor::Start, &name)
}

/// Numbers and notes: what is called by its name is not called by these.
fn words(pen: &Pen, node: &Node, place: &Place, counts: &str, real_name: Option<&str>) -> Group {
    let mut group = Group::new(Layer::Nodes, format!("words:{}", key(&node.id)));
    group.node = Some(node.id.clone());
    let shapes = &mut group.shapes;
    let area = place.body;
    let at = Point::new(area.right() - 4.0, area.y - 10.0);
    shapes.push(pen.text(at, measure::NOTE, Face::Sans, Paint::Soft, Anchor::End, counts));
    let mut lines = measure::note_lines(&node.note, area.w);
    let notes = lines.len();
    lines.extend(real_name.map(letters::clean));
    for (turn, line) in lines.iter().enumerate() {
        let face = if turn < notes { Face::Sans } else { Face::Mono };
        let left = place.words.unwrap_or(area.x + 4.0);
        let room = measure::under_tube(area.w) - (left - area.x - 4.0);
        let line = letters::shown(line, room, measure::NOTE, face);
        let at = Point::new(left, area.bottom() + 17.0 + measure::NOTE_LINE * turn as f64);
        shapes.push(pen.text(at, measure::NOTE, face, Paint::Soft, Anchor::Start, &line));
    }
    group
}

/// The part of a queue that is only counted: marks that fill the tube, and a
/// number when the tube is full.
fn more(pen: &Pen, node: &Node, place: &Place, ready: u64, shown: usize) -> Group {
    let mut group = Group::new(Layer::Chips, format!("more:{}", key(&node.id)));
    group.node = Some(node.id.clone());
    let rest = ready - shown as u64;
    group.label = format!("{rest} more");
    let from = slot(place, ready, shown - 1).x - 14.0;
    let limit = place.body.x + 2.0 * END + 6.0;
    let text = format!("+{}", letters::count(rest));
    let width = letters::width(&text, measure::NOTE, Face::Bold);
    let fits = |limit: f64| ((from - limit) / DENSE).max(0.0) as u64 + 1;
    let Point { y, .. } = place.centre;
    let full = rest > fits(limit);
    let marks = if full { fits(limit + width + 6.0) } else { rest };
    let mut d = String::new();
    for mark in 0..marks {
        let x = from - DENSE * mark as f64;
        if !d.is_empty() {
            d.push(' ');
        }
        d.push_str(&path(&[("M", &[x, y - 7.0]), ("V", &[y + 7.0])]));
    }
    let marks = Shape::line(d).stroke(pen.theme, Paint::Soft, 1.5);
    group.shapes.push(marks.with("stroke-linecap", "round"));
    if full {
        let at = Point::new(limit, y + 4.0);
        let (size, face) = (measure::NOTE, Face::Bold);
        group.shapes.push(pen.inside(at, size, face, Paint::Ink, Anchor::Start, &text));
    }
    group.shapes.push(title(&group.label));
    group
}
