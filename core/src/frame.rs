//! The view model: all that can be seen at one instant, as plain data.
//!
//! A frame holds no AMQP rule. The world fills it; pictures, panels and
//! transcripts read it. Numbers and dots of one frame belong to the same
//! instant: a message that is drawn on its way into a queue is not counted in
//! that queue yet.

use crate::broker::Name;
use crate::scenario::NodeId;
use crate::time::Tick;

/// Everything visible at `now`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Frame {
    /// The instant.
    pub now: Tick,
    /// The scenario's title.
    pub title: Option<String>,
    /// The caption in force.
    pub caption: Option<String>,
    /// What the story points at.
    pub highlights: Vec<NodeId>,
    /// Things, in the order they were declared.
    pub nodes: Vec<Node>,
    /// Lines between them, in the order they came to be.
    pub links: Vec<Link>,
    /// Messages and signals on the move.
    pub dots: Vec<Dot>,
}

/// A thing on the stage.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Node {
    /// Which.
    pub id: NodeId,
    /// What to write at it. For a server-named queue the scenario's name.
    pub label: Name,
    /// A second, quieter line ("every 500ms", "prefetch 1", "durable").
    pub note: Name,
    /// What is inside.
    pub body: NodeBody,
    /// Where a person put its centre, if anyone did.
    pub placed: Option<(i32, i32)>,
}

/// What state a client is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum ClientState {
    /// Connected.
    #[default]
    Running,
    /// On its way to be connected.
    Connecting,
    /// Never started, or closed in good order.
    Stopped,
    /// Died.
    Crashed,
    /// Connected, as far as it knows, but the network is cut.
    Cut,
    /// Connected, and the broker takes nothing it sends: a resource alarm.
    Blocked,
    /// The broker closed its channel or connection.
    Closed {
        /// Reply code; 0 when the connection was lost without one.
        code: u16,
        /// Reply text.
        text: String,
        /// Whether the whole connection went.
        connection: bool,
    },
}

/// What is inside a node.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum NodeBody {
    /// A client; either part may be missing, not both.
    Client {
        /// Its state.
        state: ClientState,
        /// What it publishes.
        publishes: Option<PublisherFace>,
        /// What it consumes.
        consumes: Option<ConsumerFace>,
    },
    /// An exchange.
    Exchange {
        /// `direct`, `fanout`, `topic`, `headers`, or a plugin's type.
        kind: Name,
        /// Refuses publishes by clients.
        internal: bool,
        /// Whether clients declared it (false for the default and amq.*).
        declared: bool,
    },
    /// A queue.
    Queue {
        /// Waiting, as drawn: copies still on their way in are not counted.
        ready: u64,
        /// Delivered and not settled.
        unacked: u64,
        /// The first ready messages, head first; at most [`Node::SHOWN`].
        head: Vec<Chip>,
        /// The broker's name when the server chose it.
        real_name: Option<Name>,
    },
}

/// Whether an exchange of this type has no use for a binding key.
#[must_use]
pub fn ignores_key(kind: &str) -> bool {
    matches!(kind, "fanout" | "x-modulus-hash" | "x-random" | "x-local-random" | "x-recent-history")
}

/// Whether the binding keys of an exchange of this type are weights.
#[must_use]
pub fn key_is_weight(kind: &str) -> bool {
    kind == "x-consistent-hash"
}

impl Node {
    /// How many messages of a queue a frame holds one by one.
    pub const SHOWN: usize = 12;
}

/// A publisher's numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PublisherFace {
    /// The letter of its messages' labels.
    pub letter: Name,
    /// Messages sent so far.
    pub published: u64,
    /// Confirmed with an ack.
    pub confirmed: u64,
    /// Refused with a nack.
    pub nacked: u64,
    /// Came back.
    pub returned: u64,
    /// Whether it asked for confirms.
    pub confirms: bool,
}

/// A consumer's slots and numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct ConsumerFace {
    /// Prefetch; 0 = unlimited.
    pub prefetch: u16,
    /// no-ack.
    pub auto_ack: bool,
    /// Messages it holds, the one it works on first; at most [`Node::SHOWN`].
    pub holds: Vec<Chip>,
    /// How many it holds in all.
    pub held: u64,
    /// How many of these are not unacked any more, for their queue is deleted.
    pub gone: u64,
    /// How far the work on the first is, in thousandths; `None` when idle.
    pub progress: Option<u16>,
    /// Deliveries received so far.
    pub received: u64,
    /// Deliveries acknowledged so far.
    pub acked: u64,
}

