//! How many messages queues hold over a run: what a chart is drawn from.

use super::frame;
use crate::broker::Name;
use crate::time::{Span, Tick};
use crate::world::World;

/// Samples kept at most; beyond that every other one goes and the distance
/// doubles, so that a run of hours takes no more than one of seconds.
const MOST: usize = 512;
/// Between two samples at first.
const FIRST_SPACING: Span = Span::millis(10);

/// How many messages each queue holds, at instants that are evenly apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Depths {
    spacing: Span,
    queues: Vec<QueueDepths>,
    taken: usize,
}

/// One queue over time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QueueDepths {
    /// The queue, by its name in the scenario.
    pub queue: Name,
    /// One for each instant; nothing while there is no such queue.
    pub samples: Vec<Depth>,
}

/// How many messages a queue holds, as they are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Depth {
    /// Ready.
    pub ready: u64,
    /// Delivered and not settled.
    pub unacked: u64,
}

impl Default for Depths {
    fn default() -> Self {
        Self { spacing: FIRST_SPACING, queues: Vec::new(), taken: 0 }
    }
}

impl Depths {
    /// Between two samples; the first is of the start of the run.
    #[must_use]
    pub const fn spacing(&self) -> Span {
        self.spacing
    }

    /// Every queue that there is at any time, in the order of the scenario.
    #[must_use]
    pub fn queues(&self) -> &[QueueDepths] {
        &self.queues
    }

    /// Takes the samples that are due before `until`: up to there nothing
    /// happens to `world` any more.
    pub(super) fn watch(&mut self, world: &World, until: Tick) {
        loop {
            let at = Tick(self.spacing.0.saturating_mul(self.taken as u64));
            if at >= until {
                return;
            }
            if self.queues.is_empty() {
                let names = world.plan.queues.iter().cloned();
                self.queues =
                    names.map(|queue| QueueDepths { queue, samples: Vec::new() }).collect();
            }
            let depths = frame::depths(world, at);
            for (queue, depth) in self.queues.iter_mut().zip(depths) {
                queue.samples.push(depth);
            }
            self.taken += 1;
            if self.taken > MOST {
                self.thin();
            }
        }
    }

    fn thin(&mut self) {
        for queue in &mut self.queues {
            let mut index = 0;
            queue.samples.retain(|_| {
                index += 1;
                index % 2 == 1
            });
        }
        self.taken = self.taken.div_ceil(2);
        self.spacing = self.spacing + self.spacing;
    }
}
