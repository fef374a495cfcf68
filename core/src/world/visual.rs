//! What is being drawn inside the broker: copies on their way from exchange to
//! queue, messages that leave. Routing takes no time; a person needs some to
//! see it. The state here lasts only as long as the drawing does, and counts in
//! a frame leave out what is still drawn on its way.

use super::World;
use crate::broker::{Bytes, MessageId, Name, Properties};
use crate::frame::{DotKind, LinkId};
use crate::scenario::NodeId;
use crate::time::{Span, Tick};
use core::hash::{Hash, Hasher};

/// How long something that leaves is drawn leaving.
pub(crate) const LEAVE: Span = Span::millis(700);

/// Copies drawn entering, things drawn leaving and decisions shown at one
/// instant, at most of each. Nobody can tell more apart, and every step looks
/// through them: without a bound a fast publisher makes each step slower. A
/// copy that is not drawn entering is counted in its queue at once.
const MOST_DRAWN: usize = 2_000;

/// A copy in a queue.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    /// The queue, by its scenario name.
    pub(crate) queue: Name,
    /// The copy's position there.
    pub(crate) position: u64,
}

/// Where a copy is, while it is still drawn entering its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Whereabouts {
    /// Counted as ready by the broker.
    Ready,
    /// Counted as unacked by the broker.
    Unacked,
    /// Not counted any more.
    Gone,
}

/// A copy drawn on its way into a queue.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Entering {
    pub(crate) id: u64,
    pub(crate) message: MessageId,
    pub(crate) place: Place,
    /// The lines it passes, in turn; for a requeue the consumer's line.
    pub(crate) path: Vec<LinkId>,
    pub(crate) requeued: bool,
    pub(crate) redelivered: bool,
    pub(crate) from: Tick,
    pub(crate) until: Tick,
    pub(crate) whereabouts: Whereabouts,
}

/// Something drawn leaving at a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Leaving {
    pub(crate) id: u64,
    pub(crate) message: MessageId,
    pub(crate) at: NodeId,
    pub(crate) kind: DotKind,
    pub(crate) from: Tick,
    pub(crate) until: Tick,
}

/// A message whose routing is being shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Passing {
    pub(crate) message: MessageId,
    pub(crate) exchange: Name,
    pub(crate) key: Name,
    pub(crate) properties: Properties,
    pub(crate) body: Body,
    pub(crate) until: Tick,
}

/// What is in a message. It is only shown: the state does not depend on it, so
/// it counts for nothing in a digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Body(pub(crate) Bytes);

impl Hash for Body {
    fn hash<H: Hasher>(&self, _: &mut H) {}
}

impl World {
    /// Forgets what has been drawn to its end.
    pub(super) fn forget_drawn(&mut self) {
        let now = self.now;
        self.entering.retain(|e| e.until > now);
        self.leaving.retain(|l| l.until > now);
        self.passing.retain(|p| p.until > now);
    }

    /// Draws a copy on its way into its queue.
    pub(super) fn draw_entering(&mut self, entering: Entering) {
        if self.entering.len() < MOST_DRAWN {
            self.entering.push(entering);
        } else {
            // What is drawn of an earlier way to this place is over.
            self.entering.retain(|e| e.place != entering.place);
        }
    }

    /// Draws something on its way out of the picture.
    pub(super) fn draw_leaving(&mut self, leaving: Leaving) {
        if self.leaving.len() < MOST_DRAWN {
            self.leaving.push(leaving);
        }
    }

    /// Shows how a message was routed; the oldest decision makes room.
    pub(super) fn show_passing(&mut self, passing: Passing) {
        if self.passing.len() >= MOST_DRAWN {
            self.passing.pop_front();
        }
        self.passing.push_back(passing);
    }

    pub(super) fn next_id(&mut self) -> u64 {
        self.next += 1;
        self.next - 1
    }

    /// From when a copy that is sent on now can be drawn leaving its queue.
    pub(super) fn drawn_in_at(&self, place: &Place) -> Tick {
        let last = self.entering.iter().rev().find(|e| e.place == *place);
        last.map_or(self.now, |e| e.until.max(self.now))
    }

    pub(super) fn set_whereabouts(&mut self, place: &Place, whereabouts: Whereabouts) {
        if let Some(entering) = self.entering.iter_mut().rev().find(|e| e.place == *place) {
            entering.whereabouts = whereabouts;
        }
    }
}
