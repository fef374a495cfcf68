//! What all parts of the picture are drawn with.

use super::Labels;
use crate::draw::geometry::Point;
use crate::draw::letters::Face;
use crate::draw::shape::{Group, Layer, Placed, Shape, number};
use crate::draw::svg::MONO;
use crate::draw::text;
use crate::draw::theme::{Paint, Theme};
use crate::frame::Chip;
use crate::scenario::NodeId;
use std::sync::Arc;

/// Radius of a message.
pub(super) const DOT: f64 = 8.0;
/// Radius of the ring around an unacked message.
pub(super) const RING: f64 = 11.5;

/// Which end of a text is at its point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// Colours and labels in force.
pub(super) struct Pen {
    pub theme: Theme,
    pub labels: Labels,
}

impl Pen {
    /// A text with a rim of paper, so that no line runs through its letters.
    pub(super) fn text(
        &self,
        at: Point,
        size: f64,
        face: Face,
        paint: Paint,
        anchor: Anchor,
        text: &str,
    ) -> Shape {
        self.inside(at, size, face, paint, anchor, text)
            .stroke(self.theme, Paint::Ground, 3.0)
            .with("stroke-linejoin", "round")
            .with("paint-order", "stroke")
    }

    /// A text inside something, without a rim.
    pub(super) fn inside(
        &self,
        at: Point,
        size: f64,
        face: Face,
        paint: Paint,
        anchor: Anchor,
        text: &str,
    ) -> Shape {
        let mut shape = Shape::new("text")
            .num("x", at.x)
            .num("y", at.y)
            .num("font-size", size)
            .fill(self.theme, paint);
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => shape = shape.with("text-anchor", "middle"),
            Anchor::End => shape = shape.with("text-anchor", "end"),
        }
        match face {
            Face::Sans => {}
            Face::Bold => shape = shape.with("font-weight", "600"),
            Face::Mono => shape = shape.with("font-family", MONO),
        }
        shape.text(text)
    }

    /// A message: a dot in the colour of its key, around the origin.
    ///
    /// Delivered before: a notch, like a ticket that was punched. Dead
    /// lettered: a bar across.
    pub(super) fn message(&self, colour: u8, redelivered: bool, dead: bool) -> Vec<Shape> {
        let paint = Paint::dot(colour);
        let dot = Shape::circle(0.0, 0.0, DOT).fill(self.theme, paint);
        let mut shapes = vec![dot.stroke(self.theme, Paint::Ground, 1.5)];
        if redelivered {
            let notch = Shape::new("path").with("d", "M0 -0.5 L-4 -9.5 H4 Z");
            shapes.push(notch.fill(self.theme, Paint::Ground));
        }
        if dead {
            shapes.push(
                Shape::line("M-4 2.5 H4")
                    .stroke(self.theme, Paint::Ground, 2.75)
                    .with("stroke-linecap", "round"),
            );
        }
        shapes
    }
}

/// The messages that stood still at a node when it was drawn last.
#[derive(Clone, Debug, Default)]
pub(super) struct Chips {
    old: Vec<(Chip, bool, Arc<Group>)>,
    new: Vec<(Chip, bool, Arc<Group>)>,
}

impl Chips {
    /// The node is drawn again.
    pub(super) fn begin(&mut self) {
        self.old = core::mem::take(&mut self.new);
    }

    /// A message that stands still at `at`, with a ring around it while it
    /// waits for its ack.
    pub(super) fn still(
        &mut self,
        pen: &Pen,
        name: impl Fn() -> String,
        node: &NodeId,
        chip: &Chip,
        ringed: bool,
        at: Point,
    ) -> Placed {
        let found = self.old.iter().position(|(old, ring, _)| old == chip && *ring == ringed);
        let kept = match found {
            Some(found) => self.old.swap_remove(found),
            None => {
                let mut group = Group::new(Layer::Chips, name());
                group.label = text::chip(chip);
                group.node = Some(node.clone());
                group.message = Some(chip.label.to_string());
                if ringed {
                    let ring = Shape::circle(0.0, 0.0, RING).with("fill", "none");
                    let ring = ring.stroke(pen.theme, Paint::dot(chip.colour), 1.5);
                    group.shapes.push(ring.with("stroke-dasharray", "3 3"));
                }
                let message = pen.message(chip.colour, chip.redelivered, chip.dead_lettered);
                group.shapes.extend(message);
                group.shapes.push(title(&group.label));
                (chip.clone(), ringed, Arc::new(group))
            }
        };
        let group = Arc::clone(&kept.2);
        self.new.push(kept);
        Placed { group, transform: Some((at.x, at.y)) }
    }
}

/// What a pointer that rests on the group reads.
pub(super) fn title(text: &str) -> Shape {
    Shape::new("title").text(crate::draw::letters::isolate(&crate::draw::letters::clean(text)))
}

/// The key of a node's group; its other groups put a word before it.
pub(super) fn key(id: &NodeId) -> String {
    match id {
        NodeId::Client(name) => format!("client:{name}"),
        NodeId::Exchange(name) => format!("exchange:{name}"),
        NodeId::Queue(name) => format!("queue:{name}"),
    }
}

/// A path from commands and numbers: `path(&[("M", &[0.0, 0.0]), …])`.
pub(super) fn path(parts: &[(&str, &[f64])]) -> String {
    let mut d = String::new();
    for (command, numbers) in parts {
        if !d.is_empty() {
            d.push(' ');
        }
        d.push_str(command);
        for (at, value) in numbers.iter().enumerate() {
            if at > 0 {
                d.push(' ');
            }
            d.push_str(&number(*value));
        }
    }
    d
}
