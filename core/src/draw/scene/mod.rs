//! A frame drawn over a layout.

mod cells;
mod client;
mod crowd;
mod dots;
mod exchange;
mod lines;
mod pen;
mod queue;

use crate::order::Set;
use std::sync::Arc;

use super::geometry::{Point, Rect};
use super::layout::{Layout, Place};
use super::letters::{self, Face};
use super::shape::{Group, Layer, Placed, Scene, Shape};
use super::theme::{Paint, Theme};
use crate::broker::Name;
use crate::frame::{Frame, Link, Node, NodeBody, Verdict};
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
    Painter::new(layout.clone(), options.clone()).scene(frame)
}

/// Draws frame after frame of one run. What is the same as in the frame
/// before is not drawn again, and what only moved only gets another place; the
/// picture is the one that [`scene()`] makes of the frame alone.
#[derive(Clone, Debug)]
pub struct Painter {
    layout: Layout,
    options: Options,
    links: Vec<KeptLink>,
    nodes: Vec<KeptNode>,
    crowd: crowd::Crowd,
}

/// A line as it was drawn last.
#[derive(Clone, Debug)]
struct KeptLink {
    link: Link,
    /// The type of the exchange it starts from.
    kind: Option<Name>,
    groups: Vec<Placed>,
}

/// A node as it was drawn last.
#[derive(Clone, Debug)]
struct KeptNode {
    node: Node,
    /// Whether a message was being decided there.
    deciding: bool,
    groups: Vec<Placed>,
    chips: pen::Chips,
}

/// One list per layer, in the order they are painted.
type Layers = [Vec<Placed>; 5];

impl Painter {
    /// A painter of frames whose cast stands as `layout` says.
    #[must_use]
    pub fn new(layout: Layout, options: Options) -> Self {
        let (links, nodes, crowd) = (Vec::new(), Vec::new(), crowd::Crowd::default());
        Self { layout, options, links, nodes, crowd }
    }

    /// Where everything stands.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Draws `frame`.
    pub fn scene(&mut self, frame: &Frame) -> Scene {
        let options = &self.options;
        let pen = Pen { theme: options.theme, labels: options.labels };
        let mut view = self.layout.bounds.grow(MARGIN);
        if view.w < 480.0 {
            view = Rect { x: view.centre().x - 240.0, w: 480.0, ..view };
        }
        let mut overlay = Vec::new();
        if options.title && frame.title.is_some() {
            overlay.push(heading(&pen, frame, options, &mut view).into());
        }
        if options.caption
            && let Some(text) = &frame.caption
        {
            overlay.push(caption(&pen, text, &mut view).into());
        }
        let mut layers = Layers::default();
        if options.theme != Theme::Css {
            let mut ground = Group::new(Layer::Links, "ground");
            ground.shapes.push(Shape::rect(&view, 0.0).fill(pen.theme, Paint::Ground));
            layers[0].push(ground.into());
        }
        self.draw_links(&pen, frame, &mut layers);
        self.draw_nodes(&pen, frame, &mut layers);
        self.crowd.draw(&pen, frame, &self.layout, &mut layers[Layer::Dots as usize]);
        layers[Layer::Overlay as usize] = overlay;
        let groups = layers.into_iter().flatten().collect();
        Scene { view: [view.x, view.y, view.w, view.h], groups }
    }

    fn draw_links(&mut self, pen: &Pen, frame: &Frame, layers: &mut Layers) {
        let kinds: Vec<(&NodeId, &Name)> = frame
            .nodes
            .iter()
            .filter_map(|node| match &node.body {
                NodeBody::Exchange { kind, .. } => Some((&node.id, kind)),
                _ => None,
            })
            .collect();
        let mut at = 0;
        for link in &frame.links {
            let Some(route) = self.layout.links.get(&link.id) else { continue };
            let kind = kinds.iter().find(|(id, _)| **id == link.id.from).map(|(_, kind)| *kind);
            take_place(&mut self.links, at, |kept| kept.link.id == link.id);
            let kept = self.links.get(at);
            if !kept.is_some_and(|k| k.link == *link && k.kind.as_ref() == kind) {
                let targets = self.options.targets;
                let groups = lines::draw(pen, link, kind.map(|kind| &**kind), route, targets);
                let kept = KeptLink { link: link.clone(), kind: kind.cloned(), groups };
                match self.links.get_mut(at).filter(|old| old.link.id == link.id) {
                    Some(old) => *old = kept,
                    None => self.links.insert(at, kept),
                }
            }
            hand_out(&self.links[at].groups, layers);
            at += 1;
        }
        self.links.truncate(at);
    }

