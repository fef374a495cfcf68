//! Scenes one after the other as one SVG file that moves without a script.
//!
//! Every sample is drawn by [`super::scene()`], so the picture is true at each
//! of them; between two samples things move in a straight line. What moves are
//! SMIL's `animate` elements, which browsers run in an `img` as well. Who asks
//! the system for less motion gets a picture that stands still.

mod track;

use super::shape::{Layer, Placed, Scene, Shape, number};
use super::svg::{escape, head, write_head_of};
use crate::order::{self, Map};
use track::{Frames, Track};

/// The class of what moves, and of what stands still instead.
const MOVING: &str = "warren-moving";
const STILL: &str = "warren-still";

/// Writes `samples`, each `step` milliseconds after the one before, as one SVG
/// that plays them over and over. The colours are those of the scenes. An
/// empty slice gives an empty picture.
#[must_use]
pub fn to_animated_svg(samples: &[Scene], step: u64, title: &str, description: &str) -> String {
    let view = union(samples);
    let frames = Frames { count: samples.len(), millis: step.saturating_mul(samples.len() as u64) };
    let mut out = String::new();
    head(view, title, description, &mut out);
    out.push_str(&format!(
        "<style>.{STILL}{{display:none}}@media (prefers-reduced-motion:reduce){{\
         .{MOVING}{{display:none}}.{STILL}{{display:inline}}}}</style>\n"
    ));
    if let Some(ground) = ground(samples, view) {
        write(&ground, &[], &mut out);
        out.push('\n');
    }
    out.push_str(&format!("<g class=\"{MOVING}\">\n"));
    for thing in things(samples) {
        thing.write(frames, &mut out);
    }
    progress(samples, view, frames, &mut out);
    out.push_str(&format!("</g>\n<g class=\"{STILL}\" display=\"none\">\n"));
    for group in busiest(samples).iter().flat_map(|scene| &scene.groups) {
        if group.key != GROUND {
            write_group(group, &mut out);
        }
    }
    out.push_str("</g>\n</svg>\n");
    out
}

/// The key of the paper, which is drawn once for all samples.
const GROUND: &str = "ground";

/// The sample that tells most when nothing moves.
fn busiest(samples: &[Scene]) -> Option<&Scene> {
    let moving = |scene: &Scene| scene.groups.iter().filter(|g| g.layer == Layer::Dots).count();
    let mut best: Option<(usize, &Scene)> = None;
    for scene in samples {
        let count = moving(scene);
        if best.is_none_or(|(most, _)| count > most) {
            best = Some((count, scene));
        }
    }
    best.map(|(_, scene)| scene)
}

/// The part of the plane that every sample fits into.
fn union(samples: &[Scene]) -> [f64; 4] {
    let mut all: Option<[f64; 4]> = None;
    for &Scene { view: [x, y, w, h], .. } in samples {
        all = Some(all.map_or([x, y, w, h], |[ax, ay, aw, ah]| {
            let (left, top) = (ax.min(x), ay.min(y));
            let (right, bottom) = ((ax + aw).max(x + w), (ay + ah).max(y + h));
            [left, top, right - left, bottom - top]
        }));
    }
    all.unwrap_or_default()
}

fn ground(samples: &[Scene], [x, y, w, h]: [f64; 4]) -> Option<Shape> {
    let group = samples.iter().flat_map(|s| &s.groups).find(|group| group.key == GROUND)?;
    let mut shape = group.shapes.first()?.clone();
    for (name, value) in [("x", x), ("y", y), ("width", w), ("height", h)] {
        for (attr, old) in &mut shape.attrs {
            if *attr == name {
                *old = number(value);
            }
        }
    }
    Some(shape)
}

/// A thin line along the lower edge that grows while the film plays.
fn progress(samples: &[Scene], [x, y, w, h]: [f64; 4], frames: Frames, out: &mut String) {
    let texts = samples.iter().flat_map(|s| &s.groups).flat_map(|g| &g.shapes);
    let mut inks = texts.filter(|shape| shape.tag == "text").flat_map(|shape| &shape.attrs);
    let Some((_, ink)) = inks.find(|(name, _)| *name == "fill") else { return };
    let bar = Shape::new("rect")
        .num("x", x)
        .num("y", y + h - 3.0)
        .num("width", 0.0)
        .num("height", 3.0)
        .with("fill", ink.clone())
        .with("opacity", "0.35");
    let grow = frames.line("width", &[(0, 0.0), (frames.count, w)]);
    write(&bar, &[grow], out);
    out.push('\n');
}

/// One thing that is there in some or all samples.
struct Thing<'a> {
    layer: Layer,
    /// By sample.
    groups: Vec<Option<&'a Placed>>,
}

/// Every thing of the film, from the back to the front.
fn things(samples: &[Scene]) -> Vec<Thing<'_>> {
    let mut order: Vec<&str> = Vec::new();
    let mut found: Map<&str, Thing<'_>> = Map::new();
    for (at, scene) in samples.iter().enumerate() {
        let mut before: Option<&str> = None;
        for group in scene.groups.iter().filter(|group| group.key != GROUND) {
            let key = group.key.as_str();
            let thing = found.get_or_insert_with(key, || {
                // In front of what it is in front of where it first appears.
                let place = before.and_then(|b| order.iter().position(|k| *k == b));
                order.insert(place.map_or(0, |place| place + 1), key);
                Thing { layer: group.layer, groups: vec![None; samples.len()] }
            });
            thing.groups[at] = Some(group);
            before = Some(key);
        }
    }
    let mut things: Vec<Thing<'_>> = order.iter().filter_map(|key| found.remove(key)).collect();
    order::sort_by_key(&mut things, |thing| thing.layer);
    things
}

