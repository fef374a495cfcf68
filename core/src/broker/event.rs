//! What the broker gives back: methods for clients, and facts for whoever
//! watches. Facts never change what the broker does; they say what it did.

use super::message::{MessageId, Properties};
use super::method::{ChannelId, ConnectionId, Reply};
use super::value::Name;

/// One thing that came out of the broker, in the order it happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A method on its way to a client. On channel 0 for the connection's own.
    Send {
        /// Who gets it.
        to: ChannelId,
        /// What it says.
        reply: Reply,
    },
    /// Something an observer can draw or tell.
    Fact(Fact),
}

/// Why a message left a queue without being acknowledged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leave {
    /// Rejected or nacked with requeue=false.
    Rejected,
    /// Its time to live ran out at the head of the queue.
    Expired,
    /// Dropped from the head: the queue is longer than `x-max-length`.
    MaxLength,
    /// Refused at the tail by `x-overflow: reject-publish`.
    Overflow,
    /// More returns than the quorum queue's delivery limit.
    DeliveryLimit,
    /// `queue.purge`.
    Purged,
    /// Its queue was deleted.
    QueueDeleted,
    /// Delivered with no-ack: gone when sent.
    AutoAcknowledged,
    /// Acknowledged by the consumer.
    Acknowledged,
    /// The broker restarted and had it in memory only.
    Lost,
    /// Read from a stream and settled, or its reader is gone: the stream keeps
    /// the message.
    Read,
    /// Dead-lettered in a circle without a rejection in it.
    Cycle,
}

/// What happened inside the broker.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // each variant says what its fields belong to
pub enum Fact {
    /// A publish passed all checks and is about to be routed.
    Published {
        message: MessageId,
        from: ChannelId,
        exchange: Name,
        routing_key: Name,
    },
    /// No queue was found. `returned` when it was mandatory.
    Unroutable {
        message: MessageId,
        returned: bool,
    },
    /// A copy went into a queue (or through it, straight to a consumer).
    Enqueued {
        message: MessageId,
        queue: Name,
        position: u64,
    },
    /// A copy was handed to a consumer or a getter. `tag` is empty for basic.get.
    Delivered {
        message: MessageId,
        queue: Name,
        position: u64,
        to: ChannelId,
        consumer_tag: Name,
        delivery_tag: u64,
        redelivered: bool,
    },
    /// An unacked copy came back to its place in the queue.
    Requeued {
        message: MessageId,
        queue: Name,
        position: u64,
    },
    /// A copy left its queue for good.
    Left {
        message: MessageId,
        queue: Name,
        position: u64,
        reason: Leave,
    },
    /// A delayed exchange holds a message back.
    HeldBack {
        message: MessageId,
        exchange: Name,
        until: crate::time::Tick,
    },
    /// A message that was held back is routed now, from the exchange on.
    Released {
        message: MessageId,
        exchange: Name,
        routing_key: Name,
        /// Its properties as exchanges see them from now on.
        properties: Properties,
    },
    /// An exchange sends what it has kept to a new binding.
    Replayed {
        message: MessageId,
        exchange: Name,
        routing_key: Name,
    },
    /// A copy that left is published again by the broker as `reborn`.
    DeadLettered {
        message: MessageId,
        reborn: MessageId,
        queue: Name,
        exchange: Name,
        routing_key: Name,
    },
    ConnectionOpened {
        connection: ConnectionId,
    },
    /// `code` is 0 when the client closed it or the network broke.
    ConnectionClosed {
        connection: ConnectionId,
        code: u16,
        text: String,
    },
    /// An alarm is set and it published: nothing of it is taken any more.
    ConnectionBlocked {
        connection: ConnectionId,
        reason: Name,
    },
    /// What it sent meanwhile happens now.
    ConnectionUnblocked {
        connection: ConnectionId,
    },
    ChannelOpened {
        channel: ChannelId,
    },
    /// `code` is 0 when the client closed it, or its connection ended.
    ChannelClosed {
        channel: ChannelId,
        code: u16,
        text: String,
    },
    ExchangeDeclared {
        exchange: Name,
    },
    ExchangeDeleted {
        exchange: Name,
    },
    QueueDeclared {
        queue: Name,
    },
    QueueDeleted {
        queue: Name,
    },
    /// `to_exchange` tells the kind of the destination.
    Bound {
        source: Name,
        destination: Name,
        to_exchange: bool,
        routing_key: Name,
    },
    Unbound {
        source: Name,
        destination: Name,
        to_exchange: bool,
        routing_key: Name,
    },
    ConsumerAdded {
        channel: ChannelId,
        consumer_tag: Name,
        queue: Name,
    },
    ConsumerRemoved {
        channel: ChannelId,
        consumer_tag: Name,
        queue: Name,
    },
}