    fn draw_nodes(&mut self, pen: &Pen, frame: &Frame, layers: &mut Layers) {
        let deciding: Set<&NodeId> = frame
            .links
            .iter()
            .filter(|link| link.verdict != Verdict::None)
            .map(|link| &link.id.from)
            .collect();
        let mut at = 0;
        for node in &frame.nodes {
            let Some(place) = self.layout.nodes.get(&node.id) else { continue };
            let deciding = deciding.contains(&node.id);
            take_place(&mut self.nodes, at, |kept| kept.node.id == node.id);
            match self.nodes.get_mut(at).filter(|kept| kept.node.id == node.id) {
                Some(kept) => kept.show(pen, node, deciding, place),
                None => {
                    let mut kept = KeptNode::new(node, deciding);
                    kept.draw(pen, place);
                    self.nodes.insert(at, kept);
                }
            }
            if frame.highlights.contains(&node.id) {
                layers[Layer::Nodes as usize].push(light(pen, &node.id, place).into());
            }
            hand_out(&self.nodes[at].groups, layers);
            at += 1;
        }
        self.nodes.truncate(at);
    }
}

impl KeptNode {
    fn new(node: &Node, deciding: bool) -> Self {
        let (groups, chips) = (Vec::new(), pen::Chips::default());
        Self { node: node.clone(), deciding, groups, chips }
    }

    /// Draws what changed of the node.
    fn show(&mut self, pen: &Pen, node: &Node, deciding: bool, place: &Place) {
        if self.node == *node && self.deciding == deciding {
            return;
        }
        let moved_on = client::worked_on(&self.node, node);
        self.node.clone_from(node);
        self.deciding = deciding;
        if moved_on {
            // The work went on and nothing else happened: one ring grows.
            let work = client::work(pen, node, place);
            let old = self.groups.iter_mut().find(|group| group.key.starts_with("work:"));
            if let (Some(old), Some(work)) = (old, work) {
                *old = work;
            }
        } else {
            self.draw(pen, place);
        }
    }

    fn draw(&mut self, pen: &Pen, place: &Place) {
        let mut groups = Vec::new();
        let (node, chips) = (&self.node, &mut self.chips);
        chips.begin();
        match &node.body {
            NodeBody::Client { .. } => client::draw(pen, node, place, chips, &mut groups),
            NodeBody::Exchange { .. } => {
                exchange::draw(pen, node, place, self.deciding, &mut groups);
            }
            NodeBody::Queue { .. } => queue::draw(pen, node, place, chips, &mut groups),
        }
        distinct(&mut groups);
        for group in &mut groups {
            let same = self.groups.iter().find(|old| old.group == group.group);
            if let Some(old) = same {
                group.group = Arc::clone(&old.group);
            }
        }
        self.groups = groups;
    }
}

/// Brings what was kept about the thing that comes at `at` to this place, if
/// anything was: in most frames it is there already.
fn take_place<T>(kept: &mut Vec<T>, at: usize, is_it: impl Fn(&T) -> bool) {
    if kept.get(at).is_some_and(&is_it) {
        return;
    }
    let found = kept.iter().skip(at).position(is_it);
    if let Some(found) = found {
        let thing = kept.remove(at + found);
        kept.insert(at, thing);
    }
}

fn hand_out(groups: &[Placed], layers: &mut Layers) {
    for group in groups {
        layers[group.layer as usize].push(group.clone());
    }
}

/// What the story points at stands in light.
fn light(pen: &Pen, id: &NodeId, place: &Place) -> Group {
    let mut group = Group::new(Layer::Nodes, format!("light:{}", pen::key(id)));
    let area = place.body.grow(12.0);
    let shape = Shape::rect(&area, 16.0).fill(pen.theme, Paint::AccentSoft);
    group.shapes.push(shape.stroke(pen.theme, Paint::Accent, 2.0));
    group
}

/// Makes keys unique: two copies of a message may sit in one consumer.
fn distinct(groups: &mut [Placed]) {
    for at in 1..groups.len() {
        let (before, rest) = groups.split_at_mut(at);
        let Some(group) = rest.first_mut() else { continue };
        let mut turn = 2;
        let mut key = group.key.clone();
        while before.iter().any(|other| other.key == key) {
            key = format!("{}~{turn}", group.key);
            turn += 1;
        }
        if key != group.key {
            let own = Group { key, ..(*group.group).clone() };
            group.group = Arc::new(own);
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
