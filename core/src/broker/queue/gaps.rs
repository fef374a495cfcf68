//! What a classic queue does not know about what it has handed out.

use super::Stored;
use crate::order::Map;
use std::hash::{Hash, Hasher};

/// For each priority the place of the first message that a restart lost before
/// it was ever handed out. A queue counts its first deliveries in a row and
/// never gets past that gap: from there on it does not know what it has handed
/// out (`rabbit_variable_queue:next_deliver_seq_id/2` in 3.10).
#[derive(Clone, Debug, Default)]
pub(crate) struct Gaps(Map<u8, u64>);

impl Gaps {
    /// A restart has lost this message.
    pub(crate) fn lose(&mut self, stored: &Stored) {
        let known = self.0.get(&stored.level).is_some_and(|gap| *gap < stored.position);
        if !known && !stored.redelivered {
            self.0.insert(stored.level, stored.position);
        }
    }

    /// Whether the queue will not know that it has handed this message out.
    pub(crate) fn hide(&self, stored: &Stored) -> bool {
        self.0.get(&stored.level).is_some_and(|gap| *gap <= stored.position)
    }
}

/// Gaps are rare: where there are none, the digest is as if there never were.
impl Hash for Gaps {
    fn hash<H: Hasher>(&self, state: &mut H) {
        if !self.0.is_empty() {
            self.0.hash(state);
        }
    }
}
