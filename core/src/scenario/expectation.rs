//! What a scenario says must hold.

use super::document::NodeId;
use crate::broker::Name;
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
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
}

/// What is counted at a client.
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
}

/// `expect [at T] …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Expectation {
    /// At which instant; `None` = when the run has ended (counts), or at some
    /// time during it (what reaches whom, what closes).
    pub at: Option<Tick>,
    /// What must hold.
    pub claim: Claim,
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
    /// `queue billing is gone`
    NoQueue {
        /// By its scenario name.
        queue: Name,
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
    /// `message A17 reaches worker-2` (or `reaches queue billing`).
    Reaches {
        /// The label: the publisher's letter and the number.
        message: String,
        /// Whom.
        whom: NodeId,
        /// `never reaches` when false.
        does: bool,
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
}
