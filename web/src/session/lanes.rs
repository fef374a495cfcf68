//! Lanes: what happens to each client and each queue over time, one below the
//! other, on the scrubber's scale.

use super::message::Update;
use super::{Session, Show};
use std::fmt::Write as _;
use std::rc::Rc;
use warren_core::frame::NodeBody;
use warren_core::scenario::NodeId;
use warren_core::time::Tick;
use warren_core::timeline::Timeline;
use warren_core::world::Happening;

/// How many places a lane has from left to right.
pub const LANE_WIDE: u64 = 400;
/// How high it is.
pub const LANE_HIGH: u32 = 24;

/// One client or queue over the run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lane {
    /// Which.
    pub node: NodeId,
    /// What it is: `Queue`, `Publisher`, `Consumer` or `Client`.
    pub kind: &'static str,
    /// Path data of its events: one stroke for each place that has any.
    pub marks: Rc<str>,
    /// Its events, by their number in the run.
    events: Vec<u32>,
    counts: Vec<u8>,
}

/// How to go to another event of a lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum LaneMove {
    /// To a place from 0 to 1; to an event when one is near.
    To(f64),
    /// The next one.
    Next,
    /// The one before.
    Back,
    /// The first.
    First,
    /// The last that is known.
    Last,
}

/// The lanes of a run, filled as more of it is known.
#[derive(Clone, Debug, Default)]
pub(super) struct Lanes {
    all: Vec<Lane>,
    counted: usize,
    end: Tick,
}

impl Lanes {
    /// Looks at what is new. Another end, or fewer events, is another run.
    fn count(&mut self, show: &Show) {
        let (events, end) = (show.timeline.events(), show.timeline.end());
        if self.end != end || self.counted > events.len() || self.all.is_empty() {
            *self = Self { all: lanes(show), counted: 0, end };
        }
        if self.counted == events.len() {
            return;
        }
        for (index, event) in events.iter().enumerate().skip(self.counted) {
            let (client, queues) = event.what.parties();
            for lane in &mut self.all {
                let concerned = match &lane.node {
                    NodeId::Client(name) => client == Some(name),
                    NodeId::Queue(name) => queues.contains(name),
                    NodeId::Exchange(_) => false,
                };
                if concerned {
                    lane.take(index, event.tick, end);
                }
            }
        }
        self.counted = events.len();
        self.all.iter_mut().for_each(Lane::draw);
    }
}

/// Publishers, then queues, then who consumes: as messages pass them.
fn lanes(show: &Show) -> Vec<Lane> {
    let of = |wanted: &[&str]| {
        let nodes = show.cast.nodes.iter().filter_map(|node| {
            let kind = match &node.body {
                NodeBody::Exchange { .. } => return None,
                NodeBody::Queue { .. } => "Queue",
                NodeBody::Client { consumes: None, .. } => "Publisher",
                NodeBody::Client { publishes: None, .. } => "Consumer",
                NodeBody::Client { .. } => "Client",
            };
            let counts = vec![0; LANE_WIDE as usize + 1];
            let (node, events) = (node.id.clone(), Vec::new());
            Some(Lane { node, kind, marks: "".into(), events, counts })
        });
        nodes.filter(|lane| wanted.contains(&lane.kind)).collect::<Vec<_>>()
    };
    [of(&["Publisher"]), of(&["Queue"]), of(&["Consumer", "Client"])].concat()
}

impl Lane {
    fn take(&mut self, index: usize, tick: Tick, end: Tick) {
        let place = u128::from(tick.0) * u128::from(LANE_WIDE) / u128::from(end.0.max(1));
        if let Some(count) = self.counts.get_mut(place as usize) {
            *count = count.saturating_add(1);
        }
        self.events.push(u32::try_from(index).unwrap_or(u32::MAX));
    }

    /// One stroke per place on which something happens; longer where more does.
    fn draw(&mut self) {
        let mut path = String::new();
        for (place, count) in self.counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let high = 4 + 3 * u32::from(*count).min(5);
            // Writing to a String cannot fail.
            let _ = write!(path, "M{place} {}v{high}", LANE_HIGH - high);
        }
        self.marks = path.into();
    }

    /// How many events it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether nothing ever happens to it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }

    fn event<'t>(&self, run: &'t Timeline, place: usize) -> Option<&'t Happening> {
        run.events().get(*self.events.get(place)? as usize)
    }

    /// How many of its events are not later than `at`.
    fn until(&self, run: &Timeline, at: Tick) -> usize {
        let tick = |index: &u32| run.events().get(*index as usize).map(|event| event.tick);
        self.events.partition_point(|index| tick(index).is_some_and(|tick| tick <= at))
    }

    /// The event at `at` or near it, within a hundredth of the run.
    fn near(&self, run: &Timeline, at: Tick) -> Tick {
        let (next, end) = (self.until(run, at), run.end().0);
        let around = [next.checked_sub(1), Some(next)];
        let ticks = around.into_iter().flatten().filter_map(|place| self.event(run, place));
        let nearest = ticks.map(|event| event.tick).min_by_key(|tick| tick.0.abs_diff(at.0));
        nearest.filter(|tick| tick.0.abs_diff(at.0) <= end / 100).unwrap_or(at)
    }
}

impl Session {
    /// Every client and queue over the run; none before somebody looks.
    #[must_use]
    pub fn lanes(&self) -> &[Lane] {
        &self.lanes.all
    }

