//! Branches: who changes what was already seen keeps the run as it was. A
//! branch is a text; it can be named, compared with what is on the stage, and
//! put there.

mod kept;

use super::message::{Notice, Order, Update};
use super::{Session, Show};
pub(super) use kept::Branches;
use kept::Rival;
use std::rc::Rc;
use warren_core::scenario::{Document, Statement, parse};
use warren_core::time::Tick;
use warren_core::timeline::{Compared, Comparison, Timeline};

/// A run that was on the stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Branch {
    /// Its own for as long as it is kept.
    pub number: u32,
    /// What it is called.
    pub name: String,
    /// Where it parts from what is on the stage; `None` until that is known.
    pub parting: Option<Parting>,
    /// Somebody gave it its name.
    named: bool,
    text: Rc<str>,
    /// How far it was seen.
    seen: Tick,
}

/// Where a branch parts from what is on the stage.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parting {
    /// When; `None` when the same is told of both.
    pub at: Option<Tick>,
    /// Both are alike up to here, and further nobody compared: they are long.
    pub unfinished: bool,
    /// Events before that, alike in both.
    pub same: usize,
    /// What is told of the stage's run from there on.
    pub here: Rest,
    /// What is told of the branch from there on.
    pub there: Rest,
}

/// The first events of a rest, and how many more are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rest {
    /// When, and what.
    pub first: Vec<(Tick, String)>,
    /// How many more.
    pub more: usize,
}

/// What can be done with a branch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ForBranch {
    /// Give it a name.
    Name(String),
    /// Show where it parts, or hide that.
    Compare,
    /// Put it on the stage.
    Promote,
    /// Keep it no longer.
    Forget,
}

/// Whether two scenarios differ in nothing that a run could show.
fn same_run(a: &Document, b: &Document) -> bool {
    let still = |what: &Statement| matches!(what, Statement::Place { .. } | Statement::Bookmark(_));
    let bare = |document: &Document| {
        let mut document = document.clone().without_spans();
        (document.title, document.about) = (None, None);
        document.items.retain(|item| !still(&item.what));
        document
    };
    bare(a) == bare(b)
}

impl Session {
    /// The branches that are not on the stage, oldest first.
    pub fn branches(&self) -> impl Iterator<Item = &Branch> {
        self.branches.all.iter().filter(|branch| *branch.text != *self.show.text)
    }

    /// Whether there is a branch at all.
    #[must_use]
    pub fn has_branches(&self) -> bool {
        !self.branches.is_empty()
    }

    /// The name of what is on the stage, when it has one.
    #[must_use]
    pub fn staged(&self) -> Option<&str> {
        let all = &self.branches.all;
        all.iter().find(|b| *b.text == *self.show.text).map(|branch| &*branch.name)
    }

    /// Whether a branch's comparison is shown.
    #[must_use]
    pub fn compares(&self, number: u32) -> bool {
        self.branches.open == Some(number)
    }

    /// How much is kept, in words.
    #[must_use]
    pub fn kept_limit() -> String {
        format!(
            "Up to {} branches of {} KiB in all are kept on this machine. Of those without a name \
             of their own the oldest goes first.",
            Branches::MOST,
            Branches::OCTETS >> 10
        )
    }

    /// What is on the stage is about to be changed into `next`: one step of
    /// the history, and a branch when something changes that was seen.
    pub(super) fn leave(&mut self, next: &Show) {
        let before = self.show.text.clone();
        self.history.record(&before);
        let parted = if same_run(self.show.document(), next.document()) {
            Tick::MAX
        } else {
            match Comparison::default().go_on(&self.show.timeline, &next.timeline) {
                Compared::Part(at) => at,
                Compared::Alike => Tick::MAX,
                Compared::Unknown => next.timeline.known().min(self.show.timeline.known()),
            }
        };
        let branches = &mut self.branches;
        let fresh = branches.watched >= Branches::SERIES_MS;
        let stands = branches.kept && !fresh;
        if parted < branches.furthest && !stands {
            if branches.keep(&before, branches.furthest) {
                branches.told = branches.of(&before).map(|branch| branch.name.clone());
            }
            branches.kept = true;
        } else {
            branches.follow(&before, &next.text, parted);
            branches.kept &= !fresh;
        }
        branches.furthest = branches.furthest.min(parted);
        branches.watched = 0.0;
    }

