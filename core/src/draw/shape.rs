//! A picture as data: groups of shapes that an SVG file and a page share.

use super::theme::{Paint, Theme};
use crate::scenario::NodeId;
use std::sync::Arc;

/// In which order things are painted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The paper and the lines.
    Links,
    /// Clients, exchanges, queues and their words.
    Nodes,
    /// Binding keys, and messages that stand still.
    Chips,
    /// What moves.
    Dots,
    /// Title and caption.
    Overlay,
}

/// Everything to paint.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scene {
    /// The visible part: x, y, width, height.
    pub view: [f64; 4],
    /// In the order they are painted; keys are unique.
    pub groups: Vec<Placed>,
}

/// A group where it is now. A [`Painter`](super::Painter) hands out the same
/// `Arc` for as long as nothing but the place changes.
#[derive(Clone, Debug, PartialEq)]
pub struct Placed {
    /// What to paint.
    pub group: Arc<Group>,
    /// Where its origin is; `None` = the picture's origin.
    pub transform: Option<(f64, f64)>,
}

impl From<Group> for Placed {
    fn from(group: Group) -> Self {
        Self { group: Arc::new(group), transform: None }
    }
}

impl core::ops::Deref for Placed {
    type Target = Group;
    fn deref(&self) -> &Group {
        &self.group
    }
}

/// Shapes that belong together and move together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The same for the same thing in every frame: `queue:billing`, `dot:17`.
    pub key: String,
    /// Where it lies.
    pub layer: Layer,
    /// What it is, in words; empty when it says nothing of its own.
    pub label: String,
    /// The node it belongs to.
    pub node: Option<NodeId>,
    /// The line it belongs to.
    pub link: Option<crate::frame::LinkId>,
    /// The message it is, by its label.
    pub message: Option<String>,
    /// What to paint.
    pub shapes: Vec<Shape>,
}

impl Group {
    /// An empty group.
    #[must_use]
    pub fn new(layer: Layer, key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            layer,
            label: String::new(),
            node: None,
            link: None,
            message: None,
            shapes: Vec::new(),
        }
    }
}

/// One SVG element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shape {
    /// `path`, `circle`, `rect`, `text`, `tspan`, `g`, `ellipse`, `polygon`,
    /// `line`, `title`.
    pub tag: &'static str,
    /// Presentation and geometry attributes; values are not escaped yet.
    pub attrs: Vec<(&'static str, String)>,
    /// Character data, before the children.
    pub text: Option<String>,
    /// Elements inside.
    pub children: Vec<Self>,
}

impl Shape {
    /// An element without attributes.
    #[must_use]
    pub fn new(tag: &'static str) -> Self {
        Self { tag, ..Self::default() }
    }

    /// With an attribute.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.attrs.push((name, value.into()));
        self
    }

    /// With a number as an attribute, rounded to two decimals.
    #[must_use]
    pub fn num(self, name: &'static str, value: f64) -> Self {
        self.with(name, number(value))
    }

    /// With character data.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = Some(text.into());
        self
    }

    /// With an element inside.
    #[must_use]
    pub fn child(mut self, child: Self) -> Self {
        self.children.push(child);
        self
    }

    /// Painted inside with `paint`.
    #[must_use]
    pub fn fill(self, theme: Theme, paint: Paint) -> Self {
        self.with("fill", theme.value(paint))
    }

    /// Painted along its edge, `width` wide.
    #[must_use]
    pub fn stroke(self, theme: Theme, paint: Paint, width: f64) -> Self {
        self.with("stroke", theme.value(paint)).num("stroke-width", width)
    }

    /// A path with nothing inside it.
    #[must_use]
    pub fn line(d: impl Into<String>) -> Self {
        Self::new("path").with("d", d).with("fill", "none")
    }

    /// A circle.
    #[must_use]
    pub fn circle(x: f64, y: f64, r: f64) -> Self {
        Self::new("circle").num("cx", x).num("cy", y).num("r", r)
    }

    /// A rectangle with round corners.
    #[must_use]
    pub fn rect(area: &super::geometry::Rect, radius: f64) -> Self {
        Self::new("rect")
            .num("x", area.x)
            .num("y", area.y)
            .num("width", area.w)
            .num("height", area.h)
            .num("rx", radius)
    }
}

/// A number as it stands in a picture: at most two decimals, never an
/// exponent, never a negative zero.
#[must_use]
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let hundredths = (value * 100.0).round().clamp(-9e15, 9e15) as i64;
    let sign = if hundredths < 0 { "-" } else { "" };
    let (whole, part) = (hundredths.unsigned_abs() / 100, hundredths.unsigned_abs() % 100);
    match part {
        0 => format!("{sign}{whole}"),
        p if p % 10 == 0 => format!("{sign}{whole}.{}", p / 10),
        p => format!("{sign}{whole}.{p:02}"),
    }
}

#[cfg(test)]
mod tests {
    use super::number;

    #[test]
    fn numbers_have_one_form() {
        let table = [
            (0.0, "0"),
            (-0.001, "0"),
            (12.0, "12"),
            (12.5, "12.5"),
            (-12.345, "-12.35"),
            (0.07, "0.07"),
            (f64::NAN, "0"),
            (f64::INFINITY, "0"),
        ];
        for (value, text) in table {
            assert_eq!(number(value), text);
        }
    }
}
