//! What is kept of branches, within its limits, and how the browser keeps it.

use super::Branch;
use warren_core::time::Tick;
use warren_core::timeline::{Comparison, Timeline};

/// A branch's run while it is compared.
pub(super) struct Rival {
    pub(super) number: u32,
    pub(super) timeline: Timeline,
    pub(super) comparison: Comparison,
}

/// All that is kept.
#[derive(Default)]
pub(in super::super) struct Branches {
    pub(super) all: Vec<Branch>,
    last: u32,
    pub(super) rival: Option<Rival>,
    /// The one whose comparison is shown.
    pub(super) open: Option<u32>,
    /// What of the run on the stage was seen: up to here.
    pub(super) furthest: Tick,
    /// For how many milliseconds the run was watched since it was changed.
    pub(super) watched: f64,
    /// What is changed now belongs to a change that kept a branch.
    pub(super) kept: bool,
    /// A comparison is done that the page does not show yet.
    pub(in super::super) news: bool,
    /// The name of a branch that was kept and is to be told.
    pub(super) told: Option<String>,
    /// What the browser keeps is not what is here.
    pub(super) unsaved: bool,
}

impl Branches {
    /// How many are kept at most.
    pub(super) const MOST: usize = 12;
    /// Octets of all their texts together at most.
    pub(super) const OCTETS: usize = 256 << 10;
    /// Steps of a branch's run that are compared at most.
    pub(super) const STEPS: u64 = 500_000;
    /// Events that are shown where runs part.
    pub(super) const SHOWN: usize = 3;
    /// Changes that follow each other within this many milliseconds of play
    /// keep one branch together.
    pub(super) const SERIES_MS: f64 = 2_000.0;

    /// None is kept: what is left out then is not needed while watching.
    pub(in super::super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// The run on the stage was watched up to `now`, by so much time or at
    /// will, which counts as long.
    pub(in super::super) fn watched(&mut self, now: Tick, by: f64) {
        self.furthest = self.furthest.max(now);
        self.watched += by;
    }

    pub(super) fn of(&mut self, text: &str) -> Option<&mut Branch> {
        self.all.iter_mut().find(|branch| *branch.text == *text)
    }

    /// Keeps a run, unless it is kept already. Gives back whether it is.
    pub(super) fn keep(&mut self, text: &str, seen: Tick) -> bool {
        if let Some(known) = self.of(text) {
            known.seen = known.seen.max(seen);
            return false;
        }
        if text.len() > Self::OCTETS {
            return false;
        }
        self.last += 1;
        let (number, name) = (self.last, format!("Branch {}", self.last));
        let text = text.into();
        self.all.push(Branch { number, name, parting: None, named: false, text, seen });
        let octets = |all: &[Branch]| all.iter().map(|branch| branch.text.len()).sum::<usize>();
        while self.all.len() > Self::MOST || octets(&self.all) > Self::OCTETS {
            // The newest stays in any case.
            let old = &self.all[..self.all.len() - 1];
            let goes = old.iter().position(|branch| !branch.named).unwrap_or(0);
            self.all.remove(goes);
        }
        self.unsaved = true;
        true
    }

    /// The stage goes on from one text to another, and nothing is lost: what
    /// has a name goes along, what has none need not be kept.
    pub(super) fn follow(&mut self, from: &str, to: &str, parted: Tick) {
        let Some(branch) = self.of(from).filter(|branch| parted >= branch.seen) else { return };
        let (number, named) = (branch.number, branch.named);
        if named {
            branch.text = to.into();
        } else {
            self.all.retain(|branch| branch.number != number);
        }
        self.unsaved = true;
    }

    /// Another run is on the stage: where branches part is not known.
    pub(in super::super) fn compare_anew(&mut self, text: &str) {
        self.rival = None;
        self.all.iter_mut().for_each(|branch| branch.parting = None);
        let seen = self.of(text).map_or(Tick::ZERO, |branch| branch.seen);
        self.furthest = self.furthest.max(seen);
    }

    /// Another scenario is opened.
    pub(in super::super) fn clear(&mut self) {
        *self = Self { unsaved: true, ..Self::default() };
    }

    /// Whether there is one to compare with the run of `text`.
    pub(in super::super) fn undecided(&self, text: &str) -> bool {
        self.all.iter().any(|branch| branch.parting.is_none() && *branch.text != *text)
    }

    /// All of them as one text for the browser to keep.
    pub(super) fn written(&self) -> String {
        let one = |branch: &Branch| {
            let Branch { number, named, seen, name, text, .. } = branch;
            let named = u8::from(*named);
            format!("{number} {named} {} {} {}\n{name}{text}", seen.0, name.len(), text.len())
        };
        self.all.iter().map(one).collect()
    }

    /// What was kept; what is damaged is left out.
    pub(in super::super) fn read(mut kept: &str) -> Self {
        let mut branches = Self::default();
        while let Some((head, rest)) = kept.split_once('\n') {
            let numbers: Option<Vec<u64>> = head.split(' ').map(|n| n.parse().ok()).collect();
            let Some(&[number, named, seen, name, text]) = numbers.as_deref() else { break };
            let (Ok(number), Ok(name), Ok(text)) =
                (u32::try_from(number), usize::try_from(name), usize::try_from(text))
            else {
                break;
            };
            let end = name.saturating_add(text);
            let (Some(called), Some(said)) = (rest.get(..name), rest.get(name..end)) else { break };
            branches.keep(said, Tick(seen));
            if let Some(branch) = branches.of(said) {
                (branch.number, branch.named) = (number, named == 1);
                called.clone_into(&mut branch.name);
            }
            branches.last = branches.last.max(number);
            kept = &rest[end..];
        }
        branches.unsaved = false;
        branches
    }
}
