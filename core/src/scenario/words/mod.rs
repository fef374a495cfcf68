//! The words of the language. The reference's tables are made from these.

mod arguments;
mod claims;

pub(super) use arguments::{
    ArgumentWord, EXCHANGE_ARGUMENTS, POLICY_ARGUMENTS, QUEUE_ARGUMENTS, Shape, dead_letter_key,
};
pub(super) use claims::{
    CLAIMS, CLIENT_COUNTS, CONTENT, DEATH, EXCHANGE_COUNTS, FATES, HOWS, QUEUE_COUNTS,
};

use super::document::{Ending, Property};
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
    "bookmark",
    "highlight",
    "publish",
    "delete",
    "purge",
    "get",
    "start",
    "stop",
    "crash",
    "close",
    "cancel",
    "consume",
    "remove",
    "scale",
    "change",
    "cut",
    "slow",
    "mend",
    "restart",
    "alarm",
    "clear",
    "limit",
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
    "instances",
    "on",
    "channel",
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
    "batch",
    "poll",
    "forward",
    "reply",
    "exclusive",
    "priority",
    "arg",
    "instances",
    "on",
    "channel",
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

/// How a transaction ends, after `transaction N then`.
pub(super) const ENDINGS: &[(&str, Ending)] =
    &[("commit", Ending::Commit), ("rollback", Ending::Rollback)];

/// Settings of `user`.
pub(super) const USER: &[&str] = &["tags", "max-connections", "max-channels"];

/// Settings of `limit`.
pub(super) const LIMIT: &[&str] = &["max-connections", "max-queues"];

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
pub(super) const CHANGE: &[&str] = &["every", "rate", "work", "prefetch"];

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_property_can_be_said_wherever_messages_are_described() {
        for (word, _) in PROPERTIES {
            for place in [PUBLISHER, TRANSFORM, PUBLISH, CONTENT] {
                assert!(place.contains(word), "{word} is missing among {place:?}");
            }
        }
    }
}
