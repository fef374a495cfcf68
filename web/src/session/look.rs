//! What the page shows of the present instant, as plain data.

use super::message::{Order, Panel, Selection};
use super::{Session, form::Form, form::FormKind};
use super::{Update, form::Refusal};
use crate::gesture::{Insets, Point};
use warren_core::broker::Name;
use warren_core::broker::routing::Explanation;
use warren_core::draw::{Scene, text::name};
use warren_core::frame::{Frame, NodeBody};
use warren_core::scenario::{Item, LineIndex, NodeId, Statement, claim};
use warren_core::time::Tick;
use warren_core::timeline::{Details, Why};

/// A line that is pulled out of a node.
#[derive(Clone, Debug, PartialEq)]
pub struct Pull {
    /// Out of which.
    pub from: NodeId,
    /// To where, in picture units.
    pub to: Point,
    /// Over which.
    pub over: Option<NodeId>,
    /// Why it cannot be dropped there.
    pub reason: Option<&'static str>,
    /// Where it can be dropped.
    pub possible: Vec<NodeId>,
}

/// What an exchange is called where it is clear that it is one.
#[must_use]
pub fn spoken(exchange: &Name) -> &str {
    if exchange.is_empty() { "the default exchange" } else { exchange }
}

/// An expectation and how it turned out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// Its line in the script, from 1.
    pub line: u32,
    /// What is expected.
    pub claim: String,
    /// When it is looked at.
    pub at: Tick,
    /// Whether it held.
    pub held: bool,
    /// What was found.
    pub found: String,
}

/// Everything the page shows that depends on the instant.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// The words under the picture.
    pub caption: Option<String>,
    /// The thing that is inspected.
    pub details: Option<Details>,
    /// Numbers of the thing that is inspected, large.
    pub numbers: Vec<(&'static str, u64)>,
    /// The message that is inspected.
    pub why: Option<Why>,
    /// The answer to a "what if".
    pub answer: Option<Explanation>,
    /// What the inspected thing can be connected to: from, to, in words.
    pub connections: Vec<(NodeId, NodeId, String)>,
    /// How the expectations turned out.
    pub checks: Vec<Check>,
    /// Which state the inspected client is in, when it is one.
    pub client: Option<warren_core::frame::ClientState>,
    /// While charts are shown, what each queue holds: ready, unacked.
    pub depths: Vec<(NodeId, u64, u64)>,
    /// Something happened since this was computed.
    pub stale: bool,
}

impl Session {
    /// Computes what the page shows.
    pub(super) fn refresh(&mut self) {
        let now = self.playback.now();
        let frame = self.show.frame(now).clone();
        let mut seen = Seen { caption: frame.caption.clone(), ..Seen::default() };
        if self.panel == Some(Panel::Inspect) {
            match self.selection.clone() {
                Some(Selection::Node(node)) => {
                    seen.details = self.show.timeline.inspect(now, &node);
                    seen.numbers = numbers(&frame, &node);
                    seen.connections = self.connections(&frame, &node);
                    seen.client =
                        frame.nodes.iter().find(|n| n.id == node).and_then(|n| match &n.body {
                            NodeBody::Client { state, .. } => Some(state.clone()),
                            _ => None,
                        });
                    seen.answer =
                        self.seen.answer.take().filter(|_| matches!(&node, NodeId::Exchange(_)));
                }
                Some(Selection::Message(label)) => {
                    seen.why = self.show.timeline.why(&label);
                }
                None => {}
            }
        }
        if self.panel == Some(Panel::Charts) || self.lanes_open {
            seen.depths = self.depths_now();
            self.charts.draw(self.show.timeline.depths(), self.show.timeline.end());
        }
        if self.lanes_open {
            self.fill_lanes();
        }
        seen.checks = self.checks();
        self.marks.count(&self.show.timeline);
        self.seen = seen;
    }

    /// Whether the scenario expects anything.
    #[must_use]
    pub fn expects(&self) -> bool {
        let items = &self.show.document().items;
        items.iter().any(|item| matches!(item.what, Statement::Expect(_)))
    }

    /// How much happens on each part of the scrubber.
    #[must_use]
    pub fn marks(&self) -> &[u32] {
        self.marks.counts()
    }

    fn checks(&self) -> Vec<Check> {
        // Until the run is over more may follow.
        if !self.show.timeline.is_complete() {
            return Vec::new();
        }
        let items = &self.show.document().items;
        let index = LineIndex::new(&self.show.text);
        let outcomes = self.show.timeline.outcomes().iter();
        let checks = outcomes.filter_map(|outcome| match items.get(outcome.item) {
            Some(Item { what: Statement::Expect(expect), span, .. }) => Some(Check {
                line: index.position(span.start).0,
                claim: claim(&expect.claim),
                at: outcome.tick,
                held: outcome.held,
                found: outcome.found.clone(),
            }),
            _ => None,
        });
        checks.collect()
    }

