//! The retained picture: patches a scene into the page's SVG without building
//! anything anew that is there already. A group's `<g>` lives as long as its
//! key, so that focus and a finger's capture survive every frame.

use std::iter::Peekable;
use std::sync::Arc;
use std::vec::IntoIter;
use warren_core::draw::{Group, Layer, Placed, Scene, Shape, number};
use warren_core::order::{Map, Set};
use warren_core::scenario::NodeId;
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, SvgGraphicsElement, SvgTransform};

const SVG: &str = "http://www.w3.org/2000/svg";

/// Where the body of a node is: x, y, width, height.
type Bodies<'a> = &'a dyn Fn(&NodeId) -> Option<[f64; 4]>;

/// What of the picture is pointed out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Marking {
    /// The selected thing.
    pub(crate) selected: Option<NodeId>,
    /// The node with the tab stop.
    pub(crate) cursor: Option<NodeId>,
    /// While a line is pulled: what it may be dropped on.
    pub(crate) possible: Option<Vec<NodeId>>,
}

/// What is known about a group that is in the page.
struct Kept {
    element: Element,
    content: Element,
    group: Arc<Group>,
    at: Option<(f64, f64)>,
    /// The element's place as a value of its own: no text is written and read
    /// for a dot that moves.
    mover: Option<SvgTransform>,
    marks: Option<Marks>,
}

/// The attributes and shapes that make a group a thing one can act on.
#[derive(Clone, Debug, PartialEq)]
struct Marks {
    selected: bool,
    cursor: bool,
    possible: Option<bool>,
    body: Option<[f64; 4]>,
}

/// The picture in the page.
pub(crate) struct Retained {
    document: Document,
    layers: Vec<(Layer, Element)>,
    /// In the order in which it is painted.
    shown: Vec<Kept>,
    /// The keys of what is shown.
    keys: Set<String>,
    /// Elements made since the start, for tests and measurements.
    pub(crate) made: u64,
}

/// What was shown last and has not come up again yet: in order, and what was
/// passed over.
struct Old {
    ahead: Peekable<IntoIter<Kept>>,
    aside: Map<String, Kept>,
}

impl Retained {
    /// A picture inside `world`, an empty SVG group.
    pub(crate) fn new(document: Document, world: &Element) -> Option<Self> {
        let mut layers = Vec::new();
        for layer in [Layer::Links, Layer::Nodes, Layer::Chips, Layer::Dots] {
            let element = document.create_element_ns(Some(SVG), "g").ok()?;
            world.append_child(&element).ok()?;
            layers.push((layer, element));
        }
        Some(Self { document, layers, shown: Vec::new(), keys: Set::new(), made: 0 })
    }

    /// The node of a group.
    #[must_use]
    pub(crate) fn node_of(&self, key: &str) -> Option<NodeId> {
        self.shown.iter().find(|kept| kept.group.key == key)?.group.node.clone()
    }

    /// The element of a node.
    #[must_use]
    pub(crate) fn element_of(&self, node: &NodeId) -> Option<Element> {
        let is_it = |kept: &&Kept| kept.marks.is_some() && kept.group.node.as_ref() == Some(node);
        self.shown.iter().find(is_it).map(|kept| kept.element.clone())
    }

    /// Makes the page show `scene`; `body` knows where halos and handles go.
    pub(crate) fn show(&mut self, scene: &Scene, marking: &Marking, body: Bodies<'_>) {
        let shown = std::mem::replace(&mut self.shown, Vec::with_capacity(scene.groups.len()));
        let mut old = Old { ahead: shown.into_iter().peekable(), aside: Map::new() };
        for placed in &scene.groups {
            let marks = marks(placed, marking, body);
            if let Some(mut kept) = self.take(placed, marks.is_some(), &mut old) {
                self.update(&mut kept, placed, marks);
                self.shown.push(kept);
            }
        }
        for gone in old.ahead.chain(old.aside.into_values()) {
            gone.element.remove();
            self.keys.remove(&gone.group.key);
        }
    }

