//! The words of the language. The reference's tables are made from these.

use super::document::Property;
use super::expectation::{ClientCount, Fate, How, QueueCount};
use crate::broker::{Alarm, PolicyTarget};

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
    "step",
    "policy",
    "operator-policy",
    "user",
    "permit",
    "permit-topic",
    "forbid",
    "at",
    "caption",
    "highlight",
    "publish",
    "delete",
    "purge",
    "get",
    "start",
    "stop",
    "crash",
    "remove",
    "scale",
    "change",
    "cut",
    "slow",
    "mend",
    "restart",
    "alarm",
    "clear",
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

/// Exchange types of RabbitMQ, those of its plugins among them.
pub(super) const EXCHANGE_TYPES: &[&str] = &[
    "direct",
    "fanout",
    "topic",
    "headers",
    "x-consistent-hash",
    "x-modulus-hash",
    "x-random",
    "x-local-random",
    "x-recent-history",
    "x-delayed-message",
];

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
    "consumer-timeout",
    "dead-letter-strategy",
    "lazy",
    "max-age",
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
    "burst",
    "body",
    "header",
    "mandatory",
    "persistent",
    "confirms",
    "transaction",
    "priority",
    "expiration",
    "reply-to",
    "content-type",
    "content-encoding",
    "correlation-id",
    "message-id",
    "timestamp",
    "type",
    "user-id",
    "app-id",
    "on",
    "as",
    "latency",
    "heartbeat",
    "reconnect",
    "stopped",
];

/// Properties that are plain text.
pub(super) const PROPERTIES: &[(&str, Property)] = &[
    ("content-type", Property::ContentType),
    ("content-encoding", Property::ContentEncoding),
    ("correlation-id", Property::CorrelationId),
    ("message-id", Property::MessageId),
    ("timestamp", Property::Timestamp),
    ("type", Property::Type),
    ("user-id", Property::UserId),
    ("app-id", Property::AppId),
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
    "arg",
    "instances",
    "on",
    "as",
    "latency",
    "heartbeat",
    "reconnect",
    "stopped",
];

/// How a message is changed before it is passed on: after `forward`, and in a
/// `step`.
pub(super) const TRANSFORM: &[&str] = &[
    "key",
    "body",
    "header",
    "drop-header",
    "content-type",
    "content-encoding",
    "correlation-id",
    "message-id",
    "timestamp",
    "type",
    "user-id",
    "app-id",
];

/// What a consumer does with a message, after `then`.
pub(super) const OUTCOMES: &[&str] = &["ack", "nack", "reject", "crash", "forget"];

/// Settings of `publish`.
pub(super) const PUBLISH: &[&str] = &[
    "key",
    "body",
    "header",
    "mandatory",
    "persistent",
    "priority",
    "expiration",
    "count",
    "content-type",
    "content-encoding",
    "correlation-id",
    "message-id",
    "timestamp",
    "type",
    "user-id",
    "app-id",
];

/// Settings of `change`.
pub(super) const CHANGE: &[&str] = &["every", "rate", "work"];

/// What `delete` can take away.
pub(super) const DELETE: &[&str] = &["queue", "exchange", "user", "policy", "operator-policy"];

/// Settings of `policy` and `operator-policy`.
pub(super) const POLICY: &[&str] = &[
    "apply-to",
    "priority",
    "max-length",
    "max-bytes",
    "overflow",
    "ttl",
    "expires",
    "dead-letter",
    "delivery-limit",
    "alternate",
    "arg",
];

/// Settings of `permit`, and of `permit-topic` those behind the first.
pub(super) const PERMIT: &[&str] = &["configure", "write", "read"];

/// What an alarm can be about.
pub(super) const ALARMS: [(&str, Alarm); 2] = [("memory", Alarm::Memory), ("disk", Alarm::Disk)];

