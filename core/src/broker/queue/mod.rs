//! A queue: what waits in it, who consumes from it, and what makes messages
//! leave (`rabbit_amqqueue_process.erl`).

mod delivery;
mod gaps;
mod limits;
mod quorum;
mod settings;
mod settle;
mod store;
mod stream;

pub(crate) use delivery::Arrival;
pub(crate) use gaps::Gaps;
pub(crate) use quorum::quorum_prefetch;
pub(crate) use settings::{Overflow, Settings};
pub(crate) use settle::{Held, Settlement};
pub(crate) use store::{Levels, Rubbish, Store, Stored};
pub(crate) use stream::{check_arguments as check_stream_arguments, check_offset};

use super::channel::Channels;
use super::consumer::{Consumers, Rules};
use super::dead_letter::Dying;
use super::deadline::{DeadlineKind, Deadlines, Due};
use super::event::{Event, Fact, Leave};
use super::method::{ConnectionId, QueueId};
use super::profile::Profile;
use super::value::{Name, Table};
use crate::time::{Span, Tick};
use std::collections::VecDeque;

/// How a queue keeps its messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QueueKind {
    /// `x-queue-type: classic`, the default.
    Classic,
    /// `x-queue-type: quorum`, on a single node.
    Quorum,
    /// `x-queue-type: stream`, on a single node: a log that stays.
    Stream,
}

impl QueueKind {
    /// The name that `x-queue-type` uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Classic => "classic",
            Self::Quorum => "quorum",
            Self::Stream => "stream",
        }
    }

    /// The type that `x-queue-type` calls `name`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Classic, Self::Quorum, Self::Stream].into_iter().find(|kind| kind.name() == name)
    }
}

/// What was declared.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Declared {
    pub(crate) name: Name,
    pub(crate) vhost: usize,
    pub(crate) kind: QueueKind,
    pub(crate) durable: bool,
    pub(crate) auto_delete: bool,
    pub(crate) exclusive: Option<ConnectionId>,
    pub(crate) arguments: Table,
}

/// What a queue acts on besides itself.
pub(crate) struct Context<'a> {
    pub(crate) profile: Profile,
    pub(crate) now: Tick,
    /// How long a delivery may wait for its acknowledgement, in the whole broker.
    pub(crate) consumer_timeout: Option<Span>,
    pub(crate) channels: &'a mut Channels,
    pub(crate) deadlines: &'a mut Deadlines,
    /// Messages on their way to a dead-letter exchange.
    pub(crate) dying: &'a mut VecDeque<Dying>,
    /// Where to put what is to be freed.
    pub(crate) rubbish: &'a mut Rubbish,
    /// Whether anybody wants facts.
    pub(crate) watched: bool,
    pub(crate) out: &'a mut Vec<Event>,
}

impl Context<'_> {
    pub(crate) fn fact(&mut self, fact: impl FnOnce() -> Fact) {
        if self.watched {
            self.out.push(Event::Fact(fact()));
        }
    }
}

/// A declared queue.
#[derive(Clone, Debug, Hash)]
pub(crate) struct Queue {
    pub(crate) id: QueueId,
    pub(crate) declared: Declared,
    /// Of a stream.
    log: stream::Log,
    /// What holds of arguments and policy together.
    pub(crate) settings: Settings,
    pub(crate) store: Store,
    pub(crate) consumers: Consumers,
    pub(crate) unacked: u64,
    had_consumer: bool,
    /// Of a quorum queue.
    publishers: quorum::Publishers,
    /// When the head is looked at for expiry.
    message_deadline: Option<Tick>,
    /// When the queue goes if it stays unused.
    lease: Option<Tick>,
}

impl Queue {
    /// A new, empty queue. Its lease starts with [`Queue::renew`].
    pub(crate) fn new(
        id: QueueId,
        declared: Declared,
        settings: Settings,
        profile: Profile,
    ) -> Self {
        let (levels, rules) = match declared.kind {
            QueueKind::Classic => {
                let highest = settings.max_priority.unwrap_or(0);
                let rules = Rules { single_active: settings.single_active, ..Rules::default() };
                (Levels { highest, ..Levels::default() }, rules)
            }
            QueueKind::Quorum => (profile.quorum_levels(), profile.quorum_rules(&settings)),
            QueueKind::Stream => (Levels::default(), Rules::default()),
        };
        Self {
            id,
            declared,
            log: stream::Log::default(),
            settings,
            store: Store::new(levels),
            consumers: Consumers::new(rules),
            publishers: quorum::Publishers::default(),
            unacked: 0,
            had_consumer: false,
            message_deadline: None,
            lease: None,
        }
    }