    /// The group's element: mostly the next one of the last picture. Nothing
    /// that stays is moved in the page because something else comes or goes.
    fn take(&mut self, placed: &Placed, acts: bool, old: &mut Old) -> Option<Kept> {
        loop {
            match old.ahead.peek() {
                Some(next)
                    if Arc::ptr_eq(&next.group, &placed.group) || next.group.key == placed.key =>
                {
                    return old.ahead.next();
                }
                Some(_)
                    if self.keys.contains(&placed.key) && !old.aside.contains_key(&placed.key) =>
                {
                    let passed = old.ahead.next()?;
                    old.aside.insert(passed.group.key.clone(), passed);
                }
                next => {
                    let is_layer = |(layer, _): &&(Layer, Element)| *layer == placed.layer;
                    let (_, layer) = self.layers.iter().find(is_layer)?;
                    let before = next.filter(|next| next.group.layer == placed.layer);
                    let before = before.map(|next| next.element.as_ref());
                    let kept = match old.aside.remove(&placed.key) {
                        Some(kept) => kept,
                        None => make(&self.document, placed, acts, &mut self.made)?,
                    };
                    layer.insert_before(&kept.element, before).ok()?;
                    self.keys.insert(placed.key.clone());
                    return Some(kept);
                }
            }
        }
    }

    fn update(&mut self, kept: &mut Kept, placed: &Placed, marks: Option<Marks>) {
        if kept.at != placed.transform {
            move_to(kept, placed.transform);
        }
        if !Arc::ptr_eq(&kept.group, &placed.group) {
            let (old, new) = (&kept.group, &placed.group);
            if old.shapes != new.shapes {
                self.made +=
                    patch_children(&self.document, &kept.content, &old.shapes, &new.shapes);
            }
            if marks.is_some() && old.label != new.label {
                let _ = kept.element.set_attribute("aria-label", &new.label);
            }
            kept.group = Arc::clone(new);
        }
        if kept.marks != marks {
            if let Some(marks) = &marks {
                apply_marks(&self.document, kept, marks);
            }
            kept.marks = marks;
        }
    }
}

/// What makes a group a thing one can act on, if it is one.
fn marks(group: &Group, marking: &Marking, body: Bodies<'_>) -> Option<Marks> {
    let acts = group.layer == Layer::Nodes && !group.label.is_empty();
    let node = acts.then_some(group.node.as_ref()).flatten()?;
    Some(Marks {
        selected: marking.selected.as_ref() == Some(node),
        cursor: marking.cursor.as_ref() == Some(node),
        possible: marking.possible.as_ref().map(|all| all.contains(node)),
        body: body(node),
    })
}

fn move_to(kept: &mut Kept, to: Option<(f64, f64)>) {
    let Some((x, y)) = to else {
        let _ = kept.element.remove_attribute("transform");
        (kept.at, kept.mover) = (None, None);
        return;
    };
    if kept.at.is_some() && kept.mover.is_none() {
        let element = kept.element.unchecked_ref::<SvgGraphicsElement>();
        kept.mover = element.transform().base_val().get_item(0).ok();
    }
    kept.at = to;
    let moved = kept.mover.as_ref().map(|mover| mover.set_translate(x as f32, y as f32));
    if !matches!(moved, Some(Ok(()))) {
        let at = format!("translate({} {})", number(x), number(y));
        let _ = kept.element.set_attribute("transform", &at);
    }
}

fn make(document: &Document, placed: &Placed, acts: bool, made: &mut u64) -> Option<Kept> {
    let group = &placed.group;
    let element = document.create_element_ns(Some(SVG), "g").ok()?;
    let content = if acts {
        element.set_attribute("class", "stage-node").ok()?;
        element.set_attribute("role", "button").ok()?;
        element.set_attribute("aria-label", &group.label).ok()?;
        let content = document.create_element_ns(Some(SVG), "g").ok()?;
        content.set_attribute("aria-hidden", "true").ok()?;
        element.append_child(&content).ok()?;
        content
    } else {
        element.set_attribute("aria-hidden", "true").ok()?;
        element.clone()
    };
    if group.node.is_some() {
        element.set_attribute("data-key", &group.key).ok()?;
    }
    if let Some(label) = &group.message {
        element.set_attribute("data-message", label).ok()?;
        element.set_attribute("class", "stage-message").ok()?;
    }
    *made += 1 + patch_children(document, &content, &[], &group.shapes);
    let group = Arc::clone(group);
    Some(Kept { element, content, group, at: None, mover: None, marks: None })
}

