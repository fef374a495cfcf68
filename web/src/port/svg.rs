//! The retained picture: patches a scene into the page's SVG without building
//! anything anew that is there already. A group's `<g>` lives as long as its
//! key, so that focus and a finger's capture survive every frame.

use std::collections::BTreeMap;
use warren_core::draw::{Group, Layer, Scene, Shape, number};
use warren_core::scenario::NodeId;
use web_sys::{Document, Element};

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
    shapes: Vec<Shape>,
    transform: Option<(f64, f64)>,
    label: String,
    node: Option<NodeId>,
    marks: Option<Marks>,
    seen: u64,
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
    groups: BTreeMap<String, Kept>,
    generation: u64,
    /// Elements made since the start, for tests and measurements.
    pub(crate) made: u64,
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
        Some(Self { document, layers, groups: BTreeMap::new(), generation: 0, made: 0 })
    }

    /// The node of a group.
    #[must_use]
    pub(crate) fn node_of(&self, key: &str) -> Option<NodeId> {
        self.groups.get(key)?.node.clone()
    }

    /// The element of a node.
    #[must_use]
    pub(crate) fn element_of(&self, node: &NodeId) -> Option<Element> {
        let found =
            self.groups.values().find(|k| k.marks.is_some() && k.node.as_ref() == Some(node));
        found.map(|kept| kept.element.clone())
    }

    /// Makes the page show `scene`; `body` knows where halos and handles go.
    pub(crate) fn show(&mut self, scene: &Scene, marking: &Marking, body: Bodies<'_>) {
        self.generation += 1;
        let mut cursors: Vec<Option<Element>> =
            self.layers.iter().map(|(_, e)| e.first_element_child()).collect();
        self.drop_missing(scene, &mut cursors);
        for group in &scene.groups {
            let Some(layer) = self.layers.iter().position(|(layer, _)| *layer == group.layer)
            else {
                continue;
            };
            self.show_group(group, (marking, body), layer, &mut cursors[layer]);
        }
    }

    /// Removes what the scene no longer holds, before anything is placed, so
    /// that nothing that stays has to move in the page.
    fn drop_missing(&mut self, scene: &Scene, cursors: &mut [Option<Element>]) {
        for group in &scene.groups {
            if let Some(kept) = self.groups.get_mut(&group.key) {
                kept.seen = self.generation;
            }
        }
        let generation = self.generation;
        self.groups.retain(|_, kept| {
            let stays = kept.seen == generation;
            if !stays {
                kept.element.remove();
            }
            stays
        });
        for (cursor, (_, layer)) in cursors.iter_mut().zip(&self.layers) {
            *cursor = layer.first_element_child();
        }
    }

    fn show_group(
        &mut self,
        group: &Group,
        (marking, body): (&Marking, Bodies<'_>),
        layer: usize,
        cursor: &mut Option<Element>,
    ) {
        let acts = group.layer == Layer::Nodes && !group.label.is_empty();
        let marks = acts.then_some(group.node.as_ref()).flatten();
        let marks = marks.map(|node| Marks {
            selected: marking.selected.as_ref() == Some(node),
            cursor: marking.cursor.as_ref() == Some(node),
            possible: marking.possible.as_ref().map(|all| all.contains(node)),
            body: body(node),
        });
        if !self.groups.contains_key(&group.key) {
            let Some(kept) = self.make(group, marks.is_some()) else { return };
            self.groups.insert(group.key.clone(), kept);
        }
        let Some(kept) = self.groups.get_mut(&group.key) else { return };
        kept.seen = self.generation;
        if cursor.as_ref() == Some(&kept.element) {
            *cursor = kept.element.next_element_sibling();
        } else {
            let before = cursor.as_ref().map(AsRef::as_ref);
            let _ = self.layers[layer].1.insert_before(&kept.element, before);
        }
        if kept.transform != group.transform {
            kept.transform = group.transform;
            let _ = match group.transform {
                Some((x, y)) => {
                    let at = format!("translate({} {})", number(x), number(y));
                    kept.element.set_attribute("transform", &at)
                }
                None => kept.element.remove_attribute("transform"),
            };
        }
        if kept.shapes != group.shapes {
            let made = patch_children(&self.document, &kept.content, &kept.shapes, &group.shapes);
            self.made += made;
            kept.shapes.clone_from(&group.shapes);
        }
        if kept.label != group.label {
            kept.label.clone_from(&group.label);
            if marks.is_some() {
                let _ = kept.element.set_attribute("aria-label", &group.label);
            }
        }
        if kept.marks != marks {
            if let Some(marks) = &marks {
                apply_marks(&self.document, kept, marks);
            }
            kept.marks = marks;
        }
    }

    fn make(&mut self, group: &Group, acts: bool) -> Option<Kept> {
        let element = self.document.create_element_ns(Some(SVG), "g").ok()?;
        let content = if acts {
            element.set_attribute("class", "stage-node").ok()?;
            element.set_attribute("role", "button").ok()?;
            let content = self.document.create_element_ns(Some(SVG), "g").ok()?;
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
        self.made += 1;
        Some(Kept {
            element,
            content,
            shapes: Vec::new(),
            transform: None,
            label: String::new(),
            node: group.node.clone(),
            marks: None,
            seen: self.generation,
        })
    }
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
    let (ox, oy) = kept.transform.unwrap_or_default();
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
