//! How much happens when: counted once per event, however often it is shown.

use warren_core::time::Tick;
use warren_core::timeline::Timeline;

/// How many places on the scrubber can carry a mark.
const PLACES: u64 = 400;

/// Visible events per part of the run.
#[derive(Clone, Debug, Default)]
pub(super) struct Marks {
    counts: Vec<u32>,
    counted: usize,
    end: Tick,
}

impl Marks {
    /// Counts what is new. Another end, or fewer events, is another run.
    pub(super) fn count(&mut self, timeline: &Timeline) {
        let (events, end) = (timeline.events(), timeline.end());
        if self.end != end || self.counted > events.len() || self.counts.is_empty() {
            *self = Self { counts: vec![0; PLACES as usize + 1], counted: 0, end };
        }
        for event in &events[self.counted..] {
            let place = u128::from(event.tick.0) * u128::from(PLACES) / u128::from(end.0.max(1));
            if let Some(count) = self.counts.get_mut(place as usize) {
                *count = count.saturating_add(1);
            }
        }
        self.counted = events.len();
    }

    /// Another run begins.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// One number for each place.
    pub(super) fn counts(&self) -> &[u32] {
        &self.counts
    }
}