/// Tab stop, state and, around the node's body, halo and handle.
fn apply_marks(document: &Document, kept: &Kept, marks: &Marks) {
    let element = &kept.element;
    let _ = element.set_attribute("tabindex", if marks.cursor { "0" } else { "-1" });
    let _ = element.set_attribute("aria-pressed", if marks.selected { "true" } else { "false" });
    let class = match marks.possible {
        None => "stage-node",
        Some(true) => "stage-node possible",
        Some(false) => "stage-node impossible",
    };
    let _ = element.set_attribute("class", class);
    let Some(body) = marks.body else { return };
    if kept.marks.as_ref().and_then(|old| old.body) == Some(body) {
        return;
    }
    for old in [".halo", ".handle", ".handle-reach"] {
        if let Ok(Some(old)) = element.query_selector(old) {
            old.remove();
        }
    }
    let (ox, oy) = kept.at.unwrap_or_default();
    let [x, y, width, height] = body;
    let halo = Shape::new("rect")
        .with("class", "halo")
        .num("x", x - ox - 4.0)
        .num("y", y - oy - 4.0)
        .num("width", width + 8.0)
        .num("height", height + 8.0)
        .num("rx", 12.0);
    let (hx, hy) = (x - ox + width + 4.0, y - oy + height / 2.0);
    let handle = Shape::circle(hx, hy, 6.0).with("class", "handle");
    let reach = Shape::circle(hx, hy, 16.0).with("class", "handle-reach");
    for shape in [halo, handle, reach] {
        if let Some(made) = build(document, &shape, &mut 0) {
            let _ = element.append_child(&made);
        }
    }
}

/// Makes the children of `parent` equal `new`, given that they equal `old`.
/// Gives back how many elements were made.
fn patch_children(document: &Document, parent: &Element, old: &[Shape], new: &[Shape]) -> u64 {
    let mut made = 0;
    let mut child = parent.first_element_child();
    for (index, shape) in new.iter().enumerate() {
        let next = child.as_ref().and_then(Element::next_element_sibling);
        match (old.get(index), &child) {
            (Some(before), Some(element)) if before.tag == shape.tag => {
                made += patch(document, element, before, shape);
            }
            (_, there) => {
                let Some(element) = build(document, shape, &mut made) else { continue };
                let _ = match there {
                    Some(there) => parent.replace_child(&element, there).map(|_| ()),
                    None => parent.append_child(&element).map(|_| ()),
                };
            }
        }
        child = next;
    }
    while let Some(extra) = child {
        child = extra.next_element_sibling();
        extra.remove();
    }
    made
}

fn patch(document: &Document, element: &Element, old: &Shape, new: &Shape) -> u64 {
    if old == new {
        return 0;
    }
    for (name, value) in &new.attrs {
        if !old.attrs.iter().any(|(n, v)| n == name && v == value) {
            let _ = element.set_attribute(name, value);
        }
    }
    for (name, _) in &old.attrs {
        if !new.attrs.iter().any(|(n, _)| n == name) {
            let _ = element.remove_attribute(name);
        }
    }
    if old.text != new.text {
        // Text comes before the children; setting it removes them.
        element.set_text_content(new.text.as_deref());
        return patch_children(document, element, &[], &new.children);
    }
    patch_children(document, element, &old.children, &new.children)
}

fn build(document: &Document, shape: &Shape, made: &mut u64) -> Option<Element> {
    let element = document.create_element_ns(Some(SVG), shape.tag).ok()?;
    for (name, value) in &shape.attrs {
        element.set_attribute(name, value).ok()?;
    }
    if let Some(text) = &shape.text {
        element.set_text_content(Some(text));
    }
    *made += 1;
    for child in &shape.children {
        let child = build(document, child, made)?;
        element.append_child(&child).ok()?;
    }
    Some(element)
}
