//! The stage: the session's picture in the page, at every frame, without the
//! virtual DOM.

use crate::gesture::Camera;
use crate::port::{self, Element, Marking, Retained};
use crate::session::{Selection, Session};
use warren_core::decimal;
use warren_core::draw::number;
use warren_core::scenario::NodeId;

/// The picture in the page.
pub(crate) struct Stage {
    svg: Element,
    world: Element,
    pull: Element,
    retained: Retained,
    camera: Option<Camera>,
    panning: bool,
    /// The line that is pulled, and whether it would be refused.
    pulled: Option<(String, bool)>,
}

impl Stage {
    /// Takes hold of the page's `<svg>`; nothing else may change its inside.
    pub(crate) fn new(svg: Element) -> Option<Self> {
        let world = port::svg_child(&svg, ".world")?;
        let pull = port::svg_child(&svg, ".pull")?;
        let retained = Retained::new(port::document()?, &world)?;
        Some(Self { svg, world, pull, retained, camera: None, panning: false, pulled: None })
    }

    /// The `<svg>`.
    pub(crate) const fn element(&self) -> &Element {
        &self.svg
    }

    /// What is in the page.
    pub(crate) const fn retained(&self) -> &Retained {
        &self.retained
    }

    /// Shows the session's present instant.
    pub(crate) fn show(&mut self, session: &mut Session) {
        if self.camera != Some(session.camera) {
            let Camera { offset, scale } = session.camera;
            let at = format!(
                "translate({} {}) scale({})",
                number(offset.x),
                number(offset.y),
                decimal::double(scale.to_bits())
            );
            port::set_attribute(&self.world, "transform", Some(&at));
            self.camera = Some(session.camera);
        }
        let selected = match &session.selection {
            Some(Selection::Node(node)) => Some(node.clone()),
            _ => None,
        };
        let marking = Marking {
            selected,
            cursor: session.cursor.clone(),
            possible: session.pull().map(|pull| {
                let mut all = pull.possible.clone();
                all.push(pull.from.clone());
                all
            }),
        };
        let scene = session.scene();
        self.retained.show(&scene, &marking, &|node| session.body(node));
        self.show_pull(session);
        if self.panning != session.is_panning() {
            self.panning = session.is_panning();
            let class = if self.panning { "canvas panning" } else { "canvas" };
            port::set_attribute(&self.svg, "class", Some(class));
        }
    }

    fn show_pull(&mut self, session: &Session) {
        let line = session.pull().and_then(|pull| {
            let [x, y, width, height] = session.body(&pull.from)?;
            let from =
                session.camera.pixel(crate::gesture::Point::new(x + width, y + height / 2.0));
            let to = session.camera.pixel(pull.to);
            let middle = f64::midpoint(from.x, to.x);
            let refused = pull.reason.is_some();
            let path = format!(
                "M{} {}C{m} {} {m} {} {} {}",
                number(from.x),
                number(from.y),
                number(from.y),
                number(to.y),
                number(to.x),
                number(to.y),
                m = number(middle),
            );
            Some((path, refused))
        });
        if self.pulled == line {
            return;
        }
        let class = match &line {
            Some((_, true)) => "pull refused",
            _ => "pull",
        };
        port::set_attribute(&self.pull, "class", Some(class));
        port::set_attribute(&self.pull, "d", line.as_ref().map(|(path, _)| path.as_str()));
        self.pulled = line;
    }

    /// The node that has the keyboard focus, if one has.
    pub(crate) fn focused(&self) -> Option<NodeId> {
        let active = port::document()?.active_element()?;
        let key = active.get_attribute("data-key")?;
        self.retained.node_of(&key)
    }

    /// Moves the keyboard focus to a node, or to the ground.
    pub(crate) fn focus(&self, node: Option<&NodeId>) {
        let element = node.and_then(|node| self.retained.element_of(node));
        port::focus_element(element.as_ref().unwrap_or(&self.svg));
    }
}
