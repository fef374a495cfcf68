//! The messages of a queue that wait for a consumer.

use super::gaps::Gaps;
use crate::broker::message::{Message, SharedMessage};
use crate::order::Map;
use crate::time::Tick;
use std::collections::VecDeque;

/// A message in its place in a queue.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Stored {
    /// Its place: numbers of a queue grow with arrival and are kept for good.
    pub(crate) position: u64,
    pub(crate) message: SharedMessage,
    /// When it expires; [`Tick::MAX`] is never.
    pub(crate) expires: Tick,
    /// The level it belongs to in a queue with priorities, else 0.
    pub(crate) level: u8,
    /// Whether it was handed out from this queue before.
    pub(crate) redelivered: bool,
    /// How often a consumer failed it (`delivery_count`).
    pub(crate) failed: u16,
    /// How often it was handed out and came back (`acquired_count`).
    pub(crate) returned: u16,
}

/// The messages of one priority. Those that never left are in a row; those
/// that came back all stood before them, so they are kept apart, by place.
#[derive(Clone, Debug, Default, Hash)]
struct Level {
    back: Map<u64, Stored>,
    fresh: VecDeque<Stored>,
}

impl Level {
    fn head(&self) -> Option<&Stored> {
        self.back.first().map(|(_, stored)| stored).or_else(|| self.fresh.front())
    }

    fn pop(&mut self) -> Option<Stored> {
        match self.back.pop_first() {
            Some((_, stored)) => Some(stored),
            None => self.fresh.pop_front(),
        }
    }

    fn is_empty(&self) -> bool {
        self.back.is_empty() && self.fresh.is_empty()
    }

    fn iter(&self) -> impl Iterator<Item = &Stored> {
        self.back.values().chain(&self.fresh)
    }
}

/// The levels of a store, and how they are served.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Levels {
    /// The highest level.
    pub(crate) highest: u8,
    /// Each third turn is for level 0, unless what waits above it is older
    /// (`rabbit_fifo_q.erl`). Else a lower level waits for all above it.
    pub(crate) weighted: bool,
    /// Properties count against `x-max-length-bytes` as the body does
    /// (`rabbit_fifo:maybe_enqueue` in 4.3).
    pub(crate) whole_size: bool,
    /// What stands first in its level expires there; else only what is next of
    /// all (`rabbit_fifo:expire_batch` in 4.3).
    pub(crate) each_expires: bool,
}

/// How many turns in a row a higher level has before level 0 gets one.
const WEIGHT: u8 = 2;

/// Every ready message of a queue, served from the highest level down and from
/// the head of each (`rabbit_priority_queue.erl`, `rabbit_variable_queue.erl`).
#[derive(Clone, Debug, Hash)]
pub(crate) struct Store {
    /// What came back and is served before all else, in the order of coming.
    first: VecDeque<Stored>,
    weighted: bool,
    whole_size: bool,
    each_expires: bool,
    /// Turns taken since level 0 was due.
    turns: u8,
    /// One level, or one per priority. Never empty.
    levels: Vec<Level>,
    /// Bit n: level n holds something.
    held: [u64; 4],
    ready: u64,
    bytes: u64,
    next_position: u64,
    pub(crate) gaps: Gaps,
}

/// What was in a store.
#[derive(Debug)]
struct Pile {
    first: VecDeque<Stored>,
    levels: Vec<Level>,
}

/// Messages that are in no queue any more. Freeing them takes time, so a few go
/// with every method that comes: nobody waits for all of them. Not part of the
/// state: a copy of it starts without.
#[derive(Debug, Default)]
pub(crate) struct Rubbish {
    piles: Vec<Pile>,
}

impl Rubbish {
    /// How many go at once: many more than one method can bring.
    const SOME: usize = 64;

    pub(crate) fn free_some(&mut self) {
        let mut left = Self::SOME;
        while let Some(pile) = self.piles.last_mut() {
            let mut level = pile.levels.pop();
            while left > 0 && (pile.first.pop_back().is_some() || free_one(&mut level)) {
                left -= 1;
            }
            pile.levels.extend(level.filter(|level| !level.is_empty()));
            if pile.levels.is_empty() && pile.first.is_empty() {
                self.piles.pop();
            }
            if left == 0 {
                return;
            }
        }
    }
}

