//! Clients: a tag that points where it sends, a box with a slot for every
//! message it may hold, or a box with a point for one that does both.

use super::pen::{Anchor, Chips, DOT, Pen, RING, key, path, title};
use crate::draw::geometry::{Point, Rect};
use crate::draw::layout::{Place, measure};
use crate::draw::letters::{self, Face};
use crate::draw::shape::{Group, Layer, Placed, Shape, number};
use crate::draw::text;
use crate::draw::theme::Paint;
use crate::frame::{ClientState, ConsumerFace, Node, NodeBody, PublisherFace};
use std::sync::Arc;

/// Length of the ring around an unacked message: twice pi times its radius.
const ROUND: f64 = 72.256_6;

pub(super) fn draw(
    pen: &Pen,
    node: &Node,
    place: &Place,
    chips: &mut Chips,
    out: &mut Vec<Placed>,
) {
    let NodeBody::Client { state, publishes, consumes } = &node.body else { return };
    let mut group = Group::new(Layer::Nodes, key(&node.id));
    group.label = text::node(node);
    group.node = Some(node.id.clone());
    let box_area = slots_area(place, consumes.is_some());
    if consumes.is_some() {
        both_or_consumer(pen, state, place, &box_area, &mut group.shapes);
        let name = letters::shown(&node.label, measure::NAME_ROOM, measure::NAME, Face::Bold);
        let at = Point::new(place.centre.x, place.body.y - 10.0);
        let (size, face) = (measure::NAME, Face::Bold);
        group.shapes.push(pen.text(at, size, face, Paint::Ink, Anchor::Middle, &name));
    } else {
        publisher(pen, state, node, place, &mut group.shapes);
    }
    if let Some(face) = consumes {
        empty_slots(pen, state, face, &box_area, &mut group.shapes);
    }
    let port = if consumes.is_some() { place.entry() } else { place.exit() };
    damage(pen, state, &box_area, port, &mut group.shapes);
    group.shapes.push(title(&group.label));
    out.push(group.into());
    out.push(words(pen, node, state, publishes.as_ref(), consumes.as_ref(), place).into());
    if let Some(face) = consumes {
        held(pen, node, face, place, chips, out);
    }
}

/// The part of a client's body that holds messages: all but the tip.
fn slots_area(place: &Place, consumes: bool) -> Rect {
    if consumes && place.sends {
        Rect { w: place.body.w - measure::TIP, ..place.body }
    } else {
        place.body
    }
}

/// Outline and ground of a body in a state.
fn dress(pen: &Pen, shape: Shape, state: &ClientState, line: Paint, ground: Paint) -> Shape {
    let theme = pen.theme;
    match state {
        ClientState::Running => shape.fill(theme, ground).stroke(theme, line, 1.5),
        ClientState::Connecting | ClientState::Cut | ClientState::Blocked => {
            shape.fill(theme, ground).stroke(theme, line, 1.5).with("stroke-dasharray", "2 4")
        }
        ClientState::Stopped => shape
            .fill(theme, Paint::Ground)
            .stroke(theme, Paint::Line, 1.5)
            .with("stroke-dasharray", "6 4"),
        ClientState::Crashed | ClientState::Closed { .. } => {
            shape.fill(theme, Paint::DangerSoft).stroke(theme, Paint::Danger, 1.5)
        }
    }
}

fn publisher(pen: &Pen, state: &ClientState, node: &Node, place: &Place, shapes: &mut Vec<Shape>) {
    let area = place.body;
    let (x, y, flat) = (area.x, area.y, area.right() - measure::TIP);
    let d = path(&[
        ("M", &[x + 8.0, y]),
        ("H", &[flat]),
        ("L", &[area.right(), place.centre.y]),
        ("L", &[flat, area.bottom()]),
        ("H", &[x + 8.0]),
        ("A", &[8.0, 8.0, 0.0, 0.0, 1.0, x, area.bottom() - 8.0]),
        ("V", &[y + 8.0]),
        ("A", &[8.0, 8.0, 0.0, 0.0, 1.0, x + 8.0, y]),
        ("Z", &[]),
    ]);
    let shape = Shape::new("path").with("d", d).with("stroke-linejoin", "round");
    shapes.push(dress(pen, shape, state, Paint::Publisher, Paint::PublisherSoft));
    let room = area.w - measure::TIP - 12.0;
    let name = letters::shown(&node.label, room, measure::NAME, Face::Bold);
    let at = Point::new((x + flat) / 2.0 + 3.0, place.centre.y + 4.5);
    let (size, face) = (measure::NAME, Face::Bold);
    shapes.push(pen.inside(at, size, face, Paint::Ink, Anchor::Middle, &name));
}

