//! Lines, and the words of binding keys on them.

use super::pen::{Anchor, Pen, key, title};
use crate::draw::geometry::{Curve, Rect};
use crate::draw::layout::Route;
use crate::draw::layout::measure::{self, Tag};
use crate::draw::letters::{self, Face};
use crate::draw::shape::{Group, Layer, Placed, Shape, number};
use crate::draw::text;
use crate::draw::theme::Paint;
use crate::frame::{Link, LinkId, LinkKind, Verdict};

/// A line, and the words on it; `kind` is the type of the exchange it starts
/// from.
pub(super) fn draw(
    pen: &Pen,
    link: &Link,
    kind: Option<&str>,
    route: &Route,
    targets: bool,
) -> Vec<Placed> {
    let mut groups = vec![line(pen, link, kind, route, targets).into()];
    if let (Some(chip), Some(tag)) = (route.chip, measure::tag(link, kind)) {
        groups.push(words(pen, link, kind, &chip, &tag).into());
    }
    groups
}

fn link_key(id: &LinkId) -> String {
    format!("{}>{}#{}", key(&id.from), key(&id.to), id.index)
}

/// A curve as path data.
fn data(curve: &Curve) -> String {
    let mut d = String::new();
    for (at, [a, b, c, e]) in curve.pieces().iter().enumerate() {
        if at == 0 {
            d.push_str(&format!("M{} {}", number(a.x), number(a.y)));
        }
        for (sign, point) in [(" C", b), (" ", c), (" ", e)] {
            d.push_str(&format!("{sign}{} {}", number(point.x), number(point.y)));
        }
    }
    d
}

fn line(pen: &Pen, link: &Link, kind: Option<&str>, route: &Route, targets: bool) -> Group {
    let mut group = Group::new(Layer::Links, format!("link:{}", link_key(&link.id)));
    group.label = text::link(link, kind);
    group.link = Some(link.id.clone());
    let (paint, width, dash) = match (link.verdict, &link.kind) {
        (Verdict::Matched, _) => (Paint::Accent, 2.25, ""),
        (Verdict::Missed { .. }, _) => (Paint::Line, 1.25, "3 5"),
        (_, LinkKind::Implicit) => (Paint::Line, 1.25, "1 4"),
        (_, LinkKind::Alternate | LinkKind::DeadLetter) => (Paint::Line, 1.5, "8 4"),
        _ => (Paint::Line, 1.5, ""),
    };
    let d = data(&route.curve);
    let mut shape = Shape::line(d.clone()).stroke(pen.theme, paint, width);
    if !dash.is_empty() {
        shape = shape.with("stroke-dasharray", dash).with("stroke-linecap", "round");
    }
    group.shapes.push(shape);
    if route.around {
        let (end, direction) = route.curve.at(f64::MAX);
        let (y, head) = (number(end.y), if direction.x < 0.0 { 1.5 } else { -1.5 });
        let x = number(end.x + head);
        let head = Shape::line(if direction.x < 0.0 {
            format!("M{x} {y} m7 -5 l-7 5 l7 5")
        } else {
            format!("M{x} {y} m-7 -5 l7 5 l-7 5")
        });
        let head = head.stroke(pen.theme, paint, width).with("stroke-linejoin", "round");
        group.shapes.push(head.with("stroke-linecap", "round"));
    }
    if targets {
        let wide = Shape::line(d).with("stroke", "transparent").num("stroke-width", 24.0);
        group.shapes.push(wide.with("pointer-events", "stroke"));
    }
    group.shapes.push(title(&group.label));
    group
}

