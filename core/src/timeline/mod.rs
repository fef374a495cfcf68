//! A run that can be looked at from any instant: a log of steps, sparse
//! checkpoints, and replay.
//!
//! Going to an instant is: take the nearest checkpoint before it, and do the
//! steps from there. What is told about the run is recorded once, when a step
//! is done for the first time; doing it again tells nothing new.

mod cast;
mod compare;
mod depths;
mod frame;
mod inspect;
mod lines;
mod notes;
mod still;

pub use compare::{Compared, Comparison};
pub use depths::{Depth, Depths, QueueDepths};
pub use inspect::{BindingRow, Details, MessageRow, Why};

use crate::broker::Name;
use crate::digest::Digest;
use crate::frame::Frame;
use crate::scenario::{Document, Statement};
use crate::time::{Span, Tick};
use crate::world::{Happening, MAX_STEPS, Record, What, World};

/// Checkpoints kept at most, and octets they take at most, as far as
/// [`World::weight`] can tell; beyond that every other one goes and the
/// distance doubles, so that memory stays bounded however long the run.
const MAX_CHECKPOINTS: usize = 256;
const MAX_WEIGHT: u64 = 64 << 20;
/// Octets that are copied in the time of about one step: a heavy world is kept
/// less often, so that keeping it never takes longer than running it.
const OCTETS_PER_STEP: u64 = 512;
/// Steps between checkpoints at first.
const FIRST_SPACING: u64 = 64;
/// Time shown after the last event of a run without `end`.
const TAIL: Span = Span::secs(1);

/// How an expectation turned out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The statement's index in [`Document::items`].
    pub item: usize,
    /// When it was looked at.
    pub tick: Tick,
    /// Whether it held.
    pub held: bool,
    /// What was found, in words.
    pub found: String,
}

/// A statement of the operator that the broker refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The statement's index in [`Document::items`].
    pub item: usize,
    /// When.
    pub tick: Tick,
    /// Reply code; 0 when it is the simulated world that refused.
    pub code: u16,
    /// Reply text.
    pub text: String,
}

/// A document and every instant of its run.
#[derive(Clone, Debug)]
pub struct Timeline {
    /// The state the last question was asked about.
    world: World,
    /// The furthest state so far.
    front: World,
    record: Record,
    checkpoints: Vec<Checkpoint>,
    spacing: u64,
    /// Set when the run is known to its end.
    ended: Option<Tick>,
    outcomes: Vec<Outcome>,
    refusals: Vec<Refusal>,
    /// Events that have been looked through for outcomes and refusals.
    sorted: usize,
    still: still::Still,
    depths: Depths,
}

/// A state to start from.
#[derive(Clone, Debug)]
struct Checkpoint {
    world: World,
    weight: u64,
}

impl Timeline {
    /// The run of a document, at its start. Nothing has been computed yet.
    #[must_use]
    pub fn new(document: Document) -> Self {
        Self::with_spacing(document, FIRST_SPACING)
    }

    /// As [`Timeline::new`], with another distance between checkpoints, in
    /// steps (at least 1). It changes speed and memory, never an answer.
    #[must_use]
    pub fn with_spacing(document: Document, spacing: u64) -> Self {
        let world = World::new(document);
        Self {
            front: world.clone(),
            checkpoints: vec![Checkpoint { world: world.clone(), weight: world.weight() }],
            world,
            record: Record::default(),
            spacing: spacing.max(1),
            ended: None,
            outcomes: Vec::new(),
            refusals: Vec::new(),
            sorted: 0,
            still: still::Still::default(),
            depths: Depths::default(),
        }
    }