fn both_or_consumer(
    pen: &Pen,
    state: &ClientState,
    place: &Place,
    area: &Rect,
    shapes: &mut Vec<Shape>,
) {
    if !place.sends {
        let shape = Shape::rect(area, 10.0);
        shapes.push(dress(pen, shape, state, Paint::Consumer, Paint::ConsumerSoft));
        return;
    }
    let tip = path(&[
        ("M", &[area.right(), area.y]),
        ("L", &[place.body.right(), place.centre.y]),
        ("L", &[area.right(), area.bottom()]),
        ("Z", &[]),
    ]);
    let tip = Shape::new("path").with("d", tip).with("stroke-linejoin", "round");
    shapes.push(dress(pen, tip, state, Paint::Publisher, Paint::PublisherSoft));
    let (x, y) = (area.x, area.y);
    let d = path(&[
        ("M", &[x + 10.0, y]),
        ("H", &[area.right()]),
        ("V", &[area.bottom()]),
        ("H", &[x + 10.0]),
        ("A", &[10.0, 10.0, 0.0, 0.0, 1.0, x, area.bottom() - 10.0]),
        ("V", &[y + 10.0]),
        ("A", &[10.0, 10.0, 0.0, 0.0, 1.0, x + 10.0, y]),
        ("Z", &[]),
    ]);
    let shape = Shape::new("path").with("d", d).with("stroke-linejoin", "round");
    shapes.push(dress(pen, shape, state, Paint::Consumer, Paint::ConsumerSoft));
}

/// How many slots are drawn, and how many held messages fit into them.
fn capacity(face: &ConsumerFace) -> usize {
    let (columns, rows) = measure::slots(face.prefetch);
    let drawn = columns * rows;
    if face.prefetch == 0 { drawn } else { drawn.min(usize::from(face.prefetch)) }
}

fn slot(face: &ConsumerFace, area: &Rect, index: usize) -> Point {
    let (columns, rows) = measure::slots(face.prefetch);
    let (column, row) = (index % columns, index / columns);
    let Point { x, y } = area.centre();
    let from_middle = |at: usize, of: usize| at as f64 - (of as f64 - 1.0) / 2.0;
    Point::new(
        x + from_middle(column, columns) * measure::SLOT,
        y + from_middle(row, rows) * measure::SLOT,
    )
}

fn empty_slots(
    pen: &Pen,
    state: &ClientState,
    face: &ConsumerFace,
    area: &Rect,
    shapes: &mut Vec<Shape>,
) {
    let paint = match state {
        ClientState::Running
        | ClientState::Connecting
        | ClientState::Cut
        | ClientState::Blocked => Paint::Consumer,
        _ => Paint::Line,
    };
    if face.prefetch == 0 || face.auto_ack {
        // No limit: no slots, a sign for "without end" while nothing is there.
        if face.held == 0 {
            let at = area.centre();
            let d = "M0 0 C4 -6 13 -6 13 0 C13 6 4 6 0 0 C-4 -6 -13 -6 -13 0 C-13 6 -4 6 0 0 Z";
            let move_to = format!("translate({} {})", number(at.x), number(at.y));
            let sign = Shape::line(d).stroke(pen.theme, paint, 1.5);
            shapes.push(sign.with("transform", move_to));
        }
        return;
    }
    for index in 0..capacity(face) {
        let at = slot(face, area, index);
        shapes.push(
            Shape::circle(at.x, at.y, DOT)
                .with("fill", "none")
                .stroke(pen.theme, paint, 1.25)
                .with("stroke-dasharray", "2 3"),
        );
    }
}

