//! Looking into a broker without changing it.

use super::Broker;
use super::channel::{Channel, Mode};
use super::consumer::Consumer;
use super::message::SharedMessage;
use super::method::{ChannelId, ConnectionId, QueueId};
use super::queue::{Queue, QueueKind};
use super::routing::{Binding, Exchange, Routing};
use super::unacked::GOT;
use super::value::{Name, Table};
use crate::time::Tick;

/// A ready message in its queue.
#[derive(Clone, Copy, Debug)]
pub struct StoredView<'a> {
    /// Its place in the queue, which it keeps when it is requeued.
    pub position: u64,
    /// The message.
    pub message: &'a SharedMessage,
    /// Whether it will be delivered as redelivered.
    pub redelivered: bool,
    /// When it expires, if it does.
    pub expires: Option<Tick>,
}

/// A message that was handed out and is not settled.
#[derive(Clone, Copy, Debug)]
pub struct UnackedView<'a> {
    /// Its place in the queue.
    pub position: u64,
    /// The message.
    pub message: &'a SharedMessage,
    /// Who holds it.
    pub channel: ChannelId,
    /// Under which delivery tag.
    pub delivery_tag: u64,
    /// By which consumer; `None` when it came by `basic.get`.
    pub consumer_tag: Option<&'a Name>,
}

/// A consumer of a queue.
#[derive(Clone, Copy, Debug)]
pub struct ConsumerView<'a> {
    /// The channel it is on.
    pub channel: ChannelId,
    /// Its tag on that channel.
    pub tag: &'a Name,
    /// How many unsettled deliveries it may have; 0 is no limit.
    pub prefetch: u16,
    /// How many it has.
    pub unacked: u32,
    /// Whether its deliveries need no acknowledgement.
    pub no_ack: bool,
    /// Higher is served first (`x-priority`).
    pub priority: i64,
    /// Whether it is the single active consumer, or an exclusive one.
    pub holds_queue: bool,
}

/// A queue.
#[derive(Clone, Copy)]
pub struct QueueView<'a> {
    broker: &'a Broker,
    queue: &'a Queue,
}

impl<'a> QueueView<'a> {
    /// Its number.
    #[must_use]
    pub const fn id(&self) -> QueueId {
        self.queue.id
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> &'a Name {
        &self.queue.declared.name
    }

    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> QueueKind {
        self.queue.declared.kind
    }

    /// Whether it survives a restart.
    #[must_use]
    pub const fn durable(&self) -> bool {
        self.queue.declared.durable
    }

    /// Whether it goes with its last consumer.
    #[must_use]
    pub const fn auto_delete(&self) -> bool {
        self.queue.declared.auto_delete
    }

    /// The only connection that may use it, when there is one.
    #[must_use]
    pub const fn exclusive(&self) -> Option<ConnectionId> {
        self.queue.declared.exclusive
    }

    /// The arguments of its declaration.
    #[must_use]
    pub const fn arguments(&self) -> &'a Table {
        &self.queue.declared.arguments
    }

    /// Whether it is a stream that its arguments or its policy tell to forget
    /// (`x-max-age`, `x-max-length-bytes`). RabbitMQ forgets whole segments,
    /// of 500 MB unless told otherwise; here a stream keeps everything.
    #[must_use]
    pub fn is_told_to_forget(&self) -> bool {
        let declared = &self.queue.declared;
        if declared.kind != QueueKind::Stream {
            return false;
        }
        let told = |name: &str| matches!(name, "max-age" | "max-length-bytes");
        let by_policies = self.broker.vhosts[declared.vhost].policies_of(
            &declared.name,
            declared.kind,
            self.broker.profile,
        );
        declared.arguments.iter().any(|(key, _)| key.strip_prefix("x-").is_some_and(told))
            || by_policies.iter().flatten().any(|p| p.definition.iter().any(|(key, _)| told(key)))
    }

    /// How many messages wait.
    #[must_use]
    pub const fn ready(&self) -> u64 {
        self.queue.store.len()
    }

    /// How many octets the bodies of the waiting messages have.
    #[must_use]
    pub const fn ready_bytes(&self) -> u64 {
        self.queue.store.bytes()
    }

    /// How many messages are handed out and not settled.
    #[must_use]
    pub const fn unacked(&self) -> u64 {
        self.queue.unacked
    }

    /// How many consumers it has.
    #[must_use]
    pub const fn consumer_count(&self) -> u32 {
        self.queue.consumers.len()
    }

    /// The consumers in the order of their turns; those that were found full
    /// come last and have no turn until they are freed.
    pub fn consumers(&self) -> impl Iterator<Item = ConsumerView<'a>> + use<'a> {
        let (broker, consumers) = (self.broker, &self.queue.consumers);
        let holder = consumers.holder.and_then(|slot| consumers.get(slot));
        consumers.iter().filter_map(move |consumer| {
            Some(ConsumerView {
                channel: broker.channels.get(consumer.channel)?.id,
                tag: &consumer.tag,
                prefetch: consumer.prefetch,
                unacked: consumer.unacked,
                no_ack: consumer.no_ack,
                priority: consumer.priority,
                holds_queue: holder
                    .is_some_and(|holder| core::ptr::eq::<Consumer>(holder, consumer)),
            })
        })
    }

    /// The waiting messages, the next one to be delivered first.
    pub fn messages(&self) -> impl Iterator<Item = StoredView<'a>> + use<'a> {
        self.queue.store.iter().map(|stored| StoredView {
            position: stored.position,
            message: &stored.message,
            redelivered: stored.redelivered,
            expires: (stored.expires != Tick::MAX).then_some(stored.expires),
        })
    }

    /// The messages that are handed out, by their place in the queue. Looks at
    /// everything that is unsettled in the broker.
    #[must_use]
    pub fn unacked_messages(&self) -> Vec<UnackedView<'a>> {
        let mut found = Vec::new();
        if self.queue.unacked == 0 {
            return found;
        }
        let queue = self.queue;
        for channel in self.broker.channels.iter() {
            let own = channel.unacked.iter().filter(|(_, u)| u.queue == queue.id && !u.released);
            found.extend(own.map(|(delivery_tag, unacked)| {
                UnackedView {
                    position: unacked.stored.position,
                    message: &unacked.stored.message,
                    channel: channel.id,
                    delivery_tag,
                    consumer_tag: Some(unacked.consumer)
                        .filter(|slot| *slot != GOT)
                        .and_then(|slot| queue.consumers.get(slot))
                        .map(|consumer| &consumer.tag),
                }
            }));
        }
        crate::order::sort_by_key(&mut found, |unacked| unacked.position);
        found
    }
}

