//! What can be told about a run, one entry per visible event.

use crate::broker::Name;
use crate::frame::Label;
use crate::scenario::{LinkFault, NodeId, Pause};
use crate::time::Tick;
use core::slice::from_ref;

/// A visible event.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Happening {
    /// When.
    pub tick: Tick,
    /// In which step of the run; several happenings can come out of one step.
    pub step: u64,
    /// What.
    pub what: What,
}

/// What happened, with everything a sentence about it needs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // the variant says what its fields belong to
pub enum What {
    /// A client sent a message.
    Published {
        client: Name,
        message: Label,
        exchange: Name,
        key: Name,
    },
    /// The exchange has decided: these queues got a copy.
    Routed {
        message: Label,
        exchange: Name,
        key: Name,
        queues: Vec<Name>,
    },
    /// No queue; `returned` when it was mandatory.
    Unroutable {
        message: Label,
        exchange: Name,
        key: Name,
        returned: bool,
    },
    /// A delayed exchange holds the message back.
    HeldBack {
        message: Label,
        exchange: Name,
        until: Tick,
    },
    /// What was held back is routed now.
    Released {
        message: Label,
        exchange: Name,
    },
    /// An exchange gives what it has kept to a new binding.
    Replayed {
        message: Label,
        exchange: Name,
    },
    /// A mandatory message is back at its publisher.
    Returned {
        client: Name,
        message: Label,
        text: Name,
    },
    /// The publisher heard that the broker has taken responsibility.
    Confirmed {
        client: Name,
        up_to: Label,
        multiple: bool,
    },
    /// The publisher heard that the broker refused.
    Nacked {
        client: Name,
        up_to: Label,
        multiple: bool,
    },
    /// A queue handed a message to a consumer.
    Delivered {
        queue: Name,
        client: Name,
        message: Label,
        tag: u64,
        redelivered: bool,
    },
    /// The operator took a message with basic.get.
    Got {
        queue: Name,
        message: Label,
        redelivered: bool,
    },
    /// The operator's basic.get found nothing.
    GotEmpty {
        queue: Name,
    },
    /// A delivery reached its consumer.
    Received {
        queue: Name,
        client: Name,
        message: Label,
        redelivered: bool,
    },
    /// The consumer finished its work.
    Worked {
        client: Name,
        message: Label,
    },
    /// The consumer finished and will never settle the message.
    Forgotten {
        client: Name,
        message: Label,
    },
    /// The broker got the ack: the message is gone.
    Acked {
        queue: Name,
        client: Name,
        message: Label,
    },
    /// An unacked message is back in its place.
    Requeued {
        queue: Name,
        message: Label,
    },
    /// A message left its queue, and not by an ack.
    Left {
        queue: Name,
        message: Label,
        why: crate::broker::Leave,
    },
    /// The broker published a dead message again.
    DeadLettered {
        queue: Name,
        message: Label,
        exchange: Name,
        key: Name,
    },
    ExchangeDeclared {
        exchange: Name,
    },
    ExchangeDeleted {
        exchange: Name,
    },
    QueueDeclared {
        queue: Name,
        real_name: Option<Name>,
    },
    QueueDeleted {
        queue: Name,
    },
    Bound {
        source: Name,
        destination: Name,
        key: Name,
    },
    Unbound {
        source: Name,
        destination: Name,
        key: Name,
    },
    /// The broker closed a client's channel.
    ChannelClosed {
        client: Name,
        channel: u16,
        code: u16,
        text: String,
    },
    /// The broker closed a client's connection.
    ConnectionClosed {
        client: Name,
        code: u16,
        text: String,
    },
    /// The broker cancelled a consumer because its queue is gone.
    Cancelled {
        client: Name,
        queue: Name,
    },
    /// The broker refused the operator's statement.
    Refused {
        item: usize,
        code: u16,
        text: String,
    },
    /// A client that publishes in transactions heard that one is done.
    Committed {
        client: Name,
    },
    /// A client has another number of instances.
    Scaled {
        client: Name,
        instances: u32,
    },
    /// A client works or publishes at another pace.
    Changed {
        client: Name,
        every: Option<Pause>,
        work: Option<Pause>,
    },
    /// A client has another prefetch limit for what it consumes from here on.
    PrefetchChanged {
        client: Name,
        prefetch: u16,
    },
    /// A consumer wants no more messages of a queue.
    Unsubscribed {
        client: Name,
        queue: Name,
    },
    /// A consumer wants messages of a queue again.
    Subscribed {
        client: Name,
        queue: Name,
    },
    /// A client asked with basic.get and there was nothing.
    AskedInVain {
        client: Name,
    },
    /// A client that publishes in transactions heard that one is undone.
    RolledBack {
        client: Name,
    },
    /// How much there may be in the virtual host.
    Limited {
        max_connections: Option<u32>,
        max_queues: Option<u32>,
    },
    /// The network between a client and the broker changed.
    Link {
        client: Name,
        fault: LinkFault,
    },
    /// A connection was given up: no heartbeat came through.
    LinkLost {
        client: Name,
    },
    /// The broker stopped and started again.
    Restarted,
    UserSet {
        user: Name,
    },
    /// A user is gone; its connections are closed.
    UserDeleted {
        user: Name,
    },
    /// What a user may do, by patterns of names.
    Permitted {
        user: Name,
        configure: Name,
        write: Name,
        read: Name,
    },
    /// Which routing keys a user may use.
    TopicPermitted {
        user: Name,
        exchange: Name,
        write: Name,
        read: Name,
    },
    /// A user may do nothing any more.
    Forbidden {
        user: Name,
    },
    /// A resource alarm is set or cleared.
    Alarm {
        alarm: Name,
        on: bool,
    },
    /// The broker takes nothing of a client's connection.
    Blocked {
        client: Name,
        reason: Name,
    },
    Unblocked {
        client: Name,
    },
    PolicySet {
        operator: bool,
        name: Name,
    },
    PolicyCleared {
        operator: bool,
        name: Name,
    },
    /// The story points at these.
    Highlighted {
        nodes: Vec<NodeId>,
    },
    Started {
        client: Name,
    },
    Connected {
        client: Name,
    },
    Stopped {
        client: Name,
    },
    Crashed {
        client: Name,
    },
    Caption {
        text: String,
    },
    /// An expectation was looked at.
    Checked {
        item: usize,
        held: bool,
        found: String,
    },
    /// The run stopped before its end, for this reason.
    Limit {
        reason: String,
    },
}