/// What is broken: a crack for a crash, a seal over the port `at` for a closed
/// channel or connection.
fn damage(pen: &Pen, state: &ClientState, area: &Rect, at: Point, shapes: &mut Vec<Shape>) {
    let (x, y) = (area.right() - 10.0, area.y);
    match state {
        ClientState::Crashed => {
            let d = path(&[
                ("M", &[x, y]),
                ("L", &[x - 6.0, y + area.h * 0.3]),
                ("L", &[x + 4.0, y + area.h * 0.45]),
                ("L", &[x - 4.0, y + area.h * 0.75]),
                ("L", &[x + 2.0, area.bottom()]),
            ]);
            let crack = Shape::line(d).stroke(pen.theme, Paint::Danger, 1.5);
            shapes.push(crack.with("stroke-linejoin", "round"));
        }
        ClientState::Cut => {
            let d = path(&[
                ("M", &[at.x - 5.0, at.y - 7.0]),
                ("l", &[4.0, 14.0]),
                ("m", &[6.0, -14.0]),
                ("l", &[-4.0, 14.0]),
            ]);
            let gap = Shape::line(d).stroke(pen.theme, Paint::Danger, 2.0);
            shapes.push(gap.with("stroke-linecap", "round"));
        }
        ClientState::Closed { .. } => {
            let seal = Shape::circle(at.x, at.y, 9.0).fill(pen.theme, Paint::Danger);
            shapes.push(seal.stroke(pen.theme, Paint::Ground, 2.0));
            let d = path(&[
                ("M", &[at.x - 3.5, at.y - 3.5]),
                ("l", &[7.0, 7.0]),
                ("m", &[-7.0, 0.0]),
                ("l", &[7.0, -7.0]),
            ]);
            let cross = Shape::line(d).stroke(pen.theme, Paint::Ground, 1.75);
            shapes.push(cross.with("stroke-linecap", "round"));
        }
        ClientState::Running
        | ClientState::Connecting
        | ClientState::Blocked
        | ClientState::Stopped => {}
    }
}

fn numbers(publishes: Option<&PublisherFace>, consumes: Option<&ConsumerFace>) -> String {
    let mut parts = Vec::new();
    if let Some(face) = publishes {
        parts.push((face.published, "sent"));
        if face.confirms {
            parts.push((face.confirmed, "confirmed"));
        }
        parts.extend((face.nacked > 0).then_some((face.nacked, "nacked")));
        parts.extend((face.returned > 0).then_some((face.returned, "returned")));
    }
    if let Some(face) = consumes {
        parts.push(if face.auto_ack { (face.received, "received") } else { (face.acked, "acked") });
    }
    let parts: Vec<String> =
        parts.into_iter().map(|(n, word)| format!("{} {word}", letters::count(n))).collect();
    parts.join(" · ")
}

fn words(
    pen: &Pen,
    node: &Node,
    state: &ClientState,
    publishes: Option<&PublisherFace>,
    consumes: Option<&ConsumerFace>,
    place: &Place,
) -> Group {
    let (x, beside, room) = place.below();
    let anchor = if beside { Anchor::Start } else { Anchor::Middle };
    let mut lines: Vec<(String, Paint)> = match state {
        ClientState::Running => Vec::new(),
        ClientState::Connecting => vec![("connecting…".to_owned(), Paint::Soft)],
        ClientState::Stopped => vec![("stopped".to_owned(), Paint::Soft)],
        ClientState::Crashed => vec![("crashed".to_owned(), Paint::Danger)],
        ClientState::Cut => vec![("network cut".to_owned(), Paint::Danger)],
        ClientState::Blocked => vec![("blocked by the broker".to_owned(), Paint::Danger)],
        ClientState::Closed { code: 0, text, .. } => {
            vec![(format!("connection lost: {text}"), Paint::Danger)]
        }
        ClientState::Closed { code, text, .. } => {
            let text = letters::clean(&format!("{code} {text}"));
            let lines = letters::wrap(&text, room, measure::NOTE, Face::Sans, 2);
            lines.into_iter().map(|line| (line, Paint::Danger)).collect()
        }
    };
    if lines.is_empty() && !node.note.is_empty() {
        lines.push((letters::clean(&node.note), Paint::Soft));
    }
    if lines.len() < 2 {
        lines.push((numbers(publishes, consumes), Paint::Soft));
    }
    let mut group = Group::new(Layer::Nodes, format!("words:{}", key(&node.id)));
    group.node = Some(node.id.clone());
    for (turn, (line, paint)) in lines.iter().enumerate() {
        let line = letters::elide(line, room, measure::NOTE, Face::Sans);
        let y = place.body.bottom() + 19.0 + measure::NOTE_LINE * turn as f64;
        let at = Point::new(x, y);
        let (size, face) = (measure::NOTE, Face::Sans);
        let line = letters::isolate(&line);
        group.shapes.push(pen.text(at, size, face, *paint, anchor, &line));
    }
    group
}