    /// The document.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.world.plan.document
    }

    /// The clients that one statement puts there together with `client`, each
    /// with the letter of its messages (empty when it publishes none): the
    /// instances of a consumer, or itself alone.
    #[must_use]
    pub fn instances_of(&self, client: &str) -> Vec<(Name, Name)> {
        let clients = &self.world.plan.clients;
        let group = clients.iter().find(|c| *c.name == *client).map_or(client, |c| &*c.group);
        let members = clients.iter().filter(|c| *c.group == *group);
        members.map(|c| (c.name.clone(), c.letter.clone())).collect()
    }

    /// Does up to `steps` further steps of the run. Returns true when the run
    /// is known to its end.
    pub fn run_ahead(&mut self, steps: u64) -> bool {
        let limit = self.front.plan.end();
        for _ in 0..steps {
            if self.ended.is_some() {
                break;
            }
            let next = self.front.next_tick();
            self.depths.watch(&self.front, next.unwrap_or(Tick::ZERO).min(limit));
            if next.is_none_or(|next| next > limit) || !self.front.step(&mut self.record) {
                self.sort_events();
                self.finish(limit);
                break;
            }
            if self.front.steps.is_multiple_of(self.spacing) {
                self.keep_checkpoint();
            }
        }
        self.sort_events();
        self.ended.is_some()
    }

    /// Runs to the end. Bounded: see [`crate::world::MAX_STEPS`].
    pub fn run(&mut self) {
        while !self.run_ahead(u64::MAX) {}
    }

    fn keep_checkpoint(&mut self) {
        let weight = self.front.weight();
        let last = self.checkpoints.last().map_or(0, |last| last.world.steps);
        if self.front.steps - last < weight / OCTETS_PER_STEP {
            return;
        }
        self.checkpoints.push(Checkpoint { world: self.front.clone(), weight });
        while self.checkpoints.len() > MAX_CHECKPOINTS || self.weight() > MAX_WEIGHT {
            if self.checkpoints.len() < 2 {
                break;
            }
            let mut index = 0;
            self.checkpoints.retain(|_| {
                index += 1;
                index % 2 == 1
            });
            self.spacing *= 2;
        }
    }

    /// Octets that the checkpoints take, as far as [`World::weight`] can tell.
    #[must_use]
    pub fn weight(&self) -> u64 {
        self.checkpoints.iter().map(|checkpoint| checkpoint.weight).sum()
    }

    /// Takes what the new events say about expectations and the operator.
    fn sort_events(&mut self) {
        for event in &self.record.events[self.sorted..] {
            let tick = event.tick;
            match &event.what {
                What::Checked { item, held, found } => {
                    let (item, held, found) = (*item, *held, found.clone());
                    self.outcomes.push(Outcome { item, tick, held, found });
                }
                What::Refused { item, code, text } => {
                    let (item, code, text) = (*item, *code, text.clone());
                    self.refusals.push(Refusal { item, tick, code, text });
                }
                _ => {}
            }
        }
        self.sorted = self.record.events.len();
    }

    /// The last event is behind us: where the run ends, and what its
    /// expectations say.
    fn finish(&mut self, limit: Tick) {
        let quiet = self.front.next_tick().is_none();
        let cut = self.front.stopped_by.is_some();
        let end = match self.document().end {
            Some(_) if !cut => limit,
            _ if quiet && !cut => (self.front.now + TAIL).min(limit),
            _ if cut => self.front.now,
            _ => limit,
        };
        self.ended = Some(end);
        self.depths.watch(&self.front, Tick(end.0 + 1));
        self.front.watch(Tick(end.0 + 1), &mut self.record);
        self.sort_events();
        let checked: Vec<usize> = self.outcomes.iter().map(|o| o.item).collect();
        for (item, statement) in self.world.plan.document.items.iter().enumerate() {
            if let Statement::Expect(expectation) = &statement.what
                && !checked.contains(&item)
            {
                let (mut held, mut found) = self.front.judge(expectation, &self.record);
                let from = expectation.during.and_then(|during| during.from);
                if expectation.at.or(from).is_some_and(|at| at > end) {
                    held = false;
                    found = format!("the run ended at {end}, before this instant");
                }
                self.outcomes.push(Outcome { item, tick: end, held, found });
            }
        }
        crate::order::sort_by_key(&mut self.outcomes, |o| o.item);
    }

    /// Whether the whole run is known.
    #[must_use]
    pub const fn is_complete(&self) -> bool {
        self.ended.is_some()
    }

    /// Where the run ends: exact when complete, the latest it can be before.
    #[must_use]
    pub fn end(&self) -> Tick {
        self.ended.unwrap_or_else(|| self.world.plan.end())
    }

    /// The latest instant that is known: going to a later one means computing
    /// on.
    #[must_use]
    pub fn known(&self) -> Tick {
        let next = || self.front.next_tick().map(|next| Tick(next.0.saturating_sub(1)));
        self.ended.or_else(next).unwrap_or(Tick::ZERO).min(self.end())
    }

    /// How much of the run up to `to` is known, in hundredths: by time, or by
    /// steps where the limit of steps is nearer.
    #[must_use]
    pub fn progress(&self, to: Tick) -> u8 {
        if self.is_complete() {
            return 100;
        }
        let part = |done: u64, of: u64| (done.min(of) as u128 * 100 / u128::from(of.max(1))) as u8;
        let by_time = part(self.known().0, to.min(self.end()).0);
        by_time.max(part(self.front.steps, MAX_STEPS))
    }

    /// Why the run stopped before its end, when a limit stopped it.
    #[must_use]
    pub fn stop_reason(&self) -> Option<&'static str> {
        self.front.stopped_by
    }

    /// Steps the run took so far.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.front.steps
    }

    /// Every visible event computed so far, in order.
    #[must_use]
    pub fn events(&self) -> &[Happening] {
        &self.record.events
    }

    /// The first visible event later than `after`, computing on as needed.
    pub fn next_event(&mut self, after: Tick) -> Option<Tick> {
        loop {
            let at = self.record.events.partition_point(|e| e.tick <= after);
            if let Some(event) = self.record.events.get(at) {
                return Some(event.tick);
            }
            if self.run_ahead(256) {
                let at = self.record.events.partition_point(|e| e.tick <= after);
                return self.record.events.get(at).map(|e| e.tick);
            }
        }
    }

    /// The last visible event earlier than `before`.
    #[must_use]
    pub fn prev_event(&self, before: Tick) -> Option<Tick> {
        let at = self.record.events.partition_point(|e| e.tick < before);
        self.record.events[..at].last().map(|e| e.tick)
    }

    /// How the expectations turned out, in the order of the document. Empty
    /// until the run is complete.
    #[must_use]
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// How many messages the queues hold over the run, as far as it is known.
    #[must_use]
    pub const fn depths(&self) -> &Depths {
        &self.depths
    }

    /// What the broker refused the operator so far.
    #[must_use]
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }

    /// Makes `self.world` the state at `at`: everything with a tick up to and
    /// including it has happened.
    fn seek(&mut self, at: Tick) {
        while self.ended.is_none() && self.front.next_tick().is_none_or(|next| next <= at) {
            self.run_ahead(1);
        }
        let at = at.min(self.end());
        let past = self.world.now > at;
        let best = self.checkpoints.partition_point(|c| c.world.now <= at);
        if let Some(Checkpoint { world, .. }) = self.checkpoints.get(best.wrapping_sub(1))
            && (past || world.steps > self.world.steps)
        {
            self.world = world.clone();
        }
        self.advance_world(|world| world.next_tick().is_some_and(|next| next <= at));
    }

    /// Redoes known steps while `more` says so.
    fn advance_world(&mut self, more: impl Fn(&World) -> bool) {
        while self.world.steps < self.front.steps && more(&self.world) {
            if !self.world.step(&mut self.record) {
                break;
            }
        }
    }

    /// Makes `self.world` the state before step number `step` (from 1).
    fn seek_step(&mut self, step: u64) {
        let best = self.checkpoints.partition_point(|c| c.world.steps < step);
        if let Some(Checkpoint { world, .. }) = self.checkpoints.get(best.wrapping_sub(1)) {
            self.world = world.clone();
        }
        self.advance_world(|world| world.steps + 1 < step);
    }

    /// All that can be seen at `at`.
    pub fn frame(&mut self, at: Tick) -> Frame {
        self.seek(at);
        let at = at.min(self.end());
        frame::build(&self.world, &self.record, at, &mut self.still)
    }

    /// Every thing and every line that appears at any time, for a layout that
    /// stays put.
    #[must_use]
    pub fn cast(&self) -> Frame {
        cast::build(&self.world.plan)
    }

    /// One number for the whole state at `at`; equal runs have equal digests,
    /// natively and in wasm.
    pub fn digest(&mut self, at: Tick) -> u64 {
        self.seek(at);
        Digest::of(&self.world)
    }
}