    /// What `queue.declare-ok` says about it: ready messages and consumers. A
    /// quorum queue counts cancelled consumers that still hold something, and
    /// each message held after a `basic.get`, but none that waits for the single
    /// active one to go (`rabbit_fifo:query_stat`).
    pub(crate) fn counts(&self, now: Tick) -> (u32, u32) {
        if self.is_stream() {
            return self.log_counts(now);
        }
        let count = |n: u64| u32::try_from(n).unwrap_or(u32::MAX);
        let mut consumers = self.consumers.len();
        if self.is_quorum() {
            if self.settings.single_active {
                consumers = self.consumers.holder.is_some().into();
            }
            let (cancelled, held) = self.consumers.holding();
            consumers += cancelled + count(self.unacked.saturating_sub(held));
        }
        (count(self.store.len()), consumers)
    }

    /// Whether this is a classic queue.
    pub(crate) fn is_classic(&self) -> bool {
        self.declared.kind == QueueKind::Classic
    }

    /// Whether this is a quorum queue.
    pub(crate) fn is_quorum(&self) -> bool {
        self.declared.kind == QueueKind::Quorum
    }

    /// Whether it goes with its consumers.
    pub(crate) fn goes_with_consumers(&self) -> bool {
        self.declared.auto_delete && self.consumers.len() > 0
    }

    /// Whether an auto-delete queue has lost its last consumer.
    pub(crate) fn is_abandoned(&self) -> bool {
        self.declared.auto_delete && self.had_consumer && self.consumers.len() == 0
    }

    /// Starts the time of `x-expires` again, when nobody consumes.
    pub(crate) fn renew(&mut self, context: &mut Context<'_>) {
        if self.consumers.len() == 0 {
            let lease = self.settings.expires.map(|span| context.now + span);
            context.deadlines.set(Due::Queue(self.id, DeadlineKind::Lease), &mut self.lease, lease);
        }
    }

    /// A deadline came. Whether the queue has to go.
    pub(crate) fn due(&mut self, kind: DeadlineKind, context: &mut Context<'_>) -> bool {
        match kind {
            DeadlineKind::Message => {
                self.message_deadline = None;
                self.drop_expired(context);
                false
            }
            DeadlineKind::Lease => {
                self.lease = None;
                self.consumers.len() == 0
            }
        }
    }

    /// Takes new settings into force, as after a change of policy.
    pub(crate) fn configure(&mut self, settings: Settings, context: &mut Context<'_>) {
        if self.is_stream() {
            self.settings = settings;
            return;
        }
        let lease_changed = settings.expires != self.settings.expires;
        let overflow = core::mem::replace(&mut self.settings, settings).overflow;
        if lease_changed {
            context.deadlines.set(Due::Queue(self.id, DeadlineKind::Lease), &mut self.lease, None);
            self.renew(context);
        }
        if self.is_quorum() {
            self.look_at_limits(context);
        } else {
            // The limits come first: a queue that dropped so far does so once
            // more (`rabbit_amqqueue_process:process_args_policy`).
            self.drop_as_with(overflow, context);
            self.drop_over_length(context);
        }
        self.drop_expired(context);
    }

    /// Removes the ready messages; says how many there were.
    pub(crate) fn clear(&mut self, reason: Leave, context: &mut Context<'_>) -> u32 {
        let (ready, _) = self.counts(context.now);
        let ready = if self.is_stream() { 0 } else { ready };
        if context.watched {
            for stored in self.store.take_all() {
                self.left(&stored, reason, context);
            }
        } else {
            self.store.discard_all(context.rubbish);
        }
        if self.is_quorum() {
            self.look_at_limits(context);
        }
        ready
    }

    /// Forgets the deadlines, before the queue goes.
    pub(crate) fn disarm(&mut self, deadlines: &mut Deadlines) {
        deadlines.set(Due::Queue(self.id, DeadlineKind::Message), &mut self.message_deadline, None);
        deadlines.set(Due::Queue(self.id, DeadlineKind::Lease), &mut self.lease, None);
    }

    /// Forgets every channel that consumes or publishes, and what is held.
    pub(crate) fn forget_channels(&mut self) {
        self.publishers = quorum::Publishers::default();
        self.consumers = Consumers::new(self.consumers.rules());
        self.unacked = 0;
        self.had_consumer = false;
    }

    pub(crate) fn left(&self, stored: &Stored, reason: Leave, context: &mut Context<'_>) {
        context.fact(|| Fact::Left {
            message: stored.message.id,
            queue: self.declared.name.clone(),
            position: stored.position,
            reason,
        });
    }
}
