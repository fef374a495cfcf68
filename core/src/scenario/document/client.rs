//! Clients as a scenario declares them.

use crate::broker::{Name, Table};
use crate::time::Span;

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
    /// How many of it there are at first; see [`ConsumerDecl::instances`].
    pub instances: Option<u32>,
    /// The connection it shares with others of the same word; its own when
    /// `None`. A publisher and a consumer of the same name share one too.
    pub connection: Option<Name>,
    /// The channel of the connection that it publishes on, perhaps with others;
    /// one of its own when `None`.
    pub channel: Option<u16>,
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
    /// How many messages at each of its times, back to back. At least 1.
    pub burst: u64,
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
    /// Further properties of each message.
    pub properties: Vec<(Property, Template)>,
    /// Puts the channel in transaction mode and ends one after so many messages.
    pub transaction: Option<u64>,
    /// How transactions end, in turn. Never empty.
    pub endings: Vec<Ending>,
    /// reply-to: the queue (scenario name) that answers shall go to. Also sets
    /// correlation-id to the message's label.
    pub reply_to: Option<Name>,
    /// Who it logs in as; `guest` when `None`.
    pub user: Option<Name>,
    /// One way to the broker; the document's when `None`.
    pub latency: Option<Span>,
    /// The heartbeat of its connection: with the link cut for twice as long,
    /// both ends give it up. [`Document::DEFAULT_HEARTBEAT`] when `None`; zero
    /// is never.
    ///
    /// [`Document::DEFAULT_HEARTBEAT`]: super::Document::DEFAULT_HEARTBEAT
    pub heartbeat: Option<Span>,
    /// Connects again this long after it lost its connection.
    pub reconnect: Option<Span>,
    /// Not running until a `start`.
    pub stopped: bool,
}

impl PublisherDecl {
    /// A publisher that never publishes by itself.
    #[must_use]
    pub fn new(name: Name, exchange: Name) -> Self {
        Self {
            name,
            instances: None,
            connection: None,
            channel: None,
            exchange,
            keys: vec![String::new()],
            random: false,
            after: Span::ZERO,
            every: None,
            count: None,
            times: Vec::new(),
            burst: 1,
            body: String::new(),
            mandatory: false,
            persistent: false,
            confirms: false,
            headers: Table::new(),
            priority: None,
            expiration: None,
            properties: Vec::new(),
            transaction: None,
            endings: vec![Ending::Commit],
            reply_to: None,
            user: None,
            latency: None,
            heartbeat: None,
            reconnect: None,
            stopped: false,
        }
    }
}

impl PublisherDecl {
    /// Whether a client of this name is this publisher or one of its instances.
    #[must_use]
    pub fn has_client(&self, client: &str) -> bool {
        is_client(&self.name, self.instances, client)
    }
}

/// The name of instance number `index`, counted from 0, of a publisher or
/// consumer called `name`.
#[must_use]
pub fn instance(name: &str, index: u32) -> Name {
    Name::from(format!("{name}-{}", index + 1))
}

/// Whether `client` is the one called `name`, or one of its instances.
fn is_client(name: &str, instances: Option<u32>, client: &str) -> bool {
    if *client == *name {
        return true;
    }
    let number = client.strip_prefix(name).and_then(|rest| rest.strip_prefix('-'));
    let number = number.filter(|digits| !digits.starts_with(['0', '+']));
    let index = number.and_then(|digits| digits.parse::<u32>().ok());
    instances.is_some() && index.is_some_and(|n| (1..=MOST_INSTANCES).contains(&n))
}

/// The most instances of one publisher or consumer.
pub const MOST_INSTANCES: u32 = 50;

/// A property of a message that is text (a number for `timestamp`) and means
/// nothing to the broker, but for `user-id`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Property {
    /// content-type
    ContentType,
    /// content-encoding
    ContentEncoding,
    /// correlation-id
    CorrelationId,
    /// message-id
    MessageId,
    /// timestamp, in seconds
    Timestamp,
    /// type
    Type,
    /// user-id: must be the user of the connection
    UserId,
    /// app-id
    AppId,
}

/// How a transaction ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Ending {
    /// `tx.commit`
    Commit,
    /// `tx.rollback`
    Rollback,
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
    /// Headers that are set or replaced. In texts among their values `{n}`,
    /// `{key}`, `{client}` and `{body}` are filled in.
    pub headers: Table,
    /// Headers that are taken out.
    pub dropped: Vec<Name>,
    /// Properties that are set or replaced.
    pub properties: Vec<(Property, Template)>,
}