    /// Compares branches with the stage for up to so many steps. Gives back
    /// whether there is more to compare.
    pub(super) fn compare_on(&mut self, steps: u64) -> bool {
        let text = &self.show.text;
        let branches = &mut self.branches;
        if branches.rival.is_none() {
            let next = |b: &&Branch| b.parting.is_none() && *b.text != **text;
            let Some(branch) = branches.all.iter().find(next) else { return false };
            let parsed = parse(&branch.text);
            // No checkpoints: it is only read from its start.
            let timeline = Timeline::with_spacing(parsed.document, u64::MAX);
            let (number, comparison) = (branch.number, Comparison::default());
            branches.rival = Some(Rival { number, timeline, comparison });
        }
        let Some(rival) = &mut branches.rival else { return false };
        rival.timeline.run_ahead(steps);
        let compared = rival.comparison.go_on(&self.show.timeline, &rival.timeline);
        let (at, unfinished) = match compared {
            Compared::Part(at) => (Some(at), false),
            Compared::Alike => (None, false),
            Compared::Unknown if rival.timeline.steps() < Branches::STEPS => return true,
            Compared::Unknown => (None, true),
        };
        let same = rival.comparison.same();
        // A little of what follows in the branch, to be told.
        rival.timeline.run_ahead(if at.is_some() { 256 } else { 0 });
        let (here, there) = (rest(&self.show.timeline, same), rest(&rival.timeline, same));
        let number = rival.number;
        branches.rival = None;
        branches.news = true;
        if compared == Compared::Alike {
            // What tells nothing else need not be kept, unless somebody named it.
            branches.all.retain(|branch| branch.named || branch.number != number);
        }
        if let Some(branch) = branches.all.iter_mut().find(|branch| branch.number == number) {
            branch.parting = Some(Parting { at, unfinished, same, here, there });
        }
        branches.undecided(text)
    }

    pub(super) fn on_branch(&mut self, number: u32, what: ForBranch) -> Update {
        let branches = &mut self.branches;
        let Some(branch) = branches.all.iter_mut().find(|branch| branch.number == number) else {
            return Update::default();
        };
        match what {
            ForBranch::Name(name) => {
                let name = name.trim();
                if name.is_empty() || name == branch.name {
                    return Update::page();
                }
                branch.name = name.chars().take(80).collect();
                branch.named = true;
            }
            ForBranch::Compare => {
                branches.open = Some(number).filter(|_| branches.open != Some(number));
                return Update::page();
            }
            ForBranch::Promote => return self.promote(number),
            ForBranch::Forget => {
                branches.all.retain(|branch| branch.number != number);
                branches.rival = branches.rival.take().filter(|rival| rival.number != number);
                return Update::page()
                    .with(self.remember_branches())
                    .with(Order::FocusOn(".panel.right h2"));
            }
        }
        Update::page().with(self.remember_branches())
    }

    /// Puts a branch on the stage; what was there is kept as a branch.
    fn promote(&mut self, number: u32) -> Update {
        let found = self.branches.all.iter().find(|branch| branch.number == number);
        let Some(branch) = found else { return Update::default() };
        if self.text != self.show.text {
            self.notice = Some(Notice::bad(
                "The script has a fault. Mend it first, so that nothing of it is lost.",
            ));
            return Update::page();
        }
        let (text, name) = (branch.text.to_string(), branch.name.clone());
        let before = self.show.text.clone();
        self.history.record(&before);
        self.branches.keep(&before, self.branches.furthest);
        self.branches.furthest = Tick::ZERO;
        self.branches.kept = false;
        self.exhibit = None;
        let words = format!("{name} is on the stage. What was there is a branch now.");
        let update = self.put_text(text).with(self.remember_branches());
        self.notice = Some(Notice::calm(words.clone()));
        update.with(Order::Announce(words)).with(Order::FocusOn(".panel.right h2"))
    }

    fn remember_branches(&mut self) -> Order {
        self.branches.unsaved = false;
        Order::Remember("branches", self.branches.written())
    }

    /// What follows from a change for what is told and kept.
    pub(super) fn after_leaving(&mut self, update: &mut Update) {
        let drafts = |order: &Order| matches!(order, Order::Remember("draft", _));
        if self.branches.unsaved && update.orders.iter().any(drafts) {
            let order = self.remember_branches();
            update.orders.push(order);
        }
        if let Some(name) = self.branches.told.take()
            && self.notice.is_none()
        {
            let words = format!("The run as you saw it is kept as {name}.");
            let plain = "Bookmarks and branches (b) compares it, or brings it back.".to_owned();
            update.orders.push(Order::Announce(words.clone()));
            self.notice = Some(Notice { plain, ..Notice::calm(words) });
        }
    }
}

/// What a run tells from event number `from` on.
fn rest(run: &Timeline, from: usize) -> Rest {
    let events = run.events().get(from..).unwrap_or_default();
    let first = events.iter().take(Branches::SHOWN).map(|event| (event.tick, event.sentence()));
    Rest { first: first.collect(), more: events.len().saturating_sub(Branches::SHOWN) }
}

#[cfg(test)]
mod tests;