impl Thing<'_> {
    fn write(&self, frames: Frames, out: &mut String) {
        let present: Vec<bool> = self.groups.iter().map(Option::is_some).collect();
        let mut moves = frames.presence(&present);
        let places = |axis: fn((f64, f64)) -> f64| -> Track {
            self.groups.iter().map(|g| g.and_then(|group| group.transform).map(axis)).collect()
        };
        let (x, y) = (places(|(x, _)| x), places(|(_, y)| y));
        out.push_str("<g");
        if let Some((x, y)) = self.groups.iter().flatten().find_map(|group| group.transform) {
            out.push_str(&format!(" transform=\"translate({} {})\"", number(x), number(y)));
        }
        if !present.first().copied().unwrap_or_default() {
            out.push_str(" display=\"none\"");
        }
        out.push('>');
        moves.extend(frames.travel(&x, &y));
        moves.iter().for_each(|element| out.push_str(element));
        let most = self.groups.iter().flatten().map(|group| shapes(group).count()).max();
        for slot in 0..most.unwrap_or_default() {
            let slots: Vec<Option<&Shape>> =
                self.groups.iter().map(|g| g.and_then(|group| shapes(group).nth(slot))).collect();
            self.slot(&slots, frames, out);
        }
        out.push_str("</g>\n");
    }

    /// One shape of the thing through all samples. Where only attributes
    /// change, they are animated; where it becomes something else, one element
    /// takes over from the other.
    fn slot(&self, slots: &[Option<&Shape>], frames: Frames, out: &mut String) {
        let mut variants: Vec<(&Shape, Vec<Option<&Shape>>)> = Vec::new();
        for (at, shape) in slots.iter().enumerate() {
            let Some(shape) = shape else { continue };
            let known = variants.iter().position(|(first, _)| same_kind(first, shape));
            let known = known.unwrap_or_else(|| {
                variants.push((shape, vec![None; slots.len()]));
                variants.len() - 1
            });
            variants[known].1[at] = Some(shape);
        }
        // Where the whole thing is away, it does not matter what its parts do.
        let away: Vec<bool> = self.groups.iter().map(Option::is_none).collect();
        for (first, samples) in variants {
            let mut shown: Vec<bool> = samples.iter().map(Option::is_some).collect();
            for at in 0..shown.len() {
                shown[at] |= away[at] && at > 0 && shown[at - 1];
            }
            if let Some(start) = shown.iter().position(|shown| *shown)
                && away[..start].iter().all(|away| *away)
            {
                shown[..start].fill(true);
            }
            let mut moves = frames.presence(&shown);
            for (place, (name, value)) in first.attrs.iter().enumerate() {
                let values: Vec<Option<&str>> = samples
                    .iter()
                    .map(|shape| shape.and_then(|s| s.attrs.get(place)).map(|(_, v)| v.as_str()))
                    .collect();
                if values.iter().flatten().any(|other| other != value) {
                    moves.push(frames.attribute(name, &values));
                }
            }
            let hidden = !shown.first().copied().unwrap_or_default();
            let mut shape = first.clone();
            if hidden {
                shape.attrs.push(("display", "none".into()));
            }
            write(&shape, &moves, out);
        }
    }
}

/// What is painted of a group: titles are for pointers, and nobody points here.
fn shapes(group: &Placed) -> impl Iterator<Item = &Shape> {
    group.shapes.iter().filter(|shape| shape.tag != "title")
}

/// Whether one element can become the other by its attributes alone.
fn same_kind(a: &Shape, b: &Shape) -> bool {
    let movable = |shape: &Shape| shape.attrs.iter().all(|(_, value)| !value.contains(';'));
    a.tag == b.tag
        && a.text == b.text
        && a.children == b.children
        && a.attrs.len() == b.attrs.len()
        && a.attrs.iter().zip(&b.attrs).all(|(a, b)| a.0 == b.0)
        && (a.attrs == b.attrs || (movable(a) && movable(b)))
}

fn write_group(group: &Placed, out: &mut String) {
    out.push_str("<g");
    if let Some((x, y)) = group.transform {
        out.push_str(&format!(" transform=\"translate({} {})\"", number(x), number(y)));
    }
    out.push('>');
    shapes(group).for_each(|shape| write(shape, &[], out));
    out.push_str("</g>\n");
}

/// An element with what moves it.
fn write(shape: &Shape, moves: &[String], out: &mut String) {
    write_head_of(shape, out);
    let inside: Vec<&Shape> = shape.children.iter().filter(|c| c.tag != "title").collect();
    if shape.text.is_none() && inside.is_empty() && moves.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    if let Some(text) = &shape.text {
        escape(text, out);
    }
    inside.iter().for_each(|child| write(child, &[], out));
    moves.iter().for_each(|element| out.push_str(element));
    out.push_str("</");
    out.push_str(shape.tag);
    out.push('>');
}
