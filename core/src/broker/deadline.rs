//! What happens by itself, and when.

use super::method::QueueId;
use crate::time::Tick;
use std::collections::BTreeSet;

/// What a queue waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum DeadlineKind {
    /// A message at the head expires.
    Message,
    /// The queue has been unused for as long as `x-expires` says.
    Lease,
}

/// Every deadline, soonest first; those of one instant by queue.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Deadlines(BTreeSet<(Tick, QueueId, DeadlineKind)>);

impl Deadlines {
    /// When the next one is due.
    pub(crate) fn first(&self) -> Option<Tick> {
        self.0.first().map(|(tick, ..)| *tick)
    }

    /// Takes the next one that is due by `now`.
    pub(crate) fn take_due(&mut self, now: Tick) -> Option<(Tick, QueueId, DeadlineKind)> {
        if self.first()? > now {
            return None;
        }
        self.0.pop_first()
    }

    /// Moves a queue's deadline. `slot` is the queue's own note of it.
    pub(crate) fn set(
        &mut self,
        queue: QueueId,
        kind: DeadlineKind,
        slot: &mut Option<Tick>,
        to: Option<Tick>,
    ) {
        if *slot == to {
            return;
        }
        if let Some(old) = slot.take() {
            self.0.remove(&(old, queue, kind));
        }
        if let Some(tick) = to {
            self.0.insert((tick, queue, kind));
        }
        *slot = to;
    }
}
