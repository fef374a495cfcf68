//! What is being drawn inside the broker: copies on their way from exchange to
//! queue, messages that leave. Routing takes no time; a person needs some to
//! see it. The state here lasts only as long as the drawing does, and counts in
//! a frame leave out what is still drawn on its way.

use super::World;
use crate::broker::{MessageId, Name};
use crate::frame::{DotKind, LinkId};
use crate::scenario::NodeId;
use crate::time::{Span, Tick};

/// How long something that leaves is drawn leaving.
pub(crate) const LEAVE: Span = Span::millis(700);

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
    pub(crate) headers: Option<crate::broker::Table>,
    pub(crate) until: Tick,
}

impl World {
    /// Forgets what has been drawn to its end.
    pub(super) fn forget_drawn(&mut self) {
        let now = self.now;
        self.entering.retain(|e| e.until > now);
        self.leaving.retain(|l| l.until > now);
        self.passing.retain(|p| p.until > now);
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
