//! What is noted of connections, channels and consumers while a story goes on.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use warren_core::broker::{Method, Name};
use warren_core::scenario::{AckMode, ConsumerDecl, Outcome, Pause};
use warren_core::time::{Span, Tick};

/// The most outcomes that are written down one by one.
const MOST_OUTCOMES: usize = 1_000;

#[derive(Default)]
pub(super) struct Connection {
    /// What its clients are called.
    pub(super) label: String,
    /// Names of its clients: publishers and consumers.
    pub(super) publishers: Vec<Name>,
    pub(super) consumers: Vec<Name>,
    pub(super) channels: BTreeMap<u16, Channel>,
    /// Who has gone already.
    pub(super) stopped: BTreeSet<Name>,
    /// It has said good-bye.
    pub(super) closed: bool,
}

impl Connection {
    /// Its clients, each once.
    pub(super) fn clients(&self) -> Vec<Name> {
        let mut all: Vec<Name> = self.publishers.iter().chain(&self.consumers).cloned().collect();
        all.sort();
        all.dedup();
        all
    }
}

#[derive(Default)]
pub(super) struct Channel {
    pub(super) prefetch: u16,
    pub(super) global: bool,
    pub(super) confirms: bool,
    pub(super) transaction: bool,
    /// The queue that was declared last: what "" means.
    pub(super) queue: Name,
    /// Methods that wait for their answer.
    pub(super) asked: VecDeque<Method>,
    /// Consumers by their tags.
    pub(super) consumers: BTreeMap<Name, usize>,
    /// Deliveries that are not settled: the consumer, and which of its own.
    pub(super) unsettled: BTreeMap<u64, (usize, usize)>,
    /// What a transaction has not committed.
    pub(super) uncommitted: Vec<Method>,
    /// Publishers by where answers to them go.
    pub(super) publishers: BTreeMap<Option<Name>, Name>,
}

/// A consumer and how it dealt with what it got.
pub(super) struct Consumer {
    pub(super) decl: ConsumerDecl,
    deliveries: Vec<(Tick, Option<(Tick, Outcome)>)>,
}

impl Consumer {
    pub(super) fn new(decl: ConsumerDecl) -> Self {
        Self { decl, deliveries: Vec::new() }
    }

    /// How many messages it got.
    pub(super) fn count(&self) -> usize {
        self.deliveries.len()
    }

    /// It gets a message: which of its own that is.
    pub(super) fn gets(&mut self, now: Tick) -> usize {
        self.deliveries.push((now, None));
        self.deliveries.len() - 1
    }

    pub(super) fn settles(&mut self, now: Tick, which: usize, outcome: Outcome) {
        if let Some((_, settled)) = self.deliveries.get_mut(which) {
            *settled = Some((now, outcome));
        }
    }

    /// Its declaration with what it did in turn, and what is only nearly so.
    pub(super) fn finish(mut self, lost: &mut Vec<String>) -> ConsumerDecl {
        if self.decl.ack_mode == AckMode::Auto || self.deliveries.is_empty() {
            return self.decl;
        }
        self.decl.work = Pause::Fixed(self.work());
        let done = self.deliveries.iter().map(|(_, settled)| match settled {
            Some((_, outcome)) => *outcome,
            None => Outcome::Forget,
        });
        let all: Vec<Outcome> = done.collect();
        let period = (1..=all.len()).find(|period| {
            all.iter().zip(all.iter().skip(*period)).all(|(before, after)| before == after)
        });
        let mut outcomes = all[..period.unwrap_or(all.len())].to_vec();
        if outcomes.len() > MOST_OUTCOMES {
            let name = &self.decl.name;
            lost.push(format!("{name}: what it did with its messages after {MOST_OUTCOMES}"));
            outcomes.truncate(MOST_OUTCOMES);
        }
        self.decl.outcomes = outcomes;
        self.decl
    }

    /// The time it needs for a message, in most cases: the one in the middle.
    fn work(&self) -> Span {
        let mut free = Tick::ZERO;
        let mut spans = Vec::new();
        for (came, settled) in &self.deliveries {
            if let Some((done, _)) = settled {
                spans.push(done.since((*came).max(free)));
                free = *done;
            }
        }
        spans.sort_unstable();
        let middle = spans.get(spans.len() / 2).copied().unwrap_or(Span::ZERO);
        Span::millis(middle.as_millis())
    }
}
