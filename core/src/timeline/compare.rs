//! Whether two runs are one, event by event, and where they part.

use super::Timeline;
use crate::time::Tick;
use crate::world::Happening;

/// A comparison of two runs that can go on when more of them is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Events from the start that are the same in both.
    same: usize,
}

/// What a comparison found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// Up to here the same is told of both, and here it is not: the instant of
    /// the first event that only one of them has, or the end of the shorter.
    Part(Tick),
    /// The same is told of both to their ends.
    Alike,
    /// The same is told of both as far as they are computed.
    Unknown,
}

impl Comparison {
    /// Compares on, as far as both runs are computed. What was found to be the
    /// same is not looked at again.
    pub fn go_on(&mut self, left: &Timeline, right: &Timeline) -> Compared {
        let rest = left.events().iter().zip(right.events()).skip(self.same);
        self.same += rest.take_while(|(a, b)| is_same(a, b)).count();
        let next = |run: &Timeline| run.events().get(self.same).map(|event| event.tick);
        match (next(left), next(right)) {
            (Some(a), Some(b)) => Compared::Part(a.min(b)),
            (Some(at), None) => lacks(right, at),
            (None, Some(at)) => lacks(left, at),
            (None, None) if !left.is_complete() || !right.is_complete() => Compared::Unknown,
            (None, None) if left.end() != right.end() => {
                Compared::Part(left.end().min(right.end()))
            }
            (None, None) => Compared::Alike,
        }
    }

    /// How many events from the start are the same in both, so far.
    #[must_use]
    pub const fn same(&self) -> usize {
        self.same
    }
}

/// The other run has an event at `at` that comes next, `run` knows none yet.
fn lacks(run: &Timeline, at: Tick) -> Compared {
    if run.is_complete() || run.known() >= at { Compared::Part(at) } else { Compared::Unknown }
}

/// Statements may have other numbers in two scripts; the words tell.
fn is_same(a: &Happening, b: &Happening) -> bool {
    a.tick == b.tick && (a.what == b.what || a.sentence() == b.sentence())
}
