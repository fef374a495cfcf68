//! What a channel was given and has not settled yet.

use super::method::QueueId;
use super::queue::Stored;
use crate::time::{Span, Tick};
use std::collections::VecDeque;

/// The consumer slot of a message that came by `basic.get`.
pub(crate) const GOT: u32 = u32::MAX;

/// The queue of a delivery that can be settled with nobody any more: there is
/// none of that number.
pub(crate) const GONE: QueueId = QueueId(u32::MAX);

/// One delivery that waits for an acknowledgement.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Unacked {
    /// Where it came from. The queue may be gone by now.
    pub(crate) queue: QueueId,
    /// The consumer's slot in that queue, or [`GOT`].
    pub(crate) consumer: u32,
    /// What was delivered.
    pub(crate) stored: Stored,
    /// When it was delivered.
    pub(crate) since: Tick,
    /// How long it may wait; `None` is for ever.
    pub(crate) timeout: Option<Span>,
    /// It waited too long and the queue took it back: settling it does nothing
    /// but free its consumer.
    pub(crate) released: bool,
}

/// A channel's unsettled deliveries by delivery tag, oldest first. Settling
/// one leaves a hole that goes away when it reaches an end or holes are many,
/// so that settling costs the same however many are open.
#[derive(Clone, Debug, Default, Hash)]
pub(crate) struct UnackedSet {
    entries: VecDeque<(u64, Option<Unacked>)>,
    live: usize,
}

impl UnackedSet {
    /// How many are open.
    pub(crate) fn len(&self) -> usize {
        self.live
    }

    /// Adds a delivery; tags only grow.
    pub(crate) fn push(&mut self, tag: u64, unacked: Unacked) {
        self.entries.push_back((tag, Some(unacked)));
        self.live += 1;
    }

    /// The open deliveries with their tags, oldest first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (u64, &Unacked)> {
        self.entries.iter().filter_map(|(tag, entry)| entry.as_ref().map(|entry| (*tag, entry)))
    }

    /// The open deliveries, oldest first, to be changed.
    pub(crate) fn iter_mut(&mut self) -> impl Iterator<Item = &mut Unacked> {
        self.entries.iter_mut().filter_map(|(_, entry)| entry.as_mut())
    }

    /// Takes the delivery with this tag out.
    pub(crate) fn take(&mut self, tag: u64) -> Option<Unacked> {
        let at = self.find(tag)?;
        let taken = self.entries[at].1.take()?;
        self.live -= 1;
        self.tidy();
        Some(taken)
    }

    /// Takes every open delivery up to and including `tag`, oldest first;
    /// `None` when `tag` itself is not open.
    pub(crate) fn take_through(&mut self, tag: u64) -> Option<Vec<(u64, Unacked)>> {
        let at = self.find(tag)?;
        self.entries[at].1.as_ref()?;
        let taken: Vec<_> = self
            .entries
            .drain(..=at)
            .filter_map(|(tag, entry)| entry.map(|entry| (tag, entry)))
            .collect();
        self.live -= taken.len();
        self.tidy();
        Some(taken)
    }

    /// Takes everything, oldest first.
    pub(crate) fn take_all(&mut self) -> Vec<(u64, Unacked)> {
        self.live = 0;
        self.entries.drain(..).filter_map(|(tag, entry)| entry.map(|entry| (tag, entry))).collect()
    }

    /// Puts settled deliveries back, as a rollback does.
    pub(crate) fn restore(&mut self, mut taken: Vec<(u64, Unacked)>) {
        taken.extend(self.take_all());
        crate::order::sort_by_key(&mut taken, |(tag, _)| *tag);
        self.live = taken.len();
        self.entries = taken.into_iter().map(|(tag, entry)| (tag, Some(entry))).collect();
    }

    fn find(&self, tag: u64) -> Option<usize> {
        match self.entries.front() {
            Some((first, _)) if *first == tag => Some(0),
            _ => self.entries.binary_search_by_key(&tag, |(tag, _)| *tag).ok(),
        }
    }

    fn tidy(&mut self) {
        while matches!(self.entries.front(), Some((_, None))) {
            self.entries.pop_front();
        }
        while matches!(self.entries.back(), Some((_, None))) {
            self.entries.pop_back();
        }
        if self.entries.len() > 32 && self.live * 4 < self.entries.len() {
            self.entries.retain(|(_, entry)| entry.is_some());
        }
    }
}