/// A message's name for people: the letter of its publisher and a number.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// `A`, `B` … `Z`, `AA` …; `op` for what the operator publishes.
    pub letter: Name,
    /// The publisher's count, from 1.
    pub number: u64,
}

impl core::fmt::Display for Label {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}{}", self.letter, self.number)
    }
}

/// A message that stands still.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Chip {
    /// Its label, `A18`.
    pub label: Label,
    /// Which colour of the palette, from its routing key.
    pub colour: u8,
    /// Was delivered before.
    pub redelivered: bool,
    /// Was dead-lettered.
    pub dead_lettered: bool,
    /// At a consumer: settled already, the answer is on its way.
    pub settled: bool,
    /// At a consumer: its queue is deleted, so there is nothing to settle.
    pub gone: bool,
    /// Which copy: the queue's position, unique in its queue.
    pub position: u64,
}

/// A line between two things.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LinkId {
    /// From where messages come.
    pub from: NodeId,
    /// Where they go.
    pub to: NodeId,
    /// Tells several bindings of the same pair apart; 0 for other lines.
    pub index: u32,
}

/// What a line is.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum LinkKind {
    /// A publisher names this exchange.
    Publishes,
    /// A binding with its key; for a headers exchange the arguments in words.
    Binding {
        /// The binding key.
        key: Name,
        /// `x-match: all, format: pdf`, empty for other types.
        arguments: Name,
    },
    /// The default exchange reaches every queue by its name.
    Implicit,
    /// A consumer's subscription.
    Consumes,
    /// Alternate exchange of the source.
    Alternate,
    /// Dead-letter exchange of a queue.
    DeadLetter,
}

/// What the last decision at the source said about a binding, for as long as
/// the message is drawn leaving the exchange.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// Nothing is being decided.
    #[default]
    None,
    /// The binding matched.
    Matched,
    /// The binding did not match.
    Missed {
        /// The word of the binding key that did not fit, counted from 0; the
        /// number of its words when the routing key goes on after the last
        /// one. `None` when there is no such word: the key (direct) or the
        /// headers as a whole did not fit.
        word: Option<u16>,
    },
}

/// A line and what is written on it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Link {
    /// Which.
    pub id: LinkId,
    /// What it is.
    pub kind: LinkKind,
    /// Whether a message is being decided here.
    pub verdict: Verdict,
}

/// What moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DotKind {
    /// A message forwards along its line.
    Message,
    /// A message that no queue wanted, leaving at the exchange.
    Unroutable,
    /// A mandatory message going home along its publisher's line.
    Returned,
    /// An unacked message flying back to its place.
    Requeued,
    /// An ack from a consumer.
    Ack,
    /// A nack or reject from a consumer.
    Nack,
    /// A confirm to a publisher.
    Confirm,
    /// A negative confirm to a publisher.
    ConfirmNack,
    /// A message dropped at a queue: rejected without a dead-letter exchange.
    Rejected,
    /// A message whose time to live ran out.
    Expired,
    /// A message dropped because the queue was full, or purged.
    Dropped,
}

/// Where a dot moves.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Path {
    /// Along a line, from its start to its end.
    Along(LinkId),
    /// Along a line, backwards.
    Back(LinkId),
    /// Away from a node, down and out.
    Leaving(NodeId),
    /// From a consumer back over its line and into the copy's place in the
    /// queue.
    Into {
        /// The consumer's line.
        link: LinkId,
        /// Which copy, see [`Chip::position`].
        position: u64,
    },
}

/// One thing on the move.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Dot {
    /// Stable while it moves, unique in the frame.
    pub id: u64,
    /// What it is.
    pub kind: DotKind,
    /// Where.
    pub path: Path,
    /// How far, in millionths.
    pub progress: u32,
    /// The message's label.
    pub label: Label,
    /// Which colour of the palette.
    pub colour: u8,
    /// Was delivered before.
    pub redelivered: bool,
    /// Was dead-lettered.
    pub dead_lettered: bool,
    /// On its way to a consumer: its queue is deleted meanwhile.
    pub gone: bool,
}
