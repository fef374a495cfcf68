//! The document: everything a scenario says, and the only thing that is saved.
//! All else (broker state, messages in flight, pictures) is computed from it.

use super::expectation::Expectation;
use crate::broker::{Name, Profile, Table};
use crate::time::{Span, Tick};

/// A piece of the source text, as byte offsets. `start == end == 0` for things
/// that were made by hand and never had a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SourceSpan {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

/// A parsed scenario.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Document {
    /// `title "…"`
    pub title: Option<String>,
    /// `about "…"`: a sentence or two under the title.
    pub about: Option<String>,
    /// `seed N` for everything that is chosen by chance. 0 when not given.
    pub seed: u64,
    /// `profile 4.3`
    pub profile: Profile,
    /// `latency 400ms`: one way between a client and the broker, for every
    /// client without one of its own. `None` = [`Document::DEFAULT_LATENCY`].
    pub latency: Option<Span>,
    /// `end 20s`: where the run stops. `None` = when nothing is left to
    /// happen, at most [`Document::DEFAULT_END`].
    pub end: Option<Tick>,
    /// Every other statement, in the order of the file.
    pub items: Vec<Item>,
}

impl Document {
    /// One way between client and broker when nothing else is said. Long
    /// enough for an eye to follow, and the screen says that it is.
    pub const DEFAULT_LATENCY: Span = Span::millis(600);
    /// Where a run without `end` stops at the latest.
    pub const DEFAULT_END: Tick = Tick(60_000_000);
    /// The longest run a scenario may ask for: one hour.
    pub const MAX_END: Tick = Tick(3_600_000_000);
}

/// One statement and when it takes effect. Statements without `at` have
/// tick 0; those of the same tick take effect in the order of the file.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Item {
    /// When.
    pub at: Tick,
    /// Where it stands in the text.
    pub span: SourceSpan,
    /// What.
    pub what: Statement,
}

/// What a scenario can say.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Statement {
    /// Declare an exchange.
    Exchange(ExchangeDecl),
    /// Declare a queue.
    Queue(QueueDecl),
    /// Bind a queue or an exchange to an exchange.
    Bind(BindingDecl),
    /// Take a binding away.
    Unbind(BindingDecl),
    /// A client that publishes.
    Publisher(PublisherDecl),
    /// A client that consumes.
    Consumer(ConsumerDecl),
    /// Delete a queue.
    DeleteQueue {
        /// Which.
        queue: Name,
        /// Only without consumers.
        if_unused: bool,
        /// Only without ready messages.
        if_empty: bool,
    },
    /// Delete an exchange.
    DeleteExchange {
        /// Which.
        exchange: Name,
        /// Only when it is the source of no binding.
        if_unused: bool,
    },
    /// Drop every ready message of a queue.
    Purge {
        /// Which.
        queue: Name,
    },
    /// Start a client that was stopped, or crashed, or declared `stopped`.
    Start(Name),
    /// A client closes its channel and connection in good order.
    Stop(Name),
    /// A client dies: its TCP connection is cut, nothing is said.
    Crash(Name),
    /// A client leaves for good (stop, and gone from the stage).
    Remove(Name),
    /// A named publisher, or the operator when `by` is `None`, publishes once.
    Publish(PublishAction),
    /// The operator takes one message with `basic.get`, acknowledging it.
    Get {
        /// From which queue.
        queue: Name,
    },
    /// Words under the picture from this instant on, until the next caption.
    Caption(String),
    /// Where a person put a node: centre, in picture units.
    Place {
        /// What.
        node: NodeId,
        /// Right of the origin.
        x: i32,
        /// Below the origin.
        y: i32,
    },
    /// What must hold, or the run fails.
    Expect(Expectation),
}

/// What can stand on the stage.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NodeId {
    /// A publisher, a consumer, or one that is both (same name).
    Client(Name),
    /// An exchange; `""` is the default exchange.
    Exchange(Name),
    /// A queue, by the name the scenario uses for it.
    Queue(Name),
}

/// `exchange NAME TYPE …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ExchangeDecl {
    /// Its name.
    pub name: Name,
    /// `direct`, `fanout`, `topic`, `headers`, or what the broker will refuse.
    pub kind: Name,
    /// Survives a restart. Scenarios declare durable unless told `transient`.
    pub durable: bool,
    /// Goes with its last outgoing binding.
    pub auto_delete: bool,
    /// Cannot be published to by clients.
    pub internal: bool,
    /// `alternate-exchange` and others.
    pub arguments: Table,
}

/// `queue NAME …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueueDecl {
    /// Its name in the scenario; also its name in the broker unless the server
    /// names it.
    pub name: Name,
    /// Declared with an empty name, so that the broker makes an `amq.gen-…`.
    pub server_named: bool,
    /// Survives a restart. Durable unless told `transient`.
    pub durable: bool,
    /// Belongs to the connection that declares it, and goes with it.
    pub exclusive: bool,
    /// Goes with its last consumer.
    pub auto_delete: bool,
    /// The client whose connection declares it, each time that client starts.
    /// `None`: the operator, once.
    pub owner: Option<Name>,
    /// `x-…` arguments.
    pub arguments: Table,
}

/// Where a binding leads.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Destination {
    /// A queue, by its name in the scenario.
    Queue(Name),
    /// An exchange.
    Exchange(Name),
}