impl What {
    /// The message this is about, if it is about one.
    #[must_use]
    pub fn message(&self) -> Option<&Label> {
        match self {
            Self::Published { message, .. }
            | Self::Routed { message, .. }
            | Self::Unroutable { message, .. }
            | Self::HeldBack { message, .. }
            | Self::Released { message, .. }
            | Self::Replayed { message, .. }
            | Self::Returned { message, .. }
            | Self::Delivered { message, .. }
            | Self::Got { message, .. }
            | Self::Received { message, .. }
            | Self::Worked { message, .. }
            | Self::Forgotten { message, .. }
            | Self::Acked { message, .. }
            | Self::Requeued { message, .. }
            | Self::Left { message, .. }
            | Self::DeadLettered { message, .. } => Some(message),
            Self::Confirmed { up_to, .. } | Self::Nacked { up_to, .. } => Some(up_to),
            _ => None,
        }
    }

    /// Whom it happens to: a client, and queues. What is still under way to a
    /// client happens to the queue it comes from.
    #[must_use]
    pub fn parties(&self) -> (Option<&Name>, &[Name]) {
        match self {
            Self::Routed { queues, .. } => (None, queues),
            Self::Published { client, .. }
            | Self::Returned { client, .. }
            | Self::Confirmed { client, .. }
            | Self::Nacked { client, .. }
            | Self::Received { client, .. }
            | Self::Worked { client, .. }
            | Self::Forgotten { client, .. }
            | Self::ChannelClosed { client, .. }
            | Self::ConnectionClosed { client, .. }
            | Self::Committed { client }
            | Self::RolledBack { client }
            | Self::Scaled { client, .. }
            | Self::Changed { client, .. }
            | Self::PrefetchChanged { client, .. }
            | Self::AskedInVain { client }
            | Self::Link { client, .. }
            | Self::LinkLost { client }
            | Self::Blocked { client, .. }
            | Self::Unblocked { client }
            | Self::Started { client }
            | Self::Connected { client }
            | Self::Stopped { client }
            | Self::Crashed { client } => (Some(client), &[]),
            Self::Cancelled { client, queue }
            | Self::Unsubscribed { client, queue }
            | Self::Subscribed { client, queue } => (Some(client), from_ref(queue)),
            Self::Delivered { queue, .. }
            | Self::Got { queue, .. }
            | Self::GotEmpty { queue }
            | Self::Acked { queue, .. }
            | Self::Requeued { queue, .. }
            | Self::Left { queue, .. }
            | Self::DeadLettered { queue, .. }
            | Self::QueueDeclared { queue, .. }
            | Self::QueueDeleted { queue } => (None, from_ref(queue)),
            _ => (None, &[]),
        }
    }
}
