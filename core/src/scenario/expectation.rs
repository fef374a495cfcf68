//! What a scenario says must hold.

use super::document::{NodeId, Property};
use super::words::{CLIENT_COUNTS, EXCHANGE_COUNTS, FATES, QUEUE_COUNTS};
use crate::broker::{Name, Table};
use crate::time::Tick;

/// How a count is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Compare {
    /// This many.
    Exactly,
    /// This many or more.
    AtLeast,
    /// This many or fewer.
    AtMost,
}

/// What is counted at a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum QueueCount {
    /// Waiting in the queue.
    Ready,
    /// Delivered and not yet acknowledged.
    Unacked,
    /// Ready and unacked.
    Messages,
    /// Consumers.
    Consumers,
    /// Copies that ever entered it.
    Received,
    /// Deliveries it made, to consumers and getters.
    Delivered,
    /// Copies that came back to it.
    Requeued,
    /// Copies that were rejected without requeue.
    Rejected,
    /// Copies whose time to live ran out.
    Expired,
    /// Copies it had no room for.
    Dropped,
    /// Copies it passed to its dead-letter exchange.
    DeadLettered,
}

impl QueueCount {
    /// Its word behind `count`.
    #[must_use]
    pub fn word(self, count: u64) -> &'static str {
        let found = QUEUE_COUNTS.iter().find(|(.., known)| *known == self);
        found.map_or("", |(one, many, _)| if count == 1 { one } else { many })
    }
}

/// What is counted at an exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExchangeCount {
    /// Messages that were published to it, by clients or as dead letters.
    Received,
    /// Messages published to it that no queue got.
    Unroutable,
}

impl ExchangeCount {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        EXCHANGE_COUNTS.iter().find(|(_, known)| *known == self).map_or("", |(word, _)| word)
    }
}

/// What is counted at a client, over all its lives and instances.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ClientCount {
    /// Messages it sent.
    Published,
    /// Publishes confirmed with an ack.
    Confirmed,
    /// Publishes refused with a nack.
    Nacked,
    /// Messages that came back with `basic.return`.
    Returned,
    /// Deliveries that reached it.
    Received,
    /// Deliveries it acknowledged.
    Acked,
    /// Deliveries it received with redelivered=true.
    Redelivered,
    /// Publishes that wait for their confirm.
    Unconfirmed,
    /// Instances that are connected.
    Connected,
}

impl ClientCount {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        CLIENT_COUNTS.iter().find(|(_, known)| *known == self).map_or("", |(word, _)| word)
    }
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Fate {
    /// No queue wanted it.
    Unroutable,
    /// It is back at its publisher.
    Returned,
    /// Its publisher heard an ack.
    Confirmed,
    /// Its publisher heard a nack.
    Nacked,
    /// A consumer acknowledged it.
    Acked,
    /// A copy came back to its queue.
    Requeued,
    /// It was rejected without requeue.
    Rejected,
    /// Its time to live ran out.
    Expired,
    /// A full queue had no room for it.
    Dropped,
    /// It went to a dead-letter exchange.
    DeadLettered,
    /// It was purged, or went with its queue, or was lost in a restart.
    Lost,
}

impl Fate {
    /// Its word.
    #[must_use]
    pub fn word(self) -> &'static str {
        FATES.iter().find(|(_, known)| *known == self).map_or("", |(word, _)| word)
    }
}

/// How something must hold over a stretch of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// At every instant.
    Always,
    /// At one instant at least.
    Eventually,
    /// At no instant.
    Never,
}

/// A stretch of time, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct During {
    /// How the claim must hold in it.
    pub how: How,
    /// From when; `None` = from the start.
    pub from: Option<Tick>,
    /// Until when; `None` = to the end.
    pub to: Option<Tick>,
}

/// `expect [at T | always | eventually | never] …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expectation {
    /// At which instant; `None` = when the run has ended (counts), or at some
    /// time during it (what reaches whom, what closes).
    pub at: Option<Tick>,
    /// Over a stretch of time, instead of at an instant. For what can be looked
    /// at at every instant ([`Claim::is_state`]), and with `eventually` and
    /// `never` for what happens ([`Claim::is_event`]).
    pub during: Option<During>,
    /// What must hold.
    pub claim: Claim,
}