/// `bind SOURCE -> DESTINATION …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct BindingDecl {
    /// The exchange messages come from.
    pub source: Name,
    /// Where they go.
    pub destination: Destination,
    /// The binding key.
    pub key: Name,
    /// For a headers exchange: `x-match` and what is compared.
    pub arguments: Table,
}

/// Text with `{n}` (the message's number at its publisher, from 1), `{key}`
/// and `{client}` in it.
pub type Template = String;

/// A pause that is always the same or chosen by the seed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Pause {
    /// Always this long.
    Fixed(Span),
    /// From the first to the second, both included, in whole milliseconds.
    Between(Span, Span),
}

/// `publisher NAME -> EXCHANGE …` or `publisher NAME -> queue QUEUE …` (the
/// default exchange with the queue's name as the key).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublisherDecl {
    /// Its name.
    pub name: Name,
    /// The connection it shares with others of the same word; its own when
    /// `None`. A publisher and a consumer of the same name share one too.
    pub connection: Option<Name>,
    /// The exchange named in every publish; `""` is the default exchange.
    pub exchange: Name,
    /// Routing keys in turn (or at random). Never empty; `""` is a key. For a
    /// publisher to a queue this is the queue's scenario name.
    pub keys: Vec<Template>,
    /// Choose among `keys` (and `headers`) by the seed instead of in turn.
    pub random: bool,
    /// Time from the client's start to its first publish.
    pub after: Span,
    /// Pause between publishes; `None` = only what `times` says.
    pub every: Option<Pause>,
    /// How many in all; `None` = without end (when there is `every`).
    pub count: Option<u64>,
    /// Publishes at these spans from the client's start, instead of `every`.
    pub times: Vec<Span>,
    /// Payload. Empty when not given.
    pub body: Template,
    /// Sets the mandatory flag.
    pub mandatory: bool,
    /// delivery-mode 2.
    pub persistent: bool,
    /// Puts the channel in confirm mode.
    pub confirms: bool,
    /// Application headers of each message.
    pub headers: Table,
    /// priority property.
    pub priority: Option<u8>,
    /// expiration property.
    pub expiration: Option<Span>,
    /// reply-to: the queue (scenario name) that answers shall go to. Also sets
    /// correlation-id to the message's label.
    pub reply_to: Option<Name>,
    /// One way to the broker; the document's when `None`.
    pub latency: Option<Span>,
    /// Not running until a `start`.
    pub stopped: bool,
}

/// Whether deliveries have to be acknowledged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum AckMode {
    /// The consumer settles each delivery.
    #[default]
    Manual,
    /// no-ack: gone from the queue when sent.
    Auto,
}

/// What a consumer does with a message when its work is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// `basic.ack`
    Ack,
    /// `basic.nack` with requeue as given.
    Nack {
        /// Back to the queue?
        requeue: bool,
    },
    /// `basic.reject` with requeue as given.
    Reject {
        /// Back to the queue?
        requeue: bool,
    },
    /// The client dies before it settles the message.
    Crash,
    /// Never settles it, and goes on with the next.
    Forget,
}

/// A message published by a consumer when its work is done, before it settles.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Forward {
    /// To which exchange; `""` is the default exchange.
    pub exchange: Name,
    /// With which key; `None` = the key it came with.
    pub key: Option<Template>,
    /// With which body; `None` = the same.
    pub body: Option<Template>,
}

/// `consumer NAME <- QUEUE …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConsumerDecl {
    /// Its name; also its consumer tag (with `-2`, `-3` … for further queues).
    pub name: Name,
    /// The connection it shares; see [`PublisherDecl::connection`].
    pub connection: Option<Name>,
    /// The queues it consumes from, by scenario name; at least one.
    pub queues: Vec<Name>,
    /// Messages it may hold unacked, per consumer; 0 = unlimited.
    pub prefetch: u16,
    /// Manual or automatic acknowledgement.
    pub ack_mode: AckMode,
    /// Time it works on each message, one at a time.
    pub work: Pause,
    /// What follows, in turn per message. Never empty.
    pub outcomes: Vec<Outcome>,
    /// Further publishes when the work is done.
    pub forwards: Vec<Forward>,
    /// Publishes this to the message's reply-to with its correlation-id.
    pub reply: Option<Template>,
    /// Wants to be the queue's only consumer.
    pub exclusive: bool,
    /// `x-priority` of the consumer.
    pub priority: Option<i32>,
    /// One way to the broker; the document's when `None`.
    pub latency: Option<Span>,
    /// Not running until a `start`.
    pub stopped: bool,
}

/// `publish …` at an instant.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PublishAction {
    /// Which publisher; `None` = the operator, a client without latency.
    pub by: Option<Name>,
    /// The exchange; `""` is the default exchange.
    pub exchange: Name,
    /// The routing key.
    pub key: Template,
    /// The payload.
    pub body: Template,
    /// Headers.
    pub headers: Table,
    /// The mandatory flag.
    pub mandatory: bool,
    /// delivery-mode 2.
    pub persistent: bool,
    /// priority property.
    pub priority: Option<u8>,
    /// expiration property.
    pub expiration: Option<Span>,
    /// How many, back to back. At least 1.
    pub count: u64,
}
