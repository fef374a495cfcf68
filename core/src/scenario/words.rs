//! The words of the language. The reference's tables are made from these.

/// First words of a statement.
pub(super) const STATEMENTS: &[&str] = &[
    "warren",
    "title",
    "about",
    "seed",
    "profile",
    "latency",
    "end",
    "exchange",
    "queue",
    "bind",
    "unbind",
    "publisher",
    "consumer",
    "at",
    "caption",
    "publish",
    "delete",
    "purge",
    "get",
    "start",
    "stop",
    "crash",
    "remove",
    "place",
    "expect",
];

/// Statements about the whole run, which take no `at`.
pub(super) const UNTIMED: &[&str] =
    &["warren", "title", "about", "seed", "profile", "latency", "end", "place"];

/// Words that say what kind of thing a name belongs to. A thing with such a
/// name is written in quotes.
pub(super) const KINDS: &[&str] = &["exchange", "queue", "client"];

/// Settings of `exchange`.
pub(super) const EXCHANGE: &[&str] = &["transient", "auto-delete", "internal", "alternate", "arg"];

/// Exchange types every RabbitMQ has.
pub(super) const EXCHANGE_TYPES: &[&str] = &["direct", "fanout", "topic", "headers"];

/// Settings of `queue`.
pub(super) const QUEUE: &[&str] = &[
    "for",
    "transient",
    "exclusive",
    "auto-delete",
    "server-named",
    "temporary",
    "quorum",
    "stream",
    "max-length",
    "max-bytes",
    "overflow",
    "ttl",
    "expires",
    "dead-letter",
    "max-priority",
    "delivery-limit",
    "single-active-consumer",
    "arg",
];

/// Settings of `bind` and `unbind`.
pub(super) const BIND: &[&str] = &["key", "arg", "match"];

/// How a headers binding compares (`x-match`).
pub(super) const MATCHES: &[&str] = &["all", "any", "all-with-x", "any-with-x"];

/// Settings of `publisher`.
pub(super) const PUBLISHER: &[&str] = &[
    "key",
    "random",
    "after",
    "every",
    "rate",
    "at",
    "once",
    "count",
    "body",
    "header",
    "mandatory",
    "persistent",
    "confirms",
    "priority",
    "expiration",
    "reply-to",
    "on",
    "latency",
    "stopped",
];

/// Settings of `consumer`.
pub(super) const CONSUMER: &[&str] = &[
    "prefetch",
    "auto-ack",
    "work",
    "then",
    "forward",
    "reply",
    "exclusive",
    "priority",
    "on",
    "latency",
    "stopped",
];

/// What a consumer does with a message, after `then`.
pub(super) const OUTCOMES: &[&str] = &["ack", "nack", "reject", "crash", "forget"];

/// Settings of `publish`.
pub(super) const PUBLISH: &[&str] =
    &["key", "body", "header", "mandatory", "persistent", "priority", "expiration", "count"];

/// What `expect` can begin with.
pub(super) const CLAIMS: &[&str] =
    &["queue", "client", "message", "channel", "connection", "refused"];

/// What is counted at a queue, one of them and several.
pub(super) const QUEUE_COUNTS: &[(&str, &str)] = &[
    ("ready", "ready"),
    ("unacked", "unacked"),
    ("message", "messages"),
    ("consumer", "consumers"),
    ("received", "received"),
];

/// What is counted at a client.
pub(super) const CLIENT_COUNTS: &[&str] =
    &["published", "confirmed", "nacked", "returned", "received", "acked", "redelivered"];

/// What stands behind a word that sets an argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// A number from 0 on.
    Number,
    /// A duration; the argument has milliseconds.
    Millis,
    /// A name.
    Text,
    /// Nothing; the argument is `true`.
    Flag,
    /// Nothing; the argument is this text.
    Fixed(&'static str),
}

/// A word, the argument it sets, and how.
pub(super) type ArgumentWord = (&'static str, &'static str, Shape);

/// Words that set arguments of a queue.
pub(super) const QUEUE_ARGUMENTS: &[ArgumentWord] = &[
    ("quorum", "x-queue-type", Shape::Fixed("quorum")),
    ("stream", "x-queue-type", Shape::Fixed("stream")),
    ("max-length", "x-max-length", Shape::Number),
    ("max-bytes", "x-max-length-bytes", Shape::Number),
    ("overflow", "x-overflow", Shape::Text),
    ("ttl", "x-message-ttl", Shape::Millis),
    ("expires", "x-expires", Shape::Millis),
    ("dead-letter", "x-dead-letter-exchange", Shape::Text),
    ("max-priority", "x-max-priority", Shape::Number),
    ("delivery-limit", "x-delivery-limit", Shape::Number),
    ("single-active-consumer", "x-single-active-consumer", Shape::Flag),
];

/// Words that set arguments of an exchange.
pub(super) const EXCHANGE_ARGUMENTS: &[ArgumentWord] =
    &[("alternate", "alternate-exchange", Shape::Text)];

/// The argument that `dead-letter … key K` sets.
pub(super) const DEAD_LETTER_KEY: &str = "x-dead-letter-routing-key";

/// Field types that are written with their name: `long(3)`.
pub(super) const TYPES: &[&str] = &[
    "byte",
    "unsignedbyte",
    "short",
    "unsignedshort",
    "signedint",
    "unsignedint",
    "long",
    "float",
    "double",
    "decimal",
    "timestamp",
    "binary",
    "octets",
    "array",
    "table",
    "void",
];
