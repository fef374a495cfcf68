//! What the playhead does, frame by frame and on command.

use super::message::{Msg, Update};
use super::{Goal, Session};
use warren_core::time::Tick;

impl Session {
    pub(super) fn frame(&mut self, elapsed: f64) -> Update {
        let mut update = self.arrive();
        let before = self.now();
        let moved = !matches!(self.goal, Some(Goal::Instant(_))) && self.elapse(elapsed);
        if moved {
            self.branches.watched(self.now(), elapsed);
        }
        self.since_page += elapsed;
        self.since_told += elapsed;
        let happened = moved
            && self.show.timeline.prev_event(Tick(self.now().0 + 1)).is_some_and(|e| e > before);
        update.stage |= moved;
        // Panels follow the run, but not at every frame.
        let stopped = moved && !self.playback.is_playing();
        if stopped || (self.seen.stale | happened) && self.since_page > 150.0 {
            update.page = true;
        } else {
            self.seen.stale |= happened;
        }
        if self.since_told > 3_000.0 || stopped {
            self.since_told = 0.0;
            update.orders.extend(self.tell());
        }
        update
    }

    /// Time goes on, up to what is known of the run.
    fn elapse(&mut self, elapsed: f64) -> bool {
        let (end, known) = (self.end(), self.show.timeline.known());
        let timeline = &mut self.show.timeline;
        self.playback.elapse(elapsed, (known, end), |after| timeline.next_event(after))
    }

    pub(super) fn toggle(&mut self) -> Update {
        self.goal = None;
        if self.playback.is_playing() {
            self.playback.pause();
        } else {
            let end = self.end();
            self.playback.play(end);
            self.told = self.now();
        }
        Update::all()
    }

    pub(super) fn step(&mut self, forward: bool) -> Update {
        self.playback.pause();
        self.goal = None;
        let now = self.now();
        let to = if forward {
            self.show.timeline.next_event(now)
        } else {
            self.show.timeline.prev_event(now)
        };
        let at_edge = if forward { self.end() } else { Tick::ZERO };
        self.playback.seek(to.unwrap_or(at_edge), self.end());
        self.branches.watched(self.now(), f64::INFINITY);
        let mut update = Update::all();
        self.told = Tick(self.now().0.saturating_sub(1));
        update.orders.extend(self.tell());
        update
    }

    pub(super) fn seek(&mut self, to: Tick) -> Update {
        if self.want(to) {
            return Update::page();
        }
        self.playback.seek(to, self.end());
        self.branches.watched(self.now(), f64::INFINITY);
        self.told = self.now();
        Update::all()
    }

    pub(super) fn on_time(&mut self, msg: Msg) -> Update {
        match msg {
            Msg::SetMotion(motion) => {
                self.playback.motion = motion;
                Update::page()
            }
            Msg::ToggleLanes => self.toggle_lanes(),
            Msg::Lane(lane, to) => self.in_lane_to(lane, to),
            Msg::ToBookmark(later) => self.go_to_bookmark(later),
            Msg::RemoveBookmark(item) => self.remove_bookmark(item),
            Msg::Branch(number, what) => self.on_branch(number, what),
            _ => Update::default(),
        }
    }
}