    /// How many events of a lane have happened, and the last of them.
    #[must_use]
    pub fn in_lane(&self, lane: &Lane) -> (usize, Option<&Happening>) {
        let run = &self.show.timeline;
        let done = lane.until(run, self.now());
        (done, done.checked_sub(1).and_then(|place| lane.event(run, place)))
    }

    pub(super) fn toggle_lanes(&mut self) -> Update {
        self.lanes_open = !self.lanes_open;
        if self.lanes_open {
            self.clear_lanes();
            if self.is_small() {
                self.close_panel();
                self.script_open = false;
            }
            self.want_all();
        }
        Update::all()
    }

    /// Another run begins.
    pub(super) fn clear_lanes(&mut self) {
        self.lanes = Lanes::default();
    }

    /// What the lanes show of the present instant.
    pub(super) fn fill_lanes(&mut self) {
        self.lanes.count(&self.show);
    }

    /// To another event of a lane.
    pub(super) fn in_lane_to(&mut self, lane: usize, to: LaneMove) -> Update {
        let Some(lane) = self.lanes.all.get(lane) else { return Update::default() };
        let (run, now) = (&self.show.timeline, self.now());
        let event = |place: usize| lane.event(run, place).map(|event| event.tick);
        let tick = match to {
            LaneMove::To(part) => Some(lane.near(run, Tick((part * run.end().0 as f64) as u64))),
            LaneMove::Next => event(lane.until(run, now)),
            LaneMove::Back => {
                let before = now.0.checked_sub(1).map_or(0, |before| lane.until(run, Tick(before)));
                before.checked_sub(1).and_then(event)
            }
            LaneMove::First => event(0),
            LaneMove::Last => lane.len().checked_sub(1).and_then(event),
        };
        let Some(tick) = tick else { return Update::default() };
        self.playback.pause();
        self.seek(tick)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{SMALL, node, open};
    use super::super::{Msg, Order, Panel};
    use super::*;

    fn unfolded() -> Session {
        let mut session = open(SMALL);
        session.update(Msg::ToggleLanes);
        session
    }

    fn place(session: &Session, name: &str) -> usize {
        let of = |lane: &Lane| lane.node == node(name);
        session.lanes().iter().position(of).expect("it has a lane")
    }

    #[test]
    fn every_client_and_queue_has_a_lane_with_its_events() {
        let session = unfolded();
        let lanes: Vec<_> = session.lanes().iter().map(|lane| (lane.kind, &lane.node)).collect();
        let expected = [
            ("Publisher", &node("c:shop")),
            ("Queue", &node("q:billing")),
            ("Consumer", &node("c:worker")),
        ];
        assert_eq!(lanes, expected);
        let shop = &session.lanes()[place(&session, "c:shop")];
        assert_eq!(shop.marks.matches('M').count(), 5, "it publishes five times");
        assert!(session.in_lane(shop).1.is_some_and(|event| event.tick == Tick::ZERO));
    }

    #[test]
    fn one_goes_from_event_to_event_of_a_lane() {
        let mut session = unfolded();
        let worker = place(&session, "c:worker");
        let mut seen = Vec::new();
        for _ in 0..3 {
            session.update(Msg::Lane(worker, LaneMove::Next));
            seen.push(session.now());
        }
        assert!(seen.is_sorted() && seen[0] < seen[1] && seen[1] < seen[2], "{seen:?}");
        let (done, last) = session.in_lane(&session.lanes()[worker]);
        assert!(done >= 3 && last.is_some_and(|event| event.sentence().contains("worker")));
        session.update(Msg::Lane(worker, LaneMove::Back));
        assert_eq!(session.now(), seen[1]);
        session.update(Msg::Lane(worker, LaneMove::Last));
        let last = session.now();
        session.update(Msg::Lane(worker, LaneMove::Next));
        assert_eq!(session.now(), last);
        session.update(Msg::Lane(worker, LaneMove::First));
        assert!(session.now() <= seen[0]);
    }

    #[test]
    fn a_click_takes_the_event_that_is_near_or_else_the_instant() {
        let mut session = unfolded();
        let shop = place(&session, "c:shop");
        let end = session.end().0 as f64;
        session.update(Msg::Lane(shop, LaneMove::To(2_010_000.0 / end)));
        assert_eq!(session.now(), Tick(2_000_000));
        session.update(Msg::Lane(shop, LaneMove::To(2_500_000.0 / end)));
        assert!(session.now().0.abs_diff(2_500_000) < 10);
    }

    #[test]
    fn lanes_follow_what_is_changed() {
        let mut session = unfolded();
        session.update(Msg::Typed(format!("{SMALL}queue late\nat 2s publish -> queue late\n")));
        let update = session.update(Msg::Settle(session.revision));
        assert!(update.orders.iter().any(|order| matches!(order, Order::Remember("draft", _))));
        let late = place(&session, "q:late");
        assert!(!session.lanes()[late].is_empty());
        session.update(Msg::ToggleLanes);
        assert!(!session.lanes_open);
    }

    #[test]
    fn where_there_is_no_room_for_both_a_panel_and_lanes_take_turns() {
        let mut session = open(SMALL);
        let turns = |session: &mut Session| {
            session.update(Msg::Open(Panel::Events));
            session.update(Msg::ToggleLanes);
            let first = (session.panel.is_some(), session.lanes_open);
            session.update(Msg::Open(Panel::Time));
            (first, (session.panel.is_some(), session.lanes_open))
        };
        assert_eq!(turns(&mut session), ((true, true), (true, true)));
        let mut session = open(SMALL);
        session.update(Msg::Resized(390.0, 600.0));
        assert_eq!(turns(&mut session), ((false, true), (true, false)));
    }
}
