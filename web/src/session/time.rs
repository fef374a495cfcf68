//! What the playhead does, frame by frame and on command.

use super::Session;
use super::message::Update;
use warren_core::time::Tick;

impl Session {
    pub(super) fn frame(&mut self, elapsed: f64) -> Update {
        let computing = !self.show.timeline.is_complete();
        if computing {
            self.show.timeline.run_ahead(4_000);
        }
        let before = self.now();
        let (end, timeline) = (self.end(), &mut self.show.timeline);
        let moved = self.playback.elapse(elapsed, end, |after| timeline.next_event(after));
        self.since_page += elapsed;
        self.since_told += elapsed;
        let happened = moved
            && self.show.timeline.prev_event(Tick(self.now().0 + 1)).is_some_and(|e| e > before);
        let mut update = Update { stage: moved, ..Update::default() };
        // Panels follow the run, but not at every frame.
        let stopped = moved && !self.playback.is_playing();
        let done_computing = computing && self.show.timeline.is_complete();
        if stopped || done_computing || (self.seen.stale | happened) && self.since_page > 150.0 {
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

    pub(super) fn toggle(&mut self) -> Update {
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
        let now = self.now();
        let to = if forward {
            self.show.timeline.next_event(now)
        } else {
            self.show.timeline.prev_event(now)
        };
        let at_edge = if forward { self.end() } else { Tick::ZERO };
        self.playback.seek(to.unwrap_or(at_edge), self.end());
        let mut update = Update::all();
        self.told = Tick(self.now().0.saturating_sub(1));
        update.orders.extend(self.tell());
        update
    }

    pub(super) fn seek(&mut self, to: Tick) -> Update {
        let end = self.end();
        self.playback.seek(to, end);
        self.told = self.now();
        Update::all()
    }
}