/// Frees a message of a level; `false` when none is left.
fn free_one(level: &mut Option<Level>) -> bool {
    level.as_mut().is_some_and(|level| level.pop().is_some())
}

impl Clone for Rubbish {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Store {
    /// An empty store.
    pub(crate) fn new(levels: Levels) -> Self {
        Self {
            first: VecDeque::new(),
            weighted: levels.weighted,
            whole_size: levels.whole_size,
            each_expires: levels.each_expires,
            turns: 0,
            levels: vec![Level::default(); usize::from(levels.highest) + 1],
            held: [0; 4],
            ready: 0,
            bytes: 0,
            next_position: 1,
            gaps: Gaps::default(),
        }
    }

    /// How many messages are ready.
    pub(crate) const fn len(&self) -> u64 {
        self.ready
    }

    pub(crate) const fn is_empty(&self) -> bool {
        self.ready == 0
    }

    /// The octets of the ready messages that count.
    pub(crate) const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The octets of a message that count against `x-max-length-bytes`.
    pub(crate) fn size(&self, message: &Message) -> u64 {
        let body = message.body.len() as u64;
        if self.whole_size { body + message.published_size() } else { body }
    }

    /// The place of the next message to arrive.
    pub(crate) const fn next_position(&self) -> u64 {
        self.next_position
    }

    /// Takes the next place.
    pub(crate) fn take_position(&mut self) -> u64 {
        let position = self.next_position;
        self.next_position += 1;
        position
    }

    /// Puts a message that just arrived at the tail.
    pub(crate) fn push(&mut self, stored: Stored) {
        self.count(&stored);
        self.level_mut(stored.level).fresh.push_back(stored);
    }

    /// Puts a message that was handed out back into its place.
    pub(crate) fn put_back(&mut self, stored: Stored) {
        self.count(&stored);
        self.level_mut(stored.level).back.insert(stored.position, stored);
    }

    /// Puts a message that was handed out before every one that was not.
    pub(crate) fn put_first(&mut self, stored: Stored) {
        self.ready += 1;
        self.bytes += self.size(&stored.message);
        self.first.push_back(stored);
    }

    /// The message of this place in a log, from 0.
    pub(crate) fn nth(&self, at: u64) -> Option<&Stored> {
        self.levels[0].fresh.get(usize::try_from(at).ok()?)
    }

    /// The message that would be taken next.
    pub(crate) fn head(&self) -> Option<&Stored> {
        match self.first.front() {
            Some(stored) => Some(stored),
            None => self.levels[self.top()?].head(),
        }
    }

    /// Takes the message that is next.
    pub(crate) fn pop(&mut self) -> Option<Stored> {
        let stored = match self.first.pop_front() {
            Some(stored) => stored,
            None => self.pop_level()?,
        };
        self.ready -= 1;
        self.bytes -= self.size(&stored.message);
        Some(stored)
    }

    /// Takes a message that stands where messages expire, and has.
    pub(crate) fn pop_expired(&mut self, now: Tick) -> Option<Stored> {
        let has = |stored: Option<&Stored>| stored.is_some_and(|stored| stored.expires <= now);
        if !self.each_expires || has(self.first.front()) {
            return if has(self.head()) { self.pop() } else { None };
        }
        let level = self.levels.iter().rposition(|level| has(level.head()))?;
        let stored = self.pop_from(level)?;
        self.ready -= 1;
        self.bytes -= self.size(&stored.message);
        Some(stored)
    }

    /// When the next message expires.
    pub(crate) fn next_expiry(&self) -> Tick {
        let expiry = |stored: Option<&Stored>| stored.map_or(Tick::MAX, |stored| stored.expires);
        if !self.each_expires {
            return expiry(self.head());
        }
        let levels = self.levels.iter().map(|level| expiry(level.head()));
        levels.fold(expiry(self.first.front()), Tick::min)
    }

    fn pop_from(&mut self, level: usize) -> Option<Stored> {
        let stored = self.levels[level].pop()?;
        if self.levels[level].is_empty() {
            self.held[level / 64] &= !(1 << (level % 64));
        }
        Some(stored)
    }

