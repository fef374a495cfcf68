//! What is on the stage: a document without faults, its run, its layout.

use crate::gesture::{Area, Point};
use warren_core::draw::{Layout, Options, Painter, Scene, layout, outline};
use warren_core::frame::Frame;
use warren_core::scenario::{Diagnostic, Document, NodeId, parse};
use warren_core::time::Tick;
use warren_core::timeline::{Refusal, Timeline};

/// Steps of a run that are computed before anything is shown.
const AT_ONCE: u64 = 20_000;

/// A document that can be shown, with everything computed from it.
pub struct Show {
    /// The text it was read from.
    pub text: String,
    /// Its run.
    pub timeline: Timeline,
    /// Everything that ever appears.
    pub cast: Frame,
    painter: Painter,
    /// Everything stands below each other.
    narrow: bool,
    frame: Option<Frame>,
}

impl Show {
    /// Reads a text. Findings that are no errors come with the show.
    ///
    /// # Errors
    /// The findings, when the text has faults.
    pub fn read(text: &str) -> Result<(Self, Vec<Diagnostic>), Vec<Diagnostic>> {
        let parsed = parse(text);
        if parsed.diagnostics.iter().any(Diagnostic::is_error) {
            return Err(parsed.diagnostics);
        }
        let mut timeline = Timeline::new(parsed.document);
        timeline.run_ahead(AT_ONCE);
        let cast = timeline.cast();
        let painter = Painter::new(layout(&cast), Options::page());
        let narrow = false;
        let show = Self { text: text.to_owned(), timeline, cast, painter, narrow, frame: None };
        Ok((show, parsed.diagnostics))
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &Document {
        self.timeline.document()
    }

    /// Everything that can be seen at an instant.
    pub fn frame(&mut self, at: Tick) -> &Frame {
        let at = at.min(self.timeline.end());
        if self.frame.as_ref().is_none_or(|frame| frame.now != at) {
            self.frame = None;
        }
        self.frame.get_or_insert_with(|| self.timeline.frame(at))
    }

    /// Asks something about an instant and the places of its nodes.
    pub fn with_frame<T>(
        &mut self,
        at: Tick,
        ask: impl FnOnce(&Frame, &dyn Fn(&NodeId) -> Option<Point>) -> T,
    ) -> T {
        self.frame(at);
        let empty = Frame::default();
        ask(self.frame.as_ref().unwrap_or(&empty), &|node| self.place(node))
    }

    /// The picture of an instant.
    pub fn scene(&mut self, at: Tick) -> Scene {
        self.frame(at);
        self.frame.as_ref().map(|frame| self.painter.scene(frame)).unwrap_or_default()
    }

    /// Where everything stands.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        self.painter.layout()
    }

    /// A node is held at another place than the document says; the layout
    /// follows until [`Show::let_go`].
    pub fn carry(&mut self, node: &NodeId, to: Point) {
        let mut cast = self.cast.clone();
        if let Some(held) = cast.nodes.iter_mut().find(|n| n.id == *node) {
            held.placed = Some((to.x.round() as i32, to.y.round() as i32));
        }
        self.painter = Painter::new(self.arranged(&cast), Options::page());
    }

    /// For a stage that is narrow and high, or for one that is not.
    pub fn set_narrow(&mut self, narrow: bool) {
        if self.narrow != narrow {
            self.narrow = narrow;
            self.let_go();
        }
    }

    /// Whether everything stands below each other, whatever the document says.
    #[must_use]
    pub const fn is_narrow(&self) -> bool {
        self.narrow
    }

    fn arranged(&self, cast: &Frame) -> Layout {
        if self.narrow { outline(cast) } else { layout(cast) }
    }

    /// The layout is again what the document says.
    pub fn let_go(&mut self) {
        self.painter = Painter::new(self.arranged(&self.cast), Options::page());
    }

    /// Where a node's middle is.
    #[must_use]
    pub fn place(&self, node: &NodeId) -> Option<Point> {
        let place = self.layout().nodes.get(node)?;
        Some(Point::new(place.centre.x, place.centre.y))
    }

    /// The part of the picture that has something in it.
    #[must_use]
    pub fn area(&self) -> Area {
        let all = &self.layout().bounds;
        Area { from: Point::new(all.x, all.y), width: all.w, height: all.h }
    }

    /// What the broker refuses in this run and did not refuse in `before`.
    #[must_use]
    pub fn new_refusal(&self, before: &Self) -> Option<Refusal> {
        let mut known: Vec<&Refusal> = before.timeline.refusals().iter().collect();
        let mut all = self.timeline.refusals().iter();
        let new = all.find(|new| {
            let same = known.iter().position(|old| old.code == new.code && old.text == new.text);
            same.map(|index| known.remove(index)).is_none()
        });
        new.cloned()
    }
}
