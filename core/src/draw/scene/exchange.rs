//! Exchanges: a hexagon with a sign for how it decides.

use super::pen::{Anchor, Pen, key, path, title};
use crate::draw::geometry::Point;
use crate::draw::layout::{Place, measure};
use crate::draw::letters::{self, Face};
use crate::draw::shape::{Group, Layer, Placed, Shape};
use crate::draw::text;
use crate::draw::theme::Paint;
use crate::frame::{Node, NodeBody};

pub(super) fn draw(pen: &Pen, node: &Node, place: &Place, deciding: bool, out: &mut Vec<Placed>) {
    let mut group = Group::new(Layer::Nodes, key(&node.id));
    let NodeBody::Exchange { kind, internal, declared } = &node.body else { return };
    group.label = text::node(node);
    group.node = Some(node.id.clone());
    let width = if deciding { 2.25 } else { 1.5 };
    let fill = if *declared || deciding { Paint::AccentSoft } else { Paint::Surface };
    group.shapes.push(hexagon(place, 0.0).fill(pen.theme, fill).stroke(
        pen.theme,
        Paint::Accent,
        width,
    ));
    if *internal {
        let inner = hexagon(place, 4.5).with("fill", "none");
        group.shapes.push(inner.stroke(pen.theme, Paint::Accent, 0.75));
    }
    group.shapes.push(glyph(pen, kind, place.centre));
    let Point { x, y } = place.centre;
    let label = if node.label.is_empty() { "default" } else { &node.label };
    let name = letters::shown(label, measure::NAME_ROOM, measure::NAME, Face::Bold);
    let at = Point::new(x, y - 42.0);
    let paint = Paint::Ink;
    group.shapes.push(pen.text(at, measure::NAME, Face::Bold, paint, Anchor::Middle, &name));
    group.shapes.push(title(&group.label));
    out.push(group.into());
    if !node.note.is_empty() {
        let mut words = Group::new(Layer::Nodes, format!("words:{}", key(&node.id)));
        words.node = Some(node.id.clone());
        let note = letters::shown(&node.note, measure::WORDS, measure::NOTE, Face::Sans);
        let (x, beside, _) = place.below();
        let anchor = if beside { Anchor::Start } else { Anchor::Middle };
        let at = Point::new(x, y + 50.0);
        words.shapes.push(pen.text(at, measure::NOTE, Face::Sans, Paint::Soft, anchor, &note));
        out.push(words.into());
    }
}

fn hexagon(place: &Place, inset: f64) -> Shape {
    let area = place.body.grow(-inset);
    let (x, y, c) = (area.x, area.y, place.centre.y);
    let cut = 18.0 - inset * 0.4;
    let d = path(&[
        ("M", &[x, c]),
        ("L", &[x + cut, y]),
        ("H", &[area.right() - cut]),
        ("L", &[area.right(), c]),
        ("L", &[area.right() - cut, area.bottom()]),
        ("H", &[x + cut]),
        ("Z", &[]),
    ]);
    Shape::new("path").with("d", d).with("stroke-linejoin", "round")
}

/// A small star around `x`, `y`.
fn star(x: f64, y: f64, r: f64) -> String {
    let (a, b) = (r * 0.866, r * 0.5);
    path(&[
        ("M", &[x, y - r]),
        ("V", &[y + r]),
        ("M", &[x - a, y - b]),
        ("L", &[x + a, y + b]),
        ("M", &[x - a, y + b]),
        ("L", &[x + a, y - b]),
    ])
}

/// The sign of a type: the same name for direct, a pattern for topic, to all
/// for fanout, a list for headers, a hash, a die, a clock, an hourglass.
fn glyph(pen: &Pen, kind: &str, centre: Point) -> Shape {
    let Point { x, y } = centre;
    let d = match kind {
        "direct" => "M-9 -4 H9 M-9 4 H9".to_owned(),
        "fanout" => {
            format!("{} {} {}", star(0.0, -7.0, 5.5), star(-8.5, 7.0, 5.5), star(8.5, 7.0, 5.5))
        }
        "topic" => format!(
            "{} M-2 6 h0.01 M8 -7 L6 7 M15 -7 L13 7 M4 -2.5 H17 M3.5 2.5 H16.5",
            star(-11.5, -1.0, 6.0)
        ),
        "headers" => {
            "M-10 -8 h0.01 M-4 -8 H11 M-10 0 h0.01 M-4 0 H11 M-10 8 h0.01 M-4 8 H11".to_owned()
        }
        "x-consistent-hash" | "x-modulus-hash" => {
            "M-3.5 -9 L-6.5 9 M6.5 -9 L3.5 9 M-9 -3.5 H10 M-10 3.5 H9".to_owned()
        }
        "x-random" | "x-local-random" => {
            "M-9 -9 H9 V9 H-9 Z M-4 -4 h0.01 M4 -4 h0.01 M0 0 h0.01 M-4 4 h0.01 M4 4 h0.01"
                .to_owned()
        }
        "x-recent-history" => {
            "M-6.5 -6.5 A9 9 0 1 1 -9 0 M-9 -8 L-6.5 -6.5 L-5 -9 M0 -5 V0 L4 2.5".to_owned()
        }
        "x-delayed-message" => "M-7 -9.5 H7 L-7 9.5 H7 Z".to_owned(),
        _ => "M-8 0 h0.01 M0 0 h0.01 M8 0 h0.01".to_owned(),
    };
    Shape::line(d).stroke(pen.theme, Paint::Accent, 2.0).with("stroke-linecap", "round").with(
        "transform",
        format!("translate({} {})", crate::draw::number(x), crate::draw::number(y)),
    )
}