fn words(pen: &Pen, link: &Link, kind: Option<&str>, chip: &Rect, tag: &Tag) -> Group {
    let mut group = Group::new(Layer::Chips, format!("key:{}", link_key(&link.id)));
    group.label = text::link(link, kind);
    group.link = Some(link.id.clone());
    let missed = matches!(link.verdict, Verdict::Missed { .. });
    let (edge, width) = match link.verdict {
        Verdict::Matched => (Paint::Accent, 1.75),
        Verdict::None | Verdict::Missed { .. } => (Paint::Line, 1.0),
    };
    let ground = if tag.plain { Paint::Ground } else { Paint::Surface };
    let radius = if tag.lines.len() > 1 { 8.0 } else { chip.h / 2.0 };
    let area = Shape::rect(chip, radius).fill(pen.theme, ground);
    let edge = if tag.plain && link.verdict == Verdict::None { Paint::Hair } else { edge };
    group.shapes.push(area.stroke(pen.theme, edge, width));
    let middle = chip.centre();
    let quiet = kind == Some("fanout");
    match &tag.lines[..] {
        [word] if tag.plain => {
            let at = middle.shift(0.0, 4.0);
            let mut shape =
                pen.inside(at, measure::NOTE, Face::Sans, Paint::Soft, Anchor::Middle, word);
            if missed {
                shape = struck(pen, shape);
            }
            group.shapes.push(shape);
        }
        [line] if kind != Some("headers") => {
            let shape = pen.inside(
                middle.shift(0.0, 4.5),
                measure::KEY,
                Face::Mono,
                Paint::Soft,
                Anchor::Middle,
                "",
            );
            group.shapes.push(key_words(pen, shape, line, link.verdict, kind, quiet));
        }
        lines => {
            for (turn, line) in lines.iter().enumerate() {
                let first = middle.y - measure::NOTE_LINE * (lines.len() as f64 - 1.0) / 2.0;
                let y = first + 4.0 + measure::NOTE_LINE * turn as f64;
                let at = crate::draw::geometry::Point::new(chip.x + 10.0, y);
                let paint = match link.verdict {
                    Verdict::Matched => Paint::Accent,
                    _ => Paint::Ink,
                };
                let mut shape =
                    pen.inside(at, measure::NOTE, Face::Mono, paint, Anchor::Start, line);
                if missed && Some(turn) == missed_line(link.verdict) {
                    shape = struck(pen, shape);
                }
                group.shapes.push(shape);
            }
        }
    }
    group.shapes.push(title(&group.label));
    group
}

/// Which line of a headers binding did not fit, if the verdict knows.
fn missed_line(verdict: Verdict) -> Option<usize> {
    match verdict {
        Verdict::Missed { word } => word.map(usize::from),
        Verdict::None | Verdict::Matched => None,
    }
}

/// Marked as what did not fit: by colour and by a line through it.
fn struck(pen: &Pen, shape: Shape) -> Shape {
    let shape = Shape {
        attrs: shape.attrs.into_iter().filter(|(name, _)| *name != "fill").collect(),
        ..shape
    };
    shape.fill(pen.theme, Paint::Danger).with("text-decoration", "line-through")
}

/// The words of a key, with those that decide marked.
fn key_words(
    pen: &Pen,
    shape: Shape,
    line: &str,
    verdict: Verdict,
    kind: Option<&str>,
    quiet: bool,
) -> Shape {
    let mut shape = Shape { text: None, ..shape };
    // Only topic exchanges read a key as words.
    let words: Vec<&str> =
        if kind == Some("topic") { line.split('.').collect() } else { vec![line] };
    let miss = match verdict {
        Verdict::Missed { word } => Some(word.map_or(usize::MAX, usize::from)),
        Verdict::None | Verdict::Matched => None,
    };
    for (turn, word) in words.iter().enumerate() {
        if turn > 0 {
            shape = shape.child(Shape::new("tspan").text("."));
        }
        let wild = kind == Some("topic") && (*word == "*" || *word == "#");
        let paint = match verdict {
            Verdict::Matched => Paint::Accent,
            _ if quiet => Paint::Soft,
            Verdict::None if wild => Paint::Accent,
            Verdict::None => Paint::Ink,
            Verdict::Missed { .. } => Paint::Soft,
        };
        let last = turn + 1 == words.len() && word.ends_with('…');
        let hit =
            miss.is_some_and(|miss| miss == turn || miss == usize::MAX || (last && miss > turn));
        let span = Shape::new("tspan").text(letters::isolate(word)).with("font-weight", "600");
        let span = if hit { struck(pen, span) } else { span.fill(pen.theme, paint) };
        shape = shape.child(span);
    }
    if miss == Some(words.len()) && !line.ends_with('…') {
        shape = shape.child(struck(pen, Shape::new("tspan").text("…")));
    }
    shape
}