impl Forward {
    /// Passes a message on as it is.
    #[must_use]
    pub fn new(exchange: Name, key: Option<Template>) -> Self {
        let (headers, dropped, properties) = (Table::new(), Vec::new(), Vec::new());
        Self { exchange, key, body: None, headers, dropped, properties }
    }
}

/// `consumer NAME <- QUEUE …` or `step NAME <- QUEUE … -> EXCHANGE …`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ConsumerDecl {
    /// Its name; also its consumer tag (with `-2`, `-3` … for further queues).
    pub name: Name,
    /// Written as a step: consumes, works, transforms, publishes on. It then has
    /// at least one of `forwards`, and the first stands in front.
    pub step: bool,
    /// How many of it there are at first: clients called `NAME-1`, `NAME-2` …
    /// `None`: one, called `NAME`, that cannot be scaled.
    pub instances: Option<u32>,
    /// The connection it shares; see [`PublisherDecl::connection`].
    pub connection: Option<Name>,
    /// The channel it consumes on; see [`PublisherDecl::channel`].
    pub channel: Option<u16>,
    /// The queues it consumes from, by scenario name; at least one.
    pub queues: Vec<Name>,
    /// Messages it may hold unacked, per consumer; 0 = unlimited.
    pub prefetch: u16,
    /// The prefetch holds for all consumers of the channel together.
    pub global: bool,
    /// Manual or automatic acknowledgement.
    pub ack_mode: AckMode,
    /// Time it works on each message, one at a time.
    pub work: Pause,
    /// What follows, in turn per message (per batch). Never empty.
    pub outcomes: Vec<Outcome>,
    /// Settles so many messages at once, with the flag multiple. At least 1.
    pub batch: u64,
    /// Asks for one message at a time with `basic.get`, this long after the
    /// last, instead of consuming.
    pub poll: Option<Span>,
    /// Further publishes when the work is done.
    pub forwards: Vec<Forward>,
    /// Publishes this to the message's reply-to with its correlation-id.
    pub reply: Option<Template>,
    /// Wants to be the queue's only consumer.
    pub exclusive: bool,
    /// `x-priority` of the consumer.
    pub priority: Option<i32>,
    /// Further arguments of `basic.consume`.
    pub arguments: Table,
    /// Who it logs in as; `guest` when `None`.
    pub user: Option<Name>,
    /// One way to the broker; the document's when `None`.
    pub latency: Option<Span>,
    /// The heartbeat of its connection: with the link cut for twice as long,
    /// both ends give it up. [`Document::DEFAULT_HEARTBEAT`] when `None`; zero
    /// is never.
    ///
    /// [`Document::DEFAULT_HEARTBEAT`]: super::Document::DEFAULT_HEARTBEAT
    pub heartbeat: Option<Span>,
    /// Connects again this long after it lost its connection.
    pub reconnect: Option<Span>,
    /// Not running until a `start`.
    pub stopped: bool,
}

impl ConsumerDecl {
    /// A consumer that acknowledges everything at once.
    #[must_use]
    pub fn new(name: Name, queues: Vec<Name>) -> Self {
        Self {
            name,
            step: false,
            instances: None,
            connection: None,
            channel: None,
            queues,
            prefetch: 0,
            global: false,
            ack_mode: AckMode::Manual,
            work: Pause::Fixed(Span::ZERO),
            outcomes: vec![Outcome::Ack],
            batch: 1,
            poll: None,
            forwards: Vec::new(),
            reply: None,
            exclusive: false,
            priority: None,
            arguments: Table::new(),
            user: None,
            latency: None,
            heartbeat: None,
            reconnect: None,
            stopped: false,
        }
    }

    /// The consumer tag for its queue number `n`, from 0.
    #[must_use]
    pub fn tag(&self, n: usize) -> Name {
        match n {
            0 => self.name.clone(),
            n => Name::from(format!("{}-{}", self.name, n + 1)),
        }
    }

    /// Whether a client of this name is this consumer or one of its instances.
    #[must_use]
    pub fn has_client(&self, client: &str) -> bool {
        is_client(&self.name, self.instances, client)
    }
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
    /// Further properties.
    pub properties: Vec<(Property, Template)>,
    /// How many, back to back. At least 1.
    pub count: u64,
}

impl PublishAction {
    /// One publish of an empty message.
    #[must_use]
    pub fn new(by: Option<Name>, exchange: Name) -> Self {
        Self {
            by,
            exchange,
            key: String::new(),
            body: String::new(),
            headers: Table::new(),
            mandatory: false,
            persistent: false,
            priority: None,
            expiration: None,
            properties: Vec::new(),
            count: 1,
        }
    }
}