/// What a policy applies to, after `apply-to`.
pub(super) const POLICY_TARGETS: [(&str, PolicyTarget); 6] = [
    ("all", PolicyTarget::All),
    ("queues", PolicyTarget::Queues),
    ("exchanges", PolicyTarget::Exchanges),
    ("classic_queues", PolicyTarget::ClassicQueues),
    ("quorum_queues", PolicyTarget::QuorumQueues),
    ("streams", PolicyTarget::Streams),
];

/// What `expect` can begin with.
pub(super) const CLAIMS: &[&str] =
    &["queue", "exchange", "client", "message", "channel", "connection", "refused"];

/// How something must hold over a stretch of time.
pub(super) const HOWS: [(&str, How); 3] =
    [("always", How::Always), ("eventually", How::Eventually), ("never", How::Never)];

/// What is counted at a queue, one of them and several.
pub(super) const QUEUE_COUNTS: &[(&str, &str, QueueCount)] = &[
    ("ready", "ready", QueueCount::Ready),
    ("unacked", "unacked", QueueCount::Unacked),
    ("message", "messages", QueueCount::Messages),
    ("consumer", "consumers", QueueCount::Consumers),
    ("received", "received", QueueCount::Received),
    ("delivered", "delivered", QueueCount::Delivered),
    ("requeued", "requeued", QueueCount::Requeued),
    ("rejected", "rejected", QueueCount::Rejected),
    ("expired", "expired", QueueCount::Expired),
    ("dropped", "dropped", QueueCount::Dropped),
    ("dead-lettered", "dead-lettered", QueueCount::DeadLettered),
];

/// What is counted at a client.
pub(super) const CLIENT_COUNTS: &[(&str, ClientCount)] = &[
    ("published", ClientCount::Published),
    ("confirmed", ClientCount::Confirmed),
    ("nacked", ClientCount::Nacked),
    ("returned", ClientCount::Returned),
    ("received", ClientCount::Received),
    ("acked", ClientCount::Acked),
    ("redelivered", ClientCount::Redelivered),
    ("unconfirmed", ClientCount::Unconfirmed),
    ("connected", ClientCount::Connected),
];

/// What becomes of a message.
pub(super) const FATES: &[(&str, Fate)] = &[
    ("unroutable", Fate::Unroutable),
    ("returned", Fate::Returned),
    ("confirmed", Fate::Confirmed),
    ("nacked", Fate::Nacked),
    ("acked", Fate::Acked),
    ("requeued", Fate::Requeued),
    ("rejected", Fate::Rejected),
    ("expired", Fate::Expired),
    ("dropped", Fate::Dropped),
    ("dead-lettered", Fate::DeadLettered),
    ("lost", Fate::Lost),
];

/// What an entry of `x-death` says.
pub(super) const DEATH: &[&str] = &["queue", "reason", "count"];

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
    ("consumer-timeout", "x-consumer-timeout", Shape::Millis),
    ("dead-letter-strategy", "x-dead-letter-strategy", Shape::Text),
    ("lazy", "x-queue-mode", Shape::Fixed("lazy")),
    ("max-age", "x-max-age", Shape::Text),
];

/// Words that set what a policy defines: the arguments without their `x-`.
pub(super) const POLICY_ARGUMENTS: &[ArgumentWord] = &[
    ("max-length", "max-length", Shape::Number),
    ("max-bytes", "max-length-bytes", Shape::Number),
    ("overflow", "overflow", Shape::Text),
    ("ttl", "message-ttl", Shape::Millis),
    ("expires", "expires", Shape::Millis),
    ("dead-letter", "dead-letter-exchange", Shape::Text),
    ("delivery-limit", "delivery-limit", Shape::Number),
    ("alternate", "alternate-exchange", Shape::Text),
];

/// Words that set arguments of an exchange.
pub(super) const EXCHANGE_ARGUMENTS: &[ArgumentWord] =
    &[("alternate", "alternate-exchange", Shape::Text)];

/// The argument that `dead-letter … key K` sets beside `argument`.
pub(super) fn dead_letter_key(argument: &str) -> &'static str {
    const KEY: &str = "x-dead-letter-routing-key";
    if argument.starts_with("x-") { KEY } else { &KEY[2..] }
}

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