/// What a message has that its publisher gave it. What is not named may be
/// anything.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sent {
    /// Its routing key.
    pub key: Option<String>,
    /// Its body.
    pub body: Option<String>,
    /// Headers it has, with these values.
    pub headers: Table,
    /// Headers it does not have.
    pub without: Vec<Name>,
    /// Properties it has, as texts.
    pub properties: Vec<(Property, String)>,
}

/// What an expectation says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Claim {
    /// `queue billing has 3 ready`
    Queue {
        /// By its scenario name.
        queue: Name,
        /// What is counted.
        what: QueueCount,
        /// How it is compared.
        compare: Compare,
        /// With which number.
        count: u64,
    },
    /// `exchange orders has 3 unroutable`
    Exchange {
        /// Which.
        exchange: Name,
        /// What is counted.
        what: ExchangeCount,
        /// How it is compared.
        compare: Compare,
        /// With which number.
        count: u64,
    },
    /// `queue billing is gone`, `exchange orders is there`
    Exists {
        /// A queue or an exchange, by its scenario name.
        node: NodeId,
        /// `is gone` when false.
        there: bool,
    },
    /// `client worker-1 has 3 acked`
    Client {
        /// Which.
        client: Name,
        /// What is counted.
        what: ClientCount,
        /// How it is compared.
        compare: Compare,
        /// With which number.
        count: u64,
    },
    /// `client packer receives A1, A3, A1`: these, in this order; others may
    /// come in between.
    Receives {
        /// Which.
        client: Name,
        /// Labels.
        messages: Vec<String>,
    },
    /// `message A17 reaches worker-2` (or `reaches queue billing`).
    Reaches {
        /// The label: the publisher's letter and the number.
        message: String,
        /// Whom.
        whom: NodeId,
        /// `never reaches` when false.
        does: bool,
    },
    /// `message A3 is returned`
    Becomes {
        /// The label.
        message: String,
        /// What becomes of it.
        fate: Fate,
        /// `is never` when false.
        does: bool,
    },
    /// `message B1 has key order.created header customer 7`: it was published
    /// like that.
    Has {
        /// The label.
        message: String,
        /// What it has.
        content: Box<Sent>,
    },
    /// `message A3 has x-death queue orders reason rejected count 2`: a copy has
    /// an entry in its `x-death` header that says so.
    Death {
        /// The label.
        message: String,
        /// The queue it died in, by its scenario name.
        queue: Option<Name>,
        /// Why.
        reason: Option<Name>,
        /// How often.
        count: Option<u64>,
    },
    /// `channel 1 of shop closes with 404`
    ChannelCloses {
        /// The channel's number.
        channel: u16,
        /// Whose.
        client: Name,
        /// With which reply code.
        code: u16,
    },
    /// `connection of shop closes with 530`
    ConnectionCloses {
        /// Whose.
        client: Name,
        /// With which reply code.
        code: u16,
    },
    /// `refused 406`: a statement of the operator was refused with this code.
    Refused {
        /// With which reply code.
        code: u16,
    },
    /// `… then … then …`: events, each after the one before.
    InOrder(Vec<Self>),
}

impl Claim {
    /// Whether it is true or false at each instant, and not of a whole run.
    #[must_use]
    pub const fn is_state(&self) -> bool {
        matches!(
            self,
            Self::Queue { .. } | Self::Exchange { .. } | Self::Exists { .. } | Self::Client { .. }
        )
    }

    /// The labels of the messages it is about.
    #[must_use]
    pub fn messages(&mut self) -> Vec<&mut String> {
        match self {
            Self::Reaches { message, .. }
            | Self::Becomes { message, .. }
            | Self::Has { message, .. }
            | Self::Death { message, .. } => vec![message],
            Self::Receives { messages, .. } => messages.iter_mut().collect(),
            Self::InOrder(claims) => claims.iter_mut().flat_map(Self::messages).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether it is something that happens at an instant.
    #[must_use]
    pub const fn is_event(&self) -> bool {
        matches!(
            self,
            Self::Reaches { does: true, .. }
                | Self::Becomes { does: true, .. }
                | Self::ChannelCloses { .. }
                | Self::ConnectionCloses { .. }
                | Self::Refused { .. }
        )
    }
}
