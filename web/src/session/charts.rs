//! How full queues are over the run, as lines to draw.

use super::Session;
use std::fmt::Write as _;
use std::rc::Rc;
use warren_core::frame::NodeBody;
use warren_core::scenario::NodeId;
use warren_core::time::{Span, Tick};
use warren_core::timeline::{Depth, Depths};

/// How wide charts are, in units of their own.
pub const CHART_WIDE: u64 = 1_000;
/// How high they are.
pub const CHART_HIGH: u64 = 100;

/// One queue over the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chart {
    /// The queue.
    pub queue: NodeId,
    /// Path data of how many are ready: steps from left to right.
    pub ready: Rc<str>,
    /// The same for unacked.
    pub unacked: Rc<str>,
    /// The largest of both, and when that was first.
    pub most: (u64, Tick),
}

/// The charts of a run, made anew when more of it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Charts {
    all: Rc<[Chart]>,
    /// What they were made of: samples of a queue, their distance, the end.
    of: (usize, Span, Tick),
}

impl Charts {
    pub(super) fn draw(&mut self, depths: &Depths, end: Tick) {
        let samples = depths.queues().first().map_or(0, |queue| queue.samples.len());
        let of = (samples, depths.spacing(), end);
        if self.of == of {
            return;
        }
        let (spacing, end) = (depths.spacing(), end.0.max(1));
        let charts = depths.queues().iter().map(|queue| {
            let mut most = (0, Tick::ZERO);
            for (index, depth) in queue.samples.iter().enumerate() {
                let larger = depth.ready.max(depth.unacked);
                if larger > most.0 {
                    most = (larger, Tick(spacing.0 * index as u64));
                }
            }
            let line = |value: fn(&Depth) -> u64| {
                steps(queue.samples.iter().map(value), (spacing.0, end), most.0)
            };
            Chart {
                queue: NodeId::Queue(queue.queue.clone()),
                ready: line(|depth| depth.ready),
                unacked: line(|depth| depth.unacked),
                most,
            }
        });
        self.all = charts.collect();
        self.of = of;
    }

    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// A line that goes up and down where the value changes.
fn steps(values: impl Iterator<Item = u64>, (spacing, end): (u64, u64), most: u64) -> Rc<str> {
    let high = |value: u64| CHART_HIGH - value * CHART_HIGH / most.max(1);
    let mut path = format!("M0 {CHART_HIGH}");
    let (mut last, mut across) = (CHART_HIGH, 0);
    for (index, value) in values.enumerate() {
        across =
            (u128::from(spacing) * index as u128 * u128::from(CHART_WIDE) / u128::from(end)) as u64;
        let y = high(value);
        if y != last {
            // Writing to a String cannot fail.
            let _ = write!(path, "H{across}V{y}");
            last = y;
        }
    }
    let _ = write!(path, "H{across}");
    path.into()
}

impl Session {
    /// A chart for each queue of the scenario.
    #[must_use]
    pub fn charts(&self) -> Rc<[Chart]> {
        Rc::clone(&self.charts.all)
    }

    /// What each queue holds at the instant that is shown; nothing for one
    /// that is not there.
    pub(super) fn depths_now(&mut self) -> Vec<(NodeId, u64, u64)> {
        let now = self.now();
        let nodes = self.show.frame(now).nodes.iter();
        let depth = nodes.filter_map(|node| match &node.body {
            NodeBody::Queue { ready, unacked, .. } => Some((node.id.clone(), *ready, *unacked)),
            _ => None,
        });
        depth.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::open;
    use super::super::{Msg, Panel};
    use warren_core::time::Tick;

    #[test]
    fn a_chart_rises_and_falls_with_its_queue() {
        let mut session = open(
            "warren 1\nqueue q\nqueue late\nlatency 1ms\nat 1s publish -> queue q body \"a\"\n\
             at 2s publish -> queue q body \"b\"\nat 3s purge q\nend 4s\n",
        );
        session.update(Msg::Open(Panel::Charts));
        let charts = session.charts();
        assert_eq!(charts.len(), 2);
        assert_eq!(charts[0].most.0, 2);
        assert!(charts[0].most.1 >= Tick(2_000_000) && charts[0].most.1 < Tick(2_600_000));
        let path = &*charts[0].ready;
        assert!(path.starts_with("M0 100H") && path.contains("V50H") && path.contains("V0H"));
        assert!(path.ends_with("V100H1000"), "{path}");
        assert_eq!(&*charts[1].ready, "M0 100H1000");
        session.update(Msg::Seek(Tick(2_900_000)));
        let now: Vec<u64> = session.seen.depths.iter().map(|(_, ready, _)| *ready).collect();
        assert_eq!(now, [2, 0]);
    }
}