    fn connections(&self, frame: &Frame, node: &NodeId) -> Vec<(NodeId, NodeId, String)> {
        let document = self.show.document();
        let mut all = Vec::new();
        for other in frame.nodes.iter().map(|n| &n.id) {
            for (from, to) in [(node, other), (other, node)] {
                let words = match (from, to) {
                    (NodeId::Exchange(a), NodeId::Queue(_) | NodeId::Exchange(_)) => {
                        format!("bind {} to {}", spoken(a), name(to))
                    }
                    (NodeId::Queue(q), NodeId::Client(c)) => format!("let {c} consume from {q}"),
                    (NodeId::Client(c), NodeId::Exchange(x)) => {
                        format!("let {c} publish to {}", spoken(x))
                    }
                    (NodeId::Client(c), NodeId::Queue(q)) if from == node => {
                        format!("let {c} publish straight to {q}")
                    }
                    _ => continue,
                };
                let meaning = super::meaning(document, frame, from, to);
                if from != to && !matches!(meaning, super::Meaning::Nothing(_)) {
                    all.push((from.clone(), to.clone(), words));
                }
            }
        }
        all
    }

    /// "What if I published this?"
    pub(super) fn ask(&mut self, form: &Form) -> Update {
        let FormKind::WhatIf(exchange) = form.kind.clone() else { return Update::default() };
        match form.question() {
            Ok((key, headers)) => {
                let now = self.playback.now();
                let headers = (!headers.is_empty()).then_some(&headers);
                let answer = self.show.timeline.what_if(now, &exchange, &key, headers);
                let words = match answer.as_ref().map_or(&[][..], |a| &a.queues) {
                    [] => "No queue would take it.".to_owned(),
                    queues => format!("It would go to {}.", queues.join(", ")),
                };
                self.seen.answer = answer;
                Update::page().with(Order::Announce(words))
            }
            Err(wrong) => {
                if let Some(held) = self.forms.iter_mut().find(|f| f.kind == form.kind) {
                    held.refusal = Some(Refusal::Field(wrong));
                }
                Update::page()
            }
        }
    }

    /// What happened since it was last told, for people who listen: at most
    /// three sentences, and how many more.
    pub(super) fn tell(&mut self) -> Option<Order> {
        let now = self.playback.now();
        let from = core::mem::replace(&mut self.told, now);
        let events = self.show.timeline.events();
        let start = events.partition_point(|event| event.tick <= from);
        let end = events.partition_point(|event| event.tick <= now);
        let new = events.get(start..end).unwrap_or_default();
        let mut words: Vec<String> = new.iter().take(3).map(|e| e.sentence()).collect();
        match new.len() {
            0 => return None,
            1..=3 => {}
            n => words.push(format!("And {} more.", n - 3)),
        }
        Some(Order::Announce(words.join(" ")))
    }

    /// The picture of the present instant.
    pub fn scene(&mut self) -> Scene {
        let now = self.playback.now();
        self.show.scene(now)
    }

    /// Where a node's body is: x, y, width, height. Halos and handles go there.
    #[must_use]
    pub fn body(&self, node: &NodeId) -> Option<[f64; 4]> {
        let body = self.show.layout().nodes.get(node)?.body;
        Some([body.x, body.y, body.w, body.h])
    }

    /// The line that is pulled, if one is.
    #[must_use]
    pub const fn pull(&self) -> Option<&Pull> {
        self.pull.as_ref()
    }

    /// Picture units under a pixel of the stage.
    pub(super) fn unit(&self, pixel: Point) -> Point {
        self.camera.unit(pixel)
    }

    pub(super) fn insets(&self) -> Insets {
        if self.stage.0 <= Self::WORDS_BESIDE {
            Insets { top: 12.0, bottom: 12.0, sides: 12.0 }
        } else if self.presenting {
            Insets { top: 120.0, bottom: 120.0, sides: 40.0 }
        } else {
            Insets { top: 96.0, bottom: 128.0, sides: 32.0 }
        }
    }

    /// Whether the ground is being moved.
    #[must_use]
    pub fn is_panning(&self) -> bool {
        self.gestures.is_panning()
    }
}

fn numbers(frame: &Frame, node: &NodeId) -> Vec<(&'static str, u64)> {
    let Some(node) = frame.nodes.iter().find(|n| n.id == *node) else { return Vec::new() };
    match &node.body {
        NodeBody::Queue { ready, unacked, .. } => vec![("ready", *ready), ("unacked", *unacked)],
        NodeBody::Client { publishes, consumes, .. } => {
            let mut all = Vec::new();
            if let Some(face) = publishes {
                all.push(("published", face.published));
                if face.confirms {
                    all.push(("confirmed", face.confirmed));
                }
                if face.returned > 0 {
                    all.push(("returned", face.returned));
                }
            }
            if let Some(face) = consumes {
                all.push(("received", face.received));
                all.push(("acked", face.acked));
                all.push(("holds", face.held));
            }
            all
        }
        NodeBody::Exchange { .. } => Vec::new(),
    }
}
