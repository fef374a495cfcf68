//! What moves. Every kind has its own sign and its own way to go, so that
//! nothing is told by colour alone.

use super::crowd::Look;
use super::pen::{Anchor, DOT, Pen, title};
use super::{Labels, queue};
use crate::draw::geometry::{Curve, Point, ease, level};
use crate::draw::layout::{Layout, Place, into_tube};
use crate::draw::letters::{self, Face};
use crate::draw::shape::{Group, Layer, Shape};
use crate::draw::text;
use crate::draw::theme::Paint;
use crate::frame::{Dot, DotKind, Frame, Node, NodeBody, Path};

/// From one dot of a row to the next.
const BEHIND: f64 = 12.0;
/// Font size of labels.
pub(super) const LABEL: f64 = 11.0;
/// How far what goes back keeps from what comes.
const ASIDE: f64 = 16.0;

/// A way and where on it a dot is.
pub(super) enum Way<'a> {
    /// On a line; `true`: backwards.
    Line(&'a Curve, bool, f64),
    /// On a way of its own.
    Own(Curve, f64),
}

impl Way<'_> {
    /// The place of the `behind`-th dot of a row.
    pub(super) fn at(&self, length: f64, behind: usize) -> Point {
        let back = BEHIND * behind as f64;
        match self {
            Way::Line(curve, false, part) => curve.at(part * length - back).0,
            Way::Line(curve, true, part) => {
                let (point, direction) = curve.at(length - part * length + back);
                // Keep to one side, as on a road.
                let away = ASIDE * (4.0 * part * (1.0 - part)).min(1.0);
                point.shift(-direction.y * away, direction.x * away)
            }
            Way::Own(curve, part) => curve.at(part * length - back).0,
        }
    }
}

/// A dot's way and how long it is; `line` is the line it moves on, if it moves
/// on one from end to end.
pub(super) fn way<'a>(
    frame: &Frame,
    layout: &'a Layout,
    dot: &Dot,
    line: Option<&'a Curve>,
) -> Option<(Way<'a>, f64)> {
    let part = f64::from(dot.progress.min(1_000_000)) / 1e6;
    let eased = ease(part);
    Some(match &dot.path {
        Path::Along(_) => (Way::Line(line?, false, eased), line?.length()),
        Path::Back(_) => (Way::Line(line?, true, eased), line?.length()),
        Path::Into { link, position } => {
            let curve = &layout.links.get(link)?.curve;
            let place = layout.nodes.get(&link.from)?;
            let slot = slot_of(frame, link, *position, place);
            let own = into_tube(curve, slot);
            let length = own.length();
            (Way::Own(own, eased), length)
        }
        Path::Leaving(node) => {
            let place = layout.nodes.get(node)?;
            let own = leaving(dot.kind, node, place);
            let length = own.length();
            // A fall gets faster; everything else eases.
            let part = if dot.kind == DotKind::Dropped { part * part } else { eased };
            (Way::Own(own, part), length)
        }
    })
}

fn slot_of(frame: &Frame, link: &crate::frame::LinkId, position: u64, place: &Place) -> Point {
    let body = frame.nodes.iter().find(|node| node.id == link.from).map(|node| &node.body);
    let Some(NodeBody::Queue { ready, head, .. }) = body else { return queue::head(place) };
    let before = head.iter().filter(|chip| chip.position < position).count();
    queue::slot(place, ready.saturating_add(1), before.min(Node::SHOWN))
}

/// How a message leaves the picture.
fn leaving(kind: DotKind, node: &crate::scenario::NodeId, place: &Place) -> Curve {
    use crate::scenario::NodeId;
    let start = match node {
        NodeId::Queue(_) => queue::head(place),
        NodeId::Exchange(_) | NodeId::Client(_) => {
            Point::new(place.centre.x + 22.0, place.body.bottom() - 10.0)
        }
    };
    match kind {
        DotKind::Dropped => Curve::new(vec![level(start, start.shift(0.0, 96.0))]),
        DotKind::Expired => {
            let end = start.shift(-28.0, 60.0);
            Curve::new(vec![[start, start.shift(0.0, 24.0), end.shift(4.0, -24.0), end]])
        }
        _ => {
            let end = start.shift(52.0, 60.0);
            Curve::new(vec![[start, start.shift(8.0, 32.0), end.shift(-28.0, -4.0), end]])
        }
    }
}

/// How solid a dot is, in tenths: what leaves fades in its last part, in steps
/// so that most frames change nothing but a place.
pub(super) fn solid(dot: &Dot) -> Option<u8> {
    let Path::Leaving(_) = dot.path else { return None };
    let part = f64::from(dot.progress.min(1_000_000)) / 1e6;
    let gone = ((part - 0.5) / 0.5).max(0.0);
    (gone > 0.0).then(|| 10 - (gone * 10.0).round() as u8)
}

