//! Computing ahead: a run is computed in slices between two frames, so that
//! nothing a person wishes to see makes the page stand still.

use super::message::{Notice, Order, Update};
use super::{Session, script};
use warren_core::time::Tick;

/// What a person waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    /// An instant that is to be shown; a later one than the last is the end.
    Instant(Tick),
    /// The whole run, to tell how its expectations turned out.
    Whole,
}

impl Session {
    /// Computes up to `steps` further steps of the run. Gives back whether
    /// there is more that is worth computing before the next frame.
    pub fn compute(&mut self, steps: u64) -> bool {
        let complete = self.show.timeline.run_ahead(steps);
        let reached = self.goal.is_some() && self.is_reached();
        let compares = complete && self.compares_on() && self.compare_on(steps);
        !complete && !reached || compares
    }

    /// Whether branches are to be compared with the run on the stage.
    pub(super) fn compares_on(&self) -> bool {
        self.has_branches() && self.branches.undecided(&self.show.text)
    }

    /// How much of what a person waits for is computed, in hundredths; `None`
    /// when nobody waits.
    #[must_use]
    pub fn progress(&self) -> Option<u8> {
        let to = match self.goal? {
            Goal::Instant(at) => at,
            Goal::Whole => Tick::MAX,
        };
        Some(self.show.timeline.progress(to))
    }

    /// The instant that is going to be shown.
    #[must_use]
    pub fn heading(&self) -> Tick {
        match self.goal {
            Some(Goal::Instant(at)) => at.min(self.end()),
            _ => self.now(),
        }
    }

    fn is_reached(&self) -> bool {
        let timeline = &self.show.timeline;
        timeline.is_complete()
            || matches!(self.goal, Some(Goal::Instant(at)) if at <= timeline.known())
    }

    /// Another run begins: nothing of it was told yet.
    pub(super) fn begin(&mut self) {
        self.goal = None;
        self.marks.clear();
        self.charts.clear();
        if self.lanes_open {
            self.clear_lanes();
        }
        if self.has_branches() {
            self.branches.compare_anew(&self.show.text);
        }
        self.refused = self.show.timeline.refusals().len();
        self.complete = self.show.timeline.is_complete();
    }

    /// Nobody waits any more; computing goes on in the background.
    pub(super) fn give_up(&mut self) -> Update {
        self.goal = None;
        Update::all()
    }

    /// The whole run is wanted.
    pub(super) fn want_all(&mut self) {
        if !self.show.timeline.is_complete() {
            self.goal = Some(Goal::Whole);
        }
    }

    /// An instant is wanted. Gives back whether it has to be waited for.
    pub(super) fn want(&mut self, at: Tick) -> bool {
        let timeline = &self.show.timeline;
        let waits = !timeline.is_complete() && at > timeline.known();
        self.goal = waits.then_some(Goal::Instant(at));
        waits
    }

    /// Takes notice of what was computed since the last frame.
    pub(super) fn arrive(&mut self) -> Update {
        let mut update = self.tell_refusals();
        let complete = self.show.timeline.is_complete();
        update.page |= complete != self.complete || core::mem::take(&mut self.branches.news);
        self.complete = complete;
        if self.goal.is_some() && self.is_reached() {
            if let Some(Goal::Instant(at)) = self.goal.take() {
                let arrived = self.seek(at);
                update.stage |= arrived.stage;
            }
            update.page = true;
        }
        let progress = self.progress().unwrap_or_default();
        update.page |= progress != self.told_progress;
        self.told_progress = progress;
        update
    }

