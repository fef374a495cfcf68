//! What happens by itself, and when.

use super::channel::ChannelKey;
use super::method::QueueId;
use crate::order::Set;
use crate::time::Tick;

/// What a queue waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum DeadlineKind {
    /// A message at the head expires.
    Message,
    /// The queue has been unused for as long as `x-expires` says.
    Lease,
}

/// Whose deadline it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Due {
    Queue(QueueId, DeadlineKind),
    /// A delivery has waited too long for its acknowledgement, perhaps.
    Channel(ChannelKey),
    /// A message has been held back for long enough: its number.
    HeldBack(u64),
}

/// Every deadline, soonest first; those of one instant by queue, then by
/// channel.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct Deadlines(Set<(Tick, Due)>);

impl Deadlines {
    /// When each is due, soonest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Tick, Due)> {
        self.0.iter().copied()
    }

    /// Forgets those of channels.
    pub(crate) fn forget_channels(&mut self) {
        self.0.retain(|(_, due)| !matches!(due, Due::Channel(_)));
    }

    /// Takes the next one that is due by `now`.
    pub(crate) fn take_due(&mut self, now: Tick) -> Option<(Tick, Due)> {
        if self.0.first()?.0 > now {
            return None;
        }
        self.0.pop_first()
    }

    /// Moves a deadline. `slot` is its owner's own note of it.
    pub(crate) fn set(&mut self, owner: Due, slot: &mut Option<Tick>, to: Option<Tick>) {
        if *slot == to {
            return;
        }
        if let Some(old) = slot.take() {
            self.0.remove(&(old, owner));
        }
        if let Some(tick) = to {
            self.0.insert((tick, owner));
        }
        *slot = to;
    }
}