/// What a channel promises for its publishes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChannelMode {
    /// Nothing.
    Plain,
    /// Confirms.
    Confirm {
        /// The number of the next publish.
        next: u64,
    },
    /// Transactions.
    Transaction,
}

/// An open channel.
#[derive(Clone, Copy)]
pub struct ChannelView<'a> {
    channel: &'a Channel,
}

impl<'a> ChannelView<'a> {
    /// Its connection and number.
    #[must_use]
    pub const fn id(&self) -> ChannelId {
        self.channel.id
    }

    /// How many unsettled deliveries each consumer to come may have; 0 is no
    /// limit.
    #[must_use]
    pub const fn prefetch(&self) -> u16 {
        self.channel.prefetch
    }

    /// How many its consumers may have together; 0 is no limit.
    #[must_use]
    pub const fn channel_prefetch(&self) -> u32 {
        self.channel.limiter.limit
    }

    /// How many deliveries are unsettled.
    #[must_use]
    pub fn unacked(&self) -> usize {
        self.channel.unacked.len()
    }

    /// The delivery tag that comes next.
    #[must_use]
    pub const fn next_delivery_tag(&self) -> u64 {
        self.channel.next_tag
    }

    /// Confirms, transactions, or neither.
    #[must_use]
    pub const fn mode(&self) -> ChannelMode {
        match self.channel.mode {
            Mode::Plain | Mode::Closing { .. } => ChannelMode::Plain,
            Mode::Confirm(next) => ChannelMode::Confirm { next },
            Mode::Transaction(_) => ChannelMode::Transaction,
        }
    }

    /// The tags of its consumers, in order, each with its queue.
    pub fn consumers(&self) -> impl Iterator<Item = (&'a Name, QueueId)> + use<'a> {
        self.channel.consumers.iter().map(|(tag, queue)| (tag, *queue))
    }
}

impl Broker {
    pub(super) fn routing(&self, vhost: &str) -> Option<&Routing> {
        self.vhost_index(vhost).map(|index| &self.vhosts[index].routing)
    }

    /// The queue called `name`.
    #[must_use]
    pub fn queue(&self, vhost: &str, name: &str) -> Option<QueueView<'_>> {
        let id = self.routing(vhost)?.queue_id(name)?;
        self.queue_at(id).map(|queue| QueueView { broker: self, queue })
    }

    /// The queues of a virtual host, in the order of declaration.
    pub fn queues(&self, vhost: &str) -> impl Iterator<Item = QueueView<'_>> {
        let vhost = self.vhost_index(vhost);
        self.queues
            .iter()
            .flatten()
            .filter(move |queue| Some(queue.declared.vhost) == vhost)
            .map(|queue| QueueView { broker: self, queue })
    }

    /// The exchanges of a virtual host, by name.
    pub fn exchanges(&self, vhost: &str) -> impl Iterator<Item = &Exchange> {
        self.routing(vhost).into_iter().flat_map(Routing::exchanges)
    }

    /// About how many octets a copy of the broker takes: what grows with its
    /// messages. Message bodies are shared by all copies and not counted.
    #[must_use]
    pub fn weight(&self) -> u64 {
        let queues = self.queues.iter().flatten();
        let queues: u64 = queues.map(|q| 512 + 40 * q.store.len() + 128 * q.unacked).sum();
        queues + 256 * self.channels.iter().count() as u64
    }

    /// The bindings of a virtual host, in the order of creation.
    pub fn bindings(&self, vhost: &str) -> impl Iterator<Item = &Binding> {
        self.routing(vhost).into_iter().flat_map(Routing::bindings)
    }

    /// An open channel.
    #[must_use]
    pub fn channel(&self, id: ChannelId) -> Option<ChannelView<'_>> {
        let key = self.connection(id.connection)?.channel(id.number)?;
        self.channels.get(key).map(|channel| ChannelView { channel })
    }

    /// The open connections, each with the numbers of its open channels.
    pub fn connections(&self) -> impl Iterator<Item = (ConnectionId, Vec<u16>)> {
        self.connections.iter().enumerate().filter(|(_, c)| c.is_open()).map(|(at, connection)| {
            let id = ConnectionId(u32::try_from(at + 1).unwrap_or(u32::MAX));
            (id, connection.channels().map(|(number, _)| number).collect())
        })
    }
}