    fn pop_level(&mut self) -> Option<Stored> {
        let top = self.top()?;
        let stored = self.pop_from(top)?;
        if self.weighted {
            self.turns = if self.turns == WEIGHT { 0 } else { self.turns + 1 };
        }
        Some(stored)
    }

    /// Takes everything, in the order it would have been served.
    pub(crate) fn take_all(&mut self) -> impl Iterator<Item = Stored> + use<> {
        let levels = core::mem::take(&mut self.levels);
        self.levels = vec![Level::default(); levels.len()];
        (self.held, self.ready, self.bytes) = ([0; 4], 0, 0);
        let first = core::mem::take(&mut self.first);
        let rest = levels.into_iter().rev();
        let rest = rest.flat_map(|level| level.back.into_values().chain(level.fresh));
        first.into_iter().chain(rest)
    }

    /// Throws everything away without looking at it.
    pub(crate) fn discard_all(&mut self, rubbish: &mut Rubbish) {
        let empty = self.levels.iter().map(|_| Level::default()).collect();
        let levels = core::mem::replace(&mut self.levels, empty);
        let first = core::mem::take(&mut self.first);
        (self.held, self.ready, self.bytes) = ([0; 4], 0, 0);
        rubbish.piles.push(Pile { first, levels });
    }

    /// The ready messages in the order they would be served.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Stored> {
        self.first.iter().chain(self.levels.iter().rev().flat_map(Level::iter))
    }

    fn level_mut(&mut self, level: u8) -> &mut Level {
        let level = usize::from(level);
        &mut self.levels[level]
    }

    fn count(&mut self, stored: &Stored) {
        let level = usize::from(stored.level);
        self.held[level / 64] |= 1 << (level % 64);
        self.ready += 1;
        self.bytes += self.size(&stored.message);
    }

    fn top(&self) -> Option<usize> {
        if self.levels.len() == 1 {
            return (!self.levels[0].is_empty()).then_some(0);
        }
        let top = (0..4).rev().find(|word| self.held[*word] != 0).map(|word| {
            let bit = 63 - self.held[word].leading_zeros() as usize;
            word * 64 + bit
        })?;
        if self.weighted && self.turns == WEIGHT && top > 0 && self.held[0] & 1 == 1 {
            let position = |level: &Level| level.head().map(|stored| stored.position);
            if position(&self.levels[0]) < position(&self.levels[top]) {
                return Some(0);
            }
        }
        Some(top)
    }
}

#[cfg(test)]
mod tests {
    use super::{Level, Levels, Pile, Rubbish, Store, Stored};
    use crate::broker::message::{Message, MessageId};
    use crate::broker::value::Name;
    use crate::time::Tick;
    use std::sync::Arc;

    fn stored(position: u64, level: u8) -> Stored {
        let message = Arc::new(Message {
            id: MessageId(position),
            routing_key: Name::from("q"),
            ..Message::default()
        });
        let expires = Tick::MAX;
        Stored { position, message, expires, level, redelivered: false, failed: 0, returned: 0 }
    }

    #[test]
    fn what_is_thrown_away_goes_bit_by_bit() {
        let mut store = Store::new(Levels { highest: 2, ..Levels::default() });
        for position in 0..300 {
            store.push(stored(position, (position % 3) as u8));
        }
        store.put_first(stored(300, 0));
        store.put_back(stored(301, 1));
        let kept = store.iter().last().map(|last| Arc::downgrade(&last.message));
        let mut rubbish = Rubbish::default();
        store.discard_all(&mut rubbish);
        assert_eq!((store.len(), store.bytes(), store.head().is_some()), (0, 0, false));
        store.push(stored(302, 2));
        assert_eq!(store.pop().map(|found| found.position), Some(302));
        let count =
            |pile: &Pile| pile.first.len() + pile.levels.iter().flat_map(Level::iter).count();
        let left = |rubbish: &Rubbish| rubbish.piles.iter().map(count).sum::<usize>();
        assert_eq!(left(&rubbish), 302);
        rubbish.free_some();
        assert_eq!(left(&rubbish), 302 - Rubbish::SOME);
        (0..10).for_each(|_| rubbish.free_some());
        assert!(rubbish.piles.is_empty());
        assert!(kept.is_some_and(|kept| kept.upgrade().is_none()), "the memory is given back");
    }
}