/// The label a dot carries, ready to be shown.
pub(super) fn labelled(pen: &Pen, dot: &Dot) -> Option<String> {
    let signal =
        matches!(dot.kind, DotKind::Ack | DotKind::Nack | DotKind::Confirm | DotKind::ConfirmNack);
    let wanted = match pen.labels {
        Labels::None => false,
        Labels::Moving => !signal,
        Labels::All => true,
    };
    wanted.then(|| letters::shown(&dot.label.to_string(), 96.0, LABEL, Face::Sans))
}

/// What is written at a dot that stands for `count`: its label, and how many
/// they are when they are too many to be drawn.
pub(super) fn words(label: Option<&str>, count: usize) -> Option<String> {
    let many = (count > 0).then(|| format!("×{}", letters::count(count as u64)));
    match (label, many) {
        (Some(label), Some(many)) => Some(format!("{label} {many}")),
        (label, many) => many.or_else(|| label.map(str::to_owned)),
    }
}

pub(super) fn one(pen: &Pen, dot: &Dot, look: &Look, label: Option<&str>) -> Group {
    let mut group = Group::new(Layer::Dots, format!("dot:{}", dot.id));
    group.label = text::dot(dot);
    if look.count > 0 {
        group.label = format!("{} and {} more", group.label, look.count - 1);
    }
    group.message = Some(dot.label.to_string());
    let mut shapes = sign(pen, dot);
    if let (Some((at, anchor)), Some(words)) = (look.label, words(label, look.count)) {
        shapes.push(pen.text(at, LABEL, Face::Sans, Paint::Ink, anchor, &words));
    }
    shapes.push(title(&group.label));
    group.shapes = match look.solid {
        None => shapes,
        Some(tenths) => {
            let part = f64::from(tenths) / 10.0;
            vec![Shape { children: shapes, ..Shape::new("g").num("opacity", part) }]
        }
    };
    group
}

/// Where the label stands: above, or beside what leaves, out of its way.
pub(super) fn label_side(dot: &Dot) -> (Point, Anchor) {
    match (&dot.path, dot.kind) {
        (Path::Into { .. } | Path::Back(_), _) => (Point::new(0.0, 21.0), Anchor::Middle),
        (Path::Leaving(_), DotKind::Dropped) => (Point::new(0.0, 21.0), Anchor::Middle),
        (Path::Leaving(_), DotKind::Expired) => (Point::new(-13.0, 4.0), Anchor::End),
        (Path::Leaving(_), _) => (Point::new(13.0, 4.0), Anchor::Start),
        _ => (Point::new(0.0, -14.0), Anchor::Middle),
    }
}

/// The shapes of a kind, around the origin.
fn sign(pen: &Pen, dot: &Dot) -> Vec<Shape> {
    let colour = Paint::dot(dot.colour);
    let message = || pen.message(dot.colour, dot.redelivered, dot.dead_lettered);
    let mark = |d: &str, paint: Paint, width: f64| {
        Shape::line(d)
            .stroke(pen.theme, paint, width)
            .with("stroke-linecap", "round")
            .with("stroke-linejoin", "round")
    };
    let hollow = |r: f64| {
        Shape::circle(0.0, 0.0, r).fill(pen.theme, Paint::Surface).stroke(pen.theme, colour, 2.0)
    };
    let diamond = || {
        Shape::new("path")
            .with("d", "M0 -9 L9 0 L0 9 L-9 0 Z")
            .fill(pen.theme, Paint::Surface)
            .stroke(pen.theme, colour, 2.0)
            .with("stroke-linejoin", "round")
    };
    const TICK: &str = "M-3 0.2 L-0.9 2.4 L3.2 -2.4";
    const CROSS: &str = "M-2.6 -2.6 L2.6 2.6 M2.6 -2.6 L-2.6 2.6";
    match dot.kind {
        DotKind::Message | DotKind::Requeued => message(),
        DotKind::Returned => {
            let mut shapes = message();
            shapes.push(mark(
                "M4 3 H-0.5 A3 3 0 0 1 -0.5 -3 H3.5 M1.5 -5 L3.5 -3 L1.5 -1",
                Paint::Ground,
                1.5,
            ));
            shapes
        }
        DotKind::Ack => vec![hollow(7.0), mark(TICK, Paint::Ink, 1.75)],
        DotKind::Nack => vec![hollow(7.0), mark(CROSS, Paint::Danger, 1.75)],
        DotKind::Confirm => vec![diamond(), mark(TICK, Paint::Ink, 1.75)],
        DotKind::ConfirmNack => vec![diamond(), mark(CROSS, Paint::Danger, 1.75)],
        DotKind::Unroutable => vec![hollow(DOT), mark("M-8.5 8.5 L8.5 -8.5", colour, 2.0)],
        DotKind::Rejected => {
            let mut shapes = message();
            shapes.push(mark("M-3.5 -3.5 L3.5 3.5 M3.5 -3.5 L-3.5 3.5", Paint::Ground, 2.0));
            shapes
        }
        DotKind::Expired => vec![hollow(DOT), mark("M0 -5 V0 L3.2 2", Paint::Ink, 1.5)],
        DotKind::Dropped => {
            let mut shapes = message();
            shapes.push(mark("M-3.5 -1.5 L0 2 L3.5 -1.5", Paint::Ground, 2.0));
            shapes
        }
    }
}