    /// What the broker refuses late in a run is found late, and told then.
    fn tell_refusals(&mut self) -> Update {
        let refusals = self.show.timeline.refusals();
        let new = refusals.get(self.refused..).unwrap_or_default();
        let rows = script::refused(&self.show.text, self.show.document(), new);
        self.refused = refusals.len();
        let Some(first) = rows.first() else { return Update::default() };
        let at = first.at.unwrap_or_default();
        let mut update = Update::page();
        if self.notice.is_none() {
            self.notice = Some(Notice {
                code: first.code,
                plain: format!("That is at {at}, by line {} of the script.", first.line),
                ..Notice::bad(first.message.clone())
            });
            update = update.with(Order::Announce(first.message.clone()));
        }
        if self.text == self.show.text {
            self.faults.extend(rows);
        }
        update
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::open;
    use super::super::{Msg, Order, Session};
    use warren_core::time::Tick;

    /// A run of about 200,000 steps with a refusal near its end.
    const LONG: &str = "warren 1\nexchange x direct\nqueue q\nbind x -> q key k\n\
        publisher p -> x key k every 1ms\nconsumer c <- q\nend 40s\n\
        at 38s exchange x fanout\nexpect at 39s queue q has at most 9 ready\n";

    fn frames(session: &mut Session, mut until: impl FnMut(&Session) -> bool) -> Vec<u8> {
        let mut told = Vec::new();
        for _ in 0..1_000 {
            if until(session) {
                return told;
            }
            session.compute(1_000);
            assert!(session.wants_frames(), "nobody would notice");
            session.update(Msg::Frame(16.0));
            told.extend(session.progress());
        }
        panic!("it never ends");
    }

    #[test]
    fn the_end_is_reached_in_slices_that_can_be_watched() {
        let mut session = open(LONG);
        assert!(!session.show.timeline.is_complete());
        let update = session.update(Msg::ToEnd);
        assert!(update.page && !update.stage);
        assert_eq!(session.now(), Tick::ZERO, "what is shown stays until the end is known");
        let told = frames(&mut session, |s| s.progress().is_none());
        assert!(told.len() > 20 && told.is_sorted(), "{told:?}");
        assert_eq!(session.now(), session.end());
        assert_eq!(session.seen.checks.len(), 1);
    }

    #[test]
    fn an_instant_that_is_not_known_yet_is_waited_for_or_given_up() {
        let mut session = open(LONG);
        session.update(Msg::Seek(Tick(30_000_000)));
        assert_eq!(session.heading(), Tick(30_000_000));
        session.compute(1_000);
        session.update(Msg::Frame(16.0));
        session.update(Msg::Cancel);
        assert_eq!((session.progress(), session.now()), (None, Tick::ZERO));
        session.update(Msg::Seek(Tick(30_000_000)));
        frames(&mut session, |s| s.now() == Tick(30_000_000));
        assert!(!session.show.timeline.is_complete(), "no more than what is waited for");
        // What is known is there at once, also when it is far away.
        session.update(Msg::Seek(Tick(1_000_000)));
        assert_eq!((session.now(), session.progress()), (Tick(1_000_000), None));
    }

    #[test]
    fn time_goes_no_further_than_what_is_computed() {
        let mut session = open(LONG);
        session.update(Msg::Toggle);
        for _ in 0..400 {
            session.update(Msg::Frame(250.0));
        }
        assert!(session.now() <= session.show.timeline.known());
        assert!(session.playback.is_playing());
    }

    #[test]
    fn a_late_refusal_is_told_when_it_is_found_beside_its_statement() {
        let mut session = open(LONG);
        assert!(session.faults.is_empty());
        let mut said = Vec::new();
        while session.compute(5_000) {
            said.extend(session.update(Msg::Frame(16.0)).orders);
        }
        said.extend(session.update(Msg::Frame(16.0)).orders);
        let [fault] = session.faults.as_slice() else { panic!("{:?}", session.faults) };
        let words = "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'x' in vhost '/': \
                     received 'fanout' but current is 'direct'";
        assert_eq!((fault.line, fault.code, fault.message.as_str()), (8, Some(406), words));
        assert_eq!(fault.at, Some(Tick(38_000_000)));
        let notice = session.notice.as_ref().expect("it is told");
        assert_eq!((notice.code, notice.words.as_str()), (Some(406), words));
        assert_eq!(notice.plain, "That is at 38s, by line 8 of the script.");
        assert!(said.contains(&Order::Announce(words.to_owned())), "{said:?}");
    }

    #[test]
    fn an_edit_in_a_long_run_comes_back_to_the_instant() {
        let mut session = open(LONG);
        session.update(Msg::Seek(Tick(30_000_000)));
        frames(&mut session, |s| s.now() == Tick(30_000_000));
        session.update(Msg::Typed(LONG.replace("queue q\n", "queue q\nqueue r\n")));
        let revision = session.revision;
        session.update(Msg::Settle(revision));
        assert!(session.now() < Tick(30_000_000));
        assert_eq!(session.heading(), Tick(30_000_000));
        frames(&mut session, |s| s.now() == Tick(30_000_000));
    }
}