/// How many of the messages it holds are drawn one by one: as many as there
/// are slots, but where they do not suffice a number stands in the last ones.
fn shown(face: &ConsumerFace) -> usize {
    let capacity = capacity(face);
    let full = face.held > capacity as u64;
    face.holds.len().min(if full { capacity - number_slots(face) } else { capacity })
}

/// How many slots of its last row a number takes that says how many more it
/// holds.
fn number_slots(face: &ConsumerFace) -> usize {
    let (columns, _) = measure::slots(face.prefetch);
    let width = letters::width(&more(face.held), measure::NOTE, Face::Bold);
    let wanted = (1..columns).find(|slots| width <= *slots as f64 * measure::SLOT);
    wanted.unwrap_or(columns).min(capacity(face))
}

fn more(count: u64) -> String {
    format!("+{}", letters::count(count))
}

/// Whether between two drawings of a client nothing changed but how far its
/// work is.
pub(super) fn worked_on(old: &Node, new: &Node) -> bool {
    let face = |node: &Node| match &node.body {
        NodeBody::Client { consumes: Some(face), .. } => face.progress,
        _ => None,
    };
    let (Some(before), Some(_)) = (face(old), face(new)) else { return false };
    let mut new = new.clone();
    if let NodeBody::Client { consumes: Some(face), .. } = &mut new.body {
        face.progress = Some(before);
    }
    *old == new
}

/// The ring that grows around the message a client works on.
pub(super) fn work(pen: &Pen, node: &Node, place: &Place) -> Option<Placed> {
    let NodeBody::Client { consumes: Some(face), .. } = &node.body else { return None };
    let (progress, first) = (face.progress?, face.holds.first().filter(|_| shown(face) > 0)?);
    let at = slot(face, &slots_area(place, true), 0);
    let mut group = Group::new(Layer::Chips, format!("work:{}", key(&node.id)));
    group.node = Some(node.id.clone());
    let done = ROUND * f64::from(progress.min(1000)) / 1000.0;
    let arc = Shape::circle(0.0, 0.0, RING).with("fill", "none");
    group.shapes.push(
        arc.stroke(pen.theme, Paint::dot(first.colour), 3.0)
            .with("stroke-dasharray", format!("{} {}", number(done), number(ROUND + 1.0)))
            .with("transform", "rotate(-90)"),
    );
    Some(Placed { group: Arc::new(group), transform: Some((at.x, at.y)) })
}

/// The messages a consumer holds, each in its slot.
fn held(
    pen: &Pen,
    node: &Node,
    face: &ConsumerFace,
    place: &Place,
    chips: &mut Chips,
    out: &mut Vec<Placed>,
) {
    let (area, shown) = (slots_area(place, true), shown(face));
    for (index, chip) in face.holds.iter().take(shown).enumerate() {
        let at = slot(face, &area, index);
        let name = || format!("hold:{}:{}:{}", key(&node.id), chip.label, chip.position);
        let ringed = !face.auto_ack && !chip.settled && !chip.gone;
        out.push(chips.still(pen, name, &node.id, chip, ringed, at));
    }
    out.extend(work(pen, node, place));
    let rest = face.held.saturating_sub(shown as u64);
    if rest > 0 {
        let last = slot(face, &area, capacity(face).saturating_sub(1));
        let wide = number_slots(face) as f64 * measure::SLOT;
        let at = last.shift((measure::SLOT - wide) / 2.0, 0.0);
        let mut group = Group::new(Layer::Chips, format!("more:{}", key(&node.id)));
        group.node = Some(node.id.clone());
        group.label = format!("{rest} more");
        let ground = Rect::around(at, wide - 3.0, 2.0 * RING + 2.0);
        let ground = Shape::rect(&ground, RING + 1.0).fill(pen.theme, Paint::ConsumerSoft);
        group.shapes.push(ground);
        let text = more(rest);
        let at = at.shift(0.0, 4.0);
        let (size, face) = (measure::NOTE, Face::Bold);
        group.shapes.push(pen.inside(at, size, face, Paint::Ink, Anchor::Middle, &text));
        group.shapes.push(title(&group.label));
        out.push(group.into());
    }
}
