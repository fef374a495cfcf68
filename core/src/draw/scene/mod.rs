//! A frame drawn over a layout.

mod client;
mod dots;
mod exchange;
mod lines;
mod pen;
mod queue;

use std::collections::BTreeSet;

use super::geometry::{Point, Rect};
use super::layout::Layout;
use super::letters::{self, Face};
use super::shape::{Group, Layer, Scene, Shape};
use super::theme::{Paint, Theme};
use crate::frame::{Frame, NodeBody, Verdict};
use crate::scenario::NodeId;
use pen::{Anchor, Pen};

/// Which moving messages carry their label.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Labels {
    /// None.
    None,
    /// Messages on the move.
    #[default]
    Moving,
    /// Messages on the move and signals.
    All,
}

/// What to draw besides the frame itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Options {
    /// Which colours.
    pub theme: Theme,
    /// The title above the picture.
    pub title: bool,
    /// A quieter line under the title.
    pub subtitle: Option<String>,
    /// The caption below the picture.
    pub caption: bool,
    /// Which dots carry labels.
    pub labels: Labels,
    /// Wide invisible lines over the thin ones, for pointers.
    pub targets: bool,
}

impl Options {
    /// A picture that explains itself: for files.
    #[must_use]
    pub fn file(theme: Theme) -> Self {
        Self { theme, title: true, caption: true, ..Self::default() }
    }

    /// A picture inside a page that shows title and caption itself.
    #[must_use]
    pub fn page() -> Self {
        Self { theme: Theme::Css, targets: true, ..Self::default() }
    }
}

/// Room around the picture.
const MARGIN: f64 = 40.0;

/// Draws `frame`. Nodes and lines that `layout` does not know are left out:
/// the cast holds everything that can appear.
#[must_use]
pub fn scene(frame: &Frame, layout: &Layout, options: &Options) -> Scene {
    let pen = Pen { theme: options.theme, labels: options.labels };
    let mut groups = Vec::with_capacity(frame.nodes.len() * 6 + frame.links.len() * 2 + 8);
    let mut view = layout.bounds.grow(MARGIN);
    if view.w < 480.0 {
        view = Rect { x: view.centre().x - 240.0, w: 480.0, ..view };
    }
    let mut overlay = Vec::new();
    if options.title && frame.title.is_some() {
        overlay.push(heading(&pen, frame, options, &mut view));
    }
    if options.caption
        && let Some(text) = &frame.caption
    {
        overlay.push(caption(&pen, text, &mut view));
    }
    if options.theme != Theme::Css {
        let mut ground = Group::new(Layer::Links, "ground");
        ground.shapes.push(Shape::rect(&view, 0.0).fill(pen.theme, Paint::Ground));
        groups.push(ground);
    }
    let deciding: BTreeSet<&NodeId> = frame
        .links
        .iter()
        .filter(|link| link.verdict != Verdict::None)
        .map(|link| &link.id.from)
        .collect();
    lines::draw(&pen, frame, layout, options.targets, &mut groups);
    for node in &frame.nodes {
        let Some(place) = layout.nodes.get(&node.id) else { continue };
        match &node.body {
            NodeBody::Client { .. } => client::draw(&pen, node, place, &mut groups),
            NodeBody::Exchange { .. } => {
                exchange::draw(&pen, node, place, deciding.contains(&node.id), &mut groups);
            }
            NodeBody::Queue { .. } => queue::draw(&pen, node, place, &mut groups),
        }
    }
    dots::draw(&pen, frame, layout, &mut groups);
    groups.extend(overlay);
    crate::order::sort_by_key(&mut groups, |group| group.layer);
    distinct(&mut groups);
    Scene { view: [view.x, view.y, view.w, view.h], groups }
}

/// Makes keys unique: two copies of a message may sit in one consumer.
fn distinct(groups: &mut [Group]) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for group in groups {
        let mut turn = 2;
        let first = group.key.clone();
        while !seen.insert(group.key.clone()) {
            group.key = format!("{first}~{turn}");
            turn += 1;
        }
    }
}

fn heading(pen: &Pen, frame: &Frame, options: &Options, view: &mut Rect) -> Group {
    let title = frame.title.as_deref().unwrap_or_default();
    let extra = if options.subtitle.is_some() { 64.0 } else { 40.0 };
    *view = Rect { y: view.y - extra, h: view.h + extra, ..*view };
    let (x, room) = (view.x + 32.0, view.w - 64.0);
    let mut group = Group::new(Layer::Overlay, "title");
    let words = letters::shown(title, room, 18.0, Face::Bold);
    let at = Point::new(x, view.y + 44.0);
    group.shapes.push(pen.text(at, 18.0, Face::Bold, Paint::Ink, Anchor::Start, &words));
    if let Some(subtitle) = &options.subtitle {
        let words = letters::shown(subtitle, room, 13.0, Face::Sans);
        let at = at.shift(0.0, 23.0);
        group.shapes.push(pen.text(at, 13.0, Face::Sans, Paint::Soft, Anchor::Start, &words));
    }
    group
}

fn caption(pen: &Pen, text: &str, view: &mut Rect) -> Group {
    let room = view.w - 88.0;
    let lines = letters::wrap(&letters::clean(text), room, 15.0, Face::Sans, 3);
    let height = lines.len() as f64 * 22.0 + 26.0;
    let card = Rect { x: view.x + 24.0, y: view.bottom(), w: view.w - 48.0, h: height };
    *view = Rect { h: view.h + height + 24.0, ..*view };
    let mut group = Group::new(Layer::Overlay, "caption");
    let area = Shape::rect(&card, 10.0).fill(pen.theme, Paint::Surface);
    group.shapes.push(area.stroke(pen.theme, Paint::Hair, 1.0));
    for (turn, line) in lines.iter().enumerate() {
        let at = Point::new(card.x + 20.0, card.y + 29.0 + 22.0 * turn as f64);
        let line = letters::isolate(line);
        group.shapes.push(pen.text(at, 15.0, Face::Sans, Paint::Ink, Anchor::Start, &line));
    }
    group
}
